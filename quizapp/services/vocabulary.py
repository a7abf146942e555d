"""Grade typed answers with what their set says: its language, and whether a slip is another word that the set uses."""

import json
from collections.abc import Iterable, Mapping, Set
from typing import TypeVar

from sqlalchemy import ColumnElement, String, Subquery, cast, literal, select, union_all
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds.base import Grade, SetContext, WrittenResponse
from quizapp.core.sets.vocabulary import doubtful_words, stored_pattern, words_used
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion

MOST_SEARCHED = 20_000  # texts of a set
MOST_READ = 200  # texts that may have a word


R = TypeVar("R", bound=WrittenResponse)


def grade_in_set(session: Session, set_id: int, language: str, question: AskedQuestion, response: R) -> tuple[R, Grade]:
    """Return a typed response with what its set says about it, and its grade; one statement if it has a slip."""
    response = response.within(SetContext(language=language))
    grade = question.grade(response)
    if grade.has_slip:
        response = response.within(context_of(session, set_id, language, question, response.texts))
        grade = question.grade(response)
    return response, grade


def context_of(
    session: Session, set_id: int, language: str, question: AskedQuestion, texts: Iterable[str]
) -> SetContext:
    """Return what a set says about typed texts: those of their words that are no slips; one statement at most."""
    words = doubtful_words(question, texts, language)
    others = _find_used(session, set_id, words) if words else ()
    return SetContext(language=language, other_words=tuple(sorted(others)))


def _find_used(session: Session, set_id: int, doubtful: Mapping[str, Set[str]]) -> set[str]:
    """Return those of the doubtful words that the set uses."""
    texts = _texts(set_id)
    rows = session.execute(select(texts).where(texts.c.text.regexp_match(stored_pattern(doubtful))).limit(MOST_READ))
    return {word for text, is_json in rows for word in words_used(json.loads(text) if is_json else text, doubtful)}


def _texts(set_id: int) -> Subquery:
    """Select the texts of a set: its statements, its questions and its names, and whether each is JSON."""
    statements = select(Fact.statement, literal(False)).where(*_asked(set_id))
    questions = (
        select(cast(QuestionVersion.body, String), literal(True))
        .select_from(Fact)
        .join(Question, (Question.fact_id == Fact.id) & Question.archived_at.is_(None))
        .join(Question.current_version)
        .where(*_asked(set_id))
    )
    names = select(cast(QuestionSet.names, String).label("text"), literal(True).label("is_json")).where(
        QuestionSet.id == set_id
    )
    return union_all(names, questions, statements).limit(MOST_SEARCHED).subquery()


def _asked(set_id: int) -> tuple[ColumnElement[bool], ...]:
    return Fact.set_id == set_id, Fact.archived_at.is_(None)
