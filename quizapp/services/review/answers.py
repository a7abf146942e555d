"""Record an answer or undo it, skip and suspend facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, delete, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import DoubtfulAnswer, parse_question, read_response
from quizapp.core.kinds.base import WrittenResponse
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import Rating, State, leech_limit
from quizapp.models import Fact, Hint, Memory, Plan, Question, QuestionSet, QuestionVersion, Review, User
from quizapp.models.prepared import PreparedQuery
from quizapp.services import memories, vocabulary
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer
from quizapp.services.replay import own_review, read_log, record_late_review, rewrite
from quizapp.services.review.recent import READER, STUDY_DAY
from quizapp.services.running_quizzes import HIDDEN, InRunningQuiz

UNDO_DEPTH = 30


class NothingToUndo(Exception):
    """No answer is left among the last that could be taken back."""


@dataclass(frozen=True, slots=True)
class SubmittedAnswer:
    """An answer as it was given: what was posted, in reply to a question version asked of a memory at version `seen`.

    `ms` is the time taken, `client_id` the browser's own id of the answer. If the page `may_ask`, a doubtful answer
    is refused, so that it can ask whether it is meant. `handed_out` is when the question was handed out, where that is
    known: an answer that arrives late was given after it.
    """

    fact_id: int
    question_version_id: int
    seen: int
    posted: Mapping[str, str]
    ms: int | None = None
    confidence: int | None = None
    client_id: str | None = None
    may_ask: bool = False
    handed_out: datetime | None = None


class RecordedAnswer(NamedTuple):
    """An answer that is recorded, and what the learner has done on this study day, this answer included.

    `leech_lapses` is how often the fact was forgotten if it is suspended for that, else 0. `plans` are the learner's
    plans with what was done under each before it; `plan` is the one it was given under.
    """

    review_id: int
    kind: str
    answers: int
    finished: int
    leech_lapses: int = 0
    plans: Sequence[Any] = ()
    plan: Any = None


def record_answer(session: Session, learner: User, given: SubmittedAnswer, *, now: datetime) -> RecordedAnswer:
    """Grade a submitted answer and move the memory on.

    Raises NotFound for a fact or question that is not the learner's to answer, StaleAnswer when the memory is not at
    the version that was `seen`, UnreadableResponse when what was posted does not answer this kind of question,
    DoubtfulAnswer, and InRunningQuiz when the feedback would show the key of a quiz that the learner's class is taking.
    """
    study_day = learner.clock.day(now)
    values = asked_values(learner, given) | {"seen_at": now, "study_day": study_day}
    connection = session.connection()
    plans = connection.execute(_ASKED_TODAY[connection.dialect.name], values).all()
    row = next((plan for plan in plans if plan.set_id == plan.fact_set_id), None)
    if row is None:
        raise NotFound
    if row.hidden:
        raise InRunningQuiz
    if (row.version or 0) != given.seen or row.known_as is not None:
        raise StaleAnswer
    last = memories.last_at(row)
    at = now if last is None else max(now, last + memories.INSTANT)  # though the server's clock was set back
    return apply_answer(session, learner, given, row, at=at)._replace(plans=plans, plan=row)


def apply_answer(session: Session, learner: User, given: SubmittedAnswer, row: Any, *, at: datetime) -> RecordedAnswer:
    """Record an answer given at that instant, which moves the memory in the row that `select_asked` found.

    If the fact was answered later already, what came after is replayed. The answer is judged by the order in which the
    options stood when the question was asked. Raises StaleAnswer when the memory has moved on since the row was read,
    UnreadableResponse, and DoubtfulAnswer.
    """
    question = parse_question(row.body)
    order = memories.option_order(question, learner.id, given.question_version_id, given.seen)
    response = read_response(question, given.posted, order)
    if isinstance(response, WrittenResponse):
        response, grade = vocabulary.grade_in_set(session, row.fact_set_id, row.language, question, response)
    else:
        grade = question.grade(response)
    if grade.fraction is None:
        raise UnreadableResponse("unrated")
    if given.may_ask and (doubt := question.find_doubt(response, grade)):
        raise DoubtfulAnswer(response, doubt)
    hinted = row.hint_day is not None and row.hint_day == learner.clock.day(at)
    graded = memories.GradedAnswer(
        question_version_id=given.question_version_id,
        response=response.model_dump(mode="json"),
        verdict=grade.verdict.value,
        fraction=0.0 if hinted else grade.fraction,
        rating=Rating.AGAIN if hinted else grade.rating,
        guess=memories.guess_chance(learner, question),
        ms=given.ms,
        confidence=given.confidence,
        client_id=given.client_id,
        handed_out=given.handed_out,
        hinted=hinted,
    )
    last = memories.last_at(row)
    record = memories.record_review if last is None or at > last else record_late_review
    review_id, day = record(
        session,
        learner,
        given.fact_id,
        graded,
        before=memories.to_core(row),
        version=row.version,
        plan=memories.to_plan(row, learner),
        at=at,
    )
    if hinted:
        session.execute(delete(Hint).where(Hint.learner_id == learner.id, Hint.fact_id == given.fact_id))
    lapses = (row.lapses or 0) + (row.state == State.REVIEW and graded.rating == Rating.AGAIN)
    leech_lapses = lapses if (row.lapses or 0) < leech_limit(lapses) else 0
    return RecordedAnswer(review_id, question.kind, day.answers, day.finished, leech_lapses)


def undo_answer(session: Session, learner: User, *, now: datetime, review_id: int | None = None) -> int:
    """Undo an answer of the learner's study among the last UNDO_DEPTH; return its fact's id.

    It is the one that `review_id` names, else the one given last. What came after it is replayed, so that the memory
    is what it would be without it; a suspended or skipped fact stays so, because the answer did not do that. Asked
    twice to undo the same answer, it changes nothing more. Raises NothingToUndo, and NotFound for another's.
    """
    named = own_review(session, learner, review_id) if review_id is not None else None
    if named and named.undone_at is not None:
        return named.fact_id
    last = session.scalars(
        select(Review)
        .where(Review.learner_id == learner.id)
        .order_by(Review.day.desc(), Review.id.desc())
        .limit(UNDO_DEPTH)
    )
    standing = [review for review in last if review.undone_at is None and review.source == "study"]
    review = named or max(standing, key=lambda each: (each.at, each.id), default=None)
    if review not in standing:
        raise NothingToUndo
    assert review is not None
    memory = session.get_one(Memory, (learner.id, review.fact_id), with_for_update=True)  # before the day's counts
    session.refresh(review)
    if review.undone_at is None:  # as another request may have done meanwhile
        old = read_log(session, learner.id, review.fact_id)[review.fact_id]
        review.undone_at = now
        session.flush()
        plan = memories.plan_for(session, learner, review.fact_id)
        rewrite(session, learner, review.fact_id, old, plan, version=memory.version)
        session.refresh(memory)
        if review.hinted:  # they still know the hint
            session.merge(Hint(learner_id=learner.id, fact_id=review.fact_id, day=learner.clock.day(now)))
            session.flush()
    return review.fact_id


def skip_until_tomorrow(session: Session, learner: User, fact_id: int, *, now: datetime) -> None:
    """Skip a fact until the next study day. Raises NotFound."""
    _own_memory(session, learner, fact_id).skipped_until = learner.clock.day(now) + timedelta(days=1)
    session.flush()


def suspend_fact(session: Session, learner: User, fact_id: int) -> None:
    """Suspend a fact until it is resumed. Raises NotFound."""
    memory = _own_memory(session, learner, fact_id)
    memory.suspended, memory.leech_lapses = True, None
    session.flush()


def resume_fact(session: Session, learner: User, fact_id: int) -> None:
    """Resume a skipped or suspended fact. Raises NotFound."""
    memory = _own_memory(session, learner, fact_id)
    memory.suspended, memory.leech_lapses, memory.skipped_until = False, None, None
    session.flush()


def _select_asked() -> Select[Any]:
    """Select the question version, if it asks this fact, with the memory, once for each of the learner's plans.

    `fact_set_id` is the set of the fact, `known_as` the review that an answer of the same `client_id` has become.
    """
    learner_id = READER
    known = select(Review.id).where(Review.learner_id == learner_id, Review.client_id == bindparam("client_id"))
    return (
        select(
            QuestionVersion.body,
            Fact.set_id.label("fact_set_id"),
            QuestionSet.header["language"].as_string().label("language"),
            *memories.PLAN_COLUMNS,
            known.correlate(None).scalar_subquery().label("known_as"),
            select(Hint.day)
            .where(Hint.learner_id == learner_id, Hint.fact_id == Fact.id)
            .correlate(Fact)
            .scalar_subquery()
            .label("hint_day"),
            Memory.version,
            *memories.COLUMNS,
            *memories.LAST_COLUMNS,
        )
        .select_from(QuestionVersion)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Plan, Plan.learner_id == learner_id)
        .outerjoin(Memory, and_(Memory.learner_id == learner_id, Memory.fact_id == Fact.id))
        .where(QuestionVersion.id == bindparam("question_version_id"), Fact.id == bindparam("fact_id"))
    )


ASKED = _select_asked()  # executed with `asked_values`

_ASKED_TODAY = PreparedQuery(
    memories.add_done(
        ASKED.add_columns(Plan.set_id, Plan.paused, HIDDEN.label("hidden")),
        READER,
        STUDY_DAY,
    ).order_by(Plan.started_at, Plan.set_id)
)


def asked_values(learner: User, given: SubmittedAnswer) -> dict[str, Any]:
    """Return the values of the parameters of ASKED."""
    names = ("question_version_id", "fact_id", "client_id")
    return {"reader_id": learner.id} | {name: getattr(given, name) for name in names}


def _own_memory(session: Session, learner: User, fact_id: int) -> Memory:
    """Return the learner's memory of a fact at its next version, new if the fact was never met. Raises NotFound."""
    fact = session.scalar(
        select(Fact.id).join(Plan, Plan.set_id == Fact.set_id).where(Fact.id == fact_id, Plan.learner_id == learner.id)
    )
    if fact is None:
        raise NotFound
    memory = session.get(Memory, (learner.id, fact_id))
    if memory is None:
        new = memories.to_values(scheduler.NEW_MEMORY)
        memory = Memory(learner_id=learner.id, fact_id=fact_id, version=0, suspended=False, **new)
        session.add(memory)
    memory.version += 1
    return memory


def find_review(session: Session, learner: User, fact_id: int, version: int) -> int | None:
    """Return the id of the learner's review that moved a memory on to `version`, if there is one that counts.

    It is how a double click or a replayed request finds the answer that counted.
    """
    return session.scalar(
        select(Review.id).where(
            Review.learner_id == learner.id,
            Review.fact_id == fact_id,
            Review.version == version,
            Review.undone_at.is_(None),
        )
    )
