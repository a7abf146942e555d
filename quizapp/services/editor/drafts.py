"""What was typed into the editor and not saved yet, kept for the one who typed it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import KINDS
from quizapp.models import Draft, Fact, Question, QuestionSet, User
from quizapp.models.database import insert_or
from quizapp.services.access import set_to_write
from quizapp.services.errors import NotFound

LARGEST = 200_000  # characters of JSON: several times what the fullest question has

Pairs = Sequence[tuple[str, str]]

_SUBJECT = re.compile(r"question:(?P<question>[1-9]\d{0,8})|new:((?P<fact>[1-9]\d{0,8}):)?(?P<kind>[a-z_]+)")


class TooLarge(Exception):
    """More was typed than any question could hold."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a draft is about: a question, or a new one of a kind, which may be another form of a fact."""

    question_id: int | None = None
    fact_id: int | None = None
    kind: str | None = None

    def __str__(self) -> str:
        if self.question_id:
            return f"question:{self.question_id}"
        return f"new:{self.fact_id}:{self.kind}" if self.fact_id else f"new:{self.kind}"


def read_subject(text: str) -> Subject:
    """Parse the subject in a text like "question:12", "new:choice" or "new:3:choice". Raises NotFound."""
    found = _SUBJECT.fullmatch(text)
    if not found or (found["kind"] and found["kind"] not in KINDS):
        raise NotFound
    return Subject(
        int(found["question"]) if found["question"] else None,
        int(found["fact"]) if found["fact"] else None,
        found["kind"],
    )


def save_draft(session: Session, user: User, set_id: int, subject: Subject, pairs: Pairs, *, now: datetime) -> None:
    """Save what was typed, replacing the draft there was. Raises NotFound and TooLarge."""
    set_to_write(session, user, set_id)
    _require_subject(session, set_id, subject)
    form = [list(pair) for pair in pairs]
    if len(json.dumps(form, ensure_ascii=False)) > LARGEST:
        raise TooLarge
    kept = {"form": form, "saved_at": now}
    session.execute(
        insert_or(session, Draft.__table__)
        .values(user_id=user.id, set_id=set_id, subject=str(subject), **kept)
        .on_conflict_do_update(index_elements=["user_id", "set_id", "subject"], set_=kept)
    )


def find_draft(session: Session, user: User, set_id: int, subject: Subject) -> Draft | None:
    return session.get(Draft, (user.id, set_id, str(subject)))


def discard_draft(session: Session, user: User, set_id: int, subject: Subject) -> None:
    """Delete a draft, if there is one. Raises NotFound."""
    set_to_write(session, user, set_id)
    session.execute(
        delete(Draft).where(Draft.user_id == user.id, Draft.set_id == set_id, Draft.subject == str(subject))
    )


def list_drafts(session: Session, user: User, set_id: int) -> tuple[QuestionSet, list[tuple[Subject, Draft]]]:
    """Return the set and the person's drafts in it, the newest first. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    query = select(Draft).where(Draft.user_id == user.id, Draft.set_id == set_id).order_by(Draft.saved_at.desc())
    drafts = [draft for draft in session.scalars(query) if _SUBJECT.fullmatch(draft.subject)]
    return row, [(read_subject(draft.subject), draft) for draft in drafts]


def _require_subject(session: Session, set_id: int, subject: Subject) -> None:
    if subject.question_id:
        there = select(Question.id).join(Fact).where(Question.id == subject.question_id, Fact.set_id == set_id)
    elif subject.fact_id:
        there = select(Fact.id).where(Fact.id == subject.fact_id, Fact.set_id == set_id)
    else:
        return
    if session.scalar(there) is None:
        raise NotFound
