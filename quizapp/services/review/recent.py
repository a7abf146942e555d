"""What a learner was asked today, as parts of the statement that finds what waits; they are built once.

A statement that uses one is executed with `queue.parameters`.
"""

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from quizapp.core.scheduling.scheduler import State
from quizapp.core.scheduling.sessions import GAP, MOST_TIMES
from quizapp.models import Fact, FactAnswer, Memory, Question, QuestionVersion, Review
from quizapp.services import eligibility

READER: BindParameter[int] = bindparam("reader_id", type_=Integer)
NOW = bindparam("seen_at", type_=Memory.due_at.type)
STUDY_DAY = bindparam("study_day", type_=Memory.due_day.type)
TODAY = bindparam("study_day_number", type_=Integer)  # the study day as it is stored

ANSWERED_TODAY = (Review.learner_id == READER, Review.day == STUDY_DAY, Review.undone_at.is_(None))

# Those recorded last; among them an answer given offline, which came in late, is put in its place. All answers of the
# day would take longer with each of them.
_recorded = (
    select(Review.fact_id, Review.at, Review.id)
    .where(*ANSWERED_TODAY)
    .order_by(Review.id.desc())
    .limit(literal_column(str(10 * GAP)))
    .subquery("recorded")
)
_order = (_recorded.c.at.desc(), _recorded.c.id.desc())
_latest = select(_recorded.c.fact_id, func.row_number().over(order_by=_order).label("ago")).subquery("latest")

# The facts of the last answers of the study day, each with how many answers ago it was: 1 for the last.
RECENT = (
    select(_latest.c.fact_id, func.min(_latest.c.ago).label("ago"))
    .where(_latest.c.ago <= GAP)
    .group_by(_latest.c.fact_id)
    .cte("recent")
)


def _similar_to(facts: Select[int]) -> Select[int]:
    """Select the facts that are similar to one of these, themselves included.

    They have the same right answer, or one has a wrong answer that is right for the other.
    """
    one, other = aliased(FactAnswer), aliased(FactAnswer)
    same = and_(one.set_id == other.set_id, one.answer == other.answer, or_(one.right, other.right))
    return select(other.fact_id).join_from(one, other, same).where(one.fact_id.in_(facts))


LAST = select(RECENT.c.fact_id).where(RECENT.c.ago == 1)
SIMILAR_TO_LAST = _similar_to(LAST)
SIMILAR_TO_MET = _similar_to(
    select(Review.fact_id).where(*ANSWERED_TODAY, Review.before["state"].as_integer() == State.NEW)
)


def has_words_left(*, asks_essays: bool) -> ColumnElement[bool]:
    """Return whether a Fact has a question that was not asked MOST_TIMES today; otherwise it waits until tomorrow."""
    version = aliased(QuestionVersion)
    uses_today = (
        select(func.count())
        .select_from(Review)
        .join(version, version.id == Review.question_version_id)
        .where(*ANSWERED_TODAY, Review.fact_id == Fact.id, version.question_id == Question.id)
        .correlate(Fact, Question)
        .scalar_subquery()
    )
    questions = select(Question.id).join(Question.current_version).where(*eligibility.asks_now(asks_essays=asks_essays))
    return questions.where(
        Question.fact_id == Fact.id, Question.archived_at.is_(None), uses_today < MOST_TIMES
    ).exists()
