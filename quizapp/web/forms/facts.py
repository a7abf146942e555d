"""The forms of a set's authors: a fact, a name, quick entry."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from quizapp.core.authoring import read_edtf
from quizapp.core.kinds import KIND_NAMES
from quizapp.core.sets.quick_entry import AUTO, KINDS
from quizapp.core.sets.schema import IMPORTANCE
from quizapp.core.text.edtf import display_date
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext
from quizapp.services.editor.bulk_changes import MOST_TAGS
from quizapp.services.editor.facts import Effect, FactEditPage
from quizapp.web.forms.fields import OWN_DIRECTION
from quizapp.web.forms.quizzes import CheckboxesField
from quizapp.web.requests import PageForm

LONGEST_TAG = 60
LONG = Length(max=4000, message=gettext("Use at most 4,000 characters."))
ONE_LINE = Length(max=300, message=gettext("Use at most 300 characters."))


def _required(message: str) -> list[Any]:
    """Return validators: something must be sent, and be more than spaces."""
    return [InputRequired(message), DataRequired(message)]


def _line(typed: str | None) -> str:
    return " ".join((typed or "").split())


def _text(typed: str | None) -> str:
    return (typed or "").replace("\r\n", "\n").strip()


def _tags(typed: str) -> list[str]:
    """Return tags between commas, each once."""
    first: dict[str, str] = {}
    for tag in filter(None, map(_line, typed.split(","))):
        first.setdefault(fold(tag), tag)
    return list(first.values())


def _check_tags(form: PageForm, field: Field) -> None:
    tags = _tags(field.data or "")
    if len(tags) > MOST_TAGS:
        raise ValidationError(gettext("Use at most %(most)s tags.", most=MOST_TAGS))
    for tag in tags:
        if len(tag) > LONGEST_TAG or "|" in tag:
            raise ValidationError(
                gettext(
                    "“%(tag)s” can’t be a tag: use at most %(most)s characters, without |.", tag=tag, most=LONGEST_TAG
                )
            )


class TaggedForm(PageForm):
    topic = SelectField(gettext("Topic"))
    tags = StringField(gettext("Tags"), [_check_tags], filters=[_line])

    @property
    def tag_list(self) -> list[str]:
        return _tags(self.tags.data or "")


TYPING = " ".join(("input", "changed", "delay:200ms"))  # when htmx asks
SEARCHING = {"autocomplete": "off", "hx-trigger": TYPING, "hx-sync": "replace"}


class LinkForm(Form):
    """What a fact led to, and why: `fact` is its key, its statement, or words of it, for which `match` offers some."""

    fact = StringField(gettext("Fact"), filters=[_line], render_kw=SEARCHING)
    match = RadioField(gettext("Matching facts"), choices=[], validate_choice=False)
    why = TextAreaField(gettext("Reason"), [LONG], filters=[_text], render_kw={"rows": 2})


class FactForm(TaggedForm):
    """A fact; `effects` are the facts that it may lead to, by what was typed for them."""

    base = HiddenField()
    statement = TextAreaField(gettext("Statement"), [*_required(gettext("Write the fact.")), LONG], filters=[_text])
    date = StringField(gettext("Date"), filters=[_line])
    importance = SelectField(
        gettext("Importance"), coerce=int, choices=[SelectChoice(*each) for each in IMPORTANCE.items()]
    )
    passages = CheckboxesField(
        gettext("Passages"), coerce=int, invalid_choice_message=gettext("This passage is no longer in the set.")
    )
    notes = CheckboxesField(
        gettext("Source notes"), coerce=int, invalid_choice_message=gettext("This source note is no longer in the set.")
    )
    actors = CheckboxesField(
        gettext("People and places"), invalid_choice_message=gettext("This name is no longer in the set.")
    )
    leads_to = FieldList(FormField(LinkForm), gettext("Effects"))
    caution = TextAreaField(gettext("Caution"), [LONG], filters=[_text])

    def __init__(self, page: FactEditPage) -> None:
        super().__init__(data={**_fields(page.document), "base": str(page.fact.version)})
        self.effects: Mapping[str, Effect] = {}
        self.stored = page.document
        self.topic.choices = [SelectChoice(topic.key, topic.title, OWN_DIRECTION) for topic in page.topics]
        self.passages.choices = [SelectChoice(p.number, f"¶ {p.number} {p.title}") for p in page.header.passages]
        self.notes.choices = [SelectChoice(note.number, f"{note.number}. {note.text}") for note in page.header.notes]
        self.actors.choices = [SelectChoice(name.key, name.name) for name in page.names]
        if not self.leads_to.entries or self.leads_to.entries[-1].form.fact.data:
            self.leads_to.append_entry()  # one to fill in

    def validate_date(self, field: StringField) -> None:
        if field.data:
            try:
                read_edtf(field.data)
            except ValueError:
                raise ValidationError(
                    gettext("“%(date)s” can’t be read as a date. See the examples.", date=field.data)
                ) from None

    def validate_leads_to(self, field: FieldList) -> None:
        named = set()
        for entry in field.entries:
            fact, why = entry.form.fact, entry.form.why
            if not fact.data:
                if why.data:
                    fact.errors = [gettext("Choose a fact from the list, or clear the reason.")]
                continue
            key = self._key(entry)
            if key is None:
                fact.errors = [gettext("No fact has exactly this text. Choose a matching one, or type other words.")]
            elif key in named:
                fact.errors = [gettext("This fact is listed twice.")]
            if not why.data:
                why.errors = [gettext("Give the reason.")]
            named.add(key)
        if any(entry.form.fact.errors or entry.form.why.errors for entry in field.entries):
            raise ValidationError("")

    @property
    def typed_effects(self) -> list[str]:
        """What was typed or chosen for the facts that this one led to."""
        fields = (field for entry in self.leads_to for field in (entry.form.fact, entry.form.match))
        return [field.data for field in fields if field.data]

    def unknown_effects(self) -> list[FormField]:
        """Return the rows in which something was typed that names no fact."""
        return [entry for entry in self.leads_to if entry.form.fact.data and self._key(entry) is None]

    def _key(self, entry: FormField) -> str | None:
        """Return the key of the fact in a row: the one that was typed, or else the one that was chosen."""
        typed = (self.effects.get(field.data or "") for field in (entry.form.fact, entry.form.match))
        return next((effect.key for effect in typed if effect), None)

    def _ticked(self, name: str) -> list[Any]:
        """Return what is ticked: first what the fact has already, in its order, then the rest in that of the boxes."""
        ticked = self[name].data or []
        return [value for value in dict.fromkeys([*self.stored[name], *ticked]) if value in ticked]

    @property
    def document(self) -> dict[str, Any]:
        """What the fact is to say, once the form is valid."""
        typed = ((self._key(entry), entry.form.why.data) for entry in self.leads_to if entry.form.fact.data)
        return {
            "topic": self.topic.data,
            "statement": self.statement.data,
            "passages": self._ticked("passages"),
            "notes": self._ticked("notes"),
            "date": read_edtf(self.date.data) if self.date.data else None,
            "importance": self.importance.data,
            "actors": self._ticked("actors"),
            "leads_to": {key: why for key, why in typed if key},
            "caution": self.caution.data or None,
            "tags": self.tag_list,
        }


def _fields(document: Mapping[str, Any]) -> dict[str, Any]:
    leads_to = [{"fact": key, "why": why} for key, why in document["leads_to"].items()]
    return {
        **document,
        "tags": ", ".join(document["tags"]),
        "date": _shown(document["date"] or ""),
        "leads_to": leads_to,
        "caution": document["caution"] or "",
    }


def _shown(edtf: str) -> str:
    """Return a date in words where these are read as the same date again."""
    words = display_date(edtf) if edtf else ""
    try:
        return words if words and read_edtf(words) == edtf else edtf
    except ValueError:
        return edtf


NAME_TYPES = {"person": gettext("Person"), "organisation": gettext("Organisation"), "place": gettext("Place")}


class NameForm(PageForm):
    base = HiddenField()
    name = StringField(gettext("Name"), [*_required(gettext("Type the name.")), ONE_LINE], filters=[_line])
    type = RadioField(
        gettext("Type"),
        choices=[SelectChoice(*each) for each in NAME_TYPES.items()],
        default="person",
        validate_choice=True,
    )
    spellings = TextAreaField(gettext("Other spellings"), filters=[_text])
    role = StringField(gettext("Office or role"), [ONE_LINE], filters=[_line])
    side = StringField(gettext("Side"), [ONE_LINE], filters=[_line])
    portrait = StringField(gettext("Short description"), [ONE_LINE], filters=[_line])

    def validate_spellings(self, field: TextAreaField) -> None:
        if any(len(line) > 300 for line in self.lines):
            raise ValidationError(gettext("Use at most 300 characters for a spelling."))

    @property
    def lines(self) -> list[str]:
        typed = map(_line, (self.spellings.data or "").split("\n"))
        return [line for line in dict.fromkeys(typed) if line and line != self.name.data]

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a core.sets.schema.Name without its key."""
        return {
            "name": self.name.data,
            "type": self.type.data,
            "spellings": self.lines,
            **{field: self[field].data or None for field in ("role", "side", "portrait")},
        }


class QuickEntryForm(TaggedForm):
    text = TextAreaField(
        gettext("Questions and answers"),
        [
            *_required(gettext("Type or paste a line first.")),
            Length(max=200_000, message=gettext("Use at most 200,000 characters.")),
        ],
        render_kw={"rows": 12, "spellcheck": "true"},
    )
    kind = SelectField(
        gettext("Kind of question"),
        choices=[
            SelectChoice(AUTO, gettext("Detect automatically")),
            *(SelectChoice(kind, KIND_NAMES[kind]) for kind in KINDS),
        ],
        default=AUTO,
    )
