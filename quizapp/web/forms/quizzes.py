"""The form that makes a quiz."""

from collections.abc import Iterable, Mapping

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.core.attempts import AT_END, AT_ONCE, BIGGEST_SIZE, LONGEST
from quizapp.core.defaults import QUIZ_SIZE
from quizapp.core.kinds import KIND_NAMES
from quizapp.web.forms.fields import WholeNumberField

NO_NUMBER = "Type a whole number."


class CheckboxesField(SelectMultipleField):
    """Boxes to tick, any number of them."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class QuizForm(FlaskForm):
    topics = CheckboxesField("Topics", invalid_choice_message="Pick from the topics of this set, not: %(value)s.")
    kinds = CheckboxesField("Kinds of question", invalid_choice_message="Pick from the kinds on offer, not: %(value)s.")
    size = WholeNumberField(
        "Number of questions",
        [
            InputRequired(NO_NUMBER),
            NumberRange(1, BIGGEST_SIZE, f"A quiz has 1 to {BIGGEST_SIZE} questions."),
        ],
        default=QUIZ_SIZE,
        invalid_value_message=NO_NUMBER,
        render_kw={"inputmode": "numeric", "min": 1, "max": BIGGEST_SIZE},
    )
    minutes = WholeNumberField(
        "Minutes allowed",
        [Optional(), NumberRange(1, LONGEST, f"Allow 1 to {LONGEST} minutes, or leave it empty.")],
        invalid_value_message="Type a whole number, or leave it empty.",
        render_kw={"inputmode": "numeric", "min": 1, "max": LONGEST},
    )
    feedback = RadioField(
        "When do you want to know how you did?",
        choices=[
            SelectChoice(AT_END, "At the end; until you hand in, answers may be changed"),
            SelectChoice(AT_ONCE, "After each answer, which is then final"),
        ],
        default=AT_END,
    )
    title = StringField(
        "Title (if you like)",
        [Length(max=80, message="Keep the title under 80 letters.")],
        filters=[lambda typed: " ".join((typed or "").split())],
        render_kw={"maxlength": 80},
    )

    def offer(self, topics: Iterable[tuple[str, str, int]], kinds: Mapping[str, int]) -> None:
        """Put on the form what a set has: topics (key, title, facts), and how many questions of each kind."""
        self.topics.choices = [SelectChoice(key, f"{title} ({facts})") for key, title, facts in topics]
        self.kinds.choices = [
            SelectChoice(kind, f"{name} ({kinds[kind]})") for kind, name in KIND_NAMES.items() if kinds.get(kind)
        ]
