"""What the plans of a learner, or a custom session, still allow on a study day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from quizapp.core.scheduling.plans import Allowance, allowance, catch_up_allowance, place_in_total
from quizapp.core.scheduling.scheduler import State
from quizapp.models import DayCount, Fact, Memory, Plan, QuestionSet, User
from quizapp.models.prepared import PreparedQuery
from quizapp.services import eligibility, memories
from quizapp.services.review.answers import RecordedAnswer
from quizapp.services.review.recent import READER, STUDY_DAY


@dataclass(frozen=True, slots=True)
class SessionScope:
    """What a custom session asks; without values, all that the ordinary session asks.

    `topics` are the topics by set id, () for all topics of a set; sets that are not in it are left out, unless it is
    empty. `new` is how many new facts the chosen sets may bring on the study day, None for what the plans allow. With
    `until`, reviews due by that day are asked, whatever the plans' ceilings. If `starred`, only starred facts are.
    """

    topics: Mapping[int, Sequence[str]] = field(default_factory=dict)
    new: int | None = None
    until: date | None = None
    starred: bool = False
    kinds: tuple[str, ...] = ()  # of question; () for all

    def has_set(self, set_id: int) -> bool:
        return not self.topics or set_id in self.topics


ORDINARY = SessionScope()


@dataclass(frozen=True, slots=True)
class DayProgress:
    """A learner's study day so far, and the allowance that is left, by set id, without paused sets.

    `new` is how many new facts all sets together may still bring, None for no limit; sets that come first in `allowed`
    bring theirs first.
    """

    answers: int
    finished: int
    allowed: Mapping[int, Allowance]
    new: int | None = None


class DayNotPlanned(Exception):
    """What a study day asks for an exam is not chosen yet: services.exams.plan_study_day does it."""


def read_plans(session: Session, learner: User, day: date) -> Sequence[Any]:
    """Return the learner's plans, the first one started first, with what was done on a study day; one statement."""
    values = {"reader_id": learner.id, "study_day": day}
    if catch_up_days(learner, day):
        return session.execute(_PLANS.query.add_columns(_count_backlog(learner, day)), values).all()
    connection = session.connection()
    return connection.execute(_PLANS[connection.dialect.name], values).all()


_PLANS = PreparedQuery(
    memories.add_done(select(Plan.set_id, Plan.paused, *memories.PLAN_COLUMNS), READER, STUDY_DAY)
    .add_columns(QuestionSet.key, QuestionSet.title, QuestionSet.header["language"].as_string().label("language"))
    .add_columns(DayCount.answers, DayCount.finished)
    .join(QuestionSet, QuestionSet.id == Plan.set_id)
    .outerjoin(DayCount, and_(DayCount.learner_id == Plan.learner_id, DayCount.day == STUDY_DAY))
    .where(Plan.learner_id == READER)
    .order_by(Plan.started_at, Plan.set_id)
)


def check_planned(plans: Sequence[Any], day: date) -> None:
    """Raise DayNotPlanned if facts of a study day still have to be chosen for an exam."""
    if any(needs_planning(row, day) for row in plans):
        raise DayNotPlanned


def needs_planning(row: Any, day: date) -> bool:
    """Return whether the facts of a study day still have to be chosen for the exam of a plan in `read_plans`."""
    return not row.paused and memories.to_plan(row, None).needs_planning(day)


def day_of(
    learner: User,
    plans: Sequence[Any],
    day: date,
    *,
    after: RecordedAnswer | None = None,
    scope: SessionScope = ORDINARY,
) -> DayProgress:
    """Return the study day so far, from the rows of `read_plans` or those of an answer recorded in this request.

    Where all sets share a total of new facts, sets with an exam ahead come first, the soonest exam before others, and
    then the plan that was started first.
    """
    done = {row.set_id: _done_under(row, after) for row in plans}
    total = learner.total_new_per_day if scope.new is None else scope.new
    if total is not None:
        shares = done if scope.new is None else filter(scope.has_set, done)
        total = max(total - sum(done[set_id][0] for set_id in shares), 0)
        plans = sorted(plans, key=lambda row: place_in_total(row.exam_day, day))
    days = catch_up_days(learner, day)
    allowed = {
        row.set_id: _allowance(row, day, *done[row.set_id], scope=scope, total=total, days=days)
        for row in plans
        if scope.has_set(row.set_id) and not row.paused
    }
    counts = after or plans[0]
    return DayProgress(counts.answers or 0, counts.finished or 0, allowed, total)


def _done_under(plan: Any, after: RecordedAnswer | None) -> tuple[int, int]:
    """Return how many facts were met and reviewed under a plan today, with the answer recorded in this request."""
    if after is None or plan is not after.plan:
        return plan.met, plan.reviewed
    return plan.met + (not plan.state), plan.reviewed + (plan.state == State.REVIEW)  # the state before the answer


def catch_up_days(learner: User, day: date) -> int:
    """Return the number of days left over which the learner's backlog is spread, today included; 0 if it is not."""
    until = learner.catch_up_until
    return (until - day).days + 1 if until is not None and until >= day else 0


def _count_backlog(learner: User, day: date) -> ColumnElement[int]:
    """Return the number of reviews of a Plan's set that are due by the end of the days over which they are spread.

    What was reviewed today is left out: it counts as such, and comes back on a later day if it is due so soon.
    """
    due = (
        select(func.count())
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(
            Memory.learner_id == learner.id,
            Memory.due_day <= learner.catch_up_until,
            Memory.state == State.REVIEW,
            Memory.last_day < day,
            eligibility.is_active(day),
            Fact.set_id == Plan.set_id,
            Fact.archived_at.is_(None),
            *eligibility.is_asked(learner),
        )
    )
    return due.correlate(Plan).scalar_subquery().label("backlog")


def _allowance(
    row: Any, day: date, met: int, reviewed: int, *, scope: SessionScope, total: int | None, days: int
) -> Allowance:
    """Return what a plan still allows on a study day, or what was chosen instead of it.

    `days` are those over which a backlog is spread, 0 where there is none. On a day planned for an exam it is not.
    """
    if days and row.planned_on != day:
        allowed = catch_up_allowance(row.backlog, days, reviewed=reviewed)
    else:
        allowed = allowance(memories.to_plan(row, None), day, met=met, reviewed=reviewed)
    new = allowed.new if scope.new is None or total is None else total
    return Allowance(new, None if scope.until else allowed.reviews)
