"""A question whose answer is a number."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, StringConstraints

from quizapp.core.kinds.base import (
    NO_CONTEXT,
    AnswerPreview,
    Doubt,
    Grade,
    Option,
    QuestionBase,
    ResponseBase,
    SetContext,
    Stage,
    TextResponse,
    Verdict,
    all_or_nothing,
)
from quizapp.core.kinds.fields import Line
from quizapp.core.text.numbers import NumberMatch, RightNumber, asked_unit, asks_how_many, show_amount, show_number
from quizapp.core.translation import gettext

UNREADABLE_NUMBER = "unreadable_number"


def _as_digits(value: object) -> object:
    return str(value) if type(value) is int else value


FIGURE = re.compile(r"^-?\d{1,15}(\.\d{1,9})?$")
Figure = Annotated[str, BeforeValidator(_as_digits), StringConstraints(pattern=FIGURE.pattern)]


class NumberResponse(TextResponse):
    kind: Literal["number"]


class Number(QuestionBase):
    """A number is typed; it is right if it is within `tolerance` of the answer. `unit` is shown after it."""

    label: ClassVar[str] = gettext("Number")
    summary: ClassVar[str] = gettext("The answer is a number; you can allow a tolerance.")
    form_field: ClassVar[str] = "text"
    typed_into: ClassVar[bool] = True

    kind: Literal["number"]
    answer: Figure
    tolerance: Figure = "0"
    unit: Line | None = None

    @property
    def stage(self) -> Stage:
        return Stage.RECALL

    @property
    def right_answer(self) -> str:
        """Return the answer for display, with its unit: "5,000 men"."""
        return show_number(Decimal(self.answer), self.unit)

    @property
    def comparable_answers(self) -> list[Option]:
        return [Option(self.right_answer, True)]

    @property
    def shown_tolerance(self) -> str | None:
        """Return the tolerance for display, with its unit; None if only the exact number is right."""
        tolerance = Decimal(self.tolerance)
        return f"{show_amount(tolerance)} {self.unit or ''}".strip() if tolerance else None

    @property
    def _right(self) -> RightNumber:
        unit = self.unit or asked_unit(self.prompt)
        return RightNumber(Decimal(self.answer), Decimal(self.tolerance), unit, counted=asks_how_many(self.prompt))

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> NumberResponse:
        """Read `text`, the typed answer."""
        return NumberResponse(kind="number", text=form.get("text", ""))

    def grade(self, response: ResponseBase) -> Grade:
        text, key = self.expect(response, NumberResponse).text, self.right_answer
        if not text.strip():
            return all_or_nothing(Verdict.UNANSWERED, key)
        found = self._right.compare(text).match
        note = UNREADABLE_NUMBER if found is NumberMatch.UNREADABLE else None
        return all_or_nothing(Verdict.RIGHT if found is NumberMatch.RIGHT else Verdict.WRONG, key, note)

    def find_doubt(self, response: ResponseBase, grade: Grade) -> Doubt | None:
        text = self.expect(response, NumberResponse).text
        if grade.verdict is Verdict.WRONG and not self._states_one_number(text):
            return Doubt.UNREADABLE
        return super().find_doubt(response, grade)

    def _states_one_number(self, text: str) -> bool:
        """Return whether a text states one number, in one unit or several: not "a few" or "three or four"."""
        one = any(len(said.values) == 1 for said, _ in self._right.readings(text))
        return one or self._right.compare(text).figure is not None

    def describe_answer(self, response: ResponseBase) -> str:
        return self.expect(response, NumberResponse).text.strip()

    def preview_answer(self, text: str, context: SetContext = NO_CONTEXT) -> list[AnswerPreview]:
        if not text.strip():
            return []
        found = self._right.compare(text)
        if found.figure is None:
            return [AnswerPreview(False, gettext("This can’t be read as one number."))]
        return [AnswerPreview(found.match is NumberMatch.RIGHT, self._describe_reading(found.figure))]

    def _describe_reading(self, figure: Fraction) -> str:
        """Return what a typed number was read as, and how far it is off."""
        number, off = show_number(figure), abs(figure - Fraction(self.answer))
        if not off:
            return gettext("Read as %(number)s.", number=number)
        values = {"number": number, "off": show_amount(off), "most": show_amount(Decimal(self.tolerance))}
        if not Decimal(self.tolerance):
            return gettext("Read as %(number)s, which is %(off)s off. Only the exact number counts.", **values)
        return gettext("Read as %(number)s, which is %(off)s off. Up to %(most)s is allowed.", **values)

    def sample_responses(self) -> list[ResponseBase]:
        return [NumberResponse(kind="number", text=text) for text in (self.answer, "0")]
