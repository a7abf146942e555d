"""`quizapp bank export` and `quizapp bank import`: sets in and out of files on the command line."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sets import person
from uploads import TABLE

from quizapp.config import Settings
from quizapp.extensions import db

Command = Callable[..., "subprocess.CompletedProcess[str]"]

LIST = "question\tanswer\nLongest river of Africa?\tNile\nWithout an answer\t\n"
WHOLE = "Longest river of Africa?\tNile\nOf Europe?\tVolga\n"


@pytest.fixture
def owner(own_data: Path, make_app: Callable[[Settings], Flask]) -> str:
    """A teacher with an account."""
    with make_app(Settings(data=own_data, secret_key="k" * 32)).app_context():
        person(db.session(), "Aysel")
        db.session.commit()
    return "Aysel"


def sets(tmp_path: Path) -> list[tuple[str, str, int]]:
    """Key and title of each set with an owner, and its questions."""
    with closing(sqlite3.connect(tmp_path / "data/quizapp.sqlite3")) as database:
        return list(
            database.execute(
                "SELECT s.key, s.title, count(q.id) FROM question_set s JOIN fact f ON f.set_id = s.id "
                "JOIN question q ON q.fact_id = f.id WHERE s.owner_id IS NOT NULL GROUP BY s.id ORDER BY s.id"
            )
        )


@pytest.mark.usefixtures("own_data")
def test_json_still_goes_to_the_terminal(command: Command) -> None:
    told = command("bank", "export", "--set", "april-1920")
    assert told.returncode == 0
    assert json.loads(told.stdout)["set"]["key"] == "april-1920"


@pytest.mark.usefixtures("own_data")
@pytest.mark.parametrize("form", ["yaml", "apkg", "aiken"])
def test_a_set_is_written_to_a_file_and_what_is_lost_is_shown(command: Command, tmp_path: Path, form: str) -> None:
    told = command("bank", "export", "--format", form, "--set", "april-1920", "-o", tmp_path / "out")
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "out").stat().st_size > 10_000
    assert f"{tmp_path / 'out'}: " in told.stdout
    assert ("not kept" in told.stdout) == (form != "yaml")


@pytest.mark.usefixtures("own_data")
def test_what_is_no_text_needs_a_file(command: Command) -> None:
    refused = command("bank", "export", "--format", "apkg", "--set", "april-1920")
    assert refused.returncode == 2
    assert "name a file with -o" in refused.stderr


def test_a_file_becomes_a_set(command: Command, tmp_path: Path, owner: str) -> None:
    (tmp_path / "rivers.tsv").write_text(WHOLE)
    told = command("bank", "import", tmp_path / "rivers.tsv", "--owner", owner)
    assert told.returncode == 0, told.stderr
    ((key, title, count),) = sets(tmp_path)
    assert (title, count) == ("rivers", 2)
    assert f"{key}, TSV: 2 questions added, 0 changed" in told.stdout
    again = command("bank", "import", tmp_path / "rivers.tsv", "--owner", owner, "--set", key)
    assert "0 questions added, 0 changed, 0 facts changed, 2 unchanged" in again.stdout
    assert sets(tmp_path) == [(key, title, 2)]


def test_a_dry_run_only_reports(command: Command, tmp_path: Path, owner: str) -> None:
    (tmp_path / "rivers.tsv").write_text(WHOLE)
    told = command("bank", "import", tmp_path / "rivers.tsv", "--owner", owner, "--dry-run")
    assert told.returncode == 0
    assert "a new set, TSV: 2 questions added" in told.stdout
    assert sets(tmp_path) == []


def test_what_is_left_out_is_shown_with_its_line(command: Command, tmp_path: Path, owner: str) -> None:
    (tmp_path / "rivers.tsv").write_text(LIST)
    told = command("bank", "import", tmp_path / "rivers.tsv", "--owner", owner, "--skip-problems")
    assert told.returncode == 1
    assert f"{tmp_path / 'rivers.tsv'}:3: Without an answer: There is no answer." in told.stdout


@pytest.mark.parametrize(
    ("content", "arguments", "told", "code"),
    [
        ("- key: [", ["--format", "yaml"], "rivers:2: A bracket is opened and never closed", 1),
        (WHOLE, ["--set", "april-1920"], "Aysel can't edit the set 'april-1920'", 2),
        (WHOLE, ["--set", "none"], "there is no set 'none'", 2),
        (WHOLE, ["--owner", "Nobody"], "there is no account 'Nobody'", 2),
    ],
)
def test_what_stands_in_the_way_is_one_line_and_nothing_is_saved(
    command: Command, tmp_path: Path, owner: str, content: str, arguments: list[str], told: str, code: int
) -> None:
    (tmp_path / "rivers").write_text(content)
    refused = command("bank", "import", tmp_path / "rivers", "--owner", owner, *arguments)
    assert refused.returncode == code
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr
    assert sets(tmp_path) == []


MAP = "question=2,option=3-5,right=letter:6,explanation=7,heading=1"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "rivers.csv"
    file.write_text(TABLE)
    return file


def test_the_columns_of_a_table_are_mapped(command: Command, tmp_path: Path, owner: str, table: Path) -> None:
    refused = command("bank", "import", table, "--owner", owner)
    assert refused.returncode == 2
    assert "2: Frage | Welcher Fluss ist der längste" in refused.stderr
    assert "--map " in refused.stderr
    opened = command("bank", "import", table, "--owner", owner, "--map", MAP)
    assert opened.returncode == 1
    assert f"{table}:4: Welcher Fluss mündet bei Hamburg?: " in opened.stderr
    assert "--skip-problems leaves it out" in opened.stderr
    assert sets(tmp_path) == []
    told = command("bank", "import", table, "--owner", owner, "--map", MAP, "--skip-problems")
    assert told.returncode == 1  # a question is skipped
    assert "2 questions added" in told.stdout
    ((key, _, count),) = sets(tmp_path)
    assert count == 2
    again = command("bank", "import", table, "--owner", owner, "--set", key, "--skip-problems")
    assert "2 unchanged" in again.stdout  # with the mapping that the set remembers


def test_a_dry_run_of_an_undecided_table_reports_the_same(
    command: Command, tmp_path: Path, owner: str, table: Path
) -> None:
    assert command("bank", "import", table, "--owner", owner, "--dry-run").returncode == 2
    opened = command("bank", "import", table, "--owner", owner, "--map", MAP, "--dry-run")
    assert (opened.returncode, ":4: " in opened.stderr) == (1, True)
    told = command("bank", "import", table, "--owner", owner, "--map", MAP, "--skip-problems", "--dry-run")
    assert "dry run: nothing was saved" in told.stdout
    assert sets(tmp_path) == []


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("question=2,solution=6", "--map: “solution” is not a role."),
        ("question", "--map: “question” is not a role and its column"),
        ("question=0", "--map: “question=0” is not a role and its column"),
        ("question=2", "Choose the column with the right answer."),
        ("question=2,right=60", "There is no column 60."),
    ],
)
def test_a_wrong_mapping_is_named_with_what_is_possible(
    command: Command, owner: str, table: Path, mapping: str, told: str
) -> None:
    refused = command("bank", "import", table, "--owner", owner, "--map", mapping)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert "right=letter" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_encoding_of_a_table_is_named(command: Command, tmp_path: Path, owner: str, table: Path) -> None:
    table.write_bytes("Frage;Lösung\nЧто?;Ответ\n".encode("cp1251", "replace"))
    arguments = ("--map", "question=1,right=2,heading=1", "--encoding", "cp1251")
    told = command("bank", "import", table, "--owner", owner, *arguments)
    assert told.returncode == 0, told.stderr
    with closing(sqlite3.connect(tmp_path / "data/quizapp.sqlite3")) as database:
        (statement,) = database.execute("SELECT statement FROM fact WHERE statement LIKE 'Что%'").fetchone()
    assert statement == "Что? Ответ"
    assert command("bank", "import", table, "--owner", owner, "--encoding", "rot13").returncode == 2
