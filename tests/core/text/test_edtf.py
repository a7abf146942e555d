from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.text.edtf import PartialDate, Precision, display_date, parse_edtf
from quizapp.core.text.typed_dates import TypedDate, parse_date


@pytest.mark.parametrize(
    ("edtf", "start", "end"),
    [
        ("1920", PartialDate(1920), None),
        ("1919-22", PartialDate(1919, season=22), None),
        ("1920-03", PartialDate(1920, 3), None),
        ("1920-03~", PartialDate(1920, 3, qualifier="~"), None),
        ("1920?", PartialDate(1920, qualifier="?"), None),
        ("1920-04-27", PartialDate(1920, 4, 27), None),
        ("1920-04-27T00:05", PartialDate(1920, 4, 27, 0, 5), None),
        ("1920-04-27/1920-04-28", PartialDate(1920, 4, 27), PartialDate(1920, 4, 28)),
    ],
)
def test_parse_edtf(edtf: str, start: PartialDate, end: PartialDate | None) -> None:
    assert parse_edtf(edtf) == (start, end or start)


@pytest.mark.parametrize(
    "edtf",
    [
        "",
        "27 April 1920",
        "1920-4-27",
        "1920-13",
        "1920-02-30",
        "1920-04-27T24:00",
        "1920-04-28/1920-04-27",
        "1920/",
    ],
)
def test_parse_edtf_refuses(edtf: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_edtf(edtf)


@pytest.mark.parametrize(
    ("edtf", "precision"),
    [
        ("1920", Precision.YEAR),
        ("1919-22", Precision.YEAR),
        ("1920-03", Precision.MONTH),
        ("1920-04-27", Precision.DAY),
        ("1920-04-27T00:05", Precision.TIME),
    ],
)
def test_precision(edtf: str, precision: Precision) -> None:
    assert parse_edtf(edtf)[0].precision is precision


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("1919", "1920"),
        ("1919-21", "1919-22"),
        ("1919-22", "1919-12"),
        ("1920", "1920-01"),
        ("1920-04", "1920-04-01"),
        ("1920-04-27", "1920-04-27T00:05"),
        ("1920-04-27T23:00", "1920-04-28"),
    ],
)
def test_sort_key(earlier: str, later: str) -> None:
    assert parse_edtf(earlier)[0].sort_key < parse_edtf(later)[0].sort_key


@pytest.mark.parametrize(
    ("edtf", "shown"),
    [
        ("1920", "1920"),
        ("1919-22", "summer 1919"),
        ("1920-03", "March 1920"),
        ("1920-04-27", "27 April 1920"),
        ("1920-04-27T00:05", "27 April 1920, 00:05"),
        ("1920-03~", "about March 1920"),
        ("1920?", "possibly 1920"),
        ("1920-04-27/1920-04-27", "27 April 1920"),
        ("1920-04-27/1920-04-28", "27–28 April 1920"),
        ("1920-04-27/1920-05-03", "27 April – 3 May 1920"),
        ("1918-05-28/1920-04-28", "28 May 1918 – 28 April 1920"),
        ("1919-04-27/1920-04-27", "27 April 1919 – 27 April 1920"),
        ("1920-03/1920-04", "March–April 1920"),
        ("1919-21/1919-22", "spring–summer 1919"),
        ("1918/1920", "1918–1920"),
        ("1919-22/1920-04-28", "summer 1919 – 28 April 1920"),
        ("1920-04-27~/1920-04-28", "about 27 April 1920 – 28 April 1920"),
        ("1920-04-27T00:05/1920-04-27T23:00", "27 April 1920, 00:05–23:00"),
        ("1920-04-27T23:00/1920-04-28T04:00", "27 April 1920, 23:00 – 28 April 1920, 04:00"),
        ("1920-04-27T23:00/1920-04-28", "27 April 1920, 23:00 – 28 April 1920"),
    ],
)
def test_display_date(edtf: str, shown: str) -> None:
    assert display_date(edtf) == shown


def test_display_date_refuses_what_is_not_edtf() -> None:
    with pytest.raises(ValueError, match="27 April"):
        display_date("27 April 1920")


@given(st.datetimes(min_value=datetime(100, 1, 1)), st.sampled_from([4, 7, 10, 16]))
def test_what_is_displayed_can_be_typed(moment: datetime, length: int) -> None:
    edtf = moment.isoformat()[:length]
    point, _ = parse_edtf(edtf)
    assert parse_date(display_date(edtf)) == TypedDate(point.year, point.month, point.day, point.hour, point.minute)
