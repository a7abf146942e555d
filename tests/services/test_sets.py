"""The sets people write: found, copied, described, shared, brought up to date, archived, left behind."""

from typing import Any

import pytest
from pydantic import ValidationError
from sets import (
    LATER,
    begin,
    change,
    copy_set,
    my_titles,
    person,
    public_titles,
    sample,
    sentences,
    titles,
    typed,
    write,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.models import Fact, Question, QuestionSet, User
from quizapp.services import access
from quizapp.services.errors import NotFound
from quizapp.services.sets import copies, ownership, search, settings
from quizapp.services.sets.contents import read_stored_set
from quizapp.services.sets.updates import compare_document, load_set


@pytest.fixture
def owner(session: Session) -> User:
    return person(session, "Aysel")


@pytest.fixture
def other(session: Session) -> User:
    return person(session, "Rauf")


# Finding


@pytest.mark.one_database
def test_a_list_shows_what_is_in_a_set_who_sees_it_and_when_it_changed(
    session: Session, owner: User, other: User
) -> None:
    row = begin(session, owner)
    write(session, row, 3)
    ownership.add_author(session, owner, row.id, "Rauf", now=NOON)
    mine, theirs = (search.list_my_sets(session, who).sets[0] for who in (owner, other))
    assert (mine.title, mine.facts, mine.questions, mine.visibility, mine.role) == ("Lakes", 3, 3, "private", "owner")
    assert (theirs.role, theirs.owner, theirs.changed_at) == ("co-author", "Aysel", NOON)
    change(session, owner, row, title="Deep lakes")
    assert search.list_my_sets(session, owner, text="deep").sets[0].changed_at == LATER


def test_others_find_what_is_public_and_nothing_else(session: Session, owner: User, other: User) -> None:
    for title, visibility in [("Open lakes", "public"), ("Linked lakes", "link"), ("Private lakes", "private")]:
        ownership.set_visibility(session, owner, begin(session, owner, title).id, visibility, now=NOON)
    away = begin(session, owner, "Old lakes")
    ownership.set_visibility(session, owner, away.id, "public", now=NOON)
    ownership.archive_set(session, owner, away.id, now=NOON)
    assert titles(session, owner, "lakes") == {"Open lakes", "Linked lakes", "Private lakes"}
    assert titles(session, other, "lakes") == {"Open lakes"}
    assert titles(session, other) == {"Open lakes", "Three rivers"}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Озёра Азербайджана", "ozera"),
        ("Озёра Азербайджана", "АЗЕРБАЙДЖАН озера"),
        ("Bakı şəhəri", "baki seheri"),
        ("Bakı şəhəri", "ŞƏHƏRİ"),
        ("Fêtes of Nice", "fetes"),
        ("The R.S.F.S.R.", "rsfsr"),
    ],
)
def test_accents_script_and_case_make_no_difference(session: Session, owner: User, title: str, text: str) -> None:
    begin(session, owner, title)
    assert titles(session, owner, text) == {title}


def test_topics_and_summaries_are_searched_too(session: Session, owner: User) -> None:
    begin(session, owner, summary="Still waters of the north", topics=["Treaties"])
    assert titles(session, owner, "treaties still") == {"Lakes"}
    assert titles(session, owner, "treaties loud") == set()


@pytest.mark.both_databases
@pytest.mark.parametrize("text", ["%", "_", "a%", "100%", "\\", "\0", "a\0%"])
def test_no_letter_is_a_wildcard(session: Session, owner: User, text: str) -> None:
    begin(session, owner, "Bogs")
    assert "Bogs" not in titles(session, owner, text)


def test_a_search_is_narrowed_by_owner_and_language(session: Session, owner: User, other: User) -> None:
    begin(session, owner, "Озёра", language="ru")
    ownership.set_visibility(session, other, begin(session, other, "Bogs").id, "public", now=NOON)
    assert my_titles(session, owner) == {"Озёра"}
    assert public_titles(session, owner) == public_titles(session, None) == {"Bogs", "Three rivers"}
    assert public_titles(session, owner, language="ru") == set()
    assert search.list_public_languages(session) == ["en"]


