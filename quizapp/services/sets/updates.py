"""What is new in the set that another was copied from, shown before it is taken over."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.sets import schema
from quizapp.models import QuestionSet, User
from quizapp.services import audit_log
from quizapp.services.access import set_to_read, set_to_write
from quizapp.services.bank import Change, Loaded, bring_in, compare, read_stored_set, set_folded
from quizapp.services.errors import NotFound


@dataclass(frozen=True, slots=True)
class Updates:
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


def updates(session: Session, user: User, set_id: int) -> Updates:
    """What a copy could take over; the number of statements does not depend on its size. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    origin = _origin(session, user, row)
    if origin is None:
        return Updates(row, None, ())
    source = read_stored_set(session, origin.key)
    changes = compare(session, row, source, by_author=False)
    return Updates(row, origin, tuple(change for change in changes if change.what != "unchanged"))


def take(session: Session, user: User, set_id: int, *, now: datetime) -> Loaded:
    """Take over everything that does not conflict with what was changed in the copy, and the topics, passages, notes
    and names that it refers to. Raises NotFound, also where the original is not to be had."""
    row = set_to_write(session, user, set_id, lock=True)
    origin = _origin(session, user, row)
    if origin is None:
        raise NotFound
    source = read_stored_set(session, origin.key)
    _add_what_is_missing(row, source)
    loaded = bring_in(session, row, source, author=None, by_author=False, now=now)
    if taken := loaded.added + loaded.changed + loaded.archived:
        audit_log.record(session, user, "took updates", now=now, question_set=row, changes=taken)
    return loaded


def _origin(session: Session, user: User, row: QuestionSet) -> QuestionSet | None:
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
    set_folded(row)


def _missing(ours: list[Any], theirs: list[Any], by: str) -> Iterator[Any]:
    known = {part[by] for part in ours}
    return (part for part in theirs if part[by] not in known)
