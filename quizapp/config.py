"""Every setting, its default and its meaning. Each is read from the environment as QUIZAPP_<NAME IN CAPITALS>."""

import secrets
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "QUIZAPP_"


class UnusableSetting(Exception):
    """A setting cannot be read or is unsafe; the message is one line for the person who runs the program."""


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(
        Path("instance"), description="Directory of the SQLite database and the secret key; made when missing"
    )
    database_url: str | None = Field(
        None, description="`postgresql://…` or `sqlite:///…`; without it, `quizapp.sqlite3` in the data directory"
    )
    database_connections: int = Field(
        4,
        ge=1,
        le=100,
        description="Connections to PostgreSQL of each server process; a request that finds none free gets a 503",
    )
    secret_key: Annotated[str, Field(min_length=32)] | None = Field(
        None,
        description="Signs cookies, 32 characters or more; without it, one is made and kept in the data directory",
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on")
    workers: int = Field(2, ge=1, le=64, description="Server processes, of four threads each")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+/?$",
        description="The address people type, when it is not host and port; `https://…` makes cookies Secure",
    )
    proxies: int = Field(
        0, ge=0, le=5, description="Reverse proxies in front whose `X-Forwarded-…` headers are believed"
    )
    proxy_addresses: str = Field(
        "127.0.0.0/8,::1",
        description="Addresses or networks of these proxies, with commas; from elsewhere the headers are ignored",
    )
    guests_per_address: int = Field(
        100, ge=0, description="Guests who may begin from one address within 15 minutes; a class may share one"
    )
    guests_in_total: int = Field(500, ge=0, description="Guests who may begin within 15 minutes")
    sign_ups_per_address: int = Field(
        100, ge=0, description="People who may sign up from one address within 15 minutes; `0`: nobody can sign up"
    )
    sign_ups_in_total: int = Field(500, ge=0, description="People who may sign up within 15 minutes")
    guest_days: int = Field(30, ge=1, description="Days without study after which guests are deleted")
    account_days: int = Field(
        0,
        ge=0,
        description="Days without a visit after which accounts are deleted, with all their progress; `0`: never",
    )
    audit_log_days: int = Field(
        730,
        ge=0,
        description="Days for which the activity log of classes and sets is kept; `0`: as long as the class or set",
    )
    mail_from: str | None = Field(
        None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Address that e-mail is sent from; needed with `QUIZAPP_SMTP_URL`",
    )
    smtp_url: str | None = Field(
        None,
        pattern=r"^smtps?://[^/\s]+/?$",
        description="Mail server that sends log-in links to who forgot the password: `smtps://user:password@host`, or "
        "`smtp://…` with STARTTLS; needs `QUIZAPP_PUBLIC_URL`",
    )
    session_idle_days: int = Field(
        90, ge=1, le=400, description="Days without a visit after which a browser is logged out, and a guest forgotten"
    )
    session_days: int = Field(
        365, ge=1, le=3650, description="Days after which an account must log in again, however often it visits"
    )
    log_format: Literal["plain", "json"] = Field("plain", description="`plain` or `json` log lines")
    sqlite_synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL",
        description="`FULL`: an acknowledged answer survives a power cut; `NORMAL`: faster, the last seconds may not",
    )
    backups: int = Field(
        0, ge=0, le=1000, description="Daily backups to keep, in `backups` in the data directory; `0`: none are made"
    )

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, url: str | None, info: ValidationInfo) -> str | None:
        """Refuse to send mail without a sender, or with links whose address whoever asks for one could choose."""
        if url:
            for other in ("mail_from", "public_url"):
                if not info.data.get(other):
                    raise ValueError(f"needs {variable(other)} too")
            try:
                parsed = urlsplit(url)
                usable = parsed.hostname and parsed.port != 0
            except ValueError:
                usable = False
            if not usable:
                raise ValueError("is not the address of a mail server; write smtps://user:password@host")
        return url

    @field_validator("database_url")
    @classmethod
    def _supported(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise ValueError("is not a database address; write postgresql://… or sqlite:///…") from None
        backend = parsed.get_backend_name()
        if backend not in ("postgresql", "sqlite"):
            raise ValueError(f"names the database {backend!r}; PostgreSQL and SQLite are supported")
        if backend == "postgresql":  # the driver that is installed, whichever SQLAlchemy would pick by itself
            parsed = parsed.set(drivername="postgresql+psycopg")
        return parsed.render_as_string(hide_password=False)

    @field_validator("proxy_addresses")
    @classmethod
    def _readable(cls, typed: str) -> str:
        try:
            _networks(typed)
        except ValueError as error:
            raise ValueError(f"{error}; write addresses like 10.0.0.5 or networks like 10.0.0.0/24") from None
        return typed

    @property
    def proxy_networks(self) -> list[IPv4Network | IPv6Network]:
        return _networks(self.proxy_addresses)

    @property
    def https(self) -> bool:
        return (self.public_url or "").startswith("https://")

    @property
    def address(self) -> str:
        """The address to type into a browser."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port}"

    @property
    def url(self) -> str:
        """The database address SQLAlchemy is given."""
        return self.database_url or f"sqlite:///{(self.data / 'quizapp.sqlite3').absolute()}"

    @property
    def backup_directory(self) -> Path:
        return self.data / "backups"


def _networks(typed: str) -> list[IPv4Network | IPv6Network]:
    """Return networks written with commas between. Raises ValueError."""
    return [ip_network(part.strip()) for part in typed.split(",")]


def variable(name: str) -> str:
    return PREFIX + name.upper()


def load_settings(environ: Mapping[str, str], **options: Any) -> Settings:
    """Settings from the environment, overridden by the `options` that are not None.

    Raises UnusableSetting on a value or a QUIZAPP_ variable that means nothing: a misspelt one would be silently
    without effect.
    """
    values: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)
    }
    values |= {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise UnusableSetting("; ".join(_worded(fault) for fault in error.errors())) from None


def _worded(fault: Any) -> str:
    name = str(fault["loc"][0])
    if fault["type"] == "extra_forbidden":
        return f"{variable(name)} is not a setting"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{variable(name)}: {message[0].lower()}{message[1:]}"


def secret_key(settings: Settings) -> str:
    """The key that signs cookies: the one set, or the one kept in the data directory, made on first use."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data / "secret_key"
    try:
        make_data_directory(settings)
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(48))
        elif path.stat().st_mode & 0o077:  # copied from a backup, perhaps
            path.chmod(0o600)
        key = path.read_text().strip()
    except OSError as error:
        raise UnusableSetting(f"cannot use the data directory {settings.data}: {error.strerror}") from None
    if len(key) < 32:
        raise UnusableSetting(f"{path} is damaged: it should hold a random key of 32 characters or more")
    return key


def make_data_directory(settings: Settings) -> None:
    """Make it unless it is there, for its owner's eyes only: it holds people's answers. Raises OSError."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all, and keep the first where two writers race."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        draft.write_text(text)
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def resource(name: str) -> Path:
    """The directory `migrations` or `question_bank`: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    packaged = package / name
    return packaged if packaged.is_dir() else package.parent / name
