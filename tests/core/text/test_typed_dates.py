import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.text.typed_dates import DateOrder, TypedDate, parse_date, read_dates

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
        ("start of March 1920", TypedDate(1920, 3)),
        ("martın əvvəli", TypedDate(None, 3)),
        ("aprelin sonu", TypedDate(None, 4)),
        ("1920", TypedDate(1920)),
        ("about 1920", TypedDate(1920)),
        ("4 September 476", TypedDate(476, 9, 4)),
    ],
)
def test_dates(text: str, date: TypedDate) -> None:
    assert parse_date(text) == date


JANUARY_2 = TypedDate(None, 1, 2)
APRIL = TypedDate(None, 4)
SUMMER = TypedDate(1919, season=22)


@pytest.mark.parametrize(
    ("date", "texts"),
    [
        (
            APRIL_27,
            ["27.IV.1920", "27 IV 1920", "27/iv/1920", "27-IV-1920", "27.IV.1920 г.", "27 04 1920", "27-4-1920"],
        ),
        (
            NO_YEAR,
            ["27.4", "27.4.", "27 Apr", "27.IV", "27/IV", "27-е апреля", "27 числа апреля", "aprel ayının 27-də"],
        ),
        (
            TypedDate(1920, 4),
            ["IV.1920", "IV 1920", "1920-ci ilin aprelində", "к апрелю 1920", "April nineteen twenty"],
        ),
        (APRIL, ["aprel ayında", "апрелем", "к апрелю", "aprelə", "apreldən"]),
        (TypedDate(20, 4, 27), ["27 April 20", "27 April ’20", "27.04.20", "27.IV.20"]),
        (TypedDate(20, 4), ["April ’20"]),
    ],
)
def test_dates_in_figures_and_cases(date: TypedDate, texts: list[str]) -> None:
    assert {text: parse_date(text) for text in texts} == dict.fromkeys(texts, date)


@pytest.mark.parametrize(
    ("date", "texts"),
    [
        (JANUARY_2, ["the second of January", "January the second", "yanvarın ikisi", "ikinci yanvar", "второе января",
                     "второго января", "2-ое января", "2-ci yanvar", "yanvarın 2-sində"]),
        (NO_YEAR, ["twenty-seventh of April", "April twenty-seven", "iyirmi yeddi aprel", "aprelin iyirmi yeddisində",
                   "двадцать седьмое апреля", "двадцать седьмого апреля"]),
        (APRIL_27, ["27 April nineteen twenty", "двадцать седьмое апреля тысяча девятьсот двадцатого года"]),
        (TypedDate(None, 4, 15), ["on beş aprel", "aprelin on beşi", "the fifteenth of April", "пятнадцатое апреля"]),
        (TypedDate(None, 4, 10), ["on aprel", "aprelin onu"]),
        (TypedDate(None, 5, 5), ["mayın 5-i", "beşinci may", "the 5th day of May", "5 мая (по н. ст.)",
                                    "probably 5 May"]),
        (TypedDate(1920), ["nineteen twenty", "one thousand nine hundred and twenty", "min doqquz yüz iyirminci il",
                           "тысяча девятьсот двадцатый год", "nineteen hundred twenty"]),
    ],
)  # fmt: skip
def test_numbers_in_words(date: TypedDate, texts: list[str]) -> None:
    assert {text: parse_date(text) for text in texts} == dict.fromkeys(texts, date)


@pytest.mark.parametrize(
    ("date", "texts"),
    [
        (SUMMER, ["summer 1919", "in the summer of 1919", "летом 1919 года", "1919-cu ilin yayı", "yay 1919"]),
        (TypedDate(1919, season=23), ["fall 1919", "autumn, 1919", "осень 1919 г.", "1919-cu ilin payızında"]),
        (TypedDate(season=21), ["spring", "весной", "yazda"]),
        (TypedDate(1919, 7), ["summer 1919, July"]),
    ],
)
def test_seasons(date: TypedDate, texts: list[str]) -> None:
    assert {text: parse_date(text) for text in texts} == dict.fromkeys(texts, date)


