"""Where people are logged in: a row for each browser, ended by log-out, by its age, or by a new password.

And links that log somebody in once.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from quizapp.core.log_ins import SEEN_EVERY, SessionLimits
from quizapp.models import LoginLink, LoginSession, User
from quizapp.models.prepared import PreparedQuery, all_columns
from quizapp.services.errors import NotFound

# The user whom a cookie's token belongs to, and the session, unless it has ended: one statement for each request.
SESSION_OF_TOKEN = PreparedQuery(
    select(*all_columns(User), *all_columns(LoginSession))
    .select_from(User)
    .join(LoginSession, LoginSession.user_id == User.id)
    .where(
        LoginSession.token == bindparam("token"),
        LoginSession.last_seen_at > bindparam("seen_after"),
        or_(User.name_folded.is_(None), LoginSession.created_at > bindparam("begun_after")),
    )
)


def begin_session(session: Session, user: User, *, browser: str, network: str, now: datetime) -> LoginSession:
    """Log a user in, in one browser."""
    login = LoginSession(
        token=secrets.token_urlsafe(32),
        user_id=user.id,
        created_at=now,
        last_seen_at=now,
        browser=browser,
        network=network,
    )
    session.add(login)
    _note_visit(session, user.id, now)
    session.flush()
    return login


def record_visit(session: Session, login: LoginSession, *, browser: str, network: str, now: datetime) -> None:
    """Note that a session and its account are still used, and from where."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == login.id, LoginSession.last_seen_at <= now - SEEN_EVERY)
        .values(last_seen_at=now, browser=browser, network=network)
    )
    _note_visit(session, login.user_id, now)


def _note_visit(session: Session, user_id: int, now: datetime) -> None:
    """Note when an account was last used. Guests are judged by when they studied."""
    account = update(User).where(User.id == user_id, User.name_folded.is_not(None))
    session.execute(account.values(last_seen_at=now), execution_options={"synchronize_session": False})


def delete_ended(session: Session, limits: SessionLimits, *, now: datetime) -> None:
    """Delete the sessions and the links of everybody that are too old to log anybody in."""
    guests = select(User.id).where(User.name_folded.is_(None))
    too_old = and_(LoginSession.created_at <= now - limits.longest, LoginSession.user_id.not_in(guests))
    ended = or_(LoginSession.last_seen_at <= now - limits.idle, too_old)
    for statement in (delete(LoginSession).where(ended), delete(LoginLink).where(LoginLink.expires_at <= now)):
        session.execute(statement, execution_options={"synchronize_session": False})


def list_sessions(session: Session, user: User, limits: SessionLimits, *, now: datetime) -> Sequence[LoginSession]:
    """Return the sessions of an account that have not ended, the last used first."""
    return session.scalars(
        select(LoginSession)
        .where(
            LoginSession.user_id == user.id,
            LoginSession.last_seen_at > now - limits.idle,
            LoginSession.created_at > now - limits.longest,
        )
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    ).all()


def end_session(session: Session, user: User, session_id: int) -> None:
    """Log a user out of one browser. Raises NotFound."""
    ended = session.scalar(
        delete(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.user_id == user.id)
        .returning(LoginSession.id)
    )
    if ended is None:
        raise NotFound


def end_other_sessions(session: Session, user: User, here: LoginSession) -> None:
    """Log a user out everywhere but in one browser."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.id != here.id))


def end_all_sessions(session: Session, user: User) -> None:
    """Log a user out everywhere."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))


# Links that log in once


def create_login_link(session: Session, user: User, *, lifetime: timedelta, now: datetime) -> str:
    """Return what the address of a link holds that logs the user in once."""
    token = secrets.token_urlsafe(32)
    session.add(LoginLink(token_hash=_hash_token(token), user_id=user.id, expires_at=now + lifetime))
    session.flush()
    return token


def find_login_link(session: Session, token: str, *, now: datetime) -> User:
    """Return whom a link logs in. Raises NotFound for one that was used, is too old, or never was."""
    query = select(User).join(LoginLink, LoginLink.user_id == User.id)
    user = session.scalar(query.where(LoginLink.token_hash == _hash_token(token), LoginLink.expires_at > now))
    if user is None:
        raise NotFound
    return user


def use_login_link(session: Session, token: str, *, now: datetime) -> User:
    """Return whom a link logs in, who must choose a new password. None of their links works after that.

    Raises NotFound.
    """
    used = delete(LoginLink).where(LoginLink.token_hash == _hash_token(token), LoginLink.expires_at > now)
    user_id = session.scalar(used.returning(LoginLink.user_id))
    if user_id is None:
        raise NotFound
    user = session.get_one(User, user_id)
    user.must_change_password = True
    delete_login_links(session, user)
    return user


def delete_login_links(session: Session, user: User) -> None:
    session.execute(delete(LoginLink).where(LoginLink.user_id == user.id))


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
