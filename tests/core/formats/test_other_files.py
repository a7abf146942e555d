"""Files that are something else: recognised by their contents, and answered with what to do."""

import gzip
import io
import sqlite3
import tarfile

import pytest
from import_export import DATA
from workbooks import ods_of, xlsx_of, zipped

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.other_files import recognise_other
from quizapp.core.formats.registry import guess
from quizapp.core.formats.tables.reports import recognise_report
from quizapp.core.formats.tables.spreadsheet import read_spreadsheet
from quizapp.core.formats.tables.table import Row, Table

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
PAGE = "<!DOCTYPE html>\n<html><head><title>A quiz</title></head><body><p>Who?</p></body></html>"
PACKED = b"\x1f\x8b\x08\0"


def tar(**files: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def database() -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE notes (id INTEGER)")
        return connection.serialize()


def typed(kind: str) -> bytes:
    return zipped({"mimetype": f"application/{kind}", "content.xml": "<a/>"})


FILES = {
    "a.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "A PDF can’t be read. Copy its text and paste it."),
    "a.docx": (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "A Word document can’t be read."),
    "a.pptx": (zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "A presentation can’t be read."),
    "a.odt": (typed("vnd.oasis.opendocument.text"), "A text document can’t be read."),
    "a.odp": (typed("vnd.oasis.opendocument.presentation"), "A presentation can’t be read."),
    "a.odg": (typed("vnd.oasis.opendocument.graphics"), "A drawing can’t be read."),
    "a.epub": (typed("epub+zip"), "An e-book can’t be read."),
    "a.rtf": (b"{\\rtf1\\ansi Who?}", "A text document can’t be read."),
    "a.doc": (OLE + "WordDocument".encode("utf-16-le"), "A Word document can’t be read."),
    "a.ppt": (OLE + "PowerPoint Document".encode("utf-16-le"), "A presentation can’t be read."),
    "a.xls": (OLE + "Workbook".encode("utf-16-le"), "This workbook is in an old format. Open it in your spreadsheet"),
    "a.msg": (OLE, "This is a file of an old Office program."),
    "a.xlsx": (OLE + "EncryptedPackage".encode("utf-16-le"), "This file is locked with a password."),
    "a.xlsb": (zipped({"xl/workbook.bin": b""}), "This workbook is a binary one (.xlsb). Save it as .xlsx."),
    "b.xls": (PAGE.encode(), "This is a web page named like a workbook."),
    "c.xls": (b"<table border=1><tr><td>Who?</td></tr></table>", "This is a web page named like a workbook."),
    "d.xls": (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>', "This workbook is in an"),
    "a.fods": (b'<?xml version="1.0"?>\n<office:document>', "This is an OpenDocument file without compression."),
    "a.numbers": (zipped({"Index/Document.iwa": b"", "preview.jpg": b""}), "This is a file of Numbers"),
    "a.png": (b"\x89PNG\r\n\x1a\n", "An image can’t be read. Type its text."),
    "a.jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "An image can’t be read."),
    "a.webp": (b"RIFF\0\0\0\0WEBPVP8 ", "An image can’t be read."),
    "a.heic": (b"\0\0\0\x18ftypheic", "An image can’t be read."),
    "a.svg": (b"<!-- a > b -->\n<svg xmlns='http://www.w3.org/2000/svg'>", "An image can’t be read."),
    "a.mp4": (b"\0\0\0\x18ftypmp42", "A sound or video can’t be read."),
    "a.wav": (b"RIFF\0\0\0\0WAVEfmt ", "A sound or video can’t be read."),
    "a.exe": (b"MZ\x90\0\3", "This is a program."),
    "a.html": (PAGE.encode(), "This is a web page. Copy its text or table and paste it."),
    "b.html": (PAGE.encode("utf-16"), "This is a web page."),
    "c.html": (b"\xef\xbb\xbf<!-- saved -->\r\n<html><body>a</body>", "This is a web page."),
    "quizlet.html": (PAGE.replace("A quiz", "Words | Quizlet").encode(), "This is a page of Quizlet."),
    "a.h5p": (zipped({"content/content.json": "{}", "h5p.json": "{}"}), "This is an H5P package, which can’t"),
    "qti.zip": (zipped({"imsmanifest.xml": "<manifest/>", "a.xml": ""}), "This is a QTI package"),
    "qti.xml": (b"<?xml version='1.0'?>\n<questestinterop/>", "This is a QTI file"),
    "item.xml": (b"<qti-assessment-item xmlns='http://a'>", "This is a QTI file"),
    "a.mbz": (zipped({"moodle_backup.xml": "", "questions.xml": ""}), "This is a backup of a Moodle course."),
    "b.mbz": (gzip.compress(tar(**{".ARCHIVE_INDEX": b"Moodle archive file index."})), "This is a backup of a Moodle"),
    "a.gz": (gzip.compress(b"a,b"), "This is an archive. Unpack it"),
    "b.gz": (PACKED, "This is an archive."),
    "a.tar": (tar(a=b"a"), "This is an archive."),
    "a.7z": (b"7z\xbc\xaf\x27\x1c\0", "This is an archive."),
    "a.rar": (b"Rar!\x1a\x07\1\0", "This is an archive."),
    "a.zip": (zipped({"questions.xlsx": xlsx_of([["a"]]), "notes.txt": "a"}), "This archive has no question set."),
    "empty.zip": (zipped({"folder/": ""}), "This archive has no question set."),
    "a.sqlite": (database(), "This is a database. If it comes from Anki, export a package (.apkg) there."),
    "a.gsheet": (b'{"url": "https://docs.google.com/open?id=a"}', "This is only a link to a file at Google."),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_something_else_says_so(name: str) -> None:
    data, said = FILES[name]
    sentence = recognise_other(name, data)
    assert sentence
    assert sentence.startswith(said)
    with pytest.raises(Unreadable) as refused:
        guess(name, data)
    assert refused.value.message == sentence


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a", "a.json", "a.xlsx"])
@pytest.mark.parametrize("of", ["a.pdf", "a.docx", "a.xlsb", "a.png", "a.h5p", "a.sqlite", "a.mbz"])
def test_its_name_does_not_matter(of: str, name: str) -> None:
    data, said = FILES[of]
    assert (recognise_other(name, data) or "").startswith(said)


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.xlsx", xlsx_of([["a", "b"]]), "xlsx"),
        ("a.ods", ods_of([["a", "b"]]), "ods"),
        ("a.csv", xlsx_of([["a", "b"]]), "xlsx"),
        ("a.json", ods_of([["a", "b"]]), "ods"),
        ("a.xls", b"question\tanswer\n", "tsv"),
        ("a.xlsx", b"question,answer\n", "csv"),
        ("a.csv", (DATA / "formats/anki_newest.apkg").read_bytes(), "apkg"),
        ("a.apkg", (DATA / "formats/anki_older.apkg").read_bytes(), "apkg"),
        ("a.csv", zipped({"facts/a.yaml": "[]"}), "yaml"),
        ("a.zip", zipped({"my set/set.yaml": "key: a"}), "yaml"),
        ("a.txt", b'[{"prompt": "Who?"}]', "json"),
        ("", b'{"url": "https://example.org"}', "json"),
        ("a.txt", b"[html]Who? {=Me ~You}", "gift"),
        ("a.xml", b"<?xml version='1.0'?>\n<quiz><!-- <svg> --></quiz>", "moodle-xml"),
        ("a.xml", b"<quiz><question><text><![CDATA[<html><svg></svg></html>]]></text></question></quiz>", "moodle-xml"),
        ("a.txt", b"<table>\tA table\n<html>\tThe root\n", "tsv"),
        ("a.csv", b"<html>,The root\n<body>,What is seen\n", "csv"),
        ("a.csv", b"BZhukov;Who?\n", "csv"),
        ("a.csv", b"ID3,b\n", "csv"),
    ],
)
def test_what_can_be_read_is_recognised_by_its_contents(name: str, data: bytes, form: str) -> None:
    assert recognise_other(name, data) is None
    if not (form == "tsv" and data.startswith(b"<")):
        assert guess(name, data) == form


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"PK\x03\x04", b"<", b"<!", b"<?", b"\x1f\x8b", OLE[:8], b"RIFF", b"<!--" * 9]
)
def test_a_beginning_breaks_nothing(data: bytes) -> None:
    recognise_other("", data)


