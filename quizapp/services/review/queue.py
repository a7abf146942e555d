"""The queue behind a session: every fact that waits on a study day, by why it waits, as far as its plan allows.

`read_plans` tells what the plans allow, and `waiting` builds the query from it, so that each of its parts is one index
range: the learner's memories by due day, and the facts of each set by position.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    desc,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from quizapp.core.planning import Allowance, allowance
from quizapp.core.scheduling import State
from quizapp.core.sessions import Group
from quizapp.models import DayCount, Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, User
from quizapp.services import memories


@dataclass(frozen=True, slots=True)
class Day:
    """A learner's study day so far, and what each set may still bring, by its id; a paused one is not among them."""

    answers: int
    finished: int
    allowed: Mapping[int, Allowance]


def read_plans(session: Session, learner: User, day: date) -> Sequence[Any]:
    """The learner's sets with their plans, the first one taken up first, and what was done on a study day."""
    return session.execute(
        _plans(learner.id, day)
        .add_columns(QuestionSet.key, QuestionSet.title, DayCount.answers, DayCount.finished)
        .join(QuestionSet, QuestionSet.id == Plan.set_id)
        .outerjoin(DayCount, and_(DayCount.learner_id == Plan.learner_id, DayCount.day == day))
        .order_by(Plan.started_at, Plan.set_id)
    ).all()


def beside_plans(query: Select[Any], learner_id: int, day: date) -> Select[Any]:
    """A query for one row, which it then gives once for each of the learner's plans: it saves a second query."""
    plans = _plans(learner_id, day).subquery("plans")
    return query.add_columns(*(column.label(f"plan_{column.name}") for column in plans.c)).join(plans, true())


def plans_beside(rows: Sequence[Any]) -> list[SimpleNamespace]:
    """The plans in the rows of a query made by `beside_plans`."""
    found = [{name: value for name, value in row._mapping.items() if name.startswith("plan_")} for row in rows]
    return [SimpleNamespace(**{name.removeprefix("plan_"): value for name, value in plan.items()}) for plan in found]


def _plans(learner_id: int, day: date) -> Select[Any]:
    done = memories.done_on(learner_id, day)
    return (
        select(
            Plan.set_id,
            Plan.paused,
            *memories.PLAN_COLUMNS,
            func.coalesce(done.c.met, 0).label("met"),
            func.coalesce(done.c.reviewed, 0).label("reviewed"),
        )
        .outerjoin(done, done.c.set_id == Plan.set_id)
        .where(Plan.learner_id == learner_id)
    )


def day_of(plans: Sequence[Any], day: date) -> Day:
    """The study day that the rows of `read_plans` tell of."""
    return Day(plans[0].answers or 0, plans[0].finished or 0, allowances(plans, day))


def allowances(plans: Sequence[Any], day: date) -> dict[int, Allowance]:
    """What each set may still bring on a study day, given the plans with what was done under each."""
    return {
        row.set_id: allowance(memories.to_plan(row), day, met=row.met, reviewed=row.reviewed)
        for row in plans
        if not row.paused
    }


def visible(day: date) -> ColumnElement[bool]:
    """Whether a memory is neither suspended nor buried on a study day."""
    return and_(Memory.suspended.is_(False), or_(Memory.buried_until.is_(None), Memory.buried_until <= day))


def waiting(learner: User, day: Day, *, now: datetime) -> CTE:
    """Every fact that waits, with its memory and its plan, and the group it waits in."""
    study_day = learner.clock.day(now)
    due = _within_ceilings(_due(learner.id, study_day, now), study_day, day.allowed).cte("due")
    new = [
        _new(learner.id, study_day, set_id, allowed, due) for set_id, allowed in day.allowed.items() if allowed.new > 0
    ]
    return union_all(select(due), *new).cte("waiting")


def foremost(waiting: CTE, day: date, *, prefer: int | None = None, avoid: int | None = None, depth: int = 1) -> CTE:
    """For each group the first `depth` of its facts, and how many there are; `prefer` stands first, `avoid` last."""
    place = func.row_number().over(
        partition_by=waiting.c.group,
        order_by=(
            case((waiting.c.fact_id == (prefer or 0), 0), (waiting.c.fact_id == (avoid or 0), 2), else_=1),
            waiting.c.due_at,
            desc(_urgency(day, waiting.c.last_day, waiting.c.stability)),  # the least sure first
            waiting.c.position,
            waiting.c.fact_id,
        ),
    )
    count = func.count().over(partition_by=waiting.c.group)
    ranked = select(waiting, place.label("place"), count.label("size")).subquery("ranked")
    return select(ranked).where(ranked.c.place <= depth).cte("first")


