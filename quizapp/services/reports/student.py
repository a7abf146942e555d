"""One student as the teachers of a class see them: what the class's sets and assignments show, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import FactRef, GroupMastery, Mastery, WeakFact, known_now
from quizapp.core.reports.memory_map import ExpectedRecall, grid, whole
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
from quizapp.services.reports.curves import read_curves, read_groups
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
    """Return a student of a class that the person teaches, by topic or passage; fourteen statements. Raises
    NotFound."""
    classroom = class_to_teach(session, teacher, class_id)
    student = find_student(session, class_id, user_id)
    today = today_in(classroom, now)
    sets, work = list_sets(session, class_id), list_assignments(session, class_id)
    quizzes = [each for each in work if each.kind == "quiz"]
    attempts = finished_attempts(session, quizzes, [user_id], now=now)
    return StudentPage(
        classroom,
        student,
        by,
        week_of(session, student, classroom, sets, work, today),
        _mastery(session, student, sets, by, today),
        _forgotten(session, student, sets, today),
        [(quiz, attempts[quiz.id]) for quiz in reversed(quizzes)],
        _wrong(session, {each.id: each for each in quizzes}, attempts),
    )


def _mastery(
    session: Session, student: ClassStudent, sets: Sequence[QuestionSet], by: str, today: date
) -> list[tuple[QuestionSet, Mastery, list[GroupMastery]]]:
    """Return what a student knows of each set, and of each of its topics or passages that has facts; two statements."""
    groups = read_groups(session, [each.id for each in sets], by)
    facts = {fact for of_set in groups.values() for ids in of_set.values() for fact in ids}
    curves = read_curves(session, [student.id], facts).get(student.id)
    chances = curves.chances(today) if curves else {}
    return [(each, *_mastery_of_set(each, groups[each.id], chances, by)) for each in sets]


def _mastery_of_set(
    question_set: QuestionSet, facts_of: Mapping[Any, Sequence[int]], chances: Mapping[int, float], by: str
) -> tuple[Mastery, list[GroupMastery]]:
    facts = {fact for ids in facts_of.values() for fact in ids}
    known = {fact: chances[fact] for fact in facts if fact in chances}
    titles = {key: title for key, title in group_titles(question_set, by).items() if key in facts_of}
    cells = grid({0: known}, [0], {key: facts_of[key] for key in titles})[0]
    icons = {topic["key"]: topic.get("icon") for topic in question_set.header["topics"]}
    groups = [GroupMastery(str(key), title, _as_mastery(cells[key]), icons.get(key)) for key, title in titles.items()]
    return _as_mastery(whole(known, len(facts))), groups


def _as_mastery(known: ExpectedRecall) -> Mastery:
    return Mastery(known.total, known.met, known.known)


def _forgotten(session: Session, student: ClassStudent, sets: Sequence[QuestionSet], today: date) -> list[WeakFact]:
    """Return the facts that a student forgot most often; one statement."""
    rows = session.execute(
        select(Fact.set_id, Fact.key, Fact.statement, *CURVE_COLUMNS, Memory.lapses)
        .join(Memory, Memory.fact_id == Fact.id)
        .where(Memory.learner_id == student.id, Memory.lapses >= LAPSES)
        .where(Fact.set_id.in_([each.id for each in sets]), Fact.archived_at.is_(None))
        .order_by(Memory.lapses.desc(), Fact.position, Fact.id)
        .limit(LISTED)
    )
    of = {each.id: each for each in sets}
    return [
        WeakFact(
            FactRef(of[row.set_id].key, row.key, row.statement, of[row.set_id].header["language"]),
            known_now(curve_memory(row), today),
            row.lapses,
        )
        for row in rows
    ]


def _wrong(
    session: Session, quizzes: Mapping[int, Assignment], attempts: Mapping[int, Sequence[FinishedAttempt]]
) -> list[tuple[Assignment, AnswerReport]]:
    """Return what was not wholly right in the last attempt at each of the latest quizzes, the latest first."""
    last = sorted((found[-1] for found in attempts.values() if found), key=lambda each: each.finished_at, reverse=True)
    chosen = last[:ATTEMPTS]
    wrong = describe_attempts(session, chosen, wrong_only=True)
    of = {each.id: quizzes[each.assignment_id] for each in chosen}
    order = {each.id: place for place, each in enumerate(chosen)}
    return [(of[each.attempt_id], each) for each in sorted(wrong, key=lambda w: (order[w.attempt_id], w.position))]
