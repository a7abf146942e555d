"""What the authors of a set do to its facts: seen, edited, put in order, changed many at once, and taken back."""

import pytest
from facts import LATER, big_set, edit, fact, keys_in_order, make_learner_of, rivers
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import answer, ask, make_learner, memory_of, remember, statements

from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, FactVersion, QuestionSet, Review, User
from quizapp.services import audit_log
from quizapp.services.editor import bulk_changes, fact_list, facts, names, quick_entry, versions
from quizapp.services.errors import NotFound
from quizapp.services.sets.contents import fact_document, read_stored_set

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def author(session: Session) -> User:
    return person(session, "Aysel")


@pytest.fixture
def row(session: Session, author: User) -> QuestionSet:
    return rivers(session, author)


def shown(page: fact_list.FactListPage) -> list[str]:
    return [one.key for section in page.sections for one in section.facts]


# The page


def test_it_works(session: Session, author: User, row: QuestionSet) -> None:
    page = fact_list.read_set_page(session, author, row.id, fact_list.FactFilters())
    assert [section.topic.title for section in page.sections] == ["Dates", "Actors"]
    assert shown(page) == ["nile-date", "nile-source", "nile-quarrel"]
    asked = page.questions[page.sections[1].facts[0].id]
    assert [question.kind for question in asked] == ["choice", "cloze", "typed"]
    assert (page.facts, page.archived, page.found) == (3, 0, 3)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"topic": "actors"}, ["nile-source", "nile-quarrel"]),
        ({"kind": "true_false"}, ["nile-quarrel"]),
        ({"passage": 2}, ["nile-date"]),
        ({"text": "QUARRÉL"}, ["nile-quarrel"]),  # in a statement; accents and case are folded
        ({"text": "explorer saw"}, ["nile-source"]),  # in a prompt
        ({"tag": "exam"}, ["nile-date"]),
        ({"archived": True}, []),
        ({"topic": "actors", "kind": "cloze", "text": "nile"}, ["nile-source"]),
    ],
)
@on_sqlite
def test_the_facts_are_filtered(
    session: Session, author: User, row: QuestionSet, filters: dict[str, object], found: list[str]
) -> None:
    edit(session, author, row, "nile-date", tags=["exam"])
    assert shown(fact_list.read_set_page(session, author, row.id, fact_list.FactFilters(**filters))) == found  # type: ignore[arg-type]


def test_names_in_another_script_are_found(session: Session, author: User, row: QuestionSet) -> None:
    edit(session, author, row, "nile-date", statement="Nərimanov came to Şəki.")
    for typed in ("nerimanov", "ŞƏKİ", "Нəриманов"):
        assert shown(fact_list.read_set_page(session, author, row.id, fact_list.FactFilters(text=typed))) == [
            "nile-date"
        ], typed


@on_sqlite
def test_the_page_of_a_large_set_takes_as_many_statements_as_that_of_a_small_one(
    session: Session, author: User, row: QuestionSet
) -> None:
    large = big_set(session, author, 1000)
    filters = fact_list.FactFilters(text="statement", kind="typed")
    counted = [
        statements(session, lambda one=one, what=what: fact_list.read_set_page(session, author, one.id, what))
        for one in (row, large)
        for what in (fact_list.FactFilters(), filters)
    ]
    assert counted[0] == counted[2] <= 5
    assert counted[1] == counted[3] <= 5
    page = fact_list.read_set_page(session, author, large.id, fact_list.FactFilters(), page=999)
    assert (page.page, page.pages, len(shown(page))) == (112, 112, 1)


@on_sqlite
def test_outsiders_find_nothing(session: Session, row: QuestionSet) -> None:
    outsider = person(session, "Outsider")
    fact_id = fact(session, row, "nile-date").id
    for attempt in (
        lambda: fact_list.read_set_page(session, outsider, row.id, fact_list.FactFilters()),
        lambda: facts.read_fact(session, outsider, row.id, fact_id),
        lambda: facts.move_fact(session, outsider, row.id, fact_id, to=1),
        lambda: facts.duplicate_fact(session, outsider, row.id, fact_id, now=LATER),
        lambda: facts.reset_progress(session, outsider, row.id, fact_id, now=LATER),
        lambda: bulk_changes.archive_facts(session, outsider, row.id, [fact_id], now=LATER),
        lambda: bulk_changes.undo_change(session, outsider, row.id, {fact_id: 1}, now=LATER),
        lambda: versions.read_fact_versions(session, outsider, row.id, fact_id),
        lambda: names.list_names(session, outsider, row.id),
        lambda: quick_entry.add_questions(session, outsider, row.id, [], topic="dates", tags=[], now=LATER),
    ):
        with pytest.raises(NotFound):
            attempt()


