"""Quizzes of a learner: made, taken, left and come back to, handed in, looked at, taken again.

making.py   a quiz put together, and the attempts at it begun
listing.py  all of them on one page
sitting.py  an attempt while it goes on
results.py  an attempt once it is over

The answers themselves are saved, graded and recorded by services.attempts.
"""

from quizapp.services.attempts import AT_END, AT_ONCE, AnsweredAlready, AttemptOver, Marked, Sitting
from quizapp.services.quizzes.listing import Listed, Running, Sat, Shelf, shelf
from quizapp.services.quizzes.making import (
    Begun,
    NoQuestions,
    Offer,
    Wanted,
    archive,
    make,
    offer,
    restore,
    sets,
    take,
)
from quizapp.services.quizzes.results import Result, StillRunning, ask_today, result
from quizapp.services.quizzes.sitting import answer, hand_in, settle, sitting

__all__ = [
    "AT_END",
    "AT_ONCE",
    "AnsweredAlready",
    "AttemptOver",
    "Begun",
    "Listed",
    "Marked",
    "NoQuestions",
    "Offer",
    "Result",
    "Running",
    "Sat",
    "Shelf",
    "Sitting",
    "StillRunning",
    "Wanted",
    "answer",
    "archive",
    "ask_today",
    "hand_in",
    "make",
    "offer",
    "restore",
    "result",
    "sets",
    "settle",
    "shelf",
    "sitting",
    "take",
]
