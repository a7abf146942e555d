"""A graph of causes drawn in layers, causes above effects (Sugiyama, Tagawa, Toda 1981).

Nodes are keys; an edge leads from a cause to its effect. Coordinates are in CSS pixels, x from the left and y from the
top. The drawing depends only on the order in which nodes and edges are given.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Edge = tuple[str, str]

GAP = 12.0  # between neighbours in a layer
ROW_GAP = 44.0  # between layers
LANE = 14.0  # the width of a line that passes a layer
MARGIN = 6.0
SWEEPS = 8  # down and up, for both order and positions


@dataclass(frozen=True, slots=True)
class FactBox:
    """The top left corner of a node."""

    key: str
    layer: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class CauseLine:
    """An edge as points to connect from top to bottom: straight through a layer, curved between two.

    An edge is `against` the direction if it closes a cycle; it is drawn upside down.
    """

    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    against: bool = False


@dataclass(frozen=True, slots=True)
class CauseDrawing:
    """A finished layout; every box has the size `box` (width, height)."""

    width: float
    height: float
    box: tuple[float, float]
    boxes: tuple[FactBox, ...]
    lines: tuple[CauseLine, ...]


def components(edges: Sequence[Edge]) -> list[list[str]]:
    """Return the nodes with edges as connected components, the largest first."""
    near: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    place = {node: number for number, node in enumerate(near)}
    seen: set[str] = set()
    found = []
    for node in near:
        if node not in seen:
            group = distances(node, near)
            seen |= group.keys()
            found.append(sorted(group, key=place.__getitem__))
    return sorted(found, key=lambda group: -len(group))


def distances(node: str, near: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return the number of steps to each reachable node, the nearest first."""
    steps = {node: 0}
    ahead = deque([node])
    while ahead:
        here = ahead.popleft()
        for other in near.get(here, ()):
            if other not in steps:
                steps[other] = steps[here] + 1
                ahead.append(other)
    return steps


