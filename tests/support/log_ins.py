"""Being logged in without the log-in page, which hashes a password."""

import secrets
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from quizapp.extensions import db
from quizapp.models import LoginSession


def open_session(session: Session, user_id: int, token: str | None = None) -> str:
    """Add a session of the user that began now; return its token, which the cookie holds."""
    now = datetime.now(UTC)
    token = token or secrets.token_urlsafe(8)
    session.add(LoginSession(token=token, user_id=user_id, created_at=now, last_seen_at=now))
    session.flush()
    return token


def log_in_as(client: FlaskClient, user_id: int) -> FlaskClient:
    """Log a browser in as a user who is stored already."""
    with client.application.app_context():
        token = open_session(db.session(), user_id)
        db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client
