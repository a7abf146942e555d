"""Text formats as other programs and people write them: GIFT, Aiken, tables, YAML and JSON."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from quizapp.core.formats import aiken, gift, yaml
from quizapp.core.formats import json as json_format
from quizapp.core.formats.format import ImportedSet, Unreadable
from quizapp.core.formats.registry import FORMATS, guess
from quizapp.core.formats.tables import writer
from quizapp.core.formats.tables.separated import read_separated
from quizapp.core.formats.tables.table import TableOptions
from quizapp.core.kinds import Question
from quizapp.core.sets import export, files, schema

DATA = Path(__file__).parents[2] / "data" / "formats"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def questions(read: ImportedSet) -> list[Question]:
    return [question for found in read.facts for question in found.fact.questions]


def told(question: Question) -> dict[str, Any]:
    """What a question says, without its key."""
    return question.model_dump(exclude_defaults=True, exclude={"key"})


def from_gift(text: str) -> Question:
    read = gift.read(text.encode(), topic="t")
    assert read.skipped == ()
    (question,) = questions(read)
    return question


def from_table(text: str | bytes) -> ImportedSet:
    return FORMATS["csv"].read(text.encode() if isinstance(text, str) else text, topic="t")


# GIFT


def test_a_file_of_gift_is_read_whole() -> None:
    read = gift.read((DATA / "moodle.gift").read_bytes(), topic="t")
    kinds = [question.kind for question in questions(read)]
    assert kinds == [
        "choice", "true_false", "true_false", "cloze", "choice", "typed", "number", "number", "matching", "multiple",
        "choice", "choice", "typed", "choice",
    ]  # fmt: skip
    assert set(read.topics.values()) == {"Rivers/lakes"}
    assert [(skipped.place, skipped.why) for skipped in read.skipped] == [
        ("Line 63", "There is no answer. Write a model answer after ####."),
        ("Line 65", "This has no answers, so it is not a question. Write the answers between { and }."),
        ("Line 67", "A brace { is opened but never closed. Write } after the answers."),
        ("Line 71", "“abc” is not a number. Write a number, or a range like 1919..1921 or 1920:2."),
    ]
    assert {warning.what for warning in read.warnings} == {
        "Feedback on answers is left out.",
        "Answers that earn part of the mark are left out.",
        "Partly right answers count as wrong.",
    }


def test_gift_says_why_a_choice_is_wrong_and_explains() -> None:
    question = from_gift("Who?{=Me ~You#Not \\{you\\}. ~He####Because \\= so.}")
    assert told(question) == {
        "kind": "choice",
        "prompt": "Who?",
        "answer": "Me",
        "distractors": [{"text": "You", "why_not": "Not {you}."}, {"text": "He"}],
        "explanation": "Because = so.",
    }


@pytest.mark.parametrize(
    ("text", "kind", "answer"),
    [
        ("A{T}", "true_false", True),
        ("A{FALSE#no#yes}", "true_false", False),
        ("A{#5}", "number", "5"),
        ("A{#1919..1921}", "number", "1920"),
        ("A{#=1920:1 =%50%1921:5}", "number", "1920"),
        ("A{=%100%x =%0%y}", "typed", "x"),
        ("A{~%100%x ~y}", "choice", "x"),
        ("A\\{b\\}{=x}", "typed", "x"),
        ("A{####The model answer}", "flashcard", "The model answer"),
        ("// [tag:quizapp:kind=essay]\nA{####The model answer}", "essay", "The model answer"),
    ],
)
def test_gift_tells_its_types_apart(text: str, kind: str, answer: object) -> None:
    question = from_gift(text)
    assert (question.kind, getattr(question, "answer", None)) == (kind, answer)


def test_a_missing_word_becomes_a_gap() -> None:
    question = from_gift("The {~Rhine =Nile ~Volga} flows north.")
    assert question.kind == "cloze"
    assert question.text == "The {{missing word}} flows north."
    assert question.gaps["missing word"].options == ["Nile", "Rhine", "Volga"]


def test_keys_and_tags_stand_in_comments_as_moodle_writes_them() -> None:
    read = gift.read((DATA / "moodle.gift").read_bytes(), topic="t")
    (found,) = (found for found in read.facts if found.fact.key == "keyed-one")
    assert found.keyed
    assert found.fact.tags == ["sums", "early"]
    assert found.fact.questions[0].prompt == "How many *sides* has a square?"


def test_html_in_gift_is_read_as_markdown_and_plain_text_stays_what_it_shows() -> None:
    html = from_gift("[html]What is <b>2</b>? {=<i>two</i> ~three}")
    assert (html.prompt, getattr(html, "answer", "")) == ("What is **2**?", "two")
    assert from_gift("2 *times* 3?{=6}").prompt == r"2 \*times\* 3?"


def test_two_questions_of_one_name_are_two_questions() -> None:
    read = gift.read(b"::Q 1::One?{=1}\n\n::Q 1::Two?{=2}\n", topic="t")
    assert len({question.key for question in questions(read)}) == 2


# Aiken


def test_a_file_of_aiken_is_read() -> None:
    read = aiken.read((DATA / "questions.aiken.txt").read_bytes(), topic="t")
    assert [(q.prompt, getattr(q, "answer", "")) for q in questions(read)] == [
        ("What is the correct answer to this question?", "Must be this one!"),
        ("Which LMS has the most quiz import formats?", "Moodle"),
        ("A stem on two lines?", "letters"),
    ]
    assert [(skipped.place, skipped.what) for skipped in read.skipped] == [
        ("Line 19", "No such option?"),
        ("Line 24", "No answer?"),
        ("Line 28", "Only a stem"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1251", "mac-cyrillic"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gift", "Столица Грузии? {=Тбилиси}\n\nСтолица Армении? {=Ереван}\n"),
        ("aiken", "Столица Грузии?\nA. Тбилиси\nB. Ереван\nANSWER: A\n"),
        ("anki-text", "Столица Грузии?\tТбилиси\nСтолица Армении?\tЕреван\n"),
        ("csv", "Столица Грузии?;Тбилиси\nСтолица Армении?;Ереван\n"),
    ],
)
def test_text_in_any_encoding_is_read(name: str, text: str, encoding: str) -> None:
    assert questions(FORMATS[name].read(text.encode(encoding), topic="t"))[0].prompt == "Столица Грузии?"


def test_a_table_says_in_which_encoding_it_was_read() -> None:
    data = "вопрос;ответ\nСтолица Грузии?;Тбилиси\n".encode("cp1251")
    assert read_separated(data).encoding == "cp1251"
    chosen = read_separated(data, TableOptions(encoding="mac-cyrillic"))
    assert (chosen.encoding, chosen.rows[0].cells[0]) == ("mac-cyrillic", data.decode("mac-cyrillic").split(";")[0])


def test_json_is_unicode() -> None:
    text = '[{"questions": [{"kind": "typed", "prompt": "Столица?", "answer": "Баку"}]}]'
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert questions(FORMATS["json"].read(text.encode(encoding), topic="t"))[0].prompt == "Столица?"
    with pytest.raises(Unreadable, match="This is not UTF-8 text"):
        FORMATS["json"].read(text.encode("cp1251"), topic="t")


# Tables


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_divides_it(mark: str, encoding: str, end: str) -> None:
    rows = [["Question", "Answer"], ["Wer, wo; was?", "Düsseldorf\n2"], ["Qui?", 'Le "roi"']]
    text = end.join(mark.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)
    read = from_table(text.encode(encoding))
    assert [told(question) for question in questions(read)] == [
        {"kind": "flashcard", "prompt": "Wer, wo; was?", "answer": "Düsseldorf\n2"},
        {"kind": "flashcard", "prompt": "Qui?", "answer": 'Le "roi"'},
    ]


def test_a_list_pasted_from_quizlet_is_cards() -> None:
    read = from_table('Nile\tLongest "river"\n"Volga" the\tEurope\nDanube\tten, states; more\n')
    assert [(q.prompt, getattr(q, "answer", "")) for q in questions(read)] == [
        ("Nile", 'Longest "river"'),
        ('"Volga" the', "Europe"),
        ("Danube", "ten, states; more"),
    ]
    assert not any(found.keyed for found in read.facts)


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("distractors", "Red | Blue", {"kind": "choice", "distractors": [{"text": "Red"}, {"text": "Blue"}]}),
        ("accept", "b", {"kind": "typed", "accept": ["b"]}),
        ("explanation", "So.", {"kind": "flashcard", "explanation": "So."}),
        ("kind", "Typed", {"kind": "typed"}),
        (
            "distractors\twhy_not\tmisconception",
            "x | y\t | because\t | the-two",
            {
                "kind": "choice",
                "distractors": [{"text": "x"}, {"text": "y", "why_not": "because", "misconception": "the-two"}],
            },
        ),
    ],
)
def test_the_kind_follows_from_the_columns_filled(columns: str, cells: str, expected: dict[str, Any]) -> None:
    (question,) = questions(from_table(f"question\tanswer\t{columns}\nWhat?\tGreen\t{cells}\n"))
    assert told(question) == {"prompt": "What?", "answer": "Green"} | expected


def test_a_column_without_meaning_is_listed() -> None:
    read = from_table("term,definition,colour\nNile,A river,blue\n")
    assert [(warning.place, warning.what) for warning in read.warnings] == [
        ("Line 1", "The column “colour” is left out, because its name is not recognised.")
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("What?,", "There is no answer."),
        ("What?,,typed", "“answer” is empty"),
        (",a", "There is no question."),
        ("What?,maybe,true_false", "The answer to a statement must be true or false, not “maybe”."),
        ("What?,a,riddle", "“riddle” is not a kind of question."),
        ("What?,last year,date", "“last year” is not a date"),
        ("What?,a,matching", "Write each pair as left = right"),
    ],
)
def test_a_row_that_is_no_question_has_to_be_decided_about(row: str, why: str) -> None:
    read = from_table(f"question,answer,kind\nGood?,yes,typed\n{row}\n")
    assert len(questions(read)) == 1
    (row_to_decide,) = read.open_rows
    assert row_to_decide.line == 3
    assert why in row_to_decide.why
    assert row_to_decide.choices == (("skip", "Leave this row out"),)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'=x", "''-x"])
def test_no_cell_is_a_formula_and_each_is_read_back(text: str) -> None:
    question = {"key": "k", "kind": "flashcard", "prompt": text, "answer": text}
    fact = schema.Fact.model_validate(
        {"key": "k", "topic": "t", "statement": text, "tags": [text], "questions": [question]}
    )
    header = schema.SetHeader.model_validate(
        {
            "key": "s",
            "title": "S",
            "summary": "-",
            "language": "en",
            "topics": [{"key": "t", "title": text, "summary": "-"}],
        }
    )
    for write, mark in ((writer.write, ","), (writer.write_tabs, "\t")):
        data = write(schema.QuestionSet(header, (), (fact,)), {}, now=NOW).data
        cells = data.decode("utf-8-sig").split("\r\n")[1].split(mark)
        assert not [cell for cell in cells if cell.lstrip('"')[:1] in "=+-@\t\r" and cell]
        read = FORMATS["csv"].read(data, topic="t")
        assert questions(read) == fact.questions
        assert read.facts[0].fact.tags == [text]


# YAML and JSON


def test_yaml_tells_the_line_of_what_is_wrong() -> None:
    text = """
