"""The page about accessibility, and what of its claims a page's text or the colours prove."""

import re
from itertools import product
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from people import send

import quizapp
from quizapp.web.accessibility import CRITERIA

TESTS = Path(__file__).parents[1]
TOKENS = Path(quizapp.__file__).parent / "static/css/tokens.css"

# The success criteria of WCAG 2.2 at levels A and AA; 4.1.1 is no longer one
NUMBERS = re.findall(
    r"\S+",
    """
1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5
1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13
2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11
2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8
3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3
    """,
)


def test_the_page_states_each_of_the_55_criteria(client: FlaskClient) -> None:
    page = client.get("/accessibility").text
    assert re.findall(r'id="criterion-([\d.]+)"', page) == NUMBERS and len(NUMBERS) == 55
    assert "partially" not in page.lower()
    assert 'href="/accessibility"' in client.get("/privacy").text


def test_the_tests_it_names_exist() -> None:
    for test in {test for criterion in CRITERIA for test in criterion.tests}:
        file, _, name = test.partition("::")
        assert f"def {name}(" in (TESTS / file).read_text() if name else (TESTS / file).exists(), test


@pytest.mark.parametrize(
    "path", ["/", "/today", "/review", "/explore/sample", "/progress", "/account", "/accessibility", "/nowhere"]
)
def test_every_page_has_its_frame(client: FlaskClient, path: str) -> None:
    send(client, "/start")
    page = client.get(path).text
    assert re.search(r'<body[^>]*>\s*<a class="skip-link" href="#main">', page) and 'id="main"' in page
    assert '<html lang="en"' in page and re.search(r"<title>[^<]+ · quizapp</title>", page)
    nav = re.findall(r"<a [^>]*>(\w+)</a>", re.findall(r'<nav aria-label="Main">(.*?)</nav>', page, re.S)[0])
    assert nav == ["Today", "Practice", "Quizzes", "Sets", "Explore", "Progress"]
    assert re.findall(r'<a class="colophon__link[^>]*>([^<]+)</a>', page) == [
        "Keyboard shortcuts",
        "Accessibility",
        "Privacy",
    ]


# Colours


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as #1f1b16, as WCAG defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS.read_text()
    )
}
PAPERS = [name for name in PAIRS if name.startswith("paper")]
NO_TEXT = {"hairline", "edge"}  # a hairline only decorates


def test_text_and_edges_have_enough_contrast() -> None:
    assert len(PAPERS) == 3
    for scheme, paper in product((0, 1), PAPERS):
        for name in PAIRS.keys() - PAPERS - NO_TEXT:
            assert contrast(PAIRS[name][scheme], PAIRS[paper][scheme]) >= 4.5, f"{name} on {paper}"
        assert contrast(PAIRS["edge"][scheme], PAIRS[paper][scheme]) >= 3, f"edge on {paper}"
