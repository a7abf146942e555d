"""What led to what: the facts of a set and the reasons that join them, as a graph and as a list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

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
from quizapp.models import Fact, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import (
    FactRow,
    OpenSet,
    as_text,
    cut_page,
    fact_rows,
    find_set,
    in_order,
    knowledge_of,
    parse_json,
)

READABLE = (
    24  # a group of more facts is shown by its longest chain, the causes and effects of one fact by what is nearest
)
LARGEST = 150  # a group of more is not drawn whole
LONGEST = 40  # of a longer chain the end is drawn
GROUPS = 6  # more are not drawn
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
    """`reasons` are those of the pictures, or all there are (`whole`); next to the `selected` fact first.

    `links` join `facts` of the set; `further` are too far off the selected fact to be drawn.
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
    whole: bool
    page: int
    pages: int
    knows: bool  # whether the reader has a record


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
    whole: bool = False,
    page: int = 1,
) -> CausesPage:
    """Return what led to what in a set: what can be read at a glance, or the whole of it, or what led to a fact and
    what it led to. Raises NotFound for an unknown set, fact or page, and for a fact without causes and effects."""
    found = find_set(session, learner, key, now=now)
    header = found.header
    whys, ids = _graph(session, found)
    edges = list(whys)
    groups = components(edges)
    if fact is None:
        parts = [_subgraph(edges, group, header.end, READABLE if not whole else LARGEST) for group in groups[:GROUPS]]
    elif any(fact in edge for edge in edges):
        parts = [_causes_and_effects(edges, fact)]
    else:
        raise NotFound
    drawn = {edge for part in parts for edge in part.edges}
    near = [edge for edge in edges if edge in drawn]
    listed = edges if whole else sorted(near, key=lambda edge: (fact != edge[1], fact != edge[0]))
    on_page, pages = cut_page(listed, page)
    shown = [ids[node] for node in {node for edge in drawn.union(on_page) for node in edge}]
    known = knowledge_of(session, learner, shown, now=now)
    rows = {row.key: row for row in fact_rows(session, found, shown, known).values()}
    return CausesPage(
        header=header,
        parts=found.parts,
        facts=sum(map(len, groups)),
        links=len(edges),
        groups=tuple(_cause_group(part, edges, rows) for part in parts),
        not_drawn=max(len(groups) - GROUPS, 0) if fact is None else 0,
        circles=len(backward(edges)),
        selected=rows[fact] if fact else None,
        further=parts[0].total - len(parts[0].nodes) if fact else 0,
        reasons=tuple(Reason(rows[cause], rows[effect], whys[cause, effect]) for cause, effect in on_page),
        whole=whole,
        page=page,
        pages=pages,
        knows=learner is not None,
    )


def _graph(session: Session, found: OpenSet) -> tuple[dict[Edge, str], dict[str, int]]:
    """Return the reasons that join facts which are still asked, and the ids of all of these by their keys."""
    rows = session.execute(in_order(found, Fact.id, Fact.key, as_text(Fact.leads_to))).all()
    ids = {row.key: row.id for row in rows}
    whys = {
        (row.key, effect): why
        for row in rows
        if row[2] != "{}"
        for effect, why in parse_json(row[2]).items()
        if effect in ids and effect != row.key
    }
    return whys, ids


def _subgraph(edges: Sequence[Edge], group: Sequence[str], end: str | None, most: int) -> _Subgraph:
    """Return a group whole if it has no more than so many facts, else its longest chain."""
    inside = _among(edges, group)
    if len(group) <= most:
        return _Subgraph(group, inside, len(group))
    turned = backward(inside)
    chain = longest_chain([edge for edge in inside if edge not in turned], end)[-LONGEST:]
    return _Subgraph(chain, _among(inside, chain), len(group), chain=True)


def _causes_and_effects(edges: Sequence[Edge], fact: str) -> _Subgraph:
    """Return what led to a fact and what it led to: all of it, or what is as many steps away as can be read; one at
    least."""
    before, after = distances(fact, causes_of(edges)), distances(fact, effects_of(edges))
    away = {**after, **before}
    steps = 1
    while sum(distance <= steps + 1 for distance in away.values()) <= READABLE and steps < max(away.values()):
        steps += 1
    causes, effects = ([node for node, distance in side.items() if distance <= steps] for side in (before, after))
    drawn = dict.fromkeys([*_among(edges, causes), *_among(edges, effects)])
    return _Subgraph(list(dict.fromkeys([*causes, *effects])), list(drawn), len(away))


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
