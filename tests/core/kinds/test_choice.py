"""One right answer among distractors."""

import pytest
from questions import describe, grade, question, read

from quizapp.core.kinds.base import Stage, Verdict
from quizapp.core.kinds.reading import NoSuchChoice, UnreadableResponse

CITY = question(
    "choice",
    answer="Baku",
    distractors=[
        {"text": "Ganja", "why_not": "It lies in the west."},
        {"text": "Batum", "why_not": "It lies on the Black Sea.", "misconception": "wrong-sea"},
    ],
)


@pytest.mark.parametrize(
    ("picked", "verdict", "fraction"),
    [(0, Verdict.RIGHT, 1.0), (1, Verdict.WRONG, 0.0), (None, Verdict.UNANSWERED, 0.0)],
)
def test_it_works(picked: int | None, verdict: Verdict, fraction: float) -> None:
    found = grade(CITY, picked=picked)
    assert (found.verdict, found.fraction, found.key, found.note) == (verdict, fraction, "Baku", None)
    assert found.correct == (verdict is Verdict.RIGHT)


def test_a_wrong_choice_names_its_distractor() -> None:
    found = grade(CITY, picked=2)
    assert found.distractor is not None
    assert found.distractor.misconception == "wrong-sea"


def test_a_choice_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchChoice):
        grade(CITY, picked=3)


@pytest.mark.parametrize(
    ("posted", "picked"),
    [({"picked": "0"}, 2), ({"picked": "2"}, 1), ({}, None), ({"picked": "0", "give-up": "1"}, None)],
)
def test_the_place_as_shown_is_turned_back(posted: dict[str, str], picked: int | None) -> None:
    assert read(CITY, posted) == {"picked": picked}


@pytest.mark.parametrize("picked", ["3", "-1", "one", "²", "000"])
def test_a_place_that_was_not_shown_is_refused(picked: str) -> None:
    with pytest.raises(UnreadableResponse):
        read(CITY, {"picked": picked})


def test_the_options_are_shuffled_and_a_reload_shows_the_same_order() -> None:
    assert CITY.shuffle_options("seed") == CITY.shuffle_options("seed")
    assert {CITY.shuffle_options(f"seed {n}")[0] for n in range(50)} == {0, 1, 2}


def test_the_place_of_the_key_is_what_is_right() -> None:
    assert CITY.right_pick((2, 0, 1)) == "1"
    assert read(CITY, {"picked": "1"}) == {"picked": 0}


def test_an_answer_is_described_by_its_text() -> None:
    assert describe(CITY, picked=2) == "Batum"
    assert describe(CITY) == ""


def test_it_asks_to_recognise_and_may_be_guessed() -> None:
    assert CITY.stage is Stage.RECOGNISE
    assert CITY.guess_chance == pytest.approx(1 / 3)
