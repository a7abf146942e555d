"""What practice asks: groups of facts, pairs in time, boards to match."""

import re
from datetime import date, timedelta
from itertools import combinations, islice, product
from pathlib import Path

import pytest
from sampling import sample

from quizapp.core.practice.boards import Board, believable, of_answers, of_dates, of_names
from quizapp.core.practice.groups import (
    MOST_PERIODS,
    Practisable,
    by_actor,
    by_passage,
    by_period,
    by_topic,
    chosen,
    weakest,
)
from quizapp.core.practice.moments import count_dates, hide_dates, span_of
from quizapp.core.practice.pairs import comes_before, inverted, names_one_moment, pairs_in_time, reach
from quizapp.core.sets.files import read_set
from quizapp.core.sets.schema import QuestionSet

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def april() -> QuestionSet:
    found, problems = read_set(Path(__file__).parents[2] / "question_bank" / "april-1920")
    assert found, problems
    return found


def fact(fact_id: int, **known: object) -> Practisable:
    defaults = {"topic": "dates", "passages": (), "actors": (), "date": None, "met": False, "recall": None}
    return Practisable(fact_id, **(defaults | known))  # type: ignore[arg-type]


def dated(*dates: str | None) -> list[Practisable]:
    return [fact(number, date=edtf) for number, edtf in enumerate(dates)]


# Moments


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("1920-04-27", "1920-04-28"),
        ("1920-04-27T16:00", "1920-04-27T23:00"),
        ("1920-03", "1920-04-01"),
        ("1919", "1920-01"),
        ("1919-22", "1919-09"),  # summer ends with August
        ("1920-01-02/1920-02-01", "1920-04"),
        ("1920-02-29", "1920-03"),
    ],
)
def test_one_was_certainly_over_before_the_other(earlier: str, later: str) -> None:
    assert comes_before(earlier, later)
    assert not comes_before(later, earlier)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1920-04-27", "1920-04-27"),
        ("1920-04-27", "1920-04-27T23:00"),
        ("1920-04", "1920-04-27"),
        ("1920", "1920-04-27"),
        ("1919-24", "1920-02"),  # a winter may be either of two
        ("1920-01-02/1920-02-01", "1920-01-14"),
        ("1919/1920", "1920-01-14"),
        ("1920-01~", "1920-04-27"),  # nobody knows how far off "about" is
        ("1919?", "1920-04-27"),
    ],
)
def test_which_came_first_is_unknown(one: str, other: str) -> None:
    assert not comes_before(one, other)
    assert not comes_before(other, one)


def test_the_last_day_of_a_month_is_its_own() -> None:
    assert span_of("1920-02").last[:3] == (1920, 2, 29)
    assert span_of("1919-02").last[:3] == (1919, 2, 28)


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        ("On 27 April 1920 Lenin spoke.", "On … Lenin spoke."),
        ("On 27–28 April 1920 power changed hands.", "On … power changed hands."),
        ("On 27 and 28 April 1920 it fell.", "On … it fell."),
        ("At 16:00 on 27 April 1920 it began.", "At … it began."),
        ("At 11 p.m. on 27 April it ended.", "At … it ended."),
        ("In the summer of 1919 they met.", "In the … they met."),
        ("It held in 1918–1920 and in 1453.", "It held in … and in …."),
        ("In April 1920, in May, and on January 3rd", "In …, in …, and on …"),
        ("28 aprel 1920-ci ildə", "…"),
        ("27 may 1920-ci ildə", "…"),
        ("В апреле, 28 апреля 1920 года", "В апреле, …"),
        ("After the fall of Rome in 476 AD", "After the fall of Rome in …"),
        ("They may march 5,000 men to war.", "They may march 5,000 men to war."),
        ("Article 12 names 30 men.", "Article 12 names 30 men."),
    ],
)
def test_dates_are_taken_out_of_a_text(told: str, hidden: str) -> None:
    assert hide_dates(told) == hidden


