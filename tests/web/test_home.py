"""The start page, the first minute of a newcomer, the ways about, the choice of colours and type, the health check."""

import gzip
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sqlalchemy import delete, event, select, update

from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import DayCount, Fact, Plan, QuestionSet, User


def numbers(page: str) -> dict[str, int]:
    return {word: int(number) for word, number in re.findall(r"<dt>(\w+)</dt><dd>(\d+)</dd>", page)}


def start_as_teacher(app: Flask, client: FlaskClient) -> None:
    send(client, "/start")
    with app.app_context():
        db.session.execute(update(User).values(name="Sevil", name_folded="sevil", is_teacher=True))
        db.session.commit()


def test_a_newcomer_sees_what_the_set_holds_and_one_button(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "<h1>Three rivers</h1>" in page
    assert numbers(page) == {"facts": 3, "questions": 7, "passages": 2}
    assert page.count("Start studying") == 1
    assert 'href="/explore/sample"' in page and 'href="/login"' in page and 'href="/signup"' in page
    assert "A. Writer" in page and "<cite>On rivers</cite>" in page and "(1999)" in page


def test_what_was_archived_is_not_counted(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        fact = db.session.scalars(select(Fact).where(Fact.key == "nile-source")).one()
        fact.archived_at = fact.questions[0].versions[0].created_at
        left_out = len(fact.questions)
        db.session.commit()
    assert numbers(client.get("/").text) == {"facts": 2, "questions": 7 - left_out, "passages": 2}


@pytest.mark.both_databases
def test_without_a_set_the_page_says_how_to_get_one(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(delete(QuestionSet))
        db.session.commit()
    assert "quizapp bank load" in client.get("/").text
    assert send(client, "/start").status_code == 404


def test_starting_makes_a_guest_with_a_plan_and_leads_to_the_first_question(app: Flask, client: FlaskClient) -> None:
    answer = send(client, "/start", timezone="Asia/Baku")
    assert (answer.status_code, answer.location) == (303, "/review")
    assert client.get("/review").status_code == 200
    with app.app_context():
        guest = db.session.scalars(select(User)).one()
        plan = db.session.scalars(select(Plan)).one()
        assert (guest.is_guest, guest.timezone, plan.learner_id) == (True, "Asia/Baku", guest.id)


@pytest.mark.parametrize("timezone", ["", "Atlantis/Capital", "../../etc/passwd"])
def test_without_a_usable_time_zone_studying_starts_all_the_same(
    app: Flask, client: FlaskClient, timezone: str
) -> None:
    assert send(client, "/start", timezone=timezone).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(User.timezone)).one() == "UTC"


@pytest.mark.both_databases
def test_starting_twice_keeps_the_guest_and_the_plan(app: Flask, client: FlaskClient) -> None:
    send(client, "/start")
    send(client, "/start", set="sample")
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 1
        assert len(db.session.scalars(select(Plan)).all()) == 1


def test_a_set_that_is_not_there_cannot_be_started_and_leaves_no_guest(app: Flask, client: FlaskClient) -> None:
    assert send(client, "/start", set="atlantis").status_code == 404
    with app.app_context():
        assert db.session.scalars(select(User)).all() == []


@pytest.mark.parametrize("path", ["/start", "/theme"])
def test_a_form_without_its_token_is_refused(client: FlaskClient, path: str) -> None:
    assert client.post(path, data={"theme": "dark"}).status_code == 400


def today_line(page: str) -> str:
    line = re.search(r'<p class="lede">(.*?)</p>', page, re.S)
    assert line
    return " ".join(line[1].split())


def test_a_learner_continues_from_the_start_page(client: FlaskClient) -> None:
    send(client, "/start")
    page = client.get("/").text
    assert re.search(r'class="button" href="/review">Continue<', page)
    assert "Studying as a guest" in page and 'href="/signup"' in page
    assert today_line(page) == "3 new. About 2 minutes."


def test_the_state_of_today_is_one_line(app: Flask, client: FlaskClient) -> None:
    send(client, "/start")
    with app.app_context():
        learner = db.session.scalars(select(User)).one()
        today = learner.clock.day(datetime.now(UTC))
        db.session.add_all(
            DayCount(learner_id=learner.id, day=today - timedelta(days=ago), answers=1) for ago in (1, 2, 5)
        )
        db.session.execute(update(Plan).values(new_per_day=0))
        db.session.commit()
    page = client.get("/").text
    assert today_line(page) == "Nothing is due today. 2 days in a row."
    assert ">Continue<" not in page and 'href="/progress">See your progress<' in page


def test_an_account_without_a_set_is_asked_to_choose_one(app: Flask, client: FlaskClient) -> None:
    send(client, "/start")
    with app.app_context():
        db.session.execute(delete(Plan))
        db.session.commit()
    page = client.get("/").text
    assert today_line(page) == "Choose a set to start studying."
    assert ">Continue<" not in page and ">Study<" in page and ">Explore<" in page and ">Plan<" not in page


def test_a_teacher_sees_the_sets_and_how_much_is_in_them(app: Flask, client: FlaskClient) -> None:
    start_as_teacher(app, client)
    page = client.get("/").text
    assert 'href="/explore/sample"' in page and "3 facts, 7 questions, 2 passages" in page
    assert send(client, "/start", set="sample").status_code == 303


@pytest.mark.parametrize("reader", ["newcomer", "guest"])
def test_a_few_statements_whatever_the_sets(app: Flask, client: FlaskClient, reader: str) -> None:
    if reader == "guest":
        send(client, "/start")
    with app.app_context():
        first = db.session.scalars(select(QuestionSet)).one()
        for number in range(5):
            header = first.header | {"key": f"copy-{number}"}
            db.session.add(
                QuestionSet(key=f"copy-{number}", title="Copy", header=header, names=[], created_at=first.created_at)
            )
        db.session.commit()
        statements: Counter[str] = Counter()
        event.listen(
            db.engine,
            "before_cursor_execute",
            lambda _c, _k, statement, *_: statements.update([statement.split()[0]]),
        )
    page = client.get("/").text
    assert len(set(re.findall(r"/explore/copy-\d", page))) == 5
    del statements["BEGIN"]
    assert statements.total() <= (4 if reader == "newcomer" else 9)


def test_who_teaches_has_one_way_more(app: Flask, client: FlaskClient) -> None:
    def ways(page: str) -> list[str]:
        nav = re.search(r'<nav aria-label="Main">(.*?)</nav>', page, re.S)
        assert nav
        return re.findall(r"<a [^>]*>(\w+)</a>", nav[1])

    sections = ["Today", "Practice", "Quizzes", "Sets", "Explore", "Progress"]
    assert ways(client.get("/").text) == sections
    start_as_teacher(app, client)
    assert ways(client.get("/").text) == [*sections, "Classes"]


@pytest.mark.parametrize("path", ["/", "/today", "/progress", "/account"])
def test_the_running_head_marks_where_the_reader_is(client: FlaskClient, path: str) -> None:
    send(client, "/start")
    marked = re.findall(r'href="([^"]+)" aria-current="page"', client.get(path).text)
    assert marked == ([] if path == "/" else [path])


def test_a_page_below_a_section_marks_the_section(client: FlaskClient) -> None:
    assert '<a href="/explore" aria-current="true">' in client.get("/explore/sample").text
    send(client, "/start")
    assert '<a href="/today" aria-current="true">' in client.get("/review").text


def test_the_chosen_colours_stay_chosen(client: FlaskClient) -> None:
    assert '<html lang="en" data-theme="auto" data-text-size="normal"' in client.get("/").text
    answer = send(client, "/theme", theme="dark", next="/explore/sample?page=1")
    assert (answer.status_code, answer.location) == (303, "/explore/sample?page=1")
    cookie = answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in cookie and "Max-Age=31536000" in cookie and "Secure" not in cookie
    page = client.get("/explore/sample").text
    assert '<html lang="en" data-theme="dark" data-text-size="normal"' in page
    assert re.search(r'value="dark" aria-pressed="true"', page)


def test_the_chosen_size_of_type_stays_chosen(client: FlaskClient) -> None:
    answer = send(client, "/text-size", **{"text-size": "larger", "next": "/explore/sample"})
    assert (answer.status_code, answer.location) == (303, "/explore/sample")
    assert 'data-text-size="larger"' in client.get("/explore/sample").text
    assert send(client, "/text-size", **{"text-size": "enormous"}).status_code == 400
    client.set_cookie("text-size", '"><script>')
    assert 'data-text-size="normal"' in client.get("/").text


def test_the_keys_have_a_page_for_browsers_without_scripts(client: FlaskClient) -> None:
    assert 'href="/keys"' in client.get("/").text
    page = client.get("/keys").text
    assert "<kbd>Ctrl</kbd>+<kbd>Z</kbd>" in page and page.count("<table") == 1


def test_behind_https_the_colours_are_this_hosts_alone(
    settings: Settings, make_app: Callable[[Settings], Flask]
) -> None:
    app = make_app(settings.model_copy(update={"public_url": "https://quiz.example"}))
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/", base_url="https://quiz.example").text)
    assert token
    answer = client.post(
        "/theme",
        data={"theme": "light", "csrf_token": token[1]},
        base_url="https://quiz.example",
        headers={"Referer": "https://quiz.example/"},
    )
    assert answer.status_code == 303
    assert "Secure" in answer.headers["Set-Cookie"]
    client.set_cookie("theme", "dark", domain="quiz.example")  # as another host of the domain could
    assert 'data-theme="light"' in client.get("/", base_url="https://quiz.example").text
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("theme", ["", "sepia", "dark; Path=/x"])
def test_colours_that_are_not_there_cannot_be_chosen(client: FlaskClient, theme: str) -> None:
    assert send(client, "/theme", theme=theme).status_code == 400


def test_a_stranger_s_colours_in_the_cookie_mean_nothing(client: FlaskClient) -> None:
    client.set_cookie("theme", '"><script>')
    assert '<html lang="en" data-theme="auto" data-text-size="normal"' in client.get("/").text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "\\\\evil.example", ""])
