"""Errors of the schema, worded for authors who do not program."""

from collections.abc import Collection, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import OSA

from quizapp.core.kinds import KINDS
from quizapp.core.sets.strict_yaml import YamlPath

_QUESTION_KINDS = f"question kinds are {', '.join(KINDS)}"
_PATTERNS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": "‘{input}’ is not a key; use small letters, digits and single hyphens",
    "^[a-z]{2,3}(-[A-Za-z0-9]+)*$": "‘{input}’ is not a language code; write en, az, ru …",
    r"^[^\n]*$": "{subject} must be one line",
}
_UNFIT = "‘{input}’ does not do for {subject}"
_KINDS_OF_VALUE = {
    "list_type": "a list: one item a line, each after a hyphen",
    "dict_type": "a group of fields, each on a line: name, colon, value",
    "model_type": "a group of fields, each on a line: name, colon, value",
    "model_attributes_type": "a group of fields, each on a line: name, colon, value",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "float_type": "a number, with a point if it has decimals",
}


def path_of(error: ErrorDetails) -> YamlPath:
    """Return the path of an error in the data: pydantic's `loc` without its marks for unions and dict keys."""
    loc = error["loc"] + (("kind",) if error["type"] == "union_tag_invalid" else ())
    return tuple(
        part
        for i, part in enumerate(loc)
        if part != "[key]" and not (part in KINDS and i >= 2 and loc[i - 2] == "questions")
    )


def in_words(error: ErrorDetails, root: object) -> str:
    """Return the error as a sentence. `root` is the type that was validated, which tells the possible fields."""
    kind, given, ctx = error["type"], error["input"], error.get("ctx", {})
    subject = _subject(path_of(error))
    match kind:
        case "missing":
            return f"field {subject} is missing"
        case "extra_forbidden":
            return f"field {subject} is unknown{_known_fields(error, root)}"
        case "union_tag_invalid":
            return f"{_QUESTION_KINDS}; ‘{ctx['tag']}’ is not one of them{suggest(ctx['tag'], KINDS)}"
        case "union_tag_not_found":
            return f"this question has no ‘kind’; {_QUESTION_KINDS}"
        case "literal_error":
            return f"{subject} must be {ctx['expected'].replace(chr(39), '')}; ‘{given}’ is not one of them"
        case "string_type":
            return _not_text(subject, given)
        case "string_pattern_mismatch":
            return _PATTERNS.get(ctx["pattern"], _UNFIT).format(input=given, subject=subject)
        case "value_error":
            return str(ctx["error"])
    return _sizes(kind, subject, given, ctx) or f"{subject}: {error['msg']}"


def suggest(word: object, known: Collection[str]) -> str:
    """Return “; did you mean ‘…’?” with the most similar known word, or "" if none is similar."""
    text = str(word)
    near = process.extractOne(text, sorted(known), scorer=OSA.distance, score_cutoff=max(1, len(text) // 3))
    return f"; did you mean ‘{near[0]}’?" if near else ""


def _subject(path: YamlPath) -> str:
    if not path:
        return "this entry"
    last = path[-1]
    if isinstance(last, str):
        return f"‘{last}’"
    return f"item {last + 1} of ‘{path[-2]}’" if len(path) > 1 else f"entry {last + 1}"


def _not_text(subject: str, given: object) -> str:
    if given is None:
        return f"{subject} is empty"
    if isinstance(given, bool | int):
        written = str(given).lower()
        return f'{subject} must be text; put it in quotes: "{written}"'
    return f"{subject} must be text; if it is, put it in quotes"


def _sizes(kind: str, subject: str, given: Any, ctx: Mapping[str, Any]) -> str:
    if kind in _KINDS_OF_VALUE:
        empty = " (it is empty)" if given is None else ""
        return f"{subject} must be {_KINDS_OF_VALUE[kind]}{empty}"
    match kind:
        case "string_too_short":
            return f"{subject} is empty"
        case "string_too_long":
            return f"{subject} is too long: {len(given)} characters, at most {ctx['max_length']}"
        case "too_short":
            return f"{subject} needs at least {ctx['min_length']}; there are {ctx['actual_length']}"
        case "too_long":
            return f"{subject} may have at most {ctx['max_length']}; there are {ctx['actual_length']}"
        case "greater_than_equal":
            return f"{subject} must be {ctx['ge']} or more"
        case "less_than_equal":
            return f"{subject} must be {ctx['le']} or less"
    return ""


def _known_fields(error: ErrorDetails, root: object) -> str:
    fields = _fields_at(error["loc"][:-1], root)
    return suggest(error["loc"][-1], fields) or f"; the fields here are {', '.join(fields)}"


def _fields_at(loc: tuple[int | str, ...], root: object) -> list[str]:
    """Return the names of the schema's fields at `loc`."""
    models = _models_in(root)
    for part in loc:
        of_kind = [model for model in models if "kind" in model.model_fields and part in _values(model, "kind")]
        having = [model for model in models if part in model.model_fields]
        inside = [inner for model in having for inner in _models_in(_type(model, part))]
        models = of_kind or inside or models
    return [field for model in models for field in model.model_fields]


def _type(model: type[BaseModel], field: str | int) -> object:
    return model.model_fields[str(field)].annotation


def _values(model: type[BaseModel], field: str) -> tuple[object, ...]:
    return get_args(_type(model, field))


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]
