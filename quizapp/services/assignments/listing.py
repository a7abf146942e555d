"""Assignments as their class, their students and their teachers see them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from quizapp.core.assignments import AssignmentSettings, FeedbackRelease, Phase
from quizapp.models import Assignment, Attempt, Classroom, Enrolment, Extension, Plan, QuestionSet, User
from quizapp.services import access
from quizapp.services.attempts.reviews import assignment_release

KEPT_ON_TODAY = 7  # days for which something to study is listed there


@dataclass(frozen=True, slots=True)
class AssignmentSummary:
    """An assignment in a list: for a student with their own settings and attempts, for a teacher with everybody's."""

    assignment: Assignment
    timezone: str
    class_title: str
    set_title: str
    set_language: str
    set_key: str
    set_visibility: str
    made_by: str | None
    teaches: bool
    settings: AssignmentSettings
    phase: Phase
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def running(self) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.finished_at is None), None)

    @property
    def handed_in(self) -> int:
        """The number of students who handed something in."""
        return len({attempt.learner_id for attempt in self.attempts if attempt.finished_at is not None})

    @property
    def to_do(self) -> bool:
        """Whether a student has something to do or to finish here."""
        if self.running is not None:
            return True
        return not self.attempts and self.phase in (Phase.OPEN, Phase.LATE)


@dataclass(frozen=True, slots=True)
class StudentProgress:
    """A student in the teacher's view of an assigned quiz."""

    user: User
    enrolment: Enrolment
    extension: Extension | None
    settings: AssignmentSettings
    attempts: list[Attempt]

    @property
    def finished(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.finished_at is not None]

    @property
    def running(self) -> bool:
        return len(self.finished) < len(self.attempts)

    @property
    def late(self) -> bool:
        """Whether the first attempt handed in came late."""
        return bool(self.finished) and self.settings.is_late(self.finished[0].finished_at)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    """An assignment with all that its page shows; `students` and `preview` are for teachers, `plan` for students."""

    summary: AssignmentSummary
    release: FeedbackRelease
    enrolment: Enrolment
    topics: list[str]  # titles of those to study, or drawn from
    draws: list[tuple[str, int]]  # title of a topic, questions
    plan: Plan | None
    students: list[StudentProgress]
    preview: Attempt | None


def list_for_class(session: Session, user: User, class_id: int, *, now: datetime) -> list[AssignmentSummary]:
    """Return the assignments of a class, the newest first; archived ones for its teachers only. Three statements."""
    query = _rows(user).where(Assignment.class_id == class_id).order_by(Assignment.id.desc())
    return _summaries(session, user, query, now)


def list_for_student(session: Session, user: User, *, now: datetime) -> list[AssignmentSummary]:
    """Return what a student's classes ask of them now, the soonest due first; two statements.

    Something to study is listed until its exam day, or for KEPT_ON_TODAY days.
    """
    query = _asked_of(user).order_by(
        Assignment.due_at.is_(None), Assignment.due_at, Assignment.exam_day.is_(None), Assignment.id
    )
    today = user.clock.day(now)
    return [
        each
        for each in _summaries(session, user, query, now)
        if (each.to_do if each.assignment.kind == "quiz" else _still_studied(each.assignment, today, now))
    ]


def list_deadlines(session: Session, user: User, *, now: datetime) -> list[AssignmentSummary]:
    """Return the assigned quizzes that are to be handed in by some time from now on, and were not yet; two statements.

    Also those that are not open yet.
    """
    query = _asked_of(user).where(Assignment.kind == "quiz").order_by(Assignment.id)
    return [
        each
        for each in _summaries(session, user, query, now)
        if each.settings.due_at is not None and each.settings.due_at > now and not each.handed_in
    ]


def _asked_of(user: User) -> Select[Any]:
    """Select the assignments that classes ask of a person as their student."""
    return _rows(user).where(
        Enrolment.role == access.STUDENT, Classroom.archived_at.is_(None), Assignment.archived_at.is_(None)
    )


def _still_studied(assignment: Assignment, today: Any, now: datetime) -> bool:
    if assignment.exam_day is not None:
        return bool(assignment.exam_day >= today)
    return (now - assignment.created_at).days < KEPT_ON_TODAY


