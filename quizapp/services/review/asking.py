"""The session's queue: what is due and new for a learner, and the next question to ask."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.questions import Question as AskedQuestion
from quizapp.core.questions import parse_question
from quizapp.core.scheduling import Rating, State, next_memories, retrievability, wait
from quizapp.core.sessions import Group, Progress, choice_order, choose_question, next_group, progress
from quizapp.models import DayCount, Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, User
from quizapp.services import memories
from quizapp.services.errors import NotFound
from quizapp.services.memories import seed_of, to_plan

# Seconds an answer takes, until enough of the learner's own answers have been timed.
USUAL_SECONDS = 12
TIMED_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Day:
    """A learner's study day so far, and how many new facts it may still bring."""

    new_left: int
    answers: int
    finished: int


@dataclass(frozen=True, slots=True)
class Today:
    """What today holds: facts due, facts new, facts done with, answers given, and about how long the rest takes."""

    due: int
    new: int
    finished: int
    answers: int
    minutes: int
    next_in: timedelta | None  # until the next day on which something falls due; None while something waits today

    @property
    def left(self) -> int:
        return self.due + self.new


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question as it is asked of one learner. An answer to it names `version`, the memory it was asked of."""

    fact_id: int
    version: int
    question_version_id: int
    question: AskedQuestion
    order: tuple[int, ...]  # of a choice's options
    topic: dict[str, Any]
    is_new: bool
    waits: dict[Rating, timedelta]  # what each button of a flashcard leads to
    predicted: float | None  # the chance of recall now, 0..1; None where there is none to trust
    target: float  # desired retention, 0..1
    progress: Progress


def order_of(question: AskedQuestion, learner_id: int, question_version_id: int, version: int) -> tuple[int, ...]:
    """The order in which a question's options were shown when the memory was at `version`."""
    return choice_order(question, f"{learner_id}:{question_version_id}:{version}")


def start_plan(session: Session, learner: User, set_id: int, *, now: datetime) -> None:
    """Take a set up for study; nothing changes if it already is. Raises NotFound."""
    if session.get(QuestionSet, set_id) is None:
        raise NotFound
    if session.get(Plan, (learner.id, set_id)) is None:
        session.add(Plan(learner_id=learner.id, set_id=set_id, started_at=now))
        session.flush()


def today(session: Session, learner: User, *, now: datetime) -> Today | None:
    """What today's session holds for a learner, or None when no set has been taken up."""
    day = day_of(session, learner.id, learner.clock.day(now))
    if day is None:
        return None
    waiting = _waiting(learner, now=now, day=day, prefer=None, avoid=None)
    counts = {Group(row.group): row.size for row in session.execute(select(waiting.c.group, waiting.c.size))}
    due, new = sum(counts.values()) - counts.get(Group.NEW, 0), counts.get(Group.NEW, 0)
    # A new fact is asked twice on its first day, once for each learning step.
    seconds = (due + 2 * new) * _seconds_per_answer(session, learner.id)
    minutes = max(round(seconds / 60), 1) if seconds else 0
    next_in = None if due + new else _next_in(session, learner, learner.clock.day(now))
    return Today(due, new, day.finished, day.answers, minutes, next_in)


def day_of(session: Session, learner_id: int, day: date) -> Day | None:
    """The learner's study day so far, or None when no set has been taken up."""
    row = session.execute(
        select(
            func.sum(Plan.new_per_day),
            func.max(DayCount.new_facts),
            func.max(DayCount.answers),
            func.max(DayCount.finished),
        )
        .select_from(Plan)
        .outerjoin(DayCount, and_(DayCount.learner_id == Plan.learner_id, DayCount.day == day))
        .where(Plan.learner_id == learner_id)
    ).one()
    allowed, new_facts, answers, finished = row
    if allowed is None:
        return None
    return Day(max(allowed - (new_facts or 0), 0), answers or 0, finished or 0)


def next_prompt(
    session: Session,
    learner: User,
    *,
    now: datetime,
    day: Day | None = None,
    prefer: int | None = None,
    avoid: int | None = None,
) -> Prompt | None:
    """The next question of today's session, or None when it is done (or no set has been taken up).

    `day` saves a query where the caller knows it; the fact `prefer` is asked first if it waits at all, the fact
    `avoid` (the one just answered) last.
    """
    day = day or day_of(session, learner.id, learner.clock.day(now))
    if day is None:
        return None
    candidates = session.execute(_with_questions(_waiting(learner, now=now, day=day, prefer=prefer, avoid=avoid))).all()
    waiting = {Group(row.group): row.size for row in candidates}
    group = next((Group(row.group) for row in candidates if row.fact_id == prefer), next_group(waiting, day.answers))
    if group is None:
        return None
    asked = [row for row in candidates if row.group == group]
    return _prompt(learner, asked, now=now, so_far=progress(waiting, day.finished))


