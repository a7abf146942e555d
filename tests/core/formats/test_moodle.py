"""Moodle XML: files of Moodle are read, our own come back unchanged, hostile ones are refused."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from import_export import DATA, PICTURE, PICTURES, asked_in, assert_same, first_of, set_to_exchange

from quizapp.core.formats.format import MAX_UPLOAD, ImportedSet, Unreadable
from quizapp.core.formats.markup import html_of
from quizapp.core.formats.moodle_xml import tree, xml_reader, xml_writer
from quizapp.core.formats.moodle_xml.item import data_tags, read_tags
from quizapp.core.formats.moodle_xml.kinds import date_forms
from quizapp.core.kinds import Question
from quizapp.core.kinds.point import Point
from quizapp.core.sets import schema
from quizapp.core.text.edtf import Precision

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module", params=["kinds", "sample"])
def source(request: pytest.FixtureRequest) -> schema.QuestionSet:
    """A set with every kind of question and one of a usual make; the first has a picture, the first fact tags."""
    return set_to_exchange(request.param)


@pytest.fixture
def written(source: schema.QuestionSet) -> bytes:
    return xml_writer.write(source, PICTURES, now=NOW).data


def read(data: bytes | str) -> ImportedSet:
    return xml_reader.read(data.encode() if isinstance(data, str) else data, topic="general")


class TestRoundTrip:
    def test_our_own_export_changes_nothing(self, source: schema.QuestionSet, written: bytes) -> None:
        found = read(written)
        assert_same(found, source)
        assert found.pictures == PICTURES
        assert all(entry.keyed for entry in found.facts)

    def test_what_moodle_adds_changes_nothing(self, source: schema.QuestionSet, written: bytes) -> None:
        """Moodle writes the same question with elements, formats and numbers of its own."""
        root = ElementTree.fromstring(written)
        for node in root.iter("question"):
            for name, text in (("shownumcorrect", ""), ("answernumbering", "abc"), ("timecreated", "1")):
                ElementTree.SubElement(node, name).text = text
            for answer in node.iter("answer"):
                if "fraction" in answer.attrib:
                    answer.set("fraction", f"{float(answer.get('fraction', 0)):.7f}")
            for grade in node.iter("defaultgrade"):
                grade.text = "1.0000000"
        found = read(ElementTree.tostring(root))
        assert_same(found, source)

    def test_without_what_it_carries_the_kinds_come_back_too(self, source: schema.QuestionSet, written: bytes) -> None:
        """Keys, facts and kinds are in idnumbers and tags; what Moodle has no place for is gone."""

        def held(question: Question) -> dict[str, Any]:
            if isinstance(question, Point):  # a choice to Moodle
                question = question.as_choice().model_copy(update={"picture": None})
            fields = question.model_dump()
            for part in [*fields.get("gaps", {}).values(), fields]:
                part.pop("spellings_of", None)
                for distractor in part.get("distractors", []):
                    del distractor["misconception"]
            texts = {"prompt", "explanation", "text"} & set(fields)
            return fields | {name: html_of(fields[name]) for name in texts}

        found = read(re.sub(rb"&lt;!--quizapp.*?--&gt;", b"", written))
        assert [entry.fact.key for entry in found.facts] == [fact.key for fact in source.facts]
        assert list(map(held, asked_in(found))) == list(map(held, asked_in(source)))

    def test_what_is_changed_in_moodle_comes_back(self, source: schema.QuestionSet, written: bytes) -> None:
        root = ElementTree.fromstring(written)
        node = next(node for node in root.iter("question") if node.get("type") == "multichoice")
        key = node.findtext("idnumber")
        node.find("questiontext/text").text = "<p>A <b>new</b> wording?</p>"  # type: ignore[union-attr]
        node.find("tags").append(ElementTree.fromstring("<tag><text>added</text></tag>"))  # type: ignore[union-attr]
        found = read(ElementTree.tostring(root))
        (changed,) = [question for question in asked_in(found) if question.key == key]
        (before,) = [q for fact in source.facts for q in fact.questions if q.key == key]
        assert changed.prompt == "A **new** wording?"
        assert changed.options == before.options
        fact = next(entry.fact for entry in found.facts if changed in entry.fact.questions)
        assert fact.statement == next(f.statement for f in source.facts if before in f.questions)

    @pytest.mark.parametrize(
        ("part", "text", "kind"), [("questiontext/text", "Where?", "point"), ("answer/text", "In the middle", "choice")]
    )
    def test_areas_stay_until_their_positions_are_changed_in_moodle(self, part: str, text: str, kind: str) -> None:
        before = first_of(set_to_exchange("kinds"), Point)
        root = ElementTree.fromstring(xml_writer.write(set_to_exchange("kinds"), PICTURES, now=NOW).data)
        node = next(node for node in root.iter("question") if node.findtext("idnumber") == before.key)
        node.find(part).text = text  # type: ignore[union-attr]
        (found,) = [question for question in asked_in(read(ElementTree.tostring(root))) if question.key == before.key]
        assert found.kind == kind
        if kind == "point":
            assert found == before.model_copy(update={"prompt": "Where?"})

    def test_what_is_lost_is_listed(self, source: schema.QuestionSet) -> None:
        warnings = xml_writer.write(source, {}, now=NOW).warnings
        kinds = {question.kind for fact in source.facts for question in fact.questions}
        assert any("Flashcards become essays" in entry.what for entry in warnings) == ("flashcard" in kinds)
        assert [entry.what for entry in warnings if entry.place == source.facts[0].questions[0].key][-1] == (
            "Pictures that can no longer be found are left out."
        )

    def test_keys_longer_than_a_tag_of_moodle(self) -> None:
        tags = data_tags("fact", "k" * 80)
        assert all(len(tag) <= 50 for tag in tags)
        assert read_tags([*reversed(tags), "plain"]) == (["plain"], {"fact": "k" * 80})


class TestWhatMoodleReads:
    """The elements that Moodle's import needs."""

    @pytest.fixture
    def nodes(self, written: bytes) -> dict[str, list[ElementTree.Element]]:
        found: dict[str, list[ElementTree.Element]] = {}
        for node in ElementTree.fromstring(written):
            found.setdefault(node.get("type", ""), []).append(node)
        return found

    def test_fractions_are_among_those_that_moodle_knows(self, nodes: dict[str, list[ElementTree.Element]]) -> None:
        known = {"100", "50", "33.33333", "25", "20", "16.66667", "14.28571", "12.5", "0"}
        for node in nodes["multichoice"]:
            fractions = {answer.get("fraction", "").lstrip("-") for answer in node.findall("answer")}
            assert fractions <= known
            earned = [float(answer.get("fraction", 0)) for answer in node.findall("answer")]
            assert sum(fraction for fraction in earned if fraction > 0) == pytest.approx(100, abs=0.001)

    def test_categories_are_the_set_and_its_topics(
        self, nodes: dict[str, list[ElementTree.Element]], source: schema.QuestionSet
    ) -> None:
        paths = [node.findtext("category/text", "") for node in nodes["category"]]
        assert paths[0].startswith(f"$course$/top/{source.header.title}/")

    def test_idnumbers_are_the_keys(
        self, nodes: dict[str, list[ElementTree.Element]], source: schema.QuestionSet
    ) -> None:
        asked = {question.key for fact in source.facts for question in fact.questions}
        assert asked == {n.findtext("idnumber") for kind, found in nodes.items() if kind != "category" for n in found}

    def test_pictures_are_embedded(self, written: bytes) -> None:
        (file,) = ElementTree.fromstring(written).iter("file")
        assert base64.b64decode(file.text or "") == PICTURE
        text = next(t.findtext("text", "") for t in ElementTree.fromstring(written).iter("questiontext") if len(t) > 1)
        assert f"@@PLUGINFILE@@/{file.get('name')}" in text

    def test_forms_of_a_date(self) -> None:
        assert date_forms("1920-04-28", Precision.DAY) == ["28 April 1920", "1920-04-28", "28.04.1920"]
        assert date_forms("1920-04-28", Precision.YEAR) == ["28 April 1920", "1920-04-28", "1920"]
        assert date_forms("1920-04", Precision.MONTH) == ["April 1920", "1920-04"]
        assert date_forms("1920-04-28T23:00", Precision.TIME) == ["28 April 1920, 23:00", "1920-04-28T23:00"]


