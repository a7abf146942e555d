"""Sittings: a fixed row of questions, answered one by one. Quizzes, practice and assignments are all made of them.

drawing.py    what may be asked
taking.py     an attempt begun, looked at, answered, handed in
recording.py  what its answers do to memory
"""

from quizapp.services.attempts.drawing import pool
from quizapp.services.attempts.recording import record_reviews
from quizapp.services.attempts.taking import (
    AT_END,
    AT_ONCE,
    GRACE,
    MARKED_BY,
    AnsweredAlready,
    AttemptOver,
    Item,
    Marked,
    Sitting,
    as_marked,
    begin,
    finish,
    is_over,
    item,
    items,
    marked,
    own_attempt,
    progress,
    respond,
    sitting,
)

__all__ = [
    "AT_END",
    "AT_ONCE",
    "GRACE",
    "MARKED_BY",
    "AnsweredAlready",
    "AttemptOver",
    "Item",
    "Marked",
    "Sitting",
    "as_marked",
    "begin",
    "finish",
    "is_over",
    "item",
    "items",
    "marked",
    "own_attempt",
    "pool",
    "progress",
    "record_reviews",
    "respond",
    "sitting",
]
