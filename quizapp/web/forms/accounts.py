"""Forms for logging in, signing up, settings, and what asks for the password again."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Optional, Regexp, ValidationError

from quizapp.core import accounts as rules
from quizapp.core.defaults import MOST_NEW_PER_DAY
from quizapp.core.scheduling.study_days import valid_timezone
from quizapp.core.translation import gettext
from quizapp.web.forms.fields import InRange, WholeNumberField
from quizapp.web.requests import PageForm

# What the name of a time zone begins with → the heading it is listed under
REGIONS = {
    "Africa/": gettext("Africa"),
    "America/": gettext("America"),
    "Antarctica/": gettext("Antarctica"),
    "Arctic/": gettext("Arctic"),
    "Asia/": gettext("Asia"),
    "Atlantic/": gettext("Atlantic"),
    "Australia/": gettext("Australia"),
    "Europe/": gettext("Europe"),
    "Indian/": gettext("Indian Ocean"),
    "Pacific/": gettext("Pacific"),
}
ROLES = [SelectChoice("learn", gettext("I want to learn")), SelectChoice("teach", gettext("I want to teach"))]
NEW_IN_ALL = gettext("Type a whole number from 0 to %(most)s, or leave this empty.", most=MOST_NEW_PER_DAY)
UNSPOILT = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


@cache
def _timezone_choices() -> list[SelectChoice]:
    """Return time zones to pick from, by region: those named after a place."""
    zones = [SelectChoice("UTC", optgroup=gettext("World"))]
    for name in sorted(available_timezones()):
        region, divider, place = name.partition("/")
        if heading := REGIONS.get(region + divider):
            zones.append(SelectChoice(name, place.replace("_", " ").replace("/", ", "), optgroup=heading))
    return zones


def _run_check(check: Callable[..., Any], *typed: str) -> None:
    """Run a check of core, and say what it refuses at the field."""
    try:
        check(*typed)
    except rules.InvalidInput as refused:
        raise ValidationError(str(refused)) from None


def _check_repetition(form: PageForm, field: PasswordField) -> None:
    if field.data != form.password.data:
        raise ValidationError(gettext("The passwords don’t match."))


class LogInForm(PageForm):
    name = StringField(
        gettext("User name"),
        [InputRequired(gettext("Type your user name."))],
        render_kw={"autocomplete": "username", **UNSPOILT},
    )
    password = PasswordField(
        gettext("Password"),
        [InputRequired(gettext("Type your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class SignUpForm(PageForm):
    name = StringField(
        gettext("User name"),
        [InputRequired(gettext("Choose a user name."))],
        render_kw={"autocomplete": "username", **UNSPOILT},
    )
    password = PasswordField(
        gettext("Password"), [InputRequired(gettext("Choose a password."))], render_kw={"autocomplete": "new-password"}
    )
    repeated = PasswordField(
        gettext("Repeat password"),
        [InputRequired(gettext("Type the password again.")), _check_repetition],
        render_kw={"autocomplete": "new-password"},
    )
    email = EmailField(gettext("E-mail (optional)"), render_kw={"autocomplete": "email"})
    role = RadioField(gettext("Do you want to learn or to teach?"), choices=ROLES, default="learn")
    timezone = HiddenField()  # filled in by app.js
    next = HiddenField()

    def validate_name(self, field: StringField) -> None:
        _run_check(rules.check_name, field.data)

    def validate_password(self, field: PasswordField) -> None:
        _run_check(rules.check_password, field.data, self.name.data or "")

    def validate_email(self, field: EmailField) -> None:
        _run_check(rules.check_email, field.data or "")


class LinkForm(PageForm):
    name = StringField(
        gettext("User name"),
        [InputRequired(gettext("Type your user name."))],
        render_kw={"autocomplete": "username", **UNSPOILT},
    )


class NewPasswordForm(PageForm):
    password = PasswordField(
        gettext("New password"),
        [InputRequired(gettext("Choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        gettext("Repeat new password"),
        [InputRequired(gettext("Type the new password again.")), _check_repetition],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, name: str, **values: Any) -> None:
        super().__init__(**values)
        self.user_name = name

    def validate_password(self, field: PasswordField) -> None:
        _run_check(rules.check_password, field.data, self.user_name)


class PasswordForm(NewPasswordForm):
    current = PasswordField(
        gettext("Current password"),
        [InputRequired(gettext("Type your current password."))],
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(PageForm):
    """Asks for the password again, before what would harm the account if somebody else did it."""

    password = PasswordField(
        gettext("Password"),
        [InputRequired(gettext("Type your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(PageForm):
    code = StringField(
        gettext("Code"),
        [InputRequired(gettext("Type the code."))],
        render_kw={"autocomplete": "one-time-code", **UNSPOILT},
    )


class TwoStepForm(CodeForm, ConfirmForm):
    secret = HiddenField(validators=[Regexp("^[A-Z2-7]{32}$")])


class EmailForm(ConfirmForm):
    email = EmailField(gettext("E-mail"), render_kw={"autocomplete": "email"})

    def validate_email(self, field: EmailField) -> None:
        _run_check(rules.check_email, field.data or "")


class RoleForm(ConfirmForm):
    role = RadioField(gettext("Do you want to learn or to teach?"), choices=ROLES)


class TimeZoneForm(PageForm):
    timezone = SelectField(gettext("Time zone"), choices=_timezone_choices, validate_choice=False)

    def validate_timezone(self, field: SelectField) -> None:
        if not valid_timezone(field.data or ""):
            raise ValidationError(gettext("Choose a time zone from the list."))

    def offer_own_zone(self) -> None:
        """Put the zone chosen now on the list where it is not: a browser may name one by an older name."""
        chosen = self.timezone.data or ""
        if valid_timezone(chosen) and chosen not in {zone.value for zone in _timezone_choices()}:
            self.timezone.choices = [SelectChoice(chosen, optgroup=gettext("Current choice")), *_timezone_choices()]


class AccountForm(TimeZoneForm):
    rollover_hour = SelectField(
        gettext("Study day starts at"),
        coerce=int,
        choices=[SelectChoice(str(hour), f"{hour:02}:00") for hour in range(24)],
        invalid_value_message=gettext("Choose an hour from the list."),
        invalid_choice_message=gettext("Choose an hour from the list."),
    )
    total_new_per_day = WholeNumberField(
        gettext("New facts a day, all sets"),
        [Optional(), InRange(0, MOST_NEW_PER_DAY, NEW_IN_ALL)],
        invalid_value_message=NEW_IN_ALL,
    )
    two_buttons = BooleanField(gettext("Two rating buttons (Again and Good) instead of four"))
    letter_keys = BooleanField(gettext("Single-key shortcuts, such as u for undo"))
    asks_confidence = BooleanField(gettext("Ask how sure I am before each answer"))
    asks_essays = BooleanField(gettext("Ask essay questions in reviews"))
