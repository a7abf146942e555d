"""Files that can't be imported, recognised by their contents whatever their names say, and what to do instead."""

import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePath

from quizapp.core.formats.format import DAMAGED_ARCHIVE
from quizapp.core.translation import gettext

_START = 4_096  # bytes in which a text or an archive says what it is
_MOST_NAMES = 2_000  # in an archive
_PEEK = 100_000  # bytes unpacked of an archive

_PDF = gettext("A PDF can’t be read. Copy its text and paste it.")
_WORD = gettext("A Word document can’t be read. Copy its text or table and paste it.")
_TEXT_DOCUMENT = gettext("A text document can’t be read. Copy its text or table and paste it.")
_PRESENTATION = gettext("A presentation can’t be read. Copy its text and paste it.")
_DRAWING = gettext("A drawing can’t be read. Type its text.")
_OFFICE = gettext("This is a file of an old Office program. Save a table as .xlsx, or copy the text and paste it.")
_OLD_WORKBOOK = gettext("This workbook is in an old format. Open it in your spreadsheet and save it as .xlsx.")
_BINARY_WORKBOOK = gettext("This workbook is a binary one (.xlsb). Save it as .xlsx.")
_LOCKED = gettext("This file is locked with a password. Save it without one.")
_FLAT = gettext("This is an OpenDocument file without compression. Save it as .ods or .xlsx.")
_APPLE = gettext(
    "This is a file of Numbers, Pages or Keynote. Export it to Excel or CSV, or copy its text and paste it."
)
_IMAGE = gettext("An image can’t be read. Type its text.")
_SOUND = gettext("A sound or video can’t be read. Choose another file.")
_PROGRAM = gettext("This is a program. Choose another file.")
_BOOK = gettext("An e-book can’t be read. Copy its text and paste it.")
_PAGE = gettext("This is a web page. Copy its text or table and paste it.")
_PAGE_AS_TABLE = gettext("This is a web page named like a workbook. Open it in your spreadsheet and save it as .xlsx.")
_QUIZLET = gettext("This is a page of Quizlet. Choose “Export” in the set’s menu there, copy the text and paste it.")
_LINK = gettext("This is only a link to a file at Google. Open that file and download it as .xlsx or .csv.")
_DATABASE = gettext("This is a database. If it comes from Anki, export a package (.apkg) there.")
_MOODLE_BACKUP = gettext(
    "This is a backup of a Moodle course. Export the questions from Moodle’s question bank as Moodle XML."
)
_H5P = gettext("This is an H5P package, which can’t be read yet. Copy its questions into a table.")
_QTI = gettext("This is a QTI package, which can’t be read yet. Export the quiz as Moodle XML, GIFT or CSV.")
_QTI_FILE = gettext("This is a QTI file, which can’t be read yet. Export the quiz as Moodle XML, GIFT or CSV.")
_ARCHIVE = gettext("This is an archive. Unpack it, and import the files in it one at a time.")
_ZIP = gettext("This archive has no question set. Unpack it, and import the files in it one at a time.")

