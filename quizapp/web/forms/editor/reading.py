"""Between a form and the plain data of core.kinds, both ways; and rows that are put in and taken out."""

from collections.abc import Callable, Iterable
from typing import Any

from quizapp.web.forms.editor.fields import Rows, every_field, value_of
from quizapp.web.forms.kinds import FORMS, QuestionForm

PLACEHOLDER = "question"  # a key, until it gets its own when it is saved

Sizes = Callable[[str], tuple[int, int] | None]  # of the picture with that digest, width and height


def build(kind: str, formdata: Any = None, data: dict[str, Any] | None = None) -> QuestionForm:
    """Return the form of a kind with what was posted, or with the data."""
    form = FORMS[kind].build(formdata, data)
    _label(form)
    return form


def _label(fields: Any, which: str = "") -> None:
    """Tell rows apart by what stands over their fields: a number, or the name of a gap."""
    for field in fields:
        if isinstance(field, Rows):
            for number, row in enumerate(field, start=1):
                gap = row.form.gap.data if hasattr(row, "form") and "gap" in row.form else None
                _label(getattr(row, "form", [row]), f" for “{gap}”" if gap else str(number))
        else:
            field.label.text = field.label.text.replace("{n}", which)


def pairs_of(form: QuestionForm) -> list[tuple[str, str]]:
    """Return all that a form holds, as a browser would post it."""
    pairs = []
    for field in every_field(form):
        if not isinstance(field, Rows) and not hasattr(field, "form"):
            several = field.data if isinstance(field.data, list) else [field.data or ""]
            pairs += [(field.name, value) for value in several]
    return pairs


# Rows


def add_row(data: dict[str, Any], at: str) -> None:
    """Put a blank row at the end of the rows at `at`, as in "distractors" or "gaps-0-distractors"."""
    rows = _rows_at(data, at.split("-"))
    if rows is not None:
        rows.append(None)


def remove_row(data: dict[str, Any], at: str) -> None:
    """Take the row at `at` out, as in "distractors-2"."""
    *path, number = at.split("-")
    rows = _rows_at(data, path)
    if rows is not None and number.isdigit() and int(number) < len(rows):
        del rows[int(number)]


def _rows_at(data: Any, path: list[str]) -> list[Any] | None:
    for part in path:
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, list) else None


# From the stored question to the form


def data_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return what the form of a stored question holds."""
    picture = body.get("picture") or {}
    pictured = {"picture": picture.get("digest", ""), "picture_alt": picture.get("alt", "")}
    return body | pictured | FORMS[body["kind"]].load(body)


# From the form to plain data


def body_of(form: QuestionForm, size_of: Sizes) -> dict[str, Any]:
    """Return the question as plain data for core.kinds; blank rows are left out. It may well be refused there."""
    common = {name: value_of(form[name]) for name in ("prompt", "explanation")}
    body = {name: value for name, value in (common | form.own_values()).items() if value is not None}
    body |= {"key": PLACEHOLDER, "kind": form.kind}
    if digest := form.picture.data:
        width, height = size_of(digest) or (0, 0)
        body["picture"] = {"digest": digest, "width": width, "height": height, "alt": form.picture_alt.data}
    return body


def tags_of(typed: str | None) -> list[str]:
    return list(dict.fromkeys(tag for tag in map(str.strip, (typed or "").split(",")) if tag))


def numbers_of(ticked: Iterable[str] | None) -> list[int]:
    return sorted({int(number) for number in ticked or () if number.isascii() and number.isdigit()})
