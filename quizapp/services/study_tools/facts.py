"""Star facts, write notes on them, and take hints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from quizapp.models import Fact, FactNote, Hint, Plan, QuestionSet, StarredFact, User
from quizapp.models.database import insert_or
from quizapp.services import access, running_quizzes
from quizapp.services.errors import NotFound

LONGEST_NOTE = 1_000  # characters
PAGE = 50  # facts


class NoteTooLong(ValueError):
    """A note has more than LONGEST_NOTE characters."""


@dataclass(frozen=True, slots=True)
class FactToNote:
    """A fact and the learner's note on it, "" if there is none."""

    fact: Fact
    set_key: str
    language: str
    note: str


@dataclass(frozen=True, slots=True)
class StarredPage:
    """A page of starred facts (rows with key, statement, set_key, set_title, language, note), by set."""

    facts: Sequence[Any]
    total: int
    page: int  # from 1
    can_study: bool  # one of them is of a set that the learner studies

    @property
    def has_more(self) -> bool:
        return self.page * PAGE < self.total


def star_fact(session: Session, learner: User, fact_id: int, *, starred: bool, now: datetime) -> None:
    """Star a fact, or remove the star. Raises NotFound."""
    _readable_fact(session, learner, fact_id, now)
    if not starred:
        session.execute(delete(StarredFact).where(StarredFact.learner_id == learner.id, StarredFact.fact_id == fact_id))
        return
    star = insert_or(session, StarredFact.__table__).values(learner_id=learner.id, fact_id=fact_id, starred_at=now)
    session.execute(star.on_conflict_do_nothing())


def list_starred(session: Session, learner: User, *, page: int, now: datetime) -> StarredPage:
    """Return a page of the learner's starred facts, in the order of their sets; two statements."""
    total, can_study = session.execute(
        _of_starred(learner, now, func.count(), func.max(Plan.set_id)).outerjoin(
            Plan, (Plan.set_id == Fact.set_id) & (Plan.learner_id == learner.id)
        )
    ).one()
    columns = Fact.id, Fact.key, Fact.statement, QuestionSet.key.label("set_key"), QuestionSet.title.label("set_title")
    rows = session.execute(
        _of_starred(learner, now, *columns, QuestionSet.header["language"].as_string().label("language"))
        .add_columns(FactNote.text.label("note"))
        .outerjoin(FactNote, (FactNote.fact_id == Fact.id) & (FactNote.learner_id == learner.id))
        .order_by(QuestionSet.id, Fact.position, Fact.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return StarredPage(rows.all(), total, page, can_study is not None)


def _of_starred(learner: User, now: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(StarredFact)
        .join(Fact, Fact.id == StarredFact.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(StarredFact.learner_id == learner.id, Fact.archived_at.is_(None))
        .where(access.visible_sets(learner), *running_quizzes.is_shown(learner, now))
    )


def find_note(session: Session, learner: User, fact_id: int, *, now: datetime) -> FactToNote:
    """Return a fact with the learner's note on it. Raises NotFound."""
    fact, question_set = _readable_fact(session, learner, fact_id, now)
    note = session.get(FactNote, (learner.id, fact_id))
    return FactToNote(fact, question_set.key, question_set.header["language"], note.text if note else "")


def save_note(session: Session, learner: User, fact_id: int, text: str, *, now: datetime) -> None:
    """Save the learner's note on a fact; an empty one deletes it. Raises NoteTooLong, NotFound."""
    if len(text) > LONGEST_NOTE:
        raise NoteTooLong
    _readable_fact(session, learner, fact_id, now)
    text = text.strip()
    if not text:
        session.execute(delete(FactNote).where(FactNote.learner_id == learner.id, FactNote.fact_id == fact_id))
        return
    note = insert_or(session, FactNote.__table__)
    note = note.values(learner_id=learner.id, fact_id=fact_id, text=text, edited_at=now)
    keys = [FactNote.learner_id, FactNote.fact_id]
    session.execute(note.on_conflict_do_update(index_elements=keys, set_={"text": text, "edited_at": now}))


def take_hint(session: Session, learner: User, fact_id: int, *, now: datetime) -> None:
    """Note that the learner takes a hint, so that their next answer today counts as not remembered. Raises NotFound."""
    studied = select(Fact.id).join(Plan, Plan.set_id == Fact.set_id).where(Plan.learner_id == learner.id)
    shown = running_quizzes.is_shown(learner, now)
    if session.scalar(studied.where(Fact.id == fact_id, Fact.archived_at.is_(None), *shown)) is None:
        raise NotFound
    day = learner.clock.day(now)
    hint = insert_or(session, Hint.__table__).values(learner_id=learner.id, fact_id=fact_id, day=day)
    keys = [Hint.learner_id, Hint.fact_id]
    session.execute(hint.on_conflict_do_update(index_elements=keys, set_={"day": day}))


def _readable_fact(session: Session, learner: User, fact_id: int, now: datetime) -> tuple[Fact, QuestionSet]:
    """Return a fact that the learner may read, with its set. Raises NotFound."""
    row = session.execute(
        select(Fact, QuestionSet)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(Fact.id == fact_id, access.visible_sets(learner), *running_quizzes.is_shown(learner, now))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.Fact, row.QuestionSet
