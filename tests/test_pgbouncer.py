"""PgBouncer in transaction mode: each transaction may get another connection of the server."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import PostgresDatabase
from flask import Flask
from flask.testing import FlaskClient
from people import send, sign_up
from requirements import missing
from sqlalchemy import func, make_url, select

from quizapp.cli.migrations import upgrade
from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import Review

PORT = 6432  # part of the name of its socket
CONFIGURATION = """
[databases]
* = host={server} user={user}
[pgbouncer]
pool_mode = transaction
default_pool_size = 2
unix_socket_dir = {directory}
listen_port = {port}
auth_type = any
"""


@pytest.fixture(scope="module")
def pgbouncer(postgres_url: str) -> Iterator[str]:
    """Return the address of a PgBouncer with two connections to the test server, for any of its databases."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if program is None:
        missing("pgbouncer is not installed")
    url = make_url(postgres_url)
    server = str(url.query["host"])
    directory = Path(tempfile.mkdtemp(prefix="quizapp-"))
    directory.chmod(0o777)  # it runs as the server's user, who alone may open the server's socket
    file = directory / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(server=server, user=url.username, directory=directory, port=PORT))
    command = [program, "-u", Path(server).owner(), str(file)] if os.getuid() == 0 else [program, str(file)]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(directory / f".s.PGSQL.{PORT}", process, directory / "log")
        yield url.set(query={"host": str(directory), "port": str(PORT)}).render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(directory)


def wait_for(socket: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(500):
        if socket.exists():
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.02)
    raise AssertionError(log.read_text())


@pytest.fixture
def apps(
    pgbouncer: str, postgresql_database: PostgresDatabase, settings: Settings, make_app: Callable[[Settings], Flask]
) -> list[Flask]:
    """Return two server processes that reach the test database through PgBouncer only."""
    name = make_url(postgresql_database.url).database
    url = make_url(pgbouncer).set(database=name).render_as_string(hide_password=False)
    return [make_app(settings.model_copy(update={"database_url": url})) for _ in range(2)]


@pytest.fixture
def database_url(postgresql_database: PostgresDatabase) -> str:
    postgresql_database.restore()
    return postgresql_database.url


def answer(client: FlaskClient) -> int:
    """Answer the next question with "I don't know"; return the status."""
    page = client.get("/review").text
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form, page
    hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    return client.post(form[1], data=hidden | {"give-up": "1"}).status_code


def study(app: Flask) -> list[int]:
    """Begin as a guest and answer eight questions; return the statuses."""
    client = app.test_client()
    return [send(client, "/start").status_code, *(answer(client) for _ in range(8))]


def test_many_study_at_once(apps: list[Flask]) -> None:
    with ThreadPoolExecutor(4) as people:
        statuses = list(people.map(study, apps * 3))
    assert statuses == [[303] * 9] * 6
    with apps[0].app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == 6 * 8


def test_what_one_process_repeats_disturbs_no_other(apps: list[Flask]) -> None:
    """A driver prepares a statement that it is given often; another process prepares another one of the same name."""
    for number in range(8):
        for place, app in enumerate(apps):
            assert sign_up(app.test_client(), f"Student {number} {place}").status_code == 303


def test_downloads_and_the_health_check_work(apps: list[Flask]) -> None:
    client = apps[0].test_client()
    sign_up(client)
    for _ in range(7):
        assert client.get("/account/data", buffered=True).json["account"]["name"] == "Aysel"
        assert client.get("/health").status_code == 200


def test_the_schema_is_migrated(apps: list[Flask]) -> None:
    with apps[0].app_context():
        upgrade()
