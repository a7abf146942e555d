"""How far dates reach, which stretches of time are shown, and where marks and lines of the scale stand."""

from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.explore.timeline import DAY, HOUR, Extent, Window, extent, stretch, zooms
from quizapp.core.explore.timeline_marks import MARGIN, MOST_LANES, Scale, ScaleDrawing, place, ticks
from quizapp.core.text.edtf import Precision


def minute(year: int, month: int, day: int, hour: int = 0, minutes: int = 0) -> int:
    return date(year, month, day).toordinal() * DAY + hour * HOUR + minutes


def of(*edtf: str) -> list[Extent]:
    return sorted((extent(each) for each in edtf), key=lambda each: each.order)


def years(first: int, last: int) -> Window:
    return Window(minute(first, 1, 1), minute(last, 1, 1), Precision.YEAR)


APRIL = Window(minute(1920, 4, 1), minute(1920, 5, 1), Precision.MONTH)
FOUR_MONTHS = Window(minute(1920, 1, 1), minute(1920, 5, 1), Precision.MONTH)
TWO_DAYS = Window(minute(1920, 4, 27), minute(1920, 4, 29), Precision.DAY)


# What a date may mean


@pytest.mark.parametrize(
    ("edtf", "start", "end", "lasting", "doubtful"),
    [
        ("1920", (1920, 1, 1), (1921, 1, 1), False, False),
        ("1920-02", (1920, 2, 1), (1920, 3, 1), False, False),
        ("1919-12", (1919, 12, 1), (1920, 1, 1), False, False),
        ("1919-22", (1919, 6, 1), (1919, 9, 1), False, False),
        ("1919-24", (1919, 12, 1), (1920, 3, 1), False, False),
        ("1920-04-27", (1920, 4, 27), (1920, 4, 28), False, False),
        ("1920-04-27T23:05", (1920, 4, 27, 23, 5), (1920, 4, 27, 23, 5), False, False),
        ("1920-01~", (1920, 1, 1), (1920, 2, 1), False, True),
        ("1920-01?/1920-03", (1920, 1, 1), (1920, 4, 1), True, True),
        ("1920-04-27/1920-04-28", (1920, 4, 27), (1920, 4, 29), True, False),
        ("1920-04-27T16:00/1920-04-27T23:00", (1920, 4, 27, 16), (1920, 4, 27, 23), True, False),
        ("1920-04/1920-04", (1920, 4, 1), (1920, 5, 1), False, False),
    ],
)
def test_a_date_reaches_as_far_as_it_is_known(
    edtf: str, start: tuple[int, ...], end: tuple[int, ...], lasting: bool, doubtful: bool
) -> None:
    assert extent(edtf) == Extent(minute(*start), minute(*end), lasting, doubtful)


@pytest.mark.parametrize("edtf", ["9999", "9999-12", "9999-24", "9999-12-31", "0001", "0000-21"])
def test_the_calendar_has_ends(edtf: str) -> None:
    found = extent(edtf)
    assert found.start <= found.end
    assert zooms([found])["whole"].title


def test_a_longer_stretch_stands_before_what_lies_inside_of_it() -> None:
    dates = ["1920-04-01", "1920", "1920-04-01T00:00", "1920-04", "1920-01-05"]
    ordered = sorted(dates, key=lambda each: extent(each).order)
    assert ordered == ["1920", "1920-01-05", "1920-04", "1920-04-01", "1920-04-01T00:00"]


def test_several_dates_are_read_from_the_first_day_to_the_last() -> None:
    assert stretch(of("1920-04-26", "1920-04-28T04:00")) == "26–28 April 1920"
    assert stretch(of("1920-04-28T04:00", "1920-04-28T16:00")) == "28 April 1920"


# The stretches of time that are shown

MONTHS = [f"1920-0{month}-{day}" for month in (1, 2, 3) for day in range(10, 20)]


