"""A text with gaps to type into or to choose for."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from quizapp.core.kinds.accepting import Accepting
from quizapp.core.kinds.base import (
    NO_CONTEXT,
    AnswerPreview,
    Grade,
    Method,
    Option,
    Part,
    QuestionBase,
    ResponseBase,
    SetContext,
    Stage,
    Tally,
    Verdict,
    WrittenResponse,
    list_options,
    shorten,
)
from quizapp.core.kinds.fields import Distractor, FieldPath, Line, Text, TypedText, refuse_twins
from quizapp.core.kinds.gaps import GAP
from quizapp.core.kinds.hints import HintPart, begin_answer, rule_out
from quizapp.core.kinds.mixups import Mixup, choice_mixup, name_mixups
from quizapp.core.kinds.reading import CannotCarryOver, NoSuchChoice, find_option, read_option, require_shown
from quizapp.core.text.numbers import has_number, leading_scale
from quizapp.core.translation import gettext

MOST_GAPS = 8

GapName = Annotated[str, StringConstraints(max_length=300)]


class ClozeResponse(WrittenResponse):
    """The text typed or chosen for each gap, by the gap's name; a missing gap is blank."""

    kind: Literal["cloze"]
    gaps: Annotated[dict[GapName, TypedText], Field(max_length=20)] = {}

    @property
    def texts(self) -> Sequence[str]:
        return list(self.gaps.values())


class Gap(Accepting):
    """The answer for a gap, which is typed, or chosen from a list if there are `distractors`."""

    distractors: Annotated[list[Distractor], Field(max_length=7)] = []

    @model_validator(mode="after")
    def _is_typed_or_chosen(self) -> Self:
        if not self.distractors:
            return self
        if len(self.distractors) < 2:
            raise ValueError(gettext("a gap with a list needs two or more wrong choices; there is 1"))
        if self.accept or self.spellings_of or self.reject:
            raise ValueError(
                gettext(
                    "the answer to a gap with wrong choices is chosen, not typed: "
                    "delete its accept, spellings_of and reject"
                )
            )
        refuse_twins(self.options)
        return self

    @property
    def options(self) -> list[str]:
        """Return the choices for the gap, the key first; empty for a typed gap."""
        return [self.answer, *(distractor.text for distractor in self.distractors)] if self.distractors else []

    def grade(self, name: str, given: str, stem: str, others: Sequence[str], context: SetContext) -> Part:
        """Return the grade of the text typed or chosen for the gap in the stem. Raises NoSuchChoice.

        `others` are the answers of the other gaps.
        """
        if not self.distractors:
            verdict, note = self.grade_text(given, stem, context, others)
            return Part(name, given, self.answer, verdict, note)
        if not given:
            return Part(name, given, self.answer, Verdict.UNANSWERED)
        if given == self.answer:
            return Part(name, given, self.answer, Verdict.RIGHT)
        picked = next((distractor for distractor in self.distractors if distractor.text == given), None)
        if picked is None:
            raise NoSuchChoice(f"{name}: {given}")
        return Part(name, given, self.answer, Verdict.WRONG, distractor=picked)

    def find_mixups(self, part: Part) -> list[Mixup]:
        """Return the mix-up in the answer for the gap, graded as `part`; empty if there is none."""
        if part.distractor:
            return [choice_mixup(self.answer, part.distractor, part.label)]
        return name_mixups(self.answer, part, part.label)

    def before(self, text: str) -> Self:
        """Return the gap in front of the rest of its text: a number also counts with the scale that is written there.

        "5 million" is right in front of "million liras".
        """
        scale = leading_scale(text)
        numbers = [f"{form} {scale}" for form in self.accepted if has_number(form)] if scale else []
        return self.model_copy(update={"accept": [*self.accept, *numbers]})

    def carry_over(self, text: str) -> str:
        """Return the text typed or chosen for an earlier version of the gap. Raises CannotCarryOver."""
        if not self.distractors:
            return text
        return self.options[find_option(text, self.options)] if text.strip() else ""


