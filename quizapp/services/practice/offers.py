"""What a set has to practise: its facts in groups, what was begun and left, and the games it allows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.practice.groups import (
    Practisable,
    Scope,
    by_actor,
    by_passage,
    by_period,
    by_topic,
    weakest,
)
from quizapp.core.practice.pairs import pairs_in_time
from quizapp.core.scheduling import Rating
from quizapp.core.text.edtf import display_date
from quizapp.models import Attempt, Fact, Memory, Plan, Question, QuestionSet, Response, Review, User
from quizapp.services import access, memories
from quizapp.services.errors import NotFound
from quizapp.services.practice.comparing import waiting
from quizapp.services.practice.matching import GameOnOffer, games_on_offer

LATELY = 14  # study days
MOST_UNFINISHED = 3  # of those left, how many are offered to go on with
PURPOSES = ("practice", "pretest")


@dataclass(frozen=True, slots=True)
class PracticeSet:
    """A set as practice needs it; topics, passages and names are the documents of core.sets.schema."""

    id: int
    key: str
    title: str
    topics: Sequence[dict[str, Any]]
    passages: Sequence[dict[str, Any]]
    names: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that can be practised together; `value` says which ones within the scope."""

    scope: Scope
    value: str
    label: str
    facts: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A practice that was left."""

    id: int
    title: str
    answered: int
    size: int


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything the practice page offers of one set. `others` are all sets, by key and title."""

    set: PracticeSet
    others: Sequence[tuple[str, str]]
    unfinished: Sequence[Unfinished]
    wrong: Group
    forgetting: Group
    topics: Sequence[Group]
    passages: Sequence[Group]
    actors: Sequence[Group]
    periods: Sequence[Group]
    games: Sequence[GameOnOffer]
    inverted: int  # pairs the learner last put the wrong way round
    comparable: bool  # whether the set has two facts of which one certainly came first


def find_set(session: Session, learner: User, key: str | None) -> PracticeSet | None:
    """The set of that key; without one, what the learner took up last, else the first there is, if any.

    Raises NotFound for an unknown key.
    """
    query = select(QuestionSet).outerjoin(Plan, (Plan.set_id == QuestionSet.id) & (Plan.learner_id == learner.id))
    if key:
        query = query.where(QuestionSet.key == key, access.visible_to(learner))
    else:
        query = query.where(access.offered_to(learner))
    newest_first = Plan.started_at.is_(None), Plan.started_at.desc(), QuestionSet.id
    found = session.scalar(query.order_by(*newest_first).limit(1))
    if found is None:
        if key:
            raise NotFound
        return None
    return as_practice_set(found)


def as_practice_set(found: QuestionSet) -> PracticeSet:
    header = found.header
    return PracticeSet(
        found.id, found.key, found.title, header.get("topics", []), header.get("passages", []), found.names
    )


def hub(session: Session, learner: User, found: PracticeSet, *, now: datetime) -> Hub:
    """What can be practised of a set; as many statements for a large one as for a small one."""
    today = learner.clock.day(now)
    facts = practisable(session, learner, found.id)
    groups = {
        scope: list(groups_of(found, scope, members))
        for scope, members in [
            (Scope.TOPIC, by_topic(facts)),
            (Scope.PASSAGE, by_passage(facts)),
            (Scope.ACTOR, by_actor(facts)),
            (Scope.PERIOD, by_period(facts)),
        ]
    }
    dated = ((fact.fact_id, fact.date) for fact in facts if fact.date)
    return Hub(
        set=found,
        others=[(row.key, row.title) for row in _sets(session, learner)],
        unfinished=_unfinished(session, learner),
        wrong=_group(Scope.WRONG, len(wrong_lately(session, learner, facts, today))),
        forgetting=_group(Scope.FORGETTING, len(weakest(facts, today))),
        topics=groups[Scope.TOPIC],
        passages=groups[Scope.PASSAGE],
        actors=sorted((group for group in groups[Scope.ACTOR] if group.facts), key=lambda group: -group.facts),
        periods=groups[Scope.PERIOD],
        games=games_on_offer(session, learner, found.id, found.names),
        inverted=waiting(session, learner, found.id, now=now),
        comparable=next(pairs_in_time(dated, reach=1.0, seed=""), None) is not None,
    )


def _sets(session: Session, learner: User) -> Sequence[Any]:
    offered = select(QuestionSet.key, QuestionSet.title).where(access.offered_to(learner))
    return session.execute(offered.order_by(QuestionSet.id)).all()


def practisable(session: Session, learner: User, set_id: int) -> list[Practisable]:
    """Every fact of a set that can be asked and was not set aside, in the set's order, with its memory."""
    asked = exists().where(Question.fact_id == Fact.id, Question.archived_at.is_(None))
    rows = session.execute(
        select(Fact.id, Fact.topic, Fact.passages, Fact.actors, Fact.date, *memories.COLUMNS)
        .outerjoin(Memory, (Memory.learner_id == learner.id) & (Memory.fact_id == Fact.id))
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), asked)
        .where(or_(Memory.suspended.is_(None), Memory.suspended.is_(False)))
        .order_by(Fact.position, Fact.id)
    )
    return [
        Practisable(row.id, row.topic, tuple(row.passages), tuple(row.actors), row.date, memories.to_core(row))
        for row in rows
    ]


def wrong_lately(session: Session, learner: User, facts: Sequence[Practisable], today: date) -> list[int]:
    """Those of the facts that were answered wrongly in the last LATELY study days, the latest first.

    An answer that was taken back or overridden does not count.
    """
    last = func.max(Review.id)
    rows = session.scalars(
        select(Review.fact_id)
        .where(
            Review.learner_id == learner.id,
            Review.day > today - timedelta(days=LATELY),
            Review.rating == Rating.AGAIN,
            Review.undone_at.is_(None),
        )
        .group_by(Review.fact_id)
        .order_by(last.desc())
    )
    here = {fact.fact_id for fact in facts}
    return [fact_id for fact_id in rows if fact_id in here]


def groups_of(found: PracticeSet, scope: Scope, members: Mapping[str, Sequence[int]]) -> Iterator[Group]:
    """The groups of a scope in the set's own order, the empty ones too; periods in order of time."""
    match scope:
        case Scope.TOPIC:
            labels = {topic["key"]: topic["title"] for topic in found.topics}
        case Scope.PASSAGE:
            labels = {str(passage["number"]): f"¶ {passage['number']} {passage['title']}" for passage in found.passages}
        case Scope.ACTOR:
            labels = {name["key"]: name["name"] for name in found.names}
        case _:
            labels = {period: display_date(period) for period in members}
    return (Group(scope, value, label, len(members.get(value, ()))) for value, label in labels.items())


TITLES = {Scope.WRONG: "What I got wrong lately", Scope.FORGETTING: "What I am about to forget"}


def _group(scope: Scope, facts: int) -> Group:
    return Group(scope, "", TITLES[scope], facts)


def _unfinished(session: Session, learner: User) -> list[Unfinished]:
    """The practices left last, of any set."""
    answered = (
        select(func.count())
        .where(Response.attempt_id == Attempt.id, Response.at.is_not(None))
        .correlate(Attempt)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Attempt.id, Attempt.title, answered, Attempt.size)
        .where(Attempt.learner_id == learner.id, Attempt.purpose.in_(PURPOSES), Attempt.finished_at.is_(None))
        .order_by(Attempt.id.desc())
        .limit(MOST_UNFINISHED)
    )
    return [Unfinished(*row) for row in rows]
