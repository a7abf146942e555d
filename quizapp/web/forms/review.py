"""What comes with every answer in a review; the answer itself is read by its question's kind (core.kinds)."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from quizapp.models.base import LARGEST_ID


class AnswerForm(FlaskForm):
    """Which question was answered, and the version of the memory that it was asked for."""

    seen = IntegerField(validators=[InputRequired(), NumberRange(0, LARGEST_ID)])
    question = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])
