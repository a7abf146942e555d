"""What the schema and `bank check` have to say about a question finds the field it is about."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from wtforms import Field

from quizapp.core.sets.error_messages import path_of
from quizapp.core.sets.hints import Hint
from quizapp.core.translation import gettext, ngettext
from quizapp.web.forms.question import QuestionForm, RowsField

_PATTERNS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": gettext("Use letters, digits and hyphens."),
    r"^[^\n]*$": gettext("Write this in one line."),
    r"^[^\n|]*$": gettext("A tag can’t contain |."),
    r"^-?\d{1,15}(\.\d{1,9})?$": gettext("Write a number, such as 1250 or 3.5."),
}
_TOO_FEW: dict[str, Callable[[int], str]] = {
    "answers": lambda n: ngettext("Add at least %(num)s right answer.", "Add at least %(num)s right answers.", n),
    "distractors": lambda n: ngettext("Add at least %(num)s wrong choice.", "Add at least %(num)s wrong choices.", n),
    "items": lambda n: ngettext("Add at least %(num)s place.", "Add at least %(num)s places.", n),
    "pairs": lambda n: ngettext("Add at least %(num)s pair.", "Add at least %(num)s pairs.", n),
    "tags": lambda n: ngettext("Add at least %(num)s tag.", "Add at least %(num)s tags.", n),
}
_TOO_MANY: dict[str, Callable[[int], str]] = {
    "answers": lambda n: ngettext(
        "You can have up to %(num)s right answer.", "You can have up to %(num)s right answers.", n
    ),
    "distractors": lambda n: ngettext(
        "You can have up to %(num)s wrong choice.", "You can have up to %(num)s wrong choices.", n
    ),
    "items": lambda n: ngettext("You can have up to %(num)s place.", "You can have up to %(num)s places.", n),
    "pairs": lambda n: ngettext("You can have up to %(num)s pair.", "You can have up to %(num)s pairs.", n),
    "tags": lambda n: ngettext("You can have up to %(num)s tag.", "You can have up to %(num)s tags.", n),
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
            return gettext("This can’t be empty.")
        case "missing" if last == "picture":
            return gettext("Choose a picture and describe what it shows.")
        case "list_type" | "float_type" if "area" in path:
            return gettext("Write four numbers in percent: left edge, top edge, width and height, such as 12 30 8 10.")
        case "greater_than_equal" | "less_than_equal" if "area" in path:
            return gettext("Each number must be from 0 to 100.")
        case "missing" | "string_too_short":
            return gettext("This can’t be empty.")
        case "string_too_long":
            length, most = f"{len(error['input']):,}", f"{ctx['max_length']:,}"
            return gettext("This has %(length)s characters. Shorten it to %(most)s.", length=length, most=most)
        case "too_short" if last == "gaps":
            return gettext("Write at least one gap in the text, such as {{river}}.")
        case "too_short":
            return _too_few(ctx["min_length"], last)
        case "too_long":
            return _too_many(ctx["max_length"], last)
        case "string_pattern_mismatch":
            return _PATTERNS.get(ctx["pattern"], gettext("This can’t be read."))
        case "literal_error":
            return gettext("Choose one.")
        case "greater_than_equal" if "picture" in path:
            return gettext("The picture is no longer here. Choose it again.")
        case "value_error":
            said = str(ctx["error"])
            return f"{said[:1].upper()}{said[1:]}."
    return error["msg"]


def _too_few(least: int, of: str | int) -> str:
    message = _TOO_FEW.get(str(of))
    return message(least) if message else gettext("Add at least %(least)s of these.", least=least)


def _too_many(most: int, of: str | int) -> str:
    message = _TOO_MANY.get(str(of))
    return message(most) if message else gettext("You can have up to %(most)s of these.", most=most)