@pytest.mark.parametrize(
    ("date", "texts"),
    [
        (TypedDate(1920), ["AD 1920", "1920 AD", "A.D. 1920", "1920 CE", "1920 C.E.", "1920 н. э.",
                           "1920 год нашей эры"]),
        (TypedDate(476), ["476 AD", "eramızın 476-cı ili"]),
        (TypedDate(79), ["AD 79", "79 CE"]),
        (None, ["44 BC", "44 B.C.", "44 BCE", "44 до н. э."]),
        (APRIL_27, ["27 April 1920 (new style)", "27 April 1920 N.S.", "27 April 1920 (NS)", "27 апреля 1920 (н. ст.)",
                    "27 апреля 1920 по новому стилю", "27 aprel 1920 (yeni üslubla)",
                    "27 April 1920, Gregorian calendar"]),
    ],
)  # fmt: skip
def test_eras_and_calendars(date: TypedDate | None, texts: list[str]) -> None:
    assert {text: parse_date(text) for text in texts} == dict.fromkeys(texts, date)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1/2/1920", ["1920-02-01", "1920-01-02"]),
        ("1-2-1920", ["1920-02-01", "1920-01-02"]),
        ("1.2.1920", ["1920-02-01"]),
        ("27/4/1920", ["1920-04-27"]),
        ("4/27/1920", ["1920-04-27"]),
        ("1920-02-01", ["1920-02-01"]),
        ("14 April 1920 (old style)", ["1920-04-14", "1920-04-27"]),
        ("25 октября 1917 (по старому стилю)", ["1917-10-25", "1917-11-07"]),
        ("14 April 1920 O.S.", ["1920-04-14", "1920-04-27"]),
        ("soon", []),
    ],
)
def test_all_dates_that_a_text_can_mean(text: str, days: list[str]) -> None:
    assert [f"{read.year}-{read.month:02}-{read.day:02}" for read in read_dates(text)] == days


def test_the_day_comes_first_where_that_is_known() -> None:
    assert read_dates("1/2/1920", order=DateOrder.DAY_FIRST) == [TypedDate(1920, 2, 1)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27 April 16", TypedDate(None, 4, 27, 16, 0)),
        ("April 27 16", TypedDate(None, 4, 27, 16, 0)),
        ("16, 27 April", TypedDate(None, 4, 27, 16, 0)),
        ("27 April 1920 16", TypedDate(1920, 4, 27, 16, 0)),
        ("27 апреля 16", TypedDate(None, 4, 27, 16, 0)),
        ("27/4 16", TypedDate(None, 4, 27, 16, 0)),
        ("27 IV 16", TypedDate(None, 4, 27, 16, 0)),
        ("27, 16:00", TypedDate(None, None, 27, 16, 0)),
        ("16 April", TypedDate(None, 4, 16)),
    ],
)
def test_a_figure_left_over_is_an_hour_where_a_time_is_asked(text: str, date: TypedDate) -> None:
    assert parse_date(text, clock=True) == date


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
        ("half past four in the afternoon", 16, 30),
        ("quarter past 11", 11, 15),
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
        ("27 апреля в 16", TypedDate(None, 4, 27, 16, 0)),
        ("at 4 on 27 April", TypedDate(None, 4, 27, 4, 0)),
        ("27 April at 23.00", TypedDate(None, 4, 27, 23, 0)),
        ("11.05 on 27 April", TypedDate(None, 4, 27, 11, 5)),
        ("в 4 часа утра 28 апреля", TypedDate(None, 4, 28, 4, 0)),
        ("28 aprel, səhər saat 4", TypedDate(None, 4, 28, 4, 0)),
        ("27.4. 16.00", TypedDate(None, 4, 27, 16, 0)),
        ("27 апреля 0 ч 05 мин", TypedDate(None, 4, 27, 0, 5)),
        ("27 апреля в 4 часа 5 минут дня", TypedDate(None, 4, 27, 16, 5)),
        ("27 aprel, 16 saat 5 dəqiqə", TypedDate(None, 4, 27, 16, 5)),
        ("27 April, 16 h 5 min", TypedDate(None, 4, 27, 16, 5)),
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
        "27-28 April",
        "27 и 28 апреля",
        "1920s",
        "5000 men",
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
