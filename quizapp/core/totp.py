"""One-time codes that an authenticator app shows: TOTP, RFC 6238, of six digits, a new one every 30 seconds."""

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

STEP = 30  # seconds
SECRET_BYTES = 20
SLACK = 1  # steps by which a clock may be early or late


def encode_secret(secret: bytes) -> str:
    """Return a secret as apps and people write it: in base 32."""
    return base64.b32encode(secret).decode()


def code_at(secret: str, step: int) -> str:
    """Return the code of a time step: RFC 4226, section 5.3. Raises ValueError for a secret that is not base 32."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def current_step(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """Return the time step whose code was typed, if that is now or almost now."""
    steps = range(current_step(now) - SLACK, current_step(now) + SLACK + 1)
    return next((step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed.encode())), None)


def setup_address(secret: str, name: str) -> str:
    """Return the address that sets up an app on the same device."""
    return f"otpauth://totp/quizapp:{quote(name, safe='')}?secret={secret}&issuer=quizapp"
