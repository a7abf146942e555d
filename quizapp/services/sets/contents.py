"""What sets contain: making sets, appending versions, and reading a set from its rows as a document."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session, selectinload

from quizapp.core.authoring import key_for
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.sets import export, schema
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext
from quizapp.models import Fact, FactAnswer, FactVersion, Question, QuestionSet, QuestionVersion, User
from quizapp.services.errors import NotFound
from quizapp.services.sets import made_questions

DEFAULT_TOPIC = gettext("General")
LONGEST_ANSWER = 100  # characters; longer texts are not what makes two facts similar
FACT_FIELDS = tuple(name for name in schema.Fact.model_fields if name not in ("key", "questions"))


def append_question_version(
    row: Question, question: AskedQuestion, *, author: User | None, now: datetime, keep_hash: bool = False
) -> None:
    """Append what the question asks from now on as its next version."""
    row.current += 1
    row.searched = question.stem
    row.versions.append(
        QuestionVersion(
            number=row.current,
            body=question.model_dump(mode="json"),
            bank_hash=export.content_hash(question) if keep_hash else None,
            created_at=now,
            author_id=author.id if author else None,
        )
    )


def append_fact_version(
    session: Session, row: Fact, body: dict[str, Any], *, author: User | None, now: datetime
) -> None:
    """Append what a fact will say by `body` (fields of core.sets.schema.Fact) as its next version.

    The first time, what it says until now goes on record too, as version 1.
    """
    kept = {name: body[name] for name in FACT_FIELDS}
    if row.version == 1 and session.get(FactVersion, (row.id, 1)) is None:
        began = select(QuestionSet.created_at).where(QuestionSet.id == row.set_id)
        session.add(
            FactVersion(fact_id=row.id, number=1, body=fact_document(row), created_at=session.scalars(began).one())
        )
    row.version += 1
    session.add(
        FactVersion(
            fact_id=row.id, number=row.version, body=kept, author_id=author.id if author else None, created_at=now
        )
    )


def renew_answers(session: Session, *which: ColumnElement[bool]) -> None:
    """Bring the answers by which similar facts are found in line with what `which` of the facts are asked by now.

    Whoever changes questions of facts, or moves facts to another set, calls this afterwards. Three statements.
    """
    rows = session.execute(
        select(Fact.id, Fact.set_id, QuestionVersion.body)
        .join(Question, Question.fact_id == Fact.id)
        .join(Question.current_version)
        .where(*which, Question.archived_at.is_(None), Question.made.is_(None))
    ).all()
    answers: dict[tuple[int, int, str], bool] = {}
    for fact_id, set_id, body in rows:
        for option in parse_question(body).comparable_answers:
            if len(option.text) <= LONGEST_ANSWER:
                key = fact_id, set_id, fold(option.text)
                answers[key] = answers.get(key, False) or option.right
    session.execute(
        delete(FactAnswer).where(FactAnswer.fact_id.in_(select(Fact.id).where(*which))),
        execution_options={"synchronize_session": False},
    )
    if answers:
        values = [
            {"fact_id": fact_id, "set_id": set_id, "answer": answer, "right": right}
            for (fact_id, set_id, answer), right in answers.items()
        ]
        session.execute(insert(FactAnswer), values)


def makes_questions(row: QuestionSet) -> bool:
    """Return whether the settings of a set ask for questions made from its cards."""
    return any(row.header.get("cards", {}).values())


def renew_made_questions(session: Session, row: QuestionSet, *, now: datetime) -> None:
    """Bring the questions made from the cards of a set in line with them, where its settings ask for any.

    Whoever changes questions of a set, or which of its facts are archived, calls this afterwards.
    """
    if makes_questions(row):
        made_questions.make_again(session, row, now=now)


def add_missing_answers(session: Session) -> None:
    """Find the answers of sets that were stored before similar facts were kept apart."""
    renew_answers(session, ~exists().where(FactAnswer.set_id == Fact.set_id))


# Making and reading


def create_set(
    session: Session,
    user: User,
    *,
    title: str,
    summary: str,
    language: str,
    topics: Sequence[str],
    cards: Mapping[str, bool] | None = None,
    now: datetime,
) -> QuestionSet:
    """Create a private set of the person's own, without facts; `cards` are its core.sets.schema.CardSettings.

    Raises pydantic's ValidationError.
    """
    keys: list[str] = []
    for topic in topics:
        keys.append(key_for(topic, keys, without="topic"))
    header = schema.SetHeader.model_validate(
        {
            "key": key_for(title, (), without="set"),
            "title": title,
            "summary": summary or title,
            "language": language,
            "topics": [{"key": key, "title": topic, "summary": topic} for key, topic in zip(keys, topics, strict=True)],
            "cards": dict(cards or {}),
        }
    )
    return insert_set(session, user, header, now=now)


def insert_set(
    session: Session,
    owner: User,
    header: schema.SetHeader,
    names: Sequence[schema.Name] = (),
    *,
    now: datetime,
    copied_from: QuestionSet | None = None,
) -> QuestionSet:
    """Insert a private set without facts.

    Its key ends in letters that nobody can guess, because it is the link to the set.
    """
    key = f"{header.key[:60].strip('-')}-{secrets.token_hex(8)}"
    header = header.model_copy(update={"key": key})
    row = QuestionSet(
        key=key,
        title=header.title,
        header=header.model_dump(),
        names=[name.model_dump() for name in names],
        created_at=now,
        owner_id=owner.id,
        visibility="private",
        copied_from_id=copied_from.id if copied_from else None,
    )
    update_search_text(row)
    session.add(row)
    session.flush()
    return row


def update_search_text(row: QuestionSet) -> None:
    """Update what a set is searched by from its header: title, summary and topics, folded."""
    topics = " ".join(topic["title"] for topic in row.header["topics"])
    row.folded = fold(f"{row.title} {row.header['summary']} {topics}")


def update_all_search_texts(session: Session) -> None:
    """Make sets, facts and questions searchable that were stored before there was a search."""
    for row in session.scalars(select(QuestionSet).where(QuestionSet.folded == "")):
        update_search_text(row)
    for row in session.scalars(select(QuestionSet).where(QuestionSet.searched_names == "")):
        row.names = [*row.names]
    session.flush()
    facts = session.execute(select(Fact.id, Fact.statement).where(Fact.searched == "")).all()
    _store_searched(session, Fact, [(fact_id, statement) for fact_id, statement in facts])
    asked = select(Question.id, QuestionVersion.body).join(Question.current_version).where(Question.searched == "")
    questions = session.execute(asked).all()
    _store_searched(session, Question, [(question_id, parse_question(body).stem) for question_id, body in questions])


def _store_searched(session: Session, model: type[Fact] | type[Question], texts: Sequence[tuple[int, str]]) -> None:
    if texts:
        session.execute(update(model), [{"id": row_id, "searched": text} for row_id, text in texts])


def set_keys(session: Session) -> list[str]:
    """Return the keys of all sets, the oldest first."""
    return list(session.scalars(select(QuestionSet.key).order_by(QuestionSet.id)))


def read_stored_set(session: Session, key: str) -> schema.QuestionSet:
    """Read a set by its key, as `read_document` does. Raises NotFound."""
    row = session.scalar(select(QuestionSet).where(QuestionSet.key == key))
    if row is None:
        raise NotFound
    return read_document(session, row)


def read_document(session: Session, row: QuestionSet, *, with_archived: bool = False) -> schema.QuestionSet:
    """Read a set from the database, without facts that have no question, and without what is archived unless asked.

    Two statements, which read columns: objects of the ORM would take as long as all the rest.
    """
    shown = () if with_archived else (Fact.archived_at.is_(None), Question.archived_at.is_(None))
    asked: dict[int, list[dict[str, Any]]] = defaultdict(list)
    questions = (
        select(Question.fact_id, QuestionVersion.body)
        .join(Question.fact)
        .join(Question.current_version)
        .where(Fact.set_id == row.id, Question.made.is_(None), *shown)
        .order_by(Question.fact_id, Question.position)
    )
    for fact_id, body in session.execute(questions):
        asked[fact_id].append(body)
    columns = [getattr(Fact, name) for name in FACT_FIELDS]
    rows = session.execute(select(Fact.id, Fact.key, *columns).where(Fact.set_id == row.id).order_by(Fact.position))
    facts = tuple(
        schema.Fact.model_validate(dict(zip(("key", *FACT_FIELDS), said, strict=True)) | {"questions": asked[fact_id]})
        for fact_id, *said in rows
        if fact_id in asked
    )
    names = tuple(map(schema.Name.model_validate, row.names))
    return schema.QuestionSet(schema.SetHeader.model_validate(row.header), names, facts)


def stored_facts(session: Session, row: QuestionSet) -> dict[str, Fact]:
    """Return the facts of a set by their keys, in their order, with all their questions and versions."""
    return {
        fact.key: fact
        for fact in session.scalars(
            select(Fact)
            .where(Fact.set_id == row.id)
            .options(selectinload(Fact.questions).selectinload(Question.versions))
            .order_by(Fact.position)
        )
    }


def fact_document(row: Fact) -> dict[str, Any]:
    """Return what a fact says as plain data: core.sets.schema.Fact without key and questions."""
    return {name: getattr(row, name) for name in FACT_FIELDS}


def next_position(session: Session, set_id: int) -> int:
    """Return the position at the end of a set's facts."""
    last = session.scalar(select(func.max(Fact.position)).where(Fact.set_id == set_id))
    return 0 if last is None else last + 1


def fact_keys(session: Session, set_id: int) -> set[str]:
    """Return the keys of a set's facts, archived ones too."""
    return set(session.scalars(select(Fact.key).where(Fact.set_id == set_id)))


def question_keys(session: Session, set_id: int) -> set[str]:
    """Return the keys of a set's questions, archived ones too; in its files no two may be alike."""
    return set(session.scalars(select(Question.key).join(Fact).where(Fact.set_id == set_id)))
