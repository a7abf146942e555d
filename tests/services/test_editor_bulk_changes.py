"""Changing many facts at once: topic, tags, archive, another set; and taking it back."""

import pytest
from facts import LATER, edit, empty_set, fact, keys_in_order, make_learner_of, question_of, rivers
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import memory_of, remember

from quizapp.models import AuditEntry, Fact, QuestionSet, User
from quizapp.services.editor import bulk_changes, fact_list
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


def ids(session: Session, row: QuestionSet, *keys: str) -> list[int]:
    return [fact(session, row, key).id for key in keys]


def documents(session: Session, row: QuestionSet) -> dict[str, object]:
    session.expire_all()
    stored = session.scalars(select(Fact).where(Fact.set_id == row.id))
    return {one.key: (fact_document(one), one.archived_at) for one in stored}


def test_facts_go_to_another_topic_and_come_back(session: Session, author: User, row: QuestionSet) -> None:
    before = documents(session, row)
    chosen = ids(session, row, "nile-source", "nile-quarrel", "nile-date")
    done = bulk_changes.move_to_topic(session, author, row.id, chosen, "dates", now=LATER)
    session.commit()
    assert done.changed == 2  # the third was there already
    assert {fact(session, row, key).topic for key in before} == {"dates"}
    assert bulk_changes.undo_change(session, author, row.id, done.versions, now=LATER) == 2
    session.commit()
    assert documents(session, row) == before


def test_facts_are_tagged_and_untagged(session: Session, author: User, row: QuestionSet) -> None:
    chosen = ids(session, row, "nile-source", "nile-date")
    done = bulk_changes.add_tag(session, author, row.id, chosen, "  For  the exam ", now=LATER)
    assert done.changed == 2
    assert bulk_changes.add_tag(session, author, row.id, chosen, "for the EXAM", now=LATER).changed == 0
    assert fact(session, row, "nile-date").tags == ["For the exam"]
    off = bulk_changes.remove_tag(session, author, row.id, chosen, "for the exam", now=LATER)
    assert off.changed == 2
    assert fact(session, row, "nile-date").tags == []
    assert bulk_changes.undo_change(session, author, row.id, off.versions, now=LATER) == 2
    assert fact(session, row, "nile-date").tags == ["For the exam"]


def test_what_was_changed_since_is_not_undone(session: Session, author: User, row: QuestionSet) -> None:
    done = bulk_changes.add_tag(
        session, author, row.id, ids(session, row, "nile-source", "nile-date"), "exam", now=LATER
    )
    session.commit()
    edit(session, author, row, "nile-date", base=2, statement="Changed since.", tags=["exam", "more"])
    assert bulk_changes.undo_change(session, author, row.id, done.versions, now=LATER) == 1
    session.commit()
    assert fact(session, row, "nile-source").tags == []
    assert fact(session, row, "nile-date").tags == ["exam", "more"]


def test_nothing_is_half_done(session: Session, author: User, row: QuestionSet) -> None:
    edit(session, author, row, "nile-date", tags=[f"tag {number}" for number in range(bulk_changes.MOST_TAGS)])
    before = documents(session, row)
    with pytest.raises(bulk_changes.BulkChangeRefused, match="20 tags"):
        bulk_changes.add_tag(
            session, author, row.id, ids(session, row, "nile-source", "nile-date"), "one more", now=LATER
        )
    session.rollback()
    assert documents(session, row) == before


def test_archived_facts_are_asked_no_more_and_come_back(session: Session, author: User, row: QuestionSet) -> None:
    chosen = ids(session, row, "nile-source", "nile-date")
    assert bulk_changes.archive_facts(session, author, row.id, chosen, now=LATER) == chosen
    session.commit()
    assert shown(fact_list.read_set_page(session, author, row.id, fact_list.FactFilters())) == ["nile-quarrel"]
    assert shown(fact_list.read_set_page(session, author, row.id, fact_list.FactFilters(archived=True))) == [
        "nile-date",
        "nile-source",
    ]
    assert [one.key for one in read_stored_set(session, row.key).facts] == ["nile-quarrel"]
    assert bulk_changes.archive_facts(session, author, row.id, chosen, now=LATER) == []
    assert bulk_changes.restore_facts(session, author, row.id, chosen, now=LATER) == chosen
    told = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert told == ["archived_facts", "restored_facts"]


def test_facts_of_other_sets_are_left_alone(session: Session, author: User, row: QuestionSet) -> None:
    other = rivers(session, author)
    stranger = fact(session, other, "nile-date").id
    assert bulk_changes.archive_facts(session, author, row.id, [stranger], now=LATER) == []
    assert bulk_changes.add_tag(session, author, row.id, [stranger], "exam", now=LATER).changed == 0
    assert fact(session, other, "nile-date").tags == []


# To another set


def test_facts_go_to_another_set_with_what_is_remembered_of_them(
    session: Session, author: User, row: QuestionSet
) -> None:
    other = empty_set(session, author)
    learner = make_learner_of(session, row)
    chosen = ids(session, row, "nile-quarrel", "nile-date")
    remember(session, learner, chosen[0], stability=30.0)
    before = documents(session, row)

    done = bulk_changes.move_to_set(session, author, row.id, chosen, other.id, now=LATER)
    session.commit()

    assert done.changed == 2
    assert keys_in_order(session, other) == ["nile-quarrel", "nile-date"]
    assert memory_of(session, learner, chosen[0]).stability == 30.0
    session.refresh(other)
    assert [topic["title"] for topic in other.header["topics"]] == ["Depth", "Actors", "Dates"]
    assert {name["key"] for name in other.names} == {"burton", "speke"}
    assert fact(session, other, "nile-quarrel").actors == ["burton", "speke"]
    assert fact(session, other, "nile-quarrel").passages == []  # the other set has no such passage
    assert fact(session, row, "nile-source").leads_to == {}  # what it led to is elsewhere now
    for one in (row, other):
        stored = read_stored_set(session, one.key)
        assert all(fact.topic in {topic.key for topic in stored.header.topics} for fact in stored.facts)

    assert bulk_changes.undo_change(session, author, row.id, done.versions, moved_to=other.id, now=LATER) == 3
    session.commit()
    assert documents(session, row) == before
    assert keys_in_order(session, other) == []
    assert memory_of(session, learner, chosen[0]).stability == 30.0


def test_a_key_changes_only_where_it_must(session: Session, author: User, row: QuestionSet) -> None:
    other = rivers(session, author)
    chosen = ids(session, row, "nile-source", "nile-quarrel")
    bulk_changes.move_to_set(session, author, row.id, chosen, other.id, now=LATER)
    session.commit()
    assert keys_in_order(session, other)[3:] == ["nile-source-2", "nile-quarrel-2"]
    moved = fact(session, other, "nile-source-2")
    assert moved.topic == "actors"  # found by its title
    assert moved.passages == [1]  # the same passage
    assert moved.leads_to == {"nile-quarrel-2": "Burton doubted what Speke claimed."}
    assert len(other.header["topics"]) == 2
    assert question_of(session, other, "nile-source-typed-2").fact_id == moved.id
    stored = read_stored_set(session, other.key)
    keys = [question.key for one in stored.facts for question in one.questions]
    assert len(keys) == len(set(keys)) == 12


@on_sqlite
def test_a_set_of_somebody_else_takes_nothing_in(session: Session, author: User, row: QuestionSet) -> None:
    theirs = empty_set(session, person(session, "Other"))
    with pytest.raises(NotFound):
        bulk_changes.move_to_set(session, author, row.id, ids(session, row, "nile-date"), theirs.id, now=LATER)
