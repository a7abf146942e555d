"""Attempts: every answer is saved as it is given, and counts once as a review of its fact."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from attempts import add_facts, right_answer
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, counts, day_of, make_learner, memory_of, remember, statements

from quizapp.core.attempts import AT_END, AT_ONCE
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.extensions import db
from quizapp.models import Attempt, DayCount, Memory, QuestionSet, Review, User
from quizapp.models import Response as ResponseRow
from quizapp.services import memories
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.lifecycle import AlreadyAnswered, AttemptOver, finish_attempt, own_attempt
from quizapp.services.attempts.questions import get_progress, get_question, list_questions
from quizapp.services.attempts.reviews import record_reviews
from quizapp.services.errors import NotFound
from quizapp.services.review import answers

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def begin(session: Session, learner: User, kinds: list[str], feedback: str = AT_END, **more: Any) -> Attempt:
    asked = add_facts(session, kinds)
    return begin_at(session, learner, asked, feedback, **more)


def begin_at(
    session: Session, learner: User, asked: list[tuple[int, int]], feedback: str = AT_END, **more: Any
) -> Attempt:
    set_id = session.scalars(select(QuestionSet.id)).one()
    attempt = lifecycle.begin_attempt(
        session, learner, asked, set_id=set_id, purpose="quiz", title="Rivers", feedback=feedback, now=NOON, **more
    )
    session.commit()
    return attempt


def respond(
    session: Session, attempt: Attempt, position: int, posted: dict[str, str] | None = None, **more: Any
) -> Any:
    posted = right_answer(get_question(session, attempt, position)) if posted is None else posted
    return lifecycle.save_answer(
        session, attempt, position, posted, **{"ms": 4000, "confidence": None, "now": NOON, **more}
    )


def credits(session: Session, attempt: Attempt) -> dict[int, float | None]:
    return {position: progress.fraction for position, progress in get_progress(session, attempt).items()}


def reviews(session: Session) -> list[Review]:
    session.expire_all()
    return list(session.scalars(select(Review).order_by(Review.id)))


# Answering


def test_it_works(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["choice", "typed"])
    respond(session, attempt, 1)
    first = get_question(session, attempt, 1)
    assert first.grade and first.grade.correct
    respond(session, attempt, 2, {"text": "Volga"})
    finish_attempt(session, attempt, now=LATER)
    assert record_reviews(session, learner, attempt) == 2
    assert (attempt.marks, attempt.finished_at) == (1.0, LATER)
    assert [one.rating for one in reviews(session)] == [Rating.GOOD, Rating.AGAIN]


@pytest.mark.parametrize(
    "kind", ["choice", "true_false", "multiple", "ordering", "matching", "cloze", "typed", "date", "number"]
)
def test_every_kind_is_kept_as_it_was_answered(session: Session, learner: User, kind: str) -> None:
    attempt = begin(session, learner, [kind])
    assert not get_question(session, attempt, 1).answered
    response = respond(session, attempt, 1, confidence=3).response
    session.commit()
    kept = get_question(session, attempt, 1)
    assert kept.response == response
    assert kept.remembered
    assert (kept.confidence, kept.ms) == (3, 4000)
    assert credits(session, attempt) == {1: 1.0}


def test_an_answer_may_be_changed_until_it_is_handed_in(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"])
    respond(session, attempt, 1, {"text": "Volga"})
    respond(session, attempt, 1, {"text": "Ob"})
    assert credits(session, attempt) == {1: 1.0}
    finish_attempt(session, attempt, now=LATER)
    with pytest.raises(AttemptOver):
        respond(session, attempt, 1, {"text": "Volga"})
    assert credits(session, attempt) == {1: 1.0}


def test_an_answer_shown_with_its_key_stays(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"], AT_ONCE)
    respond(session, attempt, 1, {"text": "Volga"})
    with pytest.raises(AlreadyAnswered):
        respond(session, attempt, 1, {"text": "Ob"})
    assert credits(session, attempt) == {1: 0.0}


def test_not_knowing_is_an_answer(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"])
    respond(session, attempt, 1, {"text": "Ob", "give-up": "1"})
    assert get_question(session, attempt, 1).answered
    assert record_reviews(session, learner, attempt) == 1
    assert reviews(session)[0].verdict == "unanswered"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("kind", "posted"),
    [
        ("choice", {"picked": "3"}),
        ("choice", {"picked": "-1"}),
        ("choice", {"text": "Ob"}),
        ("typed", {"picked": "0"}),
        ("typed", {"text": "x" * 100_000}),
        ("true_false", {"picked": "perhaps"}),
        ("ordering", {"place-0": "first"}),
        ("matching", {"match-0": "9"}),
        ("cloze", {"text": "Ob"}),
    ],
)
def test_what_does_not_answer_the_question_changes_nothing(
    session: Session, learner: User, kind: str, posted: dict[str, str]
) -> None:
    attempt = begin(session, learner, [kind])
    respond(session, attempt, 1)
    with pytest.raises(UnreadableResponse):
        respond(session, attempt, 1, posted)
    assert get_question(session, attempt, 1).remembered


@pytest.mark.parametrize("position", [0, 2, -1, 2**40])
def test_there_is_no_other_question(session: Session, learner: User, position: int) -> None:
    attempt = begin(session, learner, ["typed"])
    with pytest.raises(NotFound):
        get_question(session, attempt, position)
    with pytest.raises(NotFound):
        respond(session, attempt, position, {"text": "Ob"})


def test_an_attempt_is_its_learners_and_of_its_purpose(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"])
    assert own_attempt(session, learner, attempt.id, purposes=("quiz",)) is attempt
    with pytest.raises(NotFound):
        own_attempt(session, learner, attempt.id, purposes=("practice", "pretest"))
    with pytest.raises(NotFound):
        own_attempt(session, make_learner(session), attempt.id, purposes=("quiz",))


# Time


def test_what_was_sent_in_time_is_taken_though_it_arrives_a_little_late(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed", "typed"], minutes=10)
    end = NOON + timedelta(minutes=10)
    assert attempt.deadline == end
    assert not lifecycle.is_over(attempt, end - timedelta(seconds=1))
    assert lifecycle.is_over(attempt, end)
    respond(session, attempt, 1, now=end + lifecycle.GRACE)
    with pytest.raises(AttemptOver):
        respond(session, attempt, 2, now=end + lifecycle.GRACE + timedelta(seconds=1))
    assert credits(session, attempt) == {1: 1.0, 2: None}


def test_what_is_handed_in_late_was_handed_in_when_the_time_was_up(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"], minutes=10)
    finish_attempt(session, attempt, now=NOON + timedelta(days=3))
    assert attempt.finished_at == attempt.deadline
    with pytest.raises(AttemptOver):
        finish_attempt(session, attempt, now=NOON + timedelta(days=3))


# Marks and reviews


def test_partial_credit_counts_in_the_marks_but_only_all_of_it_is_remembered(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["cloze", "multiple", "typed"])
    respond(session, attempt, 1, {"gap-0": "Ob"})
    one_of_two = get_question(session, attempt, 2).order.index(0)
    respond(session, attempt, 2, {f"pick-{one_of_two}": "1"})
    finish_attempt(session, attempt, now=LATER)
    assert attempt.marks == 1.0
    assert record_reviews(session, learner, attempt) == 2
    assert [(one.fraction, one.rating) for one in reviews(session)] == [(0.5, Rating.AGAIN)] * 2


def test_each_answer_is_a_review_once_and_none_is_none(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["choice", "typed", "date"])
    respond(session, attempt, 3, now=NOON)
    respond(session, attempt, 1, now=LATER, confidence=2)
    assert record_reviews(session, learner, attempt) == 2
    assert record_reviews(session, learner, attempt) == 0
    dated, chosen = reviews(session)
    assert (dated.at, dated.guess, chosen.at, chosen.confidence) == (NOON, 0.0, LATER, 2)
    assert chosen.guess == pytest.approx(1 / 3)
    assert {dated.source, chosen.source} == {"quiz"}
    items = list_questions(session, attempt)
    assert [item.review_id for item in items] == [chosen.id, None, dated.id]
    assert session.get(Memory, (learner.id, items[1].fact.id)) is None
    assert counts(day_of(session, learner)) == (2, 2, 2, 0, 0, 0)


def test_a_memory_moves_on_as_it_does_in_study(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["choice"])
    fact_id = get_question(session, attempt, 1).fact.id
    remember(session, learner, fact_id, stability=5.0)
    respond(session, attempt, 1)
    record_reviews(session, learner, attempt)
    session.commit()
    memory = memory_of(session, learner, fact_id)
    assert (memory.version, memory.reps, memory.last_day, memory.state) == (2, 4, MONDAY, State.REVIEW)
    assert memory.due_day is not None and memory.due_day > MONDAY
    assert reviews(session)[0].predicted is not None


def test_one_answer_alone_can_be_recorded(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed", "typed"], AT_ONCE)
    respond(session, attempt, 1)
    respond(session, attempt, 2)
    assert record_reviews(session, learner, attempt, position=2) == 1
    assert [item.review_id is None for item in list_questions(session, attempt)] == [True, False]


def test_a_fact_answered_in_study_meanwhile_is_moved_on_by_both(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"])
    asked = get_question(session, attempt, 1)
    respond(session, attempt, 1)
    answers.record_answer(
        session,
        learner,
        answers.SubmittedAnswer(asked.fact.id, asked.question_version_id, 0, {"text": "Volga"}),
        now=LATER,
    )
    assert record_reviews(session, learner, attempt) == 1
    session.commit()
    assert memory_of(session, learner, asked.fact.id).version == 2
    assert [one.source for one in reviews(session)] == ["study", "quiz"]


@pytest.mark.one_database
def test_recording_costs_a_handful_for_each_answer(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"] * 50)
    for position in range(1, 51):
        respond(session, attempt, position)
    session.commit()
    assert statements(session, lambda: record_reviews(session, learner, attempt)) <= 4 * 50 + 3


def test_looking_at_an_attempt_costs_the_same_whatever_its_size(session: Session, learner: User) -> None:
    attempt = begin(session, learner, ["typed"] * 50)
    assert statements(session, lambda: list_questions(session, attempt)) == 1
    assert statements(session, lambda: get_question(session, attempt, 50)) == 1
    assert statements(session, lambda: get_progress(session, attempt)) == 1


# At once


def at_once(app: Flask, *tasks: Callable[[Session], Any]) -> list[Any]:
    """What each of the tasks gives, all begun at one time, each on a thread and a connection of its own."""
    barrier = threading.Barrier(len(tasks))

    def work(task: Callable[[Session], Any]) -> Any:
        with app.app_context():
            barrier.wait(timeout=10)
            return task(db.session())

    with app.app_context():
        db.engine.dispose()
    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(work, task) for task in tasks]]


@pytest.fixture
def answered(app: Flask) -> tuple[int, list[int], list[tuple[int, int]]]:
    """A learner with three attempts at the same twelve facts, of which half were met before; all answered."""
    with app.app_context():
        session = db.session()
        learner = make_learner(session)
        asked = add_facts(session, ["typed"] * 12)
        for fact_id, _ in asked[::2]:
            remember(session, learner, fact_id, stability=5.0)
        begun = [begin_at(session, learner, facts) for facts in (asked, asked[::-1], asked[6:] + asked[:6])]
        for attempt in begun:
            for position in range(1, 13):
                respond(session, attempt, position)
        session.commit()
        return learner.id, [attempt.id for attempt in begun], asked


def hand_in(learner_id: int, attempt_id: int) -> Callable[[Session], bool]:
    """Hand an attempt in; whether it was this that did it."""

    def do(session: Session) -> bool:
        learner = session.get_one(User, learner_id)
        try:
            attempt = own_attempt(session, learner, attempt_id, purposes=("quiz",), lock=True)
            finish_attempt(session, attempt, now=LATER)
        except AttemptOver:
            session.rollback()
            return False
        record_reviews(session, learner, attempt)
        session.commit()
        return True

    return do


def test_handed_in_twice_at_once_it_counts_once(app: Flask, answered: Any) -> None:
    learner_id, (attempt_id, *_), _ = answered
    assert sorted(at_once(app, *[hand_in(learner_id, attempt_id)] * 8)) == [False] * 7 + [True]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == 12
        assert db.session.scalar(select(DayCount.answers)) == 12
        assert db.session.get_one(Attempt, attempt_id).marks == 12


def test_attempts_at_the_same_facts_handed_in_at_once_all_count(app: Flask, answered: Any) -> None:
    learner_id, attempt_ids, _ = answered
    assert at_once(app, *[hand_in(learner_id, attempt_id) for attempt_id in attempt_ids]) == [True] * 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == 36
        assert db.session.scalar(select(DayCount.answers)) == 36
        assert db.session.scalar(select(DayCount.new_facts)) == 6
        assert db.session.scalar(select(func.count()).where(ResponseRow.review_id.is_(None))) == 0


@pytest.mark.one_database
def test_handing_in_while_the_same_facts_are_studied_loses_nothing(app: Flask, answered: Any) -> None:
    learner_id, (attempt_id, *_), asked = answered

    def study(session: Session) -> int:
        learner, counted = session.get_one(User, learner_id), 0
        for number, (fact_id, version_id) in enumerate(reversed(asked)):
            try:
                answers.record_answer(
                    session,
                    learner,
                    answers.SubmittedAnswer(fact_id, version_id, number % 2, {"text": "Ob"}),
                    now=LATER,
                )
                session.commit()
                counted += 1
            except memories.StaleAnswer:
                session.rollback()
        return counted

    studied, handed_in = at_once(app, study, hand_in(learner_id, attempt_id))
    assert handed_in
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == 12 + studied
        assert db.session.scalar(select(DayCount.answers)) == 12 + studied
