"""What every template may use: Markdown, dates, versioned assets, the ways about, the reader's choices."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import nh3
from flask import Flask, current_app, g, render_template, request
from flask_login import current_user
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from quizapp.core import defaults
from quizapp.core.assignments import wall_time
from quizapp.core.attempts import Score
from quizapp.core.kinds import KIND_NAMES
from quizapp.core.kinds.base import Grade, Verdict
from quizapp.core.kinds.date import DateNote
from quizapp.core.kinds.gaps import GAP, read_gaps
from quizapp.core.kinds.number import UNREADABLE_NUMBER
from quizapp.core.scheduling.waits import describe_minutes, describe_wait
from quizapp.core.text.answers import was_typed_in_another_layout
from quizapp.core.text.differences import differences
from quizapp.core.text.direction import give_directions, isolate, isolate_quoted, turns
from quizapp.core.text.edtf import display_date
from quizapp.core.translation import gettext, ngettext
from quizapp.web.identity import handed_out, learner_mark
from quizapp.web.requests import wants_part
from quizapp.web.templating import page_address

THEMES = {"auto": gettext("Auto"), "light": gettext("Light"), "dark": gettext("Dark")}
READ_ALOUD = {"off": gettext("Off"), "button": gettext("With a button"), "always": gettext("Every question")}
TEXT_SIZES = {"normal": gettext("Normal"), "large": gettext("Large"), "larger": gettext("Larger")}

# The navigation: by key the name, the first page, and how the addresses below it begin. Teachers also get TEACHING.
SECTIONS = {
    "today": (gettext("Today"), "review.today", "/today", "/review", "/plans"),
    "practice": (gettext("Practice"), "practice.index", "/practice"),
    "quizzes": (gettext("Quizzes"), "quizzes.index", "/quizzes"),
    "sets": (gettext("Sets"), "sets.index", "/sets"),
    "explore": (gettext("Explore"), "explore.index", "/explore"),
    "progress": (gettext("Progress"), "progress.index", "/progress"),
}
TEACHING = {
    "classes": (gettext("Classes"), "classes.index", "/classes", "/assignments"),
}

PAPERS = {"light": "#fbf9f4", "dark": "#171614"}  # --paper in tokens.css

PARTS_OF_DATES = {
    "year": gettext("year"), "month": gettext("month"), "day": gettext("day"), "time": gettext("time"),
}  # fmt: skip
MISSING = {
    "year": gettext("The year is missing."),
    "month": gettext("The month is missing."),
    "day": gettext("The day is missing."),
    "time": gettext("The time is missing."),
}

_LETTERS = {  # those that tell a language or, for scripts of several languages, suggest the likeliest one
    "uk": re.compile("[ІіЇїЄєҐґ]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "az": re.compile("[Əə]"),  # no other Latin alphabet of today has the letter
    "he": re.compile("[\u0590-\u05ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
}
_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
_gapped_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
read_gaps(_gapped_markdown)
give_directions(_markdown)
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "br", "code", "blockquote"}
_DIRECTIONS = {tag: {"dir": {"auto"}} for tag in ("p", "li", "blockquote")}


@lru_cache(maxsize=4096)
def markdown(text: str, language: str | None = None) -> Markup:
    """Return Markdown as sanitised blocks, in a language if known."""
    blocks = Markup(nh3.clean(_markdown.render(text), tags=_TAGS, tag_attribute_values=_DIRECTIONS))
    return Markup("<div{}>{}</div>").format(lang(language), blocks) if _is_foreign(language) else blocks


@lru_cache(maxsize=4096)
def markdown_line(text: str) -> Markup:
    """Return Markdown as sanitised inline text, for headings, labels and choices."""
    return Markup(nh3.clean(_markdown.renderInline(text), tags={"em", "strong", "code"}))


def cloze_parts(text: str) -> list[Markup | int]:
    """Return a cloze text as inline text and, in the places of its gaps, their indices from 0.

    Where a gap stands in the address of a link, the text is returned without formatting.
    """
    pieces = list(_cloze_pieces(_gapped_markdown.parseInline(text)[0].children or []))
    if sum(piece is None for piece in pieces) != len(GAP.findall(text)):
        pieces = [escape(piece) if number % 2 == 0 else None for number, piece in enumerate(GAP.split(text))]
    indices = count()
    return [next(indices) if piece is None else piece for piece in pieces]


def _cloze_pieces(tokens: list[Token]) -> Iterator[Markup | None]:
    """Yield pieces of HTML, and None for each gap."""
    for token in tokens:
        if token.type == "gap":
            yield None
        elif token.type == "code_inline":
            yield Markup("<code>")
            for number, piece in enumerate(GAP.split(token.content)):
                yield None if number % 2 else escape(piece)
            yield Markup("</code>")
        elif token.tag in ("em", "strong"):
            yield Markup(f"<{'/' if token.nesting < 0 else ''}{token.tag}>")
        else:
            yield escape("\n" if token.type in ("softbreak", "hardbreak") else token.content)


def language_of(spelling: str) -> str | None:
    """Return the language of a text where its letters tell it, for `lang`: a guess for scripts of several languages."""
    return next((language for language, letters in _LETTERS.items() if letters.search(spelling)), None)


def bdi(text: str, language: str | None = None) -> str:
    """Return a text from outside for an English sentence, so that neither changes the order of the other.

    `language` is that of the text, if it is known; otherwise its letters may tell. One that runs from left to right in
    English needs no mark.
    """
    language = language or language_of(text)
    if turns(text) or _is_foreign(language):
        return Markup("<bdi{}>{}</bdi>").format(lang(language), text)
    return text


def text_in(language: str | None) -> Markup:
    """Return the attributes of an element that has nothing in it but a text from outside, in a language if known."""
    return Markup(' dir="auto"') + lang(language)


def lang(language: str | None) -> Markup:
    """Return the attribute for a language, where it is not that of the page."""
    return Markup(' lang="{}"').format(language) if _is_foreign(language) else Markup("")


def _is_foreign(language: str | None) -> bool:
    return bool(language) and language != "en"


def plain(text: str) -> str:
    """Return inline Markdown without its marks, for where there is nothing but text."""
    return Markup(markdown_line(text)).striptags()


def local_day(instant: datetime) -> date:
    """Return the learner's date at an instant; a visitor's is that in the default time zone."""
    zone = current_user.timezone if current_user.is_authenticated else defaults.TIMEZONE
    return instant.astimezone(ZoneInfo(zone)).date()


def local_time(instant: datetime) -> str:
    """Return what the learner's clock shows at an instant."""
    return f"{instant.astimezone(ZoneInfo(current_user.timezone)):%H:%M}"


