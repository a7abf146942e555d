"""The gradebook of a class: every student, every quiz."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy.orm import Session

from quizapp.core.spreadsheets import Cell
from quizapp.models import Assignment, Classroom, User
from quizapp.services.access import class_to_teach
from quizapp.services.reports.attempts import FinishedAttempt, counting_attempts, finished
from quizapp.services.reports.shared import ClassSet, Student, assignments, roster, sets_of


@dataclass(frozen=True, slots=True)
class GradeLine:
    """A student, and by assignment the attempt that counts, where there is one."""

    student: Student
    attempts: Mapping[int, FinishedAttempt]

    @property
    def mean(self) -> float | None:
        """The mean share (0..1) of the quizzes that were handed in."""
        return fmean(each.score.share for each in self.attempts.values()) if self.attempts else None


@dataclass(frozen=True, slots=True)
class Gradebook:
    classroom: Classroom
    take: str
    quizzes: Sequence[Assignment]
    sets: Sequence[ClassSet]  # on which there are quizzes
    lines: Sequence[GradeLine]

    def mean(self, quiz: Assignment) -> float | None:
        """The mean share (0..1) of those who handed it in."""
        shares = [line.attempts[quiz.id].score.share for line in self.lines if quiz.id in line.attempts]
        return fmean(shares) if shares else None

    def rows(self) -> list[list[Cell]]:
        """The table as a file has it: percent, empty where nothing was handed in."""
        rows: list[list[Cell]] = [["Student", "User name", *(quiz.title for quiz in self.quizzes), "Mean"]]
        for line in self.lines:
            shares = [line.attempts[quiz.id].score.share if quiz.id in line.attempts else None for quiz in self.quizzes]
            percents = [None if share is None else round(100 * share, 2) for share in (*shares, line.mean)]
            rows.append([line.student.name, line.student.user_name, *percents])
        return rows


def gradebook(session: Session, teacher: User, class_id: int, *, take: str = "best", now: datetime) -> Gradebook:
    """The marks of a class that the person teaches; six statements. Raises NotFound."""
    classroom = class_to_teach(session, teacher, class_id)
    students = roster(session, class_id)
    quizzes = [each for each in assignments(session, class_id) if each.kind == "quiz"]
    attempts = finished(session, quizzes, [student.id for student in students], now=now)
    chosen = {quiz.id: counting_attempts(attempts[quiz.id], take) for quiz in quizzes}
    lines = [
        GradeLine(student, {quiz: found[student.id] for quiz, found in chosen.items() if student.id in found})
        for student in students
    ]
    asked = {quiz.set_id for quiz in quizzes}
    sets = [each for each in sets_of(session, class_id) if each.id in asked]
    return Gradebook(classroom, take, quizzes, sets, lines)
