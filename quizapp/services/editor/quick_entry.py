"""Questions from quick entry, saved together: one fact with one question each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.authoring import key_for
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.text.normal import fold
from quizapp.models import Fact, Question, QuestionVersion, User
from quizapp.services.access import set_to_write
from quizapp.services.sets.contents import (
    append_question_version,
    fact_keys,
    next_position,
    question_keys,
    renew_answers,
    renew_made_questions,
)


def asked_prompts(session: Session, user: User, set_id: int) -> set[str]:
    """Return the prompts of the set, folded, so that nothing is written twice. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    prompt = QuestionVersion.body["prompt"].as_string()
    asked = session.scalars(
        select(prompt)
        .select_from(Question)
        .join(Question.current_version)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Fact.set_id == row.id, Fact.archived_at.is_(None), Question.archived_at.is_(None))
        .where(Question.made.is_(None))
    )
    return {fold(text) for text in asked}


def add_questions(
    session: Session,
    user: User,
    set_id: int,
    questions: Sequence[AskedQuestion],
    *,
    topic: str,
    tags: Sequence[str],
    now: datetime,
) -> int:
    """Add facts with one question each to the end of a set, with new keys; return how many. Raises NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    facts, taken = fact_keys(session, set_id), question_keys(session, set_id)
    added = []
    for position, question in enumerate(questions, start=next_position(session, set_id)):
        statement = question.statement
        fact = Fact(
            set_id=row.id, key=key_for(statement, facts), position=position, topic=topic, statement=statement,
            passages=[], notes=[], date=None, actors=[], leads_to={}, caution=None, tags=list(tags), version=1,
            edited_at=now,
        )  # fmt: skip
        key = key_for(question.prompt, taken, without="question")
        facts.add(fact.key)
        taken.add(key)
        asked = Question(key=key, current=0, position=0, versions=[])
        append_question_version(asked, question.model_copy(update={"key": key}), author=user, now=now)
        fact.questions = [asked]
        session.add(fact)
        added.append(fact)
    session.flush()
    renew_answers(session, Fact.id.in_([fact.id for fact in added]))
    renew_made_questions(session, row, now=now)
    return len(questions)