def effects_of(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """Return the effects of each node."""
    effects: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        effects[source].append(target)
    return effects


def causes_of(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """Return the causes of each node."""
    return effects_of((target, source) for source, target in edges)


def backward(edges: Sequence[Edge]) -> set[Edge]:
    """Return the edges that close a cycle, found by depth-first search in the given order.

    Without these edges there are no cycles.
    """
    effects = effects_of(edges)
    found: set[Edge] = set()
    done: set[str] = set()
    for root in list(effects):
        path = {root: iter(effects[root])} if root not in done else {}
        while path:
            node, ahead = next(reversed(path.items()))
            target = next(ahead, None)
            if target is None:
                done.add(node)
                del path[node]
            elif target in path:
                found.add((node, target))
            elif target not in done:
                path[target] = iter(effects.get(target, ()))
    return found


def layers(edges: Sequence[Edge]) -> dict[str, int]:
    """Return the layer of each node, from 0. The edges must not contain cycles.

    A node is below all of its causes by the longest path; a node without causes is just above its first effect.
    """
    causes, effects = causes_of(edges), effects_of(edges)
    layer: dict[str, int] = {}
    order = _causes_first(edges)
    for node in order:
        layer[node] = max((layer[cause] + 1 for cause in causes.get(node, ())), default=0)
    for node in order:
        if node not in causes:
            layer[node] = min(layer[effect] for effect in effects[node]) - 1
    return layer


def longest_chain(edges: Sequence[Edge], end: str | None = None) -> list[str]:
    """Return the longest chain from cause to effect, or the first of several.

    If `end` is one of the nodes, the chain leads to it. The edges must not contain cycles.
    """
    causes = causes_of(edges)
    length: dict[str, int] = {}
    best: dict[str, str] = {}
    for node in _causes_first(edges):
        for cause in causes.get(node, ()):
            if length[cause] > length.get(best.get(node, ""), -1):
                best[node] = cause
        length[node] = length[best[node]] + 1 if node in best else 0
    last = end if end in length else max(length, key=length.__getitem__, default=None)
    chain = []
    while last is not None:
        chain.append(last)
        last = best.get(last)
    return chain[::-1]


def draw(edges: Sequence[Edge], *, box: tuple[float, float]) -> CauseDrawing:
    """Return a layout of the nodes of these edges, in which no boxes overlap and no line runs behind a box."""
    turned = backward(edges)
    down = list(dict.fromkeys((b, a) if (a, b) in turned else (a, b) for a, b in edges if a != b))
    ranks = layers(down)
    rows, routes = _rows(down, ranks)
    _order(rows, routes)
    places = _places(rows, routes, box[0])
    left = min((place - _width(node, box[0]) / 2 for node, place in places.items()), default=0) - MARGIN
    height = box[1] + ROW_GAP
    boxes = [
        FactBox(node, rank, round(places[node] - left - box[0] / 2, 1), MARGIN + rank * height)
        for node, rank in ranks.items()
    ]
    right = max((place + _width(node, box[0]) / 2 for node, place in places.items()), default=0)
    centres = {node: place - left for node, place in places.items()}
    return CauseDrawing(
        width=round(right - left + MARGIN, 1),
        height=len(rows) * height - ROW_GAP + 2 * MARGIN if rows else 0,
        box=box,
        boxes=tuple(boxes),
        lines=tuple(_lines(routes, ranks, centres, box, turned)),
    )


# A node that is a pair (edge, layer) instead of a key is a point where an edge passes a layer.
_Node = str | tuple[Edge, int]


def _causes_first(edges: Sequence[Edge]) -> list[str]:
    """Return the nodes, each after all of its causes (Kahn 1962). The edges must not contain cycles."""
    effects = effects_of(edges)
    waiting = {node: 0 for edge in edges for node in edge}
    for _, target in edges:
        waiting[target] += 1
    order = [node for node, causes in waiting.items() if not causes]
    for node in order:
        for effect in effects.get(node, ()):
            waiting[effect] -= 1
            if not waiting[effect]:
                order.append(effect)
    if len(order) < len(waiting):
        raise ValueError("the edges run in a circle")
    return order


def _rows(edges: Sequence[Edge], ranks: Mapping[str, int]) -> tuple[list[list[_Node]], dict[Edge, list[_Node]]]:
    """Return the layers with all their nodes and passing edges, and the stations of each edge."""
    rows: list[list[_Node]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for node, rank in ranks.items():
        rows[rank].append(node)
    routes: dict[Edge, list[_Node]] = {}
    for edge in edges:
        source, target = edge
        passed: list[_Node] = [(edge, rank) for rank in range(ranks[source] + 1, ranks[target])]
        for rank, station in enumerate(passed, start=ranks[source] + 1):
            rows[rank].append(station)
        routes[edge] = [source, *passed, target]
    return rows, routes


def _neighbours(routes: Mapping[Edge, list[_Node]]) -> tuple[dict[_Node, list[_Node]], dict[_Node, list[_Node]]]:
    """Return the stations above and below each station."""
    above: dict[_Node, list[_Node]] = defaultdict(list)
    below: dict[_Node, list[_Node]] = defaultdict(list)
    for stations in routes.values():
        for upper, lower in pairwise(stations):
            above[lower].append(upper)
            below[upper].append(lower)
    return above, below


def _order(rows: list[list[_Node]], routes: Mapping[Edge, list[_Node]]) -> None:
    """Sort each row by the barycentres of its neighbours, down and up in turn; the order with fewest crossings wins."""
    above, below = _neighbours(routes)
    best, fewest = [list(row) for row in rows], crossings(rows, below)
    for sweep in range(2 * SWEEPS):
        if not fewest:
            break
        near = above if sweep % 2 == 0 else below
        for index in range(len(rows)) if near is above else reversed(range(len(rows))):
            beside = index - 1 if near is above else index + 1
            places = {node: place for place, node in enumerate(rows[beside])} if 0 <= beside < len(rows) else {}
            rows[index] = _by_barycentre(rows[index], near, places)
        if (crossed := crossings(rows, below)) < fewest:
            best, fewest = [list(row) for row in rows], crossed
    rows[:] = best


def _by_barycentre(
    row: Sequence[_Node], near: Mapping[_Node, Sequence[_Node]], places: Mapping[_Node, int]
) -> list[_Node]:
    """Return the row sorted by the mean position of each node's neighbours; nodes without any keep their position."""
    weight = {
        node: sum(places[other] for other in near[node]) / len(near[node]) if near.get(node) and places else own
        for own, node in enumerate(row)
    }
    return sorted(row, key=lambda node: weight[node])


def crossings(rows: Sequence[Sequence[_Node]], below: Mapping[_Node, Sequence[_Node]]) -> int:
    """Return how many pairs of lines cross between the rows."""
    crossed = 0
    for upper, lower in pairwise(rows):
        places = {node: place for place, node in enumerate(lower)}
        seen: list[int] = [0] * (len(lower) + 1)  # a Fenwick tree of the ends so far
        met = 0
        for node in upper:
            ends = sorted(places[other] for other in below.get(node, ()))
            crossed += sum(met - _up_to(seen, end + 1) for end in ends)
            for end in ends:
                _add(seen, end + 1)
            met += len(ends)
    return crossed


def _up_to(tree: Sequence[int], index: int) -> int:
    total = 0
    while index > 0:
        total, index = total + tree[index], index - (index & -index)
    return total


def _add(tree: list[int], index: int) -> None:
    while index < len(tree):
        tree[index], index = tree[index] + 1, index + (index & -index)


def _width(node: _Node, box_width: float) -> float:
    return box_width if isinstance(node, str) else LANE


def _places(
    rows: Sequence[Sequence[_Node]], routes: Mapping[Edge, list[_Node]], box_width: float
) -> dict[_Node, float]:
    """Return the centre (x) of each station: in order, without overlap, and as close to its neighbours as possible."""
    above, below = _neighbours(routes)
    places: dict[_Node, float] = {}
    for row in rows:
        places |= _apart(row, dict.fromkeys(row, 0.0), box_width)
    for sweep in range(2 * SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if near is above else reversed(rows):
            wanted = {
                node: sum(places[other] for other in near[node]) / len(near[node]) if near.get(node) else places[node]
                for node in row
            }
            places |= _apart(row, wanted, box_width)
    return places


@dataclass(slots=True)
class _Cluster:
    """Adjacent nodes without space between them, and the position of the first that suits them best on average."""

    wanted: float
    nodes: list[_Node] = field(default_factory=list)


def _apart(row: Sequence[_Node], wanted: Mapping[_Node, float], box_width: float) -> dict[_Node, float]:
    """Return the positions closest to those wanted (least squares) that keep order and gaps.

    Neighbours are pooled, as in isotonic regression.
    """
    offset, offsets = 0.0, {}
    for previous, node in zip([None, *row], row, strict=False):
        if previous is not None:
            offset += (_width(previous, box_width) + _width(node, box_width)) / 2 + GAP
        offsets[node] = offset
    clusters: list[_Cluster] = []
    for node in row:
        cluster = _Cluster(wanted[node] - offsets[node], [node])
        while clusters and clusters[-1].wanted >= cluster.wanted:
            last = clusters.pop()
            total = len(last.nodes) + len(cluster.nodes)
            mean = (last.wanted * len(last.nodes) + cluster.wanted * len(cluster.nodes)) / total
            cluster = _Cluster(mean, last.nodes + cluster.nodes)
        clusters.append(cluster)
    return {node: cluster.wanted + offsets[node] for cluster in clusters for node in cluster.nodes}


def _lines(
    routes: Mapping[Edge, list[_Node]],
    ranks: Mapping[str, int],
    centres: Mapping[_Node, float],
    box: tuple[float, float],
    turned: Collection[Edge],
) -> Iterable[CauseLine]:
    starts = _ports(routes, centres, box[0], leaving=True)
    ends = _ports(routes, centres, box[0], leaving=False)
    for edge, stations in routes.items():
        source, target = edge
        tops = [MARGIN + rank * (box[1] + ROW_GAP) for rank in range(ranks[source], ranks[target] + 1)]
        points = [(starts[edge], tops[0] + box[1])]
        for station, top in zip(stations[1:-1], tops[1:], strict=False):
            points += [(round(centres[station], 1), top), (round(centres[station], 1), top + box[1])]
        points.append((ends[edge], tops[-1]))
        against = (target, source) in turned
        yield CauseLine(*((target, source) if against else edge), tuple(points), against)


def _ports(
    routes: Mapping[Edge, list[_Node]], centres: Mapping[_Node, float], box_width: float, *, leaving: bool
) -> dict[Edge, float]:
    """Return the x at which each edge leaves or reaches its node, sorted by where the edges go to or come from."""
    at: dict[_Node, list[Edge]] = defaultdict(list)
    for edge, stations in routes.items():
        at[stations[0 if leaving else -1]].append(edge)
    ports = {}
    for node, edges in at.items():
        edges.sort(key=lambda edge: centres[routes[edge][1 if leaving else -2]])
        pitch = min(18.0, box_width * 0.8 / len(edges))
        for number, edge in enumerate(edges):
            ports[edge] = round(centres[node] + (number - (len(edges) - 1) / 2) * pitch, 1)
    return ports
