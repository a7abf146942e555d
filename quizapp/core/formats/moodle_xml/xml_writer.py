"""Write a set as a Moodle XML file."""

import base64
import html
from collections.abc import Mapping
from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from quizapp.core.formats.embedded_data import GroupedWarnings, as_comment, pack_question
from quizapp.core.formats.format import (
    AREAS_LEFT_OUT,
    HIDDEN,
    MISSING_PICTURES,
    ExportedFile,
    FormatWarning,
    topic_labels,
)
from quizapp.core.formats.html_tree import open_tag
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.markup import html_of, html_with_gaps
from quizapp.core.formats.moodle_xml.cloze import written_gap
from quizapp.core.formats.moodle_xml.item import MoodleQuestion, data_tags
from quizapp.core.formats.moodle_xml.kinds import date_forms
from quizapp.core.formats.moodle_xml.xml_reader import digest_of_meaning
from quizapp.core.kinds import Question
from quizapp.core.kinds.choice import Choice
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.date import Date
from quizapp.core.kinds.essay import Essay
from quizapp.core.kinds.fields import Picture
from quizapp.core.kinds.flashcard import Flashcard
from quizapp.core.kinds.matching import Matching
from quizapp.core.kinds.multiple import Multiple
from quizapp.core.kinds.number import Number
from quizapp.core.kinds.ordering import Ordering
from quizapp.core.kinds.point import Point
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.kinds.typed import Typed
from quizapp.core.pictures import file_extension
from quizapp.core.sets import schema
from quizapp.core.translation import gettext

_FULL = "100"
_BECOMES = {
    "flashcard": gettext("Flashcards become essays without a mark. Moodle shows the answer afterwards."),
    "date": gettext("Dates become short answers. In Moodle, only the listed spellings are right."),
    "typed": gettext("Typed answers become short answers. In Moodle, answers with typos are wrong."),
    "point": AREAS_LEFT_OUT,
}
_ALWAYS = gettext("The file includes all the details of the facts for use in quizapp, but Moodle does not show them.")
_SAME_PLACE = gettext(
    "In Moodle, items in an ordering question that share a place must be in the same order as in the file."
)


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write the set as Moodle XML. Moodle keeps keys, facts and kinds in idnumbers and tags."""
    root = Element("quiz")
    labels = topic_labels(question_set.header)
    last = None
    warnings = [FormatWarning("", _ALWAYS)]
    for fact in question_set.facts:
        if fact.topic != last:
            root.append(_category(question_set.header, fact.topic, labels.get(fact.topic, fact.topic)))
            last = fact.topic
        for question in fact.questions:
            root.append(_XmlWriter(fact, question, pictures).run())
            warnings += [FormatWarning(question.key, what) for what in _warnings_for(question, pictures)]
    ElementTree.indent(root)
    data = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return ExportedFile(data, tuple(warnings))


def _warnings_for(question: Question, pictures: Mapping[str, bytes]) -> list[str]:
    warnings = [_BECOMES[question.kind]] if question.kind in _BECOMES else []
    if isinstance(question, Ordering) and len(question.places) < len(question.options):
        warnings.append(_SAME_PLACE)
    if question.picture and question.picture.digest not in pictures:
        warnings.append(MISSING_PICTURES)
    return warnings


def _category(header: schema.SetHeader, key: str, label: str) -> Element:
    node = Element("question", type="category")
    path = "/".join(part.replace("/", "//") for part in (header.title, label))
    _text(node, "category", f"$course$/top/{path}")
    summary = next((topic.summary for topic in header.topics if topic.key == key), "")
    _html(node, "info", html_of(summary))
    SubElement(node, "idnumber").text = f"{header.key}/{key}"[:100]
    return node


def _clean(text: str) -> str:
    return HIDDEN.sub("", text)


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    node = SubElement(parent, tag, attributes)
    SubElement(node, "text").text = _clean(text)
    return node


def _html(parent: Element, tag: str, source: str, **attributes: str) -> Element:
    return _text(parent, tag, source, format="html", **attributes)


def _name(question: Question) -> str:
    """Return the name for Moodle's question bank: the beginning of the prompt."""
    text = " ".join(question.prompt.split())
    return text if len(text) <= 100 else text[:99] + "…"


