"""The facts of a set to explore: what a learner knows of them, a search among them, and one fact whole."""

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, cast, exists, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from quizapp.core.progress.mastery import Mastery, known_now
from quizapp.core.scheduling.scheduler import State
from quizapp.core.sets.schema import Name, Note, Passage, SetHeader, Topic
from quizapp.core.text.search import has_words, search_words
from quizapp.models import Fact, Memory, Plan, QuestionSet, User
from quizapp.services import access, running_quizzes
from quizapp.services.errors import NotFound
from quizapp.services.explore.own_marks import find_own_marks
from quizapp.services.memories import COLUMNS, to_core

FACTS_ON_A_PAGE = 14  # so that no page is longer than six screens of a phone
RELATED = 6  # facts

T = TypeVar("T")

# What a learner knows

LEVELS = (0.5, 0.75, 0.9)  # the expected recall from which a fact that was met is drawn as level 2, 3, 4


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a learner knows of a fact on study day `today`; without a memory, the fact was never met."""

    state: State
    recall: float  # chance of recalling it today, 0..1
    stability: float | None  # days
    last_day: date | None
    due_day: date | None
    reps: int
    lapses: int
    suspended: bool
    today: date

    @property
    def days_to_go(self) -> int | None:
        """Days until it is due, 0 when it is; None when nothing is planned."""
        return None if self.due_day is None else max((self.due_day - self.today).days, 0)

    @property
    def answered_today(self) -> bool:
        return self.last_day is not None and self.last_day >= self.today

    @property
    def mastery(self) -> Mastery:
        return Mastery(1, int(self.state is not State.NEW), self.recall)

    @property
    def level(self) -> int:
        """Return how the fact is drawn, 0..4."""
        return mastery_level(self.mastery)


def mastery_level(mastery: Mastery) -> int:
    """Return how a group of facts (or one) is drawn: 0 where none was met, else 1..4 by the share known (LEVELS)."""
    return 1 + bisect_right(LEVELS, mastery.share) if mastery.met else 0


def sum_mastery(known: Iterable[Knowledge]) -> Mastery:
    """Return the mastery of a group of facts."""
    all_of_them = list(known)
    met = sum(each.state is not State.NEW for each in all_of_them)
    return Mastery(len(all_of_them), met, sum(each.recall for each in all_of_them))


def knowledge_of(
    session: Session, learner: User | None, fact_ids: Collection[int], *, now: datetime, set_id: int | None = None
) -> dict[int, Knowledge]:
    """Return what the learner knows of each of these facts; empty for a reader without a record.

    For the facts of a whole set give its id too: then the database need not be told each of them.
    """
    if learner is None:
        return {}
    today = learner.clock.day(now)
    mine = select(Memory.fact_id, *COLUMNS, Memory.suspended, Memory.skipped_until).where(
        Memory.learner_id == learner.id
    )
    if set_id is None:
        mine = mine.where(Memory.fact_id.in_(fact_ids))
    else:
        mine = mine.join(Fact, Fact.id == Memory.fact_id).where(Fact.set_id == set_id)
    unmet = Knowledge(State.NEW, 0.0, None, None, None, 0, 0, False, today)
    known = dict.fromkeys(fact_ids, unmet)
    for row in session.execute(mine):
        if row.fact_id in known:
            known[row.fact_id] = _known(row, today)
    return known


def _known(row: Row[Any], today: date) -> Knowledge:
    memory = to_core(row)
    due_day = row.due_day
    if due_day and row.skipped_until and row.skipped_until > due_day:
        due_day = row.skipped_until
    return Knowledge(
        state=memory.state,
        recall=known_now(memory, today),
        stability=row.stability,
        last_day=row.last_day,
        due_day=due_day,
        reps=row.reps,
        lapses=row.lapses,
        suspended=row.suspended,
        today=today,
    )


# Sets, facts and pages


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact in a list; `knowledge` is None for a reader without a record."""

    id: int
    key: str
    topic: str
    statement: str
    date: str | None  # EDTF
    passages: list[int]
    knowledge: Knowledge | None


@dataclass(frozen=True, slots=True)
class FactLink:
    """A fact to go to; `why` one led to the other, where it did."""

    key: str
    statement: str
    why: str | None = None


