"""Write a set in any format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.authoring import key_for
from quizapp.core.formats.format import ExportedFile, Format, count_warnings, picture_digests
from quizapp.core.formats.registry import FORMATS
from quizapp.core.sets import schema
from quizapp.models import QuestionSet, StoredPicture, User
from quizapp.services import access, running_quizzes
from quizapp.services.sets import contents as documents


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A set as a file, with the number of questions in it."""

    form: Format
    filename: str
    data: bytes
    questions: int
    warnings: Sequence[tuple[str, int, str]]


def export_set(session: Session, user: User | None, set_id: int, name: str, *, now: datetime) -> ExportResult:
    """Return a set that the person may read, in the format of that name, without the facts hidden from them now.

    Raises NotFound.
    """
    return write_set(*read_set(session, user, set_id, now=now), name, now=now)


ReadSet = tuple[schema.QuestionSet, dict[str, bytes]]


def read_set(session: Session, user: User | None, set_id: int, *, now: datetime) -> ReadSet:
    """Return a set that the person may read as `export_set` exports it, and its pictures. Raises NotFound."""
    row = access.set_to_read(session, user, set_id)
    hidden = running_quizzes.list_hidden_keys(session, user, set_id, now)
    source = _without(documents.read_document(session, row), hidden)
    return source, _pictures(session, source)


def export_any_set(session: Session, row: QuestionSet, name: str, *, now: datetime) -> ExportResult:
    """Return a whole set, for someone who may read every set."""
    source = documents.read_document(session, row)
    return write_set(source, _pictures(session, source), name, now=now)


def _without(source: schema.QuestionSet, hidden: set[str]) -> schema.QuestionSet:
    """Return a set without the facts of these keys, and without the reasons that lead to them."""
    if not hidden:
        return source
    facts = [fact for fact in source.facts if fact.key not in hidden]
    kept = [{key: why for key, why in fact.leads_to.items() if key not in hidden} for fact in facts]
    left = [fact.model_copy(update={"leads_to": leads_to}) for fact, leads_to in zip(facts, kept, strict=True)]
    return replace(source, facts=tuple(left))


def write_set(source: schema.QuestionSet, pictures: Mapping[str, bytes], name: str, *, now: datetime) -> ExportResult:
    """Return a set that was read, in the format of that name; without the database, so that nobody waits for it."""
    form = FORMATS[name]
    written = form.write(source, pictures, now=now)
    total = sum(len(fact.questions) for fact in source.facts)
    filename = f"{key_for(source.header.title, (), without='set')}.{form.extension}"
    return ExportResult(form, filename, written.data, total - _left_out(written), count_warnings(written.warnings))


def _left_out(written: ExportedFile) -> int:
    return sum(warning.whole_question for warning in written.warnings)


def _pictures(session: Session, source: schema.QuestionSet) -> dict[str, bytes]:
    digests = picture_digests(source.facts)
    query = select(StoredPicture.digest, StoredPicture.data).where(StoredPicture.digest.in_(digests))
    return {row.digest: row.data for row in session.execute(query)}
