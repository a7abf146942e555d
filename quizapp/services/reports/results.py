"""How a quiz went: a row for each student, and what each of them answered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.grading import grade
from quizapp.core.questions import Flashcard, Question
from quizapp.core.responses import parse_response
from quizapp.core.spreadsheets import Cell
from quizapp.core.telling import in_words
from quizapp.models import Assignment, Classroom, User
from quizapp.services.access import assignment_to_teach
from quizapp.services.errors import NotFound
from quizapp.services.reports.attempts import (
    FinishedAttempt,
    counting_attempts,
    current,
    finished,
    questions,
    responses,
)
from quizapp.services.reports.shared import Student, roster

BINS = 10  # of the distribution


@dataclass(frozen=True, slots=True)
class Column:
    """A question of a quiz that asks everybody the same, or a place in one that draws."""

    number: int
    question_id: int | None
    prompt: str


@dataclass(frozen=True, slots=True)
class Line:
    """A student, the attempt that counts if there is one, and the credit (0..1) in each column, None where empty."""

    student: Student
    attempt: FinishedAttempt | None
    attempts: int
    marks: Mapping[int, float | None]  # by the column's number

    def attempt_cells(self) -> list[Cell]:
        """The cells about the attempt in a file, empty if there is none."""
        if self.attempt is None:
            return [None] * 7
        score, minutes = self.attempt.score, self.attempt.duration.total_seconds() / 60
        return [
            round(score.marks, 4), score.size, round(100 * score.share, 2), "late" if self.attempt.late else "",
            round(minutes, 1), self.attempt.number, self.attempts,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a quiz; `take` says which of several attempts counts."""

    assignment: Assignment
    classroom: Classroom
    take: str
    columns: Sequence[Column]
    lines: Sequence[Line]

    @property
    def shares(self) -> list[float]:
        return [line.attempt.score.share for line in self.lines if line.attempt]

    @property
    def mean(self) -> float | None:
        return fmean(self.shares) if self.shares else None

    @property
    def median(self) -> float | None:
        return median(self.shares) if self.shares else None

    @property
    def bins(self) -> list[int]:
        """How many students reached 0-9 %, 10-19 %, … 90-100 %."""
        counted = Counter(min(int(share * BINS + 1e-9), BINS - 1) for share in self.shares)
        return [counted[number] for number in range(BINS)]

    def facility(self, column: Column) -> float | None:
        """The mean credit in a column, 0..1, what was left open counting as nothing."""
        found = [line.marks.get(column.number) or 0.0 for line in self.lines if column.number in line.marks]
        return fmean(found) if found else None

    def rows(self) -> list[list[Cell]]:
        """The table as a file has it; shares in percent, times in minutes."""
        heading: list[Cell] = [
            "Student",
            "User name",
            "Marks",
            "Of",
            "Percent",
            "Late",
            "Minutes",
            "Attempt",
            "Attempts",
        ]
        rows = [heading + [f"Q{column.number}: {column.prompt}" for column in self.columns]]
        for line in self.lines:
            marks: list[Cell] = [line.marks.get(column.number) for column in self.columns]
            rows.append([line.student.name, line.student.user_name, *line.attempt_cells(), *marks])
        return rows


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of an attempt as it stands; `key` is the right answer it was marked by."""

    attempt_id: int
    position: int
    question_id: int
    prompt: str
    given: str  # in words; "" where nothing was answered
    key: str
    fraction: float | None  # 0..1
    verdict: str | None
    why_not: str
    regraded: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """One student's attempts at a quiz, and the answers of the one chosen."""

    assignment: Assignment
    classroom: Classroom
    student: Student
    attempts: Sequence[FinishedAttempt]
    chosen: FinishedAttempt | None
    answered: Sequence[Answered]


