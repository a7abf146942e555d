"""Every version of a question: who wrote it, when, and what became different."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question
from quizapp.core.sets import schema, spellings
from quizapp.core.text.differences import Difference, differences
from quizapp.models import (
    Fact,
    Question,
    QuestionSet,
    QuestionVersion,
    User,
)
from quizapp.services.access import set_to_write
from quizapp.services.errors import NotFound
from quizapp.services.sets.contents import append_question_version

PAGE = 20  # versions


@dataclass(frozen=True, slots=True)
class Version:
    """One version. `differences` are what it changed, field by field; the first version has none to compare with."""

    number: int
    at: datetime
    by: str | None
    from_file: bool
    prompt: str
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class History:
    """Versions of a question, the newest first, a page at a time."""

    set: QuestionSet
    question_id: int
    current: int
    versions: list[Version]
    page: int
    has_older: bool


def history(session: Session, user: User, set_id: int, question_id: int, *, page: int = 1) -> History:
    """What became of a question; three statements. Raises NotFound."""
    row, question = _question(session, user, set_id, question_id)
    page = max(page, 1)
    rows = session.execute(
        select(QuestionVersion, User.name)
        .outerjoin(User, User.id == QuestionVersion.author_id)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.number.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    before = [version.body for version, _ in rows[1:]]
    versions = [
        Version(
            version.number,
            version.created_at,
            name,
            version.bank_hash is not None,
            version.body["prompt"],
            differences(dict(told(before[place])), dict(told(version.body))) if place < len(before) else (),
        )
        for place, (version, name) in enumerate(rows[:PAGE])
    ]
    return History(row, question_id, question.current, versions, page, len(rows) > PAGE)


def restore(
    session: Session, user: User, set_id: int, question_id: int, number: int, *, base: int, now: datetime
) -> bool:
    """Make a version of old the newest one; False where somebody saved another since `base`. Raises NotFound."""
    set_to_write(session, user, set_id, lock=True)
    row, question = _question(session, user, set_id, question_id)
    body = session.scalar(
        select(QuestionVersion.body).where(QuestionVersion.question_id == question_id, QuestionVersion.number == number)
    )
    if body is None:
        raise NotFound
    if question.current != base:
        return False
    names = [schema.Name.model_validate(name) for name in row.names]
    append_question_version(question, spellings.expand(parse_question(body), names), author=user, now=now)
    question.fact.edited_at = now
    session.flush()
    return True


def _question(session: Session, user: User, set_id: int, question_id: int) -> tuple[QuestionSet, Question]:
    row = set_to_write(session, user, set_id)
    question = session.scalar(select(Question).join(Fact).where(Question.id == question_id, Fact.set_id == set_id))
    if question is None:
        raise NotFound
    return row, question


def told(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field of a question and what it holds, in words, in the order of a form; empty ones are left out."""
    leading = ("prompt", "text", "answer", "answers")
    for field in (*leading, *(name for name in body if name not in (*leading, "key", "kind", "explanation"))):
        if (value := body.get(field)) not in (None, "", [], {}):
            yield _NAMES.get(field, field), _in_words(field, value)
    if body.get("explanation"):
        yield "Explanation", body["explanation"]


_NAMES = {
    "prompt": "Question",
    "text": "Text",
    "answer": "Answer",
    "answers": "Right answers",
    "accept": "Accepted",
    "reject": "Refused",
    "spellings_of": "Spellings of",
    "distractors": "Wrong choices",
    "items": "Order",
    "pairs": "Pairs",
    "extra": "Offered too",
    "gaps": "Gaps",
    "precision": "What must be right",
    "tolerance": "May be off by",
    "unit": "Unit",
    "picture": "Picture",
}


def _in_words(field: str, value: Any) -> str:
    if field == "gaps":
        return "\n".join(f"{name}: {_gap(gap)}" for name, gap in value.items())
    if field == "distractors":
        return "\n".join(map(_distractor, value))
    if field == "pairs":
        return "\n".join(f"{pair['left']} – {pair['right']}" for pair in value)
    if field == "items":
        return " → ".join(item if isinstance(item, str) else " / ".join(item) for item in value)
    if field == "picture":
        return str(value["alt"])
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _distractor(wrong: Mapping[str, Any]) -> str:
    reason = f": {wrong['why_not']}" if wrong.get("why_not") else ""
    return f"{wrong['text']}{reason}" + (f" ({wrong['misconception']})" if wrong.get("misconception") else "")


def _gap(gap: Mapping[str, Any]) -> str:
    parts = {name: gap.get(name) for name in ("accept", "spellings_of", "reject") if gap.get(name)}
    more = [f"{_NAMES[name].lower()} {'; '.join(forms)}" for name, forms in parts.items() if forms]
    wrong = [_distractor(one) for one in gap.get("distractors", [])]
    return "; ".join([str(gap["answer"]), *more, *(["or " + " / ".join(wrong)] if wrong else [])])
