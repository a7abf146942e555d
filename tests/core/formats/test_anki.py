"""Anki: what Anki's own library makes of our packages, and what we make of packages and texts from elsewhere."""

import html
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from import_export import DATA, PICTURE, PICTURES, asked_in, assert_same, first_of, set_to_exchange, with_question

from quizapp.core.formats.anki import package_reader, package_writer
from quizapp.core.formats.anki.package_writer import guid_of
from quizapp.core.formats.anki.text import write_text
from quizapp.core.formats.format import ImportedSet
from quizapp.core.formats.markup import html_of
from quizapp.core.kinds import Question
from quizapp.core.kinds.flashcard import Flashcard
from quizapp.core.kinds.typed import Typed
from quizapp.core.sets import schema

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
PACKAGES = DATA / "formats"


@pytest.fixture(scope="module")
def kinds() -> schema.QuestionSet:
    """A set with every kind of question; the first has a picture, the first fact tags."""
    return set_to_exchange("kinds")


class TestOurPackageInAnki:
    """Anki's own library opens what we write."""

    @pytest.fixture
    def collection(self, anki_library: None, tmp_path: Path) -> Iterator[Any]:
        from anki.collection import Collection

        made = Collection(str(tmp_path / "collection.anki2"))
        yield made
        made.close()

    @pytest.fixture
    def bring_in(self, collection: Any, tmp_path: Path) -> Callable[[bytes], Any]:
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

        def bring_in(data: bytes) -> Any:
            path = tmp_path / "set.apkg"
            path.write_bytes(data)
            options = ImportAnkiPackageOptions(merge_notetypes=True, with_scheduling=True)
            return collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options)).log

        return bring_in

    def test_a_note_and_a_card_for_each_question(
        self, collection: Any, bring_in: Callable[[bytes], Any], kinds: schema.QuestionSet
    ) -> None:
        log = bring_in(package_writer.write(kinds, PICTURES, now=NOW).data)
        assert len(log.new) == len(asked_in(kinds)) == collection.note_count() == collection.card_count()
        note = collection.get_note(collection.find_notes("note:*")[0])
        assert note["Key"] == asked_in(kinds)[0].key
        assert note.tags == ["spring", "two_words"]

    def test_decks_are_the_set_and_its_topics(
        self, collection: Any, bring_in: Callable[[bytes], Any], kinds: schema.QuestionSet
    ) -> None:
        bring_in(package_writer.write(kinds, PICTURES, now=NOW).data)
        used = {topic.title for topic in kinds.header.topics if any(f.topic == topic.key for f in kinds.facts)}
        names = {deck.name for deck in collection.decks.all_names_and_ids()}
        assert names - {"Default"} == {kinds.header.title} | {f"{kinds.header.title}::{title}" for title in used}

    def test_the_card_shows_the_question_and_then_the_answer(
        self, collection: Any, bring_in: Callable[[bytes], Any], kinds: schema.QuestionSet
    ) -> None:
        bring_in(package_writer.write(kinds, PICTURES, now=NOW).data)
        for question in asked_in(kinds):
            (card_id,) = collection.find_cards(f"Key:{question.key}")
            card = collection.get_card(card_id)
            assert html.escape(question.prompt[:20], quote=False) in card.question()
            answer = card.answer()
            assert "id=answer" in answer.replace('"', "")
            if isinstance(question, Flashcard | Typed):
                shown = html_of(question.answer).removeprefix("<p>").removesuffix("</p>")
                assert shown not in card.question()
                assert shown in answer

    def test_the_picture_comes_along(
        self, collection: Any, bring_in: Callable[[bytes], Any], kinds: schema.QuestionSet
    ) -> None:
        bring_in(package_writer.write(kinds, PICTURES, now=NOW).data)
        (name,) = (path for path in Path(collection.media.dir()).iterdir())
        assert name.read_bytes() == PICTURE
        note = collection.get_note(collection.find_notes(f"Key:{asked_in(kinds)[0].key}")[0])
        assert name.name in note["Picture"]

    def test_a_second_import_updates_and_keeps_the_schedule(
        self, collection: Any, bring_in: Callable[[bytes], Any], kinds: schema.QuestionSet
    ) -> None:
        bring_in(package_writer.write(kinds, PICTURES, now=NOW).data)
        collection.decks.select(next(d.id for d in collection.decks.all_names_and_ids() if "::" in d.name))
        card = collection.sched.getCard()
        card.start_timer()
        collection.sched.answerCard(card, 4)
        key = card.note()["Key"]
        before = collection.get_card(card.id)
        assert (before.reps, before.ivl > 0) == (1, True)

        later = with_question(kinds, key, prompt="A **new** wording of it?")
        log = bring_in(package_writer.write(later, PICTURES, now=datetime.now(UTC) + timedelta(days=1)).data)

        assert len(log.new) == 0
        assert collection.note_count() == len(asked_in(kinds))
        after = collection.get_card(card.id)
        assert (after.reps, after.ivl, after.due, after.queue) == (before.reps, before.ivl, before.due, before.queue)
        assert after.note()["Prompt"] == "<p>A <strong>new</strong> wording of it?</p>"
        assert after.note().guid == card.note().guid

    def test_what_anki_exports_again_is_the_same_set(
        self, collection: Any, bring_in: Callable[[bytes], Any], kinds: schema.QuestionSet, tmp_path: Path
    ) -> None:
        from anki.collection import ExportAnkiPackageOptions

        bring_in(package_writer.write(kinds, PICTURES, now=NOW).data)
        for legacy in (False, True):
            path = tmp_path / f"again-{legacy}.apkg"
            options = ExportAnkiPackageOptions(with_media=True, legacy=legacy)
            collection.export_anki_package(out_path=str(path), options=options, limit=None)
            read = package_reader.read(path.read_bytes(), topic="general")
            assert_same(read, kinds)
            assert read.pictures == PICTURES

    def test_what_is_changed_in_anki_comes_back(
        self, collection: Any, bring_in: Callable[[bytes], Any], kinds: schema.QuestionSet, tmp_path: Path
    ) -> None:
        from anki.collection import ExportAnkiPackageOptions

        bring_in(package_writer.write(kinds, PICTURES, now=NOW).data)
        typed, card = first_of(kinds, Typed), first_of(kinds, Flashcard)
        for key, field, text in [
            (typed.key, "Answer", "Tiflis"),
            (typed.key, "Prompt", "Which <i>city</i>?<br>Say it."),
            (card.key, "Explanation", "<ul><li>one</li></ul>"),
            (asked_in(kinds)[0].key, "Choices", "<b>something</b>"),
        ]:
            note = collection.get_note(collection.find_notes(f"Key:{key}")[0])
            note[field] = text
            collection.update_note(note)
        path = tmp_path / "changed.apkg"
        collection.export_anki_package(
            out_path=str(path), options=ExportAnkiPackageOptions(with_media=True), limit=None
        )
        read = package_reader.read(path.read_bytes(), topic="general")
        wanted = with_question(kinds, typed.key, answer="Tiflis", prompt="Which *city*?\\\nSay it.")
        wanted = with_question(wanted, card.key, explanation="- one")
        assert [q for found in read.facts for q in found.fact.questions] == asked_in(wanted)
        assert [warning.what for warning in read.warnings] == [
            "Changes made in Anki to choices and their answers are left out."
        ]

    def test_anki_reads_our_text(self, collection: Any, kinds: schema.QuestionSet, tmp_path: Path) -> None:
        from anki.collection import ImportCsvRequest

        path = tmp_path / "notes.txt"
        path.write_bytes(write_text(kinds, PICTURES, now=NOW).data)
        metadata = collection.get_csv_metadata(str(path), None)
        log = collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log
        assert len(log.new) == len(asked_in(kinds))
        again = collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log
        assert len(again.new) == 0
        assert collection.note_count() == len(asked_in(kinds))
        note = collection.get_note(collection.find_notes("tag:two_words")[0])
        assert note.note_type()["name"] == "Basic"
        names = {deck.name for deck in collection.decks.all_names_and_ids()}
        assert any(name.startswith(f"{kinds.header.title}::") for name in names)


