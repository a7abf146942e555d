"""What led to what: the facts of a set and the reasons that join them, as a graph and as a list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.explore.causes import (
    CauseDrawing,
    Edge,
    backward,
    causes_of,
    components,
    distances,
    draw,
    effects_of,
    longest_chain,
)
from quizapp.core.sets.schema import SetHeader
from quizapp.core.text.search import has_words, search_words
from quizapp.models import Fact, User
from quizapp.models.json_columns import as_text, parse_json
from quizapp.models.sets import has_word
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import (
    FactRow,
    OpenSet,
    cut_page,
    fact_rows,
    facts_of,
    find_set,
    in_order,
    knowledge_of,
)

READABLE = 12  # facts in a picture: of a larger group the end of its longest chain, around a fact what is nearest
GROUPS = 2  # more are not drawn
BESIDE_PICTURE, ON_A_PAGE = 3, 8  # links on a page
SMALL_BOX, WIDE_BOX = (158.0, 108.0), (328.0, 96.0)  # units


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact led to another, and why."""

    cause: FactRow
    effect: FactRow
    why: str


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """A picture of facts that hang together, which are `total` in all.

    A `chain` is the longest there is; `causes` counts those of each fact that it leaves out.
    """

    picture: CauseDrawing
    facts: Mapping[str, FactRow]
    total: int
    chain: bool
    causes: Counter[str]


@dataclass(frozen=True, slots=True)
class CausesPage:
    """`reasons` are those of the pictures, next to the `selected` fact first, or all that were found (`listed`).

    `links` join `facts` of the set; `further` are too far off the selected fact to be drawn. The pictures are on the
    first page only.
    """

    header: SetHeader
    parts: frozenset[str]
    facts: int
    links: int
    groups: tuple[CauseGroup, ...]
    not_drawn: int  # groups
    circles: int  # links drawn upside down, for they close a circle
    selected: FactRow | None
    further: int
    reasons: tuple[Reason, ...]
    listed: bool
    found: int  # links in the list
    page: int
    pages: int
    knows: bool  # whether the reader has a record


@dataclass(frozen=True, slots=True, eq=False)
class _Graph:
    """The facts of a set by their keys (ids), the reasons that join them, and the groups that hang together.

    `circles` counts the links that close a circle.
    """

    ids: Mapping[str, int]
    whys: Mapping[Edge, str]
    edges: Sequence[Edge]
    groups: Sequence[Sequence[str]]
    circles: int


@dataclass(frozen=True, slots=True)
class _Subgraph:
    """What one picture shows of a group of `total` facts."""

    nodes: Sequence[str]
    edges: Sequence[Edge]
    total: int
    chain: bool = False


def causes_page(
    session: Session,
    key: str,
    learner: User | None,
    *,
    now: datetime,
    fact: str | None = None,
    listed: bool = False,
    query: str = "",
    page: int = 1,
) -> CausesPage:
    """Return what led to what in a set: a picture that can be read at a glance, what led to a fact and what it led to,
    or the list of all links, of which a search finds some.

    Raises NotFound for an unknown set, fact or page, and for a fact without causes and effects.
    """
    found = find_set(session, learner, key, now=now)
    header = found.header
    graph = _read_graph(session, found)
    whys, ids, edges, groups = graph.whys, graph.ids, graph.edges, graph.groups
    parts = [] if listed else _causes_and_effects(edges, fact) if fact is not None else _overview(graph, header.end)
    drawn = {edge for part in parts for edge in part.edges}
    near = [edge for edge in edges if edge in drawn]
    near.sort(key=lambda edge: (fact != edge[1], fact != edge[0]))
    wanted = _search(session, found, graph, search_words(query)) if listed else near
    on_page, pages = cut_page(wanted, page, ON_A_PAGE if listed else BESIDE_PICTURE)
    edges_shown = drawn.union(on_page) if page == 1 else on_page
    shown = [ids[node] for node in {node for edge in edges_shown for node in edge} | ({fact} if fact else set())]
    known = knowledge_of(session, learner, shown, now=now)
    rows = {row.key: row for row in fact_rows(session, found, shown, known).values()}
    return CausesPage(
        header=header,
        parts=found.parts,
        facts=sum(map(len, groups)),
        links=len(edges),
        groups=tuple(_cause_group(part, edges, rows) for part in parts) if page == 1 else (),
        not_drawn=0 if fact or listed else max(len(groups) - GROUPS, 0),
        circles=graph.circles,
        selected=rows[fact] if fact else None,
        further=parts[0].total - len(parts[0].nodes) if fact else 0,
        reasons=tuple(Reason(rows[cause], rows[effect], whys[cause, effect]) for cause, effect in on_page),
        listed=listed,
        found=len(wanted),
        page=page,
        pages=pages,
        knows=learner is not None,
    )


