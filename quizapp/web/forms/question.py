"""The editor's form of a question, and its fields. Each keeps what was typed as it was typed.

Nothing here validates it: the schema of the questions does, and its errors are put beside the fields.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from wtforms import (
    Field,
    FieldList,
    Form,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.core.authoring import key_for
from quizapp.core.kinds import KINDS
from quizapp.core.translation import gettext
from quizapp.web.forms.fields import OWN_DIRECTION

PREFIX = "q"  # keeps these fields apart from those that answer a question, in the preview beside them
PLACEHOLDER = "question"  # a key, until it gets its own when it is saved

PictureSizes = Callable[[str], tuple[int, int] | None]  # of the picture with that digest, width and height


def plain(text: str | None) -> str:
    """Return text with line ends as they are stored, and no blank around: browsers send CR LF."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(label: str, **options: Any) -> StringField:
    return StringField(label, filters=[plain], render_kw={"maxlength": 300, **options})


def misconception(label: str) -> "MisconceptionField":
    return MisconceptionField(label, filters=[plain], render_kw={"maxlength": 80})


def long_text(label: str, *, rows: int = 3, **options: Any) -> TextAreaField:
    return TextAreaField(label, filters=[plain], render_kw={"rows": rows, "maxlength": 4000, **options})


def hidden() -> HiddenField:
    return HiddenField(filters=[plain])


class LinesField(TextAreaField):
    """Several things, one a line."""

    def __init__(self, label: str, *, rows: int = 2, **kwargs: Any) -> None:
        super().__init__(label, filters=[_joined], render_kw={"rows": rows}, **kwargs)

    @property
    def lines(self) -> list[str]:
        return [line for line in map(str.strip, (self.data or "").split("\n")) if line]


def _joined(given: list[str] | str | None) -> str:
    return plain("\n".join(given) if isinstance(given, list) else given)


class RowsField(FieldList):
    """Rows of fields; blank ones are ignored, so that there may always be one more to fill in."""

    @property
    def filled(self) -> list[Field]:
        return [entry for entry in self if not is_blank(entry.data)]


class NameField(SelectField):
    """One of the set's names, or none. The choices are put on by the form."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, choices=[SelectChoice("", gettext("none"))], validate_choice=False, **kwargs)


class MisconceptionField(StringField):
    """A misconception, shown by its title. The set's titles are put on by the form; a new one gets a key."""

    titles: Mapping[str, str] = {}

    def _value(self) -> str:
        return self.titles.get(self.data or "", self.data or "")

    @property
    def key(self) -> str | None:
        typed = self.data or ""
        by_title = {title.casefold(): key for key, title in self.titles.items()}
        return by_title.get(typed.casefold()) or (key_for(typed, ()) if typed else None)


def is_blank(data: Any) -> bool:
    """Return whether nothing was typed in a field, or anywhere in a row of them; a gap's name is not typed."""
    if isinstance(data, dict):
        return all(is_blank(value) for name, value in data.items() if name != "gap")
    if isinstance(data, list):
        return all(map(is_blank, data))
    return not data


def every_field(fields: Any) -> Iterator[Field]:
    """Yield each field, and each field inside it."""
    for field in fields:
        yield field
        if isinstance(field, FieldList) or hasattr(field, "form"):
            yield from every_field(field)


def value_of(field: Field) -> Any:
    """Return what a field holds as plain data for core.kinds; blank rows are left out."""
    if isinstance(field, RowsField):
        return [value_of(row) for row in field.filled]
    if isinstance(field, LinesField):
        return field.lines
    if not hasattr(field, "form"):
        return field.data or ""
    values = {inner.short_name: value_of(inner) for inner in field.form}
    if "misconception" in values:
        values["misconception"] = field.form.misconception.key
    return values


