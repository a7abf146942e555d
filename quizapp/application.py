"""The application: Flask, its extensions and the pages, wired together."""

import json
import os
from datetime import timedelta
from functools import partial

from flask import Flask

from quizapp import web
from quizapp.config import Settings, load_settings, secret_key
from quizapp.extensions import db, login_manager
from quizapp.models.database import engine_options, prepare_engine
from quizapp.web.requests import configure_log, csrf

__all__ = ["configure_log", "create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application. Without settings they come from the environment.

    Raises UnusableSetting when a setting is unreadable or unsafe.
    """
    settings = settings or load_settings(os.environ)
    app = Flask("quizapp", static_folder=None)  # web.assets serves them
    prefix = "__Host-" if settings.https else ""  # with it, browsers take the cookie from this very host alone
    app.config.from_mapping(
        QUIZAPP=settings,
        SECRET_KEY=secret_key(settings),
        SQLALCHEMY_DATABASE_URI=settings.url,
        SQLALCHEMY_ENGINE_OPTIONS={
            **engine_options(settings.url, connections=settings.database_connections),
            "json_serializer": partial(json.dumps, separators=(",", ":")),  # a tenth of a review was spaces
        },
        COOKIE_PREFIX=prefix,
        SESSION_COOKIE_NAME=f"{prefix}quizapp",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        REMEMBER_COOKIE_NAME=f"{prefix}quizapp_remember",
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.https,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_DURATION=timedelta(days=settings.session_idle_days),
        WTF_CSRF_TIME_LIMIT=None,
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
    )
    db.init_app(app)
    login_manager.init_app(app)
    web.init_app(app)
    csrf.init_app(app)  # after the web's own hooks: a request it refuses has its id and its line in the log too
    with app.app_context():
        prepare_engine(db.engine, synchronous=settings.sqlite_synchronous)
    return app
