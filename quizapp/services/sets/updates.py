"""Bringing the rows of a set in line with a document.

The document comes from files, from the set that another was copied from, or from an author who imports.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.sets import export, schema, spellings
from quizapp.core.sets.introduction import order_facts
from quizapp.core.translation import gettext
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, StoredPicture, User
from quizapp.models.database import insert_or
from quizapp.services.sets import made_questions
from quizapp.services.sets.contents import (
    FACT_FIELDS,
    append_fact_version,
    append_question_version,
    fact_document,
    makes_questions,
    renew_answers,
    renew_made_questions,
    stored_facts,
    update_search_text,
)

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
        if self.question_key:
            return gettext(
                "The question %(key)s was edited in the app and changed in the file. The app’s version stays.",
                key=self.question_key,
            )
        return gettext(
            "The fact %(key)s was edited in the app and changed in the file. The app’s text stays.", key=self.fact_key
        )


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
    made_before = row.header is not None and makes_questions(row)
    documents = (header.title, header.model_dump(), [name.model_dump() for name in source.names])
    if (row.title, row.header, row.names) != documents:
        row.title, row.header, row.names = documents
    update_search_text(row)
    session.flush()
    _rename_facts(session, row, header.renamed)
    source = replace(source, facts=tuple(order_facts(source.facts, header.first)))
    counts = apply_document(session, row, source, author=None, by_author=False, now=now)
    if made_before and not makes_questions(row):
        made_questions.make_again(session, row, now=now)
    return counts


def _rename_facts(session: Session, row: QuestionSet, renamed: Mapping[str, str]) -> None:
    """Give facts that have a former key in the database the present one, unless another fact has it already."""
    if not renamed:
        return
    keys = {*renamed, *renamed.values()}
    stored = session.scalars(select(Fact).where(Fact.set_id == row.id, Fact.key.in_(keys)))
    facts = {fact.key: fact for fact in stored}
    for former, present in renamed.items():
        if former in facts and present not in facts:
            facts[present] = facts.pop(former)
            facts[present].key = present
    session.flush()


def compare_document(
    session: Session, row: QuestionSet, source: schema.QuestionSet, *, by_author: bool
) -> list[Change]:
    """Compare a document with a set: what applying it would change, fact by fact; three statements."""
    return [change for change, _ in _planned_changes(stored_facts(session, row), source, by_author=by_author)]


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
    _store_pictures(session, source, now)
    decisions = list(_planned_changes(stored := stored_facts(session, row), source, by_author=by_author))
    _SetWriter(session, row, stored, source, author, now, keep_hashes=not by_author).run(decisions)
    changes = tuple(change for change, _ in decisions)
    asked_otherwise = {c.fact_key for c in changes if c.question_key and c.what not in ("unchanged", "conflict")}
    if asked_otherwise:
        renew_answers(session, Fact.set_id == row.id, Fact.key.in_(asked_otherwise))
    renew_made_questions(session, row, now=now)
    did = Counter("changed" if change.what == "restored" else change.what for change in changes)
    conflicts = tuple(str(change) for change in changes if change.what == "conflict")
    return UpdateCounts(did["added"], did["changed"], did["archived"], did["unchanged"], conflicts, changes)


def _store_pictures(session: Session, source: schema.QuestionSet, now: datetime) -> None:
    """Store the pictures that came with the document, as they are."""
    if not source.pictures:
        return
    shown = [question.picture for fact in source.facts for question in fact.questions if question.picture]
    stored = session.scalars(select(StoredPicture.digest).where(StoredPicture.digest.in_(list(source.pictures))))
    missing = source.pictures.keys() - set(stored)
    for digest, picture in {picture.digest: picture for picture in shown if picture.digest in missing}.items():
        row = {"digest": digest, "data": source.pictures[digest], "width": picture.width, "height": picture.height}
        added = insert_or(session, StoredPicture.__table__).values(**row, created_at=now)
        session.execute(added.on_conflict_do_nothing())  # another process may load the same set


# Deciding

_PlannedChange = tuple[Change, AskedQuestion | schema.Fact | None]


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
    rows = {} if row is None else {question.key: question for question in row.questions if question.made is None}
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
        new = [decision for decision in decisions if decision[0].fact_key not in self.facts]
        self._insert_questions(new, self._insert_facts(new))
        for change, source in decisions:
            if change.fact_key not in self.facts:
                continue
            if isinstance(source, schema.Fact):
                self._fact(change, source)
            elif source is not None:
                self._question(change, source)
            else:
                self._archive(change)
        self.session.flush()

    def _insert_facts(self, new: list[_PlannedChange]) -> dict[str, int]:
        """Insert the facts that are new, in one statement: on SQLite all others wait meanwhile. Return ids by keys."""
        facts = [source for _, source in new if isinstance(source, schema.Fact)]
        rows = [
            {name: getattr(fact, name) for name in FACT_FIELDS}
            | {"set_id": self.row.id, "key": fact.key, "version": 1, "searched": fact.statement}
            | {"position": self.places.get(fact.key, self.next_position + place)}
            | ({"bank_hash": export.content_hash(fact)} if self.keep_hashes else {"edited_at": self.now})
            for place, fact in enumerate(facts)
        ]
        if not rows:
            return {}
        # Without the option, facts with and without a date would be inserted in turns.
        self.session.execute(insert(Fact), rows, execution_options={"render_nulls": True})
        stored = self.session.execute(select(Fact.key, Fact.id).where(Fact.set_id == self.row.id))
        return dict(stored.all())

    def _insert_questions(self, new: list[_PlannedChange], fact_ids: dict[str, int]) -> None:
        """Insert the questions of new facts and their first versions, in two statements."""
        asked = {
            (fact_ids[change.fact_key], source.key): (change.after, source)
            for change, source in new
            if source is not None and not isinstance(source, schema.Fact)
        }
        if not asked:
            return
        positions: Counter[int] = Counter()
        rows = []
        for (fact_id, key), (_, question) in asked.items():
            row = {"fact_id": fact_id, "key": key, "position": positions[fact_id], "current": 1}
            rows.append(row | {"searched": question.stem})
            positions[fact_id] += 1
        self.session.execute(insert(Question), rows)
        stored = select(Question.id, Question.fact_id, Question.key).join(Fact).where(Fact.set_id == self.row.id)
        versions = [
            self._first_version(row.id, *asked[row.fact_id, row.key])
            for row in self.session.execute(stored)
            if (row.fact_id, row.key) in asked
        ]
        self.session.execute(insert(QuestionVersion), versions, execution_options={"render_nulls": True})

    def _first_version(self, question_id: int, body: dict[str, Any] | None, source: AskedQuestion) -> dict[str, Any]:
        return {
            "question_id": question_id,
            "number": 1,
            "body": body,
            "bank_hash": export.content_hash(source) if self.keep_hashes else None,
            "created_at": self.now,
            "author_id": self.author.id if self.author else None,
        }

    def _fact(self, change: Change, source: schema.Fact) -> None:
        row = self.facts[source.key]
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
        written = [question for question in fact.questions if question.made is None]
        row = next((question for question in written if question.key == source.key), None)
        if row is None:
            last = max((question.position for question in written), default=-1)
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
