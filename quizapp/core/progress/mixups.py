"""The mix-ups of a learner: read from wrong answers, and grouped by fact."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from quizapp.core.kinds import Question, Response
from quizapp.core.kinds.base import Part, Verdict
from quizapp.core.kinds.choice import Choice, ChoiceResponse
from quizapp.core.kinds.cloze import Cloze, ClozeResponse
from quizapp.core.kinds.matching import Matching, MatchingResponse
from quizapp.core.kinds.multiple import Multiple, MultipleResponse
from quizapp.core.kinds.ordering import Ordering, OrderingResponse
from quizapp.core.kinds.typed import Typed, TypedResponse
from quizapp.core.progress.mastery import FactRef


class MixupKind(StrEnum):
    """How one thing was taken for another."""

    CHOICE = "choice"  # a wrong choice was picked
    NAME = "name"  # another name was typed
    ORDER = "order"  # the later of two was put first


@dataclass(frozen=True, slots=True)
class Mixup:
    """One thing taken for another in one answer.

    `meant` is what was right, `taken` what was answered; in an order, `meant` came first and `taken` was put first.
    `about` is the stem or the gap it was answered for. `misconception` is the key of what the wrong choice stands for.
    """

    kind: MixupKind
    meant: str
    taken: str
    about: str | None = None
    misconception: str | None = None


@dataclass(frozen=True, slots=True)
class ObservedMixup:
    """A slip, the fact that was asked, and the study day of the answer."""

    fact: FactRef
    day: date
    mixup: Mixup


@dataclass(frozen=True, slots=True)
class RepeatedMixup:
    """The same slip on the same fact, however often. It is mended once the fact was recalled on a later study day."""

    fact: FactRef
    mixup: Mixup
    times: int
    last: date
    mended: bool


@dataclass(frozen=True, slots=True)
class Misconception:
    """Slips that stand for one misconception of a set; it is mended once every fact was recalled on a later day."""

    key: str
    facts: tuple[FactRef, ...]
    times: int
    last: date
    mended: bool

    @property
    def name(self) -> str:
        """The key as words."""
        return self.key.replace("-", " ").capitalize()


def mixups_in(question: Question, response: Response) -> list[Mixup]:
    """Return what was taken for what in an answer; empty for a right one, and where nothing was taken for anything."""
    match question, response:
        case Choice(), ChoiceResponse(picked=int(picked)) if picked:
            wrong = question.distractors[picked - 1]
            return [Mixup(MixupKind.CHOICE, question.answer, wrong.text, misconception=wrong.misconception)]
        case Multiple(), MultipleResponse():
            return list(_false_alarms(question, response.picked))
        case Matching(), MatchingResponse():
            return list(_mismatches(question, response.targets))
        case Ordering(), OrderingResponse():
            return list(_inversions(question, response.places))
        case Typed(), TypedResponse():
            graded = question.grade(response)
            return _named(graded.verdict, question.answer, graded.note, None)
        case Cloze(), ClozeResponse():
            return [mixup for part in question.grade(response).parts for mixup in _in_gap(part)]
    return []


def _false_alarms(question: Multiple, picked: list[int]) -> Iterator[Mixup]:
    keys = "; ".join(question.answers)
    for index in sorted(set(picked)):
        if index >= len(question.answers):
            wrong = question.distractors[index - len(question.answers)]
            yield Mixup(MixupKind.CHOICE, keys, wrong.text, misconception=wrong.misconception)


def _mismatches(question: Matching, targets: list[int | None]) -> Iterator[Mixup]:
    for pair, key, target in zip(question.pairs, question.keys, targets, strict=False):
        if target is not None and target != key:
            yield Mixup(MixupKind.CHOICE, pair.right, question.options[target], about=pair.left)


def _inversions(question: Ordering, places: list[int | None]) -> Iterator[Mixup]:
    """Yield pairs put the wrong way round; those given one place, or that share one, are no inversions."""
    placed = list(zip(question.options, question.ranks, places, strict=False))
    for (earlier, rank, first), (later, other_rank, second) in combinations(placed, 2):
        if first is not None and second is not None and rank != other_rank and first > second:
            yield Mixup(MixupKind.ORDER, earlier, later)


def _in_gap(part: Part) -> list[Mixup]:
    """Return the wrong choice in a gap that is chosen for, or the other name in one that is typed into."""
    if part.distractor:
        return [Mixup(MixupKind.CHOICE, part.expected, part.distractor.text, part.label, part.distractor.misconception)]
    return _named(part.verdict, part.expected, part.note, part.label)


def _named(verdict: Verdict, answer: str, note: str | None, gap: str | None) -> list[Mixup]:
    return [Mixup(MixupKind.NAME, answer, note, about=gap)] if verdict is Verdict.WRONG and note else []


def group_mixups(observed: Iterable[ObservedMixup], recalled: Mapping[FactRef, date]) -> list[RepeatedMixup]:
    """Return observed mix-ups grouped, open ones first, then the most frequent, then the latest.

    `recalled` has the last study day on which each fact was answered rightly. A right answer on the day of the slip
    mends nothing: the key had just been shown.
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
    """Return the misconceptions behind mix-ups, set by set, in the order of `group_mixups`."""
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
