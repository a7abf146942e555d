"""Databases filled fast: sets of any size, and learners who have met many of their facts.

Rows are inserted in bulk, past the services. One learner is made, and the others are copies: every row that belongs to
a learner is copied, whatever the table.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from flask_login import encode_cookie
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session
from study_scripts import Learner

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.models import Base, Fact, LoginSession, Memory, Plan, Question, QuestionSet, QuestionVersion, Review, User
from quizapp.services.sets.contents import add_missing_answers, update_all_search_texts

FACTS_AHEAD = 50  # that the learners of a set have not met
AT_ONCE = 20_000  # rows in one statement
TOPICS = 5
FIRST_DATE = date(1918, 5, 28)
BEFORE = scheduler.to_json(scheduler.NEW_MEMORY)
STABILITIES = range(20, 60)  # days
KINDS = {"card": "flashcard", "choice": "choice", "typed": "typed"}
EXPLANATION = (
    "The evening session decided it under an ultimatum, because the garrison had left the city the week before and "
    "nobody else could have held the railway."
)


@dataclass(frozen=True)
class Amounts:
    """How much a learner has met of a set, and what waits today."""

    met: int
    due: int
    has_exam: bool = False


def add_set(session: Session, key: str, size: int, kinds: Sequence[str] = ("card",), **columns: Any) -> int:
    """Add a set of that many facts, each with a question of each of the kinds, and return its id."""
    now = datetime.now(UTC) - timedelta(days=400)
    row = QuestionSet(
        key=key, title=key.title(), header=_header(key, size), names=_names(size), created_at=now, **columns
    )
    session.add(row)
    session.flush()
    _insert(session, Fact, [_fact(row.id, number, size) for number in range(size)])
    facts = session.execute(select(Fact.id, Fact.position).where(Fact.set_id == row.id)).all()
    asked = [
        {"fact_id": fact_id, "key": f"{kind}-{number}", "position": place, "current": 1}
        for fact_id, number in facts
        for place, kind in enumerate(kinds)
    ]
    _insert(session, Question, asked)
    questions = session.execute(
        select(Question.id, Question.key).join(Fact, Fact.id == Question.fact_id).where(Fact.set_id == row.id)
    )
    versions = [
        {"question_id": question_id, "number": 1, "body": _body(*key.split("-")), "created_at": now}
        for question_id, key in questions
    ]
    _insert(session, QuestionVersion, versions)
    update_all_search_texts(session)
    add_missing_answers(session)
    session.commit()
    return row.id


def _header(key: str, size: int) -> dict[str, Any]:
    topics = [{"key": f"topic-{n}", "title": f"Topic {n}", "summary": "What happened."} for n in range(TOPICS)]
    passages = [{"number": n + 1, "title": f"Passage {n}", "digest": EXPLANATION} for n in range(_passages(size))]
    return {
        "key": key, "title": key.title(), "summary": "Answers by number.", "topics": topics, "language": "en",
        "source": {"title": "The source"}, "passages": passages, "notes": [],
    }  # fmt: skip


def _passages(size: int) -> int:
    return min(10 + size // 50, 200)


def _names(size: int) -> list[dict[str, Any]]:
    names = range(10 + size // 50)
    return [{"key": f"name-{n}", "type": "person", "name": f"Person {n}", "spellings": [f"Persona {n}"]} for n in names]


def _fact(set_id: int, number: int, size: int) -> dict[str, Any]:
    """Return a row; every third fact has a date, every fourth names two people, and every fifth leads to the next."""
    actors = [f"name-{(number * place) % (10 + size // 50)}" for place in (1, 3)] if number % 4 == 0 else []
    leads_to = {f"fact-{number + 1}": "It left no other way."} if number % 5 == 0 and number + 1 < size else {}
    return {
        "set_id": set_id, "key": f"fact-{number}", "position": number, "topic": f"topic-{number % TOPICS}",
        "statement": f"Answer {number} belongs to number {number}, as the council had decided in the spring.",
        "passages": [number % _passages(size) + 1], "notes": [], "actors": list(dict.fromkeys(actors)),
        "leads_to": leads_to, "tags": ["exam"] if number % 10 == 0 else [],
        "date": str(FIRST_DATE + timedelta(days=number // 3 % 3650)) if number % 3 == 0 else None,
    }  # fmt: skip


def _body(kind: str, number: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kind": KINDS[kind], "key": f"{kind}-{number}", "prompt": f"Which answer belongs to number {number}?",
        "answer": f"Answer {number}", "explanation": EXPLANATION,
    }  # fmt: skip
    if kind == "choice":
        wrong = [f"Reply {number} of the {who}" for who in ("garrison", "council", "railway")]
        body["distractors"] = [{"text": text, "why_not": "That came a year later."} for text in wrong]
    return body


def _insert(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert(model.__table__), rows[start : start + AT_ONCE])  # type: ignore[arg-type]


def add_learner(session: Session, set_id: int, amounts: Amounts, *, reviews: int = 1) -> int:
    """Add a guest who came long ago and met the first facts of a set, and return their id.

    What is due is spread over what was met. `reviews` is how many answers to each fact are on record.
    """
    now = datetime.now(UTC)
    today, began = StudyClock("UTC").day(now), now - timedelta(days=300)
    learner = User(created_at=began)
    session.add(learner)
    session.flush()
    plan: dict[str, Any] = {"learner_id": learner.id, "set_id": set_id, "started_at": began}
    if amounts.has_exam:  # and the facts of today are chosen
        plan |= {"exam_day": today + timedelta(days=30), "exam_since": today - timedelta(days=30)}
        plan |= {"planned_on": today, "planned_new": 10}
    session.add(Plan(**plan))
    asked = session.execute(
        select(Fact.id, QuestionVersion.id, QuestionVersion.body["kind"].as_string())
        .join(Question, Question.fact_id == Fact.id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Fact.set_id == set_id, Question.position == 0, Fact.position < amounts.met)
        .order_by(Fact.position)
    ).all()
    every = amounts.met // amounts.due if amounts.due else amounts.met
    memories, answers = [], []
    for place, (fact_id, version_id, kind) in enumerate(asked):
        is_due = place % every == 0 and place // every < amounts.due
        due_day = today - timedelta(days=place % 3) if is_due else today + timedelta(days=5 + place % 60)
        last_day = min(due_day, today) - timedelta(days=1 + place % 40)
        memories.append(_memory(learner.id, fact_id, place, last_day, due_day, reviews))
        for number in range(reviews):
            day = last_day - timedelta(days=12 * (reviews - 1 - number))
            answers.append(_review(learner.id, fact_id, version_id, kind, day, number + 1))
    _insert(session, Memory, memories)
    _insert(session, Review, answers)
    session.execute(_COUNT_DAYS, {"learner": learner.id})
    return learner.id


_COUNT_DAYS = text(
    "INSERT INTO day_count (learner_id, day, answers, correct, new_facts, finished, long_term, long_term_correct,"
    " long_term_recalled, long_term_guess_odds, ms, timed)"
    " SELECT learner_id, day, count(*), sum(CASE WHEN fraction = 1 THEN 1 ELSE 0 END), 0, count(*), 0, 0, 0, 0,"
    " sum(ms), count(*) FROM review WHERE learner_id = :learner GROUP BY learner_id, day"
)


def _memory(learner_id: int, fact_id: int, place: int, last: date, due: date, reps: int) -> dict[str, Any]:
    return {
        "learner_id": learner_id, "fact_id": fact_id, "version": max(reps, 1), "state": 2, "difficulty": 5.0,
        "stability": float(STABILITIES[place % len(STABILITIES)]), "last_day": last, "due_day": due,
        "reps": max(reps, 1), "lapses": 0, "suspended": False,
    }  # fmt: skip


def _review(learner_id: int, fact_id: int, version_id: int, kind: str, day: date, number: int) -> dict[str, Any]:
    """Return a row: a right answer, except that every seventh choice of a fact is the first distractor."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(seconds=fact_id % 40_000)
    wrong = kind == "choice" and (fact_id + number) % 7 == 0
    response: dict[str, Any] = {"kind": kind}
    response |= {"flashcard": {"rating": "good"}, "choice": {"picked": int(wrong)}, "typed": {"text": "Answer"}}[kind]
    return {
        "learner_id": learner_id, "fact_id": fact_id, "version": number, "question_version_id": version_id, "at": at,
        "day": day, "response": response, "verdict": "wrong" if wrong else "right", "fraction": float(not wrong),
        "rating": 1 if wrong else 3, "guess": 0.25 if kind == "choice" else 0.0,
        "predicted": 0.9 if number > 1 else None, "before": BEFORE, "ms": 4000, "confidence": fact_id % 3 + 1,
    }  # fmt: skip


