"""Studying in a browser without JavaScript, and the parts htmx asks for."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from review_pages import fields, post, press, start
from sqlalchemy import event, insert, select, update
from study import study_day

from quizapp.extensions import db
from quizapp.models import Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, Response, Review, User

HTMX = {"HX-Request": "true"}


def place_of(page: str, choice: str) -> str:
    """The place at which a choice is shown."""
    found = re.findall(r'name="picked" value="(\d+)".*?choice__text"[^>]*>([^<]+)<', page, re.S)
    return next(place for place, text in found if unescape(text) == choice)


def strengthen(app: Flask, key: str, stability: float) -> str:
    """Make the only learner remember one fact so well that recall is asked, and let it be due; where to ask it."""
    with app.app_context():
        learner = db.session.scalars(select(User)).one()
        fact_id = db.session.scalars(select(Fact.id).where(Fact.key == key)).one()
        today = learner.clock.day(learner.created_at)
        db.session.add(
            Memory(
                learner_id=learner.id,
                fact_id=fact_id,
                version=1,
                state=2,
                stability=stability,
                difficulty=5.0,
                last_day=today.fromordinal(today.toordinal() - 20),
                due_day=today,
                reps=4,
                lapses=0,
            )
        )
        db.session.commit()
        return f"/review?fact={fact_id}"


@pytest.mark.both_databases
def test_it_works(client: FlaskClient) -> None:
    page = start(client)
    assert "Who named Lake Victoria" in page
    answered = post(client, page, picked=place_of(page, "John Speke"))
    assert answered.status_code == 303
    verdict = client.get(answered.location).text
    assert "Right" in verdict and "Speke reached the lake alone" in verdict and "¶ 1" in verdict
    assert client.get(answered.location).text.count("Continue") == 1  # a reload shows it again
    assert "Who named Lake Victoria" not in client.get("/review").text


def test_a_wrong_choice_shows_why_not(client: FlaskClient) -> None:
    page = start(client)
    verdict = client.get(post(client, page, picked=place_of(page, "Richard Burton")).location).text
    assert "Not right" in verdict
    assert "Common mix-up: Mixing up Burton and Speke" in re.sub("<[^>]+>", "", verdict)
    assert "Why not “Richard Burton”?" in verdict and "<em>doubted</em>" in verdict
    assert "You’ll see it again in this session" in verdict


def test_a_reload_shows_the_same_question_in_the_same_order(client: FlaskClient) -> None:
    start(client)
    shown = [re.findall(r'choice__text"[^>]*>([^<]+)<', client.get("/review").text) for _ in range(2)]
    assert shown[0] and shown[0] == shown[1]


def test_the_page_does_not_tell_which_choice_is_right(client: FlaskClient) -> None:
    page = start(client)
    assert [str(i) for i in range(4)] == re.findall(r'name="picked" value="(\d+)"', page)
    assert "why_not" not in page and "Burton lay ill" not in page


def test_a_double_click_is_answered_with_the_first_verdict(app: Flask, client: FlaskClient) -> None:
    page = start(client)
    first = post(client, page, picked=place_of(page, "John Speke"))
    second = post(client, page, picked=place_of(page, "Richard Burton"))
    assert second.status_code == 303 and second.location == first.location
    assert "Your first answer counts" in client.get(second.location).text
    with app.app_context():
        assert len(db.session.scalars(select(Review)).all()) == 1


def test_what_was_answered_wrong_is_named_at_the_end(app: Flask, client: FlaskClient) -> None:
    page = start(client)
    post(client, page, **{"give-up": "1"})
    with app.app_context():
        missed = db.session.scalars(select(Review)).one().fact_id
        db.session.execute(update(Memory).values(state=2, due_at=None, due_day=date(2100, 1, 1), stability=3.0))
        db.session.execute(update(Plan).values(new_per_day=1))
        key = db.session.get_one(Fact, missed).key
        db.session.commit()
    done = client.get("/review").text
    assert "Done for today" in done and "Tomorrow: 1 new fact, about 1 minute." in " ".join(done.split())
    assert re.search(rf'Missed facts</h2>.*?<a href="/explore/sample/facts/{key}">', done, re.S)
    assert re.search(r'class="button button--quiet" href="/review\?new=11">Learn 2 more<', done)
    practice = press(client, done, "/practice/missed")
    with app.app_context():
        assert db.session.scalars(select(Response.fact_id)).all() == [missed]
    assert "Question 1 of 1" in client.get(practice.location, follow_redirects=True).text


@pytest.mark.parametrize(("days_ago", "told"), [(0, True), (1, False)])
def test_instructions_are_shown_only_on_the_first_day(
    app: Flask, client: FlaskClient, days_ago: int, told: bool
) -> None:
    start(client)
    with app.app_context():
        learner = db.session.scalars(select(User)).one()
        learner.created_at -= timedelta(days=days_ago)
        db.session.commit()
    assert ("Right or wrong, you’ll see the explanation" in client.get("/review").text) is told


def test_undo_asks_the_fact_again(client: FlaskClient) -> None:
    page = start(client)
    verdict = client.get(post(client, page, picked="0").location).text
    undone = press(client, verdict, "/review/undo")
    again = client.get(undone.location).text
    assert "Who named Lake Victoria" in again and "Answer undone." in again
    assert 'action="/review/undo"' not in again  # nothing else was answered
    none_left = press(client, verdict, "/review/undo")
    assert "nothing left to undo" in client.get(none_left.location).text


@pytest.mark.parametrize("way", ["skip", "suspend"])
def test_a_skipped_or_suspended_fact_can_be_resumed_at_once(client: FlaskClient, way: str) -> None:
    page = start(client)
    fact_id = fields(page)["action"].rsplit("/", 1)[1]
    hidden = client.get(press(client, page, f"/review/{fact_id}/{way}").location).text
    assert "Who named Lake Victoria" not in hidden and hidden.count('data-key="u">Undo<') == 1
    back = press(client, hidden, f"/review/{fact_id}/resume")
    assert "Who named Lake Victoria" in client.get(back.location).text


def test_a_typing_slip_is_forgiven_and_pointed_out(app: Flask, client: FlaskClient) -> None:
    start(client)
    page = client.get(strengthen(app, "nile-source", stability=40.0)).text
    assert "Which explorer saw" in page
    verdict = client.get(post(client, page, text="John Spkee").location).text
    assert "Right, but check the spelling" in verdict and "John Speke" in verdict


def test_a_typed_verdict_can_be_overridden(app: Flask, client: FlaskClient) -> None:
    start(client)
    page = client.get(strengthen(app, "nile-source", stability=40.0)).text
    verdict = client.get(post(client, page, text="the man Speke").location)
    assert "You wrote <q>the man Speke</q>" in verdict.text
    overridden = press(client, verdict.text, verdict.request.path + "/override")
    page = client.get(overridden.location).text
    assert "Right, marked by you" in page and "I was wrong" in page


@pytest.mark.parametrize("exam", [False, True])
def test_before_an_exam_no_interval_is_promised(app: Flask, client: FlaskClient, exam: bool) -> None:
    """Each day's facts are chosen for the exam; on which days that is this one is not known yet."""
    start(client)
    if exam:
        with app.app_context():
            db.session.execute(update(Plan).values(exam_day=study_day() + timedelta(days=20)))
            db.session.commit()
    page = client.get(strengthen(app, "nile-source", stability=40.0)).text
    feedback = client.get(post(client, page, text="John Speke").location).text
    assert ("Next review before your exam" in feedback) is exam
    assert ("Why this interval?" in feedback and "Next review in" in feedback) is not exam


