"""Notes as text, both ways: lines of fields below headers such as `#separator:tab` and `#guid column:1`.

Format: https://docs.ankiweb.net/importing/text-files.html
"""

import csv
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any

from quizapp.core.formats.anki.note_fields import changed_in_anki, digests, fields_of_note
from quizapp.core.formats.anki.note_types import ANSWER, BACK, CHOICES, EXPLANATION, FRONT, PROMPT, WHY_NOT
from quizapp.core.formats.anki.notes import LAYOUT_LOST, NoteContext, cloze, cloze_numbers, two_sided
from quizapp.core.formats.anki.package_reader import deck_topics, note_key, tags_of
from quizapp.core.formats.anki.package_writer import anki_tags, deck_name, guid_of, missing_pictures, picture_html
from quizapp.core.formats.embedded_data import (
    CannotConvert,
    GroupedWarnings,
    as_comment,
    fields_of,
    from_comment,
    needed_picture,
    pack_question,
    unpack_question,
)
from quizapp.core.formats.format import (
    ExportedFile,
    FormatWarning,
    ImportedSet,
    Unreadable,
    decode_text,
    line_place,
    topic_labels,
)
from quizapp.core.formats.html_tree import open_tag
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.kinds import Question
from quizapp.core.sets import schema
from quizapp.core.translation import gettext

_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":"}
_DIVIDER = re.compile(r'<hr class="more"\s*/?>')
_LOST = gettext("In Anki, every question is a note of the type Basic, with a front and a back.")
_PICTURES = gettext("Pictures are left out. Export an Anki package to include them.")
_NO_NOTES = gettext("There are no notes in this file. Check that the format is right.")
_NO_PICTURES = gettext("Pictures are left out, because a text file has none.")


@dataclass(slots=True)
class _Layout:
    """The headers above the notes. Columns count from 1; 0 is none."""

    separator: str = "\t"
    is_html: bool = False
    columns: dict[str, int] = field(default_factory=dict)  # guid, deck, notetype, tags
    deck: str = ""
    notetype: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    guid: str
    deck: tuple[str, ...]
    notetype: str
    tags: tuple[str, ...]
    fields: list[str]  # HTML


def read_text(data: bytes, *, topic: str) -> ImportedSet:
    """Read notes as text: the first field is the question, the second the answer. Raises Unreadable."""
    rows = _rows(decode_text(data))
    builder, grouped = ImportBuilder(topic), GroupedWarnings()
    names = deck_topics(row.deck for row in rows)
    for row in rows:
        context = NoteContext(row.place, builder, grouped, lambda _: None)
        fact: dict[str, Any] = {}
        if tags := tags_of(row.tags, context):
            fact["tags"] = tags
        if label := names.get(row.deck, ""):
            fact["topic"] = builder.topic(label)
        if not _take_embedded(row, fact, context):
            _take(row, fact, context)
    grouped.add_to(builder)
    return builder.build()


def _rows(text: str) -> list[_Row]:
    lines = text.split("\n")
    above = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    body = "\n".join(lines[above:])
    layout = _layout(lines[:above], body)
    reader = csv.reader(StringIO(body), delimiter=layout.separator, doublequote=True)
    rows = []
    began = above + 1
    try:
        for values in reader:
            if any(value.strip() for value in values):
                rows.append(_row(values, layout, line_place(began)))
            began = above + reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(line_place(began), _no_fields_message(str(error))) from None
    if not rows:
        raise Unreadable("", _NO_NOTES)
    return rows


def _no_fields_message(problem: str) -> str:
    return gettext(
        "The fields in this line can’t be separated (%(problem)s). Check the quotation marks.", problem=problem
    )


def _layout(above: list[str], body: str) -> _Layout:
    layout = _Layout(separator="")
    for line in above:
        name, _, value = line[1:].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "separator":
            layout.separator = _SEPARATORS.get(value.lower(), value[:1])
        elif name == "html":
            layout.is_html = value.lower() == "true"
        elif name == "tags":
            layout.tags = tuple(value.split())
        elif name == "deck":
            layout.deck = value
        elif name == "notetype":
            layout.notetype = value
        elif name.endswith(" column") and value.isdecimal() and len(value) < 5:
            layout.columns[name.removesuffix(" column")] = int(value)
    if not layout.separator:
        first = body.partition("\n")[0]
        layout.separator = next((mark for mark in "\t;,|" if mark in first), "\t")
    return layout


