"""The policies of attempts, what a quiz draws, and the score of an attempt."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.attempts import ASKABLE, GRADABLE, POLICIES, Candidate, ReviewTiming, Score, apportion, by_topic, draw
from quizapp.core.kinds import KINDS, answers_another_kind, parse_question


def pool(*topics: tuple[str, int], kinds: tuple[str, ...] = ("choice",)) -> list[Candidate]:
    """So many facts of each topic, each asked by a question of each kind."""
    facts = [topic for topic, number in topics for _ in range(number)]
    return [
        Candidate(fact_id, topic, 100 * fact_id + number, kind)
        for fact_id, topic in enumerate(facts, start=1)
        for number, kind in enumerate(kinds)
    ]


pools = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from(["choice", "typed", "date"])), min_size=1, max_size=80, unique=True
).map(lambda asked: [Candidate(fact, "abc"[fact % 3], 10 * fact + GRADABLE.index(kind), kind) for fact, kind in asked])


# Policies


def test_previews_guesses_and_placement_tests_never_count_and_practice_only_on_request() -> None:
    timing = {purpose: policy.reviews for purpose, policy in POLICIES.items()}
    assert timing == {
        "quiz": ReviewTiming.WITH_FEEDBACK,
        "practice-quiz": ReviewTiming.ON_REQUEST,
        "assignment": ReviewTiming.WITH_FEEDBACK,
        "preview": ReviewTiming.NEVER,
        "practice": ReviewTiming.ON_REQUEST,
        "pretest": ReviewTiming.NEVER,
        "placement": ReviewTiming.NEVER,
    }


def test_a_teacher_decides_when_an_assigned_quiz_releases_feedback_and_some_attempts_can_be_discarded() -> None:
    assert [purpose for purpose, policy in POLICIES.items() if policy.follows_assignment] == ["assignment"]
    assert [purpose for purpose, policy in POLICIES.items() if policy.can_be_discarded] == ["preview", "placement"]


# Drawing


def test_it_draws_each_fact_once() -> None:
    drawn = draw(pool(("dates", 10), ("actors", 10), kinds=("choice", "typed")), 12, seed="7:0")
    assert len(drawn) == len({candidate.fact_id for candidate in drawn}) == 12


@given(pools, st.integers(1, 50), st.text(max_size=8))
def test_any_draw_is_of_the_pool_as_large_as_it_can_be_and_the_same_again(
    pool: list[Candidate], size: int, seed: str
) -> None:
    drawn = draw(pool, size, seed=seed)
    facts = {candidate.fact_id for candidate in pool}
    assert set(drawn) <= set(pool)
    assert len(drawn) == len({candidate.fact_id for candidate in drawn}) == min(size, len(facts))
    assert draw(reversed(pool), size, seed=seed) == drawn


def test_another_seed_is_another_quiz_in_another_order() -> None:
    facts = pool(("dates", 30))
    drawn = [[candidate.fact_id for candidate in draw(facts, 12, seed=f"7:{n}")] for n in range(5)]
    assert len({tuple(quiz) for quiz in drawn}) == 5
    assert all(quiz != sorted(quiz) for quiz in drawn)


def test_each_topic_has_its_share() -> None:
    drawn = draw(pool(("dates", 30), ("actors", 20), ("causes", 10)), 12, seed="7:0")
    assert Counter(candidate.topic for candidate in drawn) == {"dates": 6, "actors": 4, "causes": 2}


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 300), min_size=1), st.integers(1, 50), st.integers())
def test_no_topic_is_further_than_one_question_from_its_share(sizes: dict[str, int], seats: int, seed: int) -> None:
    given_out = apportion(sizes, seats, Random(seed))
    total = sum(sizes.values())
    assert sum(given_out.values()) == min(seats, total)
    for topic, size in sizes.items():
        assert 0 <= given_out[topic] <= size
        assert abs(given_out[topic] - min(seats, total) * size / total) < 1


def test_kinds_are_mixed() -> None:
    kinds = ("choice", "true_false", "typed", "date")
    drawn = draw(pool(("dates", 40), kinds=kinds), 12, seed="7:0")
    assert Counter(candidate.kind for candidate in drawn) == dict.fromkeys(kinds, 3)


def test_a_fact_that_can_be_asked_in_one_way_only_leaves_the_others_to_the_rest() -> None:
    one_way = pool(("dates", 3))
    two_ways = [
        Candidate(fact, "dates", 100 * fact + n, k) for fact in (4, 5, 6) for n, k in enumerate(("choice", "typed"))
    ]
    drawn = draw(one_way + two_ways, 6, seed="7:0")
    assert Counter(candidate.kind for candidate in drawn) == {"choice": 3, "typed": 3}


def test_what_was_not_asked_the_last_time_goes_first() -> None:
    facts = pool(("dates", 12), ("actors", 12))
    first = {candidate.fact_id for candidate in draw(facts, 12, seed="7:0")}
    second = {candidate.fact_id for candidate in draw(facts, 12, seed="7:1", asked_last=first)}
    assert not first & second
    small = pool(("dates", 8))
    first = {candidate.fact_id for candidate in draw(small, 6, seed="7:0")}
    second = {candidate.fact_id for candidate in draw(small, 6, seed="7:1", asked_last=first)}
    assert len(second) == 6
    assert second >= {candidate.fact_id for candidate in small} - first


def test_nothing_is_drawn_from_nothing() -> None:
    assert draw([], 12, seed="7:0") == []


def test_every_kind_but_the_card_can_be_asked_and_essays_need_a_person() -> None:
    assert set(KINDS) - set(ASKABLE) == {"flashcard"}
    assert set(ASKABLE) - set(GRADABLE) == {"essay"}


def test_what_waits_to_be_marked_counts_as_nothing_so_far() -> None:
    assert by_topic([("dates", 1.0), ("dates", None), ("names", 0.5)]) == {
        "dates": Score(1.0, 2, waiting=1),
        "names": Score(0.5, 1),
    }


# Reading a form


def question(kind: str, **more: Any) -> Any:
    return parse_question({"kind": kind, "key": "q", "prompt": "Which?", "explanation": "So.", **more})


CHOICE = question("choice", answer="a", distractors=[{"text": t, "why_not": "No."} for t in "bc"])
TYPED = question("typed", answer="a")
CLOZE = question("cloze", text="The {{one}}.", gaps={"one": {"answer": "a"}})


@pytest.mark.parametrize(
    ("asked", "posted", "is_another"),
    [
        (CHOICE, {"picked": "0"}, False),
        (CHOICE, {"give-up": "1", "ms": "5", "csrf_token": "x", "confidence": "1", "to": "3"}, False),
        (CHOICE, {}, False),
        (CHOICE, {"text": "a"}, True),
        (CHOICE, {"pick-0": "1"}, True),
        (CHOICE, {"picked": "0", "gap-0": "a"}, True),
        (TYPED, {"text": "a"}, False),
        (TYPED, {"picked": "0"}, True),
        (TYPED, {"rating": "good"}, True),
        (CLOZE, {"gap-0": "a"}, False),
        (CLOZE, {"match-0": "1"}, True),
        (CLOZE, {"place-0": "1"}, True),
    ],
)
def test_a_form_made_for_another_kind_is_shown(asked: Any, posted: dict[str, str], is_another: bool) -> None:
    assert answers_another_kind(asked, posted) is is_another


# Marks


def test_marks_are_added_up_topic_by_topic_partial_credit_included() -> None:
    scores = by_topic([("dates", 1.0), ("actors", 0.5), ("dates", 0.0), ("actors", 1.0)])
    assert scores == {"dates": Score(1.0, 2), "actors": Score(1.5, 2)}
    assert scores["actors"].share == 0.75
    assert Score(0.0, 0).share == 0.0
