"""The quizzes of the demo class, and the attempts of its simulated students."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from quizapp.demo.question_set import QuestionPool
from quizapp.demo.students import DemoQuestion, Flaw, SimulatedStudent, take_quiz
from quizapp.models import Assignment, Classroom, QuestionSet, User

QUESTIONS = 12
# The title of each quiz, and how many days before the end of the term it is due.
QUIZZES = (("First test", 70), ("Second test", 35), ("Third test", 6))


@dataclass(frozen=True, slots=True)
class AssignedQuiz:
    """An assigned quiz: its questions (fact id, question, its flaw), and the day on which it is taken."""

    assignment: Assignment
    asked: Sequence[tuple[int, DemoQuestion, Flaw | None]]
    day: date

    def attempts_of(self, simulated: SimulatedStudent, student: User) -> list[dict[str, Any]]:
        """Return the rows of a student's attempts, each with its `responses`: most make one, some a second."""
        attempts = [self._attempt(simulated, student, 0)]
        if simulated.chance.random() < 0.25:
            attempts.append(self._attempt(simulated, student, 1))
        return attempts

    def _attempt(self, simulated: SimulatedStudent, student: User, number: int) -> dict[str, Any]:
        assert self.assignment.due_at is not None
        late = simulated.chance.random() < 0.08
        before_due = -simulated.chance.uniform(1, 20) if late else simulated.chance.uniform(2, 40)
        began = self.assignment.due_at - timedelta(hours=before_due if number == 0 else before_due / 4)
        order = list(self.asked)
        simulated.chance.shuffle(order)
        at, responses = began, []
        for position, ((fact_id, question, _), answer) in enumerate(
            zip(order, take_quiz(simulated, order, self.day), strict=True), 1
        ):
            ms = 2 * simulated.milliseconds()
            at += timedelta(milliseconds=ms)
            responses.append(
                {
                    "position": position, "fact_id": fact_id, "question_version_id": question.version_id,
                    "response": answer.response, "verdict": answer.verdict, "fraction": answer.fraction, "ms": ms,
                    "at": at,
                }
            )  # fmt: skip
        return {
            "learner_id": student.id, "set_id": self.assignment.set_id, "assignment_id": self.assignment.id,
            "purpose": "assignment", "title": self.assignment.title, "feedback": "at-end",
            "size": len(order), "started_at": began, "finished_at": at + timedelta(seconds=20),
            "recorded_at": at + timedelta(seconds=20),
            "marks": sum(row["fraction"] for row in responses), "responses": responses,
        }  # fmt: skip


def assign(
    session: Session,
    classroom: Classroom,
    question_set: QuestionSet,
    teacher: User,
    pool: QuestionPool,
    *,
    seed: int,
    began: datetime,
    now: datetime,
) -> list[AssignedQuiz]:
    """Assign the quizzes, the earliest first. The last one has a miskeyed and a misleading question."""
    chance = Random(f"{seed}:quizzes")
    questions = list(pool.of_question)
    flawed = _flawed(pool)
    assigned = []
    for place, (title, days) in enumerate(QUIZZES, 1):
        due = (now - timedelta(days=days)).replace(hour=18, minute=0, second=0, microsecond=0)
        # What most have met by then: the set is studied from its beginning.
        met = [each for each in questions[: max(QUESTIONS, len(questions) * place // 4)] if each not in flawed]
        picked = chance.sample(met, min(len(met), QUESTIONS - (len(flawed) if place == len(QUIZZES) else 0)))
        if place == len(QUIZZES):
            picked = [*picked, *flawed]
        assignment = Assignment(
            class_id=classroom.id, set_id=question_set.id, made_by_id=teacher.id, kind="quiz", title=title,
            created_at=max(began, due - timedelta(days=4)), question_ids=picked, opens_at=due - timedelta(days=3),
            due_at=due, closes_at=due + timedelta(days=2), attempts=2, minutes=20, shuffled=True, feedback="at-end",
        )  # fmt: skip
        session.add(assignment)
        session.flush()
        asked = [(*pool.of_question[each], flawed.get(each)) for each in picked]
        assigned.append(AssignedQuiz(assignment, asked, teacher.clock.day(due - timedelta(days=1))))
    return assigned


def _flawed(pool: QuestionPool) -> dict[int, Flaw]:
    """Return the choice questions of the first two invented facts, each with its flaw."""
    chosen = [number for key, number in pool.keys.items() if key.endswith(("-year-1", "-ruler-1"))][:2]
    flaws: list[Flaw] = ["miskeyed", "misleading"]
    return dict(zip(chosen, flaws, strict=False))
