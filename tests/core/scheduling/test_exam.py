"""Study before an exam: what each day asks, and the score to expect."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import fsrs
import pytest

from quizapp.core.scheduling import exam
from quizapp.core.scheduling.exam import STANDARD_MODEL, ExamFact, StudyDay, forecast, plan_day
from quizapp.core.scheduling.exam_plan import ExamPlan
from quizapp.core.scheduling.formulas import Formulas, Strength
from quizapp.core.scheduling.scheduler import STANDARD, Parameters

MONDAY = date(2026, 3, 2)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def exam_in(number: int, minutes: float = 20, **values: object) -> ExamPlan:
    return ExamPlan(MONDAY + days(number), MONDAY, minutes, **values)  # type: ignore[arg-type]


def unmet(count: int, importance: int = 2) -> list[ExamFact]:
    return [ExamFact(key, importance) for key in range(count)]


def met(key: int, stability: float, *, last: int = 5, importance: int = 2) -> ExamFact:
    return ExamFact(key, importance, MONDAY - days(last), Strength(stability, 5.0))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("later", [(True, 0), (True, 1), (False, 1), (True, 30), (False, 30)])
@pytest.mark.parametrize("parameters", [STANDARD, (*STANDARD[:8], 1.5, *STANDARD[9:20], 0.3)])
def test_the_formulas_are_those_of_py_fsrs(known: bool, later: tuple[bool, int], parameters: Parameters) -> None:
    (right, elapsed), formulas = later, Formulas(parameters)
    scheduler = fsrs.Scheduler(parameters, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    start = datetime.combine(MONDAY, time(), UTC)
    rated = {True: fsrs.Rating.Good, False: fsrs.Rating.Again}
    card, _ = scheduler.review_card(fsrs.Card(card_id=1, due=start), rated[known], start)
    ours = formulas.first(right=known)
    recall = formulas.recall_after(elapsed, ours)
    assert recall == pytest.approx(scheduler.get_card_retrievability(card, start + days(elapsed)))
    if elapsed == 0:
        ours = formulas.after_repeat(ours)
    else:
        ours = formulas.after_right(ours, recall) if right else formulas.after_wrong(ours, recall)
    card, _ = scheduler.review_card(card, rated[right], start + days(elapsed))
    assert ours == pytest.approx((card.stability, card.difficulty))


@pytest.mark.parametrize(
    ("plan", "today", "facts", "new"),
    [
        (exam_in(10), 0, 60, 10),  # all met in the first six of ten days
        (exam_in(10), 5, 10, 10),
        (exam_in(10), 9, 10, 10),  # what is late is still offered
        (exam_in(10), 10, 10, 0),  # nothing on the exam day
        (exam_in(10, pace=4), 0, 60, 4),
        (exam_in(10, easy_days=(0,)), 0, 60, 0),  # this Monday is free
        (exam_in(10, easy_days=(1,)), 0, 60, 12),
        (exam_in(1, easy_days=(0,)), 0, 5, 5),  # not on the last day
    ],
)
def test_the_pace_follows_from_the_days_left(plan: ExamPlan, today: int, facts: int, new: int) -> None:
    assert plan.new_on(MONDAY + days(today), unmet=facts) == new


def test_a_days_minutes_go_to_what_raises_the_score_most() -> None:
    facts = [met(0, 0.5), met(1, 400.0), met(2, 3.0), *[met(n, 1.0, last=0) for n in (3, 4)]]
    assert plan_day(facts, exam_in(2), MONDAY).reviews == (0, 2)  # not what is sure, nor what was asked today
    assert plan_day(facts, exam_in(2, minutes=0.2), MONDAY).reviews == (0,)
    assert plan_day(facts, exam_in(2), MONDAY, spent=20 * 60).reviews == ()


def test_important_facts_come_first() -> None:
    facts = [*unmet(3, importance=1), ExamFact(7, 3), met(8, 2.0), met(9, 2.0, importance=3)]
    chosen = plan_day(facts, exam_in(10, pace=1), MONDAY)
    assert chosen.new == (7,) and chosen.reviews == (9, 8)


def test_more_minutes_and_earlier_studying_raise_the_forecast() -> None:
    scores = [forecast(unmet(100), exam_in(10, minutes), MONDAY, seed="s").score for minutes in (2, 5, 15)]
    assert scores == sorted(scores) and scores[0] < 0.5 < 0.9 < scores[-1]
    late = forecast(unmet(100), exam_in(10, 15), MONDAY + days(7), seed="s").score
    assert late < scores[-1]


def test_the_forecast_says_when_all_are_met_or_how_many_are_not() -> None:
    enough = forecast(unmet(60), exam_in(10, 30), MONDAY, seed="s")
    assert (enough.unmet, enough.all_met_on) == (0, MONDAY + days(5))
    slow = forecast(unmet(60), exam_in(10, 30, pace=2), MONDAY, seed="s")
    assert (slow.unmet, slow.all_met_on) == (40, None)
    assert slow.score < enough.score


def test_a_large_set_is_forecast_from_a_sample() -> None:
    few, many = (forecast(unmet(n), exam_in(20, n / 10, pace=n / 20), MONDAY, seed="s") for n in (200, 2000))
    assert many.score == pytest.approx(few.score, abs=0.02)
    assert many.minutes == pytest.approx(10 * few.minutes, rel=0.1)
    assert many.all_met_on == few.all_met_on


def test_an_exam_years_ahead_is_forecast_from_fewer_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    def planned(*args: Any, **options: Any) -> StudyDay:
        planned_facts.append(len(args[0]))
        return plan_day(*args, **options)

    planned_facts: list[int] = []
    monkeypatch.setattr(exam, "plan_day", planned)
    far = replace(exam_in(1500, 20), easy_days=(0,))
    found = forecast(unmet(180), far, MONDAY, seed="s")
    assert sum(planned_facts) <= 60_000
    assert found.score > 0.98 and found.unmet == 0
    # one a day, except on Mondays
    assert found.all_met_on is not None and abs((found.all_met_on - MONDAY).days - 180 * 7 / 6) < 12


def test_nothing_is_left_for_the_morning_and_most_of_the_last_round_is_the_day_before() -> None:
    facts, plan, asked_on = unmet(100), exam_in(12, 30), dict[int, int]()
    for number in range(13):
        day = plan_day(facts, plan, MONDAY + days(number))
        for fact in facts:
            if fact.key in (*day.new, *day.reviews):
                recall, formulas = STANDARD_MODEL.recall(fact, MONDAY + days(number)), STANDARD_MODEL.formulas
                met_before = fact.strength is not None
                strength = formulas.after_right(fact.strength, recall) if met_before else formulas.first(right=True)
                facts[fact.key] = replace(fact, strength=strength, last_day=MONDAY + days(number))
                asked_on[fact.key] = number
    last = list(asked_on.values())
    assert len(last) == 100 and max(last) == 11
    assert last.count(11) > last.count(10) and last.count(11) > 50
