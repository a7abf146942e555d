"""What is made of a question set: typed answers with their spellings, JSON, hashes and a schema."""

import json
from pathlib import Path
from typing import Any

import pytest

from quizapp.core.kinds import Question, parse_question
from quizapp.core.sets.export import content_hash, export_json, json_schema
from quizapp.core.sets.files import read_set
from quizapp.core.sets.schema import Fact, Name, QuestionSet, SetHeader
from quizapp.core.sets.spellings import expand


@pytest.fixture(scope="module")
def rivers() -> QuestionSet:
    question_set, problems = read_set(Path(__file__).parents[2] / "data" / "sample")
    assert question_set, problems
    return question_set


# Spellings ---------------------------------------------------------------------------------------------------

PEOPLE = [
    Name(key="georgia", type="place", name="Georgia", spellings=["Gürcüstan"]),
    Name(key="government", type="organisation", name="Georgian government", spellings=["Georgia", "Georgian"]),
    Name(key="azerbaijan", type="place", name="Azerbaijan"),
    Name(key="lenin", type="person", name="Vladimir Lenin", spellings=["Lenin", "LENIN", "Lénin"]),
    Name(key="denikin", type="person", name="Anton Denikin", spellings=["Denikin", "Denin"]),
]
SPELT = [
    # (the answer as in the file, what else is accepted, what is refused)
    ({"answer": "Lenin", "spellings_of": ["lenin"]}, ["Vladimir Lenin", "Lénin"], ["Denin"]),
    (
        {"answer": "lenin", "accept": ["Ulyanov"], "spellings_of": ["lenin"]},
        ["Ulyanov", "Vladimir Lenin", "Lénin"],
        ["Denin"],
    ),
    (
        {"answer": "Lenin", "spellings_of": ["lenin"], "reject": ["Stalin", "DENIN"]},
        ["Vladimir Lenin", "Lénin"],
        ["Stalin", "DENIN"],
    ),
    ({"answer": "Georgia", "spellings_of": ["georgia"]}, ["Gürcüstan"], []),
    (
        {"answer": "Denikin", "spellings_of": ["denikin", "lenin"]},
        ["Anton Denikin", "Denin", "Vladimir Lenin", "Lenin", "Lénin"],
        [],
    ),
    ({"answer": "Denim", "accept": ["Jeans"]}, ["Jeans"], []),
]


@pytest.mark.parametrize(("written", "accept", "reject"), SPELT)
def test_spellings_are_written_out(written: dict[str, Any], accept: list[str], reject: list[str]) -> None:
    whole = {"answer": written["answer"], "accept": accept, "spellings_of": [], "reject": reject}
    shell = {"key": "q", "prompt": "P", "explanation": "E"}
    typed = expand(parse_question({**shell, **written, "kind": "typed"}), PEOPLE)
    assert typed == parse_question({**shell, **whole, "kind": "typed"})
    gaps = {**shell, "kind": "cloze", "text": "{{who}}"}
    cloze = expand(parse_question({**gaps, "gaps": {"who": written}}), PEOPLE)
    assert cloze == parse_question({**gaps, "gaps": {"who": whole}})


def test_writing_out_twice_changes_nothing(rivers: QuestionSet) -> None:
    for fact in rivers.facts:
        for question in fact.questions:
            once = expand(question, rivers.names)
            assert expand(once, rivers.names) == once


def test_other_kinds_stay_as_they_are(rivers: QuestionSet) -> None:
    choice = rivers.facts[0].questions[0]
    assert expand(choice, rivers.names) is choice


def test_a_gap_that_is_chosen_needs_no_spellings() -> None:
    gap = {
        "answer": "Lenin",
        "distractors": [{"text": "Denikin", "why_not": "W."}, {"text": "Kolchak", "why_not": "W."}],
    }
    cloze = {"key": "q", "prompt": "P", "explanation": "E", "kind": "cloze", "text": "{{who}}", "gaps": {"who": gap}}
    asked = parse_question(cloze)
    assert expand(asked, PEOPLE) == asked


# JSON and hashes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["sample", "kinds"])
def test_the_export_can_be_read_back(folder: str) -> None:
    written, problems = read_set(Path(__file__).parents[2] / "data" / folder)
    assert written, problems
    data = json.loads(json.dumps(export_json(written)))
    header = dict(data["set"])
    names = tuple(map(Name.model_validate, header.pop("names")))
    facts = tuple(map(Fact.model_validate, data["facts"]))
    header["passages"] = data["passages"]
    assert QuestionSet(SetHeader.model_validate(header), names, facts, written.pictures) == written


def test_the_export_has_a_fixed_shape(rivers: QuestionSet) -> None:
    data = export_json(rivers)
    assert list(data) == ["set", "passages", "facts"]
    assert list(data["set"]) == [
        "key", "title", "summary", "language", "licence", "source", "topics", "notes", "misconceptions",
        "end", "first", "renamed", "refuse", "cards", "names",
    ]  # fmt: skip
    assert list(data["passages"][0]) == ["number", "title", "digest"]
    assert list(data["facts"][0]) == [
        "key", "topic", "statement", "passages", "notes", "date", "importance", "actors", "leads_to", "caution",
        "tags", "questions",
    ]  # fmt: skip
    for fact in data["facts"]:
        for question in fact["questions"]:
            assert list(question)[:4] == ["key", "kind", "prompt", "explanation"]
    assert data["facts"][0]["questions"][1]["gaps"]["explorer"]["spellings_of"] == ["speke"]


def changed(model: Fact | Question, **fields: Any) -> Any:
    return type(model).model_validate({**model.model_dump(), **fields})


def test_a_hash_changes_with_the_content_only(rivers: QuestionSet) -> None:
    fact = rivers.facts[0]
    choice, cloze, _ = fact.questions
    assert len(content_hash(fact)) == 64
    assert content_hash(fact) == content_hash(changed(fact, questions=[cloze.model_dump()], caution=None))
    assert content_hash(fact) != content_hash(changed(fact, statement="Another."))
    assert content_hash(choice) == content_hash(parse_question(choice.model_dump(mode="json")))
    assert content_hash(choice) != content_hash(changed(choice, answer="Livingstone"))
    assert content_hash(choice) != content_hash(cloze)


def test_the_schema_describes_the_three_files() -> None:
    schema = json.loads(json.dumps(json_schema()))
    files = ["SetFile", "NamesFile", "FactsFile"]
    assert schema["anyOf"] == [{"$ref": f"#/$defs/{file}"} for file in files]
    assert schema["$defs"]["FactsFile"] == {"items": {"$ref": "#/$defs/Fact"}, "type": "array"}
    assert schema["$defs"]["Choice"]["properties"]["kind"]["const"] == "choice"
    assert not schema["$defs"]["Fact"]["additionalProperties"]
