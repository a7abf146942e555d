"""A term of study and quizzes by simulated students, written to the database in bulk."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from quizapp.core.scheduling.scheduler import Plan, to_json
from quizapp.demo.question_set import QuestionPool
from quizapp.demo.quizzes import AssignedQuiz
from quizapp.demo.students import DemoReview, SimulatedStudent, study
from quizapp.models import Attempt, Response, User
from quizapp.services.memories import counted, day_table, memory_table, review_table, seed_of, to_values

STOPPED_BEFORE = 12  # days before the end of the term
CHUNK = 10_000  # rows


@dataclass(frozen=True, slots=True)
class TermCounts:
    reviews: int
    attempts: int


def run(
    session: Session,
    students: Sequence[User],
    questions: QuestionPool,
    quizzes: Sequence[AssignedQuiz],
    reviews: int,
    *,
    plan: Plan,
    seed: int,
    began: datetime,
    now: datetime,
    save: Callable[[], None],
) -> TermCounts:
    """Let all students study until yesterday and take the quizzes, with `reviews` answers if there is enough to ask.

    `save` ends the transaction; nobody should wait while a student is simulated.
    """
    days = _evenings(students[0], began, now)
    shares = [
        _diligence(number, len(students), days, Random(f"{seed}:days:{number}")) for number in range(len(students))
    ]
    budgets = _apportion(shares, reviews)
    done, taken = 0, 0
    for number, (student, budget) in enumerate(zip(students, budgets, strict=True)):
        save()
        chance = Random(f"{seed}:learner:{number}")
        simulated = SimulatedStudent(chance, chance.gauss(0, 0.7), chance.uniform(0.05, 0.35), chance.uniform(6, 13))
        sessions = [(start, answers) for start, answers in zip(days, budget, strict=True) if answers]
        reviewed = study(
            simulated, questions.of_fact, sessions, clock=student.clock, plan=plan,
            seed=lambda fact_id, student=student: seed_of(student.id, fact_id),  # type: ignore[misc]
        )  # fmt: skip
        attempts: list[dict[str, Any]] = []
        done += _write(
            session, student, _with_quizzes(reviewed, simulated, student, quizzes, attempts, absent=not sessions)
        )
        taken += len(attempts)
        if attempts:
            _write_attempts(session, attempts)
    return TermCounts(done, taken)


def _with_quizzes(
    reviewed: Iterator[DemoReview],
    simulated: SimulatedStudent,
    student: User,
    quizzes: Sequence[AssignedQuiz],
    attempts: list[dict[str, Any]],
    *,
    absent: bool,
) -> Iterator[DemoReview]:
    """Yield the reviews in order; each quiz is taken on its day, with what is known by then."""
    waiting = [] if absent else [quiz for quiz in quizzes if simulated.chance.random() < 0.94]
    for review in reviewed:
        while waiting and review.day >= waiting[0].day:
            attempts += waiting.pop(0).attempts_of(simulated, student)
        yield review
    for quiz in waiting:
        attempts += quiz.attempts_of(simulated, student)


# How much, and when


def _evenings(student: User, began: datetime, now: datetime) -> list[datetime]:
    """Return when a student begins to study on each day of the term, up to yesterday."""
    zone = ZoneInfo(student.timezone)
    first, today = student.clock.day(began), student.clock.day(now)
    return [datetime.combine(first + timedelta(days=number), time(17), zone) for number in range((today - first).days)]


def _diligence(number: int, students: int, days: Sequence[datetime], chance: Random) -> list[float]:
    """Return how much one student does on each day, as shares. Some stop early, some begin late, one never begins."""
    steady = chance.lognormvariate(0, 0.35)
    regular = chance.betavariate(5, 2)  # the share of days that are studied
    first, last = 0, len(days)
    if students > 4 and number == students - 1:
        return [0.0] * len(days)
    if number % 13 == 5:
        last -= STOPPED_BEFORE
    if number % 17 == 9:
        first = len(days) // 3
    weekend = {5: 0.5, 6: 0.8}
    return [
        steady * weekend.get(day.weekday(), 1.0) * chance.uniform(0.5, 1.5)
        if first <= place < last and chance.random() < regular
        else 0.0
        for place, day in enumerate(days)
    ]


def _apportion(shares: Sequence[Sequence[float]], total: int) -> list[list[int]]:
    """Return whole numbers in proportion to the shares that add up to the total."""
    whole = math.fsum(share for row in shares for share in row)
    given, seen = 0, 0.0
    rows = []
    for row in shares:
        counts = []
        for share in row:
            seen += share
            upto = round(total * seen / whole)  # each number is the growth of the rounded sum
            counts.append(upto - given)
            given = upto
        rows.append(counts)
    return rows


# Rows


def _write(session: Session, student: User, reviewed: Iterable[DemoReview]) -> int:
    """Write a student's reviews, memories and day counts. Return the number of reviews."""
    reviews: list[dict[str, Any]] = []
    memories: dict[int, dict[str, Any]] = {}
    days: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for review in reviewed:
        version = memories[review.fact_id]["version"] + 1 if review.fact_id in memories else 1
        key = {"learner_id": student.id, "fact_id": review.fact_id, "version": version}
        reviews.append(key | _review(review))
        memories[review.fact_id] = key | {"suspended": False, "review": review}
        _count(days[review.day], review)
    for row in memories.values():
        row |= to_values(row.pop("review").after)
    _insert(session, review_table, reviews)
    _insert(session, memory_table, list(memories.values()))
    _insert(session, day_table, [{"learner_id": student.id, "day": day, **row} for day, row in days.items()])
    return len(reviews)


def _review(review: DemoReview) -> dict[str, Any]:
    return {
        "question_version_id": review.question.version_id,
        "at": review.at,
        "day": review.day,
        "response": review.answer.response,
        "verdict": review.answer.verdict,
        "fraction": review.answer.fraction,
        "rating": int(review.answer.rating),
        "guess": review.question.guess,
        "predicted": review.predicted,
        "before": to_json(review.before),
        "ms": review.ms,
        "source": "study",
        "overridden": False,
    }


def _count(day: dict[str, float], review: DemoReview) -> None:
    answer = {
        "rating": review.answer.rating,
        "guess": review.question.guess,
        "predicted": review.predicted,
        "ms": review.ms,
    }
    for name, number in counted(review.before.state, review.after.state, answer).items():
        day[name] += number


def _write_attempts(session: Session, attempts: list[dict[str, Any]]) -> None:
    responses: list[dict[str, Any]] = []
    for attempt in attempts:
        rows = attempt.pop("responses")
        attempt_id = session.execute(insert(Attempt).values(attempt).returning(Attempt.id)).scalar_one()
        responses += [{"attempt_id": attempt_id} | row for row in rows]
    session.execute(insert(Response), responses)


def _insert(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(table), rows[start : start + CHUNK])
