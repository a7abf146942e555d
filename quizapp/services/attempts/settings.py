"""The settings of an assigned quiz, and when attempts release their feedback."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.assignments import AssignmentSettings, ExtensionSettings, FeedbackRelease
from quizapp.core.attempts import AT_END, POLICIES
from quizapp.models import Assignment, Attempt, Enrolment, Extension


def settings_of(assignment: Assignment) -> AssignmentSettings:
    """Return the settings for everybody."""
    return AssignmentSettings(
        assignment.opens_at, assignment.due_at, assignment.closes_at, assignment.attempts, assignment.minutes
    )


def settings_for(assignment: Assignment, enrolment: Enrolment, extension: Extension | None) -> AssignmentSettings:
    """Return the settings for one student."""
    return settings_of(assignment).for_student(enrolment.time_factor, extension_settings(extension))


def extension_settings(extension: Extension | None) -> ExtensionSettings | None:
    if extension is None:
        return None
    return ExtensionSettings(extension.due_at, extension.closes_at, extension.attempts, extension.time_factor)


def assignment_release(session: Session, assignment: Assignment) -> FeedbackRelease:
    """Return when the attempts at an assignment release their feedback; one statement."""
    extensions = session.scalars(select(Extension).where(Extension.assignment_id == assignment.id))
    base = settings_of(assignment)
    extended = (base.for_student(1.0, extension_settings(each)) for each in extensions)
    return FeedbackRelease(assignment.feedback, (base, *extended))


def attempt_release(session: Session, attempt: Attempt) -> FeedbackRelease:
    """Return when an attempt releases its feedback; two statements at most."""
    if not POLICIES[attempt.purpose].follows_assignment:
        return FeedbackRelease(AT_END)
    return assignment_release(session, session.get_one(Assignment, attempt.assignment_id))