def test_choosing_colours_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    assert send(client, "/theme", theme="dark", next=target).location == "/"


def test_a_page_comes_back_to_itself_after_the_choice(client: FlaskClient) -> None:
    assert 'name="next" value="/explore/sample"' in client.get("/explore/sample").text
    assert 'name="next" value="/login?next=/today"' in client.get("/login?next=/today").text


def test_the_privacy_page_has_the_periods_that_are_set(
    settings: Settings, make_app: Callable[[Settings], Flask]
) -> None:
    client = make_app(settings.model_copy(update={"guest_days": 12, "account_days": 400})).test_client()
    assert 'href="/privacy"' in client.get("/login").text
    page = client.get("/privacy").text
    assert "until 12 days after you last studied" in page
    assert "until 400 days after your last visit" in page
    assert "730 days, and" in page
    assert "attempts are counted for 15 minutes" in page
    assert "90 days after your last visit" in page
    assert 'href="/account/data"' not in page
    send(client, "/start")
    assert "Delete your progress</a>" in client.get("/privacy").text


def size(client: FlaskClient, address: str) -> int:
    """Return the bytes of what browsers are sent."""
    with client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"}) as response:
        assert response.status_code == 200
        return len(response.data)


@pytest.mark.parametrize("path", ["/", "/review"])
def test_the_first_page_is_light(client: FlaskClient, path: str) -> None:
    if path == "/review":
        send(client, "/start")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)', client.get(path).text)
    sizes = {address: size(client, address) for address in [path, *files] if not address.endswith(".png")}
    assert len(sizes) <= 8
    assert sum(sizes.values()) <= 45 * 1024, sizes


