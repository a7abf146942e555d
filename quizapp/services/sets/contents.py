"""Sets as documents: bringing a set's rows in line with a document, and reading a document from its rows.

The document comes from files, from the set that another was copied from, or from an author who imports.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from quizapp.core.authoring import key_for
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.sets import export, schema, spellings
from quizapp.core.text.answers import fold
from quizapp.models import Fact, FactVersion, Question, QuestionSet, QuestionVersion, User
from quizapp.services.errors import NotFound

DEFAULT_TOPIC = "General"
FACT_FIELDS = tuple(name for name in schema.Fact.model_fields if name not in ("key", "questions"))

ChangeKind = Literal["added", "changed", "restored", "archived", "unchanged", "conflict"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a document does to one fact, or to one of its questions. `before` and `after` are plain data.

    A conflict is a change in the document to what was changed in the app as well; the app's stays.
    """

    what: ChangeKind
    fact_key: str
    question_key: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def __str__(self) -> str:
        name, kept = (
            (f"question {self.question_key}", "version") if self.question_key else (f"fact {self.fact_key}", "text")
        )
        return f"{name} was edited in the app and changed in the file; the app's {kept} stays"


@dataclass(frozen=True, slots=True)
class UpdateCounts:
    """What bringing a document in did: counts of facts and questions together, the edits it left alone, each change."""

    added: int
    changed: int
    archived: int
    unchanged: int
    conflicts: tuple[str, ...]
    changes: tuple[Change, ...]


def load_set(session: Session, source: schema.QuestionSet, *, now: datetime) -> UpdateCounts:
    """Update the database's copy of a set from its files, or create it.

    New facts and questions are added, changed ones changed (a question by a new version), vanished ones archived;
    what was edited in the app since is reported as a conflict and left as it is. Doing it again changes nothing.
    """
    header = source.header
    row = session.scalar(select(QuestionSet).where(QuestionSet.key == header.key))
    if row is None:
        row = QuestionSet(key=header.key, created_at=now)
        session.add(row)
    documents = (header.title, header.model_dump(), [name.model_dump() for name in source.names])
    if (row.title, row.header, row.names) != documents:
        row.title, row.header, row.names = documents
    update_search_text(row)
    session.flush()
    return apply_document(session, row, source, author=None, by_author=False, now=now)


def compare_document(
    session: Session, row: QuestionSet, source: schema.QuestionSet, *, by_author: bool
) -> list[Change]:
    """Compare a document with a set: what applying it would change, fact by fact; three statements."""
    return [change for change, _ in _planned_changes(_stored_facts(session, row), source, by_author=by_author)]


def apply_document(
    session: Session,
    row: QuestionSet,
    source: schema.QuestionSet,
    *,
    author: User | None,
    by_author: bool,
    now: datetime,
) -> UpdateCounts:
    """Apply the facts of a document to a set; the set's own title, topics and names stay as they are.

    From files (`by_author` False): edits made in the app stay, and what the document no longer has is archived. From
    an import `by_author`: the document's text becomes the new version of what it names, and nothing is archived.
    """
    decisions = list(_planned_changes(stored := _stored_facts(session, row), source, by_author=by_author))
    _SetWriter(session, row, stored, source, author, now, keep_hashes=not by_author).run(decisions)
    changes = tuple(change for change, _ in decisions)
    did = Counter("changed" if change.what == "restored" else change.what for change in changes)
    conflicts = tuple(str(change) for change in changes if change.what == "conflict")
    return UpdateCounts(did["added"], did["changed"], did["archived"], did["unchanged"], conflicts, changes)


# Deciding

_PlannedChange = tuple[Change, AskedQuestion | schema.Fact | None]


def _stored_facts(session: Session, row: QuestionSet) -> dict[str, Fact]:
    return {
        fact.key: fact
        for fact in session.scalars(
            select(Fact)
            .where(Fact.set_id == row.id)
            .options(selectinload(Fact.questions).selectinload(Question.versions))
            .order_by(Fact.position)
        )
    }


def _planned_changes(
    stored: dict[str, Fact], source: schema.QuestionSet, *, by_author: bool
) -> Iterator[_PlannedChange]:
    named = {fact.key for fact in source.facts}
    for fact in source.facts:
        yield from _plan_fact(stored.get(fact.key), fact, source.names, by_author)
    if by_author:
        return
    for row in stored.values():
        if row.key not in named and row.bank_hash is not None and row.archived_at is None:
            yield Change("archived", row.key, None, fact_document(row), None), None


def _plan_fact(
    row: Fact | None, fact: schema.Fact, names: Sequence[schema.Name], by_author: bool
) -> Iterator[_PlannedChange]:
    after = fact.model_dump(mode="json", exclude={"key", "questions"})
    before = None if row is None else fact_document(row)
    yield Change(_what_of_fact(row, fact, before, after, by_author), fact.key, None, before, after), fact
    rows = {} if row is None else {question.key: question for question in row.questions}
    for question in fact.questions:
        yield _plan_question(fact.key, rows.pop(question.key, None), spellings.expand(question, names), by_author)
    for left in rows.values():
        if not by_author and left.versions[0].bank_hash is not None and left.archived_at is None:
            yield Change("archived", fact.key, left.key, left.versions[-1].body, None), None


