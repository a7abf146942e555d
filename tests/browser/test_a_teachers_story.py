"""A teacher's first weeks, from signing up to regrading, and two students in them, each at a browser of their own."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

PASSWORD = "correct horse battery"
# A question, its answer and two wrong choices a line; the second line takes a wrong choice for the answer.
PASTED = (
    "Which river does the train cross at night?\tSamur\tKura\tAraz\n"
    "Which port does the train reach at dawn?\tDerbent\tBaku\tPoti\n"
)


def sign_up(page: Page, name: str, *, role: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.get_by_label(role).check()
    page.get_by_role("button", name="Sign up").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sees(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("main")).to_contain_text(text)


def make_a_set_ones_own(page: Page) -> str:
    """The address of the copy of the built-in set."""
    page.goto("/signup")
    sign_up(page, "Gulshan", role="I want to teach")
    page.get_by_role("button", name=re.compile("^Copy “April 1920")).click()
    sees(page, "is now one of your sets")
    return page.url


def mend_a_question(page: Page, set_address: str) -> None:
    page.goto(set_address + "?q=act+together")
    page.locator("main").get_by_role("link", name=re.compile("^When did Chicherin propose to Azerbaijan")).click()
    page.get_by_label("Question", exact=True).fill("On which day of 1920 did Chicherin propose to act together?")
    expect(page.locator(".prompt__text")).to_have_text(re.compile("propose to act together"))  # the preview follows
    page.keyboard.press("Control+s")
    sees(page, "Saved.")


def import_lines(page: Page, set_address: str) -> None:
    page.goto(f"{set_address}/import")
    page.get_by_label("Or paste text").fill(PASTED)
    press(page, "Preview import")
    sees(page, "Check what each column contains")  # questions, answers and wrong answers, as was guessed
    press(page, "Preview import")
    sees(page, re.compile(r"new\s*2"))
    press(page, "Import")
    sees(page, "2 new questions")
    page.goto(f"{set_address}?q=which+port")
    sees(page, "Which port does the train reach at dawn?")


def open_a_class(page: Page) -> str:
    """The address at which it is joined."""
    page.goto("/classes")
    page.get_by_role("link", name="Create class").click()
    page.get_by_label("Class name").fill("History, 7b")
    press(page, "Create class")
    return page.locator("#join-link").get_attribute("href") or ""


def assign_a_quiz(page: Page) -> str:
    """The address of a quiz of the two imported questions."""
    page.get_by_role("link", name="New assignment").click()
    page.get_by_role("listitem").filter(has_text="(copy)").get_by_role("link", name="Assign a quiz").click()
    page.get_by_label("Title").fill("The night train")
    page.get_by_label("Attempts").fill("1")
    page.get_by_label("Chosen by you").check()
    page.get_by_text(re.compile("^Chosen questions")).click()
    page.get_by_label("Words in the question").fill("does the train")
    press(page, "Search questions")
    for words in ("cross at night", "reach at dawn"):
        page.get_by_label(re.compile(words)).check()
    press(page, "Add ticked questions")
    sees(page, "Chosen questions (2)")
    press(page, "Assign")
    sees(page, "Assigned.")
    return re.sub(r"[?#].*", "", page.url)


def join_and_answer(page: Page, name: str, join: str, answers: list[str]) -> None:
    page.goto(join)
    page.get_by_role("link", name="Sign up").click()
    sign_up(page, name, role="I want to learn")
    press(page, "Join class")
    page.get_by_role("link", name="The night train").first.click()
    press(page, "Start quiz")
    for _ in answers:
        before, question = page.url, page.locator(".prompt__text").inner_text()
        page.get_by_role("button", name=answers["dawn" in question]).click()
        page.wait_for_url(lambda address, before=before: address != before)
    press(page, "Hand in")
    sees(page, "1 of 2")


def marks(page: Page, quiz: str) -> dict[str, str]:
    """What each student reached, as the results tell it."""
    page.goto(f"{quiz}/results")
    cells = [row.split("\t") for row in page.locator("tbody tr").all_inner_texts()]
    return {row[0]: row[1] for row in cells if row[0] in ("Rahim", "Elnur")}


def set_the_key_right(page: Page, set_address: str) -> None:
    page.goto(set_address + "?q=dawn")
    page.locator("main").get_by_role("link", name="Which port does the train reach at dawn?").last.click()
    page.get_by_label("Right answer").fill("Baku")
    page.get_by_label("Wrong choice 1", exact=True).fill("Derbent")
    press(page, "Save")
    sees(page, "Saved.")


def regrade(page: Page, quiz: str) -> None:
    page.goto(quiz)
    page.get_by_role("link", name="Regrade everyone").click()
    sees(page, "2 answers would get a different mark")
    press(page, "Regrade everyone")
    sees(page, "2 answers got a different mark")


def test_from_signing_up_to_regrading(arrive: Callable[..., Any]) -> None:
    teacher = arrive().page
    set_address = make_a_set_ones_own(teacher)
    mend_a_question(teacher, set_address)
    import_lines(teacher, set_address)
    join = open_a_class(teacher)
    quiz = assign_a_quiz(teacher)

    rahim, elnur = arrive().page, arrive().page
    join_and_answer(rahim, "Rahim", join, ["Samur", "Baku"])
    join_and_answer(elnur, "Elnur", join, ["Kura", "Derbent"])
    assert "Elnur" not in rahim.content()

    assert marks(teacher, quiz) == {"Rahim": "1 of 2", "Elnur": "1 of 2"}
    set_the_key_right(teacher, set_address)
    regrade(teacher, quiz)
    assert marks(teacher, quiz) == {"Rahim": "2 of 2", "Elnur": "0 of 2"}
    elnur.reload()
    sees(elnur, "0 of 2 marks")
    teacher.goto(f"{quiz}/analysis")
    sees(teacher, "Right answer: Baku.")
