"""Folders in somebody's own list of sets. A folder is made by moving a set into it, and gone with its last set."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from quizapp.models import SetFolder, User
from quizapp.services.access import set_to_read


def move_set(session: Session, user: User, set_id: int, folder: str) -> None:
    """Move a set that the person may read into a folder of their list, or out of all for "". Raises NotFound."""
    set_to_read(session, user, set_id)
    row = session.get(SetFolder, (user.id, set_id))
    if not folder:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(SetFolder(user_id=user.id, set_id=set_id, name=folder))
    else:
        row.name = folder
    session.flush()


def rename_folder(session: Session, user: User, name: str, new_name: str) -> None:
    """Rename a folder; if there is one of that name, its sets join it."""
    mine = update(SetFolder).where(SetFolder.user_id == user.id, SetFolder.name == name)
    session.execute(mine.values(name=new_name))


def remove_folder(session: Session, user: User, name: str) -> None:
    """Remove a folder; its sets stay in the list."""
    session.execute(delete(SetFolder).where(SetFolder.user_id == user.id, SetFolder.name == name))
