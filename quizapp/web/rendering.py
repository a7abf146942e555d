"""What every template may use: Markdown, dates, versioned assets, the ways about, the reader's choices."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import nh3
from flask import Flask, g, render_template, request, url_for
from flask_login import current_user
from markdown_it import MarkdownIt
from markupsafe import Markup

from quizapp.core import defaults
from quizapp.core.kinds.cloze import GAP
from quizapp.core.scheduling.scheduler import describe_wait
from quizapp.core.text.edtf import display_date
from quizapp.web.requests import wants_part

THEMES = ("auto", "light", "dark")
TEXT_SIZES = ("normal", "large", "larger")

# The ways about: the name of each, its first page, and how the addresses below it begin. Who teaches has two more.
SECTIONS = {
    "Today": ("review.today", "/today", "/review", "/plans"),
    "Practice": ("practice.index", "/practice"),
    "Quizzes": ("quizzes.index", "/quizzes"),
    "Explore": ("explore.index", "/explore"),
    "Progress": ("progress.index", "/progress"),
}
TEACHING = {
    "Sets": ("sets.index", "/sets"),
    "Classes": ("classes.index", "/classes", "/assignments"),
}

_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "br", "code", "blockquote"}


@lru_cache(maxsize=4096)
def markdown(text: str) -> Markup:
    """Return Markdown as sanitised blocks."""
    return Markup(nh3.clean(_markdown.render(text), tags=_TAGS))


@lru_cache(maxsize=4096)
def markdown_line(text: str) -> Markup:
    """Return Markdown as sanitised inline text, for headings, labels and choices."""
    return Markup(nh3.clean(_markdown.renderInline(text), tags={"em", "strong", "code"}))


def cloze_parts(text: str) -> list[Markup | int]:
    """Return a cloze text as sanitised inline text and, in the places of its gaps, their indices from 0."""
    marked = GAP.sub("\ue000", text)  # a private character: Markdown leaves it alone, no author types it
    pieces = [Markup(piece) for piece in markdown_line(marked).split("\ue000")]
    return [part for index, piece in enumerate(pieces) for part in (piece, index)][:-1]


def theme() -> str:
    """Return the reader's choice of colours, kept in a cookie so that it needs no account."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else "auto"


def text_size() -> str:
    """Return the reader's choice of the size of type, kept likewise."""
    chosen = request.cookies.get("text-size", "")
    return chosen if chosen in TEXT_SIZES else "normal"


class Section(NamedTuple):
    name: str
    endpoint: str
    current: Markup


def sections() -> list[Section]:
    """Return the sections of the navigation, with the reader's own marked."""
    teaches = current_user.is_authenticated and current_user.is_teacher
    ways = SECTIONS | TEACHING if teaches else SECTIONS
    return [Section(name, endpoint, current(*beginnings)) for name, (endpoint, *beginnings) in ways.items()]


def current(first: str, *others: str) -> Markup:
    """Return the attribute that marks a link when the reader is on its page, or on one whose address begins likewise.

    A page whose address does not tell may name its section in `g.section`.
    """
    if request.path == first:
        return Markup(' aria-current="page"')
    path = g.get("section", request.path)
    below = any(path == other or path.startswith(f"{other}/") for other in (first, *others))
    return Markup(' aria-current="true"' if below else "")


def render(page: str, part: str, **values: Any) -> str:
    """Return the page, or only its part when htmx asked."""
    return render_template(part if wants_part() else page, **values)


def init_app(app: Flask) -> None:
    static = Path(app.static_folder or "")
    versions: dict[str, str] = {}

    def asset(filename: str) -> str:
        if filename not in versions or app.debug:
            versions[filename] = hashlib.sha256((static / filename).read_bytes()).hexdigest()[:12]
        return url_for("static", filename=filename, v=versions[filename])

    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31536000
    app.jinja_env.filters.update(markdown=markdown, markdown_line=markdown_line, date=display_date, wait=describe_wait)
    app.jinja_env.globals.update(
        asset=asset, cloze_parts=cloze_parts, current=current, defaults=defaults, sections=sections,
        text_size=text_size, text_sizes=TEXT_SIZES, theme=theme, themes=THEMES, wants_part=wants_part,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
