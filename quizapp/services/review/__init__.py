"""Studying: what to ask a learner next, and what an answer does to memory.

asking.py     the session's queue: plans, what is due and new, the next question
answering.py  answers, undo, override, bury and suspend
verdicts.py   an answer as it is shown afterwards
offline.py    questions to take along, answers that come later
recapping.py  the day as it is told once nothing waits any more

Asking and answering are the two hot paths: a handful of Core statements each, whatever the size of the set or of
the learner's history.
"""

from quizapp.services.memories import StaleAnswer
from quizapp.services.review.answering import (
    Given,
    NothingToUndo,
    answer,
    bury,
    override,
    resume,
    suspend,
    undo,
)
from quizapp.services.review.asking import Prompt, Today, next_prompt, start_plan, today
from quizapp.services.review.offline import Fate, Kept, Outcome, Packed, pack, take_in
from quizapp.services.review.recapping import Recap, recap
from quizapp.services.review.verdicts import Verdict, review_of, verdict_of

__all__ = [
    "Fate",
    "Given",
    "Kept",
    "NothingToUndo",
    "Outcome",
    "Packed",
    "Prompt",
    "Recap",
    "StaleAnswer",
    "Today",
    "Verdict",
    "answer",
    "bury",
    "next_prompt",
    "override",
    "pack",
    "recap",
    "resume",
    "review_of",
    "start_plan",
    "suspend",
    "take_in",
    "today",
    "undo",
    "verdict_of",
]
