"""The queue behind a study session, and the next question in it.

`waiting_facts` builds the query from what the plans allow (services.review.allowances), so that each of its parts is
one index range: the learner's memories by due day, and the facts of each set by position.
"""

from collections.abc import Mapping, Sequence
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
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.plans import Allowance
from quizapp.core.scheduling.scheduler import Rating, State, next_memories, predicted_recall, wait
from quizapp.core.scheduling.sessions import QueueGroup, SessionProgress, choose_question, next_group, progress
from quizapp.models import Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, User
from quizapp.services import memories
from quizapp.services.memories import seed_of, to_plan
from quizapp.services.review.allowances import (
    ORDINARY,
    DayProgress,
    SessionScope,
    catch_up_days,
    check_planned,
    day_of,
    is_active,
    read_plans,
)
from quizapp.services.review.answers import RecordedAnswer
from quizapp.services.running_quizzes import SHOWN, reader_values


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
    avoid: int | None = None,
    scope: SessionScope = ORDINARY,
) -> Prompt | None:
    """Return the next question of today's session, or None when nothing waits or no set is studied.

    `after` is an answer recorded in this request: it holds what was done today, which saves a query. The fact `prefer`
    is asked first if it waits at all, the fact `avoid` (the one just answered) last. Raises DayNotPlanned.
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
    first = first_in_groups(waiting_facts(learner, day, now=now, scope=scope), study_day, prefer=prefer, avoid=avoid)
    candidates = session.execute(select_questions(first, learner), reader_values(learner, now)).all()
    sizes = {QueueGroup(row.group): row.size for row in candidates}
    group = next((QueueGroup(row.group) for row in candidates if row.fact_id == prefer), next_group(sizes, day.answers))
    if group is None:
        return None
    asked = [row for row in candidates if row.group == group]
    return _prompt(learner, asked, now=now, so_far=progress(sizes, day.finished))


def upcoming_prompts(session: Session, learner: User, *, now: datetime, limit: int) -> list[Prompt]:
    """Return up to `limit` questions of today's session, in the order they are asked if each is answered once.

    Two statements. Empty when nothing waits or no set is studied. Raises DayNotPlanned.
    """
    study_day = learner.clock.day(now)
    plans = read_plans(session, learner, study_day)
    if not plans:
        return []
    check_planned(plans, study_day)
    day = day_of(learner, plans, study_day)
    first = first_in_groups(waiting_facts(learner, day, now=now), study_day, depth=limit)
    lines: dict[QueueGroup, dict[int, list[Any]]] = {}  # for each group its facts, each with its questions
    sizes: dict[QueueGroup, int] = {}
    for row in session.execute(select_questions(first, learner), reader_values(learner, now)):
        lines.setdefault(QueueGroup(row.group), {}).setdefault(row.fact_id, []).append(row)
        sizes[QueueGroup(row.group)] = row.size
    so_far, answered, asked = progress(sizes, day.finished), day.answers, list[Prompt]()
    while len(asked) < limit and (group := next_group(sizes, answered)):
        rows = lines[group].pop(next(iter(lines[group])))
        asked.append(_prompt(learner, rows, now=now, so_far=so_far))
        sizes[group] -= 1
        answered += 1
    return asked


def _prompt(learner: User, asked: list[Any], *, now: datetime, so_far: SessionProgress) -> Prompt:
    """Return the prompt for one fact, of which `asked` holds a row for each of its questions."""
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
        order=memories.option_order(question, learner.id, question_version_id, version),
        topic=next(topic for topic in first.topics if topic["key"] == first.topic),
        language=first.language,
        is_new=memory.state == State.NEW,
        waits=_button_waits(learner, memory, first, now=now) if question.self_graded else {},
        predicted=predicted_recall(memory, now=now, clock=learner.clock),
        target=first.desired_retention,
        progress=so_far,
    )


def _button_waits(learner: User, memory: scheduler.Memory, row: Any, *, now: datetime) -> dict[Rating, timedelta]:
    seed = seed_of(learner.id, row.fact_id)
    after = next_memories(memory, now=now, clock=learner.clock, plan=to_plan(row, learner), seed=seed)
    return {rating: wait(memory, now=now, clock=learner.clock) for rating, memory in after.items()}


# What waits


def waiting_facts(learner: User, day: DayProgress, *, now: datetime, scope: SessionScope = ORDINARY) -> CTE:
    """Select every fact that waits, with its memory and its plan, and the group it waits in.

    A statement that uses it is executed with running_quizzes.reader_values.
    """
    study_day = learner.clock.day(now)
    due = _apply_daily_limits(_due_facts(learner, study_day, now, scope), study_day, day.allowed).cte("due")
    new = [
        _new_facts(learner, study_day, set_id, allowed, due, scope)
        for set_id, allowed in day.allowed.items()
        if allowed.new > 0
    ]
    if new and day.new is not None:
        new = [_within_total(new, day.new, list(day.allowed))]
    return union_all(select(due), *new).cte("waiting")


def first_in_groups(
    facts: CTE, day: date, *, prefer: int | None = None, avoid: int | None = None, depth: int = 1
) -> CTE:
    """Select the first `depth` facts of each group and the group's size; `prefer` comes first, `avoid` last."""
    place = func.row_number().over(
        partition_by=facts.c.group,
        order_by=(
            case((facts.c.fact_id == (prefer or 0), 0), (facts.c.fact_id == (avoid or 0), 2), else_=1),
            facts.c.due_at,
            desc(_urgency(day, facts.c.last_day, facts.c.stability)),  # the least sure first
            facts.c.position,
            facts.c.fact_id,
        ),
    )
    count = func.count().over(partition_by=facts.c.group)
    ranked = select(facts, place.label("place"), count.label("size")).subquery("ranked")
    return select(ranked).where(ranked.c.place <= depth).cte("first")


