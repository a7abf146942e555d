"""Forms that were sent after the session had ended, or with a security token that is out of date.

What was typed comes back: on a page with a button that sends it again, or on the log-in page, and on that page once the
person has logged in. It travels in hidden fields, so that it needs neither JavaScript nor a place on the server.
Passwords are not kept.
"""

from typing import Annotated
from urllib.parse import urlsplit

from flask import current_app, make_response, request
from pydantic import BaseModel, Field, ValidationError, field_validator
from werkzeug.wrappers import Response as HttpResponse

from quizapp.models import User
from quizapp.web.forms.accounts import CodeForm, LogInForm, NewPasswordForm
from quizapp.web.identity import asks_to_log_in, safe_next, signed_in
from quizapp.web.known_browsers import remember_browser
from quizapp.web.rendering import render
from quizapp.web.requests import KEPT_FORM, LONGEST_KEPT_FORM, SAFE_METHODS

NOT_KEPT = {"csrf_token", "password", "repeated", "current", KEPT_FORM}


class KeptForm(BaseModel):
    """A form as it was posted, and where to."""

    address: Annotated[str, Field(max_length=2000)]
    fields: Annotated[list[tuple[str, str]], Field(min_length=1, max_length=1000)]
    had_file: bool = False  # which does not travel

    @field_validator("address")
    @classmethod
    def _is_ours(cls, address: str) -> str:
        if safe_next(address, "") != address:
            raise ValueError("leads to another site")
        return address

    @property
    def can_travel(self) -> bool:
        return len(self.model_dump_json().encode()) <= LONGEST_KEPT_FORM

    @property
    def typed(self) -> list[str]:
        """The values that are surely text somebody typed."""
        return [value for _, value in self.fields if len(value.split()) > 1]


def posted_form() -> KeptForm | None:
    """Return the form of this request, to be sent again, unless it holds nothing or another site sent it."""
    if request.method in SAFE_METHODS or request.is_json or not _is_from_here():
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    try:
        return KeptForm(
            address=request.full_path.removesuffix("?"),
            fields=fields,
            had_file=any(file.filename for file in request.files.values()),
        )
    except ValidationError:
        return None


def carried_form() -> KeptForm | None:
    """Return the form that came along through the log-in page, if any."""
    try:
        return KeptForm.model_validate_json(request.form.get(KEPT_FORM, ""))
    except ValidationError:
        return None


def resend_page(kept: KeptForm, *, logged_in: bool = False) -> str:
    """Return a page that holds the form and a button to send it again; `logged_in`: the person has just logged in."""
    return render("errors/resend.html", "errors/_resend.html", kept=kept, logged_in=logged_in)


def continue_with(kept: KeptForm, user: User) -> HttpResponse | str:
    """Return the page to send a form again; before it, if needed, the code of two-step log-in and a new password."""
    if signed_in() is None:
        return render("accounts/code.html", "accounts/code.html", form=CodeForm(formdata=None), kept=kept)
    page = new_password_page(kept, user) if user.must_change_password else None
    return remember_browser(make_response(page or resend_page(kept, logged_in=True)), user)


def new_password_page(kept: KeptForm, user: User) -> str | None:
    """Return the page to choose a new password, with the form in it, or None for one that is too long to travel."""
    if not kept.can_travel:
        return None
    form = NewPasswordForm(user.name or "", formdata=None)
    return render("accounts/password.html", "accounts/_password.html", form=form, kept=kept)


def log_in_page(kept: KeptForm) -> str | None:
    """Return the log-in page with the form in it, or None for one that is too long to travel."""
    if not kept.can_travel:
        return None
    form = LogInForm(formdata=None)
    return render("accounts/login.html", "accounts/_login.html", form=form, kept=kept, leaves_behind=False)


def is_for_members() -> bool:
    """Return whether nobody is logged in and the address asked for is open to learners only."""
    return signed_in() is None and asks_to_log_in(current_app.view_functions.get(request.endpoint or ""))


def _is_from_here() -> bool:
    """Return whether a page of this site sent the request, so that nobody is led to send what another site filled in.

    Browsers say where a form comes from. Without a word of that there is no other site.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    source = request.headers.get("origin") or request.headers.get("referer")
    try:
        return source is None or urlsplit(source).netloc == request.host
    except ValueError:
        return False
