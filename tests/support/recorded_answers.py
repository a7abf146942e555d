"""Answers recorded as studying does, but to a question and at a time of the test’s choosing."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.scheduling.scheduler import Plan
from quizapp.models import Fact, Memory, Question, QuestionVersion, User
from quizapp.services import memories


def give(
    session: Session, learner: User, question_key: str, response: dict[str, Any], *, at: datetime, **values: Any
) -> int:
    """Record a response to a question's current version; `values` go with it. Gives the review's id."""
    row = session.execute(
        select(Question.fact_id, QuestionVersion.id, QuestionVersion.body)
        .join(Question.current_version)
        .where(Question.key == question_key)
    ).one()
    question = parse_question(row.body)
    parsed = parse_response({"kind": question.kind, **response})
    grade = question.grade(parsed)
    memory = session.scalar(select(Memory).where(Memory.learner_id == learner.id, Memory.fact_id == row.fact_id))
    answer = memories.GradedAnswer(
        question_version_id=row.id,
        response=parsed.model_dump(mode="json"),
        verdict=grade.verdict.value,
        fraction=grade.fraction,
        rating=grade.rating,
        guess=question.guess_chance,
        **values,
    )
    before = memories.to_core(memory) if memory else memories.to_core(Memory())
    recorded = memories.record_review(
        session, learner, row.fact_id, answer, before=before, version=memory and memory.version, plan=Plan(), at=at
    )
    if memory:
        session.expire(memory)
    return recorded.review_id


def add_question(session: Session, fact_key: str, body: dict[str, Any], *, now: datetime) -> None:
    """Give a fact a further question."""
    fact_id = session.scalars(select(Fact.id).where(Fact.key == fact_key)).one()
    question = Question(fact_id=fact_id, key=body["key"], position=9, current=1)
    session.add(question)
    session.flush()
    stored = parse_question({"prompt": "?", "explanation": ".", **body}).model_dump(mode="json")
    session.add(QuestionVersion(question_id=question.id, number=1, body=stored, created_at=now))
    session.flush()
