"""The question on the start page, which visitors can answer before anything about them is stored."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question
from quizapp.core.kinds.base import Grade
from quizapp.core.kinds.choice import Choice, PickedResponse
from quizapp.core.kinds.reading import NoSuchChoice
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A choice question with the fact it is about; `header` is that of the set, `order` the one its options are in."""

    fact: Fact
    set_key: str
    header: dict[str, Any]
    version_id: int
    question: Choice
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SampleAnswer:
    """An answer to it. It has attributes of AnswerFeedback, so that the same templates draw both."""

    sample: SampleQuestion
    response: PickedResponse
    grade: Grade
    overridden: bool = False
    hinted: bool = False

    @property
    def fact(self) -> Fact:
        return self.sample.fact

    @property
    def set_key(self) -> str:
        return self.sample.set_key

    @property
    def header(self) -> dict[str, Any]:
        return self.sample.header

    @property
    def question(self) -> Choice:
        return self.sample.question

    @property
    def order(self) -> tuple[int, ...]:
        return self.sample.order

    @property
    def remembered(self) -> bool:
        return self.grade.correct


def find_sample_question(session: Session, set_id: int) -> SampleQuestion | None:
    """Return the first choice question that learners of a set meet, or None if it has none; one statement."""
    row = session.execute(
        select(Fact, QuestionSet.key, QuestionSet.header, QuestionVersion.id.label("version_id"), QuestionVersion.body)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Question, Question.fact_id == Fact.id)
        .join(Question.current_version)
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), Question.archived_at.is_(None))
        .where(QuestionVersion.kind == "choice")
        .order_by(Fact.position, Question.position)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    question = parse_question(row.body)
    assert isinstance(question, Choice)
    order = question.shuffle_options(f"sample:{row.version_id}")  # the same for every visitor
    return SampleQuestion(row.Fact, row.key, row.header, row.version_id, question, order)


def grade_sample_answer(sample: SampleQuestion, picked: int) -> SampleAnswer:
    """Grade the choice at that place, counted from 0 in the order shown. Raises NoSuchChoice."""
    if picked >= len(sample.order):
        raise NoSuchChoice(f"choice {picked}")
    response = sample.question.read_form({"picked": str(picked)}, sample.order)
    return SampleAnswer(sample, response, sample.question.grade(response))
