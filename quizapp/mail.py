"""E-mail, where a mail server is configured: over TLS, except to this machine itself."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from quizapp.config import Settings
from quizapp.core.reminders import Reminder
from quizapp.core.translation import gettext, ngettext

TIMEOUT = 10  # seconds for each step
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class NotSent(Exception):
    """The mail server could not be reached, or did not take the message; the message says why."""


def login_link_mail(settings: Settings, name: str, email: str, link: str, lifetime: timedelta) -> EmailMessage:
    """Return the message with a log-in link, which works for `lifetime`, in whole hours."""
    message = _message(settings, email, gettext("Log in to quizapp"))
    limits = ngettext(
        "The link can be used once and expires after %(num)s hour. If you didn’t ask for it, ignore this message.",
        "The link can be used once and expires after %(num)s hours. If you didn’t ask for it, ignore this message.",
        lifetime // timedelta(hours=1),
    )
    invitation = gettext("Open this link to log in as %(name)s and choose a new password:", name=name)
    message.set_content(f"{invitation}\n\n{link}\n\n{limits}\n")
    return message


def reminder_mail(settings: Settings, email: str, reminder: Reminder, *, link: str, unsubscribe: str) -> EmailMessage:
    """Return the message that reminds of today's session. Mail programs show a button for the other link (RFC 8058)."""
    message = _message(settings, email, reminder.title)
    message["List-Unsubscribe"] = f"<{unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    end = gettext("Stop these e-mails:")
    message.set_content(f"{reminder.title}. {reminder.estimate}.\n\n{link}\n\n{end}\n{unsubscribe}\n")
    return message


def _message(settings: Settings, email: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    headers = dict(Subject=subject, From=settings.mail_from, To=email)  # noqa: C408
    for header, value in headers.items():
        message[header] = value
    return message


def send(settings: Settings, message: EmailMessage) -> None:
    """Send a message. Takes seconds. Raises NotSent."""
    try:
        with _connect(settings.smtp_url or "") as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(gettext("the e-mail could not be sent: %(error)s", error=error)) from error


@contextmanager
def _connect(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    with server:
        if parts.scheme == "smtp" and host not in THIS_MACHINE:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
