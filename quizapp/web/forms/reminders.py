"""Forms for reminders."""

from typing import Any

from wtforms import BooleanField, HiddenField, SelectChoice, SelectField
from wtforms.validators import Regexp, ValidationError

from quizapp.core.translation import gettext
from quizapp.web.requests import PageForm


class RemindersForm(PageForm):
    hour = SelectField(
        gettext("Remind me at"),
        coerce=int,
        choices=[SelectChoice(str(hour), f"{hour:02}:00") for hour in range(24)],
        invalid_value_message=gettext("Choose an hour from the list."),
        invalid_choice_message=gettext("Choose an hour from the list."),
    )
    by_mail = BooleanField(gettext("E-mail"))
    shows_badge = BooleanField(gettext("Show the number of due facts on the app’s icon"))


class PushForm(PageForm):
    """What a browser says about itself (js/reminders.js): two keys in base64url, and where to send to."""

    endpoint = HiddenField()
    public_key = HiddenField(validators=[Regexp(r"^B[A-Za-z0-9_-]{86}\Z")])
    auth_secret = HiddenField(validators=[Regexp(r"^[A-Za-z0-9_-]{22}\Z")])

    def __init__(self, is_endpoint: Any, **values: Any) -> None:
        super().__init__(**values)
        self.is_endpoint = is_endpoint

    def validate_endpoint(self, field: HiddenField) -> None:
        if not self.is_endpoint(field.data or ""):
            raise ValidationError(gettext("This browser’s notification service isn’t supported."))
