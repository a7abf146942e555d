"""What a set has to practise: its facts in groups, attempts left unfinished, and the games it allows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.practice.groups import Practisable, Scope, by_actor, by_passage, by_period, by_topic, weakest
from quizapp.core.practice.pairs import pairs_in_time
from quizapp.core.scheduling.scheduler import Rating
from quizapp.core.text.edtf import display_date
from quizapp.core.translation import gettext
from quizapp.models import (
    Attempt,
    Fact,
    Memory,
    Plan,
    Question,
    QuestionSet,
    QuestionVersion,
    Review,
    StarredFact,
    User,
)
from quizapp.services import access, memories, running_quizzes
from quizapp.services.attempts.lifecycle import list_running
from quizapp.services.errors import NotFound
from quizapp.services.practice.comparisons import count_inverted
from quizapp.services.practice.match_game import GameOption, list_games

LATELY = 14  # study days
MOST_UNFINISHED = 3  # attempts
PURPOSES = ("practice", "pretest")


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts that can be practised together; `value` says which ones within the scope."""

    scope: Scope
    value: str
    label: str
    facts: int


@dataclass(frozen=True, slots=True)
class PracticeOptions:
    """Everything the practice page offers of one set. `sets` are the key and title of every set."""

    question_set: QuestionSet
    sets: Sequence[Any]
    unfinished: Sequence[tuple[Attempt, int]]  # each with the number of its answers
    whole: FactGroup
    wrong: FactGroup
    forgetting: FactGroup
    starred: FactGroup
    kinds: Mapping[str, int]  # how many questions there are of each
    topics: Sequence[FactGroup]
    passages: Sequence[FactGroup]
    actors: Sequence[FactGroup]
    periods: Sequence[FactGroup]
    games: Sequence[GameOption]
    inverted: int  # pairs the learner last put the wrong way round
    comparable: bool  # whether the set has two facts of which one certainly came first


def find_set(session: Session, learner: User, key: str | None) -> QuestionSet | None:
    """Return the set of that key; without one, what the learner began to study last, else the first, if any.

    Raises NotFound for an unknown key.
    """
    query = select(QuestionSet).outerjoin(Plan, (Plan.set_id == QuestionSet.id) & (Plan.learner_id == learner.id))
    if key:
        query = query.where(QuestionSet.key == key, access.visible_sets(learner))
    else:
        query = query.where(access.offered_sets(learner))
    newest_first = Plan.started_at.is_(None), Plan.started_at.desc(), QuestionSet.id
    found = session.scalar(query.order_by(*newest_first).limit(1))
    if found is None:
        if key:
            raise NotFound
        return None
    return found


def get_options(session: Session, learner: User, found: QuestionSet, *, now: datetime) -> PracticeOptions:
    """Return what can be practised of a set; as many statements for a large one as for a small one."""
    today = learner.clock.day(now)
    facts = list_practisable(session, learner, found.id, now=now)
    groups = {
        scope: list(list_groups(found, scope, members))
        for scope, members in [
            (Scope.TOPIC, by_topic(facts)),
            (Scope.PASSAGE, by_passage(facts)),
            (Scope.ACTOR, by_actor(facts)),
            (Scope.PERIOD, by_period(facts)),
        ]
    }
    dated = ((fact.fact_id, fact.date) for fact in facts if fact.date)
    return PracticeOptions(
        question_set=found,
        sets=access.list_offered_sets(session, learner),
        unfinished=list_running(session, learner, PURPOSES, limit=MOST_UNFINISHED),
        whole=_group(Scope.ALL, len(facts)),
        kinds=sum(list_kinds(session, learner, found.id, now=now).values(), Counter()),
        wrong=_group(Scope.WRONG, len(list_wrong_lately(session, learner, facts, today))),
        forgetting=_group(Scope.FORGETTING, len(weakest(facts, today))),
        starred=_group(Scope.STARRED, len(list_starred(session, learner, facts))),
        topics=groups[Scope.TOPIC],
        passages=groups[Scope.PASSAGE],
        actors=sorted((group for group in groups[Scope.ACTOR] if group.facts), key=lambda group: -group.facts),
        periods=groups[Scope.PERIOD],
        games=list_games(session, learner, found.id, found.names, now=now),
        inverted=count_inverted(session, learner, found.id, now=now),
        comparable=next(pairs_in_time(dated, reach=1.0, seed=""), None) is not None,
    )


