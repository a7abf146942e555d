"""The versions of a fact: who wrote each and when, what it changed, and back to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.sets import schema
from quizapp.core.text.differences import Piece, changes
from quizapp.core.text.edtf import display_date
from quizapp.models import FactVersion, QuestionSet, User
from quizapp.services.authoring.facts import Stale, rewrite
from quizapp.services.authoring.finding import fact_keys, fact_to_write
from quizapp.services.errors import NotFound
from quizapp.services.sets.contents import FACT_FIELDS, fact_document

PAGE = 20  # versions

FIELDS = {
    "statement": "Statement",
    "topic": "Topic",
    "tags": "Tags",
    "passages": "Paragraphs",
    "notes": "Notes",
    "date": "Date",
    "actors": "Who and where",
    "leads_to": "Leads to",
    "caution": "Caution",
}


@dataclass(frozen=True, slots=True)
class Differing:
    """A field in which two versions differ, both texts, and the way from the one to the other."""

    label: str
    before: str
    after: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Version:
    """What a version changed in the one before; the first version changed nothing and has its text as `statement`."""

    number: int
    at: datetime
    author: str | None
    statement: str
    differing: Sequence[Differing]


@dataclass(frozen=True, slots=True)
class Past:
    """The versions of a fact, the newest first; none where it was never changed."""

    row: QuestionSet
    fact_id: int
    statement: str
    current: int
    versions: Sequence[Version]
    page: int  # from 1
    has_older: bool


def past(session: Session, user: User, set_id: int, fact_id: int, *, page: int = 1) -> Past:
    """A page of the versions of a fact; three statements. Raises NotFound."""
    row, fact = fact_to_write(session, user, set_id, fact_id)
    page = max(page, 1)
    rows = session.execute(
        select(FactVersion, User.name)
        .outerjoin(User, User.id == FactVersion.author_id)
        .where(FactVersion.fact_id == fact_id)
        .order_by(FactVersion.number.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    bodies: list[Mapping[str, Any] | None] = [version.body for version, _ in rows]
    before = [*bodies, None][1:]
    versions = [
        Version(
            version.number,
            version.created_at,
            author,
            version.body["statement"],
            differing(row, earlier, version.body) if earlier else [],
        )
        for (version, author), earlier in zip(rows, before, strict=True)
    ]
    return Past(row, fact_id, fact.statement, fact.version, versions[:PAGE], page, len(rows) > PAGE)


def restore(session: Session, user: User, set_id: int, fact_id: int, number: int, *, seen: int, now: datetime) -> bool:
    """Let a fact say again what it said in a version, as its newest one; False where it does already.

    What the version refers to and the set no longer has is left out. Raises Stale, NotFound.
    """
    row, fact = fact_to_write(session, user, set_id, fact_id, lock=True)
    version = session.get(FactVersion, (fact_id, number))
    if version is None:
        raise NotFound
    if fact.version != seen:
        raise Stale(fact.version, fact_document(fact))
    body = fitting(row, version.body, fact_keys(session, set_id) - {fact.key}, otherwise=fact.topic)
    if body == fact_document(fact):
        return False
    rewrite(session, fact, body, author=user, now=now)
    session.flush()
    return True


def fitting(row: QuestionSet, body: Mapping[str, Any], facts: set[str], *, otherwise: str) -> dict[str, Any]:
    """What a version says, without what the set does not have; `otherwise` stands in for its topic."""
    header = schema.SetHeader.model_validate(row.header)
    names = {name["key"] for name in row.names}
    passages = {passage.number for passage in header.passages}
    notes = {note.number for note in header.notes}
    return {name: body[name] for name in FACT_FIELDS} | {
        "topic": body["topic"] if body["topic"] in {topic.key for topic in header.topics} else otherwise,
        "actors": [key for key in body["actors"] if key in names],
        "leads_to": {key: why for key, why in body["leads_to"].items() if key in facts},
        "passages": [number for number in body["passages"] if number in passages],
        "notes": [number for number in body["notes"] if number in notes],
    }


def differing(row: QuestionSet, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Differing]:
    """The fields in which two versions of a fact of the set differ, in words."""
    old, new = _in_words(row, before), _in_words(row, after)
    return [
        Differing(label, old[name], new[name], changes(old[name], new[name]))
        for name, label in FIELDS.items()
        if before[name] != after[name]
    ]


def _in_words(row: QuestionSet, body: Mapping[str, Any]) -> dict[str, str]:
    topics = {topic["key"]: topic["title"] for topic in row.header["topics"]}
    names = {name["key"]: name["name"] for name in row.names}
    return {
        "statement": body["statement"],
        "topic": topics.get(body["topic"], body["topic"]),
        "tags": ", ".join(body["tags"]),
        "passages": ", ".join(f"¶ {number}" for number in body["passages"]),
        "notes": ", ".join(map(str, body["notes"])),
        "date": display_date(body["date"]) if body["date"] else "",
        "actors": ", ".join(names.get(key, key) for key in body["actors"]),
        "leads_to": "; ".join(f"{key}: {why}" for key, why in body["leads_to"].items()),
        "caution": body["caution"] or "",
    }
