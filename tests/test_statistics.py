"""After bulk loads the planners of both databases know how many rows there are, in connections that are open too."""

from pathlib import Path

import pytest
from databases import SAMPLE
from flask import Flask
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session

from quizapp.cli.setup import load_bank
from quizapp.cli.tasks import TASKS
from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models.statistics import update_statistics


def facts_known_of(session: Session) -> int:
    """Return how many facts the planner believes there are."""
    if session.get_bind().dialect.name == "postgresql":
        query = "SELECT reltuples FROM pg_class WHERE relname = 'fact'"
    else:
        query = "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'fact'"
    return int(session.connection().exec_driver_sql(query).scalar() or 0)


def test_loading_a_bank_counts_its_facts(app: Flask) -> None:
    with app.app_context():
        load_bank(SAMPLE)
        assert facts_known_of(db.session()) == 3


def index_used(connection: Connection, when: str) -> str:
    """Return the plan of a statement as it is first seen; an explanation that was made before is kept."""
    connection.exec_driver_sql("SELECT * FROM answer LIMIT 1")
    asked = f"EXPLAIN QUERY PLAN SELECT * FROM answer WHERE learner = 1 AND fact = 1 -- {when}"
    return str(connection.exec_driver_sql(asked).one().detail)


def test_an_open_connection_plans_by_what_another_has_counted(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("CREATE TABLE answer (learner INTEGER, fact INTEGER, rating INTEGER)")
        for column in ("learner", "fact"):
            connection.exec_driver_sql(f"CREATE INDEX by_{column} ON answer ({column})")
        connection.exec_driver_sql("INSERT INTO answer VALUES (1, ?, 3)", [(fact,) for fact in range(500)])
        update_statistics(connection)
    with engine.connect() as reader:
        assert "by_fact" in index_used(reader, "before")
        reader.rollback()
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO answer VALUES (?, 1, 3)", [(who,) for who in range(5000)])
            update_statistics(connection)
        assert "by_learner" in index_used(reader, "after")
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite:///quizapp.sqlite3", "postgresql://localhost/quizapp"])
def test_a_job_counts_where_the_database_does_not_do_so_by_itself(url: str) -> None:
    assert TASKS["update statistics"].is_wanted(Settings(database_url=url)) == url.startswith("sqlite")
