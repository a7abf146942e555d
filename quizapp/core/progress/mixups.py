"""Mix-ups from wrong answers, grouped, and the misconceptions behind them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from quizapp.core.kinds.mixups import Mixup
from quizapp.core.progress.mastery import FactRef


@dataclass(frozen=True, slots=True)
class ObservedMixup:
    """A mix-up, the fact that was asked, and the study day of the answer."""

    fact: FactRef
    day: date
    mixup: Mixup


@dataclass(frozen=True, slots=True)
class RepeatedMixup:
    """The same mix-up on the same fact, any number of times.

    It is mended when the fact was recalled on a later study day.
    """

    fact: FactRef
    mixup: Mixup
    times: int
    last: date
    mended: bool


@dataclass(frozen=True, slots=True)
class Misconception:
    """Mix-ups that come from one misconception of a set; it is mended when every fact was recalled on a later day."""

    key: str
    facts: tuple[FactRef, ...]
    times: int
    last: date
    mended: bool

    @property
    def set_key(self) -> str:
        return self.facts[0].set_key


def group_mixups(observed: Iterable[ObservedMixup], recalled: Mapping[FactRef, date]) -> list[RepeatedMixup]:
    """Return the mix-ups grouped by fact: those not mended first, then the most frequent, then the latest.

    `recalled` has the last study day on which each fact was answered right. A right answer on the same day as the
    mix-up does not mend it, because the key had just been shown.
    """
    days: dict[tuple[FactRef, Mixup], list[date]] = defaultdict(list)
    for each in observed:
        days[each.fact, each.mixup].append(each.day)
    found = [
        RepeatedMixup(fact, mixup, len(on), max(on), recalled.get(fact, date.min) > max(on))
        for (fact, mixup), on in days.items()
    ]
    return sorted(found, key=_gravest_first)


def misconceptions(mixups: Iterable[RepeatedMixup]) -> list[Misconception]:
    """Return the misconceptions behind these mix-ups, sorted as in `group_mixups`."""
    grouped: dict[tuple[str, str], list[RepeatedMixup]] = defaultdict(list)
    for each in mixups:
        if each.mixup.misconception:
            grouped[each.fact.set_key, each.mixup.misconception].append(each)
    found = [
        Misconception(
            key,
            facts=tuple(dict.fromkeys(each.fact for each in group)),
            times=sum(each.times for each in group),
            last=max(each.last for each in group),
            mended=all(each.mended for each in group),
        )
        for (_, key), group in grouped.items()
    ]
    return sorted(found, key=_gravest_first)


def _gravest_first(found: RepeatedMixup | Misconception) -> tuple[bool, int, int]:
    return found.mended, -found.times, -found.last.toordinal()