def _what_of_fact(
    row: Fact | None, fact: schema.Fact, before: dict[str, Any] | None, after: dict[str, Any], by_author: bool
) -> ChangeKind:
    if row is None:
        return "added"
    unchanged: ChangeKind = "restored" if row.archived_at else "unchanged"
    if by_author:
        return unchanged if before == after else "changed"
    if row.bank_hash == export.content_hash(fact):
        return unchanged
    return "conflict" if row.edited_at is not None else "changed"


def _plan_question(fact_key: str, row: Question | None, question: AskedQuestion, by_author: bool) -> _PlannedChange:
    after = question.model_dump(mode="json")
    if row is None:
        return Change("added", fact_key, question.key, None, after), question
    now_asked = row.versions[-1]
    last_loaded = next((version.bank_hash for version in reversed(row.versions) if version.bank_hash), None)
    what: ChangeKind = "changed"
    digest = export.content_hash(question)
    if (export.content_hash(parse_question(now_asked.body)) if by_author else last_loaded) == digest:
        what = "restored" if row.archived_at else "unchanged"
    elif not by_author and now_asked.bank_hash is None:
        what = "conflict"
    return Change(what, fact_key, question.key, now_asked.body, after), question


# Doing


class _SetWriter:
    def __init__(
        self,
        session: Session,
        row: QuestionSet,
        stored: dict[str, Fact],
        source: schema.QuestionSet,
        author: User | None,
        now: datetime,
        *,
        keep_hashes: bool,
    ) -> None:
        self.session, self.row, self.facts, self.now = session, row, dict(stored), now
        self.author, self.keep_hashes = author, keep_hashes
        self.next_position = 1 + max((fact.position for fact in stored.values()), default=-1)
        self.questions_seen = 0  # of the fact at hand
        self.places = {fact.key: place for place, fact in enumerate(source.facts)} if keep_hashes else {}

    def run(self, decisions: list[_PlannedChange]) -> None:
        for change, source in decisions:
            if isinstance(source, schema.Fact):
                self._fact(change, source)
            elif source is not None:
                self._question(change, source)
            else:
                self._archive(change)
        self.session.flush()

    def _fact(self, change: Change, source: schema.Fact) -> None:
        row = self.facts.get(source.key)
        if row is None:
            row = Fact(set_id=self.row.id, key=source.key, version=1, questions=[], position=self.next_position)
            self.next_position += 1
            self.session.add(row)
            self.facts[source.key] = row
        if change.what in ("added", "changed"):
            if change.what == "changed":
                append_fact_version(self.session, row, source.model_dump(mode="json"), author=self.author, now=self.now)
            for name in FACT_FIELDS:
                setattr(row, name, getattr(source, name))
            if self.keep_hashes:
                row.bank_hash = export.content_hash(source)
            else:
                row.edited_at = self.now
        if self.keep_hashes:
            row.position = self.places[source.key]
        row.archived_at = None
        self.questions_seen = 0

    def _question(self, change: Change, source: AskedQuestion) -> None:
        fact = self.facts[change.fact_key]
        row = next((question for question in fact.questions if question.key == source.key), None)
        if row is None:
            last = max((question.position for question in fact.questions), default=-1)
            row = Question(key=source.key, current=0, position=last + 1, versions=[])
            fact.questions.append(row)
        if change.what in ("added", "changed"):
            append_question_version(row, source, author=self.author, now=self.now, keep_hash=self.keep_hashes)
        if self.keep_hashes:
            row.position = self.questions_seen
            self.questions_seen += 1
        row.archived_at = None

    def _archive(self, change: Change) -> None:
        fact = self.facts[change.fact_key]
        gone = next((q for q in fact.questions if q.key == change.question_key), None) if change.question_key else fact
        assert gone is not None
        gone.archived_at = self.now


def append_question_version(
    row: Question, question: AskedQuestion, *, author: User | None, now: datetime, keep_hash: bool = False
) -> None:
    """Append what the question asks from now on as its next version."""
    row.current += 1
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


# Making and reading


def create_set(
    session: Session, user: User, *, title: str, summary: str, language: str, topics: Sequence[str], now: datetime
) -> QuestionSet:
    """Create a private set of the person's own, without facts. Raises pydantic's ValidationError."""
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
    """Make sets searchable that were loaded before there was a search."""
    for row in session.scalars(select(QuestionSet).where(QuestionSet.folded == "")):
        update_search_text(row)
    session.flush()


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
    """Read a set from the database, without facts that have no question, and without what is archived unless asked."""
    facts = []
    for fact in _stored_facts(session, row).values():
        asked = [each.versions[-1].body for each in fact.questions if with_archived or each.archived_at is None]
        if asked and (with_archived or fact.archived_at is None):
            facts.append(schema.Fact.model_validate({"key": fact.key, **fact_document(fact), "questions": asked}))
    names = tuple(map(schema.Name.model_validate, row.names))
    return schema.QuestionSet(schema.SetHeader.model_validate(row.header), names, tuple(facts))


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
