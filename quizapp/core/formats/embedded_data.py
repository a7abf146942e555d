"""What files of Moodle and Anki have in common: folders as topics, small losses in great numbers, our own data in them.

Neither program can hold all that a question of ours is. So each question written also carries it whole, as JSON, with
a digest of what the other program shows of it. The JSON counts for as long as what is shown still has that digest:
what was edited over there is read from what is shown.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from pydantic import ValidationError

from quizapp.core.formats.format import FACT_FIELDS
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.kinds import Question
from quizapp.core.sets import schema

_COMMENT = re.compile(r"<!--quizapp (\{[^<>]*\})-->")
GAP_MARK = "\ue000"  # a private character that stands for a gap while HTML becomes Markdown


class CannotConvert(Exception):
    """Why a question cannot be taken, in words."""


def with_names(text: str, names: list[str]) -> str:
    """Return Markdown with the gaps' names where GAP_MARK stands. Raises CannotConvert."""
    pieces = re.sub(r"\{(?=\{)|\}(?=\})", r"\g<0> ", text).split(GAP_MARK)
    if len(pieces) != len(names) + 1:
        raise CannotConvert("a gap stands where no text is shown")
    named = [*(f"{{{{{name}}}}}" for name in names), ""]
    return "".join(piece + name for piece, name in zip(pieces, named, strict=True))


def pack_question(fact: schema.Fact, question: Question, shown: Any) -> str:
    """Return a question and what its fact says as ASCII JSON, with digests of what is shown of it."""
    document = {
        "fact": fact.model_dump(mode="json", exclude={"questions"}, exclude_defaults=True),
        "question": question.model_dump(mode="json", exclude_defaults=True) | {"kind": question.kind},
        "shown": shown,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def as_comment(data: str) -> str:
    """Return what `pack_question` gives as an HTML comment, which nobody sees and both programs keep."""
    # These stand only inside strings, where JSON has another way to write them.
    for mark, written in (("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e")):
        data = data.replace(mark, written)
    return f"<!--quizapp {data}-->"


def from_comment(html: str) -> tuple[str, str | None]:
    """Return HTML without the comment of `as_comment`, and what the comment held."""
    found = _COMMENT.search(html)
    return (_COMMENT.sub("", html), found[1]) if found else (html, None)


def unpack_question(text: str) -> tuple[schema.Fact, Any] | None:
    """Return the fact, with its one question, and the digests that `pack_question` was given; None if it is not ours or
    damaged."""
    try:
        document = json.loads(text)
        fact = schema.Fact.model_validate({**document["fact"], "questions": [document["question"]]})
        return fact, document["shown"]
    except (ValidationError, ValueError, TypeError, KeyError, RecursionError):
        return None


def fields_of(fact: schema.Fact) -> dict[str, Any]:
    """Return all that a fact says, but for its topic, which a file has in its own way."""
    return fact.model_dump(include=set(FACT_FIELDS - {"topic"}))


def digest_of(*shown: str) -> str:
    """Return a short digest of texts, whatever their Unicode form and outer spaces."""
    joined = "\x1f".join(normalize("NFC", " ".join(text.split())) for text in shown)
    return sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class GroupedWarnings:
    """Warnings that many questions of a file share, each listed once with its first place and how often it occurs."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] = {}  # in the order they came

    def add(self, place: str, what: str) -> None:
        self._places.setdefault(what, {})[place] = None

    def add_all(self, place: str, whats: Iterable[str]) -> None:
        for what in sorted(whats):
            self.add(place, what)

    def update(self, other: "GroupedWarnings") -> None:
        for what, places in other._places.items():
            self._places.setdefault(what, {}).update(places)

    def add_to(self, builder: ImportBuilder) -> None:
        for what, places in self._places.items():
            place, more = next(iter(places)), len(places) - 1
            builder.warn(f"{place} and {more:,} more" if more else place, what)


def short_names(paths: Iterable[Sequence[str]]) -> Mapping[Sequence[str], str]:
    """Return a name for each folder: the last part of its path, or the last two where others end alike."""
    alike: defaultdict[str, set[Sequence[str]]] = defaultdict(set)
    for path in paths:
        alike[path[-1] if path else ""].add(path)
    return {path: last if len(same) == 1 else " – ".join(path[-2:]) for last, same in alike.items() for path in same}