def select_questions(first: CTE, learner: User) -> Select[Any]:
    """Select the facts of a queue, each with a row for every question that asks the learner for it now."""
    return (
        select(
            first,
            Fact.topic,
            QuestionSet.header["topics"].label("topics"),
            QuestionSet.header["language"].as_string().label("language"),
            QuestionVersion.id.label("question_version_id"),
            QuestionVersion.body,
        )
        .join(Fact, Fact.id == first.c.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Question, and_(Question.fact_id == Fact.id, Question.archived_at.is_(None)))
        .join(Question.current_version)
        .where(*memories.asks_now(learner))
        .order_by(first.c.group, first.c.place, Question.position)
    )


_COLUMNS = (Fact.id.label("fact_id"), Fact.set_id, Fact.position, Memory.version, *memories.COLUMNS)


def _due_facts(learner: User, day: date, now: datetime, scope: SessionScope) -> Select[Any]:
    group = case(
        (Memory.state == State.REVIEW, literal(QueueGroup.REVIEW.value, String)),
        (Memory.due_at <= now, literal(QueueGroup.STEP.value, String)),
        else_=literal(QueueGroup.LATER_STEP.value, String),
    )
    return (
        select(group.label("group"), *_COLUMNS, *memories.PLAN_COLUMNS)
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == learner.id,
            _is_due(day, scope.until),
            Memory.state != State.NEW,
            is_active(day),
            *_is_chosen(scope),
            Plan.paused.is_(False),
            Fact.archived_at.is_(None),
            *memories.is_asked(learner),
            SHOWN,
        )
    )


def _is_due(day: date, until: date | None) -> ColumnElement[bool]:
    """Return whether a memory is due by `until`, if that is later than the study day; not what was answered today.

    A learning step is asked whatever its day: it may go on past the rollover, or the learner may have travelled west
    since, by two days at most.
    """
    soon = and_(Memory.due_day <= day + timedelta(days=2), or_(Memory.due_day <= day, Memory.due_at.is_not(None)))
    if until is None or until <= day:
        return soon
    return or_(soon, and_(Memory.due_day <= until, Memory.last_day < day))


