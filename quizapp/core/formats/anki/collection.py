"""Read notes, note types and decks from a collection, a SQLite database that anyone may have made.

It is read so that nothing in it can run: without views, triggers and functions, with few steps and small rows, read
only.
"""

import json
import re
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quizapp.core.formats.anki import messages
from quizapp.core.formats.format import MAX_QUESTIONS, Unreadable
from quizapp.core.translation import gettext

CLOZE = 1  # a note type whose cards are the gaps of a text; 0 has a card for each template
MAX_ROW = 2_000_000  # bytes of a note, or of the JSON with all note types
MAX_STEPS = 20_000_000  # instructions of SQLite's virtual machine for the whole file
_STEP = 10_000
_NEEDED = {"notes", "cards", "col"}
_NEW = {"notetypes", "fields", "templates", "decks"}  # older collections have JSON in `col` instead of these tables
_FAULTS = (
    sqlite3.Error,
    sqlite3.Warning,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_VIRTUAL = re.compile(r"\A\s*+CREATE VIRTUAL", re.I)

_DAMAGED = gettext("The collection in this package is damaged. Export it from Anki again.")
_NO_COLLECTION = gettext("This is not an Anki collection. Export it from Anki again.")
_TOO_MANY = gettext("There are more than %(limit)s notes. Export the decks one at a time.", limit=f"{MAX_QUESTIONS:,}")


@dataclass(frozen=True, slots=True)
class Template:
    """The front and back of a card, with `{{Field}}` for the fields of the note."""

    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    name: str
    kind: int
    fields: tuple[str, ...]
    templates: tuple[Template, ...]


@dataclass(slots=True)
class AnkiNote:
    """A note. `cards` are the numbers (from 0) of its cards: indices of templates, or of gaps."""

    guid: str
    type_id: int
    tags: tuple[str, ...]
    fields: list[str]
    deck_id: int = 0
    cards: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Collection:
    notes: list[AnkiNote]
    types: dict[int, NoteType]
    decks: dict[int, tuple[str, ...]]  # the path of each deck
    reviewed: bool  # whether any card has been reviewed


def read_collection(data: bytes) -> Collection:
    """Return the contents of a collection. Raises Unreadable."""
    with tempfile.TemporaryDirectory(prefix="quizapp-") as directory:
        path = Path(directory) / "collection.db"
        path.write_bytes(data)
        try:
            with _opened(path) as connection:
                return _read(connection)
        except Unreadable:
            raise
        except _FAULTS:
            raise Unreadable("", _DAMAGED) from None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.create_collation("unicase", _unicase)
        steps = [MAX_STEPS // _STEP]

        def spend() -> bool:
            steps[0] -= 1
            return steps[0] < 0

        connection.set_progress_handler(spend, _STEP)
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
        _refuse_programs(connection)
        connection.set_authorizer(_only_reading)
        yield connection


def _unicase(one: str, other: str) -> int:
    a, b = one.casefold(), other.casefold()
    return (a > b) - (a < b)


def _only_reading(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) else sqlite3.SQLITE_DENY


def _refuse_programs(connection: sqlite3.Connection) -> None:
    """Refuse a database in which reading a table could run code."""
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        odd = kind in ("view", "trigger") or _VIRTUAL.match(sql or "")
        if odd or _computes(connection, str(name)):
            raise Unreadable("", _odd_table_message(str(name)[:40]))


def _odd_table_message(name: str) -> str:
    return gettext("“%(name)s” in the collection is not a plain table. Export the package from Anki again.", name=name)


def _computes(connection: sqlite3.Connection, table: str) -> bool:
    """Return whether a table has columns that are computed on reading (hidden: 2 or 3)."""
    columns = connection.execute("SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden > 1 LIMIT 1", [table])
    return columns.fetchone() is not None


def _read(connection: sqlite3.Connection) -> Collection:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= _NEEDED:
        raise Unreadable("", _NO_COLLECTION)
    types, decks = _newer(connection) if tables >= _NEW else _older(connection)
    notes = _notes(connection)
    reviewed = connection.execute("SELECT 1 FROM cards WHERE reps > 0 LIMIT 1").fetchone() is not None
    return Collection(notes, types, decks, reviewed)


def _notes(connection: sqlite3.Connection) -> list[AnkiNote]:
    rows = connection.execute("SELECT id, guid, mid, tags, flds FROM notes ORDER BY id").fetchmany(MAX_QUESTIONS + 1)
    if len(rows) > MAX_QUESTIONS:
        raise Unreadable("", _TOO_MANY)
    notes = {
        row_id: AnkiNote(str(guid), int(type_id), tuple(str(tags).split()), str(texts).split("\x1f"))
        for row_id, guid, type_id, tags, texts in rows
    }
    # A card in a filtered deck belongs to the deck in `odid`.
    for note_id, deck_id, home, number in connection.execute("SELECT nid, did, odid, ord FROM cards ORDER BY nid, ord"):
        note = notes.get(note_id)
        if note is not None and len(note.cards) < 1000:
            note.deck_id = note.deck_id or int(home) or int(deck_id)
            note.cards.append(int(number))
    return list(notes.values())


def _newer(connection: sqlite3.Connection) -> tuple[dict[int, NoteType], dict[int, tuple[str, ...]]]:
    names: defaultdict[int, list[str]] = defaultdict(list)
    for type_id, name in connection.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        names[type_id].append(str(name))
    cards: defaultdict[int, list[Template]] = defaultdict(list)
    for type_id, config in connection.execute("SELECT ntid, config FROM templates ORDER BY ntid, ord"):
        cards[type_id].append(Template(messages.text(config, 1), messages.text(config, 2)))
    types = {
        type_id: NoteType(str(name), int(messages.first(config, 1) or 0), tuple(names[type_id]), tuple(cards[type_id]))
        for type_id, name, config in connection.execute("SELECT id, name, config FROM notetypes")
    }
    decks = {deck_id: _path(str(name), "\x1f") for deck_id, name in connection.execute("SELECT id, name FROM decks")}
    return types, decks


def _older(connection: sqlite3.Connection) -> tuple[dict[int, NoteType], dict[int, tuple[str, ...]]]:
    row = connection.execute("SELECT models, decks FROM col").fetchone()
    if row is None:
        raise Unreadable("", _DAMAGED)
    models, decks = (json.loads(text) for text in row)
    return (
        {int(type_id): _note_type(model) for type_id, model in models.items()},
        {int(deck_id): _path(str(deck["name"]), "::") for deck_id, deck in decks.items()},
    )


def _note_type(model: dict[str, Any]) -> NoteType:
    return NoteType(
        str(model["name"]),
        int(model["type"]),
        tuple(str(each["name"]) for each in sorted(model["flds"], key=lambda each: int(each["ord"]))),
        tuple(
            Template(str(each["qfmt"]), str(each["afmt"]))
            for each in sorted(model["tmpls"], key=lambda each: int(each["ord"]))
        ),
    )


def _path(name: str, between: str) -> tuple[str, ...]:
    return tuple(part for part in (" ".join(part.split()) for part in name.split(between)) if part)
