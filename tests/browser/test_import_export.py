"""Importing and exporting in a real browser: by keyboard, without scripts, and fit for everybody."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.models import Fact, QuestionSet

TABLE = "question\tanswer\tdistractors\ttopic\nLongest river of Africa?\tNile\tCongo | Niger\tAfrica\n"


def sign_up(page: Page, url: str, name: str) -> None:
    network = page.context.request
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', network.get(f"{url}/signup").text())
    assert token
    form = {"csrf_token": token[1], "name": name, "password": "correct horse", "repeated": "correct horse"}
    assert network.post(f"{url}/signup", form=form, max_redirects=0).status == 303


def imported(page: Page, title: str) -> str:
    """A set made of the table by pasting it; its id."""
    page.goto("/sets/import")
    page.get_by_label("Title of the set").fill(title)
    page.get_by_label("Or paste text").fill(TABLE)
    page.get_by_role("button", name="Preview import").click()
    page.get_by_role("button", name="Create set").click()
    page.wait_for_url(re.compile(r"/sets/\d+$"))
    return page.url.rpartition("/")[2]


def test_a_table_is_pasted_looked_at_and_taken_by_keyboard_alone(page: Page, site: Any) -> None:
    sign_up(page, site.url, "Pasting")
    page.goto("/sets/import")
    page.get_by_label("Title of the set").focus()
    page.keyboard.type("Pasted rivers")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(TABLE)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New questions (1)")).to_be_visible()
    with site.session() as session:
        assert session.scalar(select(QuestionSet).where(QuestionSet.title == "Pasted rivers")) is None
    page.get_by_role("button", name="Create set").press("Enter")
    page.wait_for_url(re.compile(r"/sets/\d+$"))
    with site.session() as session:
        row = session.scalars(select(QuestionSet).where(QuestionSet.title == "Pasted rivers")).one()
        (fact,) = session.scalars(select(Fact).where(Fact.set_id == row.id))
        assert [question.versions[-1].body["answer"] for question in fact.questions] == ["Nile"]


def test_an_export_is_edited_and_imported_without_scripts(
    arrive: Callable[..., Any], site: Any, tmp_path: Path
) -> None:
    page = arrive(java_script_enabled=False).page
    sign_up(page, site.url, "Scriptless")
    set_id = imported(page, "Plain rivers")
    page.goto(f"/sets/{set_id}/export")
    with page.expect_download() as download:
        page.locator("li").filter(has=page.get_by_role("heading", name="GIFT")).get_by_text("Download").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "~Congo" in text
    edited = tmp_path / "edited.gift"
    edited.write_text(text.replace("~Congo", "~The Congo"), encoding="utf-8")
    page.goto(f"/sets/{set_id}/import")
    page.get_by_label("File", exact=True).set_input_files(edited)
    page.get_by_role("button", name="Preview import").click()
    expect(page.get_by_role("heading", name="Changed questions (1)")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url(re.compile(r"/sets/\d+$"))
    page.goto(f"/sets/{set_id}/import")
    page.get_by_label("File", exact=True).set_input_files(edited)
    page.get_by_role("button", name="Preview import").click()
    expect(page.get_by_text("There is nothing to import")).to_be_visible()


def test_somebody_who_waits_sees_it(page: Page, site: Any) -> None:
    sign_up(page, site.url, "Waiting")
    page.goto("/sets/import")
    page.get_by_label("Or paste text").fill(TABLE)
    expect(page.locator("[data-working]")).to_be_hidden()
    page.evaluate("document.addEventListener('submit', event => event.preventDefault())")  # the answer does not come
    page.get_by_role("button", name="Preview import").click()
    expect(page.get_by_role("progressbar")).to_be_visible()


LETTERS = (
    "Nr,Frage,Eins,Zwei,Lösung\n"
    "1,Welcher Fluss ist länger?,Nil,Rhein,A\n"
    "2,Welcher Fluss fließt durch Budapest?,Elbe,Donau,B\n"
    "3,Welcher Fluss fließt durch Hamburg?,Elbe,Donau,E\n"
)


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Move the focus by keyboard to what has that label or text."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("[document.activeElement.ariaLabel, document.activeElement.textContent.trim()]").count(name):
            return
    raise AssertionError(name)


@pytest.mark.accessibility
@pytest.mark.usefixtures("without_workers")
def test_a_teacher_maps_columns_decides_about_a_row_and_imports_by_keyboard_alone(page: Page, site: Any) -> None:
    sign_up(page, site.url, "Mapping")
    page.goto("/sets/import")
    page.get_by_label("Title of the set").focus()
    page.keyboard.type("Mapped rivers")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(LETTERS)
    tab_to(page, "Preview import")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Table columns")).to_be_visible()
    check(page)
    for column, role in [("3, Eins", "Option"), ("4, Zwei", "Option"), ("5, Lösung", "Right answer (a letter)")]:
        tab_to(page, f"Column {column}")
        page.keyboard.type(role)
    expect(page.get_by_label("Column 5, Lösung")).to_have_value("right:letter")
    tab_to(page, "Preview import")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Rows to decide about (1)")).to_be_visible()
    expect(page.get_by_role("button", name="Create set")).to_have_count(0)
    check(page)
    page.get_by_text("Columns", exact=True).press("Enter")
    check(page)
    tab_to(page, "Decision about line 4")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Update preview")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New questions (3)")).to_be_visible()
    check(page)
    tab_to(page, "Create set")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/sets/\d+$"))
    with site.session() as session:
        row = session.scalars(select(QuestionSet).where(QuestionSet.title == "Mapped rivers")).one()
        facts = session.scalars(select(Fact).where(Fact.set_id == row.id).order_by(Fact.position))
        assert [fact.questions[0].versions[-1].body["answer"] for fact in facts] == ["Nil", "Donau", "Elbe"]


@pytest.mark.accessibility
@pytest.mark.usefixtures("without_workers")
def test_the_pages_are_fit_for_everybody(page: Page, site: Any, complaints: Any) -> None:
    complaints.expect("status of 422")
    sign_up(page, site.url, "Everybody")
    set_id = imported(page, "Fit rivers")
    page.goto(f"/sets/{set_id}/import")
    page.get_by_text("Table columns").click()
    check(page)
    page.get_by_role("button", name="Preview import").click()
    expect(page.get_by_text("Choose a file, or paste text below.")).to_be_visible()
    check(page)
    page.get_by_label("Or paste text").fill(TABLE.replace("Niger", "The Niger").replace("\ttopic", "\tcolour"))
    page.get_by_role("button", name="Preview import").click()
    expect(page.get_by_role("heading", name="Not imported")).to_be_visible()
    check(page)
    page.goto(f"/sets/{set_id}/export?format=gift")
    check(page)
