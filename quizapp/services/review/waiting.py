"""The statement that finds what waits in a study session: the facts in groups, the first of each with its questions.

Each part is one index range: the learner's memories by due day, the facts of each set by position, the answers of the
study day. Statements are built once for each `QueueShape`, and executed with `queue.parameters`.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    desc,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.core.scheduling.sessions import CONTRAST_FROM, GAP, REVIEWS_AT_ONCE, SOON_DUE, QueueGroup
from quizapp.models import Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, Review
from quizapp.models.prepared import PreparedQuery
from quizapp.services import eligibility, memories
from quizapp.services.review.recent import (
    LAST,
    NOW,
    READER,
    RECENT,
    SIMILAR_TO_LAST,
    SIMILAR_TO_MET,
    STUDY_DAY,
    TODAY,
    has_words_left,
)
from quizapp.services.review.tools import STARRED, TOOL_COLUMNS
from quizapp.services.running_quizzes import SHOWN


class AllowedSet(NamedTuple):
    """What a plan that is not paused allows today: whether new facts, and whether only a number of reviews."""

    new: bool
    limited: bool


class QueueShape(NamedTuple):
    """What the statement for a learner depends on; all else is a parameter."""

    asks_essays: bool
    sets: tuple[AllowedSet, ...]
    shares_new: bool  # all sets share a total of new facts
    kinds: tuple[str, ...]  # of question, of a custom session; () for all
    topics: tuple[tuple[int, tuple[str, ...]], ...]  # of a custom session, by set id; () for all topics of the set
    has_chosen_new: bool  # a custom session says how many new facts it brings
    asks_ahead: bool  # and up to which day reviews are asked
    starred_only: bool  # and whether only starred facts are


# The facts that wait

PREFER = bindparam("prefer", type_=Integer)  # a fact that is asked first if it waits; 0 for none


@lru_cache(maxsize=256)
def select_first(shape: QueueShape) -> PreparedQuery:
    """Select the first facts of each group, as many as the parameter `depth` says, with the questions that ask them."""
    return PreparedQuery(_select_questions(_first_in_groups(waiting_facts(shape, most_reviews=REVIEWS_AT_ONCE)), shape))


@lru_cache(maxsize=256)
def waiting_facts(shape: QueueShape, *, most_reviews: int | None = None) -> CTE:
    """Select every fact that waits, its group, and what decides when it is asked; of reviews, if told, only the one
    preferred and `most_reviews` of those due for longest."""
    due = _apply_daily_limits(_due_facts(shape, most_reviews), shape).cte("due")
    new = [_new_facts(shape, place, due) for place, allowed in enumerate(shape.sets) if allowed.new]
    if new and shape.shares_new:
        new = [_within_total(new, shape)]
    return union_all(select(due), *map(_without_ranks, new), _contrasts(shape)).cte("waiting")


# No more than it takes to order the facts: rows are copied several times.
_COLUMNS: tuple[Any, ...] = (
    Fact.id.label("fact_id"), Fact.set_id, Fact.position,
    Memory.state, Memory.step, Memory.stability, Memory.last_day, Memory.due_day, Memory.due_at,
)  # fmt: skip


def _due_facts(shape: QueueShape, most_reviews: int | None) -> Subquery:
    is_now = case(
        (Memory.due_at <= NOW, literal(QueueGroup.STEP.value, String)),
        else_=literal(QueueGroup.LATER_STEP.value, String),
    )
    steps = _due_in(shape, is_now).where(_is_step(), has_words_left(asks_essays=shape.asks_essays))
    reviews = _due_in(shape, literal(QueueGroup.REVIEW.value, String)).where(*_is_review_due(shape))
    parts = [steps, reviews]
    if most_reviews:
        others = reviews.where(Memory.fact_id != PREFER).order_by(Memory.due_day)
        parts = [steps, reviews.where(Memory.fact_id == PREFER), others.limit(literal_column(str(most_reviews)))]
    return union_all(*(select(part.subquery()) for part in parts)).subquery("all_due")


def _due_in(shape: QueueShape, group: ColumnElement[str]) -> Select[Any]:
    """Select the facts of memories that can be asked. The plan is only looked up, so that memories come in order."""
    is_studied = exists().where(Plan.learner_id == READER, Plan.set_id == Fact.set_id, Plan.paused.is_(False))
    return (
        select(group.label("group"), *_COLUMNS)
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(
            Memory.learner_id == READER,
            eligibility.is_active(STUDY_DAY),
            *_is_chosen(shape),
            is_studied.correlate(Fact),
            Fact.archived_at.is_(None),
            *eligibility.is_asked(shape, shape.kinds),
            SHOWN,
        )
    )


def _is_step() -> ColumnElement[bool]:
    """Return whether a memory is in a learning step, past the rollover too, or two days on for who travelled west."""
    latest = bindparam("latest_step", type_=STUDY_DAY.type)
    return and_(Memory.due_at.is_not(None), Memory.state != State.REVIEW, Memory.due_day <= latest)


def _is_review_due(shape: QueueShape) -> list[ColumnElement[bool]]:
    """Return whether a memory is due for review, or will be by a custom session's day; not what was answered today."""
    is_due = Memory.due_day <= STUDY_DAY
    if shape.asks_ahead:
        until = bindparam("until", type_=STUDY_DAY.type)
        is_due = or_(is_due, and_(Memory.due_day <= until, Memory.last_day < STUDY_DAY))
    return [Memory.state == State.REVIEW, is_due]


