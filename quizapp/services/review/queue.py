"""The queue behind a study session, and the next question in it.

`allowances` has what the plans allow, and `waiting` the statement that finds what waits.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.kinds.hints import HintPart
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import Rating, State, next_memories, predicted_recall
from quizapp.core.scheduling.sessions import (
    PastUse,
    QueueGroup,
    SessionProgress,
    choose_question,
    exam_stage,
    introduce,
    next_group,
    order_session,
    progress,
)
from quizapp.core.scheduling.waits import wait
from quizapp.models import FactAnswer, User
from quizapp.services import memories
from quizapp.services.memories import seed_of, to_plan
from quizapp.services.review.allowances import (
    ORDINARY,
    DayProgress,
    SessionScope,
    catch_up_days,
    check_planned,
    day_of,
    read_plans,
)
from quizapp.services.review.answers import RecordedAnswer
from quizapp.services.review.tools import FactTools, read_tools
from quizapp.services.review.waiting import AllowedSet, QueueShape, select_first
from quizapp.services.running_quizzes import reader_values

SPARE_NEW = 50  # new facts of each set to choose from, so that the ones taken offline are not similar


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
    hint: Sequence[HintPart]  # empty where there is none to give
    tools: FactTools


def next_prompt(
    session: Session,
    learner: User,
    *,
    now: datetime,
    after: RecordedAnswer | None = None,
    prefer: int | None = None,
    scope: SessionScope = ORDINARY,
) -> Prompt | None:
    """Return the next question of today's session, or None when nothing waits or no set is studied.

    `after` is an answer recorded in this request: it holds what was done today, which saves a query. The fact `prefer`
    is asked first if it waits at all. Raises DayNotPlanned.
    """
    study_day = learner.clock.day(now)
    if catch_up_days(learner, study_day):
        after = None  # a backlog is not counted with an answer
    plans = after.plans if after else read_plans(session, learner, study_day)
    if not plans:
        return None
    if not after:
        check_planned(plans, study_day)
    day = day_of(learner, plans, study_day, after=after, scope=scope)
    candidates = _find_candidates(session, learner, day, now, scope, prefer)
    sizes = _sizes(candidates)
    delays = {QueueGroup(row.group): row.delay for row in candidates}
    group = next((QueueGroup(row.group) for row in candidates if row.fact_id == prefer), None)
    group = group or next_group(sizes, day.answers, delays)
    if group is None:
        return None
    asked = [row for row in candidates if row.group == group]
    return _prompt(learner, asked, now=now, so_far=progress(sizes, day.finished))


def read_progress(session: Session, learner: User, *, now: datetime, scope: SessionScope = ORDINARY) -> SessionProgress:
    """Return the progress of today's session. Raises DayNotPlanned."""
    study_day = learner.clock.day(now)
    plans = read_plans(session, learner, study_day)
    if not plans:
        return SessionProgress(0, 0, 0)
    check_planned(plans, study_day)
    day = day_of(learner, plans, study_day, scope=scope)
    return progress(_sizes(_find_candidates(session, learner, day, now, scope)), day.finished)


def upcoming_prompts(session: Session, learner: User, *, now: datetime, limit: int) -> list[Prompt]:
    """Return up to `limit` questions of today's session, in the order they are asked if each is answered once.

    Three statements. Empty when nothing waits or no set is studied. Raises DayNotPlanned.
    """
    study_day = learner.clock.day(now)
    plans = read_plans(session, learner, study_day)
    if not plans:
        return []
    check_planned(plans, study_day)
    day = day_of(learner, plans, study_day)
    values = parameters(learner, day, now, ORDINARY, spare_new=SPARE_NEW) | {"prefer": 0, "depth": limit}
    facts: dict[int, list[Any]] = {}  # each with a row for every question
    connection = session.connection()
    for row in connection.execute(select_first(shape_of(learner, day, ORDINARY))[connection.dialect.name], values):
        if row.group == QueueGroup.CONTRAST:  # what is asked after an answer yet to be given
            continue
        facts.setdefault(row.fact_id, []).append(row)
    is_similar = _similarity(session, facts)
    groups: dict[QueueGroup, list[int]] = {}
    for fact_id, rows in facts.items():
        groups.setdefault(QueueGroup(rows[0].group), []).append(fact_id)
    if new := groups.get(QueueGroup.NEW):
        allowed = {set_id: each.new for set_id, each in day.allowed.items()}
        set_of = {fact_id: facts[fact_id][0].set_id for fact_id in new}
        groups[QueueGroup.NEW] = introduce(new, set_of, allowed, is_similar, total=day.new)
    ago = {fact_id: rows[0].ago for fact_id, rows in facts.items() if rows[0].ago}
    sizes = {group: len(ids) if group is QueueGroup.NEW else facts[ids[0]][0].size for group, ids in groups.items()}
    so_far = progress(sizes, day.finished)
    order = order_session(groups, day.answers, ago, is_similar, limit)
    return [_prompt(learner, facts[fact_id], now=now, so_far=so_far) for fact_id in order]


