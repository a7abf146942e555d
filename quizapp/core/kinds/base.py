"""What all kinds have in common: the fields of a question, its methods, responses, and the results for a response."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import Field

from quizapp.core.kinds.fields import LONGEST_TEXT, Distractor, FieldPath, Key, Picture, Remark, Strict, Text, TypedText
from quizapp.core.scheduling.scheduler import Rating

if TYPE_CHECKING:
    from quizapp.core.kinds.accepting import Accepting
    from quizapp.core.kinds.hints import HintPart
    from quizapp.core.kinds.mixups import Mixup


class Stage(IntEnum):
    """How much a question demands of memory; as a fact's stability grows, it moves to higher stages."""

    RECOGNISE = 0
    COMPLETE = 1
    RECALL = 2


class WrongKind(ValueError):
    """The response is for another kind of question."""


class Verdict(StrEnum):
    RIGHT = "right"
    SLIP = "slip"
    CLOSE = "close"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    UNMARKED = "unmarked"  # waiting to be marked by a person

    @property
    def correct(self) -> bool:
        """Return whether the answer was remembered: right, or right except for a typing slip."""
        return self in (Verdict.RIGHT, Verdict.SLIP)


class Doubt(StrEnum):
    """Why it is doubtful that an answer is meant, so that the learner is asked once before it counts."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"


class Method(StrEnum):
    """How the credit for an answer in parts is counted."""

    HITS = "hits"
    CONCORDANT_PAIRS = "concordant_pairs"
    RIGHT_PAIRS = "right_pairs"
    GAPS = "gaps"


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts behind a credit: `right` out of `of`, minus `false_alarms`."""

    method: Method
    right: int
    of: int
    false_alarms: int = 0

    @property
    def fraction(self) -> float:
        """Return the credit, 0..1."""
        return max(0.0, (self.right - self.false_alarms) / self.of)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things to get right: an option, a stem, a gap, or the year, month, day or time of a date.

    It has the answer given for it, the right answer, and a note as in `Grade`; `distractor` is the wrong choice picked.
    """

    label: str
    given: str
    expected: str
    verdict: Verdict
    note: str | None = None
    distractor: Distractor | None = None

    @property
    def correct(self) -> bool:
        return self.verdict.correct


@dataclass(frozen=True, slots=True)
class Grade:
    """A graded response.

    `fraction` is the credit, 0..1, counted from `tally` if there is one, and None while the answer is waiting to be
    marked; only a `correct` answer counts as remembered. `key` is the right answer for display, plain text but Markdown
    for flashcards and essays. `distractor` is the wrong choice picked. `note` says more about a typed answer: for a
    slip the accepted form it is close to, for a wrong answer the refused form or the other word it was taken for; for a
    date it is a DateNote. `self_rating` is the learner's rating, for kinds that learners rate themselves.
    """

    fraction: float | None
    verdict: Verdict
    key: str
    parts: tuple[Part, ...] = ()
    note: str | None = None
    distractor: Distractor | None = None
    tally: Tally | None = None
    self_rating: Rating | None = None

    @property
    def correct(self) -> bool:
        return self.verdict.correct

    @property
    def waits_for_mark(self) -> bool:
        """Return whether a person still has to mark the answer."""
        return self.verdict is Verdict.UNMARKED

    @property
    def has_slip(self) -> bool:
        """Return whether the answer, or a part of it, was taken for a typing slip."""
        return self.verdict is Verdict.SLIP or any(part.verdict is Verdict.SLIP for part in self.parts)

    @property
    def partly_right(self) -> bool:
        """Return whether there is some credit, but not full credit."""
        return 0 < (self.fraction or 0.0) < 1

    @property
    def rating(self) -> Rating:
        """Return the rating for the scheduler: the learner's own, or GOOD if correct and AGAIN if not."""
        return self.self_rating or (Rating.GOOD if self.correct else Rating.AGAIN)


def all_or_nothing(verdict: Verdict, key: str, note: str | None = None, parts: tuple[Part, ...] = ()) -> Grade:
    """Return a grade with full credit or none."""
    return Grade(1.0 if verdict.correct else 0.0, verdict, key, parts, note)


