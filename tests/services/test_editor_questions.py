"""Writing questions through the services: versions, conflicts, what stays of learners, drafts, versions of old."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from editor import own_set
from sets import person, sample, write
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.core.kinds import parse_question
from quizapp.models import AuditEntry, Base, Draft, Fact, FactVersion, Question, QuestionSet, QuestionVersion, User
from quizapp.services import quizzes
from quizapp.services.editor import drafts, questions, versions
from quizapp.services.editor.drafts import Subject
from quizapp.services.editor.questions import EditorQuestion, FactDetails, QuestionEdit
from quizapp.services.errors import NotFound
from quizapp.services.review import answers, queue, today
from quizapp.services.sets.contents import renew_answers
from quizapp.services.sets.updates import load_set

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def author(session: Session) -> User:
    return person(session, "Olga")


@pytest.fixture
def row(session: Session, author: User) -> QuestionSet:
    return own_set(session, author)


def opened(session: Session, author: User, row: QuestionSet, key: str = "nile-source-typed") -> EditorQuestion:
    found = select(Question.id).join(Fact).where(Fact.set_id == row.id, Question.key == key)
    return questions.open_question(session, author, row.id, session.scalars(found).one())


def written(at: EditorQuestion, **fields: Any) -> QuestionEdit:
    assert at.question
    assert at.text
    return QuestionEdit(at.question.model_copy(update=fields), at.text)


def save(session: Session, author: User, at: EditorQuestion, what: QuestionEdit, **others: Any) -> bool:
    assert at.question_id
    bases = {"base": at.version, "fact_base": at.fact_version, "now": LATER, **others}
    return questions.save_question(session, author, at.set.id, at.question_id, what, **bases)


# Learners


def everything(session: Session) -> dict[str, list[Any]]:
    return {table.name: list(session.execute(select(table))) for table in Base.metadata.sorted_tables}


EDITED = {"question", "question_version", "fact", "fact_answer", "fact_version", "draft", "audit_entry"}


@pytest.fixture
def learner(session: Session, row: QuestionSet) -> User:
    """Somebody who studies the set, has answered two of its facts and begun a quiz on it."""
    row.visibility = "public"
    learner = person(session, "Rza")
    today.start_plan(session, learner, row.id, now=NOON)
    for _ in range(2):
        prompt = queue.next_prompt(session, learner, now=NOON)
        assert prompt
        answers.record_answer(
            session,
            learner,
            answers.SubmittedAnswer(prompt.fact_id, prompt.question_version_id, prompt.version, {"give-up": "1"}),
            now=NOON,
        )
    values = {"title": "Rivers", "topics": [], "kinds": [], "size": 2, "minutes": None, "feedback": "at-end"}
    quizzes.create_quiz(session, learner, row.id, values, now=NOON)
    session.commit()
    return learner


def edits(session: Session, author: User, row: QuestionSet, key: str) -> list[Callable[[], object]]:
    """Everything that can be done to a question."""
    at = opened(session, author, row, key)
    set_id, question_id = row.id, at.question_id or 0
    assert at.text
    text = replace(at.text, statement="Mended.", topic="dates", tags=("mended",))
    another = written(at, prompt="Another form?")
    return [
        lambda: save(session, author, at, replace(written(at, prompt="Mended?"), fact=text)),
        lambda: questions.add_question(
            session, author, set_id, another, fact_id=at.fact.id if at.fact else 0, now=LATER
        ),
        lambda: questions.duplicate_question(session, author, set_id, question_id, now=LATER),
        lambda: questions.move_question(session, author, set_id, question_id, 1),
        lambda: questions.archive_question(session, author, set_id, question_id, now=LATER),
        lambda: questions.restore_question(session, author, set_id, question_id, now=LATER),
        lambda: versions.restore_question_version(session, author, set_id, question_id, 1, base=2, now=LATER),
    ]


def test_no_edit_changes_what_a_learner_remembers(
    session: Session, author: User, row: QuestionSet, learner: User
) -> None:
    before = everything(session)
    assert len(before["memory"]) == len(before["review"]) == len(before["response"]) == 2
    for key in ("nile-source-typed", "nile-source-choice", "nile-date-date", "nile-quarrel-card"):
        for edit in edits(session, author, row, key):
            edit()
            session.flush()
            after = everything(session)
            assert after != before
            for table in before.keys() - EDITED:
                assert after[table] == before[table], table
            kept = [version for version in after["question_version"] if version in before["question_version"]]
            assert kept == before["question_version"], "a version that was asked has changed"
            renew_answers(session, Fact.set_id == row.id)
            assert set(everything(session)["fact_answer"]) == set(after["fact_answer"])


# Saving


def test_an_unchanged_question_is_not_written(session: Session, author: User, row: QuestionSet) -> None:
    session.commit()
    before = everything(session)
    at = opened(session, author, row)
    assert not save(session, author, at, written(at))
    assert everything(session) == before


def test_spellings_are_written_out_and_shown_as_their_name(session: Session, author: User, row: QuestionSet) -> None:
    at = opened(session, author, row)
    assert at.question
    assert at.question.model_dump()["spellings_of"] == ["speke"]
    save(session, author, at, written(at, spellings_of=["burton"], answer="Richard Burton"))
    body = session.scalars(select(QuestionVersion.body).where(QuestionVersion.author_id == author.id)
                           .order_by(QuestionVersion.id.desc()).limit(1)).one()  # fmt: skip
    assert (body["accept"], body["spellings_of"]) == (["Burton", "Бёртон"], [])
    again = opened(session, author, row).question
    assert again
    assert again.model_dump()["spellings_of"] == ["burton"]


def test_a_statement_made_from_the_question_follows_it(session: Session, author: User, row: QuestionSet) -> None:
    question = parse_question({"kind": "typed", "key": "q", "prompt": "Which lake?", "answer": "Victoria"})
    added = questions.add_question(session, author, row.id, QuestionEdit(question, FactDetails("", "dates")), now=NOON)
    at = questions.open_question(session, author, row.id, added)
    assert at.text == FactDetails("", "dates")
    save(session, author, at, written(at, answer="Albert"))
    assert at.fact
    assert at.fact.statement == "Which lake? Albert"
    assert session.scalar(select(func.count()).select_from(FactVersion)) == 2


def test_a_date_question_dates_its_fact(session: Session, author: User, row: QuestionSet) -> None:
    body = {"kind": "date", "key": "q", "prompt": "When?", "answer": "1858-08-03", "precision": "day"}
    added = questions.add_question(
        session, author, row.id, QuestionEdit(parse_question(body), FactDetails("", "dates")), now=NOON
    )
    assert session.get_one(Question, added).fact.date == "1858-08-03"


def test_the_second_of_two_sees_what_the_first_saved(session: Session, author: User, row: QuestionSet) -> None:
    at = opened(session, author, row)
    save(session, author, at, written(at, prompt="First?"))
    with pytest.raises(versions.EditConflict) as conflict:
        save(session, author, at, written(at, prompt="Second?"))
    assert conflict.value.by == "Olga"
    assert conflict.value.at == LATER
    theirs = opened(session, author, row)
    assert theirs.question
    assert theirs.question.prompt == "First?"
    assert theirs.version == 2


def test_both_having_written_the_same_is_no_conflict(session: Session, author: User, row: QuestionSet) -> None:
    at = opened(session, author, row)
    assert save(session, author, at, written(at, prompt="Same?"))
    assert not save(session, author, at, written(at, prompt="Same?"))


def test_another_form_changes_of_its_fact_what_its_author_changed(
    session: Session, author: User, row: QuestionSet
) -> None:
    at = opened(session, author, row)
    assert at.fact
    assert at.text
    began, another = at.fact_version, written(at, prompt="Another?")
    save(session, author, at, replace(written(at), fact=replace(at.text, statement="From another author.")))
    tagged = replace(another, fact=replace(at.text, tags=("lakes",)))
    questions.add_question(session, author, row.id, tagged, fact_id=at.fact.id, fact_base=began, now=LATER)
    assert (at.fact.statement, at.fact.tags) == ("From another author.", ["lakes"])
    questions.add_question(
        session, author, row.id, replace(another, fact=FactDetails("", "dates")), fact_id=at.fact.id, now=LATER
    )
    assert at.fact.statement == "From another author."


def test_an_edit_in_the_app_outlives_the_next_loading_of_the_files(session: Session) -> None:
    row = session.scalars(select(QuestionSet).where(QuestionSet.key == "sample")).one()
    author = person(session, "Olga")
    row.owner_id = author.id
    at = opened(session, author, row)
    save(session, author, at, written(at, prompt="Mended?"))
    loaded = load_set(session, sample(), now=LATER)
    assert not loaded.conflicts
    mended = opened(session, author, row).question
    assert mended
    assert mended.prompt == "Mended?"


def test_nobody_else_writes_in_a_set(session: Session, author: User, row: QuestionSet) -> None:
    at = opened(session, author, row)
    assert at.question_id
    outsider = person(session, "Rza")
    row.visibility = "public"
    for attempt in (
        lambda: questions.open_question(session, outsider, row.id, at.question_id or 0),
        lambda: questions.open_new(session, outsider, row.id),
        lambda: save(session, outsider, at, written(at, prompt="Mine?")),
        lambda: questions.add_question(session, outsider, row.id, written(at), now=NOON),
        lambda: questions.archive_question(session, outsider, row.id, at.question_id or 0, now=NOON),
        lambda: versions.read_question_versions(session, outsider, row.id, at.question_id or 0),
        lambda: drafts.save_draft(session, outsider, row.id, Subject(kind="choice"), [], now=NOON),
    ):
        with pytest.raises(NotFound):
            attempt()


# Archiving


def test_a_fact_without_questions_is_archived_and_restored(session: Session, author: User, row: QuestionSet) -> None:
    forms = [opened(session, author, row, f"nile-date-{kind}") for kind in ("choice", "date")]
    fact = forms[0].fact
    assert fact
    questions.archive_question(session, author, row.id, forms[0].question_id or 0, now=LATER)
    assert fact.archived_at is None
    questions.archive_question(session, author, row.id, forms[1].question_id or 0, now=LATER)
    assert fact.archived_at == LATER
    questions.restore_question(session, author, row.id, forms[1].question_id or 0, now=LATER)
    assert fact.archived_at is None
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "archived_question", "archived_question", "restored_question",
    ]  # fmt: skip


# History


def test_versions_tell_what_changed_field_by_field(session: Session, author: User, row: QuestionSet) -> None:
    at = opened(session, author, row)
    save(session, author, at, written(at, prompt="Which explorer saw Lake Albert?", explanation=""))
    newest, oldest = versions.read_question_versions(session, author, row.id, at.question_id or 0).versions
    assert (newest.number, newest.author, newest.from_file, oldest.number) == (2, "Olga", False, 1)
    assert [difference.field for difference in newest.differences] == ["Question", "Explanation"]
    pieces = [piece.text for piece in newest.differences[0].pieces if piece.what == "removed"]
    assert any("Victoria" in text for text in pieces)
    assert not oldest.differences


def test_the_first_version_of_a_loaded_set_is_from_the_file(session: Session) -> None:
    row = session.scalars(select(QuestionSet).where(QuestionSet.key == "sample")).one()
    author = person(session, "Olga")
    row.owner_id = author.id
    at = opened(session, author, row)
    (only,) = versions.read_question_versions(session, author, row.id, at.question_id or 0).versions
    assert (only.from_file, only.author) == (True, None)


@pytest.mark.one_database
def test_a_long_history_comes_in_pages(session: Session, author: User, row: QuestionSet) -> None:
    at = opened(session, author, row)
    for number in range(versions.PAGE + 1):
        save(session, author, replace(at, version=number + 1), written(at, prompt=f"Number {number}?"))
    first = versions.read_question_versions(session, author, row.id, at.question_id or 0)
    last = versions.read_question_versions(session, author, row.id, at.question_id or 0, page=2)
    assert (len(first.versions), first.has_older, len(last.versions), last.has_older) == (versions.PAGE, True, 2, False)
    assert all(version.differences for version in first.versions)


# Drafts


def test_a_draft_replaces_the_one_before(session: Session, author: User, row: QuestionSet) -> None:
    subject = Subject(kind="choice")
    for number in (1, 2):
        drafts.save_draft(session, author, row.id, subject, [("q-prompt", f"Draft {number}")], now=NOON)
    assert session.scalar(select(func.count()).select_from(Draft)) == 1
    found = drafts.find_draft(session, author, row.id, subject)
    assert found
    assert found.form == [["q-prompt", "Draft 2"]]
    drafts.discard_draft(session, author, row.id, subject)
    session.expire_all()
    assert drafts.find_draft(session, author, row.id, subject) is None


@pytest.mark.parametrize("text", ["question:12", "new:choice", "new:3:choice"])
def test_a_subject_is_written_as_it_is_read(text: str) -> None:
    assert str(drafts.read_subject(text)) == text


@pytest.mark.parametrize("text", ["", "question:", "question:0", "new:", "new:poem", "new:0:choice", "question:1 "])
def test_what_is_no_subject(text: str) -> None:
    with pytest.raises(NotFound):
        drafts.read_subject(text)


# Cost


@pytest.mark.one_database
def test_the_editor_asks_the_same_of_a_large_set(session: Session, author: User, row: QuestionSet) -> None:
    def costs() -> list[int]:
        at = opened(session, author, row)
        session.expire_all()
        return [
            statements(session, lambda: questions.open_question(session, author, row.id, at.question_id or 0)),
            statements(session, lambda: save(session, author, at, written(at))),
            statements(session, lambda: questions.add_question(session, author, row.id, written(at), now=NOON)),
        ]

    small = costs()
    write(session, row, 120, topic="dates")
    assert costs() == small