class _XmlWriter:
    """One question."""

    def __init__(self, fact: schema.Fact, question: Question, pictures: Mapping[str, bytes]) -> None:
        self.fact, self.question, self.pictures = fact, question, pictures
        self.tags = [*fact.tags, *data_tags("fact", fact.key), *data_tags("kind", question.kind)]
        self.node = Element("question")

    def run(self) -> Element:
        question, node = self.question, self.node
        _text(node, "name", _name(question))
        self._head(html_of(question.prompt), html_of(question.explanation))
        self._kind()
        tags = SubElement(node, "tags")
        for tag in self.tags:
            _text(tags, "tag", tag)
        shown = digest_of_meaning(MoodleQuestion(node, "", ImportBuilder(self.fact.topic), GroupedWarnings()))
        feedback = node.find("generalfeedback/text")
        assert feedback is not None
        feedback.text = (feedback.text or "") + as_comment(pack_question(self.fact, question, shown))
        return node

    def _head(self, prompt: str, explanation: str) -> None:
        question = self.question
        if isinstance(question, Cloze):
            gaps = {name: written_gap(gap, html_of) for name, gap in question.gaps.items()}
            for number, name in enumerate(question.gap_names, 1):
                self.tags += data_tags(f"gap{number}", name)
            prompt = f"{prompt}<hr>{html_with_gaps(question.text, gaps.__getitem__)}"
        if isinstance(question, Flashcard):
            explanation = f"{html_of(question.answer)}<hr>{explanation}"
        self._question_text(prompt, question.picture)
        _html(self.node, "generalfeedback", explanation)
        for tag, text in (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"), ("idnumber", question.key)):
            SubElement(self.node, tag).text = text

    def _question_text(self, prompt: str, picture: Picture | None) -> None:
        data = self.pictures.get(picture.digest) if picture else None
        if picture is None or data is None:
            _html(self.node, "questiontext", prompt)
            return
        name = f"{picture.digest[:16]}.{file_extension(data)}"
        size = {"width": str(picture.width), "height": str(picture.height)}
        image = open_tag("img", {"src": f"@@PLUGINFILE@@/{name}", "alt": picture.alt} | size)
        node = _html(self.node, "questiontext", f"<p>{image}</p>{prompt}")
        SubElement(node, "file", name=name, path="/", encoding="base64").text = base64.b64encode(data).decode()

    def _answer(self, text: str, fraction: str, why: str = "", form: str = "moodle_auto_format") -> Element:
        node = _text(self.node, "answer", text, fraction=fraction, format=form)
        _html(node, "feedback", html_of(why))
        return node

    def _setting(self, **settings: str) -> None:
        for tag, text in settings.items():
            SubElement(self.node, tag).text = text

    def _kind(self) -> None:
        match self.question:
            case Choice():
                self._choices([self.question.answer], self.question)
            case Point():
                self._choices([self.question.where], self.question.as_choice())
            case Multiple():
                self._choices(self.question.answers, self.question)
            case TrueFalse():
                self.node.set("type", "truefalse")
                for said in (True, False):
                    self._answer(str(said).lower(), _FULL if said == self.question.answer else "0")
            case Typed():
                self._short([self.question.answer, *self.question.accept], self.question.reject)
            case Date():
                asked = self.question.asked
                dates = [self.question.answer, *self.question.accept]
                self.tags += data_tags("precision", self.question.precision)
                self._short(list(dict.fromkeys(form for date in dates for form in date_forms(date, asked))), [])
            case Number():
                self._number(self.question)
            case Matching():
                self._matching(self.question)
            case Ordering():
                self._ordering(self.question)
            case Cloze():
                self.node.set("type", "cloze")
            case Flashcard():
                self._essay(html_of(self.question.answer), lines="3")
            case Essay():
                points = "".join(f"<li>{html.escape(point, quote=False)}</li>" for point in self.question.points)
                self._essay(html_of(self.question.answer) + (f"<hr><ul>{points}</ul>" if points else ""), lines="15")

    def _choices(self, answers: list[str], question: Choice | Multiple) -> None:
        self.node.set("type", "multichoice")
        share = f"{100 / len(answers):.5f}".rstrip("0").rstrip(".")
        single = isinstance(question, Choice)
        self._setting(single=str(single).lower(), shuffleanswers="true", answernumbering="none")
        for text in answers:
            self._answer(html.escape(text, quote=False), share, form="html")
        for wrong in question.distractors:
            self._answer(html.escape(wrong.text, quote=False), "0" if single else f"-{share}", wrong.why_not, "html")

    def _short(self, right: list[str], wrong: list[str]) -> None:
        self.node.set("type", "shortanswer")
        self._setting(usecase="0")
        for text in right:
            self._answer(text.replace("*", "\\*"), _FULL)
        for text in wrong:
            self._answer(text.replace("*", "\\*"), "0")

    def _number(self, question: Number) -> None:
        self.node.set("type", "numerical")
        answer = self._answer(question.answer, _FULL)
        SubElement(answer, "tolerance").text = question.tolerance
        # 0 and 0: a unit may be typed; 3 for the second: there is none
        self._setting(unitgradingtype="0", unitpenalty="0", showunits="0" if question.unit else "3", unitsleft="0")
        if question.unit:
            unit = SubElement(SubElement(self.node, "units"), "unit")
            SubElement(unit, "multiplier").text = "1"
            SubElement(unit, "unit_name").text = question.unit

    def _matching(self, question: Matching) -> None:
        self.node.set("type", "matching")
        self._setting(shuffleanswers="true")
        for left, right in [*((pair.left, pair.right) for pair in question.pairs), *(("", x) for x in question.extra)]:
            node = _html(self.node, "subquestion", html.escape(left, quote=False))
            _text(node, "answer", right)

    def _ordering(self, question: Ordering) -> None:
        self.node.set("type", "ordering")
        self._setting(
            layouttype="VERTICAL", selecttype="ALL", selectcount="0",
            gradingtype="RELATIVE_ALL_PREVIOUS_AND_NEXT", showgrading="SHOW", numberingstyle="none",
        )  # fmt: skip
        if len(question.places) < len(question.options):
            self.tags += data_tags("places", "-".join(map(str, question.ranks)))
        for number, text in enumerate(question.options, 1):
            self._answer(html.escape(text, quote=False), str(number), form="html")

    def _essay(self, grader_info: str, *, lines: str) -> None:
        self.node.set("type", "essay")
        self._setting(responseformat="editor", responserequired="0", responsefieldlines=lines, attachments="0")
        _html(self.node, "graderinfo", grader_info)
