"""Facts, memories and pages for tests of Explore."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, Memory, QuestionSet, User

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
TODAY = date(2026, 3, 5)


def make_reader(session: Session) -> User:
    """A learner who has met nothing yet."""
    learner = User(created_at=NOW, timezone="UTC", rollover_hour=4)
    session.add(learner)
    session.flush()
    return learner


def remember(session: Session, learner: User, fact_key: str, **values: Any) -> None:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == fact_key)).one()
    standard: dict[str, Any] = {
        "version": 1,
        "state": int(State.REVIEW),
        "stability": 7.0,
        "difficulty": 5.0,
        "last_day": TODAY - timedelta(days=7),
        "due_day": TODAY + timedelta(days=2),
        "reps": 3,
        "lapses": 1,
    }
    session.add(Memory(learner_id=learner.id, fact_id=fact_id, **{**standard, **values}))
    session.flush()


def add_facts(session: Session, number: int, *, topic: str = "dates", **values: Any) -> None:
    set_id = session.scalars(select(QuestionSet.id)).one()
    standard: dict[str, Any] = {"passages": [1], "notes": [], "actors": [], "leads_to": {}}
    session.add_all(
        Fact(
            set_id=set_id,
            key=f"{topic}-{index}",
            position=100 + index,
            topic=topic,
            statement=f"Number {index}.",
            **{**standard, **values},
        )
        for index in range(number)
    )
    session.flush()


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    """The words of a page, without its tags."""
    response = client.get(address)
    assert response.status_code == status, response.status
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", main.replace("&nbsp;", " ")))
