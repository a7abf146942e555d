"""The base classes of all kinds: the fields of every question, and the methods that each kind defines."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from random import Random
from typing import Any, ClassVar, Self, TypeVar

from quizapp.core.kinds.accepting import Accepting
from quizapp.core.kinds.fields import LONGEST_TEXT, FieldPath, Key, Picture, Remark, Strict, Text, TypedText
from quizapp.core.kinds.grades import AnswerPreview, Grade, Mixup, Option


class Stage(IntEnum):
    """How much a question demands of memory; as a fact's stability grows, it moves to higher stages."""

    RECOGNISE = 0
    COMPLETE = 1
    RECALL = 2


class UnreadableResponse(ValueError):
    """The posted form is not a response to this question."""


class WrongKind(ValueError):
    """The response is for another kind of question."""


class NoSuchChoice(UnreadableResponse):
    """The response picks a choice that the question does not have."""


class CannotCarryOver(Exception):
    """A version of a question has no counterpart for a response to an earlier version."""


class ResponseBase(Strict):
    """A response to a question, stored as JSON with each review and in each attempt."""

    kind: str

    @property
    def short_text(self) -> str:
        """Return a typed answer that is short enough for counting equal answers; "" for other responses."""
        return ""


class TextResponse(ResponseBase):
    """A response that consists of one typed text."""

    text: TypedText = ""

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

    @property
    def can_be_overridden(self) -> bool:
        """Return whether a learner may overrule the verdict, because free text may be misjudged."""
        return self.has_typed_answer

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

    def preview_answer(self, text: str) -> list[AnswerPreview]:
        """Return how a typed answer would be graded and why, for each gap; empty for kinds without typing."""
        return []

    def carry_over(self, response: ResponseBase, new: "QuestionBase") -> ResponseBase:
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
            raise WrongKind(f"a {self.kind} question cannot be answered by a {response.kind} response")
        return response


def shorten(statement: str) -> str:
    """Return a statement cut to the longest text that can be stored."""
    return statement if len(statement) <= LONGEST_TEXT else statement[: LONGEST_TEXT - 2].rstrip() + " …"


def read_place(posted: str) -> int | None:
    """Return the posted small number, or None for a blank. Raises UnreadableResponse."""
    if not posted:
        return None
    if not posted.isascii() or not posted.isdigit() or len(posted) > 2:
        raise UnreadableResponse(f"{posted[:20]!r} is not a place")
    return int(posted)


def read_option(posted: str, order: Sequence[int]) -> int | None:
    """Return the option at the posted place, counted from 0 in the order shown, or None for a blank.

    Raises UnreadableResponse.
    """
    place = read_place(posted)
    if place is None:
        return None
    if place >= len(order):
        raise UnreadableResponse("that choice is not among those shown")
    return order[place]


def find_option(text: str, options: Sequence[str]) -> int:
    """Return the index of a text among options that differ in more than case. Raises CannotCarryOver."""
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
    """Return the list filled up with None to `size` entries."""
    return [*given, *[None] * (size - len(given))]
