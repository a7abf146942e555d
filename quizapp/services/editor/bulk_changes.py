"""Many facts changed at once, or moved to another set: all or nothing, and each change can be undone."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from quizapp.core.authoring import key_for
from quizapp.core.kinds import parse_question
from quizapp.core.sets import schema
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext
from quizapp.models import Fact, FactVersion, Question, QuestionSet, User
from quizapp.services import audit_log
from quizapp.services.access import set_to_write
from quizapp.services.editor.versions import without_missing, write_fact
from quizapp.services.sets.contents import (
    append_question_version,
    fact_document,
    fact_keys,
    next_position,
    question_keys,
    renew_answers,
    renew_made_questions,
    update_search_text,
)

MOST_TAGS = 20  # of a fact, as in the schema


class BulkChangeRefused(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """How many facts were changed. `versions` maps each to the version it is now at, by which `undo` finds them."""

    changed: int
    versions: Mapping[int, int] = field(default_factory=dict)


def move_to_topic(
    session: Session, user: User, set_id: int, ids: Collection[int], topic: str, *, now: datetime
) -> BulkChange:
    """Move facts to another topic of the set. Raises BulkChangeRefused, NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    if topic not in {known["key"] for known in row.header["topics"]}:
        raise BulkChangeRefused(gettext("Choose a topic to move them to."))
    return _write_all(session, user, set_id, ids, lambda fact: {"topic": topic}, now)


def add_tag(session: Session, user: User, set_id: int, ids: Collection[int], tag: str, *, now: datetime) -> BulkChange:
    """Add a tag to facts. Raises NotFound, and BulkChangeRefused for an invalid tag or a fact with as many as it can
    have."""
    set_to_write(session, user, set_id, lock=True)
    tag = " ".join(tag.split())
    if not tag or len(tag) > 60 or "|" in tag:
        raise BulkChangeRefused(gettext("Type a tag of 1 to 60 characters, without |."))

    def tagged(fact: Fact) -> dict[str, Any]:
        if fold(tag) in map(fold, fact.tags):
            return {}
        if len(fact.tags) >= MOST_TAGS:
            raise BulkChangeRefused(
                gettext(
                    "“%(fact)s” already has %(most)s tags, the maximum. Remove one first.",
                    fact=fact.statement,
                    most=MOST_TAGS,
                )
            )
        return {"tags": [*fact.tags, tag]}

    return _write_all(session, user, set_id, ids, tagged, now)


def remove_tag(
    session: Session, user: User, set_id: int, ids: Collection[int], tag: str, *, now: datetime
) -> BulkChange:
    """Remove a tag from facts. Raises BulkChangeRefused for an empty one, NotFound."""
    set_to_write(session, user, set_id, lock=True)
    folded = fold(" ".join(tag.split()))
    if not folded:
        raise BulkChangeRefused(gettext("Type the tag to remove."))
    return _write_all(
        session, user, set_id, ids, lambda fact: {"tags": [own for own in fact.tags if fold(own) != folded]}, now
    )


def archive_facts(session: Session, user: User, set_id: int, ids: Collection[int], *, now: datetime) -> list[int]:
    """Archive facts: they are not asked, and everything about them is kept. Return those that were not archived
    already."""
    return _set_archived(session, user, set_id, ids, now, away=True)


def restore_facts(session: Session, user: User, set_id: int, ids: Collection[int], *, now: datetime) -> list[int]:
    """Restore archived facts; return those that were archived."""
    return _set_archived(session, user, set_id, ids, now, away=False)


def undo_change(
    session: Session,
    user: User,
    set_id: int,
    versions: Mapping[int, int],
    *,
    moved_to: int | None = None,
    now: datetime,
) -> int:
    """Undo the change that made these versions: write what the facts said before; return how many.

    A fact that was changed since is left alone. `moved_to` is the set they were taken to: they come back from there.
    Raises NotFound.
    """
    ids = {set_id} if moved_to is None else {set_id, moved_to}
    rows = {id: set_to_write(session, user, id, lock=True) for id in sorted(ids)}
    row = rows[set_id]
    facts = [fact for id in sorted(ids) for fact in facts_of(session, id, versions)]
    facts = [fact for fact in facts if fact.version == versions[fact.id]]
    before = _versions_before(session, facts)
    facts = [fact for fact in facts if fact.id in before]
    _move_back(row, facts, taken := fact_keys(session, set_id))
    for fact in facts:
        body = without_missing(row, before[fact.id], taken - {fact.key}, otherwise=_some_topic(row))
        write_fact(session, fact, body, author=user, now=now)
    session.flush()
    if moved_to is not None:
        renew_answers(session, Fact.id.in_([fact.id for fact in facts]))
        for each in rows.values():
            renew_made_questions(session, each, now=now)
    return len(facts)