class TestFilesOfMoodle:
    @pytest.fixture
    def found(self) -> ImportedSet:
        return read((DATA / "formats" / "moodle_bank.xml").read_bytes())

    @pytest.fixture
    def by_kind(self, found: ImportedSet) -> dict[str, Any]:
        return {question.kind: question for question in asked_in(found)}

    def test_one_of_several(self, found: ImportedSet, by_kind: dict[str, Any]) -> None:
        question = by_kind["choice"]
        assert question.key == "ultimatum-day"
        assert question.prompt == "When did the **ultimatum** come?"
        assert question.explanation == "It left a few hours:\n\n- noon\n- midnight"
        assert question.answer == "27 April"
        assert [(d.text, d.why_not) for d in question.distractors] == [("28 May", "That is *Republic Day*.")]
        assert question.picture.alt == "A square in Baku"
        assert found.pictures[question.picture.digest].startswith(b"\x89PNG")
        assert found.facts[0].fact.tags == ["spring 1920"]

    def test_several_of_several(self, by_kind: dict[str, Any]) -> None:
        assert by_kind["multiple"].answers == ["The 11th Army", "Armoured trains"]
        assert by_kind["multiple"].distractors[0].why_not == "It stayed away."

    def test_true_or_false(self, by_kind: dict[str, Any]) -> None:
        assert by_kind["true_false"].answer is True
        assert by_kind["true_false"].explanation == "Its last sitting.\n\nIt did, in the evening."

    def test_short_answers(self, by_kind: dict[str, Any]) -> None:
        typed = by_kind["typed"]
        assert (typed.answer, typed.accept, typed.reject) == ("Baku", ["Bakı"], ["Tiflis"])

    def test_figures(self, by_kind: dict[str, Any]) -> None:
        assert (by_kind["number"].answer, by_kind["number"].tolerance, by_kind["number"].unit) == (
            "30000",
            "500",
            "men",
        )

    def test_pairs(self, by_kind: dict[str, Any]) -> None:
        pairs = [(pair.left, pair.right) for pair in by_kind["matching"].pairs]
        assert pairs == [("Usubbeyov", "Prime minister"), ("Khoyski", "Foreign minister")]
        assert by_kind["matching"].extra == ["Speaker"]

    def test_gaps(self, by_kind: dict[str, Any]) -> None:
        cloze = by_kind["cloze"]
        assert cloze.text == "The army crossed the {{gap 1}} in {{gap 2}} {{gap 3}}."
        river, month, year = cloze.gaps.values()
        assert (river.answer, river.accept, river.reject) == ("Samur", ["Samur river"], ["Kura"])
        assert (month.answer, [d.text for d in month.distractors]) == ("April", ["March", "May"])
        assert month.distractors[1].why_not == "Too } late"
        assert year.answer == "1920"

    def test_orders(self, by_kind: dict[str, Any]) -> None:
        assert by_kind["ordering"].items == ["The ultimatum", "The sitting", "The trains arrive"]

    def test_categories_are_topics(self, found: ImportedSet) -> None:
        assert set(found.topics.values()) == {"Baku 1920"}

    def test_what_is_left_out_says_why(self, found: ImportedSet) -> None:
        assert [(skipped.place, skipped.what) for skipped in found.skipped] == [
            ("Line 157", "Essay on guilt"),
            ("Line 162", "Read this"),
            ("Line 166", "Drag"),
            ("Line 170", "Only stars"),
        ]
        assert "without a model answer" in found.skipped[0].why

    def test_what_is_lost_is_listed_once(self, found: ImportedSet) -> None:
        assert [(warning.place, warning.what) for warning in found.warnings] == [
            ("Line 15", "Combined feedback is left out."),
            ("Line 15", "Choices that earn part of the mark are left out."),
            ("Line 15", "Hints for further tries are left out."),
            ("Line 72", "Penalties for further tries are left out."),
            ("Line 72", "Marks other than 1 are left out. Every question counts the same."),
            ("Line 97 and 1 more", "Feedback on wrong typed answers is left out."),
            ("Line 97", "Answers with * as a wildcard are left out."),
            ("Line 134", "Marks for gaps are left out. Every gap counts the same."),
        ]


