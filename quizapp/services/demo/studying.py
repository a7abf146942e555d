"""A term of study and quizzes by simulated learners, written to the database in bulk."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question
from quizapp.core.scheduling.scheduler import Plan, Rating, State, to_json
from quizapp.core.scheduling.simulation import Form, Learner, Step, form_of, study
from quizapp.models import Attempt, Fact, Question, QuestionVersion, Response, User
from quizapp.services.memories import day_table, memory_table, review_table, seed_of, to_values

if TYPE_CHECKING:
    from quizapp.services.demo.quizzes import AssignedQuiz

STOPPED_BEFORE = 12  # days before the end of the term
CHUNK = 10_000  # rows


@dataclass(frozen=True, slots=True)
class Forms:
    """The questions of the set that are asked, with the answers they may get: by fact, and by id of the question."""

    of_fact: Mapping[int, Sequence[Form]]
    of_question: Mapping[int, tuple[int, Form]]  # with the fact
    keys: Mapping[str, int]  # of questions, to their id


@dataclass(frozen=True, slots=True)
class Done:
    reviews: int
    attempts: int


def read_forms(session: Session, set_id: int) -> Forms:
    """Every question of a set that can be graded by the app."""
    rows = session.execute(
        select(Question.fact_id, Question.id, Question.key, QuestionVersion.id.label("version"), QuestionVersion.body)
        .join(Question.current_version)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Fact.set_id == set_id)
        .order_by(Fact.position, Question.position)
    ).all()
    of_fact: dict[int, list[Form]] = defaultdict(list)
    of_question: dict[int, tuple[int, Form]] = {}
    for row in rows:
        form = form_of(row.version, parse_question(row.body))
        of_fact[row.fact_id].append(form)
        if not form.question.self_graded:
            of_question[row.id] = (row.fact_id, form)
    return Forms(of_fact, of_question, {row.key: row.id for row in rows})


def run(
    session: Session,
    students: Sequence[User],
    forms: Forms,
    quizzes: Sequence["AssignedQuiz"],
    reviews: int,
    *,
    plan: Plan,
    seed: int,
    began: datetime,
    now: datetime,
) -> Done:
    """Make all students study until yesterday and take the quizzes, with so many reviews if there is enough to ask."""
    days = _evenings(students[0], began, now)
    shares = [
        _diligence(number, len(students), days, Random(f"{seed}:days:{number}")) for number in range(len(students))
    ]
    budgets = _apportioned(shares, reviews)
    done, taken = 0, 0
    for number, (student, budget) in enumerate(zip(students, budgets, strict=True)):
        chance = Random(f"{seed}:learner:{number}")
        learner = Learner(chance, chance.gauss(0, 0.7), chance.uniform(0.05, 0.35), chance.uniform(6, 13))
        sessions = [(start, answers) for start, answers in zip(days, budget, strict=True) if answers]
        steps = study(
            learner, forms.of_fact, sessions, clock=student.clock, plan=plan,
            seed=lambda fact_id, student=student: seed_of(student.id, fact_id),  # type: ignore[misc]
        )  # fmt: skip
        attempts: list[dict[str, Any]] = []
        done += _write(session, student, _with_quizzes(steps, learner, student, quizzes, attempts, absent=not sessions))
        taken += len(attempts)
        if attempts:
            _write_attempts(session, attempts)
    return Done(done, taken)


def _with_quizzes(
    steps: Iterator[Step],
    learner: Learner,
    student: User,
    quizzes: Sequence["AssignedQuiz"],
    attempts: list[dict[str, Any]],
    *,
    absent: bool,
) -> Iterator[Step]:
    """Yield the steps as they come; each quiz is taken on its day, with what is known by then."""
    waiting = [] if absent else [quiz for quiz in quizzes if learner.chance.random() < 0.94]
    for step in steps:
        while waiting and step.day >= waiting[0].day:
            attempts += waiting.pop(0).attempts_of(learner, student)
        yield step
    for quiz in waiting:
        attempts += quiz.attempts_of(learner, student)


# How much, and when


def _evenings(student: User, began: datetime, now: datetime) -> list[datetime]:
    """Return when a student begins to study on each day of the term, up to yesterday."""
    zone = ZoneInfo(student.timezone)
    first, today = student.clock.day(began), student.clock.day(now)
    return [datetime.combine(first + timedelta(days=number), time(17), zone) for number in range((today - first).days)]


def _diligence(number: int, students: int, days: Sequence[datetime], chance: Random) -> list[float]:
    """How much one student does on each day, in shares. Some stop before the end, some begin late, one never does."""
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


def _apportioned(shares: Sequence[Sequence[float]], total: int) -> list[list[int]]:
    """Whole numbers in proportion to the shares that add up to the total: each is the growth of the rounded sum."""
    whole = math.fsum(share for row in shares for share in row)
    given, seen = 0, 0.0
    rows = []
    for row in shares:
        counts = []
        for share in row:
            seen += share
            upto = round(total * seen / whole)
            counts.append(upto - given)
            given = upto
        rows.append(counts)
    return rows


# Rows


def _write(session: Session, student: User, steps: Iterable[Step]) -> int:
    """Write a student's reviews, memories and day counts; gives the number of reviews."""
    reviews: list[dict[str, Any]] = []
    memories: dict[int, dict[str, Any]] = {}
    days: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTED, 0))
    for step in steps:
        version = memories[step.fact_id]["version"] + 1 if step.fact_id in memories else 1
        key = {"learner_id": student.id, "fact_id": step.fact_id, "version": version}
        reviews.append(key | _review(step))
        memories[step.fact_id] = key | {"suspended": False, "step": step}
        _count(days[step.day], step)
    for row in memories.values():
        row |= to_values(row.pop("step").after)
    _insert(session, review_table, reviews)
    _insert(session, memory_table, list(memories.values()))
    _insert(session, day_table, [{"learner_id": student.id, "day": day} | row for day, row in days.items()])
    return len(reviews)


def _review(step: Step) -> dict[str, Any]:
    return {
        "question_version_id": step.form.version_id,
        "at": step.at,
        "day": step.day,
        "response": step.given.response,
        "verdict": step.given.verdict,
        "fraction": step.given.fraction,
        "rating": int(step.given.rating),
        "guess": step.form.guess,
        "predicted": step.sure,
        "before": to_json(step.before),
        "ms": step.ms,
        "source": "study",
        "overridden": False,
    }


_COUNTED = ("answers", "correct", "new_facts", "finished", "long_term", "long_term_correct", "ms", "timed")


def _count(day: dict[str, int], step: Step) -> None:
    """Count a review as services.memories does."""
    correct = step.given.rating != Rating.AGAIN
    long_term = step.before.state == State.REVIEW and step.sure is not None
    added = (
        1, correct, step.before.state == State.NEW, step.after.state == State.REVIEW, long_term,
        long_term and correct, step.ms, 1,
    )  # fmt: skip
    for name, number in zip(_COUNTED, added, strict=True):
        day[name] += int(number)


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