def _row(values: list[str], layout: _Layout, place: str) -> _Row:
    def column(name: str) -> str:
        number = layout.columns.get(name, 0)
        return values[number - 1].strip() if 0 < number <= len(values) else ""

    rest = [text for number, text in enumerate(values, 1) if number not in layout.columns.values()]
    deck = column("deck") or layout.deck
    return _Row(
        place,
        column("guid"),
        tuple(" ".join(part.split()) for part in deck.split("::") if part.strip()),
        column("notetype") or layout.notetype,
        (*layout.tags, *column("tags").split()),
        rest if layout.is_html else [html.escape(text.strip(), quote=False).replace("\n", "<br>") for text in rest],
    )


def _take(row: _Row, fact: dict[str, Any], context: NoteContext) -> None:
    key = note_key(row.guid) if row.guid else None
    front, *others = row.fields or [""]
    try:
        if "{{c" in front and cloze_numbers(front):
            questions = [cloze(front, number, "<br>".join(others), context) for number in cloze_numbers(front)[:20]]
        else:
            questions = _of_sides(front, others, row, context)
    except Unreadable:
        raise
    except (CannotConvert, ValueError) as error:
        context.builder.skip(row.place, front, str(error))
        return
    for number, question in enumerate(questions):
        own = f"{key}-{number + 1}" if key and number else key
        context.builder.add(question, place=row.place, key=own, fact_key=key, fact=fact)


def _of_sides(front: str, others: list[str], row: _Row, context: NoteContext) -> list[dict[str, Any]]:
    back = "<br>".join(text for text in others if text.strip())
    if len([text for text in others if text.strip()]) > 1:
        context.warn(LAYOUT_LOST)
    questions = [two_sided(front, back, context)]
    if "reversed" in row.notetype.lower() and "optional" not in row.notetype.lower():
        questions.append(two_sided(back, front, context))
    return questions


def _take_embedded(row: _Row, fact: dict[str, Any], context: NoteContext) -> bool:
    """Add a note from our own export, with changes made in Anki; return False if it is not from our export."""
    front, back, *_ = [*row.fields, "", ""]
    back, carried = from_comment(back)
    found = unpack_question(carried or "")
    if found is None:
        return False
    stored, shown = found
    known = stored.questions[0]
    sides = {FRONT: front, BACK: back}
    before = shown if isinstance(shown, dict) else {}
    changed = {name for name, digest in digests(sides).items() if before.get(name) != digest}
    values = fields_of_note(known)
    if FRONT in changed:
        values[CHOICES if values[CHOICES] else PROMPT] = front
    if BACK in changed:
        values[ANSWER] = _DIVIDER.split(sides[BACK], maxsplit=1)[0]
    question = changed_in_anki(known, values, digests(fields_of_note(known)), context)
    if question["picture"]:
        question["picture"] = needed_picture(known)
        context.warn(_NO_PICTURES)
    says = fields_of(stored) | ({"topic": fact["topic"]} if "topic" in fact else {})
    context.builder.add(question, place=row.place, key=question.pop("key"), fact_key=stored.key, fact=says)
    return True


def write_text(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write the set as text notes of Anki's type Basic; importing again updates them."""
    labels = topic_labels(question_set.header)
    stream = StringIO()
    stream.write(f"#separator:tab\n#html:true\n#notetype:Basic\n#columns:Guid\tDeck\t{FRONT}\t{BACK}\tTags\n")
    stream.writelines(f"#{name} column:{number}\n" for name, number in (("guid", 1), ("deck", 2), ("tags", 5)))
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
    for fact in question_set.facts:
        deck = deck_name(question_set.header, labels.get(fact.topic, fact.topic))
        for question in fact.questions:
            guid = guid_of(question_set.header.key, question.key)
            writer.writerow([guid, deck, *_sides(fact, question), " ".join(anki_tags(fact))])
    warnings = [FormatWarning("", _LOST), *missing_pictures(question_set, pictures)]
    pictured = [q.key for fact in question_set.facts for q in fact.questions if picture_html(q, pictures)]
    warnings += [FormatWarning(key, _PICTURES) for key in pictured]
    return ExportedFile(stream.getvalue().encode(), tuple(warnings))


def _sides(fact: schema.Fact, question: Question) -> tuple[str, str]:
    """Return the front and the back, which contains the whole question in an HTML comment."""
    fields = fields_of_note(question)
    front = "".join([fields[PROMPT], fields[CHOICES]])
    more = "".join([fields[EXPLANATION], fields[WHY_NOT]])
    back = fields[ANSWER] + (open_tag("hr", {"class": "more"}) + more if more else "")
    front, back = (side.replace("\n", " ") for side in (front, back))
    data = pack_question(fact, question, digests({FRONT: front, BACK: back}))
    return front, back + as_comment(data)
