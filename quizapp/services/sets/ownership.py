"""Who may see a set and who writes in it; the archive; what becomes of sets whose owner leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from quizapp.core.translation import gettext
from quizapp.models import (
    Assignment,
    Attempt,
    Comparison,
    Fact,
    MatchGame,
    Memory,
    Plan,
    QuestionSet,
    Quiz,
    Review,
    SetAuthor,
    User,
)
from quizapp.services import audit_log
from quizapp.services.access import BY_LINK, PRIVATE, PUBLIC, find_account, own_set, set_to_write
from quizapp.services.errors import NotFound, UnknownUser

VISIBILITY_WORDS = {
    PRIVATE: gettext("private"),
    BY_LINK: gettext("open to anyone with the link"),
    PUBLIC: gettext("public"),
}


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who has a set. `authors` are the co-authors, the longest-standing first."""

    row: QuestionSet
    owner: User
    authors: Sequence[User]
    is_owner: bool


class AlreadyAuthor(Exception):
    """That person writes in the set already."""


def read_sharing(session: Session, user: User, set_id: int) -> Sharing:
    """Return who owns a set and who writes in it. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    owner = session.get_one(User, row.owner_id)
    return Sharing(row, owner, _authors(session, set_id), row.owner_id == user.id)


def set_visibility(session: Session, user: User, set_id: int, visibility: str, *, now: datetime) -> None:
    """Set who may see a set: "private", "link" or "public". Those who study it keep it. Raises NotFound, KeyError."""
    row = own_set(session, user, set_id)
    words = VISIBILITY_WORDS[visibility]
    if row.visibility != visibility:
        row.visibility = visibility
        audit_log.record(session, user, "shared_set", now=now, question_set=row, visibility=words)


def add_author(session: Session, user: User, set_id: int, name: str, *, now: datetime) -> User:
    """Add a co-author by user name. Raises NotFound, UnknownUser, AlreadyAuthor."""
    row = own_set(session, user, set_id)
    author = find_account(session, name)
    if author is None:
        raise UnknownUser
    if author.id == row.owner_id or session.get(SetAuthor, (set_id, author.id)) is not None:
        raise AlreadyAuthor
    session.add(SetAuthor(set_id=set_id, user_id=author.id, since=now))
    audit_log.record(session, user, "added_author", now=now, question_set=row, subject=author)
    return author


def remove_author(session: Session, user: User, set_id: int, author_id: int, *, now: datetime) -> User:
    """Remove a co-author. Raises NotFound."""
    row = own_set(session, user, set_id)
    author = _remove_author(session, set_id, author_id)
    audit_log.record(session, user, "removed_author", now=now, question_set=row, subject=author)
    return author


def leave_set(session: Session, user: User, set_id: int, *, now: datetime) -> QuestionSet:
    """End one's own co-authorship of a set. Raises NotFound, also for the owner."""
    row = set_to_write(session, user, set_id, lock=True)
    _remove_author(session, set_id, user.id)
    audit_log.record(session, user, "left_set", now=now, question_set=row)
    return row


def hand_over(session: Session, user: User, set_id: int, author_id: int, *, now: datetime) -> User:
    """Make a co-author the owner; the owner becomes a co-author. Raises NotFound."""
    row = own_set(session, user, set_id)
    author = _remove_author(session, set_id, author_id)
    row.owner_id = author.id
    session.add(SetAuthor(set_id=set_id, user_id=user.id, since=now))
    audit_log.record(session, user, "handed_over_set", now=now, question_set=row, subject=author)
    return author


def archive_set(session: Session, user: User, set_id: int, *, now: datetime) -> None:
    """Archive a set: it leaves lists and searches, and those who study it continue. Raises NotFound."""
    row = own_set(session, user, set_id)
    if row.archived_at is None:
        row.archived_at = now
        audit_log.record(session, user, "archived_set", now=now, question_set=row)


def restore_set(session: Session, user: User, set_id: int, *, now: datetime) -> QuestionSet:
    """Restore an archived set. Raises NotFound."""
    row = own_set(session, user, set_id)
    if row.archived_at is not None:
        row.archived_at = None
        audit_log.record(session, user, "restored_set", now=now, question_set=row)
    return row


