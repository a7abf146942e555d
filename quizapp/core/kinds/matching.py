"""Stems to match with targets."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from quizapp.core.kinds.base import Grade, Method, Part, QuestionBase, ResponseBase, Stage, Tally, Verdict, in_parts
from quizapp.core.kinds.fields import Line, Strict, refuse_twins
from quizapp.core.kinds.mixups import Mixup, MixupKind
from quizapp.core.kinds.reading import CannotCarryOver, NoSuchChoice, find_option, pad, read_option, require_shown
from quizapp.core.translation import gettext


class MatchingResponse(ResponseBase):
    """The target chosen for each pair, as an index into `Matching.options`; None if none was chosen."""

    kind: Literal["matching"]
    targets: Annotated[list[Annotated[int, Field(ge=0)] | None], Field(max_length=20)] = []


class Pair(Strict):
    left: Line
    right: Line


class Matching(QuestionBase):
    """Stems to match with targets. Two stems may share a target; `extra` targets belong to no stem."""

    label: ClassVar[str] = gettext("Matching")
    summary: ClassVar[str] = gettext("Pairs that belong together.")
    form_field: ClassVar[str] = "match-"
    offers_answer: ClassVar[bool] = True

    kind: Literal["matching"]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=8)]
    extra: Annotated[list[Line], Field(max_length=4)] = []

    @model_validator(mode="after")
    def _sides_differ(self) -> Self:
        refuse_twins(self.stems)
        refuse_twins(self.options)
        if len(self.options) < 2:
            raise ValueError(gettext("a matching question needs two or more different matches"))
        return self

    @property
    def stems(self) -> list[str]:
        """Return the left side of each pair."""
        return [pair.left for pair in self.pairs]

    @property
    def options(self) -> list[str]:
        """Return each target once, in the order of the pairs, then the extra ones; never shown in this order."""
        return [*dict.fromkeys(pair.right for pair in self.pairs), *self.extra]

    @property
    def keys(self) -> list[int]:
        """Return the index in `options` of each pair's target."""
        return [self.options.index(pair.right) for pair in self.pairs]

    @property
    def option_ranges(self) -> dict[str, range]:
        return {"options": range(len(self.options))}

    @property
    def stage(self) -> Stage:
        return Stage.RECOGNISE

    @property
    def guess_chance(self) -> float:
        stems, targets = len(self.pairs), len(self.options)
        one_to_one = len(set(self.keys)) == stems
        return float(1 / (math.perm(targets, stems) if one_to_one else targets**stems))

    @property
    def right_answer(self) -> str:
        return "; ".join(f"{pair.left} – {pair.right}" for pair in self.pairs)

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> MatchingResponse:
        """Read `match-0`, `match-1`, …: the places, as shown, of the targets for the stems."""
        targets = [read_option(form.get(f"match-{stem}", ""), order) for stem in range(len(self.pairs))]
        return MatchingResponse(kind="matching", targets=targets)

    def grade(self, response: ResponseBase) -> Grade:
        """Return right pairs / stems as the credit. The parts are the stems, in their order."""
        options = self.options
        given = self.expect(response, MatchingResponse).targets
        if len(given) > len(self.pairs) or any(index is not None and index >= len(options) for index in given):
            raise NoSuchChoice(f"targets {given}")
        targets = pad(given, len(self.pairs))
        parts = tuple(
            Part(
                pair.left,
                given="" if target is None else options[target],
                expected=pair.right,
                verdict=Verdict.RIGHT if target == key else Verdict.WRONG,
            )
            for pair, key, target in zip(self.pairs, self.keys, targets, strict=True)
        )
        tally = Tally(Method.RIGHT_PAIRS, sum(part.correct for part in parts), len(parts))
        answered = any(target is not None for target in targets)
        return in_parts(tally, self.right_answer, parts, answered=answered)

    def describe_answer(self, response: ResponseBase) -> str:
        chosen = zip(self.pairs, self.expect(response, MatchingResponse).targets, strict=False)
        return "; ".join(f"{pair.left} – {self.options[to]}" for pair, to in chosen if to is not None)

    def find_mixups(self, response: ResponseBase) -> list[Mixup]:
        return [
            Mixup(MixupKind.CHOICE, part.expected, part.given, about=part.label)
            for part in self.grade(response).parts
            if part.given and not part.correct
        ]

    def carry_over(self, response: ResponseBase, new: QuestionBase) -> ResponseBase:
        if not isinstance(new, Matching):
            raise CannotCarryOver
        require_shown(new.stems, self.stems)
        require_shown(new.options, self.options)
        given = pad(self.expect(response, MatchingResponse).targets, len(self.stems))
        targets = [given[find_option(stem, self.stems)] for stem in new.stems]
        return MatchingResponse(
            kind="matching",
            targets=[None if target is None else find_option(self.options[target], new.options) for target in targets],
        )

    def sample_responses(self) -> list[ResponseBase]:
        keys = self.keys
        return [MatchingResponse(kind="matching", targets=[*targets]) for targets in (keys, [*keys[1:], keys[0]])]
