"""The schema: migrations lead to what the models say, back again, and never run on a database of the future."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from assignments import open_school, quiz, take
from attempts import begin_quiz
from flask import Flask
from migrating import differences, downgrade, in_order, rows, tables
from practice import LATER
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner

from quizapp.application import create_app
from quizapp.cli.migrations import config, upgrade
from quizapp.config import Settings
from quizapp.core.assignments import ExtensionSettings
from quizapp.extensions import db
from quizapp.models import (
    Base,
    Comparison,
    Draft,
    Fact,
    FactVersion,
    LoginFailures,
    MatchGame,
    Question,
    QuestionSet,
    SetAuthor,
    StoredPicture,
)
from quizapp.services import audit_log
from quizapp.services.assignments.extensions import save_extension
from quizapp.services.review import answers, today


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database without a table, on each of the two databases in turn."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_postgres_url")
    app = create_app(Settings(data=tmp_path, database_url=url, secret_key="test" * 10))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_newest_version_is_the_last_by_name() -> None:
    """By the names of the files the program sees whether there is anything to migrate."""
    versions = ScriptDirectory.from_config(config())
    names = [Path(each.path).name for each in versions.walk_revisions()]
    assert names == sorted(names, reverse=True)
    assert [name.split("_")[0] for name in names] == [each.revision for each in versions.walk_revisions()]


def test_the_migrations_lead_to_the_models(empty_app: Flask) -> None:
    upgrade()
    assert differences() == []
    assert tables() == {*Base.metadata.tables, "alembic_version"}


def test_a_forgotten_migration_would_be_seen(empty_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade()
    user = Base.metadata.tables["user"]
    with db.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_login_failures_since"))
    assert [difference[0] for difference in differences()] == ["add_index"]  # type: ignore[index]
    with db.engine.begin() as connection:
        connection.execute(text('ALTER TABLE "user" ADD COLUMN forgotten INTEGER'))
    assert {difference[0] for difference in differences()} == {"add_index", "remove_column"}  # type: ignore[index]
    assert "forgotten" not in user.c


def test_the_way_back_and_forth_again(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert tables() == {"alembic_version"}
    upgrade()
    assert differences() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where a table is copied into another shape
def test_nothing_anybody_did_is_lost_on_the_way(session: Session) -> None:
    learner = make_learner(session)
    answer(session, learner, ask(session, learner))
    begin_quiz(session, learner)
    session.commit()
    kept = ["user", "question_set", "fact", "question", "question_version", "plan", "memory", "review", "attempt"]
    kept += ["response", "quiz", "day_count"]
    for row in session.scalars(select(QuestionSet)):
        row.folded = row.searched_names = ""  # what only the newest schema knows is gone once it has been left
    for searched in (*session.scalars(select(Fact)), *session.scalars(select(Question))):
        searched.searched = ""
    session.commit()
    before = rows(kept)
    assert all(before.values())
    session.close()
    downgrade(revision="0002")
    assert {name: len(found) for name, found in rows(kept).items()} == {name: len(before[name]) for name in kept}
    upgrade()
    assert rows(kept) == before
    assert differences() == []


def fill(session: Session) -> None:
    """Leave a row in every table, with what later versions renamed among them."""
    school = open_school(session, 1)
    (student,) = school.students
    taken = quiz(session, school)
    save_extension(session, school.teacher, taken.id, student.id, ExtensionSettings(attempts=3), now=NOON)
    take(session, student, taken)
    begin_quiz(session, student)
    today.start_plan(session, student, school.set_id, now=NOON)
    answer(session, student, ask(session, student))
    answers.skip_until_tomorrow(session, student, ask(session, student).fact_id, now=NOON)
    audit_log.record(session, school.teacher, "reset_progress", now=NOON, statement="The Nile is long.", learners=1)
    facts = session.scalars(select(Fact).order_by(Fact.id)).all()
    facts[0].archived_at = facts[1].questions[0].archived_at = LATER
    session.add_all(
        [
            LoginFailures(bucket="x", count=1, since=NOON),
            SetAuthor(set_id=school.set_id, user_id=school.teacher.id, since=NOON),
            FactVersion(fact_id=facts[0].id, number=1, body={"statement": "?"}, created_at=NOON),
            Draft(user_id=student.id, set_id=school.set_id, subject="fact:1", form=[["statement", "!"]], saved_at=NOON),
            StoredPicture(digest="0" * 64, data=b"webp", width=1, height=1, created_at=NOON),
            Comparison(
                learner_id=student.id, earlier_id=facts[0].id, later_id=facts[1].id, right=1, last_at=NOON,
                last_right=True,
            ),
            MatchGame(learner_id=student.id, set_id=school.set_id, about="dates", pairs=4, slips=0, ms=9000, at=NOON),
        ]
    )  # fmt: skip
    session.commit()


def renamed(before: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """Return the rows of version 0003 as they are called today."""
    names = {"retired_at": "archived_at", "what": "action", "buried_until": "skipped_until"}
    after = {
        {"deed": "audit_entry"}.get(table, table): [
            {names.get(column, column): value for column, value in row.items()} for row in found
        ]
        for table, found in before.items()
    }
    for entry in after["audit_entry"]:
        entry["action"] = {"started afresh": "reset_progress"}.get(str(entry["action"]), entry["action"])
    return after


CHANGED = {  # see the tests around
    "attempt": {"about", "recorded_at"},
    "audit_entry": {"details"},
    "user": {"token"},
    "review": {"at", "response", "verdict", "before", "source", "undone_at"},
}


def without_changed(rows: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    return {
        table: [{name: row[name] for name in row if name not in CHANGED.get(table, ())} for row in found]
        for table, found in rows.items()
    }


def test_a_filled_database_of_the_first_release_is_upgraded_with_every_row(session: Session) -> None:
    fill(session)
    session.close()
    downgrade(revision="0003")
    first = tables() - {"alembic_version"}
    before = rows(sorted(first))
    assert all(before.values()), {name for name, found in before.items() if not found}
    assert "started afresh" in str(before["deed"])
    upgrade()
    expected = without_changed(renamed(before))
    after = rows(sorted(expected))
    for name, found in expected.items():
        assert in_order([{column: row[column] for column in found[0]} for row in after[name]]) == in_order(found), name
    assert differences() == []


def test_migrating_again_changes_nothing(empty_app: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO login_failures VALUES ('x', 1, '2026-03-02 12:00:00')"))
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM login_failures")).scalar() == 1


@pytest.mark.parametrize(
    ("database_url", "arguments"),
    [("sqlite", ["run"]), ("postgresql", ["run"]), ("sqlite", ["bank", "load"]), ("sqlite", ["db", "upgrade"])],
    indirect=["database_url"],
)
def test_a_database_newer_than_the_program_is_left_alone(
    database_url: str, arguments: list[str], command: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'the-future'"))
        before = connection.execute(text("SELECT count(*) FROM fact")).scalar()
    refused = command(*arguments, QUIZAPP_DATABASE_URL=database_url)
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "quizapp: the database is newer than this program (its schema is at the-future); upgrade the program"
    ]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "the-future"
        assert connection.execute(text("SELECT count(*) FROM fact")).scalar() == before
    engine.dispose()


def test_the_command_says_whether_schema_and_models_agree(
    command: Callable[..., "subprocess.CompletedProcess[str]"], sqlite_url: str
) -> None:
    assert command("db", "check", QUIZAPP_DATABASE_URL=sqlite_url).returncode == 0
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_login_failures_since"))
    engine.dispose()
    told = command("db", "check", QUIZAPP_DATABASE_URL=sqlite_url)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "login_failures" in told.stderr + told.stdout
