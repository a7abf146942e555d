"""Overriding verdicts on typed answers in attempts: what it does to marks, schedules and results; on both databases."""

import practice
import pytest
from assignments import begin, open_school, quiz
from attempts import LATER, add_facts, begin_quiz, give, hand_in, questions_of
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import answer, ask, make_learner, memory_of

from quizapp.core.attempts import AT_ONCE
from quizapp.core.scheduling.scheduler import Rating
from quizapp.models import Attempt, Review, User
from quizapp.services.attempts import lifecycle, marking, results
from quizapp.services.attempts.questions import AttemptQuestion
from quizapp.services.consistency import Checked, find_differences
from quizapp.services.errors import NotFound

KINDS = ["typed", "number", "date", "cloze", "choice"]
WRONG = {"text": "Nile"}
WRONG_GAP = {"gap-0": "Nile", "gap-1": "Don"}


@pytest.fixture
def learner(session: Session) -> User:
    add_facts(session, KINDS)
    return make_learner(session)


def first_of(session: Session, attempt_id: int, kind: str) -> AttemptQuestion:
    """The question of a kind that add_facts added."""
    added = [item for item in questions_of(session, attempt_id) if item.question.prompt.startswith("Question")]
    return next(item for item in added if item.question.kind == kind)


def override(session: Session, learner: User, attempt_id: int, kind: str, *, right: bool) -> AttemptQuestion:
    position = first_of(session, attempt_id, kind).position
    marking.override_own_verdict(session, learner, attempt_id, position, right=right, now=LATER)
    session.commit()
    session.expire_all()
    return first_of(session, attempt_id, kind)


def answered(
    session: Session, learner: User, kind: str, posted: dict[str, str] | None = None, feedback: str = AT_ONCE
) -> int:
    """Begin a quiz and answer one question of a kind in it, wrongly unless told otherwise."""
    attempt_id = begin_quiz(session, learner, size=50, feedback=feedback)
    wrong = WRONG_GAP if kind == "cloze" else WRONG
    give(session, learner, attempt_id, {first_of(session, attempt_id, kind).position: posted or wrong})
    return attempt_id


def standing(session: Session, fact_id: int) -> list[Review]:
    found = select(Review).where(Review.fact_id == fact_id, Review.undone_at.is_(None)).order_by(Review.id)
    return list(session.scalars(found))


@pytest.mark.parametrize("kind", ["typed", "number", "date", "cloze"])
def test_it_works(session: Session, learner: User, kind: str) -> None:
    attempt_id = answered(session, learner, kind)
    item = override(session, learner, attempt_id, kind, right=True)
    assert (item.remembered, item.overridden, item.credit) == (True, True, 1.0)
    [review] = standing(session, item.fact.id)
    assert (review.rating, review.overridden, review.verdict) == (Rating.GOOD, True, "right")
    assert review.id == item.review_id
    override(session, learner, attempt_id, kind, right=True)  # twice changes nothing
    assert len(standing(session, item.fact.id)) == 1
    hand_in(session, learner, attempt_id)
    assert session.get_one(Attempt, attempt_id).marks == 1
    back = override(session, learner, attempt_id, kind, right=False)
    assert (back.remembered, back.overridden) == (False, False)
    assert session.get_one(Attempt, attempt_id).marks == (0.5 if kind == "cloze" else 0)
    assert standing(session, item.fact.id)[0].rating == Rating.AGAIN
    assert list(find_differences(session, Checked())) == []


def test_a_result_and_its_topics_follow(session: Session, learner: User) -> None:
    attempt_id = answered(session, learner, "typed", feedback="at-end")
    hand_in(session, learner, attempt_id)
    override(session, learner, attempt_id, "typed", right=True)
    found = results.get_result(session, learner, attempt_id, now=LATER)
    assert len(found.right) == 1 and sum(score.marks for _, score in found.topics) == 1
    assert list(find_differences(session, Checked())) == []


def test_a_right_answer_may_be_called_wrong(session: Session, learner: User) -> None:
    attempt_id = answered(session, learner, "typed", {"text": "Ob"})
    item = override(session, learner, attempt_id, "typed", right=False)
    assert (item.remembered, item.overridden, item.credit) == (False, True, 0.0)
    assert standing(session, item.fact.id)[0].rating == Rating.AGAIN


def test_a_review_that_was_followed_by_another_stays(session: Session, learner: User) -> None:
    attempt_id = answered(session, learner, "typed")
    fact_id = first_of(session, attempt_id, "typed").fact.id
    answer(session, learner, ask(session, learner, LATER, prefer=fact_id), now=LATER)
    before = [(review.id, review.rating) for review in standing(session, fact_id)]
    item = override(session, learner, attempt_id, "typed", right=True)
    assert item.remembered and item.credit == 1.0
    assert [(review.id, review.rating) for review in standing(session, fact_id)] == before
    assert list(find_differences(session, Checked())) == []


def test_a_practice_counts_as_its_learner_says(session: Session, learner: User) -> None:
    practice_id = practice.begin(session, learner, value="dates", size=20)
    for item in questions_of(session, practice_id):
        give(session, learner, practice_id, {item.position: WRONG if item.question.kind == "number" else {}})
    item = override(session, learner, practice_id, "number", right=True)
    assert not standing(session, item.fact.id)
    lifecycle.record_on_request(session, learner, practice_id, now=LATER)
    session.commit()
    [review] = standing(session, item.fact.id)
    assert (review.rating, review.overridden, review.fraction) == (Rating.GOOD, True, 1.0)
    assert memory_of(session, learner, item.fact.id).lapses == 0
    assert list(find_differences(session, Checked())) == []


@pytest.mark.parametrize(("kind", "posted"), [("choice", {"picked": "0"}), ("typed", {"give-up": "1"})])
def test_what_was_not_typed_keeps_its_verdict(
    session: Session, learner: User, kind: str, posted: dict[str, str]
) -> None:
    attempt_id = answered(session, learner, kind, posted)
    assert not first_of(session, attempt_id, kind).can_override
    with pytest.raises(NotFound):
        override(session, learner, attempt_id, kind, right=True)


def test_before_feedback_or_by_somebody_else_it_is_refused(session: Session, learner: User) -> None:
    attempt_id = answered(session, learner, "typed", feedback="at-end")
    with pytest.raises(lifecycle.NotHandedIn):
        override(session, learner, attempt_id, "typed", right=True)
    with pytest.raises(NotFound):
        override(session, make_learner(session), attempt_id, "typed", right=True)


def test_a_quiz_that_counts_is_marked_by_teachers_alone(session: Session) -> None:
    school = open_school(session)
    attempt = begin(session, school.students[0], quiz(session, school, feedback=AT_ONCE))
    position = first_of(session, attempt.id, "typed").position
    give(session, school.students[0], attempt.id, {position: WRONG})
    with pytest.raises(NotFound):
        marking.override_own_verdict(session, school.students[0], attempt.id, position, right=True, now=LATER)