def test_no_statement_of_the_built_in_set_gives_its_year_away(april: QuestionSet) -> None:
    for each in april.facts:
        assert "1920" not in hide_dates(each.statement) and "April" not in hide_dates(each.statement)


@pytest.mark.parametrize(
    ("statement", "is_one"),
    [
        ("On 27 April 1920 at 16:00 it began.", True),
        ("It began.", True),
        ("It began on 2 January and ended on 1 February 1920.", False),
    ],
)
def test_a_statement_that_names_two_dates_has_more_than_one_moment(statement: str, is_one: bool) -> None:
    assert names_one_moment(statement) is is_one
    assert (count_dates(statement) <= 1) is is_one


# Groups


def test_facts_in_groups() -> None:
    facts = [
        fact(1, topic="war", passages=(1, 2), actors=("lenin",)),
        fact(2, topic="dates", passages=(2,)),
        fact(3, topic="war", actors=("lenin", "khoyski")),
    ]
    assert by_topic(facts) == {"war": [1, 3], "dates": [2]}
    assert by_passage(facts) == {"1": [1], "2": [1, 2]}
    assert by_actor(facts) == {"lenin": [1, 3], "khoyski": [3]}


def test_the_periods_of_the_built_in_set_are_half_months(april: QuestionSet) -> None:
    periods = by_period(dated(*(each.date for each in april.facts)))
    first, *_, last = periods
    assert (first, last, len(periods)) == ("1920-01-01/1920-01-15", "1920-04-16/1920-04-30", 7)
    facts = april.facts
    assert "fall-of-the-republic" in {facts[fact_id].key for fact_id in periods[last]}
    assert all("1920-04" in (facts[fact_id].date or "") for fact_id in periods[last])


def test_a_fact_is_in_each_period_in_which_it_may_have_been() -> None:
    facts = dated(*["1920-04-03"] * 4, *["1920-04-20"] * 4, "1920-04", "1920", None)
    assert by_period(facts) == {
        "1920-04-01/1920-04-15": [0, 1, 2, 3, 8],
        "1920-04-16/1920-04-30": [4, 5, 6, 7, 8],
    }


@pytest.mark.parametrize(
    ("dates", "periods"),
    [
        (["1858-08-03", "1858-08-03"], ["1858"]),  # too few for anything finer
        ([f"{year}" for year in range(1910, 1930)], ["1910/1919", "1920/1929"]),
        ([f"{year}" for year in range(1200, 2000, 20)], [f"{century}00/{century}99" for century in range(12, 20)]),
        (["0005", "0450", "0460"], ["0005", "0450", "0460"]),
        ([f"{year:04}" for year in range(1, 2000, 40)], []),  # more centuries than help in choosing
        ([], []),
        (["1920-01~", "1920-02"], ["1920"]),
    ],
)
def test_periods_are_as_fine_as_the_dates_allow(dates: list[str], periods: list[str]) -> None:
    found = by_period(dated(*dates))
    assert list(found) == periods
    assert len(found) <= MOST_PERIODS


def test_the_weakest_memories_come_first() -> None:
    assert weakest([fact(1, recall=0.99), fact(2, recall=0.7), fact(3, recall=0.9), fact(4)]) == [2, 3, 1]


def test_the_first_of_a_ranked_group_are_asked_and_any_of_the_others() -> None:
    group = list(range(100, 150))
    assert chosen(group, 5, in_order=True, seed="a") == group[:5]
    some = chosen(group, 5, in_order=False, seed="a")
    assert len(set(some)) == 5 and set(some) <= set(group)
    assert some == chosen(group, 5, in_order=False, seed="a") != chosen(group, 5, in_order=False, seed="b")
    assert sorted(chosen(group, 99, in_order=False, seed="a")) == group


# Pairs


def test_pairs_are_made_of_what_certainly_followed() -> None:
    facts = [(1, "1920-04-27"), (2, "1920-04-27"), (3, "1920-04"), (4, "1920-05-01"), (5, "1919~"), (6, "1920")]
    pairs = list(pairs_in_time(facts, reach=1.0, seed="a"))
    assert sorted(pairs) == [(1, 4), (2, 4), (3, 4)]