# Editing


def test_an_edit_keeps_what_was_said_before(session: Session, author: User, row: QuestionSet) -> None:
    assert edit(session, author, row, "nile-date", statement="Speke came to the lake on 3 August 1858.")
    stored = fact(session, row, "nile-date")
    assert (stored.statement, stored.version) == ("Speke came to the lake on 3 August 1858.", 2)
    found = versions.read_fact_versions(session, author, row.id, stored.id)
    assert [(version.number, version.author) for version in found.versions] == [(2, "Aysel"), (1, None)]
    (changed,) = found.versions[0].differences
    assert "reached" in "".join(piece.text for piece in changed.pieces if piece.what == "removed")


def test_saving_what_stands_there_is_no_edit(session: Session, author: User, row: QuestionSet) -> None:
    assert not edit(session, author, row, "nile-date")
    assert fact(session, row, "nile-date").version == 1
    assert session.scalars(select(FactVersion)).all() == []


def test_of_two_edits_at_once_neither_is_lost(session: Session, author: User, row: QuestionSet) -> None:
    edit(session, author, row, "nile-date", statement="Theirs.")
    with pytest.raises(versions.EditConflict) as conflict:
        edit(session, author, row, "nile-date", base=1, statement="Mine.")
    assert (conflict.value.by, conflict.value.at) == ("Aysel", LATER)
    theirs = facts.read_fact(session, author, row.id, fact(session, row, "nile-date").id)
    assert theirs.fact.version == 2
    assert theirs.document["statement"] == "Theirs."
    session.rollback()
    edit(session, author, row, "nile-date", base=2, statement="Mine.")
    found = versions.read_fact_versions(session, author, row.id, fact(session, row, "nile-date").id)
    assert [version.text for version in found.versions] == [
        "Mine.",
        "Theirs.",
        "Speke reached Lake Victoria on 3 August 1858.",
    ]


def test_a_version_comes_back_as_the_newest(session: Session, author: User, row: QuestionSet) -> None:
    before = fact_document(fact(session, row, "nile-source"))
    edit(session, author, row, "nile-source", statement="Wrong.", date=None, leads_to={}, actors=[], tags=["x"])
    fact_id = fact(session, row, "nile-source").id
    assert versions.restore_fact_version(session, author, row.id, fact_id, 1, base=2, now=LATER)
    session.commit()
    assert fact_document(fact(session, row, "nile-source")) == before
    assert fact(session, row, "nile-source").version == 3
    with pytest.raises(versions.EditConflict):
        versions.restore_fact_version(session, author, row.id, fact_id, 2, base=2, now=LATER)


def test_a_version_from_before_there_was_an_importance_comes_back(
    session: Session, author: User, row: QuestionSet
) -> None:
    edit(session, author, row, "nile-source", statement="Wrong.", importance=3)
    fact_id = fact(session, row, "nile-source").id
    old = session.get_one(FactVersion, (fact_id, 1))
    old.body = {name: value for name, value in old.body.items() if name != "importance"}
    session.commit()
    newest, _ = versions.read_fact_versions(session, author, row.id, fact_id).versions
    assert "Importance" in [change.field for change in newest.differences]
    assert versions.restore_fact_version(session, author, row.id, fact_id, 1, base=2, now=LATER)
    assert fact(session, row, "nile-source").importance == 2


@pytest.mark.parametrize(
    ("key", "leads_to", "message"),
    [
        ("nile-date", {"nile-date": "itself"}, "itself"),
        ("nile-date", {"nothing": "nowhere"}, "no fact"),
        ("nile-quarrel", {"nile-source": "back again"}, "circle"),
    ],
)
@on_sqlite
def test_links_that_cannot_be_are_refused(
    session: Session, author: User, row: QuestionSet, key: str, leads_to: dict[str, str], message: str
) -> None:
    with pytest.raises(facts.InvalidFact, match=message):
        edit(session, author, row, key, leads_to=leads_to)


