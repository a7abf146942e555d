"""The pictures of questions in the database, each stored once under the hash of its bytes."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.pictures import MAX_PER_PERSON, EncodedPicture, InvalidPicture
from quizapp.core.translation import gettext
from quizapp.models import StoredPicture, User
from quizapp.models.database import insert_or
from quizapp.services.errors import NotFound


def store_picture(session: Session, user: User, picture: EncodedPicture, *, now: datetime) -> StoredPicture:
    """Store a picture; one that is stored already is returned again. Raises InvalidPicture when they have too many."""
    known = session.get(StoredPicture, picture.digest)
    if known is not None:
        return known
    mine = select(func.count()).where(StoredPicture.uploader_id == user.id)
    if (session.scalar(mine) or 0) >= MAX_PER_PERSON:
        raise InvalidPicture(
            gettext(
                "You have already uploaded %(most)s pictures, the maximum. Use one that you uploaded before.",
                most=f"{MAX_PER_PERSON:,}",
            )
        )
    row = {"digest": picture.digest, "data": picture.data, "width": picture.width, "height": picture.height}
    stored = insert_or(session, StoredPicture.__table__).values(**row, uploader_id=user.id, created_at=now)
    session.execute(stored.on_conflict_do_nothing())  # the same may be on its way twice
    return session.get_one(StoredPicture, picture.digest)


def find_picture(session: Session, digest: str) -> StoredPicture:
    """Return a stored picture. Raises NotFound."""
    picture = session.get(StoredPicture, digest) if digest.isprintable() else None
    if picture is None:
        raise NotFound
    return picture