def _find_candidates(
    session: Session, learner: User, day: DayProgress, now: datetime, scope: SessionScope, prefer: int | None = None
) -> Sequence[Any]:
    """Return the first facts of each group of the queue, with a row for every question of theirs."""
    values = parameters(learner, day, now, scope) | {"prefer": prefer or 0, "depth": 1}
    connection = session.connection()
    return connection.execute(select_first(shape_of(learner, day, scope))[connection.dialect.name], values).all()


def _sizes(candidates: Sequence[Any]) -> dict[QueueGroup, int]:
    """Return how many facts wait in each group."""
    return {QueueGroup(row.group): row.size for row in candidates}


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
    at_least = exam_stage(memory, to_plan(first, None), learner.clock.day(now))
    index = choose_question(questions, memory, seed_of(learner.id, first.fact_id), past, at_least=at_least)
    question, question_version_id = questions[index], asked[index].question_version_id
    order = memories.option_order(question, learner.id, question_version_id, version)
    return Prompt(
        fact_id=first.fact_id,
        version=version,
        question_version_id=question_version_id,
        question=question,
        order=order,
        topic=next(topic for topic in first.topics if topic["key"] == first.topic),
        language=first.language,
        is_new=memory.state == State.NEW,
        waits=_button_waits(learner, memory, first, now=now) if question.self_graded else {},
        predicted=predicted_recall(memory, now=now, clock=learner.clock),
        target=first.desired_retention,
        progress=so_far,
        hint=question.give_hint(order),
        tools=read_tools(asked[index]),
    )


def _button_waits(learner: User, memory: scheduler.Memory, row: Any, *, now: datetime) -> dict[Rating, timedelta]:
    seed = seed_of(learner.id, row.fact_id)
    after = next_memories(memory, now=now, clock=learner.clock, plan=to_plan(row, learner), seed=seed)
    return {rating: wait(memory, now=now, clock=learner.clock) for rating, memory in after.items()}


# What waits


def shape_of(learner: User, day: DayProgress, scope: SessionScope) -> QueueShape:
    """Return the shape of the statement for what waits."""
    return QueueShape(
        asks_essays=learner.asks_essays,
        sets=tuple(AllowedSet(allowed.new > 0, allowed.reviews is not None) for allowed in day.allowed.values()),
        shares_new=day.new is not None,
        kinds=scope.kinds,
        topics=tuple((set_id, tuple(topics)) for set_id, topics in scope.topics.items()),
        has_chosen_new=scope.new is not None,
        asks_ahead=scope.until is not None,
        starred_only=scope.starred,
    )


def parameters(
    learner: User, day: DayProgress, now: datetime, scope: SessionScope, *, spare_new: int = 0
) -> dict[str, Any]:
    """Return the parameters of that statement, besides `prefer` and `depth`.

    `spare_new` is how many more new facts of each set are selected than are allowed today.
    """
    study_day = learner.clock.day(now)
    values = reader_values(learner, now) | {"study_day": study_day, "study_day_number": study_day.toordinal()}
    values |= {
        "latest_step": study_day + timedelta(days=2),
        "until": scope.until,
        "total_new": None if day.new is None else day.new + spare_new,
    }
    for place, (set_id, allowed) in enumerate(day.allowed.items()):
        values |= {f"set_{place}": set_id, f"new_{place}": allowed.new + spare_new, f"reviews_{place}": allowed.reviews}
    return values
