"""Sittings: a fixed row of questions, answered one by one. Quizzes and practice are both made of them.

Every answer is saved as it is given, so that a closed browser loses nothing. Where feedback comes at once an answer is
final; where it comes at the end, it may be changed until the attempt is handed in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, aliased

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import Response as GivenResponse
from quizapp.core.kinds import answers_another_kind, carry_over, parse_question, parse_response, read_response
from quizapp.core.kinds.base import UnreadableResponse
from quizapp.core.kinds.grade import Grade
from quizapp.models import Attempt, Fact, QuestionSet, QuestionVersion, Response, User
from quizapp.services import memories
from quizapp.services.errors import NotFound

AT_ONCE, AT_END = "at-once", "at-end"  # when an attempt tells whether an answer was right

# An answer sent just before the time was up may still be on its way.
GRACE = timedelta(seconds=10)


MARKED_BY = aliased(QuestionVersion)  # whose key an answer was marked by, once that is not the one that was asked


class AttemptOver(Exception):
    """The attempt was handed in, or its time is up."""


class AnsweredAlready(Exception):
    """The answer was shown together with its key, so it stays."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question of an attempt with what was answered, and all that explains it.

    `response` is None until answered, and so is `grade`. It has the names of a verdict, so that the same templates
    draw both.
    """

    position: int
    fact_id: int
    fact_key: str
    set_key: str
    topic: dict[str, Any]
    question_version_id: int
    question: AskedQuestion
    order: tuple[int, ...]
    response: GivenResponse | None
    grade: Grade | None
    confidence: int | None
    statement: str
    caution: str | None
    passages: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]
    review_id: int | None
    ms: int | None = None

    @property
    def answered(self) -> bool:
        return self.response is not None

    @property
    def remembered(self) -> bool:
        return self.grade is not None and self.grade.correct

    @property
    def overridden(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt that goes on: for each position the credit of its answer, None while unanswered."""

    attempt: Attempt
    credits: dict[int, float | None]
    item: Item | None = None  # the question that is looked at

    @property
    def unanswered(self) -> list[int]:
        return [position for position, fraction in self.credits.items() if fraction is None]


@dataclass(frozen=True, slots=True)
class Marked:
    """A question of a finished attempt; `item` is drawn with its key also where nothing was answered."""

    item: Item
    answered: bool

    @property
    def right(self) -> bool:
        return self.answered and self.item.remembered


def begin(
    session: Session,
    learner: User,
    asked: Sequence[tuple[int, int]],
    *,
    set_id: int,
    purpose: str,
    title: str,
    feedback: str,
    now: datetime,
    about: dict[str, Any] | None = None,
    quiz_id: int | None = None,
    assignment_id: int | None = None,
    minutes: float | None = None,
    deadline: datetime | None = None,
) -> int:
    """Begin an attempt at `asked`, pairs of (fact id, question version id), in that order. Gives its id.

    It ends after so many minutes, or at the deadline, where there is one.
    """
    attempt = Attempt(
        learner_id=learner.id,
        set_id=set_id,
        quiz_id=quiz_id,
        assignment_id=assignment_id,
        purpose=purpose,
        title=title,
        about=about or {},
        feedback=feedback,
        size=len(asked),
        started_at=now,
        deadline=now + timedelta(minutes=minutes) if minutes else deadline,
    )
    session.add(attempt)
    session.flush()
    session.execute(
        insert(Response),
        [
            {"attempt_id": attempt.id, "position": position, "fact_id": fact_id, "question_version_id": version_id}
            for position, (fact_id, version_id) in enumerate(asked, start=1)
        ],
    )
    return attempt.id


