"""Reading a set in the browser: open to everyone, and showing learners what they know."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from explore import text_of
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from sqlalchemy import select, update
from study import study_day

from quizapp.core.text.edtf import display_date
from quizapp.extensions import db
from quizapp.models import Fact, Memory, Plan, QuestionSet, User
from quizapp.web.rendering import language_of


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> User:
    """A guest who studies the sample set, logged in."""
    now = datetime.now(UTC)
    with app.app_context():
        user = User(created_at=now)
        db.session.add(user)
        db.session.flush()
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.add(Plan(learner_id=user.id, set_id=set_id, started_at=now))
        db.session.commit()
        db.session.expunge(user)
    log_in_as(client, user.id)
    return user


def remember(app: Flask, learner: User, fact_key: str) -> int:
    """Let the fact be learned a week ago and due in a few days; its id."""
    today = study_day()
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
    assert "There are no sets here yet" in text_of(client, "/explore")


def test_anyone_can_read_a_set(client: FlaskClient) -> None:
    page = text_of(client, "/explore/sample")
    assert "A small set that the tests study." in page
    assert "A. Writer, On rivers (1999)" in page
    assert "Speke reached Lake Victoria on 3 August 1858." in page
    assert "3 August 1858" in page
    assert "¶passage 2" in page
    assert not re.search(r"\bNew\b", page)


def test_a_reader_can_begin_to_study_from_the_page(client: FlaskClient) -> None:
    page = client.get("/explore/sample").text
    form = re.search(r'(?s)action="/start".*?name="csrf_token" value="([^"]+)".*?Study this set', page)
    assert form is not None
    response = client.post("/start", data={"csrf_token": form[1], "set": "sample"})
    assert (response.status_code, response.location) == (303, "/review")


def test_who_studies_a_set_finds_its_plan_there(client: FlaskClient, learner: User) -> None:
    plan = 'href="/plans/sample"'
    assert plan in client.get("/explore/sample").text
    assert plan not in client.application.test_client().get("/explore/sample").text


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
    assert re.search(r"\bNew\b", page)


def test_the_passages_show_digests_facts_and_notes(client: FlaskClient) -> None:
    page = text_of(client, "/explore/sample/passages")
    assert "Rivers begin somewhere. This passage says where." in page
    assert "3 facts: Sources" in page
    assert "Writer, A. On rivers. 1999." in page


def test_a_fact_shows_all_that_hangs_on_it(client: FlaskClient) -> None:
    page = text_of(client, "/explore/sample/facts/nile-quarrel")
    assert "Burton quarrelled with Speke over the source of the Nile." in page
    assert "What others say Biographers differ on who began it." in page
    assert "Causes Speke named Lake Victoria" in page and "Burton doubted what Speke claimed." in page
    assert "Richard Burton" in page and "Explorer" in page
    assert "Rivers begin somewhere." in page
    assert "Your progress" not in page


def test_a_spelling_has_its_language(client: FlaskClient) -> None:
    assert '<bdi lang="ru">Бёртон</bdi>' in client.get("/explore/sample/facts/nile-quarrel").text


@pytest.mark.parametrize(
    ("spelling", "language"),
    [
        ("Чичерин", "ru"),
        ("Fətəli xan Xoyski", "az"),
        ("Xoyski", None),
        ("Tchitcherin", None),
        ("אישים", "he"),
        ("شباب", "ar"),
    ],
)
def test_only_letters_that_tell_a_language_name_one(spelling: str, language: str | None) -> None:
    assert language_of(spelling) == language


def test_a_fact_met_shows_its_memory(app: Flask, client: FlaskClient, learner: User) -> None:
    fact_id = remember(app, learner, "nile-source")
    page = client.get("/explore/sample/facts/nile-source")
    words = text_of(client, "/explore/sample/facts/nile-source")
    assert "Learned. Forgotten once. Due in" in words
    assert re.search(r"expected recall ?9\d%", words)
    assert re.search(r"stability \(days\) ?12 ", words)
    assert f'action="/review/{fact_id}/suspend"' in page.text


def test_a_fact_that_is_due_shows_since_when(app: Flask, client: FlaskClient, learner: User) -> None:
    fact_id = remember(app, learner, "nile-source")
    for days, since in ((0, "today"), (3, f"since {display_date((study_day() - timedelta(days=3)).isoformat())}")):
        with app.app_context():
            due = study_day() - timedelta(days=days)
            db.session.execute(update(Memory).where(Memory.fact_id == fact_id).values(due_day=due))
            db.session.commit()
        words = text_of(client, "/explore/sample/facts/nile-source")
        assert f"Due {since}." in words and "Due in" not in words


def test_suspending_and_resuming_from_the_page(app: Flask, client: FlaskClient, learner: User) -> None:
    fact_id = remember(app, learner, "nile-source")
    address = "/explore/sample/facts/nile-source"

    def press(what: str) -> None:
        page = client.get(address).text
        form = re.search(rf'action="(/review/{fact_id}/{what})".*?value="([^"]+)"', page, re.S)
        assert form is not None, f"no button to {what}"
        assert client.post(form[1], data={"csrf_token": form[2]}).status_code == 303

    press("suspend")
    assert "Suspended: you won’t see it until you resume it." in text_of(client, address)
    press("resume")
    assert "Suspended: you won’t see it until you resume it." not in text_of(client, address)


# The other ways to read a set

PARTS = {
    "Facts": "/explore/sample",
    "Timeline": "/explore/sample/timeline",
    "People and groups": "/explore/sample/actors",
    "Causes": "/explore/sample/causes",
    "Passages": "/explore/sample/passages",
}


@pytest.mark.parametrize("here", PARTS)
def test_each_part_of_a_set_leads_to_all_the_others(client: FlaskClient, here: str) -> None:
    page = client.get(PARTS[here]).text
    parts = page.partition('aria-label="Parts of this set"')[2].partition("</nav>")[0]
    found = dict.fromkeys(PARTS, "") | {
        label: current
        for _, current, label in re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>', parts)
    }
    assert found == {label: ' aria-current="page"' if label == here else "" for label in PARTS}
    assert all(f'href="{address}"' in parts for address in PARTS.values())
    assert "Study this set" in page


def test_the_timeline_draws_each_fact_as_a_link_that_names_it(client: FlaskClient) -> None:
    page = client.get("/explore/sample/timeline").text
    picture = page.partition('timeline__picture--wide"')[2].partition("</svg>")[0]
    assert re.findall(r'(?s)<a class="mark" href="([^"]+)">\s*<title>([^<]+)</title>', picture) == [
        (
            "/explore/sample/facts/nile-source",
            "Speke named Lake Victoria as the source of the Nile in 1858. 3 August 1858.",
        ),
        ("/explore/sample/facts/nile-date", "Speke reached Lake Victoria on 3 August 1858. 3 August 1858."),
    ]
    words = text_of(client, "/explore/sample/timeline")
    assert "2 facts by date August 1858 Speke named" in words
    assert "1 fact in this set has no date." in words


def test_the_timeline_shows_a_learner_what_they_know(app: Flask, client: FlaskClient, learner: User) -> None:
    remember(app, learner, "nile-source")
    picture = (
        client.get("/explore/sample/timeline").text.partition('timeline__picture--wide"')[2].partition("</svg>")[0]
    )
    assert re.search(r"in 1858\. 3 August 1858\. Expected recall 9\d%, due in \d days\.", picture)
    assert "3 August 1858. New." in picture
    assert '<use href="#level-4"' in picture and '<use href="#level-0"' in picture


def test_a_reader_without_a_record_sees_topics_and_no_knowledge(client: FlaskClient) -> None:
    for part in PARTS.values():
        page = client.get(part).text.partition("<main")[2].partition("</defs>")[2]
        assert "#level-" not in page and not re.search(r"\bnew\b", page, re.IGNORECASE) and "known" not in page, part
    assert '<use href="#shape-0" class="topic--calendar"' in client.get("/explore/sample/timeline").text


def test_a_set_without_dates_or_causes_or_names_says_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        for fact in db.session.scalars(select(Fact)):
            fact.date, fact.leads_to = None, {}
        db.session.scalars(select(QuestionSet)).one().names = []
        db.session.commit()
    assert "This set has no dated facts yet." in text_of(client, "/explore/sample/timeline")
    assert "This set has no causes yet." in text_of(client, "/explore/sample/causes")
    assert "This set has no people, groups or places yet." in text_of(client, "/explore/sample/actors")


def test_each_actor_is_named_with_their_facts(client: FlaskClient) -> None:
    page = client.get("/explore/sample/actors").text
    assert 'id="actor-burton"' in page and '<bdi lang="ru">Бёртон</bdi>' in page
    words = text_of(client, "/explore/sample/actors")
    assert re.search(r"John Speke Explorer Also written Speke 2 facts: John Speke", words)


@pytest.mark.both_databases
def test_an_actor_shows_how_much_of_their_facts_is_known(app: Flask, client: FlaskClient, learner: User) -> None:
    remember(app, learner, "nile-source")
    words = text_of(client, "/explore/sample/actors")
    assert re.search(r"4\d% of 2 facts known 2 facts", words)
    assert "1 new fact 1 fact" in words


def test_the_map_of_causes_explains_each_arrow(client: FlaskClient) -> None:
    page = client.get("/explore/sample/causes").text
    assert page.count('class="box"') == 2 and page.count('class="cause-diagram__line"') == 1
    words = text_of(client, "/explore/sample/causes")
    assert re.search(
        r"in 1858\. led to: Burton quarrelled with Speke over the source of the Nile\. Burton doubted what",
        words,
    )
    assert "according to A. Writer, On rivers (1999)" in words


def test_one_fact_of_the_map_shows_only_its_causes_and_effects(client: FlaskClient) -> None:
    words = text_of(client, "/explore/sample/causes?fact=nile-quarrel")
    assert "Causes of this fact Speke named Lake Victoria" in words
    assert "Effects of this fact" not in words.partition("Causes above, effects below.")[2]


def test_a_fact_leads_to_where_it_stands_in_the_other_parts(client: FlaskClient) -> None:
    source = client.get("/explore/sample/facts/nile-source").text
    assert 'href="/explore/sample/timeline?holding=nile-source#fact-nile-source"' in source
    assert 'href="/explore/sample/causes?fact=nile-source"' in source
    assert 'href="/explore/sample/actors?holding=speke#actor-speke"' in source
    quarrel = client.get("/explore/sample/facts/nile-quarrel").text
    assert "/timeline?" not in quarrel
    assert "/causes?" not in client.get("/explore/sample/facts/nile-date").text


def test_a_passage_shows_how_much_of_it_is_known(app: Flask, client: FlaskClient, learner: User) -> None:
    assert "3 new facts" in text_of(client, "/explore/sample/passages")
    remember(app, learner, "nile-source")
    assert re.search(r"3\d% of 3 facts known", text_of(client, "/explore/sample/passages"))


def test_a_passage_can_be_guessed_at_before_it_is_read(client: FlaskClient, learner: User) -> None:
    page = client.get("/explore/sample/passages").text
    forms = re.findall(r'(?s)<form class="action" method="post" action="/practice/pretest".*?</form>', page)
    assert [dict(re.findall(r'name="(set|passage)" value="([^"]+)"', form)) for form in forms] == [
        {"set": "sample", "passage": "1"},
        {"set": "sample", "passage": "2"},
    ]
    token = re.search(r'name="csrf_token" value="([^"]+)"', forms[0])
    assert token is not None
    response = client.post("/practice/pretest", data={"csrf_token": token[1], "set": "sample", "passage": "1"})
    assert response.status_code == 303 and "/attempts/" in (response.location or "")


@pytest.mark.parametrize("path", ["", "/passages", "/facts/nile-source", "/facts/nile-quarrel"])
def test_headings_go_down_one_level_at_a_time(client: FlaskClient, learner: User, path: str) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", client.get(f"/explore/sample{path}").text)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", ["", "/passages", "/facts/nile-source"])
def test_no_style_stands_in_the_page(client: FlaskClient, path: str) -> None:
    page = client.get(f"/explore/sample{path}").text
    assert not re.search(r"\sstyle=|<style|\son\w+=", page)
