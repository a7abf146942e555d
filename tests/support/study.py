"""A learner of the sample set, studying through the services; and what that costs the database."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from quizapp.core.scheduling.scheduler import State
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.models import DayCount, Fact, Memory, Question, QuestionSet, QuestionVersion, User
from quizapp.services import accounts
from quizapp.services.review import answers, queue, today

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
CARD = {"kind": "flashcard", "key": "card", "prompt": "p", "answer": "a", "explanation": "e"}


def study_day() -> date:
    """Return the study day it is now, for tests of pages that read the real clock."""
    return StudyClock("UTC").day(datetime.now(UTC))


def make_learner(session: Session, timezone: str = "UTC") -> User:
    learner = accounts.create_guest(session, timezone=timezone, now=NOON)
    set_id = session.scalars(select(QuestionSet.id)).one()
    today.start_plan(session, learner, set_id, now=NOON)
    session.commit()
    return learner


def facts(session: Session, key: str = "sample") -> list[int]:
    query = select(Fact.id).join(QuestionSet).where(QuestionSet.key == key, Fact.archived_at.is_(None))
    return list(session.scalars(query.order_by(Fact.position)))


def add_set(session: Session, learner: User, key: str, size: int) -> list[int]:
    """A set of so many cards, studied after the others."""
    header = {"key": key, "title": key.title(), "topics": [{"key": "all", "title": "All"}], "passages": [], "notes": []}
    found = QuestionSet(key=key, title=key.title(), header=header, names=[], created_at=NOON)
    session.add(found)
    session.flush()
    for number in range(size):
        version = QuestionVersion(number=1, body=CARD, created_at=NOON)
        asked = Question(key=f"q{number}", position=0, current=1, versions=[version])
        about = {"topic": "all", "statement": "s", "passages": [], "notes": [], "actors": [], "leads_to": {}}
        session.add(Fact(set_id=found.id, key=f"f{number}", position=number, questions=[asked], **about))
    today.start_plan(session, learner, found.id, now=NOON + timedelta(minutes=1))
    session.commit()
    return facts(session, key)


def right_answer(prompt: queue.Prompt) -> dict[str, str]:
    """The form that answers a prompt rightly."""
    question = prompt.question
    match question.kind:
        case "choice":
            return {"picked": str(prompt.order.index(0))}
        case "true_false":
            return {"picked": str(question.answer).lower()}
        case "cloze":
            return {f"gap-{i}": question.gaps[name].answer for i, name in enumerate(question.gap_names)}
        case "flashcard":
            return {"rating": "good"}
        case _:
            return {"text": str(question.answer)}


def ask(session: Session, learner: User, now: datetime = NOON, **kwargs: Any) -> queue.Prompt:
    prompt = queue.next_prompt(session, learner, now=now, **kwargs)
    assert prompt is not None
    return prompt


def answer(
    session: Session,
    learner: User,
    prompt: queue.Prompt,
    posted: dict[str, str] | None = None,
    now: datetime = NOON,
    ms: int | None = 4000,
) -> int:
    answered = answers.record_answer(
        session,
        learner,
        answers.SubmittedAnswer(
            prompt.fact_id,
            prompt.question_version_id,
            prompt.version,
            right_answer(prompt) if posted is None else posted,
            ms=ms,
        ),
        now=now,
    )
    session.commit()
    return answered.review_id


def study_until_done(session: Session, learner: User, now: datetime, **kwargs: Any) -> list[queue.Prompt]:
    asked: list[queue.Prompt] = []
    while prompt := queue.next_prompt(session, learner, now=now, **kwargs):
        asked.append(prompt)
        answer(session, learner, prompt, now=now)
        assert len(asked) < 50, "the session does not end"
    return asked


def memory_of(session: Session, learner: User, fact_id: int) -> Memory:
    session.expire_all()
    return session.get_one(Memory, (learner.id, fact_id))


def remember(session: Session, learner: User, fact_id: int, *, stability: float) -> None:
    """Give the learner a memory that was reviewed ten days ago and fell due yesterday."""
    last, due = MONDAY - timedelta(days=10), MONDAY - timedelta(days=1)
    session.add(
        Memory(
            learner_id=learner.id,
            fact_id=fact_id,
            version=1,
            state=State.REVIEW,
            stability=stability,
            difficulty=5.0,
            last_day=last,
            due_day=due,
            reps=3,
            lapses=0,
        )
    )
    session.commit()


def day_of(session: Session, learner: User, day: date = MONDAY) -> DayCount:
    session.expire_all()
    return session.get_one(DayCount, (learner.id, day))


def counts(row: DayCount) -> tuple[int, ...]:
    return (row.answers, row.correct, row.new_facts, row.finished, row.long_term, row.long_term_correct)


def statements(session: Session, do: Callable[[], object]) -> int:
    """Return the number of SQL statements that `do` runs."""
    told: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        told.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sum(not statement.startswith("BEGIN") for statement in told)
