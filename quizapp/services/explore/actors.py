"""The people, organisations and places of a set, each with the facts in which it acts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from quizapp.core.explore.timeline import extent
from quizapp.core.progress.mastery import Mastery
from quizapp.core.sets.schema import Name, SetHeader
from quizapp.core.translation import gettext
from quizapp.models import Fact, QuestionSet, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import (
    FACTS_ON_A_PAGE,
    FactRow,
    Knowledge,
    OpenSet,
    as_text,
    fact_rows,
    find_set,
    in_order,
    knowledge_of,
    parse_json,
    sum_mastery,
)

ROWS_ON_A_PAGE = 4 * FACTS_ON_A_PAGE  # a fact stands with each of those who act in it
PLACES = gettext("Places")
NO_SIDE = gettext("No side")


@dataclass(frozen=True, slots=True)
class Actor:
    """A name with the first FACTS_ON_A_PAGE of its `total` facts in the order of time; `mastery` is that of all of
    them, None for a reader without a record."""

    name: Name
    total: int
    facts: tuple[FactRow, ...]
    mastery: Mastery | None


@dataclass(frozen=True, slots=True)
class ActorEntry:
    """A name in the contents, and the page it is on."""

    name: Name
    side: str
    page: int
    total: int


@dataclass(frozen=True, slots=True)
class Side:
    """The actors of one side on a page; places stand apart."""

    title: str
    actors: tuple[Actor, ...]


@dataclass(frozen=True, slots=True)
class ActorsPage:
    header: SetHeader
    parts: frozenset[str]
    page: int
    pages: int
    contents: tuple[tuple[str, tuple[ActorEntry, ...]], ...]  # by side
    sides: tuple[Side, ...]


def actors_page(
    session: Session, key: str, learner: User | None, *, now: datetime, page: int = 1, holding: str | None = None
) -> ActorsPage:
    """Return who acts in a set, by side, as many to a page as keep it near ROWS_ON_A_PAGE facts: a page, or the one
    that holds a name. Raises NotFound for an unknown set, page or name."""
    found = find_set(session, learner, key, now=now)
    acting = _acting(session, found)
    contents = tuple(_entries(found.row, acting))
    if holding is not None:
        page = next((entry.page for entry in contents if entry.name.key == holding), 0)
    pages = max((entry.page for entry in contents), default=1)
    if page not in range(1, pages + 1):
        raise NotFound
    here = [entry for entry in contents if entry.page == page]
    ids = {fact_id for entry in here for fact_id in acting[entry.name.key]}
    shown = {fact_id for entry in here for fact_id in acting[entry.name.key][:FACTS_ON_A_PAGE]}
    known = knowledge_of(session, learner, ids, now=now, set_id=found.row.id)
    rows = fact_rows(session, found, shown, known)
    actors = {entry.name.key: _actor(entry, acting[entry.name.key], rows, known) for entry in here}
    return ActorsPage(
        header=found.header,
        parts=found.parts,
        page=page,
        pages=pages,
        contents=tuple((side, tuple(entries)) for side, entries in groupby(contents, key=lambda entry: entry.side)),
        sides=tuple(
            Side(side, tuple(actors[entry.name.key] for entry in entries))
            for side, entries in groupby(here, key=lambda entry: entry.side)
        ),
    )


def _acting(session: Session, found: OpenSet) -> dict[str, list[int]]:
    """Return the facts (ids) in which each name acts, in the order of time; those without a date last."""
    rows = session.execute(in_order(found, Fact.id, Fact.date, as_text(Fact.actors))).all()
    acting: dict[str, list[int]] = defaultdict(list)
    dated = sorted((row for row in rows if row.date), key=lambda row: extent(row.date).order)
    for row in [*dated, *(row for row in rows if not row.date)]:
        for key in parse_json(row[2]):
            acting[key].append(row.id)
    return acting


def _entries(found: QuestionSet, acting: Mapping[str, Sequence[int]]) -> Iterator[ActorEntry]:
    """Yield the names by side, in the order in which the set first names each side: people before bodies; places last,
    and of them only those with a fact."""
    names = [Name.model_validate(name) for name in found.names]
    order = {"person": 0, "organisation": 1}
    groups: dict[str, list[Name]] = {name.side or NO_SIDE: [] for name in names if name.type != "place"}
    groups[NO_SIDE] = groups.pop(NO_SIDE, [])
    for name in sorted((name for name in names if name.type != "place"), key=lambda name: order[name.type]):
        groups[name.side or NO_SIDE].append(name)
    groups[PLACES] = [name for name in names if name.type == "place" and acting.get(name.key)]
    page, used = 1, 0
    for side, group in groups.items():
        for name in group:
            total = len(acting.get(name.key, ()))
            if used and used + min(total, FACTS_ON_A_PAGE) > ROWS_ON_A_PAGE:
                page, used = page + 1, 0
            used += min(total, FACTS_ON_A_PAGE) + 1
            yield ActorEntry(name, side, page, total)


def _actor(entry: ActorEntry, ids: Sequence[int], rows: Mapping[int, FactRow], known: Mapping[int, Knowledge]) -> Actor:
    facts = tuple(rows[fact_id] for fact_id in ids[:FACTS_ON_A_PAGE])
    return Actor(entry.name, len(ids), facts, sum_mastery(known[fact_id] for fact_id in ids) if known else None)