def _is_chosen(shape: QueueShape) -> list[ColumnElement[bool]]:
    """Return the conditions on a Fact to be asked in a custom session; none for the ordinary one."""
    chosen = [
        and_(Fact.set_id == set_id, Fact.topic.in_(topics)) if topics else Fact.set_id == set_id
        for set_id, topics in shape.topics
    ]
    return [*([or_(*chosen)] if chosen else []), *([STARRED] if shape.starred_only else [])]


def _is_of_topics(shape: QueueShape) -> ColumnElement[bool]:
    """Return whether a new Fact is of the topics chosen for its set, or of those of the plan where none are chosen."""
    chosen = [(Fact.set_id == set_id, Fact.topic.in_(topics)) for set_id, topics in shape.topics if topics]
    return case(*chosen, else_=eligibility.in_topics()) if chosen else eligibility.in_topics()


def _apply_daily_limits(due: Subquery, shape: QueueShape) -> Select[Any]:
    """Select what is due within each set's daily limit of reviews: the least sure first, and the rest wait.

    Simulations made for Anki favour the surest first (ankitects/anki, 3460): there new cards keep coming, and a backlog
    of the least sure only grows. Here a limit that is reached stops new facts. Simulated that way
    (core.scheduling.workload: 200 to 1,500 facts, kept up or left for months), the least sure first leave 4 to 15 %
    more known after a quarter, for which they take 2 to 23 % more answers; and no fact is passed over for ever.
    """
    if not any(allowed.limited for allowed in shape.sets):
        return select(due)
    place = func.row_number().over(
        partition_by=(due.c.set_id, due.c.state),
        order_by=(desc(_urgency(due.c.last_day, due.c.stability)), due.c.fact_id),
    )
    ranked = select(due, place.label("place")).subquery("ranked_due")
    room = case(*_limits(ranked.c.set_id, shape), else_=ranked.c.place)
    beyond = and_(ranked.c.group == QueueGroup.REVIEW.value, ranked.c.place > room)
    group = case((beyond, literal(QueueGroup.OVER_LIMIT.value, String)), else_=ranked.c.group)
    return select(group.label("group"), *(c for c in ranked.c if c.name not in ("group", "place")))


def _limits(set_id: ColumnElement[int], shape: QueueShape) -> Iterator[tuple[ColumnElement[bool], ColumnElement[int]]]:
    for place, allowed in enumerate(shape.sets):
        if allowed.limited:
            yield set_id == _parameter("set", place), _parameter("reviews", place)


