"""Write questions: open, save as a new version, archive, duplicate and reorder them.

No edit touches what a learner remembers: memories belong to the fact, and answers to the version that was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.authoring import key_for
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.kinds.date import Date
from quizapp.core.sets import schema, spellings
from quizapp.models import Fact, FactVersion, Question, QuestionSet, QuestionVersion, StoredPicture, User
from quizapp.services import audit_log
from quizapp.services.access import fact_to_write, question_to_write, set_to_write
from quizapp.services.editor.versions import edit_conflict
from quizapp.services.errors import NotFound
from quizapp.services.sets.contents import (
    append_fact_version,
    append_question_version,
    fact_document,
    fact_keys,
    next_position,
    question_keys,
    renew_answers,
    renew_made_questions,
)


@dataclass(frozen=True, slots=True)
class FactDetails:
    """What the editor shows of a fact. An empty statement is made from the question."""

    statement: str
    topic: str
    tags: tuple[str, ...] = ()
    passages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """One of the questions of a fact."""

    id: int
    position: int
    question: AskedQuestion
    archived: bool


@dataclass(frozen=True, slots=True)
class EditorQuestion:
    """A question as its editor begins with it; of a new one there is only the set, and the fact it is to ask.

    `question` refers to names instead of writing out their spellings. `version` and `fact_version` are the base that
    saving is checked against.
    """

    set: QuestionSet
    fact: Fact | None = None
    text: FactDetails | None = None
    question: AskedQuestion | None = None
    question_id: int | None = None
    version: int = 0
    archived: bool = False
    forms: Sequence[FactQuestion] = ()

    @property
    def fact_version(self) -> int:
        return self.fact.version if self.fact else 0

    @property
    def header(self) -> schema.SetHeader:
        return schema.SetHeader.model_validate(self.set.header)

    @property
    def names(self) -> list[schema.Name]:
        return _names(self.set)

    @property
    def siblings(self) -> list[AskedQuestion]:
        """The other questions of the fact that are asked."""
        return [form.question for form in self.forms if form.id != self.question_id and not form.archived]


@dataclass(frozen=True, slots=True)
class QuestionEdit:
    """What an author wrote: a question, whose key does not matter, and what it says of its fact."""

    question: AskedQuestion
    fact: FactDetails


# Opening


def open_new(session: Session, user: User, set_id: int, fact_id: int | None = None) -> EditorQuestion:
    """Return what a new question begins with: another question of a fact, or a new fact. Raises NotFound."""
    if fact_id is None:
        return EditorQuestion(set_to_write(session, user, set_id))
    row, fact = fact_to_write(session, user, set_id, fact_id)
    return EditorQuestion(row, fact, _details_of(fact_document(fact)), forms=_fact_questions(session, fact))


def open_question(session: Session, user: User, set_id: int, question_id: int) -> EditorQuestion:
    """Return a question as it is now, or the card that it was made from. Raises NotFound."""
    return _editor_question(session, set_to_write(session, user, set_id), question_id)


def _editor_question(session: Session, row: QuestionSet, question_id: int) -> EditorQuestion:
    found = session.execute(
        select(Question, Fact, QuestionVersion.body)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Question.current_version)
        .where(Question.id == question_id, Fact.set_id == row.id)
    ).one_or_none()
    if found is None:
        raise NotFound
    question, fact, body = found
    if question.made:
        return _editor_question(session, row, _fact_questions(session, fact)[0].id)
    stored = parse_question(body)
    text = _details_of(fact_document(fact))
    if text.statement == stored.statement:
        text = replace(text, statement="")
    return EditorQuestion(
        set=row,
        fact=fact,
        text=text,
        question=spellings.contract(stored, _names(row)),
        question_id=question.id,
        version=question.current,
        archived=question.archived_at is not None,
        forms=_fact_questions(session, fact),
    )


def _fact_questions(session: Session, fact: Fact) -> list[FactQuestion]:
    rows = session.execute(
        select(Question.id, Question.position, Question.archived_at, QuestionVersion.body)
        .join(Question.current_version)
        .where(Question.fact_id == fact.id, Question.made.is_(None))
        .order_by(Question.position, Question.id)
    )
    return [
        FactQuestion(id, position, parse_question(body), archived is not None) for id, position, archived, body in rows
    ]


def _names(row: QuestionSet) -> list[schema.Name]:
    return [schema.Name.model_validate(name) for name in row.names]


def _details_of(document: dict[str, Any]) -> FactDetails:
    return FactDetails(
        document["statement"], document["topic"], tuple(document["tags"] or ()), tuple(document["passages"])
    )


def picture_size(session: Session, digest: str) -> tuple[int, int] | None:
    """Return the width and height of a stored picture in pixels, or None for an unknown digest."""
    stored = session.execute(
        select(StoredPicture.width, StoredPicture.height).where(StoredPicture.digest == digest)
    ).one_or_none()
    return (stored.width, stored.height) if stored else None


# Saving


def save_question(
    session: Session,
    user: User,
    set_id: int,
    question_id: int,
    written: QuestionEdit,
    *,
    base: int,
    fact_base: int,
    now: datetime,
) -> bool:
    """Save what was written as the next version of a question that was opened at `base`, and of its fact, at
    `fact_base`.

    What was not changed is not written; return whether anything was. Raises NotFound, and EditConflict where what the
    author changed was changed by somebody else since; then nothing was written.
    """
    row, question = question_to_write(session, user, set_id, question_id, lock=True)
    _, fact = fact_to_write(session, user, set_id, question.fact_id, lock=True)
    asked = _with_spellings(written, row, question.key)
    stands, began = _read_version(session, row, question, question.current), _read_version(session, row, question, base)
    changes_question = asked not in (stands, began)
    text = _merged(
        _details_of(fact_document(fact)), _base_details(session, fact, fact_base), _with_statement(written.fact, asked)
    )
    if (changes_question and base != question.current) or text is None:
        raise edit_conflict(session, fact, question)
    changes_fact = text != _details_of(fact_document(fact))
    if changes_question:
        append_question_version(question, asked, author=user, now=now)
        fact.edited_at = now
    if changes_fact:
        _write_fact(session, user, fact, text, now)
    session.flush()
    if changes_question:
        renew_answers(session, Fact.id == fact.id)
        renew_made_questions(session, row, now=now)
    return changes_question or changes_fact


def name_misconceptions(session: Session, user: User, set_id: int, titles: Mapping[str, str]) -> None:
    """Give misconceptions of a set their titles; one that has a title keeps it. Raises NotFound."""
    if not titles:
        return
    row = set_to_write(session, user, set_id, lock=True)
    row.header = {**row.header, "misconceptions": {**titles, **row.header.get("misconceptions", {})}}
    session.flush()


def add_question(
    session: Session,
    user: User,
    set_id: int,
    written: QuestionEdit,
    *,
    fact_id: int | None = None,
    fact_base: int = 0,
    now: datetime,
) -> int:
    """Add a question to a fact that was opened at its version `fact_base`, or to a new fact; return its id.

    Where somebody else changed the same of the fact meanwhile, theirs stays. Raises NotFound.
    """
    row = set_to_write(session, user, set_id, lock=True)
    asked = _with_spellings(written, row, "question")
    if fact_id is None:
        fact = _new_fact(session, row, _with_statement(written.fact, asked), asked, now)
    else:
        _, fact = fact_to_write(session, user, set_id, fact_id, lock=True)
        fact.archived_at = None
        stands = _details_of(fact_document(fact))
        wanted = written.fact if written.fact.statement else replace(written.fact, statement=stands.statement)
        text = _merged(stands, _base_details(session, fact, fact_base), wanted) or stands
        if text != stands:
            _write_fact(session, user, fact, text, now)
    return _new_question(session, row, fact, asked, user, now).id


def _with_spellings(written: QuestionEdit, row: QuestionSet, key: str) -> AskedQuestion:
    return spellings.expand(written.question.model_copy(update={"key": key}), _names(row))


def _with_statement(text: FactDetails, question: AskedQuestion) -> FactDetails:
    return text if text.statement else replace(text, statement=question.statement)


def _read_version(session: Session, row: QuestionSet, question: Question, number: int) -> AskedQuestion | None:
    """Return what a version asks, with names spelled as they are now, or None where there is no such version."""
    body = session.scalar(
        select(QuestionVersion.body).where(QuestionVersion.question_id == question.id, QuestionVersion.number == number)
    )
    names = _names(row)
    return spellings.expand(spellings.contract(parse_question(body), names), names) if body else None


def _base_details(session: Session, fact: Fact, number: int) -> FactDetails:
    """Return what the fact said at a version, or what it says now where nobody edited it since."""
    if number == fact.version:
        return _details_of(fact_document(fact))
    kept = session.get(FactVersion, (fact.id, number))
    return _details_of(kept.body) if kept else _details_of(fact_document(fact))


def _merged(theirs: FactDetails, base: FactDetails, mine: FactDetails) -> FactDetails | None:
    """Merge what either side changed; return None where both changed the same."""
    merged = theirs
    for name in ("statement", "topic", "tags", "passages"):
        wanted, began, stands = (getattr(text, name) for text in (mine, base, theirs))
        if wanted in (began, stands):
            continue
        if stands != began:
            return None
        merged = replace(merged, **{name: wanted})
    return merged


def _write_fact(session: Session, user: User, fact: Fact, text: FactDetails, now: datetime) -> None:
    changed = {"statement": text.statement, "topic": text.topic, "tags": [*text.tags], "passages": [*text.passages]}
    append_fact_version(session, fact, fact_document(fact) | changed, author=user, now=now)
    for name, value in changed.items():
        setattr(fact, name, value)
    fact.edited_at = now


def _new_fact(session: Session, row: QuestionSet, text: FactDetails, asked: AskedQuestion, now: datetime) -> Fact:
    fact = Fact(
        set_id=row.id,
        key=key_for(text.statement, fact_keys(session, row.id)),
        position=next_position(session, row.id),
        topic=text.topic,
        statement=text.statement,
        tags=[*text.tags],
        passages=[*text.passages],
        notes=[],
        actors=[],
        leads_to={},
        date=asked.answer if isinstance(asked, Date) else None,
        version=1,
        edited_at=now,
        questions=[],
    )
    session.add(fact)
    session.flush()
    return fact


def _new_question(
    session: Session, row: QuestionSet, fact: Fact, asked: AskedQuestion, user: User, now: datetime
) -> Question:
    key = key_for(f"{fact.key} {asked.kind}", question_keys(session, row.id), without="question")
    written = select(func.max(Question.position)).where(Question.fact_id == fact.id, Question.made.is_(None))
    last = session.scalar(written)
    question = Question(fact_id=fact.id, key=key, position=0 if last is None else last + 1, current=0, versions=[])
    session.add(question)
    append_question_version(question, asked.model_copy(update={"key": key}), author=user, now=now)
    fact.edited_at = now
    session.flush()
    renew_answers(session, Fact.id == fact.id)
    renew_made_questions(session, row, now=now)
    return question


# Putting away, copying, moving


def archive_question(session: Session, user: User, set_id: int, question_id: int, *, now: datetime) -> None:
    """Archive a question, and its fact with it if nothing else asks that. Raises NotFound."""
    row, question = question_to_write(session, user, set_id, question_id, lock=True)
    if question.archived_at is not None:
        return
    question.archived_at = question.fact.edited_at = now
    if all(form.archived_at is not None for form in question.fact.questions if form.made is None):
        question.fact.archived_at = now
    renew_answers(session, Fact.id == question.fact_id)
    renew_made_questions(session, row, now=now)
    _record(session, user, "archived_question", row, question, now)


def restore_question(session: Session, user: User, set_id: int, question_id: int, *, now: datetime) -> None:
    """Restore an archived question, and its fact. Raises NotFound."""
    row, question = question_to_write(session, user, set_id, question_id, lock=True)
    if question.archived_at is None:
        return
    question.archived_at = question.fact.archived_at = None
    question.fact.edited_at = now
    renew_answers(session, Fact.id == question.fact_id)
    renew_made_questions(session, row, now=now)
    _record(session, user, "restored_question", row, question, now)


def duplicate_question(session: Session, user: User, set_id: int, question_id: int, *, now: datetime) -> int:
    """Duplicate a question for a new fact in the same topic; return its id. Raises NotFound."""
    question_to_write(session, user, set_id, question_id, lock=True)
    found = open_question(session, user, set_id, question_id)
    assert found.question is not None
    assert found.text is not None
    return add_question(session, user, set_id, QuestionEdit(found.question, found.text), now=now)


def move_question(session: Session, user: User, set_id: int, question_id: int, step: int) -> None:
    """Swap a question with the one before (-1) or after it (1) in its fact. Raises NotFound."""
    _, question = question_to_write(session, user, set_id, question_id, lock=True)
    written = [form for form in question.fact.questions if form.made is None]
    forms = sorted(written, key=lambda form: (form.position, form.id))
    place = forms.index(question) + step
    if place in range(len(forms)):
        forms.remove(question)
        forms.insert(place, question)
        for position, form in enumerate(forms):
            form.position = position
        session.flush()


def _record(session: Session, user: User, what: str, row: QuestionSet, question: Question, now: datetime) -> None:
    audit_log.record(
        session, user, what, now=now, question_set=row, prompt=question.current_version.body["prompt"][:200]
    )