def _prompt(learner: User, asked: list[Any], *, now: datetime, so_far: Progress) -> Prompt:
    """The prompt for one fact, of which `asked` holds a row for each of its questions."""
    first = asked[0]
    memory, version = memories.to_core(first), first.version or 0
    questions = [parse_question(row.body) for row in asked]
    index = choose_question(questions, memory, seed_of(learner.id, first.fact_id))
    question, question_version_id = questions[index], asked[index].question_version_id
    return Prompt(
        fact_id=first.fact_id,
        version=version,
        question_version_id=question_version_id,
        question=question,
        order=order_of(question, learner.id, question_version_id, version),
        topic=next(topic for topic in first.topics if topic["key"] == first.topic),
        is_new=memory.state == State.NEW,
        waits=_waits(learner, memory, first, now=now) if question.kind == "flashcard" else {},
        predicted=retrievability(memory, learner.clock.day(now)),
        target=first.desired_retention,
        progress=so_far,
    )


def _waits(learner: User, memory: scheduling.Memory, row: Any, *, now: datetime) -> dict[Rating, timedelta]:
    seed = seed_of(learner.id, row.fact_id)
    after = next_memories(memory, now=now, clock=learner.clock, plan=to_plan(row), seed=seed)
    return {rating: wait(memory, now=now, clock=learner.clock) for rating, memory in after.items()}


def visible(day: date) -> ColumnElement[bool]:
    """Whether a memory is neither suspended nor buried on a study day."""
    return and_(Memory.suspended.is_(False), or_(Memory.buried_until.is_(None), Memory.buried_until <= day))


def _waiting(learner: User, *, now: datetime, day: Day, prefer: int | None, avoid: int | None) -> CTE:
    """For each group that has facts waiting: the first of them, and how many there are."""
    study_day = learner.clock.day(now)
    waiting = union_all(_due(learner.id, study_day, now), _new(learner.id, study_day, day.new_left)).subquery("waiting")
    # The lowest retrievability first: it falls with the time elapsed, measured in stabilities.
    elapsed = literal(study_day.toordinal()) - type_coerce(waiting.c.last_day, Integer)
    place = func.row_number().over(
        partition_by=waiting.c.group,
        order_by=(
            case((waiting.c.fact_id == (prefer or 0), 0), (waiting.c.fact_id == (avoid or 0), 2), else_=1),
            waiting.c.due_at,
            desc(elapsed / waiting.c.stability),
            waiting.c.position,
            waiting.c.fact_id,
        ),
    )
    count = func.count().over(partition_by=waiting.c.group)
    ranked = select(waiting, place.label("place"), count.label("size")).subquery("ranked")
    return select(ranked).where(ranked.c.place == 1).cte("first")


_WAITING_COLUMNS = (
    Fact.id.label("fact_id"),
    Fact.set_id,
    Fact.position,
    *memories.PLAN_COLUMNS,
    Memory.version,
    *memories.COLUMNS,
)


def _due(learner_id: int, day: date, now: datetime) -> Select[Any]:
    group = case(
        (Memory.state == State.REVIEW, literal(Group.REVIEW.value, String)),
        (Memory.due_at <= now, literal(Group.STEP.value, String)),
        else_=literal(Group.LATER_STEP.value, String),
    )
    return (
        select(group.label("group"), *_WAITING_COLUMNS)
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == learner_id,
            Memory.due_day <= day,
            Memory.state != State.NEW,
            visible(day),
            Fact.retired_at.is_(None),
        )
    )


def _new(learner_id: int, day: date, limit: int) -> Select[Any]:
    first = (
        select(literal(Group.NEW.value, String).label("group"), *_WAITING_COLUMNS)
        .select_from(Plan)
        .join(Fact, Fact.set_id == Plan.set_id)
        .outerjoin(Memory, and_(Memory.learner_id == learner_id, Memory.fact_id == Fact.id))
        .where(
            Plan.learner_id == learner_id,
            Fact.retired_at.is_(None),
            or_(Memory.fact_id.is_(None), and_(Memory.state == State.NEW, visible(day))),
        )
        .order_by(Plan.started_at, Plan.set_id, Fact.position)
        .limit(limit)
    )
    return select(first.subquery("new"))


def _with_questions(first: CTE) -> Select[Any]:
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
        .join(Question, and_(Question.fact_id == Fact.id, Question.retired_at.is_(None)))
        .join(
            QuestionVersion,
            and_(QuestionVersion.question_id == Question.id, QuestionVersion.number == Question.current),
        )
        .order_by(first.c.group, Question.position)
    )


def _next_in(session: Session, learner: User, day: date) -> timedelta | None:
    soonest = session.scalar(
        select(func.min(Memory.due_day)).where(
            Memory.learner_id == learner.id, Memory.due_day > day, Memory.suspended.is_(False)
        )
    )
    return soonest - day if soonest else None


def _seconds_per_answer(session: Session, learner_id: int) -> float:
    ms, timed = session.execute(
        select(func.sum(DayCount.ms), func.sum(DayCount.timed)).where(DayCount.learner_id == learner_id)
    ).one()
    return ms / timed / 1000 if (timed or 0) >= TIMED_ENOUGH else USUAL_SECONDS
