"""Grading a typed date: as far as it was typed, against what is known, as finely as it was asked."""

from collections.abc import Iterator
from enum import StrEnum

from quizapp.core.dates import MONTHS, PartialDate, Precision, display_date, parse_edtf
from quizapp.core.grades import Grade, Part, Verdict, all_or_nothing
from quizapp.core.questions import Date
from quizapp.core.typed_dates import TypedDate, parse_date


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


_FINENESS = {
    DateNote.YEAR: Precision.YEAR,
    DateNote.MONTH: Precision.MONTH,
    DateNote.DAY: Precision.DAY,
    DateNote.TIME: Precision.TIME,
    DateNote.HALF_DAY: Precision.TIME,
}
_BEST_FIRST = [Verdict.RIGHT, Verdict.CLOSE, Verdict.WRONG]
# What may not be missing: of a day asked for its month, of a time not even its day.
_ASKED = {
    Precision.YEAR: {Precision.YEAR},
    Precision.MONTH: {Precision.MONTH},
    Precision.DAY: {Precision.MONTH, Precision.DAY},
    Precision.TIME: {Precision.TIME},
}


def grade_date(question: Date, text: str) -> Grade:
    """All or nothing: what was asked for must be right. The parts are those that were asked for or typed."""
    key = display_date(question.answer)
    if not text.strip():
        return all_or_nothing(Verdict.UNANSWERED, key)
    typed = parse_date(text, clock=question.asked is Precision.TIME)
    if typed is None:
        return all_or_nothing(Verdict.WRONG, key, DateNote.UNREADABLE)
    points = [parse_edtf(edtf)[0] for edtf in (question.answer, *question.accept)]
    judged = ((*_judge(typed, point, question.asked), point) for point in points)
    verdict, note, nearest = min(judged, key=lambda found: _BEST_FIRST.index(found[0]))
    return all_or_nothing(verdict, key, note, tuple(_parts(typed, nearest, question.asked)))


def _parts(typed: TypedDate, key: PartialDate, asked: Precision) -> Iterator[Part]:
    """Year, month, day and time, as far as they were asked for or typed, and are known."""
    faults = {_FINENESS[fault] for fault in _faults(typed, key)}
    for precision in Precision:
        given, expected = _written(typed, precision), _written(key, precision)
        if expected and (given or precision in _ASKED[asked]):
            missing = Verdict.WRONG if precision in faults else Verdict.RIGHT
            yield Part(precision.name.lower(), given, expected, missing if given else Verdict.UNANSWERED)


def _written(date: TypedDate | PartialDate, precision: Precision) -> str:
    match precision:
        case Precision.YEAR:
            return str(date.year or "")
        case Precision.MONTH:
            return MONTHS[date.month - 1] if date.month else ""
        case Precision.DAY:
            return str(date.day or "")
        case Precision.TIME:
            return "" if date.hour is None else f"{date.hour:02}:{date.minute or 0:02}"


def _judge(typed: TypedDate, key: PartialDate, asked: Precision) -> tuple[Verdict, DateNote | None]:
    """Compares what was typed, as far as it goes, with one right date.

    The year may be left out unless it is what is asked for, and so may the date of a time. Whatever is typed
    beyond what is asked must not contradict what is known.
    """
    if not all(_written(typed, precision) for precision in _ASKED[asked]):
        return Verdict.WRONG, DateNote.MISSING
    faults = list(_faults(typed, key))
    if not faults:
        return Verdict.RIGHT, None
    return (Verdict.CLOSE if _is_close(faults, asked) else Verdict.WRONG), faults[0]


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
