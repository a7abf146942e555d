"""The pages of sets in a browser without JavaScript."""

import re
from html import unescape

import pytest
from editor import text
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, send
from set_pages import NEW, TITLE, new_set, stored, values
from sets import begin, reload_sample, write
from sqlalchemy import select
from study import statements
from write_lock import watch

from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.sets import copies

ANIMALS = "dog - Hund\ncat - Katze\nmouse: Maus\nbird\tVogel\ntree  Baum"


# The first walk


@pytest.mark.both_databases
def test_it_works(app: Flask, author: FlaskClient) -> None:
    assert "You have no sets yet." in text(author.get("/sets").text)
    set_id = new_set(author, summary="Waters of spring")
    page = text(author.get("/sets").text)
    assert f"{TITLE} Waters of spring 0 facts, 0 questions · English · Private · last changed" in page
    row = stored(app, set_id)
    assert [topic["title"] for topic in row.header["topics"]] == ["Dates", "People"]
    assert (row.visibility, row.header["summary"]) == ("private", "Waters of spring")


def test_a_new_set_needs_a_title_alone(app: Flask, author: FlaskClient) -> None:
    refused = send(author, "/sets/new", title="  ", language="ru", topics="Даты")
    assert refused.status_code == 422
    assert "Give the set a title." in refused.text
    assert "Даты" in refused.text
    row = stored(app, new_set(author, "Озёра", topics=" \n\n"))
    assert (row.header["summary"], row.header["topics"][0]["title"]) == ("Озёра", "General")


def test_what_is_too_long_is_said_at_its_field_and_kept(author: FlaskClient) -> None:
    refused = send(author, "/sets/new", title="x" * 301, language="en", topics="y" * 301)
    assert refused.status_code == 422
    assert re.search(
        r'id="title-error">This field is too long: it has 301 characters, and 300 are allowed.', refused.text
    )
    assert "x" * 301 in refused.text
    assert re.search(r'id="topics-error">This field is too long', refused.text)


def test_a_guest_is_sent_to_sign_up_and_comes_back(app: Flask, client: FlaskClient) -> None:
    send(client, "/start", timezone="UTC")
    assert client.get("/sets").status_code == 200
    assert client.get("/sets/new").location == "/signup?next=/sets/new"
    page = client.get("/explore/sample").text
    assert "Sign up to copy" in page
    assert 'href="/signup?next=/explore/sample"' in page
    assert send(client, "/sets/duplicate", key="sample").location.startswith("/signup")


def test_looking_for_a_set(author: FlaskClient, colleague: FlaskClient) -> None:
    set_id = new_set(author, "Göllər və çaylar", language="az")
    assert "Nothing found" in colleague.get("/sets/public?q=goller").text
    send(author, f"/sets/{set_id}/visibility", visibility="public")
    page = text(colleague.get("/sets/public?q=GOLLER&language=az").text)
    assert "Göllər və çaylar 0 facts, 0 questions · Azerbaijani · by Aysel" in page
    assert "Copy to my sets" in page
    for asked in ("q=goller&language=en", "size=small&language=az", "q=%21"):
        assert "Nothing found" in colleague.get(f"/sets/public?{asked}").text
    assert "Three rivers" in colleague.get("/sets/public?size=small").text
    assert colleague.get("/sets/public?q=%01&page=-3&size=huge&language=%01").status_code == 200


def test_a_visitor_finds_and_studies_a_public_set(app: Flask, author: FlaskClient, client: FlaskClient) -> None:
    set_id = new_set(author, lines=ANIMALS)
    visitor = app.test_client()
    assert visitor.get("/sets").location == "/sets/public"
    assert TITLE not in visitor.get("/sets/public").text
    key = stored(app, set_id).key
    assert visitor.get(f"/study/{key}").status_code == 404
    send(author, f"/sets/{set_id}/visibility", visibility="public")
    assert TITLE in visitor.get("/sets/public").text
    assert send(visitor, "/start", set=key).location == "/review"
    assert "Sign up to make a set" in visitor.get("/sets").text
    assert TITLE in visitor.get("/sets").text


