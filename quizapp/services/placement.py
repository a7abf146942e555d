"""Placement tests: attempts that ask facts of a set not met yet, and mark those that are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Session

from quizapp.core.attempts import AT_END
from quizapp.core.kinds import parse_question
from quizapp.core.placement import SIZE, UnmetFact, draw_evenly, find_proof
from quizapp.core.scheduling.scheduler import State
from quizapp.core.translation import gettext
from quizapp.models import Attempt, Fact, Memory, Plan, Question, QuestionVersion, Response, User
from quizapp.services import eligibility, running_quizzes
from quizapp.services.attempts.lifecycle import begin_attempt, list_running
from quizapp.services.memory_events import read_studied_set

PURPOSE = "placement"


@dataclass(frozen=True, slots=True)
class Placement:
    """The placement test of a set: the one begun, if any, with the number of its answers, or the size of the next."""

    studied: Any  # id, key, title and language of the set
    running: tuple[Attempt, int] | None
    size: int


def read_placement(session: Session, learner: User, set_key: str, *, now: datetime) -> Placement:
    """Return what the placement test of a set would be, or is. Raises NotFound for a set that is not studied."""
    studied = read_studied_set(session, learner, set_key)
    facts = _list_facts(session, learner, studied.id, now)
    return Placement(studied, _find_running(session, learner, studied.id), min(SIZE, len(facts)))


def begin_placement(session: Session, learner: User, set_key: str, *, now: datetime) -> Attempt:
    """Begin a placement test, or return the one that is running. Raises NotFound, and NoQuestions."""
    set_id = read_studied_set(session, learner, set_key).id
    session.get_one(Plan, (learner.id, set_id), with_for_update=True)  # pressed twice, it begins once
    running = _find_running(session, learner, set_id)
    if running:
        return running[0]
    drawn = draw_evenly(_list_facts(session, learner, set_id, now), SIZE, seed=f"{learner.id}:{now.isoformat()}")
    asked = [(fact.fact_id, fact.question_version_id) for fact in drawn]
    title = gettext("Placement test")
    return begin_attempt(session, learner, asked, set_id=set_id, purpose=PURPOSE, title=title, feedback=AT_END, now=now)


def list_offers(session: Session, learner: User) -> dict[int, str]:
    """Return the sets for whose placement test Today has a link, by id: "begin" or "continue"; one statement.

    One that is running can be continued. One is offered where no fact was met and none was taken.
    """
    own = (Attempt.learner_id == learner.id, Attempt.set_id == Plan.set_id, Attempt.purpose == PURPOSE)
    runs = exists().where(*own, Attempt.finished_at.is_(None))
    met = exists().where(
        Fact.set_id == Plan.set_id,
        Memory.learner_id == learner.id,
        Memory.fact_id == Fact.id,
        Memory.state != State.NEW,
    )
    query = select(Plan.set_id, case((runs, "continue"), else_="begin").label("what")).where(
        Plan.learner_id == learner.id, Plan.paused.is_(False), or_(runs, ~met & ~exists().where(*own))
    )
    return {row.set_id: row.what for row in session.execute(query)}


def _find_running(session: Session, learner: User, set_id: int) -> tuple[Attempt, int] | None:
    running = list_running(session, learner, [PURPOSE])
    return next((each for each in running if each[0].set_id == set_id), None)


def _list_facts(session: Session, learner: User, set_id: int, now: datetime) -> Sequence[UnmetFact]:
    """Return the facts that a placement test may ask: others than in earlier ones, as long as there are others."""
    facts = [
        (UnmetFact(fact.id, fact.topic, fact.importance, rows[proof].version_id), fact.was_asked)
        for fact, rows in _group_questions(session, learner, set_id, now)
        if (proof := find_proof([parse_question(row.body) for row in rows])) is not None
    ]
    return [fact for fact, was_asked in facts if not was_asked] or [fact for fact, _ in facts]


def _group_questions(session: Session, learner: User, set_id: int, now: datetime) -> list[tuple[Any, list[Any]]]:
    """Return the questions of each fact of the plan that was not met, with the first of them; one statement."""
    columns = (Fact.id, Fact.topic, Fact.importance, _was_asked(learner).label("was_asked"))
    found = session.execute(
        select(*columns, QuestionVersion.id.label("version_id"), QuestionVersion.body)
        .join(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == learner.id))
        .join(Question, and_(Question.fact_id == Fact.id, Question.archived_at.is_(None)))
        .join(Question.current_version)
        .outerjoin(Memory, and_(Memory.learner_id == learner.id, Memory.fact_id == Fact.id))
        .where(
            Fact.set_id == set_id,
            Fact.archived_at.is_(None),
            or_(Memory.fact_id.is_(None), and_(Memory.state == State.NEW, Memory.suspended.is_(False))),
            eligibility.in_topics(),
            *running_quizzes.is_shown(learner, now),
        )
        .order_by(Fact.id, Question.position)
    )
    groups = [list(rows) for _, rows in groupby(found, key=lambda row: row.id)]
    return [(rows[0], rows) for rows in groups]


def _was_asked(learner: User) -> ColumnElement[bool]:
    """Return whether an earlier placement test asked a Fact."""
    return exists().where(
        Response.fact_id == Fact.id,
        Response.attempt_id == Attempt.id,
        Attempt.learner_id == learner.id,
        Attempt.purpose == PURPOSE,
    )
