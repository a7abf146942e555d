"""The progress page: pictures with tables behind them, and what each number means."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from log_ins import log_in_as
from people import send
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.extensions import db
from quizapp.models import DayCount, Fact, Memory, Plan, QuestionSet, User
from quizapp.models.database import writing
from quizapp.services import parameters

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> User:
    """A guest who studies the sample set, logged in."""
    now = datetime.now(UTC)
    with app.app_context():
        user = User(created_at=now, rollover_hour=0)
        db.session.add(user)
        db.session.flush()
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.add(Plan(learner_id=user.id, set_id=set_id, started_at=now))
        db.session.commit()
        db.session.expunge(user)
    log_in_as(client, user.id)
    return user


def study(app: Flask, learner: User, *, days: int = 1, **counts: Any) -> None:
    """Let the learner study on each of the last days, today included."""
    today = datetime.now(UTC).date()
    with app.app_context():
        db.session.add_all(
            DayCount(learner_id=learner.id, day=today - timedelta(days=number), **counts) for number in range(days)
        )
        db.session.commit()


def remember(app: Flask, learner: User, *fact_keys: str) -> None:
    """Let the facts be learned today and fall due in three days."""
    today = datetime.now(UTC).date()
    with app.app_context():
        db.session.add_all(
            Memory(
                learner_id=learner.id, fact_id=fact_id, version=1, state=2, stability=3.0, difficulty=5.0,
                last_day=today, due_day=today + timedelta(days=3), reps=1, lapses=0,
            )
            for fact_id in db.session.scalars(select(Fact.id).where(Fact.key.in_(fact_keys)))
        )  # fmt: skip
        db.session.commit()


def words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", main))


def pictures(page: str) -> list[ElementTree.Element]:
    found = re.findall(r'(?s)<svg class="plot[^>]*>.*?</svg>', page)
    return [ElementTree.fromstring(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)) for svg in found]


@pytest.mark.both_databases
def test_it_works(app: Flask, client: FlaskClient, learner: User) -> None:
    remember(app, learner, "nile-source", "nile-date")
    learned = {"long_term": 15, "long_term_correct": 13, "long_term_recalled": 12.0, "long_term_guess_odds": 5.0}
    study(app, learner, days=3, answers=7, correct=6, ms=60_000, timed=7, **learned)
    page = words(client.get("/progress").text)
    assert "You now know about 2 of 3 facts (67%)" in page
    assert "You recalled about 80% ± 14 of the learned facts you were asked about in the last 30 days." in page
    assert "Right: 39 of 45 answers, about 3 of them by luck." in page
    assert "You aim for 90%. With this many answers, there is no clear difference." in page
    assert "0 facts due today. 2 facts due in the next 30 days." in page
    assert "3 days in a row, including today." in page
    assert "In total: 21 answers, 3 study days, 3 min." in page


def test_before_the_first_answer_it_says_what_to_do(client: FlaskClient, learner: User) -> None:
    page = client.get("/progress").text
    assert "Nothing to show yet." in page
    assert 'href="/review"' in page
    assert not pictures(page)


def test_without_a_set_it_offers_to_start_one(app: Flask, client: FlaskClient, learner: User) -> None:
    with app.app_context():
        db.session.delete(db.session.scalars(select(Plan)).one())
        db.session.commit()
    assert 'action="/start"' in client.get("/progress").text


def test_too_few_answers_are_not_read_as_a_share(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=9, long_term=9, long_term_correct=9)
    page = words(client.get("/progress").text)
    assert "21 more answers about facts you have learned are needed to estimate your retention." in page
    assert "You gave 9 in the last 30 days." in page
    assert "You aim for" not in page


def test_a_streak_up_to_yesterday_says_what_today_would_make_it(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, days=4, answers=1)
    with app.app_context():
        db.session.delete(db.session.scalars(select(DayCount).order_by(DayCount.day.desc())).first())
        db.session.commit()
    assert "3 days in a row. Study today to make it 4." in words(client.get("/progress").text)


def test_each_picture_names_itself_and_has_a_table_that_says_the_same(
    app: Flask, client: FlaskClient, learner: User
) -> None:
    remember(app, learner, "nile-source", "nile-date")
    study(app, learner, days=3, answers=7, ms=120_000, timed=7)
    page = client.get("/progress").text
    drawn = pictures(page)
    assert len(drawn) == 5  # mastery, forecast, the calendar in two halves, and the minutes of each day
    for svg in drawn:
        assert svg.get("role") == "img"
        named = [element.get("id") for element in svg if element.tag in (f"{SVG}title", f"{SVG}desc")]
        assert svg.get("aria-labelledby", "").split() == named
        assert all((element.text or "").strip() for element in svg if element.get("id") in named)
    tables = re.findall(r"(?s)<table.*?</table>", page.partition("</main>")[0])
    assert [re.findall(r"<caption[^>]*>([^<]*)", table) for table in tables] == [
        ["Facts studied and known, by topic"],
        ["Facts due by day"],
        ["Answers by week, latest first"],
        ["Time spent by day, latest first"],
    ]
    assert sum(int(number) for number in re.findall(r'number">(\d+)</td>\s*</tr>', tables[1])) == 2
    assert sum(int(number) for number in re.findall(r'number">(\d+)</td>\s*</tr>', tables[2])) == 21
    assert re.findall(r"(?s)Today</th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>", tables[3]) == [("7", "2.0")]


def test_every_section_says_how_its_number_is_calculated(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=1)
    sections = re.findall(r"(?s)<section.*?</section>", client.get("/progress").text)
    assert len(sections) == 6
    assert all('class="definition"' in section for section in sections)


def test_what_is_known_is_seen_from_three_sides(app: Flask, client: FlaskClient, learner: User) -> None:
    remember(app, learner, "nile-quarrel")
    study(app, learner, answers=1)
    by_passage = client.get("/progress?by=passage").text
    assert 'href="/explore/sample/passages?holding=1#passage-1">¶ 1 Sources</a>' in by_passage
    assert "A fact with several passages counts for each of them" in words(by_passage)
    by_actor = client.get("/progress?by=actor").text
    assert 'href="/explore/sample/actors?holding=speke#actor-speke">John Speke</a>' in by_actor
    assert "1 fact in Three rivers names no person, organisation or place." in words(by_actor)
    for page, chosen in [(by_passage, "By passage"), (by_actor, "By name")]:
        assert re.findall(r'aria-current="true">(By [^<]*)', page) == [chosen]
        assert "You now know about 1 of 3 facts (33%)" in words(page)


def test_a_side_that_is_not_there_is_the_first(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=1)
    assert 'aria-current="true">By topic' in client.get("/progress?by=colour").text


def test_the_contents_lead_to_every_section(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=1)
    page = client.get("/progress").text
    contents = page.partition('aria-labelledby="contents"')[2].partition("</nav>")[0]
    assert re.findall(r'href="#([^"]*)"', contents) == re.findall(r'<section aria-labelledby="([^"]*)"', page)


def test_the_weakest_leads_to_how_it_was_remembered(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=1)
    assert "You haven’t forgotten any fact eight times." in words(client.get("/progress").text)
    remember(app, learner, "nile-source")
    with app.app_context():
        memory = db.session.scalars(select(Memory)).one()
        memory.last_day, memory.lapses = memory.last_day - timedelta(days=3), 9  # type: ignore[operator]
        db.session.commit()
    page = client.get("/progress").text
    assert page.count('href="/progress/facts/sample/nile-source"') == 2
    assert "expected recall 90% forgotten 9 times" in words(page)
    assert "You forgot 1 fact eight times or more." in words(page)


@pytest.mark.parametrize(
    ("this_week", "week_before", "told"),
    [
        (600_000, 300_000, "10 min answering in the last 7 days, 5 min more than in the 7 days before (5 min)."),
        (
            300_000,
            4_200_000,
            "5 min answering in the last 7 days, 1 h 5 min less than in the 7 days before (1 h 10 min).",
        ),
        (300_000, 300_000, "5 min answering in the last 7 days, about as much as in the 7 days before (5 min)."),
        (300_000, 0, "5 min answering in the last 7 days, and no time in the 7 days before."),
        (0, 300_000, "no time answering in the last 7 days, 5 min less than in the 7 days before (5 min)."),
        (20_000, 0, "less than a minute answering in the last 7 days, and no time in the 7 days before."),
    ],
)
def test_the_time_of_two_weeks_is_compared_in_words(
    app: Flask, client: FlaskClient, learner: User, this_week: int, week_before: int, told: str
) -> None:
    today = datetime.now(UTC).date()
    with app.app_context():
        for ago, ms in [(0, this_week), (9, week_before)]:
            timed = 10 if ms else 0
            db.session.add(
                DayCount(learner_id=learner.id, day=today - timedelta(days=ago), answers=10, ms=ms, timed=timed)
            )
        db.session.commit()
    page = words(client.get("/progress").text)
    assert f"You spent {told}" in page


def test_nothing_in_the_page_breaks_its_own_security_policy(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=1)
    assert not re.search(r"\sstyle=|<style|\son\w+=", client.get("/progress").text)


def test_ids_are_unique(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=1)
    ids = re.findall(r'\sid="([^"]*)"', client.get("/progress").text)
    assert len(ids) == len(set(ids))


def test_headings_go_down_one_level_at_a_time(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, answers=1)
    levels = [int(level) for level in re.findall(r"<h(\d)", client.get("/progress").text)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_takes_few_statements(app: Flask, client: FlaskClient, learner: User) -> None:
    study(app, learner, days=300, answers=30)
    remember(app, learner, "nile-source", "nile-date", "nile-quarrel")
    with client:
        assert client.get("/progress").status_code == 200
        assert g.statements <= 8


def test_a_learner_reads_of_their_own_parameters_and_may_use_the_standard_ones(
    app: Flask, client: FlaskClient, learner: User
) -> None:
    study(app, learner, answers=7)
    remember(app, learner, "nile-source")
    assert "Your memory" not in words(client.get("/progress").text)
    with app.app_context():
        user = db.session.get_one(User, learner.id)
        user.fitted_factor, user.adjusted_on = 0.7, datetime(2026, 5, 3).date()
        db.session.commit()
    page = words(client.get("/progress").text)
    assert "Your reviews show that you forget a little faster than most people." in page
    assert "Since 3 May 2026, your intervals have been adjusted for this." in page
    for use, told, offered in (
        ("standard", "You chose to keep the standard intervals.", "Use my own intervals"),
        ("own", "Since 3 May 2026, your intervals have been adjusted for this.", "Use the standard intervals"),
    ):
        response = send(client, "/progress/parameters", use=use)
        assert (response.status_code, response.location) == (303, "/progress#memory")
        page = words(client.get("/progress").text)
        assert told in page and offered in page
        with app.app_context():
            assert db.session.get_one(User, learner.id).uses_standard == (use == "standard")


def test_a_plan_changed_meanwhile_keeps_the_intervals_and_says_so(
    app: Flask, client: FlaskClient, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    study(app, learner, answers=7)
    remember(app, learner, "nile-source")
    find_switch = parameters.find_switch

    def find_while_the_plan_changes(session: Session, person: User, **options: Any) -> Any:
        found = find_switch(session, person, **options)
        writing.set(True)
        session.scalars(select(Plan).where(Plan.learner_id == person.id)).one().desired_retention = 0.8
        session.commit()
        return found

    monkeypatch.setattr(parameters, "find_switch", find_while_the_plan_changes)
    response = send(client, "/progress/parameters", use="standard")
    assert (response.status_code, response.location) == (303, "/progress#memory")
    assert "your plans or settings were changed at the same time. Try again." in words(client.get("/progress").text)
    with app.app_context():
        assert not db.session.get_one(User, learner.id).uses_standard