def test_nothing_on_the_first_page_needs_an_inline_script_or_style(client: FlaskClient) -> None:
    page = client.get("/").text
    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", page)


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0", None)]
)
def test_styles_and_scripts_go_over_the_wire_compressed(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)\?v=\w+)"', client.get("/").text)
    assert addresses
    for address in addresses:
        with client.get(address) as plain, client.get(address, headers={"Accept-Encoding": accepted}) as packed:
            assert packed.headers.get("Content-Encoding") == encoding
            assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert unpack(packed.data) == plain.data
            assert len(packed.data) < len(plain.data) / 2 or not encoding


def test_an_address_of_another_version_is_asked_for_again(client: FlaskClient) -> None:
    with client.get("/static/app.css?v=other") as response:
        assert response.cache_control.no_cache and not response.cache_control.immutable
        again = client.get("/static/app.css", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_are_compressed_and_hold_another_token_each_time(client: FlaskClient) -> None:
    pages = [client.get("/", headers={"Accept-Encoding": "gzip"}) for _ in range(3)]
    texts = [gzip.decompress(page.data).decode() for page in pages]
    tokens = [set(re.findall(r'name="csrf_token" value="([^"]+)"', text)) for text in texts]
    assert len(set.union(*tokens)) == 3 == sum(map(len, tokens))
    assert all(len(page.data) < len(text) / 2 for page, text in zip(pages, texts, strict=True))
    for token in set.union(*tokens):
        assert client.post("/theme", data={"csrf_token": token, "theme": "dark"}).status_code == 303
