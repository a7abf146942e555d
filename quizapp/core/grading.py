"""Grading one response to one question: how much of it is right, and what to say about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from quizapp.core.answers import Comparison, Match, compare
from quizapp.core.dates import PartialDate, Precision, display_date, parse_edtf
from quizapp.core.questions import (
    GAP,
    Accepting,
    Choice,
    Cloze,
    Date,
    Distractor,
    Flashcard,
    Matching,
    Multiple,
    Number,
    Ordering,
    Question,
    TrueFalse,
    Typed,
)
from quizapp.core.responses import (
    ChoiceResponse,
    ClozeResponse,
    DateResponse,
    FlashcardResponse,
    MatchingResponse,
    MultipleResponse,
    NoSuchChoice,
    NumberResponse,
    OrderingResponse,
    Response,
    TrueFalseResponse,
    TypedResponse,
    WrongKind,
)
from quizapp.core.typed_dates import TypedDate, parse_date
from quizapp.core.typed_numbers import parse_number


class Verdict(StrEnum):
    RIGHT = "right"
    SLIP = "slip"
    CLOSE = "close"
    WRONG = "wrong"
    UNANSWERED = "unanswered"

    @property
    def correct(self) -> bool:
        """Whether the answer was remembered: right, if need be after a typing slip."""
        return self in (Verdict.RIGHT, Verdict.SLIP)


@dataclass(frozen=True, slots=True)
class Part:
    """One gap: what was typed into it, the key, and a note as in `Grade`."""

    label: str
    given: str
    expected: str
    verdict: Verdict
    note: str | None = None

    @property
    def correct(self) -> bool:
        return self.verdict.correct


@dataclass(frozen=True, slots=True)
class Grade:
    """A graded response.

    `fraction` is the credit, 0..1; only a `correct` answer counts as remembered. `key` is the right answer to
    show, plain text except for a flashcard, where it is Markdown. `distractor` is the wrong choice picked.
    `note` says more about a typed answer: for a slip the accepted form it is near to, for a wrong one the
    refused form it was taken for. For a date it is a DateNote.
    """

    fraction: float
    verdict: Verdict
    key: str
    parts: tuple[Part, ...] = ()
    note: str | None = None
    distractor: Distractor | None = None

    @property
    def correct(self) -> bool:
        return self.verdict.correct


class DateNote(StrEnum):
    """Why a date is not right: it cannot be read, lacks something asked for, or has this part wrong.

    The coarsest wrong part counts; `HALF_DAY` is a time that is right but for a.m. and p.m.
    """

    UNREADABLE = "unreadable"
    MISSING = "missing"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"
    HALF_DAY = "half_day"


UNREADABLE_NUMBER = "unreadable number"

_FINENESS = {
    DateNote.YEAR: Precision.YEAR,
    DateNote.MONTH: Precision.MONTH,
    DateNote.DAY: Precision.DAY,
    DateNote.TIME: Precision.TIME,
    DateNote.HALF_DAY: Precision.TIME,
}
_BEST_FIRST = [Verdict.RIGHT, Verdict.CLOSE, Verdict.WRONG]
_VERDICTS = {Match.EXACT: Verdict.RIGHT, Match.SLIP: Verdict.SLIP, Match.WRONG: Verdict.WRONG}


def grade(question: Question, response: Response) -> Grade:
    """The grade of a response. Raises WrongKind and NoSuchChoice, but never because of what was typed."""
    match question, response:
        case Choice(), ChoiceResponse():
            return _grade_choice(question, response.picked)
        case TrueFalse(), TrueFalseResponse():
            return _grade_true_false(question, response.picked)
        case Cloze(), ClozeResponse():
            return _grade_cloze(question, response.gaps)
        case Typed(), TypedResponse():
            return _grade_typed(question, response.text)
        case Date(), DateResponse():
            return _grade_date(question, response.text)
        case Multiple(), MultipleResponse():
            return _grade_multiple(question, response.picked)
        case Ordering(), OrderingResponse():
            return _grade_ordering(question, response.places)
        case Matching(), MatchingResponse():
            return _grade_matching(question, response.targets)
        case Number(), NumberResponse():
            return _grade_number(question, response.text)
        case Flashcard(), FlashcardResponse():
            return _all_or_nothing(Verdict.WRONG if response.rating == "again" else Verdict.RIGHT, question.answer)
    raise WrongKind(f"a {question.kind} question cannot be answered by a {response.kind} response")


def _all_or_nothing(verdict: Verdict, key: str, note: str | None = None) -> Grade:
    return Grade(1.0 if verdict.correct else 0.0, verdict, key, note=note)


def _grade_choice(question: Choice, picked: int | None) -> Grade:
    if picked is None:
        return _all_or_nothing(Verdict.UNANSWERED, question.answer)
    if picked >= len(question.options):
        raise NoSuchChoice(f"there is no choice {picked} among {len(question.options)}")
    if picked == 0:
        return _all_or_nothing(Verdict.RIGHT, question.answer)
    return Grade(0.0, Verdict.WRONG, question.answer, distractor=question.distractors[picked - 1])


def _grade_multiple(question: Multiple, picked: list[int]) -> Grade:
    """Credit: max(0, (hits - false alarms) / keys). The parts are the options, in their order."""
    options, keys = question.options, len(question.answers)
    if any(index >= len(options) for index in picked):
        raise NoSuchChoice(f"there are only {len(options)} choices")
    chosen = set(picked)
    hits = sum(index < keys for index in chosen)
    parts = tuple(
        Part(
            text,
            given="picked" if index in chosen else "",
            expected="picked" if index < keys else "",
            verdict=Verdict.RIGHT if (index in chosen) == (index < keys) else Verdict.WRONG,
            note=question.distractors[index - keys].why_not if index >= keys else None,
        )
        for index, text in enumerate(options)
    )
    return _graded(max(0.0, (2 * hits - len(chosen)) / keys), bool(chosen), "; ".join(question.answers), parts)


def _grade_ordering(question: Ordering, places: list[int | None]) -> Grade:
    """Credit: concordant pairs / all pairs, C(n, 2); what shares a place may stand either way."""
    ranks, options = question.ranks, question.options
    if len(places) > len(options):
        raise NoSuchChoice(f"there are only {len(options)} things to order")
    places = places + [None] * (len(options) - len(places))

    def concordant(one: int, other: int) -> bool:
        first, second = places[one], places[other]
        if first is None or second is None:
            return False
        return ranks[one] == ranks[other] or first < second

    pairs = list(combinations(range(len(options)), 2))
    right = [pair for pair in pairs if concordant(*pair)]
    parts = tuple(
        Part(
            text,
            given=str(places[index] or ""),
            expected=str(ranks[index] + 1),
            verdict=Verdict.RIGHT if all(pair in right for pair in pairs if index in pair) else Verdict.WRONG,
        )
        for index, text in enumerate(options)
    )
    key = " → ".join(" / ".join(place) for place in question.places)
    return _graded(len(right) / len(pairs), any(places), key, parts)


def _grade_matching(question: Matching, targets: list[int | None]) -> Grade:
    """Credit: right pairs / stems. The parts are the stems, in their order."""
    options = question.options
    if len(targets) > len(question.pairs) or any(index is not None and index >= len(options) for index in targets):
        raise NoSuchChoice(f"there are only {len(options)} targets for {len(question.pairs)} stems")
    targets = targets + [None] * (len(question.pairs) - len(targets))
    parts = tuple(
        Part(
            pair.left,
            given="" if target is None else options[target],
            expected=pair.right,
            verdict=Verdict.RIGHT if target == key else Verdict.WRONG,
        )
        for pair, key, target in zip(question.pairs, question.keys, targets, strict=True)
    )
    answered = any(target is not None for target in targets)
    key = "; ".join(f"{pair.left} – {pair.right}" for pair in question.pairs)
    return _graded(sum(part.correct for part in parts) / len(parts), answered, key, parts)


def _graded(fraction: float, answered: bool, key: str, parts: tuple[Part, ...]) -> Grade:
    """A grade in parts: nothing but a full mark is right."""
    verdict = Verdict.RIGHT if fraction == 1 else Verdict.WRONG
    return Grade(fraction, verdict if answered else Verdict.UNANSWERED, key, parts)


def _grade_number(question: Number, text: str) -> Grade:
    key = f"{Decimal(question.answer):,} {question.unit or ''}".strip()
    if not text.strip():
        return _all_or_nothing(Verdict.UNANSWERED, key)
    typed = parse_number(text)
    if typed is None:
        return _all_or_nothing(Verdict.WRONG, key, UNREADABLE_NUMBER)
    near = abs(typed - Decimal(question.answer)) <= Decimal(question.tolerance)
    return _all_or_nothing(Verdict.RIGHT if near else Verdict.WRONG, key)


def _grade_true_false(question: TrueFalse, picked: bool | None) -> Grade:
    key = "True" if question.answer else "False"
    if picked is None:
        return _all_or_nothing(Verdict.UNANSWERED, key)
    return _all_or_nothing(Verdict.RIGHT if picked is question.answer else Verdict.WRONG, key)


def _grade_typed(question: Typed, text: str) -> Grade:
    verdict, note = _compared(text, question)
    return _all_or_nothing(verdict, question.answer, note)


def _grade_cloze(question: Cloze, gaps: dict[str, str]) -> Grade:
    parts = tuple(_grade_gap(label, gaps.get(label, ""), question.gaps[label]) for label in GAP.findall(question.text))
    key = "; ".join(part.expected for part in parts)
    return Grade(sum(part.correct for part in parts) / len(parts), _overall(parts), key, parts)


def _grade_gap(label: str, given: str, key: Accepting) -> Part:
    verdict, note = _compared(given, key)
    return Part(label, given, key.answer, verdict, note)


def _overall(parts: tuple[Part, ...]) -> Verdict:
    verdicts = {part.verdict for part in parts}
    if len(verdicts) == 1:
        return verdicts.pop()
    return Verdict.SLIP if all(verdict.correct for verdict in verdicts) else Verdict.WRONG


def _compared(text: str, key: Accepting) -> tuple[Verdict, str | None]:
    if not text.strip():
        return Verdict.UNANSWERED, None
    found = compare(text, key)
    return _VERDICTS[found.verdict], _note(found)


def _note(found: Comparison) -> str | None:
    return found.matched if found.verdict is Match.SLIP else found.mistaken_for


def _grade_date(question: Date, text: str) -> Grade:
    key = display_date(question.answer)
    if not text.strip():
        return _all_or_nothing(Verdict.UNANSWERED, key)
    typed = parse_date(text, clock=question.asked is Precision.TIME)
    if typed is None:
        return _all_or_nothing(Verdict.WRONG, key, DateNote.UNREADABLE)
    points = [parse_edtf(edtf)[0] for edtf in (question.answer, *question.accept)]
    judged = (_judge(typed, point, question.asked) for point in points)
    verdict, note = min(judged, key=lambda found: _BEST_FIRST.index(found[0]))
    return _all_or_nothing(verdict, key, note)


def _judge(typed: TypedDate, key: PartialDate, asked: Precision) -> tuple[Verdict, DateNote | None]:
    """Compares what was typed, as far as it goes, with one right date.

    The year may be left out unless it is what is asked for, and so may the date of a time. Whatever is typed
    beyond what is asked must not contradict what is known.
    """
    if _lacks(typed, asked):
        return Verdict.WRONG, DateNote.MISSING
    faults = list(_faults(typed, key))
    if not faults:
        return Verdict.RIGHT, None
    return (Verdict.CLOSE if _is_close(faults, asked) else Verdict.WRONG), faults[0]


def _lacks(typed: TypedDate, asked: Precision) -> bool:
    match asked:
        case Precision.YEAR:
            return typed.year is None
        case Precision.MONTH:
            return typed.month is None
        case Precision.DAY:
            return typed.month is None or typed.day is None
        case Precision.TIME:
            return typed.hour is None


def _faults(typed: TypedDate, key: PartialDate) -> Iterator[DateNote]:
    """The parts that are both typed and known and differ, the coarsest first."""
    # A year typed with two digits can only be told from another century's by the key.
    century = 100 if typed.year is not None and typed.year < 100 else 10_000
    if typed.year is not None and typed.year != key.year % century:
        yield DateNote.YEAR
    if None not in (typed.month, key.month) and typed.month != key.month:
        yield DateNote.MONTH
    if None not in (typed.day, key.day) and typed.day != key.day:
        yield DateNote.DAY
    if typed.hour is None or key.hour is None or (typed.hour, typed.minute) == (key.hour, key.minute):
        return
    half_day_off = abs(typed.hour - key.hour) == 12 and typed.minute == key.minute
    yield DateNote.HALF_DAY if half_day_off else DateNote.TIME


def _is_close(faults: list[DateNote], asked: Precision) -> bool:
    """Whether all that was asked for is right, or all but the day, the year of a day, or a.m. and p.m."""
    if all(_FINENESS[fault] > asked for fault in faults):
        return True
    forgivable = {DateNote.HALF_DAY, DateNote.DAY, DateNote.YEAR} if asked >= Precision.DAY else set()
    return len(faults) == 1 and faults[0] in forgivable
