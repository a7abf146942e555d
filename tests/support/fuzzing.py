"""Damaged and odd files for every importer, and what reading each of them takes.

Files are made from exports of a set with every kind of question and from files of other programs, by changing bytes,
texts and, in archives, the files inside. Each is at most as large as a file that a server reads itself
(quizapp.core.formats.separate); larger ones are read in processes with limits.
"""

import io
import json
import os
import pickle
import re
import resource
import sqlite3
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from signal import SIGXCPU
from xml.etree import ElementTree

from import_export import DATA, PICTURES, set_to_exchange
from workbooks import ods_of, xlsx_of

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.registry import FORMATS, IMPORT_FORMATS, guess
from quizapp.core.formats.separate import LARGE, LARGE_UNPACKED
from quizapp.core.rosters.choices import RosterChoices
from quizapp.core.rosters.entries import UnreadableList, read_roster
from quizapp.core.rosters.reading import read_table
from quizapp.core.sets import quick_entry

MOST_SECONDS = 1.0  # of processor time
MOST_MEMORY = 200_000_000  # bytes of the whole process

TOKENS = [
    "\0", "\ue000", "\ufeff", "\u2028", "\u0300\u0316", "\U0010ffff", "\n", "\r", "\t", "\\", '"', "'", "`", "~", "=",
    "#", "{", "}", "{{", "}}", "{{c1::", "::", "[", "]", "<", ">", "<!--", "-->", "</p>", "<b>", "&", "&#0;",
    "&#xd800;", "<![CDATA[", "]]>", "<!DOCTYPE a [", "%", "%100%", "|", "->", "- ", "---\n", "? ", "!!python", "*a",
    "&a", "1e999", "NaN", "-0", "9" * 20, "9" * 400, "9" * 5000, "-", "0.0000000001", "1920-13-45", "null", "true",
    "[" * 50, '{"a":' * 50, "#separator:\n", "#columns:", "ANSWER: Z", "\x1f", "data:image/png;base64,",
    "kind: typed", "$CATEGORY: ", "a" * 5000, "the " * 500,
]  # fmt: skip


