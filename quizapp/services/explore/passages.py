"""The passages a set was drawn from, each with its facts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import Mastery
from quizapp.core.sets.schema import Note, Passage, SetHeader
from quizapp.models import Fact, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import (
    Knowledge,
    OpenSet,
    as_text,
    facts_of,
    find_set,
    in_order,
    knowledge_of,
    parse_json,
    sum_mastery,
)

PASSAGES_ON_A_PAGE = 4


@dataclass(frozen=True, slots=True)
class PassageEntry:
    """A passage in the contents, and the page it is on."""

    passage: Passage
    page: int
    total: int  # facts drawn from it


@dataclass(frozen=True, slots=True)
class PassageSection:
    """A passage, how many facts were drawn from it, and how well they are known; None for a reader without a record."""

    passage: Passage
    total: int
    notes: tuple[Note, ...]  # what the facts of this passage cite
    mastery: Mastery | None


@dataclass(frozen=True, slots=True)
class PassagesPage:
    """`contents` are all passages, `sections` those of this page."""

    header: SetHeader
    parts: frozenset[str]
    page: int
    pages: int
    contents: tuple[PassageEntry, ...]
    sections: tuple[PassageSection, ...]


def passages_page(
    session: Session, key: str, learner: User | None, *, now: datetime, page: int = 1, holding: int | None = None
) -> PassagesPage:
    """Return a set's passages with the facts drawn from each: a page, or the one that holds a passage.

    Raises NotFound for an unknown set, page or passage.
    """
    found = find_set(session, learner, key, now=now)
    header = found.header
    drawn = _combinations(session, found)
    contents = tuple(_entries(header, drawn))
    if holding is not None:
        page = next((entry.page for entry in contents if entry.passage.number == holding), 0)
    pages = contents[-1].page if contents else 1
    if page not in range(1, pages + 1):
        raise NotFound
    here = [entry for entry in contents if entry.page == page]
    rows = _facts_of(session, found, drawn, {entry.passage.number for entry in here})
    known = knowledge_of(
        session, learner, {row.id for facts in rows.values() for row in facts}, now=now, set_id=found.row.id
    )
    sections = tuple(_section(entry, rows[entry.passage.number], header, known) for entry in here)
    return PassagesPage(header, found.parts, page, pages, contents, sections)


def _combinations(session: Session, found: OpenSet) -> Counter[str]:
    """Return how many facts are drawn from each combination of passages, as it is stored."""
    passages = as_text(Fact.passages)
    rows = session.execute(facts_of(found, passages, func.count()).group_by(passages))
    return Counter({row[0]: row[1] for row in rows})


def _entries(header: SetHeader, drawn: Mapping[str, int]) -> Iterator[PassageEntry]:
    totals: Counter[int] = Counter()
    for numbers, facts in drawn.items():
        totals.update(dict.fromkeys(parse_json(numbers), facts))
    for place, passage in enumerate(header.passages):
        yield PassageEntry(passage, place // PASSAGES_ON_A_PAGE + 1, totals[passage.number])


def _facts_of(session: Session, found: OpenSet, drawn: Iterable[str], numbers: Set[int]) -> dict[int, list[Any]]:
    """Return the facts of each of these passages."""
    wanted = [text for text in drawn if not numbers.isdisjoint(parse_json(text))]
    passages = as_text(Fact.passages)
    columns: tuple[Any, ...] = (Fact.id, passages, as_text(Fact.notes))
    rows = session.execute(in_order(found, *columns).where(passages.in_(wanted)))
    facts: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        for number in parse_json(row[1]):
            facts[number].append(row)
    return facts


def _section(
    entry: PassageEntry, facts: Sequence[Any], header: SetHeader, known: Mapping[int, Knowledge]
) -> PassageSection:
    cited = {number for row in facts for number in parse_json(row[2])}
    return PassageSection(
        passage=entry.passage,
        total=entry.total,
        notes=tuple(note for note in header.notes if note.number in cited),
        mastery=sum_mastery(known[row.id] for row in facts) if known else None,
    )
