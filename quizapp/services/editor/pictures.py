"""Pictures of questions: checked, freed of what a camera notes, made small, and kept under the hash of their bytes."""

import warnings
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.models import StoredPicture, User
from quizapp.models.database import insert_or
from quizapp.services.errors import NotFound

MAX_UPLOAD = 10_000_000  # bytes
MAX_PIXELS = 25_000_000  # 100 MB once decoded
LONGEST_SIDE = 1_600  # pixels, as it is kept
MOST = 1_000  # pictures a person may have uploaded
FORMATS = ("PNG", "JPEG", "WEBP")  # told by the bytes, whatever the file is called


class InvalidPicture(Exception):
    """Why a picture cannot be taken, for whoever uploaded it."""


def store_picture(session: Session, user: User, data: bytes, *, now: datetime) -> StoredPicture:
    """Store a picture, re-encoded as WebP; one that is stored already is returned again. Raises InvalidPicture."""
    image = _decoded(data)
    encoded = BytesIO()
    image.save(encoded, "WEBP", quality=82, method=4)
    digest = sha256(encoded.getvalue()).hexdigest()
    known = session.get(StoredPicture, digest)
    if known is not None:
        return known
    mine = select(func.count()).where(StoredPicture.uploader_id == user.id)
    if (session.scalar(mine) or 0) >= MOST:
        raise InvalidPicture(f"You have uploaded {MOST:,} pictures, the most there can be.")
    picture = {"digest": digest, "data": encoded.getvalue(), "width": image.width, "height": image.height}
    stored = insert_or(session, StoredPicture.__table__).values(**picture, uploader_id=user.id, created_at=now)
    session.execute(stored.on_conflict_do_nothing())  # the same may be on its way twice
    return session.get_one(StoredPicture, digest)


def find_picture(session: Session, digest: str) -> StoredPicture:
    """Return a stored picture. Raises NotFound."""
    picture = session.get(StoredPicture, digest) if digest.isprintable() else None
    if picture is None:
        raise NotFound
    return picture


def _decoded(data: bytes) -> Image.Image:
    """Decode a picture: upright, without the metadata of its file, and no side longer than LONGEST_SIDE."""
    if not data:
        raise InvalidPicture("The file is empty.")
    if len(data) > MAX_UPLOAD:
        raise InvalidPicture(f"The picture is larger than {MAX_UPLOAD // 1_000_000} MB. Make it smaller first.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged below
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise InvalidPicture(
                        f"The picture has {opened.width:,} × {opened.height:,} pixels; "
                        f"at most {MAX_PIXELS // 1_000_000} million are taken. Make it smaller first."
                    )
                return _plain(opened)
    except InvalidPicture:
        raise
    except Exception:  # whatever a broken or hostile file makes its reader raise
        raise InvalidPicture("This is not a picture that can be opened. PNG, JPEG and WebP can.") from None


def _plain(opened: Image.Image) -> Image.Image:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(opened)
    see_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    pixels = upright.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    plain = Image.new(pixels.mode, pixels.size)  # nothing but pixels comes along
    plain.paste(pixels)
    return plain
