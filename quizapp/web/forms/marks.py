"""The mark that a person gives an answer."""

from flask import request
from wtforms import StringField
from wtforms.validators import ValidationError

from quizapp.core.kinds.essay import InvalidMark, read_mark, read_points
from quizapp.core.translation import gettext
from quizapp.web.requests import PageForm


class MarkForm(PageForm):
    """A mark, and the points that the answer meets. `position` is the question of the attempt that it is about."""

    mark = StringField(gettext("Mark"))

    def __init__(self, position: int) -> None:
        super().__init__()
        self.position = position

    @property
    def points(self) -> list[int]:
        return read_points(request.form)

    @property
    def value(self) -> float:
        """Return the mark, 0..1, of a form that is valid."""
        return read_mark(self.mark.data or "")

    def validate_mark(self, field: StringField) -> None:
        try:
            read_mark(field.data or "")
        except InvalidMark as refused:
            raise ValidationError(str(refused)) from None
