"""Typed dates compared with answers that are written as texts."""

import pytest

from quizapp.core.text.date_answers import compare_date

PLAIN, IN_1920 = "Complete the sentence.", "On … 1920 the train crossed the bridge."


@pytest.mark.parametrize(
    ("answer", "prompt", "texts"),
    [
        ("27 April", IN_1920, ["27 Apr", "27/4", "27.4", "27.IV", "the 27th of April", "27 апреля", "27 April 1920",
                               "aprelin 27-si", "27.04.20", "the twenty-seventh of April"]),
        ("27 April 1920", PLAIN, ["27.04.1920", "4/27/1920", "1920-04-27", "27 апреля 1920 года",
                                  "27 April 1920 (N.S.)"]),
        ("27 April 1920", IN_1920, ["27 April", "27/4", "27.04.1920"]),
        ("2 January", PLAIN, ["2/1", "1/2", "the second of January"]),
        ("April 1920", PLAIN, ["04.1920", "IV.1920", "апрель 1920", "Apr 1920", "27 April 1920"]),
        ("April", PLAIN, ["апрель", "aprel ayında", "Apr.", "April 1920"]),
        ("1919", PLAIN, ["in 1919", "AD 1919", "1919-cu ildə", "1919 год", "summer 1919"]),
        ("midnight", PLAIN, ["0.00", "00:00", "24:00", "12 am", "gecəyarısı", "в полночь"]),
        ("4 pm", PLAIN, ["16.00", "16:00", "в 16 часов", "saat 16:00"]),
        ("summer 1919", PLAIN, ["in the summer of 1919", "летом 1919 года", "1919-cu ilin yayı", "July 1919"]),
    ],
)  # fmt: skip
def test_the_same_date(answer: str, prompt: str, texts: list[str]) -> None:
    found = {text: compare_date(text, [answer], prompt) for text in texts}
    assert {text: comparison and comparison.missing for text, comparison in found.items()} == dict.fromkeys(texts, ())


@pytest.mark.parametrize(
    ("answer", "prompt", "text", "missing"),
    [
        ("27 April 1920", PLAIN, "27 April", ("year",)),
        ("27 April 1920", PLAIN, "April 1920", ("day",)),
        ("27 April 1920", PLAIN, "27", ("year", "month")),
        ("27 April", IN_1920, "April", ("day",)),
        ("27 April", IN_1920, "April 1920", ("day",)),
        ("April 1920", PLAIN, "April", ("year",)),
        ("April 1920", PLAIN, "1920", ("month",)),
        ("summer 1919", PLAIN, "1919", ("season",)),
        ("27 April 1920, 16:00", PLAIN, "16:00", ("year", "month", "day")),
        ("27 April 1920, 16:00", IN_1920, "27 April", ("time",)),
    ],
)
def test_the_missing_parts(answer: str, prompt: str, text: str, missing: tuple[str, ...]) -> None:
    found = compare_date(text, [answer], prompt)
    assert found is not None
    assert found.missing == missing


@pytest.mark.parametrize(
    ("answer", "prompt", "text"),
    [
        ("27 April", IN_1920, "28 April"),
        ("27 April", IN_1920, "27 May"),
        ("27 April", IN_1920, "27 April 1919"),
        ("27 April", IN_1920, "1920"),
        ("27 April", IN_1920, "27–28 April"),
        ("27 April 1920", PLAIN, "27 April 1921"),
        ("27 April 1920", IN_1920, "1920"),
        ("April", PLAIN, "May"),
        ("summer 1919", PLAIN, "winter 1919"),
        ("summer 1919", PLAIN, "December 1919"),
        ("1919", PLAIN, "1920"),
        ("4.5", PLAIN, "4 May"),
        ("1/2", PLAIN, "2/1"),
        ("8 hours", PLAIN, "8:00"),
        ("eight hours", PLAIN, "8:00"),
        ("16 saat", PLAIN, "16:00"),
        ("midnight", PLAIN, "12 pm"),
        ("midnight", PLAIN, "5 May, 0:00"),
        ("4 pm", PLAIN, "4.00"),
        ("5000", PLAIN, "6,000"),
        ("5 000", PLAIN, "4 000"),
        ("11th", PLAIN, "11"),
        ("2 and 6 January", PLAIN, "2 January"),
        ("Mustafa Kemal", PLAIN, "27 April"),
    ],
)
def test_other_dates_and_answers_that_are_no_dates(answer: str, prompt: str, text: str) -> None:
    assert compare_date(text, [answer], prompt) is None


def test_a_year_that_only_one_accepted_form_has_is_known() -> None:
    forms = ["27 April", "27 April 1920"]
    assert compare_date("27/4/1919", forms, PLAIN) is None
    assert compare_date("27/4/20", forms, PLAIN) is not None
