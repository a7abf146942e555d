"""Regular expressions, and all that reads text from outside, take linear time whatever text they are given."""

import html
import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from limited import limited
from patterns import all_patterns, hard_texts
from sampling import sample

from quizapp.core.formats.markup import as_text, html_of, line_of, markdown_of
from quizapp.core.formats.registry import FORMATS, guess
from quizapp.core.sets import quick_entry

LENGTH, SECONDS = 50_000, 4  # quadratic time would be 10 seconds and more
PROCESSES = 8  # that share the patterns

UNITS = [
    "\n", "{", "}", "=", "\\", "'", '"', "&", "`", "*", "[", "_", "<", ">", "#", "|", "\t", "1", "9", "{=", "{~",
    "[id:", "[tag:", "<li>", "<li", "[sound:", "[anki:tts]", "{1:SA:", "{1:SA:a}", "a ", "::", "//", "&amp;", "**",
    "![", "](", "<b>", "<a '\"", "<!--", "> ", "- ", "1. ", "ANSWER: A\n", "A. x\n", "\\|", "{{c1::", "{{c1::a}}",
    "}}", "{{", "a\n\n", "a{=b}\n\n", "a\tb\n", "\u0300\u0316", "the ", "- a\n", '{"a":', "$CATEGORY:", "####",
    "->", "%50%", '"a","b"\n', "data:a/b;base64,", "<!--quizapp {", "=a ", "~a#b\n", "<p>", "</p>", ", ", "ANSWER:",
]  # fmt: skip


def read_as(name: str) -> Callable[[str], object]:
    return lambda text: FORMATS[name].read(text.encode("utf-8", "replace"), topic="t")


def moodle(kind: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        words = f"<text>{html.escape(text)}</text>"
        return FORMATS["moodle-xml"].read(
            f'<quiz><question type="{kind}"><questiontext>{words}</questiontext>'
            f"<generalfeedback>{words}</generalfeedback><graderinfo>{words}</graderinfo>"
            f'<answer fraction="100">{words}<feedback>{words}</feedback></answer>'
            f'<answer fraction="0">{words}</answer></question></quiz>'.encode(),
            topic="t",
        )

    return read


def quick(kind: str) -> Callable[[str], object]:
    return lambda text: quick_entry.read(f"a\t{text}", kind=kind)


MOODLE = ("multichoice", "essay", "cloze", "shortanswer", "numerical", "matching")
READERS: dict[str, Callable[[str], object]] = {
    **{name: read_as(name) for name in ("csv", "tsv", "gift", "aiken", "anki-text", "json", "yaml")},
    **{f"moodle {kind}": moodle(kind) for kind in MOODLE},
    **{f"quick {kind}": quick(kind) for kind in quick_entry.KINDS},
    "guessing": lambda text: guess("", text.encode()),
    "GIFT answers": lambda text: read_as("gift")(f"a {{=b {text}}}"),
    "GIFT in HTML": lambda text: read_as("gift")(f"[html]{text} {{=b}}"),
    "cells": lambda text: read_as("tsv")(f"question\tanswer\tkind\ttext\nq\t{text}\tcloze\t{text}"),
    "Anki in HTML": lambda text: read_as("anki-text")(f"#separator:|\n#html:true\n{{{{c1::a}}}}{text}|{text}"),
    "quick entry": quick_entry.read,
    "HTML": markdown_of,
    "lines of HTML": line_of,
    "plain text": as_text,
    "Markdown": lambda text: html_of(text[:4000]),
}


@pytest.mark.parametrize("process", range(PROCESSES))
def test_no_pattern_takes_more_than_linear_time(process: int) -> None:
    patterns = list(all_patterns().values())[process::PROCESSES]

    def match_all() -> None:
        for pattern in patterns:
            texts = list(hard_texts(pattern, LENGTH))  # up to some thousands, for patterns with many words
            for text in sample(texts, every=max(20, len(texts) // 20)):
                pattern.fullmatch(text)
                pattern.sub("", text)

    limited(match_all, seconds=SECONDS)


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_takes_more_than_linear_time(reader: str) -> None:
    def read_all() -> None:
        for unit in sample(UNITS, every=12):
            with suppress(ValueError):
                READERS[reader](unit * (LENGTH // len(unit)) + "x")

    limited(read_all, seconds=SECONDS)


@pytest.mark.parametrize(
    "text", ["\n" * LENGTH, "{" + "=" * LENGTH, "ANSWER: A" + " " * LENGTH + "x", " " * LENGTH + "|x"]
)
def test_texts_that_once_took_minutes_take_none(text: str) -> None:
    def read_all() -> None:
        for reader in ("guessing", "aiken", "gift", "quick entry", "quick typed"):
            with suppress(ValueError):
                READERS[reader](text)

    limited(read_all, seconds=SECONDS)


def test_a_pattern_that_takes_quadratic_time_is_noticed() -> None:
    slow = re.compile(r"^\s*ANSWER", re.M)
    with pytest.raises(AssertionError, match="processor time"):
        limited(lambda: [slow.sub("", text) for text in hard_texts(slow, LENGTH)], seconds=1)
