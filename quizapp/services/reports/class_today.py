"""The overview of a class: who studied in the last week, and who is stuck."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import CalendarDay
from quizapp.core.progress.retention import Retention
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Assignment, Classroom, Fact, Memory, QuestionSet, Review, User
from quizapp.services.access import class_to_teach
from quizapp.services.reports.class_data import ClassStudent, list_assignments, list_sets, list_students, today_in

DAYS = 7
QUIET = 5  # days without study before an alert
OVERDUE = 50  # facts
LAPSES = 8  # of a fact, from which it should be learned in another way
FORGOTTEN_OFTEN = 8  # facts with that many lapses before an alert
BEHIND = 0.75  # of the facts that should have been met by now
BEHIND_AT_LEAST = 8  # facts


class AlertKind(StrEnum):
    """Why a student is stuck, the most important reason first."""

    NEVER = "never"
    QUIET = "quiet"
    BEHIND = "behind"
    OVERDUE = "overdue"
    FORGETS = "forgets"


@dataclass(frozen=True, slots=True)
class StudentAlert:
    """One reason: `number` is of days or facts, `of` of facts that should have been met, in the assignment named."""

    kind: AlertKind
    number: int = 0
    of: int = 0
    title: str = ""

    @property
    def weight(self) -> int:
        """How serious it is; higher is worse."""
        return self.of - self.number if self.of else self.number


@dataclass(frozen=True, slots=True)
class Week:
    """What a student did for the class in the last week; `ms` is the time of the `timed` answers."""

    student: ClassStudent
    days: tuple[CalendarDay, ...]
    right: int
    retention: Retention
    ms: int
    last_day: date | None
    alerts: tuple[StudentAlert, ...]

    @property
    def answers(self) -> int:
        return sum(day.answers for day in self.days)

    @property
    def studied(self) -> int:
        return sum(day.answers > 0 for day in self.days)


@dataclass(frozen=True, slots=True)
class ClassToday:
    classroom: Classroom
    today: date
    days: tuple[date, ...]
    sets: Sequence[QuestionSet]
    weeks: Sequence[Week]

    @property
    def stuck(self) -> list[Week]:
        """Who is stuck, by name."""
        return [week for week in self.weeks if week.alerts]

    @property
    def alerts(self) -> dict[AlertKind, list[tuple[ClassStudent, StudentAlert]]]:
        """The students with each kind of alert, the worst affected first."""
        found = {kind: self._with_alert(kind) for kind in AlertKind}
        return {kind: people for kind, people in found.items() if people}

    def _with_alert(self, kind: AlertKind) -> list[tuple[ClassStudent, StudentAlert]]:
        found = [(week.student, each) for week in self.weeks for each in week.alerts if each.kind is kind]
        return sorted(found, key=lambda pair: pair[1].weight, reverse=True)

    @property
    def retention(self) -> Retention:
        return sum((week.retention for week in self.weeks), Retention())


@dataclass(frozen=True, slots=True)
class _StudentMemories:
    """What the memories of one student say; `met` counts facts by the assignment that asks for them."""

    last_day: date | None = None
    overdue: int = 0
    lapsing: int = 0
    met: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _PacedAssignment:
    """An assignment, and the number of facts that should have been met by now."""

    assignment: Assignment
    wanted: int


def read_class_today(session: Session, teacher: User, class_id: int, *, now: datetime) -> ClassToday:
    """Return who studied and who is stuck in a class that the person teaches; seven statements. Raises NotFound."""
    classroom = class_to_teach(session, teacher, class_id)
    today = today_in(classroom, now)
    students, work, sets = (
        list_students(session, class_id),
        list_assignments(session, class_id),
        list_sets(session, class_id),
    )
    weeks = _weeks(session, students, classroom, sets, work, today)
    return ClassToday(classroom, today, _last_days(today), sets, weeks)


def week_of(
    session: Session,
    student: ClassStudent,
    classroom: Classroom,
    sets: Sequence[QuestionSet],
    work: Sequence[Assignment],
    today: date,
) -> Week:
    """Return the week of one student; three statements."""
    return _weeks(session, [student], classroom, sets, work, today)[0]


def _weeks(
    session: Session,
    students: Sequence[ClassStudent],
    classroom: Classroom,
    sets: Sequence[QuestionSet],
    work: Sequence[Assignment],
    today: date,
) -> list[Week]:
    ids, set_ids = [student.id for student in students], [each.id for each in sets]
    days = _last_days(today)
    studied = _answers_by_day(session, ids, set_ids, days[0])
    totals = _totals(session, set_ids)
    paced = [each for each in (_paced(each, totals, classroom, today) for each in work) if each.wanted]
    standings = _student_memories(session, ids, set_ids, [each.assignment for each in paced], today)
    weeks = []
    for student in students:
        rows, standing = studied.get(student.id, {}), standings.get(student.id, _StudentMemories())
        alerts = tuple(_alerts(standing, work, paced, classroom, today)) if sets else ()
        weeks.append(_week(student, days, rows, standing.last_day, alerts))
    return weeks


def _last_days(today: date) -> tuple[date, ...]:
    return tuple(today - timedelta(days=back) for back in range(DAYS - 1, -1, -1))


def _answers_by_day(session: Session, students: list[int], sets: list[int], since: date) -> dict[int, dict[date, Any]]:
    """Return by student and day what was answered in the sets. It reads a week of reviews, by (learner, day)."""
    right = case((Review.rating > Rating.AGAIN, 1), else_=0)
    long_term = Review.predicted.is_not(None) & (Review.guess < 1)
    rows = session.execute(
        select(
            Review.learner_id,
            Review.day,
            func.count().label("answers"),
            func.sum(right).label("right"),
            func.sum(case((long_term, 1), else_=0)).label("long_term"),
            func.sum(case((long_term, right), else_=0)).label("long_term_correct"),
            func.sum(case((long_term, (right - Review.guess) / (1 - Review.guess)), else_=0.0)).label("recalled"),
            func.sum(case((long_term, Review.guess / (1 - Review.guess)), else_=0.0)).label("guess_odds"),
            func.coalesce(func.sum(Review.ms), 0).label("ms"),
        )
        .join(Fact, Fact.id == Review.fact_id)
        .where(Review.learner_id.in_(students), Review.day >= since, Review.undone_at.is_(None), Fact.set_id.in_(sets))
        .group_by(Review.learner_id, Review.day)
    )
    found: dict[int, dict[date, Any]] = defaultdict(dict)
    for row in rows:
        found[row.learner_id][row.day] = row
    return found


def _student_memories(
    session: Session, students: list[int], sets: list[int], paced: Sequence[Assignment], today: date
) -> dict[int, _StudentMemories]:
    """Return what the memories of facts of the sets say, by student; one statement, whose time grows with them.

    The facts are looked up for the memories and not the other way around: no database would choose that by itself.
    """
    due = (Memory.due_day < today) & Memory.suspended.is_(False)
    due &= or_(Memory.skipped_until.is_(None), Memory.skipped_until <= today)
    fact_id = Memory.fact_id + 0
    rows = session.execute(
        select(
            Memory.learner_id,
            func.max(Memory.last_day).label("last_day"),
            func.sum(case((due, 1), else_=0)).label("overdue"),
            func.sum(case((Memory.lapses >= LAPSES, 1), else_=0)).label("lapsing"),
            *(func.sum(case((fact_id.in_(_facts_of(each)), 1), else_=0)) for each in paced),
        )
        .where(Memory.learner_id.in_(students), fact_id.in_(_facts(Fact.set_id.in_(sets))), Memory.state != State.NEW)
        .group_by(Memory.learner_id)
    )
    return {
        learner_id: _StudentMemories(
            last_day, overdue, lapsing, {each.id: count for each, count in zip(paced, met, strict=True)}
        )
        for learner_id, last_day, overdue, lapsing, *met in rows
    }


def _facts_of(work: Assignment) -> Select[Any]:
    asked = _facts(Fact.set_id == work.set_id)
    return asked.where(Fact.topic.in_(work.topics)) if work.topics else asked


def _facts(condition: ColumnElement[bool]) -> Select[Any]:
    return select(Fact.id).where(condition, Fact.archived_at.is_(None))


def _totals(session: Session, sets: list[int]) -> dict[tuple[int, str], int]:
    """Return how many facts there are, by set and topic."""
    rows = session.execute(
        select(Fact.set_id, Fact.topic, func.count().label("facts"))
        .where(Fact.set_id.in_(sets), Fact.archived_at.is_(None))
        .group_by(Fact.set_id, Fact.topic)
    )
    return {(row.set_id, row.topic): row.facts for row in rows}


def _week(
    student: ClassStudent,
    days: Sequence[date],
    rows: Mapping[date, Any],
    last_day: date | None,
    alerts: tuple[StudentAlert, ...],
) -> Week:
    return Week(
        student,
        tuple(CalendarDay(day, rows[day].answers if day in rows else 0) for day in days),
        right=sum(row.right for row in rows.values()),
        retention=sum((_retention(row) for row in rows.values()), Retention()),
        ms=sum(row.ms for row in rows.values()),
        last_day=last_day,
        alerts=alerts,
    )


def _retention(row: Any) -> Retention:
    return Retention(row.long_term, row.long_term_correct, row.recalled, row.guess_odds)


def _alerts(
    standing: _StudentMemories,
    work: Sequence[Assignment],
    paced: Sequence[_PacedAssignment],
    classroom: Classroom,
    today: date,
) -> Iterator[StudentAlert]:
    """Yield why somebody is stuck, in the order of AlertKind; there are no alerts in the first days of an
    assignment."""
    asked_on = [today_in(classroom, each.created_at) for each in work if each.kind == "study"]
    asked_for = (today - min(asked_on)).days if asked_on else 0
    if standing.last_day is None:
        if asked_for >= QUIET:
            yield StudentAlert(AlertKind.NEVER)
        return
    if (today - standing.last_day).days >= QUIET and asked_on:
        yield StudentAlert(AlertKind.QUIET, (today - standing.last_day).days)
    for each in paced:
        met = standing.met.get(each.assignment.id, 0)
        if met < BEHIND * each.wanted and each.wanted - met >= BEHIND_AT_LEAST:
            yield StudentAlert(AlertKind.BEHIND, met, each.wanted, each.assignment.title)
    if standing.overdue >= OVERDUE:
        yield StudentAlert(AlertKind.OVERDUE, standing.overdue)
    if standing.lapsing >= FORGOTTEN_OFTEN:
        yield StudentAlert(AlertKind.FORGETS, standing.lapsing)


def _paced(
    work: Assignment, totals: Mapping[tuple[int, str], int], classroom: Classroom, today: date
) -> _PacedAssignment:
    topics = [key for key in totals if key[0] == work.set_id and (not work.topics or key[1] in work.topics)]
    facts = sum(totals[key] for key in topics)
    return _PacedAssignment(work, _pace(work, facts, today_in(classroom, work.created_at), today))


def _pace(work: Assignment, facts: int, since: date, today: date) -> int:
    """Return how many facts of a study assignment should have been met before today, by its pace, or else by its
    exam."""
    if work.kind != "study" or work.fact_ids:
        return 0
    days = max((today - since).days, 0)
    if work.new_per_day is not None:
        return min(facts, work.new_per_day * days)
    if work.exam_day is not None and work.exam_day > since:
        return min(facts, facts * days // (work.exam_day - since).days)
    return 0
