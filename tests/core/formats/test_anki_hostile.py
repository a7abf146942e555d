"""Anki packages that somebody made to do harm, or that broke on the way: refused with a reason, at little cost."""

import json
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

import genanki
import pytest

from quizapp.core.formats.anki import archive, collection, messages, package_reader
from quizapp.core.formats.format import MAX_QUESTIONS, MAX_UNPACKED, MAX_UPLOAD, ImportedSet, Unreadable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKAGES = Path(__file__).parents[2] / "data" / "formats"
NEWEST, OLDER, GENANKI = ("anki_newest.apkg", "anki_older.apkg", "anki_genanki.apkg")


def entries(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(PACKAGES / name) as package:
        return {entry: package.read(entry) for entry in package.namelist()}


def pack_question(content: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return made.getvalue()


def read(data: bytes) -> ImportedSet:
    return package_reader.read(data, topic="general")


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    return refusal.value.message


def changed(change: Callable[[sqlite3.Connection], object]) -> bytes:
    """The package of genanki with its database changed."""
    content = entries(GENANKI)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content["collection.anki2"])
    change(connection)
    connection.commit()
    content["collection.anki2"] = connection.serialize()
    connection.close()
    return pack_question(content)


def with_note(front: str, back: str = "An answer that is long enough to be recalled.") -> bytes:
    return changed(
        lambda c: c.execute("UPDATE notes SET flds = ? WHERE guid = 'one'", [f"{front}\x1f{back}"]),
    )


def first(found: ImportedSet) -> object:
    return found.facts[0].fact.questions[0]


class TestArchives:
    def test_what_is_no_archive(self) -> None:
        assert "not an Anki package" in refused(b"")
        assert "not an Anki package" in refused(b"PK\x03\x04 and no more")

    def test_an_archive_without_a_collection(self) -> None:
        assert "no Anki collection" in refused(pack_question({"readme.txt": b"hello"}))

    def test_too_large_a_file(self) -> None:
        assert "larger than 20 MB" in refused(b"P" * (MAX_UPLOAD + 1))

    def test_too_many_files(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "MAX_ENTRIES", 100)
        assert "more than 100 files" in refused(pack_question({str(number): b"" for number in range(101)}))

    def test_a_bomb_of_deflate(self) -> None:
        bomb = pack_question({"collection.anki2": b"\0" * (MAX_UNPACKED + 1)})
        assert len(bomb) < 100_000
        assert "at most 50 MB" in refused(bomb)

    def test_a_bomb_of_zstandard(self) -> None:
        bomb = pack_question({"collection.anki21b": zstd.compress(b"\0" * 60_000_000)})
        assert len(bomb) < 100_000
        assert "at most 50 MB" in refused(bomb)

    def test_a_frame_that_wants_much_memory(self) -> None:
        """Its header asks for a window of 2 GiB, without saying how much will come."""
        frame = b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"
        assert "damaged" in refused(pack_question({"collection.anki21b": frame}))

    def test_an_archive_that_lies_about_sizes(self) -> None:
        data = bytearray(pack_question({"collection.anki2": b"\0" * 3_000_000}))
        at = data.rindex(b"PK\x01\x02")
        data[at + 24 : at + 28] = (100).to_bytes(4, "little")  # the size when unpacked, in the directory
        assert "damaged" in refused(bytes(data))

    def test_a_locked_archive(self) -> None:
        data = bytearray(pack_question({"collection.anki2": b"a"}))
        data[6] |= 1
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
        assert "locked with a password" in refused(bytes(data))

    def test_pictures_count_too(self) -> None:
        """They are unpacked only while there is room."""
        content = entries(GENANKI)
        content["0"] = b"\0" * 20_000_000
        content["media"] = json.dumps({"0": "a.png"}).encode()
        with zipfile.ZipFile(BytesIO(with_note('<img src="a.png">'))) as package:
            content["collection.anki2"] = package.read("collection.anki2")
        assert "at most 50 MB" in refused(pack_question(content))

    def test_names_are_no_paths(self, tmp_path: Path) -> None:
        """Neither in the archive nor in the map of media."""
        secret = tmp_path / "secret.png"
        secret.write_bytes(b"\x89PNG")
        content = entries(GENANKI)
        content["media"] = json.dumps({str(secret): "flag blue.png", "../../etc/passwd": "x.png"}).encode()
        content["../outside"] = b"x"
        found = read(pack_question(content))
        assert found.pictures == {}
        assert "Pictures that are not in the file are left out." in [warning.what for warning in found.warnings]

    def test_the_stub_of_newer_packages_is_not_read(self) -> None:
        """It is a collection with one note, which says to update Anki."""
        content = entries(NEWEST)
        assert "collection.anki2" in content
        assert read(pack_question(content)).questions == 9

    @pytest.mark.parametrize("media", [b"", b"[]", b"{", b'{"0": 7}', b"[" * 100_000, b"\xff"])
    def test_a_map_of_media_that_is_damaged(self, media: bytes) -> None:
        found = read(pack_question(entries(GENANKI) | {"media": media}))
        assert found.questions >= 2
        assert found.pictures == {}


class TestDatabases:
    def test_what_is_no_database(self) -> None:
        assert "damaged" in refused(pack_question({"collection.anki2": b"not a database, though long enough" * 100}))
        assert "not an Anki collection" in refused(pack_question({"collection.anki2": b""}))

    def test_a_view_that_poses_as_a_table(self) -> None:
        def pose(connection: sqlite3.Connection) -> None:
            connection.execute("ALTER TABLE notes RENAME TO true_notes")
            connection.execute("CREATE VIEW notes AS SELECT * FROM true_notes")

        assert "not a plain table" in refused(changed(pose))

    def test_a_view_without_end(self) -> None:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id FROM n"
        assert "not a plain table" in refused(changed(lambda c: c.execute(f"CREATE VIEW decks AS {endless}")))

    def test_a_trigger(self) -> None:
        trigger = "CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM cards; END"
        assert "not a plain table" in refused(changed(lambda c: c.execute(trigger)))

    def test_a_virtual_table(self) -> None:
        try:
            data = changed(lambda c: c.execute("CREATE VIRTUAL TABLE extra USING fts5(x)"))
        except sqlite3.OperationalError:
            pytest.skip("this SQLite has no FTS5")
        assert "not a plain table" in refused(data)

    def test_a_column_that_computes(self) -> None:
        """Each row of it would be large, though the file is small."""

        def compute(connection: sqlite3.Connection) -> None:
            connection.executescript(
                "ALTER TABLE notes RENAME TO old;"
                "CREATE TABLE notes (id, guid, mid, tags, flds AS (hex(zeroblob(900000))));"
                "INSERT INTO notes (id, guid, mid, tags) SELECT id, guid, mid, tags FROM old;"
            )

        assert "not a plain table" in refused(changed(compute))

    def test_a_huge_row(self) -> None:
        letters = "".join(Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=2_100_000))
        assert "damaged" in refused(with_note(letters))

    def test_too_many_notes(self) -> None:
        def multiply(connection: sqlite3.Connection) -> None:
            connection.execute(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT ?)"
                " INSERT INTO notes SELECT x, x, mid, mod, usn, tags, flds, sfld, csum, flags, data FROM notes, n"
                " WHERE guid = 'one'",
                [MAX_QUESTIONS + 1],
            )

        assert "20,000 notes" in refused(changed(multiply))

    def test_a_table_that_takes_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """SQLite is stopped after a number of steps."""

        def multiply(connection: sqlite3.Connection) -> None:
            columns = "x, x, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ''"
            connection.execute(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20000)"
                f" INSERT INTO cards SELECT {columns} FROM n"
            )

        data = changed(multiply)
        assert read(data).questions == 3
        monkeypatch.setattr(collection, "MAX_STEPS", 100_000)
        assert "damaged" in refused(data)

    def test_pages_that_point_in_circles(self) -> None:
        content = entries(GENANKI)
        for seed in range(60):
            data = bytearray(content["collection.anki2"])
            random = Random(seed)
            for _ in range(random.choice([1, 20, 400])):
                data[random.randrange(100, len(data))] = random.randrange(256)
            self._read_or_refuse(pack_question(content | {"collection.anki2": bytes(data)}))

    @pytest.mark.parametrize("name", [NEWEST, OLDER, GENANKI])
    def test_archives_with_flipped_bytes(self, name: str) -> None:
        whole = (PACKAGES / name).read_bytes()
        for seed in range(60):
            random = Random(seed)
            data = bytearray(whole)
            for _ in range(random.choice([1, 5, 50])):
                data[random.randrange(len(data))] = random.randrange(256)
            self._read_or_refuse(bytes(data))
            self._read_or_refuse(whole[: random.randrange(len(whole))])

    def _read_or_refuse(self, data: bytes) -> None:
        try:
            read(data)
        except Unreadable as refusal:
            assert refusal.message

    @pytest.mark.parametrize("models", ["", "[]", "{}", '{"x": {}}', '{"1": 7}', "[" * 100_000, "null"])
    def test_note_types_that_are_damaged(self, models: str) -> None:
        data = changed(lambda c: c.execute("UPDATE col SET models = ?", [models]))
        try:
            reasons = [skipped.why for skipped in read(data).skipped]
            assert (
                reasons == ["The package does not contain the note type of this note. Export it from Anki again."] * 3
            )
        except Unreadable as refusal:
            assert "damaged" in refusal.message


