"""What the columns of reviews store, and that it is again what it was."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner

from quizapp.core import attempts
from quizapp.core.kinds import Response
from quizapp.core.kinds.base import Verdict
from quizapp.core.scheduling.scheduler import NEW_MEMORY, STANDARD_DECAY, Memory, State, from_json, to_json
from quizapp.models import Review
from quizapp.models.compact import (
    RESPONSE_FIELDS,
    SOURCES,
    USUAL_DECAY,
    VERDICTS,
    pack_memory,
    pack_response,
    unpack_memory,
    unpack_response,
)

DUE = datetime(2026, 3, 2, 12, 0, 5, 123456, tzinfo=UTC)
LEARNING = Memory(State.LEARNING, 1, 0.1 + 0.2, 6.4133, NOON.date(), NOON.date(), DUE, 1, 0)
ADJUSTED = Memory(State.REVIEW, None, 33.3, 5.0, NOON.date(), NOON.date() + timedelta(days=30), None, 7, 2, 0.2)


@pytest.mark.parametrize(
    ("memory", "stored"),
    [
        (NEW_MEMORY, [0, 0, 0]),
        (LEARNING, [1, 1, 0, 0.1 + 0.2, 6.4133, 739677, 739677, 1, 1772452805123456]),
        (ADJUSTED, [2, 7, 2, 33.3, 5.0, 739677, 739707, None, None, 0.2]),
    ],
)
def test_a_memory_is_an_array_without_its_empty_end(memory: Memory, stored: list[Any]) -> None:
    assert pack_memory(to_json(memory)) == stored
    assert from_json(unpack_memory(stored)) == memory


@pytest.mark.parametrize(
    ("response", "stored"),
    [
        ({"kind": "choice", "picked": None}, ["choice", None]),
        ({"kind": "typed", "text": "Nile"}, ["typed", "Nile"]),
        ({"context": {"language": "az"}, "text": "Nil", "kind": "typed"}, ["typed", "Nil", {"language": "az"}]),
        ({"kind": "typed"}, {"kind": "typed"}),
        ({"kind": "typed", "context": {}}, {"kind": "typed", "context": {}}),
        ({"kind": "of the future", "answer": 1}, {"kind": "of the future", "answer": 1}),
    ],
)
def test_a_response_is_an_array_where_its_fields_are_known(response: dict[str, Any], stored: Any) -> None:
    assert pack_response(response) == stored
    assert unpack_response(stored) == response


def test_every_word_and_field_there_is_can_be_stored() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert {policy.review_source for policy in attempts.POLICIES.values()} <= {None, *SOURCES}
    assert USUAL_DECAY == STANDARD_DECAY
    for response in get_args(get_args(Response)[0]):
        (kind,) = get_args(response.model_fields["kind"].annotation)
        assert {*RESPONSE_FIELDS[kind], "kind"} == response.model_fields.keys()


def test_the_memory_before_an_answer_can_be_selected_by_name(session: Session) -> None:
    learner = make_learner(session)
    answer(session, learner, ask(session, learner))
    session.flush()
    before = Review.before
    found = select(before["state"].as_integer(), before["reps"].as_integer(), before["stability"].as_float())
    assert session.execute(found.where(before["state"].as_integer() == State.NEW)).all() == [(0, 0, None)]
