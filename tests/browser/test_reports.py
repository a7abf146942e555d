"""The reports of a class in a browser: on a desk and on a phone, by keyboard, and without JavaScript."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe import check
from playwright.sync_api import expect
from sqlalchemy import select

from quizapp.demo.demo_class import ClassSize, DemoClass, make_class, remove_demo_data
from quizapp.models import Assignment, User
from quizapp.services.accounts import hash_password
from quizapp.services.sets.contents import read_stored_set

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def made(site: Any) -> Iterator[DemoClass]:
    with site.session() as session:
        size = ClassSize(students=14, facts=60, reviews=2500)
        source = read_stored_set(session, "april-1920")
        made = make_class(
            session, source, size=size, seed=3, password_hash=hash_password(PASSWORD, ""), now=site.noon,
            save=session.commit,
        )  # fmt: skip
    yield made
    with site.session() as session:
        remove_demo_data(session)


def log_in(visitor: Any, made: DemoClass) -> Any:
    visitor.page.goto("/login")
    visitor.page.get_by_label("User name").fill(made.teacher)
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(visitor.page.get_by_role("link", name="Account")).to_be_visible()
    return visitor


def pages(site: Any, made: DemoClass) -> list[str]:
    with site.session() as session:
        quiz = session.scalars(select(Assignment.id).where(Assignment.title == "Third test")).one()
        student = session.scalars(select(User.id).where(User.name == made.student)).one()
        set_id = session.scalars(select(Assignment.set_id).where(Assignment.id == quiz)).one()
    of_class, of_quiz = f"/classes/{made.class_id}", f"/assignments/{quiz}"
    return [
        f"{of_class}/report", f"{of_class}/students/{student}/report", f"{of_class}/map",
        f"{of_class}/map?rows=facts&when=exam&by=passage", f"{of_class}/gradebook", f"{of_quiz}/results",
        f"{of_quiz}/results/{student}", f"{of_quiz}/analysis", f"{of_class}/sets/{set_id}/analysis",
    ]  # fmt: skip


@pytest.mark.accessibility
def test_every_page_is_accessible_and_fits(visitor: Any, site: Any, made: DemoClass) -> None:
    page = log_in(visitor, made).page
    for path in pages(site, made):
        page.goto(path)
        check(page)


def test_a_teacher_assigns_what_will_be_forgotten_by_keyboard_and_without_javascript(
    arrive: Callable[..., Any], made: DemoClass
) -> None:
    page = log_in(arrive(java_script_enabled=False), made).page
    page.goto(f"/classes/{made.class_id}/report")
    page.get_by_role("link", name="Memory map").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="for today")
    expect(button).to_have_text("Assign the 40 least known facts for today")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("40 facts are assigned for today.")).to_be_visible()


def test_a_flagged_question_leads_to_its_editor_and_a_table_comes_as_a_file(
    arrive: Callable[..., Any], site: Any, made: DemoClass
) -> None:
    page = log_in(arrive(), made).page
    analysis = next(path for path in pages(site, made) if path.endswith("/analysis"))
    page.goto(analysis)
    expect(page.get_by_text("A wrong choice was picked more often than the right answer.").first).to_be_visible()
    page.get_by_role("link", name="Results").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download for Excel").click()
    assert download.value.suggested_filename == "Third-test.xlsx"
    page.goto(analysis)
    page.get_by_role("link", name="Edit question").first.click()
    page.wait_for_url("**/questions/*")