def in_parts(tally: Tally, key: str, parts: tuple[Part, ...], *, answered: bool) -> Grade:
    """Return a grade with counted credit; only full credit is right."""
    verdict = Verdict.RIGHT if tally.fraction == 1 else Verdict.WRONG
    return Grade(tally.fraction, verdict if answered else Verdict.UNANSWERED, key, parts, tally=tally)


@dataclass(frozen=True, slots=True)
class AnswerPreview:
    """How a typed answer would be graded, and why. `about` names the gap, where there are several."""

    right: bool
    why: str
    about: str = ""


class Option(NamedTuple):
    """An option to choose: its text, whether it is right, and the key of the misconception it stands for."""

    text: str
    right: bool
    misconception: str | None = None


def list_options(keys: Sequence[str], distractors: Sequence[Distractor], label: str = "") -> list[Option]:
    """Return the right options, then the wrong ones, each with `label` in front of its text."""
    return [
        *(Option(label + key, True) for key in keys),
        *(Option(label + wrong.text, False, wrong.misconception) for wrong in distractors),
    ]


class ResponseBase(Strict):
    """A response to a question, stored as JSON with each review and in each attempt."""

    kind: str

    @property
    def short_text(self) -> str:
        """Return a typed answer that is short enough for counting equal answers; "" for other responses."""
        return ""


class SetContext(Strict):
    """What grading a typed answer has to know of the set, kept with the response so that it is always graded the same.

    `language` is that of the set, and `other_words` are typed words (in answer form) that are others of its words.
    """

    language: str = "en"
    other_words: tuple[str, ...] = ()


NO_CONTEXT = SetContext()


class WrittenResponse(ResponseBase):
    """A response that was typed."""

    context: SetContext = Field(default=NO_CONTEXT, exclude_if=lambda context: context == NO_CONTEXT)

    @property
    def texts(self) -> Sequence[str]:
        """Return the typed texts."""
        return ()

    def within(self, context: SetContext) -> Self:
        """Return the response with what grading it has to know of its set."""
        return self.model_copy(update={"context": context})


class TextResponse(WrittenResponse):
    """A response that consists of one typed text."""

    text: TypedText = ""

    @property
    def texts(self) -> Sequence[str]:
        return [self.text]

    @property
    def short_text(self) -> str:
        return self.text.strip()


R = TypeVar("R", bound=ResponseBase)


