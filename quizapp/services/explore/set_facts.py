"""Find a set to explore, read a page of its facts, and what a learner knows of them."""

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from quizapp.core.progress.mastery import Mastery, known_now
from quizapp.core.scheduling.scheduler import State
from quizapp.core.sets.schema import SetHeader
from quizapp.models import Fact, Memory, QuestionSet, User
from quizapp.services import access
from quizapp.services.errors import NotFound
from quizapp.services.memories import COLUMNS, to_core

FACTS_ON_A_PAGE = 200

Item = TypeVar("Item")

# What a learner knows

LEVELS = (0.5, 0.75, 0.9)  # the expected recall from which a fact that was met is drawn as level 2, 3, 4


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a learner knows of a fact on study day `today`; without a memory, the fact was never met."""

    state: State
    recall: float  # chance of recalling it today, 0..1
    stability: float | None  # days
    last_day: date | None
    due_day: date | None
    reps: int
    lapses: int
    suspended: bool
    today: date

    @property
    def days_to_go(self) -> int | None:
        """Days until it is due, 0 when it is; None when nothing is planned."""
        return None if self.due_day is None else max((self.due_day - self.today).days, 0)

    @property
    def answered_today(self) -> bool:
        return self.last_day is not None and self.last_day >= self.today

    @property
    def mastery(self) -> Mastery:
        return Mastery(1, int(self.state is not State.NEW), self.recall)

    @property
    def level(self) -> int:
        """Return how the fact is drawn, 0..4."""
        return mastery_level(self.mastery)


def mastery_level(mastery: Mastery) -> int:
    """Return how a group of facts (or one) is drawn: 0 where none was met, else 1..4 by the share known (LEVELS)."""
    return 1 + bisect_right(LEVELS, mastery.share) if mastery.met else 0


def sum_mastery(known: Iterable[Knowledge]) -> Mastery:
    """Return the mastery of a group of facts."""
    all_of_them = list(known)
    met = sum(each.state is not State.NEW for each in all_of_them)
    return Mastery(len(all_of_them), met, sum(each.recall for each in all_of_them))


def knowledge_of(
    session: Session, learner: User | None, fact_ids: Collection[int], *, now: datetime, set_id: int | None = None
) -> dict[int, Knowledge]:
    """Return what the learner knows of each of these facts; empty for a reader without a record.

    For the facts of a whole set give its id too: then the database need not be told each of them.
    """
    if learner is None:
        return {}
    today = learner.clock.day(now)
    mine = select(Memory.fact_id, *COLUMNS, Memory.suspended, Memory.skipped_until).where(
        Memory.learner_id == learner.id
    )
    if set_id is None:
        mine = mine.where(Memory.fact_id.in_(fact_ids))
    else:
        mine = mine.join(Fact, Fact.id == Memory.fact_id).where(Fact.set_id == set_id)
    unmet = Knowledge(State.NEW, 0.0, None, None, None, 0, 0, False, today)
    known = dict.fromkeys(fact_ids, unmet)
    for row in session.execute(mine):
        if row.fact_id in known:
            known[row.fact_id] = _known(row, today)
    return known


def _known(row: Row[Any], today: date) -> Knowledge:
    memory = to_core(row)
    due_day = row.due_day
    if due_day and row.skipped_until and row.skipped_until > due_day:
        due_day = row.skipped_until
    return Knowledge(
        state=memory.state,
        recall=known_now(memory, today),
        stability=row.stability,
        last_day=row.last_day,
        due_day=due_day,
        reps=row.reps,
        lapses=row.lapses,
        suspended=row.suspended,
        today=today,
    )


# Sets, facts and pages


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact in a list; `knowledge` is None for a reader without a record."""

    key: str
    topic: str
    statement: str
    date: str | None  # EDTF
    passages: list[int]
    knowledge: Knowledge | None


@dataclass(frozen=True, slots=True)
class FactLink:
    """A fact to go to; `why` one led to the other, where it did."""

    key: str
    statement: str
    why: str | None = None


def list_sets(session: Session, reader: User | None) -> Sequence[Row[Any]]:
    """Return key, title, summary and number of facts of the sets offered to a reader, the oldest first."""
    summary = QuestionSet.header["summary"].label("summary")
    query = (
        select(QuestionSet.key, QuestionSet.title, summary, func.count(Fact.id).label("facts"))
        .outerjoin(Fact, (Fact.set_id == QuestionSet.id) & Fact.archived_at.is_(None))
        .where(access.offered_sets(reader))
        .group_by(QuestionSet.id)
        .order_by(QuestionSet.id)
    )
    return session.execute(query).all()


def find_set(session: Session, reader: User | None, key: str) -> tuple[QuestionSet, SetHeader]:
    """Return a set that the reader may see, and what it says of itself. Raises NotFound."""
    found = access.find_set(session, reader, key)
    return found, SetHeader.model_validate(found.header)


def facts_of(set_id: int, *columns: Any) -> Select[Any]:
    """Select these columns of the facts of a set that are still asked."""
    return select(*columns).where(Fact.set_id == set_id, Fact.archived_at.is_(None))


def in_order(set_id: int, *columns: Any) -> Select[Any]:
    """Select the same, in the order of the set."""
    return facts_of(set_id, *columns).order_by(Fact.position, Fact.id)


def as_text(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Return a column of JSON as it is stored, unparsed: most facts are passed over, and `parsed` reads the others."""
    return cast(column, String)


@lru_cache(maxsize=2048)
def parse_json(text: str) -> Any:
    """Return the JSON of a column `as_text`; not to be changed, for many facts say the same."""
    return json.loads(text)


def fact_rows(
    session: Session, set_id: int, ids: Collection[int], knowledge: dict[int, Knowledge]
) -> dict[int, FactRow]:
    """Return these facts as they stand in lists, by their ids."""
    columns = (Fact.id, Fact.key, Fact.topic, Fact.statement, Fact.date, as_text(Fact.passages))
    rows = session.execute(facts_of(set_id, *columns).where(Fact.id.in_(ids)))
    return {
        row.id: FactRow(row.key, row.topic, row.statement, row.date, parse_json(row[5]), knowledge.get(row.id))
        for row in rows
    }


def cut_page(items: Sequence[Item], page: int, size: int = FACTS_ON_A_PAGE) -> tuple[Sequence[Item], int]:
    """Return the items of a page, and how many pages there are. Raises NotFound for a page there is not."""
    pages = count_pages(len(items), size)
    if page not in range(1, pages + 1):
        raise NotFound
    return items[(page - 1) * size : page * size], pages


def count_pages(items: int, size: int = FACTS_ON_A_PAGE) -> int:
    return max(1, -(-items // size))
