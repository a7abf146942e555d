"""What an attempt at an assigned quiz came to, as far as the assignment's feedback lets its student know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.quizzes import Score, by_topic
from quizapp.models import Assignment, Attempt, Classroom, QuestionSet, User
from quizapp.services import attempts
from quizapp.services.access import visible_to
from quizapp.services.assignments.ending import PREVIEW, telling
from quizapp.services.assignments.taking import PURPOSES
from quizapp.services.attempts import Marked


class StillRunning(Exception):
    """The attempt was not handed in yet."""


@dataclass(frozen=True, slots=True)
class Result:
    """`questions` and `topics` are empty until they may be told, at `told_from`; None is never."""

    attempt: Attempt
    assignment: Assignment
    timezone: str
    set_key: str
    set_title: str
    readable: bool  # whether the learner may read the set
    told: bool
    told_from: datetime | None
    questions: list[Marked]
    topics: list[tuple[dict[str, Any], Score]]  # in the set's order
    answered: int

    @property
    def is_preview(self) -> bool:
        return self.attempt.purpose == PREVIEW

    @property
    def score(self) -> Score:
        return Score(self.attempt.marks or 0.0, self.attempt.size)

    @property
    def missed(self) -> int:
        return sum(not marked.right for marked in self.questions)


def result(session: Session, learner: User, attempt_id: int, *, now: datetime) -> Result:
    """What an own attempt came to; seven statements at most. Raises NotFound and StillRunning."""
    attempt = attempts.own_attempt(session, learner, attempt_id, purposes=PURPOSES)
    if attempt.finished_at is None:
        raise StillRunning
    assignment = session.get_one(Assignment, attempt.assignment_id)
    question_set = session.get_one(QuestionSet, assignment.set_id)
    may_read = select(QuestionSet.id).where(QuestionSet.id == question_set.id, visible_to(learner))
    when = telling(session, assignment)
    told = attempt.purpose == PREVIEW or when.is_told(attempt, now)
    marked = attempts.marked(session, attempt) if told else []
    scores = by_topic((each.item.topic["key"], each.item.grade.fraction) for each in marked if each.item.grade)
    return Result(
        attempt=attempt,
        assignment=assignment,
        timezone=session.get_one(Classroom, assignment.class_id).timezone,
        set_key=question_set.key,
        set_title=question_set.title,
        readable=session.scalar(may_read) is not None,
        told=told,
        told_from=when.told_from(attempt),
        questions=marked,
        topics=[(topic, scores[topic["key"]]) for topic in question_set.header["topics"] if topic["key"] in scores],
        answered=sum(credit is not None for credit in attempts.progress(session, attempt).values()),
    )
