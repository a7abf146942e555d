"""A question with several right answers among distractors."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from quizapp.core.kinds.base import (
    Grade,
    Method,
    Option,
    Part,
    QuestionBase,
    ResponseBase,
    Stage,
    Tally,
    Verdict,
    in_parts,
    list_options,
)
from quizapp.core.kinds.fields import Distractor, Line, refuse_twins
from quizapp.core.kinds.hints import HintPart, rule_out
from quizapp.core.kinds.mixups import Mixup, choice_mixup
from quizapp.core.kinds.reading import CannotCarryOver, NoSuchChoice, find_option, require_shown
from quizapp.core.translation import gettext


class MultipleResponse(ResponseBase):
    """The choices picked, as indices into `Multiple.options`; an empty list means "I don't know"."""

    kind: Literal["multiple"]
    picked: Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=20)] = []


class Multiple(QuestionBase):
    """Several right answers among distractors, shown in random order."""

    label: ClassVar[str] = gettext("Several answers")
    summary: ClassVar[str] = gettext("Several right answers among wrong ones.")
    form_field: ClassVar[str] = "pick-"
    offers_answer: ClassVar[bool] = True

    kind: Literal["multiple"]
    answers: Annotated[list[Line], Field(min_length=2, max_length=8)]
    distractors: Annotated[list[Distractor], Field(min_length=1, max_length=11)]

    @model_validator(mode="after")
    def _choices_differ(self) -> Self:
        refuse_twins(self.options)
        return self

    @property
    def options(self) -> list[str]:
        """Return all choices, the keys first; they are never shown in this order."""
        return [*self.answers, *(distractor.text for distractor in self.distractors)]

    @property
    def option_ranges(self) -> dict[str, range]:
        return {"options": range(len(self.options))}

    @property
    def stage(self) -> Stage:
        return Stage.COMPLETE

    @property
    def guess_chance(self) -> float:
        """Return 1 / (2^n - 1), as there are 2^n - 1 ways to pick one or more of n options."""
        return 1 / float(2 ** len(self.options) - 1)

    @property
    def right_answer(self) -> str:
        return "; ".join(self.answers)

    @property
    def countable_options(self) -> list[Option]:
        return list_options(self.answers, self.distractors)

    def give_hint(self, order: Sequence[int]) -> list[HintPart]:
        return rule_out([self.options[index] for index in order if index >= len(self.answers)])

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> MultipleResponse:
        """Read `pick-0`, `pick-1`, …: the choices ticked, by their places as shown."""
        picked = sorted(order[place] for place in range(len(order)) if form.get(f"pick-{place}"))
        return MultipleResponse(kind="multiple", picked=picked)

    def grade(self, response: ResponseBase) -> Grade:
        """Return max(0, (hits - false alarms) / keys) as the credit. The parts are the options, in their order."""
        options, keys = self.options, len(self.answers)
        picked = set(self.expect(response, MultipleResponse).picked)
        if any(index >= len(options) for index in picked):
            raise NoSuchChoice(f"choices {picked}")
        hits = sum(index < keys for index in picked)
        tally = Tally(Method.HITS, hits, keys, false_alarms=len(picked) - hits)
        parts = tuple(self._grade_option(index, index in picked) for index in range(len(options)))
        return in_parts(tally, self.right_answer, parts, answered=bool(picked))

    def _grade_option(self, index: int, picked: bool) -> Part:
        is_key = index < len(self.answers)
        return Part(
            self.options[index],
            given="picked" if picked else "",
            expected="picked" if is_key else "",
            verdict=Verdict.RIGHT if picked == is_key else Verdict.WRONG,
            distractor=self.distractors[index - len(self.answers)] if picked and not is_key else None,
        )

    def describe_answer(self, response: ResponseBase) -> str:
        picked = self.expect(response, MultipleResponse).picked
        return "; ".join(self.options[index] for index in sorted(set(picked)))

    def chosen_options(self, response: ResponseBase) -> list[Option]:
        return [self.countable_options[index] for index in self.expect(response, MultipleResponse).picked]

    def find_mixups(self, response: ResponseBase) -> list[Mixup]:
        parts = self.grade(response).parts
        return [choice_mixup(self.right_answer, part.distractor) for part in parts if part.distractor]

    def carry_over(self, response: ResponseBase, new: QuestionBase) -> ResponseBase:
        if not isinstance(new, Multiple):
            raise CannotCarryOver
        require_shown(new.options, self.options)
        texts = [self.options[index] for index in self.expect(response, MultipleResponse).picked]
        return MultipleResponse(kind="multiple", picked=sorted(find_option(text, new.options) for text in texts))

    def sample_responses(self) -> list[ResponseBase]:
        keys = list(range(len(self.answers)))
        picks = [keys, keys[1:], [*keys[1:], len(keys)]]
        return [MultipleResponse(kind="multiple", picked=picked) for picked in picks]
