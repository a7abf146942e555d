"""Fields of the editor. Each keeps what was typed as it was typed; reading.py makes sense of it."""

from collections.abc import Iterator
from typing import Any

from wtforms import Field, FieldList, HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from quizapp.core.authoring import key_for


def plain(text: str | None) -> str:
    """Return text with line ends as they are stored, and no blank around: browsers send CR LF."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(label: str, **options: Any) -> StringField:
    return StringField(label, filters=[plain], render_kw={"maxlength": 300, **options})


def long_text(label: str, *, rows: int = 3, **options: Any) -> TextAreaField:
    return TextAreaField(label, filters=[plain], render_kw={"rows": rows, "maxlength": 4000, **options})


def hidden() -> HiddenField:
    return HiddenField(filters=[plain])


class Lines(TextAreaField):
    """Several things, one a line."""

    def __init__(self, label: str, *, rows: int = 2, **kwargs: Any) -> None:
        super().__init__(label, filters=[_joined], render_kw={"rows": rows}, **kwargs)

    @property
    def lines(self) -> list[str]:
        return [line for line in map(str.strip, (self.data or "").split("\n")) if line]


def _joined(given: list[str] | str | None) -> str:
    return plain("\n".join(given) if isinstance(given, list) else given)


class Rows(FieldList):
    """Rows of fields; blank ones are ignored, so that there may always be one more to fill in."""

    @property
    def filled(self) -> list[Field]:
        return [entry for entry in self if not is_blank(entry.data)]


class NameField(SelectField):
    """One of the set's names, or none. The choices are put on by the form."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, choices=[SelectChoice("", "none")], validate_choice=False, **kwargs)


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
    if isinstance(field, Rows):
        return [value_of(row) for row in field.filled]
    if isinstance(field, Lines):
        return field.lines
    if not hasattr(field, "form"):
        return field.data or ""
    values = {inner.short_name: value_of(inner) for inner in field.form}
    if "misconception" in values:
        misconception = values["misconception"]
        values["misconception"] = key_for(misconception, ()) if misconception else None
    return values
