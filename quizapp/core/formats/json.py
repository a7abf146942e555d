"""JSON: a whole set as plain data. Pictures are referred to, but not included."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from quizapp.core.formats.format import (
    ExportedFile,
    FormatWarning,
    ImportedSet,
    Unreadable,
    decode_text,
    is_nested_deeper,
    line_place,
)
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.yaml import read_document, take_facts
from quizapp.core.sets import export, schema
from quizapp.core.sets.strict_yaml import MAX_DEPTH
from quizapp.core.text.encodings import marked_encoding
from quizapp.core.translation import gettext

_TOO_DEEP = gettext("Lists and groups are nested more than %(limit)s levels deep.", limit=MAX_DEPTH)


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Read a set as `write` writes it, or a list of facts."""
    builder = ImportBuilder(topic)
    loaded = _load(decode_text(data, marked_encoding(data) or "utf-8"))
    if isinstance(loaded, list):
        take_facts(loaded, builder, _place)
        return builder.build()
    if not isinstance(loaded, dict) or "facts" not in loaded:
        raise Unreadable("", gettext("This is not a question set, because it has no “facts”. Choose another file."))
    return read_document(loaded, builder, _place)


def _load(text: str) -> Any:
    try:
        loaded = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Unreadable(line_place(error.lineno), _not_json_message(error.msg)) from None
    except RecursionError:
        raise Unreadable("", _TOO_DEEP) from None
    except ValueError as error:  # a number with thousands of digits, or NaN
        raise Unreadable("", _not_json_message(str(error))) from None
    if is_nested_deeper(loaded, MAX_DEPTH):
        raise Unreadable("", _TOO_DEEP)
    return loaded


def _not_json_message(problem: str) -> str:
    return gettext("This is not JSON (%(problem)s). Correct the file or choose another format.", problem=problem)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(gettext("%(constant)s is not a number", constant=constant))


def _place(*path: str | int) -> str:
    """Return the position of a part: “Fact 12, question 2”, or names from the file such as “topics 3, title”."""
    steps = [step for step in path if step not in ("set", "facts")]
    match steps:
        case [int(fact), "questions", int(question)]:
            return gettext("Fact %(fact)s, question %(question)s", fact=fact + 1, question=question + 1)
        case [int(fact)]:
            return gettext("Fact %(fact)s", fact=fact + 1)
        case ["names", int(name)]:
            return gettext("Name %(name)s", name=name + 1)
    place: list[str] = []
    for step in steps:
        if isinstance(step, int):
            place[-1:] = [" ".join([*place[-1:], str(step + 1)])]
        else:
            place.append(step)
    return ", ".join(place)


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write the set as indented JSON."""
    text = json.dumps(export.export_json(question_set), ensure_ascii=False, indent=2) + "\n"
    warnings = [
        FormatWarning(question.key, gettext("Pictures are left out. The file only refers to them."))
        for fact in question_set.facts
        for question in fact.questions
        if question.picture
    ]
    return ExportedFile(text.encode(), tuple(warnings))