def _new_facts(shape: QueueShape, place: int, due: CTE) -> Select[Any]:
    """Select the next new facts of a set, of the topics chosen or the plan's; before an exam, the more important first.

    None while its daily limit leaves reviews for later, unless a number of new facts was chosen. Facts similar to one
    met today are `passed_over`: they come last.
    """
    set_id, most = _parameter("set", place), _parameter("new", place)
    rank = case((Plan.planned_on == STUDY_DAY, -Fact.importance), else_=0).label("rank")
    is_unmet = or_(Memory.fact_id.is_(None), and_(Memory.state == State.NEW, eligibility.is_active(STUDY_DAY)))
    starred = [STARRED] if shape.starred_only else []
    may_be_asked = and_(_is_of_topics(shape), *starred, *eligibility.is_asked(shape, shape.kinds), SHOWN)
    query = (
        select(literal(QueueGroup.NEW.value, String).label("group"), *_COLUMNS, rank)
        .select_from(Fact)
        .join(Plan, and_(Plan.learner_id == READER, Plan.set_id == Fact.set_id))
        .outerjoin(Memory, and_(Memory.learner_id == READER, Memory.fact_id == Fact.id))
        .where(
            Fact.archived_at.is_(None),
            case((is_unmet, may_be_asked), else_=false()),  # looked at for unmet facts alone
        )
        .order_by(rank, Fact.position)
        .limit(most)
    )
    if shape.sets[place].limited and not shape.has_chosen_new:
        query = query.where(~exists().where(due.c.set_id == set_id, due.c.group == QueueGroup.OVER_LIMIT.value))
    # Two queries: through the facts of the set, and through the few similar ones, which an expression has SQLite do.
    unlike, alike = query.where(Fact.set_id == set_id), query.where(Fact.set_id + 0 == set_id)
    dissimilar = unlike.add_columns(literal(0).label("passed_over")).where(Fact.id.not_in(SIMILAR_TO_MET)).subquery()
    similar = alike.add_columns(literal(1).label("passed_over")).where(Fact.id.in_(SIMILAR_TO_MET)).subquery()
    both = union_all(select(dissimilar), select(similar)).subquery()
    return select(both).order_by(both.c.passed_over, both.c.rank, both.c.position).limit(most)


def _within_total(new: Sequence[Select[Any]], shape: QueueShape) -> Select[Any]:
    """Select at most the shared total of the sets' new facts, set by set in the order of the shape."""
    facts = union_all(*(select(of_set.subquery()) for of_set in new)).subquery("new")
    places = [(facts.c.set_id == _parameter("set", place), place) for place in range(len(shape.sets))]
    order = case(*places, else_=len(places)), facts.c.passed_over, facts.c.position
    return select(facts).order_by(*order).limit(bindparam("total_new", type_=Integer))


def _without_ranks(new: Select[Any]) -> Select[Any]:
    """Select new facts in the columns of the facts that are due."""
    return select(*(column for column in new.subquery().c if column.name not in ("rank", "passed_over")))


def _contrasts(shape: QueueShape) -> Select[Any]:
    """Select the facts to ask right after the last one, because they are similar and both are learned.

    No two facts are asked so twice, and no three in a row. Plans with an exam or a daily limit are left alone.
    """
    last = aliased(Memory)
    last_is_learned = exists().where(
        last.learner_id == READER,
        last.fact_id.in_(LAST),
        last.state == State.REVIEW,
        last.stability >= CONTRAST_FROM,
    )
    third = exists().where(RECENT.c.ago == 2, RECENT.c.fact_id.in_(SIMILAR_TO_LAST))
    return (
        select(literal(QueueGroup.CONTRAST.value, String).label("group"), *_COLUMNS)
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == READER,
            Memory.fact_id.in_(SIMILAR_TO_LAST),
            Memory.state == State.REVIEW,
            Memory.stability >= CONTRAST_FROM,
            Memory.last_day < STUDY_DAY,
            _is_soon_due(),
            eligibility.is_active(STUDY_DAY),
            Plan.paused.is_(False),
            Plan.ceiling.is_(None),
            or_(Plan.exam_day.is_(None), Plan.exam_day < STUDY_DAY),
            Fact.archived_at.is_(None),
            *_is_chosen(shape),
            *eligibility.is_asked(shape, shape.kinds),
            SHOWN,
            last_is_learned,
            ~third,
            ~_was_contrasted(),
        )
    )


def _is_soon_due() -> ColumnElement[bool]:
    """Return whether only the last fifth of a Memory's interval is left, or nothing."""
    due, last = type_coerce(Memory.due_day, Integer), type_coerce(Memory.last_day, Integer)
    return SOON_DUE * (due - TODAY) <= due - last


def _was_contrasted() -> ColumnElement[bool]:
    """Return whether the fact of a Memory and the one answered last were ever asked on one day, both learned."""
    one, other = aliased(Review), aliased(Review)
    was_learned = [each.before["state"].as_integer() == State.REVIEW for each in (one, other)]
    return (
        exists()
        .where(
            one.learner_id == READER,
            one.fact_id == Memory.fact_id,
            one.undone_at.is_(None),
            other.learner_id == READER,
            other.fact_id.in_(LAST),
            other.undone_at.is_(None),
            one.day == other.day,
            *was_learned,
        )
        .correlate(Memory)
    )


