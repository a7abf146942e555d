"""What is asked next, and with which question."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from quizapp.core.kinds import Question, parse_question
from quizapp.core.kinds.base import Stage
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, State
from quizapp.core.scheduling.sessions import (
    PastUse,
    QueueGroup,
    choose_question,
    delay,
    exam_stage,
    introduce,
    next_group,
    order_session,
    progress,
    stage_of,
)

STEP, REVIEW, NEW, LATER = QueueGroup.STEP, QueueGroup.REVIEW, QueueGroup.NEW, QueueGroup.LATER_STEP


def question(kind: str, **fields: object) -> Question:
    base = {"key": "k", "kind": kind, "prompt": f"A {kind} question", "explanation": "e"}
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
        (State.LEARNING, 5.0, Stage.RECOGNISE),  # until the second study day
        (State.REVIEW, 0.5, Stage.COMPLETE),
        (State.REVIEW, 2.9, Stage.COMPLETE),
        (State.REVIEW, 3.0, Stage.RECALL),
        (State.RELEARNING, 8.0, Stage.COMPLETE),  # one step back after a lapse
        (State.RELEARNING, 2.9, Stage.RECOGNISE),
        (State.RELEARNING, 0.3, Stage.RECOGNISE),
    ],
)
def test_the_form_follows_the_stability(state: State, stability: float | None, expected: Stage) -> None:
    assert stage_of(memory(state, stability)) == expected


@pytest.mark.parametrize(
    ("questions", "stability", "expected"),
    [
        ([CHOICE, CLOZE, TYPED], None, CHOICE),
        ([CHOICE, CLOZE, TYPED], 2.0, CLOZE),
        ([CHOICE, CLOZE, TYPED], 30.0, TYPED),
        ([CHOICE, TYPED], 2.0, CHOICE),  # nothing to complete: the easier one
        ([CLOZE, TYPED], None, CLOZE),  # nothing easy: the nearest
        ([TYPED], None, TYPED),
    ],
)
def test_the_question_fits_the_memory(questions: list[Question], stability: float | None, expected: Question) -> None:
    known = memory(State.REVIEW, stability) if stability else NEW_MEMORY
    assert questions[choose_question(questions, known, "seed")] is expected


def test_a_stage_can_be_asked_for() -> None:
    assert choose_question([CHOICE, CLOZE, TYPED], NEW_MEMORY, "seed", at_least=Stage.RECALL) == 2


ANY, OTHER = question("true_false", prompt="p1", answer=True), question("true_false", prompt="p2", answer=True)


@pytest.mark.parametrize(
    ("questions", "past", "expected"),
    [
        ([CHOICE, CLOZE], [PastUse(1), PastUse()], {1}),  # not the same wording twice in a row
        ([CHOICE, CLOZE], [PastUse(3), PastUse(4)], {0}),
        ([CHOICE, CLOZE], [PastUse(4, today=3), PastUse(3, today=2)], {1}),
        ([CHOICE, CLOZE, TYPED], [PastUse(3, today=3), PastUse(4, today=2), PastUse()], {2}),
        ([CHOICE], [PastUse(2, today=2)], {0}),  # there is no other
        ([ANY, OTHER], [PastUse(1), PastUse()], {1}),
        ([ANY, OTHER, CLOZE], [PastUse(1, right=1), PastUse(2, right=1), PastUse()], {2}),  # two were right
        ([ANY, OTHER, CLOZE], [PastUse(1, right=1), PastUse(2), PastUse()], {0}),
        ([ANY, CLOZE], [PastUse(2, right=2), PastUse(3)], {0}),  # the other form is the one just asked
        ([ANY, CHOICE, TYPED], [PastUse(1), PastUse(), PastUse()], {1}),
        (
            [CHOICE, question("choice", answer="a", distractors=[{"text": "b"}]), CLOZE],
            [PastUse(1)] + [PastUse()] * 2,
            {2},
        ),
    ],
)
def test_wordings_alternate(questions: list[Question], past: list[PastUse], expected: set[int]) -> None:
    """A memory in its first day is recognised."""
    known = memory(State.LEARNING, 0.5)
    assert {choose_question(questions, known, str(seed), past) for seed in range(8)} == expected


def test_a_harder_form_is_asked_rather_than_an_easier_one() -> None:
    past = [PastUse(3), PastUse(4), PastUse()]
    assert choose_question([CHOICE, CLOZE, TYPED], memory(State.REVIEW, 2.0), "seed", past) == 2


def test_a_repeat_waits_until_five_others_were_asked_if_there_are_so_many() -> None:
    assert next_group({STEP: 1, NEW: 4}, 0, {STEP: delay(2, is_similar=False)}) == NEW
    assert next_group({STEP: 1, NEW: 4}, 0, {STEP: delay(6, is_similar=False)}) == STEP
    assert (
        next_group({STEP: 1, LATER: 1}, 0, {STEP: delay(2, is_similar=False), LATER: delay(4, is_similar=True)})
        == LATER
    )
    assert next_group({STEP: 1}, 0, {STEP: delay(1, is_similar=False)}) == STEP  # nothing else is left


def test_the_order_of_a_session_keeps_similar_facts_and_repeats_apart() -> None:
    groups = {STEP: [9], REVIEW: [1, 2, 3, 4], NEW: [5]}
    order = order_session(groups, 0, {9: 2}, lambda one, other: {one, other} == {1, 2}, 10)
    assert sorted(order) == [1, 2, 3, 4, 5, 9]
    assert order.index(9) >= 4 and abs(order.index(1) - order.index(2)) > 1


def test_similar_new_facts_are_introduced_on_different_days() -> None:
    def is_similar(one: int, other: int) -> bool:
        return {one, other} <= {1, 2, 3}

    assert introduce([1, 2, 3, 4, 5], dict.fromkeys(range(1, 6), 7), {7: 3}, is_similar) == [1, 4, 5]
    assert introduce([1, 2, 3, 4], dict.fromkeys(range(1, 5), 7), {7: 3}, is_similar) == [1, 2, 4]  # no others are left
    assert introduce([1, 2, 4, 5], {1: 7, 2: 8, 4: 7, 5: 8}, {7: 1, 8: 1}, is_similar) == [1, 5]


def test_questions_of_one_stage_take_turns() -> None:
    asked = [choose_question([TYPED, CHOICE, CARD], memory(State.REVIEW, 30, reps), "seed") for reps in range(4)]
    assert asked in ([0, 2, 0, 2], [2, 0, 2, 0])


@pytest.mark.parametrize(
    ("state", "days_left", "planned", "stage"),
    [
        (State.NEW, 1, True, Stage.RECOGNISE),
        (State.LEARNING, 9, True, Stage.RECOGNISE),
        (State.LEARNING, 1, True, Stage.RECALL),  # it may not be asked again before the exam
        (State.REVIEW, 9, True, Stage.RECALL),
        (State.REVIEW, 9, False, Stage.RECOGNISE),
    ],
)
def test_facts_are_recalled_before_an_exam(state: State, days_left: int, planned: bool, stage: Stage) -> None:
    today = date(2026, 3, 2)
    plan = Plan(exam_day=today + timedelta(days=days_left), planned_on=today if planned else None)
    assert exam_stage(replace(NEW_MEMORY, state=state), plan, today) == stage