def test_a_mended_typo_changes_no_memory(session: Session, author: User, row: QuestionSet) -> None:
    learner = make_learner_of(session, row)
    remember(session, learner, fact(session, row, "nile-date").id, stability=30.0)
    before = _memory(session, learner, row, "nile-date")
    edit(session, author, row, "nile-date", statement="Speke reached Lake Victoria on the 3rd of August 1858.")
    assert _memory(session, learner, row, "nile-date") == before


def _memory(session: Session, learner: User, row: QuestionSet, key: str) -> dict[str, object]:
    stored = memory_of(session, learner, fact(session, row, key).id)
    return {column.key: getattr(stored, column.key) for column in stored.__table__.columns}


def test_everybody_can_be_made_to_reset_progress(session: Session, author: User) -> None:
    sample = session.scalars(select(QuestionSet)).one()
    sample.owner_id = author.id
    learner = make_learner(session)
    prompt = ask(session, learner)
    answer(session, learner, prompt)
    version = memory_of(session, learner, prompt.fact_id).version
    reviews = session.scalars(select(Review)).all()
    assert facts.read_fact(session, author, sample.id, prompt.fact_id).met == 1

    assert facts.reset_progress(session, author, sample.id, prompt.fact_id, now=LATER) == 1
    session.commit()

    memory = memory_of(session, learner, prompt.fact_id)
    assert (memory.state, memory.version) == (State.NEW, version + 1)
    assert (memory.stability, memory.due_day, memory.due_at, memory.reps) == (None, None, None, 0)
    assert session.scalars(select(Review)).all() == reviews
    assert facts.read_fact(session, author, sample.id, prompt.fact_id).met == 0
    told = audit_log.read_set_log(session, sample.id).entries[0].sentence
    assert "reset everyone’s progress" in told
    assert "1 learner" in told


# Order


def test_a_fact_moves_within_its_topic(session: Session, author: User, row: QuestionSet) -> None:
    assert keys_in_order(session, row) == ["nile-source", "nile-quarrel", "nile-date"]
    quarrel = fact(session, row, "nile-quarrel").id
    assert facts.move_fact(session, author, row.id, quarrel, to=1) == (2, 1)
    session.commit()
    assert keys_in_order(session, row) == ["nile-quarrel", "nile-source", "nile-date"]
    assert facts.move_fact(session, author, row.id, quarrel, to=99) == (1, 2)
    session.commit()
    assert keys_in_order(session, row) == ["nile-source", "nile-quarrel", "nile-date"]


@on_sqlite
def test_moving_a_fact_of_a_large_set_leaves_the_other_topic_alone(session: Session, author: User) -> None:
    large = big_set(session, author, 100)
    odd = [f"fact-{number}" for number in range(1, 101, 2)]
    even = [f"fact-{number}" for number in range(2, 101, 2)]
    moved = fact(session, large, "fact-99").id
    assert statements(session, lambda: facts.move_fact(session, author, large.id, moved, to=2)) <= 4
    session.commit()
    order = keys_in_order(session, large)
    assert [key for key in order if key in even] == even
    assert [key for key in order if key in odd] == ["fact-1", "fact-99", *odd[1:-1]]
    assert order[1::2] == even


def test_a_fact_is_duplicated_with_its_questions(session: Session, author: User, row: QuestionSet) -> None:
    copy_id = facts.duplicate_fact(session, author, row.id, fact(session, row, "nile-source").id, now=LATER)
    session.commit()
    assert keys_in_order(session, row) == ["nile-source", "nile-source-2", "nile-quarrel", "nile-date"]
    copy = session.get_one(Fact, copy_id)
    assert fact_document(copy) == fact_document(fact(session, row, "nile-source"))
    assert [question.key for question in copy.questions] == [
        "nile-source-choice-2",
        "nile-source-cloze-2",
        "nile-source-typed-2",
    ]
    stored = read_stored_set(session, row.key)
    assert len({question.key for one in stored.facts for question in one.questions}) == 10
