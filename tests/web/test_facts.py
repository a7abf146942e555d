"""The pages of a set's authors, as a browser without JavaScript uses them."""

import re
from html import unescape

import pytest
from facts import big_set, browser_of, empty_set, fact, form_of, keys_in_order, rivers, undo
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp.models import Fact, Memory, QuestionSet, User

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def author(session: Session) -> User:
    return person(session, "Aysel")


@pytest.fixture
def row(session: Session, author: User) -> QuestionSet:
    return rivers(session, author)


@pytest.fixture
def client(app: Flask, author: User, session: Session) -> FlaskClient:
    session.commit()
    return browser_of(app, author)


# The page


@pytest.mark.both_databases
def test_it_works(client: FlaskClient, row: QuestionSet) -> None:
    page = client.get(f"/sets/{row.id}").text
    for words in (
        "Speke named Lake Victoria as the source of the Nile in 1858.",
        "Who named Lake Victoria as the source of the Nile?",
        "New question",
        "Quick entry",
        "View as a student",
    ):
        assert words in page
    for address in ("import", "export", "settings", "new/choice", "names"):
        assert f'"/sets/{row.id}/{address}"' in page


def test_an_empty_set_says_what_to_do_first(client: FlaskClient, session: Session, author: User) -> None:
    page = client.get(f"/sets/{empty_set(session, author).id}").text
    assert "No facts yet" in page
    assert "Ticked facts" not in page


def test_who_may_only_read_is_sent_to_where_it_is_read(app: Flask, session: Session, row: QuestionSet) -> None:
    reader = person(session, "Reader")
    row.visibility = "link"
    session.commit()
    response = browser_of(app, reader).get(f"/sets/{row.id}")
    assert (response.status_code, response.location) == (303, f"/explore/{row.key}")
    assert app.test_client().get(f"/sets/{row.id}").location == f"/explore/{row.key}"
    row.visibility = "private"
    session.commit()
    assert browser_of(app, reader).get(f"/sets/{row.id}").status_code == 404


@on_sqlite
def test_a_large_set_is_cut_into_pages_that_keep_the_filters(
    client: FlaskClient, session: Session, author: User
) -> None:
    large = big_set(session, author, 130)
    page = client.get(f"/sets/{large.id}?kind=typed").text
    assert page.count('class="authored"') == 9
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert "kind=typed" in following[1]
    assert client.get(unescape(following[1])).text.count('class="authored"') == 9
    assert client.get(f"/sets/{large.id}?page=99").text.count('class="authored"') == 4
    assert client.get(f"/sets/{large.id}?page=nonsense&passage=x&kind=y").status_code == 200


@on_sqlite
def test_what_is_typed_into_the_filter_is_shown_as_text(client: FlaskClient, row: QuestionSet) -> None:
    page = client.get(f"/sets/{row.id}", query_string={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
    assert "No facts match" in page


def test_a_fact_moves_and_moves_back(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    page, moved = f"/sets/{row.id}", fact(session, row, "nile-quarrel").id
    response = send(client, f"{page}/facts/{moved}/move", to="1", next=f"{page}?topic=actors")
    assert response.location == f"{page}?topic=actors#fact-{moved}"
    assert keys_in_order(session, row)[0] == "nile-quarrel"
    undo(client, page)
    assert keys_in_order(session, row)[0] == "nile-source"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/sets/999", "/logout"])
@on_sqlite
def test_no_form_leads_away(client: FlaskClient, session: Session, row: QuestionSet, elsewhere: str) -> None:
    page, moved = f"/sets/{row.id}", fact(session, row, "nile-quarrel").id
    response = send(client, f"{page}/facts/{moved}/move", to="1", next=elsewhere)
    assert response.location == f"{page}#fact-{moved}"


def test_a_question_moves_among_the_forms_of_its_fact(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    page, stored = f"/sets/{row.id}", fact(session, row, "nile-source")
    first, second, _ = [question.id for question in stored.questions]
    send(client, f"{page}/facts/{stored.id}/questions/{first}/move", step="1")
    session.expire_all()
    assert [question.id for question in fact(session, row, "nile-source").questions][:2] == [second, first]


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"do": "topic", "topic": "dates"}, {"topic": "dates"}),
        ({"do": "tag", "tag": "exam"}, {"tags": ["exam"]}),
    ],
)
def test_ticked_facts_are_changed_and_changed_back(
    client: FlaskClient, session: Session, row: QuestionSet, fields: dict[str, str], changed: dict[str, object]
) -> None:
    page = f"/sets/{row.id}"
    ticked = [fact(session, row, key).id for key in ("nile-source", "nile-quarrel")]
    before = {name: getattr(fact(session, row, "nile-source"), name) for name in changed}
    send(client, f"{page}/bulk", fact=ticked, **fields)
    for key in ("nile-source", "nile-quarrel"):
        assert {name: getattr(fact(session, row, key), name) for name in changed} == changed
    undo(client, page)
    for key in ("nile-source", "nile-quarrel"):
        assert {name: getattr(fact(session, row, key), name) for name in changed} == before


