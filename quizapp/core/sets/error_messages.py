"""Errors of the schema, worded for authors who do not program."""

from collections.abc import Collection, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import OSA

from quizapp.core.kinds import KINDS
from quizapp.core.sets.strict_yaml import YamlPath
from quizapp.core.translation import gettext, ngettext

_KEY, _LANGUAGE, _ONE_LINE = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", r"^[^\n]*$"


def path_of(error: ErrorDetails) -> YamlPath:
    """Return the path of an error in the data: pydantic's `loc` without its marks for unions and dict keys."""
    loc = error["loc"] + (("kind",) if error["type"] == "union_tag_invalid" else ())
    return tuple(
        part
        for i, part in enumerate(loc)
        if part != "[key]" and not (part in KINDS and i >= 2 and loc[i - 2] == "questions")
    )


def in_words(error: ErrorDetails, root: object, *, subject: str = "") -> str:
    """Return what is wrong, in whole sentences.

    `root` is the type that was validated, for the fields it may have. `subject` is what to call the field where its
    name in files is unknown.
    """
    kind, given, ctx = error["type"], error["input"], error.get("ctx", {})
    subject = subject or _subject(path_of(error))
    match kind:
        case "missing":
            return gettext("The field %(field)s is missing. Add it.", field=subject)
        case "extra_forbidden":
            return gettext("There is no field %(field)s here.", field=subject) + _known_fields(error, root)
        case "union_tag_invalid":
            unknown = gettext("“%(kind)s” is not a kind of question.", kind=ctx["tag"])
            return f"{unknown}{suggest(ctx['tag'], KINDS)} {_list_kinds()}"
        case "union_tag_not_found":
            return f"{gettext('This question has no “kind”. Add one.')} {_list_kinds()}"
        case "literal_error":
            choices = ctx["expected"].replace("'", "").replace(" or ", ", ")
            return gettext(
                "“%(given)s” does not fit here. Write one of these: %(choices)s.", given=given, choices=choices
            )
        case "string_type":
            return _not_text(subject, given)
        case "string_pattern_mismatch":
            return _unfit(ctx["pattern"], subject, given)
        case "value_error":
            return sentence(str(ctx["error"]))
    return _sizes(kind, subject, given, ctx) or sentence(f"{subject}: {error['msg']}")


def suggest(word: object, known: Collection[str], otherwise: str = "") -> str:
    """Return a “Did you mean …?” question with the most similar known word, or another sentence if none is similar."""
    text = str(word)
    near = process.extractOne(text, sorted(known), scorer=OSA.distance, score_cutoff=max(1, len(text) // 3))
    found = gettext("Did you mean “%(word)s”?", word=near[0]) if near else otherwise
    return f" {found}" if found else ""


def sentence(words: str) -> str:
    """Return words with a capital at the beginning and a full stop at the end, where they are missing."""
    text = words[:1].upper() + words[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _subject(path: YamlPath) -> str:
    if not path:
        return gettext("This entry")
    last = path[-1]
    if isinstance(last, str):
        return f"“{last}”"
    if len(path) == 1:
        return gettext("Entry %(number)s", number=last + 1)
    return gettext("Item %(number)s of “%(list)s”", number=last + 1, list=path[-2])


def _list_kinds() -> str:
    return gettext("The kinds are %(kinds)s.", kinds=", ".join(KINDS))


def _not_text(subject: str, given: object) -> str:
    if given is None:
        return _empty(subject)
    if isinstance(given, bool | int):
        written = str(given).lower()
        return gettext('%(field)s must be text. Put it in quotes: "%(written)s".', field=subject, written=written)
    return gettext("%(field)s must be text. If it is meant as text, put it in quotes.", field=subject)


def _empty(subject: str) -> str:
    return gettext("%(field)s is empty. Fill it in.", field=subject)


def _unfit(pattern: str, subject: str, given: str) -> str:
    if pattern == _KEY:
        return gettext("“%(given)s” is not a key. Use lower-case letters, digits and single hyphens.", given=given)
    if pattern == _LANGUAGE:
        return gettext("“%(given)s” is not a language code. Write one such as en, az or ru.", given=given)
    if pattern == _ONE_LINE:
        return gettext("%(field)s must be a single line.", field=subject)
    return gettext("“%(given)s” is not a valid value for %(field)s. Change it.", given=given, field=subject)


def _sizes(kind: str, subject: str, given: Any, ctx: Mapping[str, Any]) -> str:
    if wrong := _wrong_type(kind, subject):
        return f"{_empty(subject)} {wrong}" if given is None else wrong
    match kind:
        case "string_too_short":
            return _empty(subject)
        case "string_too_long":
            return gettext(
                "%(field)s is too long: it has %(length)s characters, and %(most)s are allowed.",
                field=subject, length=f"{len(given):,}", most=f"{ctx['max_length']:,}",
            )  # fmt: skip
        case "too_short":
            return _too_few(subject, ctx["min_length"], ctx["actual_length"])
        case "too_long":
            return _too_many(subject, ctx["max_length"], ctx["actual_length"])
        case "greater_than_equal":
            return gettext("%(field)s must be %(least)s or more.", field=subject, least=ctx["ge"])
        case "less_than_equal":
            return gettext("%(field)s must be %(most)s or less.", field=subject, most=ctx["le"])
    return ""


def _wrong_type(kind: str, subject: str) -> str:
    match kind:
        case "list_type":
            return gettext("%(field)s must be a list: one item per line, each after a hyphen.", field=subject)
        case "dict_type" | "model_type" | "model_attributes_type":
            return gettext("%(field)s must be a group of fields, one per line: name, colon, value.", field=subject)
        case "bool_type":
            return gettext("%(field)s must be true or false, without quotes.", field=subject)
        case "int_type":
            return gettext("%(field)s must be a whole number, without quotes.", field=subject)
        case "float_type":
            return gettext("%(field)s must be a number. Use a point, not a comma, for decimals.", field=subject)
    return ""


def _too_few(subject: str, fewest: int, there: int) -> str:
    return ngettext(
        "%(field)s needs at least %(num)s entry, but has %(there)s.",
        "%(field)s needs at least %(num)s entries, but has %(there)s.",
        fewest, field=subject, there=there,
    )  # fmt: skip


def _too_many(subject: str, most: int, there: int) -> str:
    return ngettext(
        "%(field)s can have at most %(num)s entry, but has %(there)s.",
        "%(field)s can have at most %(num)s entries, but has %(there)s.",
        most, field=subject, there=f"{there:,}",
    )  # fmt: skip


def _known_fields(error: ErrorDetails, root: object) -> str:
    fields = _fields_at(error["loc"][:-1], root)
    return suggest(error["loc"][-1], fields, gettext("The fields are %(fields)s.", fields=", ".join(fields)))


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