_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file: "read", "refused", or the trace of an error; seconds of processor time, and bytes of
    memory.
    """

    number: int
    importer: str
    outcome: str
    seconds: float
    memory: int

    @property
    def failure(self) -> str | None:
        if self.outcome not in ("read", "refused"):
            return self.outcome
        if self.seconds > MOST_SECONDS:
            return f"{self.seconds:.1f} seconds"
        return f"{self.memory // 1_000_000} MB" if self.memory > MOST_MEMORY else None


# Files


@cache
def seeds(importer: str) -> list[bytes]:
    """Return undamaged files for an importer."""
    files = [path.read_bytes() for path in sorted((DATA / "formats").iterdir()) if FILES.get(path.name) == importer]
    files += [path.read_bytes() for path in sorted((DATA / "tables").iterdir()) if TABLES.get(path.suffix) == importer]
    if importer in FORMATS:
        now = datetime(2026, 3, 2, tzinfo=UTC)
        files += [FORMATS[importer].write(set_to_exchange(name), PICTURES, now=now).data for name in ("kinds", "lakes")]
    rows = [["question", "answer", "wrong"], ["Paytaxt?", "Bakı", "Gəncə"], ["When?", 1918, 1.5], ["", "", True]]
    files += [make(rows) for name, make in (("xlsx", xlsx_of), ("ods", ods_of)) if name == importer]
    texts = {
        "quick entry": "When was it?\t1920\nWho?\tMe  You\nANSWER: A\nIs it so? | true\n5 m\t5.5 m\n",
        "students": "Name;User;Password\nAysel Məmmədova;aysel;correct horse\nLeyla,leyla,\n",
        "guessing": "::Q1:: Who? {=Me ~You}\n\nWho?\nA. Me\nB. You\nANSWER: A\n",
    }
    return files + [text.encode() for name, text in texts.items() if name == importer]


TABLES = {".csv": "csv", ".tsv": "tsv", ".json": "opentdb", ".txt": "opentriviaqa"}
FILES = {
    "anki_genanki.apkg": "apkg",
    "anki_newest.apkg": "apkg",
    "anki_older.apkg": "apkg",
    "moodle.gift": "gift",
    "moodle_bank.xml": "moodle-xml",
    "questions.aiken.txt": "aiken",
}


def make_file(importer: str, dice: Random) -> bytes:
    """Return an odd file for an importer, no larger than a server reads itself."""
    data = dice.choice(seeds(importer))
    if importer in BY_PARTS and dice.random() < 0.6:
        changed = _changed_archive if data[:2] == b"PK" and dice.random() < 0.5 else BY_PARTS[importer]
        return changed(data, dice)[:LARGE]
    return _changed(data, dice)[:LARGE]


def _changed(data: bytes, dice: Random) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 3, 8, 30))):
        data = dice.choice(CHANGES)(data, dice)[:LARGE]
    return data


def _place(data: bytes, dice: Random) -> int:
    return dice.randrange(len(data) + 1)


def _part(data: bytes, dice: Random) -> tuple[int, int]:
    start = _place(data, dice)
    return start, min(len(data), start + dice.choice((1, 5, 50, 500, 5000)))


def _insert(data: bytes, dice: Random) -> bytes:
    at, token = _place(data, dice), dice.choice(TOKENS).encode("utf-8", "replace")
    return data[:at] + token * dice.choice((1, 1, 1, 2, 100, 10_000)) + data[at:]


def _flood(data: bytes, dice: Random) -> bytes:
    """Return the beginning of a file followed by one or two tokens over and over."""
    at, unit = _place(data, dice) if dice.random() < 0.5 else 0, "".join(dice.choices(TOKENS, k=dice.choice((1, 2, 3))))
    return data[:at] + unit.encode("utf-8", "replace") * (LARGE // len(unit)) + data[at:]


def _replace(data: bytes, dice: Random) -> bytes:
    start, end = _part(data, dice)
    return data[:start] + dice.choice(TOKENS).encode("utf-8", "replace") + data[end:]


def _flip(data: bytes, dice: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 4, 40))):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _delete(data: bytes, dice: Random) -> bytes:
    start, end = _part(data, dice)
    return data[:start] + data[end:]


def _repeat(data: bytes, dice: Random) -> bytes:
    start, end = _part(data, dice)
    return data[:end] + data[start:end] * dice.choice((1, 10, 1000)) + data[end:]


def _truncate(data: bytes, dice: Random) -> bytes:
    return data[: _place(data, dice)]


def _changed_json(data: object, dice: Random) -> object:
    """Return plain data in which some values are odd, of another type, or nested deep."""
    if dice.random() < 0.02:
        return dice.choice(
            [None, True, 0, -1, 10**20, 10**400, 1.5, -0.0, "", [], {}, "\ud800", _nested(dice), *TOKENS]
        )
    if isinstance(data, dict):
        changed = {name: _changed_json(value, dice) for name, value in data.items() if dice.random() < 0.99}
        return changed | ({dice.choice(TOKENS): 1} if dice.random() < 0.01 else {})
    if isinstance(data, list):
        return [_changed_json(value, dice) for value in data] * (2 if dice.random() < 0.01 else 1)
    return data


def _nested(dice: Random) -> object:
    data: object = "a"
    for _ in range(dice.choice((5, 30, 300, 900, 930))):
        data = [data] if dice.random() < 0.5 else {"a": data}
    return data


def _changed_document(data: bytes, dice: Random) -> bytes:
    """Return JSON, which YAML can be too, with odd values."""
    whole = json.loads(seeds("json")[0] if not data.startswith(b"{") else data)
    kept = whole if dice.random() < 0.3 else [dice.choice(whole["facts"])]
    return json.dumps(_changed_json(kept, dice), ensure_ascii=dice.random() < 0.5).encode("utf-8", "replace")


def _changed_xml(data: bytes, dice: Random) -> bytes:
    """Return XML with odd texts, attributes and elements."""
    root = ElementTree.fromstring(data)
    for node in list(root.iter()):
        if dice.random() < 0.05:
            text = node.text or ""
            at = dice.randrange(len(text) + 1)
            node.text = text[:at] + dice.choice(TOKENS) + text[at:]
        if node.attrib and dice.random() < 0.02:
            node.set(dice.choice(list(node.attrib)), dice.choice(TOKENS))
        if len(node) and dice.random() < 0.02:
            node.remove(dice.choice(list(node)))
    return _NOT_XML.sub(b"?", ElementTree.tostring(root))


def _encode(data: bytes, dice: Random) -> bytes:
    return data.decode("utf-8", "replace").encode(
        dice.choice(("utf-16", "utf-16-le", "cp1251", "utf-8-sig")), "replace"
    )


CHANGES = (_insert, _insert, _insert, _flood, _replace, _replace, _flip, _delete, _repeat, _truncate, _encode)


def _changed_archive(data: bytes, dice: Random) -> bytes:
    """Return an archive in which some of the files are changed, renamed or left out."""
    out = io.BytesIO()
    room = LARGE_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in archive.infolist():
            content = archive.read(entry)
            if dice.random() < 0.5:
                content = (_changed_database if content.startswith(b"SQLite") else _changed)(content, dice)
            if dice.random() < 0.9 and len(content) <= room:
                room -= len(content)
                made.writestr("odd/" * (dice.random() < 0.1) + entry.filename, content)
    return out.getvalue()


def _changed_database(data: bytes, dice: Random) -> bytes:
    """Return a collection with odd values in some of its columns, or with odd bytes."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        for table in ("notes", "cards", "col", "notetypes", "fields", "templates", "decks"):
            for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", [table]).fetchall():
                if dice.random() < 0.15:
                    value = dice.choice([None, 2**63 - 1, -1, 1.5, b"\xff", *TOKENS, _insert(b"{{c1::a}}\x1fb", dice)])
                    text = (
                        value.decode("utf-8", "replace") if isinstance(value, bytes) and dice.random() < 0.8 else value
                    )
                    connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE random() % 2', [text])
        connection.commit()
        return connection.serialize()
    except sqlite3.Error:
        return _flip(data, dice)
    finally:
        connection.close()


