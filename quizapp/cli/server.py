"""`quizapp run` and `quizapp db`."""

import errno
import gc
import logging
import socket
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from quizapp.application import create_app
from quizapp.cli.jobs import JobProcess
from quizapp.cli.setup import CannotStart, data_option, migrate, ready_app, settings_from
from quizapp.cli.waitress_options import OPTIONS, THREADS
from quizapp.config import Settings
from quizapp.core.translation import gettext


def register(cli: click.Group) -> None:
    cli.add_command(run)
    cli.add_command(database)


@click.command(help=gettext("Prepare the database, load the built-in set, and start the server."))
@click.option("--host", help=gettext("Address to listen on (default: 127.0.0.1)."))
@click.option("--port", type=int, help=gettext("Port to listen on (default: 8000)."))
@click.option("--workers", type=int, help=gettext("Server processes, with four threads each (default: 2)."))
@data_option
def run(host: str | None, port: int | None, workers: int | None, data: Path | None) -> None:
    settings = settings_from(host=host, port=port, workers=workers, data=data)
    _check_port(settings)
    ready_app(settings)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for each request that waits for a thread
    serve = _serve_waitress if sys.platform == "win32" else _serve_gunicorn
    with JobProcess(settings):
        serve(settings)


@click.group("db", help=gettext("Migrate or check the database schema."))
def database() -> None:
    pass


@database.command("upgrade", help=gettext("Migrate to the schema this version needs."))
@data_option
def upgrade_database(data: Path | None) -> None:
    with create_app(settings_from(data=data)).app_context():
        migrate()


@database.command("check", help=gettext("Check that the schema matches this version. Exits with 1 if it doesn't."))
@data_option
def check_database(data: Path | None) -> None:
    from quizapp.cli import migrations

    with create_app(settings_from(data=data)).app_context():
        if difference := migrations.describe_difference():
            raise click.ClickException(difference)


def _check_port(settings: Settings) -> None:
    """Raise CannotStart if the server will not be able to listen."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    gettext("port %(port)s is in use; choose another with --port", port=settings.port)
                ) from None
            address = f"{settings.host}:{settings.port}"
            raise CannotStart(
                gettext("can't listen on %(address)s: %(reason)s", address=address, reason=error.strerror)
            ) from None


def _announce(settings: Settings) -> None:
    click.echo(gettext("quizapp is ready at %(address)s (Ctrl+C stops it)", address=settings.address))


def _serve_gunicorn(settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication

    from quizapp.cli.worker import WaitressWorker

    class Server(BaseApplication):
        def load_config(self) -> None:
            options = {
                "bind": f"[{settings.host}]:{settings.port}"
                if ":" in settings.host
                else f"{settings.host}:{settings.port}",
                "workers": settings.workers,
                "worker_class": WaitressWorker,
                "preload_app": True,
                "control_socket_disable": True,
                "loglevel": "warning",
                "graceful_timeout": 5,
                "when_ready": lambda server: _announce(settings),
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            """Make the application once; workers are forked with it. It has not opened a file or connection yet.

            Looking for garbage writes to every object that it looks at, and would so copy the memory workers share.
            """
            app = create_app(settings)
            gc.collect()
            gc.freeze()
            return app

    Server().run()


def _serve_waitress(settings: Settings) -> None:
    from waitress import serve

    app: Any = create_app(settings)
    _announce(settings)
    serve(app, host=settings.host, port=settings.port, threads=settings.workers * THREADS, **OPTIONS)
