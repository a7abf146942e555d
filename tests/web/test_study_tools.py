"""Stars, notes, hints, reports and search in a browser without JavaScript, and the parts that are replaced in place."""

import re

from editor import Author, fields_of, text
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, send
from review_pages import post, start
from sqlalchemy import select
from study import NOON
from werkzeug.datastructures import MultiDict

from quizapp.extensions import db
from quizapp.models import Fact, Plan, QuestionReport, QuestionSet, Review

HTMX = {"HX-Request": "true"}


def fact_of(page: str) -> str:
    found = re.search(r'action="/facts/(\d+)/star"', page)
    assert found, page
    return found[1]


def test_a_star_set_while_studying_is_found_again(client: FlaskClient) -> None:
    page = start(client)
    fact = fact_of(page)
    back = send(client, f"/facts/{fact}/star", starred="1", next="/review")
    assert (back.status_code, back.location) == (303, "/review")
    assert "Remove star" in client.get("/review").text
    assert "John Speke" not in text(client.get("/starred").text) and "Speke named" in client.get("/starred").text
    assert "starred=1" in client.get("/starred").text and "Starred facts only" in client.get("/review/custom").text
    assert "Start" in client.get("/review/custom?starred=1").text
    data = {"csrf_token": security_token(client), "starred": "0"}
    part = client.post(f"/facts/{fact}/star", data=data, headers=HTMX).text
    assert part.lstrip().startswith("<form") and "Remove star" not in part
    assert "No starred facts yet" in client.get("/starred").text


def test_a_note_is_edited_on_the_feedback_and_on_the_page_of_the_fact(client: FlaskClient) -> None:
    page = start(client)
    fact = fact_of(page)
    verdict = post(client, page, picked="0").location
    page = client.get(verdict).text
    assert "Add a note" in page and re.search(r'<textarea id="note-\d+"[^>]*></textarea>', page)
    long = send(client, f"/facts/{fact}/note", text="x" * 1001, next=verdict)
    assert long.status_code == 422 and "at most 1000" in long.text and "x" * 1001 in long.text
    saved = send(client, f"/facts/{fact}/note", text="A *spike* <b>in</b> a lake", next=verdict)
    assert saved.location == verdict
    for shown in (verdict, "/explore/sample/facts/nile-source"):
        assert "A <em>spike</em> &lt;b&gt;in&lt;/b&gt; a lake" in client.get(shown).text
    assert "A spike" not in text(client.get("/review").text)  # it could give the answer away


def test_a_hint_is_kept_on_the_server(app: Flask, client: FlaskClient) -> None:
    page = start(client)
    assert "Hint (counts as not remembered)" in page
    asked = send(client, f"/review/{fact_of(page)}/hint")
    hinted = client.get(asked.location).text
    assert "Hint: it isn’t “" in text(hinted) and "Hint (counts" not in hinted
    right = next(
        place
        for place, choice in re.findall(r'name="picked" value="(\d)".*?choice__text"[^>]*>([^<]+)<', hinted, re.S)
        if choice == "John Speke"
    )
    answered = post(client, page, picked=right)  # from the page without the hint
    assert "Right with a hint: counts as not remembered" in client.get(answered.location).text
    with app.app_context():
        assert db.session.scalars(select(Review.rating)).all() == [1]


