"""Column names in tables of other people and programs, and the role that each stands for.

Names are compared in any case, with spaces, underscores or hyphens, without accents and in Latin letters. English,
Azerbaijani, Russian and Turkish names are known.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from quizapp.core.text.normal import fold

OWN = (
    "key", "fact", "topic", "kind", "question", "text", "answer", "distractors", "accept", "reject", "spellings_of",
    "precision", "tolerance", "unit", "points", "explanation", "why_not", "misconception", "statement", "date",
    "importance", "caution", "passages", "notes", "actors", "tags",
)  # fmt: skip
_OWN_ROLES = {"answer": "right", "distractors": "wrong"}

_NUMBERED = re.compile(r"(?P<name>.{1,80}?) ?(?:\d{1,2}|[a-hvz]|zh)")  # "v", "z" and "zh" are Cyrillic
_LETTERS = frozenset("abcdefghабвгдежз123456789")
_LETTER_FIRST = re.compile(r"[a-hабвгдежз]\)? (?P<name>\w.*)")  # "A variantı"

_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ADVICE = re.compile(r"\s[-–—]\s.*", re.S)  # "Answer 1 - max 75 characters"
_COUNTER = re.compile(r"#|№|\bno\.", re.I)
_NOT_WORD = re.compile(r"[\s_.:*?-]+")
LONGEST = 80  # characters of a column name


def role_of(cell: str) -> str | None:
    """Return the role of a column with this name, "" if it is to be left out, or None if the name is unknown."""
    if not cell.strip() or len(cell) > LONGEST * 3:
        return None
    own = cell.strip().casefold().replace(" ", "_")
    if own in OWN:
        return _OWN_ROLES.get(own, own)
    if cell.strip().rstrip(").").casefold() in _LETTERS:
        return "option"
    name = plain_name(cell)
    lettered = _LETTER_FIRST.fullmatch(" ".join(cell.split()).casefold())
    if lettered and fold(lettered["name"]) in _option_names():
        return "option"
    if name in _roles():
        return _roles()[name]
    return _numbered_role(name)


def plain_name(cell: str) -> str:
    """Return a column name as it is compared: without advice, brackets, accents and punctuation."""
    text = _IN_BRACKETS.sub(" ", _ADVICE.sub("", " ".join(cell[: LONGEST * 3].split())))[:LONGEST]
    if _COUNTER.search(text):
        return "no"
    return fold(_NOT_WORD.sub(" ", text)).strip()


def _numbered_role(name: str) -> str | None:
    """Return the role of one of several columns, such as "Option 3" or "Wrong answer 2"."""
    numbered = _NUMBERED.fullmatch(name)
    if numbered is None:
        return None
    base = numbered["name"].strip()
    if base in _option_names():
        return "option"
    return "wrong" if _roles().get(base) == "wrong" else None


@cache
def _all_names() -> Any:
    return yaml.safe_load(Path(__file__).with_name("names.yaml").read_text("utf-8"))


@cache
def _roles() -> dict[str, str]:
    return {name: role for role, names in _all_names()["columns"].items() for name in _split(names)}


@cache
def other_kinds() -> dict[str, str]:
    """Return our kind of question by the plain name of each kind of other programs, "" for those without an answer."""
    names = _all_names()
    kinds = {name: kind for kind, names in names["kinds"].items() for name in _split(names)}
    return kinds | dict.fromkeys(_split(names["without_answer"]), "")


@cache
def _option_names() -> frozenset[str]:
    return frozenset(_split(_all_names()["options"]))


def _split(names: str) -> list[str]:
    return [plain_name(name) for name in names.split(";")]