class TestOurOwnPackage:
    def test_round_trip_changes_nothing(self, kinds: schema.QuestionSet) -> None:
        read = package_reader.read(package_writer.write(kinds, PICTURES, now=NOW).data, topic="general")
        assert_same(read, kinds)
        assert read.pictures == PICTURES
        assert all(found.keyed for found in read.facts)

    def test_the_same_set_at_the_same_time_is_the_same_file(self, kinds: schema.QuestionSet) -> None:
        assert (
            package_writer.write(kinds, PICTURES, now=NOW).data == package_writer.write(kinds, PICTURES, now=NOW).data
        )

    def test_writing_leaves_no_temporary_file(
        self, kinds: schema.QuestionSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        package_writer.write(kinds, PICTURES, now=NOW)
        assert list(tmp_path.iterdir()) == []

    def test_guids_are_those_of_earlier_versions(self) -> None:
        assert guid_of("april-1920", "who-signed") == "l:X!h!}DAr"

    def test_guids_depend_on_keys_alone(self, kinds: schema.QuestionSet) -> None:
        later = with_question(kinds, asked_in(kinds)[0].key, prompt="Quite another text?")
        assert guids(package_writer.write(kinds, {}, now=NOW).data) == guids(
            package_writer.write(later, {}, now=LATER).data
        )
        other = replace(kinds, header=kinds.header.model_copy(update={"key": "another-set"}))
        assert not set(guids(package_writer.write(kinds, {}, now=NOW).data)) & set(
            guids(package_writer.write(other, {}, now=NOW).data)
        )

    def test_a_picture_that_is_gone_is_listed(self, kinds: schema.QuestionSet) -> None:
        written = package_writer.write(kinds, {}, now=NOW)
        assert (asked_in(kinds)[0].key, "Pictures that can no longer be found are left out.") in [
            (x.place, x.what) for x in written.warnings
        ]

    def test_what_the_note_carried_may_be_damaged(self, kinds: schema.QuestionSet) -> None:
        """Then the note is read like any other."""
        typed = first_of(kinds, Typed)
        data = with_field(package_writer.write(kinds, PICTURES, now=NOW).data, typed.key, "Data", "{}")
        read = package_reader.read(data, topic="general")
        found = [q for found in read.facts for q in found.fact.questions if q.prompt == typed.prompt]
        assert [q.kind for q in found] == ["flashcard"]
        assert read.questions == len(asked_in(kinds))


def database(data: bytes, change: Callable[[sqlite3.Connection], None], entry: str = "collection.anki2") -> bytes:
    """A package with its (uncompressed) collection changed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    connection = sqlite3.connect(":memory:")
    connection.deserialize(entries[entry])
    connection.create_collation("unicase", lambda a, b: (a > b) - (a < b))
    change(connection)
    connection.commit()
    entries[entry] = connection.serialize()
    connection.close()
    return pack_question(entries)


def pack_question(entries: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_field(data: bytes, key: str, field: str, text: str) -> bytes:
    from quizapp.core.formats.anki.note_types import FIELDS

    def change(connection: sqlite3.Connection) -> None:
        for note_id, fields in connection.execute("SELECT id, flds FROM notes").fetchall():
            values = dict(zip(FIELDS, fields.split("\x1f"), strict=True))
            if values["Key"] == key:
                values[field] = text
                connection.execute("UPDATE notes SET flds = ? WHERE id = ?", ["\x1f".join(values.values()), note_id])

    return database(data, change)


def guids(data: bytes) -> list[str]:
    found: list[str] = []
    database(data, lambda connection: found.extend(guid for (guid,) in connection.execute("SELECT guid FROM notes")))
    return found


@pytest.mark.parametrize("name", ["anki_newest.apkg", "anki_older.apkg"])
class TestPackagesOfAnki:
    """What Anki exports, in its newest format and in the one for older versions."""

    @pytest.fixture
    def read(self, name: str) -> ImportedSet:
        return package_reader.read((PACKAGES / name).read_bytes(), topic="general")

    @pytest.fixture
    def by_prompt(self, read: ImportedSet) -> dict[str, tuple[schema.Fact, Question]]:
        found = [(found.fact, question) for found in read.facts for question in found.fact.questions]
        return {getattr(question, "text", question.prompt): (fact, question) for fact, question in found}

    def test_short_answers_are_typed_and_long_ones_are_flashcards(self, by_prompt: dict[str, Any]) -> None:
        fact, question = by_prompt["Capital of **Azerbaijan**?"]
        assert (question.kind, question.answer) == ("typed", "Baku")
        assert sorted(fact.tags) == ["easy_one", "places"]
        _, question = by_prompt["Why did the government give way?"]
        assert question.kind == "flashcard"
        assert question.answer == "Three reasons:\n\n- the army was away\n- an ultimatum\n- no allies"
        _, question = by_prompt["Who led the 11th Red Army in the spring of 1920?"]
        assert question.kind == "typed"

    def test_a_card_and_its_reverse_are_two_questions_of_one_fact(self, by_prompt: dict[str, Any]) -> None:
        there, back = by_prompt["Musavat"], by_prompt["Equality party"]
        assert there[0].key == back[0].key
        assert (there[1].answer, back[1].answer) == ("Equality party", "Musavat")

    def test_gaps_of_one_number_make_one_question(self, by_prompt: dict[str, Any]) -> None:
        _, river = by_prompt["The Red Army crossed the {{river}} on 27 April 1920."]
        assert {name: gap.answer for name, gap in river.gaps.items()} == {"river": "Samur"}
        _, day = by_prompt["The Red Army crossed the Samur on {{gap 1}} {{year}}."]
        assert {name: gap.answer for name, gap in day.gaps.items()} == {"gap 1": "27 April", "year": "1920"}
        assert river.explanation == day.explanation == "It came by train."

    def test_pictures_come_along(self, read: ImportedSet, by_prompt: dict[str, Any]) -> None:
        _, question = by_prompt["What does the picture show?"]
        assert question.answer == "The flag & its colours"
        assert read.pictures[question.picture.digest].startswith(b"\x89PNG")

    def test_decks_are_topics(self, read: ImportedSet, by_prompt: dict[str, Any]) -> None:
        assert sorted(read.topics.values()) == ["Baku 1920", "Terms"]
        assert read.topics[by_prompt["Musavat"][0].topic] == "Terms"
        assert by_prompt["What does the picture show?"][0].topic == "general"

    def test_what_is_not_carried_over_is_listed(self, read: ImportedSet) -> None:
        assert [(warning.place, warning.what) for warning in read.warnings] == [
            ("Note 6", "Sound and video are left out."),
            ("Note 7", "Formulas stay as they are written."),
            ("Note 7", "Scripts are left out."),
            ("Note 8", "Pictures outside the question text are left out."),
            ("", "Your schedule and review history in Anki are left out. Every card starts as new."),
        ]
        assert [(skipped.place, skipped.what) for skipped in read.skipped] == [("Note 8", "No answer here")]
        assert "can’t be an answer" in read.skipped[0].why

    def test_keys_stay_the_same(self, read: ImportedSet, name: str) -> None:
        again = package_reader.read((PACKAGES / name).read_bytes(), topic="general")
        assert [found.fact.key for found in again.facts] == [found.fact.key for found in read.facts]
        assert all(found.keyed for found in read.facts)


def test_packages_of_other_tools_are_read() -> None:
    read = package_reader.read((PACKAGES / "anki_genanki.apkg").read_bytes(), topic="general")
    found = {q.prompt: q for found in read.facts for q in found.fact.questions}
    assert found["Who spoke?"].answer == "Rasulzade"  # type: ignore[union-attr]
    assert found["What does the picture show?"].picture is not None
    assert found["ultimatum"].answer == "a last demand\\\nThey sent an ultimatum."  # type: ignore[union-attr]
    assert [warning.what for warning in read.warnings] == [
        "Card layouts are left out. Fields are shown one below the other."
    ]


def test_json_that_is_carried_is_ascii(kinds: schema.QuestionSet) -> None:
    """Anki normalises the text of fields; what it cannot touch comes back as it was."""
    found: list[str] = []
    data = package_writer.write(kinds, {}, now=NOW).data
    database(data, lambda connection: found.extend(row for (row,) in connection.execute("SELECT flds FROM notes")))
    for fields in found:
        carried = html.unescape(fields.split("\x1f")[-1])
        assert carried.isascii()
        assert json.loads(carried)["question"]["key"]
