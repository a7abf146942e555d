"""The forms of a set: a new one, what it says of itself, its passages, who sees it and who writes in it."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from quizapp.core.defaults import MOST_NEW_PER_DAY
from quizapp.core.sets import quick_entry
from quizapp.core.sets.error_messages import in_words, path_of
from quizapp.core.sets.quick_entry import QuickQuestion
from quizapp.core.sets.schema import Passage, SetHeader
from quizapp.core.translation import gettext
from quizapp.web.forms.fields import InRange, WholeNumberField
from quizapp.web.requests import PageForm

LANGUAGES = {
    "ar": gettext("Arabic"), "hy": gettext("Armenian"), "az": gettext("Azerbaijani"), "bg": gettext("Bulgarian"),
    "zh": gettext("Chinese"), "cs": gettext("Czech"), "nl": gettext("Dutch"), "en": gettext("English"),
    "et": gettext("Estonian"), "fi": gettext("Finnish"), "fr": gettext("French"), "ka": gettext("Georgian"),
    "de": gettext("German"), "el": gettext("Greek"), "he": gettext("Hebrew"), "hu": gettext("Hungarian"),
    "it": gettext("Italian"), "ja": gettext("Japanese"), "kk": gettext("Kazakh"), "ko": gettext("Korean"),
    "ku": gettext("Kurdish"), "la": gettext("Latin"), "lv": gettext("Latvian"), "lt": gettext("Lithuanian"),
    "no": gettext("Norwegian"), "fa": gettext("Persian"), "pl": gettext("Polish"), "pt": gettext("Portuguese"),
    "ro": gettext("Romanian"), "ru": gettext("Russian"), "es": gettext("Spanish"), "sv": gettext("Swedish"),
    "tr": gettext("Turkish"), "uk": gettext("Ukrainian"), "uz": gettext("Uzbek"),
}  # fmt: skip
MOST_TOPICS = 60
LONGEST_LINES = 200_000  # characters of cards typed at once
MOST_PROBLEMS = 5  # lines whose problem is listed
VISIBLE_TO = {
    "private": gettext("Private: you and the co-authors"),
    "link": gettext("By link: anyone with the link"),
    "public": gettext("Public: everyone"),
}
NO_NUMBER = gettext("Type a whole number from 1 to %(most)s.", most=MOST_NEW_PER_DAY)
NO_YEAR = gettext("Type the year as a number, or leave it empty.")


def language_name(code: str) -> str:
    return LANGUAGES.get(code, code)


def _line(typed: str | None) -> str:
    return " ".join((typed or "").split())


def _text(typed: str | None) -> str:
    return (typed or "").replace("\r\n", "\n").strip()


class LineField(StringField):
    """One line of text, its white space tidied."""

    def __init__(self, label: str = "", validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[_line], **kwargs)


def place_errors(form: Form, invalid: ValidationError, model: type[SetHeader | Passage]) -> None:
    """Say at each field what core.sets.schema refuses of it."""
    for error in invalid.errors(include_url=False):
        place: Any = form
        for part in path_of(error):
            inner = getattr(place, "form", place)  # a FormField holds its fields in a form of its own
            entries = getattr(inner, "entries", None)
            if entries is not None and isinstance(part, int):
                place = entries[part]
            elif isinstance(inner, Form) and part in inner:
                place = inner[part]
            else:
                break
        place.errors = [*place.errors, in_words(error, model, subject=gettext("This field"))]


class CardSettingsForm(Form):
    """How the cards of a set are asked: core.sets.schema.CardSettings."""

    typed = BooleanField(gettext("Type short answers"))
    choices = BooleanField(gettext("Multiple choice first"))
    both_directions = BooleanField(gettext("Both directions"))


class NewSetForm(PageForm):
    """A new set, with the lines of its first cards."""

    title = LineField(gettext("Title"), [DataRequired(gettext("Give the set a title."))], render_kw={"maxlength": 300})
    lines = TextAreaField(
        gettext("Cards"),
        [Length(max=LONGEST_LINES, message=gettext("Use at most 200,000 characters."))],
        render_kw={"rows": 10, "spellcheck": "true"},
        default="",
    )
    cards = FormField(CardSettingsForm)
    summary = LineField(gettext("Summary (optional)"), render_kw={"maxlength": 4000})
    language = SelectField(
        gettext("Language"), choices=[SelectChoice(*each) for each in LANGUAGES.items()], default="en"
    )
    topics = TextAreaField(gettext("Topics, one per line"), filters=[_text], default=gettext("General"))

    @property
    def topic_titles(self) -> list[str]:
        """The lines that say something, each once."""
        return list(dict.fromkeys(filter(None, map(_line, self.topics.data.splitlines()))))

    def read_cards(self) -> list[QuickQuestion]:
        """Return the questions in the lines; none while they are too long."""
        lines = self.lines.data or ""
        if len(lines) > LONGEST_LINES:
            return []
        kind = quick_entry.AUTO if self.cards.form.typed.data else quick_entry.CARDS
        return quick_entry.read(lines, kind=kind, loosely=True)

    def check_cards(self, drafts: Sequence[QuickQuestion], *, needed: bool) -> bool:
        """Return whether all lines are cards, and there is one where one is `needed`."""
        bad = [draft for draft in drafts if draft.problem]
        if bad:
            wrong = [gettext("Line %(line)s: %(problem)s", line=draft.line, problem=draft.problem) for draft in bad]
            self.lines.errors = [*self.lines.errors, *wrong[:MOST_PROBLEMS]]
        elif needed and not drafts:
            self.lines.errors = [*self.lines.errors, gettext("Add at least one card.")]
        return not self.errors


class SourceForm(Form):
    title = LineField(gettext("Source title"), render_kw={"maxlength": 300})
    author = LineField(gettext("Author"), render_kw={"maxlength": 300})
    year = WholeNumberField(
        gettext("Year"), [Optional()], invalid_value_message=NO_YEAR, render_kw={"inputmode": "numeric", "size": 6}
    )
    url = LineField(gettext("Web address"), render_kw={"maxlength": 300, "inputmode": "url"})

    def validate_url(self, field: Field) -> None:
        if field.data and not field.data.startswith(("https://", "http://")):
            field.errors.append(gettext("Begin the address with https:// or http://."))


class TopicForm(Form):
    key = HiddenField()
    title = LineField(gettext("Title"), render_kw={"maxlength": 300})
    summary = LineField(gettext("Summary"), render_kw={"maxlength": 4000})


class SetSettingsForm(PageForm):
    """The settings of a set. `base` is the fingerprint of those that the form was made from; `row` is the row of topics
    whose button was pressed."""

    base = HiddenField()
    title = LineField(gettext("Title"), render_kw={"maxlength": 300})
    summary = TextAreaField(gettext("Summary"), filters=[_text])
    language = SelectField(gettext("Language"))
    licence = LineField(gettext("Licence (optional)"), render_kw={"maxlength": 300, "list": "licences"})
    source = FormField(SourceForm)
    topics = FieldList(FormField(TopicForm))
    cards = FormField(CardSettingsForm)

    def __init__(self, code: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = {**LANGUAGES, code: language_name(code)}
        self.language.choices = [SelectChoice(code, name) for code, name in known.items()]

    @property
    def described(self) -> dict[str, Any]:
        """What was typed, as fields of core.sets.schema.SetHeader; a topic without a key is new."""
        source = {name: value or None for name, value in self.source.data.items()}
        return {
            "title": self.title.data,
            "summary": self.summary.data or self.title.data,
            "language": self.language.data,
            "licence": self.licence.data or None,
            "source": {**source, "title": source["title"] or ""} if any(source.values()) else None,
            "cards": self.cards.data,
            "topics": [{**topic, "summary": topic["summary"] or topic["title"]} for topic in self.topics.data],
        }

    def check_topics(self) -> bool:
        """Return whether there are few enough topics, and no two of one title."""
        seen: set[str] = set()
        for entry in self.topics.entries:
            title = entry.form.title
            if title.data.casefold() in seen:
                title.errors = [*title.errors, gettext("Another topic has this title. Choose a different one.")]
            seen.add(title.data.casefold())
        if len(self.topics.entries) > MOST_TOPICS:
            too_many = gettext("A set can have at most %(most)s topics. Remove some.", most=MOST_TOPICS)
            self.title.errors = [*self.title.errors, too_many]
        return not self.title.errors and not any(entry.form.title.errors for entry in self.topics.entries)


def apply_row_button(topics: FieldList, pressed: str) -> None:
    """Do what a button of the rows of topics says: "add", "up-2", "down-2" or "remove-2", counted from 0."""
    what, _, number = pressed.partition("-")
    if what == "add":
        topics.append_entry({"key": "", "title": "", "summary": ""})
    elif number.isdecimal() and len(number) < 4 and int(number) < len(topics):
        row = topics.pop_entry(int(number)).data
        if what != "remove":
            topics.insert_entry(max(int(number) + {"up": -1, "down": 1}.get(what, 0), 0), row)


class PassageForm(PageForm):
    base = HiddenField()
    number = WholeNumberField(
        gettext("Number"),
        [InputRequired(gettext("Type a number from 1 to 999."))],
        invalid_value_message=gettext("Type a number from 1 to 999."),
        render_kw={"inputmode": "numeric", "min": 1, "max": 999},
    )
    title = LineField(gettext("Title"), render_kw={"maxlength": 300})
    digest = TextAreaField(gettext("Summary"), filters=[_text])

    @property
    def passage(self) -> dict[str, Any]:
        return {"number": self.number.data, "title": self.title.data, "digest": self.digest.data}


class VisibilityForm(PageForm):
    visibility = RadioField(
        gettext("Who can see the set"), choices=[SelectChoice(*each) for each in VISIBLE_TO.items()]
    )


class LinkForm(PageForm):
    """The options of a link to study a set."""

    class Meta:
        csrf = False  # it changes nothing

    kinds = SelectMultipleField(gettext("Kinds of question"), option_widget=CheckboxInput(), validate_choice=False)
    new = WholeNumberField(
        gettext("New facts a day"),
        [Optional(), InRange(1, MOST_NEW_PER_DAY, NO_NUMBER)],
        invalid_value_message=NO_NUMBER,
        render_kw={"inputmode": "numeric", "size": 4},
    )

    @property
    def options(self) -> dict[str, Any]:
        """What the address of the link says, None for each option that is not set."""
        known = [choice.value for choice in self.kinds.choices or () if choice.value in (self.kinds.data or ())]
        return {"kinds": ",".join(known) or None, "new": None if self.new.errors else self.new.data}


class AuthorForm(PageForm):
    name = LineField(
        gettext("User name"),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
