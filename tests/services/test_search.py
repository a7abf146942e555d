"""Searching facts and questions over all sets."""

import pytest
from assignments import open_school
from editor import own_set
from running_quizzes import CLOSES, key_of_whole_set
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.models import Fact, QuestionSet, User
from quizapp.services.search import search_facts


def found(session: Session, reader: User | None, text: str) -> list[str]:
    page = search_facts(session, reader, text, now=NOON)
    return [f"{found_set.key.partition('-')[0]}:{fact.key}" for found_set in page.sets for fact in found_set.facts]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("quarrelled", ["nile-quarrel"]),
        ("VICTORIA 1858", ["nile-source", "nile-date"]),
        ("Víctöria speke august", ["nile-date"]),
        ("Спик", ["nile-source", "nile-quarrel"]),  # another spelling of a name
        ("which explorer", ["nile-source"]),  # only a question says it
        ("mungo", []),  # a wrong choice is not searched
        ("100% _", []),
        ("''", []),
        ("\0", []),
    ],
)
def test_words_are_found_in_statements_names_and_questions(session: Session, text: str, facts: list[str]) -> None:
    names = session.scalars(select(QuestionSet)).one()
    names.names = [
        {**name, "spellings": [*name["spellings"], "Спик"]} if name["key"] == "speke" else name for name in names.names
    ]
    session.flush()
    assert found(session, None, text) == [f"sample:{key}" for key in facts]


def test_a_question_that_has_the_word_is_shown_with_its_fact(session: Session) -> None:
    page = search_facts(session, None, "explorer", now=NOON)
    assert page.sets[0].facts[0].prompts == ["Which explorer saw Lake Victoria in 1858?"] or page.sets[0].facts[
        0
    ].prompts == ["Complete the sentence.", "Which explorer saw Lake Victoria in 1858?"]


@pytest.mark.one_database
def test_only_published_and_own_sets_are_searched(session: Session) -> None:
    author, other = person(session, "Olga"), person(session, "Max")
    row = own_set(session, author)
    own = f"{row.key.partition('-')[0]}:nile-quarrel"
    for visibility, seen in (("private", 1), ("link", 1), ("public", 2)):
        row.visibility = visibility
        session.flush()
        assert len(found(session, other, "quarrelled")) == seen, visibility
        assert found(session, author, "quarrelled") == ["sample:nile-quarrel", own]
    session.scalars(select(Fact).where(Fact.set_id == row.id, Fact.key == "nile-quarrel")).one().archived_at = NOON
    session.flush()
    assert found(session, author, "quarrelled") == ["sample:nile-quarrel"]


@pytest.mark.one_database
def test_what_a_class_takes_a_quiz_on_is_not_found_until_it_closes(session: Session) -> None:
    school = open_school(session)
    student = school.students[0]
    session.get_one(QuestionSet, school.set_id).visibility = "public"
    key_of_whole_set(session, school)
    before = search_facts(session, student, "speke", now=NOON)
    after = search_facts(session, student, "speke", now=CLOSES)
    keys = [[each.key for each in page.sets] for page in (before, after)]
    key = session.get_one(QuestionSet, school.set_id).key
    assert key not in keys[0] and key in keys[1]


def test_results_take_as_many_statements_however_many_there_are(session: Session) -> None:
    few = statements(session, lambda: found(session, None, "quarrelled"))
    assert few <= 4 and statements(session, lambda: found(session, None, "speke")) <= 4
