"""A quiz that hides all facts of the sample set while a class takes it."""

from datetime import datetime, timedelta
from typing import Any

from assignments import School, quiz
from sqlalchemy.orm import Session
from study import NOON

from quizapp.models import Assignment, QuestionSet, User
from quizapp.services.running_quizzes import has_hidden_facts

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATER = NOON + timedelta(minutes=5)
CLOSES = NOON + 2 * HOUR
SAMPLE = "sample"


def key_of_whole_set(session: Session, school: School, **settings: Any) -> Assignment:
    """A quiz that may ask any fact of the set."""
    header = session.get_one(QuestionSet, school.set_id).header
    draws = {topic["key"]: 1 for topic in header["topics"]}
    return quiz(session, school, draws=draws, **{"closes_at": CLOSES, **settings})


def is_hidden(session: Session, reader: User | None, school: School, at: datetime) -> bool:
    return has_hidden_facts(session, reader, school.set_id, now=at)
