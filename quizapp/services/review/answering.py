"""What an answer does: it is graded, memory moves on, the review and the day's counts are written; and back again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, String, and_, insert, literal, select
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.kinds import parse_question, read_response
from quizapp.core.scheduling import Rating, State, from_json, replanned
from quizapp.models import Fact, Memory, Plan, Question, QuestionVersion, Review, User
from quizapp.services import memories
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer, review_table, seed_of
from quizapp.services.review.asking import order_of
from quizapp.services.review.queue import Day, allowances, beside_plans, plans_beside

UNDO_DEPTH = 30


class NothingToUndo(Exception):
    """No answer is left among the last that could be taken back."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given: what was posted, in reply to a question version asked of a memory at version `seen`.

    `ms` is the time taken, `client_id` the browser's own id of the answer.
    """

    fact_id: int
    question_version_id: int
    seen: int
    posted: Mapping[str, str]
    ms: int | None = None
    confidence: int | None = None
    client_id: str | None = None


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
    confidence: int | None = None,
    client_id: str | None = None,
) -> Answered:
    """Grade a posted answer and move the memory on.

    `seen` is the memory's version when the question was asked, `ms` the time taken, `client_id` the browser's own id of
    the answer. Raises NotFound for a fact or question that is not the learner's to answer, StaleAnswer when `seen` is
    not the memory's version, and UnreadableResponse when what was posted does not answer this kind of question.
    """
    given = Given(fact_id, question_version_id, seen, posted, ms, confidence, client_id)
    study_day = learner.clock.day(now)
    rows = session.execute(beside_plans(read_asked(learner.id, given), learner.id, study_day)).all()
    if not rows:
        raise NotFound
    row = rows[0]
    if (row.version or 0) != seen or row.known_as is not None:
        raise StaleAnswer
    answered = take(session, learner, given, row, at=now)
    plans = plans_beside(rows)
    for plan in plans:
        if plan.set_id == row.set_id:  # in which this answer counts by now
            plan.met += not row.state
            plan.reviewed += row.state == State.REVIEW
    return answered._replace(day=replace(answered.day, allowed=allowances(plans, study_day)))


def take(session: Session, learner: User, given: Given, row: Any, *, at: datetime) -> Answered:
    """Record an answer given at that instant on top of the memory in the row that `read_asked` found.

    It is judged by the order in which the options stood when the question was asked. Raises StaleAnswer when the memory
    has moved on since the row was read, and UnreadableResponse.
    """
    question = parse_question(row.body)
    order = order_of(question, learner.id, given.question_version_id, given.seen)
    response = read_response(question, given.posted, order)
    grade = question.grade(response)
    graded = memories.Answer(
        question_version_id=given.question_version_id,
        response=response.model_dump(mode="json"),
        verdict=grade.verdict.value,
        fraction=grade.fraction,
        rating=grade.rating,
        guess=question.guess_chance,
        ms=given.ms,
        confidence=given.confidence,
        client_id=given.client_id,
    )
    review_id, day = memories.record(
        session,
        learner,
        given.fact_id,
        graded,
        before=memories.to_core(row),
        version=row.version,
        plan=memories.to_plan(row),
        at=at,
    )
    return Answered(review_id, question.kind, Day(day.answers, day.finished, {}))


def override(session: Session, learner: User, review_id: int, *, now: datetime) -> int:
    """Turn the verdict on a typed answer round: right becomes wrong, wrong right. Gives the new review's id.

    The overridden review stays in the log. Raises NotFound when it is not the learner's or not of a kind whose
    verdict may be doubted, StaleAnswer when the fact was answered or changed since.
    """
    review = _own_review(session, learner, review_id)
    memory = session.get_one(Memory, (learner.id, review.fact_id), with_for_update=True)  # before the day's counts
    if not parse_question(session.get_one(QuestionVersion, review.question_version_id).body).can_be_overridden:
        raise NotFound
    if memory.version != review.version or review.undone_at is not None:
        raise StaleAnswer
    before, now_held = from_json(review.before), memories.to_core(memory)
    plan = _plan_for(session, learner, review.fact_id)
    values = {column.name: getattr(review, column.name) for column in review_table.c if column.name != "id"}
    memories.count(session, values, before, now_held, sign=-1)
    review.undone_at = now
    session.flush()
    right = review.rating == Rating.AGAIN
    values |= {
        "verdict": "right" if right else "wrong",
        "fraction": float(right),
        "rating": Rating.GOOD if right else Rating.AGAIN,
        "guess": 0.0,
        "client_id": None,
        "overridden": not review.overridden,
    }
    turned = memories.Answer(**{field.name: values[field.name] for field in fields(memories.Answer)})
    after = memories.moved(learner, review.fact_id, before, turned, plan, review.at)
    memories.write(session, learner.id, review.fact_id, after, seen=review.version, exists=True)
    values |= {"version": review.version + 1, "rating": int(turned.rating), "undone_at": None}
    memories.count(session, values, before, after, sign=1)
    new_id: int = session.execute(insert(review_table).values(values).returning(review_table.c.id)).scalar_one()
    return new_id


def undo(session: Session, learner: User, *, now: datetime, review_id: int | None = None) -> int:
    """Take back the last answer of the learner's study that stands, among the last UNDO_DEPTH. Gives its fact's id.

    The memory is again what it was before the answer. Where `review_id` names the answer that is meant, no other is
    taken back; asked twice, it changes nothing more. Raises NothingToUndo, also where a quiz has asked the fact since:
    what was handed in stays; StaleAnswer when an answer after the named one stands; NotFound for another's.
    """
    named = _own_review(session, learner, review_id) if review_id is not None else None
    if named and named.undone_at is not None:
        return named.fact_id
    last = session.scalars(
        select(Review).where(Review.learner_id == learner.id).order_by(Review.id.desc()).limit(UNDO_DEPTH)
    )
    standing = [review for review in last if review.undone_at is None]
    review = next((review for review in standing if review.source == "study"), None)
    if review is None or any(other.fact_id == review.fact_id and other.id > review.id for other in standing):
        raise NothingToUndo
    if named and named.id != review.id:
        raise StaleAnswer
    memory = session.get_one(Memory, (learner.id, review.fact_id), with_for_update=True)  # before the day's counts
    before, after = from_json(review.before), memories.to_core(memory)
    # Under the plan as it is now: since the answer an exam may have been set that it must not fall due after.
    before = replanned(before, _plan_for(session, learner, review.fact_id), seed_of(learner.id, review.fact_id))
    values = {column.name: getattr(review, column.name) for column in review_table.c}
    memories.count(session, values, before, after, sign=-1)
    review.undone_at = now
    session.flush()
    memories.write(session, learner.id, review.fact_id, before, seen=memory.version, exists=True)
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


def read_asked(learner_id: int, given: Given) -> Select[Any]:
    """The question version, if it asks this fact of a set the learner studies, with the memory and the plan.

    `known_as` is the review that an answer of the same `client_id` has become.
    """
    known = select(Review.id).where(
        Review.learner_id == learner_id, Review.client_id == literal(given.client_id, String)
    )
    return (
        select(
            QuestionVersion.body,
            Fact.set_id,
            *memories.PLAN_COLUMNS,
            known.correlate(None).scalar_subquery().label("known_as"),
            Memory.version,
            *memories.COLUMNS,
        )
        .select_from(QuestionVersion)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == learner_id))
        .outerjoin(Memory, and_(Memory.learner_id == learner_id, Memory.fact_id == Fact.id))
        .where(QuestionVersion.id == given.question_version_id, Fact.id == given.fact_id)
    )


def _plan_for(session: Session, learner: User, fact_id: int) -> scheduling.Plan:
    """The plan by which the learner studies a fact."""
    plan = select(*memories.PLAN_COLUMNS).join(Fact, Fact.set_id == Plan.set_id)
    return memories.to_plan(session.execute(plan.where(Plan.learner_id == learner.id, Fact.id == fact_id)).one())


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
        new = memories.to_values(scheduling.NEW_MEMORY)
        memory = Memory(learner_id=learner.id, fact_id=fact_id, version=0, suspended=False, **new)
        session.add(memory)
    memory.version += 1
    return memory
