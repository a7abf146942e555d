"""The forms of assignments: something to study, a quiz and its questions, other settings for one student."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    FloatField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from quizapp.core import defaults
from quizapp.core.assignments import ExtensionSettings, NoSuchTime, instant, wall_time
from quizapp.core.attempts import AFTER_DUE, AT_END, AT_ONCE, BIGGEST_SIZE, LONGEST, NEVER
from quizapp.core.kinds import KIND_NAMES
from quizapp.core.translation import gettext
from quizapp.models import Assignment
from quizapp.services.assignments.questions import AssignableSet
from quizapp.web.forms.fields import InRange, WholeNumberField
from quizapp.web.forms.plans import FURTHEST
from quizapp.web.forms.quizzes import CheckboxesField
from quizapp.web.requests import PageForm, parse_id

PICKED, DRAWN = "picked", "drawn"
MOST_ATTEMPTS = 100
MOST_CHOSEN = 1000  # questions that one form may mention; a quiz can have far fewer
YEARS = range(2000, 2200)  # of times: the clocks of any time zone can show them
TIME = gettext("Choose a date and a time, or leave this empty.")
SKIPPED = gettext("Clocks go forward that night, so this time doesn’t exist. Choose another.")


def _line(typed: str | None) -> str:
    return " ".join((typed or "").split())


def _text(typed: str | None) -> str:
    return (typed or "").replace("\r\n", "\n").strip()


def _integer_field(label: str, least: int, most: int, *, required: bool = False, **options: Any) -> WholeNumberField:
    if required:
        message = gettext("Type a whole number from %(least)s to %(most)s.", least=least, most=most)
    else:
        message = gettext(
            "Type a whole number from %(least)s to %(most)s, or leave this empty.", least=least, most=most
        )
    return WholeNumberField(
        label,
        [InputRequired(message) if required else Optional(), InRange(least, most, message)],
        invalid_value_message=message,
        render_kw={"inputmode": "numeric", "min": least, "max": most},
        **options,
    )


def _check_year(form: PageForm, field: Field) -> None:
    if field.data is not None and field.data.year not in YEARS:
        raise ValidationError(gettext("Check the year."))


def _datetime_field(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, [Optional(), _check_year], invalid_value_message=TIME)


def _to_instants(fields: Iterable[Field], timezone: str) -> dict[str, datetime | None]:
    """What was typed as instants; a time that the clocks skip is an error of its field."""
    found: dict[str, datetime | None] = {}
    for field in fields:
        found[field.name] = None
        if field.data is not None:
            try:
                # Where the clocks show a time twice, it opens at the first and ends at the later one.
                found[field.name] = instant(field.data, timezone, later=field.name != "opens_at")
            except NoSuchTime:
                field.errors = [*field.errors, SKIPPED]
    return found


class _AssignmentForm(PageForm):
    title = StringField(
        gettext("Title"),
        [InputRequired(gettext("Type a title.")), Length(max=80, message=gettext("Use at most 80 characters."))],
        filters=[_line],
        render_kw={"maxlength": 80},
    )
    instructions = TextAreaField(
        gettext("Instructions (optional)"),
        [Length(max=2000, message=gettext("Use at most 2,000 characters."))],
        filters=[_text],
        render_kw={"rows": 3},
    )


class StudyAssignmentForm(_AssignmentForm):
    topics = CheckboxesField(gettext("Topics"), invalid_choice_message=gettext("Choose topics from this set."))
    exam_day = DateField(
        gettext("Exam day"),
        [Optional()],
        invalid_value_message=gettext("Type a date such as 2027-05-31, or leave this empty."),
    )
    retention = _integer_field(
        gettext("Desired retention (%%)"),
        round(defaults.LOWEST_RETENTION * 100),
        round(defaults.HIGHEST_RETENTION * 100),
        required=True,
        default=round(defaults.DESIRED_RETENTION * 100),
    )
    new_per_day = _integer_field(
        gettext("New facts a day"), 0, defaults.MOST_NEW_PER_DAY, required=True, default=defaults.NEW_PER_DAY
    )

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    def validate_exam_day(self, field: DateField) -> None:
        if field.data is not None and field.data > self.today + FURTHEST:  # days until it are counted one by one
            raise ValidationError(gettext("This is more than five years away. Check the year."))

    def offer(self, topics: Iterable[tuple[str, str, int]]) -> None:
        self.topics.choices = [SelectChoice(key, f"{title} ({facts})") for key, title, facts in topics]

    def show(self, assignment: Assignment) -> None:
        """Fill in what an assignment says."""
        self.process(
            data={
                "title": assignment.title,
                "instructions": assignment.instructions,
                "topics": assignment.topics,
                "exam_day": assignment.exam_day,
                "retention": round(assignment.goal.desired_retention * 100),
                "new_per_day": assignment.goal.new_per_day,
            }
        )

    def values(self) -> dict[str, Any]:
        """The columns of the assignment, once the form is valid."""
        return {
            "title": self.title.data,
            "instructions": self.instructions.data,
            "topics": self.topics.data,
            "exam_day": self.exam_day.data,
            "desired_retention": self.retention.data / 100,
            "new_per_day": self.new_per_day.data,
        }


class QuizAssignmentForm(_AssignmentForm):
    how = RadioField(
        gettext("Questions"),
        choices=[
            SelectChoice(DRAWN, gettext("Drawn at random from the topics you choose, new for each attempt")),
            SelectChoice(PICKED, gettext("Chosen by you, the same for everyone")),
        ],
        default=DRAWN,
    )
    kinds = CheckboxesField(
        gettext("Kinds of question"), invalid_choice_message=gettext("Choose kinds of question from the list.")
    )
    opens_at = _datetime_field(gettext("Opens"))
    due_at = _datetime_field(gettext("Due"))
    closes_at = _datetime_field(gettext("Closes"))
    attempts = _integer_field(gettext("Attempts"), 1, MOST_ATTEMPTS, default=1)
    minutes = _integer_field(gettext("Minutes allowed"), 1, LONGEST)
    shuffled = BooleanField(gettext("Shuffle questions for each student"), default=True)
    feedback = RadioField(
        gettext("Feedback"),
        choices=[
            SelectChoice(AT_END, gettext("When they hand it in")),
            SelectChoice(AT_ONCE, gettext("After each answer; answers are then final")),
            SelectChoice(AFTER_DUE, gettext("After the due date, extensions included")),
            SelectChoice(NEVER, gettext("Never")),
        ],
        default=AT_END,
    )

    def offer(self, kinds: Mapping[str, int]) -> None:
        self.kinds.choices = [
            SelectChoice(kind, f"{name} ({kinds[kind]})") for kind, name in KIND_NAMES.items() if kinds.get(kind)
        ]

    def show(self, assignment: Assignment, timezone: str) -> None:
        """Fill in what an assignment says, its times as the clocks of its class show them."""
        names = ("title", "instructions", "kinds", "attempts", "minutes", "shuffled", "feedback")
        values = {name: getattr(assignment, name) for name in names}
        for name in ("opens_at", "due_at", "closes_at"):
            at = getattr(assignment, name)
            values[name] = None if at is None else wall_time(at, timezone)
        self.process(data=values | {"how": PICKED if assignment.question_ids else DRAWN})

    def values(self, timezone: str) -> dict[str, Any]:
        """The columns of the assignment, but for its questions; what does not fit together becomes an error."""
        times = _to_instants((self.opens_at, self.due_at, self.closes_at), timezone)
        opens, due, closes = times["opens_at"], times["due_at"], times["closes_at"]
        if opens and due and due <= opens:
            self.due_at.errors = [*self.due_at.errors, gettext("The due time is before the opening time.")]
        if closes and (latest := max((each for each in (opens, due) if each), default=None)) and closes < latest:
            self.closes_at.errors = [
                *self.closes_at.errors,
                gettext("The closing time is before the opening or due time."),
            ]
        if self.feedback.data in (AFTER_DUE, NEVER) and not (due or closes):
            self.feedback.errors = [*self.feedback.errors, gettext("This needs a due or closing time.")]
        names = ("title", "instructions", "kinds", "attempts", "minutes", "shuffled", "feedback")
        return {name: getattr(self, name).data for name in names} | times

    def questions(self, draws: Mapping[str, int], picked: Sequence[int], repeats: int) -> dict[str, Any]:
        """The columns that say what is asked; too much or nothing becomes an error."""
        chosen = self.how.data == PICKED
        number = len(picked) if chosen else sum(draws.values())
        faults = []
        if not number:
            faults.append(
                gettext("Choose a question first.")
                if chosen
                else gettext("Type how many questions you want for at least one topic.")
            )
        if number > BIGGEST_SIZE:
            message = gettext(
                "A quiz can have at most %(most)s questions. You chose %(number)s.", most=BIGGEST_SIZE, number=number
            )
            faults.append(message)
        if chosen and repeats:
            faults.append(gettext("Two questions are about the same fact, so one gives the other away. Remove one."))
        self.how.errors = [*self.how.errors, *faults]
        return {"question_ids": list(picked) if chosen else [], "draws": {} if chosen else dict(draws)}


class ExtensionForm(PageForm):
    due_at = _datetime_field(gettext("Due"))
    closes_at = _datetime_field(gettext("Closes"))
    attempts = _integer_field(gettext("Attempts"), 1, MOST_ATTEMPTS)
    time_factor = FloatField(
        gettext("Time allowance"),
        [
            Optional(),
            InRange(
                defaults.LEAST_TIME_FACTOR,
                defaults.MOST_TIME_FACTOR,
                gettext("Type a number from 1 to 5, or leave this empty."),
            ),
        ],
        render_kw={"inputmode": "decimal"},
    )

    def show(self, extension: ExtensionSettings | None, timezone: str) -> None:
        """Fill in an extension, its times as the clocks of the class show them."""
        extension = extension or ExtensionSettings()
        self.process(
            data={
                "due_at": extension.due_at and wall_time(extension.due_at, timezone),
                "closes_at": extension.closes_at and wall_time(extension.closes_at, timezone),
                "attempts": extension.attempts,
                "time_factor": extension.time_factor,
            }
        )

    def extension(self, timezone: str) -> ExtensionSettings:
        """Return what was typed; a time that the clocks skip becomes an error."""
        times = _to_instants((self.due_at, self.closes_at), timezone)
        return ExtensionSettings(times["due_at"], times["closes_at"], self.attempts.data, self.time_factor.data)


class RegradeForm(PageForm):
    digest = StringField()


class ClassChoice(PageForm):
    class_id = RadioField(gettext("Class"), [InputRequired(gettext("Choose a class."))], coerce=int)

    def offer(self, classes: Iterable[tuple[int, str]]) -> None:
        self.class_id.choices = [SelectChoice(str(class_id), title) for class_id, title in classes]


class QuestionPicker:
    """The questions chosen for a quiz, which travel with its form until it is saved.

    The fields are `picked` (ids, in order), `tick`, `draw-TOPIC`, `find`, `in-topic`, `of-kind`, and the button `do`.

    The button looks for questions, adds the ticked ones, moves one (`up-ID`, `down-ID`), takes one out (`out-ID`), or
    saves the whole.
    """

    def __init__(self, available: AssignableSet, assignment: Assignment | None) -> None:
        form, posted = request.form, request.method == "POST"
        self.do = form.get("do", "save") if posted else ""
        ids = form.getlist("picked", type=parse_id) if posted else list(assignment.question_ids if assignment else [])
        self.picked = list(dict.fromkeys(ids))[:MOST_CHOSEN]
        self.ticked = list(dict.fromkeys(form.getlist("tick", type=parse_id)))[:MOST_CHOSEN]
        self.chosen: list[Any] = []
        self.text = form.get("find", "")[:200]
        self.topic, self.kind = form.get("in-topic", ""), form.get("of-kind", "")
        self.errors: dict[str, str] = {}
        self.typed = {
            key: form.get(f"draw-{key}", "").strip()[:9]
            if posted
            else str(assignment.draws.get(key, "") if assignment else "")
            for key in available.topics
        }
        self.draws = {key: number for key in available.topics if (number := self._number(key, available))}

    @property
    def mentioned(self) -> list[int]:
        """The ids of all questions that were picked or ticked."""
        return [*self.picked, *self.ticked]

    def choose(self, mentioned: Iterable[Any]) -> None:
        """Do as the button says with the chosen questions; `mentioned` are those that can be asked."""
        askable = {each.question_id: each for each in mentioned}
        self.picked = [each for each in self.picked if each in askable]
        self._move([each for each in self.ticked if each in askable])
        self.chosen = [askable[each] for each in self.picked]

    @property
    def saves(self) -> bool:
        return self.do == "save"

    def _number(self, topic: str, available: AssignableSet) -> int:
        typed, most = self.typed[topic] or "0", min(available.drawable[topic], BIGGEST_SIZE)
        if not (typed.isascii() and typed.isdigit() and int(typed) <= most):
            self.errors[topic] = gettext("Type a whole number from %(least)s to %(most)s.", least=0, most=most)
            return 0
        return int(typed)

    def _move(self, ticked: list[int]) -> None:
        """Change the chosen questions as the button says."""
        what, _, number = self.do.partition("-")
        one = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        if what == "add":
            self.picked += [each for each in ticked if each not in self.picked]
        elif one in self.picked:
            place = self.picked.index(one)
            self.picked.remove(one)
            if what in ("up", "down"):
                self.picked.insert(max(place + (1 if what == "down" else -1), 0), one)
            elif what != "out":
                self.picked.insert(place, one)
