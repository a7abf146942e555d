"""The question kinds: one discriminated union, the only schema of a question.

Bank files, editor forms and the JSON stored with each question version are all validated by it. Text fields
hold Markdown (emphasis, lists, links); answers that are compared hold plain text.
"""

import math
import re
from decimal import Decimal
from enum import IntEnum
from itertools import accumulate
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

from quizapp.core.dates import Precision, parse_edtf

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]  # may be left empty
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\n]*$")]


def _is_edtf(text: str) -> str:
    parse_edtf(text)
    return text


Edtf = Annotated[str, StringConstraints(max_length=40), AfterValidator(_is_edtf)]

GAP = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


class Stage(IntEnum):
    """How much a kind asks of memory; a fact climbs these as its stability grows."""

    RECOGNISE = 0
    COMPLETE = 1
    RECALL = 2


class Strict(BaseModel):
    """A part of the schema: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Picture(Strict):
    """A picture beside a prompt: the SHA-256 (hex) of its file, its size in pixels, and what it shows, in words."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    width: Annotated[int, Field(ge=1, le=10_000)]
    height: Annotated[int, Field(ge=1, le=10_000)]
    alt: Line


class _Question(Strict):
    key: Key
    prompt: Text
    explanation: Remark = ""
    picture: Picture | None = None


class Distractor(Strict):
    """A wrong choice, why it is wrong, and the name of the misconception it stands for, if it does for one."""

    text: Line
    why_not: Remark = ""
    misconception: Key | None = None


def _refuse_twins(texts: list[str]) -> None:
    if len({text.casefold() for text in texts}) < len(texts):
        raise ValueError("two choices have the same text")


class Flashcard(_Question):
    """Prompt on the front, answer on the back; the learner grades the recall."""

    kind: Literal["flashcard"]
    answer: Text


class Choice(_Question):
    """One right answer among distractors; the order shown is shuffled."""

    kind: Literal["choice"]
    answer: Line
    distractors: Annotated[list[Distractor], Field(min_length=1, max_length=11)]

    @model_validator(mode="after")
    def _choices_differ(self) -> "Choice":
        _refuse_twins(self.options)
        return self

    @property
    def options(self) -> list[str]:
        """Every choice, the key first; never shown in this order."""
        return [self.answer, *(d.text for d in self.distractors)]


class TrueFalse(_Question):
    """A statement to judge."""

    kind: Literal["true_false"]
    answer: bool


class Multiple(_Question):
    """Several right answers among distractors; the order shown is shuffled."""

    kind: Literal["multiple"]
    answers: Annotated[list[Line], Field(min_length=2, max_length=8)]
    distractors: Annotated[list[Distractor], Field(min_length=1, max_length=11)]

    @model_validator(mode="after")
    def _choices_differ(self) -> "Multiple":
        _refuse_twins(self.options)
        return self

    @property
    def options(self) -> list[str]:
        """Every choice, the keys first; never shown in this order."""
        return [*self.answers, *(d.text for d in self.distractors)]


class Ordering(_Question):
    """Things to put in order, the first first. Several in one place, written as a list, may stand either way."""

    kind: Literal["ordering"]
    items: Annotated[list[Line | Annotated[list[Line], Field(min_length=2)]], Field(min_length=2)]

    @model_validator(mode="after")
    def _items_fit(self) -> "Ordering":
        _refuse_twins(self.options)
        if not 3 <= len(self.options) <= 7:
            raise ValueError("an ordering needs three to seven things to order")
        return self

    @property
    def places(self) -> list[list[str]]:
        """The things in each place, the first place first."""
        return [[item] if isinstance(item, str) else item for item in self.items]

    @property
    def options(self) -> list[str]:
        """Every thing, in a right order; never shown in this order."""
        return [text for place in self.places for text in place]

    @property
    def ranks(self) -> list[int]:
        """The place (from 0) of each option."""
        return [rank for rank, place in enumerate(self.places) for _ in place]


