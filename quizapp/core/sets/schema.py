"""The schema of the files of a question set, and a set that was read from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from quizapp.core.kinds import Question
from quizapp.core.kinds.fields import Edtf, Key, Line, Strict, Text
from quizapp.core.sets.patterns import has_words
from quizapp.core.translation import gettext

ESSENTIAL: Final = 3
NORMAL: Final = 2
IMPORTANCE = {ESSENTIAL: gettext("Essential"), NORMAL: gettext("Normal"), 1: gettext("Detail")}

PassageNumber = Annotated[int, Field(ge=1, le=999)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\n|]*$")]


def _is_web_address(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError(gettext("Begin the address with https:// or http://."))
    return url


class Source(Strict):
    """The text that a set is based on."""

    title: Line
    author: Line | None = None
    year: int | None = None
    url: Annotated[Line, AfterValidator(_is_web_address)] | None = None


class Topic(Strict):
    """A topic of a set. Its `icon`, drawn in static/css/tokens.css, also sets its colour; the default is a star."""

    key: Key
    title: Line
    summary: Text
    icon: Literal["calendar", "person", "branches", "letter", "swords", "columns", "coins"] | None = None


class Passage(Strict):
    """A numbered passage of the source, with a summary in the set's own words (2-4 sentences)."""

    number: PassageNumber
    title: Line
    digest: Text


class Note(Strict):
    """A numbered note of the source: the work it cites."""

    number: PassageNumber
    text: Text


def _has_words(pattern: str) -> str:
    if not has_words(pattern):
        message = gettext(
            "“%(pattern)s” rules out every question. Write some words, and use * only for the part that varies.",
            pattern=pattern,
        )
        raise ValueError(message)
    return pattern


class Refusal(Strict):
    """A form of question that the set does not allow, and why; for the pattern see core.sets.patterns."""

    pattern: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_has_words)]
    why: Line


def misconception_title(titles: Mapping[str, str], key: str) -> str:
    """Return the title for a key, or without one the key as words."""
    return titles.get(key) or key.replace("-", " ").capitalize()


class CardSettings(Strict):
    """In which ways the cards of a set are asked besides their own: see core.sets.cards."""

    both_directions: bool = False
    typed: bool = False
    choices: bool = False


class SetHeader(Strict):
    """The description of a set. `end` is the fact where all chains of `leads_to` end, if there is one.

    `misconceptions` has a title for the key of each misconception that wrong choices stand for.
    `first` lists facts that learners meet before all others. `renamed` maps former keys of facts to the present ones:
    what learners know of these facts is kept.
    """

    key: Key
    title: Line
    summary: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
    licence: Line | None = None
    source: Source | None = None
    topics: Annotated[list[Topic], Field(min_length=1)]
    passages: list[Passage] = []
    notes: list[Note] = []
    misconceptions: Annotated[dict[Key, Line], Field(max_length=500)] = {}
    end: Key | None = None
    first: Annotated[list[Key], Field(max_length=100)] = []
    renamed: dict[Key, Key] = {}
    refuse: Annotated[list[Refusal], Field(max_length=100)] = []
    cards: CardSettings = CardSettings()

    def misconception_title(self, key: str) -> str:
        """Return the title of a misconception; one without a title is called by its key, as words."""
        return misconception_title(self.misconceptions, key)


class Name(Strict):
    """A person, organisation or place: how the set writes its name, and other spellings accepted as answers.

    `role` is its office or function at the time; `portrait` is one line on what it did in the source.
    """

    key: Key
    type: Literal["person", "organisation", "place"]
    name: Line
    side: Line | None = None
    role: Line | None = None
    portrait: Line | None = None
    spellings: list[Line] = []


class Fact(Strict):
    """Something worth remembering, and the questions that ask for it.

    `actors` are keys of names; `leads_to` maps the key of a later fact to the reason why this one led to it.
    `importance` is 3 for what nobody should miss and 1 for detail.
    """

    key: Key
    topic: Key
    statement: Text
    passages: list[PassageNumber] = []
    notes: list[PassageNumber] = []
    date: Edtf | None = None
    importance: Literal[1, 2, 3] = NORMAL
    actors: list[Key] = []
    leads_to: dict[Key, Text] = {}
    caution: Text | None = None
    tags: Annotated[list[Tag], Field(max_length=20)] = []
    questions: Annotated[list[Question], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A complete set without problems; facts are sorted by file name, then as written.

    `pictures` maps digests to the pictures that came with the files.
    """

    header: SetHeader
    names: tuple[Name, ...]
    facts: tuple[Fact, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that an author has to fix. `file` is relative to the directory read; lines count from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"
