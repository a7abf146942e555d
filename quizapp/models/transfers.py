"""Files that are imported or exported in the background."""

import zlib
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class Transfer(Base):
    """A large file on its way into a set or out of one; a background job works on it while its state is "working".

    An import is first "working" until its preview is "ready", then, once its owner has confirmed that, again until it
    is "done". If the owner chooses something else for the columns or rows of a table, there is a new preview first. An
    export is "ready" with its file. What cannot be finished has "failed", and `message` says why.
    """

    __tablename__ = "transfer"
    __table_args__ = (Index(None, "user_id"), Index(None, "set_id"), Index(None, "changed_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    set_id: Mapped[int | None] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))  # None: a new set
    is_export: Mapped[bool]
    format: Mapped[str | None]  # a key of core.formats.registry.IMPORT_FORMATS; None until it is found out
    filename: Mapped[str] = mapped_column(default="")
    topic: Mapped[str | None]  # the key of the topic for questions without one
    title: Mapped[str] = mapped_column(default="")  # of the set to be made
    packed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # the file, compressed
    state: Mapped[str]  # working, ready, done or failed
    step: Mapped[str]  # waiting, reading, comparing, saving or writing
    is_confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_outdated: Mapped[bool] = mapped_column(default=False, server_default=false())  # the set has changed since
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    # core.formats.tables.table.TableOptions that the owner chose
    table_options: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the names of the steps until the work is done, in order."""
        if self.is_export:
            return "waiting", "reading", "writing"
        return ("waiting", "reading", "comparing", *(("saving",) if self.is_confirmed else ()))

    @property
    def data(self) -> bytes | None:
        """Return the file, or None if there is none (any more)."""
        return None if self.packed is None else zlib.decompress(self.packed)


def pack_file(data: bytes) -> bytes:
    """Return a file as it is stored. This takes long, so it is done before the transaction that stores it."""
    return zlib.compress(data, 3)


class StudentList(Base):
    """A list of students on its way to slips with user names and passwords: for new accounts, or new passwords.

    While its state is "checking", it holds the file of the teacher who made it, and `choices` say how to read it. Then
    it holds the entries, and a background job is "working" on them in order: the first `done` of `total` are through,
    but for those whose lines are in `refused`. With what was done, the slips are shown until the teacher deletes the
    list. Work that cannot be finished has "failed", and `message` says why.
    """

    __tablename__ = "student_list"
    __table_args__ = (Index(None, "user_id"), Index(None, "class_id"), Index(None, "changed_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("classroom.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))  # who alone sees it
    purpose: Mapped[str]  # accounts or passwords
    state: Mapped[str]  # checking, working, done or failed
    filename: Mapped[str]  # "" for pasted text
    packed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # the file or the entries, compressed
    choices: Mapped[dict[str, Any]]  # a core.rosters.choices.RosterChoices
    nonce: Mapped[str]  # random; with the secret key it gives the passwords (core.classes.derive_password)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[list[int]] = mapped_column(default=list)
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    @property
    def slips(self) -> int:
        """Return how many students have a slip."""
        return self.done - len(self.refused)

    @property
    def data(self) -> bytes:
        """Return the file, or the entries as JSON."""
        return zlib.decompress(self.packed)