def test_a_card_shows_its_back_and_rates_without_javascript(app: Flask, client: FlaskClient) -> None:
    start(client)
    page = client.get(strengthen(app, "nile-quarrel", stability=40.0)).text
    assert "<details" in page and "The source of the Nile." in page
    waits = re.findall(r'rating__wait">([^<]+)<', page)
    assert len(waits) == 4 and len(set(waits)) > 1
    rated = post(client, page, rating="good")
    assert rated.status_code == 303 and rated.location == "/review"


def test_a_date_is_read_as_people_write_it(app: Flask, client: FlaskClient) -> None:
    start(client)
    page = client.get(strengthen(app, "nile-date", stability=40.0)).text
    assert "Type the day" in page
    verdict = client.get(post(client, page, text="3 августа 1858 года").location).text
    assert 'class="verdict verdict--right"' in verdict


def test_the_session_ends_with_a_summary(client: FlaskClient) -> None:
    page = start(client)
    for _ in range(30):
        if "Done for today" in page:
            break
        kind = re.search(r'data-kind="(\w+)"', page)
        assert kind
        if kind[1] == "choice":
            answers = [choice for choice in ("John Speke", "1858") if choice in page]
            response = post(client, page, picked=place_of(page, answers[0]))
        elif kind[1] == "true_false":
            response = post(client, page, picked="false")
        elif kind[1] == "cloze":
            response = post(client, page, **{"gap-0": "Speke"})
        elif kind[1] == "flashcard":
            response = post(client, page, rating="good")
        else:
            response = post(client, page, text="3 August 1858" if kind[1] == "date" else "Speke")
        onward = re.search(r'continue" href="([^"]+)"', client.get(response.location).text)
        page = client.get(unescape(onward[1]) if onward else "/review").text
    assert "tomorrow, about" in page or "Tomorrow: " in page or "Next review " in page
    numbers = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page)
    assert dict(numbers)["learned"] == "3" and numbers[0][1] == numbers[1][1]
    recap = page.partition('id="review"')[2].partition("</section>")[0]
    assert re.findall(r"<h2>(.*?)</h2>", recap) == ["Learned facts"]
    assert '<a href="/signup">Sign up</a> to keep it' in recap  # for a guest
    assert page.count('<a href="/explore/sample/facts/') == 3
    assert "Done for today." in client.get("/today").text


# htmx


