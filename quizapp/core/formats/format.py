"""What all formats share: limits, the results of reading and writing a file, and helpers for text.

A format has two functions. `read(data, topic=…)` takes the bytes of a file and the key of the topic for questions
without one; it returns an ImportedSet, or raises Unreadable if nothing in the file can be used. `write(question_set,
pictures, now=…)` returns an ExportedFile. Anything that cannot be imported or exported is listed with the reason.
"""

import lzma
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import ValidationError

from quizapp.core.formats.tables.table import OpenRow, Table, TableOptions, TableView
from quizapp.core.kinds import Question
from quizapp.core.sets import schema
from quizapp.core.sets.error_messages import in_words
from quizapp.core.text.encodings import UndecodableText, decode
from quizapp.core.translation import gettext

MAX_UPLOAD = 20_000_000  # bytes of a file
MAX_UNPACKED = 50_000_000  # bytes of all entries in an archive, together
MAX_QUESTIONS = 20_000  # such as two about each of 10,000 facts
MAX_WARNINGS = 1_000  # a file with more of them is something else
FACT_FIELDS = frozenset(schema.Fact.model_fields) - {"key", "questions"}

# What several formats report.
AREAS_LEFT_OUT = gettext("Questions about a place on a picture become choice questions, with the places in words.")
EXPLANATIONS_LEFT_OUT = gettext("Explanations are left out.")
MISCONCEPTIONS_LEFT_OUT = gettext("Names of misconceptions are left out.")
MISSING_PICTURES = gettext("Pictures that can no longer be found are left out.")
PICTURES_LEFT_OUT = gettext("Pictures are left out.")
PICTURES_NOT_IN_FILE = gettext("Pictures that are not in the file are left out.")
PICTURES_OUTSIDE = gettext("Pictures outside the question text are left out.")
ONE_PICTURE = gettext("Only the first picture in each question is kept.")
PARTLY_RIGHT_LEFT_OUT = gettext("Answers that earn part of the mark are left out.")
ARCHIVE_DAMAGED = gettext("The archive is damaged. Download or export it again.")
ARCHIVE_LOCKED = gettext("The archive is locked with a password. Save it without one.")
FILE_EMPTY = gettext("The file is empty.")
FILE_TOO_LARGE = gettext("The file is larger than %(limit)s MB. Split it.", limit=MAX_UPLOAD // 1_000_000)
NO_QUESTIONS = gettext("No questions were found. Check that the format is right.")
NOT_FACTS = gettext("This is not a list of facts. Begin each fact with “- key:”.")


# What the standard library raises for damaged archives.
DAMAGED_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Unreadable(ValueError):
    """A file cannot be read; the message is a sentence.

    `place` says where (“Line 12”, or a file inside an archive), or is empty.
    """

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


@dataclass(frozen=True, slots=True)
class SkippedQuestion:
    """A question in a file that cannot be imported: its place, its beginning, and the reason as a sentence."""

    place: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class FormatWarning:
    """Something not carried over, as a sentence. `place` is a place in the file read, or the key of a question written.

    `whole_question` says whether the question itself is left out.
    """

    place: str
    what: str
    whole_question: bool = False


@dataclass(frozen=True, slots=True)
class ImportedFact:
    """A fact from a file, and its place there.

    `says` are the fields of the fact that come from the file; the others were made up or have their defaults. `keyed`
    is False if the file gives no permanent key; then the keys of fact and question are made from their texts.
    """

    fact: schema.Fact
    place: str
    says: frozenset[str] = FACT_FIELDS
    keyed: bool = True


@dataclass(frozen=True, slots=True)
class ImportedSet:
    """The contents of a file.

    `topics` maps each topic's key in the facts to its title in the file. `pictures` maps the SHA-256 (hex) of each
    original picture to its bytes; a question's `picture.digest` is that hash. `table` is there if the file is a table;
    nothing is imported while it has `open_rows`.
    """

    facts: tuple[ImportedFact, ...]
    header: schema.SetHeader | None = None
    topics: Mapping[str, str] = field(default_factory=dict)
    names: tuple[schema.Name, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    skipped: tuple[SkippedQuestion, ...] = ()
    warnings: tuple[FormatWarning, ...] = ()
    table: TableView | None = None
    open_rows: tuple[OpenRow, ...] = ()

    @property
    def questions(self) -> int:
        return sum(len(found.fact.questions) for found in self.facts)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file, and what it lacks of the set.

    `keys` are the keys of its questions in order; formats whose files contain keys may leave it empty.
    """

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
class ImportFormat:
    """A format that is read: its name on the command line, its title, and its reader.

    `keyed` says whether its files contain permanent keys of questions. If they are tables, `tabulate` returns the table
    of a file as a person chose it; `read` takes what it finds itself.
    """

    name: str
    title: str
    read: Reader
    keyed: bool = field(default=True, kw_only=True)
    tabulate: Callable[[bytes, TableOptions], Table] | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Format(ImportFormat):
    """A format that is read and written: also its description, file extension and writer."""

    about: str
    extension: str
    mimetype: str
    write: Writer


def shorten(text: str, length: int = 80) -> str:
    """Return the beginning of a text, on one line."""
    text = " ".join(HIDDEN.sub("\ufffd", text).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def line_place(number: int) -> str:
    """Return a line as a place in a file."""
    return gettext("Line %(number)s", number=number)


def describe_error(error: ValidationError) -> str:
    """Return an error of the schema in an author's words, as sentences."""
    return " ".join(in_words(fault, Question) for fault in error.errors(include_url=False)[:3])


# Invisible characters: control characters, surrogates, and those that change the direction of text.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def refuse_hidden(data: object) -> None:
    """Raise ValueError if the data contains an invisible character that changes what is displayed."""
    if isinstance(data, str):
        if bad := HIDDEN.search(data):
            code = f"U+{ord(bad[0]):04X}"
            raise ValueError(gettext("There is a character that can’t be seen (%(code)s). Delete it.", code=code))
    elif isinstance(data, list | tuple):
        for value in data:
            refuse_hidden(value)
    elif isinstance(data, Mapping):
        for name, value in data.items():
            refuse_hidden(name)
            refuse_hidden(value)


def is_nested_deeper(data: object, depth: int) -> bool:
    """Return whether lists and groups of plain data are nested deeper than `depth` levels."""
    level = [data]
    for _ in range(depth):
        groups = [part for part in level if isinstance(part, dict | list)]
        level = [item for group in groups for item in (group.values() if isinstance(group, dict) else group)]
    return any(isinstance(part, dict | list) for part in level)


def decode_text(data: bytes, encoding: str = "") -> str:
    """Return the text of a file, with "\\n" line ends; the encoding is detected if none is given. Raises Unreadable."""
    return decode_file(data, encoding)[0]


def decode_file(data: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and the name of its encoding, as `decode` does. Raises Unreadable."""
    if len(data) > MAX_UPLOAD:
        raise Unreadable("", FILE_TOO_LARGE)
    try:
        return decode(data, encoding)
    except UndecodableText as error:
        raise Unreadable(line_place(error.line) if error.line else "", error.message) from None


_FIELDS_LEFT_OUT = {
    "statement": gettext("Statements of facts are left out."),
    "passages": gettext("References to passages are left out."),
    "notes": gettext("References to source notes are left out."),
    "date": gettext("Dates of facts are left out."),
    "importance": gettext("The importance of facts is left out."),
    "actors": gettext("Names in facts are left out."),
    "leads_to": gettext("Effects of facts are left out."),
    "caution": gettext("Cautions are left out."),
    "tags": gettext("Tags are left out."),
}

_DEFAULTS = {name: field.get_default(call_default_factory=True) for name, field in schema.Fact.model_fields.items()}


def fields_left_out(fact: schema.Fact, kept: Collection[str]) -> list[str]:
    """Return a warning for each field of a fact that a format leaves out.

    A statement that only repeats a question of the fact is not listed, because reading the question makes it again.
    """
    repeats = fact.statement == fact.questions[0].statement
    left = {
        name: warning
        for name, warning in _FIELDS_LEFT_OUT.items()
        if name not in kept and getattr(fact, name) != _DEFAULTS[name]
    }
    return [warning for name, warning in left.items() if not (name == "statement" and repeats)]


def topic_labels(header: schema.SetHeader) -> dict[str, str]:
    """Return the name of each topic in a file with one word for it: its title, or its key if titles are the same."""
    titles = [topic.title.casefold() for topic in header.topics]
    return {
        topic.key: topic.title if titles.count(topic.title.casefold()) == 1 else topic.key for topic in header.topics
    }


def count_warnings(warnings: Iterable[FormatWarning]) -> list[tuple[str, int, str]]:
    """Return each warning once, with its number and its first place; the most frequent comes first."""
    first: dict[str, str] = {}
    times: Counter[str] = Counter()
    for entry in warnings:
        first.setdefault(entry.what, entry.place)
        times[entry.what] += 1
    return [(what, number, first[what]) for what, number in times.most_common()]


def picture_digests(facts: Iterable[schema.Fact]) -> list[str]:
    """Return the digests of the pictures of these facts, each once."""
    questions = (question for fact in facts for question in fact.questions)
    return list(dict.fromkeys(question.picture.digest for question in questions if question.picture))
