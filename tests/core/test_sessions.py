"""What is asked next, in which form, and how a posted form is read."""

from dataclasses import replace

import pytest

from quizapp.core.kinds import Question, parse_question, read_response
from quizapp.core.kinds.base import Stage, UnreadableResponse
from quizapp.core.scheduling import NEW_MEMORY, Memory, State
from quizapp.core.sessions import QueueGroup, choose_question, next_group, progress, stage_of

STEP, REVIEW, NEW, LATER = QueueGroup.STEP, QueueGroup.REVIEW, QueueGroup.NEW, QueueGroup.LATER_STEP


def question(kind: str, **fields: object) -> Question:
    base = {"key": "k", "kind": kind, "prompt": "p", "explanation": "e"}
    return parse_question(base | fields)


CHOICE = question(
    "choice",
    answer="right",
    distractors=[{"text": "wrong", "why_not": "w"}, {"text": "false", "why_not": "w"}],
)
TRUE_FALSE = question("true_false", answer=True)
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


def test_choices_are_shuffled_and_a_reload_shows_the_same_order() -> None:
    assert CHOICE.shuffle_options("seed") == CHOICE.shuffle_options("seed")
    assert {CHOICE.shuffle_options(f"seed {n}")[0] for n in range(50)} == {0, 1, 2}
    assert TYPED.shuffle_options("seed") == ()


@pytest.mark.parametrize(
    ("asked", "posted", "expected"),
    [
        (CHOICE, {"picked": "0"}, {"picked": 2}),  # the place as shown, turned back
        (CHOICE, {"picked": "2"}, {"picked": 1}),
        (CHOICE, {}, {"picked": None}),
        (TRUE_FALSE, {"picked": "false"}, {"picked": False}),
        (TRUE_FALSE, {"picked": ""}, {"picked": None}),
        (CLOZE, {"gap-0": "one", "gap-1": "two"}, {"gaps": {"x": "one", "y": "two"}}),
        (CLOZE, {"gap-1": "two", "give-up": "1"}, {"gaps": {"x": "", "y": ""}}),
        (TYPED, {"text": " a "}, {"text": " a "}),
        (TYPED, {"text": "a", "give-up": "1"}, {"text": ""}),
        (CARD, {"rating": "easy"}, {"rating": "easy"}),
        (CARD, {}, {"rating": "again"}),
    ],
)
def test_a_posted_form_is_read(asked: Question, posted: dict[str, str], expected: dict[str, object]) -> None:
    assert read_response(asked, posted, (2, 0, 1)).model_dump() == {"kind": asked.kind} | expected


@pytest.mark.parametrize(
    ("asked", "picked"),
    [(CHOICE, "3"), (CHOICE, "-1"), (CHOICE, "one"), (CHOICE, "²"), (CHOICE, "000"), (TRUE_FALSE, "maybe")],
)
def test_what_is_no_answer_is_refused(asked: Question, picked: str) -> None:
    with pytest.raises(UnreadableResponse):
        read_response(asked, {"picked": picked}, (2, 0, 1))


def options(*texts: str) -> dict[str, object]:
    return {"answer": texts[0], "distractors": [{"text": text, "why_not": "w"} for text in texts[1:]]}


CHOSEN = question("cloze", text="{{x}}", gaps={"x": options("a", "b", "c")})
MIXED = question(
    "cloze",
    text="{{x}} {{y}} {{z}}",
    gaps={"z": options("1", "2", "3", "4"), "x": options("a", "b", "c"), "y": {"answer": "typed"}},
)


def test_a_cloze_that_is_only_chosen_comes_with_the_choices() -> None:
    typed = question("cloze", text="{{x}}", gaps={"x": {"answer": "a"}})
    for stability, expected in ((0.5, CHOSEN), (3.0, typed), (30.0, typed)):
        index = choose_question([CHOSEN, typed], memory(State.REVIEW, stability), "seed")
        assert [CHOSEN, typed][index] is expected


def test_the_options_of_a_gap_are_shuffled_among_themselves() -> None:
    orders = [MIXED.shuffle_options(f"seed {n}") for n in range(60)]
    assert orders[0] == MIXED.shuffle_options("seed 0")
    assert {frozenset(order[:3]) for order in orders} == {frozenset({0, 1, 2})}
    assert {frozenset(order[3:]) for order in orders} == {frozenset({3, 4, 5, 6})}
    assert {order[0] for order in orders} == {0, 1, 2}
    assert {order[3] for order in orders} == {3, 4, 5, 6}


