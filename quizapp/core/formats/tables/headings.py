"""Column names in tables of other people and programs, and the role that each stands for.

Names are compared in any case, with spaces, underscores or hyphens, without accents and in Latin letters. English,
Azerbaijani, Russian and Turkish names are known.
"""

import re
from collections.abc import Sequence
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

# Names of our own that other people use for other things; they count only among nothing but our own names.
_ONLY_OURS = {
    "fact", "text", "unit", "points", "statement", "date", "importance", "caution", "notes", "actors", "precision",
    "key",
}  # fmt: skip

_NUMBERED = re.compile(r"(?P<name>.{1,80}?) ?(?:\d{1,2}|[a-hvz]|zh|[ivx]{1,4})")  # "v", "z" and "zh" are Cyrillic
_NUMBER_FIRST = re.compile(r"(?:\d{1,2}|[ivx]{1,4}|[a-hvz]|zh)(?: (?:ci|cu|y|ya|st|nd|rd|th))? (?P<name>\w.*)")
_LETTERS = frozenset("abcdefghçəабвгдежзс123456789") | {"i", "ii", "iii", "iv", "v", "vi"}
_COUNTED = re.compile(r"\A\d{1,3}\s?[.)]\s*")  # "1. Question"

_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ADVICE = re.compile(r"\s[-–—]\s.*", re.S)  # "Answer 1 - max 75 characters"
COUNTER = re.compile(r"#|№|\bno\.", re.I)
_NOT_WORD = re.compile(r"[\s_.:*?/-]+")
LONGEST = 80  # characters of a column name


def roles_of(names: Sequence[str]) -> list[str | None]:
    """Return the role of each column with these names: "" if it is to be left out, None if its name is unknown."""
    if (short := _SHORT.get("".join(names).casefold())) and len(names) == 2:
        return list(short)
    if all(name in OWN for name in names if name):  # as we write them, in small letters
        return [_OWN_ROLES.get(name, name) or None for name in names]
    own = [_own_name(name) for name in names]
    roles = [role_of(name) for name in names]
    for at, name in enumerate(own):
        if name in _ONLY_OURS:
            roles[at] = _roles().get(name, "question" if name == "text" and "question" not in roles else "")
        if name == "key" and roles.count("option") > 1:
            roles[at] = "right"
    if roles.count("option") == 1:
        roles = [None if role == "option" and len(name) == 1 else role for role, name in zip(roles, names, strict=True)]
    return roles


_SHORT = {"qa": ("question", "right"), "sc": ("question", "right"), "во": ("question", "right")}


def _own_name(cell: str) -> str:
    return cell[: LONGEST * 3].strip().casefold().replace(" ", "_")


def role_of(cell: str) -> str | None:
    """Return the role of a column with this name, "" if it is to be left out, or None if the name is unknown."""
    if not cell.strip() or len(cell) > LONGEST * 3:
        return None
    if (own := _own_name(cell)) in OWN:
        return _OWN_ROLES.get(own, own)
    if cell.strip().rstrip(").").casefold() in _LETTERS:
        return "option"
    name = plain_name(_COUNTED.sub("", cell.strip()))
    role = _roles().get(name, _numbered_role(name))
    return None if role != "question" and cell.strip().endswith("?") else role


def plain_name(cell: str) -> str:
    """Return a column name as it is compared: without advice, brackets, accents and punctuation.

    A sign for a number is "no": “Question #” is "question no".
    """
    text = _IN_BRACKETS.sub(" ", _ADVICE.sub("", " ".join(cell[: LONGEST * 3].split())))[:LONGEST]
    return fold(_NOT_WORD.sub(" ", COUNTER.sub(" no ", text))).strip()


def _numbered_role(name: str) -> str | None:
    """Return the role of one of several columns, such as "Option 3", "Wrong answer 2" or "1-ci variant"."""
    for numbered in filter(None, (_NUMBERED.fullmatch(name), _NUMBER_FIRST.fullmatch(name))):
        base = numbered["name"].removesuffix(" no").strip()
        if base in _option_names():
            return "option"
        if (role := _roles().get(base)) in ("question", "wrong", "right"):
            return role
    return None


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


@cache
def option_words() -> frozenset[str]:
    """Return the words beside the letter or number of an option, such as "variant", in small letters."""
    return frozenset(word.strip().casefold() for word in _all_names()["option_words"].split(";"))


def _split(names: str) -> list[str]:
    return [plain_name(name) for name in names.split(";")]
