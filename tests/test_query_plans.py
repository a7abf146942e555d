"""Among many learners, each statement of an answer reads by index what is one learner's, and names the learner."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from course import Course
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from query_plans import Access, Executed, accesses, executed
from review_pages import post, start
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, case, insert, literal, select, true
from sqlalchemy.orm import Session

from quizapp.core.scheduling.scheduler import NEW_MEMORY, to_json
from quizapp.extensions import db
from quizapp.models import (
    Base,
    DayCount,
    Fact,
    LoginSession,
    Memory,
    Plan,
    Question,
    QuestionSet,
    QuestionVersion,
    Review,
    User,
)
from quizapp.models.statistics import update_statistics

FACTS, OTHER_FACTS, LEARNERS, STUDYING, DAYS = 400, 4000, 2000, 60, 40
# The first column of each index by which learners' rows may be found.
KEYS = {"user": "id", "login_session": "token"}
KEYS |= dict.fromkeys(("plan", "memory", "review", "day_count"), "learner_id")
UNIQUE = (PrimaryKeyConstraint, UniqueConstraint)
TODAY = datetime.now(UTC).date()


def add_facts(session: Session) -> None:
    """Add facts to the sample set, and others to a set that nobody studies."""
    model = session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one()
    fact = {c.name: getattr(model, c.name) for c in Fact.__table__.c if c.name not in ("id", "key", "position")}
    body = session.scalars(select(QuestionVersion.body).join(Question).where(Question.key == "nile-quarrel-card")).one()
    numbers = [{"id": 1000 + n, "key": f"f{n}", "position": 100 + n} for n in range(FACTS + OTHER_FACTS)]
    sample = session.get_one(QuestionSet, model.set_id)
    header = {name: getattr(sample, name) for name in ("title", "header", "names", "created_at")}
    other = session.execute(
        insert(QuestionSet).values(header | {"key": "other"}).returning(QuestionSet.id)
    ).scalar_one()
    sets = [fact["set_id"]] * FACTS + [other] * OTHER_FACTS
    session.execute(insert(Fact), [fact | number | {"set_id": of} for number, of in zip(numbers, sets, strict=True)])
    session.execute(insert(Question), [{**number, "fact_id": number["id"], "current": 1} for number in numbers])
    now = model.questions[0].versions[0].created_at
    version = {"number": 1, "body": body, "created_at": now}
    session.execute(insert(QuestionVersion), [version | {"question_id": number["id"]} for number in numbers])


def add_learners(session: Session, set_id: int) -> None:
    """Add learners, of whom some have met every other fact of the set, and some of these are due."""
    now = datetime.now(UTC)
    numbers = range(10_000, 10_000 + LEARNERS)
    seen = {"created_at": now, "last_seen_at": now}
    session.execute(insert(User), [{"id": n, "created_at": now} for n in numbers])
    session.execute(insert(LoginSession), [seen | {"token": f"token-{n}", "user_id": n} for n in numbers])
    session.execute(insert(Plan), [{"learner_id": n, "set_id": set_id, "started_at": now} for n in numbers])
    add_progress(session, User.id.between(10_000, 9_999 + STUDYING))
    days = [{"learner_id": n, "day": TODAY - timedelta(days=d)} for n in numbers[:STUDYING] for d in range(DAYS)]
    session.execute(insert(DayCount), days)


def add_progress(session: Session, who: Any) -> None:
    """Let learners have met every other fact a month ago, of which one in ten is due."""
    met = (Fact.id.between(1000, 999 + FACTS), Fact.id % 2 == 0)
    day = Memory.__table__.c.due_day.type
    due = case((Fact.id % 20 == 0, literal(TODAY, day)), else_=literal(TODAY + timedelta(days=30), day))
    memory = {
        "learner_id": User.id, "fact_id": Fact.id, "version": literal(1), "state": literal(2),
        "stability": literal(30.0), "difficulty": literal(5.0), "last_day": literal(TODAY - timedelta(days=30), day),
        "due_day": due, "reps": literal(1), "lapses": literal(0), "suspended": literal(False),
    }  # fmt: skip
    session.execute(
        insert(Memory).from_select(
            list(memory), select(*memory.values()).select_from(Fact).join(User, true()).where(who, *met)
        )
    )
    c = Review.__table__.c
    review = {
        "learner_id": User.id, "fact_id": Fact.id, "version": literal(1), "question_version_id": QuestionVersion.id,
        "at": literal(datetime.now(UTC) - timedelta(days=30), c.at.type),
        "day": literal(TODAY - timedelta(days=30), c.day.type), "response": literal({}, c.response.type),
        "verdict": literal("right", c.verdict.type), "fraction": literal(1.0), "rating": literal(3),
        "guess": literal(0.0), "before": literal(to_json(NEW_MEMORY), c.before.type),
        "source": literal("study", c.source.type),
        "overridden": literal(False),
    }  # fmt: skip
    query = select(*review.values()).select_from(QuestionVersion).join(Question).join(Fact).join(User, true())
    session.execute(insert(Review).from_select(list(review), query.where(who, *met)))


@pytest.fixture
def filled(app: Flask) -> Flask:
    """Return the application over a database of many learners."""
    with app.app_context():
        session = db.session()
        add_facts(session)
        add_learners(session, session.scalars(select(Fact.set_id).order_by(Fact.id)).first() or 0)
        update_statistics(session.connection())
        session.commit()
    return app


def study(app: Flask, client: FlaskClient) -> list[Executed]:
    """Let a guest with much to review answer, with and without JavaScript; return what is executed."""
    start(client)
    with app.app_context():
        add_progress(db.session(), ~User.id.between(10_000, 9_999 + LEARNERS))
        db.session.commit()
        engine = db.engine
    page = client.get("/review?fact=1000").text
    with executed(engine) as seen:
        answered = post(client, page, rating="good")
        client.get(answered.location)
        page = client.get("/review").text
        assert 'data-kind="flashcard"' in page
        answered = post(client, page, headers={"HX-Request": "true"}, rating="again")
        assert answered.status_code == 200
        assert client.get("/review?fact=1001").status_code == 200  # one that is new
    return seen


def reads(app: Flask, seen: list[Executed]) -> set[Access]:
    """Return how the statements read the tables that are filled."""
    with app.app_context(), db.engine.connect() as connection:
        return {access for each in seen for access in accesses(connection, each) if access.table in KEYS}


def test_an_answer_reads_one_learners_rows_by_index(filled: Flask, client: FlaskClient) -> None:
    found = reads(filled, study(filled, client))
    assert [access for access in found if access.columns[:1] != (KEYS[access.table],)] == []
    assert {access.table for access in found} >= {"login_session", "plan", "memory", "review"}
    assert Access("login_session", ("token",)) in found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL chooses by how many rows it expects
def test_what_is_due_and_what_is_new_are_ranges_of_an_index(filled: Flask, client: FlaskClient) -> None:
    seen = study(filled, client)
    with filled.app_context(), db.engine.connect() as connection:
        found = {access for each in seen for access in accesses(connection, each)}
    assert found >= {
        Access("memory", ("learner_id", "due_day")),
        Access("memory", ("learner_id", "fact_id")),
        Access("review", ("learner_id", "day")),
        Access("fact", ("set_id", "position")),
    }
    assert Access("fact", ()) not in found


@pytest.mark.parametrize("page", ["report", "map", "gradebook"])
def test_the_reports_of_a_class_read_its_students_by_index(filled: Flask, client: FlaskClient, page: str) -> None:
    with filled.app_context():
        course = Course(db.session())
        for number in range(5):
            course.enrol(db.session.get_one(User, 10_000 + number), "student")
        course.assign()
        course_id, teacher_id, engine = course.id, course.teacher.id, db.engine
        db.session.commit()
    log_in_as(client, teacher_id)
    with executed(engine) as seen:
        assert client.get(f"/classes/{course_id}/{page}").status_code == 200
    found = reads(filled, seen)
    assert [access for access in found if access.columns[:1] != (KEYS[access.table],)] == []
    assert "memory" in {access.table for access in found} or page == "gradebook"


# So that the tables can be partitioned or distributed by learner


def test_each_statement_of_an_answer_names_the_learner(filled: Flask, client: FlaskClient) -> None:
    for each in study(filled, client):
        for name, table in each.tables().items():
            if "learner_id" in getattr(Base.metadata.tables.get(table), "c", ()):
                assert re.search(rf"\b{name}\.learner_id (=|IN)|= {name}\.learner_id|\(.*\blearner_id\b.*VALUES",
                                 each.statement.replace('"', "")), (table, each.statement)  # fmt: skip


WITHOUT_LEARNER = {
    "review": "SQLite numbers its rows by the id alone, to which `response` refers",
    "attempt": "its questions, in `response`, refer to it by its id",
    "memory_event": "its id alone; nothing refers to it",
    "match_game": "its id alone; nothing refers to it",
    "question_report": "its id alone; authors answer it",
    "transfer": "its page is found by the id alone; nothing refers to it",
    "student_list": "likewise its page",
    "login_session": "a browser says its token before anybody knows whose it is",
    "login_link": "likewise its token",
    "push_subscription": "a browser's address at its push service is unique in the world",
    "reminders": "links in e-mails and calendars say a secret alone",
}


def test_unique_keys_of_learners_tables_contain_the_learner() -> None:
    """All but these, of which none is on the way of an answer but the session, which is found first."""
    without = set()
    for table in Base.metadata.tables.values():
        owner = {column.name for column in table.c if column.name in ("learner_id", "user_id")}
        keys = [constraint.columns for constraint in table.constraints if isinstance(constraint, UNIQUE)]
        keys += [index.columns for index in table.indexes if index.unique]
        if owner and not all(owner & {column.name for column in key} for key in keys):
            without.add(table.name)
    assert without == WITHOUT_LEARNER.keys()
