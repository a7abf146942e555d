"""What a background job does with a large file: import or export it step by step, so that its page shows how far it is.

After a crash another job begins again. Only the last transaction changes a set, and it also notes that this is done.
"""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.tables.table import TableOptions
from quizapp.core.pictures import EncodedPicture, InvalidPicture
from quizapp.core.translation import gettext
from quizapp.models import QuestionSet, Transfer, User, pack_file
from quizapp.models.database import reading
from quizapp.services import exports, import_export, transfers
from quizapp.services.editor import pictures
from quizapp.services.errors import NotFound, UndecidedTable
from quizapp.services.import_export import ImportPlan, OutdatedPreview, Upload
from quizapp.services.running_quizzes import list_hidden_keys
from quizapp.services.sets.import_preview import describe_preview

MOST_TRIES = 3  # after which it is taken for the reason why the process ended each time
LARGEST_RESULT = 100_000_000  # bytes of an export, before it is compressed

_NO_ACCESS = gettext("You can no longer open this set, or it was deleted.")
_NOT_FINISHED = gettext("Something went wrong. Try again, or split the file.")
_TOO_LARGE = gettext("The file would be larger than %(limit)s MB.", limit=LARGEST_RESULT // 1_000_000)

log = logging.getLogger("quizapp.jobs")


def run_transfer(session: Session, transfer_id: int, *, tries: int, now: datetime) -> None:
    """Import or export a file as far as it goes without its owner. Nothing happens if that was done, or called off."""
    transfer = transfers.find_work(session, transfer_id)
    if transfer is None:
        session.commit()
        return
    try:
        with _without_collector():
            _Work(session, transfer_id, session.get_one(User, transfer.user_id), now).run(transfer, tries)
    except SQLAlchemyError:  # another try may succeed
        raise
    except Unreadable as error:
        problem = f"{error.place}: {error.message}" if error.place else error.message
        _fail(session, transfer_id, problem, now)
    except NotFound:
        _fail(session, transfer_id, _NO_ACCESS, now)
    except Exception:
        log.exception("a file cannot be imported or exported", extra={"fields": {"transfer": transfer_id}})
        _fail(session, transfer_id, _NOT_FINISHED, now)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let the garbage collector rest: it would look through the many objects of a set again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _fail(session: Session, transfer_id: int, message: str, now: datetime) -> None:
    session.rollback()
    if transfer := transfers.find_work(session, transfer_id, lock=True):
        transfers.fail_transfer(transfer, message, now=now)
    session.commit()


class _CalledOff(Exception):
    """The owner deleted the file while it was worked on."""


@dataclass(frozen=True, slots=True)
class _Work:
    session: Session
    transfer_id: int
    user: User
    now: datetime

    def run(self, transfer: Transfer, tries: int) -> None:
        if tries > MOST_TRIES:
            log.error("a file is given up", extra={"fields": {"transfer": self.transfer_id}})
            _fail(self.session, self.transfer_id, _NOT_FINISHED, self.now)
            return
        try:
            if transfer.is_export:
                self.export(transfer)
            else:
                self.bring_in(transfer)
        except _CalledOff:
            self.session.rollback()

    def begin_step(self, step: str) -> None:
        transfers.note(self.current(lock=True), step=step, now=self.now)
        self.session.commit()

    def current(self, *, lock: bool = False) -> Transfer:
        transfer = transfers.find_work(self.session, self.transfer_id, lock=lock)
        if transfer is None:
            raise _CalledOff
        return transfer

    def export(self, transfer: Transfer) -> None:
        set_id, name = transfer.set_id, transfer.format
        assert set_id is not None and name is not None
        self.begin_step("reading")
        with reading():
            content = exports.read_set(self.session, self.user, set_id, now=self.now)
            hidden = sorted(list_hidden_keys(self.session, self.user, set_id, self.now))
            self.session.commit()
        self.begin_step("writing")
        made = exports.write_set(*content, name, now=self.now)
        if len(made.data) > LARGEST_RESULT:
            raise Unreadable("", _TOO_LARGE)
        warnings = [list(warning) for warning in made.warnings]
        preview = {"questions": made.questions, "warnings": warnings, "hidden": hidden}
        packed = pack_file(made.data)
        transfer = self.current(lock=True)
        transfers.note(transfer, state="ready", packed=packed, filename=made.filename, preview=preview, now=self.now)
        self.session.commit()

    def bring_in(self, transfer: Transfer) -> None:
        set_id, title, fingerprint = transfer.set_id, transfer.title, (transfer.preview or {}).get("fingerprint")
        options = self.table_options(transfer)
        upload = Upload(transfer.filename, transfer.data or b"", transfer.format, transfer.topic, options)
        self.begin_step("reading")
        plan = self.plan(upload, set_id, title)
        if fingerprint == plan.preview.fingerprint and self.save(plan, set_id):
            return
        shown = describe_preview(plan.preview, most=transfers.MOST_SHOWN)
        transfers.note(
            self.current(lock=True),
            state="ready",
            is_confirmed=False,
            is_outdated=fingerprint is not None,
            preview=shown,
            format=plan.preview.form.name,
            now=self.now,
        )
        self.session.commit()

    def table_options(self, transfer: Transfer) -> TableOptions:
        """Return what the owner chose for the table, or what was remembered of the set."""
        if transfer.table_options:
            return TableOptions.model_validate(transfer.table_options)
        row = self.session.get(QuestionSet, transfer.set_id) if transfer.set_id else None
        return import_export.remembered_options(row)

    def plan(self, upload: Upload, set_id: int | None, title: str) -> ImportPlan:
        """Return what the import would do, found without keeping other writers waiting."""
        content = import_export.parse_upload(upload)
        with reading():
            stored = import_export.stored_pictures(self.session, content)
            self.session.commit()
        content = import_export.encode_pictures(content, stored)
        self.begin_step("comparing")
        with reading():
            if set_id is None:
                plan = import_export.plan_new_set(self.session, self.user, title, content, now=self.now)
            else:
                plan = import_export.plan_import(self.session, self.user, set_id, content, now=self.now)
            self.session.commit()
        return plan

    def save(self, plan: ImportPlan, set_id: int | None) -> bool:
        """Import the file if its owner has confirmed that; False if it would do something else by now."""
        if not self.current().is_confirmed:
            return False
        self.begin_step("saving")
        transfer = self.current(lock=True)
        try:
            if set_id is None:
                done = import_export.import_new_set(self.session, self.user, plan, store=self.store, now=self.now)
            else:
                done = import_export.run_import(self.session, self.user, set_id, plan, store=self.store, now=self.now)
        except (OutdatedPreview, UndecidedTable):
            self.session.rollback()
            return False
        transfers.note(transfer, state="done", packed=None, set_id=done.set_id, now=self.now)
        self.session.commit()
        return True

    def store(self, picture: EncodedPicture) -> None:
        try:
            pictures.store_picture(self.session, self.user, picture, now=self.now)
        except InvalidPicture:  # other uploads reached the limit meanwhile
            raise OutdatedPreview from None
