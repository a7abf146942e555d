"""New sets: begun with a title, or copied from another."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from quizapp.core import bank
from quizapp.core.authoring import key_for
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services.access import find_set
from quizapp.services.bank import FACT_FIELDS, make_set, read_stored_set

ONE_TOPIC = "General"
_TITLE_MAX = 300  # of core.kinds.fields.Line
_COPY = " (copy)"


def make(
    session: Session, user: User, *, title: str, summary: str, language: str, topics: Sequence[str], now: datetime
) -> QuestionSet:
    """A set of the person's own, private, with nothing in it yet. Raises pydantic's ValidationError."""
    keys: list[str] = []
    for topic in topics:
        keys.append(key_for(topic, keys, without="topic"))
    header = bank.SetHeader.model_validate(
        {
            "key": key_for(title, (), without="set"),
            "title": title,
            "summary": summary or title,
            "language": language,
            "topics": [{"key": key, "title": topic, "summary": topic} for key, topic in zip(keys, topics, strict=True)],
        }
    )
    return make_set(session, user, header, now=now)


def duplicate(session: Session, user: User, key: str, *, now: datetime) -> QuestionSet:
    """A private copy, the person's own, of a set they may read; it remembers what it was copied from.

    Facts and questions keep their keys and the hashes of what was copied, so that what changes in the original can be
    offered to the copy. It is written in three statements, however many facts there are. Raises NotFound.
    """
    origin = find_set(session, user, key)
    source = read_stored_set(session, origin.key)
    title = source.header.title[: _TITLE_MAX - len(_COPY)] + _COPY
    header = source.header.model_copy(update={"title": title})
    copy = make_set(session, user, header, source.names, now=now, copied_from=origin)
    _copy_facts(session, copy, source, now)
    return copy


def _copy_facts(session: Session, copy: QuestionSet, source: bank.QuestionSet, now: datetime) -> None:
    """In bulk: the unit of work would insert row by row on SQLite, to learn the id of each."""
    facts = [
        {
            "set_id": copy.id,
            "key": fact.key,
            "position": position,
            "version": 1,
            "bank_hash": bank.content_hash(fact),
            **{name: getattr(fact, name) for name in FACT_FIELDS},
        }
        for position, fact in enumerate(source.facts)
    ]
    if not facts:
        return
    # Without this, facts with and without a date would be inserted in turns.
    session.execute(insert(Fact), facts, execution_options={"render_nulls": True})
    fact_ids = dict(session.execute(select(Fact.key, Fact.id).where(Fact.set_id == copy.id)).all())
    asked = {
        (fact_ids[fact.key], question.key): (position, bank.expand(question, source.names))
        for fact in source.facts
        for position, question in enumerate(fact.questions)
    }
    rows = [
        {"fact_id": fact_id, "key": key, "position": position, "current": 1}
        for (fact_id, key), (position, _) in asked.items()
    ]
    session.execute(insert(Question), rows)
    copied = select(Question.id, Question.fact_id, Question.key).join(Fact).where(Fact.set_id == copy.id)
    session.execute(
        insert(QuestionVersion),
        [_version(row.id, asked[row.fact_id, row.key][1], now) for row in session.execute(copied)],
    )


def _version(question_id: int, question: AskedQuestion, now: datetime) -> dict[str, Any]:
    return {
        "question_id": question_id,
        "number": 1,
        "body": question.model_dump(mode="json"),
        "bank_hash": bank.content_hash(question),
        "created_at": now,
    }