class TestNotes:
    def test_scripts_and_frames_are_left_out(self) -> None:
        found = read(
            with_note('Who?<script>alert(1)</script><img src=x onerror="alert(2)"><iframe src="//x"></iframe>')
        )
        assert first(found).prompt == "Who?"  # type: ignore[attr-defined]
        assert "Scripts are left out." in [warning.what for warning in found.warnings]

    def test_links_that_would_run_are_text(self) -> None:
        found = read(with_note('Who <a href="javascript:alert(1)">is</a> <a href="https://example.org/a_b">it</a>?'))
        assert first(found).prompt == "Who is [it](<https://example.org/a_b>)?"  # type: ignore[attr-defined]

    def test_characters_that_cannot_be_seen(self) -> None:
        found = read(with_note("Who\u202e killed him?"))
        assert "can’t be seen" in found.skipped[0].why

    def test_deep_nesting(self) -> None:
        found = read(with_note("<b>" * 5_000 + "Who?" + "</b>" * 5_000))
        assert first(found).prompt == "**Who?**"  # type: ignore[attr-defined]

    def test_marks_without_number(self) -> None:
        """Nothing here may take more than its share of time: each of these needs minutes in a careless reader."""
        for mark in ("*", "[", "<", "&", "<!--", "`*_", "<a ", "<a '", "<script>", "\\(", "[latex]", "</b>", "<b>*"):
            found = read(with_note(mark * (99_000 // len(mark))))
            assert found.questions + len(found.skipped) == 3

    def test_a_text_that_is_too_long_says_so(self) -> None:
        found = read(with_note("x" * 300_000))
        assert "At most 100,000" in found.skipped[0].why

    @pytest.mark.parametrize(
        "text",
        [
            "{{c1::" * 500,
            "{{c1::a" + "}}" * 500,
            "{{c0::x}}",
            "{{c1::}}",
            "{{c999::x}}{{c1::{{c1::y}}}}",
            "{{c1::x::{{y}}}}",
        ],
    )
    def test_gaps_gone_wrong(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "gaps.apkg"
        deck = genanki.Deck(1, "d")
        deck.add_note(genanki.Note(genanki.CLOZE_MODEL, [text, ""], guid="g"))
        genanki.Package(deck).write_to_file(path, timestamp=1_700_000_000)
        found = read(path.read_bytes())
        assert found.questions + len(found.skipped) >= 1

    def test_a_note_that_claims_to_be_ours(self, tmp_path: Path) -> None:
        """What it carries is checked like everything else."""
        names = ["Prompt", "Data"]
        model = genanki.Model(
            1, "quizapp question", fields=[{"name": n} for n in names],
            templates=[{"name": "c", "qfmt": "{{Prompt}}", "afmt": "{{Data}}"}],
        )  # fmt: skip
        deck = genanki.Deck(1, "d")
        bad = ["null", "[1]", '{"fact": [], "question": {}, "shown": 3}', "[" * 100_000, '{"fact": {"key": "x"}}']
        for number, data in enumerate(bad):
            deck.add_note(genanki.Note(model, [f"Question {number}?", data], guid=str(number)))
        path = tmp_path / "ours.apkg"
        genanki.Package(deck).write_to_file(path, timestamp=1_700_000_000)
        found = read(path.read_bytes())
        assert found.questions + len(found.skipped) == len(bad)


class TestMessages:
    def test_a_message(self) -> None:
        message = b"\x0a\x03abc\x10\x96\x01\x1d\x01\x02\x03\x04\x21\x01\x02\x03\x04\x05\x06\x07\x08"
        assert list(messages.fields(message)) == [
            (1, b"abc"),
            (2, 150),
            (3, b"\x01\x02\x03\x04"),
            (4, bytes(range(1, 9))),
        ]
        assert messages.text(message, 1) == "abc"
        assert messages.first(message, 9) is None

    @pytest.mark.parametrize("message", [b"\x0a\x05abc", b"\x80" * 20, b"\x0b", b"\x0a", b"\x0a\xff\xff\xff\xff\x0f"])
    def test_a_message_cut_short(self, message: bytes) -> None:
        with pytest.raises(Unreadable, match="damaged"):
            list(messages.fields(message))
