"""Addresses behind reverse proxies: those of people who come through one are known, and nobody can forge one."""

from collections.abc import Callable

import pytest
from flask import Flask, request

from quizapp.config import Settings

PROXY, OUTER, PERSON, FORGED = "10.0.0.5", "10.0.0.6", "203.0.113.7", "198.51.100.1"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """None of this hangs on the database."""
    return sqlite_url


@pytest.fixture
def seen(settings: Settings, make_app: Callable[[Settings], Flask]) -> Callable[..., tuple[str | None, str]]:
    """Return the address and the host that a request is taken to come from and go to."""

    def see(peer: str, *forwarded: str, proxies: int = 1, known: str = "10.0.0.5,10.0.0.6") -> tuple[str | None, str]:
        app = make_app(settings.model_copy(update={"proxies": proxies, "proxy_addresses": known}))
        app.add_url_rule("/seen", view_func=lambda: [request.remote_addr, request.host])
        headers = {"X-Forwarded-For": ", ".join(forwarded), "X-Forwarded-Host": "quiz.example.org"}
        found = app.test_client().get("/seen", headers=headers, environ_base={"REMOTE_ADDR": peer}).json
        return found[0], found[1]  # type: ignore[index]

    return see


THROUGH, DIRECTLY = "quiz.example.org", "localhost"


def test_a_person_behind_a_proxy_is_known(seen: Callable[..., tuple[str | None, str]]) -> None:
    assert seen(PROXY, PERSON) == (PERSON, THROUGH)
    assert seen("10.0.0.250", PERSON, known="10.0.0.0/24") == (PERSON, THROUGH)
    assert seen("127.0.0.1", PERSON, known=Settings().proxy_addresses) == (PERSON, THROUGH)
    assert seen("::ffff:10.0.0.5", PERSON) == (PERSON, THROUGH)
    assert seen("::1", "2001:db8::7", known="::1") == ("2001:db8::7", THROUGH)


def test_what_a_person_sends_along_is_not_believed(seen: Callable[..., tuple[str | None, str]]) -> None:
    assert seen(PROXY, FORGED, PERSON) == (PERSON, THROUGH)
    assert seen(PROXY, FORGED, PERSON, proxies=2)[0] == PERSON
    assert seen(OUTER, FORGED, FORGED, PERSON, proxies=5)[0] == PERSON


def test_nobody_who_comes_directly_can_forge_an_address(seen: Callable[..., tuple[str | None, str]]) -> None:
    assert seen(PERSON, FORGED) == (PERSON, DIRECTLY)
    assert seen(PERSON, FORGED, PROXY, proxies=2) == (PERSON, DIRECTLY)
    assert seen("192.168.1.20", FORGED, known=Settings().proxy_addresses) == ("192.168.1.20", DIRECTLY)
    assert seen(PROXY, FORGED, proxies=0) == (PROXY, DIRECTLY)


def test_a_chain_of_proxies_is_followed_while_they_are_known(seen: Callable[..., tuple[str | None, str]]) -> None:
    assert seen(PROXY, FORGED, PERSON, OUTER, proxies=2)[0] == PERSON
    assert seen(PROXY, PERSON, OUTER, proxies=1)[0] == OUTER
    assert seen(PROXY, PERSON, proxies=2)[0] == PERSON  # who reached the inner one directly


@pytest.mark.parametrize("sent", ["", "nowhere", ",,", "10.0.0.5, 10.0.0.6"])
def test_an_unreadable_header_does_no_harm(seen: Callable[..., tuple[str | None, str]], sent: str) -> None:
    assert seen(PROXY, sent, proxies=5)[1] in (THROUGH, DIRECTLY)
