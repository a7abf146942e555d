"""Facts taken to another set of the same author. What learners remember of them goes along."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from quizapp.core.authoring import key_for
from quizapp.core.kinds import parse_question
from quizapp.core.sets import schema
from quizapp.models import (
    Fact,
    Question,
    QuestionSet,
    User,
)
from quizapp.services import audit_log
from quizapp.services.access import set_to_write
from quizapp.services.authoring.bulk import Done
from quizapp.services.authoring.facts import rewrite
from quizapp.services.authoring.finding import fact_keys, facts_of, question_keys
from quizapp.services.sets.contents import append_question_version, fact_document, update_search_text


def move_to_set(
    session: Session, user: User, set_id: int, ids: Collection[int], other_id: int, *, now: datetime
) -> Done:
    """Take facts to the end of another set that the person writes in.

    Topics are found there by their titles and names by how they are written, or made; of passages and notes those
    stay that the other set has alike. A key changes only where the other set has it already. Links between facts that
    part are cut. All of this is in the facts' histories. Raises NotFound.
    """
    rows = {id: set_to_write(session, user, id, lock=True) for id in sorted({set_id, other_id})}
    row, other = rows[set_id], rows[other_id]
    facts = facts_of(session, set_id, ids)
    if row is other or not facts:
        return Done(0)
    session.execute(  # their questions at once
        select(Fact)
        .where(Fact.id.in_([fact.id for fact in facts]))
        .options(selectinload(Fact.questions).selectinload(Question.versions))
    ).all()
    keys = _new_keys(facts, fact_keys(session, other_id))
    bodies = _bodies(row, other, facts, keys)
    parted = _cut_links(session, user, set_id, facts, now)
    last = session.scalar(select(func.max(Fact.position)).where(Fact.set_id == other_id))
    next_position = 0 if last is None else last + 1
    taken = question_keys(session, other_id)
    for place, fact in enumerate(facts):
        rewrite(session, fact, bodies[fact.id], author=user, now=now)
        _free_question_keys(fact, taken, user, now)
        fact.key, fact.set_id, fact.position = keys[fact.key], other_id, next_position + place
    _forget_end(row, facts)
    session.flush()
    _note(session, user, row, other, len(facts), now)
    return Done(len(facts), {fact.id: fact.version for fact in [*facts, *parted]})


def _new_keys(facts: Iterable[Fact], taken: set[str]) -> dict[str, str]:
    keys = {}
    for fact in facts:
        keys[fact.key] = fact.key if fact.key not in taken else key_for(fact.key, taken)
        taken.add(keys[fact.key])
    return keys


def _bodies(
    row: QuestionSet, other: QuestionSet, facts: Sequence[Fact], keys: dict[str, str]
) -> dict[int, dict[str, Any]]:
    """What the facts say in the terms of the other set, which is given the topics and names that it lacks."""
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
    """For each topic its key in the other set."""
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
    """For each name its key in the other set."""
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
    """Cut the links that lead from facts which stay to those that go; the facts that lost one."""
    going = {fact.key for fact in facts}
    links = session.execute(select(Fact.id, Fact.leads_to).where(Fact.set_id == set_id, Fact.key.not_in(going)))
    parted = facts_of(session, set_id, [row.id for row in links if going & row.leads_to.keys()])
    for fact in parted:
        left = {key: why for key, why in fact.leads_to.items() if key not in going}
        rewrite(session, fact, fact_document(fact) | {"leads_to": left}, author=user, now=now)
    return parted


def _free_question_keys(fact: Fact, taken: set[str], user: User, now: datetime) -> None:
    """Give those questions another key whose own is taken in the other set."""
    for question in fact.questions:
        if question.key in taken:
            question.key = key_for(question.key, taken)
            asked = parse_question(question.versions[-1].body).model_copy(update={"key": question.key})
            append_question_version(question, asked, author=user, now=now)
        taken.add(question.key)


def _forget_end(row: QuestionSet, facts: Iterable[Fact]) -> None:
    if row.header.get("end") in {fact.key for fact in facts}:
        row.header = {**row.header, "end": None}


def _note(session: Session, user: User, row: QuestionSet, other: QuestionSet, facts: int, now: datetime) -> None:
    counted = "1 fact" if facts == 1 else f"{facts} facts"
    for question_set in (row, other):
        audit_log.record(
            session, user, "moved facts", now=now, question_set=question_set, facts=counted, title=other.title
        )
