"""Loading a question set read from files into the database, without losing what learners or editors did."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from quizapp.core import bank
from quizapp.core.questions import Question as AskedQuestion
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion
from quizapp.services.errors import NotFound


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a set did: counts of facts and questions together, and the edits it left alone."""

    set_id: int
    added: int
    changed: int
    retired: int
    unchanged: int
    conflicts: tuple[str, ...]


def load_set(session: Session, source: bank.QuestionSet, *, now: datetime) -> Loaded:
    """Bring the database's copy of a set up to date with its files.

    New facts and questions are added, changed ones changed (a question by a new version), vanished ones retired;
    what was edited in the app since is reported as a conflict and left as it is. Doing it again changes nothing.
    """
    return _Loading(session, source, now).run()


class _Loading:
    def __init__(self, session: Session, source: bank.QuestionSet, now: datetime) -> None:
        self.session, self.source, self.now = session, source, now
        self.did: Counter[str] = Counter()
        self.conflicts: list[str] = []

    def run(self) -> Loaded:
        row = self._load_header()
        stored = {
            fact.key: fact
            for fact in self.session.scalars(
                select(Fact)
                .where(Fact.set_id == row.id)
                .options(selectinload(Fact.questions).selectinload(Question.versions))
            )
        }
        for position, fact in enumerate(self.source.facts):
            self._load_fact(row, stored.pop(fact.key, None), fact, position)
        for fact_row in stored.values():
            if fact_row.bank_hash is not None:
                self._retire(fact_row)
        self.session.flush()
        return Loaded(
            row.id,
            self.did["added"],
            self.did["changed"],
            self.did["retired"],
            self.did["unchanged"],
            tuple(self.conflicts),
        )

    def _load_header(self) -> QuestionSet:
        header = self.source.header
        row = self.session.scalar(select(QuestionSet).where(QuestionSet.key == header.key))
        if row is None:
            row = QuestionSet(key=header.key, created_at=self.now)
            self.session.add(row)
        documents = (header.title, header.model_dump(), [name.model_dump() for name in self.source.names])
        if (row.title, row.header, row.names) != documents:
            row.title, row.header, row.names = documents
        self.session.flush()
        return row

    def _load_fact(self, row: QuestionSet, stored: Fact | None, fact: bank.Fact, position: int) -> None:
        digest = bank.content_hash(fact)
        if stored is None:
            stored = Fact(set_id=row.id, key=fact.key, questions=[])
            self.session.add(stored)
            self._write_fact(stored, fact, digest, "added")
        elif stored.bank_hash == digest:
            self.did["changed" if stored.retired_at else "unchanged"] += 1
        elif stored.edited_at is not None:
            self.conflicts.append(
                f"fact {fact.key} was edited in the app and changed in the file; the app's text stays"
            )
        else:
            self._write_fact(stored, fact, digest, "changed")
        stored.position, stored.retired_at = position, None
        self._load_questions(stored, fact)

    def _write_fact(self, stored: Fact, fact: bank.Fact, digest: str, what: str) -> None:
        for name, value in fact.model_dump(exclude={"key", "questions"}).items():
            setattr(stored, name, value)
        stored.bank_hash = digest
        self.did[what] += 1

    def _load_questions(self, stored: Fact, fact: bank.Fact) -> None:
        rows = {question.key: question for question in stored.questions}
        for position, question in enumerate(fact.questions):
            self._load_question(
                stored, rows.pop(question.key, None), bank.expand(question, self.source.names), position
            )
        for row in rows.values():
            if row.versions[0].bank_hash is not None:
                self._retire(row)

    def _load_question(self, fact: Fact, stored: Question | None, question: AskedQuestion, position: int) -> None:
        digest = bank.content_hash(question)
        if stored is None:
            stored = Question(key=question.key, current=0, versions=[])
            fact.questions.append(stored)
            self._append_version(stored, question, digest, "added")
        else:
            now_asked = stored.versions[-1]
            loaded_last = next((v.bank_hash for v in reversed(stored.versions) if v.bank_hash), None)
            if loaded_last == digest:
                self.did["changed" if stored.retired_at else "unchanged"] += 1
            elif now_asked.bank_hash is None:
                self.conflicts.append(
                    f"question {question.key} was edited in the app and changed in the file; the app's version stays"
                )
            else:
                self._append_version(stored, question, digest, "changed")
        stored.position, stored.retired_at = position, None

    def _append_version(self, stored: Question, question: AskedQuestion, digest: str, what: str) -> None:
        stored.current += 1
        stored.versions.append(
            QuestionVersion(
                number=stored.current,
                body=question.model_dump(mode="json"),
                bank_hash=digest,
                created_at=self.now,
            )
        )
        self.did[what] += 1

    def _retire(self, row: Fact | Question) -> None:
        if row.retired_at is None:
            row.retired_at = self.now
            self.did["retired"] += 1


def set_keys(session: Session) -> list[str]:
    """The keys of all sets, in the order they came."""
    return list(session.scalars(select(QuestionSet.key).order_by(QuestionSet.id)))


def read_stored_set(session: Session, key: str) -> bank.QuestionSet:
    """A set as it stands in the database, without what is retired. Raises NotFound."""
    row = session.scalar(select(QuestionSet).where(QuestionSet.key == key))
    if row is None:
        raise NotFound
    stored = session.scalars(
        select(Fact)
        .where(Fact.set_id == row.id, Fact.retired_at.is_(None))
        .options(selectinload(Fact.questions).selectinload(Question.versions))
        .order_by(Fact.position)
    )
    fields = set(bank.Fact.model_fields) - {"questions"}
    facts = [
        bank.Fact.model_validate(
            {name: getattr(fact, name) for name in fields}
            | {"questions": [q.versions[-1].body for q in fact.questions if q.retired_at is None]}
        )
        for fact in stored
    ]
    return bank.QuestionSet(
        bank.SetHeader.model_validate(row.header), tuple(map(bank.Name.model_validate, row.names)), tuple(facts)
    )
