"""What a set says of itself: title, summary, language, licence, source, topics, passages.

Two people may have its form open at once. Each form has the fingerprint of what it was made from; whoever saves second
sees both texts and loses neither.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.authoring import key_for
from quizapp.core.sets import schema
from quizapp.models import Fact, QuestionSet, User
from quizapp.models.json_columns import count_items
from quizapp.services import audit_log
from quizapp.services.access import set_to_write
from quizapp.services.errors import NotFound
from quizapp.services.sets import made_questions
from quizapp.services.sets.contents import update_search_text

FIELDS = ("title", "summary", "language", "licence", "source", "topics", "cards")


@dataclass(frozen=True, slots=True)
class SetSettings:
    """A set's header and its fingerprint, and the number of facts of each topic and passage.

    Archived facts count: they may come back.
    """

    row: QuestionSet
    header: schema.SetHeader
    fingerprint: str
    in_topic: Mapping[str, int]
    in_passage: Mapping[int, int]

    def passage(self, number: int) -> schema.Passage:
        """Return the passage of that number. Raises NotFound."""
        for passage in self.header.passages:
            if passage.number == number:
                return passage
        raise NotFound


class SettingsConflict(Exception):
    """Someone saved meanwhile: `theirs`, or None if they removed it, with its fingerprint."""

    def __init__(self, theirs: dict[str, Any] | None, fingerprint: str) -> None:
        super().__init__(fingerprint)
        self.theirs, self.fingerprint = theirs, fingerprint


class InUse(Exception):
    """Facts refer to what would be removed: topics by their keys and titles, or passages by their numbers."""

    def __init__(self, what: Sequence[Any]) -> None:
        super().__init__(what)
        self.what = what


class NumberTaken(Exception):
    """The set has a passage of that number."""


def read_settings(session: Session, user: User, set_id: int) -> SetSettings:
    """Return the settings of a set. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    header = schema.SetHeader.model_validate(row.header)
    topics, passages = _uses(session, set_id)
    return SetSettings(row, header, fingerprint(_settings_of(header)), topics, passages)


def save_settings(
    session: Session, user: User, set_id: int, typed: Mapping[str, Any], *, base: str, now: datetime
) -> None:
    """Save the settings of a set: the FIELDS of core.sets.schema.SetHeader. A topic whose key is not one of the set's
    is new. Raises NotFound, SettingsConflict, InUse, pydantic's ValidationError."""
    row = set_to_write(session, user, set_id, lock=True)
    header = schema.SetHeader.model_validate(row.header)
    before = _settings_of(header)
    if base != fingerprint(before):
        raise SettingsConflict(before, fingerprint(before))
    topics = _with_keys(typed["topics"], {topic.key: topic.icon for topic in header.topics})
    changed = schema.SetHeader.model_validate({**header.model_dump(), **typed, "topics": topics})
    kept, used = {topic.key for topic in changed.topics}, _uses(session, set_id)[0]
    if removed := [topic for topic in header.topics if topic.key not in kept and topic.key in used]:
        raise InUse(removed)
    after = _settings_of(changed)
    _write_header(session, user, row, changed, [name for name in FIELDS if before[name] != after[name]], now=now)
    if before["cards"] != after["cards"]:
        made_questions.make_again(session, row, now=now)


def save_passage(
    session: Session,
    user: User,
    set_id: int,
    number: int | None,
    typed: Mapping[str, Any],
    *,
    base: str = "",
    now: datetime,
) -> None:
    """Save the passage of that number, or add a new one (`number` None).

    Raises NotFound, SettingsConflict, NumberTaken, InUse where its number changes and facts refer to it, pydantic's
    ValidationError.
    """
    row = set_to_write(session, user, set_id, lock=True)
    header = schema.SetHeader.model_validate(row.header)
    passages = {passage.number: passage for passage in header.passages}
    if number is not None:
        _check_fingerprint(passages.pop(number, None), base)
    passage = schema.Passage.model_validate(typed)
    if passage.number in passages:
        raise NumberTaken
    if number not in (None, passage.number) and number in _uses(session, set_id)[1]:
        raise InUse([number])
    _write_passages(session, user, row, header, [*passages.values(), passage], now=now)


def delete_passage(session: Session, user: User, set_id: int, number: int, *, base: str, now: datetime) -> None:
    """Delete a passage. Raises NotFound, SettingsConflict, InUse."""
    row = set_to_write(session, user, set_id, lock=True)
    header = schema.SetHeader.model_validate(row.header)
    passages = {passage.number: passage for passage in header.passages}
    if number not in passages:
        raise NotFound
    _check_fingerprint(passages.pop(number), base)
    if number in _uses(session, set_id)[1]:
        raise InUse([number])
    _write_passages(session, user, row, header, passages.values(), now=now)


def fingerprint(document: Mapping[str, Any]) -> str:
    """Return a short hash of a document, to see later whether it is still the same."""
    return sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _check_fingerprint(passage: schema.Passage | None, base: str) -> None:
    theirs = passage.model_dump() if passage else None
    current = fingerprint(theirs) if theirs else ""
    if base != current:
        raise SettingsConflict(theirs, current)


def _settings_of(header: schema.SetHeader) -> dict[str, Any]:
    return header.model_dump(include=set(FIELDS), exclude={"topics": {"__all__": {"icon"}}})


def _with_keys(topics: Sequence[Mapping[str, Any]], known: Mapping[str, str | None]) -> list[dict[str, Any]]:
    taken = {*known}
    given: set[str] = set()
    keyed = []
    for topic in topics:
        key = str(topic.get("key") or "")
        if key not in known or key in given:
            key = key_for(str(topic["title"]), taken, without="topic")
        given.add(key)
        taken.add(key)
        keyed.append({**topic, "key": key, "icon": known.get(key)})
    return keyed


def _uses(session: Session, set_id: int) -> tuple[Counter[str], Counter[int]]:
    """Count the facts of each topic and of each passage; two statements."""
    topics = session.execute(select(Fact.topic, func.count()).where(Fact.set_id == set_id).group_by(Fact.topic))
    passages = count_items(session, Fact.passages, Fact.set_id == set_id)
    return Counter(dict(topics.all())), Counter({int(number): facts for number, facts in passages.items()})


def _write_passages(
    session: Session,
    user: User,
    row: QuestionSet,
    header: schema.SetHeader,
    passages: Collection[schema.Passage],
    *,
    now: datetime,
) -> None:
    in_order = sorted(passages, key=lambda passage: passage.number)
    changed = header.model_copy(update={"passages": in_order})
    _write_header(session, user, row, changed, ["passages"] if changed != header else [], now=now)


def _write_header(
    session: Session, user: User, row: QuestionSet, header: schema.SetHeader, fields: Sequence[str], *, now: datetime
) -> None:
    if not fields:
        return
    row.title, row.header = header.title, header.model_dump()
    update_search_text(row)
    audit_log.record(session, user, "changed_set", now=now, question_set=row, fields=", ".join(fields))
