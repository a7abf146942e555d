"""The editor as its author works it: the preview keeps up, rows come and go, keys save, what is typed is kept."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import axe
import pytest
from editor import own_set
from flask.sessions import SecureCookieSessionInterface
from input_devices import TELEPHONE
from log_ins import open_session
from offline_pages import until
from PIL import Image
from playwright.sync_api import Page, Route, expect
from sets import person
from sqlalchemy import select

from quizapp.models import Draft, Fact, Question, QuestionVersion


class EditorPage:
    """An author at a browser, and the address of a set of theirs."""

    def __init__(self, visitor: Any, name: str) -> None:
        self.visitor, self.page = visitor, visitor.page
        site = visitor.site
        with site.session() as session:
            author = person(session, name)
            self.set_id = own_set(session, author).id
            self.id, token = author.id, open_session(session, author.id)
        serializer = SecureCookieSessionInterface().get_signing_serializer(site.app)
        cookie = {"name": site.app.config["SESSION_COOKIE_NAME"], "value": serializer.dumps({"_user_id": token})}
        self.page.context.add_cookies([{**cookie, "url": site.url}])

    def question_id(self, key: str) -> int:
        with self.visitor.site.session() as session:
            found = select(Question.id).join(Fact).where(Fact.set_id == self.set_id, Question.key == key)
            return session.scalars(found).one()

    def open(self, rest: str) -> Page:
        self.page.goto(f"/sets/{self.set_id}/{rest}")
        return self.page

    def newest(self) -> dict[str, Any]:
        with self.visitor.site.session() as session:
            newest = select(QuestionVersion.body).order_by(QuestionVersion.id.desc()).limit(1)
            return session.scalars(newest).one()

    def drafts(self) -> list[str]:
        with self.visitor.site.session() as session:
            return [
                dict(draft.form)["q-prompt"] for draft in session.scalars(select(Draft).where(Draft.user_id == self.id))
            ]


@pytest.fixture
def editor(visitor: Any, request: pytest.FixtureRequest) -> EditorPage:
    return EditorPage(visitor, request.node.name[:30])


def field(page: Page, label: str) -> Any:
    return page.locator("#editor").get_by_label(label, exact=True)


@pytest.mark.accessibility
def test_a_choice_is_written_without_a_mouse(editor: EditorPage) -> None:
    page = editor.open("new/choice")
    expect(field(page, "Question")).to_be_focused()
    page.keyboard.type("Which river is *longest*?")
    page.keyboard.press("Tab")
    page.keyboard.type("The Nile")
    page.keyboard.press("Tab")
    page.keyboard.type("The Po")
    expect(page.locator("#preview .prompt__text em")).to_have_text("longest")
    expect(page.locator("#preview .choice__text")).to_have_count(2)
    expect(page.locator('[id="q-distractors-0-why_not-hints"]')).to_contain_text("Say why “The Po”")
    page.get_by_role("button", name="Add a wrong choice").press("Enter")
    expect(field(page, "Wrong choice 4")).to_be_focused()
    page.keyboard.type("The Don")
    expect(field(page, "Question")).to_have_value("Which river is *longest*?")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    body = editor.newest()
    assert [body["answer"], [wrong["text"] for wrong in body["distractors"]]] == ["The Nile", ["The Po", "The Don"]]
    axe.check(page)
    page.locator("#preview .choice").filter(has_text="The Nile").press("Enter")
    expect(page.locator("#preview .verdict")).to_contain_text("Right")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/new/choice\?topic=dates$"))


def test_what_is_typed_before_the_script_is_there_is_shown_and_kept(editor: EditorPage) -> None:
    page, script = editor.page, re.compile(r"/editor\.js")
    held: list[Route] = []
    page.route(script, lambda route: held.append(route))
    with page.expect_request(script):
        page.goto(f"/sets/{editor.set_id}/new/typed", wait_until="commit")
    field(page, "Question").fill("Typed *early*")
    field(page, "Answer").fill("Yes")
    held[0].continue_()
    expect(page.locator("#preview .prompt__text em")).to_have_text("early")
    until(lambda: editor.drafts() == ["Typed *early*"], "the draft arrives")


def test_what_is_typed_is_kept_and_offered_again(editor: EditorPage) -> None:
    page = editor.open("new/typed")
    field(page, "Question").fill("A thought that is not")
    expect(page.get_by_text("Draft saved at")).to_be_visible()
    assert editor.drafts() == ["A thought that is not"]
    field(page, "Question").fill("A thought that is not finished")
    page.goto("/keys")  # at once: the draft is sent as the page is left
    until(lambda: editor.drafts() == ["A thought that is not finished"], "the draft arrives")
    editor.open("new/typed").get_by_role("link", name="Restore changes").click()
    expect(field(page, "Question")).to_have_value("A thought that is not finished")
    field(page, "Answer").fill("Yes")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.goto("/keys")
    assert editor.drafts() == []


@pytest.mark.accessibility
def test_gaps_follow_the_text_and_an_answer_is_judged_at_once(editor: EditorPage) -> None:
    page = editor.open("new/cloze")
    field(page, "Text with gaps").fill("The {{river}} flows into the {{sea}}.")
    field(page, "Answer for “river”").fill("Danube")
    field(page, "Answer for “sea”").fill("Black Sea")
    expect(page.locator("#preview .cloze__gap")).to_have_count(2)
    page.get_by_label("Try an answer").fill("Danub")
    expect(page.locator("#answer-previews")).to_contain_text("river: Right. Counts as “Danube” with a typo.")
    expect(page.locator("#answer-previews")).to_contain_text("sea: Wrong")
    field(page, "Text with gaps").fill("The {{great river}} flows into the {{sea}}.")
    expect(field(page, "Answer for “great river”")).to_have_value("Danube")
    axe.check(page)


@pytest.mark.parametrize("touch", [False, True])
def test_areas_are_drawn_on_the_picture(arrive: Callable[..., Any], touch: bool) -> None:
    editor = EditorPage(arrive(**(TELEPHONE if touch else {})), f"Draws {touch}")
    page = editor.open("new/point")
    field(page, "Question").fill("Where is the hut?")
    field(page, "What the picture shows").fill("A plan")
    page.locator("#picture_file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png()})
    picture = page.locator("#areas img")
    expect(picture).to_be_visible()
    draw(page, (0.1, 0.2), (0.3, 0.6), touch=touch)
    expect(field(page, "Right area")).to_have_value(re.compile(r"(10|9\.\d|10\.\d) 20(\.\d)? "))
    draw(page, (0.9, 0.9), (0.5, 0.5), touch=touch)
    expect(field(page, "Wrong area 1")).to_have_value(re.compile(r"50|49\.\d|50\.\d"))
    expect(page.locator("#areas .point__box")).to_have_count(2)
    drawn = field(page, "Wrong area 1").input_value()
    draw(page, (0.5, 0.5), (0.501, 0.501), touch=touch)  # a click draws nothing
    field(page, "Right area").focus()
    draw(page, (0, 0), (0.25, 0.25), touch=touch)
    expect(field(page, "Right area")).to_have_value(re.compile(r"^0 0 2\d"))
    for label, text in {
        "Right place": "The hut", "Right place, in words": "At the top", "Wrong place 1": "The well",
        "Wrong place 1, in words": "At the bottom",
    }.items():  # fmt: skip
        field(page, label).fill(text)
    page.locator(".editor__save button[value=save]").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    body = editor.newest()
    assert body["distractors"][0]["area"] == [float(part) for part in drawn.split()]
    expect(page.locator("#areas .point__box")).to_have_count(2)


def png() -> bytes:
    data = BytesIO()
    Image.new("RGB", (400, 300), "white").save(data, "PNG")
    return data.getvalue()


def draw(page: Page, start: tuple[float, float], end: tuple[float, float], *, touch: bool) -> None:
    """Draw from one corner to the other, given as shares of the picture, with a mouse or a finger."""
    picture = page.locator("#areas img")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    (x1, y1), (x2, y2) = ((box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end))
    if not touch:
        page.mouse.move(x1, y1)
        page.mouse.down()
        page.mouse.move(x2, y2, steps=3)
        page.mouse.up()
        return
    finger = page.context.new_cdp_session(page)
    for what, points in (
        ("Start", [(x1, y1)]),
        ("Move", [((x1 + x2) / 2, (y1 + y2) / 2)]),
        ("Move", [(x2, y2)]),
        ("End", []),
    ):
        at = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{what}", "touchPoints": at})


def test_things_to_order_are_moved_in_the_preview_as_students_move_them(editor: EditorPage) -> None:
    page = editor.open("new/ordering")
    field(page, "Question").fill("In which order?")
    for place, thing in enumerate(["First", "Second", "Third"], start=1):
        field(page, f"Place {place}").fill(thing)
    expect(page.locator("#preview .ordering--moving .ordering__item")).to_have_count(3)
    field(page, "Question").fill("In which order now?")
    expect(page.locator("#preview .prompt__text")).to_have_text("In which order now?")
    expect(page.locator("#preview .ordering--moving .ordering__move")).to_have_count(6)


def test_all_of_it_works_without_javascript(arrive: Callable[..., Any]) -> None:
    editor = EditorPage(arrive(java_script_enabled=False), "Without scripts")
    page = editor.open(f"questions/{editor.question_id('nile-source-choice')}")
    field(page, "Question").fill("Who named it?")
    page.locator("#editor").get_by_role("button", name="Preview").click()
    expect(page.locator("#preview .prompt__text")).to_have_text("Who named it?")
    page.locator("#preview .choice").filter(has_text="Richard Burton").click()
    expect(page.locator("#preview .verdict")).to_contain_text("Not right")
    expect(field(page, "Question")).to_have_value("Who named it?")
    page.locator("#editor").get_by_role("button", name="Remove 3").click()
    expect(field(page, "Wrong choice 3")).to_have_value("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert len(editor.newest()["distractors"]) == 2
