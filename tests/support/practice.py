"""Practice through the services: a learner of the sample set, more facts, and what is done to them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.practice.groups import Scope
from quizapp.core.practice.selection import Selection
from quizapp.models import Base, Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services.attempts.lifecycle import answer_question, own_attempt
from quizapp.services.attempts.questions import AttemptQuestion, list_questions
from quizapp.services.practice import comparisons, groups, match_game
from quizapp.services.practice.rounds import begin_practice

LATER = NOON + timedelta(minutes=5)
ORDER = {"kind": "ordering", "items": ["spring", "summer", ["autumn", "harvest"], "winter"]}


def rivers(session: Session, learner: User) -> QuestionSet:
    found = groups.find_set(session, learner, "sample")
    assert found
    return found


def add_fact(session: Session, key: str, *bodies: dict[str, Any], **values: Any) -> Fact:
    """A fact of the sample set with questions of these bodies; without any, with one statement to judge."""
    set_id = session.scalars(select(QuestionSet.id).where(QuestionSet.key == "sample")).one()
    position = session.scalars(select(func.max(Fact.position))).one() + 1
    defaults = {
        "topic": "dates",
        "statement": f"Of {key}.",
        "passages": [],
        "notes": [],
        "actors": [],
        "leads_to": {},
    }
    fact = Fact(set_id=set_id, key=key, position=position, **(defaults | values))
    session.add(fact)
    for number, body in enumerate(bodies or ({"kind": "true_false", "answer": True},)):
        common = {"key": f"{key}-{number}", "prompt": f"{key}?", "explanation": "So it was."}
        question = Question(key=common["key"], position=number, current=1)
        fact.questions.append(question)
        question.versions.append(QuestionVersion(number=1, body=common | body, created_at=NOON))
    session.flush()
    return fact


def begin(session: Session, learner: User, scope: Scope = Scope.TOPIC, value: str = "actors", size: int = 10) -> int:
    found = rivers(session, learner)
    return begin_practice(session, learner, found, Selection(scope, value, size=size), now=NOON).id


def asked(session: Session, learner: User, attempt_id: int) -> list[AttemptQuestion]:
    return list_questions(session, own_attempt(session, learner, attempt_id, purposes=("practice", "pretest")))


def right(item: AttemptQuestion) -> dict[str, str]:
    """The form that answers an item rightly."""
    question = item.question
    match question.kind:
        case "choice":
            return {"picked": str(item.order.index(0))}
        case "true_false":
            return {"picked": str(question.answer).lower()}
        case "flashcard":
            return {"rating": "good"}
        case "cloze":
            return {f"gap-{i}": question.gaps[name].answer for i, name in enumerate(question.gap_names)}
        case _:
            return {"text": str(question.answer)}


def answer_all(session: Session, learner: User, attempt_id: int, *, wrong: Iterable[int] = ()) -> None:
    for item in asked(session, learner, attempt_id):
        posted = {"give-up": "1"} if item.position in wrong else right(item)
        answer_question(session, learner, attempt_id, item.position, posted, ms=3000, confidence=None, now=LATER)


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table but those that a practice consists of."""
    session.flush()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ("attempt", "response")]
    return {table.name: list(session.execute(select(table).order_by(*table.primary_key))) for table in tables}


def add_events(session: Session, number: int = 8) -> list[Fact]:
    """Dated facts, a week apart, the earliest first; the only ones that have a date."""
    for fact in session.scalars(select(Fact).where(Fact.date.is_not(None))):
        fact.date = None
    days = [datetime(1920, 1, 1, tzinfo=UTC) + timedelta(days=7 * n) for n in range(number)]
    return [
        add_fact(session, f"event-{n}", date=day.date().isoformat(), statement=f"Event {n} took place.")
        for n, day in enumerate(days)
    ]


def board(session: Session, learner: User, about: str = "dates", number: int | None = None) -> match_game.BoardPage:
    found = rivers(session, learner)
    return match_game.get_board(session, learner, found.id, found.names, about=about, number=number, now=NOON)


def next_pair(
    session: Session, learner: User, since: datetime = NOON
) -> tuple[comparisons.PairQuestion | None, comparisons.RoundScore]:
    return comparisons.next_pair(session, learner, rivers(session, learner).id, since=since, now=LATER)


def press(
    session: Session, learner: User, one: int, other: int, picked: int, *, since: datetime = NOON, now: datetime = LATER
) -> tuple[int, int]:
    set_id = rivers(session, learner).id
    return comparisons.answer_pair(session, learner, set_id, one=one, other=other, picked=picked, since=since, now=now)
