"""Pages of questions of every kind, read and answered without JavaScript."""

import re
from html import unescape

from flask.testing import FlaskClient


def post(client: FlaskClient, page: str, posted: dict[str, str]):
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form
    hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    return client.post(form[1], data=hidden | posted)


def answer(client: FlaskClient, page: str, posted: dict[str, str]) -> str:
    """The verdict's page, for an answer that is meant as it is."""
    response = post(client, page, {"asked": "1"} | posted)
    assert response.status_code == 303, response.text
    return unescape(client.get(response.location).text)


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(page)).split())


def shown(page: str, pattern: str) -> dict[str, str]:
    """What the page offers: the name or the place of a field, by its text."""
    return {unescape(text): place for place, text in re.findall(pattern, page, re.S)}


def boxes(page: str) -> dict[str, str]:
    return shown(page, r'name="(pick-\d+)".*?choice__text"[^>]*>([^<]+)<')


def places(page: str) -> dict[str, str]:
    return shown(page, r'<label class="ordering__text" for="(place-\d+)"[^>]*>([^<]+)<')


def options(page: str, field: str) -> dict[str, str]:
    """The options of one select."""
    select_ = re.search(rf'<select[^>]*name="{field}".*?</select>', page, re.S)
    assert select_
    return shown(select_[0], r'<option value="(\d)"[^>]*>([^<]+)</option>')
