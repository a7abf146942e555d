"""What a class is asked to do: to study a set, which enters each student's plan, or to take a quiz.

making.py     made, changed, put away, taken to another class
entering.py   what is to be studied enters the plans of students
listing.py    as its class, its students and its teachers see it
taking.py     a quiz taken, and tried by its teacher
ending.py     attempts ended by the clock; when they tell, and count as reviews
results.py    what an attempt came to, as far as its student may know
extending.py  other terms for one student
regrading.py  everybody marked anew by a mended key
"""

from quizapp.services.assignments.ending import settle, settle_all, terms_for, terms_of, unsettled
from quizapp.services.assignments.entering import assign_facts, enter_schedules
from quizapp.services.assignments.extending import extend, extension_of
from quizapp.services.assignments.listing import Listed, Page, Seat, of_class, of_student, page
from quizapp.services.assignments.making import (
    SHOWN,
    Offer,
    Pick,
    archive,
    assign,
    change,
    classes_taught,
    duplicate,
    offer,
    restore,
    sets,
    twins,
)
from quizapp.services.assignments.regrading import ChangedMeanwhile, Regrading, foresee, regrade
from quizapp.services.assignments.results import Result, StillRunning, result
from quizapp.services.assignments.taking import (
    NoAttemptsLeft,
    NoQuestions,
    NotNow,
    answer,
    begin,
    discard,
    hand_in,
    preview,
    settle_attempts,
    sitting,
)

__all__ = [
    "SHOWN",
    "ChangedMeanwhile",
    "Listed",
    "NoAttemptsLeft",
    "NoQuestions",
    "NotNow",
    "Offer",
    "Page",
    "Pick",
    "Regrading",
    "Result",
    "Seat",
    "StillRunning",
    "answer",
    "archive",
    "assign",
    "assign_facts",
    "begin",
    "change",
    "classes_taught",
    "discard",
    "duplicate",
    "enter_schedules",
    "extend",
    "extension_of",
    "foresee",
    "hand_in",
    "of_class",
    "of_student",
    "offer",
    "page",
    "preview",
    "regrade",
    "restore",
    "result",
    "sets",
    "settle",
    "settle_all",
    "settle_attempts",
    "sitting",
    "terms_for",
    "terms_of",
    "twins",
    "unsettled",
]