@pytest.mark.both_databases
def test_ticked_facts_are_archived_and_come_back(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    page = f"/sets/{row.id}"
    ticked = [fact(session, row, key).id for key in ("nile-source", "nile-quarrel")]
    send(client, f"{page}/bulk", do="archive", fact=ticked)
    assert client.get(page).text.count('class="authored"') == 1
    assert fact(session, row, "nile-source").archived_at is not None
    send(client, f"{page}/bulk", do="restore", fact=ticked[:1])
    assert fact(session, row, "nile-source").archived_at is None
    undo(client, page)
    assert fact(session, row, "nile-source").archived_at is not None


def test_ticked_facts_go_to_another_set_and_come_back(
    client: FlaskClient, session: Session, author: User, row: QuestionSet
) -> None:
    other = empty_set(session, author)
    page = f"/sets/{row.id}"
    ticked = [fact(session, row, "nile-date").id]
    send(client, f"{page}/bulk", do="set", set=other.id, fact=ticked)
    assert keys_in_order(session, other) == ["nile-date"]
    undo(client, page)
    assert keys_in_order(session, other) == []
    assert "nile-date" in keys_in_order(session, row)


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "archive", "fact": ""},
        {"do": "nothing", "fact": "1"},
        {"do": "topic", "topic": "no-topic"},
        {"do": "tag", "tag": " "},
        {"do": "tag", "tag": "a|b"},
        {"do": "set"},
        {"do": "archive", "fact": "99999999999999999999"},
        {"do": "archive", "fact": "x"},
    ],
)
@on_sqlite
def test_what_cannot_be_done_changes_nothing(
    client: FlaskClient, session: Session, row: QuestionSet, fields: dict[str, str]
) -> None:
    page = f"/sets/{row.id}"
    fields = {"fact": str(fact(session, row, "nile-source").id), **fields}
    assert send(client, f"{page}/bulk", **fields).status_code == 303
    assert 'class="notice notice--bad"' in client.get(page).text
    stored = session.scalars(select(Fact).where(Fact.set_id == row.id)).all()
    assert all(one.version == 1 and one.archived_at is None for one in stored)


# A fact


def edit(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data=form_of(client.get(address).text, address) | fields)


