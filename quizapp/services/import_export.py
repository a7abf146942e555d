"""Import sets from files: preview an import, then run all of it or nothing.

An upload is read again when it is imported; a fingerprint of the preview shows whether it would still do the same.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.authoring import key_for
from quizapp.core.formats.format import (
    NO_QUESTIONS,
    FormatWarning,
    ImportedFact,
    ImportedSet,
    ImportFormat,
    Unreadable,
    count_warnings,
    picture_digests,
    shorten,
)
from quizapp.core.formats.merge import merge
from quizapp.core.formats.other_files import recognise_other
from quizapp.core.formats.registry import IMPORT_FORMATS, guess
from quizapp.core.formats.separate import read_file
from quizapp.core.formats.tables.table import RememberedMapping, TableOptions
from quizapp.core.pictures import (
    MAX_PER_PERSON,
    MAX_TOTAL_PIXELS,
    EncodedPicture,
    InvalidPicture,
    count_pixels,
    encode_picture,
)
from quizapp.core.sets import schema
from quizapp.core.text.languages import guess_language
from quizapp.core.translation import gettext, ngettext
from quizapp.models import Fact, QuestionSet, StoredPicture, User
from quizapp.models.statistics import SET_MODELS, update_statistics
from quizapp.services import access, audit_log
from quizapp.services.errors import UndecidedTable
from quizapp.services.sets import contents as documents
from quizapp.services.sets import updates
from quizapp.services.sets.import_preview import ImportPreview
from quizapp.services.sets.updates import Change

Store = Callable[[EncodedPicture], object]

DEFAULT_OPTIONS = TableOptions()
MANY = 500  # new questions, after which planners should know about them
SAMPLE = 100  # facts by which the language of a set is guessed
MAX_SECONDS = 20  # of processor time for the pictures of a file

GENERAL = schema.Topic(key="general", title=gettext("General"), summary=gettext("Facts that belong to no other topic."))


class OutdatedPreview(Exception):
    """An import would no longer do what the preview showed."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, or pasted text as one.

    `format` is the name of its format, or None to guess it. `topic` is the key of the set's topic for questions without
    a topic. `table` is what a person chose if it is a table.
    """

    filename: str
    data: bytes
    format: str | None = None
    topic: str | None = None
    table: TableOptions = DEFAULT_OPTIONS


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file that was read: the beginning of its name, its format, and its contents.

    `pictures` are those that are not stored yet, by their digest in the file: as they will be stored, or why they
    cannot be.
    """

    filename: str
    form: ImportFormat
    read: ImportedSet
    pictures: Mapping[str, EncodedPicture | InvalidPicture] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did."""

    set_id: int
    preview: ImportPreview


# In


def parse_upload(upload: Upload) -> ParsedFile:
    """Return the contents of the file, without using the database, so that nobody waits for it. Raises Unreadable.

    A table that cannot be read with the options chosen for it has only its columns, and the reason.
    """
    if sentence := recognise_other(upload.filename, upload.data):  # also when a format was chosen
        raise Unreadable("", sentence)
    form = IMPORT_FORMATS[upload.format or guess(upload.filename, upload.data)]
    topic = upload.topic or GENERAL.key
    try:
        read = read_file(form.name, upload.data, topic=topic, table=upload.table)
    except Unreadable as unreadable:
        if upload.table == DEFAULT_OPTIONS:
            raise
        read = _refuse_options(read_file(form.name, upload.data, topic=topic), unreadable)
    if not (read.facts or read.skipped or read.open_rows):
        read = _explain_emptiness(read)
    return ParsedFile(shorten(upload.filename, 100), form, read)


def _refuse_options(read: ImportedSet, unreadable: Unreadable) -> ImportedSet:
    """Return only the columns of a table, with the reason why they have to be mapped otherwise."""
    if read.table is None:
        raise unreadable
    return ImportedSet((), table=replace(read.table, is_certain=False, problem=str(unreadable)))


def _explain_emptiness(read: ImportedSet) -> ImportedSet:
    """Return a table without questions with the reason. Raises Unreadable if it is not a table."""
    if read.table is None:
        raise Unreadable("", NO_QUESTIONS)
    problem = read.table.problem or (NO_QUESTIONS if read.table.is_certain else "")
    return replace(read, table=replace(read.table, is_certain=False, problem=problem))


def remembered_options(row: QuestionSet | None) -> TableOptions:
    """Return the options for the next table that is imported into a set, or into a new one."""
    remembered = row.column_mapping if row else None
    return TableOptions(remembered=RememberedMapping.model_validate(remembered) if remembered else None)


def stored_pictures(session: Session, content: ParsedFile) -> set[str]:
    """Return the digests of the file's pictures that are stored as they are in the file."""
    return _stored_digests(session, content.read.pictures)


