"""A question about a picture: one of several areas on it is pointed at."""

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from quizapp.core.kinds.choice import Choice, PickedResponse, SingleChoice
from quizapp.core.kinds.fields import Distractor, Line, Picture, refuse_twins
from quizapp.core.translation import gettext

SMALLEST = 2  # percent of the picture, in each direction

_FIGURE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")


def _read_figure(value: object) -> object:
    """Return the number in a text: files of a set keep every figure with a point as it is written."""
    return float(value) if isinstance(value, str) and _FIGURE.fullmatch(value) else value


Percent = Annotated[float, BeforeValidator(_read_figure), Field(ge=0, le=100, strict=True)]


def _check_box(box: list[float]) -> list[float]:
    """Return the box with two decimals, more than a picture shows and few enough to come back from any file."""
    left, top, width, height = box = [round(number, 2) for number in box]
    if width < SMALLEST or height < SMALLEST:
        raise ValueError(gettext("an area must be at least %(least)s%% wide and high", least=SMALLEST))
    if round(left + width, 2) > 100 or round(top + height, 2) > 100:
        raise ValueError(gettext("the area is not inside the picture"))
    return box


# Left edge, top edge, width and height, in percent of the picture.
Box = Annotated[list[Percent], Field(min_length=4, max_length=4), AfterValidator(_check_box)]


class WrongArea(Distractor):
    """A wrong area: its name in `text`, its position in words in `where`, and its box on the picture."""

    where: Line
    area: Box


class PointResponse(PickedResponse):
    kind: Literal["point"]


class Point(SingleChoice):
    """One right area among wrong ones on a picture; their names are shown with the feedback only.

    `where` is the position in words, for learners who do not see the picture.
    """

    label: ClassVar[str] = gettext("Place on a picture")
    summary: ClassVar[str] = gettext("A place to find on a picture or map.")
    draws_picture: ClassVar[bool] = True
    response: ClassVar[type[PickedResponse]] = PointResponse

    kind: Literal["point"]
    picture: Picture
    where: Line
    area: Box
    distractors: Annotated[list[WrongArea], Field(min_length=1, max_length=11)]

    @model_validator(mode="after")
    def _positions_differ(self) -> Self:
        refuse_twins([where for where, _ in self.areas], gettext("two areas have the same description"))
        return self

    @property
    def areas(self) -> list[tuple[str, list[float]]]:
        """Return the position in words and the box of each option, the right one first."""
        return [(self.where, self.area), *((wrong.where, wrong.area) for wrong in self.distractors)]

    def as_choice(self) -> Choice:
        """Return the question as a choice between positions in words, for formats that know no areas."""
        distractors = [Distractor(text=wrong.where, why_not=wrong.why_not) for wrong in self.distractors]
        return Choice(
            kind="choice", key=self.key, prompt=self.prompt, explanation=self.explanation, picture=self.picture,
            answer=self.where, distractors=distractors,
        )  # fmt: skip
