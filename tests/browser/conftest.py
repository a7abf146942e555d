"""A real browser at the real application, over the built-in question set.

Whatever a page says in the browser's console, every error it throws, every request of it that fails and everything
the content security policy stops is the test's failure, unless the test expects it.
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import Path
from typing import Any

import axe
import pytest
import sampling
from browsers import BLANK, PATIENCE, Window, Windows, reusable_windows
from databases import SqliteDatabase
from flask import Flask
from jinja2 import BytecodeCache
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, WebError, expect, sync_playwright
from requirements import missing
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session
from waitress import create_server, wasyncore

from quizapp.cli.setup import ready_app
from quizapp.cli.waitress_options import OPTIONS, THREADS
from quizapp.config import Settings
from quizapp.core.kinds import Question, parse_question
from quizapp.core.scheduling.scheduler import Memory, State
from quizapp.core.scheduling.sessions import choose_question
from quizapp.extensions import db
from quizapp.models import Fact, Plan, QuestionVersion, Review, User
from quizapp.models import Memory as MemoryRow
from quizapp.models import Question as QuestionRow

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# The shell has no window to draw, and so takes a third less computing.
CHROMIUMS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def from_noon() -> Callable[[tzinfo], datetime]:
    """A clock for the site: it starts at noon, so that no test sees a study day turn over."""
    began = datetime.now(UTC)
    return lambda tz: (NOON + (datetime.now(UTC) - began)).astimezone(tz)


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve an application with the server of `quizapp run`; the address."""
    connections: dict[int, Any] = {}
    server = create_server(app, host="127.0.0.1", port=0, map=connections, threads=THREADS, **OPTIONS)
    ended = threading.Event()

    def answer_requests() -> None:
        while not ended.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=connections, count=1)

    serving = threading.Thread(target=answer_requests)
    serving.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    ended.set()
    server.pull_trigger()
    serving.join()
    server.task_dispatcher.shutdown()
    wasyncore.close_all(map=connections)