def test_a_learner_suggests_a_correction_and_the_author_accepts_it(app: Flask, client: FlaskClient) -> None:
    author = Author(app)
    question = author.question_id("nile-source-choice")
    with app.app_context():
        row = db.session.get_one(QuestionSet, author.set_id)
        row.visibility, key = "public", row.key
        db.session.commit()
    send(client, "/start", set=key)
    page = client.get("/review").text
    version = re.search(r"/questions/(\d+)/report", page)
    assert version and "Edit question" not in page
    empty = send(client, f"/questions/{version[1]}/report", fault="answer", text=" ", next="/review")
    assert empty.status_code == 422 and "Say what is wrong." in empty.text
    told = send(client, f"/questions/{version[1]}/report", fault="answer", text="It was Grant", next="/review")
    assert told.location == "/review" and "Your reports" in client.get("/review").text

    suggest = f"/questions/{version[1]}/suggest"
    typed = fields_of(client.get(f"{suggest}?next=/review").text, "suggestion")
    unchanged = MultiDict([*typed.items(multi=True), ("csrf_token", security_token(client))])
    assert client.post(suggest, data=unchanged).status_code == 422
    more = MultiDict([*unchanged.items(multi=True), ("do", "add:distractors")])
    assert "Wrong choice 4" in client.post(suggest, data=more).text
    typed.type(prompt="Who named the lake?", answer="")
    faulty = MultiDict([*typed.items(multi=True), ("csrf_token", security_token(client))])
    refused = client.post(suggest, data=faulty)
    assert refused.status_code == 422 and "Who named the lake?" in refused.text
    typed.type(answer="John Speke")
    sent = client.post(suggest, data=MultiDict([*typed.items(multi=True), ("csrf_token", security_token(client))]))
    assert sent.status_code == 303

    waiting = author.get("reports")
    assert "2 reports to answer" in waiting and "It was Grant" in waiting and "<ins>" in waiting
    with app.app_context():
        ids = list(db.session.scalars(select(QuestionReport.id).order_by(QuestionReport.id)))
    assert author.post(f"reports/{ids[1]}", do="accepted", base="1", reply="Thanks").status_code == 303
    assert author.post(f"reports/{ids[0]}", do="dismissed", reply="x" * 501).status_code == 422
    assert author.post(f"reports/{ids[0]}", do="dismissed", reply="No").status_code == 303
    assert [body["prompt"] for body in author.bodies(question)][-1] == "Who named the lake?"
    assert "Suggested by a guest" in text(author.get(f"questions/{question}/history"))
    seen = text(client.get("/reports").text)
    assert "Accepted Thanks" in seen and "Not changed No" in seen


def test_an_author_edits_the_question_they_study_and_goes_on_with_it(app: Flask) -> None:
    author = Author(app)
    with app.app_context():
        db.session.add(Plan(learner_id=author.id, set_id=author.set_id, started_at=NOON))
        db.session.commit()
        fact_id = db.session.scalars(
            select(Fact.id).where(Fact.set_id == author.set_id, Fact.key == "nile-source")
        ).one()
    page = author.client.get("/review").text
    link = re.search(r'data-key="e"\s+href="([^"]+)"', page)
    assert link
    address = link[1].replace("&amp;", "&")
    form = author.client.get(address).text
    typed = fields_of(form).type(prompt="Who named it?")
    action = re.search(r'<form id="editor"[^>]* action="([^"]+)"', form)
    assert action
    data = MultiDict([*typed.items(multi=True), ("csrf_token", security_token(author.client)), ("do", "save")])
    saved = author.client.post(action[1].replace("&amp;", "&"), data=data)
    assert saved.location == f"/review?fact={fact_id}"
    assert "Who named it?" in author.client.get(saved.location).text


def test_the_search_is_on_every_page_and_paged(client: FlaskClient) -> None:
    assert 'href="/search"' in client.get("/").text
    page = client.get("/search?q=Víctoria").text
    assert text(page).count("Lake Victoria") >= 2 and "/explore/sample/facts/nile-date" in page
    assert "Nothing found" in client.get("/search?q=zebra").text
    assert "There are no more results" in client.get("/search?q=nile&page=9").text
    assert "at most 200" in client.get(f"/search?q={'x' * 201}").text


def test_reading_aloud_is_off_until_asked_for(client: FlaskClient) -> None:
    assert 'data-read-aloud="off"' in client.get("/").text
    assert send(client, "/read-aloud", **{"read-aloud": "always"}).status_code == 303
    assert 'data-read-aloud="always"' in client.get("/").text
    assert send(client, "/read-aloud", **{"read-aloud": "shout"}).status_code == 400
