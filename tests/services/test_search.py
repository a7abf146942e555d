"""Searching facts and questions over all sets."""

import pytest
from assignments import open_school
from editor import own_set
from running_quizzes import CLOSES, key_of_whole_set
from sets import change, copy_set, person, reload_sample
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.core.kinds import parse_question
from quizapp.core.sets import quick_entry
from quizapp.core.text.normal import fold
from quizapp.models import Fact, Question, QuestionSet, User
from quizapp.services.editor import facts, versions
from quizapp.services.editor.fact_list import FactFilters, read_set_page
from quizapp.services.editor.quick_entry import add_questions
from quizapp.services.search import search_facts
from quizapp.services.sets import contents


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


def test_what_facts_and_questions_are_searched_by_follows_every_way_to_write_them(session: Session) -> None:
    author = person(session, "Olga")
    row = own_set(session, author)
    date = session.scalars(select(Fact).where(Fact.set_id == row.id, Fact.key == "nile-date")).one()
    said = contents.fact_document(date)
    facts.save_fact(session, author, row.id, date.id, {**said, "statement": "The R.S.F.S.R. came."}, base=1, now=NOON)
    versions.restore_fact_version(session, author, row.id, date.id, 1, base=2, now=NOON)
    facts.save_fact(session, author, row.id, date.id, {**said, "statement": "It was in 1860."}, base=3, now=NOON)
    facts.duplicate_fact(session, author, row.id, date.id, now=NOON)
    cards = quick_entry.read("the dog - Hund\ncat - Katze", kind=quick_entry.CARDS, loosely=True)
    asked = [card.question for card in cards if card.question]
    add_questions(session, author, row.id, asked, topic=date.topic, tags=[], now=NOON)
    change(session, author, row, cards={"both_directions": True, "typed": True, "choices": True})
    question = session.scalars(select(Question).where(Question.fact_id == date.id)).first()
    assert question is not None
    shorter = parse_question({**question.versions[-1].body, "prompt": "In which year?"})
    contents.append_question_version(question, shorter, author=author, now=NOON)
    session.flush()
    copy_set(session, author, row.key, now=NOON)
    reload_sample(session, nile_date="Speke came in 1861.")
    session.expire_all()
    for fact in session.scalars(select(Fact)):
        assert fact.searched == fold(fact.statement), fact.key
    stored = session.scalars(select(Question)).all()
    assert {each.made for each in stored} > {None}
    for each in stored:
        assert each.searched == fold(parse_question(each.current_version.body).stem), each.key


def test_initials_and_large_numbers_are_found_however_they_are_written(session: Session) -> None:
    author = person(session, "Olga")
    row = own_set(session, author)
    fact = session.scalars(select(Fact).where(Fact.set_id == row.id, Fact.key == "nile-date")).one()
    fact.statement = "The R.S.F.S.R. sent 5,000 men & two ships."
    session.flush()
    for words in ("rsfsr", "R.S.F.S.R.", "5000 MEN", "5,000 ships", "men and two"):
        assert found(session, author, words) == [f"{row.key.partition('-')[0]}:nile-date"], words
        listed = read_set_page(session, author, row.id, FactFilters(text=words))
        assert [each.key for section in listed.sections for each in section.facts] == ["nile-date"], words
