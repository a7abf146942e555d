"""One fact: edited, duplicated, moved in the order, its progress reset."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.orm import Session, selectinload

from quizapp.core.authoring import key_for
from quizapp.core.kinds import parse_question
from quizapp.core.scheduling.scheduler import State
from quizapp.core.sets import schema
from quizapp.core.sets.hints import fact_hints
from quizapp.core.text.normal import fold
from quizapp.core.text.search import search_words
from quizapp.core.translation import gettext
from quizapp.models import Fact, Memory, Question, QuestionSet, User
from quizapp.models.sets import has_word
from quizapp.services import audit_log
from quizapp.services.access import fact_to_write, set_to_write
from quizapp.services.editor.fact_list import questions_of, topics_in_use
from quizapp.services.editor.versions import edit_conflict, write_fact
from quizapp.services.errors import NotFound
from quizapp.services.memory_events import reset_everyones_progress
from quizapp.services.sets.contents import (
    FACT_FIELDS,
    append_question_version,
    fact_document,
    fact_keys,
    question_keys,
    renew_answers,
    renew_made_questions,
)

EFFECTS_OFFERED = 20  # facts

Document = Mapping[str, Any]  # what a fact says: core.sets.schema.Fact without key and questions


class InvalidFact(Exception):
    """A fact cannot say this: the message is for its author, `field` the name of the field to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class FactEditPage:
    """A fact to edit, with all that its set offers to refer to.

    `met` is how many learners have met it.
    """

    row: QuestionSet
    fact: Fact
    document: Document
    header: schema.SetHeader
    topics: Sequence[schema.Topic]
    names: Sequence[schema.Name]
    questions: Sequence[Any]  # rows of fact_list.questions_of
    met: int

    @property
    def hints(self) -> list[str]:
        """Return advice on what the fact says."""
        return fact_hints(self.header, schema.Fact.model_construct(key=self.fact.key, questions=[], **self.document))


def read_fact(session: Session, user: User, set_id: int, fact_id: int) -> FactEditPage:
    """Read a fact to edit; four statements. Raises NotFound."""
    row, fact = fact_to_write(session, user, set_id, fact_id)
    header = schema.SetHeader.model_validate(row.header)
    return FactEditPage(
        row=row,
        fact=fact,
        document=fact_document(fact),
        header=header,
        topics=topics_in_use(header, [fact.topic]),
        names=[schema.Name.model_validate(name) for name in row.names],
        questions=questions_of(session, [fact_id]),
        met=_count_learners(session, fact_id),
    )


def _count_learners(session: Session, fact_id: int) -> int:
    return session.scalar(select(func.count()).where(Memory.fact_id == fact_id, Memory.state != State.NEW)) or 0


# Effects


@dataclass(frozen=True, slots=True)
class Effect:
    """A fact that another one may lead to."""

    key: str
    statement: str


def find_effects(session: Session, fact: Fact, typed: Collection[str]) -> dict[str, Effect]:
    """Return the other facts of a set that the texts name by their key or their whole statement; one statement."""
    texts = [text for text in typed if text.isprintable()]
    query = _effects(fact, Fact.searched).where(Fact.key.in_(texts) | Fact.searched.in_(texts))
    rows = session.execute(query.order_by(Fact.position, Fact.id)).all()
    by_statement = {row.searched: Effect(row.key, row.statement) for row in reversed(rows)}
    by_key = {row.key: Effect(row.key, row.statement) for row in rows}
    found = {text: by_key.get(text) or by_statement.get(fold(text)) for text in texts}
    return {text: effect for text, effect in found.items() if effect}


def search_effects(session: Session, user: User, set_id: int, fact_id: int, text: str) -> list[Effect]:
    """Return the first other facts of a set that have all words of a text, or have it in their key. Raises NotFound."""
    _, fact = fact_to_write(session, user, set_id, fact_id)
    words = search_words(text)
    if not words:
        return []
    found = and_(*(has_word(Fact.searched, word) for word in words)) | has_word(Fact.key, text.strip())
    rows = session.execute(_effects(fact).where(found).order_by(Fact.position, Fact.id).limit(EFFECTS_OFFERED))
    return [Effect(*row) for row in rows]


def _effects(fact: Fact, *columns: Any) -> Select[Any]:
    others = Fact.set_id == fact.set_id, Fact.id != fact.id, Fact.archived_at.is_(None)
    return select(Fact.key, Fact.statement, *columns).where(*others)


# Editing


def save_fact(
    session: Session, user: User, set_id: int, fact_id: int, document: Document, *, base: int, now: datetime
) -> bool:
    """Save what a fact says; return False where it said so already. No learner's memory changes.

    `base` is the version that the author began with. Raises EditConflict when it is no longer the newest, InvalidFact,
    NotFound.
    """
    _, fact = fact_to_write(session, user, set_id, fact_id, lock=True)
    before = fact_document(fact)
    if all(before[name] == document[name] for name in FACT_FIELDS):
        return False
    if fact.version != base:
        raise edit_conflict(session, fact)
    _refuse_bad_links(session, fact, document["leads_to"])
    write_fact(session, fact, document, author=user, now=now)
    session.flush()
    return True


