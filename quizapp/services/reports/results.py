"""The results of a quiz, the answers of one student, and the gradebook of a class."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question, Response, parse_response
from quizapp.core.kinds.base import Verdict
from quizapp.core.reports.spreadsheets import Cell
from quizapp.core.translation import gettext
from quizapp.models import Assignment, Classroom, QuestionSet, User
from quizapp.services.access import assignment_to_teach, class_to_teach
from quizapp.services.errors import NotFound
from quizapp.services.reports.class_data import (
    ClassStudent,
    FinishedAttempt,
    counted_attempts,
    current_questions,
    find_student,
    finished_attempts,
    list_assignments,
    list_sets,
    list_students,
    read_marks,
    read_questions,
    read_responses,
)

BINS = 10  # of the distribution


@dataclass(frozen=True, slots=True)
class ResultsColumn:
    """A question of a quiz that asks everybody the same, or a place in one that draws."""

    number: int
    question_id: int | None
    prompt: str

    @property
    def heading(self) -> str:
        """The heading of the column in a file."""
        return gettext("Q%(number)s: %(prompt)s", number=self.number, prompt=self.prompt)


@dataclass(frozen=True, slots=True)
class ResultsRow:
    """A student, the attempt that counts if there is one, and the credit (0..1) in each column, None where empty.

    `waiting` are the numbers of the columns whose answers wait to be marked; they have no credit in `marks`.
    """

    student: ClassStudent
    attempt: FinishedAttempt | None
    attempts: int
    marks: Mapping[int, float | None]  # by the column's number
    waiting: Collection[int] = ()
    late_answers: int = 0  # that arrived after the deadline

    def attempt_cells(self) -> list[Cell]:
        """Return the cells about the attempt in a file, empty if there is none."""
        if self.attempt is None:
            return [None] * 8
        score, minutes = self.attempt.score, self.attempt.duration.total_seconds() / 60
        return [
            round(score.marks, 4), score.size, round(100 * score.share, 2),
            gettext("late") if self.attempt.late else "", self.late_answers, round(minutes, 1), self.attempt.number,
            self.attempts,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a quiz; `take` says which of several attempts counts."""

    assignment: Assignment
    classroom: Classroom
    language: str  # of the set
    take: str
    columns: Sequence[ResultsColumn]
    rows: Sequence[ResultsRow]

    @property
    def shares(self) -> list[float]:
        return [row.attempt.score.share for row in self.rows if row.attempt]

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

    def facility(self, column: ResultsColumn) -> float | None:
        """Return the mean credit in a column, 0..1, what was left open counting as nothing."""
        found = [row.marks.get(column.number) or 0.0 for row in self.rows if column.number in row.marks]
        return fmean(found) if found else None

    def spreadsheet_rows(self) -> list[list[Cell]]:
        """Return the table for a CSV or XLSX file; shares in percent, times in minutes."""
        heading: list[Cell] = [
            gettext("Student"), gettext("User name"), gettext("Marks"), gettext("Out of"), gettext("Percentage"),
            gettext("Late"), gettext("Received after the deadline"), gettext("Minutes"), gettext("Attempt"),
            gettext("Attempts"),
        ]  # fmt: skip
        table = [heading + [column.heading for column in self.columns]]
        for row in self.rows:
            marks: list[Cell] = [
                gettext("to mark") if column.number in row.waiting else row.marks.get(column.number)
                for column in self.columns
            ]
            table.append([row.student.name, row.student.user_name, *row.attempt_cells(), *marks])
        return table


@dataclass(frozen=True, slots=True)
class AnswerReport:
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
    question: Question  # as it was asked
    response: Response | None
    lateness: timedelta | None  # by how much it arrived after the deadline

    @property
    def waits_for_mark(self) -> bool:
        return self.verdict == Verdict.UNMARKED.value


@dataclass(frozen=True, slots=True)
class StudentAnswers:
    """One student's attempts at a quiz, and the answers of the one chosen."""

    assignment: Assignment
    classroom: Classroom
    language: str  # of the set
    student: ClassStudent
    attempts: Sequence[FinishedAttempt]
    chosen: FinishedAttempt | None
    answers: Sequence[AnswerReport]


