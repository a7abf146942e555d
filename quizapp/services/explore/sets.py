"""What every page of a set shares: finding it, reading no more of its facts than a page needs, cutting into pages."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from quizapp.core.sets.schema import SetHeader
from quizapp.models import Fact, QuestionSet, User
from quizapp.services import access
from quizapp.services.errors import NotFound
from quizapp.services.explore.knowledge import Knowledge

FACTS_ON_A_PAGE = 200

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class SetTitle:
    key: str
    title: str
    summary: str
    facts: int


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
class Link:
    """A fact to go to; `why` one led to the other, where it did."""

    key: str
    statement: str
    why: str | None = None


def list_sets(session: Session, reader: User | None) -> list[SetTitle]:
    """The sets put before a reader, the oldest first."""
    rows = session.execute(
        select(QuestionSet.key, QuestionSet.title, QuestionSet.header["summary"], func.count(Fact.id))
        .outerjoin(Fact, (Fact.set_id == QuestionSet.id) & Fact.archived_at.is_(None))
        .where(access.offered_to(reader))
        .group_by(QuestionSet.id)
        .order_by(QuestionSet.id)
    )
    return [SetTitle(*row) for row in rows]


def find_set(session: Session, reader: User | None, key: str) -> tuple[QuestionSet, SetHeader]:
    """A set that the reader may see, and what it says of itself. Raises NotFound."""
    found = access.find_set(session, reader, key)
    return found, SetHeader.model_validate(found.header)


def facts_of(set_id: int, *columns: Any) -> Select[Any]:
    """These columns of the facts of a set that are still asked."""
    return select(*columns).where(Fact.set_id == set_id, Fact.archived_at.is_(None))


def in_order(set_id: int, *columns: Any) -> Select[Any]:
    """The same, in the order of the set."""
    return facts_of(set_id, *columns).order_by(Fact.position, Fact.id)


def as_text(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A column of JSON as it is stored, unparsed: most facts are passed over, and `parsed` reads the others."""
    return cast(column, String)


@lru_cache(maxsize=2048)
def parsed(text: str) -> Any:
    """The JSON of a column `as_text`; not to be changed, for many facts say the same."""
    return json.loads(text)


def fact_rows(
    session: Session, set_id: int, ids: Collection[int], knowledge: dict[int, Knowledge]
) -> dict[int, FactRow]:
    """These facts as they stand in lists, by their ids."""
    columns = (Fact.id, Fact.key, Fact.topic, Fact.statement, Fact.date, as_text(Fact.passages))
    rows = session.execute(facts_of(set_id, *columns).where(Fact.id.in_(ids)))
    return {
        row.id: FactRow(row.key, row.topic, row.statement, row.date, parsed(row[5]), knowledge.get(row.id))
        for row in rows
    }


def cut(items: Sequence[Item], page: int, size: int = FACTS_ON_A_PAGE) -> tuple[Sequence[Item], int]:
    """The items of a page, and how many pages there are. Raises NotFound for a page there is not."""
    pages = count_pages(len(items), size)
    if page not in range(1, pages + 1):
        raise NotFound
    return items[(page - 1) * size : page * size], pages


def count_pages(items: int, size: int = FACTS_ON_A_PAGE) -> int:
    return max(1, -(-items // size))
