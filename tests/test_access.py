"""Who may do what: every route, for nobody in particular, for the one it belongs to, and for somebody else."""

import gc
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import crawler
import pytest
import rights
from access import TABLE
from flask import Flask
from flask.testing import FlaskClient
from log_ins import open_session
from people import security_token
from rights import LOG_IN, START
from sampling import sample
from sqlalchemy import select

from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    Base,
    Classroom,
    Comparison,
    DayCount,
    Enrolment,
    MatchGame,
    Memory,
    MemoryEvent,
    Plan,
    PushSubscription,
    Question,
    QuestionSet,
    QuestionVersion,
    Quiz,
    Review,
    Transfer,
    User,
    pack_file,
)
from quizapp.services.attempts.lifecycle import begin_attempt
from quizapp.services.memory_events import mark_known
from quizapp.services.review import queue, today
from quizapp.services.review.answers import SubmittedAnswer, record_answer

EXPECTED = {route: dict(zip(("anonymous", "owner", "other"), row, strict=True)) for route, row in TABLE.items()}

OWN_PAGES = [
    "/", "/today", "/progress", "/progress/mix-ups", "/progress/calibration", "/progress/facts/sample/nile-source",
    "/account", "/explore/sample/facts/nile-source",
]  # fmt: skip

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # access does not hang on it


@dataclass(frozen=True)
class World:
    """Four people, and what the owner has: one answer, a quiz and a practice begun, and a question that waits."""

    owner_id: int
    other_id: int
    review_id: int
    event_id: int  # of a fact marked as known
    quiz_id: int
    attempt_id: int  # of the quiz
    practice_id: int
    prompt: queue.Prompt
    posted: dict[str, str]


@pytest.fixture
def world(app: Flask) -> World:
    now = datetime.now(UTC)
    with app.app_context():
        session = db.session()
        for name in ("owner", "other", "teacher", "classmate"):
            session.add(User(name=name, name_folded=name, password_hash="", created_at=now))
        session.flush()
        owner, other, teacher, classmate = session.scalars(select(User).order_by(User.id))
        for user in (owner, other, teacher, classmate):
            open_session(session, user.id, user.name)
        open_class(session, teacher, [owner, classmate], now)
        today.start_plan(session, owner, session.scalars(select(QuestionSet.id)).one(), now=now)
        session.execute(Plan.__table__.update().values(new_per_day=100))  # type: ignore[attr-defined]
        session.add(PushSubscription(user_id=owner.id, endpoint="x", public_key="", auth_secret="", created_at=now))
        review_id = answer_a_typed_question(session, owner, now)
        prompt = queue.next_prompt(session, owner, now=now)
        assert prompt is not None
        others = select(Question.fact_id).where(Question.fact_id != prompt.fact_id).order_by(Question.id)
        marked = session.scalars(others).first()
        event_id = mark_known(session, owner, [marked or 0], now=now)
        assert event_id is not None
        posted = {"seen": str(prompt.version), "question": str(prompt.question_version_id)}
        attempts = begin_attempts(session, owner, prompt, now)
        session.commit()
        return World(owner.id, other.id, review_id, event_id, *attempts, prompt, posted)


def open_class(session: Any, teacher: User, students: list[User], now: datetime) -> None:
    classroom = Classroom(title="7b", timezone="UTC", created_at=now)
    session.add(classroom)
    session.flush()
    for role, user in [("teacher", teacher), *(("student", student) for student in students)]:
        session.add(Enrolment(class_id=classroom.id, user_id=user.id, role=role, joined_at=now))


def begin_attempts(session: Any, learner: User, prompt: queue.Prompt, now: datetime) -> tuple[int, int, int]:
    """The ids of a quiz, of an attempt at it, and of a practice, each of the one question; and games played."""
    set_id = session.scalars(select(QuestionSet.id)).one()
    quiz = Quiz(
        owner_id=learner.id,
        set_id=set_id,
        title="Rivers",
        topics=[],
        kinds=[],
        size=1,
        feedback="at-end",
        created_at=now,
    )
    session.add(quiz)
    about = {"user_id": learner.id, "set_id": set_id, "is_export": True, "format": "csv", "filename": "rivers.csv"}
    file = {"state": "ready", "step": "writing", "packed": pack_file(b"a"), "created_at": now, "changed_at": now}
    session.add(Transfer(**about, **file, preview={"questions": 0, "warnings": [], "hidden": []}))
    session.add(MatchGame(learner_id=learner.id, set_id=set_id, about="dates", pairs=6, slips=0, ms=9000, at=now))
    facts = session.scalars(select(Question.fact_id).order_by(Question.fact_id).distinct().limit(2)).all()
    session.add(
        Comparison(learner_id=learner.id, earlier_id=facts[0], later_id=facts[1], last_at=now, last_right=False)
    )
    session.flush()
    asked = [(prompt.fact_id, prompt.question_version_id)]
    begun = [
        begin_attempt(
            session, learner, asked, set_id=set_id, purpose=purpose, title="Rivers", feedback=feedback,
            now=now, quiz_id=quiz_id,
        )
        for purpose, feedback, quiz_id in [("quiz", "at-end", quiz.id), ("practice", "at-once", None)]
    ]  # fmt: skip
    return quiz.id, begun[0].id, begun[1].id


