"""A question whose answer is a date."""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import product
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from quizapp.core.kinds.base import (
    NO_CONTEXT,
    AnswerPreview,
    Doubt,
    Grade,
    Option,
    Part,
    QuestionBase,
    ResponseBase,
    SetContext,
    Stage,
    TextResponse,
    Verdict,
    all_or_nothing,
)
from quizapp.core.kinds.fields import Edtf
from quizapp.core.text.date_prompts import asked_parts, date_order
from quizapp.core.text.edtf import MONTHS, PART_NAMES, PartialDate, Precision, display_date, parse_edtf, season_of
from quizapp.core.text.typed_dates import TypedDate, read_dates
from quizapp.core.translation import gettext


class DateNote(StrEnum):
    """Why a date is not right: it is unreadable, lacks a required part, or has a wrong part.

    If several parts are wrong, this is the largest. `HALF_DAY` is a time that is right except for a.m. and p.m.
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


class DateResponse(TextResponse):
    kind: Literal["date"]


class Date(QuestionBase):
    """A date is typed. `precision` is what must be right; `accept` lists other dates that count."""

    label: ClassVar[str] = gettext("Date")
    summary: ClassVar[str] = gettext("The answer is a date, as precise as you ask for.")
    form_field: ClassVar[str] = "text"
    typed_into: ClassVar[bool] = True

    kind: Literal["date"]
    answer: Edtf
    precision: Literal["year", "month", "day", "time"]
    accept: list[Edtf] = []

    @model_validator(mode="after")
    def _fine_enough(self) -> Self:
        for text in [self.answer, *self.accept]:
            start, end = parse_edtf(text)
            if start != end or start.season or start.precision < self.asked:
                part = PART_NAMES[self.precision]
                raise ValueError(gettext("“%(date)s” is not a single date with a %(part)s", date=text, part=part))
        return self

    @property
    def asked(self) -> Precision:
        return Precision[self.precision.upper()]

    @property
    def needed(self) -> frozenset[Precision]:
        """Return the parts that an answer must have."""
        return asked_parts(self.prompt, parse_edtf(self.answer)[0], self.asked)

    @property
    def needs_day_and_time(self) -> bool:
        return {Precision.DAY, Precision.TIME} <= self.needed

    @property
    def stage(self) -> Stage:
        return Stage.RECALL

    @property
    def right_answer(self) -> str:
        return display_date(self.answer)

    @property
    def comparable_answers(self) -> list[Option]:
        return [Option(self.right_answer, True)]

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> DateResponse:
        """Read `text`, the typed answer."""
        return DateResponse(kind="date", text=form.get("text", ""))

    def grade(self, response: ResponseBase) -> Grade:
        """Return full credit or none: every required part must be right. The parts are those required or typed."""
        given, key = self.expect(response, DateResponse), self.right_answer
        if not given.text.strip():
            return all_or_nothing(Verdict.UNANSWERED, key)
        order = date_order(self.prompt, given.context.language)
        readings = read_dates(given.text, clock=self.asked is Precision.TIME, order=order)
        if not readings:
            return all_or_nothing(Verdict.WRONG, key, DateNote.UNREADABLE)
        verdict, note, typed, nearest = self._compare_with_nearest(readings)
        return all_or_nothing(verdict, key, note, tuple(_parts(typed, nearest, self.needed)))

    def _compare_with_nearest(
        self, readings: Sequence[TypedDate]
    ) -> tuple[Verdict, DateNote | None, TypedDate, PartialDate]:
        """Return the best verdict, and the reading and the right date that it is for."""
        points = [parse_edtf(edtf)[0] for edtf in (self.answer, *self.accept)]
        if self.asked is Precision.YEAR:
            readings = [_as_year(typed, points[0]) for typed in readings]
        needed = self.needed
        compared = [
            (*_compare(typed, point, self.asked, needed), typed, point) for typed, point in product(readings, points)
        ]
        return min(compared, key=lambda found: _BEST_FIRST.index(found[0]))

    def find_doubt(self, response: ResponseBase, grade: Grade) -> Doubt | None:
        if grade.note == DateNote.UNREADABLE:
            return Doubt.UNREADABLE
        return super().find_doubt(response, grade)

    def describe_answer(self, response: ResponseBase) -> str:
        return self.expect(response, DateResponse).text.strip()

    def preview_answer(self, text: str, context: SetContext = NO_CONTEXT) -> list[AnswerPreview]:
        if not text.strip():
            return []
        found = self.grade(DateResponse(kind="date", text=text[:1000], context=context))
        parts = ", ".join(map(_describe_part, found.parts))
        if not parts:
            return [AnswerPreview(False, gettext("This can’t be read as a date."))]
        if found.verdict is Verdict.CLOSE:
            return [AnswerPreview(False, gettext("Close, but not right. Read as %(parts)s.", parts=parts))]
        return [AnswerPreview(found.correct, gettext("Read as %(parts)s.", parts=parts))]

    def sample_responses(self) -> list[ResponseBase]:
        return [DateResponse(kind="date", text=self.answer)]


def _as_year(typed: TypedDate, key: PartialDate) -> TypedDate:
    """Return a bare figure as a year if the right year is as short: "14" for AD 14."""
    if key.year > 99 or typed.day is None or (typed.year, typed.month) != (None, None):
        return typed
    return replace(typed, year=typed.day, day=None)


def _parts(typed: TypedDate, key: PartialDate, needed: Container[Precision]) -> Iterator[Part]:
    """Yield the year, month, day and time that are known and were required or typed."""
    faults = {_FINENESS[fault] for fault in _faults(typed, key)}
    for precision in Precision:
        given, expected = _written(typed, precision), _written(key, precision)
        if expected and (given or precision in needed):
            missing = Verdict.WRONG if precision in faults else Verdict.RIGHT
            yield Part(precision.name.lower(), given, expected, missing if given else Verdict.UNANSWERED)


def _describe_part(part: Part) -> str:
    values = {"part": PART_NAMES[part.label], "given": part.given, "expected": part.expected}
    if not part.given:
        return gettext("%(part)s missing (%(expected)s)", **values)
    if part.correct:
        return gettext("%(part)s %(given)s", **values)
    return gettext("%(part)s %(given)s instead of %(expected)s", **values)


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


def _compare(
    typed: TypedDate, key: PartialDate, asked: Precision, needed: Collection[Precision]
) -> tuple[Verdict, DateNote | None]:
    """Return the verdict on a typed date compared with one right date.

    All needed parts must be there; an answer that has only some of them is close if those are right. Any other parts
    that were typed must not contradict what is known.
    """
    faults = list(_faults(typed, key))
    given = [precision for precision in needed if _written(typed, precision)]
    complete = len(given) == len(needed)
    if not faults:
        if complete:
            return Verdict.RIGHT, None
        return (Verdict.CLOSE if given else Verdict.WRONG), DateNote.MISSING
    return (Verdict.CLOSE if complete and _is_close(faults, asked) else Verdict.WRONG), faults[0]


def _faults(typed: TypedDate, key: PartialDate) -> Iterator[DateNote]:
    """Yield the parts that are typed and known but different, the largest first."""
    # A year typed with two digits is compared with the last two digits of the key.
    century = 100 if typed.year is not None and typed.year < 100 else 10_000
    if typed.year is not None and typed.year != key.year % century:
        yield DateNote.YEAR
    if None not in (typed.month, key.month) and typed.month != key.month:
        yield DateNote.MONTH
    if typed.season and key.month and typed.season != season_of(key.month):
        yield DateNote.MONTH
    if None not in (typed.day, key.day) and typed.day != key.day:
        yield DateNote.DAY
    if typed.hour is None or key.hour is None or (typed.hour, typed.minute) == (key.hour, key.minute):
        return
    half_day_off = abs(typed.hour - key.hour) == 12 and typed.minute == key.minute
    yield DateNote.HALF_DAY if half_day_off else DateNote.TIME


def _is_close(faults: list[DateNote], asked: Precision) -> bool:
    """Return whether everything required is right, or all but the day, the year of a day, or a.m. and p.m."""
    if all(_FINENESS[fault] > asked for fault in faults):
        return True
    forgivable = {DateNote.HALF_DAY, DateNote.DAY, DateNote.YEAR} if asked >= Precision.DAY else set()
    return len(faults) == 1 and faults[0] in forgivable
