"""Pages. One blueprint for each feature; here is what all of them share: the request's clock, headers, log, errors."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from quizapp.config import Settings
from quizapp.models.base import LARGEST_ID
from quizapp.web import (
    accounts,
    assets,
    assignments,
    attempts,
    calendar_feed,
    classes,
    editor,
    errors,
    explore,
    fact_editor,
    fact_list,
    home,
    identity,
    import_export,
    login_links,
    memory_events,
    offline,
    passages,
    pictures,
    placement,
    plans,
    practice,
    progress,
    question_reports,
    quizzes,
    reminders,
    rendering,
    reports,
    requests,
    review,
    search,
    set_sharing,
    sets,
    student_lists,
    study_tools,
    transfers,
    two_step,
)
from quizapp.web.proxies import KnownProxies
from quizapp.web.templating import PageEnvironment


class _Id(IntegerConverter):
    """A number in an address: one that no column can hold names nothing, and is not asked for."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Bind the request hooks, error pages, template helpers and blueprints."""
    settings: Settings = app.config["QUIZAPP"]
    if settings.proxies:
        app.wsgi_app = KnownProxies(  # type: ignore[method-assign]
            app.wsgi_app, most=settings.proxies, networks=settings.proxy_networks
        )
    app.url_map.converters["int"] = _Id
    app.jinja_environment = PageEnvironment
    requests.init_app(app)
    errors.init_app(app)
    rendering.init_app(app)
    assets.init_app(app)
    identity.init_app(app)
    blueprints = (
        home, accounts, login_links, two_step, reminders, calendar_feed, review, memory_events, plans, placement,
        offline, attempts, quizzes, practice, explore, progress, sets, set_sharing, passages, classes, assignments,
        import_export, editor, fact_list, fact_editor, pictures, reports, search, study_tools, question_reports,
        transfers, student_lists,
    )  # fmt: skip
    for module in blueprints:
        app.register_blueprint(module.bp)
