"""A visitor who studies every kind of question with a mouse, a keyboard, a touch screen or without JavaScript."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from quizapp.core.sets.files import read_set
from quizapp.models import Fact, Plan, QuestionSet
from quizapp.services.sets.updates import load_set

KINDS = Path(__file__).parents[1] / "data" / "kinds"
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def load_kinds(site: Any) -> None:
    """Give a site the set."""
    source, problems = read_set(KINDS)
    assert source, problems
    with site.session() as session:
        load_set(session, source, now=site.noon)


class Mouse:
    """A visitor who studies that set with a mouse."""

    scripts = True

    def __init__(self, visitor: Any) -> None:
        self.visitor, self.page = visitor, visitor.page
        network = self.page.context.request
        token = network.get("/review/offline/token").json()["csrf"]
        network.post("/start", form={"csrf_token": token, "set": "kinds", "timezone": "UTC"}, max_redirects=0)
        with visitor.site.session() as session:
            plan = session.scalars(select(Plan).order_by(Plan.learner_id.desc()).limit(1)).one()
            plan.new_per_day = 50
            visitor.id = plan.learner_id
            in_set = select(Fact.key, Fact.id).join(QuestionSet).where(QuestionSet.key == "kinds")
            self.ids = dict(session.execute(in_set).all())

    def ask(self, key: str) -> Page:
        """Have the question of that fact on the screen."""
        self.page.goto(f"/review?fact={self.ids[key]}")
        expect(self.page.locator("form.answer")).to_have_attribute("action", f"/review/{self.ids[key]}")
        if self.scripts:  # what they do to the page is done
            waiting = ".ordering:not(.ordering--moving), .matching:not(.matching--tapping)"
            expect(self.page.locator(waiting)).to_have_count(0)
        return self.page

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def sees(self, verdict: str) -> None:
        expect(self.page.locator("#verdict > strong")).to_have_text(verdict)


class Keyboard(Mouse):
    def _go_to(self, target: Locator) -> None:
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, target: Locator) -> None:
        self._go_to(target)
        self.page.keyboard.press("Space")

    def write(self, label: str, text: str) -> None:
        self._go_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        self.write(label, option)


class Touch(Mouse):
    def press(self, target: Locator) -> None:
        target.tap()


class NoJavaScript(Mouse):
    scripts = False


DEVICES = {
    "keyboard": (Keyboard, {}),
    "no-javascript": (NoJavaScript, {"java_script_enabled": False}),
    "touch": (Touch, TELEPHONE),
}


def order_on(page: Page) -> list[str]:
    return page.locator(".ordering__text").all_inner_texts()


def given(page: Page) -> list[str]:
    """The places that would be sent, from the top."""
    return [
        value for value in page.locator(".ordering select").evaluate_all("all => all.map(one => one.value)") if value
    ]


def item(page: Page, text: str) -> Locator:
    own_text = page.locator(".matching__text").and_(page.get_by_text(text, exact=True))
    return page.locator(".matching__item").filter(has=own_text).first