def _refuse_bad_links(session: Session, fact: Fact, leads_to: Mapping[str, str]) -> None:
    """Raise InvalidFact for links to no fact of the set, to itself, or in a circle."""
    rows = session.execute(select(Fact.key, Fact.statement, Fact.leads_to).where(Fact.set_id == fact.set_id)).all()
    statements = {row.key: row.statement for row in rows}
    for key in leads_to:
        if key == fact.key:
            raise InvalidFact("leads_to", gettext("A fact can’t lead to itself."))
        if key not in statements:
            raise InvalidFact("leads_to", gettext("There is no fact “%(key)s” in this set.", key=key))
    effects = {row.key: sorted(set(row.leads_to) - {row.key}) for row in rows} | {fact.key: sorted(leads_to)}
    try:
        TopologicalSorter(effects).prepare()
    except CycleError as error:
        if fact.key in error.args[1]:  # another circle is not this fact's
            round_trip = " → ".join(statements.get(key, key) for key in reversed(error.args[1]))
            raise InvalidFact(
                "leads_to",
                gettext("These facts would lead to each other in a circle. Remove one: %(facts)s", facts=round_trip),
            ) from None


# Order


def move_fact(session: Session, user: User, set_id: int, fact_id: int, *, to: int) -> tuple[int, int]:
    """Move a fact to the place `to` (from 1) of its topic, or the nearest there is; return its old place and its new
    one.

    The facts of a topic share the positions that they hold in the set, so that the other topics stay as they are.
    Raises NotFound, also for an archived fact.
    """
    set_to_write(session, user, set_id, lock=True)
    rows = session.execute(
        select(Fact.id, Fact.topic, Fact.position, Fact.archived_at)
        .where(Fact.set_id == set_id)
        .order_by(Fact.position, Fact.id)
    ).all()
    topic = next((row.topic for row in rows if row.id == fact_id and row.archived_at is None), None)
    if topic is None:
        raise NotFound
    order = [row.id for row in rows if row.topic == topic and row.archived_at is None]
    had = order.index(fact_id) + 1
    order.remove(fact_id)
    to = min(max(to, 1), len(order) + 1)
    order.insert(to - 1, fact_id)
    moving, waiting = set(order), iter(order)
    wanted = [next(waiting) if row.id in moving else row.id for row in rows]
    before = {row.id: row.position for row in rows}
    changed = [{"id": id, "position": place} for place, id in enumerate(wanted) if before[id] != place]
    if changed:
        session.execute(update(Fact), changed)
    return had, to


# Duplicating


def duplicate_fact(session: Session, user: User, set_id: int, fact_id: int, *, now: datetime) -> int:
    """Duplicate a fact with its questions, right after itself; return the new one's id. Raises NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    fact = session.scalar(
        select(Fact)
        .where(Fact.id == fact_id, Fact.set_id == set_id)
        .options(selectinload(Fact.questions).selectinload(Question.versions))
    )
    if fact is None:
        raise NotFound
    session.execute(
        update(Fact).where(Fact.set_id == row.id, Fact.position > fact.position).values(position=Fact.position + 1)
    )
    copy = Fact(
        set_id=row.id,
        key=key_for(fact.key, fact_keys(session, set_id)),
        position=fact.position + 1,
        version=1,
        edited_at=now,
        **fact_document(fact),
    )
    taken = question_keys(session, set_id)
    for question in fact.questions:
        if question.archived_at is None and question.made is None:
            key = key_for(question.key, taken)
            taken.add(key)
            copied = Question(key=key, current=0, position=question.position, versions=[])
            asked = parse_question(question.versions[-1].body).model_copy(update={"key": key})
            append_question_version(copied, asked, author=user, now=now)
            copy.questions.append(copied)
    session.add(copy)
    session.flush()
    renew_answers(session, Fact.id == copy.id)
    renew_made_questions(session, row, now=now)
    return copy.id


# Resetting progress


def reset_progress(session: Session, user: User, set_id: int, fact_id: int, *, now: datetime) -> int:
    """Reset every learner's memory of a fact, because it means something else now; return how many learners.

    Their reviews stay on record, and suspended facts stay suspended. Raises NotFound.
    """
    row, fact = fact_to_write(session, user, set_id, fact_id, lock=True)
    learners = reset_everyones_progress(session, fact.id, now=now)
    audit_log.record(
        session, user, "reset_progress", now=now, question_set=row, statement=fact.statement[:200], learners=learners
    )
    return learners
