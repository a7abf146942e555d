"""GIFT, the text format of Moodle: categories, comments, names, escapes, weights, feedback, all answer types.

Our own questions have their keys and tags in a comment, like Moodle's exports: `// [id:key] [tag:name]`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from quizapp.core.formats.format import (
    NO_QUESTIONS,
    PICTURES_LEFT_OUT,
    ExportedFile,
    FormatWarning,
    ImportedSet,
    Unreadable,
    decode_text,
    fields_left_out,
    line_place,
    topic_labels,
)
from quizapp.core.formats.gift_answers import Stem, read_answers, write_answers
from quizapp.core.formats.gift_marks import escaped, plain, position
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.markup import as_text, markdown_of
from quizapp.core.formats.moodle_xml.item import TAG_MARK, data_tags, path_parts, read_tags
from quizapp.core.kinds import Question
from quizapp.core.kinds.essay import Essay
from quizapp.core.sets import schema
from quizapp.core.translation import gettext

_NAME = re.compile(r"\A::((?:\\.|[^\\])*?)::", re.S)
_FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]", re.I)
_NOTE = re.compile(r"\[(id|tag):([^\]]*+)(\]?)")
_CATEGORY = re.compile(r"\A\s*+\$CATEGORY:(.*)", re.I)
_TAG = re.compile(r"<[a-zA-Z/][^<>]*>")
LONGEST_BLOCK = 200  # lines of a question

_DESCRIPTION = gettext("This has no answers, so it is not a question. Write the answers between { and }.")
_BRACE_OPEN = gettext("A brace { is opened but never closed. Write } after the answers.")
_SEVERAL_BRACES = gettext("There are two pairs of braces. In the text, write \\{ and \\} for braces.")


@dataclass(slots=True)
class _Block:
    """The lines of one question without comments, and the key and tags from its comments."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    key: str | None = None
    tags: list[str] = field(default_factory=list)
    begun: bool = False  # whether there is a brace {
    ended: bool = False  # whether there is a brace }

    def add(self, line: str) -> None:
        self.lines.append(line)
        self.begun = self.begun or position(line, "{") >= 0
        self.ended = self.ended or position(line, "}") >= 0

    @property
    def is_open(self) -> bool:
        """Return whether a brace is open, so that an empty line belongs to the question."""
        return self.begun and not self.ended and len(self.lines) < LONGEST_BLOCK

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Read every question; essays without a model answer, descriptions and damaged questions are skipped."""
    builder = ImportBuilder(topic)
    category = ""
    count = 0
    for found in _blocks(decode_text(data)):
        if isinstance(found, str):
            category = found
            continue
        count += 1
        _take(builder, found, category)
    if not count:
        raise Unreadable("", NO_QUESTIONS)
    return builder.build()


def _blocks(text: str) -> Iterator[_Block | str]:
    """Yield blocks of lines separated by empty lines, and the categories between them."""
    block = _Block()
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith("//"):
            _note(block, line)
        elif category := _CATEGORY.fullmatch(line):
            if block.lines:
                yield block
            block = _Block(key=block.key, tags=block.tags) if not block.lines else _Block()
            yield category[1].strip()
        elif line.strip():
            if block.lines and not block.lines[-1].strip() and line.lstrip().startswith("::"):
                yield block  # a brace that is not closed ends where the next question begins
                block = _Block()
            block.line = block.line or number
            block.add(line)
        elif block.lines and block.is_open:
            block.add("")
        elif block.lines:
            yield block
            block = _Block()
    if block.lines:
        yield block


def _note(block: _Block, comment: str) -> None:
    if block.lines:
        return
    for what, value, end in _NOTE.findall(comment):
        if what == "id" and end:
            block.key = value.strip()
        elif value.strip() and end:
            block.tags.append(value.strip())


def _take(builder: ImportBuilder, block: _Block, category: str) -> None:
    place, text = line_place(block.line), block.text
    name = _NAME.match(text)
    key = block.key or (plain(name[1]).strip() if name else None)
    text = text[name.end() :].lstrip() if name else text
    marked = _FORMAT.match(text)
    style = marked[1].lower() if marked else "moodle"
    text = text[marked.end() :] if marked else text
    start = position(text, "{")
    if start < 0:
        builder.skip(place, plain(text), _DESCRIPTION)
        return
    end = position(text, "}", start)
    if end < 0:
        builder.skip(place, plain(text), _BRACE_OPEN)
        return
    before, inside, after = text[:start], text[start + 1 : end], text[end + 1 :]
    if position(after, "{") >= 0:
        builder.skip(place, plain(text), _SEVERAL_BRACES)
        return
    tags, data = read_tags(block.tags)
    shown_before, shown_after = _shown(before, style), _shown(after, style) if after.strip() else ""
    try:
        question, warnings = read_answers(shown_before, shown_after, inside, style, kind=data.get("kind"))
    except ValueError as error:
        builder.skip(place, shown_before or plain(text), str(error))
        return
    for what in warnings:
        builder.warn(place, what)
    fact: dict[str, Any] = {"tags": tags[:20]} if tags else {}
    if path := _category(category):
        fact["topic"] = builder.topic(path)
    builder.add(question, place=place, key=key, fact_key=data.get("fact"), fact=fact)


def _shown(text: str, style: str) -> str:
    """Return a stem in one of GIFT's text styles as Markdown."""
    text = plain(text).strip()
    if style == "markdown":
        return text
    if style == "html" or (style == "moodle" and _TAG.search(text)):
        return markdown_of(text).text
    return as_text(text)


def _category(path: str) -> str:
    """Return the last part of a category path; a double slash is a slash."""
    parts = [part.strip() for part in path_parts(path)]
    return next((part for part in reversed(parts) if part and part not in ("top", "$course$")), "")


# Writing


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write every question as the most similar type of GIFT."""
    labels = topic_labels(question_set.header)
    lines: list[str] = []
    warnings: list[FormatWarning] = []
    topic = ""
    for fact in question_set.facts:
        if fact.topic != topic:
            topic = fact.topic
            label = " ".join(labels.get(topic, topic).split()).replace("/", "//")
            lines += [f"$CATEGORY: {label}", ""]
        for question in fact.questions:
            stem, answers, unwritten = write_answers(question)
            lines += [_comment(fact, question), f"::{question.key}::[markdown]{_stem(stem, answers)}", ""]
            warnings += [
                FormatWarning(question.key, what)
                for what in (*fields_left_out(fact, ("tags",) if _are_plain(fact.tags) else ()), *unwritten)
            ]
            if question.picture:
                warnings.append(FormatWarning(question.key, PICTURES_LEFT_OUT))
    return ExportedFile("\n".join(lines).encode(), tuple(warnings))


def _comment(fact: schema.Fact, question: Question) -> str:
    tags = [*(fact.tags if _are_plain(fact.tags) else []), *data_tags("fact", fact.key)]
    if isinstance(question, Essay):
        tags += data_tags("kind", question.kind)
    return f"// [id:{question.key}] " + " ".join(f"[tag:{tag}]" for tag in tags)


def _are_plain(tags: list[str]) -> bool:
    """Return whether the tags can be written in a comment and read back as tags."""
    return not any("]" in tag or tag.startswith(TAG_MARK) for tag in tags)


def _stem(stem: Stem, answers: str) -> str:
    """Return the stem with the answers in place of the gap, or at the end."""
    before, after = (stem, "") if isinstance(stem, str) else stem
    block = "{\n" + answers + "\n}"
    return f"{escaped(before).rstrip()} {block}" + (f" {escaped(after).strip()}" if after.strip() else "")
