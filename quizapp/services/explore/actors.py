"""The people, organisations and places of a set, each with how many facts it acts in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import Mastery
from quizapp.core.sets.schema import Name, SetHeader
from quizapp.core.text.search import has_words, search_words
from quizapp.core.translation import gettext
from quizapp.models import Fact, QuestionSet, User
from quizapp.models.json_columns import count_items, select_items
from quizapp.services.explore.facts import (
    OpenSet,
    conditions_of,
    cut_page,
    find_set,
    recall_of,
    sum_mastery,
)

NAMES_ON_A_PAGE = 7
PLACES = gettext("Places")
NO_SIDE = gettext("No side")


@dataclass(frozen=True, slots=True)
class Actor:
    """A name, the number of its facts, and how well they are known; None for a reader without a record."""

    name: Name
    total: int
    mastery: Mastery | None


@dataclass(frozen=True, slots=True)
class ActorEntry:
    """A name in the contents, and the page it is on."""

    name: Name
    side: str
    page: int


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
    names: int
    contents: tuple[tuple[str, tuple[ActorEntry, ...]], ...]  # by side
    sides: tuple[Side, ...]


def actors_page(
    session: Session,
    key: str,
    learner: User | None,
    *,
    now: datetime,
    query: str = "",
    page: int = 1,
    holding: str | None = None,
) -> ActorsPage:
    """Return who acts in a set, by side, or those found by a search: a page of them, or the one that holds a name.

    Raises NotFound for an unknown set, page or name.
    """
    found = find_set(session, learner, key, now=now)
    totals = count_items(session, Fact.actors, *conditions_of(found))
    words = search_words(query)
    contents = tuple(_entries(name for name in _by_side(found.row, totals) if has_words(words, *_texts(name[1]))))
    if holding is not None:
        page = next((entry.page for entry in contents if entry.name.key == holding), 0)
    here, pages = cut_page(contents, page, NAMES_ON_A_PAGE)
    mastery = _mastery(session, found, learner, [entry.name.key for entry in here], now=now)
    return ActorsPage(
        header=found.header,
        parts=found.parts,
        page=page,
        pages=pages,
        names=len(contents),
        contents=tuple((side, tuple(entries)) for side, entries in groupby(contents, key=lambda entry: entry.side)),
        sides=tuple(
            Side(side, tuple(Actor(each.name, totals[each.name.key], mastery.get(each.name.key)) for each in entries))
            for side, entries in groupby(here, key=lambda entry: entry.side)
        ),
    )


def _texts(name: Name) -> list[str]:
    """Return what a name is found by."""
    return [name.name, *name.spellings, *filter(None, (name.side, name.role, name.portrait))]


def _mastery(
    session: Session, found: OpenSet, learner: User | None, keys: Collection[str], *, now: datetime
) -> dict[str, Mastery | None]:
    """Return how well the reader knows the facts of each of these names; nothing for a reader without a record."""
    name, acting = select_items(Fact.actors, Fact.id)
    facts_by_name: dict[str, list[int]] = {key: [] for key in keys}
    for key, fact_id in session.execute(acting.where(*conditions_of(found), name.in_(keys))):
        facts_by_name[key].append(fact_id)
    facts = {fact_id for ids in facts_by_name.values() for fact_id in ids}
    recall = recall_of(session, learner, Fact.id.in_(facts), now=now)
    return {key: sum_mastery(ids, recall) for key, ids in facts_by_name.items()}


def _by_side(found: QuestionSet, totals: Mapping[str, int]) -> Iterator[tuple[str, Name]]:
    """Yield the names by side, in the order in which the set first names each side: people before bodies; places last,
    and of them only those with a fact."""
    names = [Name.model_validate(name) for name in found.names]
    order = {"person": 0, "organisation": 1}
    groups: dict[str, list[Name]] = {name.side or NO_SIDE: [] for name in names if name.type != "place"}
    groups[NO_SIDE] = groups.pop(NO_SIDE, [])
    for name in sorted((name for name in names if name.type != "place"), key=lambda name: order[name.type]):
        groups[name.side or NO_SIDE].append(name)
    groups[PLACES] = [name for name in names if name.type == "place" and totals[name.key]]
    return ((side, name) for side, group in groups.items() for name in group)


def _entries(names: Iterable[tuple[str, Name]]) -> Iterator[ActorEntry]:
    for place, (side, name) in enumerate(names):
        yield ActorEntry(name, side, place // NAMES_ON_A_PAGE + 1)
