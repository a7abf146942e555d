"""The pictures of a set in files: `picture: {file: map.svg, alt: …}` names one in the folder `pictures`."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from quizapp.core.pictures import MAX_PIXELS, MAX_SIDE, measure_picture, measure_svg

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
            raise ValueError("name the file of the picture, such as file: map.svg")
        name = picture["file"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(f"the file of a picture is one in the folder ‘{FOLDER}’, such as map.svg")
        data = self._read(name)
        if len(data) > MAX_BYTES:
            raise ValueError(f"{FOLDER}/{name} is larger than {MAX_BYTES // 1_000_000} MB")
        width, height = measure_svg(data) or measure_picture(data) or (0, 0)
        if not width:
            svg = "; an SVG needs a viewBox, and a width and height to match" if name.endswith(".svg") else ""
            raise ValueError(f"{FOLDER}/{name} cannot be read as SVG, PNG, JPEG or WebP{svg}")
        if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
            raise ValueError(f"{FOLDER}/{name} has {width:,} × {height:,} pixels; make it smaller")
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
            raise ValueError(f"there is no picture {FOLDER}/{name}")
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
