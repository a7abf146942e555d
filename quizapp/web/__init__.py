"""Pages. One blueprint for each feature; here is what all of them share: the request's clock, headers, log, errors."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from quizapp.config import Settings
from quizapp.web import accounts, errors, explore, home, identity, progress, rendering, requests, review


def init_app(app: Flask) -> None:
    """Bind the request hooks, error pages, template helpers and blueprints."""
    settings: Settings = app.config["QUIZAPP"]
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    requests.init_app(app)
    errors.init_app(app)
    rendering.init_app(app)
    identity.init_app(app)
    for module in (home, accounts, review, explore, progress):
        app.register_blueprint(module.bp)
