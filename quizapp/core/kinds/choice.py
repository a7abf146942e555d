"""A question with one right answer among distractors, and what it shares with other kinds where one thing is picked."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from quizapp.core.kinds.base import (
    Grade,
    Option,
    QuestionBase,
    ResponseBase,
    Stage,
    Verdict,
    all_or_nothing,
    list_options,
)
from quizapp.core.kinds.fields import Distractor, Line, refuse_twins
from quizapp.core.kinds.hints import HintPart, rule_out
from quizapp.core.kinds.mixups import Mixup, choice_mixup
from quizapp.core.kinds.reading import CannotCarryOver, NoSuchChoice, find_option, read_option
from quizapp.core.translation import gettext


class PickedResponse(ResponseBase):
    """`picked` is an index into the options; None means "I don't know"."""

    picked: Annotated[int, Field(ge=0)] | None = None


class SingleChoice(QuestionBase):
    """One right answer among distractors; one of all is picked."""

    form_field: ClassVar[str] = "picked"
    offers_answer: ClassVar[bool] = True
    response: ClassVar[type[PickedResponse]]

    answer: Line
    distractors: Sequence[Distractor]

    @model_validator(mode="after")
    def _choices_differ(self) -> Self:
        refuse_twins(self.options)
        return self

    @property
    def options(self) -> list[str]:
        """Return all choices, the key first; they are never shown in this order."""
        return [self.answer, *(distractor.text for distractor in self.distractors)]

    @property
    def option_ranges(self) -> dict[str, range]:
        return {"options": range(len(self.options))}

    @property
    def stage(self) -> Stage:
        return Stage.RECOGNISE

    @property
    def guess_chance(self) -> float:
        return 1 / len(self.options)

    @property
    def right_answer(self) -> str:
        return self.answer

    def give_hint(self, order: Sequence[int]) -> list[HintPart]:
        return rule_out([self.options[index] for index in order if index != 0])

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> PickedResponse:
        """Read `picked`, the place of the choice as shown, from 0."""
        return self._pick(read_option(form.get("picked", ""), order))

    @property
    def countable_options(self) -> list[Option]:
        return list_options([self.answer], self.distractors)

    @property
    def comparable_answers(self) -> list[Option]:
        return self.countable_options

    def right_pick(self, order: Sequence[int]) -> str:
        return str(order.index(0))

    def grade(self, response: ResponseBase) -> Grade:
        picked = self.expect(response, self.response).picked
        if picked is None:
            return all_or_nothing(Verdict.UNANSWERED, self.answer)
        if picked >= len(self.options):
            raise NoSuchChoice(f"choice {picked}")
        if picked == 0:
            return all_or_nothing(Verdict.RIGHT, self.answer)
        return Grade(0.0, Verdict.WRONG, self.answer, distractor=self.distractors[picked - 1])

    def describe_answer(self, response: ResponseBase) -> str:
        picked = self.expect(response, self.response).picked
        return "" if picked is None else self.options[picked]

    def chosen_options(self, response: ResponseBase) -> list[Option]:
        picked = self.expect(response, self.response).picked
        return [] if picked is None else [self.countable_options[picked]]

    def find_mixups(self, response: ResponseBase) -> list[Mixup]:
        picked = self.grade(response).distractor
        return [choice_mixup(self.answer, picked)] if picked else []

    def carry_over(self, response: ResponseBase, new: QuestionBase) -> ResponseBase:
        """Carry the choice over by its text; added distractors do not matter."""
        picked = self.expect(response, self.response).picked
        if not isinstance(new, type(self)):
            raise CannotCarryOver
        if picked is None:
            return response
        return self._pick(find_option(self.options[picked], new.options))

    def sample_responses(self) -> list[ResponseBase]:
        return [self._pick(index) for index in range(len(self.options))]

    def _pick(self, picked: int | None) -> PickedResponse:
        return self.response.model_validate({"kind": self.kind, "picked": picked})


class ChoiceResponse(PickedResponse):
    kind: Literal["choice"]


class Choice(SingleChoice):
    """One right answer among distractors, shown in random order."""

    label: ClassVar[str] = gettext("Choice")
    summary: ClassVar[str] = gettext("One right answer among wrong ones.")
    response: ClassVar[type[PickedResponse]] = ChoiceResponse

    kind: Literal["choice"]
    distractors: Annotated[list[Distractor], Field(min_length=1, max_length=11)]