def _move_back(row: QuestionSet, facts: list[Fact], taken: set[str]) -> None:
    """Move facts back into this set from another, where their keys are still free. Raises BulkChangeRefused."""
    for fact in facts:
        if fact.set_id != row.id:
            if fact.key in taken:
                raise BulkChangeRefused(
                    gettext("Can’t undo this: the set now has another fact with the same key, “%(key)s”.", key=fact.key)
                )
            fact.set_id = row.id
            taken.add(fact.key)


def _some_topic(row: QuestionSet) -> str:
    topic: str = row.header["topics"][0]["key"]
    return topic


def _versions_before(session: Session, facts: list[Fact]) -> dict[int, dict[str, Any]]:
    wanted = [(fact.id, fact.version - 1) for fact in facts]
    query = select(FactVersion).where(tuple_(FactVersion.fact_id, FactVersion.number).in_(wanted))
    return {version.fact_id: version.document for version in session.scalars(query)}


def _write_all(
    session: Session,
    user: User,
    set_id: int,
    ids: Collection[int],
    changed: Callable[[Fact], dict[str, Any]],
    now: datetime,
) -> BulkChange:
    """Change the fields of facts that `changed` returns, and leave facts alone that say so already."""
    versions = {}
    for fact in facts_of(session, set_id, ids):
        before = fact_document(fact)
        after = before | changed(fact)
        if after != before:
            write_fact(session, fact, after, author=user, now=now)
            versions[fact.id] = fact.version
    session.flush()
    return BulkChange(len(versions), versions)


def _set_archived(
    session: Session, user: User, set_id: int, ids: Collection[int], now: datetime, *, away: bool
) -> list[int]:
    row = set_to_write(session, user, set_id, lock=True)
    facts = [fact for fact in facts_of(session, set_id, ids) if (fact.archived_at is None) == away]
    for fact in facts:
        fact.archived_at = now if away else None
    if facts:
        action = "archived_facts" if away else "restored_facts"
        audit_log.record(session, user, action, now=now, question_set=row, facts=_facts_in_words(len(facts)))
    session.flush()
    renew_made_questions(session, row, now=now)
    return [fact.id for fact in facts]


def _facts_in_words(number: int) -> str:
    return "1 fact" if number == 1 else f"{number} facts"


