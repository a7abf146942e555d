"""Importing and exporting through the services: what is shown is what is done, all of it or nothing."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from sets import begin, fact_of, person, sample, write
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, statements
from uploads import TABLE

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.registry import FORMATS
from quizapp.core.formats.tables.table import ColumnMapping, TableOptions
from quizapp.core.pictures import EncodedPicture, encode_picture
from quizapp.models import AuditEntry, Fact, QuestionSet, QuestionVersion, StoredPicture, User
from quizapp.services import audit_log, exports, import_export
from quizapp.services.editor import pictures
from quizapp.services.errors import NotFound, UndecidedTable
from quizapp.services.import_export import ImportResult, OutdatedPreview, ParsedFile, Upload
from quizapp.services.sets.contents import read_stored_set
from quizapp.services.sets.import_preview import ImportPreview, describe_preview
from quizapp.services.sets.updates import apply_document

LIST = Upload("rivers.csv", b"question,answer\nLongest river of Africa?,Nile\nOf Europe?,Volga\n")


@pytest.fixture
def owner(session: Session) -> User:
    return person(session, "Aysel")


@pytest.fixture
def row(session: Session, owner: User) -> QuestionSet:
    """A set of the owner's that says all that the sample says."""
    made = begin(session, owner, "Rivers", topics=["Sources", "Journeys"])
    source = sample()
    made.header = source.header.model_copy(update={"key": made.key}).model_dump()
    made.names = [name.model_dump() for name in source.names]
    apply_document(session, made, source, author=owner, by_author=True, now=NOON)
    return made


def store(session: Session, user: User) -> Callable[[EncodedPicture], object]:
    return lambda picture: pictures.store_picture(session, user, picture, now=NOON)


def read(session: Session, upload: Upload) -> ParsedFile:
    content = import_export.parse_upload(upload)
    return import_export.encode_pictures(content, import_export.stored_pictures(session, content))


def preview(session: Session, user: User, row: QuestionSet, upload: Upload) -> ImportPreview:
    return import_export.plan_import(session, user, row.id, read(session, upload), now=NOON).preview


def take(session: Session, user: User, row: QuestionSet, upload: Upload) -> ImportResult:
    plan = import_export.plan_import(session, user, row.id, read(session, upload), now=NOON)
    return import_export.run_import(session, user, row.id, plan, store=store(session, user), now=NOON)


def rows(session: Session) -> list[int | None]:
    tables = (Fact.id, QuestionVersion.id, StoredPicture.digest, AuditEntry.id, QuestionSet.id)
    return [session.scalar(select(func.count(column))) for column in tables]


def png(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 6), colour).save(out, "PNG")
    return out.getvalue()


def exported(session: Session, user: User, row: QuestionSet, name: str) -> Upload:
    made = exports.export_set(session, user, row.id, name, now=NOON)
    return Upload(made.filename, made.data, name)


@pytest.mark.one_database
@pytest.mark.parametrize("name", FORMATS)
def test_what_was_exported_changes_nothing_when_it_is_imported_again(
    session: Session, owner: User, row: QuestionSet, name: str
) -> None:
    before = read_stored_set(session, row.key)
    shown = preview(session, owner, row, exported(session, owner, row, name))
    assert not shown.does_something, [str(change) for change in shown.changes if change.what != "unchanged"]
    assert shown.of("unchanged")
    take(session, owner, row, exported(session, owner, row, name))
    assert read_stored_set(session, row.key) == before


@pytest.mark.one_database
@pytest.mark.parametrize("name", FORMATS)
def test_a_set_made_of_an_export_has_every_question_that_the_format_holds(
    session: Session, owner: User, row: QuestionSet, name: str
) -> None:
    made = exports.export_set(session, owner, row.id, name, now=NOON)
    content = read(session, Upload("x", made.data, name))
    plan = import_export.plan_new_set(session, owner, "", content, now=NOON)
    taken = import_export.import_new_set(session, owner, plan, store=store(session, owner), now=NOON)
    copy = session.get_one(QuestionSet, taken.set_id)
    assert copy.owner_id == owner.id
    assert copy.visibility == "private"
    facts = read_stored_set(session, copy.key).facts
    assert sum(len(fact.questions) for fact in facts) == made.questions > 0
    topics = {topic["key"] for topic in copy.header["topics"]}
    assert {fact.topic for fact in facts} <= topics


def test_a_preview_changes_nothing(session: Session, owner: User, row: QuestionSet) -> None:
    before = rows(session)
    shown = preview(session, owner, row, LIST)
    import_export.plan_new_set(session, owner, "Rivers", read(session, LIST), now=NOON)
    assert len(shown.of("added")) == 2
    assert rows(session) == before


