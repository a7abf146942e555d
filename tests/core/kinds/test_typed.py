"""Typed answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from questions import describe, grade, preview, question, read

from quizapp.core.kinds.base import Stage, Verdict
from quizapp.core.kinds.reading import UnreadableResponse

STATION = question("typed", answer="Khachmaz", accept=["Xaçmaz"], reject=["Khudat"])
SPEKE = question("typed", answer="Speke", accept=["John Hanning"], reject=["Burton"])


@pytest.mark.parametrize(
    ("text", "verdict", "note"),
    [
        ("Khachmaz", Verdict.RIGHT, None),
        ("xaçmaz", Verdict.RIGHT, None),
        ("Khachmas", Verdict.SLIP, "Khachmaz"),
        ("Лрфсрьфя", Verdict.SLIP, "Khachmaz"),  # in the Russian layout
        ("Yalama", Verdict.WRONG, None),
        ("Khudat", Verdict.WRONG, "Khudat"),  # refused
        ("  ", Verdict.UNANSWERED, None),
    ],
)
def test_it_works(text: str, verdict: Verdict, note: str | None) -> None:
    found = grade(STATION, text=text)
    assert (found.verdict, found.note, found.key) == (verdict, note, "Khachmaz")
    assert found.fraction == float(found.correct) == float(verdict in (Verdict.RIGHT, Verdict.SLIP))


@pytest.mark.parametrize(
    ("text", "verdict", "note"),
    [
        ("14 January 1920", Verdict.RIGHT, None),
        ("14/1/1920", Verdict.RIGHT, None),
        ("14 января 1920 года", Verdict.RIGHT, None),
        ("the fourteenth of January 1920", Verdict.RIGHT, None),
        ("14.1", Verdict.CLOSE, "year"),
        ("1920", Verdict.CLOSE, "month and day"),
        ("15 January 1920", Verdict.WRONG, None),
        ("14 February 1920", Verdict.WRONG, "14 February 1920"),  # refused
    ],
)
def test_an_answer_that_is_a_date_is_read_as_a_date(text: str, verdict: Verdict, note: str | None) -> None:
    asked = question("typed", prompt="When?", answer="14 January 1920", reject=["14 February 1920"])
    found = grade(asked, text=text)
    assert (found.verdict, found.note, found.fraction) == (verdict, note, float(verdict is Verdict.RIGHT))


def test_what_the_prompt_says_of_the_date_need_not_be_typed() -> None:
    asked = question("typed", prompt="On which day of 1920?", answer="On 14 January 1920")
    assert [grade(asked, text=text).correct for text in ("14/1", "14/1/1920", "14/1/1919")] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("14/1/1920", (True, "The same date as “14 January 1920”.")),
        ("14/1", (False, "Close, but not right. Missing: year.")),
    ],
)
def test_a_preview_reads_a_date(text: str, found: tuple[bool, str]) -> None:
    assert preview(question("typed", answer="14 January 1920"), text) == [found]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Assyrian", Verdict.WRONG),  # a word of the prompt
        ("Assyrias", Verdict.SLIP),
        ("Assyrien", Verdict.WRONG),  # refused
        ("Asyria", Verdict.RIGHT),
        ("Assyira", Verdict.SLIP),
    ],
)
def test_another_word_of_the_question_is_no_slip(text: str, verdict: Verdict) -> None:
    asked = question(
        "typed", prompt="Where did Assyrian kings rule?", answer="Assyria", accept=["Asyria"], reject=["Assyrien"]
    )
    assert grade(asked, text=text).verdict is verdict


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_grade(text: str) -> None:
    assert 0 <= grade(STATION, text=text).fraction <= 1


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=40))
def test_the_key_is_right(answer: str) -> None:
    assert grade(question("typed", answer=answer), text=answer).verdict is Verdict.RIGHT


@pytest.mark.parametrize(("posted", "text"), [({"text": " a "}, " a "), ({"text": "a", "give-up": "1"}, ""), ({}, "")])
def test_a_posted_form_is_read(posted: dict[str, str], text: str) -> None:
    assert read(STATION, posted, ()) == {"text": text}


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnreadableResponse):
        read(STATION, {"text": "x" * 1001}, ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Speke", [(True, "This is the answer.")]),
        ("speke!", [(True, "Same as “Speke” apart from capitals, accents and punctuation.")]),
        ("John Hanning", [(True, "This is an accepted answer.")]),
        ("J. Hanning", [(True, "Another way to write “John Hanning”.")]),
        ("Spekke", [(True, "Counts as “Speke” with a typo.")]),
        ("Ызулу", [(True, "Read as “Speke”, typed in another keyboard layout.")]),
        ("Burtn", [(False, "Read as “Burton”, which is not accepted.")]),
        ("Park", [(False, "Not close enough to any accepted answer.")]),
        ("  ", []),
    ],
)
def test_a_preview_says_whether_it_counts_and_why(text: str, found: list[tuple[bool, str]]) -> None:
    assert preview(SPEKE, text) == found


def test_an_answer_is_described_as_it_was_typed() -> None:
    assert describe(STATION, text=" Speke ") == "Speke"


def test_it_asks_to_recall_and_nothing_is_shuffled() -> None:
    assert (STATION.stage, STATION.guess_chance) == (Stage.RECALL, 0)
    assert STATION.shuffle_options("seed") == ()
    assert STATION.right_pick(()) is None