@pytest.mark.one_database
def test_a_list_takes_as_many_statements_however_many_sets_there_are(session: Session, owner: User) -> None:
    write(session, begin(session, owner), 2)
    few = statements(session, lambda: search.list_my_sets(session, owner))
    for number in range(45):
        write(session, begin(session, owner, f"Lakes {number}"), 2)
    many = statements(session, lambda: search.list_my_sets(session, owner))
    assert many == few == 3
    pages = [search.list_my_sets(session, owner, page=page) for page in (1, 2, 3, 4)]
    assert [len(page.sets) for page in pages] == [20, 20, 6, 0]
    assert [page.has_more for page in pages] == [True, True, False, False]
    assert len({card.id for page in pages for card in page.sets}) == 46


# Beginning and copying


def test_a_new_set_is_private_and_has_the_topics_named(session: Session, owner: User) -> None:
    row = begin(session, owner, "Озёра", topics=["Даты", "Dates", "dates", "???"])
    assert (row.title, row.header["summary"], row.visibility) == ("Озёра", "Озёра", "private")
    assert [topic["key"] for topic in row.header["topics"]] == ["daty", "dates", "dates-2", "topic"]
    with pytest.raises(ValidationError):
        begin(session, owner, "x" * 301)


@pytest.mark.one_database
def test_a_copy_has_everything_and_nothing_to_take_over(session: Session, owner: User) -> None:
    load_set(session, sample(), now=NOON)
    origin = access.find_set(session, None, "sample")
    copy = copy_set(session, owner, "sample", now=LATER)
    source, copied = read_stored_set(session, "sample"), read_stored_set(session, copy.key)
    assert copied.facts == source.facts
    assert copied.names == source.names
    assert copied.header == source.header.model_copy(update={"key": copy.key, "title": "Three rivers (copy)"})
    assert (copy.owner_id, copy.visibility, copy.copied_from_id) == (owner.id, "private", origin.id)
    assert copy.header["source"]["title"] == "On rivers"
    assert {change.what for change in compare_document(session, copy, source, by_author=False)} == {"unchanged"}
    assert copies.find_updates(session, owner, copy.id, now=NOON).changes == ()


def test_whoever_may_see_a_set_may_copy_it(session: Session, owner: User, other: User) -> None:
    row = begin(session, owner)
    with pytest.raises(NotFound):
        copy_set(session, other, row.key, now=NOON)
    ownership.set_visibility(session, owner, row.id, "link", now=NOON)
    assert copy_set(session, other, row.key, now=NOON).title == "Lakes (copy)"


def test_the_title_of_a_copy_fits(session: Session, owner: User) -> None:
    copy = copy_set(session, owner, begin(session, owner, "x" * 300).key, now=NOON)
    assert len(copy.title) == 300
    assert copy.title.endswith("x (copy)")


@pytest.mark.one_database
def test_a_large_set_is_copied_in_few_statements(session: Session, owner: User) -> None:
    counts = []
    for facts in (1, 1000):
        row = begin(session, owner, f"{facts} lakes")
        write(session, row, facts)
        session.commit()
        session.expunge_all()
        user, key = session.get_one(User, owner.id), row.key
        counts.append(statements(session, lambda user=user, key=key: copy_set(session, user, key, now=NOON)))
    small, large = counts
    assert small <= 15
    assert large <= small + 4  # no IN takes a thousand ids at once
    written = select(func.count(Question.id)).join(Fact).join(QuestionSet)
    assert session.scalar(written.where(QuestionSet.title == "1000 lakes (copy)")) == 1000


# Describing


def test_what_a_set_says_of_itself_is_changed_and_noted(session: Session, owner: User) -> None:
    row = begin(session, owner)
    source = {"title": "On lakes", "author": None, "year": 1999, "url": "https://example.org"}
    change(session, owner, row, title="Bogs", licence="CC BY 4.0", source=source)
    assert (row.title, row.header["licence"], row.header["source"]["year"]) == ("Bogs", "CC BY 4.0", 1999)
    assert titles(session, owner, "bogs") == {"Bogs"}
    assert sentences(session, row) == ["Aysel changed the details of the set: title, licence, source."]


def test_saving_what_is_saved_already_notes_nothing(session: Session, owner: User) -> None:
    row = begin(session, owner)
    change(session, owner, row)
    assert sentences(session, row) == []


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("title", "x" * 301), ("language", "?"), ("topics", []), ("summary", "")]
)
def test_what_the_schema_refuses_is_not_saved(session: Session, owner: User, field: str, value: Any) -> None:
    row = begin(session, owner)
    with pytest.raises(ValidationError) as refused:
        change(session, owner, row, **{field: value})
    assert refused.value.errors()[0]["loc"] == (field,)
    assert row.title == "Lakes"


