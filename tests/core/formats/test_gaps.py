"""Texts with gaps: no character in them is taken for a gap, whatever it is, in any format."""

from datetime import UTC, datetime

import pytest

from quizapp.core.formats.markup import markdown_with_gaps
from quizapp.core.formats.registry import FORMATS
from quizapp.core.kinds import parse_question
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.gaps import GAP
from quizapp.core.sets import schema

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRIVATE = "\ue000 before, \ue0000\ue001 **and** \ue001 {{river}}\ue000 and {{sea}} \uf8ff"


def cloze(text: str) -> Cloze:
    gaps = {name: {"answer": name} for name in GAP.findall(text)}
    found = parse_question({"key": "q", "kind": "cloze", "prompt": "Fill in.", "text": text, "gaps": gaps})
    assert isinstance(found, Cloze)
    return found


def as_set(question: Cloze) -> schema.QuestionSet:
    fact = schema.Fact(key="f", topic="t", statement="S.", questions=[question])
    topics = [schema.Topic(key="t", title="T", summary="-")]
    return schema.QuestionSet(
        schema.SetHeader(key="s", title="S", summary="-", language="en", topics=topics), (), (fact,)
    )


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("aiken", "gift")])
def test_private_characters_come_back(name: str) -> None:
    asked = cloze(PRIVATE)
    read = FORMATS[name].read(FORMATS[name].write(as_set(asked), {}, now=NOW).data, topic="t")
    assert [question for found in read.facts for question in found.fact.questions] == [asked]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("anki-text", "#html:true\nThe \ue000 {{c1::<b>Nile</b>::river}} and \ue000 **{{c1::Don::sea}}**\textra\n"),
        (
            "moodle-xml",
            '<quiz><question type="cloze"><questiontext format="html"><text><![CDATA[The \ue000 {1:SA:=Nile} and '
            "\ue000 **{1:SA:=Don}**]]></text></questiontext><tags><tag><text>quizapp:gap1=river</text></tag>"
            "<tag><text>quizapp:gap2=sea</text></tag></tags></question></quiz>",
        ),
    ],
)
def test_private_characters_of_other_programs_stay(name: str, file: str) -> None:
    read = FORMATS[name].read(file.encode(), topic="t")
    assert read.skipped == ()
    (question,) = read.facts[0].fact.questions
    assert isinstance(question, Cloze)
    assert question.text == "The \ue000 {{river}} and \ue000 \\*\\*{{sea}}\\*\\*"
    assert [question.gaps[name].answer for name in ("river", "sea")] == ["Nile", "Don"]


@pytest.mark.parametrize(
    ("pieces", "names", "markdown"),
    [
        (["<p>a <b>b ", " c</b></p>"], ["x y"], "a **b {{x y}} c**"),
        (["", ""], ["x"], "{{x}}"),
        (["{{a}} and {", "}"], ["x"], "{ {a} } and { {{x}}} "),
        (["<code>a ", "</code>"], ["x"], "`a {{x}}`"),
        (["<ul><li>", "</li><li>", "</li></ul>"], ["x", "y"], "- {{x}}\n- {{y}}"),
        (["<a href='http://a.b'>", "</a>"], ["x"], "[{{x}}](<http://a.b>)"),
    ],
)
def test_gaps_keep_their_places_in_html(pieces: list[str], names: list[str], markdown: str) -> None:
    assert markdown_with_gaps(pieces, names).text.strip() == markdown.strip()


@pytest.mark.parametrize(
    "pieces", [['<img alt="', '">'], ["<script>", "</script>"], ["<audio>", "</audio>"], ["<b ", ">"]]
)
def test_a_gap_where_no_text_is_shown_is_refused(pieces: list[str]) -> None:
    with pytest.raises(ValueError, match="where no text is shown"):
        markdown_with_gaps(pieces, ["x"])
