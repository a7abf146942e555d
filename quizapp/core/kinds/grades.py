"""The results for a response: its grade, the options it chose, and the mix-ups it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from quizapp.core.kinds.fields import Distractor
from quizapp.core.scheduling.scheduler import Rating


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


class Method(StrEnum):
    """How the credit for an answer in parts is counted."""

    HITS = "hits less false alarms"
    CONCORDANT_PAIRS = "concordant pairs"
    RIGHT_PAIRS = "right pairs"
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
    slip the accepted form it is close to, for a wrong answer the refused form it was taken for; for a date it is a
    DateNote. `self_rating` is the learner's rating, for kinds that learners rate themselves.
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


class MixupKind(StrEnum):
    """How one thing was mistaken for another."""

    CHOICE = "choice"  # a wrong choice was picked
    NAME = "name"  # another name was typed
    ORDER = "order"  # the later of two things was put first


@dataclass(frozen=True, slots=True)
class Mixup:
    """One thing mistaken for another in an answer.

    `meant` is the right answer, `taken` the one given; in an order, `meant` came first and `taken` was put first.
    `about` is the stem or gap that was answered. `misconception` is the key of the one that the wrong choice stands
    for.
    """

    kind: MixupKind
    meant: str
    taken: str
    about: str | None = None
    misconception: str | None = None


def choice_mixup(meant: str, picked: Distractor, about: str | None = None) -> Mixup:
    """Return the mix-up of a wrong choice with the right answer."""
    return Mixup(MixupKind.CHOICE, meant, picked.text, about, picked.misconception)


def name_mixups(meant: str, graded: Grade | Part, about: str | None = None) -> list[Mixup]:
    """Return the mix-up in a typed answer that was taken for another name; empty if it was not."""
    if graded.verdict is not Verdict.WRONG or not graded.note:
        return []
    return [Mixup(MixupKind.NAME, meant, graded.note, about)]
