"""An answer in the learner's own words, marked by the learner, or by the teacher in an assigned quiz."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from quizapp.core.kinds.base import Grade, QuestionBase, ResponseBase, Stage, Verdict
from quizapp.core.kinds.fields import Line, Text
from quizapp.core.kinds.flashcard import RATED
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.scheduling.scheduler import Rating
from quizapp.core.translation import gettext

LONGEST_ESSAY = 10_000  # characters
MOST_POINTS = 10
PASS_MARK = 0.5
MARK_STEP = 0.05

EssayText = Annotated[str, StringConstraints(max_length=LONGEST_ESSAY)]
Point = Annotated[int, Field(ge=0, lt=MOST_POINTS)]


class InvalidMark(ValueError):
    """The typed text is not a valid mark."""


class EssayResponse(ResponseBase):
    """The text of an essay, and how it was marked.

    `points` are the indices of the points that it makes. A learner who studies gives a `rating`; in an attempt somebody
    gives a `mark` (0..1) later. An answer with neither is waiting to be marked.
    """

    kind: Literal["essay"]
    text: EssayText = ""
    points: Annotated[list[Point], Field(max_length=MOST_POINTS)] = []
    rating: Literal["again", "hard", "good", "easy"] | None = None
    mark: Annotated[float, Field(ge=0, le=1)] | None = None


class Essay(QuestionBase):
    """The learner writes a few sentences, then compares them with a model answer and the points it should make."""

    label: ClassVar[str] = gettext("Essay")
    summary: ClassVar[str] = gettext("A longer answer, marked by a person against a model answer and a list of points.")
    form_field: ClassVar[str] = "essay"
    self_graded: ClassVar[bool] = True
    marked_by_hand: ClassVar[bool] = True

    kind: Literal["essay"]
    answer: Text  # the model answer
    points: Annotated[list[Line], Field(max_length=MOST_POINTS)] = []

    @property
    def stage(self) -> Stage:
        return Stage.RECALL

    @property
    def right_answer(self) -> str:
        """Return the model answer, which is Markdown."""
        return self.answer

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> EssayResponse:
        """Read `essay`, the text; `point-0`, `point-1`, …, the points ticked; and `rating`, given by the learner."""
        text = form.get("essay", "")
        if len(text) > 2 * LONGEST_ESSAY:
            raise UnreadableResponse(f"{len(text)} characters")
        data = {"text": text.replace("\r\n", "\n"), "points": self.own_points(read_points(form))}
        return EssayResponse.model_validate({"kind": "essay", **data, "rating": form.get("rating") or None})

    def own_points(self, places: Iterable[int]) -> list[int]:
        """Return those of the indices that belong to points of this question."""
        return [place for place in places if place < len(self.points)]

    def without_marks(self, response: ResponseBase) -> EssayResponse:
        return EssayResponse(kind="essay", text=self.expect(response, EssayResponse).text)

    def add_mark(self, response: ResponseBase, mark: float, points: Iterable[int]) -> EssayResponse:
        """Return the response with a mark (0..1) and the indices of the points that it makes. Raises WrongKind."""
        given = self.expect(response, EssayResponse)
        return given.model_copy(update={"mark": mark, "points": self.own_points(points)})

    def grade(self, response: ResponseBase) -> Grade:
        """Return the grade given by a person: right from PASS_MARK up, or with a rating other than "again".

        An answer without a mark has the verdict UNMARKED and no credit yet; a blank one needs no marking.
        """
        given = self.expect(response, EssayResponse)
        if given.mark is not None:
            return Grade(given.mark, Verdict.RIGHT if given.mark >= PASS_MARK else Verdict.WRONG, self.answer)
        if given.rating is not None:
            rating = Rating[given.rating.upper()]
            recalled = rating != Rating.AGAIN
            verdict = Verdict.RIGHT if recalled else Verdict.WRONG
            return Grade(float(recalled), verdict, self.answer, self_rating=rating)
        if not given.text.strip():
            return Grade(0.0, Verdict.UNANSWERED, self.answer)
        return Grade(None, Verdict.UNMARKED, self.answer)

    def describe_answer(self, response: ResponseBase) -> str:
        given = self.expect(response, EssayResponse)
        return given.text.strip() or (RATED[given.rating] if given.rating else "")

    def carry_over(self, response: ResponseBase, new: QuestionBase) -> ResponseBase:
        """Keep the text, the mark, and the points ticked that the new version still has."""
        given = self.expect(response, EssayResponse)
        later = new.points if isinstance(new, Essay) else []
        ticked = [self.points[place] for place in self.own_points(given.points)]
        return given.model_copy(update={"points": [later.index(point) for point in ticked if point in later]})

    def sample_responses(self) -> list[ResponseBase]:
        return [EssayResponse(kind="essay", text=self.prompt, rating="good")]


def read_points(form: Container[str]) -> list[int]:
    """Return the indices of the points ticked in a form, from its fields `point-0`, `point-1`, …"""
    return [place for place in range(MOST_POINTS) if f"point-{place}" in form]


def read_mark(typed: str) -> float:
    """Return the typed mark, 0..1 in steps of MARK_STEP. Raises InvalidMark with a message for the reader."""
    text = typed.strip().replace(",", ".") if len(typed) <= 10 else ""
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidMark(gettext("Type a mark from 0 to 1, such as 0.5."))
    mark = float(text)
    if mark > 1:
        raise InvalidMark(gettext("The highest mark is 1."))
    if abs(mark / MARK_STEP - round(mark / MARK_STEP)) > 1e-6:
        raise InvalidMark(gettext("Use steps of %(step)s, such as 0.5 or 0.55.", step=f"{MARK_STEP:g}"))
    return round(mark, 2)
