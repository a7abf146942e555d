"""Overriding verdicts on typed answers in attempts: what it does to marks, schedules and results; on both databases.

And how often verdicts are overridden, for each question.
"""

from typing import Any

import practice
import pytest
from assignments import begin, mend, open_school, quiz
from attempts import LATER, add_facts, begin_quiz, give, hand_in, questions_of
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, memory_of, statements

from quizapp.core.attempts import AT_ONCE
from quizapp.core.scheduling.scheduler import Rating
from quizapp.models import Attempt, Question, QuestionSet, QuestionVersion, Review, User
from quizapp.services import overrides
from quizapp.services.attempts import lifecycle, marking, results
from quizapp.services.attempts.questions import AttemptQuestion
from quizapp.services.consistency import Checked, find_differences
from quizapp.services.errors import NotFound
from quizapp.services.review import answers

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


@pytest.mark.one_database
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


@pytest.mark.one_database
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


@pytest.mark.one_database
def test_a_review_that_was_followed_by_another_follows_too(session: Session, learner: User) -> None:
    attempt_id = answered(session, learner, "typed")
    fact_id = first_of(session, attempt_id, "typed").fact.id
    answer(session, learner, ask(session, learner, LATER, prefer=fact_id), now=LATER)
    item = override(session, learner, attempt_id, "typed", right=True)
    assert item.remembered and item.credit == 1.0
    found = sorted(standing(session, fact_id), key=lambda review: review.at)
    assert [(review.rating, review.overridden) for review in found] == [(Rating.GOOD, True), (Rating.GOOD, False)]
    assert found[1].before["stability"] > 1  # after a right answer
    assert list(find_differences(session, Checked())) == []


@pytest.mark.one_database
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


@pytest.mark.one_database
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


# How often


def answer_and_override(
    session: Session, key: str, *texts: str, right: bool | None = None, learner: User | None = None
) -> None:
    """Let somebody new give each answer to a question, and override its verdict unless `right` is None."""
    version = session.scalars(
        select(QuestionVersion).join(Question).where(Question.key == key).order_by(QuestionVersion.number.desc())
    ).first()
    assert version
    fact_id = session.scalars(select(Question.fact_id).where(Question.key == key)).one()
    for text in texts:
        who = learner or make_learner(session)
        given = answers.SubmittedAnswer(fact_id, version.id, 0, {"text": text, "gap-0": text})
        review_id = answers.record_answer(session, who, given, now=NOON).review_id
        if right is not None:
            overrides.override_review(session, who, review_id, now=NOON)
    session.commit()


def counted(session: Session) -> dict[str, tuple[Any, ...]]:
    found = overrides.list_typed(session)
    return {each.question.key: (*each.counts, list(each.texts)) for each in found}


@pytest.fixture
def typed(session: Session) -> None:
    add_facts(session, KINDS)


@pytest.mark.one_database
def test_overrides_are_counted_for_each_question(session: Session, typed: None) -> None:
    answer_and_override(session, "dates-100-q", "Ob", "Don", "", "Po")
    answer_and_override(session, "dates-100-q", "the wide one", "the wide one", "the big one", right=True)
    answer_and_override(session, "dates-101-q", "12", "13")
    answer_and_override(session, "dates-101-q", "12", right=False)  # called wrong, though accepted
    answer_and_override(session, "dates-103-q", "Obb", right=True)
    answer_and_override(session, "dates-104-q", "0")
    assert counted(session) == {
        "dates-100-q": (6, 5, 3, [("the wide one", 2), ("the big one", 1)]),
        "dates-103-q": (1, 1, 1, [("Obb", 1)]),
        "dates-101-q": (3, 1, 0, []),
    }
    assert overrides.total_counts(overrides.list_typed(session)) == (10, 7, 4)


def test_what_was_undone_or_turned_back_is_not_counted(session: Session, typed: None) -> None:
    learner = make_learner(session)
    answer_and_override(session, "dates-100-q", "Nile", right=True, learner=learner)
    assert counted(session)["dates-100-q"][:3] == (1, 1, 1)
    last = session.scalars(select(Review.id).where(Review.undone_at.is_(None))).one()
    overrides.override_review(session, learner, last, now=NOON)
    assert counted(session)["dates-100-q"][:3] == (1, 1, 0)
    answers.undo_answer(session, learner, now=NOON)
    assert counted(session) == {}
    assert overrides.total_counts([]) == (0, 0, 0)


def test_answers_that_a_new_version_accepts_are_left_out(session: Session, typed: None) -> None:
    answer_and_override(session, "dates-100-q", "Nile", "Don", right=True)
    question = session.scalars(select(Question).where(Question.key == "dates-100-q")).one()
    mend(session, question.id, accept=["Nile"])
    session.commit()
    answer_and_override(session, "dates-100-q", "Nile")
    assert counted(session)["dates-100-q"] == (3, 2, 2, [("Don", 1)])
    question.archived_at = NOON
    session.commit()
    assert counted(session) == {}


def test_the_worst_come_first_and_those_with_few_answers_last(session: Session, typed: None) -> None:
    answer_and_override(session, "dates-101-q", *["13"] * 5, right=True)
    answer_and_override(session, "dates-102-q", *["1904"] * 4, "1903", right=True)
    answer_and_override(session, "dates-102-q", "1905-05-17")
    answer_and_override(session, "dates-100-q", "Nile", right=True)
    assert list(counted(session)) == ["dates-101-q", "dates-102-q", "dates-100-q"]
    ids = {key: session.scalars(select(Question.id).where(Question.key == key)).one() for key in counted(session)}
    assert overrides.read_question_overrides(session, ids["dates-100-q"]) is None
    found = overrides.read_question_overrides(session, ids["dates-102-q"])
    assert found and found.counts == (6, 5, 5)


@pytest.mark.one_database
def test_it_takes_two_statements_however_many_answers(session: Session, typed: None) -> None:
    answer_and_override(session, "dates-100-q", "Nile", right=True)
    assert statements(session, lambda: overrides.list_typed(session)) == 2
    for key in ("dates-101-q", "dates-102-q"):
        answer_and_override(session, key, "1", "2", "3", right=True)
    assert statements(session, lambda: overrides.list_typed(session)) == 2


def test_only_authors_see_them(session: Session, learner: User) -> None:
    with pytest.raises(NotFound):
        overrides.read_set_overrides(session, learner, session.scalars(select(QuestionSet.id)).one())
