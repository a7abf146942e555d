"""Studying: what to ask a learner next, and what an answer does to memory.

asking.py     the session's queue: plans, what is due and new, the next question
answering.py  answers, undo, override, bury and suspend
verdicts.py   an answer as it is shown afterwards

Asking and answering are the two hot paths: a handful of Core statements each, whatever the size of the set or of
the learner's history.
"""

from quizapp.services.memories import StaleAnswer
from quizapp.services.review.answering import (
    NothingToUndo,
    answer,
    bury,
    override,
    resume,
    suspend,
    undo,
)
from quizapp.services.review.asking import Prompt, Today, next_prompt, start_plan, today
from quizapp.services.review.verdicts import Verdict, review_of, verdict_of

__all__ = [
    "NothingToUndo",
    "Prompt",
    "StaleAnswer",
    "Today",
    "Verdict",
    "answer",
    "bury",
    "next_prompt",
    "override",
    "resume",
    "review_of",
    "start_plan",
    "suspend",
    "today",
    "undo",
    "verdict_of",
]
