"""Tests of services use a plain SQLAlchemy session, without an application."""

from collections.abc import Iterator

import pytest
from databases import Database
from sqlalchemy.orm import Session


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with Session(database.engine, expire_on_commit=False) as session:
        yield session
