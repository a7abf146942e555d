"""What practice is begun from, and what its games send."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, InputRequired, NumberRange, Optional

from quizapp.core.practice.groups import Scope
from quizapp.models.base import LARGEST_ID
from quizapp.web.forms.fields import WholeNumberField

SIZES = (5, 10, 20)
LATEST = 2**53  # ms since 1970, as far as a browser counts


def _number(*, least: int = 0, most: int = LARGEST_ID) -> WholeNumberField:
    return WholeNumberField(validators=[InputRequired(), NumberRange(least, most)], largest=most)


class BeginForm(FlaskForm):
    """`about` is a scope and which group of it: "topic:dates", or "wrong:"."""

    set = StringField(validators=[InputRequired()])
    about = StringField(validators=[InputRequired()])
    size = WholeNumberField(validators=[InputRequired(), AnyOf(SIZES)])

    @property
    def scope(self) -> Scope | None:
        """None where there is no such scope."""
        name = self.about.data.partition(":")[0]
        return Scope(name) if name in [scope.value for scope in Scope] else None

    @property
    def value(self) -> str:
        value: str = self.about.data.partition(":")[2]
        return value


class PretestForm(FlaskForm):
    set = StringField(validators=[InputRequired()])
    passage = _number()


class GameForm(FlaskForm):
    """A match game played to its end; `board` is the number of the board."""

    set = StringField(validators=[InputRequired()])
    about = StringField(validators=[InputRequired()])
    board = _number()
    ms = _number()
    slips = _number()


class PairForm(FlaskForm):
    """Which of `one` and `other` came first, in the round that began at `since` (ms since 1970).

    The two are facts, or options of the ordering question of that version.
    """

    set = StringField(validators=[InputRequired()])
    since = _number(most=LATEST)
    one = _number()
    other = _number()
    picked = _number()
    ordering = WholeNumberField(validators=[Optional(), NumberRange(1, LARGEST_ID)])
