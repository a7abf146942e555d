"""The memories of students as far as their curves need them, and the topics or passages of the facts.

A class may have hundreds of thousands of memories: they are read as bare rows, by the range of the facts' ids.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Integer, String, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import Curve, known_on
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact
from quizapp.services.memories import memory_table as memory


def read_groups(session: Session, set_ids: Collection[int], by: str) -> dict[int, dict[Any, list[int]]]:
    """Return by set the ids of its facts, by the key of their topic ("topic"), or by the number of each of their
    passages ("passage") and by None for those without one; one statement."""
    group = cast(Fact.passages, String) if by == "passage" else Fact.topic
    rows = session.execute(
        select(Fact.set_id, group.label("group"), func.aggregate_strings(cast(Fact.id, String), ",").label("facts"))
        .where(Fact.set_id.in_(set_ids), Fact.archived_at.is_(None))
        .group_by(Fact.set_id, group)
    )
    found: dict[int, dict[Any, list[int]]] = {set_id: defaultdict(list) for set_id in set_ids}
    for row in rows:
        facts = sorted(map(int, row.facts.split(",")))
        for key in (json.loads(row.group) or [None]) if by == "passage" else [row.group]:
            found[row.set_id][key] += facts
    return found


@dataclass(frozen=True, slots=True)
class StudentCurves:
    """The facts that a student has met, and their curves in the same order."""

    facts: Sequence[int]
    curves: Sequence[Curve]

    def chances(self, day: date) -> dict[int, float]:
        """Return by fact the chance of recall (0..1) on a study day."""
        return dict(zip(self.facts, known_on(self.curves, day), strict=True))


def read_curves(session: Session, learners: Sequence[int], facts: Collection[int]) -> dict[int, StudentCurves]:
    """Return by learner the curves of those of the facts that they have met; one statement."""
    if not facts:
        return {}
    last_day = type_coerce(memory.c.last_day, Integer)
    result = session.connection().execute(
        select(memory.c.learner_id, memory.c.fact_id, memory.c.state, memory.c.stability, last_day, memory.c.decay)
        .where(memory.c.learner_id.in_(learners), memory.c.fact_id.between(min(facts), max(facts)))
        .where(memory.c.state != State.NEW)
        .order_by(memory.c.learner_id)
    )
    assert result.cursor
    rows = [row for row in result.cursor.fetchall() if row[1] in facts]  # the driver's own tuples: a third of the time
    result.close()
    return {
        learner_id: StudentCurves([row[1] for row in own], [row[2:] for row in own])
        for learner_id, own in ((learner_id, list(own)) for learner_id, own in groupby(rows, itemgetter(0)))
    }
