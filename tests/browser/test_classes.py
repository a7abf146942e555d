"""A class from the board to the slips: with its teacher at a desk and a student at a telephone."""

import re
from collections.abc import Callable
from typing import Any

import axe
import pytest
from argon2 import PasswordHasher
from class_pages import work
from input_devices import TELEPHONE
from playwright.sync_api import Page, expect
from sqlalchemy import update

from quizapp.models import User
from quizapp.services import accounts

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_up(page: Page, name: str, *, teaches: bool = False) -> None:
    """Fill in the form that is on the screen."""
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.get_by_label("I want to teach" if teaches else "I want to learn").check()
    press(page, "Sign up")


def open_class(page: Page, name: str, title: str) -> str:
    """Sign up as a teacher and open a class; its join code."""
    page.goto("/signup")
    sign_up(page, name, teaches=True)
    page.goto("/classes/new")
    page.get_by_label("Class name").fill(title)
    press(page, "Create class")
    return page.locator(".join-code__code [aria-hidden]").inner_text()


def let_teacher_have_made(site: Any, name: str) -> None:
    """Let it be as if a teacher had made the account from a list."""
    with site.session() as session:
        session.execute(update(User).where(User.name == name).values(created_by_teacher=True))


def test_a_student_joins_with_the_code_and_is_looked_after(site: Any, page: Page, arrive: Callable[..., Any]) -> None:
    code = open_class(page, "Rasim of 9b", "History, 9b")
    student = arrive(**TELEPHONE).page
    student.goto("/join")
    student.get_by_label("Join code").fill(code.lower().replace("-", " "))
    press(student, "Continue")
    student.get_by_role("link", name="Sign up", exact=True).click()
    sign_up(student, "Aysel of 9b")
    press(student, "Join class")
    expect(student.get_by_role("heading", level=1)).to_have_text("History, 9b")

    page.reload()
    page.get_by_role("link", name="Aysel of 9b").click()
    page.get_by_label("Time allowance").fill("1.5")
    press(page, "Save")
    expect(page.get_by_role("row", name="Aysel of 9b")).to_contain_text("× 1.5")
    student.reload()
    expect(student.get_by_text("In quizzes, you get 1.5 times the usual time.")).to_be_visible()

    let_teacher_have_made(site, "Aysel of 9b")
    page.get_by_role("link", name="Aysel of 9b").click()
    page.get_by_role("link", name="Give new password").click()
    press(page, "Give new password")
    work(site.app)
    given = page.locator(".slip__typed").last.inner_text()  # the page has followed the work
    student.reload()
    student.get_by_label("User name").fill("Aysel of 9b")
    student.get_by_label("Password").fill(given)
    press(student, "Log in")
    student.get_by_label("New password", exact=True).fill("a password of my own")
    student.get_by_label("Repeat new password").fill("a password of my own")
    press(student, "Change password")
    expect(student.get_by_text("Rasim of 9b gave Aysel of 9b a new password.")).to_be_visible()

    page.get_by_role("link", name="Back to class").click()
    page.get_by_role("link", name="Aysel of 9b", exact=True).click()
    press(page, "Remove")
    press(page, "Add back")
    expect(page.get_by_role("row", name="Aysel of 9b")).to_be_visible()