BY_PARTS = {
    "json": _changed_document,
    "yaml": _changed_document,
    "apkg": _changed_archive,
    "moodle-xml": _changed_xml,
    "xlsx": _changed_archive,
    "ods": _changed_archive,
}


# Reading them


def _in_format(name: str) -> Callable[[bytes], object]:
    return lambda data: IMPORT_FORMATS[name].read(data, topic="t")


IMPORTERS: dict[str, Callable[[bytes], object]] = {
    **{name: _in_format(name) for name in IMPORT_FORMATS},
    "guessing": lambda data: guess("", data),
    "quick entry": lambda data: quick_entry.read(data.decode("utf-8", "replace")),
    "students": lambda data: read_roster(read_table(data), RosterChoices(), title="9b"),
}
DECLARED = (Unreadable, UnreadableList)


def read_one(number: int, seed: int) -> Result:
    """Make and read the file with this number."""
    importer = list(IMPORTERS)[number % len(IMPORTERS)]
    data = make_file(importer, Random(f"{seed}/{number}"))
    _forget_memory()
    began = time.process_time()
    try:
        IMPORTERS[importer](data)
        outcome = "read"
    except DECLARED:
        outcome = "refused"
    except Exception:
        outcome = traceback.format_exc(limit=-3)
    return Result(number, importer, outcome, time.process_time() - began, _most_memory())


def _forget_memory() -> None:
    """Let Linux start measuring the largest memory of this process again."""
    Path("/proc/self/clear_refs").write_text("5")


def _most_memory() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def read_many(files: int, seed: int) -> Iterator[Result]:
    """Make and read files in child processes, so that one that hangs or ends its process is a failure like others."""
    for importer in IMPORTERS:
        seeds(importer)  # made once, before the first child
    number = 0
    while number < files:
        for result in _read_in_child(number, files, seed):
            yield result
            number = result.number + 1


def _read_in_child(first: int, files: int, seed: int) -> Iterator[Result]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _send_results(first, files, seed, writing)
    os.close(writing)
    number = first
    with os.fdopen(reading, "rb") as stream:
        while True:
            try:
                result: Result = pickle.load(stream)
            except EOFError:
                break
            number = result.number + 1
            yield result
    _, status = os.waitpid(child, 0)
    if number < files:
        why = (
            "never ends" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == SIGXCPU else f"ends its process: {status}"
        )
        yield Result(number, list(IMPORTERS)[number % len(IMPORTERS)], why, 0.0, 0)


def _send_results(first: int, files: int, seed: int, writing: int) -> None:
    """Write a result for each file, with 10 seconds for the next one; never return."""
    with os.fdopen(writing, "wb") as stream:
        for number in range(first, files):
            used = int(time.process_time())
            resource.setrlimit(resource.RLIMIT_CPU, (used + 10, resource.RLIM_INFINITY))
            pickle.dump(read_one(number, seed), stream)
            stream.flush()
    os._exit(0)


def summarise(results: list[Result]) -> str:
    """Return how many files each importer read and refused, and the most that one took."""
    lines = [f"{'importer':12} {'read':>6} {'refused':>8} {'failed':>7} {'seconds':>8} {'MB':>5}"]
    for importer in IMPORTERS:
        own = [result for result in results if result.importer == importer]
        counts = Counter("failed" if result.failure else result.outcome for result in own)
        seconds, memory = (max((getattr(result, name) for result in own), default=0) for name in ("seconds", "memory"))
        lines.append(
            f"{importer:12} {counts['read']:6,} {counts['refused']:8,} {counts['failed']:7,}"
            f" {seconds:8.2f} {memory / 1_000_000:5.0f}"
        )
    return "\n".join(lines)