@pytest.mark.parametrize(
    ("dates", "titles"),
    [
        ([], {}),
        (["1858-08-03"], {"whole": "August 1858"}),
        (["1858-08-03", "1858-08-03"], {"whole": "August 1858"}),
        (["1920"], {"whole": "January–December 1920"}),
        (["1858", "1901-05", "1901-06-01"], {"whole": "May–June 1901"}),
        (["1858", "1901"], {"whole": "1858–1901"}),
        (["1858-01-01", "1870-01-01", "1900-01-01"], {"whole": "1858–1900"}),
        (["1920-01-02", "1920-03-04", "1920-03-05"], {"whole": "January–March 1920", "month": "March 1920"}),
        ([*MONTHS, "1920-04-20", "1920", "1918/1920"], {"whole": "January–April 1920", "month": "January 1920"}),
        ([*MONTHS, "1700-01-01"], {"whole": "January–March 1920", "month": "January 1920"}),
        (
            [
                "1920-01-01",
                "1920-04-26T10:00",
                "1920-04-27T00:05",
                "1920-04-27T16:00",
                "1920-04-28T04:00",
                "1920-04-28",
            ],
            {"whole": "January–April 1920", "month": "April 1920", "hours": "27–28 April 1920"},
        ),
        (
            ["1920-04-27T00:05", "1920-04-27T16:00", "1920-04-28", "1920-01"],
            {"whole": "January–April 1920", "month": "April 1920", "hours": "27–28 April 1920"},
        ),
    ],
)
def test_the_views_are_found_from_the_dates_and_named_for_what_they_show(
    dates: list[str], titles: dict[str, str]
) -> None:
    assert {name: view.title for name, view in zooms(of(*dates)).items()} == titles


# Where the marks are


def draw(window: Window, *dates: str, width: float = 672, chars: int = 30) -> ScaleDrawing:
    return place(of(*dates), window, width=width, chars=chars)


def test_every_fact_is_drawn_or_stands_at_an_edge() -> None:
    dates = ["1919-22", "1920", "1920-03/1920-04-15", "1920-04", "1920-04-15", "1920-04-20/1920-05", "1920-05-01"]
    found = draw(APRIL, *dates)
    assert (found.before, found.wider, found.after) == ((0,), (1,), (6,))
    assert sorted(index for mark in found.marks for index in mark.facts) == [2, 3, 4, 5]


def test_what_goes_on_beyond_an_edge_says_so() -> None:
    early, late = draw(APRIL, "1920-03/1920-04-15", "1920-04-20/1920-05").marks
    assert (early.begun, early.goes_on, early.x0) == (True, False, MARGIN)
    assert (late.begun, late.goes_on, late.x1) == (False, True, 672 - MARGIN)


@pytest.mark.parametrize(
    ("window", "edtf", "point"),
    [
        (FOUR_MONTHS, "1920-04-27", True),
        (APRIL, "1920-04-27", True),
        (TWO_DAYS, "1920-04-27", False),
        (TWO_DAYS, "1920-04-27T16:00", True),
        (FOUR_MONTHS, "1920-04", False),
        (FOUR_MONTHS, "1920-04-27/1920-04-28", False),
    ],
)
def test_a_date_is_a_point_unless_it_may_mean_more_than_a_point_shows(window: Window, edtf: str, point: bool) -> None:
    (mark,) = draw(window, edtf).marks
    assert mark.is_point is point


def test_a_point_stands_in_the_middle_of_its_day() -> None:
    (mark,) = draw(APRIL, "1920-04-16").marks
    assert mark.x0 == pytest.approx(672 / 2 + (672 - 2 * MARGIN) / 60, abs=0.2)


def test_few_at_one_place_stand_one_by_one_and_many_become_one_mark() -> None:
    assert [len(mark.facts) for mark in draw(APRIL, *["1920-04-15"] * 3).marks] == [1, 1, 1]
    assert [len(mark.facts) for mark in draw(APRIL, *["1920-04-15"] * 4).marks] == [4]


def test_what_is_certain_what_is_doubtful_and_what_lasts_are_never_one_mark() -> None:
    dates = [each for each in ("1920-04", "1920-04~", "1920-04-01/1920-04-30") for _ in range(9)]
    found = draw(APRIL, *dates)
    assert [(len(mark.facts), mark.lasting, mark.doubtful) for mark in found.marks] == [
        (9, False, False),
        (9, False, True),
        (9, True, False),
    ]


