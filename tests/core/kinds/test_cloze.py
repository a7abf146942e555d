"""Texts with gaps, typed into or chosen for."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from questions import describe, grade, preview, question, read, wrong

from quizapp.core.kinds import Question, parse_question
from quizapp.core.kinds.base import Method, Stage, Tally, Verdict
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.reading import NoSuchChoice, UnreadableResponse
from quizapp.core.scheduling.scheduler import NEW_MEMORY, State
from quizapp.core.scheduling.sessions import choose_question

EAST = {"answer": "east", "distractors": wrong("west", "north")}
SEA = {"answer": "Black Sea", "distractors": wrong("Baltic", "Adriatic", "Aral")}
VIENNA = {"answer": "Vienna", "accept": ["Wien"]}


def cloze(**gaps: Any) -> Cloze:
    found = question("cloze", text=" and ".join(f"{{{{{name}}}}}" for name in gaps), gaps=gaps)
    assert isinstance(found, Cloze)
    return found


# The schema


def test_a_gap_is_typed_into_or_chosen_for() -> None:
    asked = cloze(direction=EAST, capital=VIENNA, sea=SEA)
    assert asked.gaps["direction"].options == ["east", "west", "north"]
    assert asked.gaps["capital"].options == []
    assert asked.options == ["east", "west", "north", "Black Sea", "Baltic", "Adriatic", "Aral"]
    assert asked.option_ranges == {"direction": range(0, 3), "capital": range(3, 3), "sea": range(3, 7)}


def test_options_are_in_the_order_of_the_text_whatever_the_order_of_the_gaps() -> None:
    asked = question("cloze", text="{{sea}} {{direction}}", gaps={"direction": EAST, "sea": SEA})
    assert isinstance(asked, Cloze)
    assert asked.option_ranges == {"sea": range(0, 4), "direction": range(4, 7)}


@pytest.mark.parametrize(
    ("gap", "message"),
    [
        (EAST | {"accept": ["eastwards"]}, "chosen, not typed"),
        (EAST | {"spellings_of": ["east"]}, "chosen, not typed"),
        (EAST | {"reject": ["west"]}, "chosen, not typed"),
        (EAST | {"distractors": EAST["distractors"][:1]}, "two or more wrong choices"),
        (EAST | {"answer": "West"}, "two choices have the same text"),
        (EAST | {"distractors": SEA["distractors"] * 3}, "at most 7"),
        (EAST | {"distractors": [{"text": "west"}, {"why_not": "It is cold."}]}, "text"),
    ],
)
def test_a_gap_that_is_neither_is_refused(gap: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        cloze(direction=gap)


def test_it_survives_storing() -> None:
    asked = cloze(direction=EAST, capital=VIENNA)
    assert parse_question(asked.model_dump(mode="json")) == asked


@pytest.mark.parametrize(
    ("asked", "stage", "chance"),
    [
        (cloze(direction=EAST), Stage.RECOGNISE, 1 / 3),
        (cloze(direction=EAST, sea=SEA), Stage.RECOGNISE, 1 / 12),
        (cloze(direction=EAST, capital=VIENNA), Stage.COMPLETE, 0),  # a typed gap cannot be guessed
        (cloze(capital=VIENNA), Stage.COMPLETE, 0),
    ],
)
def test_what_is_only_chosen_is_recognised_and_may_be_guessed(asked: Cloze, stage: Stage, chance: float) -> None:
    assert asked.stage is stage
    assert asked.guess_chance == pytest.approx(chance)


def test_one_that_is_only_chosen_comes_with_the_choices() -> None:
    chosen, typed = cloze(x=EAST), cloze(x={"answer": "a"})
    for state, expected in ((State.LEARNING, chosen), (State.REVIEW, typed)):
        memory = replace(NEW_MEMORY, state=state, stability=2.0, reps=1)
        assert [chosen, typed][choose_question([chosen, typed], memory, "seed")] is expected


# Grading

ROUTE = question(
    "cloze",
    text="From {{station}} to {{ city }}.",
    gaps={"city": {"answer": "Baku"}, "station": {"answer": "Yalama"}},
)
RIVER = question(
    "cloze",
    text="It flows {{direction}}, through {{city}}, to the {{sea}}.",
    gaps={
        "city": VIENNA,
        "direction": {
            "answer": "east",
            "distractors": [
                {"text": "west", "why_not": "The Rhine does."},
                {"text": "north", "why_not": "The Elbe does."},
            ],
        },
        "sea": {
            "answer": "Black Sea",
            "distractors": [
                {"text": "Baltic", "why_not": "The Vistula does."},
                {"text": "Adriatic", "why_not": "There are mountains.", "misconception": "two-seas"},
            ],
        },
    },
)


@pytest.mark.parametrize(
    ("station", "city", "fraction", "verdict"),
    [
        ("Yalama", "Baku", 1.0, Verdict.RIGHT),
        ("Yalamma", "Baku", 1.0, Verdict.SLIP),
        ("Yalama", "Ganja", 0.5, Verdict.WRONG),
        ("", "Baku", 0.5, Verdict.WRONG),
        ("", "Ganja", 0.0, Verdict.WRONG),
        ("Ganja", "Ganja", 0.0, Verdict.WRONG),
        ("", " ", 0.0, Verdict.UNANSWERED),
    ],
)
def test_the_credit_is_the_mean_of_the_gaps(station: str, city: str, fraction: float, verdict: Verdict) -> None:
    found = grade(ROUTE, gaps={"station": station, "city": city, "old": "x"})
    assert (found.fraction, found.verdict, found.correct) == (fraction, verdict, fraction == 1)
    assert (found.key, found.note) == ("Yalama; Baku", None)


def test_the_parts_are_in_the_order_of_the_text() -> None:
    first, second = grade(ROUTE, gaps={"station": "Yalamma"}).parts
    assert (first.label, first.given, first.expected, first.correct) == ("station", "Yalamma", "Yalama", True)
    assert (first.verdict, first.note) == (Verdict.SLIP, "Yalama")
    assert (second.label, second.given, second.expected, second.correct) == ("city", "", "Baku", False)
    assert (second.verdict, second.note) == (Verdict.UNANSWERED, None)


@pytest.mark.parametrize(
    ("gaps", "fraction", "verdict"),
    [
        ({"direction": "east", "city": "Wien", "sea": "Black Sea"}, 1.0, Verdict.RIGHT),
        ({"direction": "east", "city": "Viena", "sea": "Black Sea"}, 1.0, Verdict.SLIP),
        ({"direction": "west", "city": "Vienna", "sea": "Black Sea"}, 2 / 3, Verdict.WRONG),
        ({"direction": "east"}, 1 / 3, Verdict.WRONG),
        ({"direction": "north", "city": "Linz", "sea": "Baltic"}, 0.0, Verdict.WRONG),
        ({}, 0.0, Verdict.UNANSWERED),
    ],
)
def test_gaps_typed_and_chosen_count_the_same(gaps: dict[str, str], fraction: float, verdict: Verdict) -> None:
    found = grade(RIVER, gaps=gaps)
    assert (found.fraction, found.verdict) == (pytest.approx(fraction), verdict)


@pytest.mark.parametrize(
    ("day", "verdict", "note"),
    [
        ("27 Apr", Verdict.RIGHT, None),
        ("27/4", Verdict.RIGHT, None),
        ("27.4", Verdict.RIGHT, None),
        ("27.IV.1920", Verdict.RIGHT, None),
        ("27 April 1919", Verdict.WRONG, None),
        ("28/4", Verdict.WRONG, None),
        ("April", Verdict.CLOSE, "day"),
    ],
)
def test_a_gap_that_is_a_date_is_read_as_a_date(day: str, verdict: Verdict, note: str | None) -> None:
    asked = question("cloze", text="On {{day}} 1920 the train crossed.", gaps={"day": {"answer": "27 April"}})
    found = grade(asked, gaps={"day": day})
    assert (found.verdict, found.parts[0].note) == (verdict, note)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("5", True), ("5 million", True), ("five million", True), ("5,000,000", True), ("beş milyon", True),
        ("5 million liras", True), ("5 thousand", False), ("50 million", False), ("5,000", False), ("million", False),
    ],
)  # fmt: skip
def test_a_number_counts_with_the_scale_behind_its_gap(typed: str, right: bool) -> None:
    gaps = {"sum": {"answer": "5"}, "men": {"answer": "7"}}
    asked = question("cloze", text="He asked for {{sum}} million liras and {{men}} thousand men.", gaps=gaps)
    parts = grade(asked, gaps={"sum": typed, "men": "7 million"}).parts
    assert [part.correct for part in parts] == [right, False]


def test_the_credit_says_what_it_was_counted_from() -> None:
    found = grade(RIVER, gaps={"direction": "east"})
    assert found.tally == Tally(Method.GAPS, 1, 3)
    assert found.fraction == found.tally.fraction


def test_a_wrong_choice_for_a_gap_names_its_distractor() -> None:
    direction, city, sea = grade(RIVER, gaps={"direction": "east", "sea": "Adriatic"}).parts
    assert (direction.verdict, direction.distractor) == (Verdict.RIGHT, None)
    assert (city.verdict, city.distractor) == (Verdict.UNANSWERED, None)
    assert (sea.verdict, sea.given, sea.expected) == (Verdict.WRONG, "Adriatic", "Black Sea")
    assert sea.distractor is not None
    assert (sea.distractor.why_not, sea.distractor.misconception) == ("There are mountains.", "two-seas")


def test_a_chosen_gap_forgives_no_slip() -> None:
    """A slip of the keyboard is no excuse where nothing is typed: west is not east."""
    assert grade(RIVER, gaps={"direction": "west"}).parts[0].verdict is Verdict.WRONG


@pytest.mark.parametrize("sea", ["Aral Sea", "black sea"])
def test_a_choice_that_is_not_there_is_refused(sea: str) -> None:
    with pytest.raises(NoSuchChoice):
        grade(RIVER, gaps={"sea": sea})


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_grade(text: str) -> None:
    assert 0 <= grade(ROUTE, gaps={"city": text}).fraction <= 1


# Posted forms

TYPED = question("cloze", text="a {{x}} b {{y}}", gaps={"y": {"answer": "2"}, "x": {"answer": "1"}})
MIXED = question(
    "cloze",
    text="{{x}} {{y}} {{z}}",
    gaps={
        "z": {"answer": "1", "distractors": wrong("2", "3", "4")},
        "x": {"answer": "a", "distractors": wrong("b", "c")},
        "y": {"answer": "typed"},
    },
)
ORDER = (2, 0, 1, 6, 4, 3, 5)  # c a b, 4 2 1 3


@pytest.mark.parametrize(
    ("asked", "posted", "gaps"),
    [
        (TYPED, {"gap-0": "one", "gap-1": "two"}, {"x": "one", "y": "two"}),
        (TYPED, {"gap-1": "two", "give-up": "1"}, {"x": "", "y": ""}),
        (MIXED, {"gap-0": "1", "gap-1": "word", "gap-2": "0"}, {"x": "a", "y": "word", "z": "4"}),
        (MIXED, {"gap-0": "", "gap-2": "3"}, {"x": "", "y": "", "z": "3"}),
        (MIXED, {"gap-0": "0", "gap-1": "2", "give-up": "1"}, {"x": "", "y": "", "z": ""}),
        (MIXED, {"gap-1": "2"}, {"x": "", "y": "2", "z": ""}),  # typed, not a place
    ],
)
def test_a_gap_that_is_chosen_is_posted_by_place(asked: Question, posted: dict[str, str], gaps: dict[str, str]) -> None:
    assert read(asked, posted, ORDER) == {"gaps": gaps}


@pytest.mark.parametrize("place", ["3", "9", "-1", "a", "99"])
def test_an_option_of_another_gap_is_refused(place: str) -> None:
    """The gap has three options; the fourth shown on the page belongs to the next gap."""
    with pytest.raises(UnreadableResponse):
        read(MIXED, {"gap-0": place}, ORDER)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnreadableResponse):
        read(TYPED, {"gap-0": "x" * 1001})


def test_a_field_that_was_never_there_is_ignored() -> None:
    assert grade(TYPED, **read(TYPED, {"gap-9": "1"})).fraction == 0


def test_the_options_of_a_gap_are_shuffled_among_themselves() -> None:
    orders = [MIXED.shuffle_options(f"seed {n}") for n in range(60)]
    assert orders[0] == MIXED.shuffle_options("seed 0")
    assert {frozenset(order[:3]) for order in orders} == {frozenset({0, 1, 2})}
    assert {frozenset(order[3:]) for order in orders} == {frozenset({3, 4, 5, 6})}
    assert {order[0] for order in orders} == {0, 1, 2}
    assert {order[3] for order in orders} == {3, 4, 5, 6}


# Answers in words


def test_an_answer_is_described_by_what_was_typed() -> None:
    assert describe(ROUTE, gaps={"station": " Speke ", "city": ""}) == "Speke"


THREE = question(
    "cloze",
    text="{{river}} and {{sea}}, {{town}}",
    gaps={
        "river": {"answer": "Danube"},
        "sea": {"answer": "Black Sea"},
        "town": {"answer": "Ulm", "distractors": wrong("Linz", "Passau")},
    },
)


def test_a_preview_explains_each_typed_gap() -> None:
    assert preview(THREE, "Danub") == [
        (True, "Counts as “Danube” with a typo."),
        (False, "Not close enough to any accepted answer."),
    ]
    assert [found.about for found in THREE.preview_answer("Danube")] == ["river", "sea"]


@pytest.mark.parametrize(("text", "right"), [("Astria", True), ("Austrian", True), ("Australia", False)])
def test_the_answer_for_another_gap_is_no_slip(text: str, right: bool) -> None:
    gaps = {"first": {"answer": "Austria"}, "second": {"answer": "Oceania", "accept": ["Australia"]}}
    asked = question("cloze", text="From {{first}} to {{second}}.", gaps=gaps)
    assert grade(asked, gaps={"first": text, "second": "Oceania"}).parts[0].correct is right
