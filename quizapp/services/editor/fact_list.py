"""The page of a set for its authors: its facts by topic with the questions that ask for them, filtered."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from quizapp.core.sets import schema
from quizapp.core.text.answers import fold
from quizapp.core.text.search import has_words, search_words
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
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
    """The facts of a topic that are on the page; `total` counts those of the topic that are not archived."""

    topic: schema.Topic
    total: int
    facts: Sequence[_Row]


@dataclass(frozen=True, slots=True)
class FactListPage:
    """A set and one page of what the filters let through, `found` facts in all.

    `places` count from 1 among the facts of a topic, without archived facts; `questions` are rows of `questions_of`.
    """

    row: QuestionSet
    header: schema.SetHeader
    facts: int
    archived: int
    found: int
    sections: Sequence[TopicFacts]
    places: Mapping[int, int]  # by fact
    questions: Mapping[int, Sequence[Any]]  # by fact
    page: int  # from 1
    pages: int
    tags: Sequence[str]


def read_set_page(session: Session, user: User, set_id: int, filters: FactFilters, *, page: int = 1) -> FactListPage:
    """Read a page of a set that the person writes in, the last for a number too high; four statements at most. Raises
    NotFound."""
    row = set_to_write(session, user, set_id)
    header = schema.SetHeader.model_validate(row.header)
    facts = _all_facts(session, set_id)
    topics = topics_in_use(header, [fact.topic for fact in facts])
    ranks = {topic.key: rank for rank, topic in enumerate(topics)}
    found = sorted(
        _filtered(session, set_id, facts, filters), key=lambda fact: (ranks[fact.topic], fact.position, fact.id)
    )
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    totals = Counter(fact.topic for fact in facts if fact.archived_at is None)
    return FactListPage(
        row=row,
        header=header,
        facts=totals.total(),
        archived=len(facts) - totals.total(),
        found=len(found),
        sections=_sections(shown, topics, totals),
        places=_places(facts),
        questions=_questions_by_fact(session, [fact.id for fact in shown]),
        page=page,
        pages=pages,
        tags=sorted({tag for fact in facts for tag in fact.tags}, key=fold),
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


def _all_facts(session: Session, set_id: int) -> Sequence[_Row]:
    return session.execute(select(*_COLUMNS).where(Fact.set_id == set_id).order_by(Fact.position, Fact.id)).all()


def _places(facts: Sequence[_Row]) -> dict[int, int]:
    """Return the place of each fact in its topic, from 1; archived facts have none."""
    counted: Counter[str] = Counter()
    places = {}
    for fact in facts:
        if fact.archived_at is None:
            counted[fact.topic] += 1
            places[fact.id] = counted[fact.topic]
    return places


def _filtered(
    session: Session,
    set_id: int,
    facts: Sequence[_Row],
    filters: FactFilters,
) -> list[_Row]:
    """Return the facts that the filters let through."""
    wanted = search_words(filters.text)
    kinds, words = _kinds_and_prompts(session, set_id) if filters.kind or wanted else ({}, {})

    def passes(fact: _Row) -> bool:
        return (
            (fact.archived_at is not None) == filters.archived
            and filters.topic in ("", fact.topic)
            and (not filters.tag or filters.tag in fact.tags)
            and (filters.passage is None or filters.passage in fact.passages)
            and (not filters.kind or filters.kind in kinds[fact.id])
            and has_words(wanted, fact.statement, *words.get(fact.id, ()))
        )

    return [fact for fact in facts if passes(fact)]


def _kinds_and_prompts(session: Session, set_id: int) -> tuple[dict[int, set[str]], dict[int, list[str]]]:
    """Return the kinds and the prompts of the questions of each fact."""
    kinds: dict[int, set[str]] = defaultdict(set)
    prompts: dict[int, list[str]] = defaultdict(list)
    body = QuestionVersion.body
    rows = session.execute(
        select(Question.fact_id, body["kind"].as_string(), body["prompt"].as_string())
        .join(Fact, Fact.id == Question.fact_id)
        .join(Question.current_version)
        .where(Fact.set_id == set_id, Question.made.is_(None))
    )
    for fact_id, kind, prompt in rows:
        kinds[fact_id].add(kind)
        prompts[fact_id].append(prompt)
    return kinds, prompts


def _sections(shown: Sequence[_Row], topics: Sequence[schema.Topic], totals: Counter[str]) -> list[TopicFacts]:
    of_topic: dict[str, list[_Row]] = defaultdict(list)
    for fact in shown:
        of_topic[fact.topic].append(fact)
    return [TopicFacts(topic, totals[topic.key], of_topic[topic.key]) for topic in topics if topic.key in of_topic]


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
            body["kind"].as_string().label("kind"),
            body["prompt"].as_string().label("prompt"),
            Question.archived_at.is_not(None).label("archived"),
        )
        .join(Question.current_version)
        .where(Question.fact_id.in_(fact_ids), Question.made.is_(None))
        .order_by(Question.fact_id, Question.position, Question.id)
    ).all()