def question(kind: str, inside: str, text: str = "Who?") -> str:
    return f'<quiz><question type="{kind}"><questiontext><text>{text}</text></questiontext>{inside}</question></quiz>'


def answer(text: str, fraction: str = "100", more: str = "") -> str:
    return f'<answer fraction="{fraction}"><text>{text}</text>{more}</answer>'


class TestSmallThings:
    @pytest.mark.parametrize(
        ("xml", "why"),
        [
            (question("multichoice", ""), "no answers"),
            (question("multichoice", answer("a", "x")), "not a number"),
            (question("multichoice", answer("a", "0") + answer("b", "0")), "No choice is right"),
            (question("multichoice", answer('&lt;img src="@@PLUGINFILE@@/a.png"&gt;') + answer("b", "0")), "picture"),
            (question("numerical", answer("many")), "not a number"),
            (question("numerical", answer("1e500")), "not a number"),
            (question("numerical", answer("*")), "No number"),
            (question("truefalse", answer("true", "0") + answer("false", "0")), "Neither"),
            (question("cloze", "", "No gap"), "no gap"),
            (question("cloze", "", "{1:SA:~a~b}"), "no right answer"),
            (question("cloze", "", "{1:MULTIRESPONSE:=a~=b}"), "MULTIRESPONSE"),
            (question("calculated", ""), "Calculated"),
            (question("random", ""), "random"),
            (question("brandnew", ""), "type “brandnew”"),
            (question("shortanswer", answer("x"), ""), "prompt"),
            (question("shortanswer", answer("x"), "&#x202e;evil"), "can’t be seen"),
            (question("shortanswer", answer("x"), "x" * 100_001), "At most 100,000"),
        ],
    )
    def test_why_a_question_cannot_be_taken(self, xml: str, why: str) -> None:
        found = read(xml)
        assert found.questions == 0
        assert why in found.skipped[0].why

    def test_figures_with_zeros_and_exponents(self) -> None:
        (number,) = asked_in(read(question("numerical", answer("1.5000000E3", more="<tolerance>0.0500</tolerance>"))))
        assert (number.answer, number.tolerance, number.unit) == ("1500", "0.05", None)

    @pytest.mark.parametrize(
        ("info", "answer_", "points"),
        [
            ("&lt;p&gt;The &lt;b&gt;Ob&lt;/b&gt;.&lt;/p&gt;", "The **Ob**.", []),
            ("The Ob.&lt;hr/&gt;&lt;ul&gt;&lt;li&gt;A &amp;amp; B&lt;/li&gt;&lt;/ul&gt;", "The Ob.", ["A & B"]),
        ],
    )
    def test_essays_with_information_for_graders(self, info: str, answer_: str, points: list[str]) -> None:
        inside = f'<graderinfo format="html"><text>{info}</text></graderinfo>'
        (essay,) = asked_in(read(question("essay", inside)))
        assert (essay.kind, essay.answer, essay.points) == ("essay", answer_, points)

    def test_stars_that_mean_themselves(self) -> None:
        (typed,) = asked_in(read(question("shortanswer", answer("a \\* b"))))
        assert typed.answer == "a * b"

    def test_texts_in_markdown_and_plain_text(self) -> None:
        inside = answer("true") + answer("false", "0")
        xml = question("truefalse", inside, "1 &lt; 2 *x*").replace(
            "<questiontext>", '<questiontext format="plain_text">'
        )
        assert asked_in(read(xml))[0].prompt == "1 < 2 \\*x\\*"
        xml = xml.replace("plain_text", "markdown")
        assert asked_in(read(xml))[0].prompt == "1 < 2 *x*"

    def test_pictures_written_into_the_text(self) -> None:
        data = base64.b64encode(PICTURE).decode()
        image = f'&lt;img src="data:image/webp;base64,{data}" alt="A flag"&gt;Whose?'
        (typed,) = asked_in(found := read(question("shortanswer", answer("x"), image)))
        assert typed.picture.alt == "A flag"
        assert found.pictures == PICTURES

    @pytest.mark.parametrize(
        "image",
        ["https://example.org/a.png", "@@PLUGINFILE@@/../../etc/passwd", "/etc/passwd", "data:image/png;base64,AAAA"],
    )
    def test_pictures_from_elsewhere_are_left_out(self, image: str) -> None:
        found = read(question("shortanswer", answer("x"), f'&lt;img src="{image}"&gt;Whose?'))
        assert asked_in(found)[0].picture is None
        assert found.warnings

    def test_folders_that_end_alike_keep_their_parents(self) -> None:
        def folder(path: str, prompt: str) -> str:
            category = f'<question type="category"><category><text>$course$/top/{path}</text></category></question>'
            return category + question("shortanswer", answer("x"), prompt)[6:-7]

        found = read(f"<quiz>{folder('A/Quiz', 'One?')}{folder('B/Quiz', 'Two?')}{folder('C// D', 'Three?')}</quiz>")
        assert list(found.topics.values()) == ["A – Quiz", "B – Quiz", "C/ D"]


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"", "not XML"),
            (b"<quiz><question></quiz>", "not XML"),
            (b"<html></html>", "does not begin with <quiz>"),
            (b"<quiz>&nbsp;</quiz>", "not XML"),
            (b"\xff\xfe\x00", "not XML"),
            (b'<?xml version="1.0" encoding="klingon"?><quiz/>', "Save the file as UTF-8"),
            (b"<quiz>" * 25, "more than 20 levels deep"),
            (b" " * (MAX_UPLOAD + 1), "larger than 20 MB"),
            (b"<!DOCTYPE quiz><quiz/>", "DOCTYPE"),
            (b'<!DOCTYPE quiz SYSTEM "http://127.0.0.1:1/x.dtd"><quiz/>', "DOCTYPE"),
            (b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', "DOCTYPE"),
            (
                b'<!DOCTYPE q [<!ENTITY a "ha">'
                + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
                + b"]><quiz>&a9;</quiz>",
                "DOCTYPE",
            ),
        ],
    )
    def test_they_are_refused(self, data: bytes, why: str) -> None:
        with pytest.raises(Unreadable) as refusal:
            read(data)
        assert why in str(refusal.value)

    def test_too_many_elements(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tree, "MAX_ELEMENTS", 1_000)
        with pytest.raises(Unreadable, match="more than 1,000 elements"):
            read(b"<quiz>" + b"<a/>" * 1_000 + b"</quiz>")

    @pytest.mark.parametrize(
        "make",
        [
            lambda data: data.replace(b"fraction=", b"faction="),
            lambda data: data.replace(b"<text>", b"<txt>").replace(b"</text>", b"</txt>"),
            lambda data: data.replace(b'encoding="base64">', b'encoding="base64">!!'),
            lambda data: data.replace(b"quizapp {", b'quizapp {"fact":7,'),
            lambda data: data.replace(b"</answer>", b"</answer><answer/>"),
            lambda data: data.replace(b"type=", b"typ="),
            lambda data: data.replace(b"}", b"{"),
        ],
    )
    def test_what_is_damaged_inside_is_set_aside(self, written: bytes, make: Callable[[bytes], bytes]) -> None:
        found = read(make(written))
        assert found.questions + len(found.skipped) > 0

    def test_a_text_that_would_run(self) -> None:
        text = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;a href='javascript:x'&gt;Who&lt;/a&gt;?"
        (typed,) = asked_in(read(question("shortanswer", answer("x"), text)))
        assert typed.prompt == "Who?"
