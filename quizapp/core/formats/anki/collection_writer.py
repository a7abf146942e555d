"""Write notes into a collection of Anki, a SQLite database (schema 11, which every version of Anki reads).

The tables, and the documents in `col`: https://github.com/ankidroid/Anki-Android/wiki/Database-Structure
"""

import itertools
import json
import sqlite3
import string
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from quizapp.core.formats.anki.note_types import CHOICES, FIELDS, NAME, OWN, PICTURE, PROMPT

MODEL_ID = 1_704_192_042  # of the note type; it must never change, because Anki identifies the type by it
SCHEMA = 11
_NEW = -1  # the update sequence number of what was not synchronised yet
_DEFAULT = 1  # the id of the deck and of the options that every collection has
_DIGITS = string.ascii_letters + string.digits + "!#$%&()*+,-./:;<=>?@[]^_`{|}~"  # of guids, which are in base 91

_TABLES = """
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL, scm integer NOT NULL,
    ver integer NOT NULL, dty integer NOT NULL, usn integer NOT NULL, ls integer NOT NULL, conf text NOT NULL,
    models text NOT NULL, decks text NOT NULL, dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL, mod integer NOT NULL,
    usn integer NOT NULL, tags text NOT NULL, flds text NOT NULL, sfld integer NOT NULL, csum integer NOT NULL,
    flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL, ord integer NOT NULL,
    mod integer NOT NULL, usn integer NOT NULL, type integer NOT NULL, queue integer NOT NULL, due integer NOT NULL,
    ivl integer NOT NULL, factor integer NOT NULL, reps integer NOT NULL, lapses integer NOT NULL,
    left integer NOT NULL, odue integer NOT NULL, odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL, ease integer NOT NULL,
    ivl integer NOT NULL, lastIvl integer NOT NULL, factor integer NOT NULL, time integer NOT NULL,
    type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
"""
_INDEXES = """
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_notes_csum ON notes (csum);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_revlog_cid ON revlog (cid);
"""
_LATEX_BEFORE = r"""\documentclass[12pt]{article}
\special{papersize=3in,5in}
\usepackage[utf8]{inputenc}
\usepackage{amssymb,amsmath}
\pagestyle{empty}
\setlength{\parindent}{0in}
\begin{document}
"""


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """A note of our own type, which has one card; `fields` are in the order of FIELDS."""

    guid: str
    deck_id: int
    fields: Sequence[str]
    tags: Sequence[str]


def guid_for(*keys: str) -> str:
    """Return a guid made from keys. The way must never change, because Anki knows notes again by it."""
    number = int.from_bytes(sha256("__".join(keys).encode()).digest()[:8], "big")
    digits: list[str] = []
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def write_collection(notes: Iterable[WrittenNote], decks: dict[int, str], *, now: datetime) -> bytes:
    """Return a collection with these notes, in this order, in the decks given by id and name."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(_TABLES)
        database.execute(f"INSERT INTO col VALUES ({_marks(13)})", _collection_row(decks, now))
        rows = list(_rows(notes, now))
        database.execute("BEGIN")
        database.executemany(f"INSERT INTO notes VALUES ({_marks(11)})", (note for note, _ in rows))
        database.executemany(f"INSERT INTO cards VALUES ({_marks(18)})", (card for _, card in rows))
        database.execute("COMMIT")
        database.executescript(_INDEXES)
        return database.serialize()


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _rows(notes: Iterable[WrittenNote], now: datetime) -> Iterable[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Yield the row of each note, and that of its card, which is new."""
    ids = itertools.count(round(now.timestamp() * 1000))
    changed = int(now.timestamp())
    for place, note in enumerate(notes, 1):
        note_id, card_id = next(ids), next(ids)
        tags, fields = f" {' '.join(note.tags)} ", "\x1f".join(note.fields)
        yield (
            (note_id, note.guid, MODEL_ID, changed, _NEW, tags, fields, note.fields[0], 0, 0, ""),
            (card_id, note_id, note.deck_id, 0, changed, _NEW, 0, 0, place, *[0] * 8, ""),
        )


def _collection_row(decks: dict[int, str], now: datetime) -> tuple[Any, ...]:
    seconds = int(now.timestamp())
    documents: tuple[dict[str, Any], ...] = (
        {"activeDecks": [_DEFAULT], "curDeck": _DEFAULT, "nextPos": 1, "sortType": "noteFld", "sortBackwards": False},
        {str(MODEL_ID): _note_type(seconds, next(iter(decks), _DEFAULT))},
        {str(deck_id): _deck(deck_id, name, seconds) for deck_id, name in {_DEFAULT: "Default", **decks}.items()},
        {str(_DEFAULT): _OPTIONS},
        {},
    )
    millis = seconds * 1000
    return (1, seconds, millis, millis, SCHEMA, 0, 0, 0, *map(json.dumps, documents))


def _note_type(seconds: int, deck_id: int) -> dict[str, Any]:
    look = {"font": "Arial", "size": 20, "rtl": False, "sticky": False, "media": []}
    empty = {"bqfmt": "", "bafmt": "", "bfont": "", "bsize": 0, "did": None}
    return {
        "id": str(MODEL_ID),
        "name": NAME,
        "type": 0,
        "did": deck_id,
        "mod": seconds,
        "usn": _NEW,
        "sortf": 0,
        "css": OWN["css"],
        "flds": [{"name": name, "ord": place, **look} for place, name in enumerate(FIELDS)],
        "tmpls": [{**empty, **template, "ord": place} for place, template in enumerate(OWN["templates"])],
        "req": [[0, "any", [FIELDS.index(name) for name in (PROMPT, PICTURE, CHOICES)]]],
        "latexPre": _LATEX_BEFORE,
        "latexPost": "\\end{document}",
        "tags": [],
        "vers": [],
    }


def _deck(deck_id: int, name: str, seconds: int) -> dict[str, Any]:
    today = {f"{kind}Today": [0, 0] for kind in ("new", "rev", "lrn", "time")}
    about = {"desc": "", "dyn": 0, "conf": _DEFAULT, "collapsed": False, "extendNew": 0, "extendRev": 50}
    return {"id": deck_id, "name": name, "mod": seconds, "usn": _NEW, **about, **today}


_OPTIONS: dict[str, Any] = {
    "id": _DEFAULT,
    "name": "Default",
    "mod": 0,
    "usn": 0,
    "maxTaken": 60,
    "autoplay": True,
    "timer": 0,
    "replayq": True,
    "new": {
        "bury": True,
        "delays": [1, 10],
        "initialFactor": 2500,
        "ints": [1, 4, 7],
        "order": 1,
        "perDay": 20,
        "separate": True,
    },
    "rev": {"bury": True, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1, "maxIvl": 36500, "minSpace": 1, "perDay": 100},
    "lapse": {"delays": [10], "leechAction": 0, "leechFails": 8, "minInt": 1, "mult": 0},
}