def answer_a_typed_question(session: Any, learner: User, now: datetime) -> int:
    """The id of a review whose verdict may be doubted."""
    row = session.execute(
        select(Question.fact_id, QuestionVersion.id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Question.key == "nile-source-typed")
    ).one()
    answered = record_answer(session, learner, SubmittedAnswer(row[0], row[1], 0, {"text": "Burton"}), now=now)
    return answered.review_id


@pytest.fixture
def arrive(app: Flask) -> Callable[[str], tuple[FlaskClient, str]]:
    """A browser of `anonymous`, `owner` or `other`, with a security token that fits it."""

    def arrive(who: str) -> tuple[FlaskClient, str]:
        client = app.test_client()
        if who != "anonymous":
            with client.session_transaction() as cookie:
                cookie["_user_id"] = who
        return client, security_token(client)

    return arrive


def routes(app: Flask) -> dict[str, Any]:
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def address(route: str, world: World) -> str:
    values = {
        "<path:filename>": "icon.svg",
        "<set_key>": "sample",
        "<fact_key>": "nile-date",
        "<int:fact_id>": str(world.prompt.fact_id),
        "<int:version_id>": str(world.prompt.question_version_id),
        "<int:review_id>": str(world.review_id),
        "<int:event_id>": str(world.event_id),
        "<int:quiz_id>": str(world.quiz_id),
        "<quiz attempt>": str(world.attempt_id),
        "<practice>": str(world.practice_id),
        "<int:game_id>": "1",  # the only one
        "<int:transfer_id>": "1",  # the owner's
        "<int:session_id>": "1",  # the owner's
        "<token>": "x",
        "<secret>": "x",
        "<int:subscription_id>": "1",  # the owner's
        "<int:position>": "1",
    }
    path = route.partition(" ")[2]
    for placeholder, value in values.items():
        path = path.replace(placeholder, value)
    assert "<" not in path, f"no value stands here for a placeholder of {path}"
    return path


def belongings(app: Flask, user_id: int) -> dict[str, list[Any]]:
    """Every row that is a person's."""
    tables = [Plan, Memory, MemoryEvent, Review, DayCount, Attempt, Comparison, MatchGame]
    with app.app_context():
        kept = {"user": list(db.session.execute(select(User.__table__).where(User.id == user_id)))}
        for model in tables:
            rows = select(model.__table__).where(model.__table__.c.learner_id == user_id)
            kept[model.__tablename__] = list(db.session.execute(rows.order_by(*model.__table__.primary_key)))
    return kept


@on_sqlite
def test_every_route_is_in_one_of_the_tables(app: Flask) -> None:
    assert set(routes(app)) == {rights.rule_of(route) for route in [*EXPECTED, *rights.TABLE]}
    assert not set(EXPECTED) & set(rights.TABLE)


@on_sqlite
@pytest.mark.parametrize("routes", rights.tried_together(TABLE), ids=lambda routes: routes[0])
def test_each_gets_what_is_theirs(
    app: Flask, world: World, arrive: Callable[[str], tuple[FlaskClient, str]], routes: list[str]
) -> None:
    before = belongings(app, world.owner_id)
    got: dict[str, dict[str, int | str]] = {route: {} for route in routes}
    for who in ("anonymous", "other", "teacher", "classmate", "owner"):
        client, token = arrive(who)
        form = {"csrf_token": token, "theme": "dark", "text-size": "large", "read-aloud": "off", **world.posted}
        for route in routes:
            path = address(route, world)
            response = client.post(path, data=form) if route.startswith("POST") else client.get(path)
            entrances = {"/login": LOG_IN, "/welcome": START}
            entrance = entrances.get(urlsplit(response.location or "").path) if response.status_code == 303 else None
            asked = response.status_code == 401 and 'action="/login"' in response.text  # what was sent is kept there
            got[route][who] = entrance or (LOG_IN if asked else response.status_code)
            response.close()
            if who != "owner":
                assert belongings(app, world.owner_id) == before, f"{who} changed what is the owner's by {route}"
    for route in routes:
        assert got[route].pop("teacher") == got[route].pop("classmate") == got[route]["other"], route
    assert got == {route: EXPECTED[route] for route in routes}


