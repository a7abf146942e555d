"""The questions of a set that an assigned quiz can ask, to choose from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from quizapp.core.attempts import ASKABLE
from quizapp.core.text.answers import fold
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services import access

SHOWN = 50  # questions to choose from at a time


@dataclass(frozen=True, slots=True)
class AssignableSet:
    """A set with its topics, the number of their facts, and its questions that a quiz can ask, in order."""

    question_set: QuestionSet
    topics: dict[str, str]  # titles by key
    facts: Counter[str]  # by topic
    questions: dict[int, Row[Any]]  # question_id, fact_id, topic, kind and prompt, by question id

    @property
    def askable(self) -> Counter[str]:
        """The number of facts that a quiz can ask, by topic."""
        return Counter(topic for _, topic in {(each.fact_id, each.topic) for each in self.questions.values()})

    @property
    def kinds(self) -> Counter[str]:
        return Counter(each.kind for each in self.questions.values())

    def search(self, text: str, topic: str, kind: str) -> list[Row[Any]]:
        """Return the questions that contain a text, whatever its accents and case, of a topic and a kind; "" is any."""
        wanted = fold(text)
        return [
            each
            for each in self.questions.values()
            if topic in ("", each.topic) and kind in ("", each.kind) and wanted in fold(each.prompt)
        ]


def get_assignable_set(session: Session, teacher: User, set_id: int) -> AssignableSet:
    """Return what can be assigned of a set that the teacher may see; three statements. Raises NotFound."""
    found = access.set_to_read(session, teacher, set_id)
    topics = session.scalars(select(Fact.topic).where(Fact.set_id == set_id, Fact.archived_at.is_(None)))
    return AssignableSet(
        found,
        {topic["key"]: topic["title"] for topic in found.header["topics"]},
        Counter(topics),
        {row.question_id: row for row in session.execute(_questions(set_id))},
    )


def _questions(set_id: int) -> Any:
    """Select the current questions of a set that a quiz can ask."""
    kind = QuestionVersion.body["kind"].as_string()
    return (
        select(
            Question.id.label("question_id"),
            Question.fact_id,
            Fact.topic,
            kind.label("kind"),
            QuestionVersion.body["prompt"].as_string().label("prompt"),
        )
        .join(Fact, Fact.id == Question.fact_id)
        .join(
            QuestionVersion,
            (QuestionVersion.question_id == Question.id) & (QuestionVersion.number == Question.current),
        )
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), Question.archived_at.is_(None), kind.in_(ASKABLE))
        .order_by(Fact.position, Question.position, Question.id)
    )


def find_repeats(found: AssignableSet, question_ids: Sequence[int]) -> list[Row[Any]]:
    """Return those of the chosen questions whose fact is asked by an earlier one of them."""
    seen: set[int] = set()
    repeats = []
    for question in (found.questions[each] for each in question_ids if each in found.questions):
        if question.fact_id in seen:
            repeats.append(question)
        seen.add(question.fact_id)
    return repeats