@pytest.mark.accessibility
def test_a_pasted_list_becomes_slips_of_which_no_one_is_cut_by_the_page(site: Any, page: Page) -> None:
    open_class(page, "Rasim of 10a", "History, 10a")
    page.get_by_role("link", name="Add students from a list").click()
    rows = "".join(f"Məmmədova\tStudent {number}\t{'AB'[number % 2]}\n" for number in range(12))
    page.get_by_label("Students, one per line").fill(f"Soyad\tAd\tQrup\n{rows}Quliyev\tÇingiz\t\n")
    press(page, "Check the list")
    page.get_by_label("User name of Student 3 Məmmədova").fill("third")
    page.get_by_label("Add Çingiz Quliyev").uncheck()
    page.get_by_text("Columns", exact=True).click()
    axe.check(page)
    press(page, "Create accounts")
    expect(page.get_by_text("0 of 12 students")).to_be_visible()
    axe.check(page)
    work(site.app)
    expect(page.locator(".slip")).to_have_count(12)  # the page has followed the work
    expect(page.get_by_text("third", exact=True)).to_be_visible()
    axe.check(page)
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    for left_out in (".masthead", ".colophon", ".slips__advice", "h1"):
        expect(page.locator(left_out).first).to_be_hidden()
    assert {one.evaluate("slip => getComputedStyle(slip).breakInside") for one in page.locator(".slip").all()} == {
        "avoid"
    }
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_a_list_is_mapped_and_slips_are_renewed_without_javascript(site: Any, arrive: Callable[..., Any]) -> None:
    page = arrive(java_script_enabled=False, **TELEPHONE).page
    open_class(page, "Rasim of 7e", "History, 7e")
    page.get_by_role("link", name="Add students from a list").click()
    page.get_by_label("Students, one per line").fill("Anne\tSmith\nMary\tJones\n")
    press(page, "Check the list")
    page.get_by_label("Column 1").select_option("First name")
    page.get_by_label("Column 2").select_option("Surname")
    press(page, "Use these columns")
    press(page, "Create accounts")
    work(site.app)
    page.reload()
    expect(page.locator(".slip h2")).to_have_text(["Anne Smith", "Mary Jones"])
    press(page, "I have printed them")
    expect(page.locator(".roster tbody th")).to_have_text(["Mary Jones", "Anne Smith"])
    page.get_by_label("Choose Anne Smith").check()
    press(page, "New passwords for ticked students")
    press(page, "Give new password")
    work(site.app)
    page.reload()
    expect(page.locator(".slip h2")).to_have_text(["Anne Smith"])


@pytest.mark.accessibility
def test_every_page_of_a_class_is_for_everybody(
    site: Any, page: Page, arrive: Callable[..., Any], complaints: Any
) -> None:
    complaints.expect("status of 422")
    complaints.expect("status of 404")
    code = open_class(page, "Rasim of 11c", "History, 11c")
    here = re.sub(r".*?(/classes/\d+).*", r"\1", page.url)
    student = arrive().page
    student.goto(f"/join/{code}")
    axe.check(student)
    student.get_by_role("link", name="Sign up", exact=True).click()
    with student.expect_navigation():
        sign_up(student, "Aysel of 11c")
    axe.check(student)
    with student.expect_navigation():
        press(student, "Join class")
    axe.check(student)
    student.goto("/join/K7M-04T-X9P")
    axe.check(student)
    for path in ("/classes", here, f"{here}/teachers", f"{here}/settings", f"{here}/log", "/classes/new"):
        page.goto(path)
        axe.check(page)
    page.goto(here)
    with page.expect_navigation():
        page.get_by_role("link", name="Aysel of 11c").click()
    axe.check(page)
    let_teacher_have_made(site, "Aysel of 11c")
    page.reload()
    with page.expect_navigation():
        page.get_by_role("link", name="Give new password").click()
    axe.check(page)
    page.goto(f"{here}/add")
    page.get_by_label("Students, one per line").fill("Name,User name\nLeyla\nƏli,a\nRasim,Rasim of 11c\nLEYLA")
    with page.expect_navigation():
        press(page, "Check the list")
    with page.expect_navigation():
        press(page, "Create accounts")
    axe.check(page)
    page.goto(here)
    with page.expect_navigation():
        press(page, "New passwords for all")
    axe.check(page)


def test_a_class_is_opened_and_joined_with_the_keyboard_and_without_javascript(arrive: Callable[..., Any]) -> None:
    page = arrive(java_script_enabled=False).page
    code = open_class(page, "Rasim of 8d", "History, 8d")
    assert page.get_by_role("button", name="Copy link").count() == 0
    student = arrive(java_script_enabled=False).page
    student.goto("/signup")
    sign_up(student, "Aysel of 8d")
    student.goto("/join")
    student.get_by_label("Join code").focus()
    student.keyboard.type(code)
    student.keyboard.press("Enter")
    for _ in range(30):
        if student.get_by_role("button", name="Join class").evaluate("one => one === document.activeElement"):
            break
        student.keyboard.press("Tab")
    student.keyboard.press("Enter")
    expect(student.get_by_role("heading", level=1)).to_have_text("History, 8d")
