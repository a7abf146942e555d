"""The memory map of a class: what is expected to be known now, and on the day of the exam."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core import defaults
from quizapp.core.reports.memory_map import (
    Chances,
    ExpectedRecall,
    FactChance,
    by_fact,
    class_means,
    forgotten,
    grid,
    whole,
)
from quizapp.models import Classroom, Fact, QuestionSet, User
from quizapp.services.access import class_to_teach
from quizapp.services.errors import NotFound
from quizapp.services.reports.class_data import (
    ClassStudent,
    group_titles,
    list_assignments,
    list_sets,
    list_students,
    next_exam,
    today_in,
)
from quizapp.services.reports.curves import StudentCurves, read_curves, read_groups

PAGE = 50  # facts
ASSIGNED_AT_ONCE = 40  # facts brought back by one press: what fits into a day
AHEAD = 7  # days, where no exam is set
MAP_ROWS, MAP_GROUPS, MAP_DAYS = ("students", "facts"), ("topic", "passage"), ("now", "exam")


@dataclass(frozen=True, slots=True)
class MapFact:
    key: str
    statement: str
    groups: tuple[str, ...]  # titles of its topic or passages
    chance: FactChance


@dataclass(frozen=True, slots=True)
class MemoryMap:
    """The map for `day`. Of `groups` (key, title) each student has a cell; `rows_of_facts` are one page, the least
    known first. `ahead` is the exam day or, where none is set, a week from today; `forgotten` counts the facts that by
    then are below the target."""

    classroom: Classroom
    sets: Sequence[QuestionSet]
    chosen: QuestionSet
    today: date
    day: date
    ahead: date
    has_exam: bool
    target: float
    students: Sequence[ClassStudent]
    groups: Mapping[Any, str]
    cells: Mapping[int, Mapping[Any, ExpectedRecall]]
    whole: Mapping[int, ExpectedRecall]  # by student
    facts: int
    rows_of_facts: Sequence[MapFact]
    page: int
    forgotten: int

    @property
    def pages(self) -> int:
        return max(-(-self.facts // PAGE), 1)


@dataclass(frozen=True, slots=True)
class _ClassMemories:
    """What was read of a class and a set; `curves` are those of the facts that a student has met, by student."""

    classroom: Classroom
    sets: list[QuestionSet]
    chosen: QuestionSet
    students: list[ClassStudent]
    today: date
    ahead: date
    has_exam: bool
    target: float
    groups: Mapping[Any, Sequence[int]]  # facts by topic or passage
    facts: Collection[int]
    curves: Mapping[int, StudentCurves]

    def chances(self, day: date) -> dict[int, dict[int, float]]:
        """Return by student and fact the chance of recall on a day; facts never met are left out."""
        return {student: known.chances(day) for student, known in self.curves.items()}

    def means(self, chances: Chances) -> dict[int, float]:
        return class_means(chances, len(self.students))


def read_memory_map(
    session: Session,
    teacher: User,
    class_id: int,
    *,
    set_id: int | None = None,
    rows: str = "students",
    by: str = "topic",
    when: str = "now",
    target: float | None = None,
    page: int = 1,
    now: datetime,
) -> MemoryMap | None:
    """Return the map of one of the sets assigned to a class that the person teaches, None where none is; seven
    statements at most.

    Raises NotFound, also for a set that is not assigned to the class.
    """
    known = _read(session, teacher, class_id, set_id, by, now)
    if known is None:
        return None
    day = known.ahead if when == "exam" else known.today
    aim = target or known.target
    names = group_titles(known.chosen, by)
    groups = {group: known.groups[group] for group in names if group in known.groups}
    then = known.chances(known.ahead)
    chances = then if day == known.ahead else known.chances(day)
    ids = [student.id for student in known.students]
    page = min(max(page, 1), max(-(-len(known.facts) // PAGE), 1))
    return MemoryMap(
        known.classroom, known.sets, known.chosen, known.today, day, known.ahead, known.has_exam, aim, known.students,
        {group: names[group] for group in groups},
        grid(chances, ids, groups) if rows == "students" else {},
        {id: whole(chances.get(id, {}), len(known.facts)) for id in ids},
        len(known.facts),
        _page_of_facts(session, known, chances, by, names, page) if rows == "facts" else (),
        page,
        len(forgotten(known.means(then), aim)),
    )  # fmt: skip


def facts_to_forget(
    session: Session, teacher: User, class_id: int, set_id: int, *, target: float | None, now: datetime
) -> list[int]:
    """Return the MOST_AT_ONCE facts with the lowest mean chance over the class on the day of the exam, or in a week, of
    those below the target, the least known first. Facts that nobody has met are not among them. Raises NotFound."""
    known = _read(session, teacher, class_id, set_id, "topic", now)
    if known is None:
        raise NotFound
    means = known.means(known.chances(known.ahead))
    return forgotten(means, target or known.target)[:ASSIGNED_AT_ONCE]


def _read(
    session: Session, teacher: User, class_id: int, set_id: int | None, by: str, now: datetime
) -> _ClassMemories | None:
    classroom = class_to_teach(session, teacher, class_id)
    sets = list_sets(session, class_id)
    if set_id is None and not sets:
        return None
    chosen = next((each for each in sets if set_id in (None, each.id)), None)
    if chosen is None:
        raise NotFound
    students = list_students(session, class_id)
    today = today_in(classroom, now)
    exam = next_exam(list_assignments(session, class_id), chosen.id, today)
    ahead = exam.exam_day if exam and exam.exam_day else today + timedelta(days=AHEAD)
    groups = read_groups(session, [chosen.id], by)[chosen.id]
    facts = {fact for ids in groups.values() for fact in ids}
    curves = read_curves(session, [student.id for student in students], facts)
    target = exam.goal.desired_retention if exam else defaults.DESIRED_RETENTION
    return _ClassMemories(
        classroom, sets, chosen, students, today, ahead, exam is not None, target, groups, facts, curves
    )


def _page_of_facts(
    session: Session, known: _ClassMemories, chances: Chances, by: str, names: Mapping[Any, str], page: int
) -> list[MapFact]:
    """Return a page of the facts, the least known first: those that nobody met, then the others."""
    means = known.means(chances)
    ordered = [*sorted(set(known.facts).difference(means)), *means][PAGE * (page - 1) : PAGE * page]
    rows = session.execute(
        select(Fact.id, Fact.key, Fact.statement, Fact.topic, Fact.passages).where(Fact.id.in_(ordered))
    )
    facts = {row.id: row for row in rows}
    found = []
    for chance in by_fact(chances, [each.id for each in known.students], ordered):
        fact = facts[chance.fact_id]
        groups = fact.passages if by == "passage" else [fact.topic]
        titles = tuple(f"¶ {group} {names[group]}" if by == "passage" else names[group] for group in groups)
        found.append(MapFact(fact.key, fact.statement, titles, chance))
    return found
