"""A card with a front and a back, rated by the learner."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from quizapp.core.kinds.base import Grade, Option, QuestionBase, ResponseBase, Stage, Verdict
from quizapp.core.kinds.fields import Text
from quizapp.core.scheduling.scheduler import Rating
from quizapp.core.translation import gettext

RATED = {
    "again": gettext("Rated “Again”"),
    "hard": gettext("Rated “Hard”"),
    "good": gettext("Rated “Good”"),
    "easy": gettext("Rated “Easy”"),
}


class FlashcardResponse(ResponseBase):
    """The learner's rating of the recall."""

    kind: Literal["flashcard"]
    rating: Literal["again", "hard", "good", "easy"]


class Flashcard(QuestionBase):
    """The prompt on the front, the answer on the back; the learner rates the recall."""

    label: ClassVar[str] = gettext("Flashcard")
    summary: ClassVar[str] = gettext("A front and a back; students rate themselves.")
    form_field: ClassVar[str] = "rating"
    self_graded: ClassVar[bool] = True

    kind: Literal["flashcard"]
    answer: Text

    @property
    def stage(self) -> Stage:
        return Stage.RECALL

    @property
    def right_answer(self) -> str:
        """Return the back of the card, which is Markdown."""
        return self.answer

    @property
    def comparable_answers(self) -> list[Option]:
        return [Option(self.right_answer, True)]

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> FlashcardResponse:
        """Read `rating`, given by the learner; a missing one is "again"."""
        # The schema refuses anything that is not a rating.
        return FlashcardResponse.model_validate({"kind": "flashcard", "rating": form.get("rating", "again")})

    def grade(self, response: ResponseBase) -> Grade:
        rating = Rating[self.expect(response, FlashcardResponse).rating.upper()]
        recalled = rating != Rating.AGAIN
        verdict = Verdict.RIGHT if recalled else Verdict.WRONG
        return Grade(float(recalled), verdict, self.answer, self_rating=rating)

    def describe_answer(self, response: ResponseBase) -> str:
        return RATED[self.expect(response, FlashcardResponse).rating]

    def sample_responses(self) -> list[ResponseBase]:
        return [FlashcardResponse(kind="flashcard", rating="good")]