def list_practisable(session: Session, learner: User, set_id: int, *, now: datetime) -> list[Practisable]:
    """Return every fact of a set that can be asked and is not suspended, in the set's order, with its memory.

    Facts of a quiz that the learner's class is taking are left out.
    """
    asked = exists().where(Question.fact_id == Fact.id, Question.archived_at.is_(None))
    rows = session.execute(
        select(Fact.id, Fact.topic, Fact.passages, Fact.actors, Fact.date, *memories.COLUMNS)
        .outerjoin(Memory, (Memory.learner_id == learner.id) & (Memory.fact_id == Fact.id))
        .where(asked, *_practisable(learner, set_id, now))
        .order_by(Fact.position, Fact.id)
    )
    return [
        Practisable(row.id, row.topic, tuple(row.passages), tuple(row.actors), row.date, memories.to_core(row))
        for row in rows
    ]


def list_kinds(session: Session, learner: User, set_id: int, *, now: datetime) -> dict[int, Counter[str]]:
    """Return how many questions of each kind there are for each fact that can be practised."""
    kind = QuestionVersion.body["kind"].as_string()
    rows = session.execute(
        select(Question.fact_id, kind, func.count())
        .join(Question.current_version)
        .join(Fact, Fact.id == Question.fact_id)
        .outerjoin(Memory, (Memory.learner_id == learner.id) & (Memory.fact_id == Fact.id))
        .where(Question.archived_at.is_(None), *_practisable(learner, set_id, now))
        .group_by(Question.fact_id, kind)
    )
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for fact_id, name, number in rows:
        kinds[fact_id][name] = number
    return kinds


def _practisable(learner: User, set_id: int, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions on a fact, joined with the learner's memory, to be practised."""
    suspended = or_(Memory.suspended.is_(None), Memory.suspended.is_(False))
    return [Fact.set_id == set_id, Fact.archived_at.is_(None), suspended, *running_quizzes.is_shown(learner, now)]


def list_wrong_lately(session: Session, learner: User, facts: Sequence[Practisable], today: date) -> list[int]:
    """Return those of the facts that were answered wrongly in the last LATELY study days, the latest first.

    An answer that was undone or overridden does not count.
    """
    last = func.max(Review.at)
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


def list_starred(session: Session, learner: User, facts: Sequence[Practisable]) -> list[int]:
    """Return those of the facts that the learner starred."""
    starred = set(session.scalars(select(StarredFact.fact_id).where(StarredFact.learner_id == learner.id)))
    return [fact.fact_id for fact in facts if fact.fact_id in starred]


def list_groups(found: QuestionSet, scope: Scope, members: Mapping[str, Sequence[int]]) -> Iterator[FactGroup]:
    """Return the groups of a scope in the set's own order, the empty ones too; periods in order of time."""
    match scope:
        case Scope.TOPIC:
            labels = {topic["key"]: topic["title"] for topic in found.header.get("topics", [])}
        case Scope.PASSAGE:
            labels = {
                str(passage["number"]): f"¶ {passage['number']} {passage['title']}"
                for passage in found.header.get("passages", [])
            }
        case Scope.ACTOR:
            labels = {name["key"]: name["name"] for name in found.names}
        case _:
            labels = {period: display_date(period) for period in members}
    return (FactGroup(scope, value, label, len(members.get(value, ()))) for value, label in labels.items())


TITLES = {
    Scope.ALL: gettext("All facts"),
    Scope.WRONG: gettext("Recent mistakes"),
    Scope.FORGETTING: gettext("Weakest facts"),
    Scope.STARRED: gettext("Starred facts"),
}


def _group(scope: Scope, facts: int) -> FactGroup:
    return FactGroup(scope, "", TITLES[scope], facts)
