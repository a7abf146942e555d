"""A question whose answer is typed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

from quizapp.core.kinds.accepting import Accepting
from quizapp.core.kinds.base import (
    NO_CONTEXT,
    AnswerPreview,
    Grade,
    Option,
    QuestionBase,
    ResponseBase,
    SetContext,
    Stage,
    TextResponse,
    all_or_nothing,
)
from quizapp.core.kinds.fields import FieldPath
from quizapp.core.kinds.hints import HintPart, begin_answer
from quizapp.core.kinds.mixups import Mixup, name_mixups
from quizapp.core.translation import gettext


class TypedResponse(TextResponse):
    kind: Literal["typed"]


class Typed(QuestionBase, Accepting):
    """The answer is typed; case, accents, transliteration and small slips do not matter."""

    label: ClassVar[str] = gettext("Typed answer")
    summary: ClassVar[str] = gettext("The answer is typed; capitals, accents and small typos don’t matter.")
    form_field: ClassVar[str] = "text"
    typed_into: ClassVar[bool] = True

    kind: Literal["typed"]

    @property
    def stage(self) -> Stage:
        return Stage.RECALL

    @property
    def right_answer(self) -> str:
        return self.answer

    @property
    def comparable_answers(self) -> list[Option]:
        return [Option(self.right_answer, True)]

    @property
    def text_answers(self) -> dict[FieldPath, Accepting]:
        return {(): self}

    def update_text_answers(self, change: Callable[[Accepting], Mapping[str, Any]]) -> Self:
        return self.model_copy(update=change(self))

    def give_hint(self, order: Sequence[int]) -> list[HintPart]:
        return begin_answer(self.answer)

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> TypedResponse:
        """Read `text`, the typed answer."""
        return TypedResponse(kind="typed", text=form.get("text", ""))

    def grade(self, response: ResponseBase) -> Grade:
        given = self.expect(response, TypedResponse)
        verdict, note = self.grade_text(given.text, self.prompt, given.context)
        return all_or_nothing(verdict, self.answer, note)

    def describe_answer(self, response: ResponseBase) -> str:
        return self.expect(response, TypedResponse).text.strip()

    def find_mixups(self, response: ResponseBase) -> list[Mixup]:
        return name_mixups(self.answer, self.grade(response))

    def preview_answer(self, text: str, context: SetContext = NO_CONTEXT) -> list[AnswerPreview]:
        return [self.preview_text(text, self.prompt, context)] if text.strip() else []

    def sample_responses(self) -> list[ResponseBase]:
        return [TypedResponse(kind="typed", text=text) for text in (self.answer, "0")]
