"""The security events in the log: who logged in or failed to, changed a password or a role, or deleted an account, and
what was refused: wrong codes, forms without their token, what belongs to others, floods.

An account is given by its number, which `quizapp user list` prints: people type passwords into the wrong field, and a
name may hold anything.
"""

import logging

from flask import g, request

log = logging.getLogger("quizapp.security")


def record_event(event: str, user_id: int | None, outcome: str = "done", **details: object) -> None:
    """Log an event with its outcome and the address it came from. Without a user, nobody has the name typed."""
    fields = {
        "id": g.get("request_id"),
        "event": event,
        "user": "-" if user_id is None else user_id,
        "outcome": outcome,
        "address": request.remote_addr or "-",
    }
    log.info("security", extra={"fields": fields | details})
