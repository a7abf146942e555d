"""The form of a plan: how one learner studies one set."""

from collections.abc import Sequence
from datetime import date, timedelta

from wtforms import BooleanField, DateField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput

from quizapp.core.defaults import (
    EXAM_MINUTES,
    HIGHEST_RETENTION,
    LOWEST_RETENTION,
    MOST_EXAM_MINUTES,
    MOST_NEW_PER_DAY,
    RETENTION_CHOICES,
)
from quizapp.core.scheduling.scheduler import Plan
from quizapp.core.translation import gettext
from quizapp.web.forms.fields import InRange, WholeNumberField
from quizapp.web.requests import PageForm

WEEKDAYS = (
    gettext("Monday"),
    gettext("Tuesday"),
    gettext("Wednesday"),
    gettext("Thursday"),
    gettext("Friday"),
    gettext("Saturday"),
    gettext("Sunday"),
)
OTHER = "other"
FURTHEST = timedelta(days=5 * 365)  # an exam may lie ahead

LOWEST, HIGHEST = round(LOWEST_RETENTION * 100), round(HIGHEST_RETENTION * 100)  # percent

NEW_PER_DAY = gettext("Type a whole number from 0 to %(most)s.", most=MOST_NEW_PER_DAY)
PERCENT = gettext("Type a whole number from %(least)s to %(most)s.", least=LOWEST, most=HIGHEST)
CEILING = gettext("Type a whole number from 1 to 9999, or leave this empty.")
MINUTES = gettext("Type a whole number from 1 to %(most)s.", most=MOST_EXAM_MINUTES)
PACE = gettext("Type a whole number from 0 to %(most)s, or leave this empty.", most=MOST_NEW_PER_DAY)
EXAM_DAY = gettext("Type a date as year-month-day, such as 2026-05-20, or leave this empty.")
WEEKDAY = gettext("Tick days of the week.")


def _only_if_other(form: "PlanForm", field: WholeNumberField) -> None:
    """Read the field only if "Other" is picked."""
    if form.retention.data != OTHER:
        field.errors = []
        raise StopValidation


class PlanForm(PageForm):
    new_per_day = WholeNumberField(
        gettext("New facts a day"),
        [InputRequired(NEW_PER_DAY), InRange(0, MOST_NEW_PER_DAY, NEW_PER_DAY)],
        invalid_value_message=NEW_PER_DAY,
    )
    retention = RadioField(
        gettext("Desired retention"),
        [InputRequired(gettext("Choose one of these."))],
        choices=[
            *(SelectChoice(f"{share:.0%}".rstrip("%")) for share in RETENTION_CHOICES),
            SelectChoice(OTHER, gettext("Other")),
        ],
        validate_choice=True,
    )
    other = WholeNumberField(
        gettext("Other percentage"),
        [_only_if_other, InRange(LOWEST, HIGHEST, PERCENT)],
        invalid_value_message=PERCENT,
    )
    exam_day = DateField(gettext("Exam day"), [Optional()], invalid_value_message=EXAM_DAY)
    exam_minutes = WholeNumberField(
        gettext("Minutes a day until the exam"),
        [Optional(), InRange(1, MOST_EXAM_MINUTES, MINUTES)],
        invalid_value_message=MINUTES,
    )
    exam_pace = WholeNumberField(
        gettext("New facts a day until the exam"),
        [Optional(), InRange(0, MOST_NEW_PER_DAY, PACE)],
        invalid_value_message=PACE,
    )
    easy_days = SelectMultipleField(
        gettext("Easy days"),
        coerce=int,
        choices=[SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)],
        invalid_value_message=WEEKDAY,
        invalid_choice_message=WEEKDAY,
        option_widget=CheckboxInput(),
    )
    ceiling = WholeNumberField(
        gettext("Maximum reviews a day"), [Optional(), InRange(1, 9999, CEILING)], invalid_value_message=CEILING
    )
    topics = SelectMultipleField(
        gettext("Topics for new facts"),
        option_widget=CheckboxInput(),
        validate_choice=False,  # what is no topic of the set is left out
    )
    paused = BooleanField(gettext("Pause this set"))

    def __init__(
        self, today: date, *, plan: Plan | None = None, paused: bool = False, topics: Sequence[str] = ()
    ) -> None:
        super().__init__(data={**_fields(plan, paused), "topics": list(topics)} if plan else None)
        self.today = today
        self.exam_day.render_kw = {"min": today.isoformat()}

    def validate_exam_day(self, field: DateField) -> None:
        if field.data is None:  # no date: the field has said so
            return
        if field.data < self.today:
            raise ValidationError(gettext("That day is in the past. Choose today or a later day, or leave this empty."))
        if field.data > self.today + FURTHEST:
            raise ValidationError(gettext("That is more than five years away. Check the year."))

    def validate_easy_days(self, field: SelectMultipleField) -> None:
        if len(set(field.data or ())) == len(WEEKDAYS):
            raise ValidationError(gettext("Leave at least one day to study."))

    @property
    def plan(self) -> Plan:
        """The plan that was typed in, once it is valid."""
        percent = self.other.data if self.retention.data == OTHER else int(self.retention.data)
        return Plan(
            desired_retention=percent / 100,
            new_per_day=self.new_per_day.data,
            exam_day=self.exam_day.data,
            easy_days=tuple(sorted(set(self.easy_days.data or ()))),
            ceiling=self.ceiling.data,
            exam_minutes=self.exam_minutes.data or EXAM_MINUTES,
            exam_pace=self.exam_pace.data,
        )


def _fields(plan: Plan, paused: bool) -> dict[str, object]:
    percent = f"{round(plan.desired_retention * 100)}"
    listed = percent in {f"{round(share * 100)}" for share in RETENTION_CHOICES}
    return {
        "new_per_day": plan.new_per_day,
        "retention": percent if listed else OTHER,
        "other": None if listed else int(percent),
        "exam_day": plan.exam_day,
        "easy_days": list(plan.easy_days),
        "ceiling": plan.ceiling,
        "exam_minutes": plan.exam_minutes,
        "exam_pace": plan.exam_pace,
        "paused": paused,
    }


def to_form_fields(plan: Plan, paused: bool, topics: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the fields by which a browser posts a plan."""
    fields = _fields(plan, paused)
    days = [("easy_days", str(day)) for day in plan.easy_days] + [("topics", topic) for topic in topics]
    ticked = [("paused", "y")] if fields.pop("paused") else []
    del fields["easy_days"]
    return [(name, "" if value is None else str(value)) for name, value in fields.items()] + days + ticked
