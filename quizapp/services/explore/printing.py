"""A set on paper: a card for each fact, the facts as text, or the questions with a key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from quizapp.core.explore.printed_cards import Sheet, lay_out
from quizapp.core.kinds import Question as Asked
from quizapp.core.kinds import parse_question
from quizapp.core.sets.schema import SetHeader, Topic
from quizapp.models import Fact, Question, QuestionVersion, User
from quizapp.services import running_quizzes
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import count_pages, facts_of, find_set, narrow

FACTS_TO_PRINT = 240  # at a time; more would take long to lay out
# The kinds of question, the one that makes the best card first.
CARD_KINDS = (
    "flashcard", "typed", "date", "number", "choice", "cloze", "true_false", "multiple", "ordering", "matching",
    "essay", "point",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrintedFact:
    """A fact and its questions, the one for a card first."""

    topic: str
    statement: str
    date: str | None  # EDTF
    caution: str | None
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """A question, with its number and its options in the order in which they are shown."""

    number: int
    question: Asked
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintPage:
    """Up to FACTS_TO_PRINT of the `total` facts of a set, or of one of its topics."""

    header: SetHeader
    total: int
    facts: Sequence[PrintedFact]
    page: int
    pages: int
    hidden: bool  # whether facts are left out, because a class of the reader's takes a quiz that asks them

    @property
    def topics(self) -> list[tuple[Topic, list[PrintedFact]]]:
        titles = {topic.key: topic for topic in self.header.topics}
        return [(titles[key], list(facts)) for key, facts in groupby(self.facts, key=attrgetter("topic"))]

    @property
    def sheets(self) -> list[Sheet[PrintedFact]]:
        return lay_out([fact for fact in self.facts if fact.questions])

    @property
    def questions(self) -> list[PrintedQuestion]:
        asked = (question for fact in self.facts for question in sorted(fact.questions, key=attrgetter("key")))
        return [PrintedQuestion(number, each, _options(each)) for number, each in enumerate(asked, start=1)]


def print_page(
    session: Session, key: str, reader: User | None, *, topic: str = "", page: int = 1, now: datetime
) -> PrintPage:
    """Return what is printed of a set that the reader may see, without what a running quiz hides from them.

    Raises NotFound for an unknown set, topic or page.
    """
    found = find_set(session, reader, key, now=now)
    if topic and topic not in {each.key for each in found.header.topics}:
        raise NotFound
    rank = case({each.key: number for number, each in enumerate(found.header.topics)}, value=Fact.topic)
    columns = (Fact.id, Fact.topic, Fact.statement, Fact.date, Fact.caution)
    printed = narrow(found, topic=topic)
    total = session.scalar(facts_of(printed, func.count())) or 0
    pages = count_pages(total, FACTS_TO_PRINT)
    if page not in range(1, pages + 1):
        raise NotFound
    in_order = facts_of(printed, *columns).order_by(rank, Fact.position, Fact.id)
    shown = session.execute(in_order.limit(FACTS_TO_PRINT).offset((page - 1) * FACTS_TO_PRINT)).all()
    asked = _questions(session, [row.id for row in shown])
    return PrintPage(
        header=found.header,
        total=total,
        facts=[PrintedFact(row.topic, row.statement, row.date, row.caution, asked.get(row.id, ())) for row in shown],
        page=page,
        pages=pages,
        hidden=running_quizzes.has_hidden_facts(session, reader, found.row.id, now=now),
    )


def _questions(session: Session, fact_ids: Sequence[int]) -> Mapping[int, tuple[Asked, ...]]:
    rows = session.execute(
        select(Question.fact_id, QuestionVersion.body)
        .join(Question.current_version)
        .where(Question.fact_id.in_(fact_ids), Question.archived_at.is_(None))
        .order_by(Question.fact_id, Question.position, Question.id)
    )
    return {
        fact_id: tuple(_best_first(parse_question(row.body) for row in group))
        for fact_id, group in groupby(rows, key=lambda row: row.fact_id)
    }


def _best_first(questions: Iterator[Asked]) -> list[Asked]:
    """Return the questions, those with a picture last: a card has no room for it."""
    return sorted(questions, key=lambda question: (question.picture is not None, CARD_KINDS.index(question.kind)))


def _options(question: Asked) -> tuple[str, ...]:
    options: list[str] = getattr(question, "options", [])
    return tuple(options[index] for index in question.shuffle_options(question.key) if index < len(options))