def own_attempt(
    session: Session, learner: User, attempt_id: int, *, purposes: Iterable[str], lock: bool = False
) -> Attempt:
    """An attempt of the learner's, of one of the purposes; `lock` it to change it. Raises NotFound."""
    query = select(Attempt).where(
        Attempt.id == attempt_id, Attempt.learner_id == learner.id, Attempt.purpose.in_(purposes)
    )
    if lock:  # what was read before may have changed while it was waited for
        query = query.with_for_update().execution_options(populate_existing=True)
    attempt = session.scalar(query)
    if attempt is None:
        raise NotFound
    return attempt


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Whether the attempt was handed in or its time is up."""
    return attempt.finished_at is not None or (attempt.deadline is not None and now >= attempt.deadline)


def sitting(
    session: Session,
    learner: User,
    attempt_id: int,
    *,
    purposes: Iterable[str],
    position: int | None = None,
    now: datetime,
) -> Sitting:
    """An attempt as it stands, with one of its questions if wanted; three statements.

    Raises NotFound, and AttemptOver when it was handed in or its time is up.
    """
    attempt = own_attempt(session, learner, attempt_id, purposes=purposes)
    if is_over(attempt, now):
        raise AttemptOver
    credits = progress(session, attempt)
    return Sitting(attempt, credits, None if position is None else item(session, attempt, position))


def marked(session: Session, attempt: Attempt) -> list[Marked]:
    """Every question of a finished attempt with its key, in order; one statement."""
    return [_marked(each) for each in items(session, attempt)]


def _marked(item: Item) -> Marked:
    if item.grade is not None:
        return Marked(item, answered=True)
    blank = read_response(item.question, {}, item.order)
    return Marked(replace(item, response=blank, grade=item.question.grade(blank)), answered=False)


def items(session: Session, attempt: Attempt) -> list[Item]:
    """Every question of an attempt, in order; one statement."""
    rows = session.execute(_items(attempt.id)).all()
    return [_item(attempt, row) for row in rows]


def item(session: Session, attempt: Attempt, position: int) -> Item:
    """One question of an attempt. Raises NotFound for a position it does not have."""
    if position not in range(1, attempt.size + 1):
        raise NotFound
    return _item(attempt, session.execute(_items(attempt.id).where(Response.position == position)).one())


def progress(session: Session, attempt: Attempt) -> dict[int, float | None]:
    """For each position the credit (0..1) of its answer, None while unanswered, in order."""
    rows = session.execute(
        select(Response.position, Response.fraction)
        .where(Response.attempt_id == attempt.id)
        .order_by(Response.position)
    )
    return dict(rows.all())


def respond(
    session: Session,
    attempt: Attempt,
    position: int,
    posted: Mapping[str, str],
    *,
    ms: int | None,
    confidence: int | None,
    now: datetime,
) -> GivenResponse:
    """Save the answer to one question of an attempt that is locked.

    Raises AttemptOver, AnsweredAlready, NotFound for a position it does not have, and UnreadableResponse for
    what does not answer this kind of question; then nothing has changed.
    """
    if attempt.finished_at is not None or (attempt.deadline and now > attempt.deadline + GRACE):
        raise AttemptOver
    asked = item(session, attempt, position)
    if asked.answered and attempt.feedback == AT_ONCE:
        raise AnsweredAlready
    if answers_another_kind(asked.question, posted):
        raise UnreadableResponse("that answers a question of another kind")
    response = read_response(asked.question, posted, asked.order)
    grade = asked.question.grade(response)
    session.execute(
        update(Response)
        .where(Response.attempt_id == attempt.id, Response.position == position)
        .values(
            response=response.model_dump(mode="json"),
            verdict=grade.verdict.value,
            fraction=grade.fraction,
            confidence=confidence,
            ms=memories.credible(ms),
            at=now,
        )
    )
    return response


def finish(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Hand an attempt in that is locked: what is there counts, as of now or of when its time was up.

    Raises AttemptOver when it was handed in before.
    """
    if attempt.finished_at is not None:
        raise AttemptOver
    attempt.finished_at = min(now, attempt.deadline) if attempt.deadline else now
    attempt.marks = sum(fraction or 0.0 for fraction in progress(session, attempt).values())
    session.flush()


def as_marked(
    asked: AskedQuestion, response: GivenResponse | None, marked_by: dict[str, Any] | None
) -> tuple[AskedQuestion, GivenResponse | None]:
    """A question and the answer to it, as they were marked: by the version asked, or the one they were regraded by."""
    if marked_by is None:
        return asked, response
    question = parse_question(marked_by)
    return question, None if response is None else carry_over(asked, response, question)


def _items(attempt_id: int) -> Any:
    return (
        select(
            Response,
            QuestionVersion.body,
            MARKED_BY.body.label("marked_by"),
            Fact,
            QuestionSet.key.label("set_key"),
            QuestionSet.header,
        )
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .outerjoin(MARKED_BY, MARKED_BY.id == Response.regraded_by_id)
        .join(Fact, Fact.id == Response.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(Response.attempt_id == attempt_id)
        .order_by(Response.position)
        .execution_options(populate_existing=True)
    )


def _item(attempt: Attempt, row: Any) -> Item:
    stored, fact, header = row.Response, row.Fact, row.header
    given = None if stored.response is None else parse_response(stored.response)
    question, response = as_marked(parse_question(row.body), given, row.marked_by)
    return Item(
        position=stored.position,
        fact_id=fact.id,
        fact_key=fact.key,
        set_key=row.set_key,
        topic=next(topic for topic in header["topics"] if topic["key"] == fact.topic),
        question_version_id=stored.question_version_id,
        question=question,
        order=question.shuffle_options(f"{attempt.id}:{stored.position}"),
        response=response,
        grade=None if response is None else question.grade(response),
        confidence=stored.confidence,
        statement=fact.statement,
        caution=fact.caution,
        passages=tuple(p for p in header["passages"] if p["number"] in fact.passages),
        notes=tuple(n for n in header["notes"] if n["number"] in fact.notes),
        review_id=stored.review_id,
        ms=stored.ms,
    )
