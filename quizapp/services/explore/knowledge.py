"""What a learner knows of the facts of a set."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from quizapp.core.progress import Mastery, known_now
from quizapp.core.scheduling import State
from quizapp.models import Fact, Memory, User
from quizapp.services.memories import COLUMNS, to_core

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


def level(mastery: Mastery) -> int:
    """How a group of facts (or one) is drawn: 0 where none was met, else 1..4 by the share known (LEVELS)."""
    return 1 + bisect_right(LEVELS, mastery.share) if mastery.met else 0


def summed(known: Iterable[Knowledge]) -> Mastery:
    """The mastery of a group of facts."""
    all_of_them = list(known)
    met = sum(each.state is not State.NEW for each in all_of_them)
    return Mastery(len(all_of_them), met, sum(each.recall for each in all_of_them))


def knowledge_of(
    session: Session, learner: User | None, fact_ids: Collection[int], *, now: datetime, set_id: int | None = None
) -> dict[int, Knowledge]:
    """What the learner knows of each of these facts; empty for a reader without a record.

    For the facts of a whole set give its id too: then the database need not be told each of them.
    """
    if learner is None:
        return {}
    today = learner.clock.day(now)
    mine = select(Memory.fact_id, *COLUMNS, Memory.suspended, Memory.buried_until).where(
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
    if due_day and row.buried_until and row.buried_until > due_day:
        due_day = row.buried_until
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
