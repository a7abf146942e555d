"""Protection against forged requests, whose token looks different in every page.

Pages can then be compressed: from the sizes of many compressed pages that hold the same secret and something a stranger
chose, the secret could be guessed (BREACH).
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from flask import Flask, g
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF, generate_csrf

LONGEST_TOKEN = 1_000  # characters


def masked_token() -> str:
    """Return the token for the page that is being made: a random mask, and what it makes of the session's token."""
    if "masked_csrf_token" not in g:
        token = generate_csrf().encode()
        mask = secrets.token_bytes(len(token))
        g.masked_csrf_token = urlsafe_b64encode(mask + _combine(mask, token)).decode()
    return str(g.masked_csrf_token)


def forget_token() -> None:
    """Let the page that is being made have the token of the session as it is now."""
    for name in ("csrf_token", "masked_csrf_token"):
        g.pop(name, None)


def unmasked(masked: str) -> str:
    """Return the session's token. What is no token gives one that is not valid."""
    try:
        data = urlsafe_b64decode(masked.encode("ascii"))
        return _combine(data[: len(data) // 2], data[len(data) // 2 :]).decode("ascii")
    except ValueError:  # not ASCII, or not base64
        return ""


def _combine(mask: bytes, data: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(mask, data, strict=False))


class MaskedCSRF(CSRFProtect):
    """Accept masked tokens, and give templates a `csrf_token` that makes them."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str | None:
        token = super()._get_csrf_token()
        return unmasked(token) if token and len(token) <= LONGEST_TOKEN else token


class _MaskedFormCSRF(_FlaskFormCSRF):
    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return masked_token()


class PageForm(FlaskForm):
    """A form with a masked token; MaskedCSRF has checked the token that was posted."""

    class Meta(FlaskForm.Meta):
        csrf_class = _MaskedFormCSRF
