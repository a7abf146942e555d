"""Form fields of our own."""

from typing import Any

from wtforms import Field, IntegerField
from wtforms.validators import NumberRange

from quizapp.models.base import LARGEST_ID
from quizapp.web.requests import PageForm

OWN_DIRECTION = {"dir": "auto"}  # of an option that somebody wrote


class InRange(NumberRange):
    """Checks the range only of a field without an error, so that one problem is reported once."""

    def __call__(self, form: PageForm, field: Field) -> None:
        if not field.errors:
            super().__call__(form, field)


class WholeNumberField(IntegerField):
    """A whole number up to `largest`; a larger one is refused like what is no number at all.

    Validators such as NumberRange fail on numbers of hundreds of digits.
    """

    data: Any

    def __init__(self, *arguments: Any, largest: int = LARGEST_ID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.largest = largest

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) > self.largest:
            self.data = None
            raise ValueError(self.invalid_value_message or self.gettext("Type a whole number."))
