"""The memory map of a class: what is expected to be known now, and on the day of the exam."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from quizapp.core import defaults
from quizapp.core.progress.mastery import known_now
from quizapp.core.reports.memory_map import Chances, ExpectedRecall, FactChance, by_fact, forgotten, grid
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Classroom, Fact, Memory, QuestionSet, User
from quizapp.services.access import class_to_teach
from quizapp.services.errors import NotFound
from quizapp.services.memories import CURVE_COLUMNS, curve_memory
from quizapp.services.reports.class_data import (
    ClassStudent,
    group_titles,
    list_assignments,
    list_sets,
    list_students,
    next_exam,
    today_in,
)

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
    """What was read of a class and a set; the memories by student and fact, of the facts that were met."""

    classroom: Classroom
    sets: list[QuestionSet]
    chosen: QuestionSet
    students: list[ClassStudent]
    today: date
    ahead: date
    has_exam: bool
    target: float
    facts: Sequence[Any]
    memories: Mapping[int, Mapping[int, scheduler.Memory]]

    def chances(self, day: date) -> dict[int, dict[int, float]]:
        """Return by student and fact the chance of recall on a day; facts never met are left out."""
        return {
            student: {fact_id: known_now(each, day) for fact_id, each in held.items()}
            for student, held in self.memories.items()
        }

    def by_fact(self, chances: Chances) -> list[FactChance]:
        return by_fact(chances, [each.id for each in self.students], [fact.id for fact in self.facts])

    def forgotten(self, chances: Chances, target: float) -> list[FactChance]:
        return forgotten(self.by_fact(chances), target)


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
    """Return the map of one of the sets assigned to a class that the person teaches, None where none is; six
    statements.

    Raises NotFound, also for a set that is not assigned to the class.
    """
    known = _read(session, teacher, class_id, set_id, now)
    if known is None:
        return None
    day = known.ahead if when == "exam" else known.today
    aim = target or known.target
    names = group_titles(known.chosen, by)
    groups = _groups(known.facts, by, names)
    then = known.chances(known.ahead)
    chances = then if day == known.ahead else known.chances(day)
    ids = [student.id for student in known.students]
    page = min(max(page, 1), max(-(-len(known.facts) // PAGE), 1))
    return MemoryMap(
        known.classroom, known.sets, known.chosen, known.today, day, known.ahead, known.has_exam, aim, known.students,
        {group: names[group] for group in groups},
        grid(chances, ids, groups) if rows == "students" else {},
        {id: cells[None] for id, cells in grid(chances, ids, {None: [f.id for f in known.facts]}).items()},
        len(known.facts),
        _page_of_facts(known, chances, by, names, page) if rows == "facts" else (),
        page,
        len(known.forgotten(then, aim)),
    )  # fmt: skip


def facts_to_forget(
    session: Session, teacher: User, class_id: int, set_id: int, *, target: float | None, now: datetime
) -> list[int]:
    """Return the MOST_AT_ONCE facts with the lowest mean chance over the class on the day of the exam, or in a week, of
    those below the target, the least known first. Facts that nobody has met are not among them. Raises NotFound."""
    known = _read(session, teacher, class_id, set_id, now)
    if known is None:
        raise NotFound
    found = known.forgotten(known.chances(known.ahead), target or known.target)
    return [each.fact_id for each in found[:ASSIGNED_AT_ONCE]]


def _read(session: Session, teacher: User, class_id: int, set_id: int | None, now: datetime) -> _ClassMemories | None:
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
    facts = session.execute(
        select(Fact.id, Fact.key, Fact.statement, Fact.topic, Fact.passages)
        .where(Fact.set_id == chosen.id, Fact.archived_at.is_(None))
        .order_by(Fact.position, Fact.id)
    ).all()
    memories: dict[int, dict[int, scheduler.Memory]] = defaultdict(dict)
    for row in session.execute(_memories([student.id for student in students], chosen.id)):
        memories[row.learner_id][row.fact_id] = curve_memory(row)
    target = exam.goal.desired_retention if exam else defaults.DESIRED_RETENTION
    return _ClassMemories(classroom, sets, chosen, students, today, ahead, exam is not None, target, facts, memories)


def _memories(students: list[int], set_id: int) -> Executable:
    """Select as much of the memories of these students as the curves need; facts that were never met have none."""
    return (
        select(Memory.learner_id, Memory.fact_id, *CURVE_COLUMNS)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(
            Memory.learner_id.in_(students),
            Fact.set_id == set_id,
            Fact.archived_at.is_(None),
            Memory.state != State.NEW,
        )
    )


def _groups(facts: Sequence[Any], by: str, names: Mapping[Any, str]) -> dict[Any, list[int]]:
    """Return the facts of each group, in the order of the set; groups without facts are left out."""
    found: dict[Any, list[int]] = {name: [] for name in names}
    for fact in facts:
        for group in fact.passages if by == "passage" else [fact.topic]:
            if group in found:
                found[group].append(fact.id)
    return {group: ids for group, ids in found.items() if ids}


def _page_of_facts(
    known: _ClassMemories, chances: Chances, by: str, names: Mapping[Any, str], page: int
) -> list[MapFact]:
    facts = {fact.id: fact for fact in known.facts}
    ordered = sorted(known.by_fact(chances), key=lambda each: each.mean)
    rows = []
    for chance in ordered[PAGE * (page - 1) : PAGE * page]:
        fact = facts[chance.fact_id]
        groups = fact.passages if by == "passage" else [fact.topic]
        titles = tuple(f"¶ {group} {names[group]}" if by == "passage" else names[group] for group in groups)
        rows.append(MapFact(fact.key, fact.statement, titles, chance))
    return rows