def read_results(session: Session, teacher: User, assignment_id: int, *, take: str = "best", now: datetime) -> Results:
    """Return the results of a quiz assigned to a class that the person teaches; seven statements at most. Raises
    NotFound."""
    assignment, classroom, language = quiz_to_report(session, teacher, assignment_id)
    students = list_students(session, classroom.id)
    attempts = finished_attempts(session, [assignment], [student.id for student in students], now=now)[assignment.id]
    counts = Counter(each.learner_id for each in attempts)
    chosen = counted_attempts(attempts, take)
    rows = read_marks(session, [each.id for each in chosen.values()])
    columns = _results_columns(session, assignment, rows)
    places = {column.question_id: column.number for column in columns if column.question_id}
    marks: dict[int, dict[int, float | None]] = {each.id: {} for each in chosen.values()}
    waiting: dict[int, set[int]] = {each.id: set() for each in chosen.values()}
    late = Counter(row.attempt_id for row in rows if row.is_late)
    for row in rows:
        number = places.get(row.question_id, row.position)
        if row.verdict == Verdict.UNMARKED.value:
            waiting[row.attempt_id].add(number)
        else:
            marks[row.attempt_id][number] = row.fraction
    rows = [
        ResultsRow(student, found, counts[student.id], marks[found.id], waiting[found.id], late[found.id])
        if found
        else ResultsRow(student, None, counts[student.id], {})
        for student in students
        for found in [chosen.get(student.id)]
    ]
    return Results(assignment, classroom, language, take, columns, rows)


def quiz_to_report(session: Session, teacher: User, assignment_id: int) -> tuple[Assignment, Classroom, str]:
    """Return a quiz assigned to a class that the person teaches, the class, and the language of the set. Raises
    NotFound."""
    assignment = assignment_to_teach(session, teacher, assignment_id)
    if assignment.kind != "quiz":
        raise NotFound
    language = QuestionSet.header["language"].as_string()
    classroom, code = session.execute(
        select(Classroom, language)
        .join(Assignment, Assignment.class_id == Classroom.id)
        .join(QuestionSet, QuestionSet.id == Assignment.set_id)
        .where(Assignment.id == assignment_id)
    ).one()
    return assignment, classroom, code


def _results_columns(session: Session, assignment: Assignment, rows: Sequence[Any]) -> list[ResultsColumn]:
    """Return a column for each fixed question, removed ones last; for a quiz that draws, one for each position."""
    if not assignment.question_ids:
        return [
            ResultsColumn(number, None, gettext("drawn"))
            for number in range(1, 1 + max((row.position for row in rows), default=0))
        ]
    asked = list(dict.fromkeys([*assignment.question_ids, *(row.question_id for row in rows)]))
    now_asked = current_questions(session, asked)
    return [
        ResultsColumn(number, question_id, now_asked[question_id][1].prompt)
        for number, question_id in enumerate((each for each in asked if each in now_asked), 1)
    ]


def read_answers(
    session: Session, teacher: User, assignment_id: int, user_id: int, *, attempt_id: int | None = None, now: datetime
) -> StudentAnswers:
    """Return what a student answered in one finished attempt, the last unless told otherwise; seven statements at most.

    Raises NotFound, also for somebody who is not a student of the class and an attempt that is not theirs.
    """
    assignment, classroom, language = quiz_to_report(session, teacher, assignment_id)
    student = find_student(session, classroom.id, user_id)
    attempts = finished_attempts(session, [assignment], [user_id], now=now)[assignment.id]
    chosen = next((each for each in reversed(attempts) if attempt_id in (None, each.id)), None)
    if chosen is None and attempt_id is not None:
        raise NotFound
    return StudentAnswers(
        assignment,
        classroom,
        language,
        student,
        attempts,
        chosen,
        describe_attempts(session, [chosen] if chosen else []),
    )


