"""The facts of a set to explore: what a learner knows of them, a search among them, and one fact whole."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, case, exists, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import Mastery, known_now
from quizapp.core.scheduling.scheduler import State, chance_after
from quizapp.core.sets.schema import Name, Note, Passage, SetHeader, Topic
from quizapp.core.text.search import search_words
from quizapp.models import Fact, Memory, Plan, QuestionSet, User
from quizapp.models.json_columns import as_text, has_key, has_number, parse_json
from quizapp.models.sets import has_word
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


def sum_mastery(fact_ids: Collection[int], recall: Mapping[int, float] | None) -> Mastery | None:
    """Return the mastery of a group of facts by what `recall_of` returned of them."""
    if recall is None:
        return None
    met = [recall[fact_id] for fact_id in fact_ids if fact_id in recall]
    return Mastery(len(fact_ids), len(met), sum(met))


def recall_of(
    session: Session, learner: User | None, *facts: ColumnElement[bool], now: datetime
) -> dict[int, float] | None:
    """Return the chance (0..1) that the learner recalls each of the facts that they have met, by its id; None for a
    reader without a record.

    It is that of `known_now`, of numbers alone: there may be thousands.
    """
    if learner is None:
        return None
    today = learner.clock.day(now).toordinal()
    met = Memory.learner_id == learner.id, Memory.state != State.NEW
    columns = (Memory.state, Memory.stability, type_coerce(Memory.last_day, Integer), Memory.decay)
    query = select(Memory.fact_id, *columns).join(Fact, Fact.id == Memory.fact_id).where(*met, *facts)
    rows = session.connection().execute(query)  # nothing of the ORM is needed
    return {
        fact_id: chance_after(today - last_day, stability, decay)
        if stability is not None and last_day is not None and last_day < today
        else float(state == State.REVIEW)
        for fact_id, state, stability, last_day, decay in rows
    }


def knowledge_of(
    session: Session, learner: User | None, fact_ids: Collection[int], *, now: datetime
) -> dict[int, Knowledge]:
    """Return what the learner knows of each of these facts; empty for a reader without a record."""
    if learner is None:
        return {}
    today = learner.clock.day(now)
    columns = (Memory.fact_id, *COLUMNS, Memory.suspended, Memory.skipped_until)
    mine = select(*columns).where(Memory.learner_id == learner.id, Memory.fact_id.in_(fact_ids))
    unmet = Knowledge(State.NEW, 0.0, None, None, None, 0, 0, False, today)
    known = dict.fromkeys(fact_ids, unmet)
    for row in session.execute(mine):
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
    return select(*columns).where(*conditions_of(found))


def conditions_of(found: OpenSet) -> list[ColumnElement[bool]]:
    """Return the conditions on a Fact to be one of these."""
    return [Fact.set_id == found.row.id, Fact.archived_at.is_(None), *found.shown]


def in_order(found: OpenSet, *columns: Any) -> Select[Any]:
    """Select the same, in the order of the set."""
    return facts_of(found, *columns).order_by(Fact.position, Fact.id)


def narrow(found: OpenSet, *, query: str = "", topic: str = "", actor: str = "", passage: int | None = None) -> OpenSet:
    """Return the set with only those of its facts that have all words of a search, a topic, a name and a passage."""
    conditions = list(found.shown)
    if topic:
        conditions.append(Fact.topic == topic)
    if actor:
        conditions.append(has_key(Fact.actors, actor))
    if passage is not None:
        conditions.append(has_number(Fact.passages, passage))
    conditions += [has_word(Fact.searched, word) for word in search_words(query)]
    return replace(found, shown=conditions)


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
    led = has_key(Fact.leads_to, fact.key)  # in an explanation too, perhaps
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
    actors = _shared([has_key(Fact.actors, key) for key in fact.actors])
    passages = _shared([has_number(Fact.passages, number) for number in fact.passages])
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