def list_sets(session: Session, reader: User | None) -> Sequence[Row[Any]]:
    """Return key, title, summary and number of facts of the sets offered to a reader, the oldest first."""
    summary = QuestionSet.header["summary"].label("summary")
    query = (
        select(QuestionSet.key, QuestionSet.title, summary, func.count(Fact.id).label("facts"))
        .outerjoin(Fact, (Fact.set_id == QuestionSet.id) & Fact.archived_at.is_(None))
        .where(access.offered_sets(reader))
        .group_by(QuestionSet.id)
        .order_by(QuestionSet.id)
    )
    return session.execute(query).all()


@dataclass(frozen=True, slots=True)
class OpenSet:
    """A set that a reader may see, what it says of itself, and the conditions on its facts to be shown to them."""

    row: QuestionSet
    header: SetHeader
    parts: frozenset[str]  # of PARTS: those with something to show
    shown: list[ColumnElement[bool]]


PARTS = TIMELINE, ACTORS, CAUSES, PASSAGES = ("timeline", "actors", "causes", "passages")


def find_set(session: Session, reader: User | None, key: str, *, now: datetime) -> OpenSet:
    """Return a set that the reader may see; one statement. Raises NotFound."""
    shown = running_quizzes.is_shown(reader, now)
    facts = exists().where(Fact.set_id == QuestionSet.id, Fact.archived_at.is_(None), *shown)
    has_dates, has_links = facts.where(Fact.date.is_not(None)), facts.where(as_text(Fact.leads_to) != "{}")
    query = select(QuestionSet, has_dates.label("dates"), has_links.label("links"))
    found = session.execute(query.where(QuestionSet.key == key, access.visible_sets(reader))).one_or_none()
    if found is None:
        raise NotFound
    row: QuestionSet = found[0]
    header = SetHeader.model_validate(row.header)
    has = {TIMELINE: found.dates, ACTORS: row.names, CAUSES: found.links, PASSAGES: header.passages}
    return OpenSet(row, header, frozenset(part for part in PARTS if has[part]), shown)


def facts_of(found: OpenSet, *columns: Any) -> Select[Any]:
    """Select these columns of the facts of a set that are still asked and shown to the reader."""
    return select(*columns).where(Fact.set_id == found.row.id, Fact.archived_at.is_(None), *found.shown)


def in_order(found: OpenSet, *columns: Any) -> Select[Any]:
    """Select the same, in the order of the set."""
    return facts_of(found, *columns).order_by(Fact.position, Fact.id)


def narrow(
    session: Session,
    found: OpenSet,
    *,
    query: str = "",
    topic: str = "",
    actor: str = "",
    passage: int | None = None,
) -> OpenSet:
    """Return the set with only those of its facts that have all words of a search, a topic, a name and a passage."""
    conditions = list(found.shown)
    if topic:
        conditions.append(Fact.topic == topic)
    if actor:
        conditions.append(as_text(Fact.actors).contains(f'"{actor}"', autoescape=True))
    if passage is not None:
        conditions.append(_numbers(Fact.passages).contains(f", {passage},"))
    if words := search_words(query):
        rows = session.execute(facts_of(found, Fact.id, Fact.statement))
        conditions.append(Fact.id.in_([row.id for row in rows if has_words(words, row.statement)]))
    return replace(found, shown=conditions)


