"""What all kinds have in common: the fields of every question, the grade of every response, and what each kind does."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from random import Random
from typing import ClassVar, TypeVar

from quizapp.core.kinds.fields import LONGEST_TEXT, Distractor, Key, Picture, Remark, Strict, Text
from quizapp.core.scheduling.scheduler import Rating


class Verdict(StrEnum):
    RIGHT = "right"
    SLIP = "slip"
    CLOSE = "close"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    UNMARKED = "unmarked"  # it waits for a person to mark it

    @property
    def correct(self) -> bool:
        """Return whether the answer was remembered: right, or right apart from a typing slip."""
        return self in (Verdict.RIGHT, Verdict.SLIP)


class Method(StrEnum):
    """How the credit of an answer in parts is counted."""

    HITS = "hits less false alarms"
    CONCORDANT_PAIRS = "concordant pairs"
    RIGHT_PAIRS = "right pairs"
    GAPS = "gaps"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a credit was counted from: `right` out of `of`, less the `false_alarms`."""

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

    It holds what was given for it, the right answer, and a note as in `Grade`; `distractor` is the wrong choice picked.
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

    `fraction` is the credit, 0..1, counted from `tally` where there is one, and None while the answer waits to be
    marked; only a `correct` answer counts as remembered. `key` is the right answer to show, plain text except for
    flashcards and essays, where it is Markdown.
    `distractor` is the wrong choice picked. `note` says more about a typed answer: for a slip the accepted form it is
    near to, for a wrong answer the refused form it was taken for; for a date it is a DateNote. `self_rating` is the
    learner's own rating, for kinds that learners grade themselves.
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
        """Return whether a person has still to mark the answer."""
        return self.verdict is Verdict.UNMARKED

    @property
    def partly_right(self) -> bool:
        """Return whether the credit is some, but not all."""
        return 0 < (self.fraction or 0.0) < 1

    @property
    def rating(self) -> Rating:
        """Return what the answer says about memory: the learner's own rating, or GOOD if correct and AGAIN if not."""
        return self.self_rating or (Rating.GOOD if self.correct else Rating.AGAIN)


def all_or_nothing(verdict: Verdict, key: str, note: str | None = None, parts: tuple[Part, ...] = ()) -> Grade:
    """Return a grade with full credit or none."""
    return Grade(1.0 if verdict.correct else 0.0, verdict, key, parts, note)


def in_parts(tally: Tally, key: str, parts: tuple[Part, ...], *, answered: bool) -> Grade:
    """Return a grade whose credit was counted; only full credit is right."""
    verdict = Verdict.RIGHT if tally.fraction == 1 else Verdict.WRONG
    return Grade(tally.fraction, verdict if answered else Verdict.UNANSWERED, key, parts, tally=tally)


@dataclass(frozen=True, slots=True)
class AnswerPreview:
    """How a typed answer would be graded, and why. `about` names the gap, where there are several."""

    right: bool
    why: str
    about: str = ""


class Stage(IntEnum):
    """How much a question asks of memory; a fact climbs these as its stability grows."""

    RECOGNISE = 0
    COMPLETE = 1
    RECALL = 2


class UnreadableResponse(ValueError):
    """What was posted is not a response to this question."""


class WrongKind(ValueError):
    """The response is of another kind than the question."""


class NoSuchChoice(UnreadableResponse):
    """The response picks a choice that the question does not have."""


class CannotCarryOver(Exception):
    """A version of a question has nothing that matches what was answered to an earlier one."""


class ResponseBase(Strict):
    """A response to a question, stored as JSON with each review and in each attempt."""

    kind: str


R = TypeVar("R", bound=ResponseBase)