def marks(number: float) -> str:
    """Return marks with no more digits than needed: 7, 7.5, 7.33."""
    return f"{round(number, 2):g}"


def score_in_words(score: Score) -> str:
    """Return marks out of questions, and how many answers are still to be marked."""
    values = {"marks": marks(score.marks), "size": score.size, "waiting": score.waiting}
    if score.waiting:
        return gettext("%(marks)s of %(size)s, %(waiting)s waiting to be marked", **values)
    return gettext("%(marks)s of %(size)s", **values)


def kind_names(kinds: list[str]) -> str:
    """Return kinds of question as a list in words."""
    return ", ".join(name.lower() for kind, name in KIND_NAMES.items() if kind in kinds)


def local_instant(instant: datetime) -> str:
    """Return an instant by the learner's clock: "2 March 2026, 14:05"."""
    local = instant.astimezone(ZoneInfo(current_user.timezone))
    return f"{local.day} {local:%B %Y, %H:%M}"


def verdict_word(answer: Any) -> str:
    """Return the verdict in a word or two."""
    if answer.overridden:
        return gettext("Right, marked by you") if answer.remembered else gettext("Not right, marked by you")
    if answer.hinted and answer.grade.correct:
        return gettext("Right with a hint: counts as not remembered")
    if answer.grade.partly_right:
        return gettext("Partly right")
    return {
        Verdict.RIGHT: gettext("Right"),
        Verdict.SLIP: gettext("Right, but check the spelling"),
        Verdict.CLOSE: gettext("Close, but not right"),
        Verdict.WRONG: gettext("Not right"),
        Verdict.UNANSWERED: gettext("Here is the answer"),
        Verdict.UNMARKED: gettext("Waiting to be marked"),
    }[answer.grade.verdict]