class Pair(Strict):
    left: Line
    right: Line


class Matching(_Question):
    """Stems to match with targets. Two stems may share a target; `extra` targets belong to none."""

    kind: Literal["matching"]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=8)]
    extra: Annotated[list[Line], Field(max_length=4)] = []

    @model_validator(mode="after")
    def _sides_differ(self) -> "Matching":
        _refuse_twins([pair.left for pair in self.pairs])
        _refuse_twins(self.options)
        if len(self.options) < 2:
            raise ValueError("a matching needs two targets or more")
        return self

    @property
    def options(self) -> list[str]:
        """Every target once, in the order of the pairs, then the extra ones; never shown in this order."""
        return [*dict.fromkeys(pair.right for pair in self.pairs), *self.extra]

    @property
    def keys(self) -> list[int]:
        """For each pair the index of its target in `options`."""
        return [self.options.index(pair.right) for pair in self.pairs]


class Accepting(Strict):
    """A typed answer: the key, further accepted forms, names whose every spelling counts, and forms to refuse.

    `spellings_of` names entries of the set's names.yaml. Loading a bank writes their spellings into `accept`, and
    into `reject` the other names near enough to be taken for a typing slip.
    """

    answer: Line
    accept: list[Line] = []
    spellings_of: list[Key] = []
    reject: list[Line] = []


class Typed(_Question, Accepting):
    """The answer is typed; case, accents, transliteration and small slips are forgiven."""

    kind: Literal["typed"]


class Gap(Accepting):
    """What a gap wants: it is typed into, or, where it has `distractors`, one thing is chosen from a list."""

    distractors: Annotated[list[Distractor], Field(max_length=7)] = []

    @model_validator(mode="after")
    def _is_typed_or_chosen(self) -> "Gap":
        if not self.distractors:
            return self
        if len(self.distractors) < 2:
            raise ValueError("a gap to choose for needs two distractors or more; there is 1")
        if self.accept or self.spellings_of or self.reject:
            raise ValueError("a gap with distractors is chosen, not typed: accept, spellings_of and reject have no use")
        _refuse_twins(self.options)
        return self

    @property
    def options(self) -> list[str]:
        """What may be chosen for the gap, the key first; empty for a gap that is typed into."""
        return [self.answer, *(d.text for d in self.distractors)] if self.distractors else []


