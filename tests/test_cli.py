"""The command line: starting and stopping, what stands in the way, and what an administrator does."""

import hashlib
import json
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from servers import Visitor
from sqlalchemy import create_engine, text

from quizapp.__main__ import main as console_script
from quizapp.cli import setup
from quizapp.config import Settings

SAMPLE = Path(__file__).parent / "data" / "sample"

Finished = subprocess.CompletedProcess[str]
Command = Callable[..., Finished]


def query(path: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database, database:
        return list(database.execute(statement, values))


def is_logged(done: Finished, event: str, user: int | str = 1) -> bool:
    """Whether the security log has what the command did to an account."""
    line = f"info security event={event} user={user} outcome=done by=command-line"
    assert done.returncode == 0 and line in done.stderr, done
    return True


def is_one_line(refused: Finished, *words: str) -> bool:
    """Whether the program gave up as it should: exit code 2 and one line that holds those words."""
    line = refused.stderr.rstrip("\n")
    assert refused.returncode == 2, refused
    assert line.startswith("quizapp: "), line
    assert "\n" not in line, line
    assert refused.stdout == ""
    assert all(word in line for word in words), line
    return True


# Starting and stopping


def test_it_works_and_continues_where_it_was_stopped(serve: Callable[..., Any], own_data: Path, tmp_path: Path) -> None:
    """Behind a proxy the second time, when the log has the address of who asked."""
    server = serve("--workers", "1")
    visitor = server.visitor()
    assert json.loads(visitor.get("/health")) == {"status": "ok"}
    assert "the fall of the first Azerbaijani republic" in visitor.get("/")
    visitor.post("/start")
    visitor.answer()
    answered = query(tmp_path / "data/quizapp.sqlite3", "SELECT id, response FROM review")
    assert len(answered) == 1
    assert server.stop(signal.SIGTERM) == 0
    assert f"quizapp is ready at {server.address}" in server.output.read_text()
    assert "Traceback" not in server.output.read_text()

    again = serve("--workers", "1", port=server.port, QUIZAPP_PROXIES="1")
    visitor.get(f"/review/answers/{answered[0][0]}")  # with the same cookie: the key was kept as well
    assert query(tmp_path / "data/quizapp.sqlite3", "SELECT id, response FROM review") == answered
    sign_up_through_proxy(again.visitor(), "203.0.113.7")
    assert again.stop(signal.SIGINT) == 0
    assert "Traceback" not in again.output.read_text()
    assert re.search(r"event=sign-up user=\d+ outcome=done address=203\.0\.113\.7 ", again.output.read_text())


def sign_up_through_proxy(visitor: Visitor, address: str) -> None:
    visitor.opener.addheaders.append(("X-Forwarded-For", f"198.51.100.1, {address}"))
    visitor.get("/signup")
    visitor.post("/signup", name="Ada", password="correct horse", repeated="correct horse", role="learn")


def test_the_data_directory_is_its_owners_alone(command: Command, tmp_path: Path) -> None:
    assert command("bank", "load", QUIZAPP_SECRET_KEY="k" * 32).returncode == 0
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    kept = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    assert kept == {"quizapp.sqlite3": 0o600, "quizapp.sqlite3-lock": 0o600}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_that_start_at_the_same_moment_both_serve(
    request: pytest.FixtureRequest, start: Callable[..., Any], tmp_path: Path, kind: str
) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    if kind == "postgresql":
        url = request.getfixturevalue("empty_postgres_url")
    servers = [start("--workers", "1", QUIZAPP_DATABASE_URL=url) for _ in range(2)]
    for server in servers:
        server.wait_until_ready()
        assert "the fall of the first Azerbaijani republic" in server.visitor().get("/")
    for server in servers:
        server.process.terminate()
    assert [server.process.wait(timeout=15) for server in servers] == [0, 0]
    engine = create_engine(url)
    with engine.connect() as connection:
        versions = connection.execute(text("SELECT max(number), count(*) FROM question_version")).one()
        assert versions == (1, connection.execute(text("SELECT count(*) FROM question")).scalar())
    engine.dispose()


def test_the_console_script_is_the_same_program(command: Command) -> None:
    scripts = entry_points(group="console_scripts", name="quizapp")
    if not scripts:
        pytest.skip("the package is not installed, only importable")
    assert {script.load() for script in scripts} == {console_script}
    help_text = command("--help").stdout
    for name in ("backup", "bank", "check", "db", "jobs", "restore", "run", "user"):
        assert f"\n  {name} " in help_text


# What stands in the way


def test_a_port_in_use_is_shown(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert is_one_line(command("run", "--port", port), f"port {port} is in use", "--port")


def test_an_address_of_another_machine_is_shown(command: Command) -> None:
    assert is_one_line(command("run", "--host", "192.0.2.1"), "can't listen on 192.0.2.1:8000")


def test_a_host_that_does_not_exist_is_shown(command: Command) -> None:
    assert is_one_line(command("run", "--host", "nowhere.invalid"), "can't listen on nowhere.invalid:8000")


@pytest.mark.parametrize("arguments", [["run"], ["bank", "load"]])
def test_a_data_directory_that_cannot_be_made_is_shown(command: Command, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = command(*arguments, "--data", tmp_path / "file" / "data")
    assert is_one_line(refused, "can't write to the data directory", "Not a directory")


def test_a_database_that_cannot_be_opened_is_shown(command: Command, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nowhere/quizapp.sqlite3"
    assert is_one_line(command("bank", "load", QUIZAPP_DATABASE_URL=url), "unable to open database file")


@pytest.mark.parametrize("arguments", [["user", "list"], ["check"], ["jobs"], ["backup"]])
def test_in_the_wrong_directory_no_database_is_made(command: Command, tmp_path: Path, arguments: list[str]) -> None:
    refused = command(*arguments, "--data", tmp_path / "elsewhere")
    assert is_one_line(refused, f"there is no database at {tmp_path}/elsewhere/quizapp.sqlite3")
    assert not (tmp_path / "elsewhere/quizapp.sqlite3").exists()


def test_a_file_that_is_no_database_is_shown_and_left_alone(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite3"
    path.write_text("Dear Ada, " * 500)
    refused = command("user", "list", QUIZAPP_DATABASE_URL=f"sqlite:///{path}")
    assert is_one_line(refused, "file is not a database")
    assert path.read_text() == "Dear Ada, " * 500


def test_a_database_that_does_not_answer_is_shown(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    refused = command("run", QUIZAPP_DATABASE_URL=f"postgresql://ada:secret@127.0.0.1:{port}/quizapp")
    assert is_one_line(refused, "can't use the database", str(port))
    assert "secret" not in refused.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"QUIZAPP_PROT": "8080"}, "QUIZAPP_PROT is not a setting"),
        ({"QUIZAPP_SECRET_KEY": "short"}, "QUIZAPP_SECRET_KEY"),
        ({"QUIZAPP_WORKERS": "many"}, "QUIZAPP_WORKERS"),
    ],
)
def test_an_unusable_setting_is_shown(command: Command, settings: dict[str, str], told: str) -> None:
    assert is_one_line(command("run", **settings), told)


# The bank


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank directory with a copy of the sample set."""
    shutil.copytree(SAMPLE, tmp_path / "bank" / "rivers")
    return tmp_path / "bank"


def edit(bank: Path, old: str, new: str) -> None:
    path = bank / "rivers/facts/rivers.yaml"
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new), encoding="utf-8")


def test_checking_the_built_in_bank_finds_nothing(command: Command) -> None:
    checked = command("bank", "check")
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    assert re.fullmatch(r"april-1920: \d+ facts, \d+ questions, no problems\n", checked.stdout)


def test_checking_reports_every_problem_with_its_line(command: Command, bank: Path, tmp_path: Path) -> None:
    edit(bank, 'date: "1858-08-03"\n  actors', 'date: "1858-13-03"\n  actors')
    edit(bank, "precision: day", "precision: minute")
    checked = command("bank", "check", bank)
    assert checked.returncode == 1
    lines = checked.stdout.splitlines()
    places = [re.match(r"rivers/facts/rivers\.yaml:(\d+): .", line) for line in lines]
    source = (bank / "rivers/facts/rivers.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert "1858-13-03" in source[int(places[0][1]) - 1]  # type: ignore[index]
    assert "minute" in source[int(places[1][1]) - 1]  # type: ignore[index]
    assert not (tmp_path / "data").exists()


def test_loading_twice_changes_nothing(command: Command, bank: Path, own_data: Path) -> None:
    first, second = command("bank", "load", bank), command("bank", "load", bank)
    assert first.stdout == "sample: 10 added, 0 changed, 0 archived, 0 unchanged\n"
    assert second.stdout == "sample: 0 added, 0 changed, 0 archived, 10 unchanged\n"
    assert (first.returncode, second.returncode) == (0, 0)
    versions = "SELECT max(v.number) FROM question_version v"
    assert query(own_data / "quizapp.sqlite3", versions) == [(1,)]


def test_the_built_in_bank_is_loaded_again_only_from_other_files(
    own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, loaded, load = Settings(data=own_data), [], setup.load_bank
    monkeypatch.setattr(setup, "load_bank", lambda bank: loaded.append(bank) or load(bank))
    setup.ready_app(settings)
    assert loaded == []
    query(own_data / "quizapp.sqlite3", "UPDATE question_set SET loaded_from = 'older files'")
    for _ in range(2):
        setup.ready_app(settings)
    assert len(loaded) == 1


def test_loading_a_faulty_bank_loads_nothing(command: Command, bank: Path, own_data: Path) -> None:
    edit(bank, 'date: "1858-08-03"\n  actors', 'date: "1858-13-03"\n  actors')
    refused = command("bank", "load", bank)
    assert refused.returncode == 2
    assert "rivers/facts/rivers.yaml:6" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert query(own_data / "quizapp.sqlite3", "SELECT key FROM question_set") == [("april-1920",)]


def test_what_was_edited_in_the_app_is_reported_and_stays(command: Command, bank: Path, own_data: Path) -> None:
    database = own_data / "quizapp.sqlite3"
    assert command("bank", "load", bank).returncode == 0
    query(database, "UPDATE fact SET statement = 'Edited.', edited_at = '2026-03-02 12:00' WHERE key = 'nile-date'")
    edit(bank, "Speke reached Lake Victoria on", "John Speke reached Lake Victoria on")
    edit(bank, "Which explorer saw Lake Victoria", "Who saw Lake Victoria")
    loaded = command("bank", "load", bank)
    assert loaded.returncode == 1
    assert loaded.stdout.splitlines() == [
        "sample: 0 added, 1 changed, 0 archived, 8 unchanged",
        "sample: conflict: The fact nile-date was edited in the app and changed in the file. The app’s text stays.",
    ]
    assert query(database, "SELECT statement FROM fact WHERE key = 'nile-date'") == [("Edited.",)]


def test_a_set_is_printed_as_it_stands_in_the_database(command: Command, bank: Path, own_data: Path) -> None:
    assert command("bank", "load", bank).returncode == 0
    query(own_data / "quizapp.sqlite3", "UPDATE fact SET statement = 'Edited.' WHERE key = 'nile-date'")
    exported = json.loads(command("bank", "export", "--format", "json", "--set", "sample").stdout)
    assert set(exported) == {"set", "passages", "facts"}
    assert exported["set"]["title"] == "Three rivers"
    assert [fact["key"] for fact in exported["facts"]] == ["nile-source", "nile-quarrel", "nile-date"]
    assert exported["facts"][2]["statement"] == "Edited."
    assert exported["facts"][2]["questions"][1]["kind"] == "date"
    for wrong in ([], ["--set", "none"]):
        assert is_one_line(command("bank", "export", *wrong), "april-1920, sample")


def test_the_schema_is_json(command: Command) -> None:
    schema = json.loads(command("bank", "schema").stdout)
    assert {"SetFile", "NamesFile", "FactsFile"} <= set(schema["$defs"])


# People


@pytest.fixture
def people(own_data: Path) -> Path:
    """A database with Ada, who has studied, and a guest who came long ago; its path."""
    path = own_data / "quizapp.sqlite3"
    for id, name in ((1, "Ada"), (2, None)):
        query(
            path,
            "INSERT INTO user (id, name, name_folded, password_hash, is_teacher, created_at, timezone,"
            " rollover_hour, two_buttons, letter_keys)"
            " VALUES (?, ?, ?, 'old', 0, '2026-01-05 12:00:00', 'UTC', 4, 0, 1)",
            id, name, name and name.lower(),
        )  # fmt: skip
        columns, came = "token, user_id, created_at, last_seen_at", "2026-01-05 12:00:00"
        query(path, f"INSERT INTO login_session ({columns}) VALUES (?, ?, ?, ?)", f"token-{id}", id, came, came)
    columns = "learner_id, set_id, new_per_day, desired_retention, started_at"
    query(path, f"INSERT INTO plan ({columns}) SELECT 1, id, 10, 0.9, '2026-01-05 12:00:00' FROM question_set")
    return path


def test_everyone_with_an_account_is_listed(command: Command, people: Path) -> None:
    assert command("user", "list").stdout == "Ada\t2026-01-05\tstudent\t1\n"


def test_a_report_about_the_built_in_set_is_read_and_answered(command: Command, people: Path) -> None:
    columns = "learner_id, question_version_id, fault, text, reported_at"
    values = "SELECT 1, min(id), 'answer', 'It was Grant.', '2026-01-05 12:00:00' FROM question_version"
    query(people, f"INSERT INTO question_report ({columns}) {values}")
    listed = command("reports", "list").stdout
    assert listed.startswith("1\t") and listed.endswith("\tanswer\tIt was Grant.\n")
    assert command("reports", "answer", "1", "fixed", "--reply", "Thank you.").stdout == "Report 1 answered.\n"
    assert query(people, "SELECT outcome, reply FROM question_report") == [("fixed", "Thank you.")]
    assert is_one_line(command("reports", "answer", "1", "fixed"), "report 1 has already been answered")
    assert is_one_line(command("reports", "answer", "9", "fixed"), "there is no report 9")
    assert command("reports", "list").stdout == ""


def test_a_forgotten_password_is_set_and_every_session_ends(command: Command, people: Path) -> None:
    done = command("user", "password", "ada", stdin="correct horse\ncorrect horse\n")
    assert is_logged(done, "password-change")
    assert "correct horse" not in done.stdout + done.stderr
    assert query(people, "SELECT user_id FROM login_session") == [(2,)]
    (stored,) = query(people, "SELECT password_hash FROM user WHERE id = 1")[0]
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_link_is_printed_that_logs_in_once(command: Command, people: Path) -> None:
    made = command("user", "link", "ADA")
    found = re.match(
        r"http://127\.0\.0\.1:8000/login/link/(\S{43})\nIt can be used once and expires after 24 hours\.\n$",
        made.stdout,
    )
    assert found, made.stdout + made.stderr
    assert is_logged(made, "log-in-link") and found[1] not in made.stderr
    assert query(people, "SELECT user_id, token_hash FROM login_link") == [
        (1, hashlib.sha256(found[1].encode()).hexdigest())
    ]
    assert "set QUIZAPP_PUBLIC_URL" in made.stderr
    assert is_one_line(command("user", "link", "Bob"), "there is no user 'Bob'")


def test_two_step_log_in_is_turned_off(command: Command, people: Path) -> None:
    query(people, "INSERT INTO authenticator (user_id, secret, last_step) VALUES (1, 'S', 0)")
    done = command("user", "two-step-off", "ada")
    assert done.stdout == "ada now logs in with only the password.\n" and is_logged(done, "two-step-off")
    assert query(people, "SELECT * FROM authenticator") == []


def test_a_password_that_will_not_do_is_refused(command: Command, people: Path) -> None:
    assert is_one_line(command("user", "password", "Ada", "--password", "short"), "8 characters or more")
    assert query(people, "SELECT password_hash FROM user WHERE id = 1") == [("old",)]


def test_deleting_takes_everything_of_theirs_after_asking(command: Command, people: Path) -> None:
    assert command("user", "delete", "Ada", stdin="n\n").returncode != 0
    assert query(people, "SELECT count(*) FROM plan") == [(1,)]
    assert is_logged(command("user", "delete", "Ada", stdin="y\n"), "account-deletion")
    assert query(people, "SELECT id FROM user") == [(2,)]
    assert query(people, "SELECT count(*) FROM plan") == [(0,)]


def test_a_name_nobody_has_is_shown(command: Command, people: Path) -> None:
    assert is_one_line(command("user", "delete", "Bob", "--yes"), "there is no user 'Bob'")


def test_guests_who_stay_away_are_cleared_out(command: Command, people: Path) -> None:
    done = command("user", "expire-guests", "--days", "30")
    assert done.stdout == "1 guest deleted.\n" and is_logged(done, "guest-deletion", "-")
    assert command("user", "expire-guests").stdout == "0 guests deleted.\n"
    assert query(people, "SELECT name FROM user") == [("Ada",)]