def with_questions(first: CTE) -> Select[Any]:
    """The facts of a queue, each with a row for every question that asks it now."""
    return (
        select(
            first,
            Fact.topic,
            QuestionSet.header["topics"].label("topics"),
            QuestionVersion.id.label("question_version_id"),
            QuestionVersion.body,
        )
        .join(Fact, Fact.id == first.c.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Question, and_(Question.fact_id == Fact.id, Question.archived_at.is_(None)))
        .join(
            QuestionVersion,
            and_(QuestionVersion.question_id == Question.id, QuestionVersion.number == Question.current),
        )
        .order_by(first.c.group, first.c.place, Question.position)
    )


_COLUMNS = (Fact.id.label("fact_id"), Fact.set_id, Fact.position, Memory.version, *memories.COLUMNS)


def _due(learner_id: int, day: date, now: datetime) -> Select[Any]:
    group = case(
        (Memory.state == State.REVIEW, literal(Group.REVIEW.value, String)),
        (Memory.due_at <= now, literal(Group.STEP.value, String)),
        else_=literal(Group.LATER_STEP.value, String),
    )
    return (
        select(group.label("group"), *_COLUMNS, *memories.PLAN_COLUMNS)
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == learner_id,
            Memory.due_day <= day,
            Memory.state != State.NEW,
            visible(day),
            Plan.paused.is_(False),
            Fact.archived_at.is_(None),
        )
    )


def _within_ceilings(due: Select[Any], day: date, allowed: Mapping[int, Allowance]) -> Select[Any]:
    """What is due, with the reviews beyond a set's ceiling put off: the surest wait, as they do within a session.

    Simulations made for Anki favour the surest first (ankitects/anki, 3460): there new cards keep coming, and a backlog
    of the least sure only grows. Here a ceiling that cuts stops what is new. Lived ahead like that (core.workload: 200
    to 1,500 facts, kept up or left for months), the least sure first leave 4 to 15 % more known after a quarter, for
    which they take 2 to 23 % more answers; and no fact is passed over for ever.
    """
    ceilings = {set_id: each.reviews for set_id, each in allowed.items() if each.reviews is not None}
    if not ceilings:
        return due
    place = func.row_number().over(
        partition_by=(Fact.set_id, Memory.state),
        order_by=(desc(_urgency(day, Memory.last_day, Memory.stability)), Memory.fact_id),
    )
    ranked = due.add_columns(place.label("place")).subquery("ranked_due")
    room = case(ceilings, value=ranked.c.set_id, else_=ranked.c.place)
    beyond = and_(ranked.c.group == Group.REVIEW.value, ranked.c.place > room)
    group = case((beyond, literal(Group.PUT_OFF.value, String)), else_=ranked.c.group)
    return select(group.label("group"), *(c for c in ranked.c if c.name not in ("group", "place")))


def _new(learner_id: int, day: date, set_id: int, allowed: Allowance, due: CTE) -> Select[Any]:
    """The next new facts of a set, of the plan's topics. None while its ceiling puts reviews off: each would add."""
    query = (
        select(literal(Group.NEW.value, String).label("group"), *_COLUMNS)
        .select_from(Fact)
        .join(Plan, and_(Plan.learner_id == learner_id, Plan.set_id == Fact.set_id))
        .outerjoin(Memory, and_(Memory.learner_id == learner_id, Memory.fact_id == Fact.id))
        .where(
            Fact.set_id == set_id,
            Fact.archived_at.is_(None),
            memories.in_topics(),
            or_(Memory.fact_id.is_(None), and_(Memory.state == State.NEW, visible(day))),
        )
        .order_by(Fact.position)
        .limit(allowed.new)
    )
    if allowed.reviews is not None:
        query = query.where(~exists().where(due.c.set_id == set_id, due.c.group == Group.PUT_OFF.value))
    first = query.subquery()
    return select(first, *memories.PLAN_COLUMNS).join(
        Plan, and_(Plan.learner_id == learner_id, Plan.set_id == first.c.set_id)
    )


def _urgency(day: date, last_day: Any, stability: Any) -> ColumnElement[Any]:
    """The time elapsed, measured in stabilities: the more it is, the lower the retrievability."""
    urgency: ColumnElement[Any] = (literal(day.toordinal()) - type_coerce(last_day, Integer)) / stability
    return urgency