- key: nile
  statement: The Nile is long.
  questions:
    - {key: nile-a, kind: typed, prompt: Which river?, answer: Nile}
    - key: nile-b
      kind: riddle
      prompt: What?
- key: empty
  questions: []
"""
    read = yaml.read(text.encode(), topic="t")
    assert [question.key for question in questions(read)] == ["nile-a"]
    assert [(skipped.place, skipped.what) for skipped in read.skipped] == [("Line 6", "What?"), ("Line 9", "empty")]
    assert "“riddle” is not a kind of question" in read.skipped[0].why


def test_json_that_was_exported_is_read_with_its_header() -> None:
    source, _ = files.read_set(DATA.parent / "sample")
    assert source is not None
    read = json_format.read(json.dumps(export.export_json(source)).encode(), topic="t")
    assert (read.header, read.names) == (source.header, source.names)
    assert tuple(found.fact for found in read.facts) == source.facts


# Which format


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.csv", "x", "csv"),
        ("a.YML", "x", "yaml"),
        ("", '{"facts": []}', "json"),
        ("a.txt", "Who?\nA. Me\nB. You\nANSWER: A\n", "aiken"),
        ("a.txt", "Who? {=Me ~You}", "gift"),
        ("a.txt", "::Name::Who?{T}", "gift"),
        ("", "Nile\tA river", "tsv"),
        ("", "Nile, a river", "csv"),
        ("", "- key: nile\n  topic: x", "yaml"),
        ("a.txt", "#separator:tab\n#html:false\na\tb", "anki-text"),
        ("", "<?xml version='1.0'?><quiz/>", "moodle-xml"),
    ],
)
def test_the_format_is_found_out(name: str, text: str, form: str) -> None:
    assert guess(name, text.encode()) == form


def test_an_archive_that_is_damaged_is_refused() -> None:
    with pytest.raises(Unreadable):
        guess("a", b"PK\x03\x04")
