"""What learners reported in the questions of a set: list it, accept a suggested correction, answer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question
from quizapp.core.sets import spellings
from quizapp.core.text.differences import Difference, differences
from quizapp.models import Fact, Question, QuestionReport, QuestionSet, QuestionVersion, User
from quizapp.services.access import set_to_write
from quizapp.services.editor.questions import QuestionEdit, open_question, save_question
from quizapp.services.editor.versions import describe_fields
from quizapp.services.errors import NotFound

PAGE = 20  # reports
LONGEST_REPLY = 500  # characters


class AlreadyAnswered(Exception):
    """An author answered the report before."""


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A report, and the question as it is now. `differences` lead from that to the suggestion, if there is one."""

    report: QuestionReport
    reporter: str | None  # None for a guest
    question_id: int
    current: int
    prompt: str
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A page of the reports about a set, those that wait for an answer first, then the newest."""

    row: QuestionSet
    reports: Sequence[ListedReport]
    waiting: int
    page: int  # from 1
    has_more: bool


def list_reports(session: Session, user: User, set_id: int, *, page: int) -> ReportPage:
    """Return a page of the reports about a set that the person writes in; three statements. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    waiting = session.scalar(_reports(set_id).with_only_columns(func.count()).where(QuestionReport.outcome.is_(None)))
    rows = session.execute(
        _reports(set_id)
        .order_by(QuestionReport.outcome.is_not(None), QuestionReport.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    return ReportPage(row, [_listed(each) for each in rows[:PAGE]], waiting or 0, page, len(rows) > PAGE)


def _reports(set_id: int) -> Select[Any]:
    return (
        select(QuestionReport, User.name, Question.id.label("question_id"), Question.current, QuestionVersion.body)
        .join(User, User.id == QuestionReport.learner_id)
        .join(Question, Question.id.in_(_reported_question()))
        .join(Question.current_version)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Fact.set_id == set_id)
    )


def _reported_question() -> Any:
    reported = select(QuestionVersion.question_id).where(QuestionVersion.id == QuestionReport.question_version_id)
    return reported.correlate(QuestionReport).scalar_subquery()


def _listed(row: Any) -> ListedReport:
    suggestion, found = row.QuestionReport.suggestion, list[Difference]()
    if suggestion and row.QuestionReport.outcome is None:
        found = differences(dict(describe_fields(row.body)), dict(describe_fields(suggestion)))
    return ListedReport(row.QuestionReport, row.name, row.question_id, row.current, row.body["prompt"], found)


def answer_report(
    session: Session, user: User, set_id: int, report_id: int, *, outcome: str, reply: str, now: datetime
) -> None:
    """Answer a report about a set that the person writes in. Raises NotFound, AlreadyAnswered."""
    _answer(find_report(session, user, set_id, report_id, lock=True).QuestionReport, user, outcome, reply, now)
    session.flush()


def accept_suggestion(
    session: Session, user: User, set_id: int, report_id: int, *, base: int, reply: str, now: datetime
) -> None:
    """Make a suggested correction the next version of the question that was looked at in version `base`.

    Raises NotFound, AlreadyAnswered, and versions.EditConflict.
    """
    row = find_report(session, user, set_id, report_id)
    report = row.QuestionReport
    if report.suggestion is None:
        raise NotFound
    opened = open_question(session, user, set_id, row.question_id)
    assert opened.text is not None
    written = QuestionEdit(spellings.contract(parse_question(report.suggestion), opened.names), opened.text)
    versions = {"base": base, "fact_base": opened.fact_version}
    changed = save_question(session, user, set_id, row.question_id, written, **versions, now=now)
    session.refresh(report)
    _answer(report, user, "accepted", reply, now)
    if changed:
        newest = select(QuestionVersion.id).join(Question, QuestionVersion.question_id == Question.id)
        current = Question.id == row.question_id, QuestionVersion.number == Question.current
        report.accepted_as_id = session.scalar(newest.where(*current))
    session.flush()


def find_report(session: Session, user: User, set_id: int, report_id: int, *, lock: bool = False) -> Any:
    """Return the row of a report about a set that the person writes in; `lock` to answer it. Raises NotFound."""
    set_to_write(session, user, set_id, lock=lock)
    row = session.execute(_reports(set_id).where(QuestionReport.id == report_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _answer(report: QuestionReport, user: User | None, outcome: str, reply: str, now: datetime) -> None:
    if report.outcome is not None:
        raise AlreadyAnswered
    report.outcome, report.reply, report.answered_at = outcome, reply, now
    report.answered_by_id = user.id if user else None


# The built-in set, which nobody owns


def list_unowned(session: Session) -> Sequence[Any]:
    """Return the reports about sets without an owner that wait for an answer, the oldest first, with set and prompt."""
    return session.execute(
        select(QuestionReport, QuestionSet.key.label("set_key"), Question.key, QuestionVersion.body)
        .join(QuestionVersion, QuestionVersion.id == QuestionReport.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(QuestionSet.owner_id.is_(None), QuestionReport.outcome.is_(None))
        .order_by(QuestionReport.id)
    ).all()


def list_changes(row: Any) -> list[str]:
    """Return what a suggestion in a row of `list_unowned` would change, field by field; empty if there is none."""
    if row.QuestionReport.suggestion is None:
        return []
    stands = dict(describe_fields(row.body))
    suggested = dict(describe_fields(row.QuestionReport.suggestion))
    return [f"{name}: {text}" for name, text in suggested.items() if stands.get(name) != text]


def answer_unowned(session: Session, report_id: int, *, outcome: str, reply: str, now: datetime) -> None:
    """Answer a report about a set without an owner. Raises NotFound, AlreadyAnswered."""
    report = session.scalar(
        select(QuestionReport)
        .join(QuestionVersion, QuestionVersion.id == QuestionReport.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(QuestionReport.id == report_id, QuestionSet.owner_id.is_(None))
    )
    if report is None:
        raise NotFound
    _answer(report, None, outcome, reply, now)
    session.flush()
