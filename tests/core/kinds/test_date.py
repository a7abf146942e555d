"""Dates, typed and compared as finely as they are asked."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from questions import describe, grade, preview, question, read

from quizapp.core.kinds.base import Stage, Verdict
from quizapp.core.kinds.date import DateNote
from quizapp.core.kinds.reading import UnreadableResponse

DAY = question("date", answer="1920-04-27", precision="day")
SPEKE = question("date", answer="1858-08-03", precision="day")


def date(answer: str, precision: str, *accept: str, prompt: str = "Which?") -> Any:
    return question("date", answer=answer, precision=precision, accept=list(accept), prompt=prompt)


@pytest.mark.parametrize(
    ("text", "verdict"), [("27 April", Verdict.RIGHT), ("28 May 1918", Verdict.WRONG), ("", Verdict.UNANSWERED)]
)
def test_it_works(text: str, verdict: Verdict) -> None:
    found = grade(DAY, text=text)
    assert (found.verdict, found.correct, found.key) == (verdict, verdict is Verdict.RIGHT, "27 April 1920")
    assert found.fraction == float(found.correct)


@pytest.mark.parametrize(
    ("answer", "precision", "text"),
    [
        ("1920", "year", "1920"),
        ("1920", "year", "April 1920"),
        ("1920-04-27", "year", "27 April 1920"),
        ("1920-04", "month", "April 1920"),
        ("1920-04", "month", "22 April 1920"),
        ("1920-04-27", "month", "April 1920"),
        ("1919", "year", "summer 1919"),
        ("1919", "year", "летом 1919 года"),
        ("1919-07", "year", "summer 1919"),
        ("0014", "year", "14"),
        ("0079", "year", "AD 79"),
        ("1920-01-02", "day", "the second of January"),
        ("1920-01-02", "day", "2/1/1920"),
        ("1920-01-02", "day", "1/2/1920"),
        ("1920-01-02", "day", "1/2"),
        ("1920-04-27", "day", "27.IV.1920"),
        ("1920-04-27", "day", "27 April 1920 (new style)"),
        ("1920-04-27", "day", "14 April 1920 (old style)"),
        ("1917-10-25", "day", "25 October 1917, O.S."),
        ("1920-04-27", "day", "27 April AD 1920"),
        ("1920-04-27T16:00", "time", "27 April 16"),
        ("1920-04-27", "month", "27 April 1920"),
        ("1920-04-27", "day", "27 April"),
        ("1920-04-27", "day", "27 aprel 1920-ci il"),
        ("1920-04-27", "day", "27.04.20"),
        ("1920-04-27", "day", "27 April 1920, 16:00"),
        ("1920-04-27T16:00", "day", "27 April, 4 pm"),
        ("1920-04-27T00:05", "time", "00.05"),
        ("1920-04-27T16:00", "time", "4 p.m."),
        ("1920-04-27T16:05", "time", "16.05"),
        ("1920-04-27T23:00", "time", "23.00"),
        ("1920-04-27T23:00", "time", "11 pm on 27 April 1920"),
        ("1920-04-28T04:00", "time", "four o'clock in the morning"),
        ("1920-04-28T04:00", "time", "4"),
        ("1920-04-27T00:00", "time", "midnight"),
    ],
)
def test_a_date_right_as_finely_as_asked(answer: str, precision: str, text: str) -> None:
    found = grade(date(answer, precision), text=text)
    assert (found.verdict, found.fraction, found.note) == (Verdict.RIGHT, 1.0, None)


@pytest.mark.parametrize(
    ("answer", "precision", "text", "note"),
    [
        ("1920-04-27", "day", "28 April 1920", DateNote.DAY),
        ("1920-04-27", "day", "28 April", DateNote.DAY),
        ("1920-04-27", "day", "27 April 1918", DateNote.YEAR),
        ("1920-04-27", "month", "28 April 1920", DateNote.DAY),
        ("1920-04-27", "year", "May 1920", DateNote.MONTH),
        ("1920-04-27T16:00", "day", "27 April, 5 pm", DateNote.TIME),
        ("1920-04-27T16:00", "time", "4:00", DateNote.HALF_DAY),
        ("1920-04-27T23:00", "time", "11 o'clock", DateNote.HALF_DAY),
        ("1920-04-27T23:00", "time", "28 April, 23:00", DateNote.DAY),
        ("1919-07", "year", "winter 1919", DateNote.MONTH),
        ("1920-04", "month", "April", DateNote.MISSING),
        ("1920-04", "month", "1920", DateNote.MISSING),
        ("1920-04", "month", "spring 1920", DateNote.MISSING),
        ("1920-04-27", "day", "April 1920", DateNote.MISSING),
        ("1920-04-27", "day", "27", DateNote.MISSING),
    ],
)
def test_a_close_date_is_not_correct(answer: str, precision: str, text: str, note: DateNote) -> None:
    found = grade(date(answer, precision), text=text)
    assert (found.verdict, found.fraction, found.correct) == (Verdict.CLOSE, 0.0, False)
    assert found.note == note


@pytest.mark.parametrize(
    ("answer", "precision", "text", "note"),
    [
        ("1920", "year", "1919", DateNote.YEAR),
        ("1920", "year", "April", DateNote.MISSING),
        ("1920-04", "month", "May 1920", DateNote.MONTH),
        ("1920-04", "month", "April 1919", DateNote.YEAR),
        ("1920-04", "month", "May", DateNote.MONTH),
        ("1920-04-27", "day", "27 May 1920", DateNote.MONTH),
        ("1920-04-27", "day", "28 April 1919", DateNote.YEAR),
        ("1920-04-27", "day", "1920", DateNote.MISSING),
        ("1920-01-02", "day", "1.2.1920", DateNote.MONTH),
        ("1920-04-27", "day", "27.04.18", None),
        ("1920-04-27T16:00", "time", "16:30", DateNote.TIME),
        ("1920-04-27T16:00", "time", "27 April", DateNote.MISSING),
        ("1920-04-27T16:00", "time", "28 April, 4 am", DateNote.DAY),
        ("1920-04-27", "day", "the day after", DateNote.UNREADABLE),
        ("1920-04-27", "day", "27–28 April", DateNote.UNREADABLE),
    ],
)
def test_a_wrong_date_says_what_is_wrong(answer: str, precision: str, text: str, note: DateNote | None) -> None:
    found = grade(date(answer, precision), text=text)
    assert (found.correct, found.fraction) == (False, 0.0)
    if note:
        assert (found.verdict, found.note) == (Verdict.WRONG, note)


WHEN, MONTH = "When did the train cross the bridge?", "In which month did the train cross the bridge?"
DAY_AND_HOUR = "On which day, and at what hour, did the train cross the bridge?"


@pytest.mark.parametrize(
    ("prompt", "precision", "text", "missing"),
    [
        ("In which month of which year did it fall?", "month", "April", ["year"]),
        ("In which month of which year did it fall?", "month", "1920", ["month"]),
        ("In which month of which year did it fall?", "month", "April 1920", []),
        ("Give the month and year.", "month", "April", ["year"]),
        (WHEN, "month", "April", ["year"]),
        (MONTH, "month", "April", []),
        ("In which month of 1920 did it fall?", "month", "April", []),
        ("When in 1920 did it fall?", "month", "April", []),
        ("1920-ci ilin hansı ayında?", "month", "aprel", []),
        ("Hansı ilin hansı ayında?", "month", "aprel", ["year"]),
        ("В каком месяце какого года?", "month", "апрель", ["year"]),
        ("В каком месяце 1920 года?", "month", "апрель", []),
        (WHEN, "day", "27 April", ["year"]),
        (WHEN, "day", "27 April 1920", []),
        ("Когда поезд перешёл мост?", "day", "27 апреля", ["year"]),
        ("Qatar körpünü nə vaxt keçdi?", "day", "27 aprel", ["year"]),
        ("When in 1920 did it fall?", "day", "27 April", []),
        ("On which day did it fall?", "day", "27 April", []),
        ("Which day of April 1920 was it?", "day", "27", []),
        ("Give the day, month and year.", "day", "27 April", ["year"]),
        (DAY_AND_HOUR, "time", "16:00", ["month", "day"]),
        (DAY_AND_HOUR, "time", "27 April", ["time"]),
        (DAY_AND_HOUR, "time", "27 April 16", []),
        ("At what hour of which day of April 1920?", "time", "16:00", ["day"]),
        (WHEN, "time", "16:00", ["month", "day"]),
        ("At what time of day did it fall?", "time", "16:00", []),
        ("At what hour of 27 April did it fall?", "time", "16:00", []),
        ("27 April 1920: when did it fall?", "time", "16:00", []),
        ("В какой день и в котором часу?", "time", "16:00", ["month", "day"]),
        ("Hansı gün və saat neçədə?", "time", "16:00", ["month", "day"]),
        ("Saat neçədə?", "time", "16:00", []),
    ],
)
def test_everything_that_the_prompt_asks_for_must_be_there(
    prompt: str, precision: str, text: str, missing: list[str]
) -> None:
    found = grade(date("1920-04-27T16:00", precision, prompt=prompt), text=text)
    assert [part.label for part in found.parts if part.verdict is Verdict.UNANSWERED] == missing
    assert found.verdict is (Verdict.CLOSE if missing else Verdict.RIGHT)


def test_the_field_asks_for_day_and_time_where_both_are_needed() -> None:
    asked = {prompt: date("1920-04-27T16:00", "time", prompt=prompt) for prompt in (DAY_AND_HOUR, "At what hour?")}
    assert [one.needs_day_and_time for one in asked.values()] == [True, False]


def test_the_language_of_the_prompt_decides_between_day_and_month() -> None:
    asked = {prompt: date("1920-01-02", "day", prompt=prompt) for prompt in ("Which?", "Какого числа?", "Nə gün idi?")}
    assert [grade(one, text="1/2/1920").correct for one in asked.values()] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("2 January 1920", Verdict.RIGHT),
        ("6 January", Verdict.RIGHT),
        ("4 January", Verdict.CLOSE),
        ("2 June", Verdict.WRONG),
    ],
)
def test_any_accepted_date_counts(text: str, verdict: Verdict) -> None:
    assert grade(date("1920-01-02", "day", "1920-01-06"), text=text).verdict is verdict


def test_the_key_of_a_date_is_shown_as_finely_as_it_is_known() -> None:
    assert grade(date("1920-04-27T00:05", "day"), text="").key == "27 April 1920, 00:05"


@pytest.mark.parametrize(
    ("asked", "text", "parts"),
    [
        ("day", "28 April 1920", [("year", "right"), ("month", "right"), ("day", "wrong")]),
        ("day", "28 April", [("month", "right"), ("day", "wrong")]),  # the year need not be typed
        ("day", "April 1920", [("year", "right"), ("month", "right"), ("day", "unanswered")]),
        ("month", "27 May", [("year", "unanswered"), ("month", "wrong"), ("day", "right")]),
        ("year", "1918", [("year", "wrong")]),
        ("time", "4:00", [("time", "wrong")]),
        ("time", "27 April", [("month", "right"), ("day", "right"), ("time", "unanswered")]),
        ("day", "one day", []),
        ("day", "", []),
    ],
)
def test_the_parts_are_those_asked_for_or_typed(asked: str, text: str, parts: list[tuple[str, str]]) -> None:
    found = grade(date("1920-04-27T16:00", asked), text=text)
    assert [(part.label, part.verdict) for part in found.parts] == parts


def test_the_parts_of_a_date_are_those_of_the_date_it_is_nearest_to() -> None:
    near = date("1920-01-02", "day", "1920-01-06")
    found = grade(near, text="6 January 1920")
    assert [(part.given, part.expected) for part in found.parts] == [
        ("1920", "1920"),
        ("January", "January"),
        ("6", "6"),
    ]


@given(
    st.datetimes(min_value=datetime(100, 1, 1)),
    st.sampled_from([("year", 4), ("month", 7), ("day", 10), ("time", 16)]),
)
def test_the_key_is_right(moment: datetime, asked: tuple[str, int]) -> None:
    precision, length = asked
    for answer in (moment.isoformat()[:length], moment.isoformat()[:16]):
        found = grade(date(answer, precision), text=answer)
        assert found.verdict is Verdict.RIGHT
        assert grade(date(answer, precision), text=found.key).verdict is Verdict.RIGHT


@given(st.text(max_size=60), st.sampled_from(["year", "month", "day", "time"]))
def test_no_text_is_too_odd_to_grade(text: str, precision: str) -> None:
    assert 0 <= grade(date("1920-04-27T16:00", precision), text=text).fraction <= 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3 August 1858", [(True, "Read as year 1858, month August, day 3.")]),
        (
            "3 August 1859",
            [(False, "Close, but not right. Read as year 1859 instead of 1858, month August, day 3.")],
        ),
        ("soon", [(False, "This can’t be read as a date.")]),
        ("", []),
    ],
)
def test_a_preview_says_whether_it_counts_and_why(text: str, found: list[tuple[bool, str]]) -> None:
    assert preview(SPEKE, text) == found


def test_a_posted_form_is_read_and_described() -> None:
    assert read(DAY, {"text": "27 April"}, ()) == {"text": "27 April"}
    assert describe(DAY, text=" 27 April") == "27 April"
    with pytest.raises(UnreadableResponse):
        read(DAY, {"text": "x" * 1001}, ())


def test_it_asks_to_recall() -> None:
    assert (DAY.stage, DAY.guess_chance) == (Stage.RECALL, 0.0)
