"""Settings: what can be set is what the README says, and what cannot be read is refused in one line."""

import multiprocessing
import stat
from collections.abc import Mapping
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from quizapp.config import PREFIX, Settings, UnusableSetting, load_settings, secret_key, variable
from quizapp.models.database import prepare_engine

README = Path(__file__).parents[1] / "README.md"


def table() -> list[str]:
    """The README's table of settings, line by line."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{variable(name)}` | {default} | {field.description} |")
    return rows


def told(environ: Mapping[str, str], **options: object) -> str:
    """How the program refuses such settings."""
    with pytest.raises(UnusableSetting) as refused:
        load_settings(environ, **options)
    return str(refused.value)


# The README


def test_the_readme_lists_every_setting() -> None:
    missing = [row for row in table() if row not in README.read_text(encoding="utf-8").splitlines()]
    assert missing == [], "The README should hold these lines:\n" + "\n".join(table())


def test_the_readme_lists_nothing_that_is_no_setting() -> None:
    rows = [row for row in README.read_text(encoding="utf-8").splitlines() if row.startswith(f"| `{PREFIX}")]
    assert [row for row in rows if row not in table()] == []


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


# Reading


def test_it_works() -> None:
    environ = {"QUIZAPP_PORT": "8080", "QUIZAPP_LOG_FORMAT": "json", "HOME": "/home/ada", "PORT": "1"}
    settings = load_settings(environ)
    assert (settings.port, settings.log_format, settings.host) == (8080, "json", "127.0.0.1")


def test_an_option_goes_before_the_environment_unless_it_is_not_given() -> None:
    environ = {"QUIZAPP_PORT": "8080", "QUIZAPP_HOST": "::1"}
    settings = load_settings(environ, port=9090, host=None)
    assert (settings.port, settings.host) == (9090, "::1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", ""),
        ("WORKERS", "0"),
        ("WORKERS", "2.5"),
        ("PROXIES", "-1"),
        ("PROXY_ADDRESSES", ""),
        ("PROXY_ADDRESSES", "proxy.example.org"),
        ("PROXY_ADDRESSES", "10.0.0.1/24"),
        ("SECRET_KEY", "too short"),
        ("SECRET_KEY", ""),
        ("PUBLIC_URL", "quiz.example.org"),
        ("PUBLIC_URL", "https://quiz.example.org/app"),
        ("PUBLIC_URL", "ftp://quiz.example.org"),
        ("DATABASE_URL", "quizapp"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://localhost/quizapp"),
        ("DATABASE_URL", "postgresql://ada:pass:word@localhost:port/quizapp"),
        ("LOG_FORMAT", "xml"),
        ("SQLITE_SYNCHRONOUS", "OFF"),
        ("SESSION_IDLE_DAYS", "0"),
        ("SESSION_DAYS", "forever"),
        ("MAIL_FROM", "nobody"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org"),  # from whom, and with which address in the links?
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(name: str, value: str) -> None:
    message = told({PREFIX + name: value})
    assert message.startswith(f"{PREFIX}{name}: ")
    assert len(message.splitlines()) == 1
    assert "pass:word" not in message


@pytest.mark.parametrize(
    ("url", "usable"), [("smtps://a:b%40c@mail.example.org:465", True), ("smtp://a:b@mail.example.org:port", False)]
)
def test_a_mail_server_is_an_address(url: str, usable: bool) -> None:
    rest = {"QUIZAPP_PUBLIC_URL": "https://quiz.example.org", "QUIZAPP_MAIL_FROM": "quiz@example.org"}
    if usable:
        assert load_settings({**rest, "QUIZAPP_SMTP_URL": url}).smtp_url == url
    else:
        assert told({**rest, "QUIZAPP_SMTP_URL": url}).startswith("QUIZAPP_SMTP_URL: is not the address of a mail")


def test_a_misspelt_setting_is_refused() -> None:
    assert told({"QUIZAPP_PROT": "8080"}) == "QUIZAPP_PROT is not a setting"


def test_everything_wrong_is_shown_at_once() -> None:
    message = told({"QUIZAPP_PROT": "8080", "QUIZAPP_WORKERS": "many"})
    assert "QUIZAPP_PROT" in message
    assert "QUIZAPP_WORKERS" in message
    assert len(message.splitlines()) == 1


# The database's address


def test_without_an_address_the_database_is_in_the_data_directory(tmp_path: Path) -> None:
    assert load_settings({}, data=tmp_path).url == f"sqlite:///{tmp_path}/quizapp.sqlite3"


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_by_the_driver_that_is_installed(scheme: str) -> None:
    settings = load_settings({"QUIZAPP_DATABASE_URL": f"{scheme}://ada:pa%2Fss@db.example.org/quizapp"})
    assert settings.url == "postgresql+psycopg://ada:pa%2Fss@db.example.org/quizapp"


# The secret key


def test_a_key_that_is_set_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert secret_key(Settings(data=tmp_path / "data", secret_key="k" * 32)) == "k" * 32
    assert not (tmp_path / "data").exists()


def test_a_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "deep" / "data")
    key = secret_key(settings)
    assert len(key) >= 32
    assert secret_key(settings) == key
    assert [path.name for path in settings.data.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((settings.data / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700


def test_a_key_that_others_could_read_is_the_owners_alone_again(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key, path = secret_key(settings), tmp_path / "data" / "secret_key"
    path.chmod(0o644)
    assert secret_key(settings) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_database_is_the_owners_alone_wherever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "quizapp.sqlite3"
    for made_before in (False, True):
        if made_before:
            path.chmod(0o644)
        engine = create_engine(f"sqlite:///{path}")
        prepare_engine(engine)
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS made (it INTEGER)"))
            connection.commit()
            files = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        assert {"quizapp.sqlite3", "quizapp.sqlite3-wal"} < files.keys()
        assert set(files.values()) == {0o600}
        engine.dispose()


def test_another_data_directory_has_another_key(tmp_path: Path) -> None:
    assert secret_key(Settings(data=tmp_path / "a")) != secret_key(Settings(data=tmp_path / "b"))


def _key_at_the_same_moment(data: Path, barrier: Barrier, keys: "multiprocessing.Queue[str]") -> None:
    barrier.wait()
    keys.put(secret_key(Settings(data=data)))


def test_two_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for attempt in range(20):
        barrier, keys = context.Barrier(2), context.Queue()
        data = tmp_path / str(attempt)
        processes = [context.Process(target=_key_at_the_same_moment, args=(data, barrier, keys)) for _ in range(2)]
        for process in processes:
            process.start()
        assert keys.get(timeout=10) == keys.get(timeout=10) == (data / "secret_key").read_text()
        for process in processes:
            process.join(timeout=10)
            process.close()


@pytest.mark.parametrize("damage", ["", "short", "\n" * 40])
def test_a_damaged_key_is_refused_not_replaced(tmp_path: Path, damage: str) -> None:
    (tmp_path / "secret_key").write_text(damage)
    with pytest.raises(UnusableSetting, match="is damaged"):
        secret_key(Settings(data=tmp_path))
    assert (tmp_path / "secret_key").read_text() == damage


def test_a_data_directory_that_cannot_be_made_is_shown(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnusableSetting, match="can't use the data directory") as refused:
        secret_key(Settings(data=tmp_path / "file" / "data"))
    assert len(str(refused.value).splitlines()) == 1