class QuestionBase(Strict, ABC):
    """A question of any kind: its fields, and how responses to it are read, graded and described.

    A subclass names its kind for menus (`label`, `summary`), and the field that a form posts its answer in
    (`form_field`); a name that ends in a hyphen is followed by a number.
    """

    label: ClassVar[str]
    summary: ClassVar[str]
    form_field: ClassVar[str]
    self_graded: ClassVar[bool] = False  # the learner alone says how well it was answered
    marked_by_hand: ClassVar[bool] = False  # in an attempt a person enters the mark afterwards
    typed_into: ClassVar[bool] = False  # `preview_answer` explains typed answers
    offers_answer: ClassVar[bool] = False  # the answer is shown among others, to be recognised

    key: Key
    prompt: Text
    explanation: Remark = ""
    picture: Picture | None = None
    kind: str

    @property
    @abstractmethod
    def stage(self) -> Stage:
        """Return how much the question asks of memory."""

    @property
    def guess_chance(self) -> float:
        """Return the chance (0..1) of a right answer from a learner who knows nothing; 0 for recall."""
        return 0.0

    @property
    @abstractmethod
    def right_answer(self) -> str:
        """Return the right answer to show: plain text, except for flashcards and essays, where it is Markdown."""

    @property
    def statement(self) -> str:
        """Return the fact that the question asks for, in one or two sentences of Markdown."""
        colon = "" if self.prompt.endswith(("?", ":", ".", "…")) else ":"
        return shorten(f"{self.prompt}{colon} {self.right_answer}")

    @property
    def has_typed_answer(self) -> bool:
        """Return whether something must be typed to answer."""
        return self.typed_into

    @property
    def can_be_overridden(self) -> bool:
        """Return whether a learner may overrule the verdict, because the answer is free text that may be misread."""
        return self.has_typed_answer

    @property
    def option_ranges(self) -> Mapping[str, range]:
        """Return the places among `options` that are shuffled together; empty when nothing is shuffled."""
        return {}

    def shuffle_options(self, seed: str) -> tuple[int, ...]:
        """Return the order in which the options are shown, as indices into `options`; the same for the same seed."""
        dice, order = Random(seed), list[int]()
        for together in map(list, self.option_ranges.values()):
            dice.shuffle(together)
            order += together
        return tuple(order)

    @abstractmethod
    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> ResponseBase:
        """Return the response that a posted form gives, with the options shown in that order.

        A field that is missing or empty says "I don't know". Raises UnreadableResponse and pydantic.ValidationError.
        """

    def without_marks(self, response: ResponseBase) -> ResponseBase:
        """Return the response as an attempt keeps it, without marks of a kind that is marked later."""
        return response

    def right_pick(self, order: Sequence[int]) -> str | None:
        """Return the posted value of `picked` that is right, or None for kinds that are not decided by it."""
        return None

    @abstractmethod
    def grade(self, response: ResponseBase) -> Grade:
        """Return the grade of a response. Raises WrongKind and NoSuchChoice, but never because of what was typed."""

    @abstractmethod
    def describe_answer(self, response: ResponseBase) -> str:
        """Return what a response answers, as plain text; "" for "I don't know".

        Raises WrongKind, and IndexError for a choice that the question does not have.
        """

    def preview_answer(self, text: str) -> list[AnswerPreview]:
        """Return how a typed answer would be graded and why, gap by gap; empty where nothing is typed."""
        return []

    def carry_over(self, response: ResponseBase, new: "QuestionBase") -> ResponseBase:
        """Return the response as one to a later version of the question that says the same.

        What was picked is found again by its text, because choices may have been moved, added or removed. Raises
        CannotCarryOver when it is gone, and when `new` asks for something that this version did not show.
        """
        return response

    @abstractmethod
    def sample_responses(self) -> list[ResponseBase]:
        """Return the right response, then likely wrong ones, for simulated learners."""

    def expect(self, response: ResponseBase, wanted: type[R]) -> R:
        """Return the response if it is of the wanted kind. Raises WrongKind."""
        if not isinstance(response, wanted):
            raise WrongKind(f"a {self.kind} question cannot be answered by a {response.kind} response")
        return response


def shorten(statement: str) -> str:
    """Return a statement cut to the length that can be stored."""
    return statement if len(statement) <= LONGEST_TEXT else statement[: LONGEST_TEXT - 2].rstrip() + " …"


def read_place(posted: str) -> int | None:
    """Return the small number that was posted, or None for a blank. Raises UnreadableResponse."""
    if not posted:
        return None
    if not posted.isascii() or not posted.isdigit() or len(posted) > 2:
        raise UnreadableResponse(f"{posted[:20]!r} is not a place")
    return int(posted)


def read_option(posted: str, order: Sequence[int]) -> int | None:
    """Return the option shown at the place that was posted, counted from 0, or None for a blank."""
    place = read_place(posted)
    if place is None:
        return None
    if place >= len(order):
        raise UnreadableResponse("that choice is not among those shown")
    return order[place]


def find_option(text: str, options: Sequence[str]) -> int:
    """Return the place of a text among options, of which no two differ in case alone. Raises CannotCarryOver."""
    folded = [option.casefold() for option in options]
    try:
        return folded.index(text.strip().casefold())
    except ValueError:
        raise CannotCarryOver from None


def require_shown(wanted: Sequence[str], shown: Sequence[str]) -> None:
    """Raise CannotCarryOver unless all the wanted texts were shown."""
    for text in wanted:
        find_option(text, shown)


def pad(given: Sequence[int | None], size: int) -> list[int | None]:
    """Return what was given for each of `size` things, with None for what was left out at the end."""
    return [*given, *[None] * (size - len(given))]
