"""Read a set from a Moodle XML file."""

import json
import re
from typing import Any
from xml.etree import ElementTree

from quizapp.core.formats.embedded_data import (
    CannotConvert,
    GroupedWarnings,
    digest_of,
    fields_of,
    from_comment,
    needed_picture,
    short_names,
    unpack_question,
)
from quizapp.core.formats.format import ImportedSet, Unreadable, line_place
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.moodle_xml.item import LONGEST_TAG, MoodleQuestion, path_parts
from quizapp.core.formats.moodle_xml.kinds import read_kind
from quizapp.core.formats.moodle_xml.tree import Element, parse
from quizapp.core.kinds import Question
from quizapp.core.kinds.point import Point
from quizapp.core.translation import gettext

_DEFAULT_CATEGORY = re.compile("Default for ")
_NOT_MOODLE = gettext("This is not Moodle XML, because it does not begin with <quiz>. Choose another file or format.")
_HINTS_LOST = gettext("Hints for further tries are left out.")
_PENALTIES_LOST = gettext("Penalties for further tries are left out.")
_MARKS_LOST = gettext("Marks other than 1 are left out. Every question counts the same.")
_HIDDEN_LOST = gettext("Questions that are hidden in Moodle become visible.")
_DEFAULT_PENALTIES = {"", "0", "0.0000000", "0.0", "1", "1.0000000", "0.3333333", "0.1", "0.1000000"}


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Read a Moodle XML file. Categories become topics. Raises Unreadable."""
    root = parse(data)
    if root.tag != "quiz":
        raise Unreadable(line_place(root.line), _NOT_MOODLE)
    return _XmlReader(topic).run([node for node in root if isinstance(node, Element) and node.tag == "question"])


class _XmlReader:
    def __init__(self, topic: str) -> None:
        self.builder = ImportBuilder(topic)
        self.grouped = GroupedWarnings()

    def run(self, nodes: list[Element]) -> ImportedSet:
        names = short_names({_path(node) for node in nodes if node.get("type") == "category"})
        label = ""
        for node in nodes:
            if node.get("type") == "category":
                label = names[_path(node)]
            else:
                self.take(node, label)
        self.grouped.add_to(self.builder)
        return self.builder.build()

    def take(self, node: Element, label: str) -> None:
        item = MoodleQuestion(node, line_place(node.line), self.builder, GroupedWarnings())
        try:
            fact, question = self.read_embedded(item) or self.read_moodle_fields(item)
        except Unreadable:
            raise
        except (CannotConvert, ValueError) as error:
            what = item.string("name/text") or item.string("questiontext/text")
            self.builder.skip(item.place, what or _unnamed(node), str(error))
            return
        if label:
            fact["topic"] = self.builder.topic(label)
        key, fact_key = question.pop("key", None), fact.pop("key", None)
        self.builder.add(question, place=item.place, key=key, fact_key=fact_key, fact=fact)

    def read_embedded(self, item: MoodleQuestion) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the data embedded by our own export, with changes made in Moodle, or None if there is none."""
        found = unpack_question(from_comment(item.html(item.node.find("generalfeedback")))[1] or "")
        if found is None:
            return None
        fact, shown = found
        says = fields_of(fact) | {"key": fact.key}
        if shown != digest_of_meaning(item):
            return says, with_areas(fact.questions[0], self.read_moodle_fields(item)[1])
        if {tag[:LONGEST_TAG] for tag in fact.tags} != set(item.tags):
            says["tags"] = item.tags
        question = fact.questions[0]
        pictured = item.prompt()[1] or needed_picture(question) if question.picture else None
        return says, question.model_dump() | {"picture": pictured}

    def read_moodle_fields(self, item: MoodleQuestion) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the fact and question in Moodle's own fields. Raises CannotConvert."""
        question = meaning(item)
        _lose_settings(item)
        self.grouped.update(item.grouped)
        fact: dict[str, Any] = {"tags": item.tags} if item.tags else {}
        return fact | {"key": item.data.get("fact")}, question | {"key": item.string("idnumber") or None}


def _unnamed(node: Element) -> str:
    return gettext("Question of type %(type)s", type=node.get("type"))


def meaning(item: MoodleQuestion) -> dict[str, Any]:
    """Return the question in Moodle's own fields. Raises CannotConvert."""
    item.explanation.clear()
    item.explain(item.node.find("generalfeedback"))
    kind = read_kind(item)
    if "prompt" not in kind:
        kind["prompt"], kind["picture"] = item.prompt()
    if not kind["prompt"] and kind["picture"]:
        kind["prompt"] = gettext("What does the picture show?")
    return {"explanation": "\n\n".join(item.explanation)} | kind


def with_areas(known: Question, changed: dict[str, Any]) -> dict[str, Any]:
    """Return a question changed in Moodle, with its areas if it is still a choice between the same positions."""
    if not isinstance(known, Point) or changed.get("kind") != "choice":
        return changed
    positions = [changed["answer"], *(wrong["text"] for wrong in changed["distractors"])]
    if positions != [where for where, _ in known.areas]:
        return changed
    areas = known.model_dump()
    for area, wrong in zip(areas["distractors"], changed["distractors"], strict=True):
        area["why_not"] = wrong.get("why_not", "")
    picture = changed["picture"] or areas["picture"]
    return areas | {"prompt": changed["prompt"], "explanation": changed["explanation"], "picture": picture}


def digest_of_meaning(item: MoodleQuestion) -> str:
    """Return a digest of the question in Moodle's own fields, ignoring settings."""
    try:
        return digest_of(json.dumps(meaning(item), sort_keys=True))
    except (CannotConvert, ValueError):
        return ""


def _lose_settings(item: MoodleQuestion) -> None:
    node = item.node
    if node.find("hint") is not None:
        item.warn(_HINTS_LOST)
    if item.string("penalty") not in _DEFAULT_PENALTIES:
        item.warn(_PENALTIES_LOST)
    if item.string("defaultgrade") not in ("", "1", "1.0", "1.0000000") and node.get("type") != "cloze":
        item.warn(_MARKS_LOST)
    if item.string("hidden") == "1":
        item.warn(_HIDDEN_LOST)


def _path(node: ElementTree.Element) -> tuple[str, ...]:
    """Return the parts of a category path without Moodle's own prefix; `//` is a slash inside a name."""
    parts = [" ".join(part.split()) for part in path_parts(node.findtext("category/text", "").strip())]
    parts = [part for part in parts if part and not re.fullmatch(r"\$\w+\$", part)]
    if parts and parts[0] == "top":
        parts = parts[1:]
    return () if parts and _DEFAULT_CATEGORY.match(parts[-1]) else tuple(parts)
