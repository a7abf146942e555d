"""Export a set as JSON, with the schema of its files and hashes for detecting changes."""

import json
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, TypeAdapter

from quizapp.core.kinds import Question
from quizapp.core.kinds.fields import Picture
from quizapp.core.sets.schema import Fact, Name, QuestionSet, SetHeader
from quizapp.core.translation import gettext


def content_hash(model: Fact | Question) -> str:
    """Return the SHA-256 (hex) of a question, or of a fact without its questions.

    Fields with default values are left out, so that a new optional field in the schema changes no hash.
    """
    left_out = {"questions"} if isinstance(model, Fact) else None
    data = model.model_dump(mode="json", exclude=left_out, exclude_defaults=True)
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def export_json(question_set: QuestionSet) -> dict[str, Any]:
    """Return the set as plain data, as in its files: `set` (with topics, notes and names), `passages`, `facts`."""
    header = _plain(question_set.header)
    passages = header.pop("passages")
    return {
        "set": {**header, "names": [_plain(name) for name in question_set.names]},
        "passages": passages,
        "facts": [_fact(fact) for fact in question_set.facts],
    }


def json_schema() -> dict[str, Any]:
    """Return one JSON Schema for the files of a set.

    Editors can use a part of it: `#/$defs/SetFile`, `#/$defs/NamesFile` or `#/$defs/FactsFile`.
    """
    files: list[tuple[str, TypeAdapter[Any]]] = [
        ("SetFile", TypeAdapter(SetHeader)),
        ("NamesFile", TypeAdapter(list[Name])),
        ("FactsFile", TypeAdapter(list[Fact])),
    ]
    by_file, schema = TypeAdapter.json_schemas([(name, "validation", adapter) for name, adapter in files])
    picture = schema["$defs"][Picture.__name__]
    picture["properties"]["file"] = {"type": "string", "title": gettext("File in the folder “pictures”")}
    picture["required"] = ["alt"]
    parts = {name: by_file[name, "validation"] for name, _ in files}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": gettext("A question set: set.yaml, names.yaml and facts/*.yaml"),
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in parts],
        "$defs": {**parts, **schema["$defs"]},
    }


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json")


def _fact(fact: Fact) -> dict[str, Any]:
    return {**_plain(fact), "questions": [_question(question) for question in fact.questions]}


def _question(question: Question) -> dict[str, Any]:
    leading = ("key", "kind", "prompt", "explanation")
    data = _plain(question)
    return {field: data[field] for field in leading} | data
