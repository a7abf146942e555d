"""The sets that people find: those of one's own list, in folders, and the catalogue of public sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select
from sqlalchemy.orm import Session

from quizapp.core.text.normal import fold
from quizapp.models import AuditEntry, Fact, Plan, Question, QuestionSet, QuestionVersion, SetAuthor, SetFolder, User
from quizapp.services.access import PUBLIC, own_sets

PAGE = 20  # sets
ARCHIVED_SHOWN = 100  # archived sets that are listed
SIZES = {"small": (1, 20), "medium": (21, 100), "large": (101, None)}  # facts, at least and at most
HEADER_CHANGE = "changed_set"  # the audit log's action for a changed header


@dataclass(frozen=True, slots=True)
class SetFilters:
    """What is searched for: words of title, summary or topics, a language, a size of SIZES."""

    text: str = ""
    language: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A set in a list. `role` is "owner", "co-author", or None for a reader; `folder` is "" outside folders."""

    id: int
    key: str
    title: str
    summary: str
    language: str
    visibility: str
    role: str | None
    owner: str | None
    is_copy: bool
    is_studied: bool
    folder: str
    facts: int
    questions: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of sets."""

    sets: Sequence[SetSummary]
    page: int  # from 1
    has_more: bool


class Folder(NamedTuple):
    """A folder of somebody's list, and the number of sets in it."""

    name: str
    sets: int


def list_my_sets(session: Session, user: User, *, text: str = "", folder: str = "", page: int = 1) -> SearchPage:
    """List the sets that a person writes in or studies, those begun last first: all, or those of a folder, with these
    words. Three statements."""
    query = _query(user).where(_is_listed(user), *_has_words(text))
    if folder:
        query = query.where(SetFolder.name == folder)
    return _page(session, user, query.order_by(case((own_sets(user), 0), else_=1), QuestionSet.id.desc()), page)


def list_folders(session: Session, user: User) -> list[Folder]:
    """Return the folders of a person's list by name; one statement."""
    query = (
        select(SetFolder.name, func.count())
        .join(QuestionSet, QuestionSet.id == SetFolder.set_id)
        .where(SetFolder.user_id == user.id, _is_listed(user))
        .group_by(SetFolder.name)
    )
    return sorted((Folder(*row) for row in session.execute(query)), key=lambda folder: fold(folder.name))


def search_public_sets(session: Session, reader: User | None, wanted: SetFilters, *, page: int = 1) -> SearchPage:
    """Search the catalogue of public sets, built-in ones first, then the newest; three statements."""
    query = _query(reader).where(_is_public(), *_has_words(wanted.text), *_has_size(wanted.size))
    if wanted.language:
        query = query.where(QuestionSet.header["language"].as_string() == wanted.language)
    built_in_first = case((QuestionSet.owner_id.is_(None), 0), else_=1)
    return _page(session, reader, query.order_by(built_in_first, QuestionSet.id.desc()), page)


def list_public_languages(session: Session) -> list[str]:
    """Return the codes of the languages of public sets; one statement."""
    code = QuestionSet.header["language"].as_string()
    return list(session.scalars(select(code).where(_is_public()).distinct().order_by(code)))


def archived_sets(session: Session, user: User) -> Sequence[QuestionSet]:
    """Return the person's archived sets, the last one archived first."""
    query = select(QuestionSet).where(own_sets(user), QuestionSet.archived_at.is_not(None))
    latest_first = query.order_by(QuestionSet.archived_at.desc(), QuestionSet.id.desc())
    return session.scalars(latest_first.limit(ARCHIVED_SHOWN)).all()


def _page(session: Session, reader: User | None, query: Select[Any], page: int) -> SearchPage:
    page = max(page, 1)
    rows = session.execute(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    return SearchPage(_summaries(session, reader, rows[:PAGE]), page, len(rows) > PAGE)


def _is_listed(user: User) -> ColumnElement[bool]:
    """Return whether a set is in a person's own list: they write in it or study it, and it is not archived."""
    studied = QuestionSet.id.in_(select(Plan.set_id).where(Plan.learner_id == user.id))
    return and_(QuestionSet.archived_at.is_(None), or_(own_sets(user), studied))


def _is_public() -> ColumnElement[bool]:
    return and_(QuestionSet.visibility == PUBLIC, QuestionSet.archived_at.is_(None))


def _has_words(text: str) -> list[ColumnElement[bool]]:
    # A word is looked for wherever it stands; folding joins and drops words only at the ends of what it is given.
    words = [word for word in fold(text).split() if word.isprintable()]
    if text.strip() and not words:
        return [false()]
    return [QuestionSet.folded.contains(word, autoescape=True) for word in words]


def _has_size(size: str) -> list[ColumnElement[bool]]:
    if size not in SIZES:
        return []
    at_least, at_most = SIZES[size]
    facts = select(func.count()).where(Fact.set_id == QuestionSet.id, Fact.archived_at.is_(None))
    counted = facts.correlate(QuestionSet).scalar_subquery()
    return [counted >= at_least, *([counted <= at_most] if at_most else [])]


def _query(reader: User | None) -> Select[Any]:
    reader_id = literal(reader.id if reader else 0)
    writes = exists().where(SetAuthor.set_id == QuestionSet.id, SetAuthor.user_id == reader_id)
    studies = exists().where(Plan.set_id == QuestionSet.id, Plan.learner_id == reader_id)
    columns = select(
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
        studies.label("studies"),
        SetFolder.name.label("folder"),
    )
    in_folder = and_(SetFolder.set_id == QuestionSet.id, SetFolder.user_id == reader_id)
    return columns.outerjoin(User, User.id == QuestionSet.owner_id).outerjoin(SetFolder, in_folder)


def _summaries(session: Session, reader: User | None, rows: Sequence[Any]) -> list[SetSummary]:
    ids = [row.id for row in rows]
    counts, changes = _counts(session, ids), _header_changes(session, ids)
    cards = []
    for row in rows:
        facts, questions, *times = counts.get(row.id, (0, 0))
        role = "owner" if reader and row.owner_id == reader.id else "co-author" if row.writes else None
        changed = max(at for at in (row.created_at, changes.get(row.id), *times) if at is not None)
        is_copy = row.copied_from_id is not None
        cards.append(
            SetSummary(row.id, row.key, row.title, row.summary, row.language, row.visibility, role, row.owner, is_copy,
                    row.studies, row.folder or "", facts, questions, changed)
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