def test_study_on_a_set_studies_that_set(app: Flask, author: FlaskClient) -> None:
    send(author, "/start", set="sample")
    set_id = new_set(author, lines=ANIMALS)
    key = stored(app, set_id).key
    assert f'name="set" value="{key}"' in author.get(f"/sets/{set_id}").text
    started = send(author, "/start", set=key)
    assert started.location == f"/review?set={key}&new=10"
    assert "5 to go" in text(author.get(started.location).text)
    assert send(author, "/start", set=key).location == f"/review?set={key}"


# A set of cards


def test_a_set_is_made_with_its_cards_and_studied(app: Flask, author: FlaskClient) -> None:
    made = send(author, "/sets/new", do="study", **{**NEW, "lines": ANIMALS, "cards-both_directions": "y"})
    assert re.fullmatch(r"/review\?set=april-lakes-[0-9a-f]{16}&new=10", made.location)
    page = text(author.get(made.location).text)
    assert "5 to go" in page
    row = stored(app, 2)
    assert row.header["cards"] == {"both_directions": True, "typed": False, "choices": False}
    assert "5 facts, 5 questions" in text(author.get("/sets").text)
    settings = values(author.get(f"/sets/{row.id}/settings").text)
    assert (settings.get("cards-both_directions"), settings.get("cards-typed")) == ("y", None)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("dog - Hund\nHund", "Line 2: There is no answer. Write it after a tab, a dash or a colon."),
        ("", "Add at least one card."),
        ("x" * 200_001, "Use at most 200,000 characters."),
        ("\n".join(f"a{n} - b" for n in range(501)), "You can add at most 500 questions at once."),
    ],
)
def test_cards_that_will_not_do_save_nothing_and_stay(author: FlaskClient, lines: str, message: str) -> None:
    refused = send(author, "/sets/new", do="study", **{**NEW, "lines": lines})
    assert refused.status_code == 422
    assert message in text(refused.text)
    assert lines in unescape(refused.text)
    assert "You have no sets yet." in text(author.get("/sets").text)


