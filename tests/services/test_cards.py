"""Questions made from the cards of a set: kept in line with them, asked like others, no part of exports and copies."""

from datetime import timedelta
from typing import Any

import pytest
from sets import LATER, change, copy_set, person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, statements

from quizapp.core.sets import quick_entry
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services.editor import bulk_changes, questions
from quizapp.services.editor.quick_entry import add_questions
from quizapp.services.errors import NotFound
from quizapp.services.review.allowances import SessionScope
from quizapp.services.review.today import start_plan
from quizapp.services.sets.contents import create_set, read_document

LINES = "dog - Hund\ncat - Katze\nmouse - Maus\nbird - Vogel\ntree - Baum"
ALL = {"both_directions": True, "typed": True, "choices": True}


@pytest.fixture
def author(session: Session) -> User:
    return person(session, "Aysel")


def make_set(session: Session, author: User, **cards: bool) -> QuestionSet:
    row = create_set(
        session, author, title="Animals", summary="", language="en", topics=["General"], cards=cards, now=NOON
    )
    add_lines(session, author, row, LINES)
    return row


def add_lines(session: Session, author: User, row: QuestionSet, lines: str) -> None:
    drafts = quick_entry.read(lines, kind=quick_entry.CARDS, loosely=True)
    asked = [draft.question for draft in drafts if draft.question]
    add_questions(session, author, row.id, asked, topic="general", tags=[], now=NOON)


def asked_of(session: Session, row: QuestionSet, front: str) -> dict[str | None, dict[str, Any]]:
    """What is asked of a card now, by how it was made."""
    found = session.execute(
        select(Question.made, QuestionVersion.body)
        .join(Question.current_version)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Fact.set_id == row.id, Fact.key.startswith(front), Question.archived_at.is_(None))
    )
    return {row.made: row.body for row in found}


def options(session: Session, row: QuestionSet, front: str) -> set[str]:
    choice = asked_of(session, row, front)["choice"]
    return {wrong["text"] for wrong in choice["distractors"]}


def card_id(session: Session, row: QuestionSet, front: str) -> int:
    query = select(Question.id).join(Fact).where(Fact.set_id == row.id, Fact.key.startswith(front))
    return session.scalars(query.where(Question.made.is_(None))).one()


def edit(session: Session, author: User, row: QuestionSet, front: str, **fields: Any) -> None:
    opened = questions.open_question(session, author, row.id, card_id(session, row, front))
    assert opened.question
    assert opened.text
    assert opened.question_id
    written = questions.QuestionEdit(opened.question.model_copy(update=fields), opened.text)
    bases = {"base": opened.version, "fact_base": opened.fact_version, "now": LATER}
    questions.save_question(session, author, row.id, opened.question_id, written, **bases)


@pytest.mark.both_databases
def test_it_works(session: Session, author: User) -> None:
    row = make_set(session, author, **ALL)
    assert set(asked_of(session, row, "dog")) == {None, "typed", "choice", "reverse", "reverse-choice"}
    edit(session, author, row, "dog", answer="Rüde")
    dog = asked_of(session, row, "dog")
    assert (dog["typed"]["answer"], dog["reverse"]["prompt"]) == ("Rüde", "Rüde")
    fronts = ("cat", "mouse", "bird", "tree")
    assert not any("Hund" in options(session, row, front) for front in fronts)
    assert any("Rüde" in options(session, row, front) for front in fronts)


def test_settings_make_and_archive_them(session: Session, author: User) -> None:
    row = make_set(session, author)
    assert set(asked_of(session, row, "dog")) == {None}
    change(session, author, row, cards=ALL)
    whole = asked_of(session, row, "dog")
    assert len(whole) == 5
    change(session, author, row, cards={})
    assert set(asked_of(session, row, "dog")) == {None}
    change(session, author, row, cards=ALL)
    assert asked_of(session, row, "dog") == whole


def test_an_archived_card_takes_what_was_made_of_it_along(session: Session, author: User) -> None:
    row = make_set(session, author, **ALL)
    question_id = card_id(session, row, "dog")
    questions.archive_question(session, author, row.id, question_id, now=LATER)
    fact = session.get_one(Question, question_id).fact
    assert fact.archived_at == LATER
    assert asked_of(session, row, "dog") == {}
    assert "Hund" not in options(session, row, "cat") | options(session, row, "tree")
    cat = session.get_one(Question, card_id(session, row, "cat")).fact_id
    bulk_changes.archive_facts(session, author, row.id, [cat], now=LATER)
    assert "choice" not in asked_of(session, row, "tree")  # two others are too few
    questions.restore_question(session, author, row.id, question_id, now=LATER)
    assert len(asked_of(session, row, "dog")) == 5


def test_authors_see_and_copy_the_cards_alone(session: Session, author: User) -> None:
    row = make_set(session, author, **ALL)
    document = read_document(session, row)
    assert [len(fact.questions) for fact in document.facts] == [1] * 5
    assert document.header.cards.both_directions
    made = session.scalars(select(Question.id).where(Question.made == "choice")).first()
    assert made
    with pytest.raises(NotFound):
        questions.archive_question(session, author, row.id, made, now=LATER)
    opened = questions.open_question(session, author, row.id, made)
    assert opened.question_id != made
    assert opened.forms == questions.open_question(session, author, row.id, opened.question_id or 0).forms
    copy = copy_set(session, author, row.key, now=LATER)
    assert set(asked_of(session, copy, "dog")) == set(asked_of(session, row, "dog"))


def test_both_directions_share_a_memory_and_take_turns(session: Session, author: User) -> None:
    row = make_set(session, author, both_directions=True)
    start_plan(session, author, row.id, now=NOON)
    session.commit()
    prompts = []
    first = ask(session, author)
    for days in (0, 40, 800, 8000):  # due by then, whatever the interval
        now = NOON + timedelta(days=days)
        prompt = ask(session, author, now=now, prefer=first.fact_id)
        assert prompt.fact_id == first.fact_id
        prompts.append(prompt.question.prompt)
        answer(session, author, prompt, {"rating": "good"}, now=now)
    assert prompts[0] == prompts[2] != prompts[1] == prompts[3]


def test_a_new_card_is_a_choice_first(session: Session, author: User) -> None:
    row = make_set(session, author, **ALL)
    start_plan(session, author, row.id, now=NOON)
    assert ask(session, author).question.kind == "choice"
    typed = ask(session, author, scope=SessionScope({row.id: ()}, kinds=("typed",)))
    assert typed.question.kind == "typed"


@pytest.mark.one_database
def test_an_edit_takes_as_many_statements_however_many_cards_there_are(session: Session, author: User) -> None:
    row = make_set(session, author, **ALL)
    few = statements(session, lambda: edit(session, author, row, "dog", answer="Hunde"))
    add_lines(session, author, row, "\n".join(f"thing {number} - Ding {number}" for number in range(60)))
    assert statements(session, lambda: edit(session, author, row, "dog", answer="Hund")) <= few
