"""Read a set from an Anki package."""

import html
from hashlib import sha256
from typing import Any

from quizapp.core.formats.anki.archive import Package
from quizapp.core.formats.anki.collection import CLOZE, AnkiNote, NoteType, read_collection
from quizapp.core.formats.anki.note_fields import DATA, NOTE_TYPE, changed_in_anki
from quizapp.core.formats.anki.notes import NoteContext, cloze, cloze_numbers, sides, two_sided
from quizapp.core.formats.embedded_data import (
    CannotConvert,
    GroupedWarnings,
    fields_of,
    needed_picture,
    short_names,
    unpack_question,
)
from quizapp.core.formats.format import ImportedSet, Unreadable, shorten
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.markup import line_of

MAX_CARDS = 20  # per note


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Return the contents of an Anki package: a fact per note, a question per card; decks become topics.

    Raises Unreadable.
    """
    return _PackageReader(data, topic).run()


def note_key(guid: str) -> str:
    """Return a permanent key for a note's guid, which may contain any character."""
    return f"anki-{sha256(guid.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def tags_of(tags: tuple[str, ...], context: NoteContext) -> list[str]:
    """Return Anki's tags as valid tags."""
    kept = list(dict.fromkeys(tag.replace("|", "/")[:60] for tag in tags))
    if len(kept) > 20:
        context.warn("of more than 20 tags the first 20 are kept")
    return kept[:20]


class _PackageReader:
    def __init__(self, data: bytes, topic: str) -> None:
        self.package = Package(data)
        self.collection = read_collection(self.package.database())
        self.builder = ImportBuilder(topic)
        self.grouped = GroupedWarnings()

    def run(self) -> ImportedSet:
        decks = self.collection.decks
        used = {decks.get(note.deck_id, ()) for note in self.collection.notes}
        names = short_names(used - {("Default",), ()})
        for number, note in enumerate(self.collection.notes, 1):
            context = NoteContext(f"note {number}", self.builder, self.grouped, self.package.media)
            note_type = self.collection.types.get(note.type_id)
            if note_type is None:
                self.builder.skip(context.place, " ".join(note.fields), "its note type is not in the package")
                continue
            self.take(note, note_type, names.get(decks.get(note.deck_id, ()), ""), context)
        if self.collection.reviewed:
            self.grouped.add("", "Anki’s schedule and history of reviews; every card begins as new")
        self.grouped.add_to(self.builder)
        return self.builder.build()

    def take(self, note: AnkiNote, note_type: NoteType, label: str, context: NoteContext) -> None:
        values = dict(zip(note_type.fields, note.fields, strict=False))
        if note_type.name.startswith(NOTE_TYPE) and self.take_embedded(values, note, context):
            return
        fact: dict[str, Any] = {}
        if tags := tags_of(note.tags, context):
            fact["tags"] = tags
        if label:
            fact["topic"] = self.builder.topic(label)
        key = note_key(note.guid)
        for number in self.cards(note, note_type, values):
            try:
                question = self.question(note_type, values, number, context)
            except Unreadable:
                raise
            except (CannotConvert, ValueError) as error:
                what = line_of(next(iter(values.values()), "")[:1000]).text
                self.builder.skip(context.place, shorten(what), str(error))
                continue
            own = key if number == 0 else f"{key}-{number + 1}"
            self.builder.add(question, place=context.place, key=own, fact_key=key, fact=fact)

    def cards(self, note: AnkiNote, note_type: NoteType, values: dict[str, str]) -> list[int]:
        if note_type.kind == CLOZE:
            numbers = [number - 1 for number in cloze_numbers(_cloze_text(note_type, values)[0]) if number > 0]
            return numbers[:MAX_CARDS] or [0]
        return sorted(set(note.cards))[:MAX_CARDS] or [0]

    def question(
        self, note_type: NoteType, values: dict[str, str], number: int, context: NoteContext
    ) -> dict[str, Any]:
        """Return the question of one card. Raises CannotConvert."""
        if note_type.kind == CLOZE:
            text, extra = _cloze_text(note_type, values)
            if "image-occlusion:" in text:
                raise CannotConvert("pictures with covered parts are not known here")
            return cloze(text, number + 1, extra, context)
        front, back, typed = sides(note_type, values, number, context)
        return two_sided(front, back, context, typed=typed)

    def take_embedded(self, values: dict[str, str], note: AnkiNote, context: NoteContext) -> bool:
        """Add a note from our own export, with changes made in Anki; return False if its embedded data is damaged."""
        found = unpack_question(html.unescape(values.get(DATA, "")))
        if found is None:
            return False
        fact, shown = found
        says = fields_of(fact)
        if set(note.tags) - {tag.replace(" ", "_") for tag in fact.tags}:
            context.warn("tags that were added in Anki")
        if label := line_of(values.get("Topic", "")).text:
            says["topic"] = self.builder.topic(label)
        question = changed_in_anki(fact.questions[0], values, shown, context)
        if question["picture"]:
            image = context.blocks(values.get("Picture", ""), pictured=True).images
            question["picture"] = context.picture(image) or needed_picture(fact.questions[0])
        self.builder.add(question, place=context.place, key=question.pop("key"), fact_key=fact.key, fact=says)
        return True


def _cloze_text(note_type: NoteType, values: dict[str, str]) -> tuple[str, str]:
    """Return the field with the gaps, and the other fields one below the other."""
    name = next((name for name in values if "{{c" in values[name]), next(iter(values), ""))
    return values.get(name, ""), "<br>".join(text for other, text in values.items() if other != name and text)
