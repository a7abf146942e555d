"""What an answer does: it is graded, memory moves on, the review and the day's counts are written; and back again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Table, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.grading import Grade, grade
from quizapp.core.questions import Question as AskedQuestion
from quizapp.core.questions import guess_chance, parse_question
from quizapp.core.responses import FlashcardResponse, Response, parse_response
from quizapp.core.scheduling import Rating, State, after_answer, from_json, retrievability, to_json
from quizapp.core.sessions import Unreadable, read_answer
from quizapp.models import DayCount, Fact, Memory, Plan, Question, QuestionVersion, Review, User
from quizapp.models.base import add_counts
from quizapp.services.errors import NotFound
from quizapp.services.review import rows
from quizapp.services.review.asking import Day, order_of, seed_of

UNDO_DEPTH = 30
OVERRIDABLE = ("typed", "cloze", "date")  # kinds whose verdict a reader of free text may get wrong
LONGEST_ANSWER = timedelta(minutes=10)  # beyond it the learner was away, and the time says nothing

memory_table: Table = Memory.__table__  # type: ignore[assignment]
review_table: Table = Review.__table__  # type: ignore[assignment]
day_table: Table = DayCount.__table__  # type: ignore[assignment]


class StaleAnswer(Exception):
    """The memory has moved on since the question was asked: a second tab, a double click, a replay."""


class NothingToUndo(Exception):
    """No answer is left among the last that could be taken back."""


class Answered(NamedTuple):
    review_id: int
    kind: str
    day: Day  # the study day, this answer counted


def answer(
    session: Session,
    learner: User,
    fact_id: int,
    posted: Mapping[str, str],
    *,
    question_version_id: int,
    seen: int,
    ms: int | None,
    now: datetime,
) -> Answered:
    """Grade a posted answer and move the memory on.

    `seen` is the memory's version when the question was asked, `ms` the time taken. Raises NotFound for a fact or
    question that is not the learner's to answer, StaleAnswer when `seen` is not the memory's version, and
    core.sessions.Unreadable when what was posted does not answer this kind of question.
    """
    row = session.execute(_read(learner.id, fact_id, question_version_id)).one_or_none()
    if row is None:
        raise NotFound
    if (row.version or 0) != seen:
        raise StaleAnswer
    question = parse_question(row.body)
    order = order_of(question, learner.id, question_version_id, seen)
    response, graded, rating = _judge(question, posted, order)
    guess = guess_chance(question)
    before = rows.to_core(row)
    after = _move(learner, fact_id, before, rating, guess, row.desired_retention, now)
    _write_memory(session, learner.id, fact_id, after, seen=seen, exists=row.version is not None)
    review = {
        "learner_id": learner.id,
        "fact_id": fact_id,
        "version": seen + 1,
        "question_version_id": question_version_id,
        "at": now,
        "day": after.last_day,
        "response": response.model_dump(mode="json"),
        "verdict": graded.verdict.value,
        "fraction": graded.fraction,
        "rating": int(rating),
        "guess": guess,
        "predicted": retrievability(before, learner.clock.day(now)),
        "before": to_json(before),
        "ms": _credible(ms),
        "overridden": False,
    }
    review_id = session.execute(insert(review_table).values(review).returning(review_table.c.id)).scalar_one()
    day = _count(session, review, before, after, sign=1)
    new_left = max(row.new_per_day - day.new_facts, 0)
    return Answered(review_id, question.kind, Day(new_left, day.answers, day.finished))


def override(session: Session, learner: User, review_id: int, *, now: datetime) -> int:
    """Turn the verdict on a typed answer round: right becomes wrong, wrong right. Gives the new review's id.

    The overridden review stays in the log. Raises NotFound when it is not the learner's or not of a kind whose
    verdict may be doubted, StaleAnswer when the fact was answered or changed since.
    """
    review = _own_review(session, learner, review_id)
    memory = session.get_one(Memory, (learner.id, review.fact_id))
    if review.response["kind"] not in OVERRIDABLE:
        raise NotFound
    if memory.version != review.version or review.undone_at is not None:
        raise StaleAnswer
    before, now_held = from_json(review.before), rows.to_core(memory)
    retention = session.scalars(
        select(Plan.desired_retention)
        .join(Fact, Fact.set_id == Plan.set_id)
        .where(Plan.learner_id == learner.id, Fact.id == review.fact_id)
    ).one()
    values = {column.name: getattr(review, column.name) for column in review_table.c if column.name != "id"}
    _count(session, values, before, now_held, sign=-1)
    review.undone_at = now
    session.flush()
    right = review.rating == Rating.AGAIN
    rating = Rating.GOOD if right else Rating.AGAIN
    after = _move(learner, review.fact_id, before, rating, 0.0, retention, review.at)
    _write_memory(session, learner.id, review.fact_id, after, seen=review.version, exists=True)
    values |= {
        "version": review.version + 1,
        "verdict": "right" if right else "wrong",
        "fraction": float(right),
        "rating": int(rating),
        "overridden": not review.overridden,
        "undone_at": None,
    }
    _count(session, values, before, after, sign=1)
    new_id: int = session.execute(insert(review_table).values(values).returning(review_table.c.id)).scalar_one()
    return new_id


def undo(session: Session, learner: User, *, now: datetime) -> int:
    """Take back the learner's last answer that stands, among the last UNDO_DEPTH. Gives its fact's id.

    The memory is again what it was before the answer. Raises NothingToUndo.
    """
    last = session.scalars(
        select(Review).where(Review.learner_id == learner.id).order_by(Review.id.desc()).limit(UNDO_DEPTH)
    )
    review = next((review for review in last if review.undone_at is None), None)
    if review is None:
        raise NothingToUndo
    memory = session.get_one(Memory, (learner.id, review.fact_id))
    before, after = from_json(review.before), rows.to_core(memory)
    values = {column.name: getattr(review, column.name) for column in review_table.c}
    _count(session, values, before, after, sign=-1)
    review.undone_at = now
    session.flush()
    _write_memory(session, learner.id, review.fact_id, before, seen=memory.version, exists=True)
    session.refresh(memory)
    memory.suspended, memory.buried_until = False, None
    session.flush()
    return review.fact_id


def bury(session: Session, learner: User, fact_id: int, *, now: datetime) -> None:
    """Hide a fact until the next study day. Raises NotFound."""
    _own_memory(session, learner, fact_id).buried_until = learner.clock.day(now) + timedelta(days=1)
    session.flush()


def suspend(session: Session, learner: User, fact_id: int) -> None:
    """Hide a fact until it is resumed. Raises NotFound."""
    _own_memory(session, learner, fact_id).suspended = True
    session.flush()


def resume(session: Session, learner: User, fact_id: int) -> None:
    """Let a buried or suspended fact be asked again. Raises NotFound."""
    memory = _own_memory(session, learner, fact_id)
    memory.suspended, memory.buried_until = False, None
    session.flush()


def _read(learner_id: int, fact_id: int, question_version_id: int) -> Any:
    """The question version, if it asks this fact of a set the learner studies, with the memory and the plan."""
    return (
        select(QuestionVersion.body, Plan.desired_retention, _allowed(learner_id), Memory.version, *rows.COLUMNS)
        .select_from(QuestionVersion)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == learner_id))
        .outerjoin(Memory, and_(Memory.learner_id == learner_id, Memory.fact_id == Fact.id))
        .where(QuestionVersion.id == question_version_id, Fact.id == fact_id)
    )


def _allowed(learner_id: int) -> Any:
    total = select(func.sum(Plan.new_per_day)).where(Plan.learner_id == learner_id)
    return total.correlate(None).scalar_subquery().label("new_per_day")


def _judge(question: AskedQuestion, posted: Mapping[str, str], order: Sequence[int]) -> tuple[Response, Grade, Rating]:
    """What a posted form answers, how right that is, and the rating it means. Raises Unreadable."""
    try:
        response = parse_response(read_answer(question, posted, order))
    except ValidationError as error:
        raise Unreadable(error.errors()[0]["msg"]) from None
    graded = grade(question, response)
    if isinstance(response, FlashcardResponse):
        return response, graded, Rating[response.rating.upper()]
    return response, graded, Rating.GOOD if graded.correct else Rating.AGAIN


def _move(
    learner: User,
    fact_id: int,
    before: scheduling.Memory,
    rating: Rating,
    guess: float,
    retention: float,
    now: datetime,
) -> scheduling.Memory:
    plan = scheduling.Plan(desired_retention=retention)
    seed = seed_of(learner.id, fact_id)
    return after_answer(before, rating, now=now, clock=learner.clock, plan=plan, guess=guess, seed=seed)


def _write_memory(
    session: Session, learner_id: int, fact_id: int, memory: scheduling.Memory, *, seen: int, exists: bool
) -> None:
    """Write a memory that was at version `seen`. Raises StaleAnswer when another answer came first."""
    key = {"learner_id": learner_id, "fact_id": fact_id}
    values = rows.to_values(memory) | {"version": seen + 1}
    if not exists:
        try:
            session.execute(insert(memory_table).values(**key, **values, suspended=False))
        except IntegrityError:
            raise StaleAnswer from None
        return
    written = session.execute(
        update(memory_table)
        .where(*(memory_table.c[k] == v for k, v in key.items()), memory_table.c.version == seen)
        .values(values)
    )
    if written.rowcount == 0:  # type: ignore[attr-defined]
        raise StaleAnswer


def _count(
    session: Session,
    review: Mapping[str, Any],
    before: scheduling.Memory,
    after: scheduling.Memory,
    *,
    sign: int,
) -> Any:
    """Add a review to its study day's counts (sign 1), or take it out again (sign -1)."""
    correct = review["rating"] != Rating.AGAIN
    long_term = before.state == State.REVIEW and review["predicted"] is not None
    counts = {
        "answers": 1,
        "correct": int(correct),
        "new_facts": int(before.state == State.NEW),
        "finished": int(after.state == State.REVIEW),
        "long_term": int(long_term),
        "long_term_correct": int(long_term and correct),
        "ms": review["ms"] or 0,
        "timed": int(review["ms"] is not None),
    }
    key = {"learner_id": review["learner_id"], "day": review["day"]}
    columns = [day_table.c.answers, day_table.c.new_facts, day_table.c.finished]
    return add_counts(session, day_table, key, {name: sign * n for name, n in counts.items()}, columns)


def _credible(ms: int | None) -> int | None:
    return ms if ms is not None and 0 < ms <= LONGEST_ANSWER / timedelta(milliseconds=1) else None


def _own_review(session: Session, learner: User, review_id: int) -> Review:
    review = session.get(Review, review_id)
    if review is None or review.learner_id != learner.id:
        raise NotFound
    return review


def _own_memory(session: Session, learner: User, fact_id: int) -> Memory:
    """The learner's memory of a fact, its version moved on; made if the fact was never met. Raises NotFound."""
    fact = session.scalar(
        select(Fact.id).join(Plan, Plan.set_id == Fact.set_id).where(Fact.id == fact_id, Plan.learner_id == learner.id)
    )
    if fact is None:
        raise NotFound
    memory = session.get(Memory, (learner.id, fact_id))
    if memory is None:
        new = rows.to_values(scheduling.NEW_MEMORY)
        memory = Memory(learner_id=learner.id, fact_id=fact_id, version=0, suspended=False, **new)
        session.add(memory)
    memory.version += 1
    return memory
