"""Teachers and authors, and sets they wrote."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.sets import files, schema
from quizapp.models import Fact, QuestionSet, User
from quizapp.services import accounts, audit_log
from quizapp.services.sets import contents, copies, search, settings
from quizapp.services.sets.updates import UpdateCounts, apply_document, load_set

LATER = NOON + timedelta(days=3)
SAMPLE = Path(__file__).parents[1] / "data" / "sample"


def person(session: Session, name: str) -> User:
    """Somebody with an account."""
    return accounts.sign_up(
        session, guest=None, name=name, password_hash="", email=None, is_teacher=True, timezone="UTC", now=NOON
    )


def begin(session: Session, user: User, title: str = "Lakes", **others: Any) -> QuestionSet:
    """A set of the person's own, without facts."""
    about = {"summary": "", "language": "en", "topics": ["Depth", "Width"], **others}
    return contents.create_set(session, user, title=title, **about, now=NOON)


def write(session: Session, row: QuestionSet, facts: int = 1, *, topic: str = "depth", **fields: Any) -> None:
    """Put facts into a set, each asked by one question: "fact-1", "fact-2" …"""
    written = tuple(
        schema.Fact.model_validate(
            {
                "key": f"fact-{number}",
                "topic": topic,
                "statement": f"Lake {number} is deep.",
                "date": "1905" if number % 2 else None,
                "questions": [
                    {"key": f"fact-{number}-q", "kind": "typed", "prompt": f"What is lake {number}?", "answer": "Deep"}
                ],
                **fields,
            }
        )
        for number in range(1, facts + 1)
    )
    source = schema.QuestionSet(schema.SetHeader.model_validate(row.header), (), written)
    apply_document(session, row, source, author=None, by_author=True, now=NOON)


def sample() -> schema.QuestionSet:
    """The set that tests begin with, as it is in its files."""
    source, problems = files.read_set(SAMPLE)
    assert source, problems
    return source


def reload_sample(session: Session, *, without: str = "", **statements: str) -> None:
    """Load the sample again: a fact left out, others (key with _ for -) with another statement."""
    source = sample()
    facts = tuple(
        fact.model_copy(update={"statement": statements.get(fact.key.replace("-", "_"), fact.statement)})
        for fact in source.facts
        if fact.key != without
    )
    load_set(session, replace(source, facts=facts), now=NOON)


def fact_of(session: Session, row: QuestionSet, key: str) -> Fact:
    return session.scalars(select(Fact).where(Fact.set_id == row.id, Fact.key == key)).one()


def titles(session: Session, user: User, text: str = "") -> set[str]:
    """The sets that somebody finds, in their own list or among the public ones."""
    return my_titles(session, user, text) | public_titles(session, user, text)


def my_titles(session: Session, user: User, text: str = "", **wanted: Any) -> set[str]:
    return {card.title for card in search.list_my_sets(session, user, text=text, **wanted).sets}


def public_titles(session: Session, user: User | None, text: str = "", **wanted: Any) -> set[str]:
    return {card.title for card in search.search_public_sets(session, user, search.SetFilters(text, **wanted)).sets}


def sentences(session: Session, row: QuestionSet) -> list[str]:
    """What was noted of a set, the newest first."""
    return [entry.sentence for entry in audit_log.read_set_log(session, row.id).entries]


def typed(session: Session, user: User, row: QuestionSet, **fields: Any) -> tuple[dict[str, Any], str]:
    """What the form of a set posts with these fields changed, and the fingerprint it was made with."""
    about = settings.read_settings(session, user, row.id)
    return {**about.header.model_dump(include=set(settings.FIELDS)), **fields}, about.fingerprint


def change(session: Session, user: User, row: QuestionSet, **fields: Any) -> None:
    """Save the form of a set with these fields changed."""
    described, base = typed(session, user, row, **fields)
    settings.save_settings(session, user, row.id, described, base=base, now=LATER)


def copy_set(session: Session, user: User, key: str, *, now: datetime) -> QuestionSet:
    return copies.copy_set(session, user, copies.read_original(session, user, key, now=now), now=now)


def apply_updates(session: Session, user: User, set_id: int, *, now: datetime) -> UpdateCounts:
    return copies.apply_updates(session, user, set_id, copies.read_original_of(session, user, set_id, now=now), now=now)
