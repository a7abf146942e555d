"""A larger set than the sample, and answers to the questions of an attempt."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.attempts import AT_END
from quizapp.models import Attempt, Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services import quizzes
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.questions import AttemptQuestion, list_questions

BODIES: dict[str, dict[str, Any]] = {
    "choice": {"answer": "Ob", "distractors": [{"text": text, "why_not": f"Not {text}."} for text in ("Don", "Po")]},
    "true_false": {"answer": True},
    "multiple": {"answers": ["Ob", "Don"], "distractors": [{"text": "Etna", "why_not": "A mountain."}]},
    "ordering": {"items": ["First", "Second", "Third"]},
    "matching": {"pairs": [{"left": "Ob", "right": "Asia"}, {"left": "Po", "right": "Europe"}]},
    "cloze": {"text": "The {{one}} and the {{other}}.", "gaps": {"one": {"answer": "Ob"}, "other": {"answer": "Don"}}},
    "typed": {"answer": "Ob"},
    "date": {"answer": "1905-05-17", "precision": "day"},
    "number": {"answer": "12"},
    "flashcard": {"answer": "Ob"},
    "essay": {"answer": "The *Ob*.", "points": ["The river", "The sea"]},
}


LATER = NOON + timedelta(minutes=5)


def add_facts(session: Session, kinds: list[str], *, topic: str = "dates", first: int = 100) -> list[tuple[int, int]]:
    """A fact for each of these kinds, asked by one question: pairs of fact and question version ids."""
    set_id = session.scalars(select(QuestionSet.id)).one()
    made = []
    for number, kind in enumerate(kinds, start=first):
        body = {
            "kind": kind,
            "key": f"{topic}-{number}-q",
            "prompt": f"Question {number}?",
            "explanation": "So it was.",
        }
        version = QuestionVersion(number=1, body=body | BODIES[kind], created_at=NOON)
        fact = Fact(
            set_id=set_id, key=f"{topic}-{number}", position=number, topic=topic, statement=f"Fact {number}.",
            passages=[1], notes=[], actors=[], leads_to={},
            questions=[
                Question(
                    key=f"{topic}-{number}-q", position=0, current=1, versions=[version], searched=body["prompt"]
                )
            ],
        )  # fmt: skip
        session.add(fact)
        made.append((fact, version))
    session.commit()
    return [(fact.id, version.id) for fact, version in made]


def right_answer(item: AttemptQuestion) -> dict[str, str]:
    """The form that answers a question of an attempt rightly."""
    question: Any = item.question
    shown = {index: str(place) for place, index in enumerate(item.order)}
    match question.kind:
        case "choice":
            return {"picked": shown[0]}
        case "multiple":
            return {f"pick-{shown[index]}": "1" for index in range(len(question.answers))}
        case "ordering":
            return {f"place-{shown[index]}": str(rank + 1) for index, rank in enumerate(question.ranks)}
        case "matching":
            return {f"match-{stem}": shown[key] for stem, key in enumerate(question.keys)}
        case "true_false":
            return {"picked": str(question.answer).lower()}
        case "cloze":
            return {f"gap-{gap}": question.gaps[name].answer for gap, name in enumerate(question.gap_names)}
        case _:
            return {"text": question.answer}


def begin_quiz(session: Session, learner: User, *, now: datetime = NOON, **values: Any) -> int:
    """Create a quiz and begin the first attempt at it; returns the id of the attempt."""
    set_id = session.scalars(select(QuestionSet.id)).one()
    usual = {
        "title": "Rivers",
        "topics": [],
        "kinds": [],
        "size": 12,
        "minutes": None,
        "feedback": AT_END,
        "counts": True,
    }
    attempt, _ = quizzes.create_quiz(session, learner, set_id, {**usual, **values}, now=now)
    session.commit()
    return attempt.id


def questions_of(session: Session, attempt_id: int) -> list[AttemptQuestion]:
    return list_questions(session, session.get_one(Attempt, attempt_id))


def give(
    session: Session, learner: User, attempt_id: int, answers: dict[int, dict[str, str]], *, now: datetime = NOON
) -> None:
    """Answer questions of an attempt, each by its position, and save each."""
    for position, posted in answers.items():
        lifecycle.answer_question(session, learner, attempt_id, position, posted, ms=5000, confidence=None, now=now)
        session.commit()


def hand_in(session: Session, learner: User, attempt_id: int, now: Any = LATER) -> None:
    lifecycle.hand_in_attempt(session, learner, attempt_id, now=now)
    session.commit()