class Cloze(_Question):
    """A sentence with named gaps, `The train crossed the {{river}} bridge.`, and an answer for each gap.

    The gap's name is shown as its label, so it should say what is wanted and not give it away.
    """

    kind: Literal["cloze"]
    text: Text
    gaps: Annotated[dict[Line, Gap], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _gaps_match_text(self) -> "Cloze":
        written = GAP.findall(self.text)
        if len(set(written)) < len(written):
            raise ValueError("each gap in the text needs a name of its own")
        if set(written) != set(self.gaps):
            odd = ", ".join(sorted(set(written) ^ set(self.gaps)))
            raise ValueError(f"the gaps in the text and the gaps answered are not the same: {odd}")
        return self

    @property
    def gap_names(self) -> list[str]:
        """The gaps in the order they stand in the text."""
        return GAP.findall(self.text)

    @property
    def options(self) -> list[str]:
        """What may be chosen for one gap after the other, in the order of the text; never shown in this order."""
        return [text for name in self.gap_names for text in self.gaps[name].options]

    @property
    def option_ranges(self) -> dict[str, range]:
        """For each gap the places of its own options among `options`; an empty range for one that is typed into."""
        ends = list(accumulate(len(self.gaps[name].options) for name in self.gap_names))
        return dict(zip(self.gap_names, map(range, [0, *ends], ends), strict=True))

    @property
    def is_chosen(self) -> bool:
        """Whether every gap is chosen from a list, so that nothing has to be recalled."""
        return all(gap.distractors for gap in self.gaps.values())


class Date(_Question):
    """A date is typed. `precision` is what must be right; `accept` lists other dates that count."""

    kind: Literal["date"]
    answer: Edtf
    precision: Literal["year", "month", "day", "time"]
    accept: list[Edtf] = []

    @model_validator(mode="after")
    def _fine_enough(self) -> "Date":
        for text in [self.answer, *self.accept]:
            start, end = parse_edtf(text)
            if start != end or start.season or start.precision < self.asked:
                raise ValueError(f"{text!r} is not one date known to the {self.precision}")
        return self

    @property
    def asked(self) -> Precision:
        return Precision[self.precision.upper()]


def _as_digits(value: object) -> object:
    return str(value) if type(value) is int else value


Figure = Annotated[str, BeforeValidator(_as_digits), StringConstraints(pattern=r"^-?\d{1,15}(\.\d{1,9})?$")]


class Number(_Question):
    """A figure is typed: right when it is no further than `tolerance` from the answer. `unit` stands behind it."""

    kind: Literal["number"]
    answer: Figure
    tolerance: Figure = "0"
    unit: Line | None = None

    @property
    def key_shown(self) -> str:
        """The answer for reading, with its unit: "5,000 men"."""
        return self._shown(self.answer)

    @property
    def leeway(self) -> str | None:
        """The tolerance for reading, with its unit; None where only the figure itself counts."""
        return self._shown(self.tolerance) if Decimal(self.tolerance) else None

    def _shown(self, figure: str) -> str:
        return f"{Decimal(figure):,} {self.unit or ''}".strip()


Question = Annotated[
    Flashcard | Choice | Multiple | TrueFalse | Cloze | Typed | Date | Number | Ordering | Matching,
    Field(discriminator="kind"),
]

question_adapter: TypeAdapter[Question] = TypeAdapter(Question)

KINDS: tuple[str, ...] = tuple(
    get_args(cls.model_fields["kind"].annotation)[0] for cls in get_args(get_args(Question)[0])
)

_STAGES = {
    "choice": Stage.RECOGNISE,
    "true_false": Stage.RECOGNISE,
    "matching": Stage.RECOGNISE,
    "multiple": Stage.COMPLETE,
    "ordering": Stage.COMPLETE,
    "cloze": Stage.COMPLETE,
    "typed": Stage.RECALL,
    "date": Stage.RECALL,
    "number": Stage.RECALL,
    "flashcard": Stage.RECALL,
}


def parse_question(data: object) -> Question:
    """A question from stored or posted data. Raises pydantic.ValidationError with every fault."""
    return question_adapter.validate_python(data)


def asked_stage(question: Question) -> Stage:
    """How much a question asks of memory. A cloze whose every gap is chosen from a list is only to be recognised."""
    if isinstance(question, Cloze) and question.is_chosen:
        return Stage.RECOGNISE
    return _STAGES[question.kind]


def guess_chance(question: Question) -> float:
    """The chance (0..1) of a right answer from a learner who knows nothing, 0 for recall.

    1/n for n choices, 1/(2^n - 1) where several are right, one in all the orders or all the matchings there are; for
    gaps that are all chosen the product of their 1/n.
    """
    match question:
        case Cloze() if question.is_chosen:
            return 1 / math.prod(len(gap.options) for gap in question.gaps.values())
        case Multiple():
            return 1 / float(2 ** len(question.options) - 1)
        case Ordering():
            right = math.prod(math.factorial(len(place)) for place in question.places)
            return right / math.factorial(len(question.options))
        case Matching():
            stems, targets = len(question.pairs), len(question.options)
            one_to_one = len(set(question.keys)) == stems
            return float(1 / (math.perm(targets, stems) if one_to_one else targets**stems))
        case Choice():
            return 1 / len(question.options)
        case TrueFalse():
            return 0.5
        case _:
            return 0.0