def test_a_fact_is_edited(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    stored = fact(session, row, "nile-date")
    address = f"/sets/{row.id}/facts/{stored.id}"
    response = edit(
        client,
        address,
        statement="Speke came to the lake.",
        date="August 1858",
        tags="Exam, lakes , exam",
        importance="3",
        passages=["2"],
        actors=["speke"],
        **{"leads_to-0-fact": "burton quarrelled with speke over the source of the nile", "leads_to-0-why": "Doubt."},
    )
    assert (response.status_code, response.location) == (303, address)
    stored = fact(session, row, "nile-date")
    assert stored.statement == "Speke came to the lake."
    assert (stored.date, stored.tags, stored.passages) == ("1858-08", ["Exam", "lakes"], [2])
    assert stored.importance == 3
    assert (stored.actors, stored.leads_to) == (["speke"], {"nile-quarrel": "Doubt."})
    assert "history" in client.get(address).text
    history = client.get(f"{address}/history").text
    assert "Version 2" in history
    assert "Aysel" in history
    assert "(added: " in history


def test_a_fact_page_says_what_could_be_better(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    stored = fact(session, row, "nile-date")
    address = f"/sets/{row.id}/facts/{stored.id}"
    assert "Advice" not in client.get(address).text
    stored.statement = " ".join(["He", *["came"] * 26])
    session.commit()
    page = unescape(client.get(address).text)
    assert "The statement has 27 words. Keep it to one idea, in at most 25 words." in page
    assert "The statement begins with “He”. Say who or what, so that it makes sense on its own." in page


@pytest.mark.parametrize("actors", [["burton", "speke"], ["speke", "burton"]])
def test_opening_and_saving_changes_nothing(
    client: FlaskClient, session: Session, row: QuestionSet, actors: list[str]
) -> None:
    fact(session, row, "nile-quarrel").actors = actors
    session.commit()
    for key in ("nile-source", "nile-quarrel", "nile-date"):
        address = f"/sets/{row.id}/facts/{fact(session, row, key).id}"
        assert edit(client, address).status_code == 303
        assert fact(session, row, key).version == 1


def test_words_typed_for_an_effect_offer_the_facts_that_have_them(
    client: FlaskClient, session: Session, row: QuestionSet
) -> None:
    """As one types, and without JavaScript when one saves: what else was typed is kept."""
    address = f"/sets/{row.id}/facts/{fact(session, row, 'nile-date').id}"
    offered = client.get(f"{address}/effects", query_string={"leads_to-0-fact": "SPÉKE quarrel"}).text
    assert re.findall(r'value="([^"]*)"', offered) == ["nile-quarrel"]
    assert not client.get(f"{address}/effects?leads_to-0-fact=1858+came").text.strip(), "a fact can’t lead to itself"
    typed = {"leads_to-0-fact": "speke", "leads_to-0-why": "Doubt.", "caution": "Typed and kept."}
    refused = edit(client, address, **typed)
    assert refused.status_code == 422
    assert re.findall(r'name="leads_to-0-match"[^>]* value="([^"]*)"', refused.text) == ["nile-source", "nile-quarrel"]
    chosen = form_of(refused.text, address) | {"leads_to-0-match": "nile-quarrel"}
    assert chosen["caution"] == ["Typed and kept."]
    assert client.post(address, data=chosen).status_code == 303
    assert fact(session, row, "nile-date").leads_to == {"nile-quarrel": "Doubt."}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"statement": " "}, "Write the fact."),
        ({"statement": "x" * 4001}, "Use at most 4,000 characters."),
        ({"date": "soon"}, "can’t be read as a date"),
        ({"tags": "a|b"}, "can’t be a tag"),
        ({"tags": ", ".join(map(str, range(21)))}, "Use at most 20 tags."),
        ({"topic": "no-topic"}, "Not a valid choice"),
        ({"passages": ["99"]}, "no longer in the set"),
        ({"leads_to-0-fact": "nothing like it", "leads_to-0-why": "x"}, "No fact has exactly this text"),
        ({"leads_to-0-fact": "nile-quarrel", "leads_to-0-why": ""}, "Give the reason"),
        ({"leads_to-0-fact": "", "leads_to-0-why": "x"}, "Choose a fact from the list"),
    ],
)
@on_sqlite
def test_what_does_not_do_is_shown_and_kept(
    client: FlaskClient, session: Session, row: QuestionSet, fields: dict[str, object], message: str
) -> None:
    address = f"/sets/{row.id}/facts/{fact(session, row, 'nile-date').id}"
    response = edit(client, address, **{"caution": "Typed and kept.", **fields})
    assert response.status_code == 422
    assert message in unescape(response.text)
    assert "Typed and kept." in response.text
    assert fact(session, row, "nile-date").version == 1


