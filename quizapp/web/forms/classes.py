"""Forms about classes: opening and joining one, and what its teachers say of its students."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import FloatField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from quizapp.core import classes as rules
from quizapp.core import defaults
from quizapp.core.text.alphabets import LANGUAGES
from quizapp.core.translation import gettext
from quizapp.web.forms.accounts import UNSPOILT, TimeZoneForm
from quizapp.web.requests import LONGEST_NAME, PageForm

NO_TITLE = gettext("Give the class a name.")
FACTOR = gettext("Type a number from 1 to 5.")
TITLE_TOO_LONG = gettext("The name can have up to %(most)s characters.", most=rules.TITLE_MAX)
GROUP_TOO_LONG = gettext("The group can have up to %(most)s characters.", most=rules.GROUP_MAX)
NAME_TOO_LONG = gettext("The name can have up to %(most)s characters.", most=rules.CALLED_MAX)


def _one_line(typed: str | None) -> str:
    return " ".join((typed or "").split())


def _check_printable(form: PageForm, field: StringField) -> None:
    if not (field.data or "").isprintable():
        raise ValidationError(gettext("This contains an invisible character. Type it again."))


class ClassForm(TimeZoneForm):
    title = StringField(
        gettext("Class name"),
        [
            InputRequired(NO_TITLE),
            DataRequired(NO_TITLE),  # nor one of spaces alone
            Length(max=rules.TITLE_MAX, message=TITLE_TOO_LONG),
            _check_printable,
        ],
        filters=[_one_line],
        render_kw={"maxlength": rules.TITLE_MAX, "autocomplete": "off"},
    )
    language = SelectField(
        gettext("Language of names"),
        choices=[SelectChoice(language, title) for language, title in LANGUAGES.items()],
        invalid_choice_message=gettext("Choose a language from the list."),
    )

    @property
    def settings(self) -> dict[str, Any]:
        return {"title": self.title.data, "timezone": self.timezone.data, "language": self.language.data}


class CodeForm(PageForm):
    code = StringField(
        gettext("Join code"),
        [InputRequired(gettext("Type the code from your teacher."))],
        render_kw={"autocomplete": "off", **UNSPOILT},
    )


class TeacherForm(PageForm):
    name = StringField(
        gettext("User name"),
        [InputRequired(gettext("Type a user name."))],
        render_kw={"autocomplete": "off", **UNSPOILT},
    )


class StudentForm(PageForm):
    called = StringField(
        gettext("Name"),
        [
            Length(max=rules.CALLED_MAX, message=NAME_TOO_LONG),
            _check_printable,
        ],
        filters=[_one_line],
        render_kw={"maxlength": rules.CALLED_MAX, "autocomplete": "off"},
    )
    surname = StringField(
        gettext("Surname"),
        [Length(max=rules.CALLED_MAX, message=NAME_TOO_LONG), _check_printable],
        filters=[_one_line],
        render_kw={"maxlength": rules.CALLED_MAX, "autocomplete": "off"},
    )
    group_name = StringField(
        gettext("Group"),
        [Length(max=rules.GROUP_MAX, message=GROUP_TOO_LONG), _check_printable],
        filters=[_one_line],
        render_kw={"maxlength": rules.GROUP_MAX, "autocomplete": "off"},
    )
    time_factor = FloatField(
        gettext("Time allowance"),
        [InputRequired(FACTOR), NumberRange(defaults.LEAST_TIME_FACTOR, defaults.MOST_TIME_FACTOR, FACTOR)],
        filters=[lambda number: round(number, 2) if isinstance(number, float) else number],
        invalid_value_message=FACTOR,
        render_kw={"inputmode": "decimal", "step": "0.05", "min": 1, "max": 5},
    )

    @property
    def noted(self) -> dict[str, Any]:
        """Return what teachers note about the student."""
        return {name: self[name].data for name in ("called", "surname", "group_name", "time_factor")}


class ListForm(PageForm):
    """A list of students, pasted or as a file; the file goes first."""

    text = TextAreaField(gettext("Students, one per line"), render_kw={"rows": 8, **UNSPOILT})
    file = FileField(
        gettext("Or a file (.xlsx, .ods, .csv)"), render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.ods,text/csv"}
    )

    def read(self) -> tuple[bytes, str]:
        """Return the list, and the name of its file, "" for text."""
        sent: Any = self.file.data
        if sent:
            data = sent.read()
            sent.close()
            return data, (sent.filename or "")[:LONGEST_NAME] or gettext("Your file")
        return (self.text.data or "").encode(), ""
