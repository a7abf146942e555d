"""Read a set from an Anki package."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from quizapp.core.formats.anki.archive import Package
from quizapp.core.formats.anki.collection import CLOZE, AnkiNote, NoteType, read_collection
from quizapp.core.formats.anki.note_fields import changed_in_anki
from quizapp.core.formats.anki.note_types import DATA, NAME, PICTURE, TOPIC
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
from quizapp.core.translation import gettext

MAX_CARDS = 20  # per note
MAX_TAGS = 20
_DEFAULT_DECK = re.compile("Default")  # where Anki puts notes that are in no other deck

_COVERED = gettext("Image occlusion cards can’t be imported.")
_NO_NOTE_TYPE = gettext("The package does not contain the note type of this note. Export it from Anki again.")
_SCHEDULE_LOST = gettext("Your schedule and review history in Anki are left out. Every card starts as new.")
_TAGS_LOST = gettext("Tags that were added in Anki are left out.")
_TOO_MANY_TAGS = gettext("Only the first %(limit)s tags for each note are kept.", limit=MAX_TAGS)


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
    if len(kept) > MAX_TAGS:
        context.warn(_TOO_MANY_TAGS)
    return kept[:MAX_TAGS]


def deck_topics(decks: Iterable[tuple[str, ...]]) -> Mapping[Sequence[str], str]:
    """Return the title of a topic for each deck, by its path; the default deck has none."""
    return short_names({path for path in decks if path and not _DEFAULT_DECK.fullmatch("::".join(path))})


class _PackageReader:
    def __init__(self, data: bytes, topic: str) -> None:
        self.package = Package(data)
        self.collection = read_collection(self.package.database())
        self.builder = ImportBuilder(topic)
        self.grouped = GroupedWarnings()

    def run(self) -> ImportedSet:
        decks = self.collection.decks
        names = deck_topics(decks.get(note.deck_id, ()) for note in self.collection.notes)
        for number, note in enumerate(self.collection.notes, 1):
            context = NoteContext(
                gettext("Note %(number)s", number=number), self.builder, self.grouped, self.package.media
            )
            note_type = self.collection.types.get(note.type_id)
            if note_type is None:
                self.builder.skip(context.place, " ".join(note.fields), _NO_NOTE_TYPE)
                continue
            self.take(note, note_type, names.get(decks.get(note.deck_id, ()), ""), context)
        if self.collection.reviewed:
            self.grouped.add("", _SCHEDULE_LOST)
        self.grouped.add_to(self.builder)
        return self.builder.build()

    def take(self, note: AnkiNote, note_type: NoteType, label: str, context: NoteContext) -> None:
        values = dict(zip(note_type.fields, note.fields, strict=False))
        if note_type.name.startswith(NAME) and self.take_embedded(values, note, context):
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
                raise CannotConvert(_COVERED)
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
            context.warn(_TAGS_LOST)
        if label := line_of(values.get(TOPIC, "")).text:
            says["topic"] = self.builder.topic(label)
        question = changed_in_anki(fact.questions[0], values, shown, context)
        if question["picture"]:
            image = context.blocks(values.get(PICTURE, ""), pictured=True).images
            question["picture"] = context.picture(image) or needed_picture(fact.questions[0])
        self.builder.add(question, place=context.place, key=question.pop("key"), fact_key=fact.key, fact=says)
        return True


def _cloze_text(note_type: NoteType, values: dict[str, str]) -> tuple[str, str]:
    """Return the field with the gaps, and the other fields one below the other."""
    name = next((name for name in values if "{{c" in values[name]), next(iter(values), ""))
    return values.get(name, ""), "<br>".join(text for other, text in values.items() if other != name and text)