def read_log(session: Session, user: User, set_id: int, *, page: int) -> tuple[QuestionSet, audit_log.Page]:
    """Return a set and a page of its audit log, for those who write in it. Raises NotFound."""
    return set_to_write(session, user, set_id), audit_log.read_set_log(session, set_id, page=page)


def release_sets(session: Session, user: User) -> None:
    """Hand over, keep or delete a person's sets before the person is deleted.

    Those with co-authors go to the one who has been it longest. Of the rest, those that nobody else uses are deleted;
    the others stay for those who study them, without an owner and no longer public, so that they are not taken for
    built-in sets.
    """
    owned = session.scalars(select(QuestionSet.id).where(QuestionSet.owner_id == user.id).with_for_update()).all()
    if not owned:
        return
    heirs = _next_owners(session, owned)
    for set_id, heir in heirs.items():
        session.execute(update(QuestionSet).where(QuestionSet.id == set_id).values(owner_id=heir))
        session.execute(delete(SetAuthor).where(SetAuthor.set_id == set_id, SetAuthor.user_id == heir))
    left = [set_id for set_id in owned if set_id not in heirs]
    used = session.scalars(select(QuestionSet.id).where(QuestionSet.id.in_(left), _used_by_others(user))).all()
    session.execute(
        update(QuestionSet).where(QuestionSet.id.in_(used), QuestionSet.visibility == PUBLIC).values(visibility=BY_LINK)
    )
    session.execute(update(QuestionSet).where(QuestionSet.id.in_(used)).values(owner_id=None))
    _delete_sets(session, user, [set_id for set_id in left if set_id not in used])


def _next_owners(session: Session, set_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(SetAuthor.set_id, SetAuthor.user_id)
        .where(SetAuthor.set_id.in_(set_ids))
        .order_by(SetAuthor.since.desc(), SetAuthor.user_id.desc())
    )
    return dict(rows.all())


def _delete_sets(session: Session, user: User, set_ids: Sequence[int]) -> None:
    if not set_ids:
        return
    # Versions of questions do not go while an answer refers to them; here, only the person's own answers do.
    facts = select(Fact.id).where(Fact.set_id.in_(set_ids))
    session.execute(delete(Attempt).where(Attempt.learner_id == user.id, Attempt.set_id.in_(set_ids)))
    session.execute(delete(Review).where(Review.learner_id == user.id, Review.fact_id.in_(facts)))
    session.execute(delete(QuestionSet).where(QuestionSet.id.in_(set_ids)))


def _used_by_others(user: User) -> ColumnElement[bool]:
    """Return the condition that others study a set, were asked its questions, or were asked to study it."""
    of_set = Fact.set_id == QuestionSet.id
    return or_(
        exists().where(Plan.set_id == QuestionSet.id, Plan.learner_id != user.id),
        exists().where(Assignment.set_id == QuestionSet.id),
        exists().where(Quiz.set_id == QuestionSet.id, Quiz.owner_id != user.id),
        exists().where(Attempt.set_id == QuestionSet.id, Attempt.learner_id != user.id),
        exists().where(MatchGame.set_id == QuestionSet.id, MatchGame.learner_id != user.id),
        exists().where(of_set, Memory.fact_id == Fact.id, Memory.learner_id != user.id),
        exists().where(of_set, Comparison.earlier_id == Fact.id, Comparison.learner_id != user.id),
    )


def _authors(session: Session, set_id: int) -> Sequence[User]:
    joined = select(User).join(SetAuthor, SetAuthor.user_id == User.id).where(SetAuthor.set_id == set_id)
    return session.scalars(joined.order_by(SetAuthor.since, User.id)).all()


def _remove_author(session: Session, set_id: int, user_id: int) -> User:
    row = session.get(SetAuthor, (set_id, user_id))
    if row is None:
        raise NotFound
    session.delete(row)
    return session.get_one(User, user_id)
