"""Rights about sets, classes and assignments: every route, for each kind of person (the table is support/rights.py)."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import crawler
import pytest
from databases import Database
from flask import Flask
from flask.testing import FlaskClient
from log_ins import open_session
from people import security_token
from rights import LOG_IN, PEOPLE, SIGN_UP, TABLE, tried_together
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question
from quizapp.core.sets import schema
from quizapp.extensions import db
from quizapp.models import (
    Assignment,
    Classroom,
    Enrolment,
    Question,
    QuestionReport,
    QuestionVersion,
    SetAuthor,
    StoredPicture,
    User,
    pack_file,
)
from quizapp.services.attempts.lifecycle import begin_attempt
from quizapp.services.classes.student_lists import add_list
from quizapp.services.sets.contents import insert_set
from quizapp.services.sets.updates import apply_document

HEADER = schema.SetHeader.model_validate(
    {
        "key": "ponds",
        "title": "Ponds",
        "summary": "Still waters.",
        "language": "en",
        "passages": [{"number": 1, "title": "Water", "digest": "There is water."}],
        "topics": [{"key": "depth", "title": "Depth", "summary": "How deep they are."}],
    }
)
NAME = schema.Name(key="carp", type="organisation", name="Carp")
QUESTIONS = [
    {"key": "deep-typed", "kind": "typed", "prompt": "What lives in the deep pond?", "answer": "Carp"},
    {"key": "deep-card", "kind": "flashcard", "prompt": "How deep is it?", "answer": "Ten feet."},
]
FACT = schema.Fact.model_validate(
    {
        "key": "deep",
        "topic": "depth",
        "statement": "The pond is deep.",
        "passages": [1],
        "questions": list(map(parse_question, QUESTIONS)),
    }
)

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # rights do not hang on it


@dataclass(frozen=True)
class World:
    """The values of an address's placeholders."""

    set_key: str
    set_id: int
    fact_id: int
    question_id: int
    class_id: int
    code: str
    assignment_id: int
    attempt_id: int
    preview_id: int
    user_id: int  # the student
    digest: str
    report_id: int
    list_id: int


@pytest.fixture
def world(app: Flask) -> World:
    now = datetime.now(UTC)
    with app.app_context():
        session = db.session()
        people = dict(_people(session, now))
        set_row = insert_set(session, people["owner"], HEADER, [NAME], now=now)
        source = schema.QuestionSet(HEADER, (), (FACT,))
        apply_document(session, set_row, source, author=people["owner"], by_author=True, now=now)
        session.add(SetAuthor(set_id=set_row.id, user_id=people["author"].id, since=now))
        question_id, version_id, fact_id = session.execute(
            select(Question.id, QuestionVersion.id, Question.fact_id)
            .join(QuestionVersion, QuestionVersion.question_id == Question.id)
            .where(Question.key == "deep-typed")
        ).one()
        classroom = _class(session, people, now)
        assignment = Assignment(
            class_id=classroom.id, set_id=set_row.id, made_by_id=people["teacher"].id, kind="quiz", title="Deep waters",
            created_at=now, question_ids=[question_id], opens_at=now - timedelta(days=1), attempts=2,
        )  # fmt: skip
        session.add(assignment)
        session.add(StoredPicture(digest="ab" * 32, data=b"RIFF", width=1, height=1, created_at=now))
        session.flush()
        begun = [
            begin_attempt(
                session, people[who], [(fact_id, version_id)], set_id=set_row.id, purpose=purpose, title="Deep waters",
                feedback="at-end", now=now, assignment_id=assignment.id,
            ).id
            for who, purpose in [("student", "assignment"), ("teacher", "preview")]
        ]  # fmt: skip
        report = QuestionReport(
            learner_id=people["student"].id,
            question_version_id=version_id,
            fault="answer",
            text="Pike",
            reported_at=now,
        )
        students = add_list(session, people["teacher"], classroom.id, pack_file(b"Leyla"), filename="", now=now)
        session.add(report)
        session.commit()
        return World(
            set_row.key, set_row.id, fact_id, question_id, classroom.id, "K7M04TX9P", assignment.id, *begun,
            people["student"].id, "ab" * 32, report.id, students.id,
        )  # fmt: skip


def _people(session: Session, now: datetime) -> Iterator[tuple[str, User]]:
    for name in PEOPLE[1:]:
        account = {} if name == "guest" else {"name": name, "name_folded": name, "password_hash": ""}
        teaches = name in ("outsider", "teacher", "author", "owner")
        user = User(created_at=now, is_teacher=teaches, created_by_teacher=name == "student", **account)
        session.add(user)
        session.flush()
        open_session(session, user.id, name)
        yield name, user


def _class(session: Session, people: dict[str, User], now: datetime) -> Classroom:
    classroom = Classroom(title="7b", timezone="UTC", join_code="K7M04TX9P", created_at=now)
    session.add(classroom)
    session.flush()
    for role in ("teacher", "student"):
        session.add(Enrolment(class_id=classroom.id, user_id=people[role].id, role=role, joined_at=now))
    return classroom