def get_page(session: Session, user: User, assignment_id: int, *, now: datetime) -> AssignmentPage:
    """Return an assignment of a class that the person is in; eight statements at most. Raises NotFound."""
    assignment, _, enrolment = access.assignment_to_do(session, user, assignment_id)
    (summary,) = _summaries(session, user, _rows(user).where(Assignment.id == assignment_id), now)
    header = session.get_one(QuestionSet, assignment.set_id).header
    titles = {topic["key"]: topic["title"] for topic in header["topics"]}
    return AssignmentPage(
        summary=summary,
        release=assignment_release(session, assignment),
        enrolment=enrolment,
        topics=[titles.get(key, key) for key in assignment.topics],
        draws=[(titles.get(key, key), number) for key, number in assignment.draws.items()],
        plan=None if summary.teaches else session.get(Plan, (user.id, assignment.set_id)),
        students=_students(session, assignment, summary.attempts) if summary.teaches else [],
        preview=_preview(session, user, assignment) if summary.teaches else None,
    )


def _rows(user: User) -> Select[Any]:
    maker = User.__table__.alias("maker")
    return (
        select(
            Assignment,
            Classroom,
            QuestionSet.title,
            QuestionSet.header["language"].as_string(),
            QuestionSet.key,
            QuestionSet.visibility,
            maker.c.name,
            Enrolment,
            Extension,
        )
        .join(Classroom, Classroom.id == Assignment.class_id)
        .join(QuestionSet, QuestionSet.id == Assignment.set_id)
        .join(Enrolment, Enrolment.class_id == Classroom.id)
        .outerjoin(maker, maker.c.id == Assignment.made_by_id)
        .outerjoin(Extension, (Extension.assignment_id == Assignment.id) & (Extension.user_id == user.id))
        .where(
            Enrolment.user_id == user.id,
            Enrolment.status == access.ACTIVE,
            or_(Assignment.archived_at.is_(None), Enrolment.role == access.TEACHER),
        )
    )


def _summaries(session: Session, user: User, query: Select[Any], now: datetime) -> list[AssignmentSummary]:
    rows = session.execute(query).all()
    taught = {row[0].id for row in rows if row.Enrolment.role == access.TEACHER}
    attempts = _attempts(session, user, {row[0].id for row in rows}, taught)
    found = []
    for assignment, classroom, set_title, language, set_key, visibility, made_by, enrolment, extension in rows:
        teaches = assignment.id in taught
        settings = assignment.settings if teaches else assignment.settings_for(enrolment, extension)
        found.append(
            AssignmentSummary(
                assignment,
                classroom.timezone,
                classroom.title,
                set_title,
                language,
                set_key,
                visibility,
                made_by,
                teaches,
                settings,
                settings.phase(now),
                attempts[assignment.id],
            )
        )
    return found


def _attempts(session: Session, user: User, ids: set[int], taught: set[int]) -> dict[int, list[Attempt]]:
    """Return the attempts by assignment: the user's own, or those of all who are in the class where they teach."""
    found: dict[int, list[Attempt]] = defaultdict(list)
    of_class = exists().where(
        Assignment.id == Attempt.assignment_id,
        Enrolment.user_id == Attempt.learner_id,
        *access.is_student_of(Assignment.class_id),
    )
    query = (
        select(Attempt)
        .where(
            Attempt.assignment_id.in_(ids),
            Attempt.purpose == "assignment",
            or_(Attempt.learner_id == user.id, and_(Attempt.assignment_id.in_(taught), of_class)),
        )
        .order_by(Attempt.id)
    )
    for attempt in session.scalars(query) if ids else []:
        found[attempt.assignment_id or 0].append(attempt)
    return found


def _preview(session: Session, user: User, assignment: Assignment) -> Attempt | None:
    return session.scalar(
        select(Attempt)
        .where(Attempt.assignment_id == assignment.id, Attempt.learner_id == user.id, Attempt.purpose == "preview")
        .order_by(Attempt.id.desc())
        .limit(1)
    )


def _students(session: Session, assignment: Assignment, attempts: list[Attempt]) -> list[StudentProgress]:
    rows = session.execute(
        select(User, Enrolment, Extension)
        .join(Enrolment, Enrolment.user_id == User.id)
        .outerjoin(Extension, (Extension.assignment_id == assignment.id) & (Extension.user_id == User.id))
        .where(*access.is_student_of(assignment.class_id))
        .order_by(*access.BY_NAME)
    )
    own: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        own[attempt.learner_id].append(attempt)
    return [
        StudentProgress(user, enrolment, extension, assignment.settings_for(enrolment, extension), own[user.id])
        for user, enrolment, extension in rows
    ]
