"""How one thing was mistaken for another in an answer."""

from dataclasses import dataclass
from enum import StrEnum

from quizapp.core.kinds.base import Grade, Part, Verdict
from quizapp.core.kinds.fields import Distractor


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