def test_the_same_file_imported_twice_adds_nothing_the_second_time(
    session: Session, owner: User, row: QuestionSet
) -> None:
    first, second = (take(session, owner, row, LIST).preview for _ in range(2))
    assert (len(first.of("added")), len(second.of("added")), len(second.of("unchanged"))) == (2, 0, 2)


@pytest.mark.one_database
def test_a_change_made_in_a_poor_format_takes_nothing_else_away(
    session: Session, owner: User, row: QuestionSet
) -> None:
    upload = exported(session, owner, row, "aiken")
    before = {f.key: f for f in read_stored_set(session, row.key).facts}
    mended = upload.data.replace(b"Mungo Park\n", "René Caillié\n".encode())
    assert mended != upload.data
    taken = take(session, owner, row, Upload("a.txt", mended, "aiken"))
    (change,) = taken.preview.of("changed")
    assert change.before and change.after
    after = {f.key: f for f in read_stored_set(session, row.key).facts}
    (question,) = (q for q in after[change.fact_key].questions if q.key == change.question_key)
    (old,) = (q for q in before[change.fact_key].questions if q.key == change.question_key)
    assert "René Caillié" in str(question)
    assert question.explanation == old.explanation != ""


def test_changes_between_preview_and_import_are_previewed_again(
    session: Session, owner: User, row: QuestionSet
) -> None:
    plan = import_export.plan_import(session, owner, row.id, read(session, LIST), now=NOON)
    take(session, owner, row, LIST)
    session.commit()
    before = rows(session)
    with pytest.raises(OutdatedPreview):
        import_export.run_import(session, owner, row.id, plan, store=store(session, owner), now=NOON)
    session.rollback()
    assert rows(session) == before


def test_an_import_does_not_undo_what_was_changed_since_it_was_planned(
    session: Session, owner: User, row: QuestionSet
) -> None:
    plan = import_export.plan_import(session, owner, row.id, read(session, LIST), now=NOON)
    row.header = row.header | {"summary": "Changed meanwhile."}
    session.flush()
    with pytest.raises(OutdatedPreview):
        import_export.run_import(session, owner, row.id, plan, store=store(session, owner), now=NOON)


@pytest.mark.one_database
def test_what_was_planned_is_done(session: Session, owner: User, row: QuestionSet) -> None:
    shown = preview(session, owner, row, LIST)
    assert take(session, owner, row, LIST).preview.fingerprint == shown.fingerprint


def test_a_file_of_which_nothing_can_be_had_is_refused() -> None:
    with pytest.raises(Unreadable):
        import_export.parse_upload(Upload("a.json", b"{}"))


def test_only_authors_import_and_only_readers_export(session: Session, owner: User, row: QuestionSet) -> None:
    stranger = person(session, "Rauf")
    for attempt in (preview, take):
        with pytest.raises(NotFound):
            attempt(session, stranger, row, LIST)
    for reader in (stranger, None):
        with pytest.raises(NotFound):
            exports.export_set(session, reader, row.id, "csv", now=NOON)


def test_an_import_is_on_record(session: Session, owner: User, row: QuestionSet) -> None:
    take(session, owner, row, LIST)
    assert (
        audit_log.read_set_log(session, row.id).entries[0].sentence == "Aysel imported rivers.csv: 2 added, 0 changed."
    )


def test_a_archived_question_comes_back_as_it_was(session: Session, owner: User, row: QuestionSet) -> None:
    upload = exported(session, owner, row, "gift")
    fact = fact_of(session, row, "nile-quarrel")
    fact.archived_at = fact.questions[0].archived_at = NOON
    versions = session.scalar(select(func.count()).select_from(QuestionVersion))
    taken = take(session, owner, row, upload)
    assert [change.question_key for change in taken.preview.of("restored")] == [fact.questions[0].key]
    assert fact.questions[0].archived_at is None
    assert session.scalar(select(func.count()).select_from(QuestionVersion)) == versions


@pytest.mark.one_database
def test_a_topic_that_is_new_is_made_and_one_of_that_title_is_used(
    session: Session, owner: User, row: QuestionSet
) -> None:
    title = row.header["topics"][0]["title"]
    text = f"question\tanswer\ttopic\nOne?\t1\t{title.upper()}\nTwo?\t2\tDeltas\n"
    shown = take(session, owner, row, Upload("", text.encode())).preview
    assert shown.new_topics == ["Deltas"]
    topics = {fact.questions[0].prompt: fact.topic for fact in read_stored_set(session, row.key).facts}
    assert (topics["One?"], topics["Two?"]) == (row.header["topics"][0]["key"], "deltas")
    assert "deltas" in row.folded