_BEGINNINGS = (
    (b"\x89PNG\r\n", _IMAGE), (b"\xff\xd8\xff", _IMAGE), (b"GIF87a", _IMAGE), (b"GIF89a", _IMAGE), (b"II*\0", _IMAGE),
    (b"MM\0*", _IMAGE), (b"\0\0\1\0", _IMAGE), (b"8BPS\0", _IMAGE), (b"{\\rtf", _TEXT_DOCUMENT),
    (b"SQLite format 3\0", _DATABASE), (b"%PDF-", _PDF), (b"7z\xbc\xaf\x27\x1c", _ARCHIVE), (b"Rar!\x1a\x07", _ARCHIVE),
    (b"BZh91AY&SY", _ARCHIVE), (b"\xfd7zXZ\0", _ARCHIVE), (b"\x28\xb5\x2f\xfd", _ARCHIVE), (b"ID3\3", _SOUND),
    (b"ID3\4", _SOUND), (b"OggS\0", _SOUND), (b"fLaC\0", _SOUND), (b"\x1aE\xdf\xa3", _SOUND), (b"MZ\x90\0", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
)  # fmt: skip
# By the name of the root, in lower case
_XML = {
    b"questestinterop": _QTI_FILE, b"assessmentitem": _QTI_FILE, b"assessmenttest": _QTI_FILE,
    b"qti-assessment-item": _QTI_FILE, b"qti-assessment-test": _QTI_FILE, b"document": _FLAT,
    b"workbook": _OLD_WORKBOOK, b"svg": _IMAGE,
}  # fmt: skip
_ROOT = re.compile(rb"\A(?:\s*+(?:<!--.*?-->|<[?!](?!--)[^>]*+>))*+\s*+<(?:[\w.-]++:)?([\w.-]++)", re.S)
_PAGES = (b"html", b"head", b"body", b"table")
_OF_PAGES = re.compile(rb"<!doctype html|</(?:head|title|body|style)>|<tr\b")  # a list of terms may begin with a tag
_WORKBOOK_ENDINGS = (".xls", ".xlsx", ".ods")
_LINK_ENDINGS = (".gsheet", ".gdoc", ".gform", ".gslides")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Office before 2007
_OLE_STREAMS = (
    (b"EncryptedPackage", _LOCKED), (b"WordDocument", _WORD), (b"PowerPoint Document", _PRESENTATION),
    (b"Workbook", _OLD_WORKBOOK), (b"Book", _OLD_WORKBOOK),
)  # fmt: skip

# In the type that an OpenDocument file or an e-book states
_TYPES = (
    (b"opendocument.text", _TEXT_DOCUMENT), (b"opendocument.presentation", _PRESENTATION),
    (b"opendocument.graphics", _DRAWING), (b"epub", _BOOK),
)  # fmt: skip
# Parts of the paths of files in archives, in lower case; the first that is there decides
_ENTRIES = (
    ("/collection.anki2", None), ("/h5p.json", _H5P), ("/moodle_backup.xml", _MOODLE_BACKUP),
    ("/imsmanifest.xml", _QTI), ("/word/document", _WORD), ("/ppt/presentation", _PRESENTATION),
    ("/xl/workbook.bin", _BINARY_WORKBOOK),
    ("/xl/workbook.xml", None), ("/content.xml", None), (".iwa", _APPLE), ("/index.zip", _APPLE),
    ("/set.yaml", None), ("/names.yaml", None), ("/facts/", None),
)  # fmt: skip


def recognise_other(filename: str, data: bytes) -> str | None:
    """Return a sentence about a file that can't be imported as it is: what it is and what to do. None for others."""
    ending = PurePath(filename).suffix.lower()
    looks: tuple[Callable[[], str | None], ...] = (
        lambda: _LINK if ending in _LINK_ENDINGS else None,
        lambda: next((sentence for beginning, sentence in _BEGINNINGS if data.startswith(beginning)), None),
        lambda: _of_old_office(data) if data.startswith(_OLE) else None,
        lambda: _of_zip(data) if data.startswith(b"PK\x03\x04") else None,
        lambda: _of_gzip(data) if data.startswith(b"\x1f\x8b") else None,
        lambda: _of_parts(data),
        lambda: _of_text(ending, data),
    )
    return next((sentence for look in looks if (sentence := look())), None)


def _of_old_office(data: bytes) -> str:
    return next((sentence for name, sentence in _OLE_STREAMS if name.decode().encode("utf-16-le") in data), _OFFICE)


def _of_zip(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = [f"/{name.lower()}" for name in archive.namelist()[:_MOST_NAMES]]
            kind = _read_start(archive, "mimetype") if "/mimetype" in names else b""
    except DAMAGED_ARCHIVE:  # its reader says what is wrong with it
        return None
    if stated := next((sentence for part, sentence in _TYPES if part in kind), None):
        return stated
    return next((sentence for part, sentence in _ENTRIES if any(part in name for name in names)), _ZIP)


def _read_start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        return stream.read(100)


def _of_gzip(data: bytes) -> str:
    """Return what an archive of gzip is. Moodle's backups are such ones."""
    try:
        start = zlib.decompressobj(31).decompress(data[:_PEEK], _PEEK)
    except zlib.error:
        return _ARCHIVE
    return _MOODLE_BACKUP if b".ARCHIVE_INDEX" in start or b"moodle_backup.xml" in start else _ARCHIVE


def _of_parts(data: bytes) -> str | None:
    """Return what a file is whose kind is stated some bytes after its beginning."""
    if data[4:8] == b"ftyp":
        return _IMAGE if data[8:12] in (b"heic", b"heix", b"mif1", b"avif") else _SOUND
    if data.startswith(b"RIFF"):
        return _IMAGE if data[8:12] == b"WEBP" else _SOUND
    return _ARCHIVE if data[257:262] == b"ustar" else None


def _of_text(ending: str, data: bytes) -> str | None:
    start = data[:_START].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff").lower()  # UTF-16 as well
    root = _ROOT.match(start)
    if not root:
        return None
    if root[1] not in _PAGES:
        return _XML.get(root[1])
    if not _OF_PAGES.search(start):
        return None
    if b"quizlet" in start:
        return _QUIZLET
    return _PAGE_AS_TABLE if ending in _WORKBOOK_ENDINGS else _PAGE