def _parameter(name: str, place: int) -> BindParameter[int]:
    """Return a parameter of the set at that place of the shape."""
    return bindparam(f"{name}_{place}", type_=Integer)


def _urgency(last_day: Any, stability: Any) -> ColumnElement[Any]:
    """Return the time elapsed, measured in stabilities: the more it is, the lower the retrievability."""
    urgency: ColumnElement[Any] = (TODAY - type_coerce(last_day, Integer)) / stability
    return urgency


# The first of each group


def _first_in_groups(facts: CTE) -> CTE:
    """Select the first facts of each group, `prefer` first and what was just asked last, and the group's size.

    `ago` and `delay` are as in core.scheduling.sessions.delay.
    """
    delayed = select(facts, RECENT.c.ago, _delay(facts).label("delay"))
    seen = delayed.outerjoin(RECENT, RECENT.c.fact_id == facts.c.fact_id).subquery("seen")
    place = func.row_number().over(
        partition_by=seen.c.group,
        order_by=(
            case((seen.c.fact_id == PREFER, 0), else_=1),
            seen.c.delay,
            seen.c.due_at,
            desc(_urgency(seen.c.last_day, seen.c.stability)),  # the least sure first
            case((and_(seen.c.group == QueueGroup.NEW.value, seen.c.fact_id.in_(SIMILAR_TO_MET)), 1), else_=0),
            seen.c.position,
            seen.c.fact_id,
        ),
    )
    count = func.count().over(partition_by=seen.c.group)
    ranked = select(seen, place.label("place"), count.label("size")).subquery("ranked")
    return select(ranked).where(ranked.c.place <= bindparam("depth", type_=Integer)).cte("first")


def _delay(facts: CTE) -> ColumnElement[int]:
    """Return the delay of a fact as core.scheduling.sessions.delay counts it."""
    return case((facts.c.fact_id.in_(SIMILAR_TO_LAST), 1), else_=0) + case(
        (RECENT.c.ago.is_(None), 0), else_=2 * (GAP + 1 - RECENT.c.ago)
    )


def _select_questions(first: CTE, shape: QueueShape) -> Select[Any]:
    """Select the facts of a queue with memory and plan, each with a row for every question that asks for it now.

    Each row has the past use of the question (core.scheduling.sessions.PastUse), None if it was never asked.
    """
    past = _past_use(first)
    return (
        select(
            *(first.c[name] for name in ("group", "fact_id", "set_id", "ago", "delay", "place", "size")),
            Memory.version,
            *memories.COLUMNS,
            *memories.PLAN_COLUMNS,
            Fact.topic,
            QuestionSet.header["topics"].label("topics"),
            QuestionSet.header["language"].as_string().label("language"),
            QuestionVersion.id.label("question_version_id"),
            QuestionVersion.body,
            *(column for column in past.c if column.name != "question_id"),
            *TOOL_COLUMNS,
        )
        .select_from(first)
        .join(Fact, Fact.id == first.c.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Plan, and_(Plan.learner_id == READER, Plan.set_id == Fact.set_id))
        .outerjoin(Memory, and_(Memory.learner_id == READER, Memory.fact_id == Fact.id))
        .join(Question, and_(Question.fact_id == Fact.id, Question.archived_at.is_(None)))
        .join(Question.current_version)
        .outerjoin(past, past.c.question_id == Question.id)
        .where(*eligibility.asks_now(asks_essays=shape.asks_essays, kinds=shape.kinds))
        .order_by(first.c.group, first.c.place, Question.position)
    )


def _past_use(first: CTE) -> Subquery:
    """Select how the questions of the facts of a queue were used to ask the learner before."""
    version = aliased(QuestionVersion)
    today = case((Review.day == STUDY_DAY, 1), else_=0)
    right = case((Review.rating != Rating.AGAIN, 1), else_=0)
    return (
        select(
            version.question_id,
            func.max(Review.version).label("last_use"),
            func.sum(today).label("uses_today"),
            func.sum(right).label("right_uses"),
        )
        .join(version, version.id == Review.question_version_id)
        .where(Review.learner_id == READER, Review.fact_id.in_(select(first.c.fact_id)), Review.undone_at.is_(None))
        .group_by(version.question_id)
        .subquery("past")
    )
