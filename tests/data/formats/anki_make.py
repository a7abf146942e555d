"""Makes the packages of this folder: `python tests/data/formats/anki_make.py`. Needs the test extra.

anki_newest.apkg and anki_older.apkg are exported by Anki's own library, in its newest format and with "Support older
Anki versions"; anki_genanki.apkg is what many tools write.
"""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import genanki
from anki.collection import Collection, ExportAnkiPackageOptions
from PIL import Image

HERE = Path(__file__).parent
DECK = "History::Baku 1920"


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (12, 8), (30, 80, 160)).save(made, "PNG")
    return made.getvalue()


def notes() -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Note type, deck, fields, tags."""
    yield "Basic", DECK, ["Capital of <b>Azerbaijan</b>?", "Baku"], ["places", "easy_one"]
    yield (
        "Basic",
        DECK,
        [
            "Why did the government give way?",
            "Three reasons:<ul><li>the army was away</li><li>an ultimatum</li><li>no allies</li></ul>",
        ],
        [],
    )
    yield "Basic (and reversed card)", "History::Terms", ["Musavat", "Equality party"], []
    yield (
        "Basic (type in the answer)",
        "History::Terms",
        ["Who led the 11th Red Army in the spring of 1920?", "Mikhail Levandovsky"],
        [],
    )
    yield (
        "Cloze",
        DECK,
        [
            "The Red Army crossed the {{c1::Samur::river}} on {{c2::27 April}} {{c2::1920::year}}.",
            "It came by train.",
        ],
        [],
    )
    yield "Basic", "Default", ['<img src="flag blue.png">[sound:hymn.mp3]', "The flag &amp; its <i>colours</i>"], []
    yield "Basic", "Default", ["Formula \\(x^2\\)", "<script>alert(1)</script>a square number, whatever x may be"], []
    yield "Basic", "Default", ["No answer here", '<img src="flag blue.png">'], []


def by_anki(target: Path, *, legacy: bool) -> None:
    with tempfile.TemporaryDirectory() as directory:
        collection = Collection(str(Path(directory) / "collection.anki2"))
        collection.media.write_data("flag blue.png", picture())
        collection.media.write_data("hymn.mp3", b"no sound")
        for number, (kind, deck, fields, tags) in enumerate(notes()):
            note = collection.new_note(collection.models.by_name(kind))
            note.fields, note.tags, note.guid = fields, tags, f"guid-{number}*"
            collection.add_note(note, collection.decks.id(deck))
        collection.decks.select(collection.decks.id(DECK))
        collection.reset() if hasattr(collection, "reset") else None
        card = collection.sched.getCard()
        card.start_timer()
        collection.sched.answerCard(card, 3)
        options = ExportAnkiPackageOptions(with_scheduling=True, with_media=True, legacy=legacy)
        collection.export_anki_package(out_path=str(target), options=options, limit=None)
        collection.close()


def by_genanki(target: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "flag blue.png"
        path.write_bytes(picture())
        deck = genanki.Deck(1_700_000_001, DECK)
        other = genanki.Model(
            1_700_000_002,
            "Vocabulary",
            fields=[{"name": "Word"}, {"name": "Meaning"}, {"name": "Example"}],
            templates=[{"name": "Card 1", "qfmt": "{{Word}}", "afmt": "{{FrontSide}}<hr>{{Meaning}} {{Example}}"}],
        )
        deck.add_note(genanki.Note(genanki.BASIC_MODEL, ["Who spoke?", "Rasulzade"], guid="one"))
        deck.add_note(genanki.Note(genanki.BASIC_MODEL, ['<img src="flag blue.png">', "The flag"], guid="two"))
        deck.add_note(genanki.Note(other, ["ultimatum", "a last demand", "They sent an ultimatum."], guid="three"))
        genanki.Package(deck, [str(path)]).write_to_file(target, timestamp=1_700_000_000)


if __name__ == "__main__":
    for name, legacy in (("anki_newest.apkg", False), ("anki_older.apkg", True)):
        by_anki(HERE / name, legacy=legacy)
    by_genanki(HERE / "anki_genanki.apkg")