def test_cards_are_previewed_while_they_are_typed(author: FlaskClient) -> None:
    token = security_token(author)
    data = {"csrf_token": token, "lines": ANIMALS + "\nlonely", "language": "en", "cards-typed": "y"}
    part = author.post("/sets/new", data=data, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "5 cards, 1 line without an answer dog Hund" in text(part.text)


# Folders


def test_folders_come_and_go_with_their_sets(author: FlaskClient) -> None:
    set_id = new_set(author)
    moved = send(author, f"/sets/{set_id}/folder", folder="  Green   things ")
    assert moved.location == "/sets?folder=Green+things"
    assert TITLE in author.get(moved.location).text
    renamed = send(author, "/sets/folders", folder="Green things", name="Nature")
    page = text(author.get(renamed.location).text)
    assert (renamed.location, "Nature 1 set" in page, TITLE in page) == ("/sets?folder=Nature", True, True)
    assert "Type a name" in author.get(send(author, "/sets/folders", folder="Nature", name=" ").location).text
    assert send(author, "/sets/folders", folder="Nature", do="remove").location == "/sets"
    page = text(author.get("/sets").text)
    assert (TITLE in page, "Nature" in page) == (True, False)
    send(author, f"/sets/{set_id}/folder", folder="x" * 100)
    send(author, f"/sets/{set_id}/folder", folder="")
    assert "xxx" not in author.get("/sets").text


# The link


def test_a_link_offers_a_set_with_its_options(app: Flask, author: FlaskClient) -> None:
    set_id = new_set(author, lines=ANIMALS, **{"cards-typed": "y"})
    send(author, f"/sets/{set_id}/visibility", visibility="link")
    page = author.get(f"/sets/{set_id}/sharing?kinds=typed&kinds=nonsense&new=2").text
    link = re.search(r'class="set-address" href="http://localhost(/study/[^"]+)"', page)
    assert link
    address = unescape(link[1])
    assert address.endswith("?kinds=typed&n=2")
    assert "Type a whole number" in author.get(f"/sets/{set_id}/sharing?new=0").text
    visitor = app.test_client()
    offered = visitor.get(address)
    assert "5 facts · Typed answer · up to 2 new facts today" in text(offered.text)
    key = stored(app, set_id).key
    started = send(visitor, "/start", set=key, kinds="typed", new="2")
    assert started.location == f"/review?set={key}&kinds=typed&new=2"
    assert "2 to go" in text(visitor.get(started.location).text)
    assert "no questions of the kind in the link" in visitor.get(f"/study/{key}?kinds=essay").text
    assert visitor.get(f"/study/{key}?kinds=x,,&n=-1").status_code == 200
    send(author, f"/sets/{set_id}/visibility", visibility="private")
    assert app.test_client().get(address).status_code == 404


def test_parts_without_anything_to_show_have_no_tab(app: Flask, author: FlaskClient) -> None:
    key = stored(app, new_set(author, lines=ANIMALS)).key
    page = author.get(f"/explore/{key}").text
    for part, message in [("timeline", "no dated facts yet"), ("actors", "no people, groups or places yet"),
                          ("causes", "no causes yet"), ("passages", "no passages yet")]:  # fmt: skip
        assert f"/explore/{key}/{part}" not in page
        assert f"This set has {message}" in text(author.get(f"/explore/{key}/{part}").text)


def test_many_sets_take_no_more_statements(app: Flask, author: FlaskClient) -> None:
    def load() -> None:
        assert author.get("/sets").status_code == 200

    with app.app_context():
        session = db.session()
        user = session.scalars(select(User)).one()
        write(session, begin(session, user), 3)
        session.commit()
        load()  # who is asking is looked up once in a context that stays open
        few = statements(session, load)
        for number in range(30):
            write(session, begin(session, user, f"Lakes {number}"), 3)
        session.commit()
        assert statements(session, load) == few <= 10
    assert 'rel="next" href="/sets?page=2"' in author.get("/sets").text


# Copies


def test_a_set_is_copied_from_its_page(app: Flask, author: FlaskClient) -> None:
    page = author.get("/explore/sample").text
    assert re.search(r'action="/sets/duplicate">.*?name="key" value="sample"', page, re.S)
    copied = send(author, "/sets/duplicate", key="sample")
    set_id = int(copied.location.removeprefix("/sets/"))
    assert stored(app, set_id).title == "Three rivers (copy)"
    assert (
        "“Three rivers (copy)” is now one of your sets. Nobody else sees it until you share it."
        in author.get("/sets").text
    )
    assert f'href="/sets/{set_id}/updates"' in author.get("/sets").text
    for key in ("nowhere", ""):
        assert send(author, "/sets/duplicate", key=key).status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_set_is_read_before_the_transaction_that_copies_or_updates_it(
    author: FlaskClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = watch(monkeypatch, database_url, copies, "read_document")
    address = send(author, "/sets/duplicate", key="sample").location
    assert send(author, f"{address}/updates").status_code == 303
    assert read == [True, True]


@pytest.mark.both_databases
def test_a_copy_shows_what_is_new_before_taking_it(app: Flask, author: FlaskClient) -> None:
    address = send(author, "/sets/duplicate", key="sample").location + "/updates"
    assert "It’s up to date." in text(author.get(address).text)
    with app.app_context():
        reload_sample(db.session(), without="nile-date", nile_quarrel="Burton argued with Speke.")
        db.session.commit()
    page = author.get(address).text
    assert "There are 2 updates." in text(page)
    assert re.search(r"<del>.*?quarrelled.*?</del>.*?<ins>.*?argued.*?</ins>", page, re.S)
    assert "Removed from the original (1)" in page
    assert "Speke reached Lake Victoria on 3 August 1858." in page
    assert send(author, address).location == address
    page = text(author.get(address).text)
    assert "Updated: 0 added, 1 changed, 1 archived." in page
    assert "It’s up to date." in page


def test_an_original_no_longer_shown_is_said(author: FlaskClient, colleague: FlaskClient) -> None:
    set_id = new_set(author)
    send(author, f"/sets/{set_id}/visibility", visibility="public")
    key = re.search(r"/study/([a-z0-9-]+)", author.get(f"/sets/{set_id}/sharing").text)
    assert key
    address = send(colleague, "/sets/duplicate", key=key[1]).location + "/updates"
    assert colleague.get(address).status_code == 200
    send(author, f"/sets/{set_id}/visibility", visibility="private")
    assert "You can no longer see the set" in text(colleague.get(address).text)
    assert send(colleague, address).status_code == 404
