"""Notes of Anki as text, both ways."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from import_export import PICTURES, asked_in, assert_same, first_of, set_to_exchange, with_question

from quizapp.core.formats.anki.text import read_text, write_text
from quizapp.core.formats.format import ImportedSet, Unreadable
from quizapp.core.kinds.point import Point
from quizapp.core.kinds.typed import Typed
from quizapp.core.sets import schema

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def kinds() -> schema.QuestionSet:
    return set_to_exchange("kinds")


def text(*lines: str) -> ImportedSet:
    return read_text("\n".join(lines).encode(), topic="general")


def answers(read: ImportedSet) -> dict[str, str]:
    return {q.prompt: getattr(q, "answer", "") for found in read.facts for q in found.fact.questions}


class TestText:
    def test_round_trip_changes_nothing_but_pictures(self, kinds: schema.QuestionSet) -> None:
        written = write_text(kinds, PICTURES, now=NOW)
        first = asked_in(kinds)[0].key
        map_of = first_of(kinds, Point).key
        assert [warning.place for warning in written.warnings] == ["", map_of, first]
        read = read_text(written.data, topic="general")
        assert [warning.what for warning in read.warnings] == ["Pictures are left out, because a text file has none."]
        assert_same(replace(read, warnings=()), with_question(kinds, first, picture=None))

    def test_what_is_changed_in_the_text_comes_back(self, kinds: schema.QuestionSet) -> None:
        typed = first_of(kinds, Typed)
        data = write_text(kinds, {}, now=NOW).data.decode()
        assert f'\t"{typed.answer}<' in data
        data = data.replace(f'\t"{typed.answer}<', '\t"Tiflis<')
        read = read_text(data.encode(), topic="general")
        (changed,) = [q for found in read.facts for q in found.fact.questions if q.key == typed.key]
        assert changed == typed.model_copy(update={"answer": "Tiflis"})

    def test_headers_are_followed(self) -> None:
        read = text(
            "#separator:semicolon",
            "#html:true",
            "#guid column:1",
            "#tags column:4",
            "#deck:History::Baku 1920",
            'a1;<b>Who</b> spoke?;"Rasulzade; ""M. A.""";east two',
            "a2;Where?;Baku;",
        )
        assert answers(read) == {"**Who** spoke?": 'Rasulzade; "M. A."', "Where?": "Baku"}
        assert read.facts[0].fact.tags == ["east", "two"]
        assert set(read.topics.values()) == {"Baku 1920"}
        assert read.facts[0].place == "Line 6"
        assert all(found.keyed for found in read.facts)

    def test_plain_text_is_taken_as_it_is(self) -> None:
        read = text("#separator:tab", "#html:false", "1 < 2 & *x*\t<b>yes</b>")
        assert answers(read) == {"1 < 2 & \\*x\\*": "<b>yes</b>"}

    def test_lines_inside_quotes(self) -> None:
        read = text('"first\nsecond"\tanswer', "next\tone")
        assert answers(read) == {"first\\\nsecond": "answer", "next": "one"}
        assert [found.place for found in read.facts] == ["Line 1", "Line 3"]

    def test_gaps_and_reversed_notes(self) -> None:
        read = text("#notetype:Basic (and reversed card)", "Musavat\tEquality", "The {{c1::Samur::river}} is far.\t")
        assert answers(read) == {"Musavat": "Equality", "Equality": "Musavat", "Fill in the gap.": ""}

    def test_what_cannot_be_taken_says_why(self) -> None:
        read = text("only a front\t", "Who?\tMe")
        assert [(s.place, s.what) for s in read.skipped] == [("Line 1", "only a front")]
        assert read.questions == 1

    @pytest.mark.parametrize("data", [b"", b"#separator:tab\n", b"\xff\xfe\x00", b"a\tb\x00"])
    def test_what_is_no_text_is_refused(self, data: bytes) -> None:
        with pytest.raises(Unreadable):
            read_text(data, topic="general")

    def test_a_field_without_end_is_refused(self) -> None:
        with pytest.raises(Unreadable, match="can’t be separated"):
            read_text(b'"' + b"x" * 200_000, topic="general")
