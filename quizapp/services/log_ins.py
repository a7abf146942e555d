"""Where people are logged in: a row for each browser, ended by log-out, by its age, or by a new password.

And links that log somebody in once.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from quizapp.core.log_ins import SEEN_EVERY, SessionLimits
from quizapp.models import LoginLink, LoginSession, User
from quizapp.services.errors import NotFound

# The user whom a cookie's token belongs to, and the session, unless it has ended: one statement for each request.
SESSION_OF_TOKEN = (
    select(User, LoginSession)
    .join(LoginSession, LoginSession.user_id == User.id)
    .where(
        LoginSession.token == bindparam("token"),
        LoginSession.last_seen_at > bindparam("seen_after"),
        or_(User.name_folded.is_(None), LoginSession.created_at > bindparam("begun_after")),
    )
)


def begin_session(
    session: Session, user: User, *, browser: str, network: str, limits: SessionLimits, now: datetime
) -> LoginSession:
    """Log a user in, in one browser. Clears away all sessions that nobody has used for too long."""
    # Skipping what another transaction holds: two that clear up at once must not wait for each other.
    idle = select(LoginSession.id).where(LoginSession.last_seen_at <= now - limits.idle)
    session.execute(delete(LoginSession).where(LoginSession.id.in_(idle.with_for_update(skip_locked=True))))
    login = LoginSession(
        token=secrets.token_urlsafe(32),
        user_id=user.id,
        created_at=now,
        last_seen_at=now,
        browser=browser,
        network=network,
    )
    session.add(login)
    session.flush()
    return login


def record_visit(session: Session, login: LoginSession, *, browser: str, network: str, now: datetime) -> None:
    """Note that a session is still used, and from where."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == login.id, LoginSession.last_seen_at <= now - SEEN_EVERY)
        .values(last_seen_at=now, browser=browser, network=network)
    )


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
    """Return what the address of a link holds that logs the user in once. Clears away links that are too old."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at <= now))
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
