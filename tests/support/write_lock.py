"""Whether somebody holds the write lock of a SQLite database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import make_url


def is_free(database_url: str) -> bool:
    """Return whether another writer gets through at once."""
    path = make_url(database_url).database or ""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as writer:
        try:
            writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        writer.execute("ROLLBACK")
    return True


def watch(monkeypatch: pytest.MonkeyPatch, database_url: str, owner: Any, name: str) -> list[bool]:
    """Return a list to which each call of a function adds whether the write lock was free."""
    found: list[bool] = []
    original: Callable[..., Any] = getattr(owner, name)

    def watched(*arguments: Any, **named: Any) -> Any:
        found.append(is_free(database_url))
        return original(*arguments, **named)

    monkeypatch.setattr(owner, name, watched)
    return found
