"""The sets a person may find: their own, what others publish, and the built-in ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.text.answers import fold
from quizapp.models import AuditEntry, Fact, Question, QuestionSet, QuestionVersion, SetAuthor, User
from quizapp.services.access import PUBLIC, own_sets, studied_sets

PAGE = 20  # sets
ARCHIVED_SHOWN = 100  # archived sets that are listed
MINE, SHARED, BUILT_IN, ANY = "mine", "public", "built-in", "any"
WHOSE = (ANY, MINE, SHARED, BUILT_IN)
HEADER_CHANGE = "changed_set"  # the audit log's action for a changed header


@dataclass(frozen=True, slots=True)
class SetFilters:
    """What is looked for: words of title, summary or topics, whose sets, in which language."""

    text: str = ""
    whose: str = ANY
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A set in a list. `role` is "owner", "co-author", or None for a reader."""

    id: int
    key: str
    title: str
    summary: str
    language: str
    visibility: str
    role: str | None
    owner: str | None
    is_copy: bool
    facts: int
    questions: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of sets."""

    sets: Sequence[SetSummary]
    page: int  # from 1
    has_more: bool


def search_sets(session: Session, user: User, wanted: SetFilters, *, page: int = 1) -> SearchPage:
    """Search sets: the person's own first, then built-in ones, then the newest; three statements."""
    page = max(page, 1)
    own = case((own_sets(user), 0), (QuestionSet.owner_id.is_(None), 1), else_=2)
    query = _query(user).where(*_conditions(user, wanted)).order_by(own, QuestionSet.id.desc())
    rows = session.execute(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    return SearchPage(_summaries(session, user, rows[:PAGE]), page, len(rows) > PAGE)


def archived_sets(session: Session, user: User) -> Sequence[QuestionSet]:
    """Return the person's archived sets, the last one archived first."""
    query = select(QuestionSet).where(own_sets(user), QuestionSet.archived_at.is_not(None))
    latest_first = query.order_by(QuestionSet.archived_at.desc(), QuestionSet.id.desc())
    return session.scalars(latest_first.limit(ARCHIVED_SHOWN)).all()


def list_languages(session: Session, user: User) -> list[str]:
    """Return the codes of the languages of the sets that the person may find."""
    code = QuestionSet.header["language"].as_string()
    return list(session.scalars(select(code).where(*_conditions(user, SetFilters())).distinct().order_by(code)))


def _conditions(user: User, wanted: SetFilters) -> list[ColumnElement[bool]]:
    # A word is looked for wherever it stands; folding joins and drops words only at the ends of what it is given.
    words = [word for word in fold(wanted.text).split() if word.isprintable()]
    hopeless = bool(wanted.text.strip()) and not words
    return [
        QuestionSet.archived_at.is_(None),
        _whose(user, wanted.whose),
        *(QuestionSet.folded.contains(word, autoescape=True) for word in words),
        *([QuestionSet.header["language"].as_string() == wanted.language] if wanted.language else []),
        *([QuestionSet.id.is_(None)] if hopeless else []),
    ]


def _whose(user: User, whose: str) -> ColumnElement[bool]:
    public = QuestionSet.visibility == PUBLIC
    match whose:
        case "mine":
            return own_sets(user)
        case "public":
            return and_(public, QuestionSet.owner_id.is_not(None))
        case "built-in":
            return and_(public, QuestionSet.owner_id.is_(None))
        case _:
            return or_(public, own_sets(user), studied_sets(user))


def _query(user: User) -> Select[Any]:
    writes = QuestionSet.id.in_(select(SetAuthor.set_id).where(SetAuthor.user_id == user.id))
    return select(
        QuestionSet.id,
        QuestionSet.key,
        QuestionSet.title,
        QuestionSet.header["summary"].as_string().label("summary"),
        QuestionSet.header["language"].as_string().label("language"),
        QuestionSet.visibility,
        QuestionSet.owner_id,
        QuestionSet.copied_from_id,
        QuestionSet.created_at,
        User.name.label("owner"),
        writes.label("writes"),
    ).outerjoin(User, User.id == QuestionSet.owner_id)


def _summaries(session: Session, user: User, rows: Sequence[Any]) -> list[SetSummary]:
    ids = [row.id for row in rows]
    counts, changes = _counts(session, ids), _header_changes(session, ids)
    cards = []
    for row in rows:
        facts, questions, *times = counts.get(row.id, (0, 0))
        role = "owner" if row.owner_id == user.id else "co-author" if row.writes else None
        changed = max(at for at in (row.created_at, changes.get(row.id), *times) if at is not None)
        is_copy = row.copied_from_id is not None
        cards.append(
            SetSummary(row.id, row.key, row.title, row.summary, row.language, row.visibility, role, row.owner, is_copy,
                    facts, questions, changed)
        )  # fmt: skip
    return cards


def _counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Count the facts and questions of each set, with the instants at which the last of them was written."""
    rows = session.execute(
        select(
            Fact.set_id,
            func.count(Fact.id.distinct()),
            func.count(Question.id),
            func.max(QuestionVersion.created_at),
            func.max(Fact.edited_at),
        )
        .outerjoin(Question, and_(Question.fact_id == Fact.id, Question.archived_at.is_(None), Question.made.is_(None)))
        .outerjoin(Question.current_version)
        .where(Fact.set_id.in_(ids), Fact.archived_at.is_(None))
        .group_by(Fact.set_id)
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _header_changes(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(AuditEntry.set_id, func.max(AuditEntry.at))
        .where(AuditEntry.set_id.in_(ids), AuditEntry.action == HEADER_CHANGE)
        .group_by(AuditEntry.set_id)
    )
    return {set_id: at for set_id, at in rows if set_id is not None}
