"""Sets in several hands: shared, brought up to date from an original, archived, left behind."""

import pytest
from sets import (
    LATER,
    apply_updates,
    begin,
    change,
    copy_set,
    fact_of,
    my_titles,
    person,
    public_titles,
    reload_sample,
    sample,
    sentences,
    titles,
    write,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, ask, statements
from study import answer as answer_prompt

from quizapp.models import AuditEntry, Fact, Memory, Plan, QuestionSet, Review, SetAuthor, User
from quizapp.services import access, accounts
from quizapp.services.access import visible_sets
from quizapp.services.errors import NotFound, UnknownUser
from quizapp.services.review import queue, today
from quizapp.services.sets import copies, ownership, search, settings


@pytest.fixture
def owner(session: Session) -> User:
    return person(session, "Aysel")


@pytest.fixture
def other(session: Session) -> User:
    return person(session, "Rauf")


# Sharing


def test_by_link_whoever_has_the_address_and_made_private_who_studies_it(
    session: Session, owner: User, other: User
) -> None:
    row = begin(session, owner)
    write(session, row)
    ownership.set_visibility(session, owner, row.id, "link", now=NOON)
    assert access.find_set(session, None, row.key) is row
    today.start_plan(session, other, row.id, now=NOON)
    ownership.set_visibility(session, owner, row.id, "private", now=NOON)
    assert access.find_set(session, other, row.key) is row
    with pytest.raises(NotFound):
        access.find_set(session, None, row.key)
    assert sentences(session, row) == [
        "Aysel made the set private.",
        "Aysel made the set open to anyone with the link.",
    ]
    with pytest.raises(KeyError):
        ownership.set_visibility(session, owner, row.id, "everywhere", now=NOON)


def test_co_authors_write_but_do_not_share(session: Session, owner: User, other: User) -> None:
    row = begin(session, owner)
    assert ownership.add_author(session, owner, row.id, " RAUF ", now=NOON) is other
    change(session, other, row, title="Bogs")
    for refused in (
        lambda: ownership.set_visibility(session, other, row.id, "public", now=NOON),
        lambda: ownership.add_author(session, other, row.id, "Aysel", now=NOON),
        lambda: ownership.remove_author(session, other, row.id, other.id, now=NOON),
        lambda: ownership.hand_over(session, other, row.id, other.id, now=NOON),
        lambda: ownership.archive_set(session, other, row.id, now=NOON),
    ):
        with pytest.raises(NotFound):
            refused()
    shared = ownership.read_sharing(session, other, row.id)
    assert (shared.owner, shared.authors, shared.is_owner) == (owner, [other], False)


@pytest.mark.parametrize("name", ["Nobody", "", "Ra", "%", "Rauf\0"])
def test_only_who_has_exactly_that_name_becomes_an_author(
    session: Session, owner: User, other: User, name: str
) -> None:
    row = begin(session, owner)
    with pytest.raises(UnknownUser):
        ownership.add_author(session, owner, row.id, name, now=NOON)


def test_nobody_becomes_an_author_twice(session: Session, owner: User, other: User) -> None:
    row = begin(session, owner)
    ownership.add_author(session, owner, row.id, "Rauf", now=NOON)
    for name in ("Rauf", "Aysel"):
        with pytest.raises(ownership.AlreadyAuthor):
            ownership.add_author(session, owner, row.id, name, now=NOON)


def test_an_author_is_removed_leaves_or_becomes_the_owner(session: Session, owner: User, other: User) -> None:
    row = begin(session, owner)
    for end in (lambda: ownership.remove_author(session, owner, row.id, other.id, now=NOON),
                lambda: ownership.leave_set(session, other, row.id, now=NOON)):  # fmt: skip
        ownership.add_author(session, owner, row.id, "Rauf", now=NOON)
        end()
        session.flush()
        with pytest.raises(NotFound):
            settings.read_settings(session, other, row.id)
    ownership.add_author(session, owner, row.id, "Rauf", now=NOON)
    ownership.hand_over(session, owner, row.id, other.id, now=NOON)
    shared = ownership.read_sharing(session, owner, row.id)
    assert (shared.owner, shared.authors, shared.is_owner) == (other, [owner], False)
    assert sentences(session, row)[0] == "Aysel handed the set over to Rauf."
    assert "Rauf stopped being a co-author." in sentences(session, row)


def test_an_owner_cannot_leave(session: Session, owner: User) -> None:
    row = begin(session, owner)
    with pytest.raises(NotFound):
        ownership.leave_set(session, owner, row.id, now=NOON)


def test_an_archived_set_leaves_lists_and_learners_go_on(session: Session, owner: User, other: User) -> None:
    row = begin(session, owner)
    write(session, row)
    ownership.set_visibility(session, owner, row.id, "public", now=NOON)
    today.start_plan(session, other, row.id, now=NOON)
    ownership.archive_set(session, owner, row.id, now=NOON)
    assert titles(session, owner, "lakes") == titles(session, other, "lakes") == set()
    assert [each.title for each in search.archived_sets(session, owner)] == ["Lakes"]
    assert queue.next_prompt(session, other, now=NOON) is not None
    assert ownership.restore_set(session, owner, row.id, now=NOON) is row
    assert titles(session, other, "lakes") == {"Lakes"}
    assert sentences(session, row)[:2] == ["Aysel restored the set.", "Aysel archived the set."]


# Updates


@pytest.mark.one_database
def test_a_copy_is_offered_what_is_new_and_keeps_what_is_its_own(session: Session, owner: User) -> None:
    copy = copy_set(session, owner, "sample", now=NOON)
    mine = fact_of(session, copy, "nile-quarrel")
    mine.statement, mine.edited_at = "Mine.", NOON
    reload_sample(session, without="nile-date", nile_quarrel="Theirs.", nile_source="Better said.")
    offered = copies.find_updates(session, owner, copy.id, now=NOON)
    assert {(change.what, change.fact_key) for change in offered.changes if change.question_key is None} == {
        ("archived", "nile-date"), ("conflict", "nile-quarrel"), ("changed", "nile-source"),
    }  # fmt: skip
    taken = apply_updates(session, owner, copy.id, now=LATER)
    assert taken.added + taken.changed + taken.archived == offered.takeable
    assert fact_of(session, copy, "nile-source").statement == "Better said."
    assert fact_of(session, copy, "nile-quarrel").statement == "Mine."
    assert fact_of(session, copy, "nile-date").archived_at == LATER
    assert {change.what for change in copies.find_updates(session, owner, copy.id, now=NOON).changes} == {"conflict"}
    assert sentences(session, copy) == [
        "Aysel applied 2 changes from the original set.",
    ]


def test_what_new_facts_refer_to_comes_with_them(session: Session, owner: User, other: User) -> None:
    origin = begin(session, owner)
    ownership.set_visibility(session, owner, origin.id, "public", now=NOON)
    copy = copy_set(session, other, origin.key, now=NOON)
    change(session, other, copy, title="My lakes")
    topics = [*origin.header["topics"], {"key": "", "title": "Fish", "summary": "What swims."}]
    change(session, owner, origin, topics=topics)
    settings.save_passage(session, owner, origin.id, None, {"number": 3, "title": "A", "digest": "B"}, now=NOON)
    write(session, origin, topic="fish", passages=[3])
    apply_updates(session, other, copy.id, now=NOON)
    assert copy.title == "My lakes"
    assert [topic["key"] for topic in copy.header["topics"]] == ["depth", "width", "fish"]
    assert [passage["number"] for passage in copy.header["passages"]] == [3]
    assert fact_of(session, copy, "fact-1").topic == "fish"
    assert my_titles(session, other, "fish") == {"My lakes"}


@pytest.mark.one_database
def test_an_original_that_is_no_longer_shown_offers_nothing(session: Session, owner: User, other: User) -> None:
    origin = begin(session, owner)
    ownership.set_visibility(session, owner, origin.id, "public", now=NOON)
    copy = copy_set(session, other, origin.key, now=NOON)
    write(session, origin)
    assert copies.find_updates(session, other, copy.id, now=NOON).takeable == 2
    ownership.set_visibility(session, owner, origin.id, "private", now=NOON)
    assert copies.find_updates(session, other, copy.id, now=NOON).origin is None
    with pytest.raises(NotFound):
        apply_updates(session, other, copy.id, now=NOON)
    assert copies.find_updates(session, owner, origin.id, now=NOON).origin is None


def test_updates_of_a_large_set_take_few_statements(session: Session, owner: User) -> None:
    counts = []
    for facts in (1, 400):
        row = begin(session, owner, f"{facts} lakes")
        copy = copy_set(session, owner, row.key, now=NOON)
        write(session, row, facts)
        session.commit()
        session.expunge_all()
        user, copy_id = session.get_one(User, owner.id), copy.id
        counts.append(
            statements(
                session, lambda user=user, copy_id=copy_id: copies.find_updates(session, user, copy_id, now=NOON)
            )
        )
    assert counts[0] == counts[1] <= 10


# Leaving


def leave_all(session: Session, user: User) -> None:
    ownership.release_sets(session, user)
    accounts.delete_user(session, user)
    session.commit()
    session.expire_all()


def test_sets_nobody_else_uses_go_with_their_owner(session: Session, owner: User) -> None:
    row = begin(session, owner)
    write(session, row, 2)
    today.start_plan(session, owner, row.id, now=NOON)
    answer_prompt(session, owner, ask(session, owner))
    kept = {fact.key for fact in sample().facts}
    leave_all(session, owner)
    assert session.scalars(select(QuestionSet.key)).all() == ["sample"]
    assert set(session.scalars(select(Fact.key))) == kept
    assert session.scalar(select(func.count(Review.id))) == 0


def test_a_set_goes_to_the_first_co_author(session: Session, owner: User, other: User) -> None:
    row = begin(session, owner)
    third = person(session, "Leyla")
    ownership.add_author(session, owner, row.id, "Leyla", now=LATER)
    ownership.add_author(session, owner, row.id, "Rauf", now=NOON)
    ownership.set_visibility(session, owner, row.id, "public", now=NOON)
    leave_all(session, owner)
    session.refresh(row)
    assert (row.owner_id, row.visibility) == (other.id, "public")
    assert session.scalars(select(SetAuthor.user_id)).all() == [third.id]


def test_a_set_that_others_study_stays_theirs_and_is_not_taken_for_a_built_in_one(
    session: Session, owner: User, other: User
) -> None:
    row = begin(session, owner)
    write(session, row)
    ownership.set_visibility(session, owner, row.id, "public", now=NOON)
    today.start_plan(session, other, row.id, now=NOON)
    answer_prompt(session, other, ask(session, other))
    leave_all(session, owner)
    session.refresh(row)
    assert row.owner_id is None
    assert session.scalar(select(func.count()).select_from(Memory)) == 1
    assert set(session.scalars(select(QuestionSet.key).where(visible_sets(other)))) == {"sample", row.key}
    assert public_titles(session, other) == {"Three rivers"}
    assert session.scalars(select(Plan.learner_id)).all() == [other.id]


def test_who_wrote_nothing_leaves_nothing(session: Session, owner: User) -> None:
    begin(session, person(session, "Rauf"))
    leave_all(session, owner)
    assert session.scalar(select(func.count(QuestionSet.id))) == 2
    assert session.scalar(select(func.count(AuditEntry.id))) == 0
