"""Write a set as a package for Anki: a deck for each topic, a note for each question.

Guids are made from the keys of set and question, so that importing again updates the notes without changing their
schedule.
"""

import html
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

from quizapp.core.formats.anki.collection_writer import WrittenNote, guid_for, write_collection
from quizapp.core.formats.anki.note_fields import digests, fields_of_note
from quizapp.core.formats.anki.note_types import DATA, FACT, FIELDS, KEY, KIND, PICTURE, TOPIC
from quizapp.core.formats.embedded_data import pack_question
from quizapp.core.formats.format import MISSING_PICTURES, ExportedFile, FormatWarning, topic_labels
from quizapp.core.formats.html_tree import open_tag
from quizapp.core.kinds import Question
from quizapp.core.pictures import file_extension
from quizapp.core.sets import schema
from quizapp.core.translation import gettext

_LOST = gettext("In Anki, every question is a card with two sides, and students grade themselves.")


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write the set as an Anki package (.apkg, schema 11). The same set and time give the same bytes."""
    return _PackageWriter(question_set, pictures, now).run()


def guid_of(set_key: str, question_key: str) -> str:
    """Return the guid of a question in Anki, which is the same in every export."""
    return guid_for(set_key, question_key)


def picture_name(digest: str, data: bytes) -> str:
    return f"quizapp-{digest[:24]}.{file_extension(data)}"


def picture_html(question: Question, pictures: Mapping[str, bytes]) -> str:
    """Return the picture of a question as HTML, or "" if it has none."""
    picture = question.picture
    if picture is None or picture.digest not in pictures:
        return ""
    return open_tag("img", {"src": picture_name(picture.digest, pictures[picture.digest]), "alt": picture.alt})


def deck_name(header: schema.SetHeader, label: str) -> str:
    """Return `set::topic`. A `::` in either name is replaced, because it would create another deck."""
    return "::".join(" ".join(part.replace("::", ":").split()) for part in (header.title, label))


def anki_tags(fact: schema.Fact) -> list[str]:
    return ["_".join(tag.split()) for tag in fact.tags]


def missing_pictures(question_set: schema.QuestionSet, pictures: Mapping[str, bytes]) -> list[FormatWarning]:
    return [
        FormatWarning(question.key, MISSING_PICTURES)
        for fact in question_set.facts
        for question in fact.questions
        if question.picture and question.picture.digest not in pictures
    ]


class _PackageWriter:
    def __init__(self, question_set: schema.QuestionSet, pictures: Mapping[str, bytes], now: datetime) -> None:
        self.set, self.pictures, self.now = question_set, pictures, now.astimezone(UTC)
        self.labels = topic_labels(question_set.header)
        self.used: dict[str, bytes] = {}  # media files by name

    def run(self) -> ExportedFile:
        notes = [self.note(fact, question) for fact in self.set.facts for question in fact.questions]
        warnings = [FormatWarning("", _LOST), *missing_pictures(self.set, self.pictures)]
        return ExportedFile(self.package(notes), tuple(warnings))

    def note(self, fact: schema.Fact, question: Question) -> WrittenNote:
        if question.picture and question.picture.digest in self.pictures:
            data = self.pictures[question.picture.digest]
            self.used[picture_name(question.picture.digest, data)] = data
        fields = fields_of_note(question)
        values = fields | {
            PICTURE: picture_html(question, self.pictures),
            TOPIC: html.escape(self.labels.get(fact.topic, fact.topic), quote=False),
            KIND: question.kind,
            FACT: fact.key,
            KEY: question.key,
            DATA: html.escape(pack_question(fact, question, digests(fields)), quote=False),
        }
        guid = guid_of(self.set.header.key, question.key)
        return WrittenNote(guid, self.deck_id(fact.topic), [values[name] for name in FIELDS], anki_tags(fact))

    def deck_id(self, topic: str) -> int:
        digest = sha256(f"{self.set.header.key}/{topic}".encode()).digest()
        return (1 << 30) + int.from_bytes(digest[:4], "big") % (1 << 30)

    def package(self, notes: Sequence[WrittenNote]) -> bytes:
        topics = dict.fromkeys(fact.topic for fact in self.set.facts)
        decks = {self.deck_id(topic): deck_name(self.set.header, self.labels.get(topic, topic)) for topic in topics}
        result = BytesIO()
        with zipfile.ZipFile(result, "w") as archive:
            archive.writestr(_entry("collection.anki2", self.now), write_collection(notes, decks, now=self.now))
            archive.writestr(_entry("media", self.now), json.dumps(dict(enumerate(self.used))))
            for number, data in enumerate(self.used.values()):
                archive.writestr(_entry(str(number), self.now), data)
        return result.getvalue()


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
