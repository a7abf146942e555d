"""The pages of sets in a browser without JavaScript."""

import re
from html import unescape

import pytest
from editor import text
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, send, sign_up
from sets import begin, reload_sample, write
from sqlalchemy import select
from study import NOON, statements
from werkzeug.test import TestResponse
from write_lock import watch

from quizapp.extensions import db
from quizapp.models import QuestionSet, User
from quizapp.services.sets import copies, ownership

TITLE = "April lakes"
NEW = {"title": TITLE, "language": "en", "topics": "General"}
ANIMALS = "dog - Hund\ncat - Katze\nmouse: Maus\nbird\tVogel\ntree  Baum"


@pytest.fixture
def author(client: FlaskClient) -> FlaskClient:
    """A browser of Aysel, who has an account."""
    sign_up(client)
    return client


@pytest.fixture
def colleague(app: Flask) -> FlaskClient:
    """A browser of Rauf, who has one too."""
    client = app.test_client()
    sign_up(client, "Rauf")
    return client


def new_set(client: FlaskClient, title: str = TITLE, **fields: str) -> int:
    """Begin a set; its id."""
    made = send(client, "/sets/new", title=title, **{"language": "en", "topics": "Dates\nPeople", **fields})
    assert made.status_code == 303, text(made.text)
    found = re.fullmatch(r"/sets/(\d+)", made.location)
    assert found
    return int(found[1])


def values(page: str) -> dict[str, str]:
    """What the form of a page would post if nothing were touched."""
    form = page[page.index('class="form') : page.index("</form>", page.index('class="form'))]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            fields[name[1]] = value[1] if value else ""
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        fields[name] = re.findall(r'<option[^>]* selected value="([^"]*)"', options)[0]
    return {name: unescape(value) for name, value in fields.items() if name != "csrf_token"}


def save(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Change these fields of a page's form and post it."""
    return send(client, address, **{**values(client.get(address).text), **fields})


def stored(app: Flask, set_id: int) -> QuestionSet:
    with app.app_context():
        return db.session().get_one(QuestionSet, set_id)


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
