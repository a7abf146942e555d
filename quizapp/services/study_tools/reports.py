"""Report mistakes in questions, suggest corrections, and see what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.sets import spellings
from quizapp.core.sets.schema import Name, SetHeader
from quizapp.core.translation import gettext
from quizapp.models import Fact, Question, QuestionReport, QuestionSet, QuestionVersion, User
from quizapp.services import access, running_quizzes, throttle
from quizapp.services.errors import NotFound

LONGEST_REPORT = 1_000  # characters
MOST_REPORTS = 20  # of one learner in throttle's window
PAGE = 20  # reports
FAULTS = {
    "answer": gettext("The answer is wrong"),
    "unclear": gettext("The question is unclear"),
    "wording": gettext("Spelling or wording"),
    "other": gettext("Something else"),
}


class Outcome(StrEnum):
    """What became of a report."""

    FIXED = "fixed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class NothingSuggested(ValueError):
    """The suggested question is the same as the one there is."""


@dataclass(frozen=True, slots=True)
class ReportedQuestion:
    """The version of a question that a learner saw, to report a mistake in it.

    `question` refers to names instead of writing out their spellings, as in the editor.
    """

    version_id: int
    question: AskedQuestion
    fact: Fact
    set_key: str
    header: SetHeader
    names: Sequence[Name]
    built_in: bool


def find_question(session: Session, learner: User, version_id: int, *, now: datetime) -> ReportedQuestion:
    """Return a version of a question of a set that the learner may read. Raises NotFound."""
    row = session.execute(
        select(QuestionVersion.body, Fact, QuestionSet)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(QuestionVersion.id == version_id, access.visible_sets(learner))
        .where(*running_quizzes.is_shown(learner, now))
    ).one_or_none()
    if row is None:
        raise NotFound
    found = row.QuestionSet
    names = [Name.model_validate(name) for name in found.names]
    question = spellings.contract(parse_question(row.body), names)
    header = SetHeader.model_validate(found.header)
    return ReportedQuestion(version_id, question, row.Fact, found.key, header, names, found.owner_id is None)


def report_mistake(
    session: Session,
    learner: User,
    reported: ReportedQuestion,
    *,
    fault: str,
    text: str,
    suggestion: AskedQuestion | None = None,
    now: datetime,
) -> None:
    """Report a mistake in a question to its authors, with a corrected question if one is suggested.

    Raises NothingSuggested for a suggestion that changes nothing, and throttle.TooManyTries.
    """
    if suggestion is not None:
        suggestion = suggestion.model_copy(update={"key": reported.question.key})
        if suggestion == reported.question:
            raise NothingSuggested
        suggestion = spellings.expand(suggestion, reported.names)
    throttle.count_try(session, [(throttle.bucket_name("report", str(learner.id)), MOST_REPORTS)], now)
    session.add(
        QuestionReport(
            learner_id=learner.id,
            question_version_id=reported.version_id,
            fault=fault,
            text=text,
            suggestion=suggestion and suggestion.model_dump(mode="json"),
            reported_at=now,
        )
    )
    session.flush()


def list_own_reports(session: Session, learner: User, *, page: int, now: datetime) -> tuple[Sequence[Any], bool]:
    """Return a page of what the learner reported, the newest first, and whether there are more; one statement."""
    rows = session.execute(
        select(QuestionReport, QuestionVersion.body, Fact.key.label("fact_key"), QuestionSet.key.label("set_key"))
        .add_columns(QuestionSet.title, QuestionSet.header["language"].as_string().label("language"))
        .join(QuestionVersion, QuestionVersion.id == QuestionReport.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(QuestionReport.learner_id == learner.id, *running_quizzes.is_shown(learner, now))
        .order_by(QuestionReport.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    return rows[:PAGE], len(rows) > PAGE