def test_of_two_authors_at_once_neither_loses_a_text(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    address = f"/sets/{row.id}/facts/{fact(session, row, 'nile-date').id}"
    opened = form_of(client.get(address).text, address)
    edit(client, address, statement="What they wrote.")
    conflict = client.post(address, data=opened | {"statement": "What I wrote."})
    assert conflict.status_code == 409
    assert "What they wrote." in conflict.text
    assert "What I wrote." in conflict.text
    assert fact(session, row, "nile-date").statement == "What they wrote."
    again = client.post(address, data=form_of(conflict.text, address))
    assert again.status_code == 303
    assert fact(session, row, "nile-date").statement == "What I wrote."
    restored = send(client, f"{address}/history/2", base="3")
    assert restored.status_code == 303
    assert fact(session, row, "nile-date").statement == "What they wrote."


def test_resetting_progress_wants_the_word(
    client: FlaskClient, session: Session, row: QuestionSet, author: User
) -> None:
    stored = fact(session, row, "nile-date").id
    session.add(
        Memory(
            learner_id=author.id, fact_id=stored, version=4, state=2, stability=9.0, difficulty=5.0, reps=3, lapses=0
        )
    )
    session.commit()
    address = f"/sets/{row.id}/facts/{stored}"
    refused = send(client, f"{address}/reset", word="yes")
    assert refused.status_code == 422
    session.expire_all()
    assert session.get_one(Memory, (author.id, stored)).version == 4
    assert send(client, f"{address}/reset", word=" Reset ").status_code == 303
    session.expire_all()
    memory = session.get_one(Memory, (author.id, stored))
    assert (memory.state, memory.version, memory.stability) == (0, 5, None)
    assert "Progress on this fact was reset for 1 learner." in client.get(address).text
    assert "reset everyone’s progress" in client.get(f"/sets/{row.id}/log").text


def test_a_duplicate_is_opened(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    stored = fact(session, row, "nile-date").id
    response = send(client, f"/sets/{row.id}/facts/{stored}/duplicate")
    assert response.location == f"/sets/{row.id}/facts/{fact(session, row, 'nile-date-2').id}"


def test_names_are_written_and_corrected(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    page = f"/sets/{row.id}/names"
    added = send(client, page, name="Mungo Park", type="person", spellings="Mungo Parke\nМунго Парк", role="Surgeon")
    assert added.status_code == 303
    listed = client.get(page).text
    assert "Mungo Park" in listed
    assert 'lang="ru"' in listed
    assert send(client, page, name="mungo park", type="person").status_code == 422
    saved = edit(client, f"{page}/mungo-park", name="Mungo Park", type="person", portrait="Followed the Niger.")
    assert saved.status_code == 303
    session.expire_all()
    stored = next(name for name in session.get_one(QuestionSet, row.id).names if name["key"] == "mungo-park")
    assert stored["spellings"] == ["Mungo Parke", "Мунго Парк"]
    assert stored["portrait"] == "Followed the Niger."
    old = form_of(client.get(f"{page}/mungo-park").text, f"{page}/mungo-park")
    edit(client, f"{page}/mungo-park", name="Mungo Park", type="person", side="None")
    assert client.post(f"{page}/mungo-park", data=old | {"type": "person", "role": "Doctor"}).status_code == 409
    send(client, f"{page}/speke/remove")
    assert "2 facts use this name" in client.get(page).text
    send(client, f"{page}/mungo-park/remove")
    assert "Mungo Park" not in client.get(page).text.replace("“Mungo Park” removed.", "")
