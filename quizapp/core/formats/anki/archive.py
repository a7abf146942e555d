"""Read the collection and the media files from a package. Names in it are never used as paths."""

import json
import sys
import zipfile
from io import BytesIO
from typing import Any

from quizapp.core.formats.anki import messages
from quizapp.core.formats.anki.messages import PACKAGE_DAMAGED
from quizapp.core.formats.format import ARCHIVE_LOCKED, DAMAGED_ARCHIVE, MAX_UNPACKED, MAX_UPLOAD, Unreadable
from quizapp.core.translation import gettext

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Newest first, because a package of the newest kind also has a collection.anki2 that only says "update Anki".
COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
MAX_ENTRIES = 20_000
MAX_RATIO = 250  # unpacked to packed, for large entries; databases and pictures stay far below
LARGE = 1_000_000
_WINDOW = 26  # log2 of the bytes that a decompressor may keep: 64 MiB

_TOO_LARGE = gettext(
    "The file is larger than %(limit)s MB. Export the decks one at a time.", limit=MAX_UPLOAD // 1_000_000
)
_NO_PACKAGE = gettext("This is not an Anki package (.apkg). Choose another file or format.")
_NO_COLLECTION = gettext("This package has no Anki collection. Export it from Anki again.")
_TOO_LARGE_UNPACKED = gettext(
    "The package is too large when unpacked: at most %(limit)s MB and %(ratio)s times its packed size are allowed. "
    "Export the decks one at a time.",
    limit=MAX_UNPACKED // 1_000_000, ratio=MAX_RATIO,
)  # fmt: skip


class Package:
    """The contents of a package. All methods raise Unreadable if the package is damaged or exceeds a limit."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_UPLOAD:
            raise Unreadable("", _TOO_LARGE)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except DAMAGED_ARCHIVE:
            raise Unreadable("", _NO_PACKAGE) from None
        if len(self._zip.infolist()) > MAX_ENTRIES:
            limit = f"{MAX_ENTRIES:,}"
            raise Unreadable(
                "", gettext("The package has more than %(limit)s files. Export the decks one at a time.", limit=limit)
            )
        self._left = MAX_UNPACKED
        self._names = set(self._zip.namelist())
        self.collection = next((name for name in COLLECTIONS if name in self._names), "")
        if not self.collection:
            raise Unreadable("", _NO_COLLECTION)
        self._newest = self.collection.endswith("b")
        self._media: dict[str, str] | None = None

    def database(self) -> bytes:
        """Return the collection, a SQLite database."""
        return self._unpacked(self.collection, packed=self._newest)

    def media(self, name: str) -> bytes | None:
        """Return the picture that notes refer to by this name, or None if it is not in the package."""
        if self._media is None:
            self._media = self._media_map()
        entry = self._media.get(name)
        if entry is None or entry not in self._names:
            return None
        return self._unpacked(entry, packed=self._newest)

    def _media_map(self) -> dict[str, str]:
        """Return the name of each media file and its entry in the archive, which is a number."""
        if "media" not in self._names:
            return {}
        data = self._unpacked("media", packed=self._newest)
        if not self._newest:
            return _from_json(data)
        entries = [value for number, value in messages.fields(data) if number == 1 and isinstance(value, bytes)]
        return {messages.text(entry, 1): str(number) for number, entry in enumerate(entries)}

    def _unpacked(self, entry: str, *, packed: bool) -> bytes:
        info = self._zip.getinfo(entry)
        limit = min(self._left, max(LARGE, info.compress_size * MAX_RATIO))
        if info.file_size > limit:
            raise Unreadable("", _TOO_LARGE_UNPACKED)
        try:
            with self._zip.open(info) as stream:
                data = stream.read(limit + 1)
        except DAMAGED_ARCHIVE as error:
            raise Unreadable(entry, ARCHIVE_LOCKED if "password" in str(error) else PACKAGE_DAMAGED) from None
        if packed:
            data = _decompressed(entry, data, min(self._left, max(LARGE, len(data) * MAX_RATIO)))
        if len(data) > limit and not packed:
            raise Unreadable("", _TOO_LARGE_UNPACKED)
        self._left -= len(data)
        return data


def _decompressed(entry: str, data: bytes, limit: int) -> bytes:
    """Return the Zstandard frame in `data`, decompressed but never to more than `limit` bytes."""
    options: dict[Any, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW}
    decompressor = zstd.ZstdDecompressor(options=options)
    try:
        made = decompressor.decompress(data, limit + 1)
    except zstd.ZstdError:
        raise Unreadable(entry, PACKAGE_DAMAGED) from None
    if len(made) > limit:
        raise Unreadable("", _TOO_LARGE_UNPACKED)
    if not decompressor.eof:
        raise Unreadable(entry, PACKAGE_DAMAGED)
    return bytes(made)


def _from_json(data: bytes) -> dict[str, str]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: entry for entry, name in found.items() if isinstance(name, str)}
