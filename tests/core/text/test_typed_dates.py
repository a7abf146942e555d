import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.text.typed_dates import TypedDate, parse_date

letters = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40)
APRIL_27 = TypedDate(1920, 4, 27)
NO_YEAR = TypedDate(None, 4, 27)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27 April 1920", APRIL_27),
        ("April 27, 1920", APRIL_27),
        ("the 27th of April, 1920", APRIL_27),
        ("Tuesday 27 April 1920", APRIL_27),
        ("morning of 27 April 1920", APRIL_27),
        ("27 Apr. 1920", APRIL_27),
        ("27 Apirl 1920", APRIL_27),
        ("27.04.1920", APRIL_27),
        ("27. 4. 1920", APRIL_27),
        ("27/4/1920", APRIL_27),
        ("4/27/1920", APRIL_27),
        ("27-04-1920", APRIL_27),
        ("1920-04-27", APRIL_27),
        ("27 aprel 1920-ci il", APRIL_27),
        ("1920-ci il aprelin 27-də", APRIL_27),
        ("27 апреля 1920 года", APRIL_27),
        ("27 АПРЕЛЯ 1920 г.", APRIL_27),
        ("27th of April", NO_YEAR),
        ("April 27", NO_YEAR),
        ("27.04", NO_YEAR),
        ("27/4", NO_YEAR),
        ("aprelin 27-si", NO_YEAR),
        ("27-го апреля", NO_YEAR),
        ("10/4/1920", TypedDate(1920, 4, 10)),
        ("27.04.20", TypedDate(20, 4, 27)),
        ("29 February", TypedDate(None, 2, 29)),
        ("7 мая", TypedDate(None, 5, 7)),
        ("çərşənbə, 28 aprel", TypedDate(None, 4, 28)),
        ("April 1920", TypedDate(1920, 4)),
        ("апрель 1920", TypedDate(1920, 4)),
        ("в апреле 1920", TypedDate(1920, 4)),
        ("1920-04", TypedDate(1920, 4)),
        ("04.1920", TypedDate(1920, 4)),
        ("early March 1920", TypedDate(1920, 3)),
        ("Sept 1919", TypedDate(1919, 9)),
        ("April", TypedDate(None, 4)),
        ("in May", TypedDate(None, 5)),
        ("1920", TypedDate(1920)),
        ("about 1920", TypedDate(1920)),
        ("4 September 476", TypedDate(476, 9, 4)),
    ],
)
def test_dates(text: str, date: TypedDate) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("00:05", 0, 5),
        ("0.05", 0, 5),
        ("12:05 am", 0, 5),
        ("12.05 a.m.", 0, 5),
        ("five minutes past midnight", 0, 5),
        ("23.00", 23, 0),
        ("23:00", 23, 0),
        ("23h", 23, 0),
        ("23h30", 23, 30),
        ("11 pm", 23, 0),
        ("11pm", 23, 0),
        ("11 p.m.", 23, 0),
        ("eleven at night", 23, 0),
        ("11 o'clock in the evening", 23, 0),
        ("11 часов вечера", 23, 0),
        ("saat 23:00", 23, 0),
        ("axşam saat 11-də", 23, 0),
        ("16:00", 16, 0),
        ("4 in the afternoon", 16, 0),
        ("4 a.m.", 4, 0),
        ("four o’clock in the morning", 4, 0),
        ("4 часа утра", 4, 0),
        ("səhər saat 4", 4, 0),
        ("2 at night", 2, 0),
        ("4 o'clock", 4, 0),
        ("11 o'clock", 11, 0),
        ("12 am", 0, 0),
        ("12 pm", 12, 0),
        ("midnight", 0, 0),
        ("24:00", 0, 0),
        ("полночь", 0, 0),
        ("noon", 12, 0),
        ("günorta", 12, 0),
    ],
)
def test_times(text: str, hour: int, minute: int) -> None:
    assert parse_date(text) == TypedDate(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27 April 1920, 16:00", TypedDate(1920, 4, 27, 16, 0)),
        ("16:00, 27 April 1920", TypedDate(1920, 4, 27, 16, 0)),
        ("27.04.1920 16.05", TypedDate(1920, 4, 27, 16, 5)),
        ("16.05 27.04.1920", TypedDate(1920, 4, 27, 16, 5)),
        ("1920-04-27T16:00", TypedDate(1920, 4, 27, 16, 0)),
        ("at 4 pm on 27 April", TypedDate(None, 4, 27, 16, 0)),
        ("at 4 on 27 April", TypedDate(None, 4, 27, 4, 0)),
        ("27 April at 23.00", TypedDate(None, 4, 27, 23, 0)),
        ("11.05 on 27 April", TypedDate(None, 4, 27, 11, 5)),
        ("в 4 часа утра 28 апреля", TypedDate(None, 4, 28, 4, 0)),
        ("28 aprel, səhər saat 4", TypedDate(None, 4, 28, 4, 0)),
    ],
)
def test_a_date_with_a_time_in_either_order(text: str, date: TypedDate) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "as_day", "as_time"),
    [
        ("11", TypedDate(day=11), TypedDate(hour=11, minute=0)),
        ("16.05", TypedDate(month=5, day=16), TypedDate(hour=16, minute=5)),
        ("27.04", NO_YEAR, NO_YEAR),
    ],
)
def test_what_can_be_either_is_a_time_where_a_time_is_asked(text: str, as_day: TypedDate, as_time: TypedDate) -> None:
    assert (parse_date(text), parse_date(text, clock=True)) == (as_day, as_time)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Monday",
        "no idea",
        "Juny",
        "31 February",
        "29 February 1919",
        "30.13.1920",
        "31.4.1920",
        "27 or 28 April",
        "27–28 April 1920",
        "not 27 April",
        "1919 1920",
        "25:00",
        "13 am",
        "12:60",
        "4 am pm",
        "12345",
    ],
)
def test_unreadable_dates(text: str) -> None:
    assert parse_date(text) is None


def test_only_the_languages_given_are_read() -> None:
    assert parse_date("27 апреля", languages=("en",)) is None


@given(letters, st.booleans())
def test_reading_a_date_never_fails(text: str, clock: bool) -> None:
    parse_date(text, clock=clock)


date_like = st.lists(
    st.sampled_from(["27", "4", "1920", "April", "am", "pm", "at", ".", ":", "/", "-", " ", "of", "night", "00"])
)


@given(date_like.map("".join), st.booleans())
def test_reading_what_looks_like_a_date_never_fails(text: str, clock: bool) -> None:
    parse_date(text, clock=clock)
