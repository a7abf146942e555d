"""What all formats share: the limits, what reading and writing a file returns, and text as it comes and goes.

A format is two functions. `read(data, topic=…)` takes the bytes of a file and the key of the topic for questions that
name none; it returns an ImportedSet, or raises Unreadable when nothing of the file can be used. `write(question_set,
pictures, now=…)` returns an ExportedFile. What a format cannot hold, and what is left out of a file, is listed with
its reason.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import ValidationError

from quizapp.core.kinds import Question
from quizapp.core.sets import schema
from quizapp.core.sets.error_messages import in_words

MAX_UPLOAD = 10_000_000  # bytes of a file
MAX_UNPACKED = 50_000_000  # bytes of all that is packed in it, together
MAX_QUESTIONS = 5_000
MAX_WARNINGS = 1_000  # lines on what was left out; a file with more of them is something else
FACT_FIELDS = frozenset(schema.Fact.model_fields) - {"key", "questions"}


class Unreadable(ValueError):
    """Why nothing can be had from a file. `place` says where (“line 12”, or a file inside an archive), or is empty."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


@dataclass(frozen=True, slots=True)
class SkippedQuestion:
    """A question that a file holds and that cannot be taken: where it stands, its beginning, and why."""

    place: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class FormatWarning:
    """Something not carried over. `place` is a place in the file that was read, or the key of a question written."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class ImportedFact:
    """A fact as a file has it, and where it begins.

    `says` names the fields of the fact that the file itself states; the others were made up or left at their defaults.
    `keyed` is False where the file names no permanent key: then fact and question are keyed by what they say.
    """

    fact: schema.Fact
    place: str
    says: frozenset[str] = FACT_FIELDS
    keyed: bool = True


@dataclass(frozen=True, slots=True)
class ImportedSet:
    """What a file holds.

    `topics` maps each topic's key, as the facts have it, to its title in the file. `pictures` maps the SHA-256 (hex) of
    each picture as it came to its bytes; a question's `picture.digest` is that hash.
    """

    facts: tuple[ImportedFact, ...]
    header: schema.SetHeader | None = None
    topics: Mapping[str, str] = field(default_factory=dict)
    names: tuple[schema.Name, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    skipped: tuple[SkippedQuestion, ...] = ()
    warnings: tuple[FormatWarning, ...] = ()

    @property
    def questions(self) -> int:
        return sum(len(found.fact.questions) for found in self.facts)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file, and what of the set is not in it. `keys` are the keys of the questions in it, in their order; a format
    whose files name them need not give them."""

    data: bytes
    warnings: tuple[FormatWarning, ...] = ()
    keys: tuple[str, ...] = ()


class Reader(Protocol):
    def __call__(self, data: bytes, *, topic: str) -> ImportedSet: ...


class Writer(Protocol):
    def __call__(
        self, question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime
    ) -> ExportedFile: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name on the command line, its title, what to say of it, and the ending of its files.

    `keyed` says whether its files name each question's permanent key.
    """

    name: str
    title: str
    about: str
    extension: str
    mimetype: str
    read: Reader
    write: Writer
    keyed: bool = True


def shorten(text: str, length: int = 80) -> str:
    """Return the beginning of a text, on one line."""
    text = " ".join(HIDDEN.sub("\ufffd", text).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def describe_error(error: ValidationError) -> str:
    """Return what the schema found wrong, in an author's words."""
    return "; ".join(in_words(fault, Question) for fault in error.errors(include_url=False)[:3])


# What one cannot see: control characters, half characters, and those that turn the direction of the text around them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def refuse_hidden(data: object) -> None:
    """Raise ValueError if a character stands in the data that cannot be seen and changes what can be."""
    if isinstance(data, str):
        if bad := HIDDEN.search(data):
            raise ValueError(f"it holds a character that cannot be seen (U+{ord(bad[0]):04X}); delete it")
    elif isinstance(data, Mapping):
        for name, value in data.items():
            refuse_hidden(name)
            refuse_hidden(value)
    elif isinstance(data, list | tuple):
        for value in data:
            refuse_hidden(value)


def decode_text(data: bytes) -> str:
    """Return the text of a file in UTF-8 or, with its mark, UTF-16; lines end in \\n. Raises Unreadable."""
    if len(data) > MAX_UPLOAD:
        raise Unreadable("", f"the file is larger than {MAX_UPLOAD // 1_000_000} MB; split it")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line}", "this is not UTF-8 text; save the file as UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"line {line}", "this is not a text file")
    return text


FIELD_WORDS = {
    "statement": "the fact’s statement",
    "passages": "its passages",
    "notes": "its notes",
    "date": "its date",
    "actors": "the names in it",
    "leads_to": "what it led to",
    "caution": "the caution",
    "tags": "its tags",
}


def fields_left_out(fact: schema.Fact, held: Collection[str]) -> list[str]:
    """Return in words what a fact says in fields that a format does not hold. A statement that only repeats a question
    of the fact is made again when the question is read."""
    repeats = fact.statement == fact.questions[0].statement
    left = {name: words for name, words in FIELD_WORDS.items() if name not in held and getattr(fact, name)}
    return [words for name, words in left.items() if not (name == "statement" and repeats)]


def topic_labels(header: schema.SetHeader) -> dict[str, str]:
    """Return what to call each topic in a file that has one word for it: its title, or its key where two share a
    title."""
    titles = [topic.title.casefold() for topic in header.topics]
    return {
        topic.key: topic.title if titles.count(topic.title.casefold()) == 1 else topic.key for topic in header.topics
    }