edtf_dates = st.one_of(
    st.dates(date(1919, 10, 1), date(1920, 7, 31)).flatmap(
        lambda day: st.sampled_from([day.isoformat(), f"{day.isoformat()}T16:00", f"{day.isoformat()[:7]}~"])
    ),
    st.tuples(st.dates(date(1919, 10, 1), date(1920, 7, 31)), st.integers(1, 90)).map(
        lambda pair: f"{pair[0]}/{date.fromordinal(pair[0].toordinal() + pair[1])}"
    ),
)


@given(
    dates=st.lists(edtf_dates, min_size=1, max_size=120),
    window=st.sampled_from([APRIL, FOUR_MONTHS, TWO_DAYS]),
    size=st.sampled_from([(672.0, 30), (288.0, 22)]),
)
def test_no_two_marks_touch_and_none_leaves_the_drawing(
    dates: list[str], window: Window, size: tuple[float, int]
) -> None:
    found = draw(window, *dates, width=size[0], chars=size[1])
    assert found.lanes <= MOST_LANES
    for mark in found.marks:
        assert 0 <= mark.left <= mark.x0 <= mark.x1 <= mark.right <= size[0] + 0.2
        assert mark.left <= mark.glyph <= mark.right
        assert mark.chars >= 15
    for one, other in combinations(found.marks, 2):
        assert one.lane != other.lane or one.right < other.left or other.right < one.left
    shown = [index for mark in found.marks for index in mark.facts]
    assert sorted([*shown, *found.before, *found.after, *found.wider]) == list(range(len(dates)))


def test_thousands_of_facts_are_drawn_in_few_marks() -> None:
    dates = [date.fromordinal(date(1800, 1, 1).toordinal() + number * 17).isoformat() for number in range(4000)]
    extents = of(*dates)
    found = place(extents, zooms(extents)["whole"], width=672, chars=30)
    assert found.lanes <= MOST_LANES
    assert sum(len(mark.facts) for mark in found.marks) == 4000


# The scale


@given(st.lists(st.integers(FOUR_MONTHS.start - DAY, FOUR_MONTHS.end + DAY), min_size=2, max_size=50))
def test_later_is_never_further_left(minutes: list[int]) -> None:
    scale = Scale(FOUR_MONTHS, 672)
    places = [scale.x(each) for each in sorted(minutes)]
    assert places == sorted(places)
    assert places[0] >= MARGIN and places[-1] <= 672 - MARGIN


@pytest.mark.parametrize(
    ("window", "width", "labels"),
    [
        (FOUR_MONTHS, 672, ["Jan 1920", "Feb", "Mar", "Apr"]),
        (APRIL, 672, ["1 Apr", "6 Apr", "11 Apr", "16 Apr", "21 Apr", "26 Apr"]),
        (TWO_DAYS, 672, ["27 Apr", "06:00", "12:00", "18:00", "28 Apr", "06:00", "12:00", "18:00"]),
        (TWO_DAYS, 344, ["27 Apr", "12:00", "28 Apr", "12:00"]),
        (
            Window(minute(1919, 5, 1), minute(1920, 8, 1), Precision.MONTH),
            672,
            ["Jul", "Oct", "Jan 1920", "Apr", "Jul"],
        ),
        (years(1858, 1902), 672, ["1860", "1865", "1870", "1875", "1880", "1885", "1890", "1895", "1900"]),
        (years(1, 9999), 672, [str(year) for year in range(1000, 10_000, 1000)]),
    ],
)
def test_the_scale_has_as_many_lines_as_labels_have_room_for(window: Window, width: float, labels: list[str]) -> None:
    assert [tick.label for tick in ticks(Scale(window, width))] == labels


def test_a_larger_unit_begins_with_a_heavier_line() -> None:
    assert [tick.label for tick in ticks(Scale(TWO_DAYS, 672)) if tick.major] == ["27 Apr", "28 Apr"]


@given(st.integers(1, 9000), st.integers(1, 900), st.sampled_from([344, 672]))
def test_lines_of_the_scale_leave_room_for_their_labels(year: int, number: int, width: int) -> None:
    found = [tick.x for tick in ticks(Scale(years(year, year + number), width))]
    assert all(after - before >= 40 for before, after in pairwise(found))
