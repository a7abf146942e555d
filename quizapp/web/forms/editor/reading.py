"""Between a form and the plain data of core.kinds, both ways; and rows that are put in and taken out."""

from collections.abc import Callable, Iterable
from typing import Any

from wtforms import Field

from quizapp.core.authoring import key_for
from quizapp.core.kinds.cloze import GAP
from quizapp.core.text.edtf import display_date, parse_edtf
from quizapp.core.text.numbers import parse_number
from quizapp.core.text.typed_dates import TypedDate, parse_date
from quizapp.web.forms.editor.fields import Lines, Rows, every_field, is_blank
from quizapp.web.forms.editor.kinds import FORMS, QuestionForm

PLACEHOLDER = "question"  # a key, until it gets its own when it is saved

Sizes = Callable[[str], tuple[int, int] | None]  # of the picture with that digest, width and height


def build(kind: str, formdata: Any = None, data: dict[str, Any] | None = None) -> QuestionForm:
    """The form of a kind with what was posted, or with the data; a cloze has a row for each gap in its text."""
    form = FORMS[kind](formdata, data=data)
    if kind == "cloze":
        gaps = _gaps_in_step(form["text"].data, form["gaps"].data)
        if gaps != form["gaps"].data:
            form = FORMS[kind](data=form.data | {"gaps": gaps})
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
    """All that a form holds, as a browser would post it."""
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


def _gaps_in_step(text: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each gap in the text, in its order. A gap that was renamed keeps its row; rows left over come last."""
    names = list(dict.fromkeys(GAP.findall(text or "")))
    by_name = {row["gap"]: row for row in reversed(rows)}
    left = [row for row in rows if row["gap"] not in names and not is_blank(row)]
    found = []
    for name in names:
        row = by_name.get(name) or (left.pop(0) if left else {})
        found.append({**row, "gap": name})
    return found + left


# From the stored question to the form


def data_of(body: dict[str, Any]) -> dict[str, Any]:
    """What the form of a stored question holds."""
    picture = body.get("picture") or {}
    data = {**body, "picture": picture.get("digest", ""), "picture_alt": picture.get("alt", "")}
    match body["kind"]:
        case "true_false":
            data["answer"] = str(body["answer"]).lower()
        case "ordering":
            data["items"] = [[item] if isinstance(item, str) else item for item in body["items"]]
        case "cloze":
            names = GAP.findall(body["text"])
            data["gaps"] = [{"gap": name, **body["gaps"][name]} for name in names]
        case "date":
            data["answer"] = _shown(body["answer"])
            data["accept"] = [_shown(date) for date in body["accept"]]
        case "number":
            data["tolerance"] = "" if body["tolerance"] == "0" else body["tolerance"]
    return data


def _shown(edtf: str) -> str:
    """A date as people write it, where that reads back as the same date."""
    shown = display_date(edtf)
    return shown if _as_edtf(shown) == edtf else edtf


# From the form to plain data


def body_of(form: QuestionForm, size_of: Sizes) -> dict[str, Any]:
    """The question as plain data for core.kinds; blank rows are left out. It may well be refused there."""
    body = {name: _value(form[name]) for name in ("prompt", "explanation", *form.own)}
    _shape(form, body)
    body = {name: value for name, value in body.items() if value is not None}
    body |= {"key": PLACEHOLDER, "kind": form.kind}
    if digest := form.picture.data:
        width, height = size_of(digest) or (0, 0)
        body["picture"] = {"digest": digest, "width": width, "height": height, "alt": form.picture_alt.data}
    return body


def _shape(form: QuestionForm, body: dict[str, Any]) -> None:
    match form.kind:
        case "true_false":
            body["answer"] = {"true": True, "false": False}.get(body["answer"])
        case "ordering":
            body["items"] = [item[0] if len(item) == 1 else item for item in body["items"]]
        case "cloze":
            names = GAP.findall(body["text"])
            rows = [_value(row) for row in form["gaps"] if row.form.gap.data in names]
            body["gaps"] = {row.pop("gap"): row for row in rows}
        case "date":
            body["answer"] = _as_edtf(body["answer"])
            body["accept"] = [_as_edtf(date) for date in body["accept"]]
        case "number":
            body["answer"] = _as_figure(body["answer"])
            body["tolerance"] = _as_figure(body["tolerance"]) or None
            body["unit"] = body["unit"] or None


def _value(field: Field) -> Any:
    if isinstance(field, Rows):
        return [_value(row) for row in field.filled]
    if isinstance(field, Lines):
        return field.lines
    if not hasattr(field, "form"):
        return field.data or ""
    values = {inner.short_name: _value(inner) for inner in field.form}
    if "misconception" in values:
        misconception = values["misconception"]
        values["misconception"] = key_for(misconception, ()) if misconception else None
    return values


def _as_edtf(typed: str) -> str:
    """The date in EDTF, where it was written so or otherwise; what cannot be read stays as it is."""
    try:
        parse_edtf(typed)
        return typed
    except ValueError:
        date = parse_date(typed, clock=False)
        return (_edtf(date) if date else None) or typed


def _edtf(date: TypedDate) -> str | None:
    if date.year is None or date.year < 1000 or (date.day and not date.month) or (date.hour and not date.day):
        return None
    parts = [f"{date.year:04}", *(f"{part:02}" for part in (date.month, date.day) if part)]
    clock = "" if date.hour is None else f"T{date.hour:02}:{date.minute or 0:02}"
    return "-".join(parts) + clock


def _as_figure(typed: str) -> str:
    figure = parse_number(typed)
    return typed if figure is None else f"{figure:f}"


def tags_of(typed: str | None) -> list[str]:
    return list(dict.fromkeys(tag for tag in map(str.strip, (typed or "").split(",")) if tag))


def numbers_of(ticked: Iterable[str] | None) -> list[int]:
    return sorted({int(number) for number in ticked or () if number.isascii() and number.isdigit()})
