"""The pictures of a set in files: `picture: {file: map.svg, alt: …}` names one in the folder `pictures`."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from quizapp.core.pictures import MAX_PIXELS, MAX_SIDE, measure_picture, measure_svg
from quizapp.core.translation import gettext

FOLDER = "pictures"
MAX_BYTES = 2_000_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.(?:svg|png|jpe?g|webp)")


class PictureFiles:
    """The pictures of a set that questions name: `used` maps the SHA-256 (hex) of each to its bytes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / FOLDER
        self.used: dict[str, bytes] = {}

    def resolve(self, picture: dict[str, Any]) -> dict[str, Any]:
        """Return a picture with the digest and the size of its file in place of the name. Raises ValueError.

        An exported set has the digest, which is the name of the file.
        """
        if "digest" in picture:
            self._find(picture["digest"])
            return picture
        if "file" not in picture:
            raise ValueError(gettext("The picture has no file. Name it, as in “file: map.svg”."))
        name = picture["file"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            message = gettext("A picture must be a file in the folder “%(folder)s”, such as map.svg.", folder=FOLDER)
            raise ValueError(message)
        data, file = self._read(name), f"{FOLDER}/{name}"
        if len(data) > MAX_BYTES:
            size = MAX_BYTES // 1_000_000
            raise ValueError(gettext("%(file)s is larger than %(size)s MB. Make it smaller.", file=file, size=size))
        width, height = measure_svg(data) or measure_picture(data) or (0, 0)
        if not width:
            raise ValueError(_unreadable(file))
        if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
            pixels = f"{width:,} × {height:,}"
            raise ValueError(gettext("%(file)s has %(pixels)s pixels. Make it smaller.", file=file, pixels=pixels))
        digest = sha256(data).hexdigest()
        self.used[digest] = data
        rest = {field: value for field, value in picture.items() if field != "file"}
        return rest | {"digest": digest, "width": width, "height": height}

    def _find(self, digest: object) -> None:
        """Remember the bytes of a picture with that digest, if they are in the folder."""
        for extension in ("svg", "png", "jpg", "webp"):
            name = f"{digest}.{extension}"
            if _NAME.fullmatch(name) and (self.directory / name).is_file():
                data = self._read(name)
                if sha256(data).hexdigest() == digest and (measure_svg(data) or measure_picture(data)):
                    self.used[digest] = data

    def _read(self, name: str) -> bytes:
        path = self.directory / name
        # A link may not lead out of the set, and opening a pipe would wait for ever.
        if not path.is_file() or not path.resolve().is_relative_to(self.directory.resolve()):
            file = f"{FOLDER}/{name}"
            raise ValueError(gettext("There is no picture %(file)s. Add it, or correct the name.", file=file))
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)


def _unreadable(file: str) -> str:
    if file.endswith(".svg"):
        return gettext("%(file)s can’t be read. An SVG needs a viewBox, and a width and height to match.", file=file)
    return gettext("%(file)s can’t be read. Save it as SVG, PNG, JPEG or WebP.", file=file)