def _search(session: Session, found: OpenSet, graph: _Graph, words: tuple[str, ...]) -> Sequence[Edge]:
    """Return the links in whose facts or reason the words occur."""
    edges = graph.edges
    for word in words:
        keys = set(session.scalars(facts_of(found, Fact.key).where(has_word(Fact.searched, word))))
        edges = [edge for edge in edges if not keys.isdisjoint(edge) or has_words([word], graph.whys[edge])]
    return edges


def _read_graph(session: Session, found: OpenSet) -> _Graph:
    """Return how facts that are still asked are joined."""
    rows = session.connection().execute(in_order(found, Fact.id, Fact.key, as_text(Fact.leads_to)))
    return _make_graph(tuple(map(tuple, rows)))


# Joining 10,000 facts takes a tenth of a second and depends on nothing else: what one reader sees is kept for the next.
@lru_cache(maxsize=2)
def _make_graph(rows: tuple[tuple[Any, ...], ...]) -> _Graph:
    """Return the graph of facts: rows of id, key, and the effects as JSON."""
    ids = {key: fact_id for fact_id, key, _ in rows}
    whys = {
        (key, effect): why
        for _, key, effects in rows
        if effects != "{}"
        for effect, why in parse_json(effects).items()
        if effect in ids and effect != key
    }
    edges = list(whys)
    return _Graph(ids, whys, edges, components(edges), len(backward(edges)))


@lru_cache(maxsize=2)
def _overview(graph: _Graph, end: str | None) -> list[_Subgraph]:
    """Return what is drawn of the largest groups."""
    return [_subgraph(graph.edges, group, end) for group in graph.groups[:GROUPS]]


def _subgraph(edges: Sequence[Edge], group: Sequence[str], end: str | None) -> _Subgraph:
    """Return a group whole if it can be read at a glance, else the end of its longest chain."""
    inside = _among(edges, group)
    if len(group) <= READABLE:
        return _Subgraph(group, inside, len(group))
    turned = backward(inside)
    chain = longest_chain([edge for edge in inside if edge not in turned], end)[-READABLE:]
    return _Subgraph(chain, _among(inside, chain), len(group), chain=True)


def _causes_and_effects(edges: Sequence[Edge], fact: str) -> list[_Subgraph]:
    """Return what led to a fact and what it led to: all of it, or what is as many steps away as can be read; one at
    least. Raises NotFound for a fact without links."""
    if not any(fact in edge for edge in edges):
        raise NotFound
    before, after = distances(fact, causes_of(edges)), distances(fact, effects_of(edges))
    away = {**after, **before}
    steps = 1
    while sum(distance <= steps + 1 for distance in away.values()) <= READABLE and steps < max(away.values()):
        steps += 1
    causes, effects = ([node for node, distance in side.items() if distance <= steps] for side in (before, after))
    drawn = dict.fromkeys([*_among(edges, causes), *_among(edges, effects)])
    return [_Subgraph(list(dict.fromkeys([*causes, *effects])), list(drawn), len(away))]


def _among(edges: Sequence[Edge], nodes: Sequence[str]) -> list[Edge]:
    inside = set(nodes)
    return [edge for edge in edges if inside.issuperset(edge)]


def _cause_group(part: _Subgraph, edges: Sequence[Edge], rows: Mapping[str, FactRow]) -> CauseGroup:
    drawn = set(part.edges)
    left = [edge for edge in edges if edge not in drawn] if part.chain else []
    return CauseGroup(
        picture=draw(part.edges, box=WIDE_BOX if part.chain else SMALL_BOX),
        facts=rows,
        total=part.total,
        chain=part.chain,
        causes=Counter(effect for _, effect in left),
    )
