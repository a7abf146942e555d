"""Pictures of questions: what is taken, what is made of it, and what is refused."""

from io import BytesIO

import pytest
from PIL import Image
from sets import person
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.pictures import MAX_UPLOAD, InvalidPicture, encode_picture
from quizapp.models import StoredPicture, User
from quizapp.services.editor import pictures
from quizapp.services.errors import NotFound

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def author(session: Session) -> User:
    return person(session, "Aysel")


def encoded(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    image = Image.new(mode, size, (200, 30, 30) if mode == "RGB" else (200, 30, 30, 0))
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def store(session: Session, user: User, data: bytes) -> StoredPicture:
    return pictures.store_picture(session, user, encode_picture(data), now=NOON)


def opened(picture: StoredPicture) -> Image.Image:
    image = Image.open(BytesIO(picture.data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_works(session: Session, author: User, kind: str) -> None:
    picture = store(session, author, encoded(kind))
    session.commit()
    session.expire_all()
    kept = pictures.find_picture(session, picture.digest)
    assert (kept.width, kept.height, kept.uploader_id) == (40, 30, author.id)
    assert opened(kept).format == "WEBP"
    assert opened(kept).size == (40, 30)


def test_the_same_picture_is_kept_once(session: Session, author: User) -> None:
    first = store(session, author, encoded("PNG"))
    again = store(session, person(session, "Other"), encoded("PNG"))
    assert again.digest == first.digest
    assert session.scalar(select(func.count()).select_from(StoredPicture)) == 1


@on_sqlite
def test_what_the_camera_noted_is_dropped_and_the_picture_stands_upright(session: Session, author: User) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held sideways
    exif[0x010F] = "Somebody’s camera"
    exif.get_ifd(0x8825)[2] = (40.0, 22.0, 0.0)  # where it was
    picture = store(session, author, encoded("JPEG", exif=exif))
    assert (picture.width, picture.height) == (30, 40)
    assert not dict(opened(picture).getexif())
    assert b"camera" not in picture.data


@on_sqlite
def test_a_large_picture_is_made_smaller(session: Session, author: User) -> None:
    picture = store(session, author, encoded("JPEG", (4000, 1000)))
    assert (picture.width, picture.height) == (1600, 400)
    assert opened(picture).size == (1600, 400)


@on_sqlite
def test_what_is_see_through_stays_so(session: Session, author: User) -> None:
    picture = store(session, author, encoded("PNG", mode="RGBA"))
    image = opened(picture)
    assert image.mode == "RGBA"
    assert image.getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "can’t be opened"),
        (encoded("GIF"), "PNG, JPEG or WebP"),
        (encoded("PNG")[:60], "can’t be opened"),
        (encoded("PNG") + b"\0" * MAX_UPLOAD, "larger than 10 MB"),
        (encoded("PNG", (5001, 5000), compress_level=1), "5,001 × 5,000 pixels"),
    ],
)
@on_sqlite
def test_what_cannot_be_taken_is_refused_with_the_reason(session: Session, author: User, data: bytes, why: str) -> None:
    with pytest.raises(InvalidPicture, match=why):
        store(session, author, data)
    assert session.scalar(select(func.count()).select_from(StoredPicture)) == 0


@on_sqlite
def test_a_bomb_is_not_unpacked(session: Session, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = []
    monkeypatch.setattr(Image.Image, "convert", lambda image, mode: unpacked.append(image.size))
    with pytest.raises(InvalidPicture):
        store(session, author, encoded("PNG", (9000, 9000), compress_level=1))
    assert unpacked == []


def test_a_picture_sent_twice_at_once_is_kept_once(
    session: Session, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store(session, author, encoded("PNG"))
    with monkeypatch.context() as meanwhile:
        looked = iter([None, first])  # the other had not stored it when this one looked
        meanwhile.setattr(session, "get", lambda *sought, **how: next(looked))
        assert store(session, author, encoded("PNG")) is first
    assert session.scalar(select(func.count()).select_from(StoredPicture)) == 1


@on_sqlite
def test_there_is_an_end_to_what_one_person_uploads(
    session: Session, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_PER_PERSON", 1)
    store(session, author, encoded("PNG"))
    with pytest.raises(InvalidPicture, match="the maximum"):
        store(session, author, encoded("PNG", (50, 50)))
    store(session, author, encoded("PNG"))  # which is there already
    store(session, person(session, "Other"), encoded("PNG", (50, 50)))


def test_a_picture_there_is_not(session: Session) -> None:
    with pytest.raises(NotFound):
        pictures.find_picture(session, "0" * 64)
