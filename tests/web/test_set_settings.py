"""The settings, passages and sharing of a set in a browser without JavaScript."""

import re
from html import unescape

import pytest
from editor import text
from flask import Flask
from flask.testing import FlaskClient
from people import send
from set_pages import TITLE, new_set, save, stored, values
from sets import write
from sqlalchemy import select
from study import NOON

from quizapp.extensions import db
from quizapp.models import QuestionSet, User
from quizapp.services.sets import ownership

# Settings


def test_settings_are_saved(app: Flask, author: FlaskClient) -> None:
    address = f"/sets/{new_set(author)}/settings"
    saved = save(author, address, title="Bogs", summary="Wet *ground*.", language="az", licence="CC BY 4.0",
                 **{"source-title": "On bogs", "source-year": "1999", "source-url": "https://example.org",
                    "topics-1-title": "Persons"})  # fmt: skip
    assert (saved.status_code, saved.location) == (303, address)
    assert values(author.get(address).text).items() >= {
        "title": "Bogs", "summary": "Wet *ground*.", "language": "az", "licence": "CC BY 4.0",
        "source-title": "On bogs", "source-author": "", "source-year": "1999",
        "source-url": "https://example.org", "topics-1-title": "Persons", "topics-1-key": "people",
    }.items()  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"title": ""}, "title", "This field is empty. Fill it in."),
        ({"source-author": "A. Writer"}, "source-title", "This field is empty. Fill it in."),
        ({"source-title": "A", "source-year": "long ago"}, "source-year", "Type the year as a number"),
        ({"source-title": "A", "source-url": "javascript:alert(1)"}, "source-url", "Begin the address with https://"),
        ({"topics-1-title": ""}, "topics-1-title", "This field is empty. Fill it in."),
        ({"topics-1-title": "dates"}, "topics-1-title", "Another topic has this title. Choose a different one."),
        ({"topics-0-summary": "x" * 4001}, "topics-0-summary", "is too long"),
        ({"language": "xx"}, "language", "Not a valid choice"),
    ],
)
def test_what_will_not_do_is_said_where_it_was_typed(
    app: Flask, author: FlaskClient, fields: dict[str, str], field: str, message: str
) -> None:
    set_id = new_set(author)
    refused = save(author, f"/sets/{set_id}/settings", licence="Mine", **fields)
    assert refused.status_code == 422
    error = re.search(rf'id="{field}-error">([^<]+)', refused.text)
    assert error, text(refused.text)
    assert message in unescape(error[1])
    assert 'value="Mine"' in refused.text
    assert stored(app, set_id).header["licence"] is None


def test_topics_are_moved_added_and_removed_before_saving(app: Flask, author: FlaskClient) -> None:
    set_id = new_set(author)
    address = f"/sets/{set_id}/settings"

    def titles(page: str) -> list[str]:
        return [value for name, value in values(page).items() if re.fullmatch(r"topics-\d+-title", name)]

    def press(page: str, row: str, **fields: str) -> str:
        return send(author, address, **{**values(page), **fields, "row": row}).text

    page = press(author.get(address).text, "add", title="Typed")
    page = press(page, "up-2", **{"topics-2-title": "Causes"})
    assert titles(page) == ["Dates", "Causes", "People"]
    page = press(press(page, "down-0"), "remove-2")
    assert titles(page) == ["Causes", "Dates"]
    for nonsense in ("up-0", "down-99", "remove-", "remove--1", "sideways-1", "x"):
        assert titles(press(page, nonsense)) == ["Causes", "Dates"]
    assert values(page)["title"] == "Typed"
    assert [topic["title"] for topic in stored(app, set_id).header["topics"]] == ["Dates", "People"]
    assert send(author, address, **values(page)).status_code == 303
    assert [topic["key"] for topic in stored(app, set_id).header["topics"]] == ["causes", "dates"]


def test_a_button_of_no_topic_changes_nothing(author: FlaskClient) -> None:
    page = send(author, f"/sets/{new_set(author)}/settings", row="up-" + "9" * 5000)
    assert page.status_code == 200


def test_a_topic_with_facts_comes_back(app: Flask, author: FlaskClient) -> None:
    set_id = new_set(author)
    with app.app_context():
        write(db.session(), db.session().get_one(QuestionSet, set_id), topic="people")
        db.session.commit()
    address = f"/sets/{set_id}/settings"
    page = author.get(address).text
    assert "Remove: People" not in page
    typed = {name: value for name, value in values(page).items() if not name.startswith("topics-1")}
    refused = send(author, address, **typed)
    assert refused.status_code == 422
    assert "This topic still has facts. Move them to another topic before you remove it." in refused.text
    assert send(author, address, **values(refused.text)).status_code == 303


def test_who_saves_second_sees_both_texts(app: Flask, author: FlaskClient, colleague: FlaskClient) -> None:
    set_id = new_set(author)
    send(author, f"/sets/{set_id}/authors", name="rauf")
    address = f"/sets/{set_id}/settings"
    typed = values(colleague.get(address).text)
    save(author, address, title="Bogs")
    refused = send(colleague, address, **{**typed, "title": "Fens"})
    assert refused.status_code == 409
    assert "Someone else saved while you were editing." in refused.text
    assert re.search(r"<del>.*?Bogs.*?</del>.*?<ins>.*?Fens.*?</ins>", refused.text, re.S)
    assert (values(refused.text)["title"], stored(app, set_id).title) == ("Fens", "Bogs")
    assert send(colleague, address, **values(refused.text)).status_code == 303
    assert stored(app, set_id).title == "Fens"