class QuestionBase(Strict, ABC):
    """A question of any kind: its fields, and how responses to it are read, graded and described.

    A subclass sets the name of its kind for menus (`label`, `summary`) and the form field that its answer is posted in
    (`form_field`); a field name that ends in a hyphen is followed by a number.
    """

    label: ClassVar[str]
    summary: ClassVar[str]
    form_field: ClassVar[str]
    self_graded: ClassVar[bool] = False  # the learner rates the answer
    marked_by_hand: ClassVar[bool] = False  # in an attempt, a person enters the mark later
    typed_into: ClassVar[bool] = False  # `preview_answer` explains typed answers
    draws_picture: ClassVar[bool] = False  # its templates draw the picture, with what is marked on it
    offers_answer: ClassVar[bool] = False  # the answer is shown among others, so it only has to be recognised

    key: Key
    prompt: Text
    explanation: Remark = ""
    picture: Picture | None = None
    kind: str

    @property
    @abstractmethod
    def stage(self) -> Stage:
        """Return how much the question demands of memory."""

    @property
    def guess_chance(self) -> float:
        """Return the chance (0..1) that a learner who knows nothing answers right; 0 for recall."""
        return 0.0

    @property
    @abstractmethod
    def right_answer(self) -> str:
        """Return the right answer for display: plain text, but Markdown for flashcards and essays."""

    @property
    def stem(self) -> str:
        """Return the text shown before answering, without the options."""
        return self.prompt

    @property
    def statement(self) -> str:
        """Return the fact that the question asks for, as one or two sentences of Markdown."""
        colon = "" if self.prompt.endswith(("?", ":", ".", "…")) else ":"
        return shorten(f"{self.prompt}{colon} {self.right_answer}")

    @property
    def has_typed_answer(self) -> bool:
        """Return whether answering requires typing."""
        return self.typed_into

    def can_be_overridden(self, grade: Grade) -> bool:
        """Return whether a learner may overrule the verdict of a grade, because what was typed may be misjudged."""
        return self.has_typed_answer and grade.verdict is not Verdict.UNANSWERED

    @property
    def text_answers(self) -> Mapping[FieldPath, Accepting]:
        """Return the answers that texts are compared with, by their paths in the question."""
        return {}

    def update_text_answers(self, change: Callable[[Accepting], Mapping[str, Any]]) -> Self:
        """Return the question with changed text answers: `change` returns the new field values for each of them."""
        return self

    @property
    def countable_options(self) -> list[Option]:
        """Return the options that learners choose from, the right ones first; empty if nothing is chosen."""
        return []

    @property
    def comparable_answers(self) -> list[Option]:
        """Return the texts that are right or wrong answers, by which similar facts are found; empty if there are none
        that would say something without the question."""
        return []

    @property
    def option_ranges(self) -> Mapping[str, range]:
        """Return the ranges of `options` that are shuffled separately; empty if nothing is shuffled."""
        return {}

    def shuffle_options(self, seed: str) -> tuple[int, ...]:
        """Return the order in which options are shown, as indices into `options`; the same for the same seed."""
        dice, order = Random(seed), list[int]()
        for together in map(list, self.option_ranges.values()):
            dice.shuffle(together)
            order += together
        return tuple(order)

    def give_hint(self, order: Sequence[int]) -> list[HintPart]:
        """Return what a hint says while the options are shown in that order; empty if the kind gives none."""
        return []

    @abstractmethod
    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> ResponseBase:
        """Return the response in a posted form, with the options shown in that order.

        A missing or empty field means "I don't know". Raises UnreadableResponse and pydantic.ValidationError.
        """

    def without_marks(self, response: ResponseBase) -> ResponseBase:
        """Return the response as an attempt stores it, without marks if the kind is marked later."""
        return response

    def right_pick(self, order: Sequence[int]) -> str | None:
        """Return the posted value of `picked` that is right, or None for kinds that it does not decide."""
        return None

    @abstractmethod
    def grade(self, response: ResponseBase) -> Grade:
        """Return the grade of a response. Raises WrongKind and NoSuchChoice, but never because of typed text."""

    def find_doubt(self, response: ResponseBase, grade: Grade) -> Doubt | None:
        """Return why a graded response may not be meant, though it does not say "I don't know"; None if it may."""
        picks_at_once = self.form_field == "picked"  # with a button for each choice, so that none is sent by mistake
        is_empty = grade.verdict is Verdict.UNANSWERED
        return Doubt.EMPTY if is_empty and not (picks_at_once or self.self_graded) else None

    @abstractmethod
    def describe_answer(self, response: ResponseBase) -> str:
        """Return the answer given in a response, as plain text; "" for "I don't know".

        Raises WrongKind, and IndexError for a choice that the question does not have.
        """

    def chosen_options(self, response: ResponseBase) -> list[Option]:
        """Return the countable options that a response chose."""
        return []

    def find_mixups(self, response: ResponseBase) -> list[Mixup]:
        """Return the mix-ups that a response shows; empty if there are none."""
        return []

    def preview_answer(self, text: str, context: SetContext = NO_CONTEXT) -> list[AnswerPreview]:
        """Return how a typed answer would be graded and why, for each gap; empty for kinds without typing."""
        return []

    def carry_over(self, response: ResponseBase, new: QuestionBase) -> ResponseBase:
        """Return the response as an equivalent response to a later version of the question.

        Choices are found by their text, because they may have been moved, added or removed. Raises CannotCarryOver when
        a choice is gone, and when `new` asks for something that this version did not show.
        """
        return response

    @abstractmethod
    def sample_responses(self) -> list[ResponseBase]:
        """Return the right response, then likely wrong ones, for simulated learners."""

    def expect(self, response: ResponseBase, wanted: type[R]) -> R:
        """Return the response if it is of the wanted class. Raises WrongKind."""
        if not isinstance(response, wanted):
            raise WrongKind(f"{response.kind} for {self.kind}")
        return response


def shorten(statement: str) -> str:
    """Return a statement cut to the longest text that can be stored."""
    return statement if len(statement) <= LONGEST_TEXT else statement[: LONGEST_TEXT - 2].rstrip() + " …"
