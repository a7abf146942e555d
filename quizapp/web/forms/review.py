"""The envelope of every answer; what is inside depends on the question's kind and is read by core.sessions."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

BIGGEST = 2**31 - 1


class AnswerForm(FlaskForm):
    seen = IntegerField(validators=[InputRequired(), NumberRange(0, BIGGEST)])
    question = IntegerField(validators=[InputRequired(), NumberRange(1, BIGGEST)])
