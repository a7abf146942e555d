"""Large files are read in a process of their own, which may use little processor time and memory."""

import io
import signal
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest
from import_export import DATA, set_to_exchange
from sampling import sample
from workbooks import xlsx_of

from quizapp.core.formats import separate
from quizapp.core.formats.format import ImportedSet, Unreadable
from quizapp.core.formats.registry import FORMATS
from quizapp.core.formats.tables.spreadsheet import read_spreadsheet

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("facts/a.yaml", content)
    return out.getvalue()


@pytest.mark.parametrize("name", sample(["apkg", "yaml", "gift"], every=2))
def test_it_reads_what_is_read_here(name: str) -> None:
    data = FORMATS[name].write(set_to_exchange("kinds"), {}, now=NOW).data
    assert separate.read_separately(name, data, topic="general") == FORMATS[name].read(data, topic="general")


def test_it_says_why_and_where_a_file_is_unreadable() -> None:
    with pytest.raises(Unreadable) as refused:
        separate.read_separately("yaml", b"- key: a\n- key: b\n---\n- key: c\n", topic="t")
    assert (refused.value.place, refused.value.message) == (
        "Line 3",
        "A second document begins here. Remove the line “---”.",
    )


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"cpu_seconds": 1}, "Reading this file takes too long. Split it."),
        ({"memory": 120_000_000}, "Reading this file takes too much memory. Split it."),
    ],
)
def test_a_file_that_takes_too_much_is_unreadable(limits: dict[str, int], message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        separate.read_separately("yaml", b"- a\n" * 499_000, topic="t", **limits)
    assert refused.value.message == message


def test_a_library_that_aborts_had_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    aborted = subprocess.CompletedProcess([], -signal.SIGABRT, b"", b"memory allocation failed")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: aborted)
    with pytest.raises(Unreadable, match="takes too much memory"):
        separate.read_separately("csv", b"a,b\n", topic="t")


def test_a_sheet_is_read_separately() -> None:
    data = xlsx_of([["a", "b"]])
    assert separate.read_sheet(data, sheet="Sheet1") == read_spreadsheet(data)
    with pytest.raises(Unreadable, match="no visible sheet"):
        separate.read_sheet(data, sheet="Other")


def test_workbooks_of_any_size_get_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separate, "read_separately", lambda *_, **__: ImportedSet(()))
    for name in separate.WORKBOOKS:
        assert separate.read_file(name, b"", topic="t") == ImportedSet(())


def test_an_error_of_the_program_is_no_fault_of_the_file() -> None:
    with pytest.raises(RuntimeError, match="KeyError"):
        separate.read_separately("nonsense", b"", topic="t")


@pytest.mark.parametrize(
    ("data", "is_large"),
    [
        (b"a" * separate.LARGE, False),
        (b"a" * (separate.LARGE + 1), True),
        (zipped(b"#"), False),
        (zipped(b"#" * separate.LARGE_UNPACKED), False),
        (zipped(b"#" * (separate.LARGE_UNPACKED + 1)), True),
        (b"PK" + b"\0" * separate.LARGE_ARCHIVE, True),
        (b"PK damaged", False),
        ((DATA / "formats/anki_newest.apkg").read_bytes(), True),
    ],
)
def test_what_is_large(data: bytes, is_large: bool) -> None:
    assert separate.is_large(data) is is_large


def test_only_large_files_get_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(name: str, data: bytes, *, topic: str, table: object = None) -> ImportedSet:
        asked.append(name)
        return ImportedSet(())

    monkeypatch.setattr(separate, "read_separately", noted)
    assert separate.read_file("csv", b"Who?,b\n", topic="t").questions == 1
    assert separate.read_file("csv", b"a,b\n" * 50_000, topic="t").questions == 0
    assert asked == ["csv"]


def test_few_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separate, "WAIT", 0)
    taken = [separate._slots.acquire() for _ in range(separate.AT_ONCE)]
    try:
        with pytest.raises(Unreadable, match="Try again in a minute"):
            separate.read_file("csv", b"a,b\n" * 50_000, topic="t")
    finally:
        for _ in taken:
            separate._slots.release()
