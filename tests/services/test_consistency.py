"""What is kept about learners agrees with their reviews after anything they can do, and where it does not, it shows."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from attempts import add_facts, begin_quiz, give, hand_in, questions_of, right_answer
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, memory_of

from quizapp.core.scheduling.scheduler import Plan, Rating
from quizapp.models import Attempt, DayCount, Fact, Memory, QuestionSet, Review, SetAuthor, User
from quizapp.services import exams, memories, overrides
from quizapp.services.attempts import lifecycle, results
from quizapp.services.consistency import Checked, find_differences, repair_learner
from quizapp.services.editor.facts import reset_progress
from quizapp.services.memory_events import ask_today
from quizapp.services.plans import change_plan
from quizapp.services.replay import is_same
from quizapp.services.review import answers, queue

DAY = timedelta(days=1)


def differences(session: Session) -> list[str]:
    session.expire_all()
    return [str(each) for each in find_differences(session, Checked())]


def study_for_days(session: Session, learner: User, days: int, *, chance: Random) -> None:
    """Study as people do: right and wrong, overridden, undone and skipped, and with plans that change."""
    for day in range(days):
        now = NOON + day * DAY
        exams.plan_study_day(session, learner, now=now)
        for _ in range(40):
            prompt = queue.next_prompt(session, learner, now=now)
            if prompt is None:
                break
            right = chance.random() < 0.7
            typed = prompt.question.has_typed_answer
            wrong = {"text": "?", "gap-0": "?"} if typed else {"give-up": "1"}
            review_id = answer(session, learner, prompt, None if right else wrong, now=now)
            match chance.randrange(8):
                case 0:
                    answers.undo_answer(session, learner, now=now)
                case 1 | 4 | 5 | 6 if typed:
                    overrides.override_review(session, learner, review_id, now=now)
                case 2:
                    answers.skip_until_tomorrow(session, learner, prompt.fact_id, now=now)
                case 3:
                    ask_today(session, [learner], [prompt.fact_id], now=now)
            session.commit()
        plan = Plan(desired_retention=chance.choice([0.8, 0.9]), exam_day=(now + 9 * DAY).date())
        change_plan(session, learner, "sample", plan, paused=False, now=now)
        session.commit()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the sweep is slow, and its SQL the same on both
def test_nothing_a_learner_does_makes_a_difference(session: Session) -> None:
    for seed in range(2):
        study_for_days(session, make_learner(session), 9, chance=Random(seed))
    learner = make_learner(session)
    add_facts(session, ["choice", "typed", "essay"])
    attempt = begin_quiz(session, learner)
    given = {item.position: right_answer(item) for item in questions_of(session, attempt)}
    give(session, learner, attempt, given)
    hand_in(session, learner, attempt)
    missed = begin_quiz(session, learner)
    hand_in(session, learner, missed)
    results.review_missed(session, learner, missed, now=NOON)
    session.commit()
    checked = Checked()
    assert list(find_differences(session, checked)) == []
    assert checked.learners == 3
    assert checked.attempts == 2
    assert checked.reviews > 50
    for happened in (Review.overridden, Review.undone_at.is_not(None)):
        assert session.scalars(select(Review.id).where(happened)).first()


def test_progress_that_was_reset_is_none(session: Session) -> None:
    learner = make_learner(session)
    teacher = make_learner(session)
    prompt = ask(session, learner)
    answer(session, learner, prompt)
    set_id = session.scalars(select(QuestionSet.id)).one()
    session.add(SetAuthor(set_id=set_id, user_id=teacher.id, since=NOON))
    session.flush()
    teacher.is_teacher = True
    reset_progress(session, teacher, set_id, prompt.fact_id, now=NOON)
    session.commit()
    assert memory_of(session, learner, prompt.fact_id).reps == 0
    assert differences(session) == []
    answer(session, learner, ask(session, learner, NOON + DAY), now=NOON + DAY)
    assert differences(session) == []


@pytest.fixture
def learner(session: Session) -> User:
    """A learner with one fact reviewed on two days, and one quiz handed in."""
    learner = make_learner(session)
    session.execute(update(Fact).where(Fact.id != select(Fact.id).limit(1).scalar_subquery()).values(archived_at=NOON))
    session.commit()
    for day in range(3):
        prompt = queue.next_prompt(session, learner, now=NOON + day * DAY)
        if prompt:
            answer(session, learner, prompt, now=NOON + day * DAY)
    assert differences(session) == []
    return learner


def first(session: Session, column: Any) -> Any:
    return session.scalars(select(column).order_by(column).limit(1)).one()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (update(Memory).values(stability=Memory.stability * 1.01), "stability is "),
        (update(Memory).values(difficulty=9.5), "difficulty is 9.5"),
        (update(Memory).values(reps=9), "reps is 9"),
        (update(Memory).values(lapses=2), "lapses is 2, but the log gives 0"),
        (update(Memory).values(last_day=Memory.last_day - 1), "last_day is "),
        (update(Memory).values(due_day=None), "due_day is None, but the log gives 2026-"),
        (update(Memory).values(due_at=NOON), "due_at is 2026-03-02 12:00:00+00:00, but the log gives None"),
        (update(Memory).values(leech_lapses=8), "leech_lapses is 8, but the log gives None"),
        (update(Memory).values(version=1), "version is 1, but the log gives "),
        (delete(Memory), "row is None, but the log gives "),
        (update(DayCount).values(answers=7), "answers is 7, but the log gives 1"),
        (update(DayCount).values(ms=1), "ms is 1, but the log gives 4000"),
        (delete(DayCount), "answers is 0, but the log gives 1"),
        (delete(Review).where(Review.version == 1), "reps is "),
    ],
)
def test_a_difference_is_shown(session: Session, learner: User, spoil: Any, told: str) -> None:
    session.execute(spoil, execution_options={"synchronize_session": False})
    session.commit()
    found = differences(session)
    assert found
    assert any(told in each for each in found), found
    assert all(f"learner {learner.id}" in each for each in found)


def test_marks_that_are_not_those_of_the_answers_are_shown(session: Session) -> None:
    learner = make_learner(session)
    attempt = begin_quiz(session, learner)
    lifecycle.hand_in_attempt(session, learner, attempt, now=NOON)
    session.execute(update(Attempt).values(marks=3.0))
    session.commit()
    assert differences(session) == [f"attempt {attempt}: marks is 3.0, but the log gives 0.0"]
    session.execute(update(Attempt).values(marks=0.0, unmarked=2))
    session.commit()
    assert differences(session) == [f"attempt {attempt}: unmarked is 2, but the log gives 0"]


# Repair


def put_on_top(session: Session, learner: User, *, at: datetime) -> int:
    """Record a wrong answer as earlier versions recorded one that arrived late: on top of the memory."""
    row = session.scalars(select(Memory).where(Memory.learner_id == learner.id)).one()
    asked = session.scalars(select(Review.question_version_id)).first()
    assert asked is not None
    late = memories.GradedAnswer(asked, {"kind": "choice", "picked": None}, "unanswered", 0.0, Rating.AGAIN, 0.25)
    before = memories.to_core(row)
    memories.record_review(session, learner, row.fact_id, late, before=before, version=row.version, plan=Plan(), at=at)
    session.commit()
    return row.fact_id


def test_a_late_answer_that_an_earlier_version_put_on_top_takes_its_place(session: Session, learner: User) -> None:
    fact_id = put_on_top(session, learner, at=NOON + timedelta(hours=1))
    lapses = memory_of(session, learner, fact_id).lapses
    found = differences(session)
    assert any("stability" in each for each in found) and any("study day" in each for each in found)
    assert [str(each) for each in repair_learner(session, learner.id, Checked())] == found
    session.commit()
    assert differences(session) == []
    repaired = memory_of(session, learner, fact_id)
    assert repaired.lapses < lapses  # it was given while the fact was being learned
    reviews = session.scalars(select(Review).order_by(Review.at)).all()
    assert [review.before["reps"] for review in reviews] == list(range(len(reviews)))
    assert repair_learner(session, learner.id, Checked()) == []


@pytest.mark.parametrize(
    "spoil",
    [
        update(Memory).values(stability=99.0, reps=7),
        update(Memory).values(version=1),
        update(Memory).values(due_day=None, due_at=NOON, leech_lapses=8),
        delete(Memory),
        update(DayCount).values(answers=7, finished=0),
        delete(DayCount),
        update(Review).values(predicted=0.5),
    ],
)
def test_what_differs_is_repaired(session: Session, learner: User, spoil: Any) -> None:
    before = memory_of(session, learner, first(session, Memory.fact_id))
    kept = {name: getattr(before, name) for name in memories.FIELDS}
    session.execute(spoil, execution_options={"synchronize_session": False})
    session.commit()
    assert differences(session)
    assert repair_learner(session, learner.id, Checked())
    session.commit()
    assert differences(session) == []
    after = memory_of(session, learner, before.fact_id)
    assert all(is_same(getattr(after, name), value) for name, value in kept.items())


def test_a_review_of_other_parameters_is_repaired_where_they_make_no_difference(
    session: Session, learner: User
) -> None:
    """Such as the repetitions before it. What was predicted then stays."""
    last = session.scalars(select(Review).order_by(Review.at.desc())).first()
    assert last is not None
    last.before = {**last.before, "decay": 0.2, "stability": 99.0}
    session.commit()
    assert differences(session) == []
    last.before = {**last.before, "reps": 0}
    session.commit()
    assert len(differences(session)) == len(repair_learner(session, learner.id, Checked())) == 1
    session.commit()
    assert differences(session) == []
