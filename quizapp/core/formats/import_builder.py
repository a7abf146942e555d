"""Build an imported set from the questions of a file: check them, group them into facts, list what is left out."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from quizapp.core import authoring
from quizapp.core.formats.format import (
    MAX_QUESTIONS,
    MAX_WARNINGS,
    FormatWarning,
    ImportedFact,
    ImportedSet,
    SkippedQuestion,
    Unreadable,
    describe_error,
    refuse_hidden,
    shorten,
)
from quizapp.core.kinds import Question, parse_question
from quizapp.core.pictures import MAX_SIDE, measure_picture, measure_svg
from quizapp.core.sets import schema
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext


class ImportBuilder:
    """Builds facts from the questions of a file: each is checked and added to its fact, or skipped with the reason.

    >>> builder = ImportBuilder(topic="war")
    >>> builder.add({"kind": "true_false", "prompt": "Whales are fish.", "answer": False}, place="Line 1")
    >>> builder.build().questions
    1
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._facts: dict[str, _FactDraft] = {}
        self._used: dict[str, str] = {}  # key of each question → its place
        self._topics: dict[str, str] = {}
        self._topic_keys: dict[str, str] = {}  # title of each topic in the file → its key
        self._pictures: dict[str, bytes] = {}
        self._skipped: list[SkippedQuestion] = []
        self._warnings: list[FormatWarning] = []

    def add(
        self,
        question: Mapping[str, Any],
        *,
        place: str,
        key: str | None = None,
        fact_key: str | None = None,
        fact: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a question (the fields of its kind, without `key`) found at `place`.

        `key` and `fact_key` are the permanent keys in the file, in any spelling, or None; `fact` has the fields of the
        fact that the file states. Questions with the same `fact_key` belong to one fact.
        """
        if len(self._used) >= MAX_QUESTIONS:
            limit = f"{MAX_QUESTIONS:,}"
            raise Unreadable(place, gettext("There are more than %(limit)s questions. Split the file.", limit=limit))
        said = dict(fact or {})
        named = key_from(key) if key else None
        if named and named in self._used and not is_key(key or ""):
            named = None  # other programs allow two questions with the same name
        own = named or derived_key(question)
        if own in self._used:
            self.skip(place, question.get("prompt", ""), _duplicate_message(self._used[own], named))
            return
        try:
            checked = parse_question(dict(question) | {"key": own})
            refuse_hidden(question)
            refuse_hidden(said)
            draft = self._fact_draft(
                key_from(fact_key) if fact_key else own, checked, said, place, keyed=named is not None
            )
        except ValidationError as error:
            self.refuse(place, question.get("prompt", ""), describe_error(error))
            return
        except ValueError as error:
            self.refuse(place, question.get("prompt", ""), str(error))
            return
        draft.questions.append(checked)
        self._used[own] = place

    def topic(self, title: str) -> str:
        """Return the key for a topic with this title (or key) in the file."""
        title = " ".join(title.split())[:300]
        if not title:
            return self._topic
        if title not in self._topic_keys:
            key = title if is_key(title) else authoring.key_for(title, self._topics, without="topic")
            self._topic_keys[title] = key
            self._topics.setdefault(key, title)
        return self._topic_keys[title]

    def picture(self, raw: bytes, alt: str, place: str) -> dict[str, Any] | None:
        """Return the `picture` field for a picture's bytes and text alternative.

        If the picture is invalid, warn and return None. An SVG, which can contain programs, is not taken from the file,
        but it comes back to a question where it is stored already.
        """
        svg = measure_svg(raw)
        width, height = svg or measure_picture(raw) or (0, 0)
        if not width:
            self.warn(place, gettext("Pictures that can’t be opened are left out. Use PNG, JPEG or WebP."))
            return None
        if max(width, height) > MAX_SIDE:
            self.warn(place, _too_large_message(width, height))
            return None
        digest = sha256(raw).hexdigest()
        if not svg:
            self._pictures[digest] = raw
        alt = " ".join(alt.split())[:300] or gettext("A picture from the imported file")
        return {"digest": digest, "width": width, "height": height, "alt": alt}

    def refuse(self, place: str, what: object, why: str) -> None:
        """Handle a question that breaks the rules of its kind; `why` is a sentence."""
        self.skip(place, what, why)

    def skip(self, place: str, what: object, why: str) -> None:
        """List a question that cannot be imported; `why` is a sentence."""
        self._count_warning()
        self._skipped.append(SkippedQuestion(place, shorten(str(what)), why))

    def warn(self, place: str, what: str) -> None:
        """Warn in a sentence about something that is not carried over."""
        self._count_warning()
        self._warnings.append(FormatWarning(place, what))

    def build(self, *, header: schema.SetHeader | None = None, names: Iterable[schema.Name] = ()) -> ImportedSet:
        """Return everything that was added."""
        found = tuple(
            ImportedFact(
                schema.Fact.model_validate(draft.fields | {"questions": draft.questions}),
                draft.place,
                draft.says,
                draft.keyed,
            )
            for draft in self._facts.values()
        )
        return ImportedSet(
            found, header, self._topics, tuple(names), self._pictures, tuple(self._skipped), tuple(self._warnings)
        )

    def _fact_draft(
        self, key: str, question: Question, said: Mapping[str, Any], place: str, *, keyed: bool
    ) -> "_FactDraft":
        """Return the draft of the fact with this key, with the stated fields added. Raises ValidationError."""
        draft = self._facts.get(key)
        known = draft.fields if draft else {"key": key, "topic": self._topic, "statement": question.statement}
        says = draft.says if draft else frozenset()
        new = {name: value for name, value in said.items() if name not in says}
        if draft and not new:
            return draft
        fact = schema.Fact.model_validate(known | new | {"questions": [question]})
        fields = fact.model_dump(exclude={"questions"})
        if draft is None:
            draft = self._facts[key] = _FactDraft(fields, place, frozenset(new), keyed, [])
        draft.fields, draft.says = fields, says | frozenset(new)
        return draft

    def _count_warning(self) -> None:
        if len(self._skipped) + len(self._warnings) >= MAX_WARNINGS:
            raise Unreadable("", _too_many_warnings_message())


@dataclass(slots=True)
class _FactDraft:
    """A fact whose questions are still being added."""

    fields: dict[str, Any]
    place: str
    says: frozenset[str]
    keyed: bool
    questions: list[Question]


def _duplicate_message(place: str, named: str | None) -> str:
    if named:
        return gettext("%(place)s already uses the key “%(key)s”. Change one of the two keys.", place=place, key=named)
    return gettext("%(place)s already has the same question. Change or delete one of the two.", place=place)


def _too_large_message(width: int, height: int) -> str:
    return gettext(
        "A picture of %(width)s × %(height)s pixels is left out. Make its sides at most %(limit)s pixels long.",
        width=f"{width:,}", height=f"{height:,}", limit=f"{MAX_SIDE:,}",
    )  # fmt: skip


def _too_many_warnings_message() -> str:
    limit = f"{MAX_WARNINGS:,}"
    return gettext("There are more than %(limit)s problems in this file. Check that the format is right.", limit=limit)


_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_KEY = 80


def is_key(text: str) -> bool:
    return len(text) <= LONGEST_KEY and _KEY.fullmatch(text) is not None


def key_from(text: str) -> str:
    """Return a key for another program's name: the name itself if valid, else its letters and part of its hash."""
    if is_key(text):
        return text
    letters = re.sub(r"[^a-z0-9]+", "-", fold(text[:200]))[:50].strip("-")
    return "-".join(filter(None, [letters, _digest(text)[:8]]))


def derived_key(question: Mapping[str, Any]) -> str:
    """Return a key made from the question and its right answer, independent of wrong choices and explanations."""
    beside = {"key", "explanation", "distractors", "accept", "reject", "spellings_of"}
    asked = {name: value for name, value in question.items() if name not in beside and value not in (None, "", [])}
    digest = _digest(json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str))[:12]
    letters = re.sub(r"[^a-z0-9]+", "-", fold(str(question.get("prompt", ""))[:200]))[:40].strip("-")
    return "-".join(filter(None, [letters, digest]))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
