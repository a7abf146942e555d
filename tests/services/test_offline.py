"""Studying offline, through the services: what is taken along, and answers that arrive late."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from study import (
    MONDAY,
    NOON,
    answer,
    ask,
    day_of,
    make_learner,
    memory_of,
    remember,
    right_answer,
    statements,
    study_until_done,
)

from quizapp.core.kinds import read_response
from quizapp.extensions import db
from quizapp.models import DayCount, Fact, Memory, Plan, Question, QuestionVersion, Review, User
from quizapp.services import accounts, memories
from quizapp.services.memories import StaleAnswer
from quizapp.services.review import offline
from quizapp.services.review.answers import SubmittedAnswer, record_answer, undo_answer
from quizapp.services.review.offline import SyncStatus
from quizapp.services.review.queue import Prompt

EVENING = NOON + timedelta(hours=6)
TUESDAY = NOON + timedelta(days=1)


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def kept(
    prompt: Prompt, at: datetime, posted: dict[str, str] | None = None, *, ms: int | None = 4000, **changes: Any
) -> tuple[SubmittedAnswer, datetime]:
    """An answer to a prompt, the right one unless told otherwise, given at that instant and not sent yet."""
    posted = right_answer(prompt) if posted is None else posted
    given = SubmittedAnswer(prompt.fact_id, prompt.question_version_id, prompt.version, posted, ms, None, str(uuid4()))
    return replace(given, **changes), at


def send(
    session: Session, learner: User, *answers: tuple[SubmittedAnswer, datetime], now: datetime = TUESDAY
) -> list[SyncStatus]:
    outcomes = offline.record_offline_answers(session, learner, answers, now=now)
    session.commit()
    assert [outcome.client_id for outcome in outcomes] == [given.client_id for given, _ in answers]
    return [outcome.status for outcome in outcomes]


def reviews_of(session: Session, learner: User) -> list[Review]:
    session.expire_all()
    return list(session.scalars(select(Review).where(Review.learner_id == learner.id).order_by(Review.id)))


def as_stored(session: Session, learner: User, fact_id: int) -> dict[str, Any]:
    row = memory_of(session, learner, fact_id)
    return {name: getattr(row, name) for name in (*memories.FIELDS, "version")}


# What is taken along


def test_it_works(session: Session, learner: User) -> None:
    packed = offline.list_offline_questions(session, learner, now=NOON)
    first = ask(session, learner)
    assert packed[0].prompt == first
    assert send(session, learner, *(kept(one.prompt, NOON) for one in packed)) == [SyncStatus.RECORDED] * 3
    assert [row.fact_id for row in reviews_of(session, learner)] == [one.prompt.fact_id for one in packed]


def test_questions_are_packed_in_the_order_in_which_they_would_be_asked(session: Session, learner: User) -> None:
    facts = session.scalars(select(Fact.id).order_by(Fact.id)).all()
    remember(session, learner, facts[2], stability=3.0)
    packed = [one.prompt.fact_id for one in offline.list_offline_questions(session, learner, now=NOON)]
    asked = [prompt.fact_id for prompt in study_until_done(session, learner, NOON)]
    assert packed == list(dict.fromkeys(asked))
    assert len(packed) == 3


def test_only_what_today_allows_is_packed(session: Session, learner: User) -> None:
    session.scalars(select(Plan)).one().new_per_day = 1
    session.commit()
    assert len(offline.list_offline_questions(session, learner, now=NOON)) == 1


def test_nothing_is_packed_for_one_who_studies_nothing(session: Session) -> None:
    nobody = accounts.create_guest(session, timezone="UTC", now=NOON)
    assert offline.list_offline_questions(session, nobody, now=NOON) == []


def test_packing_takes_as_many_statements_for_many_facts_as_for_one(session: Session, learner: User) -> None:
    plan = session.scalars(select(Plan)).one()
    taken = []
    for allowed in (1, 3):
        plan.new_per_day = allowed
        session.commit()
        session.expire_all()
        assert learner.id
        taken.append(statements(session, lambda: offline.list_offline_questions(session, learner, now=NOON)))
    assert taken[0] == taken[1] <= 5


def test_what_decides_in_the_browser_decides_alike_here(session: Session, learner: User) -> None:
    """The one thing the browser judges by itself: whether the field that decides holds the right value."""
    seen = set()
    for stability in (None, 3.0, 40.0):
        session.execute(delete(Memory))
        for fact_id in session.scalars(select(Fact.id)).all() if stability else []:
            remember(session, learner, fact_id, stability=stability)
        for one in offline.list_offline_questions(session, learner, now=NOON):
            question, order = one.prompt.question, one.prompt.order
            seen.add((question.kind, one.right is None))
            if one.right is None:
                assert question.kind not in ("choice", "true_false")
            else:
                assert question.grade(read_response(question, {"picked": one.right}, order)).correct
                values = ["true", "false"] if question.kind == "true_false" else [str(n) for n in range(len(order))]
                wrong = [value for value in values if value != one.right]
                responses = [read_response(question, {"picked": value}, order) for value in wrong]
                assert wrong and not any(question.grade(response).correct for response in responses)
    assert {("choice", False), ("true_false", False)} <= seen
    assert any(is_open for _, is_open in seen)


def test_a_packed_question_brings_what_explains_it(session: Session, learner: User) -> None:
    one = offline.list_offline_questions(session, learner, now=NOON)[0]
    assert one.fact.statement and one.fact.passages and one.grade.key
    assert not one.grade.correct


# Answers that arrive late


def test_an_answer_leaves_the_memory_it_would_have_left_with_a_line(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    answer(session, learner, prompt, now=NOON)
    with_line, day = as_stored(session, learner, prompt.fact_id), day_of(session, learner)
    counted = {column.name: getattr(day, column.name) for column in DayCount.__table__.columns}
    for row in (*reviews_of(session, learner), memory_of(session, learner, prompt.fact_id), day):
        session.delete(row)
    session.commit()

    assert send(session, learner, kept(prompt, NOON)) == [SyncStatus.RECORDED]
    assert as_stored(session, learner, prompt.fact_id) == with_line
    day = day_of(session, learner)
    assert {column.name: getattr(day, column.name) for column in DayCount.__table__.columns} == counted
    [row] = reviews_of(session, learner)
    assert (row.at, row.day, row.ms, row.verdict) == (NOON, MONDAY, 4000, "right")


def test_each_answer_counts_for_the_day_on_which_it_was_given(session: Session, learner: User) -> None:
    first, second, *_ = (one.prompt for one in offline.list_offline_questions(session, learner, now=NOON))
    send(session, learner, kept(first, NOON), kept(second, TUESDAY), now=TUESDAY + timedelta(days=5))
    assert day_of(session, learner, MONDAY).answers == day_of(session, learner, date(2026, 3, 3)).answers == 1


@pytest.mark.parametrize("again", [1, 3])
def test_an_answer_sent_again_counts_once(session: Session, learner: User, again: int) -> None:
    late = kept(ask(session, learner), NOON)
    assert send(session, learner, late) == [SyncStatus.RECORDED]
    before = as_stored(session, learner, late[0].fact_id)
    assert send(session, learner, *[late] * again) == [SyncStatus.KNOWN] * again
    assert as_stored(session, learner, late[0].fact_id) == before
    assert day_of(session, learner).answers == len(reviews_of(session, learner)) == 1


def test_one_sent_twice_in_one_request_counts_once(session: Session, learner: User) -> None:
    late = kept(ask(session, learner), NOON)
    assert send(session, learner, late, late) == [SyncStatus.RECORDED, SyncStatus.KNOWN]
    assert len(reviews_of(session, learner)) == 1


def test_an_answer_whose_reply_was_lost_is_known(session: Session, learner: User) -> None:
    """It went the usual way and arrived; the browser does not know that, and sends it once more."""
    prompt = ask(session, learner)
    late = kept(prompt, NOON)
    arrived = record_answer(session, learner, late[0], now=NOON)
    session.commit()
    [outcome] = offline.record_offline_answers(session, learner, [late], now=EVENING)
    assert (outcome.status, outcome.review_id) == (SyncStatus.KNOWN, arrived.review_id)
    undo_answer(session, learner, now=EVENING)
    session.commit()
    assert send(session, learner, late) == [SyncStatus.KNOWN]  # taken back is taken back


def test_the_usual_way_takes_no_answer_that_came_late_already(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    late = kept(prompt, NOON)
    send(session, learner, late)
    undo_answer(session, learner, now=TUESDAY)
    session.commit()
    seen = memory_of(session, learner, prompt.fact_id).version
    with pytest.raises(StaleAnswer):
        record_answer(session, learner, replace(late[0], seen=seen), now=TUESDAY)


def test_when_another_device_was_first_both_answers_count(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    late = kept(prompt, NOON, {"give-up": "1"})
    answer(session, learner, prompt, now=NOON + timedelta(hours=1))
    assert send(session, learner, late) == [SyncStatus.ADDED]
    first, second = reviews_of(session, learner)
    assert [first.verdict, second.verdict] == ["right", "unanswered"]
    assert (first.version, second.version) == (1, 2)
    assert (first.at, second.at) == (NOON + timedelta(hours=1), NOON)
    assert (second.before["reps"], first.before["reps"]) == (0, 1)
    assert memory_of(session, learner, prompt.fact_id).reps == 2
    assert day_of(session, learner).answers == 2


def test_a_late_choice_is_read_by_the_order_in_which_it_was_shown(session: Session, learner: User) -> None:
    """However often the memory moves on, and with it the order of the choices."""
    prompt = ask(session, learner)
    assert prompt.question.kind == "choice"
    order = prompt.order
    late = kept(prompt, NOON)
    turns = 0
    while review_order(session, learner, prompt) == order or not turns:
        answer(session, learner, replace(prompt, version=turns), {"give-up": "1"})
        turns += 1
        assert turns < 50
    assert send(session, learner, late) == [SyncStatus.ADDED]
    assert reviews_of(session, learner)[-1].verdict == "right"


def review_order(session: Session, learner: User, prompt: Prompt) -> tuple[int, ...]:
    row = session.get(memories.Memory, (learner.id, prompt.fact_id), populate_existing=True)
    version = row.version if row else 0
    from quizapp.services.memories import option_order

    return option_order(prompt.question, learner.id, prompt.question_version_id, version)


def test_an_answer_to_a_memory_taken_back_meanwhile_is_not_lost(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    answer(session, learner, prompt)
    later = replace(prompt, version=1)
    undo_answer(session, learner, now=NOON)
    session.commit()
    assert send(session, learner, kept(later, EVENING)) == [SyncStatus.ADDED]
    assert [row.undone_at is None for row in reviews_of(session, learner)] == [False, True]


@pytest.mark.parametrize(
    ("told", "counts_as"),
    [
        (TUESDAY + timedelta(days=400), TUESDAY),  # a clock that is wrong
        (TUESDAY - timedelta(days=31), TUESDAY - timedelta(days=30)),
        (NOON, NOON),
    ],
)
def test_the_browsers_clock_is_believed_within_reason(
    session: Session, learner: User, told: datetime, counts_as: datetime
) -> None:
    assert send(session, learner, kept(ask(session, learner), told)) == [SyncStatus.RECORDED]
    assert [row.at for row in reviews_of(session, learner)] == [counts_as]


def test_no_answer_comes_before_the_last_one_to_its_fact(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    answer(session, learner, prompt, now=EVENING)
    send(session, learner, kept(replace(prompt, version=1), NOON))
    assert [row.at for row in reviews_of(session, learner)] == [EVENING, EVENING + memories.INSTANT]


def test_a_bad_answer_does_not_stop_the_others(session: Session, learner: User) -> None:
    first, second, third = (one.prompt for one in offline.list_offline_questions(session, learner, now=NOON))
    gone = kept(first, NOON, fact_id=10_000)
    mixed_up = kept(first, NOON, question_version_id=second.question_version_id)
    unreadable = kept(first, NOON, {"picked": "97"})
    good = [kept(first, NOON), kept(second, NOON), kept(third, NOON)]
    fates = send(session, learner, gone, good[0], mixed_up, good[1], unreadable, good[2])
    assert fates == [
        SyncStatus.GONE,
        SyncStatus.RECORDED,
        SyncStatus.GONE,
        SyncStatus.RECORDED,
        SyncStatus.UNREADABLE,
        SyncStatus.RECORDED,
    ]
    assert len(reviews_of(session, learner)) == 3
    assert send(session, learner, unreadable) == [SyncStatus.UNREADABLE]


def test_what_is_not_studied_is_refused(session: Session, learner: User) -> None:
    late = kept(ask(session, learner), NOON)
    outsider = accounts.create_guest(session, timezone="UTC", now=NOON)
    session.commit()
    assert send(session, outsider, late) == [SyncStatus.GONE]
    assert reviews_of(session, outsider) == reviews_of(session, learner) == []


def test_one_learners_ids_say_nothing_about_anothers(session: Session, learner: User) -> None:
    other = make_learner(session)
    late = kept(ask(session, learner), NOON)
    same_id = kept(ask(session, other), NOON, client_id=late[0].client_id)
    assert send(session, learner, late) == send(session, other, same_id) == [SyncStatus.RECORDED]


def test_an_answer_to_an_older_version_of_a_question_counts(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    version = session.get_one(QuestionVersion, prompt.question_version_id)
    session.add(
        QuestionVersion(question_id=version.question_id, number=2, body=version.body, created_at=NOON, bank_hash="new")
    )
    session.get_one(Question, version.question_id).current = 2
    session.commit()
    assert send(session, learner, kept(prompt, NOON)) == [SyncStatus.RECORDED]


def test_two_tabs_that_send_at_once_count_each_answer_once(app: Flask, session: Session, learner: User) -> None:
    answers = [kept(one.prompt, NOON) for one in offline.list_offline_questions(session, learner, now=NOON)]
    learner_id = learner.id
    session.rollback()
    fates: list[SyncStatus] = []
    ready = threading.Barrier(4)

    def send_all() -> None:
        with app.app_context():
            own = db.session()
            ready.wait()
            outcomes = offline.record_offline_answers(own, own.get_one(User, learner_id), answers, now=TUESDAY)
            own.commit()
            fates.extend(outcome.status for outcome in outcomes)

    tabs = [threading.Thread(target=send_all) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert sorted(fates) == [SyncStatus.KNOWN] * 9 + [SyncStatus.RECORDED] * 3
    assert len(reviews_of(session, learner)) == day_of(session, learner).answers == 3


def test_what_others_keep_overtaking_is_to_be_sent_again(
    session: Session, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*args: object, **kwargs: object) -> None:
        raise memories.StaleAnswer

    late = kept(ask(session, learner), NOON)
    with monkeypatch.context() as patch:
        patch.setattr(memories, "record_review", overtaken)
        assert send(session, learner, late) == [SyncStatus.LATER]
    assert send(session, learner, late) == [SyncStatus.RECORDED]