def test_what_lasted_is_compared_only_where_nothing_else_is() -> None:
    reigns = [(1, "1453/1481"), (2, "1481/1512"), (3, "1512/1520"), (4, "1530/1540")]
    assert sorted(pairs_in_time(reigns, reach=1.0, seed="a")) == [(1, 3), (1, 4), (2, 4), (3, 4)]
    assert list(pairs_in_time([*reigns, (5, "1600"), (6, "1601")], reach=1.0, seed="a")) == [(5, 6)]


def test_no_pair_is_given_twice_nor_one_given_before() -> None:
    facts = [(number, f"1920-01-{number:02}") for number in range(1, 11)]
    pairs = list(pairs_in_time(facts, reach=0.5, seed="a", without={(1, 2), (3, 9)}))
    assert len(pairs) == len(set(pairs)) == 10 * 9 // 2 - 2
    assert all(earlier < later for earlier, later in pairs)


def test_nearer_pairs_are_drawn_for_learners_who_answer_rightly() -> None:
    facts = [(day, (date(1920, 1, 1) + timedelta(days=day)).isoformat()) for day in range(300)]

    def gap(share: float) -> float:
        drawn = list(islice(pairs_in_time(facts, reach=share, seed="a"), 30))
        return sum(later - earlier for earlier, later in drawn) / len(drawn)

    assert gap(0.1) < gap(0.4) < gap(1.0)


@pytest.mark.parametrize(
    ("right", "wrong", "share"), [(0, 0, 1.0), (0, 9, 1.0), (10, 10, 1.0), (30, 10, 12 / 22), (900, 10, 0.1)]
)
def test_the_reach_shrinks_as_answers_get_better(right: int, wrong: int, share: float) -> None:
    assert reach(right, wrong) == pytest.approx(share)


@pytest.mark.parametrize("dates", [[], ["1920"], ["1920", "1920-04"], ["1919~", "1920~"]])
def test_where_nothing_certainly_followed_there_is_no_pair(dates: list[str]) -> None:
    assert list(pairs_in_time(enumerate(dates), reach=1.0, seed="a")) == []


def test_what_was_put_the_wrong_way_round() -> None:
    ranks = [0, 1, 1, 2]
    assert inverted([[1, 2, 3, 4]], ranks) == []
    assert inverted([[1, 3, 2, 4]], ranks) == []  # they share a place
    assert inverted([[2, 1, 3, 4]], ranks) == [(0, 1)]
    assert inverted([[4, None, 2, 1]], ranks) == [(0, 2), (0, 3), (2, 3)]
    assert inverted([[1, 1, 1, 1], [2, 1, 3, 4]], ranks) == [(0, 1)]  # a tie says nothing
    assert inverted([], ranks) == inverted([[]], ranks) == []


def test_the_last_answer_about_a_pair_counts() -> None:
    ranks = [0, 1, 2]
    assert inverted([[1, 2, None], [3, 2, 1]], ranks) == [(0, 2), (1, 2)]
    assert inverted([[2, 1, None], [1, 2, 3]], ranks) == [(0, 1)]


# Boards


def is_unambiguous(board: Board) -> bool:
    sides = [{pair.left.casefold(), pair.right.casefold()} for pair in board.pairs]
    return len(board.pairs) == 6 and not any(one & other for one, other in combinations(sides, 2))


def test_dates_to_match_never_overlap(april: QuestionSet) -> None:
    events = [(number, each.date, each.statement) for number, each in enumerate(april.facts) if each.date]
    seen = set()
    for seed in range(20):
        board = of_dates(events, str(seed))
        assert board and is_unambiguous(board)
        dates = [april.facts[pair.fact_id or 0].date or "" for pair in board.pairs]
        assert not any(span_of(one).overlaps(span_of(other)) for one, other in combinations(dates, 2))
        assert all(pair.left not in pair.right and "1920" not in pair.right for pair in board.pairs)
        seen.add(board.pairs)
    assert len(seen) == 20


