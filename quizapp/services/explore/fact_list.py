"""The facts of a set by topic, a page at a time: all of them, or those that filters let through."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from quizapp.core.sets.schema import Name, Passage, SetHeader, Topic
from quizapp.models import Fact, Plan, User
from quizapp.services import running_quizzes
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import (
    FACTS_ON_A_PAGE,
    FactRow,
    OpenSet,
    count_pages,
    fact_rows,
    facts_of,
    find_set,
    knowledge_of,
    narrow,
)
from quizapp.services.explore.own_marks import list_starred


@dataclass(frozen=True, slots=True)
class FactFilters:
    """Which facts to show; what is empty lets all through."""

    query: str = ""
    topic: str = ""
    actor: str = ""
    passage: int | None = None

    @property
    def any(self) -> bool:
        return self != FactFilters()


NO_FILTERS = FactFilters()


@dataclass(frozen=True, slots=True)
class TopicSection:
    """A topic's facts on this page, of `total` that were found; `page` is the page the topic begins on."""

    topic: Topic
    total: int
    page: int
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class FactListPage:
    """A page of the `facts` that were found; `actor` and `passage` are what the filters name, where the set has it."""

    header: SetHeader
    parts: frozenset[str]
    facts: int
    page: int
    pages: int
    topics: tuple[TopicSection, ...]
    actor: Name | None
    passage: Passage | None
    studied: bool  # the reader studies it
    hidden: bool  # some facts are hidden, because a class of the reader's takes a quiz that asks them
    starred: set[int]  # the ids of those that the reader starred


def fact_list_page(
    session: Session,
    key: str,
    learner: User | None,
    *,
    filters: FactFilters = NO_FILTERS,
    page: int = 1,
    now: datetime,
) -> FactListPage:
    """Return a set's facts, topic by topic, FACTS_ON_A_PAGE at a time.

    Raises NotFound for an unknown set or page, and for a topic, name or passage that the set does not have.
    """
    whole = find_set(session, learner, key, now=now)
    actor, passage = _named_in(whole, filters)
    found = narrow(whole, query=filters.query, topic=filters.topic, actor=filters.actor, passage=filters.passage)
    header, set_id = found.header, found.row.id
    totals = _topic_sizes(session, found)
    pages = count_pages(totals.total())
    if page not in range(1, pages + 1):
        raise NotFound
    ids = _facts_of_page(session, found, page)
    shown = fact_rows(session, whole, ids, knowledge_of(session, learner, ids, now=now))
    rows = defaultdict(list)
    for fact_id in ids:
        rows[shown[fact_id].topic].append(shown[fact_id])
    studied, hidden = _studied_and_hidden(session, learner, set_id, now)
    return FactListPage(
        header=header,
        parts=whole.parts,
        facts=totals.total(),
        page=page,
        pages=pages,
        topics=tuple(_topic_sections(header, totals, rows)),
        actor=actor,
        passage=passage,
        studied=studied,
        hidden=hidden,
        starred=list_starred(session, learner, ids),
    )


def _named_in(found: OpenSet, filters: FactFilters) -> tuple[Name | None, Passage | None]:
    """Return the name and the passage that the filters mean. Raises NotFound for what the set does not have."""
    names = (Name.model_validate(name) for name in found.row.names if name["key"] == filters.actor)
    actor = next(names, None)
    passage = next((passage for passage in found.header.passages if passage.number == filters.passage), None)
    missing_topic = filters.topic and filters.topic not in {topic.key for topic in found.header.topics}
    if missing_topic or bool(filters.actor) != bool(actor) or (filters.passage is None) != (passage is None):
        raise NotFound
    return actor, passage


def _studied_and_hidden(session: Session, learner: User | None, set_id: int, now: datetime) -> tuple[bool, bool]:
    """Return whether the learner studies the set, and whether some of its facts are hidden from them."""
    if learner is None:
        return False, False
    studied = exists().where(Plan.learner_id == learner.id, Plan.set_id == set_id)
    hidden = exists().where(Fact.set_id == set_id, running_quizzes.is_hidden(learner, now))
    row = session.execute(select(studied, hidden)).one()
    return bool(row[0]), bool(row[1])


def _topic_sizes(session: Session, found: OpenSet) -> Counter[str]:
    rows = session.execute(facts_of(found, Fact.topic, func.count()).group_by(Fact.topic))
    return Counter({row.topic: row[1] for row in rows})


def _facts_of_page(session: Session, found: OpenSet, page: int) -> Sequence[int]:
    rank = case({topic.key: number for number, topic in enumerate(found.header.topics)}, value=Fact.topic)
    return session.scalars(
        facts_of(found, Fact.id)
        .order_by(rank, Fact.position, Fact.id)
        .limit(FACTS_ON_A_PAGE)
        .offset((page - 1) * FACTS_ON_A_PAGE)
    ).all()


def _topic_sections(
    header: SetHeader, totals: Counter[str], rows: Mapping[str, Sequence[FactRow]]
) -> Iterator[TopicSection]:
    before = 0
    for topic in header.topics:
        if totals[topic.key]:
            yield TopicSection(topic, totals[topic.key], before // FACTS_ON_A_PAGE + 1, tuple(rows.get(topic.key, ())))
        before += totals[topic.key]
