"""Choose what a study day before an exam asks, when its first question is wanted."""

from collections.abc import Callable
from typing import TypeVar

from quizapp.extensions import db
from quizapp.services import exams
from quizapp.services.review.allowances import DayNotPlanned
from quizapp.web.identity import learner
from quizapp.web.requests import commit, now

T = TypeVar("T")


def with_day_planned(read: Callable[[], T]) -> T:
    """Return what `read` returns; if it finds that the learner's day is not planned, plan it first."""
    try:
        return read()
    except DayNotPlanned:
        exams.plan_study_day(db.session(), learner(), now=now())
        commit()
        return read()
