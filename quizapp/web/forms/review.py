"""The envelope of every answer; what is inside depends on the question's kind and is read by core.kinds."""

from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from quizapp.core.calibration import Confidence

BIGGEST = 2**31 - 1


class ResponseForm(FlaskForm):
    """Any answer, in study, in a quiz or in practice: besides the response itself it may say how sure one was."""

    @property
    def ms(self) -> int | None:
        """The time from question to answer, where the browser told it."""
        return request.form.get("ms", type=int)

    @property
    def confidence(self) -> Confidence | None:
        return request.form.get("confidence", type=lambda level: Confidence(int(level)))


class AnswerForm(ResponseForm):
    seen = IntegerField(validators=[InputRequired(), NumberRange(0, BIGGEST)])
    question = IntegerField(validators=[InputRequired(), NumberRange(1, BIGGEST)])

    @property
    def client_id(self) -> str | None:
        """The browser's own id of the answer, where it gave one."""
        return request.form.get("client_id", type=lambda text: str(UUID(text)))
