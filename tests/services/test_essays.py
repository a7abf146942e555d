"""Essays: in reviews for those who want them, and in attempts until a person has marked them."""

from datetime import datetime
from typing import Any

import pytest
from attempts import LATER, add_facts, begin_quiz, give, hand_in, questions_of
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, memory_of, remember, study_until_done

from quizapp.core.attempts import AT_ONCE
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.models import Attempt, Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, Response, Review, User
from quizapp.services.attempts import lifecycle, results
from quizapp.services.attempts.marking import mark_own_answer
from quizapp.services.errors import NotFound
from quizapp.services.plans import read_plan
from quizapp.services.quizzes import get_options
from quizapp.services.review import queue
from quizapp.services.review.offline import list_offline_questions
from quizapp.services.review.today import read_today

TEXT = {"essay": "The Ob is a long river."}


@pytest.fixture
def learner(session: Session) -> User:
    found = make_learner(session)
    session.scalars(select(Plan)).one().new_per_day = 20
    session.commit()
    return found


def response(session: Session, attempt_id: int, position: int) -> Response:
    session.expire_all()
    return session.get_one(Response, (attempt_id, position))


# Reviews


def new_and_asked(session: Session, learner: User, now: datetime = NOON) -> tuple[int, int, int]:
    """How many facts Today calls new, how many questions are upcoming, and how many a session asks."""
    today = read_today(session, learner, now=now)
    assert today is not None
    upcoming = queue.upcoming_prompts(session, learner, now=now, limit=50)
    asked = study_until_done(session, learner, now) if not learner.asks_essays else upcoming
    return today.new + today.due, len(upcoming), len({prompt.fact_id for prompt in asked})


@pytest.mark.one_database
def test_a_fact_of_essays_alone_is_not_asked(session: Session, learner: User) -> None:
    add_facts(session, ["essay", "typed"])
    assert new_and_asked(session, learner) == (4, 4, 4)
    (fact_id,) = session.scalars(select(Fact.id).where(Fact.key == "dates-100"))
    assert session.get(Memory, (learner.id, fact_id)) is None


def test_it_is_not_counted_in_the_work_of_a_plan(session: Session, learner: User) -> None:
    before = read_plan(session, learner, "sample", now=NOON).unmet
    add_facts(session, ["essay", "typed"])
    assert read_plan(session, learner, "sample", now=NOON).unmet == before + 1
    learner.asks_essays = True
    assert read_plan(session, learner, "sample", now=NOON).unmet == before + 2


def test_it_is_asked_of_those_who_want_essays(session: Session, learner: User) -> None:
    ((fact_id, version_id),) = add_facts(session, ["essay"])
    learner.asks_essays = True
    session.commit()
    assert new_and_asked(session, learner) == (4, 4, 4)
    prompt = ask(session, learner, prefer=fact_id)
    assert (prompt.fact_id, prompt.question_version_id, prompt.question.kind) == (fact_id, version_id, "essay")
    assert prompt.waits
    review_id = answer(session, learner, prompt, {**TEXT, "point-1": "1", "rating": "good"})
    review = session.get_one(Review, review_id)
    kept = {"kind": "essay", "text": TEXT["essay"], "points": [1], "rating": "good", "mark": None}
    assert (review.response, review.verdict, review.fraction, review.rating) == (kept, "right", 1.0, 3)
    assert memory_of(session, learner, fact_id).reps == 1


def test_what_was_due_waits_until_essays_are_wanted(session: Session, learner: User) -> None:
    ((fact_id, _),) = add_facts(session, ["essay"])
    session.scalars(select(Plan)).one().new_per_day = 0
    remember(session, learner, fact_id, stability=10.0)
    today = read_today(session, learner, now=NOON)
    assert today is not None and (today.due, today.next_in) == (0, None)
    assert queue.next_prompt(session, learner, now=NOON) is None
    learner.asks_essays = True
    session.commit()
    today = read_today(session, learner, now=NOON)
    assert today is not None and today.due == 1
    assert ask(session, learner).fact_id == fact_id