class Cloze(QuestionBase):
    """A sentence with named gaps, `The train crossed the {{river}} bridge.`, and an answer for each gap.

    The name of a gap is shown as its label, so it should say what is wanted without giving it away.
    """

    label: ClassVar[str] = gettext("Fill in the gaps")
    summary: ClassVar[str] = gettext("A text with gaps to fill in, by typing or from a list.")
    form_field: ClassVar[str] = "gap-"
    typed_into: ClassVar[bool] = True

    kind: Literal["cloze"]
    text: Text
    gaps: Annotated[dict[Line, Gap], Field(min_length=1, max_length=MOST_GAPS)]

    @model_validator(mode="after")
    def _gaps_match_text(self) -> Self:
        written = GAP.findall(self.text)
        if len(set(written)) < len(written):
            raise ValueError(gettext("two gaps in the text have the same name"))
        if set(written) != set(self.gaps):
            odd = ", ".join(sorted(set(written) ^ set(self.gaps)))
            raise ValueError(gettext("the gaps in the text and the gaps with answers differ: %(names)s", names=odd))
        return self

    @property
    def gap_names(self) -> list[str]:
        """Return the gaps in the order of the text."""
        return GAP.findall(self.text)

    @property
    def options(self) -> list[str]:
        """Return the choices for each gap, in the order of the text; they are never shown in this order."""
        return [text for name in self.gap_names for text in self.gaps[name].options]

    @property
    def text_answers(self) -> dict[FieldPath, Accepting]:
        return {("gaps", name): gap for name, gap in self.gaps.items()}

    def update_text_answers(self, change: Callable[[Accepting], Mapping[str, Any]]) -> Self:
        gaps = {name: gap.model_copy(update=change(gap)) for name, gap in self.gaps.items()}
        return self.model_copy(update={"gaps": gaps})

    @property
    def countable_options(self) -> list[Option]:
        """Return the options of every gap that is chosen from a list, each with the name of its gap."""
        chosen = [(name, gap) for name, gap in self.gaps.items() if gap.distractors]
        return [option for name, gap in chosen for option in list_options([gap.answer], gap.distractors, f"{name}: ")]

    @property
    def comparable_answers(self) -> list[Option]:
        return [option for gap in self.gaps.values() for option in list_options([gap.answer], gap.distractors)]

    @property
    def option_ranges(self) -> dict[str, range]:
        """Return the range of each gap's own options in `options`; empty for a typed gap."""
        ends = list(accumulate(len(self.gaps[name].options) for name in self.gap_names))
        return dict(zip(self.gap_names, map(range, [0, *ends], ends), strict=True))

    @property
    def is_chosen(self) -> bool:
        """Return whether every gap is chosen from a list, so that nothing has to be recalled."""
        return all(gap.distractors for gap in self.gaps.values())

    @property
    def has_typed_answer(self) -> bool:
        return not self.is_chosen

    def can_be_overridden(self, grade: Grade) -> bool:
        """Return whether something was typed, and where the verdict is wrong, whether that is for what was typed."""
        typed = [part for part in grade.parts if part.given and not self.gaps[part.label].distractors]
        return any(grade.correct or not part.correct for part in typed)

    @property
    def stage(self) -> Stage:
        return Stage.RECOGNISE if self.is_chosen else Stage.COMPLETE

    @property
    def guess_chance(self) -> float:
        """Return the product of 1/n over the gaps if all are chosen, and 0 if one is typed."""
        return 1 / math.prod(len(gap.options) for gap in self.gaps.values()) if self.is_chosen else 0.0

    @property
    def right_answer(self) -> str:
        return "; ".join(self.gaps[name].answer for name in self.gap_names)

    @property
    def stem(self) -> str:
        return f"{self.prompt} {GAP.sub(' … ', self.text)}"

    @property
    def statement(self) -> str:
        return shorten(GAP.sub(lambda gap: self.gaps[gap[1]].answer, self.text))

    def give_hint(self, order: Sequence[int]) -> list[HintPart]:
        """Return how each typed gap begins, and a wrong choice for each other gap."""
        parts: list[HintPart] = []
        for name, own in self.option_ranges.items():
            wrong = [self.options[index] for index in order[own.start : own.stop] if index != own.start]
            about = name if len(self.gaps) > 1 else ""
            parts += rule_out(wrong, about) if own else begin_answer(self.gaps[name].answer, about)
        return parts

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> ClozeResponse:
        """Read `gap-0`, `gap-1`, …: the typed texts, or the places of the options as shown."""
        posted = [form.get(f"gap-{number}", "") for number in range(len(self.gaps))]
        gaps = {name: self._read_gap(name, text, order) for name, text in zip(self.gap_names, posted, strict=True)}
        return ClozeResponse(kind="cloze", gaps=gaps)

    def _read_gap(self, name: str, posted: str, order: Sequence[int]) -> str:
        if not self.gaps[name].distractors:
            return posted
        own = self.option_ranges[name]
        picked = read_option(posted, order[own.start : own.stop])
        return "" if picked is None else self.options[picked]

    def grade(self, response: ResponseBase) -> Grade:
        """Return right gaps / gaps as the credit. The parts are the gaps, in the order of the text."""
        given = self.expect(response, ClozeResponse)
        parts = tuple(
            self._gap_in_text(name).grade(
                name, given.gaps.get(name, ""), self.stem, self._other_answers(name), given.context
            )
            for name in self.gap_names
        )
        tally = Tally(Method.GAPS, sum(part.correct for part in parts), len(parts))
        return Grade(tally.fraction, _overall(parts), self.right_answer, parts, tally=tally)

    def _gap_in_text(self, name: str) -> Gap:
        pieces = GAP.split(self.text)
        behind = dict(zip(pieces[1::2], pieces[2::2], strict=True))
        return self.gaps[name].before(behind[name])

    def _other_answers(self, name: str) -> list[str]:
        """Return what is right or to choose for the other gaps."""
        others = [gap for other, gap in self.gaps.items() if other != name]
        return [form for gap in others for form in (*gap.accepted, *gap.options)]

    def describe_answer(self, response: ResponseBase) -> str:
        given = self.expect(response, ClozeResponse).gaps.values()
        return "; ".join(text for text in map(str.strip, given) if text)

    def chosen_options(self, response: ResponseBase) -> list[Option]:
        given = {f"{name}: {text}" for name, text in self.expect(response, ClozeResponse).gaps.items()}
        return [option for option in self.countable_options if option.text in given]

    def find_mixups(self, response: ResponseBase) -> list[Mixup]:
        parts = self.grade(response).parts
        return [mixup for part in parts for mixup in self.gaps[part.label].find_mixups(part)]

    def preview_answer(self, text: str, context: SetContext = NO_CONTEXT) -> list[AnswerPreview]:
        if not text.strip():
            return []
        typed = [(name, self._gap_in_text(name)) for name, gap in self.gaps.items() if not gap.distractors]
        return [
            gap.preview_text(text, self.stem, context, name if len(typed) > 1 else "", self._other_answers(name))
            for name, gap in typed
        ]

    def carry_over(self, response: ResponseBase, new: QuestionBase) -> ResponseBase:
        if not isinstance(new, Cloze):
            raise CannotCarryOver
        require_shown(new.gap_names, self.gap_names)
        given = self.expect(response, ClozeResponse)
        gaps = {name: new.gaps[name].carry_over(given.gaps[name]) for name in new.gap_names if name in given.gaps}
        return given.model_copy(update={"gaps": gaps})

    def sample_responses(self) -> list[ResponseBase]:
        right = {name: gap.answer for name, gap in self.gaps.items()}
        wrong = [right | {name: gap.options[1] if gap.options else "?"} for name, gap in self.gaps.items()]
        return [ClozeResponse(kind="cloze", gaps=gaps) for gaps in (right, *wrong)]


def _overall(parts: tuple[Part, ...]) -> Verdict:
    verdicts = {part.verdict for part in parts}
    if len(verdicts) == 1:
        return verdicts.pop()
    return Verdict.SLIP if all(verdict.correct for verdict in verdicts) else Verdict.WRONG
