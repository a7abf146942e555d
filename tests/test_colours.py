"""The colours of verdicts and topics, in both themes: readable on every paper, and never alike."""

import math
import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parent.parent / "quizapp" / "static" / "css" / "tokens.css").read_text()
PAPERS = ["paper", "paper-shade", "paper-deep"]
VERDICTS = ["right", "wrong", "close"]
TOPICS = re.findall(r"--topic: var\(--(\w+)\)", TOKENS)
LEAST_CONTRAST = 4.5  # WCAG 1.4.3
LEAST_DISTANCE = 0.055  # in Oklab, where 0.02 can just be noticed


def colour(name: str, theme: int) -> list[float]:
    """Return the linear red, green and blue of a token, 0..1; theme 0 is light, 1 is dark."""
    both = re.search(rf"--{name}: light-dark\(#(\w+), #(\w+)\)", TOKENS)
    assert both, name
    parts = [int(both[theme + 1][place : place + 2], 16) / 255 for place in (0, 2, 4)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: list[float], other: list[float]) -> float:
    dark, light = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb: list[float]) -> list[float]:
    """Return a colour in the space of Björn Ottosson, 2020, where distances are those that people see."""
    cones = [(0.4122, 0.5363, 0.0514), (0.2119, 0.6807, 0.1074), (0.0883, 0.2817, 0.6300)]
    seen = [dot(row, rgb) ** (1 / 3) for row in cones]
    axes = [(0.2105, 0.7936, -0.0041), (1.9780, -2.4286, 0.4506), (0.0259, 0.7828, -0.8087)]
    return [dot(row, seen) for row in axes]


def dot(one: tuple[float, ...], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_verdicts_and_topics_are_readable_and_differ(theme: int) -> None:
    assert len(TOPICS) == 7
    for name, paper in product(VERDICTS + TOPICS, PAPERS):
        assert contrast(colour(name, theme), colour(paper, theme)) >= LEAST_CONTRAST, (name, paper)
    for verdict, topic in product(VERDICTS, TOPICS):
        assert math.dist(oklab(colour(verdict, theme)), oklab(colour(topic, theme))) >= LEAST_DISTANCE, (verdict, topic)
