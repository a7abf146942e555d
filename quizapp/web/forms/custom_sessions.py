"""What a custom session is chosen with, and the address that it has."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput

from quizapp.core.defaults import MOST_NEW_PER_DAY
from quizapp.core.kinds import KINDS
from quizapp.core.translation import gettext
from quizapp.web.forms.fields import InRange, WholeNumberField
from quizapp.web.requests import PageForm

FIELDS = ("set", "topic", "new", "until", "starred", "kinds")  # of the address of a custom session
MORE = gettext("Type a whole number from 1 to %(most)s.", most=MOST_NEW_PER_DAY)
UNTIL = gettext("Type a date as year-month-day, such as 2026-05-20.")


class UnreadableChoice(ValueError):
    """The address of a custom session does not say what to ask."""


def chosen_topics(sets: Sequence[str], topics: Sequence[str]) -> dict[str, list[str]]:
    """Return the topics of each chosen set by its key, none for all; a topic is given as "april-1920:causes"."""
    chosen: dict[str, list[str]] = {key: [] for key in sets}
    for topic in topics:
        set_key, _, key = topic.partition(":")
        chosen.setdefault(set_key, []).append(key)
    return chosen


def read_choice(fields: MultiDict[str, str]) -> dict[str, Any]:
    """Return the arguments of services.review.custom.find_scope from an address. Raises UnreadableChoice."""
    new, until = fields.get("new"), fields.get("until")
    if new is not None and not (len(new) <= 4 and new.isdecimal()):
        raise UnreadableChoice(new)
    try:
        day = None if until is None else date.fromisoformat(until[:11])
    except ValueError:
        raise UnreadableChoice(until) from None
    topics = chosen_topics(fields.getlist("set"), fields.getlist("topic"))
    return {
        "topics": topics,
        "new": None if new is None else int(new),
        "until": day,
        "starred": "starred" in fields,
        "kinds": read_kinds(fields.get("kinds", "")),
    }


def read_kinds(written: str) -> tuple[str, ...]:
    """Return the question kinds in "typed,choice", each once, in the order of menus; what is no kind is left out."""
    named = written[:200].split(",")
    return tuple(kind for kind in KINDS if kind in named)


def _needed_for(asked: str, message: str) -> Any:
    """Return a validator that needs a value if that kind of session is chosen, and else ignores what is there."""

    def check(form: PageForm, field: Field) -> None:
        if form.ask.data != asked:
            field.errors = []
            raise StopValidation
        if field.data is None:
            field.errors = []
            raise StopValidation(message)

    return check


class CustomSessionForm(PageForm):
    class Meta:
        csrf = False  # it changes nothing

    set = SelectMultipleField(gettext("Sets"), option_widget=CheckboxInput(), validate_choice=False)
    topic = SelectMultipleField(gettext("Topics"), option_widget=CheckboxInput(), validate_choice=False)
    starred = BooleanField(gettext("Starred facts only"))
    ask = RadioField(
        gettext("What to study"),
        choices=[
            SelectChoice("all", gettext("Reviews and new facts")),
            SelectChoice("reviews", gettext("Reviews only")),
            SelectChoice("more", gettext("Extra new facts")),
            SelectChoice("until", gettext("Everything due by a date")),
        ],
        default="all",
        invalid_choice_message=gettext("Choose one of these."),
    )
    more = WholeNumberField(
        gettext("Number of extra facts"),
        [_needed_for("more", MORE), InRange(1, MOST_NEW_PER_DAY, MORE)],
        default=10,
        invalid_value_message=MORE,
    )
    until = DateField(gettext("Due by"), [_needed_for("until", UNTIL)], invalid_value_message=UNTIL)

    def __init__(self, fields: MultiDict[str, str], today: date) -> None:
        super().__init__(formdata=fields)
        self.today = today
        self.until.render_kw = {"min": today.isoformat()}

    def validate_until(self, field: DateField) -> None:
        if field.data and field.data < self.today:
            raise ValidationError(gettext("That day is in the past. Choose today or a later day."))

    @property
    def choice(self) -> dict[str, Any]:
        """The arguments of services.review.custom.find_scope, once the form is valid."""
        until = self.until.data if self.ask.data == "until" else None
        new = 0 if self.ask.data in ("reviews", "until") else None
        topics = chosen_topics(self.set.data or (), self.topic.data or ())
        return {"topics": topics, "new": new, "until": until, "starred": self.starred.data}

    def address(self, new: int | None) -> dict[str, Any]:
        """Return the fields of the session's address, which allows so many new facts."""
        starred = 1 if self.starred.data else None
        return {
            "set": self.set.data, "topic": self.topic.data, "new": new, "until": self.choice["until"],
            "starred": starred,
        }  # fmt: skip
