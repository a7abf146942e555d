"""Verdicts on typed answers that learners override: "I was right", or "I was wrong"."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.scheduling.scheduler import Rating, from_json
from quizapp.models import Memory, QuestionVersion, User
from quizapp.services import memories
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer, review_table


def override_review(session: Session, learner: User, review_id: int, *, now: datetime) -> int:
    """Override the verdict on a typed answer: right becomes wrong, wrong right. Return the new review's id.

    The overridden review stays in the log. Raises NotFound when it is not the learner's or its verdict cannot be
    doubted, StaleAnswer when the fact was answered or changed since.
    """
    review = memories.own_review(session, learner, review_id)
    memory = session.get_one(Memory, (learner.id, review.fact_id), with_for_update=True)  # before the day's counts
    question = parse_question(session.get_one(QuestionVersion, review.question_version_id).body)
    if not question.can_be_overridden(question.grade(parse_response(review.response))):
        raise NotFound
    if memory.version != review.version or review.undone_at is not None:
        raise StaleAnswer
    before, now_held = from_json(review.before), memories.to_core(memory)
    plan = memories.plan_for(session, learner, review.fact_id)
    values = {column.name: getattr(review, column.name) for column in review_table.c if column.name != "id"}
    memories.add_to_day_counts(session, values, before, now_held, sign=-1)
    review.undone_at = now
    session.flush()
    values |= verdict_values(right=review.rating == Rating.AGAIN)
    values |= {"guess": 0.0, "client_id": None, "overridden": not review.overridden}
    turned = memories.GradedAnswer(**{field.name: values[field.name] for field in fields(memories.GradedAnswer)})
    after = memories.memory_after(learner, review.fact_id, before, turned, plan, review.at)
    memories.save_memory(session, learner.id, review.fact_id, after, seen=review.version, exists=True)
    values |= {"version": review.version + 1, "rating": int(turned.rating), "undone_at": None}
    memories.add_to_day_counts(session, values, before, after, sign=1)
    new_id: int = session.execute(insert(review_table).values(values).returning(review_table.c.id)).scalar_one()
    return new_id


def verdict_values(*, right: bool) -> dict[str, str | float | Rating]:
    """Return how the verdict of a learner is written into a review."""
    rating = Rating.GOOD if right else Rating.AGAIN
    return {"verdict": "right" if right else "wrong", "fraction": float(right), "rating": rating}
