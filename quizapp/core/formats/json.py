"""JSON: a whole set as plain data. Pictures are referred to, but not included."""

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, NoReturn

from quizapp.core.formats.format import (
    ExportedFile,
    FormatWarning,
    ImportedSet,
    Unreadable,
    decode_text,
    is_nested_deeper,
)
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.yaml import read_document, take_facts
from quizapp.core.sets import export, schema
from quizapp.core.sets.strict_yaml import MAX_DEPTH

_TOO_DEEP = f"lists and groups are nested more than {MAX_DEPTH} deep"


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Read a set as `write` writes it, or a list of facts."""
    builder = ImportBuilder(topic)
    loaded = _load(decode_text(data))
    if isinstance(loaded, list):
        take_facts(loaded, builder, _place)
        return builder.build()
    if not isinstance(loaded, dict) or "facts" not in loaded:
        raise Unreadable("", "this is not a question set: it has no ‘facts’")
    return read_document(loaded, builder, _place)


def _load(text: str) -> Any:
    try:
        loaded = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno}", f"this is not JSON: {error.msg}") from None
    except RecursionError:
        raise Unreadable("", _TOO_DEEP) from None
    except ValueError as error:  # a number with thousands of digits, or NaN
        raise Unreadable("", f"this is not JSON: {error}") from None
    if is_nested_deeper(loaded, MAX_DEPTH):
        raise Unreadable("", _TOO_DEEP)
    return loaded


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _place(*path: str | int) -> str:
    """Return the position of a part in words: “fact 12, question 2”."""
    words = {"facts": "fact", "questions": "question", "names": "name"}
    steps = [step for step in path if step not in ("set", "facts")]
    place = [f"fact {steps[0] + 1}"] if steps and isinstance(steps[0], int) else [str(step) for step in steps[:1]]
    for before, step in pairwise(steps):
        if isinstance(step, int):
            place[-1:] = [f"{words.get(str(before), str(before))} {step + 1}"]
        else:
            place.append(step)
    return ", ".join(place)


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write the set as indented JSON."""
    text = json.dumps(export.export_json(question_set), ensure_ascii=False, indent=2) + "\n"
    warnings = [
        FormatWarning(question.key, "the bytes of its picture")
        for fact in question_set.facts
        for question in fact.questions
        if question.picture
    ]
    return ExportedFile(text.encode(), tuple(warnings))