def facts_of(session: Session, set_id: int, ids: Collection[int]) -> list[Fact]:
    """Return those of the facts that are in the set, in its order, locked to be changed."""
    query = select(Fact).where(Fact.set_id == set_id, Fact.id.in_(ids)).order_by(Fact.position, Fact.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


# To another set


def move_to_set(
    session: Session, user: User, set_id: int, ids: Collection[int], other_id: int, *, now: datetime
) -> BulkChange:
    """Move facts to the end of another set that the person writes in.

    Topics are found there by their titles and names by how they are written, or made; of passages and notes those
    stay that the other set has alike. A key changes only where the other set has it already. Links between facts that
    part are cut. All of this is in the facts' histories. Raises NotFound.
    """
    rows = {id: set_to_write(session, user, id, lock=True) for id in sorted({set_id, other_id})}
    row, other = rows[set_id], rows[other_id]
    facts = facts_of(session, set_id, ids)
    if row is other or not facts:
        return BulkChange(0)
    session.execute(  # their questions at once
        select(Fact)
        .where(Fact.id.in_([fact.id for fact in facts]))
        .options(selectinload(Fact.questions).selectinload(Question.versions))
    ).all()
    keys = _keys_in_other(facts, fact_keys(session, other_id))
    bodies = _documents_in_other(row, other, facts, keys)
    parted = _cut_links(session, user, set_id, facts, now)
    end = next_position(session, other_id)
    taken = question_keys(session, other_id)
    for place, fact in enumerate(facts):
        write_fact(session, fact, bodies[fact.id], author=user, now=now)
        _free_question_keys(fact, taken, user, now)
        fact.key, fact.set_id, fact.position = keys[fact.key], other_id, end + place
    _clear_end(row, facts)
    session.flush()
    renew_answers(session, Fact.id.in_([fact.id for fact in facts]))
    for each in rows.values():
        renew_made_questions(session, each, now=now)
    _record_move(session, user, row, other, len(facts), now)
    return BulkChange(len(facts), {fact.id: fact.version for fact in [*facts, *parted]})


def _keys_in_other(facts: Iterable[Fact], taken: set[str]) -> dict[str, str]:
    keys = {}
    for fact in facts:
        keys[fact.key] = fact.key if fact.key not in taken else key_for(fact.key, taken)
        taken.add(keys[fact.key])
    return keys


def _documents_in_other(
    row: QuestionSet, other: QuestionSet, facts: Sequence[Fact], keys: dict[str, str]
) -> dict[int, dict[str, Any]]:
    """Return what the facts say in the terms of the other set, after adding the topics and names that it lacks."""
    here, there = schema.SetHeader.model_validate(row.header), schema.SetHeader.model_validate(other.header)
    passages = {p.number for p in here.passages} & {p.number for p in there.passages if p in here.passages}
    notes = {n.number for n in here.notes if n in there.notes}
    topics = _topics(other, here, there, {fact.topic for fact in facts})
    names = _names(row, other, {key for fact in facts for key in fact.actors})
    return {
        fact.id: fact_document(fact)
        | {
            "topic": topics[fact.topic],
            "passages": [number for number in fact.passages if number in passages],
            "notes": [number for number in fact.notes if number in notes],
            "actors": [names[key] for key in fact.actors if key in names],
            "leads_to": {keys[key]: why for key, why in fact.leads_to.items() if key in keys},
        }
        for fact in facts
    }


def _topics(other: QuestionSet, here: schema.SetHeader, there: schema.SetHeader, used: set[str]) -> dict[str, str]:
    """Map each topic to its key in the other set."""
    known = {topic.title.casefold(): topic.key for topic in there.topics}
    taken = {topic.key for topic in there.topics}
    found, made = {}, []
    for key in sorted(used):
        topic = next((topic for topic in here.topics if topic.key == key), None)
        title = topic.title if topic else key
        if title.casefold() not in known:
            known[title.casefold()] = key if key not in taken else key_for(key, taken)
            taken.add(known[title.casefold()])
            made.append({"key": known[title.casefold()], "title": title, "summary": topic.summary if topic else title})
        found[key] = known[title.casefold()]
    if made:
        other.header = {**other.header, "topics": [*other.header["topics"], *made]}
        update_search_text(other)
    return found


def _names(row: QuestionSet, other: QuestionSet, used: set[str]) -> dict[str, str]:
    """Map each name to its key in the other set."""
    known = {name["name"]: name["key"] for name in other.names}
    taken = {name["key"] for name in other.names}
    found, made = {}, []
    for name in row.names:
        if name["key"] in used:
            if name["name"] not in known:
                known[name["name"]] = name["key"] if name["key"] not in taken else key_for(name["key"], taken)
                taken.add(known[name["name"]])
                made.append({**name, "key": known[name["name"]]})
            found[name["key"]] = known[name["name"]]
    if made:
        other.names = [*other.names, *made]
    return found


def _cut_links(session: Session, user: User, set_id: int, facts: Sequence[Fact], now: datetime) -> list[Fact]:
    """Cut the links from facts that stay to those that move; return the facts that lost a link."""
    going = {fact.key for fact in facts}
    links = session.execute(select(Fact.id, Fact.leads_to).where(Fact.set_id == set_id, Fact.key.not_in(going)))
    parted = facts_of(session, set_id, [row.id for row in links if going & row.leads_to.keys()])
    for fact in parted:
        left = {key: why for key, why in fact.leads_to.items() if key not in going}
        write_fact(session, fact, fact_document(fact) | {"leads_to": left}, author=user, now=now)
    return parted


def _free_question_keys(fact: Fact, taken: set[str], user: User, now: datetime) -> None:
    """Give those questions another key whose own is taken in the other set."""
    for question in fact.questions:
        if question.made is not None:
            continue
        if question.key in taken:
            question.key = key_for(question.key, taken)
            asked = parse_question(question.versions[-1].body).model_copy(update={"key": question.key})
            append_question_version(question, asked, author=user, now=now)
        taken.add(question.key)


def _clear_end(row: QuestionSet, facts: Iterable[Fact]) -> None:
    if row.header.get("end") in {fact.key for fact in facts}:
        row.header = {**row.header, "end": None}


def _record_move(session: Session, user: User, row: QuestionSet, other: QuestionSet, facts: int, now: datetime) -> None:
    counted = _facts_in_words(facts)
    for question_set in (row, other):
        audit_log.record(
            session, user, "moved_facts", now=now, question_set=question_set, facts=counted, title=other.title
        )