def describe_attempts(
    session: Session, attempts: Sequence[FinishedAttempt], *, wrong_only: bool = False
) -> list[AnswerReport]:
    """Return the questions of attempts, one attempt after the other: all, or those that were marked as not wholly
    right. Two statements."""
    rows = read_responses(session, [each.id for each in attempts])
    if wrong_only:
        rows = [row for row in rows if row.verdict != Verdict.UNMARKED.value and (row.fraction or 0.0) < 1]
    versions = read_questions(session, [id for row in rows for id in (row.question_version_id, row.regraded_by_id)])
    return [
        describe_response(
            row, versions[row.question_version_id], versions[row.regraded_by_id or row.question_version_id]
        )
        for row in rows
    ]


def describe_response(row: Any, asked: Question, marked_by: Question) -> AnswerReport:
    """Return a stored response in words. `asked` was on the screen, `marked_by` held the key."""
    given, why_not, response = "", "", None
    if row.response is not None:
        response = parse_response(row.response)
        given = asked.describe_answer(response)
        judged = asked.grade(response)
        why_not = judged.distractor.why_not if judged.distractor and not row.regraded_by_id else ""
    return AnswerReport(
        row.attempt_id,
        row.position,
        row.question_id,
        asked.prompt,
        given,
        marked_by.right_answer,
        row.fraction,
        row.verdict,
        why_not,
        row.regraded_by_id is not None,
        asked,
        response,
        row.received_at and row.received_at - row.deadline,
    )


# The gradebook


@dataclass(frozen=True, slots=True)
class GradebookRow:
    """A student, and by assignment the attempt that counts, where there is one."""

    student: ClassStudent
    attempts: Mapping[int, FinishedAttempt]

    @property
    def mean(self) -> float | None:
        """The mean share (0..1) of the quizzes that were handed in."""
        return fmean(each.score.share for each in self.attempts.values()) if self.attempts else None

    @property
    def waiting(self) -> int:
        """The number of answers that wait to be marked."""
        return sum(each.score.waiting for each in self.attempts.values())


@dataclass(frozen=True, slots=True)
class Gradebook:
    classroom: Classroom
    take: str
    quizzes: Sequence[Assignment]
    sets: Sequence[QuestionSet]  # on which there are quizzes
    rows: Sequence[GradebookRow]

    def mean(self, quiz: Assignment) -> float | None:
        """Return the mean share (0..1) of those who handed it in."""
        shares = [row.attempts[quiz.id].score.share for row in self.rows if quiz.id in row.attempts]
        return fmean(shares) if shares else None

    def spreadsheet_rows(self) -> list[list[Cell]]:
        """Return the table for a CSV or XLSX file: percent, empty where nothing was handed in.

        The last column counts the answers that a teacher still has to mark, which count as wrong until then.
        """
        titles = [quiz.title for quiz in self.quizzes]
        table: list[list[Cell]] = [
            [gettext("Student"), gettext("User name"), *titles, gettext("Mean"), gettext("Answers to mark")]
        ]
        for row in self.rows:
            shares = [row.attempts[quiz.id].score.share if quiz.id in row.attempts else None for quiz in self.quizzes]
            percents = [None if share is None else round(100 * share, 2) for share in (*shares, row.mean)]
            table.append([row.student.name, row.student.user_name, *percents, row.waiting])
        return table


def read_gradebook(session: Session, teacher: User, class_id: int, *, take: str = "best", now: datetime) -> Gradebook:
    """Return the marks of a class that the person teaches; six statements. Raises NotFound."""
    classroom = class_to_teach(session, teacher, class_id)
    students = list_students(session, class_id)
    quizzes = [each for each in list_assignments(session, class_id) if each.kind == "quiz"]
    attempts = finished_attempts(session, quizzes, [student.id for student in students], now=now)
    chosen = {quiz.id: counted_attempts(attempts[quiz.id], take) for quiz in quizzes}
    rows = [
        GradebookRow(student, {quiz: found[student.id] for quiz, found in chosen.items() if student.id in found})
        for student in students
    ]
    asked = {quiz.set_id for quiz in quizzes}
    sets = [each for each in list_sets(session, class_id) if each.id in asked]
    return Gradebook(classroom, take, quizzes, sets, rows)