def browser(app: Flask, who: str) -> tuple[FlaskClient, str]:
    """A browser of one of the people, with a security token that fits it."""
    client = app.test_client()
    if who != "nobody":
        with client.session_transaction() as cookie:
            cookie["_user_id"] = who
    return client, security_token(client)


def address(route: str, world: World) -> str:
    values = {
        "<set_key>": world.set_key,
        "<int:set_id>": str(world.set_id),
        "<int:fact_id>": str(world.fact_id),
        "<int:question_id>": str(world.question_id),
        "<int:class_id>": str(world.class_id),
        "<int:assignment_id>": str(world.assignment_id),
        "<assigned attempt>": str(world.attempt_id),
        "<preview>": str(world.preview_id),
        "<int:user_id>": str(world.user_id),
        "<int:position>": "1",
        "<int:report_id>": str(world.report_id),
        "<int:list_id>": str(world.list_id),
        "<int:number>": "1",
        "<code>": world.code,
        "<digest>": world.digest,
        "<name_key>": NAME.key,
        "<kind>": "typed",
        "<format>": "json",
    }
    path = route.partition(" ")[2]
    for placeholder, value in values.items():
        path = path.replace(placeholder, value)
    assert "<" not in path, f"no value stands here for a placeholder of {path}"
    return path


@pytest.fixture
def data_version(database: Database) -> Iterator[Callable[[], int]]:
    """Return a number that changes whenever somebody else changes the SQLite database."""
    with closing(sqlite3.connect(make_url(database.url).database or "")) as watcher:
        yield lambda: watcher.execute("PRAGMA data_version").fetchone()[0]


@on_sqlite
@pytest.mark.parametrize("routes", tried_together(TABLE), ids=lambda routes: routes[0])
def test_each_kind_of_person_gets_what_is_theirs(
    app: Flask, world: World, data_version: Callable[[], int], routes: list[str]
) -> None:
    got: dict[str, dict[str, int | str]] = {route: {} for route in routes}
    for who in PEOPLE:  # the owner last: those who may do less come first and find what there is
        before = data_version()
        client, token = browser(app, who)
        for route in routes:
            path = address(route, world)
            response = client.post(path, data={"csrf_token": token}) if route.startswith("POST") else client.get(path)
            found = got[route][who] = outcome(response)
            response.close()
            if found in (404, LOG_IN, SIGN_UP) or route.startswith("GET"):
                assert data_version() == before, f"{who} changed something by {route}"
    assert got == {route: dict(zip(PEOPLE, TABLE[route], strict=True)) for route in routes}


@pytest.mark.parametrize("tried", crawler.groups(TABLE))
def test_no_value_of_any_parameter_is_an_error_of_the_program(app: Flask, world: World, tried: list[str]) -> None:
    def arrive(route: str) -> tuple[FlaskClient, str]:
        rights = dict(zip(PEOPLE, TABLE[route], strict=True))
        return browser(app, max(("owner", "teacher", "student"), key=lambda who: rights[who] not in (404, LOG_IN)))

    assert crawler.crawl(app, tried, arrive, lambda route: address(route, world)) == []


def outcome(response: Any) -> int | str:
    location = response.location or ""
    if response.status_code == 303 and location.startswith("/login"):
        return LOG_IN
    if response.status_code == 303 and location.startswith("/signup"):
        return SIGN_UP
    code: int = response.status_code
    return code


@on_sqlite
def test_a_private_set_is_read_by_those_only_who_have_to_do_with_it(app: Flask, world: World) -> None:
    clients = {who: browser(app, who)[0] for who in PEOPLE}
    for page in ("", "/timeline", "/actors", "/causes", "/passages", "/facts/deep"):
        got = {who: client.get(f"/explore/{world.set_key}{page}").status_code for who, client in clients.items()}
        assert set(got.values()) == {200, 404}
        # The student was asked to take a quiz, the answers to which could be read here.
        assert {who for who, code in got.items() if code == 404} == {"nobody", "guest", "outsider", "student"}, page


@on_sqlite
def test_who_is_asked_to_study_a_private_set_may_read_it(app: Flask, world: World) -> None:
    with app.app_context():
        now = datetime.now(UTC)
        study = {"class_id": world.class_id, "set_id": world.set_id, "kind": "study", "title": "", "created_at": now}
        db.session.add(Assignment(**study))
        db.session.commit()
    assert browser(app, "student")[0].get(f"/explore/{world.set_key}").status_code == 200


@on_sqlite
def test_a_removed_student_gets_what_an_outsider_gets(app: Flask, world: World) -> None:
    teacher, token = browser(app, "teacher")
    assert teacher.post(
        f"/classes/{world.class_id}/students/{world.user_id}/remove", data={"csrf_token": token}
    ).location.startswith(f"/classes/{world.class_id}")
    student, token = browser(app, "student")
    joining = [route for route in TABLE if "/join" in route]  # which a removed student may do again
    got = {}
    for route in TABLE.keys() - joining:
        send = student.post if route.startswith("POST") else student.get
        got[route] = outcome(send(address(route, world), data={"csrf_token": token}))
    assert got == {route: TABLE[route][PEOPLE.index("outsider")] for route in got}
