"""What a class is expected to know on a day, for each student and group of facts and for each fact.

The chances (0..1) are given as `chances[student][fact]`. A fact that a student never met is missing there and counts as
not known.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

STEPS = (0.5, 0.7, 0.8, 0.9)  # the lowest chances for levels 1, 2, 3, 4 of the map
LIKELY = 0.5  # above this, a student probably knows the fact

Chances = Mapping[int, Mapping[int, float]]
GroupT = TypeVar("GroupT", bound=Hashable)


def level(chance: float) -> int:
    """Return the level of a chance, 0..4, by STEPS."""
    return bisect_right(STEPS, chance)


@dataclass(frozen=True, slots=True)
class ExpectedRecall:
    """How much of a group of facts a student is expected to know: `known` is the sum of the chances."""

    known: float
    met: int
    total: int

    @property
    def share(self) -> float:
        """Return the share known, 0..1; 0 for a group without facts."""
        return self.known / self.total if self.total else 0.0

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def level(self) -> int:
        return level(self.share)


@dataclass(frozen=True, slots=True)
class FactChance:
    """How well a class knows a fact: the mean chance, the lower quartile, and two numbers of students.

    `knowing` probably know it; `met` have met it.
    """

    fact_id: int
    mean: float
    low: float
    knowing: int
    met: int

    @property
    def level(self) -> int:
        return level(self.mean)


def whole(known: Mapping[int, float], facts: int) -> ExpectedRecall:
    """Return how much of all facts, of which there are so many, a student with these chances is expected to know."""
    return ExpectedRecall(sum(known.values()), len(known), facts)


def grid(
    chances: Chances, students: Iterable[int], groups: Mapping[GroupT, Sequence[int]]
) -> dict[int, dict[GroupT, ExpectedRecall]]:
    """Return for each student how much of each group of facts is expected to be known."""
    groups_of: dict[int, list[GroupT]] = defaultdict(list)
    for group, facts in groups.items():
        for fact in facts:
            groups_of[fact].append(group)
    sizes = {group: len(facts) for group, facts in groups.items()}
    return {student: _by_group(chances.get(student, {}), groups_of, sizes) for student in students}


def _by_group(
    known: Mapping[int, float], groups_of: Mapping[int, Sequence[GroupT]], sizes: Mapping[GroupT, int]
) -> dict[GroupT, ExpectedRecall]:
    sums, met = dict.fromkeys(sizes, 0.0), dict.fromkeys(sizes, 0)
    for fact, chance in known.items():
        for group in groups_of.get(fact, ()):
            sums[group] += chance
            met[group] += 1
    return {group: ExpectedRecall(sums[group], met[group], size) for group, size in sizes.items()}


def class_means(chances: Chances, students: int) -> dict[int, float]:
    """Return the mean chance over so many students of each fact that someone met, the least known first."""
    sums: dict[int, float] = defaultdict(float)
    for known in chances.values():
        for fact, chance in known.items():
            sums[fact] += chance
    return {fact: sums[fact] / students for fact in sorted(sorted(sums), key=sums.__getitem__)}


def by_fact(chances: Chances, students: Sequence[int], facts: Iterable[int]) -> list[FactChance]:
    """Return how well the class knows each fact, in the order of the facts; empty for a class without students."""
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
    """Return the first quartile of values in ascending order.

    It is interpolated linearly between them (Hyndman & Fan, type 7).
    """
    place, part = divmod((len(ordered) - 1) / 4, 1)
    below = ordered[int(place)]
    return below + part * (ordered[int(place) + 1] - below) if part else below


def forgotten(means: Mapping[int, float], target: float) -> list[int]:
    """Return the facts whose mean chance is below the target, the least known first, as in `class_means`."""
    return [fact for fact, mean in means.items() if mean < target]
