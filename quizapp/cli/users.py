"""`quizapp user`: what an administrator does for people."""

from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.orm import Session

from quizapp import mail
from quizapp.cli.security_log import record_event
from quizapp.cli.setup import CannotStart, clock, data_option, open_app, settings_from
from quizapp.config import Settings
from quizapp.core.accounts import InvalidInput
from quizapp.core.log_ins import LINK_LIFETIME
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services import accounts, log_ins, two_step
from quizapp.services.classes import classes
from quizapp.services.errors import NotFound
from quizapp.services.sets import ownership


def register(cli: click.Group) -> None:
    cli.add_command(user)


@click.group()
def user() -> None:
    """People: list, set a password, make a log-in link, turn off two-step log-in, delete, clear out stale guests."""


@user.command("list")
@data_option
def list_(data: Path | None) -> None:
    """Print every account: name, since when, student or teacher, and its number in the log."""
    with open_app(settings_from(data=data)).app_context():
        for person in accounts.list_users(db.session()):
            role = "teacher" if person.is_teacher else "student"
            click.echo(f"{person.name or f'guest {person.id}'}\t{person.created_at:%Y-%m-%d}\t{role}\t{person.id}")


@user.command()
@click.argument("name")
@click.password_option(help="Asked for when not given.")
@data_option
def password(name: str, password: str, data: Path | None) -> None:
    """Set the password of NAME; every session of theirs ends."""
    with open_app(settings_from(data=data)).app_context():
        user = _find(name)
        db.session.commit()  # hashing takes long, and nobody should wait for this transaction
        try:
            password_hash = accounts.hash_password(password, user.name or "")
        except InvalidInput as refused:
            raise CannotStart(str(refused)) from None
        accounts.change_password(db.session(), user, password_hash)
        db.session.commit()
        record_event("password-change", user.id)
    click.echo(f"The password of {name} is set.")


@user.command()
@click.argument("name")
@data_option
def link(name: str, data: Path | None) -> None:
    """Make a link that logs NAME in once, to choose a new password; also by e-mail where a mail server is set."""
    settings = settings_from(data=data)
    with open_app(settings).app_context():
        person = _find(name)
        token = log_ins.create_login_link(db.session(), person, lifetime=LINK_LIFETIME, now=clock())
        made = login_link_address(settings, token)
        db.session.commit()
        record_event("log-in-link", person.id)
    click.echo(f"{made}\nIt works once, for 24 hours.")
    if not settings.public_url:
        click.echo(
            "If people open the site at another address, set QUIZAPP_PUBLIC_URL to it and make a new link.", err=True
        )
    if settings.smtp_url and person.email:
        try:
            mail.send(settings, mail.login_link_mail(settings, person.name or "", person.email, made, LINK_LIFETIME))
        except mail.NotSent as error:
            raise CannotStart(str(error)) from None
        click.echo(f"It was sent to {person.email} too.")


@user.command("two-step-off")
@click.argument("name")
@data_option
def two_step_off(name: str, data: Path | None) -> None:
    """Turn off two-step log-in for NAME, who lost the phone and the recovery codes."""
    with open_app(settings_from(data=data)).app_context():
        user = _find(name)
        two_step.turn_off(db.session(), user)
        db.session.commit()
        record_event("two-step-off", user.id)
    click.echo(f"{name} logs in with the password alone now.")


@user.command()
@click.argument("name")
@click.confirmation_option(prompt="Delete the account and all of its progress?")
@data_option
def delete(name: str, data: Path | None) -> None:
    """Delete NAME and everything of theirs."""
    with open_app(settings_from(data=data)).app_context():
        user = _find(name)
        user_id = user.id
        delete_account(db.session(), user, now=clock())
        db.session.commit()
        record_event("account-deletion", user_id)
    click.echo(f"{name} is deleted.")


@user.command("expire-guests")
@click.option("--days", type=click.IntRange(min=1), help="Days without study (default: 30, or QUIZAPP_GUEST_DAYS).")
@data_option
def expire_guests(days: int | None, data: Path | None) -> None:
    """Delete guests who have not studied for so many days."""
    settings = settings_from(data=data, guest_days=days)
    with open_app(settings).app_context():
        count = accounts.expire_guests(db.session(), before=clock() - timedelta(days=settings.guest_days))
        db.session.commit()
        record_event("guest-deletion", guests=count)
    click.echo(f"{count} {'guest' if count == 1 else 'guests'} deleted.")


def login_link_address(settings: Settings, token: str) -> str:
    """Return the address of a log-in link: never that of a request, which whoever asks could choose."""
    path = current_app.url_map.bind("").build("login_links.log_in", {"token": token})
    return settings.address + path


def delete_account(session: Session, user: User, *, now: datetime) -> None:
    """Delete an account and all of its progress. Sets that others study stay, and classes are archived."""
    ownership.release_sets(session, user)
    classes.archive_untaught_classes(session, user, now=now)
    accounts.delete_user(session, user)


def _find(name: str) -> User:
    try:
        return accounts.find_user(db.session(), name)
    except NotFound:
        raise CannotStart(f"there is no user {name!r}") from None
