"""Practice: study that leaves memories, reviews and counts alone, until the learner asks for the answers to count.

offers.py     what a set has to practise
beginning.py  what a practice asks, and guessing before reading
sittings.py   a practice from its first question to its end
matching.py   the match game
comparing.py  which of two came first
"""

from quizapp.services.practice.beginning import NothingToAsk, again, another, begin, begin_pretest
from quizapp.services.practice.comparing import (
    Asked,
    AskedBefore,
    Score,
    Told,
    next_pair,
    press,
    press_ordering,
    score,
    told,
    told_ordering,
)
from quizapp.services.practice.matching import BoardPage, Unbelievable, Won, board_page, save_game, won
from quizapp.services.practice.offers import Group, Hub, PracticeSet, find_set, hub
from quizapp.services.practice.sittings import (
    Answered,
    Counted,
    NotOver,
    NotTakenUp,
    Report,
    Sitting,
    answer,
    count,
    question,
    report,
    stop,
)

__all__ = [
    "Answered",
    "Asked",
    "AskedBefore",
    "BoardPage",
    "Counted",
    "Group",
    "Hub",
    "NotOver",
    "NotTakenUp",
    "NothingToAsk",
    "PracticeSet",
    "Report",
    "Score",
    "Sitting",
    "Told",
    "Unbelievable",
    "Won",
    "again",
    "another",
    "answer",
    "begin",
    "begin_pretest",
    "board_page",
    "count",
    "find_set",
    "hub",
    "next_pair",
    "press",
    "press_ordering",
    "question",
    "report",
    "save_game",
    "score",
    "stop",
    "told",
    "told_ordering",
    "won",
]
