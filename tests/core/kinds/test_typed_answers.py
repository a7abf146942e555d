"""A table of typed answers with the verdicts that a fair teacher would give; the file says how to read it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from questions import grade, question

from quizapp.core.kinds import Question
from quizapp.core.kinds.base import Grade, Part, SetContext
from quizapp.core.kinds.date import DateNote
from quizapp.core.kinds.number import UNREADABLE_NUMBER
from quizapp.core.sets.files import read_set
from quizapp.core.sets.spellings import expand
from quizapp.core.sets.vocabulary import doubtful_words, words_used

ROOT = Path(__file__).parents[3]
TABLE: dict[str, list[dict[str, Any]]] = yaml.load(
    (ROOT / "tests" / "data" / "typed_answers.yaml").read_text(encoding="utf-8"),
    yaml.CBaseLoader,  # every value is a string, so that 27.4 and 1.10 stay as they were typed
)
NOT_COUNTED = {"close", "wrong", "unreadable", "unanswered"}
ALLOWED = {
    "right": {"right", "slip"},
    "slip": {"slip"},
    "refused": NOT_COUNTED,
    **{verdict: {verdict} for verdict in sorted(NOT_COUNTED)},  # in one order for all workers
}
NOT_FIELDS = {"question", "language", "set", "bank", "gap", *ALLOWED}
UNREADABLE = {DateNote.UNREADABLE, UNREADABLE_NUMBER}


@cache
def built_in_questions() -> dict[str, Question]:
    found, problems = read_set(ROOT / "question_bank" / "april-1920")
    assert found, problems
    return {asked.key: expand(asked, found.names) for fact in found.facts for asked in fact.questions}


def question_of(entry: dict[str, Any]) -> Question:
    if "bank" in entry:
        return built_in_questions()[entry["bank"]]
    fields = {name: value for name, value in entry.items() if name not in NOT_FIELDS}
    return question(prompt=entry["question"], **fields)


def context_of(asked: Question, text: str, language: str, vocabulary: str) -> SetContext:
    words = words_used(vocabulary, doubtful_words(asked, [text], language)) if vocabulary else ()
    return SetContext(language=language, other_words=tuple(words))


def verdict_of(asked: Question, text: str, entry: dict[str, Any]) -> str:
    found: Grade | Part
    gap = entry.get("gap")
    context = context_of(asked, text, entry.get("language", "en"), entry.get("set", ""))
    if gap is None:
        found = grade(asked, text=text, context=context)
    else:
        parts = grade(asked, gaps={gap: text}, context=context).parts
        found = next(part for part in parts if part.label == gap)
    return "unreadable" if found.note in UNREADABLE else found.verdict.value


def answers(entry: dict[str, Any], *verdicts: str) -> Sequence[str]:
    return [text for verdict in verdicts if verdict in entry for text in entry[verdict].split(" | ")]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(entry, id=f"{section}: {entry['question']}")
        for section, entries in TABLE.items()
        for entry in entries
    ],
)
def test_each_answer_gets_its_verdict(entry: dict[str, Any]) -> None:
    asked = question_of(entry)
    found = [(text, verdict, verdict_of(asked, text, entry)) for verdict in ALLOWED for text in answers(entry, verdict)]
    assert [row for row in found if row[2] not in ALLOWED[row[1]]] == []


def test_the_table_is_large_and_balanced() -> None:
    entries = [entry for entries in TABLE.values() for entry in entries]
    every = sum(len(answers(entry, *ALLOWED)) for entry in entries)
    right = sum(len(answers(entry, "right", "slip")) for entry in entries)
    assert every >= 600
    assert 0.4 < right / every < 0.6


def test_no_answer_has_two_verdicts() -> None:
    for entries in TABLE.values():
        for entry in entries:
            listed = answers(entry, *ALLOWED)
            assert sorted(listed) == sorted(set(listed)), entry["question"]
