"""What the schema and `bank check` have to say about a question finds the field it is about."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from wtforms import Field

from quizapp.core.sets.error_messages import path_of, sentence
from quizapp.core.sets.hints import Hint
from quizapp.core.translation import gettext, ngettext
from quizapp.web.forms.question import QuestionForm, RowsField

_PATTERNS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": gettext("Use letters, digits and hyphens."),
    r"^[^\n]*$": gettext("Write this on one line."),
    r"^[^\n|]*$": gettext("A tag can’t contain |."),
    r"^-?\d{1,15}(\.\d{1,9})?$": gettext("Type a number, such as 1250 or 3.5."),
}


def field_at(form: QuestionForm, path: Sequence[str | int]) -> Field:
    """Return the field that a path into the question leads to, or the nearest one around it."""
    if path[:1] == ("picture",):
        return form.picture_alt
    found: Any = form
    for part in path:
        found = _child_field(found, part) or found
    if found is form:
        return form[form.about_all]
    if hasattr(found, "form"):
        return next(found.form[name] for name in ("text", "answer", "left") if name in found.form)
    return found


def _child_field(field: Any, part: str | int) -> Any:
    if isinstance(field, RowsField):
        if isinstance(part, int):
            rows = field.filled
            return rows[part] if part < len(rows) else None
        return next((row for row in field if row.form.gap.data == part), None)
    fields = getattr(field, "form", field)
    return fields[part] if isinstance(part, str) and not isinstance(fields, Field) and part in fields else None


def place_errors(form: QuestionForm, invalid: ValidationError) -> None:
    """Give each field the first thing that the schema has against it."""
    for error in invalid.errors(include_url=False):
        path = path_in_question(error)
        add_error(field_at(form, path), error_in_words(error, path))


def path_in_question(error: ErrorDetails) -> tuple[str | int, ...]:
    """Return where in the question an error of its fact is; what is outside of it keeps its path."""
    path = tuple(path_of(error))
    return path[2:] if path[:1] == ("questions",) else path


def add_error(field: Field, message: str) -> None:
    """Say what is wrong with a field, unless something is said of it already."""
    if not field.errors:
        field.errors = [message]


def place_hints(form: QuestionForm, hints: Iterable[Hint]) -> dict[str, list[str]]:
    """Return what could be better, by the id of the field it stands beside."""
    found: dict[str, list[str]] = {}
    for hint in hints:
        found.setdefault(field_at(form, hint.path).id, []).append(hint.message)
    return found


def error_in_words(error: ErrorDetails, path: Sequence[str | int]) -> str:
    """Return what is wrong, for somebody who sees a form and no file."""
    ctx: dict[str, Any] = error.get("ctx", {})
    last = path[-1] if path else ""
    match error["type"]:
        case "missing" if last in ("answer", "precision"):
            return gettext("Choose one.")
        case "value_error" if not error["input"]:
            return gettext("Fill this in.")
        case "missing" if last == "picture":
            return gettext("Choose a picture, and describe what it shows.")
        case "list_type" | "float_type" if "area" in path:
            return gettext("Type four percentages: left edge, top edge, width and height, such as 12 30 8 10.")
        case "greater_than_equal" | "less_than_equal" if "area" in path:
            return gettext("Use numbers from 0 to 100.")
        case "missing" | "string_too_short":
            return gettext("Fill this in.")
        case "string_too_long":
            return _length_error(len(error["input"]), ctx["max_length"])
        case "too_short" if last == "gaps":
            return gettext("Put at least one gap in the text, such as {{river}}.")
        case "too_short":
            return _too_few(str(last), ctx["min_length"])
        case "too_long":
            return _too_many(str(last), ctx["max_length"])
        case "string_pattern_mismatch":
            return _PATTERNS.get(ctx["pattern"], gettext("This can’t be read."))
        case "literal_error":
            return gettext("Choose one.")
        case "greater_than_equal" if "picture" in path:
            return gettext("The picture is gone. Choose it again.")
        case "value_error":
            return sentence(str(ctx["error"]))
    return error["msg"]


def _length_error(length: int, most: int) -> str:
    return gettext(
        "This is too long: %(length)s characters. Use at most %(most)s.", length=f"{length:,}", most=f"{most:,}"
    )


def _too_few(field: str, least: int) -> str:
    match field:
        case "answers":
            return ngettext("Add at least %(num)s right answer.", "Add at least %(num)s right answers.", least)
        case "distractors":
            return ngettext("Add at least %(num)s wrong choice.", "Add at least %(num)s wrong choices.", least)
        case "items":
            return ngettext("Add at least %(num)s place.", "Add at least %(num)s places.", least)
        case "pairs":
            return ngettext("Add at least %(num)s pair.", "Add at least %(num)s pairs.", least)
    return ngettext("Add at least %(num)s.", "Add at least %(num)s.", least)


def _too_many(field: str, most: int) -> str:
    match field:
        case "answers":
            return ngettext("Use at most %(num)s right answer.", "Use at most %(num)s right answers.", most)
        case "distractors":
            return ngettext("Use at most %(num)s wrong choice.", "Use at most %(num)s wrong choices.", most)
        case "items":
            return ngettext("Use at most %(num)s place.", "Use at most %(num)s places.", most)
        case "pairs":
            return ngettext("Use at most %(num)s pair.", "Use at most %(num)s pairs.", most)
        case "tags":
            return ngettext("Use at most %(num)s tag.", "Use at most %(num)s tags.", most)
    return ngettext("Use at most %(num)s.", "Use at most %(num)s.", most)
