"""The page of a set for its authors: its facts by topic with the questions that ask for them, filtered."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, case, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.core.sets import schema
from quizapp.core.text.normal import fold
from quizapp.core.text.search import search_words
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.models.json_columns import has_number
from quizapp.models.sets import has_word
from quizapp.services.access import own_sets, set_to_write

PAGE = 9  # facts, so that no page is longer than six screens of a phone

_COLUMNS: tuple[Any, ...] = (
    Fact.id, Fact.key, Fact.topic, Fact.position, Fact.statement, Fact.date, Fact.tags, Fact.passages, Fact.archived_at,
)  # fmt: skip
_Row = Row[Any]  # of these


@dataclass(frozen=True, slots=True)
class FactFilters:
    """Which facts to show; what is empty lets all through. `archived` shows the archived ones instead."""

    topic: str = ""
    tag: str = ""
    kind: str = ""
    passage: int | None = None
    text: str = ""
    archived: bool = False

    @property
    def narrow(self) -> bool:
        """Whether facts of a topic may be left out."""
        return bool(self.tag or self.kind or self.passage or self.text or self.archived)

    @property
    def any(self) -> bool:
        return self.narrow or bool(self.topic)


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """The facts of a topic that are on the page; `total` counts those of the topic that are not archived.

    `first` is the place of the first of them among these, from 1, unless filters leave facts of the topic out.
    """

    topic: schema.Topic
    total: int
    first: int
    facts: Sequence[_Row]


@dataclass(frozen=True, slots=True)
class FactListPage:
    """A set and one page of what the filters let through, `found` facts in all.

    `questions` are rows of `questions_of`.
    """

    row: QuestionSet
    header: schema.SetHeader
    facts: int
    archived: int
    found: int
    sections: Sequence[TopicFacts]
    questions: Mapping[int, Sequence[Any]]  # by fact
    page: int  # from 1
    pages: int
    tags: Sequence[str]


def read_set_page(session: Session, user: User, set_id: int, filters: FactFilters, *, page: int = 1) -> FactListPage:
    """Read a page of a set that the person writes in, the last for a number too high; five statements at most. Raises
    NotFound."""
    row = set_to_write(session, user, set_id)
    header = schema.SetHeader.model_validate(row.header)
    totals, archived, tags = _count_by_topic(session, set_id)
    topics = topics_in_use(header, [*totals, *archived])
    conditions = _conditions(set_id, filters)
    listed = [topic for topic in topics if filters.topic in ("", topic.key)]
    found = _count(session, conditions) if filters.narrow else sum(totals[topic.key] for topic in listed)
    pages = max(1, -(-found // PAGE))
    page = min(max(page, 1), pages)
    shown = _facts_of_page(session, conditions, topics, page)
    return FactListPage(
        row=row,
        header=header,
        facts=totals.total(),
        archived=archived.total(),
        found=found,
        sections=_sections(shown, listed, totals, before=(page - 1) * PAGE),
        questions=_questions_by_fact(session, [fact.id for fact in shown]),
        page=page,
        pages=pages,
        tags=sorted(tags, key=fold),
    )


def other_sets(session: Session, user: User, set_id: int) -> Sequence[Any]:
    """Return the other sets that the person writes in, by title; one statement."""
    return session.execute(
        select(QuestionSet.id, QuestionSet.title)
        .where(own_sets(user), QuestionSet.id != set_id, QuestionSet.archived_at.is_(None))
        .order_by(QuestionSet.title, QuestionSet.id)
    ).all()


def topics_in_use(header: schema.SetHeader, used: Sequence[str]) -> list[schema.Topic]:
    """Return the topics of the header, followed by those that only facts still name."""
    known = {topic.key for topic in header.topics}
    strays = sorted(set(used) - known)
    return [*header.topics, *(schema.Topic(key=key, title=key, summary="…") for key in strays)]


def _count_by_topic(session: Session, set_id: int) -> tuple[Counter[str], Counter[str], set[str]]:
    """Return how many facts each topic has, those that are not archived and those that are; and all tags."""
    grouped = (Fact.topic, Fact.archived_at.is_not(None).label("is_archived"), Fact.tags)
    totals, archived, tags = Counter[str](), Counter[str](), set[str]()
    counted = select(*grouped, func.count().label("facts")).where(Fact.set_id == set_id).group_by(*grouped)
    for row in session.execute(counted):
        (archived if row.is_archived else totals)[row.topic] += row.facts
        tags.update(row.tags)
    return totals, archived, tags


def _count(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _conditions(set_id: int, filters: FactFilters) -> list[ColumnElement[bool]]:
    """Return the conditions on the facts that the filters let through."""
    archived = Fact.archived_at
    conditions = [Fact.set_id == set_id, archived.is_not(None) if filters.archived else archived.is_(None)]
    if filters.topic:
        conditions.append(Fact.topic == filters.topic)
    if filters.tag:
        conditions.append(
            func.replace(type_coerce(Fact.tags, String), f"|{filters.tag}|", "") != type_coerce(Fact.tags, String)
        )
    if filters.passage is not None:
        conditions.append(has_number(Fact.passages, filters.passage))
    if filters.kind:
        kind = QuestionVersion.kind
        conditions.append(_written().join(Question.current_version).where(kind == filters.kind).exists())
    for word in search_words(filters.text):
        conditions.append(has_word(Fact.searched, word) | _written().where(has_word(Question.searched, word)).exists())
    return conditions


def _written() -> Select[int]:
    """Select the questions that authors wrote for a fact, archived ones too."""
    return select(Question.id).where(Question.fact_id == Fact.id, Question.made.is_(None)).correlate(Fact)


def _facts_of_page(
    session: Session, conditions: Sequence[ColumnElement[bool]], topics: Sequence[schema.Topic], page: int
) -> Sequence[_Row]:
    rank = case({topic.key: rank for rank, topic in enumerate(topics)}, value=Fact.topic)
    in_order = select(*_COLUMNS).where(*conditions).order_by(rank, Fact.position, Fact.id)
    return session.execute(in_order.limit(PAGE).offset((page - 1) * PAGE)).all()


def _sections(
    shown: Sequence[_Row], topics: Sequence[schema.Topic], totals: Counter[str], *, before: int
) -> list[TopicFacts]:
    """Return the facts of a page by topic, when `before` of those listed are on earlier pages."""
    of_topic: dict[str, list[_Row]] = defaultdict(list)
    for fact in shown:
        of_topic[fact.topic].append(fact)
    sections = []
    for topic in topics:
        total = totals[topic.key]
        earlier = min(before, total)
        before -= earlier
        if topic.key in of_topic:
            sections.append(TopicFacts(topic, total, earlier + 1, of_topic[topic.key]))
    return sections


def _questions_by_fact(session: Session, fact_ids: Sequence[int]) -> dict[int, list[Any]]:
    questions: dict[int, list[Any]] = {fact_id: [] for fact_id in fact_ids}
    for question in questions_of(session, fact_ids):
        questions[question.fact_id].append(question)
    return questions


def questions_of(session: Session, fact_ids: Sequence[int]) -> Sequence[Any]:
    """Return id, fact_id, kind, prompt and archived of the questions of these facts, in their order."""
    body = QuestionVersion.body
    return session.execute(
        select(
            Question.id,
            Question.fact_id,
            QuestionVersion.kind,
            body["prompt"].as_string().label("prompt"),
            Question.archived_at.is_not(None).label("archived"),
        )
        .join(Question.current_version)
        .where(Question.fact_id.in_(fact_ids), Question.made.is_(None))
        .order_by(Question.fact_id, Question.position, Question.id)
    ).all()
