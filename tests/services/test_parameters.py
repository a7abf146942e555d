"""Intervals follow each learner's own memory, as their reviews show it."""

from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from attempts import add_facts
from recorded_answers import give
from requirements import missing
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, memory_of

from quizapp.core.scheduling import personal
from quizapp.core.scheduling.scheduler import STANDARD, STANDARD_DECAY
from quizapp.models import Fact, Memory, Review, User
from quizapp.services import memory_events, parameters
from quizapp.services.consistency import Checked, find_differences
from quizapp.services.review import offline
from quizapp.services.review.answers import SubmittedAnswer

DAY, STEP = timedelta(days=1), timedelta(minutes=10)


def study(session: Session, learner: User) -> datetime:
    """Learn 45 facts, each asked every third day, and remember only half of them; gives the day after."""
    add_facts(session, ["typed"] * 45)
    draws = Random(1)
    for number in range(45):
        for time in range(7):
            at = NOON + (number // 9 + 3 * time) * DAY + number * timedelta(minutes=1)
            first = "Ob" if not time else draws.choice(["Ob", "Volga"])
            texts = [first, "Ob"] if not time or first != "Ob" else [first]
            for step, text in enumerate(texts):
                give(session, learner, f"dates-{100 + number}-q", {"text": text}, at=at + step * STEP)
    session.commit()
    return NOON + 30 * DAY


def memories_of(session: Session, learner: User) -> list[Memory]:
    session.expire_all()
    return list(session.scalars(select(Memory).where(Memory.learner_id == learner.id).order_by(Memory.fact_id)))


def adjust(session: Session, learner: User, now: datetime) -> None:
    parameters.save_adjustment(session, learner, parameters.find_adjustment(session, learner, now=now), now=now)
    parameters.note_fitted(session, learner, now=now)
    session.commit()


def due_for_a_look(session: Session, now: datetime) -> list[int]:
    return [learner.id for learner in parameters.list_due_learners(session, now=now, limit=9)]


@pytest.mark.one_database
@pytest.mark.parametrize("can_fit", [True, False], ids=["with the extra", "without it"])
def test_intervals_follow_the_learners_own_memory(
    session: Session, monkeypatch: pytest.MonkeyPatch, can_fit: bool
) -> None:
    if can_fit and not personal.CAN_FIT:
        missing("fsrs-rs-python is not installed")
    monkeypatch.setattr(personal, "CAN_FIT", can_fit)
    learner = make_learner(session)
    now = study(session, learner)
    assert due_for_a_look(session, now) == [learner.id]
    assert parameters.forgetting_pace(learner) is None
    usual = [(each.stability, each.difficulty, each.decay, each.due_day) for each in memories_of(session, learner)]
    predicted = session.scalars(select(Review.predicted).order_by(Review.id)).all()

    adjust(session, learner, now)
    assert (learner.fitted_parameters is not None) == can_fit
    assert parameters.forgetting_pace(learner) == "faster"
    assert learner.adjusted_on == now.date()
    own = [(each.stability, each.difficulty, each.decay) for each in memories_of(session, learner)]
    assert (own != [each[:3] for each in usual]) == can_fit
    assert all((each[2] != STANDARD_DECAY) == can_fit for each in own)
    assert session.scalars(select(Review.predicted).order_by(Review.id)).all() == predicted
    assert list(find_differences(session, Checked())) == []
    assert due_for_a_look(session, now + 30 * DAY) == []  # nothing new to look at

    for uses_standard, expected in ((True, [each[:3] for each in usual]), (False, own)):
        switch = parameters.find_switch(session, learner, uses_standard=uses_standard, now=now)
        parameters.save_adjustment(session, learner, switch, now=now)
        session.commit()
        found = [(each.stability, each.difficulty, each.decay) for each in memories_of(session, learner)]
        assert found == [pytest.approx(each) for each in expected]
        assert learner.adjusted_on == now.date()
        assert list(find_differences(session, Checked())) == []
    later = now + DAY
    give(session, learner, "dates-100-q", {"text": "Ob"}, at=later)
    session.commit()
    assert parameters.is_studying(session, learner, now=later + timedelta(minutes=59))
    assert not parameters.is_studying(session, learner, now=later + timedelta(minutes=61))


def test_what_falls_due_sooner_does_not_come_at_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter intervals for everything: at most a normal day's more on any of the coming days."""
    monkeypatch.setattr(parameters, "FEWEST_A_DAY", 1)
    learner = make_learner(session)
    today = NOON.date()
    for fact_id in session.scalars(select(Fact.id)):
        session.add(
            Memory(
                learner_id=learner.id, fact_id=fact_id, version=1, state=2, stability=40.0 + fact_id, difficulty=5.0,
                last_day=today - 30 * DAY, due_day=today + 12 * DAY, reps=3, lapses=0,
            )
        )  # fmt: skip
    learner.fitted_factor, learner.uses_standard = 0.5, True
    session.commit()
    switch = parameters.find_switch(session, learner, uses_standard=False, now=NOON)
    parameters.save_adjustment(session, learner, switch, now=NOON)
    session.commit()
    due = {each.stability: each.due_day for each in memories_of(session, learner)}
    assert [due[stability] for stability in sorted(due)] == [today + (n + 1) * DAY for n in range(3)]


def test_a_learner_who_eliminates_options_is_credited_less_for_a_right_choice(session: Session) -> None:
    guesses = []
    for elimination in (0.0, 1 / 3):
        learner = make_learner(session)
        learner.fitted_elimination = elimination
        session.commit()
        prompt = ask(session, learner)
        assert prompt.question.kind == "choice"
        guesses.append(session.get_one(Review, answer(session, learner, prompt)).guess)
        assert guesses[-1] == pytest.approx(personal.guess_rate(prompt.question.guess_chance, elimination))
    assert guesses[0] < guesses[1]


# Memories computed with other parameters

OWN = tuple(weight * factor for weight, factor in zip(STANDARD, [0.6] * 4 + [1.0] * 16 + [1.3], strict=True))


def switch(session: Session, learner: User, *, now: datetime, uses_standard: bool = False) -> None:
    """Use the learner's own parameters, or the standard ones."""
    learner.fitted_parameters = list(OWN)
    adjustment = parameters.find_switch(session, learner, uses_standard=uses_standard, now=now)
    parameters.save_adjustment(session, learner, adjustment, now=now)
    session.commit()


def test_facts_marked_as_known_follow_too(session: Session) -> None:
    learner = make_learner(session)
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    memory_events.mark_known(session, learner, [fact_id], now=NOON)
    switch(session, learner, now=NOON + DAY)
    assert memory_of(session, learner, fact_id).stability == pytest.approx(0.6 * 8.2956)
    assert list(find_differences(session, Checked())) == []


def test_what_counts_as_known_may_depend_on_the_parameters(session: Session) -> None:
    """A memory that "I know this" made stronger by the standard parameters, and does not by the learner's own."""
    learner = make_learner(session)
    [(fact_id, _)] = add_facts(session, ["typed"])
    for at in (NOON, NOON + STEP, NOON + DAY):
        give(session, learner, "dates-100-q", {"text": "Ob"}, at=at)
    memory_events.mark_known(session, learner, [fact_id], now=NOON + 2 * DAY)
    session.commit()
    for uses_standard, last_day in ((False, NOON + DAY), (True, NOON + 2 * DAY)):
        switch(session, learner, now=NOON + 3 * DAY, uses_standard=uses_standard)
        assert memory_of(session, learner, fact_id).last_day == last_day.date()
        assert list(find_differences(session, Checked())) == []


def test_a_fact_answered_meanwhile_is_computed_when_the_adjustment_is_saved(session: Session) -> None:
    learner = make_learner(session)
    add_facts(session, ["typed", "typed"])
    give(session, learner, "dates-100-q", {"text": "Ob"}, at=NOON)
    learner.fitted_parameters, learner.uses_standard = list(OWN), True
    adjustment = parameters.find_switch(session, learner, uses_standard=False, now=NOON + DAY)
    for number in (100, 101):
        give(session, learner, f"dates-{number}-q", {"text": "Ob"}, at=NOON + DAY)
    parameters.save_adjustment(session, learner, adjustment, now=NOON + DAY)
    session.commit()
    assert {each.decay for each in memories_of(session, learner)} == {OWN[20]}
    assert list(find_differences(session, Checked())) == []


def test_late_answers_are_looked_at_in_the_order_in_which_they_were_given(session: Session) -> None:
    learner = make_learner(session)
    fact = add_facts(session, ["typed"])[0]
    for days in (3, 1, 2):
        late = SubmittedAnswer(*fact, 0, {"text": "Ob"}, client_id=str(uuid4()), handed_out=NOON + days * DAY)
        offline.record_offline_answers(session, learner, [(late, NOON + days * DAY)], now=NOON + 4 * DAY)
    [[history]] = parameters._read_histories(session, learner.id).values()
    assert [review.at for review in history] == [NOON + DAY, NOON + 2 * DAY, NOON + 3 * DAY]
