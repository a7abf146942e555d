"""A question whose answer is a number."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, StringConstraints

from quizapp.core.kinds.base import (
    AnswerPreview,
    Grade,
    QuestionBase,
    ResponseBase,
    Stage,
    TextResponse,
    Verdict,
    all_or_nothing,
)
from quizapp.core.kinds.fields import Line
from quizapp.core.text.numbers import parse_number

UNREADABLE_NUMBER = "unreadable number"


def _as_digits(value: object) -> object:
    return str(value) if type(value) is int else value


Figure = Annotated[str, BeforeValidator(_as_digits), StringConstraints(pattern=r"^-?\d{1,15}(\.\d{1,9})?$")]


class NumberResponse(TextResponse):
    kind: Literal["number"]


class Number(QuestionBase):
    """A number is typed; it is right if it is within `tolerance` of the answer. `unit` is shown after it."""

    label: ClassVar[str] = "Figure"
    summary: ClassVar[str] = "A figure is typed, with a tolerance if you like."
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
        return self._with_unit(self.answer)

    @property
    def shown_tolerance(self) -> str | None:
        """Return the tolerance for display, with its unit; None if only the exact number is right."""
        return self._with_unit(self.tolerance) if Decimal(self.tolerance) else None

    def _with_unit(self, figure: str) -> str:
        return f"{Decimal(figure):,} {self.unit or ''}".strip()

    @property
    def can_be_overridden(self) -> bool:
        return False

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> NumberResponse:
        """Read `text`, the typed answer."""
        return NumberResponse(kind="number", text=form.get("text", ""))

    def grade(self, response: ResponseBase) -> Grade:
        text, key = self.expect(response, NumberResponse).text, self.right_answer
        if not text.strip():
            return all_or_nothing(Verdict.UNANSWERED, key)
        figure = parse_number(text)
        if figure is None:
            return all_or_nothing(Verdict.WRONG, key, UNREADABLE_NUMBER)
        return all_or_nothing(Verdict.RIGHT if self._accepts(figure) else Verdict.WRONG, key)

    def _accepts(self, figure: Decimal) -> bool:
        return abs(figure - Decimal(self.answer)) <= Decimal(self.tolerance)

    def describe_answer(self, response: ResponseBase) -> str:
        return self.expect(response, NumberResponse).text.strip()

    def preview_answer(self, text: str) -> list[AnswerPreview]:
        if not text.strip():
            return []
        figure = parse_number(text)
        if figure is None:
            return [AnswerPreview(False, "it cannot be read as one figure")]
        off = abs(figure - Decimal(self.answer))
        allowed = f"{Decimal(self.tolerance):,} may be" if Decimal(self.tolerance) else "nothing may be"
        why = f"read as {figure:,}" + (f", {off:,} off; {allowed}" if off else "")
        return [AnswerPreview(self._accepts(figure), why)]

    def sample_responses(self) -> list[ResponseBase]:
        return [NumberResponse(kind="number", text=text) for text in (self.answer, "0")]
