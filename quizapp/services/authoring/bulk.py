"""Many facts changed at once. Each change tells what takes it back, and either all of it happens or nothing."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from quizapp.core.text.answers import fold
from quizapp.models import Fact, FactVersion, QuestionSet, User
from quizapp.services import audit_log
from quizapp.services.access import set_to_write
from quizapp.services.authoring.facts import rewrite
from quizapp.services.authoring.finding import fact_keys, facts_of
from quizapp.services.authoring.past import fitting
from quizapp.services.sets.contents import fact_document

MOST_TAGS = 20  # of a fact, as in the schema


class Impossible(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Done:
    """How many facts were changed. `versions` maps each to the version it is now at, by which `undo` finds them."""

    changed: int
    versions: Mapping[int, int] = field(default_factory=dict)


def move_to_topic(
    session: Session, user: User, set_id: int, ids: Collection[int], topic: str, *, now: datetime
) -> Done:
    """Put facts under another topic of the set. Raises Impossible, NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    if topic not in {known["key"] for known in row.header["topics"]}:
        raise Impossible("Choose a topic to move them to.")
    return _rewrite_all(session, user, set_id, ids, lambda fact: {"topic": topic}, now)


def add_tag(session: Session, user: User, set_id: int, ids: Collection[int], tag: str, *, now: datetime) -> Done:
    """Give facts a tag. Raises Impossible for what is no tag, and where a fact has as many as it can; NotFound."""
    set_to_write(session, user, set_id, lock=True)
    tag = " ".join(tag.replace("\0", "").split())
    if not tag or len(tag) > 60 or "|" in tag:
        raise Impossible("Type a tag of 1 to 60 letters, without a |.")

    def tagged(fact: Fact) -> dict[str, Any]:
        if fold(tag) in map(fold, fact.tags):
            return {}
        if len(fact.tags) >= MOST_TAGS:
            raise Impossible(f"“{fact.statement}” has {MOST_TAGS} tags already, the most a fact can have.")
        return {"tags": [*fact.tags, tag]}

    return _rewrite_all(session, user, set_id, ids, tagged, now)


def remove_tag(session: Session, user: User, set_id: int, ids: Collection[int], tag: str, *, now: datetime) -> Done:
    """Take a tag off facts. Raises Impossible where none has it, NotFound."""
    set_to_write(session, user, set_id, lock=True)
    folded = fold(" ".join(tag.split()))
    if not folded:
        raise Impossible("Type the tag to take off.")
    return _rewrite_all(
        session, user, set_id, ids, lambda fact: {"tags": [own for own in fact.tags if fold(own) != folded]}, now
    )


def archive(session: Session, user: User, set_id: int, ids: Collection[int], *, now: datetime) -> list[int]:
    """Put facts away: nobody is asked them, everything stays on record. Those that were not away already."""
    return _put_away(session, user, set_id, ids, now, away=True)


def restore(session: Session, user: User, set_id: int, ids: Collection[int], *, now: datetime) -> list[int]:
    """Take facts out of the archive. Those that were in it."""
    return _put_away(session, user, set_id, ids, now, away=False)


def undo(
    session: Session,
    user: User,
    set_id: int,
    versions: Mapping[int, int],
    *,
    moved_to: int | None = None,
    now: datetime,
) -> int:
    """Let facts say again what they said before the change that made these versions; how many.

    A fact that was changed since is left alone. `moved_to` is the set they were taken to: they come back from there.
    Raises NotFound.
    """
    ids = {set_id} if moved_to is None else {set_id, moved_to}
    row = {id: set_to_write(session, user, id, lock=True) for id in sorted(ids)}[set_id]
    facts = [fact for id in sorted(ids) for fact in facts_of(session, id, versions)]
    facts = [fact for fact in facts if fact.version == versions[fact.id]]
    before = _versions_before(session, facts)
    facts = [fact for fact in facts if fact.id in before]
    _come_home(row, facts, taken := fact_keys(session, set_id))
    for fact in facts:
        body = fitting(row, before[fact.id], taken - {fact.key}, otherwise=_some_topic(row))
        rewrite(session, fact, body, author=user, now=now)
    session.flush()
    return len(facts)


def _come_home(row: QuestionSet, facts: list[Fact], taken: set[str]) -> None:
    """Take facts that stand in another set into this one, where each is still to be had under its key."""
    for fact in facts:
        if fact.set_id != row.id:
            if fact.key in taken:
                raise Impossible(f"The set has another fact with the key “{fact.key}” by now. Nothing was moved back.")
            fact.set_id = row.id
            taken.add(fact.key)


def _some_topic(row: QuestionSet) -> str:
    topic: str = row.header["topics"][0]["key"]
    return topic


def _versions_before(session: Session, facts: list[Fact]) -> dict[int, dict[str, Any]]:
    wanted = [(fact.id, fact.version - 1) for fact in facts]
    rows = session.execute(
        select(FactVersion.fact_id, FactVersion.body).where(tuple_(FactVersion.fact_id, FactVersion.number).in_(wanted))
    )
    return {row.fact_id: row.body for row in rows}


def _rewrite_all(
    session: Session,
    user: User,
    set_id: int,
    ids: Collection[int],
    changed: Callable[[Fact], dict[str, Any]],
    now: datetime,
) -> Done:
    """Rewrite facts by the fields that `changed` gives; those that say so already are left alone."""
    versions = {}
    for fact in facts_of(session, set_id, ids):
        before = fact_document(fact)
        after = before | changed(fact)
        if after != before:
            rewrite(session, fact, after, author=user, now=now)
            versions[fact.id] = fact.version
    session.flush()
    return Done(len(versions), versions)


def _put_away(
    session: Session, user: User, set_id: int, ids: Collection[int], now: datetime, *, away: bool
) -> list[int]:
    row = set_to_write(session, user, set_id, lock=True)
    facts = [fact for fact in facts_of(session, set_id, ids) if (fact.archived_at is None) == away]
    for fact in facts:
        fact.archived_at = now if away else None
    if facts:
        what = "archived facts" if away else "restored facts"
        audit_log.record(session, user, what, now=now, question_set=row, facts=_facts_in_words(len(facts)))
    session.flush()
    return [fact.id for fact in facts]


def _facts_in_words(number: int) -> str:
    return "1 fact" if number == 1 else f"{number} facts"


__all__ = [
    "Done", "Impossible", "add_tag", "archive", "move_to_topic", "remove_tag", "restore", "undo",
]  # fmt: skip
