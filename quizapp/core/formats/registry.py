"""The formats by name, and guessing the format of a file."""

import re
import zipfile
from io import BytesIO
from pathlib import PurePath

from quizapp.core.formats import aiken, gift, json, yaml
from quizapp.core.formats.anki import package_reader, package_writer
from quizapp.core.formats.anki.text import read_text, write_text
from quizapp.core.formats.format import ARCHIVE_DAMAGED, DAMAGED_ARCHIVE, Format, ImportFormat, Unreadable, decode_text
from quizapp.core.formats.moodle_xml import xml_reader, xml_writer
from quizapp.core.formats.other_files import recognise_other
from quizapp.core.formats.tables import writer as table_writer
from quizapp.core.formats.tables.ods import CONTENT
from quizapp.core.formats.tables.reader import reader_of
from quizapp.core.formats.tables.separated import read_separated
from quizapp.core.formats.tables.spreadsheet import read_workbook
from quizapp.core.formats.tables.trivia import read_opentdb, read_opentriviaqa
from quizapp.core.formats.tables.xlsx import WORKBOOK
from quizapp.core.translation import gettext

_read_separated = reader_of(read_separated)

FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Format(
            "yaml", "YAML", yaml.read, gettext("The whole set: a zip of text files and pictures."),
            "zip", "application/zip", yaml.write,
        ),
        Format(
            "json", "JSON", json.read, gettext("One file for other programs, with everything except the pictures."),
            "json", "application/json", json.write,
        ),
        Format(
            "csv", "CSV", _read_separated,
            gettext("A table for spreadsheets, one question per row. Pictures and links between causes and effects are "
                    "left out."),
            "csv", "text/csv", table_writer.write, tabulate=read_separated,
        ),
        Format(
            "tsv", "TSV", _read_separated, gettext("The same table with tabs, for pasting."),
            "tsv", "text/tab-separated-values", table_writer.write_tabs, tabulate=read_separated,
        ),
        Format(
            "gift", "GIFT", gift.read,
            gettext(
                "Text for Moodle. Dates become short answers; ordering questions and gaps become matching questions."
            ),
            "gift", "text/plain", gift.write,
        ),
        Format(
            "moodle-xml", gettext("Moodle XML"), xml_reader.read,
            gettext("For Moodle’s question bank, with pictures. Flashcards become essays."),
            "xml", "application/xml", xml_writer.write,
        ),
        Format(
            "apkg", gettext("Anki package"), package_reader.read,
            gettext("Decks for Anki, with pictures. Importing again keeps your schedule in Anki."),
            "apkg", "application/octet-stream", package_writer.write,
        ),
        Format(
            "anki-text", gettext("Anki text"), read_text, gettext("Notes for Anki, one per line, without pictures."),
            "txt", "text/plain", write_text,
        ),
        Format(
            "aiken", gettext("Aiken"), aiken.read,
            gettext("Plain text for Moodle and others. Only questions with one right answer among several."),
            "txt", "text/plain", aiken.write, keyed=False,
        ),
    )
}  # fmt: skip

IMPORT_FORMATS: dict[str, ImportFormat] = {
    **FORMATS,
    "xlsx": ImportFormat("xlsx", gettext("Excel workbook"), reader_of(read_workbook), tabulate=read_workbook),
    "ods": ImportFormat("ods", gettext("OpenDocument spreadsheet"), reader_of(read_workbook), tabulate=read_workbook),
    "opentdb": ImportFormat(
        "opentdb", gettext("Open Trivia DB"), reader_of(read_opentdb), keyed=False, tabulate=read_opentdb
    ),
    "opentriviaqa": ImportFormat(
        "opentriviaqa", "OpenTriviaQA", reader_of(read_opentriviaqa), keyed=False, tabulate=read_opentriviaqa
    ),
}

_BY_ENDING = {"csv": "csv", "tsv": "tsv", "gift": "gift", "apkg": "apkg", "colpkg": "apkg",
              "yaml": "yaml", "yml": "yaml", "xml": "moodle-xml"}  # fmt: skip

_JSON = re.compile(r"[{\[]\s*+[\"{\[\]}]")
_AIKEN = re.compile(r"^ANSWER:[^\S\n]*+[A-Z][^\S\n]*+$", re.M)
_GIFT_LINE = re.compile(r"^[^\S\n]*+(?:::|\$CATEGORY:|//)", re.M)
_BRACES = re.compile(r"(?<!\\)\{([^{}]*+)(?<!\\)\}")
_YAML = re.compile(r"^-\s+key:", re.M)


def guess(filename: str, data: bytes) -> str:
    """Return the name of a file's format, from its contents and its extension.

    Raises Unreadable if it is unknown, or a file that can't be imported.
    """
    if sentence := recognise_other(filename, data):
        raise Unreadable("", sentence)
    if data[:2] == b"PK":
        return _of_archive(data)
    named = _BY_ENDING.get(PurePath(filename).suffix.lower().lstrip("."))
    if named:
        return named
    text = decode_text(data)
    start = text.lstrip()[:2000]
    if _JSON.match(start):
        return "opentdb" if '"incorrect_answers"' in text else "json"
    if start.startswith("#Q "):
        return "opentriviaqa"
    if start.startswith("<"):
        return "moodle-xml"
    if start.startswith("#") and re.match(r"#(separator|html|notetype|deck|tags|columns|guid)", start):
        return "anki-text"
    if _AIKEN.search(text):
        return "aiken"
    if _YAML.search(start):
        return "yaml"
    if "\t" in start:
        return "tsv"
    return "gift" if _is_gift(text) else "csv"


def _is_gift(text: str) -> bool:
    """Return whether a line or the text between two braces is written as in GIFT."""
    return bool(_GIFT_LINE.search(text)) or any(set(match[1]) & set("=~TF#") for match in _BRACES.finditer(text))


def _of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except DAMAGED_ARCHIVE:
        raise Unreadable("", ARCHIVE_DAMAGED) from None
    if any(name.startswith("collection.anki2") for name in names):
        return "apkg"
    if any(name.replace("\\", "/").lstrip("/") == WORKBOOK for name in names):
        return "xlsx"
    return "ods" if CONTENT in names else "yaml"