def test_a_number_no_column_holds_is_not_found(
    app: Flask, world: World, arrive: Callable[[str], tuple[FlaskClient, str]]
) -> None:
    client, token = arrive("owner")
    for route in sample((route for route in EXPECTED if "<int:" in route), every=3):
        path = re.sub("<int:[a-z_]+>", str(2**31), route.partition(" ")[2])
        answer = client.post(path, data={"csrf_token": token}) if route.startswith("POST") else client.get(path)
        assert answer.status_code in (404, 405), route


@pytest.mark.parametrize("tried", crawler.groups(EXPECTED))
def test_no_value_of_any_parameter_is_an_error_of_the_program(
    app: Flask, world: World, arrive: Callable[[str], tuple[FlaskClient, str]], tried: list[str]
) -> None:
    assert crawler.crawl(app, tried, lambda route: arrive("owner"), lambda route: address(route, world)) == []


def test_a_learner_reaches_nothing_of_anothers_who_studies_the_same_set(
    app: Flask, world: World, arrive: Callable[[str], tuple[FlaskClient, str]]
) -> None:
    client, token = arrive("other")
    assert client.post("/start", data={"csrf_token": token}).status_code == 303
    before = belongings(app, world.owner_id)
    assert len(before["review"]) == 1

    answers = f"/review/answers/{world.review_id}"
    assert client.get(answers).status_code == 404
    assert client.post(f"{answers}/override", data={"csrf_token": token}).status_code == 404
    client.post("/review/undo", data={"csrf_token": token})
    for action in ("skip", "suspend", "resume"):
        client.post(f"/review/{world.prompt.fact_id}/{action}", data={"csrf_token": token})
    typed = before["review"][0]
    replay = {"seen": "0", "question": str(typed.question_version_id), "text": "Speke", "csrf_token": token}
    assert client.post(f"/review/{typed.fact_id}", data=replay).status_code == 303

    assert belongings(app, world.owner_id) == before
    assert len(belongings(app, world.other_id)["review"]) == 1


def test_personal_data_is_ones_own_only(
    app: Flask, world: World, arrive: Callable[[str], tuple[FlaskClient, str]]
) -> None:
    own = arrive("owner")[0].get("/account/data", buffered=True).get_json()
    others = arrive("other")[0].get("/account/data", buffered=True).get_json()
    assert own["account"]["name"] == "owner"
    assert len(own["reviews"]) == len(own["memories"]) == 1
    assert others["account"]["name"] == "other"
    assert others["reviews"] == others["memories"] == others["plans"] == []


@on_sqlite
def test_no_answer_keeps_a_connection(
    app: Flask, world: World, arrive: Callable[[str], tuple[FlaskClient, str]]
) -> None:
    """Or the database would have none left after a dozen of them."""
    client, _ = arrive("owner")
    gc.disable()
    try:
        for route in EXPECTED:
            if route.startswith("GET"):
                with client.get(address(route, world)) as answer:
                    assert answer.data is not None
                with app.app_context():
                    assert db.engine.pool.checkedout() == 0, route  # type: ignore[attr-defined]
    finally:
        gc.enable()


@on_sqlite
def test_ones_pages_look_as_if_nobody_else_were_there(
    app: Flask, world: World, arrive: Callable[[str], tuple[FlaskClient, str]]
) -> None:
    def seen() -> dict[str, str]:
        pages = {page: arrive("other")[0].get(page) for page in OWN_PAGES}
        assert {answer.status_code for answer in pages.values()} == {200}
        token = r'value="[\w-]+\.[\w-]+\.[\w-]+"|name="csrf_token"[^>]* value="[^"]+"'
        return {page: re.sub(token, "", answer.text) for page, answer in pages.items()}

    shown = seen()
    with app.app_context():
        db.session.delete(db.session.get_one(User, world.owner_id))
        db.session.commit()
    assert seen() == shown


def test_every_table_with_a_learner_is_looked_at() -> None:
    kept = {table.name for table in Base.metadata.tables.values() if "learner_id" in table.c}
    assert kept == {"plan", "memory", "memory_event", "review", "day_count", "attempt", "comparison", "match_game"} | {
        "starred_fact", "fact_note", "hint", "question_report",
    }  # fmt: skip