def test_an_archive_in_gzip_is_not_unpacked() -> None:
    assert (recognise_other("a.gz", gzip.compress(b"\0" * 50_000_000)) or "").startswith("This is an archive.")


# Answers of students


def table(*rows: tuple[str, ...], sheets: tuple[str, ...] = ()) -> Table:
    return Table(tuple(Row(line, cells) for line, cells in enumerate(rows, start=1)), sheets=sheets)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        *(
            (table((stamp, "Score", "Who?"), ("2026/04/28 10:15:33 am GMT+4", "1 / 2", "Me")), "This is a Google")
            for stamp in ("Timestamp", "Отметка времени", "Zaman damgası", "Vaxt möhürü")
        ),
        (
            table(("Timestamp", "Who?"), ("28 April 2026, 10:15", "Me")),
            "This is a Google Forms response file, not a quiz.",
        ),
        (table(("ID", "Start time", "Completion time", "Email", "Name", "Who?")), "This is a Microsoft Forms"),
        (table(("ID", "Время начала", "Время выполнения", "Имя", "Кто?")), "This is a Microsoft Forms"),
        (
            table(
                (
                    "Last name",
                    "First name",
                    "State",
                    "Started on",
                    "Completed",
                    "Time taken",
                    "Grade/10.00",
                    "Response 1",
                )
            ),
            "This is a file of responses to a Moodle quiz.",
        ),
        (
            table(("Фамилия", "Имя", "Состояние", "Тест начат", "Завершено", "Оценка/10,00")),
            "This is a file of responses",
        ),
        (table(("Capitals",), ("Played on", "28 Apr"), ("Hosted by", "me")), "This is a report of a Kahoot game"),
        (table(("Rank",), sheets=("Overview", "Final Scores", "1 Quiz")), "This is a report of a Kahoot game"),
        (table(("Rank",), sheets=("Participant Data", "Quiz Details")), "This is a report of a Quizizz game"),
    ],
)
def test_a_table_of_answers_is_no_quiz(found: Table, said: str) -> None:
    assert (recognise_report(found) or "").startswith(said)


@pytest.mark.parametrize(
    "found",
    [
        table(),
        table(("Timestamp", "Zeitstempel"), ("Deadline", "Frist")),  # a list of words
        table(("question", "answer"), ("Who?", "Me")),
        table(("State", "Capital", "Completed"), ("Georgia", "Tbilisi", "yes")),
        table(("Question - max 120 characters", "Answer 1"), sheets=("Sheet1",)),
        table(("", "Timestamp"), ("a",)),
    ],
)
def test_other_tables_are_not_taken_for_answers(found: Table) -> None:
    assert recognise_report(found) is None


def test_a_workbook_of_responses_is_recognised_once_it_is_read() -> None:
    data = xlsx_of([["Timestamp", "Who?"], ["4/28/2026 10:15:33", "Me"]])
    assert (recognise_report(read_spreadsheet(data)) or "").startswith("This is a Google Forms response file")