def _is_chosen(scope: SessionScope) -> list[ColumnElement[bool]]:
    """Return the condition on a Fact to be of the sets and topics of a custom session; none for the ordinary one."""
    if not scope.topics:
        return []
    chosen = [
        and_(Fact.set_id == id_, _is_of(topics)) if topics else Fact.set_id == id_
        for id_, topics in scope.topics.items()
    ]
    return [or_(*chosen)]


def _is_of(topics: Sequence[str]) -> ColumnElement[bool]:
    """Return whether a fact is of the chosen topics, or of those of the plan where none are chosen."""
    return Fact.topic.in_(topics) if topics else memories.in_topics()


def _apply_daily_limits(due: Select[Any], day: date, allowed: Mapping[int, Allowance]) -> Select[Any]:
    """Select what is due within each set's daily limit of reviews: the least sure first, and the rest wait.

    Simulations made for Anki favour the surest first (ankitects/anki, 3460): there new cards keep coming, and a backlog
    of the least sure only grows. Here a limit that is reached stops new facts. Simulated that way
    (core.scheduling.workload: 200 to 1,500 facts, kept up or left for months), the least sure first leave 4 to 15 %
    more known after a quarter, for which they take 2 to 23 % more answers; and no fact is passed over for ever.
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
    beyond = and_(ranked.c.group == QueueGroup.REVIEW.value, ranked.c.place > room)
    group = case((beyond, literal(QueueGroup.OVER_LIMIT.value, String)), else_=ranked.c.group)
    return select(group.label("group"), *(c for c in ranked.c if c.name not in ("group", "place")))


def _new_facts(learner: User, day: date, set_id: int, allowed: Allowance, due: CTE, scope: SessionScope) -> Select[Any]:
    """Select the next new facts of a set, of the topics chosen or the plan's; before an exam, the more important first.

    None while its daily limit leaves reviews for later, unless a number of new facts was chosen.
    """
    query = (
        select(literal(QueueGroup.NEW.value, String).label("group"), *_COLUMNS)
        .select_from(Fact)
        .join(Plan, and_(Plan.learner_id == learner.id, Plan.set_id == Fact.set_id))
        .outerjoin(Memory, and_(Memory.learner_id == learner.id, Memory.fact_id == Fact.id))
        .where(
            Fact.set_id == set_id,
            Fact.archived_at.is_(None),
            _is_of(scope.topics.get(set_id, ())),
            *memories.is_asked(learner),
            SHOWN,
            or_(Memory.fact_id.is_(None), and_(Memory.state == State.NEW, is_active(day))),
        )
        .order_by(case((Plan.planned_on == day, -Fact.importance), else_=0), Fact.position)
        .limit(allowed.new)
    )
    if allowed.reviews is not None and scope.new is None:
        query = query.where(~exists().where(due.c.set_id == set_id, due.c.group == QueueGroup.OVER_LIMIT.value))
    first = query.subquery()
    return select(first, *memories.PLAN_COLUMNS).join(
        Plan, and_(Plan.learner_id == learner.id, Plan.set_id == first.c.set_id)
    )


def _within_total(new: Sequence[Select[Any]], total: int, set_ids: Sequence[int]) -> Select[Any]:
    """Select at most `total` of the sets' new facts, set by set in the order of `set_ids`."""
    facts = union_all(*new).subquery("new")
    place = case({set_id: place for place, set_id in enumerate(set_ids)}, value=facts.c.set_id)
    return select(select(facts).order_by(place, facts.c.position).limit(total).subquery())


def _urgency(day: date, last_day: Any, stability: Any) -> ColumnElement[Any]:
    """Return the time elapsed, measured in stabilities: the more it is, the lower the retrievability."""
    urgency: ColumnElement[Any] = (literal(day.toordinal()) - type_coerce(last_day, Integer)) / stability
    return urgency