def test_pictures_go_out_and_come_back_the_same(session: Session, owner: User, row: QuestionSet) -> None:
    kept = pictures.store_picture(session, owner, encode_picture(png()), now=NOON)
    picture = {"digest": kept.digest, "width": kept.width, "height": kept.height, "alt": "A red field"}
    question = {"key": "red", "kind": "flashcard", "prompt": "Which colour?", "answer": "Red", "picture": picture}
    write(session, row, topic=row.header["topics"][0]["key"], questions=[question])
    upload = exported(session, owner, row, "yaml")
    assert not preview(session, owner, row, upload).does_something
    session.delete(kept)
    session.flush()
    shown = take(session, owner, row, upload).preview  # re-encoded, so it may be another picture now
    restored = read_stored_set(session, row.key).facts[-1].questions[0].picture
    assert restored is not None
    assert session.get(StoredPicture, restored.digest) is not None
    assert shown.warnings == []


def test_a_picture_that_is_nowhere_is_listed(session: Session, owner: User, row: QuestionSet) -> None:
    text = (
        "- key: a\n  questions:\n    - {key: a, kind: flashcard, prompt: Who?, answer: Me, "
        f"picture: {{digest: {'0' * 64}, width: 1, height: 1, alt: Nobody}}}}\n"
    )
    shown = take(session, owner, row, Upload("a.yaml", text.encode())).preview
    assert shown.warnings == [("Pictures are left out if the file does not have them as PNG, JPEG or WebP.", 1, "a")]
    assert read_stored_set(session, row.key).facts[-1].questions[0].picture is None


@pytest.mark.one_database
def test_the_number_of_statements_does_not_grow_with_the_file(session: Session, owner: User, row: QuestionSet) -> None:
    def cost(lines: int) -> int:
        text = "\n".join(f"Question {number}?\tAnswer {number}" for number in range(lines))
        return statements(session, lambda: preview(session, owner, row, Upload("", text.encode())))

    assert cost(300) == cost(3) <= 14


MAPPED = ColumnMapping(roles=("", "question", "option", "option", "option", "right:letter", "explanation"), heading=1)


def mapped(**chosen: object) -> Upload:
    """A table of which one row is open."""
    return Upload("rivers.csv", TABLE.encode(), table=TableOptions(mapping=MAPPED, **chosen))


@pytest.mark.one_database
def test_a_table_is_imported_only_when_all_is_decided(session: Session, owner: User, row: QuestionSet) -> None:
    session.commit()
    before = rows(session)
    for undecided in (Upload("rivers.csv", TABLE.encode()), mapped()):
        assert not preview(session, owner, row, undecided).is_ready
        with pytest.raises(UndecidedTable):
            take(session, owner, row, undecided)
        with pytest.raises(UndecidedTable):
            plan = import_export.plan_new_set(session, owner, "", read(session, undecided), now=NOON)
            import_export.import_new_set(session, owner, plan, store=store(session, owner), now=NOON)
        session.rollback()
    assert rows(session) == before


def test_the_mapping_of_the_last_table_is_remembered(session: Session, owner: User, row: QuestionSet) -> None:
    assert import_export.remembered_options(row) == import_export.remembered_options(None) == TableOptions()
    take(session, owner, row, mapped(skip_open=True))
    session.commit()
    remembered = import_export.remembered_options(row)
    assert remembered.remembered is not None
    assert remembered.remembered.mapping == MAPPED
    next_table = Upload("more.csv", TABLE.replace("E,", "A,").encode(), table=remembered)
    assert preview(session, owner, row, next_table).is_ready
    take(session, owner, row, exported(session, owner, row, "gift"))  # no table
    assert import_export.remembered_options(row) == remembered


@pytest.mark.one_database
def test_a_preview_is_plain_data_with_so_many_entries(session: Session, owner: User, row: QuestionSet) -> None:
    described = describe_preview(preview(session, owner, row, mapped()), most=1)
    assert json.loads(json.dumps(described)) == json.loads(json.dumps(described, default=list))
    assert described["open"] == len(described["open_rows"]) == 1
    assert described["kinds"] == [("Choice", 2)]
    assert len(described["changes"]["added"]) == 1 < described["numbers"]["added"]
    assert described["changes"]["added"][0]["topic"] == "Dates"


def test_options_that_do_not_fit_leave_the_columns_and_say_why() -> None:
    view = import_export.parse_upload(mapped(encoding="utf-16-be")).read.table
    assert view is not None
    assert not view.is_certain