ORDER = (2, 0, 1, 6, 4, 3, 5)  # c a b, 4 2 1 3


@pytest.mark.parametrize(
    ("posted", "gaps"),
    [
        ({"gap-0": "1", "gap-1": "word", "gap-2": "0"}, {"x": "a", "y": "word", "z": "4"}),
        ({"gap-0": "", "gap-2": "3"}, {"x": "", "y": "", "z": "3"}),
        ({"gap-0": "0", "gap-1": "2", "give-up": "1"}, {"x": "", "y": "", "z": ""}),
        ({"gap-1": "2"}, {"x": "", "y": "2", "z": ""}),  # typed, not a place
    ],
)
def test_a_gap_that_is_chosen_is_posted_by_place(posted: dict[str, str], gaps: dict[str, str]) -> None:
    assert read_response(MIXED, posted, ORDER).model_dump() == {"kind": "cloze", "gaps": gaps}


@pytest.mark.parametrize("place", ["3", "9", "-1", "a", "99"])
def test_an_option_of_another_gap_is_refused(place: str) -> None:
    """The gap has three options; the fourth shown on the page belongs to the next gap."""
    with pytest.raises(UnreadableResponse):
        read_response(MIXED, {"gap-0": place}, ORDER)


MULTIPLE = question("multiple", answers=["a", "b"], distractors=[{"text": "c", "why_not": "w"}])
ORDERING = question("ordering", items=["one", "two", "three"])
MATCHING = question("matching", pairs=[{"left": "l", "right": "x"}, {"left": "m", "right": "y"}], extra=["z"])


@pytest.mark.parametrize(
    ("asked", "posted", "expected"),
    [
        (MULTIPLE, {"pick-0": "1", "pick-2": "1"}, {"picked": [1, 2]}),
        (MULTIPLE, {}, {"picked": []}),
        (ORDERING, {"place-0": "3", "place-1": "1", "place-2": "2"}, {"places": [1, 2, 3]}),
        (ORDERING, {"place-0": "3", "place-1": ""}, {"places": [None, None, 3]}),
        (MATCHING, {"match-0": "1", "match-1": "2"}, {"targets": [0, 1]}),
        (MATCHING, {"match-1": "0"}, {"targets": [None, 2]}),
    ],
)
def test_several_things_posted_are_read(asked: Question, posted: dict[str, str], expected: dict[str, object]) -> None:
    assert read_response(asked, posted, (2, 0, 1)).model_dump() == {"kind": asked.kind} | expected


@pytest.mark.parametrize(
    ("asked", "posted"),
    [
        (ORDERING, {"place-0": "first"}),
        (ORDERING, {"place-0": "4"}),
        (ORDERING, {"place-0": "-1"}),
        (MATCHING, {"match-0": "3"}),
        (MATCHING, {"match-0": "x"}),
        (CHOICE, {"picked": "3"}),
        (TRUE_FALSE, {"picked": "perhaps"}),
        (CARD, {"rating": "perfect"}),
        (TYPED, {"text": "x" * 1001}),
        (CLOZE, {"gap-0": "x" * 1001}),
    ],
)
def test_what_was_not_offered_is_refused(asked: Question, posted: dict[str, str]) -> None:
    with pytest.raises(UnreadableResponse):
        asked.grade(read_response(asked, posted, (2, 0, 1)))


@pytest.mark.parametrize(
    ("asked", "posted", "fraction"),
    [
        # Shown: three, one, two.
        (ORDERING, {"place-0": "3", "place-1": "1", "place-2": "1"}, 2 / 3),  # two in one place stand in no order
        (ORDERING, {"place-0": "2", "place-1": "2", "place-2": "2"}, 0),
        (ORDERING, {"place-0": "3", "place-7": "1"}, 0),  # a field that was never there
        (MULTIPLE, {"pick-9": "1", "pick-1": "1"}, 1 / 2),
        (MATCHING, {"match-0": "1", "match-1": "1", "match-9": "7"}, 1 / 2),  # one target twice
        (TYPED, {}, 0),
        (CLOZE, {"gap-9": "1"}, 0),
    ],
)
def test_what_is_odd_is_graded_as_given(asked: Question, posted: dict[str, str], fraction: float) -> None:
    assert asked.grade(read_response(asked, posted, (2, 0, 1))).fraction == pytest.approx(fraction)
