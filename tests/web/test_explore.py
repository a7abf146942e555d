"""Reading a set in the browser: open to everyone, and telling a learner what they know."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from quizapp.extensions import db
from quizapp.models import Fact, Memory, Plan, QuestionSet, User
from quizapp.web.explore import language_of


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> User:
    """A guest who studies the sample set, logged in."""
    now = datetime.now(UTC)
    with app.app_context():
        user = User(token="learner", created_at=now)
        db.session.add(user)
        db.session.flush()
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.add(Plan(learner_id=user.id, set_id=set_id, started_at=now))
        db.session.commit()
        db.session.expunge(user)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "learner"
    return user


def remember(app: Flask, learner: User, fact_key: str) -> int:
    """Let the fact be learned a week ago and due in a few days; its id."""
    today = datetime.now(UTC).date()
    with app.app_context():
        fact_id = db.session.scalars(select(Fact.id).where(Fact.key == fact_key)).one()
        db.session.add(
            Memory(
                learner_id=learner.id,
                fact_id=fact_id,
                version=3,
                state=2,
                stability=12.0,
                difficulty=5.0,
                last_day=today - timedelta(days=7),
                due_day=today + timedelta(days=5),
                reps=3,
                lapses=1,
            )
        )
        db.session.commit()
    return fact_id


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    """The words of a page, without its tags."""
    response = client.get(address)
    assert response.status_code == status, response.status
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", main.replace("&nbsp;", " ")))


def test_the_only_set_is_shown_at_once(client: FlaskClient) -> None:
    response = client.get("/explore")
    assert (response.status_code, response.location) == (303, "/explore/sample")


def test_several_sets_are_listed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.session.add(
            QuestionSet(key="lakes", title="Lakes", header={"summary": "Few."}, names=[], created_at=datetime.now(UTC))
        )
        db.session.commit()
    page = text_of(client, "/explore")
    assert "Three rivers" in page and "3 facts" in page
    assert "Lakes" in page and "0 facts" in page


def test_no_set_at_all_says_what_to_do(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.session.delete(db.session.scalars(select(QuestionSet)).one())
        db.session.commit()
    assert "There is no question set here yet" in text_of(client, "/explore")


def test_anyone_can_read_a_set(client: FlaskClient) -> None:
    page = text_of(client, "/explore/sample")
    assert "A small set that the tests study." in page
    assert "A. Writer, On rivers (1999)" in page
    assert "Speke reached Lake Victoria on 3 August 1858." in page
    assert "3 August 1858" in page
    assert "¶paragraph 2" in page
    assert "Not met yet" not in page


def test_a_reader_can_begin_to_study_from_the_page(client: FlaskClient) -> None:
    page = client.get("/explore/sample").text
    form = re.search(r'(?s)action="/start".*?name="csrf_token" value="([^"]+)".*?Study this set', page)
    assert form is not None
    response = client.post("/start", data={"csrf_token": form[1], "set": "sample"})
    assert (response.status_code, response.location) == (303, "/review")


def test_every_link_of_a_set_leads_somewhere(client: FlaskClient) -> None:
    seen, ahead = set(), ["/explore/sample"]
    while ahead:
        address = ahead.pop()
        seen.add(address)
        page = client.get(address)
        assert page.status_code == 200, address
        for found in re.findall(r'href="(/explore/[^"]*)"', page.text):
            target, _, fragment = found.replace("&amp;", "&").partition("#")
            if fragment:
                assert f'id="{fragment}"' in client.get(target).text, found
            if target not in seen:
                ahead.append(target)
    assert len(seen) >= 5


def test_a_learner_sees_what_they_know(app: Flask, client: FlaskClient, learner: User) -> None:
    remember(app, learner, "nile-source")
    page = text_of(client, "/explore/sample")
    assert re.search(r"Expected recall 9\d%, due in \d days", page)
    assert "Not met yet" in page


def test_the_passages_show_digests_facts_and_notes(client: FlaskClient) -> None:
    page = text_of(client, "/explore/sample/passages")
    assert "Rivers begin somewhere. This passage says where." in page
    assert "Burton quarrelled with Speke" in page
    assert "Writer, A. On rivers. 1999." in page


def test_a_fact_shows_all_that_hangs_on_it(client: FlaskClient) -> None:
    page = text_of(client, "/explore/sample/facts/nile-quarrel")
    assert "Burton quarrelled with Speke over the source of the Nile." in page
    assert "What others say Biographers differ on who began it." in page
    assert "What led to it" in page and "Burton doubted what Speke claimed." in page
    assert "Richard Burton" in page and "Explorer" in page
    assert "Rivers begin somewhere." in page
    assert "What you know of it" not in page


def test_a_spelling_tells_its_language(client: FlaskClient) -> None:
    assert '<span lang="ru">Бёртон</span>' in client.get("/explore/sample/facts/nile-quarrel").text


@pytest.mark.parametrize(
    ("spelling", "language"),
    [("Чичерин", "ru"), ("Fətəli xan Xoyski", "az"), ("Xoyski", None), ("Tchitcherin", None)],
)
def test_only_letters_that_tell_a_language_name_one(spelling: str, language: str | None) -> None:
    assert language_of(spelling) == language


def test_a_fact_met_shows_its_memory(app: Flask, client: FlaskClient, learner: User) -> None:
    fact_id = remember(app, learner, "nile-source")
    page = client.get("/explore/sample/facts/nile-source")
    words = text_of(client, "/explore/sample/facts/nile-source")
    assert "Learned; 1 lapse. Next asked on" in words
    assert re.search(r"expected recall ?9\d%", words)
    assert re.search(r"days’ stability ?12 ", words)
    assert f'action="/review/{fact_id}/suspend"' in page.text


def test_suspending_and_resuming_from_the_page(app: Flask, client: FlaskClient, learner: User) -> None:
    fact_id = remember(app, learner, "nile-source")
    address = "/explore/sample/facts/nile-source"

    def press(what: str) -> None:
        page = client.get(address).text
        form = re.search(rf'action="(/review/{fact_id}/{what})".*?value="([^"]+)"', page, re.S)
        assert form is not None, f"no button to {what}"
        assert client.post(form[1], data={"csrf_token": form[2]}).status_code == 303

    press("suspend")
    assert "Set aside: not asked until you take it up again" in text_of(client, address)
    press("resume")
    assert "Set aside: not asked until you take it up again" not in text_of(client, address)


@pytest.mark.parametrize(
    "address",
    [
        "/explore/no-such",
        "/explore/no-such/passages",
        "/explore/no-such/facts/nile-source",
        "/explore/sample/facts/no-such",
        "/explore/sample?page=2",
        "/explore/sample?page=0",
        "/explore/sample/passages?page=99999999999999999999",
        "/explore/sample/passages?holding=99",
    ],
)
def test_what_there_is_not_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_page_that_is_no_number_is_the_first(client: FlaskClient) -> None:
    assert client.get("/explore/sample?page=soon").status_code == 200


def test_a_large_set_is_read_page_by_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.add_all(
            Fact(
                set_id=set_id, key=f"more-{number}", position=100 + number, topic="dates",
                statement="One more.", passages=[1], notes=[], actors=[], leads_to={},
            )
            for number in range(1000)
        )  # fmt: skip
        db.session.commit()
    first = client.get("/explore/sample")
    assert 'rel="next"' in first.text and 'rel="prev"' not in first.text
    assert first.text.count("One more.") < 200
    last = client.get("/explore/sample?page=6")
    assert 'rel="prev"' in last.text and 'rel="next"' not in last.text
    assert "Burton quarrelled" in last.text


@pytest.mark.parametrize("path", ["", "/passages", "/facts/nile-source", "/facts/nile-quarrel"])
def test_headings_go_down_one_level_at_a_time(client: FlaskClient, learner: User, path: str) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", client.get(f"/explore/sample{path}").text)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", ["", "/passages", "/facts/nile-source"])
def test_no_style_stands_in_the_page(client: FlaskClient, path: str) -> None:
    page = client.get(f"/explore/sample{path}").text
    assert not re.search(r"\sstyle=|<style|\son\w+=", page)
