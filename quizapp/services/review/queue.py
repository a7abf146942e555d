"""The queue behind a study session, and the next question in it.

`read_plans` reads what the plans allow; the statement that finds what waits is in `waiting`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.plans import Allowance, allowance
from quizapp.core.scheduling.scheduler import Rating, State, next_memories, retrievability, wait
from quizapp.core.scheduling.sessions import (
    PastUse,
    QueueGroup,
    SessionProgress,
    choose_question,
    introduce,
    next_group,
    order_session,
    progress,
)
from quizapp.models import DayCount, FactAnswer, Plan, QuestionSet, User
from quizapp.services import memories
from quizapp.services.memories import seed_of, to_plan
from quizapp.services.review.answers import RecordedAnswer
from quizapp.services.review.waiting import AllowedSet, QueueShape, select_first
from quizapp.services.running_quizzes import reader_values

SPARE_NEW = 50  # new facts of each set to choose from, so that the ones taken offline are not similar


@dataclass(frozen=True, slots=True)
class DayProgress:
    """A learner's study day so far, and the allowance that is left, by set id, without paused sets."""

    answers: int
    finished: int
    allowed: Mapping[int, Allowance]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question as it is asked of one learner. An answer to it names `version`, the memory it was asked of."""

    fact_id: int
    version: int
    question_version_id: int
    question: AskedQuestion
    order: tuple[int, ...]  # of a choice's options
    topic: dict[str, Any]
    language: str  # of the set
    is_new: bool
    waits: dict[Rating, timedelta]  # what each button of a flashcard leads to
    predicted: float | None  # the chance of recall now, 0..1; None where there is none to trust
    target: float  # desired retention, 0..1
    progress: SessionProgress


def next_prompt(
    session: Session,
    learner: User,
    *,
    now: datetime,
    after: RecordedAnswer | None = None,
    prefer: int | None = None,
) -> Prompt | None:
    """Return the next question of today's session, or None when nothing waits or no set is studied.

    `after` is an answer recorded in this request: it holds what was done today, which saves a query. The fact `prefer`
    is asked first if it waits at all.
    """
    study_day = learner.clock.day(now)
    if after:
        day = DayProgress(after.answers, after.finished, allowances(after.plans, study_day, answered=after.plan))
    elif plans := read_plans(session, learner, study_day):
        day = day_of(plans, study_day)
    else:
        return None
    values = parameters(learner, day, now) | {"prefer": prefer or 0, "depth": 1}
    candidates = session.execute(select_first(shape_of(learner, day)), values).all()
    sizes = {QueueGroup(row.group): row.size for row in candidates}
    delays = {QueueGroup(row.group): row.delay for row in candidates}
    group = next((QueueGroup(row.group) for row in candidates if row.fact_id == prefer), None)
    group = group or next_group(sizes, day.answers, delays)
    if group is None:
        return None
    asked = [row for row in candidates if row.group == group]
    return _prompt(learner, asked, now=now, so_far=progress(sizes, day.finished))


def upcoming_prompts(session: Session, learner: User, *, now: datetime, limit: int) -> list[Prompt]:
    """Return up to `limit` questions of today's session, in the order they are asked if each is answered once.

    Three statements. Empty when nothing waits or no set is studied.
    """
    study_day = learner.clock.day(now)
    plans = read_plans(session, learner, study_day)
    if not plans:
        return []
    day = day_of(plans, study_day)
    values = parameters(learner, day, now, spare_new=SPARE_NEW) | {"prefer": 0, "depth": limit}
    facts: dict[int, list[Any]] = {}  # each with a row for every question
    for row in session.execute(select_first(shape_of(learner, day)), values):
        if row.group == QueueGroup.CONTRAST:  # what is asked after an answer yet to be given
            continue
        facts.setdefault(row.fact_id, []).append(row)
    is_similar = _similarity(session, facts)
    groups: dict[QueueGroup, list[int]] = {}
    for fact_id, rows in facts.items():
        groups.setdefault(QueueGroup(rows[0].group), []).append(fact_id)
    if new := groups.get(QueueGroup.NEW):
        allowed = {set_id: each.new for set_id, each in day.allowed.items()}
        groups[QueueGroup.NEW] = introduce(new, {id: facts[id][0].set_id for id in new}, allowed, is_similar)
    ago = {fact_id: rows[0].ago for fact_id, rows in facts.items() if rows[0].ago}
    sizes = {group: len(ids) if group is QueueGroup.NEW else facts[ids[0]][0].size for group, ids in groups.items()}
    so_far = progress(sizes, day.finished)
    order = order_session(groups, day.answers, ago, is_similar, limit)
    return [_prompt(learner, facts[fact_id], now=now, so_far=so_far) for fact_id in order]


def _similarity(session: Session, fact_ids: Collection[int]) -> Callable[[int, int], bool]:
    """Return a function that tells whether two of these facts are similar; one statement."""
    answers: dict[int, dict[tuple[int, str], bool]] = {fact_id: {} for fact_id in fact_ids}
    for row in session.execute(select(FactAnswer).where(FactAnswer.fact_id.in_(fact_ids))).scalars():
        answers[row.fact_id][row.set_id, row.answer] = row.right

    def is_similar(one: int, other: int) -> bool:
        return any(answers[one][text] or answers[other][text] for text in answers[one].keys() & answers[other].keys())

    return is_similar


def _prompt(learner: User, asked: list[Any], *, now: datetime, so_far: SessionProgress) -> Prompt:
    """Return the prompt for one fact, of which `asked` holds a row for each of its questions."""
    first = asked[0]
    memory, version = memories.to_core(first), first.version or 0
    questions = [parse_question(row.body) for row in asked]
    past = [PastUse(row.last_use or 0, row.uses_today or 0, row.right_uses or 0) for row in asked]
    index = choose_question(questions, memory, seed_of(learner.id, first.fact_id), past)
    question, question_version_id = questions[index], asked[index].question_version_id
    return Prompt(
        fact_id=first.fact_id,
        version=version,
        question_version_id=question_version_id,
        question=question,
        order=memories.option_order(question, learner.id, question_version_id, version),
        topic=next(topic for topic in first.topics if topic["key"] == first.topic),
        language=first.language,
        is_new=memory.state == State.NEW,
        waits=_button_waits(learner, memory, first, now=now) if question.self_graded else {},
        predicted=retrievability(memory, learner.clock.day(now)),
        target=first.desired_retention,
        progress=so_far,
    )


def _button_waits(learner: User, memory: scheduler.Memory, row: Any, *, now: datetime) -> dict[Rating, timedelta]:
    seed = seed_of(learner.id, row.fact_id)
    after = next_memories(memory, now=now, clock=learner.clock, plan=to_plan(row), seed=seed)
    return {rating: wait(memory, now=now, clock=learner.clock) for rating, memory in after.items()}


# What waits


def read_plans(session: Session, learner: User, day: date) -> Sequence[Any]:
    """Return the learner's plans, the first one started first, with what was done on a study day; one statement."""
    plans = select(Plan.set_id, Plan.paused, *memories.PLAN_COLUMNS).where(Plan.learner_id == learner.id)
    return session.execute(
        memories.add_done(plans, learner.id, day)
        .add_columns(QuestionSet.key, QuestionSet.title, QuestionSet.header["language"].as_string().label("language"))
        .add_columns(DayCount.answers, DayCount.finished)
        .join(QuestionSet, QuestionSet.id == Plan.set_id)
        .outerjoin(DayCount, and_(DayCount.learner_id == Plan.learner_id, DayCount.day == day))
        .order_by(Plan.started_at, Plan.set_id)
    ).all()


