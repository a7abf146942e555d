"""What is asked next, and with which question."""

from dataclasses import replace

import pytest

from quizapp.core.kinds import Question, parse_question
from quizapp.core.kinds.base import Stage
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, State
from quizapp.core.scheduling.sessions import QueueGroup, choose_question, next_group, progress, stage_of

STEP, REVIEW, NEW, LATER = QueueGroup.STEP, QueueGroup.REVIEW, QueueGroup.NEW, QueueGroup.LATER_STEP


def question(kind: str, **fields: object) -> Question:
    base = {"key": "k", "kind": kind, "prompt": "p", "explanation": "e"}
    return parse_question(base | fields)


CHOICE = question(
    "choice",
    answer="right",
    distractors=[{"text": "wrong", "why_not": "w"}, {"text": "false", "why_not": "w"}],
)
CLOZE = question("cloze", text="a {{x}} b {{y}}", gaps={"y": {"answer": "2"}, "x": {"answer": "1"}})
TYPED = question("typed", answer="a")
CARD = question("flashcard", answer="a")


def memory(state: State, stability: float | None, reps: int = 1) -> Memory:
    return replace(NEW_MEMORY, state=state, stability=stability, reps=reps)


@pytest.mark.parametrize(
    ("waiting", "answered", "expected"),
    [
        ({}, 0, None),
        ({STEP: 1, REVIEW: 5, NEW: 5}, 0, STEP),  # its wait was minutes, and it is over
        ({REVIEW: 5, LATER: 1}, 0, REVIEW),
        ({NEW: 5, LATER: 1}, 0, NEW),
        ({LATER: 1}, 9, LATER),  # nothing else is left: asked early
    ],
)
def test_what_comes_next(waiting: dict[QueueGroup, int], answered: int, expected: QueueGroup | None) -> None:
    assert next_group(waiting, answered) == expected


@pytest.mark.parametrize(("reviews", "new"), [(20, 10), (10, 10), (100, 5), (3, 30)])
def test_new_facts_are_spread_among_those_due(reviews: int, new: int) -> None:
    waiting, asked = {REVIEW: reviews, NEW: new}, []
    while group := next_group(waiting, len(asked)):
        asked.append(group)
        waiting[group] -= 1
    first_half = asked[: len(asked) // 2]
    assert len(asked) == reviews + new
    assert abs(first_half.count(NEW) - new / 2) <= 2
    assert abs(first_half.count(REVIEW) - reviews / 2) <= 2


def test_progress_counts_a_fact_that_comes_again_as_half() -> None:
    so_far = progress({STEP: 1, LATER: 1, NEW: 3}, finished=5)
    assert (so_far.done, so_far.learning, so_far.to_come) == (5, 2, 3)
    assert so_far.share == pytest.approx(0.6)
    assert progress({}, 0).share == 1.0


@pytest.mark.parametrize(
    ("state", "stability", "expected"),
    [
        (State.NEW, None, Stage.RECOGNISE),
        (State.LEARNING, 0.5, Stage.RECOGNISE),
        (State.LEARNING, 2.0, Stage.COMPLETE),
        (State.REVIEW, 6.9, Stage.COMPLETE),
        (State.REVIEW, 7.0, Stage.RECALL),
        (State.RELEARNING, 8.0, Stage.COMPLETE),  # one step back after a lapse
        (State.RELEARNING, 3.0, Stage.RECOGNISE),
        (State.RELEARNING, 0.3, Stage.RECOGNISE),
    ],
)
def test_the_form_follows_the_stability(state: State, stability: float | None, expected: Stage) -> None:
    assert stage_of(memory(state, stability)) == expected


@pytest.mark.parametrize(
    ("questions", "stability", "expected"),
    [
        ([CHOICE, CLOZE, TYPED], 0.5, CHOICE),
        ([CHOICE, CLOZE, TYPED], 3.0, CLOZE),
        ([CHOICE, CLOZE, TYPED], 30.0, TYPED),
        ([CHOICE, TYPED], 3.0, CHOICE),  # nothing to complete: the easier one
        ([CLOZE, TYPED], 0.5, CLOZE),  # nothing easy: the nearest
        ([TYPED], 0.5, TYPED),
    ],
)
def test_the_question_fits_the_memory(questions: list[Question], stability: float, expected: Question) -> None:
    assert questions[choose_question(questions, memory(State.REVIEW, stability), "seed")] is expected


def test_questions_of_one_stage_take_turns() -> None:
    asked = [choose_question([TYPED, CHOICE, CARD], memory(State.REVIEW, 30, reps), "seed") for reps in range(4)]
    assert asked in ([0, 2, 0, 2], [2, 0, 2, 0])
