"""Form fields of our own."""

from typing import Any

from wtforms import IntegerField

from quizapp.models.base import LARGEST_ID


class WholeNumberField(IntegerField):
    """A whole number that a column can hold; a larger one is refused like what is no number at all."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) > LARGEST_ID:
            self.data = None
            raise ValueError(self.invalid_value_message or self.gettext("Not a valid integer value."))
