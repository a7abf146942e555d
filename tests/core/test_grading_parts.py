"""Kinds with several things to get right, figures, and what a guess is worth."""

import pytest
from pydantic import ValidationError

from quizapp.core.kinds import Question, parse_question, parse_response
from quizapp.core.kinds.base import NoSuchChoice
from quizapp.core.kinds.grade import Method, Tally, Verdict


def question(kind: str, **fields: object) -> Question:
    return parse_question({"key": "q", "prompt": "Which?", "explanation": "Because.", "kind": kind, **fields})


MULTIPLE = question(
    "multiple",
    answers=["Ittihad", "Ahrar", "Adalat"],
    distractors=[{"text": "Cadets", "why_not": "Not in it."}, {"text": "Dashnaks", "why_not": "Not in it."}],
)
ORDERING = question("ordering", items=["Yalama", ["Khudat", "Khachmaz"], "Baku"])
GAPS = question(
    "cloze",
    text="It flows {{direction}}, through {{city}}, to the {{sea}}.",
    gaps={
        "city": {"answer": "Vienna", "accept": ["Wien"]},
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
MATCHING = question(
    "matching",
    pairs=[
        {"left": "Lenin", "right": "Soviet"},
        {"left": "Mikoyan", "right": "Soviet"},
        {"left": "Kemal", "right": "Turkish"},
    ],
    extra=["Georgian"],
)
GARRISON = question("number", answer=5000, unit="men")
MILLIONS = question("number", answer=5000000, tolerance=100000, unit="liras")


@pytest.mark.parametrize(
    ("picked", "fraction", "verdict"),
    [
        ([0, 1, 2], 1.0, Verdict.RIGHT),
        ([0, 1], 2 / 3, Verdict.WRONG),
        ([0, 1, 2, 3], 2 / 3, Verdict.WRONG),  # a false alarm costs what a hit brings
        ([3, 4], 0.0, Verdict.WRONG),
        ([0, 0, 0], 1 / 3, Verdict.WRONG),
        ([], 0.0, Verdict.UNANSWERED),
    ],
)
def test_several_right_answers(picked: list[int], fraction: float, verdict: Verdict) -> None:
    graded = MULTIPLE.grade(parse_response({"kind": "multiple", "picked": picked}))
    assert (graded.fraction, graded.verdict) == (pytest.approx(fraction), verdict)


def test_a_false_alarm_is_told_why_not() -> None:
    graded = MULTIPLE.grade(parse_response({"kind": "multiple", "picked": [3]}))
    assert [part.distractor.why_not for part in graded.parts if part.distractor] == ["Not in it."]


@pytest.mark.parametrize(
    ("places", "fraction", "verdict"),
    [
        ([1, 2, 3, 4], 1.0, Verdict.RIGHT),
        ([1, 3, 2, 4], 1.0, Verdict.RIGHT),  # what shares a place may stand either way
        ([1, 2, 2, 4], 1.0, Verdict.RIGHT),
        ([2, 1, 3, 4], 5 / 6, Verdict.WRONG),
        ([4, 3, 2, 1], 1 / 6, Verdict.WRONG),  # only the tie agrees
        ([1, 1, 1, 1], 1 / 6, Verdict.WRONG),
        ([1, 2, 3, None], 1 / 2, Verdict.WRONG),
        ([], 0.0, Verdict.UNANSWERED),
    ],
)
def test_an_order_is_graded_by_its_pairs(places: list[int | None], fraction: float, verdict: Verdict) -> None:
    graded = ORDERING.grade(parse_response({"kind": "ordering", "places": places}))
    assert (graded.fraction, graded.verdict) == (pytest.approx(fraction), verdict)


@pytest.mark.parametrize(
    ("targets", "fraction", "verdict"),
    [
        ([0, 0, 1], 1.0, Verdict.RIGHT),
        ([0, 1, 1], 2 / 3, Verdict.WRONG),
        ([2, 2, 2], 0.0, Verdict.WRONG),
        ([0, None], 1 / 3, Verdict.WRONG),
        ([], 0.0, Verdict.UNANSWERED),
    ],
)
def test_pairs(targets: list[int | None], fraction: float, verdict: Verdict) -> None:
    graded = MATCHING.grade(parse_response({"kind": "matching", "targets": targets}))
    assert (graded.fraction, graded.verdict) == (pytest.approx(fraction), verdict)


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
    graded = GAPS.grade(parse_response({"kind": "cloze", "gaps": gaps}))
    assert (graded.fraction, graded.verdict) == (pytest.approx(fraction), verdict)


def test_a_wrong_choice_for_a_gap_names_its_distractor() -> None:
    graded = GAPS.grade(parse_response({"kind": "cloze", "gaps": {"direction": "east", "sea": "Adriatic"}}))
    direction, city, sea = graded.parts
    assert (direction.verdict, direction.distractor) == (Verdict.RIGHT, None)
    assert (city.verdict, city.distractor) == (Verdict.UNANSWERED, None)
    assert (sea.verdict, sea.given, sea.expected) == (Verdict.WRONG, "Adriatic", "Black Sea")
    assert sea.distractor is not None
    assert (sea.distractor.why_not, sea.distractor.misconception) == ("There are mountains.", "two-seas")


def test_a_chosen_gap_forgives_no_slip() -> None:
    """A slip of the keyboard is no excuse where nothing is typed: west is not east."""
    graded = GAPS.grade(parse_response({"kind": "cloze", "gaps": {"direction": "west"}}))
    assert graded.parts[0].verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("asked", "response", "tally"),
    [
        (MULTIPLE, {"kind": "multiple", "picked": [0, 1, 3]}, Tally(Method.HITS, 2, 3, false_alarms=1)),
        (MULTIPLE, {"kind": "multiple", "picked": [3, 4]}, Tally(Method.HITS, 0, 3, false_alarms=2)),
        (ORDERING, {"kind": "ordering", "places": [2, 1, 3, 4]}, Tally(Method.CONCORDANT_PAIRS, 5, 6)),
        (MATCHING, {"kind": "matching", "targets": [0, 1, 1]}, Tally(Method.RIGHT_PAIRS, 2, 3)),
        (GAPS, {"kind": "cloze", "gaps": {"direction": "east"}}, Tally(Method.GAPS, 1, 3)),
    ],
)
def test_the_credit_says_what_it_was_counted_from(asked: Question, response: dict[str, object], tally: Tally) -> None:
    graded = asked.grade(parse_response(response))
    assert graded.tally == tally
    assert graded.fraction == tally.fraction


@pytest.mark.parametrize(
    ("asked", "text", "parts"),
    [
        ("day", "28 April 1920", [("year", "right"), ("month", "right"), ("day", "wrong")]),
        ("day", "28 April", [("month", "right"), ("day", "wrong")]),  # the year need not be typed
        ("day", "April 1920", [("year", "right"), ("month", "right"), ("day", "unanswered")]),
        ("month", "27 May", [("month", "wrong"), ("day", "right")]),
        ("year", "1918", [("year", "wrong")]),
        ("time", "4:00", [("time", "wrong")]),
        ("time", "27 April", [("month", "right"), ("day", "right"), ("time", "unanswered")]),
        ("day", "one day", []),
        ("day", "", []),
    ],
)
def test_a_date_is_told_part_by_part(asked: str, text: str, parts: list[tuple[str, str]]) -> None:
    date = question("date", answer="1920-04-27T16:00", precision=asked)
    graded = date.grade(parse_response({"kind": "date", "text": text}))
    assert [(part.label, part.verdict) for part in graded.parts] == parts


def test_the_parts_of_a_date_are_those_of_the_date_it_is_nearest_to() -> None:
    date = question("date", answer="1920-01-02", precision="day", accept=["1920-01-06"])
    graded = date.grade(parse_response({"kind": "date", "text": "6 January 1920"}))
    assert [(part.given, part.expected) for part in graded.parts] == [
        ("1920", "1920"),
        ("January", "January"),
        ("6", "6"),
    ]


@pytest.mark.parametrize(
    ("asked", "text", "verdict"),
    [
        (GARRISON, "5000", Verdict.RIGHT),
        (GARRISON, "5,000", Verdict.RIGHT),
        (GARRISON, "5 000 men", Verdict.RIGHT),
        (GARRISON, "5.000", Verdict.RIGHT),
        (GARRISON, "five thousand", Verdict.RIGHT),
        (GARRISON, "5 min", Verdict.RIGHT),  # Azerbaijani: thousand
        (GARRISON, "5 тысяч", Verdict.RIGHT),
        (GARRISON, "5001", Verdict.WRONG),
        (GARRISON, "500", Verdict.WRONG),
        (GARRISON, "5000 or 6000", Verdict.WRONG),
        (GARRISON, "many", Verdict.WRONG),
        (GARRISON, " ", Verdict.UNANSWERED),
        (MILLIONS, "5 million", Verdict.RIGHT),
        (MILLIONS, "5.1 million", Verdict.RIGHT),  # within the tolerance
        (MILLIONS, "5,2 mln", Verdict.WRONG),
    ],
)
def test_figures(asked: Question, text: str, verdict: Verdict) -> None:
    graded = asked.grade(parse_response({"kind": "number", "text": text}))
    assert graded.verdict is verdict


def test_a_figure_is_shown_with_its_unit() -> None:
    assert GARRISON.grade(parse_response({"kind": "number", "text": ""})).key == "5,000 men"


@pytest.mark.parametrize(
    ("asked", "response"),
    [
        (MULTIPLE, {"kind": "multiple", "picked": [5]}),
        (ORDERING, {"kind": "ordering", "places": [1, 2, 3, 4, 5]}),
        (ORDERING, {"kind": "ordering", "places": [1, 2, 3, 5]}),
        (GAPS, {"kind": "cloze", "gaps": {"sea": "Aral Sea"}}),
        (GAPS, {"kind": "cloze", "gaps": {"sea": "black sea"}}),
        (MATCHING, {"kind": "matching", "targets": [9]}),
    ],
)
def test_what_was_not_on_offer_is_refused(asked: Question, response: dict[str, object]) -> None:
    with pytest.raises(NoSuchChoice):
        asked.grade(parse_response(response))


@pytest.mark.parametrize(
    ("asked", "chance"),
    [(MULTIPLE, 1 / 31), (ORDERING, 2 / 24), (MATCHING, 1 / 27), (GARRISON, 0.0)],
)
def test_the_chance_of_a_lucky_guess(asked: Question, chance: float) -> None:
    assert asked.guess_chance == pytest.approx(chance)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "multiple", "answers": ["a"], "distractors": [{"text": "b", "why_not": "w"}]},
        {"kind": "multiple", "answers": ["a", "A"], "distractors": [{"text": "b", "why_not": "w"}]},
        {"kind": "ordering", "items": ["a", "b"]},
        {"kind": "ordering", "items": list("abcdefgh")},
        {"kind": "matching", "pairs": [{"left": "a", "right": "x"}, {"left": "a", "right": "y"}]},
        {"kind": "matching", "pairs": [{"left": "a", "right": "x"}, {"left": "b", "right": "x"}]},
        {"kind": "number", "answer": "five"},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        question(**fields)  # type: ignore[arg-type]