@dataclass(frozen=True)
class Site:
    """The application as it is served, and its database."""

    url: str
    app: Flask
    noon: datetime = NOON

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A database session; what it wrote is committed at the end."""
        with self.app.app_context():
            yield db.session()
            db.session.commit()


@pytest.fixture(scope="session")
def shared_site(
    prepared_data: Path, templates: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, SqliteDatabase]]:
    """The application with the built-in set, and its database. It is served once per worker."""
    data = shutil.copytree(prepared_data, tmp_path_factory.mktemp("site") / "data")
    app = ready_app(Settings(data=data, secret_key="test" * 10, sqlite_synchronous="NORMAL"))
    app.jinja_env.bytecode_cache = templates
    database = SqliteDatabase(Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or ""))
    app.add_url_rule(BLANK, view_func=lambda: '<!doctype html><title>Blank</title><link rel="icon" href="data:,">')
    app.add_url_rule(axe.ADDRESS, view_func=axe.answer)
    with app.app_context():
        database.share(db.engine)
    database.keep()
    with serve(app) as address:
        yield Site(address, app), database
    database.close()


@pytest.fixture(scope="module")
def site(shared_site: tuple[Site, SqliteDatabase]) -> Site:
    """A site for the tests of one file: what others wrote, and the names they took, are not there."""
    site, database = shared_site
    database.restore()
    site.app.config["CLOCK"] = from_noon()
    return site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = [os.environ.get("QUIZAPP_CHROMIUM", ""), *CHROMIUMS]
    program = next(filter(None, map(shutil.which, filter(None, names))), None)
    if program is None:
        missing("there is no Chromium: put one on the PATH, or name it in QUIZAPP_CHROMIUM")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Windows]:
    with reusable_windows(browser) as windows:
        yield windows


@dataclass
class Complaints:
    """What went wrong in the browsers of a test, and what of it the test expects, as regular expressions."""

    heard: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [one for one in self.heard if not any(re.search(pattern, one) for pattern in self.expected)]

    def hear_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def hear_error(self, error: WebError) -> None:
        self.heard.append(f"error: {error.error}")

    def hear_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what the browser itself gave up when the page was left
            self.heard.append(f"request failed: {request.method} {request.url} {request.failure}")


def texts_on_buttons(question: Any) -> list[str]:
    """What is offered to be picked, the right one first."""
    return [where for where, _ in question.areas] if question.kind == "point" else question.options


def memories(today: date) -> Iterator[Memory]:
    """Memories due today from weak to strong, after few answers and more: between them they call for any form."""
    for reps in range(1, 13):
        began = NOON - timedelta(hours=1)
        yield Memory(State.LEARNING, 1, 0.5, 5.0, today - timedelta(days=1), today, began, reps, 0)
    for stability in (0.5, 3.0, 40.0):
        for reps in range(1, 13):
            last = today - timedelta(days=60)  # so long ago that any of them falls due by today
            yield Memory(State.REVIEW, None, stability, 5.0, last, today, None, reps, 0)


@dataclass
class Visitor:
    """Somebody at a browser of their own, and what is stored about them once they have started to study."""

    page: Page
    site: Site
    id: int = 0
    scripts: bool = True

    def start(self, *, new_per_day: int = 10, page: str | None = "/review") -> None:
        """Begin to study the set as a guest, with so many new facts a day, and open the page, if one is named."""
        network = self.page.context.request  # the browser's cookies, without drawing the start page
        token = network.get("/review/offline/token").json()["csrf"]
        started = network.post("/start", form={"csrf_token": token, "timezone": "Asia/Baku"}, max_redirects=0)
        assert started.status == 303
        with self.site.session() as session:
            self.id = session.scalars(select(User.id).order_by(User.id.desc()).limit(1)).one()
            plan = session.scalars(select(Plan).where(Plan.learner_id == self.id)).one()
            plan.new_per_day = new_per_day
        if page:
            self.page.goto(page)

    def remember(self, kind: str, *, fact: str | None = None) -> int:
        """Have met a fact that is due today and will be asked by a question of that kind. Gives the fact's id.

        It is the fact named, or the last one of the set that fits: the first ones are what a newcomer is asked.
        """
        with self.site.session() as session:
            today = session.get_one(User, self.id).clock.day(NOON)
            for fact_id, questions in self._facts_not_met(session, fact):
                for memory in memories(today):
                    chosen = questions[choose_question(questions, memory, f"{self.id}:{fact_id}")]
                    if chosen.kind == kind:
                        row = asdict(memory) | {"learner_id": self.id, "fact_id": fact_id, "version": 1}
                        session.add(MemoryRow(**row))
                        return fact_id
        raise AssertionError(f"no fact is asked by a {kind} question")

    def be_asked(self, kind: str, *, fact: str | None = None) -> None:
        """Have a question of that kind on the screen."""
        self.page.goto(f"/review?fact={self.remember(kind, fact=fact)}")
        assert self.question().kind == kind

    def _facts_not_met(self, session: Session, key: str | None) -> Iterator[tuple[int, list[Question]]]:
        """Facts with the questions that ask them now, the last of the set first."""
        met = select(MemoryRow.fact_id).where(MemoryRow.learner_id == self.id)
        rows = session.execute(
            select(Fact.id, QuestionVersion.body)
            .join(QuestionRow, QuestionRow.fact_id == Fact.id)
            .join(QuestionRow.current_version)
            .where(QuestionRow.archived_at.is_(None))
            .where(Fact.id.not_in(met), Fact.set_id.in_(select(Plan.set_id).where(Plan.learner_id == self.id)))
            .where(Fact.key == key if key else Fact.archived_at.is_(None))
            .order_by(Fact.position.desc(), QuestionRow.position)
        )  # read no further than needed
        for fact_id, group in groupby(rows, key=lambda row: row.id):
            yield fact_id, [parse_question(row.body) for row in group]

    def question(self) -> Any:
        """The question on the screen."""
        version_id = int(self.page.locator("form.answer [name=question]").input_value())
        with self.site.session() as session:
            return parse_question(session.get_one(QuestionVersion, version_id).body)

    def choice(self, text: str) -> Locator:
        """The button of a choice."""
        return self.page.locator("button.choice").filter(has=self.page.get_by_text(text, exact=True))

    def right_choice(self) -> Locator:
        question = self.question()
        if question.kind == "true_false":
            return self.choice("True" if question.answer else "False")
        return self.choice(texts_on_buttons(question)[0])

    def wrong_choice(self) -> Locator:
        question = self.question()
        if question.kind == "true_false":
            return self.choice("False" if question.answer else "True")
        return self.choice(texts_on_buttons(question)[1])

    def fill_rightly(self) -> None:
        """Fill the fields of the question on the screen with its right answer."""
        question = self.question()
        match question.kind:
            case "multiple":
                for answer in question.answers:
                    self.page.get_by_label(answer, exact=True).check()
            case "ordering":
                self._order(question)
            case "matching":
                for pair in question.pairs:
                    self.match(pair.left, pair.right)
            case "cloze":
                for name, gap in question.gaps.items():
                    field = self.page.get_by_label(f"Gap: {name}", exact=True)
                    field.select_option(gap.answer) if gap.distractors else field.fill(gap.answer)
            case _:
                self.page.locator("#text").fill(question.answer)

    def answer(self, *, rightly: bool = True) -> None:
        """Answer the question on the screen, and see the verdict."""
        match self.question().kind:
            case "choice" | "true_false" | "point":
                (self.right_choice() if rightly else self.wrong_choice()).click()
            case _ if rightly:
                self.fill_rightly()
                self.page.get_by_role("button", name="Check").click()
            case _:
                self.page.get_by_role("button", name="I don’t know").click()
        self.page.locator("#verdict").wait_for()

    def _order(self, question: Any) -> None:
        if not self.scripts:
            for place, option in enumerate(question.options):
                self.page.get_by_label(option, exact=True).select_option(str(question.ranks[place] + 1))
            return
        self.page.locator(".ordering__text").first.wait_for()
        for place, option in enumerate(question.options):
            stands = self.page.locator(".ordering__text").all_inner_texts().index(option)
            for _ in range(stands - place):
                self.page.get_by_role("button", name=f"Move up: {option}", exact=True).click()
        if not self.page.locator("select").first.input_value():  # it stood right from the beginning: say so
            self.page.get_by_role("button", name="Move down").first.click()
            self.page.get_by_role("button", name="Move up").nth(1).click()

    def match(self, stem: str, target: str) -> None:
        """Match two things: tap the one, then the other, or choose from its list."""
        if not self.scripts:
            self.page.get_by_label(stem, exact=True).select_option(label=target)
            return
        self.page.locator(".matching__side").nth(1).wait_for()
        for side, text in zip(self.page.locator(".matching__side").all(), (stem, target), strict=True):
            side.locator(".matching__text").get_by_text(text, exact=True).click()

    def reviews(self) -> list[Review]:
        """The answers that count, in the order they were given."""
        with self.site.session() as session:
            standing = select(Review).where(Review.learner_id == self.id, Review.undone_at.is_(None))
            return list(session.scalars(standing.order_by(Review.id)))

    def set(self, **settings: object) -> None:
        """Change the learner's settings without going through the account page."""
        with self.site.session() as session:
            user = session.get_one(User, self.id)
            for name, value in settings.items():
                setattr(user, name, value)


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def service_workers() -> bool:
    """Say whether browsers have service workers: with `--exhaustive`, and in files that are about being offline."""
    return sampling.exhaustive


@pytest.fixture
def arrive(
    windows: Windows, site: Site, complaints: Complaints, service_workers: bool
) -> Iterator[Callable[..., Visitor]]:
    """Open a browser nobody has used yet; the options are those of a playwright context."""
    lent: list[Window] = []

    def open_browser(**options: Any) -> Visitor:
        lent.append(windows.lend(complaints, workers=service_workers, base_url=site.url, **options))
        return Visitor(lent[-1].page, site, scripts=options.get("java_script_enabled", True))

    yield open_browser
    for window in lent:
        windows.take_back(window)
    assert complaints.unexpected() == []


@pytest.fixture
def visitor(arrive: Callable[..., Visitor]) -> Visitor:
    """Somebody new, at a desk."""
    return arrive()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor.page


@pytest.fixture
def without_workers(page: Page) -> None:
    """The visitor's browser has no service worker, as on plain http: nothing is kept for times offline."""
    page.add_init_script("delete Navigator.prototype.serviceWorker")
