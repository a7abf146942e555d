"""Custom sessions: part of what waits, or more than today brings, on the same schedule as the ordinary session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from quizapp.models import Plan, QuestionSet, User
from quizapp.services.errors import NotFound
from quizapp.services.review.allowances import SessionScope, read_plans
from quizapp.services.review.today import read_today


@dataclass(frozen=True, slots=True)
class StudiedSet:
    """A set that a custom session can be about, and the titles of its topics by key."""

    key: str
    title: str
    language: str
    topics: dict[str, str]


def list_studied_sets(session: Session, learner: User) -> list[StudiedSet]:
    """Return the sets that a learner studies and has not paused, the one begun first before others; one statement."""
    rows = session.execute(_plans(learner).where(Plan.paused.is_(False)))
    return [StudiedSet(row.key, row.title, row.language, _topics(row)) for row in rows]


def find_scope(
    session: Session,
    learner: User,
    topics: Mapping[str, Sequence[str]],
    *,
    new: int | None = None,
    until: date | None = None,
    starred: bool = False,
    kinds: tuple[str, ...] = (),
) -> SessionScope:
    """Return the scope of a custom session about these topics by the key of their set, () for all; one statement.

    Raises NotFound for a set that the learner does not study and for a topic that its set does not have.
    """
    if not topics:
        return SessionScope(new=new, until=until, starred=starred, kinds=kinds)
    rows = session.execute(_plans(learner).where(QuestionSet.key.in_(topics))).all()
    if len(rows) < len(topics) or any(not set(topics[row.key]) <= set(_topics(row)) for row in rows):
        raise NotFound
    return SessionScope({row.id: tuple(topics[row.key]) for row in rows}, new, until, starred, kinds)


def allow_more(session: Session, learner: User, scope: SessionScope, more: int, *, now: datetime) -> SessionScope:
    """Return a scope that allows so many new facts more than today otherwise brings.

    It holds the number of new facts of the whole study day, so that using it twice does not allow them twice.
    """
    plans = read_plans(session, learner, learner.clock.day(now))
    today = read_today(session, learner, now=now, scope=scope)
    met = sum(row.met for row in plans if scope.has_set(row.set_id))
    return replace(scope, new=met + (today.new if today else 0) + more)


def _plans(learner: User) -> Select[Any]:
    header = QuestionSet.header
    return (
        select(QuestionSet.id, QuestionSet.key, QuestionSet.title, header["language"].as_string().label("language"))
        .add_columns(header["topics"].label("topics"))
        .join(Plan, Plan.set_id == QuestionSet.id)
        .where(Plan.learner_id == learner.id)
        .order_by(Plan.started_at, Plan.set_id)
    )


def _topics(row: Any) -> dict[str, str]:
    return {topic["key"]: topic["title"] for topic in row.topics}
