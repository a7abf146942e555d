"""Pictures as they are stored, named by the hash of their bytes; uploads are made small and lose what a camera notes.

Decoding takes up to a second for each picture, so it is done before a transaction begins.
"""

import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from xml.parsers import expat

from PIL import Image, ImageOps

from quizapp.core.translation import gettext

SVG = "http://www.w3.org/2000/svg"
MAX_UPLOAD = 10_000_000  # bytes
MAX_PIXELS = 25_000_000  # 100 MB once decoded
MAX_TOTAL_PIXELS = 200_000_000  # of all pictures of a file: up to 8 seconds
MAX_PER_PERSON = 1_000  # pictures a person may have uploaded
LONGEST_SIDE = 1_600  # pixels, as an upload is stored
SMALL_SIDE = 320  # pixels, of a small copy
MAX_SIDE = 10_000  # pixels of any picture
FORMATS = ("PNG", "JPEG", "WEBP")  # told by the bytes, whatever the file is called


def file_extension(data: bytes) -> str:
    """Return the extension that a stored picture has as a file: svg, webp, png or jpg."""
    known = {b"RIFF": "webp", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
    return next((extension for start, extension in known.items() if data.startswith(start)), "svg")


class InvalidPicture(Exception):
    """Why a picture cannot be taken, for whoever uploaded it."""


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """A picture as it is stored: WebP, and the hash of its bytes."""

    digest: str
    data: bytes
    width: int
    height: int


def measure_picture(data: bytes) -> tuple[int, int] | None:
    """Return the width and height that a picture claims to have, without decoding it; None if it cannot be opened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                return opened.size
    except Exception:  # whatever a broken or hostile file makes its reader raise
        return None


def measure_svg(data: bytes) -> tuple[int, int] | None:
    """Return the width and height of the `viewBox` of an SVG; None if the file cannot be read or shown at any size.

    It must also have a `width` and a `height`, in the same proportion: without them browsers make up a size.
    """
    roots: list[tuple[str, dict[str, str]]] = []

    def refuse(*_: object) -> None:
        raise ValueError("entities could expand to a huge text")

    def start(name: str, attributes: dict[str, str]) -> None:
        if not roots:
            roots.append((name, attributes))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
        (name, attributes) = roots[0]
        _, _, width, height = (float(part) for part in attributes["viewBox"].replace(",", " ").split())
        shown = _length(attributes["width"]) / _length(attributes["height"])
    except (expat.ExpatError, LookupError, ValueError, ZeroDivisionError):
        return None
    fits = name == f"{SVG} svg" and 1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE
    return (round(width), round(height)) if fits and abs(shown * height / width - 1) < 0.02 else None


def _length(text: str) -> float:
    """Return the number of a length in SVG; its unit does not matter. Raises ValueError."""
    return float(text.strip().removesuffix("px").removesuffix("mm").removesuffix("cm").removesuffix("pt"))


def count_pixels(data: bytes) -> int:
    """Return the number of pixels that a picture claims to have, without decoding it; 0 if it cannot be opened."""
    width, height = measure_picture(data) or (0, 0)
    return width * height


def encode_picture(data: bytes) -> EncodedPicture:
    """Return an uploaded picture as it is to be stored; takes up to a second. Raises InvalidPicture."""
    image = _decoded(data)
    encoded = BytesIO()
    image.save(encoded, "WEBP", quality=82, method=4)
    return EncodedPicture(sha256(encoded.getvalue()).hexdigest(), encoded.getvalue(), image.width, image.height)


def make_thumbnail(data: bytes) -> bytes:
    """Return a small copy of a picture that is encoded already, as WebP."""
    small = BytesIO()
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        image.save(small, "WEBP", quality=70)
    return small.getvalue()


def _decoded(data: bytes) -> Image.Image:
    """Decode a picture: upright, without the metadata of its file, and no side longer than LONGEST_SIDE."""
    if not data:
        raise InvalidPicture(gettext("The file is empty. Choose another one."))
    if len(data) > MAX_UPLOAD:
        most = MAX_UPLOAD // 1_000_000
        raise InvalidPicture(gettext("The picture is larger than %(most)s MB. Make it smaller first.", most=most))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged below
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise InvalidPicture(_describe_excess(opened))
                return _plain(opened)
    except InvalidPicture:
        raise
    except Exception:  # whatever a broken or hostile file makes its reader raise
        raise InvalidPicture(
            gettext("This file can’t be opened as a picture. Choose a PNG, JPEG or WebP file.")
        ) from None


def _describe_excess(opened: Image.Image) -> str:
    return gettext(
        "The picture is %(width)s × %(height)s pixels; the most allowed is %(most)s million pixels. "
        "Make it smaller first.",
        width=f"{opened.width:,}",
        height=f"{opened.height:,}",
        most=MAX_PIXELS // 1_000_000,
    )


def _plain(opened: Image.Image) -> Image.Image:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(opened)
    see_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    pixels = upright.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    plain = Image.new(pixels.mode, pixels.size)  # nothing but pixels comes along
    plain.paste(pixels)
    return plain