def test_htmx_gets_the_verdict_and_the_next_question_as_parts(client: FlaskClient) -> None:
    page = start(client)
    verdict = post(client, page, headers=HTMX, picked="0")
    assert verdict.status_code == 200 and verdict.text.lstrip().startswith('<section id="review"')
    address = verdict.headers["HX-Replace-Url"]  # where a reload finds it again, under the same session bar
    assert 'id="session-bar"' in client.get(address).text and "session-bar" not in verdict.text
    following = client.get("/review", headers=HTMX).text
    assert '<section id="review"' in following and "<html" not in following
    assert following.count('id="session-bar" hx-swap-oob="true"') == 1


def test_htmx_gets_an_error_in_place_of_the_page(client: FlaskClient) -> None:
    page = start(client)
    refused = post(client, page, headers=HTMX, picked="99")
    assert refused.status_code == 400 and refused.headers["HX-Retarget"] == "#main"
    assert "<html" not in refused.text and "try again" in refused.text


# Bad input


@pytest.mark.parametrize(
    "change",
    [{"seen": "x"}, {"seen": "-1"}, {"question": "99999999999999999999"}, {"question": ""}, {"picked": "7"}],
)
def test_a_mangled_form_gets_a_page_and_changes_nothing(
    app: Flask, client: FlaskClient, change: dict[str, str]
) -> None:
    page = start(client)
    response = post(client, page, **({"picked": "0"} | change))
    assert response.status_code == 400 and "try again" in response.text
    with app.app_context():
        assert db.session.scalars(select(Review)).all() == []


@pytest.mark.parametrize("ms", ["", "soon", "-3", "1e9"])
def test_a_time_that_cannot_be_read_does_not_cost_the_answer(client: FlaskClient, ms: str) -> None:
    page = start(client)
    assert post(client, page, picked="0", ms=ms).status_code == 303


def test_an_answer_of_a_megabyte_is_refused(client: FlaskClient) -> None:
    page = start(client)
    assert post(client, page, text="x" * 1_000_000).status_code == 413


@pytest.mark.both_databases
def test_no_set_leads_to_the_start(client: FlaskClient, app: Flask) -> None:
    start(client)
    with app.app_context():
        for plan in db.session.scalars(select(QuestionSet)):
            db.session.delete(plan)
        db.session.commit()
    assert "studying a set yet" in client.get("/today").text
    assert "No set to study" in client.get("/review").text


# Statements


def statements(app: Flask, client: FlaskClient, *requests: tuple[str, str, dict[str, str]]) -> int:
    """How many statements the requests send to the database."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(conn, cursor, statement, *rest):  # type: ignore[no-untyped-def]
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        for method, address, data in requests:
            response = client.open(address, method=method, data=data, headers=HTMX)
            assert response.status_code == 200, response.text
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def enlarge(app: Flask, count: int) -> None:
    """Add so many facts to the set, half of them known to the learner and due."""
    with app.app_context():
        learner = db.session.scalars(select(User)).one()
        model = db.session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one()
        today = learner.clock.day(learner.created_at)
        shared = {c.name: getattr(model, c.name) for c in Fact.__table__.c if c.name not in ("id", "key", "position")}
        db.session.execute(
            insert(Fact), [shared | {"id": 1000 + n, "key": f"f{n}", "position": 100 + n} for n in range(count)]
        )
        db.session.execute(
            insert(Question),
            [{"id": 1000 + n, "fact_id": 1000 + n, "key": f"q{n}", "position": 0, "current": 1} for n in range(count)],
        )
        body = db.session.scalars(
            select(QuestionVersion.body).join(Question).where(Question.key == "nile-quarrel-card")
        )
        card = body.one()
        db.session.execute(
            insert(QuestionVersion),
            [
                {"question_id": 1000 + n, "number": 1, "body": card, "created_at": learner.created_at}
                for n in range(count)
            ],
        )
        memory = {"learner_id": learner.id, "version": 1, "state": 2, "stability": 30.0, "difficulty": 5.0}
        memory |= {
            "last_day": today.fromordinal(today.toordinal() - 40),
            "due_day": today,
            "reps": 5,
            "lapses": 0,
        }
        memory |= {"suspended": False}
        db.session.execute(insert(Memory), [memory | {"fact_id": 1000 + n} for n in range(0, count, 2)])
        db.session.commit()


@pytest.mark.parametrize("facts", [10, 10_000])
def test_answering_and_showing_the_next_take_six_statements_at_most(
    app: Flask, client: FlaskClient, facts: int
) -> None:
    start(client)
    enlarge(app, facts)
    last = 1000 + facts - 2  # of those due: it is asked though many others have been due for as long
    assert f'action="/review/{last}"' in client.get(f"/review?fact={last}").text
    page = client.get("/review?fact=1000").text
    assert 'data-kind="flashcard"' in page
    form = fields(page) | {"rating": "good"}
    assert statements(app, client, ("POST", form.pop("action"), form)) <= 6  # answers, and shows the next
    assert statements(app, client, ("GET", "/review", {})) <= 3
    assert statements(app, client, ("GET", "/today", {})) <= 6
