"""Reading a set: its facts by topic, its passages, and one fact with all that hangs on it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.bank import Name, Note, Passage, SetHeader, Topic
from quizapp.core.progress import known_now
from quizapp.core.scheduling import State
from quizapp.models import Fact, Memory, QuestionSet, User
from quizapp.services.errors import NotFound

FACTS_ON_A_PAGE = 200
RELATED = 6


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


@dataclass(frozen=True, slots=True)
class SetTitle:
    key: str
    title: str
    summary: str
    facts: int


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact in a list; `knowledge` is None for a reader without a record."""

    key: str
    statement: str
    date: str | None  # EDTF
    passages: list[int]
    knowledge: Knowledge | None


@dataclass(frozen=True, slots=True)
class TopicSection:
    """A topic's facts on this page, of `total` in the set; `page` is the page the topic begins on."""

    topic: Topic
    total: int
    page: int
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class SetPage:
    header: SetHeader
    facts: int
    page: int
    pages: int
    topics: tuple[TopicSection, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A fact to go to; `why` one led to the other, where it did."""

    key: str
    statement: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PassageSection:
    passage: Passage
    page: int
    facts: tuple[Link, ...]
    notes: tuple[int, ...]  # what the facts of this passage cite


@dataclass(frozen=True, slots=True)
class PassagesPage:
    """`contents` are all passages, `sections` those of this page."""

    header: SetHeader
    page: int
    pages: int
    contents: tuple[PassageSection, ...]

    @property
    def sections(self) -> list[PassageSection]:
        return [section for section in self.contents if section.page == self.page]


@dataclass(frozen=True, slots=True)
class FactPage:
    header: SetHeader
    fact: Fact
    topic: Topic
    actors: tuple[Name, ...]
    passages: tuple[Passage, ...]
    notes: tuple[Note, ...]
    leads_to: tuple[Link, ...]
    follows_from: tuple[Link, ...]
    related: tuple[Link, ...]
    knowledge: Knowledge | None


def list_sets(session: Session) -> list[SetTitle]:
    """Every set, the oldest first."""
    rows = session.execute(
        select(QuestionSet.key, QuestionSet.title, QuestionSet.header["summary"], func.count(Fact.id))
        .outerjoin(Fact, (Fact.set_id == QuestionSet.id) & Fact.retired_at.is_(None))
        .group_by(QuestionSet.id)
        .order_by(QuestionSet.id)
    )
    return [SetTitle(*row) for row in rows]


def set_page(session: Session, key: str, learner: User | None, *, page: int, now: datetime) -> SetPage:
    """A set's facts, topic by topic, FACTS_ON_A_PAGE at a time. Raises NotFound for an unknown set or page."""
    found = _find_set(session, key)
    header = SetHeader.model_validate(found.header)
    totals = _topic_sizes(session, found.id)
    pages = _pages(totals.total())
    if page not in range(1, pages + 1):
        raise NotFound
    facts = _facts_of_page(session, found.id, header, page)
    knowledge = _knowledge(session, learner, [fact.id for fact in facts], now=now)
    rows = defaultdict(list)
    for fact in facts:
        rows[fact.topic].append(FactRow(fact.key, fact.statement, fact.date, fact.passages, knowledge.get(fact.id)))
    return SetPage(header, totals.total(), page, pages, tuple(_topic_sections(header, totals, rows)))


def passages_page(session: Session, key: str, *, page: int = 1, holding: int | None = None) -> PassagesPage:
    """A set's passages with the facts drawn from each: a page, or the one that holds a passage.

    Raises NotFound for an unknown set, page or passage.
    """
    found = _find_set(session, key)
    header = SetHeader.model_validate(found.header)
    sections = _passage_sections(header, _facts_in_order(session, found.id))
    if holding is not None:
        page = next((section.page for section in sections if section.passage.number == holding), 0)
    pages = sections[-1].page if sections else 0
    if page not in range(1, pages + 1):
        raise NotFound
    return PassagesPage(header, page, pages, tuple(sections))


def fact_page(session: Session, set_key: str, fact_key: str, learner: User | None, *, now: datetime) -> FactPage:
    """One fact, whole. Raises NotFound for an unknown set or fact, or one that is no longer asked."""
    found = _find_set(session, set_key)
    header = SetHeader.model_validate(found.header)
    others = {fact.key: fact for fact in _facts_in_order(session, found.id)}
    fact = others.pop(fact_key, None)
    if fact is None:
        raise NotFound
    leads_to = [Link(key, others[key].statement, why) for key, why in fact.leads_to.items() if key in others]
    follows_from = [
        Link(other.key, other.statement, other.leads_to[fact_key])
        for other in others.values()
        if fact_key in other.leads_to
    ]
    linked = {link.key for link in [*leads_to, *follows_from]}
    return FactPage(
        header=header,
        fact=fact,
        topic=next(topic for topic in header.topics if topic.key == fact.topic),
        actors=_actors(found, fact),
        passages=tuple(passage for passage in header.passages if passage.number in fact.passages),
        notes=tuple(note for note in header.notes if note.number in fact.notes),
        leads_to=tuple(leads_to),
        follows_from=tuple(follows_from),
        related=_related(fact, [other for other in others.values() if other.key not in linked]),
        knowledge=_knowledge(session, learner, [fact.id], now=now).get(fact.id),
    )


def _find_set(session: Session, key: str) -> QuestionSet:
    found = session.scalar(select(QuestionSet).where(QuestionSet.key == key))
    if found is None:
        raise NotFound
    return found


def _topic_sizes(session: Session, set_id: int) -> Counter[str]:
    rows = session.execute(
        select(Fact.topic, func.count()).where(Fact.set_id == set_id, Fact.retired_at.is_(None)).group_by(Fact.topic)
    )
    return Counter(dict(rows.all()))


def _facts_of_page(session: Session, set_id: int, header: SetHeader, page: int) -> Sequence[Fact]:
    rank = case({topic.key: number for number, topic in enumerate(header.topics)}, value=Fact.topic)
    return session.scalars(
        select(Fact)
        .where(Fact.set_id == set_id, Fact.retired_at.is_(None))
        .order_by(rank, Fact.position, Fact.id)
        .limit(FACTS_ON_A_PAGE)
        .offset((page - 1) * FACTS_ON_A_PAGE)
    ).all()


def _pages(facts: int) -> int:
    return max(1, -(-facts // FACTS_ON_A_PAGE))


def _topic_sections(
    header: SetHeader, totals: Counter[str], rows: Mapping[str, Sequence[FactRow]]
) -> Iterator[TopicSection]:
    before = 0
    for topic in header.topics:
        if totals[topic.key]:
            yield TopicSection(topic, totals[topic.key], before // FACTS_ON_A_PAGE + 1, tuple(rows.get(topic.key, ())))
        before += totals[topic.key]


def _facts_in_order(session: Session, set_id: int) -> Sequence[Fact]:
    return session.scalars(
        select(Fact).where(Fact.set_id == set_id, Fact.retired_at.is_(None)).order_by(Fact.position, Fact.id)
    ).all()


def _passage_sections(header: SetHeader, facts: Sequence[Fact]) -> list[PassageSection]:
    """Passages in order, as many to a page as keep it near FACTS_ON_A_PAGE facts."""
    drawn = defaultdict(list)
    for fact in facts:
        for number in fact.passages:
            drawn[number].append(fact)
    sections, page, used = [], 1, 0
    for passage in header.passages:
        here = drawn[passage.number]
        if used and used + len(here) > FACTS_ON_A_PAGE:
            page, used = page + 1, 0
        used += len(here)
        cited = sorted({note for fact in here for note in fact.notes})
        links = tuple(Link(fact.key, fact.statement) for fact in here)
        sections.append(PassageSection(passage, page, links, tuple(cited)))
    return sections


def _actors(found: QuestionSet, fact: Fact) -> tuple[Name, ...]:
    names = {name["key"]: name for name in found.names}
    return tuple(Name.model_validate(names[key]) for key in fact.actors if key in names)


def _related(fact: Fact, others: Iterable[Fact]) -> tuple[Link, ...]:
    """The facts that share most with this one: an actor counts for more than any passage."""
    shared = {
        other: (len({*fact.actors} & {*other.actors}), len({*fact.passages} & {*other.passages})) for other in others
    }
    near = sorted((other for other in shared if any(shared[other])), key=shared.__getitem__, reverse=True)
    return tuple(Link(other.key, other.statement) for other in near[:RELATED])


def _knowledge(
    session: Session, learner: User | None, fact_ids: Sequence[int], *, now: datetime
) -> dict[int, Knowledge]:
    """What the learner knows of each of these facts; empty for a reader without a record."""
    if learner is None:
        return {}
    today = learner.clock.day(now)
    rows = session.scalars(select(Memory).where(Memory.learner_id == learner.id, Memory.fact_id.in_(fact_ids)))
    unmet = Knowledge(State.NEW, 0.0, None, None, None, 0, 0, False, today)
    return dict.fromkeys(fact_ids, unmet) | {row.fact_id: _known(row, today) for row in rows}


def _known(row: Memory, today: date) -> Knowledge:
    memory = scheduling.Memory(
        State(row.state), row.step, row.stability, row.difficulty, row.last_day, row.due_day, row.due_at,
        row.reps, row.lapses,
    )  # fmt: skip
    due_day = row.due_day
    if due_day and row.buried_until and row.buried_until > due_day:
        due_day = row.buried_until
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