def test_of_a_fact_with_other_questions_those_are_asked(session: Session, learner: User) -> None:
    ((fact_id, _),) = add_facts(session, ["essay"])
    body = {"kind": "flashcard", "key": "card", "prompt": "Which?", "answer": "Ob", "explanation": ""}
    version = QuestionVersion(number=1, body=body, created_at=NOON)
    session.add(Question(fact_id=fact_id, key="card", position=1, current=1, versions=[version]))
    session.commit()
    assert ask(session, learner, prefer=fact_id).question.kind == "flashcard"
    learner.asks_essays = True
    session.commit()
    remember(session, learner, fact_id, stability=100.0)
    kinds = {ask(session, learner, prefer=fact_id).question.kind}
    assert kinds <= {"flashcard", "essay"}


@pytest.mark.parametrize("posted", [TEXT, {**TEXT, "rating": "perfect"}])
def test_an_answer_without_a_rating_is_refused(session: Session, learner: User, posted: dict[str, str]) -> None:
    ((fact_id, _),) = add_facts(session, ["essay"])
    learner.asks_essays = True
    session.commit()
    prompt = ask(session, learner, prefer=fact_id)
    with pytest.raises(UnreadableResponse):
        answer(session, learner, prompt, posted)
    assert session.scalars(select(Review)).all() == []


def test_essays_are_not_packed_for_offline_study(session: Session, learner: User) -> None:
    add_facts(session, ["essay", "typed"])
    learner.asks_essays = True
    session.commit()
    packed = list_offline_questions(session, learner, now=NOON)
    assert len(packed) == 4 and all(each.prompt.question.kind != "essay" for each in packed)


# Quizzes that learners make for themselves


def test_a_quiz_draws_essays_only_when_they_are_chosen(session: Session, learner: User) -> None:
    add_facts(session, ["essay"] * 3 + ["typed"])
    attempt_id = begin_quiz(session, learner, size=50)
    assert "essay" not in {each.question.kind for each in questions_of(session, attempt_id)}
    chosen = begin_quiz(session, learner, size=50, kinds=["essay"])
    assert [each.question.kind for each in questions_of(session, chosen)] == ["essay"] * 3
    options = get_options(session, learner, "sample", now=NOON)
    assert options.questions["essay"] == 3


def essay_quiz(session: Session, learner: User, *, size: int = 2, **values: Any) -> int:
    add_facts(session, ["essay"] * size)
    return begin_quiz(session, learner, size=size, kinds=["essay"], **values)


@pytest.mark.one_database
def test_an_answer_waits_until_its_learner_marks_it(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner)
    give(session, learner, attempt_id, {1: TEXT, 2: {"give-up": "1"}})
    stored = response(session, attempt_id, 1)
    assert (stored.verdict, stored.fraction, stored.review_id) == ("unmarked", None, None)
    with pytest.raises(lifecycle.NotHandedIn):
        mark_own_answer(session, learner, attempt_id, 1, 1.0, [], now=LATER)
    hand_in(session, learner, attempt_id)
    result = results.get_result(session, learner, attempt_id, now=LATER)
    assert (result.attempt.score.marks, result.attempt.score.size, result.attempt.score.waiting) == (0, 2, 1)
    assert (len(result.waiting), len(result.wrong), result.missed, len(result.right)) == (1, 1, 1, 0)
    assert result.topics[0][1].waiting == 1
    assert [review.verdict for review in session.scalars(select(Review))] == ["unanswered"]

    mark_own_answer(session, learner, attempt_id, 1, 0.75, [0], now=LATER)
    session.commit()
    stored = response(session, attempt_id, 1)
    assert (stored.verdict, stored.fraction) == ("right", 0.75)
    assert stored.response is not None and stored.response["points"] == [0]
    review = session.get_one(Review, stored.review_id)
    assert (review.fraction, review.source, review.rating) == (0.75, "quiz", 3)
    result = results.get_result(session, learner, attempt_id, now=LATER)
    assert (result.attempt.score.marks, result.attempt.score.waiting) == (0.75, 0)
    assert (len(result.waiting), result.missed, len(result.right)) == (0, 1, 1)