def _numbers(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Return a list of numbers with a separator around each: [1, 12] becomes ", 1, 12,"."""
    return func.replace(func.replace(as_text(column), "[", ", "), "]", ",")


def as_text(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Return a column of JSON as it is stored, unparsed: most facts are passed over, and `parsed` reads the others."""
    return cast(column, String)


@lru_cache(maxsize=2048)
def parse_json(text: str) -> Any:
    """Return the JSON of a column `as_text`; not to be changed, for many facts say the same."""
    return json.loads(text)


def fact_rows(
    session: Session, found: OpenSet, ids: Collection[int], knowledge: dict[int, Knowledge]
) -> dict[int, FactRow]:
    """Return these facts as they stand in lists, by their ids."""
    columns = (Fact.id, Fact.key, Fact.topic, Fact.statement, Fact.date, as_text(Fact.passages))
    rows = session.execute(facts_of(found, *columns).where(Fact.id.in_(ids)))
    return {
        row.id: FactRow(row.id, row.key, row.topic, row.statement, row.date, parse_json(row[5]), knowledge.get(row.id))
        for row in rows
    }


def cut_page(items: Sequence[T], page: int, size: int = FACTS_ON_A_PAGE) -> tuple[Sequence[T], int]:
    """Return the items of a page, and how many pages there are. Raises NotFound for a page there is not."""
    pages = count_pages(len(items), size)
    if page not in range(1, pages + 1):
        raise NotFound
    return items[(page - 1) * size : page * size], pages


def count_pages(items: int, size: int = FACTS_ON_A_PAGE) -> int:
    return max(1, -(-items // size))


# One fact


@dataclass(frozen=True, slots=True)
class FactPage:
    header: SetHeader
    parts: frozenset[str]
    fact: Fact
    topic: Topic
    actors: tuple[Name, ...]
    passages: tuple[Passage, ...]
    notes: tuple[Note, ...]
    leads_to: tuple[FactLink, ...]
    follows_from: tuple[FactLink, ...]
    related: Sequence[Any]  # rows with key and statement
    knowledge: Knowledge | None
    studied: bool  # whether the reader studies the set
    starred: bool | None  # None for a reader without a record
    note: str | None  # the reader's own


def fact_page(session: Session, set_key: str, fact_key: str, learner: User | None, *, now: datetime) -> FactPage:
    """Return one fact, whole.

    Raises NotFound for an unknown set or fact, or one that is no longer asked, and InRunningQuiz for a hidden one.
    """
    found = find_set(session, learner, set_key, now=now)
    header = found.header
    fact = session.scalar(facts_of(found, Fact).where(Fact.key == fact_key))
    if fact is None:
        raise _why_missing(session, found, fact_key)
    leads_to, follows_from = _neighbours(session, found, fact)
    starred, note = find_own_marks(session, learner, fact.id)
    return FactPage(
        header=header,
        parts=found.parts,
        fact=fact,
        topic=next(topic for topic in header.topics if topic.key == fact.topic),
        actors=_actors(found.row, fact),
        passages=tuple(passage for passage in header.passages if passage.number in fact.passages),
        notes=tuple(note for note in header.notes if note.number in fact.notes),
        leads_to=leads_to,
        follows_from=follows_from,
        related=_related(session, found, fact, {fact.key, *(link.key for link in (*leads_to, *follows_from))}),
        knowledge=knowledge_of(session, learner, [fact.id], now=now).get(fact.id),
        studied=learner is not None and session.get(Plan, (learner.id, fact.set_id)) is not None,
        starred=starred,
        note=note,
    )


def _why_missing(session: Session, found: OpenSet, fact_key: str) -> Exception:
    hidden = select(Fact.id).where(Fact.set_id == found.row.id, Fact.archived_at.is_(None), Fact.key == fact_key)
    return NotFound() if session.scalar(hidden) is None else running_quizzes.InRunningQuiz()


def _neighbours(session: Session, found: OpenSet, fact: Fact) -> tuple[tuple[FactLink, ...], tuple[FactLink, ...]]:
    """Return what a fact led to, and what led to it."""
    led = as_text(Fact.leads_to).contains(f'"{fact.key}"', autoescape=True)  # in an explanation too, perhaps
    near = Fact.key.in_(fact.leads_to) | led
    rows = session.execute(in_order(found, Fact.key, Fact.statement, as_text(Fact.leads_to)).where(near)).all()
    statements = {row.key: row.statement for row in rows}
    leads_to = tuple(FactLink(key, statements[key], why) for key, why in fact.leads_to.items() if key in statements)
    follows_from = tuple(
        FactLink(row.key, row.statement, parse_json(row[2])[fact.key]) for row in rows if fact.key in parse_json(row[2])
    )
    return leads_to, follows_from


def _actors(found: QuestionSet, fact: Fact) -> tuple[Name, ...]:
    names = {name["key"]: name for name in found.names}
    return tuple(Name.model_validate(names[key]) for key in fact.actors if key in names)


def _related(session: Session, found: OpenSet, fact: Fact, linked: Collection[str]) -> Sequence[Any]:
    """Return the facts that share most with this one: an actor counts for more than any passage."""
    actors = _shared([as_text(Fact.actors).contains(f'"{key}"', autoescape=True) for key in fact.actors])
    passages = _shared([_numbers(Fact.passages).contains(f", {number},") for number in fact.passages])
    query = (
        facts_of(found, Fact.key, Fact.statement)
        .where(and_(Fact.key.not_in(linked), (actors > 0) | (passages > 0)))
        .order_by(actors.desc(), passages.desc(), Fact.position, Fact.id)
        .limit(RELATED)
    )
    return session.execute(query).all()


def _shared(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[int]:
    """Return how many of the conditions a row meets."""
    return sum((case((condition, 1), else_=0) for condition in conditions), start=literal(0))
