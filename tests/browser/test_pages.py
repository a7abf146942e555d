"""Every page in every state: readable by everyone, at home on a small screen, and light to load."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, Response, expect
from sampling import sample
from sqlalchemy import select

from quizapp.models import DayCount, Fact, Memory, User
from quizapp.services import log_ins
from quizapp.services.progress import overview

SET = "/explore/april-1920"


def sign_up(visitor: Any, name: str, *, is_teacher: bool = False) -> None:
    visitor.start(page=None)
    visitor.set(name=name, name_folded=name.casefold(), is_teacher=is_teacher)


def study_for_a_season(visitor: Any) -> None:
    """A hundred days of answers, and memories of every strength."""
    with visitor.site.session() as session:
        today = session.get_one(User, visitor.id).clock.day(visitor.site.noon)
        for ago in range(0, 100, 2):
            counts = {"answers": ago % 30 + 1, "correct": ago % 20, "finished": ago % 10, "ms": 9000, "timed": 1}
            counts |= {"long_term": 10, "long_term_correct": 9, "long_term_recalled": 9.0}
            session.add(DayCount(learner_id=visitor.id, day=today - timedelta(days=ago), **counts))
        for n, fact_id in enumerate(session.scalars(select(Fact.id).order_by(Fact.id).limit(60))):
            memory = {"version": 3, "state": 2, "stability": 0.4 * (n + 1), "difficulty": 5.0, "reps": 3}
            memory |= {"last_day": today - timedelta(days=n % 20), "due_day": today + timedelta(days=n - 5)}
            session.add(Memory(learner_id=visitor.id, fact_id=fact_id, lapses=n % 3, **memory))


# Before an account


@pytest.mark.accessibility
@pytest.mark.parametrize(
    "path", ["/", "/welcome", "/login", "/signup", "/keys", "/privacy", "/accessibility", f"{SET}/passages"]
)
def test_open_to_everyone(page: Page, path: str) -> None:
    page.goto(path)
    check(page)


@pytest.mark.accessibility
def test_a_forgotten_password(
    site: Any, visitor: Any, page: Page, monkeypatch: pytest.MonkeyPatch, complaints: Any
) -> None:
    complaints.expect("status of 404")
    settings = site.app.config["QUIZAPP"]
    monkeypatch.setitem(site.app.config, "QUIZAPP", settings.model_copy(update={"smtp_url": "smtp://localhost"}))
    page.goto("/login")
    page.get_by_role("link", name="Forgot password?").click()
    check(page)
    sign_up(visitor, "Lala")
    with site.session() as session:
        user = session.get_one(User, visitor.id)
        user.email = "lala@example.org"
        token = log_ins.create_login_link(session, user, lifetime=timedelta(hours=1), now=site.noon)
    page.goto("/account/email")
    check(page)
    page.goto(f"/login/link/{token}")
    check(page)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    check(page)
    page.goto(f"/login/link/{token}")
    check(page)


@pytest.mark.accessibility
@pytest.mark.parametrize("fact", ["parliament-votes-transfer", "fall-of-the-republic"])
def test_a_fact(page: Page, fact: str) -> None:
    page.goto(f"{SET}/facts/{fact}")
    check(page)


@pytest.mark.accessibility
@pytest.mark.parametrize(("path", "button"), [("/login", "Log in"), ("/signup", "Sign up")])
def test_a_form_with_errors(page: Page, complaints: Any, path: str, button: str) -> None:
    complaints.expect("status of 422")
    page.goto(path)
    page.evaluate("document.querySelector('form.form').noValidate = true")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".field__error").first).to_be_visible()
    check(page)


# Errors


@pytest.mark.accessibility
def test_not_found(page: Page, complaints: Any) -> None:
    complaints.expect("status of 404")
    page.goto("/there/is/nothing")
    check(page)


@pytest.mark.accessibility
def test_broken(visitor: Any, page: Page, complaints: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints.expect("status of 500")

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("broken on purpose")

    visitor.start(page=None)
    monkeypatch.setattr(overview, "read_report", broken)
    page.goto("/progress")
    expect(page.get_by_role("heading", level=1)).to_have_text("Server error")
    check(page)


# A guest, a student, a teacher


@pytest.mark.accessibility
def test_a_guest_at_the_beginning(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    for path in ("/", "/today", "/progress", "/account", "/account/delete"):
        page.goto(path)
        check(page)


@pytest.mark.accessibility
def test_a_student_after_a_season(visitor: Any, page: Page) -> None:
    sign_up(visitor, "Kamran")
    study_for_a_season(visitor)
    for path in (
        "/",
        "/today",
        "/progress",
        "/account",
        "/account/password",
        "/account/email",
        "/account/role",
        "/account/delete",
        SET,
    ):
        page.goto(path)
        check(page)
    page.goto(f"{SET}/facts/last-months-crisis")  # with what is remembered of it
    check(page)


@pytest.mark.accessibility
def test_a_teacher(visitor: Any, page: Page) -> None:
    sign_up(visitor, "Sevil", is_teacher=True)
    page.goto("/")
    check(page)


@pytest.mark.accessibility
def test_nothing_studied_yet(page: Page) -> None:
    page.goto("/signup")
    page.get_by_label("User name").fill("Ulviyya")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label("Repeat password").fill("correct horse battery")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("You aren’t studying a set yet.")).to_be_visible()
    check(page)
    for path in ("/review", "/progress"):
        page.goto(path)
        check(page)


# Questions and verdicts


@pytest.mark.accessibility
def test_a_choice_and_its_verdicts(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    check(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    visitor.wrong_choice().click()
    expect(page.locator(".verdict--wrong")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()
    visitor.right_choice().click()
    expect(page.locator(".verdict--right")).to_be_visible()
    check(page)
    page.locator(".source > summary").click()
    check(page)


@pytest.mark.accessibility
def test_a_question_that_asks_how_sure_one_is_and_a_certain_mistake(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.set(asks_confidence=True)
    visitor.be_asked("choice")
    page.get_by_role("radio", name="Certain").check()
    check(page)
    visitor.wrong_choice().click()
    expect(page.get_by_text("take a second look")).to_be_visible()
    check(page)


@pytest.mark.accessibility
def test_a_suspended_fact_and_a_graded_statement(visitor: Any, page: Page) -> None:
    visitor.start()
    page.get_by_role("button", name="Suspend").click()
    expect(page.locator(".notices").get_by_role("button", name="Undo")).to_be_visible()
    check(page)
    visitor.be_asked("true_false", fact="khoyski-offers-good-relations")
    check(page)
    page.get_by_role("button", name="False").click()
    expect(page.locator("#verdict")).to_be_visible()
    check(page)


@pytest.mark.accessibility
@pytest.mark.parametrize("kind", sample(["multiple", "cloze", "ordering", "number", "matching"], every=2))
def test_a_question_with_fields_and_its_verdicts(visitor: Any, page: Page, kind: str) -> None:
    visitor.start(page=None)
    visitor.be_asked(kind)
    check(page)
    page.get_by_role("button", name="I don’t know").click()
    expect(page.locator("#verdict")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()
    visitor.fill_rightly()
    if kind == "multiple":
        page.get_by_role("checkbox", checked=False).first.check()
    elif kind == "ordering":
        page.get_by_role("button", name="Move up").last.click()
    elif kind == "matching":
        first, second, *_ = visitor.question().pairs
        visitor.match(first.left, second.right)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_be_visible()
    check(page)


@pytest.mark.accessibility
def test_a_typed_answer_and_its_verdicts(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    check(page)
    page.get_by_label("Your answer").fill("Georgy Chichrein")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_have_text("Right, but check the spelling")
    check(page)
    page.get_by_role("button", name="I was wrong").click()
    expect(page.get_by_text("marked by you")).to_be_visible()
    check(page)


@pytest.mark.accessibility
def test_a_date_and_its_verdicts(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("date", fact="chicherin-note-2-january")
    check(page)
    page.get_by_label("Your answer (a date)").fill("5 January 1920")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict--close")).to_be_visible()
    check(page)


@pytest.mark.accessibility
def test_a_card_on_both_sides(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("flashcard")
    check(page)
    page.get_by_text("Show the answer", exact=True).click()
    check(page)


@pytest.mark.accessibility
def test_the_end_of_a_session(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=0, page=None)
    page.goto("/review")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is due today")
    check(page)
    visitor.be_asked("true_false", fact="khoyski-offers-good-relations")
    visitor.right_choice().click()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done for today")
    check(page)
    page.goto("/today")
    check(page)


@pytest.mark.accessibility
@pytest.mark.usefixtures("without_workers")
def test_no_connection(arrive: Callable[..., Any], complaints: Any) -> None:
    visitor = arrive(service_workers="block")  # with one, test_offline.py says what happens
    page = visitor.page
    complaints.expect("Service Worker registration blocked")
    complaints.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    visitor.start(page=None)
    visitor.be_asked("choice")
    page.context.set_offline(True)
    visitor.right_choice().click()
    expect(page.locator(".notice--bad")).to_be_visible()
    check(page)


# Weight


def test_the_first_page_weighs_little(page: Page) -> None:
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto("/", wait_until="networkidle")
    weights = {one.url: one.request.sizes()["responseBodySize"] for one in loaded}
    assert sum(weights.values()) <= 45 * 1024, weights
    assert sum(weight for url, weight in weights.items() if ".js" in url) <= 20 * 1024, weights
    assert all(url.startswith(page.url) for url in weights)
