"""The security events of the command line and of background jobs, in the same log as those of pages."""

import logging

log = logging.getLogger("quizapp.security")


def record_event(event: str, user_id: int | None = None, *, by: str = "command-line", **details: object) -> None:
    """Log an event with the account that it concerns, if it is one, and who did it."""
    fields = {"event": event, "user": "-" if user_id is None else user_id, "outcome": "done", "by": by}
    log.info("security", extra={"fields": fields | details})