def test_topics_keep_their_keys_when_renamed_and_moved(session: Session, owner: User) -> None:
    row = begin(session, owner)
    write(session, row)
    topics = [
        {"key": "width", "title": "Breadth", "summary": "How broad."},
        {"key": "", "title": "Озёра", "summary": "New."},
        {"key": "depth", "title": "Depth", "summary": "How deep."},
        {"key": "not-ours", "title": "Depth again", "summary": "A key that somebody made up."},
        {"key": "depth", "title": "Depth once more", "summary": "A key used twice."},
    ]
    change(session, owner, row, topics=topics)
    assert [topic["key"] for topic in row.header["topics"]] == [
        "width", "ozera", "depth", "depth-again", "depth-once-more",
    ]  # fmt: skip
    assert settings.read_settings(session, owner, row.id).in_topic == {"depth": 1}


def test_a_topic_with_facts_cannot_be_removed(session: Session, owner: User) -> None:
    row = begin(session, owner)
    write(session, row)
    with pytest.raises(settings.InUse) as refused:
        change(session, owner, row, topics=row.header["topics"][1:])
    assert [topic.key for topic in refused.value.what] == ["depth"]
    change(session, owner, row, topics=row.header["topics"][:1])
    assert [topic["key"] for topic in row.header["topics"]] == ["depth"]


def test_the_second_of_two_who_save_is_shown_what_the_first_wrote(session: Session, owner: User, other: User) -> None:
    row = begin(session, owner)
    ownership.add_author(session, owner, row.id, "Rauf", now=NOON)
    first, base = typed(session, owner, row, title="Bogs")
    second, same = typed(session, other, row, title="Fens")
    assert base == same
    settings.save_settings(session, owner, row.id, first, base=base, now=NOON)
    with pytest.raises(settings.SettingsConflict) as refused:
        settings.save_settings(session, other, row.id, second, base=base, now=NOON)
    assert row.title == "Bogs"
    assert refused.value.theirs is not None
    assert refused.value.theirs["title"] == "Bogs"
    settings.save_settings(session, other, row.id, second, base=refused.value.fingerprint, now=NOON)
    assert row.title == "Fens"


def test_a_passage_added_meanwhile_is_no_conflict(session: Session, owner: User) -> None:
    row = begin(session, owner)
    described, base = typed(session, owner, row, title="Bogs")
    passage = {"number": 2, "title": "Depth", "digest": "It is deep."}
    settings.save_passage(session, owner, row.id, None, passage, now=NOON)
    settings.save_settings(session, owner, row.id, described, base=base, now=NOON)
    assert (row.title, row.header["passages"]) == ("Bogs", [passage])


def test_passages_are_added_changed_renumbered_and_removed(session: Session, owner: User) -> None:
    row = begin(session, owner)
    for number in (2, 1):
        passage = {"number": number, "title": f"Part {number}", "digest": "Short."}
        settings.save_passage(session, owner, row.id, None, passage, now=NOON)
    assert [passage["number"] for passage in row.header["passages"]] == [1, 2]
    with pytest.raises(settings.NumberTaken):
        settings.save_passage(session, owner, row.id, None, {"number": 1, "title": "A", "digest": "B"}, now=NOON)
    write(session, row, passages=[1])
    about = settings.read_settings(session, owner, row.id)
    assert about.in_passage == {1: 1}
    marks = {passage.number: settings.fingerprint(passage.model_dump()) for passage in about.header.passages}
    renumbered = {"number": 7, "title": "Part 7", "digest": "Short."}
    with pytest.raises(settings.InUse):
        settings.save_passage(session, owner, row.id, 1, renumbered, base=marks[1], now=NOON)
    with pytest.raises(settings.InUse):
        settings.delete_passage(session, owner, row.id, 1, base=marks[1], now=NOON)
    with pytest.raises(settings.SettingsConflict):
        settings.delete_passage(session, owner, row.id, 2, base=marks[1], now=NOON)
    settings.save_passage(session, owner, row.id, 2, renumbered, base=marks[2], now=NOON)
    settings.delete_passage(session, owner, row.id, 7, base=settings.fingerprint(renumbered), now=NOON)
    assert [passage["number"] for passage in row.header["passages"]] == [1]
