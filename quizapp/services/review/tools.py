"""What the tools beside a question need to know: whether its fact is starred, the learner's note, who may edit it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, or_, select

from quizapp.models import Fact, FactNote, Hint, QuestionSet, QuestionVersion, SetAuthor, StarredFact
from quizapp.services.review.recent import READER, STUDY_DAY


@dataclass(frozen=True, slots=True)
class FactTools:
    """What a learner did with the fact of a question, and where its author edits the question."""

    starred: bool
    note: str | None
    can_edit: bool
    set_id: int
    question_id: int
    hinted: bool  # they took a hint today, and have not answered since


STARRED = exists().where(StarredFact.learner_id == READER, StarredFact.fact_id == Fact.id).correlate(Fact)
_note = select(FactNote.text).where(FactNote.learner_id == READER, FactNote.fact_id == Fact.id).correlate(Fact)
_writes = exists().where(SetAuthor.user_id == READER, SetAuthor.set_id == QuestionSet.id).correlate(QuestionSet)
_hinted = exists().where(Hint.learner_id == READER, Hint.fact_id == Fact.id, Hint.day == STUDY_DAY).correlate(Fact)

# For queries that have Fact, QuestionSet and QuestionVersion, executed with the parameters `reader_id` and `study_day`.
TOOL_COLUMNS: tuple[Any, ...] = (
    STARRED.label("starred"),
    _note.scalar_subquery().label("note"),
    or_(func.coalesce(QuestionSet.owner_id == READER, False), _writes).label("can_edit"),
    Fact.set_id.label("fact_set_id"),
    QuestionVersion.question_id,
    _hinted.label("hinted"),
)


def read_tools(row: Any) -> FactTools:
    """Return the tools from a row that has TOOL_COLUMNS."""
    hinted, starred, can_edit = map(bool, (row.hinted, row.starred, row.can_edit))
    return FactTools(starred, row.note, can_edit, row.fact_set_id, row.question_id, hinted)
