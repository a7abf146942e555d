"""What a class is expected to know on a day: of each student and group of facts, and of each fact over the class.

The chances (0..1) are given as `chances[student][fact]`. A fact that a student never met is not in there: it counts as
not known.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

STEPS = (0.5, 0.7, 0.8, 0.9)  # the chances from which a square of the map is of level 1, 2, 3, 4
LIKELY = 0.5  # from here somebody is likelier to know a fact than not

Chances = Mapping[int, Mapping[int, float]]
Group = TypeVar("Group", bound=Hashable)


def level(chance: float) -> int:
    """Return 0..4, by STEPS."""
    return bisect_right(STEPS, chance)


@dataclass(frozen=True, slots=True)
class ExpectedRecall:
    """What one student is expected to know of a group of facts: `known` is the sum of the chances."""

    known: float
    met: int
    total: int

    @property
    def share(self) -> float:
        """0..1; 0 for a group without facts."""
        return self.known / self.total if self.total else 0.0

    @property
    def level(self) -> int:
        return level(self.share)


@dataclass(frozen=True, slots=True)
class FactChance:
    """How a class stands to one fact: the mean chance, the chance that a quarter of the class does not reach, how many
    are likelier to know it than not, and how many met it at all."""

    fact_id: int
    mean: float
    low: float
    knowing: int
    met: int

    @property
    def level(self) -> int:
        return level(self.mean)


def expected(known: Mapping[int, float], facts: Sequence[int]) -> ExpectedRecall:
    """Return what a student, whose chances these are, is expected to know of some facts."""
    found = [known[fact] for fact in facts if fact in known]
    return ExpectedRecall(sum(found), len(found), len(facts))


def grid(
    chances: Chances, students: Iterable[int], groups: Mapping[Group, Sequence[int]]
) -> dict[int, dict[Group, ExpectedRecall]]:
    """Return for each student what is expected of each group of facts."""
    return {
        student: {group: expected(chances.get(student, {}), facts) for group, facts in groups.items()}
        for student in students
    }


def by_fact(chances: Chances, students: Sequence[int], facts: Iterable[int]) -> list[FactChance]:
    """Return how the class stands to each fact, in the order of the facts; nothing for a class without students."""
    if not students:
        return []
    known = [chances.get(student, {}) for student in students]
    return [_of_fact(fact, [each.get(fact) for each in known]) for fact in facts]


def _of_fact(fact_id: int, found: list[float | None]) -> FactChance:
    values = sorted(chance or 0.0 for chance in found)
    return FactChance(
        fact_id,
        mean=sum(values) / len(values),
        low=lower_quartile(values),
        knowing=len(values) - bisect_right(values, LIKELY),
        met=sum(chance is not None for chance in found),
    )


def lower_quartile(ordered: Sequence[float]) -> float:
    """Return the first quartile of values in ascending order, by linear interpolation between them (Hyndman & Fan, type
    7)."""
    place, part = divmod((len(ordered) - 1) / 4, 1)
    below = ordered[int(place)]
    return below + part * (ordered[int(place) + 1] - below) if part else below


def forgotten(facts: Iterable[FactChance], target: float) -> list[FactChance]:
    """Return the facts that somebody met and whose mean chance is below the target, the least known first."""
    return sorted((fact for fact in facts if fact.met and fact.mean < target), key=lambda fact: fact.mean)
