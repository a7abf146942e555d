"""What all formats share: what reading and writing a file gives, the limits, and how questions are gathered.

A format is two functions. `read(data, topic=…)` takes the bytes of a file and the key of the topic for what names none;
it gives a `Read`, or raises `Unreadable` when nothing of the file can be used. `write(question_set, pictures, now=…)`
gives a `Written`. Whatever a format cannot hold, and whatever is left out of a file, is listed with its reason.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, Protocol

from PIL import Image
from pydantic import ValidationError

from quizapp.core import authoring
from quizapp.core.kinds import Question, parse_question
from quizapp.core.sets import schema
from quizapp.core.sets.error_messages import in_words
from quizapp.core.text.answers import fold

MAX_UPLOAD = 10_000_000  # bytes of a file
MAX_UNPACKED = 50_000_000  # bytes of all that is packed in it, together
MAX_QUESTIONS = 5_000
MAX_COMPLAINTS = 1_000  # lines on what was left out; a file with more of them is something else

FACT_FIELDS = frozenset(schema.Fact.model_fields) - {"key", "questions"}

PICTURE_FORMATS = ("PNG", "JPEG", "WEBP")


class Unreadable(ValueError):
    """Why nothing can be had from a file. `place` says where (“line 12”, or a file inside an archive), or is empty."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that a file holds and that cannot be taken: where it stands, its beginning, and why."""

    place: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Something not carried over. `place` is a place in the file that was read, or the key of a question written."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Found:
    """A fact as a file has it, and where it begins.

    `says` names the fields of the fact that the file itself states; the others were made up or left at their defaults.
    `keyed` is False where the file names no permanent key: then fact and question are keyed by what they say.
    """

    fact: schema.Fact
    place: str
    says: frozenset[str] = FACT_FIELDS
    keyed: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds.

    `topics` maps each topic's key, as the facts have it, to its title in the file. `pictures` maps the SHA-256 (hex) of
    each picture as it came to its bytes; a question's `picture.digest` is that hash.
    """

    facts: tuple[Found, ...]
    header: schema.SetHeader | None = None
    topics: Mapping[str, str] = field(default_factory=dict)
    names: tuple[schema.Name, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    lost: tuple[Lost, ...] = ()

    @property
    def questions(self) -> int:
        return sum(len(found.fact.questions) for found in self.facts)


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and what of the set is not in it. `keys` are the keys of the questions in it, in their order; a format
    whose files name them need not give them."""

    data: bytes
    lost: tuple[Lost, ...] = ()
    keys: tuple[str, ...] = ()


class Reading(Protocol):
    def __call__(self, data: bytes, *, topic: str) -> Read: ...