def fault_note(grade: Grade) -> str:
    """Return what was wrong with a typed date or figure."""
    if grade.correct:
        return ""
    if grade.note == DateNote.MISSING:
        return _missing_note([part.label for part in grade.parts if part.verdict is Verdict.UNANSWERED])
    if grade.verdict is Verdict.CLOSE and not grade.parts:
        return _missing_note((grade.note or "").split(" and "))
    notes: dict[str, str] = {
        DateNote.UNREADABLE: gettext("That couldn’t be read as a date."),
        DateNote.YEAR: gettext("The year is wrong."),
        DateNote.MONTH: gettext("The month is wrong."),
        DateNote.DAY: gettext("The day is wrong."),
        DateNote.TIME: gettext("The time is wrong."),
        DateNote.HALF_DAY: gettext("The time is right, but check a.m. and p.m."),
        UNREADABLE_NUMBER: gettext("That couldn’t be read as a number."),
    }
    return notes.get(grade.note or "", "")


def _missing_note(parts: list[str]) -> str:
    if len(parts) == 1:
        return MISSING[parts[0]]
    return gettext("Missing: %(parts)s.", parts=", ".join(PARTS_OF_DATES[part] for part in parts))


def isolate_quoted_markup(message: str) -> str:
    """Return a message in which each text that it quotes is isolated; one with tags keeps them."""
    isolated = isolate_quoted(message)
    return Markup(isolated) if isinstance(message, Markup) else isolated


def choice_cookie(choice: str) -> str:
    """Return the name of the cookie that keeps `theme`, `text-size` or `read-aloud`: choosing needs no account."""
    return f"{current_app.config['COOKIE_PREFIX']}{choice}"


def theme() -> str:
    """Return the reader's choice of colours."""
    chosen = request.cookies.get(choice_cookie("theme"), "")
    return chosen if chosen in THEMES else "auto"


def text_size() -> str:
    """Return the reader's choice of the text size."""
    chosen = request.cookies.get(choice_cookie("text-size"), "")
    return chosen if chosen in TEXT_SIZES else "normal"


def read_aloud() -> str:
    """Return the reader's choice whether questions are read aloud."""
    chosen = request.cookies.get(choice_cookie("read-aloud"), "")
    return chosen if chosen in READ_ALOUD else "off"


class Section(NamedTuple):
    key: str
    name: str
    endpoint: str
    current: Markup


def sections() -> list[Section]:
    """Return the sections of the navigation, with the reader's own marked."""
    teaches = current_user.is_authenticated and current_user.is_teacher
    ways = SECTIONS | TEACHING if teaches else SECTIONS
    return [Section(key, name, endpoint, current(*starts)) for key, (name, endpoint, *starts) in ways.items()]


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


def gettext_markup(message: str, **values: Any) -> Markup:
    """Return a message of a template: its tags count, its values are escaped."""
    return Markup(gettext(message, **_escaped(values)))


def ngettext_markup(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """Return a message of a template in the form that suits a number."""
    return Markup(ngettext(singular, plural, num, **_escaped(values)))


def _escaped(values: dict[str, Any]) -> dict[str, Markup]:
    return {name: escape(value) for name, value in values.items()}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        bdi=bdi, date=display_date, differences_to=differences, in_zone=wall_time, isolate=isolate,
        isolate_quoted=isolate_quoted_markup, language_of=language_of, local_day=local_day, local_instant=local_instant,
        local_time=local_time, markdown=markdown, markdown_line=markdown_line, marks=marks,
        minutes_in_words=describe_minutes, plain=plain,
        score=score_in_words, wait=describe_wait,
    )  # fmt: skip
    app.jinja_env.globals.update(
        cloze_parts=cloze_parts, current=current, current_user=current_user, defaults=defaults, fault_note=fault_note,
        handed_out=handed_out, kind_names=kind_names, lang=lang, learner_mark=learner_mark, papers=PAPERS,
        read_aloud=read_aloud, read_aloud_choices=READ_ALOUD, sections=sections, text_in=text_in, text_size=text_size,
        text_sizes=TEXT_SIZES, theme=theme, themes=THEMES, url_for=page_address,
        typed_in_another_layout=was_typed_in_another_layout, verdict_word=verdict_word, wants_part=wants_part,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals.update(_=gettext_markup, gettext=gettext_markup, ngettext=ngettext_markup)
