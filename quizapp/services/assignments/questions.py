"""What of a set can be assigned: its topics, and the questions that a quiz can ask."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from quizapp.core.attempts import ASKABLE, GRADABLE
from quizapp.core.text.search import search_words
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.models.sets import has_word
from quizapp.services import access

SHOWN = 50  # questions to choose from at a time

_PROMPT = QuestionVersion.body["prompt"].as_string()


@dataclass(frozen=True, slots=True)
class AssignableSet:
    """A set with its topics, and what there is to study and to ask."""

    question_set: QuestionSet
    topics: dict[str, str]  # titles by key
    facts: Counter[str]  # by topic
    drawable: Counter[str]  # by topic: facts from which a quiz can draw a question; essays are never drawn
    asked: Counter[tuple[str, str]]  # questions, by topic and kind

    @property
    def kinds(self) -> Counter[str]:
        kinds: Counter[str] = Counter()
        for (_, kind), number in self.asked.items():
            kinds[kind] += number
        return kinds


@dataclass(frozen=True, slots=True)
class QuestionSearch:
    """The first SHOWN of `total` questions that were found."""

    rows: Sequence[Row[Any]]  # question_id, fact_id, topic, kind and prompt
    total: int


def get_assignable_set(session: Session, teacher: User, set_id: int) -> AssignableSet:
    """Return what can be assigned of a set that the teacher may see; three statements. Raises NotFound."""
    found = access.set_to_read(session, teacher, set_id)
    titles = {topic["key"]: topic["title"] for topic in found.header["topics"]}
    facts = session.execute(
        select(Fact.topic, func.count().label("facts"))
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None))
        .group_by(Fact.topic)
    )
    drawable: Counter[str] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    for topic, kind, number in session.execute(_count_questions(set_id)):
        if kind is None:
            drawable[topic] = number
        else:
            asked[topic, kind] = number
    return AssignableSet(found, titles, Counter({row.topic: row.facts for row in facts}), drawable, asked)


def _count_questions(set_id: int) -> Any:
    """Select the number of questions by topic and kind, and without a kind that of the facts that can be drawn."""
    each = _askable(set_id, Question.fact_id, Fact.topic, QuestionVersion.kind).cte()
    return union_all(
        select(each.c.topic, each.c.kind, func.count()).group_by(each.c.topic, each.c.kind),
        select(each.c.topic, literal(None), func.count(each.c.fact_id.distinct()))
        .where(each.c.kind.in_(GRADABLE))
        .group_by(each.c.topic),
    )


def _askable(set_id: int, *columns: Any) -> Select[Any]:
    """Select from the current questions of a set that a quiz can ask."""
    return (
        select(*columns)
        .select_from(Fact)
        .join(Question, Question.fact_id == Fact.id)
        .join(Question.current_version)
        .where(
            Fact.set_id == set_id,
            Fact.archived_at.is_(None),
            Question.archived_at.is_(None),
            QuestionVersion.kind.in_(ASKABLE),
        )
    )


def _rows(set_id: int) -> Select[Any]:
    return _askable(
        set_id,
        Question.id.label("question_id"),
        Question.fact_id,
        Fact.topic,
        QuestionVersion.kind,
        _PROMPT.label("prompt"),
    )


def read_questions(session: Session, set_id: int, question_ids: Iterable[int]) -> list[Row[Any]]:
    """Return those of the questions that a quiz on the set can ask, in the order given; one statement."""
    wanted = list(dict.fromkeys(question_ids))
    found = {row.question_id: row for row in session.execute(_rows(set_id).where(Question.id.in_(wanted)))}
    return [found[each] for each in wanted if each in found]


def search_questions(
    session: Session, available: AssignableSet, text: str, topic: str, kind: str, besides: Collection[int]
) -> QuestionSearch:
    """Return the questions, `besides` some, that have all words of a text, whatever their accents and case, of a topic
    and a kind; "" is any. Two statements."""
    conditions = [has_word(Question.searched, word) for word in search_words(text)]
    if topic:
        conditions.append(Fact.topic == topic)
    if kind:
        conditions.append(QuestionVersion.kind == kind)
    set_id = available.question_set.id
    others = _rows(set_id).where(*conditions, Question.id.not_in(besides))
    rows = session.execute(others.order_by(Fact.position, Question.position, Question.id).limit(SHOWN)).all()
    total = session.scalar(_askable(set_id, func.count()).where(*conditions, Question.id.not_in(besides))) or 0
    return QuestionSearch(rows, total)


def find_repeats(questions: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Return those of the questions whose fact is asked by an earlier one of them."""
    seen: set[int] = set()
    repeats = []
    for question in questions:
        if question.fact_id in seen:
            repeats.append(question)
        seen.add(question.fact_id)
    return repeats
