"""The form that makes a quiz."""

from collections.abc import Iterable, Mapping

from wtforms import RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.core.attempts import AT_END, AT_ONCE, BIGGEST_SIZE, LONGEST
from quizapp.core.defaults import QUIZ_SIZE
from quizapp.core.kinds import KIND_NAMES
from quizapp.core.translation import gettext
from quizapp.web.forms.fields import WholeNumberField
from quizapp.web.requests import PageForm

PRACTICE, COUNTS = "practice", "reviews"
NO_NUMBER = gettext("Type a whole number.")


class CheckboxesField(SelectMultipleField):
    """Boxes to tick, any number of them."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class QuizForm(PageForm):
    topics = CheckboxesField(gettext("Topics"), invalid_choice_message=gettext("Choose topics from this set."))
    kinds = CheckboxesField(
        gettext("Kinds of question"), invalid_choice_message=gettext("Choose kinds of question from the list.")
    )
    size = WholeNumberField(
        gettext("Number of questions"),
        [
            InputRequired(NO_NUMBER),
            NumberRange(1, BIGGEST_SIZE, gettext("A quiz has 1 to %(most)s questions.", most=BIGGEST_SIZE)),
        ],
        default=QUIZ_SIZE,
        invalid_value_message=NO_NUMBER,
        render_kw={"inputmode": "numeric", "min": 1, "max": BIGGEST_SIZE},
    )
    minutes = WholeNumberField(
        gettext("Minutes allowed"),
        [
            Optional(),
            NumberRange(1, LONGEST, gettext("Allow 1 to %(most)s minutes, or leave this empty.", most=LONGEST)),
        ],
        invalid_value_message=gettext("Type a whole number, or leave this empty."),
        render_kw={"inputmode": "numeric", "min": 1, "max": LONGEST},
    )
    feedback = RadioField(
        gettext("Feedback"),
        choices=[
            SelectChoice(AT_END, gettext("At the end; you can change answers until you hand in the quiz")),
            SelectChoice(AT_ONCE, gettext("After each answer; answers are then final")),
        ],
        default=AT_END,
    )
    counts = RadioField(
        gettext("Review dates"),
        choices=[
            SelectChoice(PRACTICE, gettext("Practice only: review dates don’t change")),
            SelectChoice(COUNTS, gettext("Answers count as reviews: review dates change")),
        ],
        default=PRACTICE,
    )
    title = StringField(
        gettext("Title (optional)"),
        [Length(max=80, message=gettext("Use at most 80 characters."))],
        filters=[lambda typed: " ".join((typed or "").split())],
        render_kw={"maxlength": 80},
    )

    def offer(self, topics: Iterable[tuple[str, str, int]], kinds: Mapping[str, int]) -> None:
        """Put on the form what a set has: topics (key, title, facts), and how many questions of each kind."""
        self.topics.choices = [SelectChoice(key, f"{title} ({facts})") for key, title, facts in topics]
        self.kinds.choices = [
            SelectChoice(kind, f"{name} ({kinds[kind]})") for kind, name in KIND_NAMES.items() if kinds.get(kind)
        ]