def copy_learner(session: Session, learner_id: int, count: int) -> list[int]:
    """Add that many guests who know and study what a learner does, and return their ids."""
    now = datetime.now(UTC)
    rows = [{"created_at": now - timedelta(days=300), "timezone": "UTC"}] * count
    ids = list(session.scalars(insert(User).returning(User.id), rows))
    for table in Base.metadata.sorted_tables:
        if "learner_id" not in table.c:
            continue
        copied = [column.name for column in table.c if column.name not in ("id", "learner_id")]
        names = ", ".join(f'"{name}"' for name in copied)
        values = ", ".join(f't."{name}"' for name in copied)
        session.execute(
            text(
                f'INSERT INTO "{table.name}" (learner_id, {names}) SELECT u.id, {values} FROM "user" u'
                f' JOIN "{table.name}" t ON t.learner_id = :one WHERE u.id BETWEEN :first AND :last'
            ),
            {"one": learner_id, "first": min(ids), "last": max(ids)},
        )
    session.commit()
    return ids


def analyze(session: Session) -> None:
    """Let the database know what it holds, as the program does after bulk loads."""
    session.execute(text("ANALYZE"))
    session.commit()


def log_in(app: Flask, session: Session, user_ids: Sequence[int]) -> list[Learner]:
    """Return a browser for each user, with the cookies that it has after logging in."""
    now = datetime.now(UTC)
    tokens = {user_id: secrets.token_urlsafe(32) for user_id in user_ids}
    rows = [{"token": tokens[one], "user_id": one, "created_at": now, "last_seen_at": now} for one in user_ids]
    session.execute(insert(LoginSession), rows)
    session.commit()
    return [Learner(_cookies(app, token)) for token in tokens.values()]


def _cookies(app: Flask, token: str) -> dict[bytes, bytes]:
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    values = {
        app.config["SESSION_COOKIE_NAME"]: serializer.dumps({"_user_id": token, "_fresh": True}),
        app.config["REMEMBER_COOKIE_NAME"]: encode_cookie(token, app.secret_key),
    }
    return {name.encode(): value.encode() for name, value in values.items()}
