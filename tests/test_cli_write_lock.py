"""Commands do slow work while the server's writers get through: hashing, reading and writing files."""

import contextvars
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from write_lock import watch

from quizapp.cli import cli, demo
from quizapp.services import accounts, import_export

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
        (import_export, "count_warnings"),  # the end of an export, and of an import
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