class QuestionForm(Form):
    """What every kind has. `base` and `fact_base` are the versions that were on the screen when typing began."""

    kind = ""
    own: tuple[str, ...] = ()  # the fields of the kind itself
    about_all = "prompt"  # where to show errors about the question as a whole
    needs_picture = False
    initial: dict[str, Any] = {}  # what the form of a new question begins with

    subject = hidden()
    base = hidden()
    fact_base = hidden()
    prompt = long_text(gettext("Question"), rows=2)
    explanation = long_text(gettext("Explanation"), rows=3)
    picture = hidden()  # its digest
    picture_alt = one_line(gettext("What the picture shows"))
    statement = long_text(gettext("Fact"), rows=2)
    topic = SelectField(gettext("Topic"), choices=[], validate_choice=False)
    tags = one_line(gettext("Tags"), maxlength=1200)
    passages = SelectMultipleField(
        gettext("Passages"), choices=[], validate_choice=False, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )  # fmt: skip

    def __init__(self, formdata: Any = None, **kwargs: Any) -> None:
        super().__init__(formdata, prefix=PREFIX, **kwargs)

    @classmethod
    def build(cls, formdata: Any = None, data: dict[str, Any] | None = None) -> "QuestionForm":
        """Return the form with what was posted, or with the data."""
        return cls(formdata, data=data)

    @staticmethod
    def load(body: dict[str, Any]) -> dict[str, Any]:
        """Return the fields that the form shows in another way than a stored question has them."""
        return {}

    def own_values(self) -> dict[str, Any]:
        """Return the kind's own fields as plain data for core.kinds; None for what is left out."""
        return {name: value_of(self[name]) for name in self.own}

    def offer(self, header: dict[str, Any], names: Iterable[dict[str, Any]]) -> None:
        """Fill the fields that choose from the set with its topics, passages and names.

        A choice that the set no longer has is dropped.
        """
        self.topic.choices = [SelectChoice(topic["key"], topic["title"], OWN_DIRECTION) for topic in header["topics"]]
        self.passages.choices = [
            SelectChoice(str(passage["number"]), f"¶ {passage['number']} {passage['title']}")
            for passage in header["passages"]
        ]
        topics = [choice.value for choice in self.topic.choices]
        self.topic.data = self.topic.data if self.topic.data in topics else topics[0]
        there = {choice.value for choice in self.passages.choices}
        self.passages.data = [number for number in self.passages.data or () if number in there]
        listed = sorted((name["name"], name["key"]) for name in names)
        for field in every_field(self):
            if isinstance(field, MisconceptionField):
                field.titles = header.get("misconceptions", {})
            if isinstance(field, NameField):
                field.choices = [
                    SelectChoice("", gettext("none")),
                    *(SelectChoice(key, name, OWN_DIRECTION) for name, key in listed),
                ]
                field.data = field.data if field.data in {key for _, key in listed} else ""

    def new_misconceptions(self) -> dict[str, str]:
        """Return the titles typed for misconceptions that the set has no title for, by their keys."""
        found = (field for field in every_field(self) if isinstance(field, MisconceptionField))
        typed = {field.key: field.data for field in found if field.key and field.key not in field.titles}
        return {key: title for key, title in typed.items() if key != title}

    def label_rows(self) -> None:
        """Tell rows apart by what stands over their fields: a number, or the name of a gap."""
        _label(self)

    def posted_fields(self) -> list[tuple[str, str]]:
        """Return the name and value of all that the form holds, as a browser would post it."""
        posted = []
        for field in every_field(self):
            if not isinstance(field, RowsField) and not hasattr(field, "form"):
                several = field.data if isinstance(field.data, list) else [field.data or ""]
                posted += [(field.name, value) for value in several]
        return posted

    def body(self, size_of: PictureSizes) -> dict[str, Any]:
        """Return the question as plain data for core.kinds, which may refuse it; blank rows are left out."""
        common = {name: value_of(self[name]) for name in ("prompt", "explanation")}
        body = {name: value for name, value in (common | self.own_values()).items() if value is not None}
        body |= {"key": PLACEHOLDER, "kind": self.kind}
        if digest := self.picture.data:
            width, height = size_of(digest) or (0, 0)
            body["picture"] = {"digest": digest, "width": width, "height": height, "alt": self.picture_alt.data}
        return body

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in every_field(self))

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind].label


def _label(fields: Any, which: str = "") -> None:
    """Tell rows apart by what stands over their fields: a number, or the name of a gap."""
    for field in fields:
        if isinstance(field, RowsField):
            for number, row in enumerate(field, start=1):
                gap = row.form.gap.data if hasattr(row, "form") and "gap" in row.form else None
                _label(getattr(row, "form", [row]), gap or str(number))
        else:
            field.label.text = field.label.text.replace("{n}", which)
