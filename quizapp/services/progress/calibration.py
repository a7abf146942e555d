"""Whether certainty tells: the answers of the last months by how sure the learner was."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.progress.calibration import Calibration, Confidence, calibration
from quizapp.core.progress.mastery import FactRef
from quizapp.core.scheduling.scheduler import Rating
from quizapp.models import Fact, QuestionSet, QuestionVersion, Review, User
from quizapp.services import access, running_quizzes
from quizapp.services.progress.mixups import last_recalled

DAYS = 90
LISTED = 20


@dataclass(frozen=True, slots=True)
class ConfidentError:
    """A fact answered wrongly with certainty, how often, and the last such answer.

    It is mended once the fact was recalled on a later study day.
    """

    fact: FactRef
    times: int
    last: date
    answer: str  # empty where nothing was answered
    mended: bool


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """The last DAYS study days; `errors` are the latest LISTED of `facts_in_error`."""

    calibration: Calibration
    errors: tuple[ConfidentError, ...]
    facts_in_error: int


def read_calibration(session: Session, learner: User, *, now: datetime) -> CalibrationReport:
    """Compare confidence with correctness in the answers that were rated; three statements at most."""
    since = learner.clock.day(now) - timedelta(days=DAYS - 1)
    right = func.sum(case((Review.rating != Rating.AGAIN, 1), else_=0))
    rows = session.execute(
        select(Review.confidence, func.count(), right)
        .where(*_rated_answers(learner, since))
        .group_by(Review.confidence)
    )
    found = calibration({confidence: (answers, correct) for confidence, answers, correct in rows})
    if not found.certain_but_wrong:
        return CalibrationReport(found, (), 0)
    wrong = session.execute(_confident_errors(learner, since, now)).all()
    recalled = last_recalled(session, learner, {row.fact_id for row in wrong})
    errors = tuple(_confident_error(row, recalled.get(row.fact_id, date.min)) for row in wrong)
    return CalibrationReport(found, errors, wrong[0].facts if wrong else 0)


def _rated_answers(learner: User, since: date) -> tuple[Any, ...]:
    """Return the conditions for answers that count and for which the learner said how sure they were."""
    return (
        Review.learner_id == learner.id,
        Review.day >= since,
        Review.undone_at.is_(None),
        Review.confidence.is_not(None),
    )


def _confident_errors(learner: User, since: date, now: datetime) -> Any:
    """Select facts answered wrongly with certainty, each with its last such answer, the latest first."""
    wrong = (
        select(func.max(Review.id).label("last_id"), func.count().label("times"), func.count().over().label("facts"))
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(
            *_rated_answers(learner, since),
            Review.confidence == Confidence.CERTAIN,
            Review.rating == Rating.AGAIN,
            Fact.archived_at.is_(None),
            access.visible_sets(learner),
            *running_quizzes.is_shown(learner, now),
        )
        .group_by(Review.fact_id)
        .order_by(func.max(Review.id).desc())
        .limit(LISTED)
        .subquery()
    )
    return (
        select(
            wrong.c.times,
            wrong.c.facts,
            Review.fact_id,
            Review.day,
            Review.response,
            QuestionVersion.body,
            Fact.key,
            Fact.statement,
            QuestionSet.key.label("set_key"),
            QuestionSet.header["language"].as_string().label("language"),
        )
        .join(Review, Review.id == wrong.c.last_id)
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .order_by(wrong.c.last_id.desc())
    )


def _confident_error(row: Any, recalled: date) -> ConfidentError:
    answer = parse_question(row.body).describe_answer(parse_response(row.response))
    fact = FactRef(row.set_key, row.key, row.statement, row.language)
    return ConfidentError(fact, row.times, row.day, answer, recalled > row.day)
