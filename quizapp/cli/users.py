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
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services import accounts, log_ins, two_step
from quizapp.services.classes import classes
from quizapp.services.errors import NotFound
from quizapp.services.sets import ownership


def register(cli: click.Group) -> None:
    cli.add_command(user)


@click.group(help=gettext("Manage accounts."))
def user() -> None:
    pass


@user.command(
    "list", help=gettext("List all accounts: name, sign-up date, student or teacher, and the number used in the log.")
)
@data_option
def list_(data: Path | None) -> None:
    with open_app(settings_from(data=data)).app_context():
        for person in accounts.list_users(db.session()):
            role = gettext("teacher") if person.is_teacher else gettext("student")
            name = person.name or gettext("guest %(number)s", number=person.id)
            click.echo(f"{name}\t{person.created_at:%Y-%m-%d}\t{role}\t{person.id}")


@user.command(help=gettext("Set the password for NAME, and log them out everywhere."))
@click.argument("name")
@click.password_option(help=gettext("The new password. Without this option, you are asked for it."))
@data_option
def password(name: str, password: str, data: Path | None) -> None:
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
    click.echo(gettext("The password for %(name)s has been set.", name=name))


@user.command(
    help=gettext(
        "Make a link that logs NAME in once to choose a new password. With a mail server, it is also e-mailed."
    )
)
@click.argument("name")
@data_option
def link(name: str, data: Path | None) -> None:
    settings = settings_from(data=data)
    with open_app(settings).app_context():
        person = _find(name)
        token = log_ins.create_login_link(db.session(), person, lifetime=LINK_LIFETIME, now=clock())
        made = login_link_address(settings, token)
        db.session.commit()
        record_event("log-in-link", person.id)
    click.echo(made)
    click.echo(gettext("It can be used once and expires after 24 hours."))
    if not settings.public_url:
        click.echo(
            gettext("If people use another address for the site, set QUIZAPP_PUBLIC_URL to it and make a new link."),
            err=True,
        )
    if settings.smtp_url and person.email:
        try:
            mail.send(settings, mail.login_link_mail(settings, person.name or "", person.email, made, LINK_LIFETIME))
        except mail.NotSent as error:
            raise CannotStart(str(error)) from None
        click.echo(gettext("It was also sent to %(address)s.", address=person.email))


@user.command(
    "two-step-off", help=gettext("Turn off two-step log-in for NAME, who lost their phone and recovery codes.")
)
@click.argument("name")
@data_option
def two_step_off(name: str, data: Path | None) -> None:
    with open_app(settings_from(data=data)).app_context():
        user = _find(name)
        two_step.turn_off(db.session(), user)
        db.session.commit()
        record_event("two-step-off", user.id)
    click.echo(gettext("%(name)s now logs in with only the password.", name=name))


@user.command(help=gettext("Delete the account NAME and all its progress."))
@click.argument("name")
@click.confirmation_option(prompt=gettext("Delete the account and all its progress?"))
@data_option
def delete(name: str, data: Path | None) -> None:
    with open_app(settings_from(data=data)).app_context():
        user = _find(name)
        user_id = user.id
        delete_account(db.session(), user, now=clock())
        db.session.commit()
        record_event("account-deletion", user_id)
    click.echo(gettext("%(name)s was deleted.", name=name))


@user.command("expire-guests", help=gettext("Delete guests who haven't studied for some days."))
@click.option(
    "--days", type=click.IntRange(min=1), help=gettext("Days without study (default: 30, or QUIZAPP_GUEST_DAYS).")
)
@data_option
def expire_guests(days: int | None, data: Path | None) -> None:
    settings = settings_from(data=data, guest_days=days)
    with open_app(settings).app_context():
        count = accounts.expire_guests(db.session(), before=clock() - timedelta(days=settings.guest_days))
        db.session.commit()
        record_event("guest-deletion", guests=count)
    click.echo(ngettext("%(num)s guest deleted.", "%(num)s guests deleted.", count))


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
        raise CannotStart(gettext("there is no user %(name)r", name=name)) from None
