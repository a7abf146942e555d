"""Pictures that come with a set in files."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sets import LATER, copy_set, person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.sets.files import read_set
from quizapp.core.sets.schema import QuestionSet as SetInFiles
from quizapp.models import Fact, Question, QuestionSet, StoredPicture
from quizapp.services import exports, import_export
from quizapp.services.sets.updates import load_set

KINDS = Path(__file__).parents[1] / "data" / "kinds"


@pytest.fixture
def kinds() -> SetInFiles:
    return read(KINDS)


def read(directory: Path) -> SetInFiles:
    source, problems = read_set(directory)
    assert source, problems
    return source


def stored(session: Session) -> dict[str, bytes]:
    return {picture.digest: picture.data for picture in session.scalars(select(StoredPicture))}


def shown(session: Session, row: QuestionSet) -> str:
    """The digest of the picture of the question about areas."""
    asked = select(Question).join(Fact).where(Fact.set_id == row.id, Question.key == "place-point")
    return session.scalars(asked).one().versions[-1].body["picture"]["digest"]


def test_loading_stores_a_picture_as_it_is_and_loading_again_changes_nothing(
    session: Session, kinds: SetInFiles
) -> None:
    load_set(session, kinds, now=NOON)
    session.commit()
    assert stored(session) == kinds.pictures
    (picture,) = session.scalars(select(StoredPicture))
    assert (picture.width, picture.height, picture.uploader_id, picture.created_at) == (400, 300, None, NOON)
    again = load_set(session, kinds, now=LATER)
    session.commit()
    assert (again.added, again.changed, again.archived) == (0, 0, 0)
    assert [picture.created_at for picture in session.scalars(select(StoredPicture))] == [NOON]


def test_a_changed_picture_is_a_new_version_and_the_old_one_stays(
    session: Session, kinds: SetInFiles, tmp_path: Path
) -> None:
    load_set(session, kinds, now=NOON)
    shutil.copytree(KINDS, tmp_path / "kinds")
    file = tmp_path / "kinds/pictures/lake.svg"
    file.write_text(file.read_text().replace("#9cf", "#8be"))
    update = load_set(session, changed := read(tmp_path / "kinds"), now=LATER)
    session.commit()
    assert (update.added, update.changed, update.archived) == (0, 1, 0)
    assert stored(session) == {**kinds.pictures, **changed.pictures}
    assert len(stored(session)) == 2
    row = session.scalars(select(QuestionSet).where(QuestionSet.key == "kinds")).one()
    assert {shown(session, row)} == changed.pictures.keys()


def test_a_copy_shows_the_same_picture(session: Session, kinds: SetInFiles) -> None:
    load_set(session, kinds, now=NOON)
    copied = copy_set(session, person(session, "Aysel"), "kinds", now=NOON)
    assert {shown(session, copied)} == kinds.pictures.keys() == stored(session).keys()


@pytest.mark.one_database
@pytest.mark.parametrize("form", ["yaml", "apkg", "moodle-xml"])
def test_an_export_read_back_changes_nothing(session: Session, kinds: SetInFiles, form: str) -> None:
    load_set(session, kinds, now=NOON)
    owner = person(session, "Aysel")
    row = copy_set(session, owner, "kinds", now=NOON)
    exported = exports.export_set(session, owner, row.id, form, now=NOON)
    content = import_export.parse_upload(import_export.Upload(exported.filename, exported.data, form))
    content = import_export.encode_pictures(content, import_export.stored_pictures(session, content))
    plan = import_export.plan_import(session, owner, row.id, content, now=LATER)
    assert {change.what for change in plan.preview.changes} == {"unchanged"}
    assert not plan.preview.new_pictures


def test_a_document_without_pictures_stores_none(session: Session, kinds: SetInFiles) -> None:
    load_set(session, replace(kinds, pictures={}), now=NOON)
    assert stored(session) == {}