# Passages


@pytest.mark.both_databases
def test_passages_are_written(author: FlaskClient) -> None:
    address = f"/sets/{new_set(author)}/passages"
    assert values(author.get(address).text)["number"] == "1"
    assert save(author, address, title="Sources", digest="They *begin*.").status_code == 303
    assert "¶ 1. Sources" in text(author.get(address).text)
    assert save(author, f"{address}/1", number="4", title="Mouths").location == address
    assert author.get(f"{address}/1").status_code == 404
    page = author.get(f"{address}/4").text
    assert values(page)["digest"] == "They *begin*."
    send(author, f"{address}/4/remove", base=values(page)["base"])
    assert "There are no passages yet" in text(author.get(address).text)


@pytest.mark.parametrize(
    ("fields", "field"), [({"number": "0"}, "number"), ({"number": "x"}, "number"), ({"title": ""}, "title"),
                          ({"digest": ""}, "digest"), ({"number": "1"}, "number")],
)  # fmt: skip
def test_a_passage_that_will_not_do_is_kept_as_typed(author: FlaskClient, fields: dict[str, str], field: str) -> None:
    address = f"/sets/{new_set(author)}/passages"
    save(author, address, title="Sources", digest="They begin.")
    refused = save(author, address, **{"title": "Mouths", "digest": "They end.", **fields})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text


def test_a_passage_changed_by_another_is_shown_beside_ones_own(author: FlaskClient) -> None:
    address = f"/sets/{new_set(author)}/passages"
    save(author, address, title="Sources", digest="They begin.")
    typed = values(author.get(f"{address}/1").text)
    save(author, f"{address}/1", digest="They rise.")
    refused = send(author, f"{address}/1", **{**typed, "digest": "They spring."})
    assert refused.status_code == 409
    assert re.search(r"<del>.*?rise.*?</del>.*?<ins>.*?spring.*?</ins>", refused.text, re.S)
    send(author, f"{address}/1/remove", base=typed["base"])
    assert "Passage 1 was not removed" in text(author.get(address).text)
    assert author.get(f"{address}/1").status_code == 200
    assert send(author, f"{address}/1", **values(refused.text)).status_code == 303


# Sharing


def test_sharing_says_what_it_means_and_shows_the_address(author: FlaskClient) -> None:
    set_id = new_set(author)
    address = f"/sets/{set_id}/sharing"
    assert "Nobody else can find or open it" in text(author.get(address).text)
    assert "/study/" not in author.get(address).text
    send(author, f"/sets/{set_id}/visibility", visibility="link")
    assert re.search(r'href="http://localhost/study/april-lakes-[0-9a-f]{16}"', author.get(address).text)
    send(author, f"/sets/{set_id}/visibility", visibility="everywhere")
    assert "Choose who can see the set." in author.get(address).text


def test_co_authors_come_and_go(author: FlaskClient, colleague: FlaskClient) -> None:
    set_id = new_set(author)
    for name, message in [("Nobody", "Nobody has the user name “Nobody”."), ("", "Type a user name."),
                          ("Aysel", "“Aysel” is already an author of this set.")]:  # fmt: skip
        refused = send(author, f"/sets/{set_id}/authors", name=name)
        assert (refused.status_code, message in unescape(refused.text)) == (422, True)
    send(author, f"/sets/{set_id}/authors", name="RAUF")
    assert "Co-author with Aysel" in text(colleague.get("/sets").text)
    page = colleague.get(f"/sets/{set_id}/sharing").text
    assert "Stop being a co-author" in page
    assert "Remove Rauf" not in page
    rauf = re.search(r"/authors/(\d+)/hand-over", author.get(f"/sets/{set_id}/sharing").text)
    assert rauf
    assert "Make Rauf the owner?" in author.get(f"/sets/{set_id}{rauf[0]}").text
    send(author, f"/sets/{set_id}/authors/{rauf[1]}/hand-over")
    assert send(author, f"/sets/{set_id}/leave").location == "/sets"
    assert author.get(f"/sets/{set_id}/sharing").status_code == 404
    log = text(colleague.get(f"/sets/{set_id}/log").text)
    assert "Aysel made Rauf a co-author." in log
    assert "Aysel handed the set over to Rauf." in log


def test_archiving_can_be_undone(app: Flask, author: FlaskClient) -> None:
    set_id = new_set(author)
    away = send(author, f"/sets/{set_id}/archive")
    assert away.location == f"/sets?archived={set_id}"
    page = author.get(away.location).text
    assert f"“{TITLE}” is archived. People who study it can continue." in text(page)
    assert re.search(rf'action="/sets/{set_id}/restore">.*?Undo', page, re.S)
    assert "Nothing found" in author.get("/sets?q=april").text
    send(author, f"/sets/{set_id}/restore")
    assert TITLE in text(author.get("/sets?q=april").text)


@pytest.mark.both_databases
def test_the_record_has_pages(app: Flask, author: FlaskClient) -> None:
    set_id = new_set(author)
    with app.app_context():
        session = db.session()
        user = session.scalars(select(User)).one()
        for number in range(60):
            ownership.set_visibility(session, user, set_id, ("link", "public")[number % 2], now=NOON)
        session.commit()
    address = f"/sets/{set_id}/log"
    newest, older = author.get(address).text, author.get(f"{address}?page=2").text
    assert [page.count("Aysel made the set") for page in (newest, older)] == [50, 10]
    assert f'rel="next" href="{address}?page=2"' in newest
