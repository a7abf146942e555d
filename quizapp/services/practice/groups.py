"""What a set has to practise: its facts in groups, attempts left unfinished, and the games it allows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.practice.groups import Practisable, Scope, by_actor, by_passage, by_period, by_topic, weakest
from quizapp.core.practice.pairs import has_pairs
from quizapp.core.scheduling.scheduler import Rating, State
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
from quizapp.models.recall import known_on
from quizapp.services import access, running_quizzes
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
    facts: Sequence[Practisable]
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
    facts = list_practisable(session, learner, found.id, now=now)
    groups = {
        scope: list(list_groups(found, scope, {value: len(ids) for value, ids in members.items()}))
        for scope, members in [
            (Scope.TOPIC, by_topic(facts)),
            (Scope.PASSAGE, by_passage(facts)),
            (Scope.ACTOR, by_actor(facts)),
            (Scope.PERIOD, by_period(facts)),
        ]
    }
    dated = [(fact.fact_id, fact.date) for fact in facts if fact.date]
    return PracticeOptions(
        question_set=found,
        facts=facts,
        sets=access.list_offered_sets(session, learner),
        unfinished=list_running(session, learner, PURPOSES, limit=MOST_UNFINISHED),
        whole=_group(Scope.ALL, len(facts)),
        kinds=count_kinds(session, learner, found.id, now=now),
        wrong=_group(Scope.WRONG, len(list_wrong_lately(session, learner, facts, now=now))),
        forgetting=_group(Scope.FORGETTING, len(weakest(facts))),
        starred=_group(Scope.STARRED, len(list_starred(session, learner, facts))),
        topics=groups[Scope.TOPIC],
        passages=groups[Scope.PASSAGE],
        actors=sorted((group for group in groups[Scope.ACTOR] if group.facts), key=lambda group: -group.facts),
        periods=groups[Scope.PERIOD],
        games=list_games(session, learner, found.id, found.names, now=now),
        inverted=count_inverted(session, learner, found.id, now=now),
        comparable=has_pairs(dated),
    )


def list_practisable(session: Session, learner: User, set_id: int, *, now: datetime) -> list[Practisable]:
    """Return every fact of a set that can be asked and is not suspended, in the set's order.

    Facts of a quiz that the learner's class is taking are left out.
    """
    today = learner.clock.day(now)
    asked = exists().where(Question.fact_id == Fact.id, Question.archived_at.is_(None))
    recall = case((and_(Memory.state == State.REVIEW, Memory.last_day < today), known_on(today)))
    rows = session.connection().execute(
        select(Fact.id, Fact.topic, cast(Fact.passages, String), cast(Fact.actors, String), Fact.date)
        .add_columns(func.coalesce(Memory.state, State.NEW) != State.NEW, recall)
        .outerjoin(Memory, (Memory.learner_id == learner.id) & (Memory.fact_id == Fact.id))
        .where(asked, *_practisable(learner, set_id, now))
        .order_by(Fact.position, Fact.id)
    )
    listed = cache(lambda text: tuple(json.loads(text)))  # many facts share their passages and actors
    return [
        Practisable(fact_id, topic, listed(passages), listed(actors), date, met, recall)
        for fact_id, topic, passages, actors, date, met, recall in rows
    ]


def count_kinds(session: Session, learner: User, set_id: int, *, now: datetime) -> dict[str, int]:
    """Return how many questions of each kind ask the facts that can be practised."""
    counted = _practisable_questions(learner, set_id, now, QuestionVersion.kind, func.count())
    return dict(session.execute(counted.group_by(QuestionVersion.kind)).all())


def count_questions(
    session: Session, learner: User, set_id: int, kinds: Sequence[str], *, now: datetime
) -> dict[int, int]:
    """Return how many questions ask each fact that can be practised: those of some kinds, of all if there are none."""
    counted = _practisable_questions(learner, set_id, now, Question.fact_id, func.count()).group_by(Question.fact_id)
    return dict(session.execute(counted.where(QuestionVersion.kind.in_(kinds)) if kinds else counted).all())


def _practisable_questions(learner: User, set_id: int, now: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Fact)
        .join(Question, Question.fact_id == Fact.id)
        .join(Question.current_version)
        .outerjoin(Memory, (Memory.learner_id == learner.id) & (Memory.fact_id == Fact.id))
        .where(Question.archived_at.is_(None), *_practisable(learner, set_id, now))
    )


def _practisable(learner: User, set_id: int, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions on a fact, joined with the learner's memory, to be practised."""
    suspended = or_(Memory.suspended.is_(None), Memory.suspended.is_(False))
    return [Fact.set_id == set_id, Fact.archived_at.is_(None), suspended, *running_quizzes.is_shown(learner, now)]


def list_wrong_lately(session: Session, learner: User, facts: Sequence[Practisable], *, now: datetime) -> list[int]:
    """Return those of the facts that were answered wrongly in the last LATELY study days, the latest first.

    An answer that was undone or overridden does not count.
    """
    since = learner.clock.day(now) - timedelta(days=LATELY - 1)
    rows = session.scalars(
        select(Review.fact_id)
        .where(
            Review.learner_id == learner.id,
            Review.day >= since,
            Review.rating == Rating.AGAIN,
            Review.undone_at.is_(None),
        )
        .order_by(Review.at.desc())
    )
    here = {fact.fact_id for fact in facts}
    return [fact_id for fact_id in dict.fromkeys(rows) if fact_id in here]


def list_starred(session: Session, learner: User, facts: Sequence[Practisable]) -> list[int]:
    """Return those of the facts that the learner starred."""
    starred = set(session.scalars(select(StarredFact.fact_id).where(StarredFact.learner_id == learner.id)))
    return [fact.fact_id for fact in facts if fact.fact_id in starred]


def list_groups(found: QuestionSet, scope: Scope, sizes: Mapping[str, int]) -> Iterator[FactGroup]:
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
            labels = {period: display_date(period) for period in sizes}
    return (FactGroup(scope, value, label, sizes.get(value, 0)) for value, label in labels.items())


TITLES = {
    Scope.ALL: gettext("All facts"),
    Scope.WRONG: gettext("Recent mistakes"),
    Scope.FORGETTING: gettext("Weakest facts"),
    Scope.STARRED: gettext("Starred facts"),
}


def _group(scope: Scope, facts: int) -> FactGroup:
    return FactGroup(scope, "", TITLES[scope], facts)
