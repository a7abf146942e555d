"""Choose what a study day before an exam asks, when a page first needs it, and leave an exam that is over."""

from collections.abc import Callable
from typing import TypeVar

from quizapp.extensions import db
from quizapp.services import exams
from quizapp.services.review.allowances import DayNotPlanned
from quizapp.services.review.today import Today, read_today
from quizapp.web.identity import learner
from quizapp.web.requests import begin_writing, commit, now

T = TypeVar("T")


def with_day_planned(read: Callable[[], T]) -> T:
    """Return what `read` returns; if it finds that the learner's day is not planned, plan it first."""
    try:
        return read()
    except DayNotPlanned:
        _plan_study_day()
        return read()


def read_today_after_exams() -> Today | None:
    """Return what today holds, once it is planned for exams; a plan whose exam is over returns to long-term study."""
    today = read_today(db.session(), learner(), now=now())
    if today is None or not today.needs_planning:
        return today
    _plan_study_day()
    return read_today(db.session(), learner(), now=now())


def plan_day_for_exams() -> None:
    """Choose what today asks for exams, unless that was done, so that pages need not foresee it at each view."""
    if not exams.is_day_planned(db.session(), learner(), now=now()):
        _plan_study_day()


def _plan_study_day() -> None:
    begin_writing()
    exams.plan_study_day(db.session(), learner(), now=now())
    commit()
