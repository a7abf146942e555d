"""Web Push: who can read a message and who sent it, and which addresses are never connected to."""

import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from push_service import Browser, PushService, need_cryptography, read_signature

from quizapp import push
from quizapp.config import Settings

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
SETTINGS, PRIVATE = Settings(), Settings(push_to_private=True)


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.close()


def test_only_the_browser_can_read_a_message_and_the_service_knows_who_sent_it(service: PushService) -> None:
    need_cryptography()
    browser, keys, endpoint = Browser(), push.make_keys(), f"{service.address}/send/abc?x=1"
    body = push.encrypt(json.dumps({"title": "Bakı"}).encode(), **browser.fields)
    header = push.sign(*keys, endpoint, contact="mailto:a@example.org", now=NOW)
    push.send(PRIVATE, endpoint, {"Authorization": header}, body)
    ((path, headers, received),) = service.received
    assert path == "/send/abc?x=1" and browser.read(received) == {"title": "Bakı"}
    assert (headers["content-encoding"], headers["ttl"], headers["topic"]) == ("aes128gcm", "14400", "today")
    claims = read_signature(headers["authorization"])
    assert (claims["aud"], claims["sub"]) == (service.address, "mailto:a@example.org")
    assert 0 < claims["exp"] - NOW.timestamp() <= 24 * 3600
    assert headers["authorization"].endswith(f"k={keys[1]}")
    with pytest.raises(ValueError):
        push.encrypt(b"x", "B" + "A" * 86, browser.fields["auth_secret"])  # no point of the curve


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, push.Gone), (410, push.Gone), (302, push.NotSent), (429, push.NotSent), (500, push.NotSent)],
)
def test_what_a_service_answers(service: PushService, status: int, error: type[Exception]) -> None:
    service.status = status
    with pytest.raises(error):
        push.send(PRIVATE, service.address, {}, b"x")
    assert len(service.received) == 1  # a redirect is not followed


def test_a_service_that_never_finishes_is_left(service: PushService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "LONGEST", 0.2)
    service.status = None
    begun = time.monotonic()
    with pytest.raises(push.NotSent):
        push.send(PRIVATE, service.address, {}, b"x")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://push.example:443/a?b=c", True),
        ("https://push.example:8443/a", False),
        ("http://push.example/a", False),
        ("https://user@push.example/a", False),
        ("file:///etc/passwd", False),
        ("https:///a", False),
        ("https://push.example/a b", False),
        ("https://push.example/\r\nX: y", False),
        ("https://[::1", False),
        ("https://push.example/" + "a" * 1000, False),
        ("", False),
    ],
)
def test_which_addresses_may_be_those_of_a_push_service(address: str, allowed: bool) -> None:
    assert push.is_endpoint(address, SETTINGS) is allowed


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::"],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_not_connected_to(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[Any] = []
    answers = [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: answers)
    monkeypatch.setattr(socket, "create_connection", lambda *arguments, **options: connected.append(arguments))
    with pytest.raises(push.NotSent, match="not a public address"):
        push.send(SETTINGS, "https://push.example/a", {}, b"x")
    assert connected == []


def test_a_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, the name could lead elsewhere."""
    connected: list[Any] = []

    def connect(address: tuple[str, int], **options: object) -> None:
        connected.append(address)
        raise OSError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [(0, 0, 0, "", ("93.184.215.14", 443))])
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(push.NotSent, match="refused"):
        push.send(SETTINGS, "https://push.example/a", {}, b"x")
    assert connected == [("93.184.215.14", 443)]
