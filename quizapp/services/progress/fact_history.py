"""One fact: its reviews, and the curve of its memory through them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import KIND_NAMES, parse_question, parse_response
from quizapp.core.scheduling.curves import MemoryCurve, ReviewPoint, chained, memory_curve
from quizapp.core.scheduling.scheduler import Memory as CoreMemory
from quizapp.core.scheduling.scheduler import Plan as CorePlan
from quizapp.core.scheduling.scheduler import Rating, State, from_json, retrievability
from quizapp.models import Fact, Memory, Plan, QuestionSet, QuestionVersion, Review, User
from quizapp.services import access, memories, running_quizzes
from quizapp.services.errors import NotFound
from quizapp.services.running_quizzes import InRunningQuiz

SHOWN = 200  # reviews, the latest of them


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """A review as it stands. `days` is the interval it led to, 0 where the fact came again the same day."""

    day: date
    form: str
    answer: str  # empty for "I don't know"
    verdict: str  # core.kinds.base.Verdict
    remembered: bool
    overridden: bool
    predicted: float | None  # the chance of recall just before, 0..1
    days: int
    source: str  # study, quiz or practice


@dataclass(frozen=True, slots=True)
class FactHistory:
    """A fact as a learner remembered it: the latest of `total` reviews, the newest first; no curve if never met."""

    set_key: str
    set_title: str
    fact_key: str
    statement: str
    language: str  # of the set
    topic: dict[str, Any]
    archived: bool
    target: float  # desired retention, 0..1
    suspended: bool
    lapses: int
    recall: float | None  # the chance of recall today, 0..1
    curve: MemoryCurve | None
    reviews: tuple[ReviewEntry, ...]
    total: int


def read_fact_history(session: Session, learner: User, set_key: str, fact_key: str, *, now: datetime) -> FactHistory:
    """Read how a learner remembered a fact; two statements. Raises NotFound and InRunningQuiz."""
    row = session.execute(_fact(learner, set_key, fact_key, now)).one_or_none()
    if row is None:
        raise NotFound
    if row.hidden:
        raise InRunningQuiz
    rows = list(reversed(session.execute(_reviews(learner, row.fact_id)).all()))
    memory, today = memories.to_core(row), learner.clock.day(now)
    afters = chained([from_json(each.before) for each in rows], memory)
    answered = [_review_entry(each, after) for each, after in zip(rows, afters, strict=True)]
    recalls = [
        ReviewPoint(each.day, each.remembered, each.predicted, after)
        for each, after in zip(answered, afters, strict=True)
    ]
    return FactHistory(
        set_key=set_key,
        set_title=row.title,
        fact_key=fact_key,
        statement=row.statement,
        language=row.language,
        topic=next(topic for topic in row.topics if topic["key"] == row.topic),
        archived=row.archived_at is not None,
        target=CorePlan().desired_retention if row.desired_retention is None else row.desired_retention,
        suspended=bool(row.suspended),
        lapses=memory.lapses,
        recall=retrievability(memory, today),
        curve=memory_curve(recalls, today=today) if recalls else None,
        reviews=tuple(reversed(answered)),
        total=rows[0].total if rows else 0,
    )


def _fact(learner: User, set_key: str, fact_key: str, now: datetime) -> Any:
    return (
        select(
            Fact.id.label("fact_id"),
            Fact.statement,
            Fact.topic,
            Fact.archived_at,
            QuestionSet.title,
            QuestionSet.header["topics"].label("topics"),
            QuestionSet.header["language"].as_string().label("language"),
            Plan.desired_retention,
            Memory.suspended,
            *memories.COLUMNS,
            running_quizzes.is_hidden(learner, now).label("hidden"),
        )
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .outerjoin(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == learner.id))
        .outerjoin(Memory, and_(Memory.fact_id == Fact.id, Memory.learner_id == learner.id))
        .where(QuestionSet.key == set_key, Fact.key == fact_key, access.visible_sets(learner))
    )


def _reviews(learner: User, fact_id: int) -> Any:
    """Select the latest reviews of a fact that count, the newest first, with the questions as they were asked."""
    return (
        select(
            Review.day,
            Review.response,
            Review.verdict,
            Review.rating,
            Review.predicted,
            Review.before,
            Review.source,
            Review.overridden,
            QuestionVersion.body,
            func.count().over().label("total"),
        )
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .where(Review.learner_id == learner.id, Review.fact_id == fact_id, Review.undone_at.is_(None))
        .order_by(Review.at.desc(), Review.version.desc())
        .limit(SHOWN)
    )


def _review_entry(row: Any, after: CoreMemory) -> ReviewEntry:
    question = parse_question(row.body)
    return ReviewEntry(
        day=row.day,
        form=KIND_NAMES[question.kind],
        answer=question.describe_answer(parse_response(row.response)),
        verdict=row.verdict,
        remembered=row.rating != Rating.AGAIN,
        overridden=row.overridden,
        predicted=row.predicted,
        days=(after.due_day - row.day).days if after.state is State.REVIEW and after.due_day else 0,
        source=row.source,
    )
