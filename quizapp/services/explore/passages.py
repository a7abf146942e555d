"""The passages a set was drawn from, each with its facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import Mastery
from quizapp.core.sets.schema import Note, Passage, SetHeader
from quizapp.models import Fact, User
from quizapp.models.json_columns import as_text, count_items, parse_json, select_items
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import (
    OpenSet,
    conditions_of,
    find_set,
    recall_of,
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
    totals = count_items(session, Fact.passages, *conditions_of(found))
    contents = tuple(_entries(header, totals))
    if holding is not None:
        page = next((entry.page for entry in contents if entry.passage.number == holding), 0)
    pages = contents[-1].page if contents else 1
    if page not in range(1, pages + 1):
        raise NotFound
    here = [entry for entry in contents if entry.page == page]
    rows = _facts_of(session, found, here)
    recall = recall_of(session, learner, Fact.id.in_({row.id for facts in rows.values() for row in facts}), now=now)
    sections = tuple(_section(entry, rows[entry.passage.number], header, recall) for entry in here)
    return PassagesPage(header, found.parts, page, pages, contents, sections)


def _entries(header: SetHeader, totals: Mapping[str, int]) -> Iterator[PassageEntry]:
    for place, passage in enumerate(header.passages):
        yield PassageEntry(passage, place // PASSAGES_ON_A_PAGE + 1, totals[str(passage.number)])


def _facts_of(session: Session, found: OpenSet, here: Sequence[PassageEntry]) -> dict[int, list[Any]]:
    """Return the facts of each of these passages."""
    number, drawn = select_items(Fact.passages, Fact.id, as_text(Fact.notes).label("notes"))
    numbers = [str(entry.passage.number) for entry in here]
    facts: dict[int, list[Any]] = {entry.passage.number: [] for entry in here}
    for row in session.execute(drawn.where(*conditions_of(found), number.in_(numbers))):
        facts[int(row[0])].append(row)
    return facts


def _section(
    entry: PassageEntry, facts: Sequence[Any], header: SetHeader, recall: Mapping[int, float] | None
) -> PassageSection:
    cited = {number for row in facts for number in parse_json(row.notes)}
    return PassageSection(
        passage=entry.passage,
        total=entry.total,
        notes=tuple(note for note in header.notes if note.number in cited),
        mastery=sum_mastery([row.id for row in facts], recall),
    )
