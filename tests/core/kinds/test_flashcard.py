"""Cards that learners rate themselves."""

import pytest
from questions import describe, grade, question, read

from quizapp.core.kinds.base import Stage, Verdict
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.scheduling.scheduler import Rating

CARD = question("flashcard", answer="At *Baku*.")


@pytest.mark.parametrize("rating", ["hard", "good", "easy"])
def test_it_works(rating: str) -> None:
    found = grade(CARD, rating=rating)
    assert (found.verdict, found.fraction, found.correct) == (Verdict.RIGHT, 1.0, True)
    assert (found.key, found.note, found.rating) == ("At *Baku*.", None, Rating[rating.upper()])


def test_again_is_wrong() -> None:
    found = grade(CARD, rating="again")
    assert (found.verdict, found.fraction, found.correct, found.rating) == (Verdict.WRONG, 0.0, False, Rating.AGAIN)


def test_a_posted_form_is_read() -> None:
    assert read(CARD, {"rating": "easy"}, ()) == {"rating": "easy"}
    assert read(CARD, {}, ()) == {"rating": "again"}


def test_what_is_no_rating_is_refused() -> None:
    with pytest.raises(UnreadableResponse):
        read(CARD, {"rating": "perfect"}, ())


def test_an_answer_is_described_by_its_rating() -> None:
    assert describe(CARD, rating="hard") == "Rated “Hard”"


def test_it_asks_to_recall_and_is_graded_by_the_learner() -> None:
    assert (CARD.stage, CARD.guess_chance, CARD.self_graded) == (Stage.RECALL, 0.0, True)
