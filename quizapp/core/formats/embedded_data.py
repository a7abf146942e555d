"""Common parts of the formats of Moodle and Anki: topics from folders, grouped warnings, embedded data.

Neither program can hold everything in a question. So each exported question also contains it as JSON, with a digest of
what the other program shows. On import the JSON is used as long as that digest matches; parts that were edited are read
from what is shown.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from quizapp.core.formats.format import FACT_FIELDS, is_nested_deeper
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.kinds import Question
from quizapp.core.kinds.cloze import MOST_GAPS
from quizapp.core.sets import schema
from quizapp.core.sets.strict_yaml import MAX_DEPTH
from quizapp.core.text.normal import normalise
from quizapp.core.translation import gettext, ngettext

_COMMENT = re.compile(r"<!--quizapp (\{[^<>]*\})-->")


NO_GAP = gettext("The text has no gap.")


class CannotConvert(Exception):
    """A question cannot be imported; the message is a sentence that says why."""


def pack_question(fact: schema.Fact, question: Question, shown: Any) -> str:
    """Return a question and the fields of its fact as ASCII JSON, with digests of what is shown."""
    document = {
        "fact": fact.model_dump(mode="json", exclude={"questions"}, exclude_defaults=True),
        "question": question.model_dump(mode="json", exclude_defaults=True) | {"kind": question.kind},
        "shown": shown,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def as_comment(data: str) -> str:
    """Return the text from `pack_question` as an HTML comment, which is invisible and which both programs keep."""
    # These occur only inside strings, where JSON can escape them.
    for mark, written in (("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e")):
        data = data.replace(mark, written)
    return f"<!--quizapp {data}-->"


def from_comment(html: str) -> tuple[str, str | None]:
    """Return HTML without the comment made by `as_comment`, and the contents of the comment."""
    found = _COMMENT.search(html)
    return (_COMMENT.sub("", html), found[1]) if found else (html, None)


def unpack_question(text: str) -> tuple[schema.Fact, Any] | None:
    """Return the fact with its one question, and the digests given to `pack_question`.

    None if the text is not ours or is damaged.
    """
    try:
        document = json.loads(text)
        if is_nested_deeper(document, MAX_DEPTH):
            return None
        fact = schema.Fact.model_validate({**document["fact"], "questions": [document["question"]]})
        return fact, document["shown"]
    except (ValidationError, ValueError, TypeError, KeyError, RecursionError):
        return None


def needed_picture(question: Question) -> dict[str, Any] | None:
    """Return the picture of a question that cannot be asked without it, though it may not be in the file."""
    return question.picture.model_dump() if question.picture and question.draws_picture else None


def fields_of(fact: schema.Fact) -> dict[str, Any]:
    """Return the fields of a fact without its topic, which each format stores in its own way."""
    return fact.model_dump(include=set(FACT_FIELDS - {"topic"}))


def digest_of(*shown: str) -> str:
    """Return a short digest of texts, ignoring differences in Unicode form and outer spaces."""
    joined = "\x1f".join(normalise("NFC", " ".join(text.split())) for text in shown)
    return sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class GroupedWarnings:
    """Warnings shared by many questions of a file, each listed once with its first place and its number."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] = {}  # in order of appearance

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
            builder.warn(_first_place(place, more) if more else place, what)


def _first_place(place: str, more: int) -> str:
    return ngettext("%(place)s and %(num)s more", "%(place)s and %(num)s more", more, place=place)


def gap_name(number: int, gaps: int) -> str:
    """Return a name for a gap that has none, by its number among the gaps of the text."""
    return gettext("gap") if gaps == 1 else gettext("gap %(number)s", number=number)


def too_many_gaps_message(gaps: int) -> str:
    return gettext("The text has %(count)s gaps. At most %(limit)s are allowed.", count=gaps, limit=MOST_GAPS)


def short_names(paths: Iterable[Sequence[str]]) -> Mapping[Sequence[str], str]:
    """Return a name for each folder: the last part of its path, or the last two if several end in the same part."""
    alike: defaultdict[str, set[Sequence[str]]] = defaultdict(set)
    for path in paths:
        alike[path[-1] if path else ""].add(path)
    return {path: last if len(same) == 1 else " – ".join(path[-2:]) for last, same in alike.items() for path in same}
