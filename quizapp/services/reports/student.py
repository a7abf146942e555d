"""One student as the teachers of a class see them: what the class's sets and assignments show, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import FactRef, GroupMastery, Mastery, WeakFact, known_now, mastery_by
from quizapp.models import Assignment, Classroom, Fact, Memory, QuestionSet, User
from quizapp.services.access import class_to_teach
from quizapp.services.memories import CURVE_COLUMNS, curve_memory
from quizapp.services.reports.class_data import (
    ClassStudent,
    FinishedAttempt,
    find_student,
    finished_attempts,
    group_titles,
    list_assignments,
    list_sets,
    today_in,
)
from quizapp.services.reports.class_today import LAPSES, Week, week_of
from quizapp.services.reports.results import AnswerReport, describe_attempts

LISTED = 10  # facts forgotten most often
ATTEMPTS = 20  # the latest, whose wrong answers are listed


@dataclass(frozen=True, slots=True)
class StudentPage:
    classroom: Classroom
    student: ClassStudent
    by: str
    week: Week
    sets: Sequence[tuple[QuestionSet, Mastery, Sequence[GroupMastery]]]
    forgotten: Sequence[WeakFact]
    quizzes: Sequence[tuple[Assignment, Sequence[FinishedAttempt]]]
    wrong: Sequence[tuple[Assignment, AnswerReport]]


def read_student(
    session: Session, teacher: User, class_id: int, user_id: int, *, by: str = "topic", now: datetime
) -> StudentPage:
    """Return a student of a class that the person teaches, by topic or passage; thirteen statements. Raises
    NotFound."""
    classroom = class_to_teach(session, teacher, class_id)
    student = find_student(session, class_id, user_id)
    today = today_in(classroom, now)
    sets, work = list_sets(session, class_id), list_assignments(session, class_id)
    known, forgotten = _mastery(session, student, sets, by, today)
    quizzes = [each for each in work if each.kind == "quiz"]
    attempts = finished_attempts(session, quizzes, [user_id], now=now)
    return StudentPage(
        classroom,
        student,
        by,
        week_of(session, student, classroom, sets, work, today),
        known,
        forgotten,
        [(quiz, attempts[quiz.id]) for quiz in reversed(quizzes)],
        _wrong(session, {each.id: each for each in quizzes}, attempts),
    )


def _mastery(
    session: Session, student: ClassStudent, sets: Sequence[QuestionSet], by: str, today: date
) -> tuple[list[tuple[QuestionSet, Mastery, list[GroupMastery]]], list[WeakFact]]:
    rows = session.execute(
        select(
            Fact.set_id, Fact.key, Fact.statement, Fact.topic, Fact.passages,
            *CURVE_COLUMNS, Memory.lapses,
        )
        .outerjoin(Memory, and_(Memory.fact_id == Fact.id, Memory.learner_id == student.id))
        .where(Fact.set_id.in_([each.id for each in sets]), Fact.archived_at.is_(None))
    ).all()  # fmt: skip
    masteries = mastery_by(
        (
            (
                [
                    (row.set_id, None),
                    *((row.set_id, key) for key in (row.passages if by == "passage" else [row.topic])),
                ],
                curve_memory(row),
            )
            for row in rows
        ),
        today,
    )
    known = [(each, masteries.get((each.id, None), Mastery(0)), _groups(each, masteries, by)) for each in sets]
    by_id = {each.id: each for each in sets}
    often = sorted((row for row in rows if (row.lapses or 0) >= LAPSES), key=lambda row: -row.lapses)[:LISTED]
    forgotten = [
        WeakFact(
            FactRef(found.key, row.key, row.statement, found.header["language"]),
            known_now(curve_memory(row), today),
            row.lapses,
        )
        for row in often
        for found in [by_id[row.set_id]]
    ]
    return known, forgotten


def _groups(each: QuestionSet, masteries: Mapping[tuple[int, object], Mastery], by: str) -> list[GroupMastery]:
    icons = {topic["key"]: topic.get("icon") for topic in each.header["topics"]}
    return [
        GroupMastery(str(key), title, masteries[each.id, key], icons.get(key))
        for key, title in group_titles(each, by).items()
        if (each.id, key) in masteries
    ]


def _wrong(
    session: Session, quizzes: Mapping[int, Assignment], attempts: Mapping[int, Sequence[FinishedAttempt]]
) -> list[tuple[Assignment, AnswerReport]]:
    """Return what was not wholly right in the last attempt at each of the latest quizzes, the latest first."""
    last = sorted((found[-1] for found in attempts.values() if found), key=lambda each: each.finished_at, reverse=True)
    chosen = last[:ATTEMPTS]
    found = describe_attempts(session, chosen)
    of = {each.id: quizzes[each.assignment_id] for each in chosen}
    order = {each.id: place for place, each in enumerate(chosen)}
    wrong = [each for each in found if not each.waits_for_mark and (each.fraction or 0.0) < 1]
    return [(of[each.attempt_id], each) for each in sorted(wrong, key=lambda w: (order[w.attempt_id], w.position))]