def encode_pictures(content: ParsedFile, stored: Set[str]) -> ParsedFile:
    """Return the file with all pictures except the `stored` ones ready to be stored.

    It takes long and uses no database. Raises Unreadable when the pictures have too many pixels, or take too long.
    """
    wanted = {digest: data for digest, data in content.read.pictures.items() if digest not in stored}
    if sum(map(count_pixels, wanted.values())) > MAX_TOTAL_PIXELS:
        raise Unreadable("", _too_many_pixels_message())
    encoded: dict[str, EncodedPicture | InvalidPicture] = {}
    began = time.thread_time()
    for digest, data in wanted.items():
        if time.thread_time() - began > MAX_SECONDS:
            raise Unreadable("", gettext("The pictures take too long to read. Make them smaller or split the file."))
        try:
            encoded[digest] = encode_picture(data)
        except InvalidPicture as invalid:
            encoded[digest] = invalid
    return replace(content, pictures=encoded)


def _too_many_pixels_message() -> str:
    return ngettext(
        "The pictures have more than %(num)s million pixels in total. Make them smaller or split the file.",
        "The pictures have more than %(num)s million pixels in total. Make them smaller or split the file.",
        MAX_TOTAL_PIXELS // 1_000_000,
    )


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, planned before the transaction that does it, because comparing takes long.

    `before` is the header and the names that the set had then; `question_set` is what the set will be.
    """

    preview: ImportPreview
    filename: str
    before: tuple[Any, Any]
    question_set: schema.QuestionSet


def plan_import(session: Session, user: User, set_id: int, content: ParsedFile, *, now: datetime) -> ImportPlan:
    """Plan to import the file into a set that the user can edit; changes nothing. Raises NotFound."""
    return _plan(session, user, access.set_to_write(session, user, set_id), content, now)


def plan_new_set(session: Session, user: User, title: str, content: ParsedFile, *, now: datetime) -> ImportPlan:
    """Plan to make a set from the file; changes nothing."""
    row = QuestionSet(header=_header_for(title, content).model_dump(), names=[])
    return _plan(session, user, row, content, now)


def run_import(
    session: Session, user: User, set_id: int, plan: ImportPlan, *, store: Store, now: datetime
) -> ImportResult:
    """Import the file as planned, all of it or nothing.

    Raises NotFound, UndecidedTable, and OutdatedPreview if it would do something else by now.
    """
    _require_decisions(plan)
    session.expire_all()  # what was read for the plan may have changed since
    row = access.set_to_write(session, user, set_id, lock=True)
    if (row.header, row.names) != plan.before:
        raise OutdatedPreview
    row.header = plan.question_set.header.model_dump()
    row.names = [name.model_dump() for name in plan.question_set.names]
    documents.update_search_text(row)
    return _run(session, user, row, plan, store, now)


def import_new_set(session: Session, user: User, plan: ImportPlan, *, store: Store, now: datetime) -> ImportResult:
    """Make a private set from the file. Raises UndecidedTable."""
    _require_decisions(plan)
    row = documents.insert_set(session, user, plan.question_set.header, plan.question_set.names, now=now)
    taken = _run(session, user, row, plan, store, now)
    _drop_unused_topic(session, row)
    return taken


def _require_decisions(plan: ImportPlan) -> None:
    if not plan.preview.is_ready:
        raise UndecidedTable


def _run(session: Session, user: User, row: QuestionSet, plan: ImportPlan, store: Store, now: datetime) -> ImportResult:
    for picture in plan.preview.new_pictures.values():
        store(picture)
    done = updates.apply_document(session, row, plan.question_set, author=user, by_author=True, now=now)
    if _fingerprint(done.changes, plan.preview.new_topics) != plan.preview.fingerprint:
        raise OutdatedPreview
    if plan.preview.table:
        row.column_mapping = plan.preview.table.remember.model_dump(mode="json")
    if len(plan.preview.of("added")) >= MANY:
        update_statistics(session.connection(), SET_MODELS)
    audit_log.record(
        session, user, "imported", now=now, question_set=row, file=plan.filename or gettext("pasted text"),
        added=len(plan.preview.of("added")), changed=len(plan.preview.of("changed")),
    )  # fmt: skip
    return ImportResult(row.id, plan.preview)


def _header_for(title: str, content: ParsedFile) -> schema.SetHeader:
    """Return the header for a set made from a file: the file's own, or else one made from the title or file name."""
    if header := content.read.header:
        return header.model_copy(update={"title": title}) if title else header
    title = title or PurePath(content.filename).stem.strip() or gettext("Imported set")
    key = key_for(title, (), without="set")
    statements = " ".join(found.fact.statement for found in content.read.facts[:SAMPLE])
    language = guess_language(statements)
    return schema.SetHeader(key=key, title=title, summary=title, language=language, topics=[GENERAL])


