"""The versions of facts and questions: who wrote each, what it changed, going back to one, and conflicts.

Facts and questions follow one rule. An author's form names the version it was opened at (`base`); what the author did
not change is not written; and a change on top of a version that the author has not seen raises EditConflict.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question
from quizapp.core.sets import schema, spellings
from quizapp.core.text.differences import Difference, changes, differences
from quizapp.core.text.edtf import display_date
from quizapp.core.translation import gettext
from quizapp.models import Fact, FactVersion, Question, QuestionReport, QuestionSet, QuestionVersion, User
from quizapp.services.access import fact_to_write, question_to_write
from quizapp.services.errors import NotFound
from quizapp.services.sets.contents import (
    FACT_FIELDS,
    append_fact_version,
    append_question_version,
    fact_document,
    fact_keys,
    renew_answers,
    renew_made_questions,
)

PAGE = 20  # versions


class EditConflict(Exception):
    """Somebody else saved since the author's form was opened: `by` (None if unknown), `at` an instant."""

    def __init__(self, by: str | None, at: datetime) -> None:
        super().__init__(by)
        self.by, self.at = by, at


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a fact or question. `differences` compare it with the one before; the first has none."""

    number: int
    at: datetime
    author: str | None
    from_file: bool
    text: str
    differences: Sequence[Difference]
    suggested_by: str | None = None  # the learner whose correction it is


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A page of the versions of a fact or question, whose id is `id`, the newest first."""

    row: QuestionSet
    id: int
    current: int
    versions: Sequence[Version]
    page: int  # from 1
    has_older: bool
    statement: str = ""  # of a fact


def edit_conflict(session: Session, fact: Fact, question: Question | None = None) -> EditConflict:
    """Return the conflict with whoever saved the fact, or the question if one is given, last."""
    saved: list[Any] = []
    if question is not None:
        query = select(User.name, QuestionVersion.created_at).select_from(QuestionVersion)
        query = query.where(QuestionVersion.question_id == question.id, QuestionVersion.number == question.current)
        saved += session.execute(query.outerjoin(User, User.id == QuestionVersion.author_id))
    query = select(User.name, FactVersion.created_at).select_from(FactVersion)
    query = query.where(FactVersion.fact_id == fact.id, FactVersion.number == fact.version)
    saved += session.execute(query.outerjoin(User, User.id == FactVersion.author_id))
    if not saved:  # the fact is as it was first written, so the form says that it began with a version to come
        return EditConflict(None, session.get_one(QuestionSet, fact.set_id).created_at)
    return EditConflict(*max(saved, key=lambda row: row.created_at))


# Questions


def read_question_versions(
    session: Session, user: User, set_id: int, question_id: int, *, page: int = 1
) -> VersionPage:
    """Return a page of the versions of a question; four statements. Raises NotFound."""
    row, question = question_to_write(session, user, set_id, question_id)
    rows, has_older = _page_of(session, QuestionVersion, QuestionVersion.question_id == question_id, page)
    documents = [dict(describe_fields(version.body)) for version, _ in rows]
    suggested = _suggesters(session, [version.id for version, _ in rows])
    versions = [
        Version(
            version.number,
            version.created_at,
            author,
            version.bank_hash is not None,
            version.body["prompt"],
            differences(documents[place + 1], documents[place]) if place + 1 < len(rows) else (),
            suggested.get(version.id),
        )
        for place, (version, author) in enumerate(rows)
    ]
    return VersionPage(row, question_id, question.current, versions[:PAGE], max(page, 1), has_older)


def _suggesters(session: Session, version_ids: Sequence[int]) -> dict[int, str]:
    """Return who suggested versions of questions that are accepted corrections, by their ids."""
    query = select(QuestionReport.accepted_as_id, User.name).join(User, User.id == QuestionReport.learner_id)
    rows = session.execute(query.where(QuestionReport.accepted_as_id.in_(version_ids)))
    return {version_id: name or gettext("a guest") for version_id, name in rows if version_id is not None}


def _page_of(session: Session, model: Any, condition: ColumnElement[bool], page: int) -> tuple[Sequence[Any], bool]:
    """Return the versions of a page with their authors' names, and whether there are older ones.

    The version before the oldest of them is there too, to compare with.
    """
    query = select(model, User.name).outerjoin(User, User.id == model.author_id).where(condition)
    query = query.order_by(model.number.desc())
    rows = session.execute(query.limit(PAGE + 1).offset((max(page, 1) - 1) * PAGE)).all()
    return rows, len(rows) > PAGE


