"""Commands do slow work while the server's writers get through: hashing, reading and writing files."""

import contextvars
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from write_lock import watch

from quizapp.cli import cli, demo
from quizapp.services import accounts, exports, import_export
from quizapp.services.sets import updates

SAMPLE = Path(__file__).parent / "data" / "sample"
Run = Callable[..., None]


@pytest.fixture
def run(own_data: Path) -> Iterator[Run]:
    """Run a command in this process, where its functions can be watched."""
    logger = logging.getLogger("quizapp")
    handlers = list(logger.handlers)

    def run(*arguments: object) -> None:
        words = [*map(str, arguments), "--data", str(own_data)]
        contextvars.copy_context().run(cli.main, words, standalone_mode=False)

    yield run
    logger.handlers[:] = handlers


def test_it_works(run: Run, own_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = [
        (demo, "hash_password"),
        (accounts, "hash_password"),
        (import_export, "parse_upload"),
        (import_export, "encode_pictures"),
        (exports, "count_warnings"),  # the end of an export
    ]
    url = f"sqlite:///{own_data / 'quizapp.sqlite3'}"
    in_demo, in_users, reading, decoding, counting = [watch(monkeypatch, url, owner, name) for owner, name in slow]
    run("demo", "--students", 1, "--facts", 8, "--reviews", 0)
    run("user", "password", "Demo teacher", "--password", "correct horse battery")
    run("bank", "export", "--format", "aiken", "--set", "april-1920", "-o", tmp_path / "out")
    assert (in_demo, in_users, counting) == ([True], [True], [True])
    (tmp_path / "list.tsv").write_text("question\tanswer\nLongest river of Africa?\tNile\n")
    run("bank", "import", tmp_path / "list.tsv", "--owner", "Demo teacher")
    assert (reading, decoding) == ([True], [True])


def test_the_bank_is_compared_first_and_again_if_somebody_wrote_meanwhile(
    run: Run, own_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = own_data / "quizapp.sqlite3"
    comparing = watch(monkeypatch, f"sqlite:///{database}", updates, "stored_facts")
    run("bank", "load")
    assert comparing == [True]
    shutil.copytree(SAMPLE, tmp_path / "bank" / "rivers")
    run("bank", "load", tmp_path / "bank")
    facts = tmp_path / "bank/rivers/facts/rivers.yaml"
    facts.write_text(facts.read_text().replace("Speke reached Lake", "John Speke reached Lake"))
    original = updates.stored_facts

    def overtaken(*arguments: Any) -> Any:
        found = original(*arguments)
        if len(comparing) == before + 1:  # for the first time
            with closing(sqlite3.connect(database)) as writer, writer:
                writer.execute("INSERT INTO login_failures VALUES ('x', 1, '2026-03-02 12:00:00')")
        return found

    before = len(comparing)
    monkeypatch.setattr(updates, "stored_facts", overtaken)
    capsys.readouterr()
    run("bank", "load", tmp_path / "bank")
    assert "sample: 0 added, 1 changed, 0 archived, 9 unchanged" in capsys.readouterr().out
    assert comparing[before:] == [True, False]
