"""The pictures of a set in files: `picture: {file: map.svg, alt: …}` names one in the folder `pictures`."""

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from quizapp.core.pictures import FORMATS, MAX_PIXELS

FOLDER = "pictures"
MAX_BYTES = 2_000_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.(?:svg|png|jpe?g|webp)")
_VIEW_BOX = re.compile(rb"<svg\b[^>]{0,2000}?\bviewBox=[\"']0 0 (\d{1,4})(?:\.\d{1,3})? (\d{1,4})(?:\.\d{1,3})?[\"']")


class PictureFiles:
    """The pictures of a set that questions name: `used` maps the SHA-256 (hex) of each to its bytes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / FOLDER
        self.used: dict[str, bytes] = {}

    def resolve(self, picture: dict[str, Any]) -> dict[str, Any]:
        """Return a picture with the digest and the size of its file in place of the name. Raises ValueError."""
        name = picture["file"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(f"the file of a picture is one in the folder {FOLDER}, such as map.svg")
        try:
            with (self.directory / name).open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError:
            raise ValueError(f"there is no picture {FOLDER}/{name}") from None
        if len(data) > MAX_BYTES:
            raise ValueError(f"{FOLDER}/{name} is larger than {MAX_BYTES // 1_000_000} MB")
        size = _size_of_svg(data) if name.endswith(".svg") else _size_of_pixels(data)
        if size is None:
            raise ValueError(f"{FOLDER}/{name} is not a picture that can be read")
        digest = sha256(data).hexdigest()
        self.used[digest] = data
        rest = {field: value for field, value in picture.items() if field != "file"}
        return {"digest": digest, "width": size[0], "height": size[1], **rest}


def _size_of_svg(data: bytes) -> tuple[int, int] | None:
    found = _VIEW_BOX.search(data[:4000])
    return (int(found[1]), int(found[2])) if found else None


def _size_of_pixels(data: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            return opened.size if opened.width * opened.height <= MAX_PIXELS else None
    except Exception:  # whatever a broken file makes its reader raise
        return None
