"""Search facts by their statements, the names in them and their questions, over all sets that a reader may find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select
from sqlalchemy.orm import Session

from quizapp.core.text.search import has_words, search_words
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.models.sets import has_word, spellings_of
from quizapp.services import access, running_quizzes

PAGE = 30  # facts
MOST_WORDS = 10
MOST_NAMES = 50  # that one word may stand for; SQLite takes no condition of a thousand parts


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact that was found; `prompts` are those of its questions that have a word its statement lacks."""

    key: str
    statement: str
    date: str | None  # EDTF
    prompts: Sequence[str]


@dataclass(frozen=True, slots=True)
class FoundSet:
    key: str
    title: str
    language: str
    facts: Sequence[FoundFact]


@dataclass(frozen=True, slots=True)
class FactSearch:
    """A page of facts found, by set."""

    sets: Sequence[FoundSet]
    page: int  # from 1
    has_more: bool


def search_facts(session: Session, reader: User | None, text: str, *, page: int = 1, now: datetime) -> FactSearch:
    """Search for the facts in which all words of a text occur, the sets in the order they were made.

    Accents, case and script make no difference. Facts of a quiz that the reader's class is taking are left out, and
    sets that others share by link only. Four statements at most.
    """
    words = search_words(text)[:MOST_WORDS]
    if not words:
        return FactSearch((), page, False)
    named = _find_names(session, reader, words)
    found = session.execute(
        select(Fact.id, Fact.key, Fact.statement, Fact.date, Fact.searched, QuestionSet.key.label("set_key"))
        .add_columns(QuestionSet.title, QuestionSet.header["language"].as_string().label("language"))
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(_may_be_found(reader), Fact.archived_at.is_(None), *running_quizzes.is_shown(reader, now))
        .where(*(_has(word, named[word]) for word in words))
        .order_by(QuestionSet.id, Fact.position, Fact.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    prompts = _find_prompts(session, found[:PAGE], words)
    sets = [
        FoundSet(*head, [FoundFact(row.key, row.statement, row.date, prompts.get(row.id, ())) for row in rows])
        for head, rows in groupby(found[:PAGE], lambda row: (row.set_key, row.title, row.language))
    ]
    return FactSearch(sets, page, len(found) > PAGE)


def _may_be_found(reader: User | None) -> ColumnElement[bool]:
    """Return the condition on sets to be searched: published ones, and the reader's own, studied or assigned ones."""
    published = and_(QuestionSet.visibility == access.PUBLIC, QuestionSet.archived_at.is_(None))
    return published if reader is None else or_(published, access.own_sets(reader), access.studied_sets(reader))


def _find_names(session: Session, reader: User | None, words: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Return for each word the names that have it in one of their spellings: the id of the set, and the name's key."""
    has_any = or_(*(has_word(QuestionSet.searched_names, word) for word in words))
    rows = session.execute(select(QuestionSet.id, QuestionSet.names).where(_may_be_found(reader), has_any)).all()
    names = [(set_id, name) for set_id, names in rows for name in names]
    spelled = [(set_id, name["key"], spellings_of(name)) for set_id, name in names]
    return {
        word: [(set_id, key) for set_id, key, text in spelled if has_words([word], text)][:MOST_NAMES] for word in words
    }


def _has(word: str, names: Sequence[tuple[int, str]]) -> ColumnElement[bool]:
    """Return whether a word is in the statement of a Fact, in one of its questions, or in a name it refers to."""
    asked = exists().where(
        Question.fact_id == Fact.id,
        Question.archived_at.is_(None),
        has_word(Question.searched, word),
    )
    actors = cast(Fact.actors, String)
    named = [and_(Fact.set_id == set_id, actors.contains(f'"{key}"', autoescape=True)) for set_id, key in names]
    return or_(has_word(Fact.searched, word), asked, *named)


def _find_prompts(session: Session, found: Sequence[Any], words: Sequence[str]) -> dict[int, list[str]]:
    """Return the prompts, by fact id, of the questions that have a word which the statement lacks; one statement."""
    lacking = {row.id: [word for word in words if word not in row.searched] for row in found}
    rows = session.execute(
        select(Question.fact_id, Question.searched, QuestionVersion.body)
        .join(Question.current_version)
        .where(Question.fact_id.in_([fact_id for fact_id, missing in lacking.items() if missing]))
        .where(Question.archived_at.is_(None))
        .order_by(Question.fact_id, Question.position)
    )
    prompts: dict[int, list[str]] = {}
    for fact_id, searched, body in rows:
        if any(word in searched for word in lacking[fact_id]):
            prompts.setdefault(fact_id, []).append(body["prompt"])
    return prompts