@pytest.mark.one_database
def test_it_may_be_marked_again_and_the_review_stays(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=1)
    give(session, learner, attempt_id, {1: TEXT})
    hand_in(session, learner, attempt_id)
    for mark in (1.0, 0.25):
        mark_own_answer(session, learner, attempt_id, 1, mark, [], now=LATER)
        session.commit()
    assert response(session, attempt_id, 1).verdict == "wrong"
    assert session.get_one(Attempt, attempt_id).marks == 0.25
    assert [review.fraction for review in session.scalars(select(Review))] == [1.0]


def test_nobody_marks_themselves_with_the_answer(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=1)
    with pytest.raises(UnreadableResponse):
        give(session, learner, attempt_id, {1: {**TEXT, "rating": "easy"}})
    give(session, learner, attempt_id, {1: {**TEXT, "mark": "1", "point-0": "1"}})
    stored = response(session, attempt_id, 1)
    assert stored.response == {"kind": "essay", "text": TEXT["essay"], "points": [], "rating": None, "mark": None}


def test_with_feedback_at_once_it_is_marked_on_the_way(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=2, feedback=AT_ONCE)
    give(session, learner, attempt_id, {1: TEXT, 2: TEXT})
    mark_own_answer(session, learner, attempt_id, 1, 1.0, [], now=LATER)
    assert session.scalars(select(Review)).all() == []
    hand_in(session, learner, attempt_id)
    assert [review.fraction for review in session.scalars(select(Review))] == [1.0]
    assert session.get_one(Attempt, attempt_id).score.waiting == 1


def test_what_waits_is_not_missed(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=2)
    give(session, learner, attempt_id, {1: TEXT})
    hand_in(session, learner, attempt_id)
    _, waiting = results.review_missed(session, learner, attempt_id, now=LATER)
    assert waiting == 1  # the one left open


@pytest.mark.one_database
def test_only_ones_own_answers_that_need_it_are_marked(session: Session, learner: User) -> None:
    add_facts(session, ["typed"])
    attempt_id = begin_quiz(session, learner, kinds=["typed"])
    give(session, learner, attempt_id, {1: {"text": "Ob"}})
    hand_in(session, learner, attempt_id)
    for position in (1, 2, 99):
        with pytest.raises(NotFound):
            mark_own_answer(session, learner, attempt_id, position, 1.0, [], now=LATER)
    stranger = make_learner(session)
    with pytest.raises(NotFound):
        mark_own_answer(session, stranger, attempt_id, 1, 1.0, [], now=LATER)


def test_a_blank_answer_cannot_be_marked(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=1)
    give(session, learner, attempt_id, {1: {"essay": "  "}})
    hand_in(session, learner, attempt_id)
    assert response(session, attempt_id, 1).verdict == "unanswered"
    with pytest.raises(NotFound):
        mark_own_answer(session, learner, attempt_id, 1, 1.0, [], now=LATER)


# Practice


@pytest.mark.one_database
def test_in_practice_only_marked_answers_can_count(session: Session, learner: User) -> None:
    asked = add_facts(session, ["essay"] * 2)
    set_id = session.scalars(select(QuestionSet.id)).one()
    attempt = lifecycle.begin_attempt(
        session, learner, asked, set_id=set_id, purpose="practice", title="Essays", feedback=AT_ONCE, now=NOON
    )
    session.commit()
    give(session, learner, attempt.id, {1: TEXT, 2: TEXT})
    mark_own_answer(session, learner, attempt.id, 1, 0.5, [], now=LATER)
    recorded = lifecycle.record_on_request(session, learner, attempt.id, now=LATER)
    assert [each.position for each in recorded] == [1]
    mark_own_answer(session, learner, attempt.id, 2, 0.0, [], now=LATER)
    assert [review.fraction for review in session.scalars(select(Review).order_by(Review.id))] == [0.5, 0.0]
    assert lifecycle.record_on_request(session, learner, attempt.id, now=LATER) == []