def results(session: Session, teacher: User, assignment_id: int, *, take: str = "best", now: datetime) -> Results:
    """The results of a quiz assigned to a class that the person teaches; seven statements at most. Raises NotFound."""
    assignment, classroom = quiz(session, teacher, assignment_id)
    students = roster(session, classroom.id)
    attempts = finished(session, [assignment], [student.id for student in students], now=now)[assignment.id]
    counts = Counter(each.learner_id for each in attempts)
    chosen = counting_attempts(attempts, take)
    rows = responses(session, [each.id for each in chosen.values()])
    columns = _columns(session, assignment, rows)
    places = {column.question_id: column.number for column in columns if column.question_id}
    marks: dict[int, dict[int, float | None]] = {each.id: {} for each in chosen.values()}
    for row in rows:
        marks[row.attempt_id][places.get(row.question_id, row.position)] = row.fraction
    lines = [
        Line(student, found, counts[student.id], marks[found.id] if found else {})
        for student in students
        for found in [chosen.get(student.id)]
    ]
    return Results(assignment, classroom, take, columns, lines)


def quiz(session: Session, teacher: User, assignment_id: int) -> tuple[Assignment, Classroom]:
    """A quiz assigned to a class that the person teaches, and the class. Raises NotFound."""
    assignment = assignment_to_teach(session, teacher, assignment_id)
    if assignment.kind != "quiz":
        raise NotFound
    return assignment, session.get_one(Classroom, assignment.class_id)


def _columns(session: Session, assignment: Assignment, rows: Sequence[Any]) -> list[Column]:
    """The fixed questions, those asked of old last; of a quiz that draws the places, as many as there were."""
    if not assignment.question_ids:
        return [
            Column(number, None, "drawn") for number in range(1, 1 + max((row.position for row in rows), default=0))
        ]
    asked = list(dict.fromkeys([*assignment.question_ids, *(row.question_id for row in rows)]))
    now_asked = current(session, asked)
    return [
        Column(number, question_id, now_asked[question_id][1].prompt)
        for number, question_id in enumerate((each for each in asked if each in now_asked), 1)
    ]


def answers_of(
    session: Session, teacher: User, assignment_id: int, user_id: int, *, attempt_id: int | None = None, now: datetime
) -> Answers:
    """What a student answered in one finished attempt, the last unless told otherwise; seven statements at most.

    Raises NotFound, also for somebody who is not a student of the class and an attempt that is not theirs.
    """
    assignment, classroom = quiz(session, teacher, assignment_id)
    student = next((each for each in roster(session, classroom.id) if each.id == user_id), None)
    if student is None:
        raise NotFound
    attempts = finished(session, [assignment], [user_id], now=now)[assignment.id]
    chosen = next((each for each in reversed(attempts) if attempt_id in (None, each.id)), None)
    if chosen is None and attempt_id is not None:
        raise NotFound
    return Answers(assignment, classroom, student, attempts, chosen, answered(session, [chosen] if chosen else []))


def answered(session: Session, attempts: Sequence[FinishedAttempt]) -> list[Answered]:
    """The questions of attempts, one attempt after the other; two statements."""
    rows = responses(session, [each.id for each in attempts])
    versions = questions(session, [id for row in rows for id in (row.question_version_id, row.regraded_by_id)])
    return [
        tell(row, versions[row.question_version_id], versions[row.regraded_by_id or row.question_version_id])
        for row in rows
    ]


def tell(row: Any, asked: Question, marked_by: Question) -> Answered:
    """A stored response in words. `asked` was on the screen, `marked_by` held the key."""
    given, why_not = "", ""
    if row.response is not None:
        response = parse_response(row.response)
        given = in_words(asked, response)
        judged = grade(asked, response)
        why_not = judged.distractor.why_not if judged.distractor and not row.regraded_by_id else ""
    return Answered(
        row.attempt_id,
        row.position,
        row.question_id,
        asked.prompt,
        given,
        key_of(marked_by),
        row.fraction,
        row.verdict,
        why_not,
        row.regraded_by_id is not None,
    )


def key_of(question: Question) -> str:
    """The right answer in words."""
    blank = {"rating": "again"} if isinstance(question, Flashcard) else {}
    return grade(question, parse_response({"kind": question.kind, **blank})).key
