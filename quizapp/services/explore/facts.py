"""A set's facts by topic, and one fact with all that hangs on it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal
from sqlalchemy.orm import Session

from quizapp.core.sets.schema import Name, Note, Passage, SetHeader, Topic
from quizapp.models import Fact, Plan, QuestionSet, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.set_facts import (
    FACTS_ON_A_PAGE,
    FactLink,
    FactRow,
    Knowledge,
    as_text,
    count_pages,
    fact_rows,
    facts_of,
    find_set,
    in_order,
    knowledge_of,
    parse_json,
)

RELATED = 6


@dataclass(frozen=True, slots=True)
class TopicSection:
    """A topic's facts on this page, of `total` in the set; `page` is the page the topic begins on."""

    topic: Topic
    total: int
    page: int
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class TopicPage:
    header: SetHeader
    facts: int
    page: int
    pages: int
    topics: tuple[TopicSection, ...]
    studied: bool  # the reader studies it


@dataclass(frozen=True, slots=True)
class FactPage:
    header: SetHeader
    fact: Fact
    topic: Topic
    actors: tuple[Name, ...]
    passages: tuple[Passage, ...]
    notes: tuple[Note, ...]
    leads_to: tuple[FactLink, ...]
    follows_from: tuple[FactLink, ...]
    related: Sequence[Any]  # rows with key and statement
    knowledge: Knowledge | None


def set_page(session: Session, key: str, learner: User | None, *, page: int, now: datetime) -> TopicPage:
    """Return a set's facts, topic by topic, FACTS_ON_A_PAGE at a time. Raises NotFound for an unknown set or page."""
    found, header = find_set(session, learner, key)
    totals = _topic_sizes(session, found.id)
    pages = count_pages(totals.total())
    if page not in range(1, pages + 1):
        raise NotFound
    ids = _facts_of_page(session, found.id, header, page)
    shown = fact_rows(session, found.id, ids, knowledge_of(session, learner, ids, now=now))
    rows = defaultdict(list)
    for fact_id in ids:
        rows[shown[fact_id].topic].append(shown[fact_id])
    studied = learner is not None and session.get(Plan, (learner.id, found.id)) is not None
    return TopicPage(header, totals.total(), page, pages, tuple(_topic_sections(header, totals, rows)), studied)


def fact_page(session: Session, set_key: str, fact_key: str, learner: User | None, *, now: datetime) -> FactPage:
    """Return one fact, whole. Raises NotFound for an unknown set or fact, or one that is no longer asked."""
    found, header = find_set(session, learner, set_key)
    fact = session.scalar(facts_of(found.id, Fact).where(Fact.key == fact_key))
    if fact is None:
        raise NotFound
    leads_to, follows_from = _neighbours(session, fact)
    return FactPage(
        header=header,
        fact=fact,
        topic=next(topic for topic in header.topics if topic.key == fact.topic),
        actors=_actors(found, fact),
        passages=tuple(passage for passage in header.passages if passage.number in fact.passages),
        notes=tuple(note for note in header.notes if note.number in fact.notes),
        leads_to=leads_to,
        follows_from=follows_from,
        related=_related(session, fact, {fact.key, *(link.key for link in (*leads_to, *follows_from))}),
        knowledge=knowledge_of(session, learner, [fact.id], now=now).get(fact.id),
    )


def _topic_sizes(session: Session, set_id: int) -> Counter[str]:
    rows = session.execute(facts_of(set_id, Fact.topic, func.count()).group_by(Fact.topic))
    return Counter({row.topic: row[1] for row in rows})


def _facts_of_page(session: Session, set_id: int, header: SetHeader, page: int) -> Sequence[int]:
    rank = case({topic.key: number for number, topic in enumerate(header.topics)}, value=Fact.topic)
    return session.scalars(
        facts_of(set_id, Fact.id)
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


def _neighbours(session: Session, fact: Fact) -> tuple[tuple[FactLink, ...], tuple[FactLink, ...]]:
    """Return what a fact led to, and what led to it."""
    led = as_text(Fact.leads_to).contains(f'"{fact.key}"', autoescape=True)  # in an explanation too, perhaps
    near = Fact.key.in_(fact.leads_to) | led
    rows = session.execute(in_order(fact.set_id, Fact.key, Fact.statement, as_text(Fact.leads_to)).where(near)).all()
    statements = {row.key: row.statement for row in rows}
    leads_to = tuple(FactLink(key, statements[key], why) for key, why in fact.leads_to.items() if key in statements)
    follows_from = tuple(
        FactLink(row.key, row.statement, parse_json(row[2])[fact.key]) for row in rows if fact.key in parse_json(row[2])
    )
    return leads_to, follows_from


def _actors(found: QuestionSet, fact: Fact) -> tuple[Name, ...]:
    names = {name["key"]: name for name in found.names}
    return tuple(Name.model_validate(names[key]) for key in fact.actors if key in names)


def _related(session: Session, fact: Fact, linked: Collection[str]) -> Sequence[Any]:
    """Return the facts that share most with this one: an actor counts for more than any passage."""
    actors = _shared([as_text(Fact.actors).contains(f'"{key}"', autoescape=True) for key in fact.actors])
    numbers = func.replace(func.replace(as_text(Fact.passages), "[", ", "), "]", ",")  # [1, 12] becomes ", 1, 12,"
    passages = _shared([numbers.contains(f", {number},") for number in fact.passages])
    query = (
        facts_of(fact.set_id, Fact.key, Fact.statement)
        .where(and_(Fact.key.not_in(linked), (actors > 0) | (passages > 0)))
        .order_by(actors.desc(), passages.desc(), Fact.position, Fact.id)
        .limit(RELATED)
    )
    return session.execute(query).all()


def _shared(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[int]:
    """Return how many of the conditions a row meets."""
    return sum((case((condition, 1), else_=0) for condition in conditions), start=literal(0))
