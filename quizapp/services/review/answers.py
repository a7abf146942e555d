"""Record an answer or undo it, skip and suspend facts, and read the feedback on an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, String, and_, exists, literal, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import DoubtfulAnswer, Response, parse_question, parse_response, read_response
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds.base import Grade, WrittenResponse
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.progress.calibration import Confidence
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import Rating, State, from_json, replanned, wait
from quizapp.models import Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, Review, User
from quizapp.services import memories, running_quizzes, vocabulary
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer, review_table, seed_of
from quizapp.services.running_quizzes import HIDDEN, InRunningQuiz

UNDO_DEPTH = 30


class NothingToUndo(Exception):
    """No answer is left among the last that could be taken back."""


@dataclass(frozen=True, slots=True)
class SubmittedAnswer:
    """An answer as it was given: what was posted, in reply to a question version asked of a memory at version `seen`.

    `ms` is the time taken, `client_id` the browser's own id of the answer. If the page `may_ask`, a doubtful answer
    is refused, so that it can ask whether it is meant.
    """

    fact_id: int
    question_version_id: int
    seen: int
    posted: Mapping[str, str]
    ms: int | None = None
    confidence: int | None = None
    client_id: str | None = None
    may_ask: bool = False


class RecordedAnswer(NamedTuple):
    """An answer that is recorded, and what the learner has done on this study day, this answer included.

    `plans` are the learner's plans with what was done under each before it; `plan` is the one it was given under.
    """

    review_id: int
    kind: str
    answers: int
    finished: int
    plans: Sequence[Any] = ()
    plan: Any = None


def record_answer(session: Session, learner: User, given: SubmittedAnswer, *, now: datetime) -> RecordedAnswer:
    """Grade a submitted answer and move the memory on.

    Raises NotFound for a fact or question that is not the learner's to answer, StaleAnswer when the memory is not at
    the version that was `seen`, UnreadableResponse when what was posted does not answer this kind of question,
    DoubtfulAnswer, and InRunningQuiz when the feedback would show the key of a quiz that the learner's class is taking.
    """
    study_day = learner.clock.day(now)
    asked = select_asked(learner.id, given).add_columns(Plan.set_id, Plan.paused, HIDDEN.label("hidden"))
    reader = {"reader_id": learner.id, "seen_at": now}  # running_quizzes.reader_values
    asked = memories.add_done(asked, learner.id, study_day).order_by(Plan.started_at, Plan.set_id)
    plans = session.execute(asked, reader).all()
    row = next((plan for plan in plans if plan.set_id == plan.fact_set_id), None)
    if row is None:
        raise NotFound
    if row.hidden:
        raise InRunningQuiz
    if (row.version or 0) != given.seen or row.known_as is not None:
        raise StaleAnswer
    return apply_answer(session, learner, given, row, at=now)._replace(plans=plans, plan=row)


def apply_answer(session: Session, learner: User, given: SubmittedAnswer, row: Any, *, at: datetime) -> RecordedAnswer:
    """Record an answer given at that instant on top of the memory in the row that `select_asked` found.

    It is judged by the order in which the options stood when the question was asked. Raises StaleAnswer when the memory
    has moved on since the row was read, UnreadableResponse, and DoubtfulAnswer.
    """
    question = parse_question(row.body)
    order = memories.option_order(question, learner.id, given.question_version_id, given.seen)
    response = read_response(question, given.posted, order)
    if isinstance(response, WrittenResponse):
        response, grade = vocabulary.grade_in_set(session, row.fact_set_id, row.language, question, response)
    else:
        grade = question.grade(response)
    if grade.fraction is None:
        raise UnreadableResponse("nobody has rated the answer")
    if given.may_ask and (doubt := question.find_doubt(response, grade)):
        raise DoubtfulAnswer(response, doubt)
    graded = memories.GradedAnswer(
        question_version_id=given.question_version_id,
        response=response.model_dump(mode="json"),
        verdict=grade.verdict.value,
        fraction=grade.fraction,
        rating=grade.rating,
        guess=memories.guess_chance(learner, question),
        ms=given.ms,
        confidence=given.confidence,
        client_id=given.client_id,
    )
    review_id, day = memories.record_review(
        session,
        learner,
        given.fact_id,
        graded,
        before=memories.to_core(row),
        version=row.version,
        plan=memories.to_plan(row, learner),
        at=at,
    )
    return RecordedAnswer(review_id, question.kind, day.answers, day.finished)


def undo_answer(session: Session, learner: User, *, now: datetime, review_id: int | None = None) -> int:
    """Undo the last answer of the learner's study that counts, among the last UNDO_DEPTH; return its fact's id.

    The memory is again what it was before the answer. Where `review_id` names the answer that is meant, no other is
    taken back; asked twice, it changes nothing more. Raises NothingToUndo, also where a quiz has asked the fact since:
    what was handed in stays; StaleAnswer when an answer after the named one stands, or another request answered or took
    back at the same moment; NotFound for another's.
    """
    named = memories.own_review(session, learner, review_id) if review_id is not None else None
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
    if _changed_meanwhile(session, review):
        raise StaleAnswer
    before, after = from_json(review.before), memories.to_core(memory)
    # Under the plan as it is now: since the answer an exam may have been set that it must not fall due after.
    before = replanned(before, memories.plan_for(session, learner, review.fact_id), seed_of(learner.id, review.fact_id))
    values = {column.name: getattr(review, column.name) for column in review_table.c}
    memories.add_to_day_counts(session, values, before, after, sign=-1)
    review.undone_at = now
    session.flush()
    memories.save_memory(session, learner.id, review.fact_id, before, seen=memory.version, exists=True)
    session.refresh(memory)
    memory.suspended, memory.skipped_until = False, None
    session.flush()
    return review.fact_id


def _changed_meanwhile(session: Session, review: Review) -> bool:
    """Return whether a review was undone, or its fact answered again, while its memory was waited for."""
    session.refresh(review)
    later = exists().where(
        Review.learner_id == review.learner_id,
        Review.fact_id == review.fact_id,
        Review.version > review.version,
        Review.undone_at.is_(None),
    )
    return review.undone_at is not None or bool(session.scalar(select(later)))


def skip_until_tomorrow(session: Session, learner: User, fact_id: int, *, now: datetime) -> None:
    """Skip a fact until the next study day. Raises NotFound."""
    _own_memory(session, learner, fact_id).skipped_until = learner.clock.day(now) + timedelta(days=1)
    session.flush()


def suspend_fact(session: Session, learner: User, fact_id: int) -> None:
    """Suspend a fact until it is resumed. Raises NotFound."""
    _own_memory(session, learner, fact_id).suspended = True
    session.flush()


def resume_fact(session: Session, learner: User, fact_id: int) -> None:
    """Resume a skipped or suspended fact. Raises NotFound."""
    memory = _own_memory(session, learner, fact_id)
    memory.suspended, memory.skipped_until = False, None
    session.flush()


def select_asked(learner_id: int, given: SubmittedAnswer) -> Select[Any]:
    """Select the question version, if it asks this fact, with the memory, once for each of the learner's plans.

    `fact_set_id` is the set of the fact, `known_as` the review that an answer of the same `client_id` has become.
    """
    known = select(Review.id).where(
        Review.learner_id == learner_id, Review.client_id == literal(given.client_id, String)
    )
    return (
        select(
            QuestionVersion.body,
            Fact.set_id.label("fact_set_id"),
            QuestionSet.header["language"].as_string().label("language"),
            *memories.PLAN_COLUMNS,
            known.correlate(None).scalar_subquery().label("known_as"),
            Memory.version,
            *memories.COLUMNS,
        )
        .select_from(QuestionVersion)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Plan, Plan.learner_id == learner_id)
        .outerjoin(Memory, and_(Memory.learner_id == learner_id, Memory.fact_id == Fact.id))
        .where(QuestionVersion.id == given.question_version_id, Fact.id == given.fact_id)
    )


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


# Feedback


@dataclass(frozen=True, slots=True)
class AnswerFeedback:
    """A graded answer with the fact it was about; `header` is that of the set.

    `remembered` is the verdict that counts, after an override; `grade` the one the program gave. `due_in` is None
    once the fact was answered again or changed since, and then nothing can be overridden either.
    """

    review_id: int
    fact: Fact
    set_key: str
    header: dict[str, Any]
    question: AskedQuestion
    response: Response
    order: tuple[int, ...]
    grade: Grade
    remembered: bool
    overridden: bool
    can_override: bool
    due_in: timedelta | None
    again_today: bool
    predicted: float | None  # the chance of recall just before the answer, 0..1
    target: float  # desired retention, 0..1
    confidence: Confidence | None  # how sure the learner said to be

    @property
    def surprising(self) -> bool:
        """Whether the learner was certain, and mistaken: such errors are mended best when pointed out."""
        return self.confidence == Confidence.CERTAIN and not self.remembered


def read_feedback(session: Session, learner: User, review_id: int, *, now: datetime) -> AnswerFeedback:
    """Read the feedback on an answer of the learner's.

    Raises NotFound for another's, or one that was undone, and InRunningQuiz.
    """
    row = session.execute(
        select(
            Review,
            QuestionVersion.body,
            Fact,
            QuestionSet.key.label("set_key"),
            QuestionSet.header,
            Plan.desired_retention,
            Memory.version,
            *memories.COLUMNS,
            running_quizzes.is_hidden(learner, now).label("hidden"),
        )
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Memory, and_(Memory.learner_id == Review.learner_id, Memory.fact_id == Review.fact_id))
        .join(Plan, and_(Plan.learner_id == Review.learner_id, Plan.set_id == Fact.set_id))
        .where(Review.id == review_id, Review.learner_id == learner.id, Review.undone_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.hidden:
        raise InRunningQuiz
    review = row.Review
    question, response = parse_question(row.body), parse_response(review.response)
    grade = question.grade(response)
    memory = memories.to_core(row)
    stands = row.version == review.version
    return AnswerFeedback(
        review_id=review.id,
        fact=row.Fact,
        set_key=row.set_key,
        header=row.header,
        question=question,
        response=response,
        order=memories.option_order(question, learner.id, review.question_version_id, review.version - 1),
        grade=grade,
        remembered=review.rating != Rating.AGAIN,
        overridden=review.overridden,
        can_override=stands and question.can_be_overridden(grade),
        due_in=wait(memory, now=now, clock=learner.clock) if stands else None,
        again_today=memory.state in (State.LEARNING, State.RELEARNING),
        predicted=review.predicted,
        target=row.desired_retention,
        confidence=Confidence(review.confidence) if review.confidence else None,
    )


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
