"""What practice is begun from, and what its games send."""

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from quizapp.core.kinds import KIND_NAMES
from quizapp.core.practice.groups import Scope
from quizapp.core.practice.selection import MOST_QUESTIONS, Selection
from quizapp.core.translation import gettext
from quizapp.models.base import LARGEST_ID
from quizapp.web.forms.fields import InRange, WholeNumberField
from quizapp.web.requests import PageForm

HOW_MANY = gettext("Type a whole number from 1 to %(most)s.", most=MOST_QUESTIONS)
MOST_TICKED = 200  # topics or kinds
LATEST = 2**53  # ms since 1970, as far as a browser counts


def _number(*, least: int = 0, most: int = LARGEST_ID) -> WholeNumberField:
    return WholeNumberField(validators=[InputRequired(), NumberRange(least, most)], largest=most)


class BeginForm(PageForm):
    """What to practise; `about` is a scope and which group of it: "passage:3", or "wrong:"."""

    set = StringField(validators=[InputRequired()])
    about = StringField(gettext("Facts"), default="all:")
    topic = SelectMultipleField(gettext("Topics"), [Length(max=MOST_TICKED)], validate_choice=False)
    kind = SelectMultipleField(gettext("Kinds of question"), [Length(max=MOST_TICKED)], validate_choice=False)
    size = WholeNumberField(
        gettext("Number of questions"),
        [InputRequired(HOW_MANY), InRange(1, MOST_QUESTIONS, HOW_MANY)],
        largest=LARGEST_ID,
        invalid_value_message=HOW_MANY,
    )

    @property
    def can_be_read(self) -> bool:
        """Whether the page can have sent it, apart from the number."""
        name = self.about.data.partition(":")[0]
        known = name in [scope.value for scope in Scope] and set(self.kind.data) <= KIND_NAMES.keys()
        return bool(self.set.data) and known and not self.errors.keys() - {"size"}

    @property
    def selection(self) -> Selection:
        scope, _, value = self.about.data.partition(":")
        return Selection(
            Scope(scope), value, tuple(self.topic.data), tuple(self.kind.data), self.size.data or MOST_QUESTIONS
        )


def fill_in(set_key: str, last: Selection) -> BeginForm:
    """Return the form with what was chosen the last time."""
    about = f"{last.scope.value}:{last.value}"
    topics, kinds = list(last.topics), list(last.kinds)
    if last.scope is Scope.TOPIC:  # as earlier versions stored it
        about, topics = "all:", [last.value]
    return BeginForm(formdata=None, set=set_key, about=about, topic=topics, kind=kinds, size=last.size)


class PretestForm(PageForm):
    set = StringField(validators=[InputRequired()])
    passage = _number()


class GameForm(PageForm):
    """A match game played to its end; `board` is the number of the board."""

    set = StringField(validators=[InputRequired()])
    about = StringField(validators=[InputRequired()])
    board = _number()
    ms = _number()
    slips = _number()


class PairForm(PageForm):
    """Which of `one` and `other` came first, in the round that began at `since` (ms since 1970).

    The two are facts, or options of the ordering question of that version.
    """

    set = StringField(validators=[InputRequired()])
    since = _number(most=LATEST)
    one = _number()
    other = _number()
    picked = _number()
    ordering = WholeNumberField(validators=[Optional(), NumberRange(1, LARGEST_ID)])
