"""The names of a set: added, corrected, removed while nothing uses them."""

import pytest
from facts import LATER, edit, fact, rivers
from sets import person
from sqlalchemy.orm import Session

from quizapp.models import QuestionSet, User
from quizapp.services.editor import names, versions


@pytest.fixture
def author(session: Session) -> User:
    return person(session, "Aysel")


@pytest.fixture
def row(session: Session, author: User) -> QuestionSet:
    return rivers(session, author)


def test_names_are_added_changed_and_removed(session: Session, author: User, row: QuestionSet) -> None:
    fields = {"name": "Nəriman Nərimanov", "type": "person", "spellings": ["Нариман Нариманов"]}
    added = names.add_name(session, author, row.id, fields)
    assert added.key == "neriman-nerimanov"
    with pytest.raises(names.NameTaken):
        names.add_name(session, author, row.id, fields)
    _, _, mark = names.find_name(session, author, row.id, added.key)
    names.save_name(session, author, row.id, added.key, fields | {"role": "Chairman"}, base=mark)
    with pytest.raises(names.NameChanged):
        names.save_name(session, author, row.id, added.key, fields, base=mark)
    assert names.find_name(session, author, row.id, added.key)[1].role == "Chairman"
    assert names.remove_name(session, author, row.id, added.key) == "Nəriman Nərimanov"
    with pytest.raises(names.NameInUse):
        names.remove_name(session, author, row.id, "speke")
    _, listed = names.list_names(session, author, row.id)
    assert {name.key: facts for name, facts in listed}["speke"] == 2


def test_deleted_things_stay_out_of_a_version_that_comes_back(session: Session, author: User, row: QuestionSet) -> None:
    edit(session, author, row, "nile-quarrel", actors=["speke"])
    edit(session, author, row, "nile-source", leads_to={})
    names.remove_name(session, author, row.id, "burton")
    versions.restore_fact_version(session, author, row.id, fact(session, row, "nile-quarrel").id, 1, base=2, now=LATER)
    assert fact(session, row, "nile-quarrel").actors == ["speke"]
