"""The files in a workbook, unpacked within limits. Nothing that refers to another file or runs is read."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from quizapp.core.formats.format import DAMAGED_ARCHIVE, FILE_TOO_LARGE, MAX_UNPACKED, MAX_UPLOAD, Unreadable, shorten
from quizapp.core.formats.tables.sheet_contents import SheetContents
from quizapp.core.formats.tables.xml_elements import WORKBOOK_DAMAGED
from quizapp.core.translation import gettext

MAX_FILES = 2_000
MAX_SHEETS = 200

LINKED = gettext("This workbook takes data from elsewhere. Copy the table to a new workbook, as values, and save that.")
_LOCKED = gettext("This workbook is locked with a password. Save it without one.")
_MACROS = gettext("This workbook has macros. Save it as .xlsx or .ods without macros.")
_NO_SHEETS = gettext("This workbook has no visible sheet with cells.")
_TOO_MANY_FILES = gettext(
    "The workbook has more than %(limit)s files inside. Copy the table to a new workbook.", limit=f"{MAX_FILES:,}"
)
_TOO_MANY_SHEETS = gettext(
    "The workbook has more than %(limit)s sheets. Copy the table to a new workbook.", limit=MAX_SHEETS
)
_UNPACKS_TOO_LARGE = gettext(
    "The workbook is larger than %(limit)s MB when unpacked. Split it.", limit=MAX_UNPACKED // 1_000_000
)

_MACRO_PLACES = ("xl/macrosheets/", "basic/", "scripts/")
_LINK_PLACES = ("xl/externallinks/", "xl/connections.xml")


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """The sheet to read, the names of all sheets that can be read, and the files that are needed for it."""

    name: str
    names: tuple[str, ...]
    files: Mapping[str, bytes]
    contents: SheetContents


def unpack_workbook(data: bytes) -> dict[str, bytes]:
    """Return the XML files of a workbook by their names. Raises Unreadable."""
    if len(data) > MAX_UPLOAD:
        raise Unreadable("", FILE_TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            files = _unpack(archive, [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))])
    except Unreadable:
        raise
    except DAMAGED_ARCHIVE:
        raise Unreadable("", WORKBOOK_DAMAGED) from None
    if b"encryption-data" in files.get("META-INF/manifest.xml", b""):
        raise Unreadable("", _LOCKED)
    return files


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES:
        raise Unreadable("", _TOO_MANY_FILES)
    names = [entry.filename.replace("\\", "/").lstrip("/").lower() for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries) or "encrypted-package" in names:
        raise Unreadable("", _LOCKED)
    if any(name.startswith(_MACRO_PLACES) or name.endswith("vbaproject.bin") for name in names):
        raise Unreadable("", _MACROS)
    if any(name.startswith(_LINK_PLACES) for name in names):
        raise Unreadable("", LINKED)


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    room = MAX_UNPACKED
    for entry in entries:
        with archive.open(entry) as stream:  # the size stated by an entry cannot be trusted
            content = stream.read(room + 1)
        room -= len(content)
        if room < 0:
            raise Unreadable("", _UNPACKS_TOO_LARGE)
        files[entry.filename.replace("\\", "/").lstrip("/")] = content
    return files


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """Return an archive with these files and no others."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def choose_sheet(contents: Mapping[str, SheetContents]) -> str:
    """Return the name of the first sheet with content, or else of the first. Raises Unreadable."""
    if not contents:
        raise Unreadable("", _NO_SHEETS)
    if len(contents) > MAX_SHEETS:
        raise Unreadable("", _TOO_MANY_SHEETS)
    return next((name for name, found in contents.items() if found.last_row), next(iter(contents)))


def sheet_missing_message(name: str) -> str:
    """Return why a sheet that was chosen is not read."""
    return gettext("The workbook has no visible sheet “%(name)s”. Choose another one.", name=shorten(name, 40))