def day_of(plans: Sequence[Any], day: date) -> DayProgress:
    """Return the study day so far, from the rows of `read_plans`."""
    return DayProgress(plans[0].answers or 0, plans[0].finished or 0, allowances(plans, day))


def allowances(plans: Sequence[Any], day: date, *, answered: Any = None) -> dict[int, Allowance]:
    """Return the allowance that is left on a study day, by set id, from the plans with what was done under each.

    `answered` is the row of the plan whose fact was just answered; its `state` is the fact's state before the answer.
    """
    allowed = {}
    for row in plans:
        if not row.paused:
            state = row.state if row is answered else State.LEARNING  # in which an answer uses up no allowance
            met, reviewed = row.met + (not state), row.reviewed + (state == State.REVIEW)
            allowed[row.set_id] = allowance(memories.to_plan(row), day, met=met, reviewed=reviewed)
    return allowed


def shape_of(learner: User, day: DayProgress) -> QueueShape:
    """Return the shape of the statement for what waits."""
    sets = tuple(AllowedSet(allowed.new > 0, allowed.reviews is not None) for allowed in day.allowed.values())
    return QueueShape(learner.asks_essays, sets)


def parameters(learner: User, day: DayProgress, now: datetime, *, spare_new: int = 0) -> dict[str, Any]:
    """Return the parameters of that statement, besides `prefer` and `depth`.

    `spare_new` is how many more new facts of each set are selected than are allowed today.
    """
    study_day = learner.clock.day(now)
    values = reader_values(learner, now) | {"study_day": study_day, "study_day_number": study_day.toordinal()}
    for place, (set_id, allowed) in enumerate(day.allowed.items()):
        values |= {f"set_{place}": set_id, f"new_{place}": allowed.new + spare_new, f"reviews_{place}": allowed.reviews}
    return values
