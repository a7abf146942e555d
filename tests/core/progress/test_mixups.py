"""What is taken for what: slips read from answers, and gathered."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.kinds.mixups import Mixup, MixupKind
from quizapp.core.progress.mastery import FactRef
from quizapp.core.progress.mixups import ObservedMixup, group_mixups, misconceptions

ABOUT = {"key": "q", "prompt": "?", "explanation": "."}
BURTON = {"text": "Burton", "why_not": ".", "misconception": "burton-and-speke"}
PARK = {"text": "Park", "why_not": "."}
QUESTIONS: dict[str, dict[str, Any]] = {
    "choice": {"answer": "Speke", "distractors": [BURTON, PARK]},
    "multiple": {"answers": ["Speke", "Grant"], "distractors": [BURTON, PARK]},
    "matching": {
        "pairs": [{"left": "Nile", "right": "Speke"}, {"left": "Niger", "right": "Park"}],
        "extra": ["Burton"],
    },
    "ordering": {"items": ["one", ["two", "too"], "three"]},
    "typed": {"answer": "Speke", "reject": ["Burton"]},
    "cloze": {
        "text": "{{who}} came before {{whom}}.",
        "gaps": {
            "who": {"answer": "Speke", "reject": ["Burton"]},
            "whom": {"answer": "Park", "distractors": [BURTON, {"text": "Grant", "why_not": "."}]},
        },
    },
    "true_false": {"answer": True},
    "flashcard": {"answer": "Speke"},
    "date": {"answer": "1858-08-03", "precision": "day"},
    "number": {"answer": 5},
}


def found(kind: str, **response: Any) -> list[Mixup]:
    question = parse_question({**ABOUT, "kind": kind, **QUESTIONS[kind]})
    return question.find_mixups(parse_response({"kind": kind, **response}))


def wrong_choice(meant: str, taken: str, about: str | None = None, misconception: str | None = None) -> Mixup:
    return Mixup(MixupKind.CHOICE, meant, taken, about, misconception)


def test_a_wrong_choice_was_taken_for_the_key_and_stands_for_its_misconception() -> None:
    assert found("choice", picked=1) == [wrong_choice("Speke", "Burton", misconception="burton-and-speke")]
    assert found("choice", picked=2) == [wrong_choice("Speke", "Park")]


def test_each_false_alarm_among_several_choices_is_one() -> None:
    assert found("multiple", picked=[0, 2, 3, 3]) == [
        wrong_choice("Speke; Grant", "Burton", misconception="burton-and-speke"),
        wrong_choice("Speke; Grant", "Park"),
    ]


def test_a_target_given_to_the_wrong_stem_was_taken_for_the_right_one() -> None:
    assert found("matching", targets=[2, 0]) == [
        wrong_choice("Speke", "Burton", "Nile"),
        wrong_choice("Park", "Speke", "Niger"),
    ]


def test_pairs_put_the_wrong_way_round_are_told_apart_from_those_that_share_a_place() -> None:
    assert found("ordering", places=[1, 3, 2, 4]) == []  # "two" and "too" may stand either way
    assert found("ordering", places=[2, 1, 3, 4]) == [Mixup(MixupKind.ORDER, "one", "two")]
    assert found("ordering", places=[4, 2, 3, 1]) == [
        Mixup(MixupKind.ORDER, "one", "two"),
        Mixup(MixupKind.ORDER, "one", "too"),
        Mixup(MixupKind.ORDER, "one", "three"),
        Mixup(MixupKind.ORDER, "two", "three"),
        Mixup(MixupKind.ORDER, "too", "three"),
    ]
    assert found("ordering", places=[1, 1, 1, 1]) == []
    assert found("ordering", places=[None, None, None, 1]) == []


def test_another_name_that_was_typed_was_taken_for_the_answer() -> None:
    assert found("typed", text="burton") == [Mixup(MixupKind.NAME, "Speke", "Burton")]
    assert found("cloze", gaps={"who": "Burton", "whom": "Park"}) == [Mixup(MixupKind.NAME, "Speke", "Burton", "who")]


def test_a_wrong_choice_for_a_gap_is_a_wrong_choice() -> None:
    assert found("cloze", gaps={"who": "Speke", "whom": "Burton"}) == [
        wrong_choice("Park", "Burton", "whom", "burton-and-speke")
    ]


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("choice", {"picked": 0}),
        ("choice", {"picked": None}),
        ("multiple", {"picked": [0, 1]}),
        ("multiple", {"picked": [0]}),  # forgetting one is no mix-up
        ("matching", {"targets": [0, 1]}),
        ("matching", {"targets": [None, None]}),
        ("matching", {}),
        ("ordering", {"places": [1, 2, 3, 4]}),
        ("ordering", {}),
        ("typed", {"text": "Speke"}),
        ("typed", {"text": "nobody at all"}),
        ("typed", {"text": ""}),
        ("cloze", {"gaps": {}}),
        ("true_false", {"picked": False}),
        ("flashcard", {"rating": "again"}),
        ("date", {"text": "1 May 1858"}),
        ("number", {"text": "7"}),
    ],
)
def test_where_nothing_is_taken_for_anything_there_is_no_slip(kind: str, response: dict[str, Any]) -> None:
    assert found(kind, **response) == []


@given(st.permutations([1, 2, 3, 4]))
def test_inversions_are_the_pairs_that_cost_credit(places: list[int]) -> None:
    question = parse_question({**ABOUT, "kind": "ordering", **QUESTIONS["ordering"]})
    response = parse_response({"kind": "ordering", "places": places})
    assert question.grade(response).fraction == pytest.approx(1 - len(question.find_mixups(response)) / 6)


# Gathering

MONDAY = date(2026, 3, 2)
NILE, NIGER = FactRef("rivers", "nile", "The Nile."), FactRef("rivers", "niger", "The Niger.")
BURTON_FOR_SPEKE = wrong_choice("Speke", "Burton", misconception="burton-and-speke")
PARK_FOR_SPEKE = wrong_choice("Speke", "Park")


def observed(mixup: Mixup, *days: int, fact: FactRef = NILE) -> list[ObservedMixup]:
    return [ObservedMixup(fact, MONDAY + timedelta(days=number), mixup) for number in days]


def test_the_same_slip_on_the_same_fact_is_one_mixup() -> None:
    (mixup,) = group_mixups(observed(BURTON_FOR_SPEKE, 5, 0, 2), {})
    assert (mixup.times, mixup.last, mixup.mended) == (3, MONDAY + timedelta(days=5), False)
    assert len(group_mixups(observed(BURTON_FOR_SPEKE, 0) + observed(BURTON_FOR_SPEKE, 0, fact=NIGER), {})) == 2


@pytest.mark.parametrize(("recalled", "mended"), [(None, False), (1, False), (2, False), (3, True)])
def test_only_a_right_answer_on_a_later_day_mends(recalled: int | None, mended: bool) -> None:
    since = {} if recalled is None else {NILE: MONDAY + timedelta(days=recalled)}
    (mixup,) = group_mixups(observed(BURTON_FOR_SPEKE, 0, 2), since)
    assert mixup.mended is mended


def test_the_open_come_first_then_the_frequent_then_the_latest() -> None:
    mixed_up = [wrong_choice("Speke", name) for name in ("mended often", "once early", "once late", "twice")]
    days = [(0, 0, 0), (6,), (7,), (5, 6)]
    all_of_them = [each for mixup, on in zip(mixed_up, days, strict=True) for each in observed(mixup, *on)]
    found = group_mixups(all_of_them, {NILE: MONDAY + timedelta(days=1)})
    assert [each.mixup.taken for each in found] == ["twice", "once late", "once early", "mended often"]


def test_misconceptions_are_counted_over_facts_and_mended_when_all_are() -> None:
    seen = observed(BURTON_FOR_SPEKE, 0, 1) + observed(BURTON_FOR_SPEKE, 3, fact=NIGER) + observed(PARK_FOR_SPEKE, 4)
    (found,) = misconceptions(group_mixups(seen, {NILE: MONDAY + timedelta(days=9)}))
    assert (found.key, found.times, found.last) == ("burton-and-speke", 3, MONDAY + timedelta(days=3))
    assert set(found.facts) == {NILE, NIGER}
    assert not found.mended
    (found,) = misconceptions(group_mixups(seen, dict.fromkeys((NILE, NIGER), MONDAY + timedelta(days=9))))
    assert found.mended


def test_sets_that_name_a_misconception_alike_have_each_their_own() -> None:
    elsewhere = FactRef("lakes", "nile", "Elsewhere.")
    seen = observed(BURTON_FOR_SPEKE, 0) + observed(BURTON_FOR_SPEKE, 0, fact=elsewhere)
    assert [each.times for each in misconceptions(group_mixups(seen, {}))] == [1, 1]


SLIPS = st.lists(st.tuples(st.sampled_from([NILE, NIGER]), st.integers(0, 30), st.sampled_from("abc")))


@given(SLIPS, st.integers(0, 30))
def test_no_slip_is_lost_or_counted_twice(seen: list[tuple[FactRef, int, str]], recalled: int) -> None:
    all_of_them = [
        ObservedMixup(fact, MONDAY + timedelta(days=number), wrong_choice("key", taken, misconception=taken))
        for fact, number, taken in seen
    ]
    found = group_mixups(all_of_them, {NILE: MONDAY + timedelta(days=recalled)})
    assert sum(each.times for each in found) == len(seen)
    assert sum(each.times for each in misconceptions(found)) == len(seen)
    assert len({(each.fact, each.mixup) for each in found}) == len(found)
