"""Forms for logging in, signing up, settings, and what asks for the password again."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
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
from quizapp.web.forms.fields import InRange, WholeNumberField

REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
ROLES = [SelectChoice("learn", "I learn"), SelectChoice("teach", "I teach")]
NEW_IN_ALL = f"Type a whole number from 0 to {MOST_NEW_PER_DAY}, or leave it empty."
UNSPOILT = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


@cache
def _timezone_choices() -> list[SelectChoice]:
    """Return time zones to pick from, by region: those named after a place."""
    zones = [SelectChoice("UTC", optgroup="World")]
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if region in REGIONS:
            zones.append(SelectChoice(name, place.replace("_", " ").replace("/", ", "), optgroup=region))
    return zones


def _run_check(check: Callable[..., Any], *typed: str) -> None:
    """Run a check of core, and say what it refuses at the field."""
    try:
        check(*typed)
    except rules.InvalidInput as refused:
        raise ValidationError(str(refused)) from None


def _check_repetition(form: FlaskForm, field: PasswordField) -> None:
    if field.data != form.password.data:
        raise ValidationError("The two passwords differ.")


class LogInForm(FlaskForm):
    name = StringField(
        "User name", [InputRequired("Type your user name.")], render_kw={"autocomplete": "username", **UNSPOILT}
    )
    password = PasswordField(
        "Password", [InputRequired("Type your password.")], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class SignUpForm(FlaskForm):
    name = StringField(
        "User name", [InputRequired("Choose a user name.")], render_kw={"autocomplete": "username", **UNSPOILT}
    )
    password = PasswordField(
        "Password", [InputRequired("Choose a password.")], render_kw={"autocomplete": "new-password"}
    )
    repeated = PasswordField(
        "Password again",
        [InputRequired("Type the password once more."), _check_repetition],
        render_kw={"autocomplete": "new-password"},
    )
    email = EmailField("E-mail (if you like)", render_kw={"autocomplete": "email"})
    role = RadioField("What brings you here?", choices=ROLES, default="learn")
    timezone = HiddenField()  # filled in by app.js
    next = HiddenField()

    def validate_name(self, field: StringField) -> None:
        _run_check(rules.check_name, field.data)

    def validate_password(self, field: PasswordField) -> None:
        _run_check(rules.check_password, field.data, self.name.data or "")

    def validate_email(self, field: EmailField) -> None:
        _run_check(rules.check_email, field.data or "")


class LinkForm(FlaskForm):
    name = StringField(
        "User name", [InputRequired("Type your user name.")], render_kw={"autocomplete": "username", **UNSPOILT}
    )


class NewPasswordForm(FlaskForm):
    password = PasswordField(
        "New password", [InputRequired("Choose a password.")], render_kw={"autocomplete": "new-password"}
    )
    repeated = PasswordField(
        "New password again",
        [InputRequired("Type the new password once more."), _check_repetition],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, name: str, **values: Any) -> None:
        super().__init__(**values)
        self.user_name = name

    def validate_password(self, field: PasswordField) -> None:
        _run_check(rules.check_password, field.data, self.user_name)


class PasswordForm(NewPasswordForm):
    current = PasswordField(
        "Current password",
        [InputRequired("Type the password you have now.")],
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(FlaskForm):
    """Asks for the password again, before what would harm the account if somebody else did it."""

    password = PasswordField(
        "Password", [InputRequired("Type your password.")], render_kw={"autocomplete": "current-password"}
    )


class CodeForm(FlaskForm):
    code = StringField(
        "Code", [InputRequired("Type the code.")], render_kw={"autocomplete": "one-time-code", **UNSPOILT}
    )


class TwoStepForm(CodeForm, ConfirmForm):
    secret = HiddenField(validators=[Regexp("^[A-Z2-7]{32}$")])


class EmailForm(ConfirmForm):
    email = EmailField("E-mail", render_kw={"autocomplete": "email"})

    def validate_email(self, field: EmailField) -> None:
        _run_check(rules.check_email, field.data or "")


class RoleForm(ConfirmForm):
    role = RadioField("What brings you here?", choices=ROLES)


class TimeZoneForm(FlaskForm):
    timezone = SelectField("Time zone", choices=_timezone_choices, validate_choice=False)

    def validate_timezone(self, field: SelectField) -> None:
        if not valid_timezone(field.data or ""):
            raise ValidationError("Pick a time zone from the list.")

    def offer_own_zone(self) -> None:
        """Put the zone chosen now on the list where it is not: a browser may name one by an older name."""
        chosen = self.timezone.data or ""
        if valid_timezone(chosen) and chosen not in {zone.value for zone in _timezone_choices()}:
            self.timezone.choices = [SelectChoice(chosen, optgroup="Chosen now"), *_timezone_choices()]


class AccountForm(TimeZoneForm):
    rollover_hour = SelectField(
        "A day of study begins at",
        coerce=int,
        choices=[SelectChoice(str(hour), f"{hour:02}:00") for hour in range(24)],
        invalid_value_message="Pick an hour from the list.",
        invalid_choice_message="Pick an hour from the list.",
    )
    total_new_per_day = WholeNumberField(
        "New facts a day in all sets together",
        [Optional(), InRange(0, MOST_NEW_PER_DAY, NEW_IN_ALL)],
        invalid_value_message=NEW_IN_ALL,
    )
    two_buttons = BooleanField("Two buttons (Again and Good) instead of four")
    letter_keys = BooleanField("Single-letter keys, such as u to undo")
    asks_confidence = BooleanField("Ask how sure I am before each answer")
    asks_essays = BooleanField("Ask essay questions in daily review")
