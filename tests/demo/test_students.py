"""Simulated students: they answer by memories of their own, the same for the same seed."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import fmean

import pytest
from questions import places

from quizapp.core.kinds import KINDS, parse_question
from quizapp.core.scheduling.scheduler import Plan, Rating, after_answer
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.demo.question_set import MOST_INVENTED, TOPICS, invent_facts, invent_passages
from quizapp.demo.students import DemoReview, SimulatedStudent, prepare_question, study, take_quiz

CLOCK = StudyClock("Asia/Baku")
PLAN = Plan(new_per_day=5)
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
FACTS = {
    number: [prepare_question(10 * number + place, question) for place, question in enumerate(fact.questions)]
    for number, fact in enumerate(invent_facts(30, seed="x", first_passage=1))
}


def evenings(days: int, answers: int) -> list[tuple[datetime, int]]:
    return [(START + timedelta(days=day), answers) for day in range(days)]


def term(seed: int, *, talent: float = 0.0, days: int = 40, answers: int = 20) -> list[DemoReview]:
    student = SimulatedStudent(Random(seed), talent)
    return list(study(student, FACTS, evenings(days, answers), clock=CLOCK, plan=PLAN, seed=str))


def test_the_same_seed_answers_the_same_and_another_does_not() -> None:
    assert term(1, days=5) == term(1, days=5)
    assert [step.answer for step in term(1, days=5)] != [step.answer for step in term(2, days=5)]


def test_memories_move_as_the_app_would_move_them() -> None:
    memories: dict[int, object] = {}
    for step in term(3):
        assert step.before == memories.get(step.fact_id, step.before)
        assert step.after == after_answer(
            step.before, step.answer.rating, now=step.at, clock=CLOCK, plan=PLAN, guess=step.question.guess,
            seed=str(step.fact_id),
        )  # fmt: skip
        memories[step.fact_id] = step.after


def test_no_more_new_facts_come_in_a_day_than_the_plan_allows() -> None:
    first_day = [step for step in term(4) if step.day == date(2026, 3, 2)]
    assert len({step.fact_id for step in first_day}) == 5


def test_every_answer_asked_for_is_given_in_the_end() -> None:
    assert len(term(5)) == 40 * 20


def test_time_goes_on_within_a_session_and_over_days() -> None:
    instants = [step.at for step in term(6)]
    assert instants == sorted(instants)
    assert len(set(instants)) == len(instants)


def test_the_less_able_forget_more_than_twice_as_often() -> None:
    def forgotten(talent: float) -> float:
        later = [step for seed in range(4) for step in term(seed, talent=talent) if step.predicted is not None]
        return fmean(step.answer.rating == Rating.AGAIN for step in later)

    assert forgotten(-1.0) > 2 * forgotten(1.0) > 0


def test_what_was_learned_is_forgotten_with_time() -> None:
    student = SimulatedStudent(Random(1), 0.0)
    day = date(2026, 3, 2)
    student.learn(1, knew=True, day=day)
    chances = [student.knows(1, day + timedelta(days=days)) for days in (1, 10, 100)]
    assert chances == sorted(chances, reverse=True)
    assert student.knows(2, day) == student.prior


BODIES = {
    "flashcard": {"answer": "A"},
    "essay": {"answer": "A"},
    "choice": {"answer": "A", "distractors": [{"text": "B"}, {"text": "C"}]},
    "multiple": {"answers": ["A", "B"], "distractors": [{"text": "C"}]},
    "point": places("A", "B", "C"),
    "true_false": {"answer": False},
    "cloze": {"text": "{{x}} {{y}}", "gaps": {"x": {"answer": "A"}, "y": {"answer": "B"}}},
    "typed": {"answer": "A"},
    "date": {"answer": "1920-04-28", "precision": "day"},
    "number": {"answer": "12"},
    "ordering": {"items": ["A", "B", "C"]},
    "matching": {"pairs": [{"left": "A", "right": "1"}, {"left": "B", "right": "2"}]},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_right_answer_a_blank_one_and_wrong_ones(kind: str) -> None:
    question = prepare_question(1, parse_question({"key": "q", "kind": kind, "prompt": "?", **BODIES[kind]}))
    assert (question.right.fraction, question.right.rating) == (1, Rating.GOOD)
    assert (question.blank.fraction, question.blank.rating) == (0, Rating.AGAIN)
    assert all(given.fraction < 1 and given.rating == Rating.AGAIN for given in question.wrong)


def test_a_miskeyed_question_is_got_wrong_by_those_who_know() -> None:
    student, day = SimulatedStudent(Random(1), 0.0, prior=1.0), date(2026, 3, 2)
    question = FACTS[0][0]
    assert take_quiz(student, [(0, question, None), (0, question, "miskeyed")], day) == [
        question.right,
        question.wrong[0],
    ]


def test_a_misleading_question_is_got_wrong_by_the_able_most() -> None:
    def share(talent: float) -> float:
        student = SimulatedStudent(Random(2), talent)
        given = take_quiz(student, [(0, FACTS[0][0], "misleading")] * 300, date(2026, 3, 2))
        return fmean(each.fraction for each in given)

    assert share(1.0) < 0.3 < 0.7 < share(-1.0)


def test_the_invented_facts_are_as_many_as_wanted_and_differ() -> None:
    facts = invent_facts(MOST_INVENTED, seed="1", first_passage=11)
    assert len({fact.key for fact in facts}) == MOST_INVENTED
    assert facts[:9] == invent_facts(9, seed="1", first_passage=11)
    assert {fact.topic for fact in facts} == {topic.key for topic in TOPICS}
    assert {number for fact in facts for number in fact.passages} == {p.number for p in invent_passages(11)}
