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

from quizapp.core.translation import gettext

PREFIX = "QUIZAPP_"


class UnusableSetting(Exception):
    """A setting cannot be read or is unsafe; the message is one line for the person who runs the program."""


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(
        Path("instance"),
        description=gettext("Directory for the SQLite database and the secret key; created if missing"),
    )
    database_url: str | None = Field(
        None,
        description=gettext("`postgresql://…` or `sqlite:///…`; without it, `quizapp.sqlite3` in the data directory"),
    )
    database_connections: int = Field(
        4,
        ge=1,
        le=100,
        description=gettext(
            "PostgreSQL connections for each server process; if all are busy, people see an error (503)"
        ),
    )
    secret_key: Annotated[str, Field(min_length=32)] | None = Field(
        None,
        description=gettext(
            "Signs cookies; 32 characters or more. Without it, one is made and kept in the data directory"
        ),
    )
    host: str = Field("127.0.0.1", description=gettext("Address to listen on"))
    port: int = Field(8000, ge=1, le=65535, description=gettext("Port to listen on"))
    workers: int = Field(2, ge=1, le=64, description=gettext("Server processes, with four threads each"))
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+/?$",
        description=gettext(
            "The address people open, if it differs from the host and port; `https://…` makes cookies Secure"
        ),
    )
    proxies: int = Field(
        0,
        ge=0,
        le=5,
        description=gettext("Number of reverse proxies in front of quizapp whose `X-Forwarded-…` headers are trusted"),
    )
    proxy_addresses: str = Field(
        "127.0.0.0/8,::1",
        description=gettext(
            "Addresses or networks of these proxies, separated by commas; the headers of others are ignored"
        ),
    )
    guests_per_address: int = Field(
        100, ge=0, description=gettext("New guests from one address in 15 minutes; a whole class may share an address")
    )
    guests_in_total: int = Field(500, ge=0, description=gettext("New guests in total in 15 minutes"))
    sign_ups_per_address: int = Field(
        100, ge=0, description=gettext("Sign-ups from one address in 15 minutes; `0`: nobody can sign up")
    )
    sign_ups_in_total: int = Field(500, ge=0, description=gettext("Sign-ups in total in 15 minutes"))
    guest_days: int = Field(30, ge=1, description=gettext("Days without study after which guests are deleted"))
    account_days: int = Field(
        0,
        ge=0,
        description=gettext(
            "Days without a visit after which accounts are deleted, with all their progress; `0`: never"
        ),
    )
    audit_log_days: int = Field(
        730,
        ge=0,
        description=gettext(
            "Days to keep the activity log of classes and sets; `0`: as long as the class or set exists"
        ),
    )
    mail_from: str | None = Field(
        None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description=gettext("Sender address for e-mails; needed with `QUIZAPP_SMTP_URL`"),
    )
    smtp_url: str | None = Field(
        None,
        pattern=r"^smtps?://[^/\s]+/?$",
        description=gettext(
            "Mail server for reminders, and for log-in links when people forget their password: "
            "`smtps://user:password@host`, or `smtp://…` with STARTTLS; needs `QUIZAPP_PUBLIC_URL`"
        ),
    )
    push_to_private: bool = Field(
        False,
        description=gettext(
            "Also send notifications to push services without HTTPS or on a private network; otherwise these "
            "services are not accepted"
        ),
    )
    session_idle_days: int = Field(
        90,
        ge=1,
        le=400,
        description=gettext("Days without a visit after which people are logged out, and guests lose their progress"),
    )
    session_days: int = Field(
        365, ge=1, le=3650, description=gettext("Days after which people must log in again, even if they visit daily")
    )
    log_format: Literal["plain", "json"] = Field("plain", description=gettext("`plain` or `json` log lines"))
    sqlite_synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL",
        description=gettext(
            "`FULL`: saved answers survive a power cut; `NORMAL`: faster, but the last few seconds may be lost"
        ),
    )
    backups: int = Field(
        0,
        ge=0,
        le=1000,
        description=gettext("Number of daily backups to keep, in `backups` in the data directory; `0`: none are made"),
    )

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, url: str | None, info: ValidationInfo) -> str | None:
        """Refuse to send mail without a sender, or with links whose address whoever asks for one could choose."""
        if url:
            for other in ("mail_from", "public_url"):
                if not info.data.get(other):
                    raise ValueError(gettext("also needs %(name)s", name=variable(other)))
            try:
                parsed = urlsplit(url)
                usable = parsed.hostname and parsed.port != 0
            except ValueError:
                usable = False
            if not usable:
                raise ValueError(gettext("is not the address of a mail server; write smtps://user:password@host"))
        return url

    @field_validator("database_url")
    @classmethod
    def _supported(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise ValueError(gettext("is not a database address; write postgresql://… or sqlite:///…")) from None
        backend = parsed.get_backend_name()
        if backend not in ("postgresql", "sqlite"):
            raise ValueError(gettext("%(database)r is not supported; use PostgreSQL or SQLite", database=backend))
        if backend == "postgresql":  # the driver that is installed, whichever SQLAlchemy would pick by itself
            parsed = parsed.set(drivername="postgresql+psycopg")
        return parsed.render_as_string(hide_password=False)

    @field_validator("proxy_addresses")
    @classmethod
    def _readable(cls, typed: str) -> str:
        try:
            _networks(typed)
        except ValueError as error:
            raise ValueError(
                gettext("%(reason)s; write addresses like 10.0.0.5 or networks like 10.0.0.0/24", reason=error)
            ) from None
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
        return gettext("%(name)s is not a setting", name=variable(name))
    message = str(fault["ctx"]["error"]) if fault["type"] == "value_error" else fault["msg"]
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
        raise UnusableSetting(
            gettext(
                "can't use the data directory %(directory)s: %(reason)s",
                directory=settings.data,
                reason=error.strerror,
            )
        ) from None
    if len(key) < 32:
        raise UnusableSetting(
            gettext("%(file)s is damaged: it should contain a random key of 32 characters or more", file=path)
        )
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
