"""Laying out a graph of causes: layers, order, places and lines."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.explore.causes import (
    CauseDrawing,
    backward,
    causes_of,
    components,
    distances,
    draw,
    effects_of,
    layers,
    longest_chain,
)

BOX = (158.0, 108.0)
DIAMOND = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]


def edges(text: str) -> list[tuple[str, str]]:
    """ "ab bc" is a to b and b to c."""
    return [(pair[0], pair[1]) for pair in text.split()]


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("ab bc", {"a": 0, "b": 1, "c": 2}),
        ("ab bd ad", {"a": 0, "b": 1, "d": 2}),
        ("ab bc cd xd", {"a": 0, "b": 1, "c": 2, "d": 3, "x": 2}),
        ("ab xb bc", {"a": 0, "x": 0, "b": 1, "c": 2}),
    ],
)
def test_an_effect_stands_below_all_its_causes_and_a_first_cause_right_above_its_effect(
    text: str, ranks: dict[str, int]
) -> None:
    assert layers(edges(text)) == ranks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ab bc", set()),
        ("ab ba", {("b", "a")}),
        ("ab bc ca cd", {("c", "a")}),
        ("ab bd ac cd", set()),
        ("ab bc cb ca", {("c", "b"), ("c", "a")}),
    ],
)
def test_what_closes_a_circle_is_found(text: str, found: set[tuple[str, str]]) -> None:
    assert backward(edges(text)) == found


def test_a_circle_is_no_order_of_layers() -> None:
    with pytest.raises(ValueError, match="circle"):
        layers(edges("ab ba"))


@pytest.mark.parametrize(
    ("text", "groups"),
    [("", []), ("ab bc", ["abc"]), ("ab xy yz zw", ["xyzw", "ab"]), ("ab cb", ["abc"])],
)
def test_what_hangs_together_is_a_group_and_the_largest_comes_first(text: str, groups: list[str]) -> None:
    assert ["".join(group) for group in components(edges(text))] == groups


def test_distances_go_one_way_only() -> None:
    found = edges("ab bc cd xc")
    assert distances("b", effects_of(found)) == {"b": 0, "c": 1, "d": 2}
    assert distances("c", causes_of(found)) == {"c": 0, "b": 1, "x": 1, "a": 2}


@pytest.mark.parametrize(
    ("text", "end", "chain"),
    [
        ("ab bd ad", None, "abd"),
        ("ab bc xc cd", None, "abcd"),
        ("ab bc cz xy yz", "z", "abcz"),
        ("ab bc cd xy", "y", "xy"),
        ("ab bc xy", "no-such", "abc"),
        ("ac bc", None, "ac"),
        ("", None, ""),
    ],
)
def test_the_longest_chain_leads_to_the_end(text: str, end: str | None, chain: str) -> None:
    assert "".join(longest_chain(edges(text), end)) == chain


def test_a_diamond_is_drawn_without_a_crossing() -> None:
    picture = draw(DIAMOND, box=BOX)
    places = {box.key: (box.layer, box.x) for box in picture.boxes}
    assert [places[key][0] for key in "abcd"] == [0, 1, 1, 2]
    assert places["a"][1] == pytest.approx(places["d"][1], abs=1)
    assert picture.width == pytest.approx(2 * 158 + 12 + 12, abs=1)


def test_crossed_lines_are_untangled() -> None:
    picture = draw(edges("ax bw cv ay by cw"), box=BOX)
    assert crossed(picture) == 0


def test_a_line_that_ran_in_a_circle_is_drawn_upside_down() -> None:
    picture = draw(edges("ab bc ca"), box=BOX)
    assert [(line.source, line.target) for line in picture.lines if line.against] == [("c", "a")]
    tops = {box.key: box.y for box in picture.boxes}
    assert tops["a"] < tops["b"] < tops["c"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([], box=BOX).boxes == ()


def crossed(picture: CauseDrawing) -> int:
    """Pairs of lines whose order at one end of a gap is not that at the other."""
    pieces = [piece for line in picture.lines for piece in pairwise(line.points)]
    return sum(
        1
        for one, other in combinations(pieces, 2)
        if one[0][1] == other[0][1]
        and one[1][1] == other[1][1]
        and (one[0][0] - other[0][0]) * (one[1][0] - other[1][0]) < 0
    )


graphs = st.lists(st.tuples(*[st.sampled_from([f"n{number}" for number in range(16)])] * 2), max_size=40)


@given(graphs)
def test_every_picture_can_be_read(found: list[tuple[str, str]]) -> None:
    picture = draw(found, box=BOX)
    boxes = {box.key: box for box in picture.boxes}
    real = {edge for edge in found if edge[0] != edge[1]}
    assert boxes.keys() == {node for edge in real for node in edge}
    assert {(line.source, line.target) for line in picture.lines} <= real
    for one, other in combinations(picture.boxes, 2):
        assert one.y != other.y or abs(one.x - other.x) >= BOX[0] + 11.8, "two boxes touch"
    for box in picture.boxes:
        assert 0 <= box.x <= picture.width - BOX[0] and 0 <= box.y <= picture.height - BOX[1]
    for line in picture.lines:
        upper, lower = (line.target, line.source) if line.against else (line.source, line.target)
        assert boxes[upper].layer < boxes[lower].layer
        (start_x, start_y), (end_x, end_y) = line.points[0], line.points[-1]
        assert start_y == pytest.approx(boxes[upper].y + BOX[1]) and end_y == pytest.approx(boxes[lower].y)
        assert boxes[upper].x <= start_x <= boxes[upper].x + BOX[0]
        assert boxes[lower].x <= end_x <= boxes[lower].x + BOX[0]
        for x, y in line.points[1:-1]:
            assert not any(box.x < x < box.x + BOX[0] and box.y <= y <= box.y + BOX[1] for box in picture.boxes)


@given(graphs)
def test_without_what_closes_circles_every_edge_leads_down(found: list[tuple[str, str]]) -> None:
    turned = backward(found)
    down = [edge for edge in found if edge not in turned]
    ranks = layers(down)
    assert all(ranks[cause] < ranks[effect] for cause, effect in down)


def test_the_same_graph_is_always_drawn_alike() -> None:
    found = edges("ab ac bd cd de ce xe")
    assert draw(found, box=BOX) == draw(list(found), box=BOX)


def test_a_chain_of_thousands_is_laid_out() -> None:
    found = [(str(number), str(number + 1)) for number in range(3000)]
    assert len(longest_chain(found)) == 3001
    assert backward(found) == set()