def restore_question_version(
    session: Session, user: User, set_id: int, question_id: int, number: int, *, base: int, now: datetime
) -> None:
    """Make an earlier version the newest one. Raises NotFound, EditConflict."""
    row, question = question_to_write(session, user, set_id, question_id, lock=True)
    body = session.scalar(
        select(QuestionVersion.body).where(QuestionVersion.question_id == question_id, QuestionVersion.number == number)
    )
    if body is None:
        raise NotFound
    if question.current != base:
        raise edit_conflict(session, question.fact, question)
    names = [schema.Name.model_validate(name) for name in row.names]
    append_question_version(question, spellings.expand(parse_question(body), names), author=user, now=now)
    question.fact.edited_at = now
    session.flush()
    renew_answers(session, Fact.id == question.fact_id)
    renew_made_questions(session, row, now=now)


def describe_fields(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each field of a question and its value in words, in the order of a form; empty fields are left out."""
    leading = ("prompt", "text", "answer", "where", "area", "answers")
    for field in (*leading, *(name for name in body if name not in (*leading, "key", "kind", "explanation"))):
        if (value := body.get(field)) not in (None, "", [], {}):
            yield QUESTION_FIELDS.get(field, field), _describe_value(field, value)
    if body.get("explanation"):
        yield gettext("Explanation"), body["explanation"]


QUESTION_FIELDS = {
    "prompt": gettext("Question"),
    "text": gettext("Text"),
    "answer": gettext("Answer"),
    "where": gettext("Right place, in words"),
    "area": gettext("Right area"),
    "answers": gettext("Right answers"),
    "accept": gettext("Accepted"),
    "reject": gettext("Rejected"),
    "spellings_of": gettext("Spellings of names"),
    "distractors": gettext("Wrong choices"),
    "items": gettext("Order"),
    "pairs": gettext("Pairs"),
    "extra": gettext("Extra choices"),
    "gaps": gettext("Gaps"),
    "precision": gettext("Required precision"),
    "tolerance": gettext("Tolerance"),
    "unit": gettext("Unit"),
    "picture": gettext("Picture"),
}


def _describe_value(field: str, value: Any) -> str:
    if field == "gaps":
        return "\n".join(f"{name}: {_describe_gap(gap)}" for name, gap in value.items())
    if field == "distractors":
        return "\n".join(map(_describe_distractor, value))
    if field == "pairs":
        return "\n".join(f"{pair['left']} – {pair['right']}" for pair in value)
    if field == "items":
        return " → ".join(item if isinstance(item, str) else " / ".join(item) for item in value)
    if field == "picture":
        return str(value["alt"])
    if field == "area":
        return _describe_area(value)
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _describe_distractor(wrong: Mapping[str, Any]) -> str:
    place = f", {wrong['where']} ({_describe_area(wrong['area'])})" if wrong.get("area") else ""
    reason = f": {wrong['why_not']}" if wrong.get("why_not") else ""
    return f"{wrong['text']}{place}{reason}" + (f" ({wrong['misconception']})" if wrong.get("misconception") else "")


def _describe_area(box: Sequence[float]) -> str:
    left, top, width, height = box
    sides = {"width": width, "height": height, "left": left, "top": top}
    return gettext(
        "%(width)s%% wide, %(height)s%% high, %(left)s%% from the left, %(top)s%% from the top",
        **{side: f"{number:g}" for side, number in sides.items()},
    )


def _describe_gap(gap: Mapping[str, Any]) -> str:
    parts = {name: gap.get(name) for name in ("accept", "spellings_of", "reject") if gap.get(name)}
    more = [f"{QUESTION_FIELDS[name].lower()} {'; '.join(forms)}" for name, forms in parts.items() if forms]
    wrong = [_describe_distractor(one) for one in gap.get("distractors", [])]
    return "; ".join(
        [str(gap["answer"]), *more, *([gettext("or %(choices)s", choices=" / ".join(wrong))] if wrong else [])]
    )


# Facts

FACT_LABELS = {
    "statement": gettext("Statement"),
    "topic": gettext("Topic"),
    "tags": gettext("Tags"),
    "passages": gettext("Passages"),
    "notes": gettext("Source notes"),
    "date": gettext("Date"),
    "importance": gettext("Importance"),
    "actors": gettext("People and places"),
    "leads_to": gettext("Effects"),
    "caution": gettext("Caution"),
}


def read_fact_versions(session: Session, user: User, set_id: int, fact_id: int, *, page: int = 1) -> VersionPage:
    """Return a page of the versions of a fact, empty if it was never changed; three statements. Raises NotFound."""
    row, fact = fact_to_write(session, user, set_id, fact_id)
    rows, has_older = _page_of(session, FactVersion, FactVersion.fact_id == fact_id, page)
    bodies = [version.document for version, _ in rows]
    versions = [
        Version(
            version.number,
            version.created_at,
            author,
            False,
            version.body["statement"],
            compare_facts(row, bodies[place + 1], bodies[place]) if place + 1 < len(rows) else (),
        )
        for place, (version, author) in enumerate(rows)
    ]
    return VersionPage(row, fact_id, fact.version, versions[:PAGE], max(page, 1), has_older, fact.statement)


def restore_fact_version(
    session: Session, user: User, set_id: int, fact_id: int, number: int, *, base: int, now: datetime
) -> bool:
    """Make an earlier version of a fact the newest one; return False where the fact says the same already.

    What the version refers to and the set no longer has is left out. Raises NotFound, EditConflict.
    """
    row, fact = fact_to_write(session, user, set_id, fact_id, lock=True)
    version = session.get(FactVersion, (fact_id, number))
    if version is None:
        raise NotFound
    if fact.version != base:
        raise edit_conflict(session, fact)
    body = without_missing(row, version.document, fact_keys(session, set_id) - {fact.key}, otherwise=fact.topic)
    if body == fact_document(fact):
        return False
    write_fact(session, fact, body, author=user, now=now)
    session.flush()
    return True


def write_fact(session: Session, fact: Fact, document: Mapping[str, Any], *, author: User, now: datetime) -> None:
    """Change a fact to say what the document says (fields of core.sets.schema.Fact), as its next version."""
    append_fact_version(session, fact, dict(document), author=author, now=now)
    for name in FACT_FIELDS:
        setattr(fact, name, document[name])
    fact.edited_at = now


def without_missing(row: QuestionSet, body: Mapping[str, Any], facts: set[str], *, otherwise: str) -> dict[str, Any]:
    """Return what a version says without what the set no longer has; `otherwise` replaces a topic that is gone."""
    header = schema.SetHeader.model_validate(row.header)
    names = {name["key"] for name in row.names}
    passages = {passage.number for passage in header.passages}
    notes = {note.number for note in header.notes}
    return {name: body[name] for name in FACT_FIELDS} | {
        "topic": body["topic"] if body["topic"] in {topic.key for topic in header.topics} else otherwise,
        "actors": [key for key in body["actors"] if key in names],
        "leads_to": {key: why for key, why in body["leads_to"].items() if key in facts},
        "passages": [number for number in body["passages"] if number in passages],
        "notes": [number for number in body["notes"] if number in notes],
    }


def compare_facts(row: QuestionSet, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the fields in which two versions of a fact of the set differ, in words."""
    old, new = _describe_fact(row, before), _describe_fact(row, after)
    return [
        Difference(label, changes(old[name], new[name]))
        for name, label in FACT_LABELS.items()
        if before[name] != after[name]
    ]


def _describe_fact(row: QuestionSet, body: Mapping[str, Any]) -> dict[str, str]:
    topics = {topic["key"]: topic["title"] for topic in row.header["topics"]}
    names = {name["key"]: name["name"] for name in row.names}
    return {
        "statement": body["statement"],
        "topic": topics.get(body["topic"], body["topic"]),
        "tags": ", ".join(body["tags"]),
        "passages": ", ".join(f"¶ {number}" for number in body["passages"]),
        "notes": ", ".join(map(str, body["notes"])),
        "date": display_date(body["date"]) if body["date"] else "",
        "importance": schema.IMPORTANCE[body["importance"]],
        "actors": ", ".join(names.get(key, key) for key in body["actors"]),
        "leads_to": "; ".join(f"{key}: {why}" for key, why in body["leads_to"].items()),
        "caution": body["caution"] or "",
    }
