"""What a format writes it reads again, and putting that together with the set it came from changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from questions import places
from sampling import sample

from quizapp.core.formats.import_builder import key_from
from quizapp.core.formats.merge import merge
from quizapp.core.formats.registry import FORMATS
from quizapp.core.kinds import parse_question
from quizapp.core.sets import files, schema, spellings

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OURS = ["yaml", "json", "csv", "tsv", "gift", "aiken"]


@cache
def as_stored(directory: Path) -> schema.QuestionSet:
    """A set from its files as the database holds it, with its names written out."""
    source, problems = files.read_set(directory)
    assert source, problems
    facts = [
        fact.model_copy(update={"questions": [spellings.expand(question, source.names) for question in fact.questions]})
        for fact in source.facts
    ]
    return replace(source, facts=tuple(facts))


def some_of(whole: schema.QuestionSet) -> schema.QuestionSet:
    """Return a sample of a set, in which no fact leads to one that is left out."""
    facts = sample(whole.facts, every=8)
    keys = {fact.key for fact in facts}

    def without_dangling_links(fact: schema.Fact) -> schema.Fact:
        return fact.model_copy(update={"leads_to": {key: why for key, why in fact.leads_to.items() if key in keys}})

    return replace(whole, facts=tuple(map(without_dangling_links, facts)))


def written_and_read(stored: schema.QuestionSet, name: str) -> tuple[schema.Fact, ...]:
    form = FORMATS[name]
    written = form.write(stored, {}, now=NOW)
    read = form.read(written.data, topic=stored.header.topics[0].key)
    alike = "already has the same question"  # two that differ only in what the format leaves out
    assert [skipped for skipped in read.skipped if form.keyed or alike not in skipped.why] == []
    digests = {question.picture.digest for fact in stored.facts for question in fact.questions if question.picture}
    merged = merge(read, stored, form, pictures=digests, now=NOW).question_set
    assert (merged.header, merged.names) == (stored.header, stored.names)
    return merged.facts


def assert_changes_nothing(stored: schema.QuestionSet, name: str) -> int:
    """How many questions came back, each as it was, in a fact as it was."""
    facts = {fact.key: fact for fact in stored.facts}
    count = 0
    for fact in written_and_read(stored, name):
        own = facts[fact.key]
        assert fact.model_copy(update={"questions": own.questions}) == own
        known = {question.key: question for question in own.questions}
        for question in fact.questions:
            assert question == known[question.key]
            count += 1
    return count


@pytest.mark.parametrize("name", FORMATS)
def test_the_built_in_bank_comes_back_unchanged(name: str) -> None:
    stored = some_of(as_stored(ROOT / "question_bank/april-1920"))
    asked = [question for fact in stored.facts for question in fact.questions]
    total = sum(not (question.draws_picture and name in ("csv", "tsv")) for question in asked)
    count = assert_changes_nothing(stored, name)
    assert count == total if name != "aiken" else total > count > 0.4 * total


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("directory", ["kinds", "sample", "hebrew"])
def test_every_kind_comes_back_unchanged(name: str, directory: str) -> None:
    assert assert_changes_nothing(as_stored(ROOT / "tests/data" / directory), name)


@pytest.mark.parametrize("name", [name for name in OURS if name != "aiken"])
def test_a_format_keeps_the_kind_or_says_what_becomes_of_it(name: str) -> None:
    """Read into an empty set, the questions are those that were written, as many and in their order."""
    stored = as_stored(ROOT / "tests/data/kinds")
    written = FORMATS[name].write(stored, {}, now=NOW)
    left_out = {warning.place for warning in written.warnings if warning.whole_question}
    assert left_out == ({"place-point"} if name in ("csv", "tsv") else set())
    stored = replace(stored, facts=tuple(fact for fact in stored.facts if fact.questions[0].key not in left_out))
    read = FORMATS[name].read(written.data, topic="all")
    keys = [question.key for found in read.facts for question in found.fact.questions]
    assert keys == [question.key for fact in stored.facts for question in fact.questions]
    if name != "gift":
        assert [found.fact.questions for found in read.facts] == [fact.questions for fact in stored.facts]


def with_prompt(stored: schema.QuestionSet, prompt: str) -> schema.QuestionSet:
    facts = [fact for fact in stored.facts if fact.questions[0].kind == "point"]
    (asked,) = facts[0].questions
    return replace(
        stored, facts=(facts[0].model_copy(update={"questions": [asked.model_copy(update={"prompt": prompt})]}),)
    )


@pytest.mark.parametrize("with_files", [True, False])
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("csv", "tsv")])
def test_areas_on_a_picture_stay_when_another_part_is_edited(name: str, with_files: bool) -> None:
    """Also when the format holds a choice between positions in words, and whether or not it holds the picture."""
    stored = as_stored(ROOT / "tests/data/kinds")
    form = FORMATS[name]
    edited = with_prompt(stored, "Where does the island lie?")
    read = form.read(form.write(edited, stored.pictures if with_files else {}, now=NOW).data, topic="all")
    assert read.pictures == {}
    merged = merge(read, stored, form, pictures=stored.pictures, now=NOW).question_set
    if form.keyed:
        assert merged.facts == edited.facts


@pytest.mark.parametrize("name", ["yaml", "json", "moodle-xml", "apkg", "anki-text"])
def test_a_question_on_a_picture_that_is_not_here_is_left_out(name: str) -> None:
    stored = as_stored(ROOT / "tests/data/kinds")
    form = FORMATS[name]
    read = form.read(form.write(stored, stored.pictures, now=NOW).data, topic="all")
    merged = merge(read, replace(stored, facts=()), form, pictures=(), now=NOW)
    assert [(warning.place, warning.what) for warning in merged.warnings if warning.place == "place-point"] == [
        ("place-point", "Pictures are left out if the file does not have them as PNG, JPEG or WebP."),
        ("place-point", "Questions about a place on a picture are left out if the picture is missing."),
    ]
    assert "place" not in {fact.key for fact in merged.question_set.facts}
    assert len(merged.question_set.facts) == len(stored.facts) - 1


# Any text at all

LETTERS = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff",
)
MARKS = st.sampled_from([*"{}=~#:\\|%/'\"@+-,;[]<>*_`. \t\n", "->", "//", "::", "####", "%50%", "\n\n", "A. "])
RAW = st.lists(st.one_of(MARKS, st.text(LETTERS, min_size=1, max_size=6)), min_size=1, max_size=8).map("".join)
TEXT = RAW.map(str.strip).filter(bool)
LINE = RAW.map(lambda text: " ".join(text.split())).filter(bool)
DISTRACTOR = st.fixed_dictionaries({"text": LINE, "why_not": st.one_of(st.just(""), TEXT)})
DISTRACTORS = st.lists(DISTRACTOR, min_size=1, max_size=4)
LABEL = st.text("abc de", min_size=1, max_size=6).map(lambda text: " ".join(text.split())).filter(bool)


def kind(name: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"kind": st.just(name), "prompt": TEXT, "explanation": st.one_of(st.just(""), TEXT), **fields}
    )


def clozes() -> st.SearchStrategy[dict[str, Any]]:
    def build(labels: list[str], before: str, answers: list[str], prompt: str, wrong: list[Any]) -> dict[str, Any]:
        text = before.replace("{", "(").replace("}", ")") + " ".join(f" {{{{{label}}}}} and" for label in labels)
        gaps: dict[str, Any] = {label: {"answer": answer} for label, answer in zip(labels, answers, strict=False)}
        gaps[labels[0]]["distractors"] = wrong
        return {"kind": "cloze", "prompt": prompt, "text": text, "gaps": gaps}

    answers = st.lists(LINE, min_size=3, max_size=3)
    wrong = st.one_of(st.just([]), st.lists(DISTRACTOR, min_size=2, max_size=4))
    return st.builds(build, st.lists(LABEL, min_size=1, max_size=3, unique=True), TEXT, answers, TEXT, wrong)


QUESTIONS = st.one_of(
    kind("flashcard", answer=TEXT),
    kind("essay", answer=TEXT, points=st.lists(LINE, max_size=3)),
    kind("true_false", answer=st.booleans()),
    kind("choice", answer=LINE, distractors=DISTRACTORS),
    st.lists(LINE, min_size=2, max_size=4, unique=True).map(
        lambda texts: {"kind": "point", "prompt": "Where?", **places(*texts)}
    ),
    kind("multiple", answers=st.lists(LINE, min_size=2, max_size=4), distractors=DISTRACTORS),
    kind("typed", answer=LINE, accept=st.lists(LINE, max_size=3), reject=st.lists(LINE, max_size=2)),
    kind("date", answer=st.sampled_from(["1920", "1858-08"]), precision=st.just("year")),
    kind("number", answer=st.integers(-9999, 9999).map(str), tolerance=st.sampled_from(["0", "0.5", "20"])),
    kind("ordering", items=st.lists(st.one_of(LINE, st.lists(LINE, min_size=2, max_size=2)), min_size=2, max_size=3)),
    kind(
        "matching",
        pairs=st.lists(st.fixed_dictionaries({"left": LINE, "right": LINE}), min_size=2, max_size=4),
        extra=st.lists(LINE, max_size=2),
    ),
    clozes(),
)


@st.composite
def sets(draw: st.DrawFn) -> schema.QuestionSet:
    """A small set of whatever the schema lets through."""
    facts = []
    for number, drawn in enumerate(draw(st.lists(st.lists(QUESTIONS, min_size=1, max_size=2), min_size=1, max_size=3))):
        questions = []
        for place, question in enumerate(drawn):
            try:
                questions.append(parse_question(question | {"key": f"q-{number}-{place}"}))
            except ValidationError:  # two choices alike, a gap that is not there
                continue
        if questions:
            facts.append(
                schema.Fact(
                    key=f"fact-{number}",
                    topic=draw(st.sampled_from(["war", "peace"])),
                    statement=draw(TEXT),
                    tags=draw(
                        st.lists(LINE.map(lambda text: text.replace("|", "")[:60].strip()).filter(bool), max_size=2)
                    ),
                    caution=draw(st.one_of(st.none(), TEXT)),
                    questions=questions,
                )
            )
    topics = [
        schema.Topic(key="war", title=draw(LINE), summary="-"),
        schema.Topic(key="peace", title="Peace", summary="-"),
    ]
    header = schema.SetHeader(key="any", title="Any", summary="-", language="en", topics=topics)
    return schema.QuestionSet(header, (), tuple(facts))


@pytest.mark.parametrize("name", OURS)
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(stored=sets())
def test_any_text_comes_back_unchanged(name: str, stored: schema.QuestionSet) -> None:
    questions = [question for fact in stored.facts for question in fact.questions]
    if name in ("csv", "tsv"):
        questions = [question for question in questions if not question.draws_picture]
    if FORMATS[name].write(stored, {}, now=NOW).keys or (questions and name != "aiken"):
        assert_changes_nothing(stored, name)


@given(st.text())
def test_whatever_another_program_calls_a_question_gives_a_key(name: str) -> None:
    if name:
        assert key_from(key_from(name)) == key_from(name)
        parse_question({"key": key_from(name), "kind": "true_false", "prompt": "?", "answer": True})
