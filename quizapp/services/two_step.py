"""Two-step log-in: after the password, a code from an app, or one of the recovery codes."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from quizapp.core import totp
from quizapp.core.accounts import ACCOUNT_LIMIT
from quizapp.core.log_ins import RECOVERY_CODES
from quizapp.models import Authenticator, RecoveryCode, User
from quizapp.services.throttle import bucket_name, clear_tries, count_try

LONGEST_CODE = 40  # characters typed
RECOVERY_CODE_BYTES = 15  # 120 bits: a plain hash of more than 112 cannot be tried out


class WrongCode(Exception):
    """The code is not the app's now, or was used before, and is no recovery code either."""


def new_secret() -> str:
    return totp.encode_secret(secrets.token_bytes(totp.SECRET_BYTES))


def is_on(session: Session, user: User) -> bool:
    return bool(session.scalar(select(exists().where(Authenticator.user_id == user.id))))


def turn_on(session: Session, user: User, *, secret: str, code: str, now: datetime) -> Sequence[str]:
    """Ask for codes from now on; return the recovery codes, which are shown once. Raises WrongCode."""
    step = totp.matching_step(secret, _tidy(code), now)
    if step is None:
        raise WrongCode
    turn_off(session, user)
    codes = [_make_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add(Authenticator(user_id=user.id, secret=secret, last_step=step, set_at=now))
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(code)) for code in codes)
    session.flush()
    return codes


def turn_off(session: Session, user: User) -> None:
    for table in (Authenticator, RecoveryCode):
        session.execute(delete(table).where(table.user_id == user.id))


def count_recovery_codes(session: Session, user: User) -> int:
    """Return how many recovery codes are left."""
    return session.scalar(select(func.count()).where(RecoveryCode.user_id == user.id)) or 0


def check_code(session: Session, user: User, typed: str, *, now: datetime) -> None:
    """Use up a code of the app or a recovery code. The try is counted before, so that many at once do not slip through.

    Raises WrongCode, TooManyTries.
    """
    bucket = bucket_name("code", str(user.id))
    count_try(session, [(bucket, ACCOUNT_LIMIT)], now)
    code = _tidy(typed)
    if not (_use_app(session, user, code, now) or _use_recovery_code(session, user, code)):
        raise WrongCode
    clear_tries(session, bucket)


def _use_app(session: Session, user: User, code: str, now: datetime) -> bool:
    """Whether the code is the app's. Each works once, whoever else sends it at the same time."""
    row = session.get(Authenticator, user.id)
    step = totp.matching_step(row.secret, code, now) if row else None
    if step is None:
        return False
    used: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Authenticator)
        .where(Authenticator.user_id == user.id, Authenticator.last_step < step)
        .values(last_step=step)
    )
    return used.rowcount == 1


def _make_recovery_code() -> str:
    """Return 24 small letters and digits, none of which looks like another."""
    return base64.b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode().lower()


def _use_recovery_code(session: Session, user: User, code: str) -> bool:
    used: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash(code))
    )
    return used.rowcount == 1


def _tidy(typed: str) -> str:
    """Return a code without the spaces and hyphens that people put into it."""
    return "".join(typed[:LONGEST_CODE].split()).replace("-", "").lower()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