class Writing(Protocol):
    def __call__(
        self, question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime
    ) -> Written: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name on the command line, its title, what to say of it, and the ending of its files.

    `keyed` says whether its files name each question's permanent key.
    """

    name: str
    title: str
    about: str
    extension: str
    mimetype: str
    read: Reading
    write: Writing
    keyed: bool = True


class Gathering:
    """Questions on their way from a file into facts: each is checked, put with its fact, or set aside with the reason.

    >>> gathering = Gathering(topic="war")
    >>> gathering.add({"kind": "true_false", "prompt": "Whales are fish.", "answer": False}, place="line 1")
    >>> gathering.read().questions
    1
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._facts: dict[str, _Half] = {}
        self._used: dict[str, str] = {}  # key of each question → its place
        self._topics: dict[str, str] = {}
        self._topic_keys: dict[str, str] = {}  # title of each topic, as the file has it → key
        self._pictures: dict[str, bytes] = {}
        self._skipped: list[Skipped] = []
        self._lost: list[Lost] = []

    def add(
        self,
        question: Mapping[str, Any],
        *,
        place: str,
        key: str | None = None,
        fact_key: str | None = None,
        fact: Mapping[str, Any] | None = None,
    ) -> None:
        """Take a question (the fields of its kind, without `key`) that stands at `place`.

        `key` and `fact_key` are the permanent keys that the file gives, in any spelling, or None; `fact` holds those
        fields of the fact that the file states. Questions with the same `fact_key` make one fact.
        """
        if len(self._used) >= MAX_QUESTIONS:
            raise Unreadable(place, f"more than {MAX_QUESTIONS:,} questions; split the file")
        said = dict(fact or {})
        named = as_key(key) if key else None
        if named and named in self._used and not is_key(key or ""):
            named = None  # other programs let two questions have one name
        own = named or derived_key(question)
        if own in self._used:
            self.skip(place, question.get("prompt", ""), _twice(self._used[own], named))
            return
        try:
            checked = parse_question(dict(question) | {"key": own})
            refuse_hidden(question)
            refuse_hidden(said)
            half = self._half(as_key(fact_key) if fact_key else own, checked, said, place, keyed=named is not None)
        except ValidationError as error:
            self.skip(place, question.get("prompt", ""), words_of(error))
            return
        except ValueError as error:
            self.skip(place, question.get("prompt", ""), str(error))
            return
        half.questions.append(checked)
        self._used[own] = place

    def topic(self, title: str) -> str:
        """The key for a topic of which the file gives the title (or the key)."""
        title = " ".join(title.split())[:300]
        if not title:
            return self._topic
        if title not in self._topic_keys:
            key = title if is_key(title) else authoring.key_for(title, self._topics, without="topic")
            self._topic_keys[title] = key
            self._topics.setdefault(key, title)
        return self._topic_keys[title]

    def picture(self, raw: bytes, alt: str, place: str) -> dict[str, Any] | None:
        """The `picture` of a question, from a picture's bytes and what it shows; None, and listed, if it is none."""
        try:
            with Image.open(BytesIO(raw), formats=PICTURE_FORMATS) as image:
                width, height = image.size
        except Exception:  # whatever a broken picture makes its reader raise
            self.lose(place, "a picture that cannot be opened; PNG, JPEG and WebP can")
            return None
        if max(width, height) > 10_000:
            self.lose(place, f"a picture of {width} × {height} pixels; at most 10,000 a side")
            return None
        digest = sha256(raw).hexdigest()
        self._pictures[digest] = raw
        alt = " ".join(alt.split())[:300] or "A picture from the imported file"
        return {"digest": digest, "width": width, "height": height, "alt": alt}

    def skip(self, place: str, what: object, why: str) -> None:
        """Set a question aside."""
        self._complain()
        self._skipped.append(Skipped(place, beginning(str(what)), why))

    def lose(self, place: str, what: str) -> None:
        """List something that is not carried over."""
        self._complain()
        self._lost.append(Lost(place, what))

    def read(self, *, header: schema.SetHeader | None = None, names: Iterable[schema.Name] = ()) -> Read:
        """All that was gathered."""
        found = tuple(
            Found(
                schema.Fact.model_validate(half.fields | {"questions": half.questions}),
                half.place,
                half.says,
                half.keyed,
            )
            for half in self._facts.values()
        )
        return Read(found, header, self._topics, tuple(names), self._pictures, tuple(self._skipped), tuple(self._lost))

    def _half(self, key: str, question: Question, said: Mapping[str, Any], place: str, *, keyed: bool) -> "_Half":
        """The fact of that key with what is said of it. Raises ValidationError."""
        half = self._facts.get(key)
        known = half.fields if half else {"key": key, "topic": self._topic, "statement": question.statement}
        says = half.says if half else frozenset()
        new = {name: value for name, value in said.items() if name not in says}
        if half and not new:
            return half
        fact = schema.Fact.model_validate(known | new | {"questions": [question]})
        fields = fact.model_dump(exclude={"questions"})
        if half is None:
            half = self._facts[key] = _Half(fields, place, frozenset(new), keyed, [])
        half.fields, half.says = fields, says | frozenset(new)
        return half

    def _complain(self) -> None:
        if len(self._skipped) + len(self._lost) >= MAX_COMPLAINTS:
            raise Unreadable("", f"more than {MAX_COMPLAINTS:,} things in it cannot be read; is it another format?")