def test_names_to_match_have_roles_of_their_own(april: QuestionSet) -> None:
    names = [(each.type, each.name, each.role) for each in april.names if each.role]
    roles = [role.casefold() for _, _, role in names]
    for seed in range(20):
        board = of_names(names, str(seed))
        assert board and is_unambiguous(board)
        assert all(roles.count(pair.right.casefold()) == 1 for pair in board.pairs)
        assert len({kind for kind, name, _ in names for pair in board.pairs if name == pair.left}) == 1


def test_a_role_that_repeats_the_name_gives_it_away() -> None:
    names = [("person", f"Name{n} Bek", f"Office {n * 1111111}") for n in range(5)]
    assert of_names([*names, ("person", "Red Army", "An army of the Reds")], "a") is None
    assert of_names([*names, ("person", "Speke", "Explorer")], "a") is not None


ONE_ANSWER = ("flashcard", "typed", "choice")


def test_answers_to_match_are_not_given_away(april: QuestionSet) -> None:
    asked = [(n, q.prompt, q.answer) for n, f in enumerate(april.facts) for q in f.questions if q.kind in ONE_ANSWER]
    for seed in range(20):
        board = of_answers(asked, str(seed))
        assert board and is_unambiguous(board)
        assert len({pair.fact_id for pair in board.pairs}) == 6
        for one, other in product(board.pairs, repeat=2):
            assert one.left.casefold() not in other.right.casefold()


def test_each_tile_is_short_and_understood_alone(april: QuestionSet) -> None:
    events = [(number, each.date, each.statement) for number, each in enumerate(april.facts) if each.date]
    names = [(each.type, each.name, each.role) for each in april.names if each.role]
    asked = [(n, q.prompt, q.answer) for n, f in enumerate(april.facts) for q in f.questions if q.kind in ONE_ANSWER]
    for seed in sample(range(60), every=3):
        for board in (of_dates(events, str(seed)), of_names(names, str(seed)), of_answers(asked, str(seed))):
            assert board
            for pair in board.pairs:
                assert len(pair.left) <= 36 and len(pair.right) <= 104
                for text in (pair.left, pair.right):
                    assert not re.match(r"(he|she|it|they|his|her|its|their|this|that|these|those|both)\b", text, re.I)


def test_what_cannot_be_read_alone_is_left_out() -> None:
    fitting = [(n, f"What is thing number {n}?", f"word{n}") for n in range(5)]
    assert of_answers([*fitting, (9, "It happened when?", "late")], "a") is None
    assert of_answers([*fitting, (9, "When did the flood happen?", "It was early")], "a") is None
    assert of_answers([*fitting, (9, "Which of these floods came first?", "late")], "a") is None
    assert of_answers([*fitting, (9, "When did the flood happen?", "late")], "a") is not None


def test_a_board_is_the_same_for_the_same_seed(april: QuestionSet) -> None:
    events = [(number, each.date, each.statement) for number, each in enumerate(april.facts) if each.date]
    assert of_dates(events, "7") == of_dates(events, "7") != of_dates(events, "8")
    board = of_dates(events, "7")
    assert board and sorted(board.order) == list(range(6))


def test_fewer_than_six_make_no_board() -> None:
    assert of_dates([(n, f"1920-01-0{n}", f"It was {n}.") for n in range(1, 6)], "a") is None
    assert of_dates([(n, "1920-01-01", f"It was {n}.") for n in range(1, 50)], "a") is None
    assert of_names([], "a") is None
    assert of_answers([], "a") is None


@pytest.mark.parametrize(
    ("ms", "slips", "is_believed"),
    [
        (1650, 0, True),
        (1649, 0, False),
        (21_400, 3, True),
        (3_600_000, 0, True),
        (3_600_001, 0, False),
        (4000, 9, False),  # so many presses take longer
        (20_000, -1, False),
        (10**9, 10**6, False),
    ],
)
def test_only_a_time_somebody_could_have_is_believed(ms: int, slips: int, is_believed: bool) -> None:
    assert believable(ms=ms, slips=slips) is is_believed
