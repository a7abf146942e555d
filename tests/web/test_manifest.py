"""What makes the app installable, as the browser asks for it."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

STATIC = Path(__file__).parents[2] / "quizapp" / "static"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the database."""
    return sqlite_url


def test_the_manifest_says_what_to_install(client: FlaskClient) -> None:
    response = client.get("/manifest.webmanifest")
    assert response.mimetype == "application/manifest+json"
    manifest = json.loads(response.text)
    shown = [manifest[name] for name in ("start_url", "display", "scope", "lang")]
    assert shown == ["/today", "standalone", "/", "en"]
    icons = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert icons == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as drawn:
            width = int.from_bytes(drawn.data[16:20])  # of a PNG
            assert f"{width}x{width}" == icon["sizes"]
            assert len(drawn.data) < 16 * 1024


def test_its_colours_are_those_of_the_paper(client: FlaskClient) -> None:
    manifest = json.loads(client.get("/manifest.webmanifest").text)
    tokens = (STATIC / "css" / "tokens.css").read_text()
    light, dark = re.findall(r"--paper: light-dark\((#\w+), (#\w+)\)", tokens)[0]
    assert manifest["theme_color"] == manifest["background_color"] == light
    page = client.get("/").text
    assert f'content="{light}" media="(prefers-color-scheme: light)"' in page
    assert f'content="{dark}" media="(prefers-color-scheme: dark)"' in page
    client.set_cookie("theme", "dark")
    assert re.findall(r'<meta name="theme-color".*?>', client.get("/").text) == [
        f'<meta name="theme-color" content="{dark}">'
    ]


@pytest.mark.parametrize("path", ["/", "/login", "/explore/sample", "/nowhere", "/offline"])
def test_every_page_leads_to_it(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert 'rel="apple-touch-icon"' in page
    assert "viewport-fit=cover" in page