@dataclass(slots=True)
class _Half:
    """A fact whose questions are still coming."""

    fields: dict[str, Any]
    place: str
    says: frozenset[str]
    keyed: bool
    questions: list[Question]


def _twice(place: str, named: str | None) -> str:
    what = f"the key ‘{named}’ is used already" if named else "the same question stands already"
    return f"{what} at {place}"


# Keys

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_KEY = 80


def is_key(text: str) -> bool:
    return len(text) <= LONGEST_KEY and _KEY.fullmatch(text) is not None


def as_key(text: str) -> str:
    """A key for what another program calls `text`: itself if it is one, else its letters and a few of its hash."""
    if is_key(text):
        return text
    letters = re.sub(r"[^a-z0-9]+", "-", fold(text[:200]))[:50].strip("-")
    return "-".join(filter(None, [letters, _digest(text)[:8]]))


def derived_key(question: Mapping[str, Any]) -> str:
    """A key from what is asked and what is right. Wrong choices and explanations may change without changing it."""
    beside = {"key", "explanation", "distractors", "accept", "reject", "spellings_of"}
    asked = {name: value for name, value in question.items() if name not in beside and value not in (None, "", [])}
    digest = _digest(json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str))[:12]
    letters = re.sub(r"[^a-z0-9]+", "-", fold(str(question.get("prompt", ""))[:200]))[:40].strip("-")
    return "-".join(filter(None, [letters, digest]))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# Words


def beginning(text: str, length: int = 80) -> str:
    """The beginning of a text, on one line."""
    text = " ".join(HIDDEN.sub("\ufffd", text).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def words_of(error: ValidationError) -> str:
    """What the schema found wrong, in an author's words."""
    return "; ".join(in_words(fault, Question) for fault in error.errors(include_url=False)[:3])


# What one cannot see: control characters, half characters, and those that turn the direction of the text around them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def refuse_hidden(data: object) -> None:
    """Raise ValueError if a character stands in the data that cannot be seen and changes what can be."""
    if isinstance(data, str):
        if bad := HIDDEN.search(data):
            raise ValueError(f"it holds a character that cannot be seen (U+{ord(bad[0]):04X}); delete it")
    elif isinstance(data, Mapping):
        for name, value in data.items():
            refuse_hidden(name)
            refuse_hidden(value)
    elif isinstance(data, list | tuple):
        for value in data:
            refuse_hidden(value)


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8 or, with its mark, UTF-16; lines end in \\n. Raises Unreadable."""
    if len(data) > MAX_UPLOAD:
        raise Unreadable("", f"the file is larger than {MAX_UPLOAD // 1_000_000} MB; split it")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line}", "this is not UTF-8 text; save the file as UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"line {line}", "this is not a text file")
    return text


# Writing

FIELD_WORDS = {
    "statement": "the fact’s statement",
    "passages": "its paragraphs",
    "notes": "its notes",
    "date": "its date",
    "actors": "the names in it",
    "leads_to": "what it led to",
    "caution": "the caution",
    "tags": "its tags",
}


def unheld(fact: schema.Fact, held: Collection[str]) -> list[str]:
    """In words, what a fact says in fields that a format does not hold. A statement that only repeats a question of the
    fact is made again when the question is read."""
    repeats = fact.statement == fact.questions[0].statement
    left = {name: words for name, words in FIELD_WORDS.items() if name not in held and getattr(fact, name)}
    return [words for name, words in left.items() if not (name == "statement" and repeats)]


def topic_labels(header: schema.SetHeader) -> dict[str, str]:
    """What to call each topic in a file that has one word for it: its title, or its key where two share a title."""
    titles = [topic.title.casefold() for topic in header.topics]
    return {
        topic.key: topic.title if titles.count(topic.title.casefold()) == 1 else topic.key for topic in header.topics
    }