def _drop_unused_topic(session: Session, row: QuestionSet) -> None:
    """Remove the topic for facts without one, if all have one."""
    header = schema.SetHeader.model_validate(row.header)
    if GENERAL in header.topics and len(header.topics) > 1:
        used = session.scalar(select(Fact.id).where(Fact.set_id == row.id, Fact.topic == GENERAL.key).limit(1))
        if used is None:
            kept = [topic for topic in header.topics if topic != GENERAL]
            row.header = header.model_copy(update={"topics": kept}).model_dump()
            documents.update_search_text(row)
            session.flush()


def _plan(session: Session, user: User, row: QuestionSet, content: ParsedFile, now: datetime) -> ImportPlan:
    stored = documents.read_document(session, row, with_archived=True)  # a file can restore archived questions
    new_pictures = _new_pictures(session, user, content)
    encoded = [picture.digest for picture in content.pictures.values() if isinstance(picture, EncodedPicture)]
    named = picture_digests(found.fact for found in content.read.facts)
    available = _stored_digests(session, [*encoded, *named]) | new_pictures.keys()
    read, warnings = _with_encoded_pictures(content, available)
    merged = merge(read, stored, content.form, pictures=available, now=now)
    changes = updates.compare_document(session, row, merged.question_set, by_author=True)
    before = {topic.key for topic in stored.header.topics}
    new_topics = [topic.title for topic in merged.question_set.header.topics if topic.key not in before]
    shown = ImportPreview(
        form=content.form,
        header=merged.question_set.header,
        changes=changes,
        skipped=read.skipped,
        warnings=count_warnings([*merged.warnings, *warnings]),
        new_topics=new_topics,
        new_pictures=new_pictures,
        fingerprint=_fingerprint(changes, new_topics),
        table=read.table,
        open_rows=read.open_rows,
    )
    return ImportPlan(shown, content.filename, (row.header, row.names), merged.question_set)


def _fingerprint(changes: Sequence[Change], new_topics: Sequence[str]) -> str:
    described = [[change.what, change.fact_key, change.question_key, change.before, change.after] for change in changes]
    canonical = json.dumps([described, list(new_topics)], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


# Pictures


def _new_pictures(session: Session, user: User, content: ParsedFile) -> dict[str, EncodedPicture]:
    """Return the pictures to store, by their digests: as many as the person may still upload."""
    encoded = {picture.digest: picture for picture in content.pictures.values() if isinstance(picture, EncodedPicture)}
    new = encoded.keys() - _stored_digests(session, encoded) if encoded else ()
    if not new:
        return {}
    mine = session.scalar(select(func.count()).where(StoredPicture.uploader_id == user.id)) or 0
    return {digest: encoded[digest] for digest in sorted(new)[: max(MAX_PER_PERSON - mine, 0)]}


def _with_encoded_pictures(content: ParsedFile, available: Set[str]) -> tuple[ImportedSet, list[FormatWarning]]:
    """Return the file's facts with their pictures as they are stored, and a warning for each that cannot be stored."""
    kept: dict[str, dict[str, Any] | None] = {}
    warnings: list[FormatWarning] = []
    for digest, picture in content.pictures.items():
        kept[digest] = None
        if isinstance(picture, InvalidPicture):
            warnings.append(FormatWarning("", gettext("A picture is left out. %(reason)s", reason=picture)))
        elif picture.digest not in available:
            warnings.append(FormatWarning("", _too_many_pictures_message()))
        else:
            kept[digest] = {"digest": picture.digest, "width": picture.width, "height": picture.height}
    read = content.read
    return replace(read, facts=tuple(_with_stored_picture(found, kept) for found in read.facts)), warnings


def _too_many_pictures_message() -> str:
    limit = f"{MAX_PER_PERSON:,}"
    return gettext("You can upload at most %(limit)s pictures. The others are left out.", limit=limit)


def _with_stored_picture(found: ImportedFact, kept: Mapping[str, dict[str, Any] | None]) -> ImportedFact:
    questions = []
    for question in found.fact.questions:
        if question.picture and question.picture.digest in kept:
            now_kept = kept[question.picture.digest]
            picture = question.picture.model_copy(update=now_kept) if now_kept else None
            question = question.model_copy(update={"picture": picture})
        questions.append(question)
    return replace(found, fact=found.fact.model_copy(update={"questions": questions}))


def _stored_digests(session: Session, digests: Iterable[str]) -> set[str]:
    """Return which of the pictures are stored."""
    return set(session.scalars(select(StoredPicture.digest).where(StoredPicture.digest.in_(list(digests)))))
