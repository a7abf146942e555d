"""The session's queue: what is due and new for a learner, and the next question to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.scheduling import Rating, State, next_memories, retrievability, wait
from quizapp.core.sessions import Group, Progress, choose_question, next_group, progress
from quizapp.models import Fact, Memory, Plan, User
from quizapp.services import access, memories
from quizapp.services.memories import seed_of, to_plan
from quizapp.services.review.queue import Day, day_of, foremost, read_plans, waiting, with_questions


@dataclass(frozen=True, slots=True)
class SetToday:
    """One set's part of today; `put_off` are facts due that its ceiling leaves for later days."""

    set_id: int
    key: str
    title: str
    plan: scheduling.Plan
    paused: bool
    due: int
    new: int
    put_off: int


@dataclass(frozen=True, slots=True)
class Today:
    """What today holds: facts due, facts new, facts done with, answers given, and about how long the rest takes."""

    day: date
    sets: tuple[SetToday, ...]
    finished: int
    answers: int
    minutes: int
    next_in: timedelta | None  # until the next day on which something falls due; None while something waits today

    @property
    def due(self) -> int:
        return sum(each.due for each in self.sets)

    @property
    def new(self) -> int:
        return sum(each.new for each in self.sets)

    @property
    def put_off(self) -> int:
        return sum(each.put_off for each in self.sets)

    @property
    def all_paused(self) -> bool:
        return all(each.paused for each in self.sets)

    @property
    def exams_ahead(self) -> dict[int, scheduling.Plan]:
        """The plans with an exam to come, by the id of their set; not the paused ones."""
        return {
            each.set_id: each.plan
            for each in self.sets
            if each.plan.exam_day and each.plan.exam_day >= self.day and not each.paused
        }

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
    return question.shuffle_options(f"{learner_id}:{question_version_id}:{version}")


def start_plan(session: Session, learner: User, set_id: int, *, now: datetime) -> None:
    """Take a set up for study, or up again if it was paused; else nothing changes. Raises NotFound."""
    access.set_to_read(session, learner, set_id)
    plan = session.get(Plan, (learner.id, set_id))
    if plan is None:
        session.add(Plan(learner_id=learner.id, set_id=set_id, started_at=now))
    else:
        plan.paused = False
    session.flush()


def today(session: Session, learner: User, *, now: datetime) -> Today | None:
    """What today's session holds for a learner, or None when no set has been taken up. Four statements at most."""
    study_day = learner.clock.day(now)
    plans = read_plans(session, learner, study_day)
    if not plans:
        return None
    day = day_of(plans, study_day)
    waits = waiting(learner, day, now=now)
    sizes = session.execute(select(waits.c.set_id, waits.c.group, func.count()).group_by(waits.c.set_id, waits.c.group))
    counts = {(set_id, Group(group)): size for set_id, group, size in sizes}
    sets = tuple(_set_today(plan, counts) for plan in plans)
    due, new, put_off = (sum(getattr(each, name) for each in sets) for name in ("due", "new", "put_off"))
    # A new fact is asked twice on its first day, once for each learning step.
    seconds = (due + 2 * new) * memories.seconds_per_answer(session, learner.id)
    minutes = max(round(seconds / 60), 1) if seconds else 0
    next_in = None
    if not due + new:
        next_in = timedelta(days=1) if put_off else _next_in(session, learner, study_day)
    return Today(study_day, sets, day.finished, day.answers, minutes, next_in)


def _set_today(row: Any, counts: Mapping[tuple[int, Group], int]) -> SetToday:
    due = sum(counts.get((row.set_id, group), 0) for group in (Group.STEP, Group.REVIEW, Group.LATER_STEP))
    return SetToday(
        set_id=row.set_id,
        key=row.key,
        title=row.title,
        plan=to_plan(row),
        paused=row.paused,
        due=due,
        new=counts.get((row.set_id, Group.NEW), 0),
        put_off=counts.get((row.set_id, Group.PUT_OFF), 0),
    )


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
    study_day = learner.clock.day(now)
    if day is None:
        plans = read_plans(session, learner, study_day)
        if not plans:
            return None
        day = day_of(plans, study_day)
    first = foremost(waiting(learner, day, now=now), study_day, prefer=prefer, avoid=avoid)
    candidates = session.execute(with_questions(first)).all()
    sizes = {Group(row.group): row.size for row in candidates}
    group = next((Group(row.group) for row in candidates if row.fact_id == prefer), next_group(sizes, day.answers))
    if group is None:
        return None
    asked = [row for row in candidates if row.group == group]
    return _prompt(learner, asked, now=now, so_far=progress(sizes, day.finished))


def session_ahead(session: Session, learner: User, *, now: datetime, limit: int) -> list[Prompt]:
    """The questions of today's session, at most so many, in the order in which they are asked if each is answered once.

    Two statements. Empty when nothing waits or no set has been taken up.
    """
    study_day = learner.clock.day(now)
    plans = read_plans(session, learner, study_day)
    if not plans:
        return []
    day = day_of(plans, study_day)
    first = foremost(waiting(learner, day, now=now), study_day, depth=limit)
    lines: dict[Group, dict[int, list[Any]]] = {}  # for each group its facts, each with its questions
    sizes: dict[Group, int] = {}
    for row in session.execute(with_questions(first)):
        lines.setdefault(Group(row.group), {}).setdefault(row.fact_id, []).append(row)
        sizes[Group(row.group)] = row.size
    so_far, answered, asked = progress(sizes, day.finished), day.answers, list[Prompt]()
    while len(asked) < limit and (group := next_group(sizes, answered)):
        rows = lines[group].pop(next(iter(lines[group])))
        asked.append(_prompt(learner, rows, now=now, so_far=so_far))
        sizes[group] -= 1
        answered += 1
    return asked


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
        waits=_waits(learner, memory, first, now=now) if question.self_graded else {},
        predicted=retrievability(memory, learner.clock.day(now)),
        target=first.desired_retention,
        progress=so_far,
    )


def _waits(learner: User, memory: scheduling.Memory, row: Any, *, now: datetime) -> dict[Rating, timedelta]:
    seed = seed_of(learner.id, row.fact_id)
    after = next_memories(memory, now=now, clock=learner.clock, plan=to_plan(row), seed=seed)
    return {rating: wait(memory, now=now, clock=learner.clock) for rating, memory in after.items()}


def _next_in(session: Session, learner: User, day: date) -> timedelta | None:
    soonest = session.scalar(
        select(Memory.due_day)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == learner.id,
            Memory.due_day > day,
            Memory.suspended.is_(False),
            Plan.paused.is_(False),
            Fact.retired_at.is_(None),
        )
        .order_by(Memory.due_day)
        .limit(1)
    )
    return soonest - day if soonest else None
