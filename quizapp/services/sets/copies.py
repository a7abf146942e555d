"""Copy a set, and offer the copy what changes in its original."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from quizapp.core.sets import schema
from quizapp.core.translation import gettext
from quizapp.models import QuestionSet, User
from quizapp.services import audit_log, running_quizzes
from quizapp.services.access import find_set, set_to_read, set_to_write
from quizapp.services.errors import NotFound
from quizapp.services.sets.contents import insert_set, read_document, update_search_text
from quizapp.services.sets.updates import Change, UpdateCounts, apply_document, compare_document

_TITLE_MAX = 300  # of core.kinds.fields.Line


class Original(NamedTuple):
    """A set to copy, or to take updates from, read before the transaction that writes."""

    row: QuestionSet
    document: schema.QuestionSet


def read_original(session: Session, user: User, key: str, *, now: datetime) -> Original:
    """Read a set that the person may copy.

    Raises NotFound, and InRunningQuiz while a class of theirs takes a quiz on it.
    """
    row = find_set(session, user, key)
    _check_nothing_is_hidden(session, user, row, now)
    return Original(row, read_document(session, row))


def copy_set(session: Session, user: User, original: Original, *, now: datetime) -> QuestionSet:
    """Copy a set into a private one of the person's own that remembers the original.

    Facts and questions keep their keys and the hashes of what was copied, so that what changes in the original can be
    offered to the copy.
    """
    origin, source = original
    room = _TITLE_MAX - len(_copy_title(""))
    title = _copy_title(source.header.title[:room])
    header = source.header.model_copy(update={"title": title})
    copy = insert_set(session, user, header, source.names, now=now, copied_from=origin)
    apply_document(session, copy, source, author=None, by_author=False, now=now)
    return copy


def _copy_title(title: str) -> str:
    return gettext("%(title)s (copy)", title=title)


# Updates from the original


@dataclass(frozen=True, slots=True)
class AvailableUpdates:
    """The changes that the original offers a copy, conflicts among them, which are not taken over. `origin` is None
    where there is none, it is gone or no longer shown to the person."""

    row: QuestionSet
    origin: QuestionSet | None
    changes: tuple[Change, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(change.what for change in self.changes)

    @property
    def takeable(self) -> int:
        """How many changes taking them over makes."""
        return sum(change.what != "conflict" for change in self.changes)


def find_updates(session: Session, user: User, set_id: int, *, now: datetime) -> AvailableUpdates:
    """Find what a copy could take over; the number of statements does not depend on its size.

    Raises NotFound and InRunningQuiz.
    """
    row = set_to_write(session, user, set_id)
    origin = _readable_original(session, user, row)
    if origin is None:
        return AvailableUpdates(row, None, ())
    _check_nothing_is_hidden(session, user, origin, now)
    source = read_document(session, origin)
    changes = compare_document(session, row, source, by_author=False)
    return AvailableUpdates(row, origin, tuple(change for change in changes if change.what != "unchanged"))


def read_original_of(session: Session, user: User, set_id: int, *, now: datetime) -> Original:
    """Read the set that this one was copied from.

    Raises NotFound, also where there is no original to read, and InRunningQuiz.
    """
    origin = _readable_original(session, user, set_to_write(session, user, set_id))
    if origin is None:
        raise NotFound
    _check_nothing_is_hidden(session, user, origin, now)
    return Original(origin, read_document(session, origin))


def apply_updates(session: Session, user: User, set_id: int, original: Original, *, now: datetime) -> UpdateCounts:
    """Apply everything from the original that does not conflict with changes in the copy, and the topics, passages,
    notes and names it refers to. Raises NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    source = original.document
    _add_what_is_missing(row, source)
    loaded = apply_document(session, row, source, author=None, by_author=False, now=now)
    if taken := loaded.added + loaded.changed + loaded.archived:
        audit_log.record(session, user, "took_updates", now=now, question_set=row, changes=taken)
    return loaded


def _check_nothing_is_hidden(session: Session, user: User, row: QuestionSet, now: datetime) -> None:
    if running_quizzes.has_hidden_facts(session, user, row.id, now=now):
        raise running_quizzes.InRunningQuiz


def _readable_original(session: Session, user: User, row: QuestionSet) -> QuestionSet | None:
    if row.copied_from_id is None:
        return None
    try:
        return set_to_read(session, user, row.copied_from_id)
    except NotFound:
        return None


def _add_what_is_missing(row: QuestionSet, source: schema.QuestionSet) -> None:
    """Give the copy what facts of the original may refer to; what it has already stays as its authors wrote it."""
    theirs = source.header.model_dump()
    added = {
        part: [*row.header[part], *_missing(row.header[part], theirs[part], by)]
        for part, by in (("topics", "key"), ("passages", "number"), ("notes", "number"))
    }
    row.header = {**row.header, **added}
    row.names = [*row.names, *_missing(row.names, [name.model_dump() for name in source.names], "key")]
    update_search_text(row)


def _missing(ours: list[Any], theirs: list[Any], by: str) -> Iterator[Any]:
    known = {part[by] for part in ours}
    return (part for part in theirs if part[by] not in known)
