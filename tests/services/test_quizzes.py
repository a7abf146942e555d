"""Quizzes that learners make for themselves: created, taken, listed, and their results."""

from datetime import datetime, timedelta

import pytest
from attempts import LATER, add_facts, begin_quiz, give, hand_in, questions_of, right_answer
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, make_learner, statements

from quizapp.core.attempts import AT_ONCE, Score
from quizapp.models import Attempt, Fact, Question, QuestionSet, Quiz, Review, User
from quizapp.models import Response as ResponseRow
from quizapp.services import quizzes
from quizapp.services.attempts import lifecycle, results
from quizapp.services.attempts.lifecycle import AttemptOver, NoQuestions, NotHandedIn, expire_attempt
from quizapp.services.errors import NotFound


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


VALUES = {"title": "All", "topics": [], "kinds": [], "size": 5, "minutes": None, "feedback": AT_ONCE}


def facts_of(session: Session, attempt_id: int) -> set[int]:
    return set(session.scalars(select(ResponseRow.fact_id).where(ResponseRow.attempt_id == attempt_id)))


def take(session: Session, learner: User, attempt_id: int, right: int) -> None:
    """Answer so many questions rightly and hand in."""
    items = questions_of(session, attempt_id)
    give(session, learner, attempt_id, {item.position: right_answer(item) for item in items[:right]})
    hand_in(session, learner, attempt_id)


def quiz_of(session: Session, attempt_id: int) -> Quiz:
    return session.get_one(Quiz, session.get_one(Attempt, attempt_id).quiz_id)


# Making


@pytest.mark.one_database
def test_it_works(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 12)
    attempt_id = begin_quiz(session, learner, size=10)
    take(session, learner, attempt_id, right=7)
    result = results.get_result(session, learner, attempt_id, now=LATER)
    assert (result.attempt.size, result.missed) == (10, 3)
    assert result.attempt.marks == 7
    assert len(facts_of(session, attempt_id)) == 10


def test_what_is_on_offer_is_what_can_be_marked(session: Session, learner: User) -> None:
    add_facts(session, ["flashcard", "date"], topic="actors")
    options = quizzes.get_options(session, learner, "sample", now=NOON)
    assert options.topics == {"dates": "Dates", "actors": "Actors"}
    assert options.facts == {"dates": 1, "actors": 3}
    assert options.questions == {"choice": 2, "cloze": 1, "typed": 1, "true_false": 1, "date": 2}
    with pytest.raises(NotFound):
        quizzes.get_options(session, learner, "nowhere", now=NOON)


def test_topics_and_kinds_are_kept_to(session: Session, learner: User) -> None:
    wanted = add_facts(session, ["typed"] * 4, topic="actors")
    add_facts(session, ["date"] * 4, topic="actors", first=200)
    add_facts(session, ["typed"] * 4, topic="dates", first=300)
    attempt_id = begin_quiz(session, learner, topics=["actors"], kinds=["typed"])
    source = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    assert facts_of(session, attempt_id) == {source, *(fact_id for fact_id, _ in wanted)}


def test_it_has_as_many_questions_as_there_are(session: Session, learner: User) -> None:
    set_id = session.scalars(select(QuestionSet.id)).one()
    attempt, missing = quizzes.create_quiz(session, learner, set_id, {**VALUES, "size": 30}, now=NOON)
    assert (attempt.size, missing) == (3, 27)
    assert quiz_of(session, attempt.id).size == 3


def test_without_a_question_there_is_no_quiz(session: Session, learner: User) -> None:
    set_id = session.scalars(select(QuestionSet.id)).one()
    with pytest.raises(NoQuestions):
        quizzes.create_quiz(session, learner, set_id, {**VALUES, "topics": ["dates"], "kinds": ["typed"]}, now=NOON)


def test_what_was_archived_or_rewritten_is_not_asked(session: Session, learner: User) -> None:
    session.execute(Fact.__table__.update().where(Fact.key == "nile-date").values(archived_at=NOON))  # type: ignore[attr-defined]
    archived = select(Question.id).where(Question.key.in_(["nile-source-choice", "nile-source-typed"]))
    session.execute(Question.__table__.update().where(Question.id.in_(archived)).values(archived_at=NOON))  # type: ignore[attr-defined]
    items = questions_of(session, begin_quiz(session, learner))
    assert {item.question.key for item in items} == {"nile-source-cloze", "nile-quarrel-tf"}


def test_making_one_from_ten_thousand_facts_takes_no_more_statements(session: Session, learner: User) -> None:
    few = statements(session, lambda: begin_quiz(session, learner, size=3))
    add_facts(session, ["typed"] * 300)
    many = statements(session, lambda: begin_quiz(session, learner, size=50))
    assert many == few <= 8
    assert statements(session, lambda: quizzes.get_options(session, learner, "sample", now=NOON)) == 2


# Taking again


def test_taken_again_it_asks_what_it_did_not_ask_before(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 21)  # with the sample's three: 24
    first = begin_quiz(session, learner, size=12)
    take(session, learner, first, right=3)
    second = quizzes.begin_quiz(session, learner, quiz_of(session, first).id, now=LATER)[0].id
    assert second != first
    assert not facts_of(session, first) & facts_of(session, second)


def test_a_running_attempt_continues(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    quiz_id = quiz_of(session, attempt_id).id
    assert quizzes.begin_quiz(session, learner, quiz_id, now=LATER)[0].id == attempt_id


def test_one_whose_time_ran_out_is_handed_in_before_the_next_begins(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner, minutes=10)
    quiz_id = quiz_of(session, attempt_id).id
    begun, _ = quizzes.begin_quiz(session, learner, quiz_id, now=NOON + timedelta(hours=1))
    assert begun.id != attempt_id
    assert session.get_one(Attempt, attempt_id).finished_at == NOON + timedelta(minutes=10)


def test_an_archived_quiz_keeps_its_results_and_can_be_restored(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    take(session, learner, attempt_id, right=1)
    quiz_id = quiz_of(session, attempt_id).id
    quizzes.archive_quiz(session, learner, quiz_id, now=NOON)
    found = quizzes.list_quizzes(session, learner, page=1)
    assert ([], [quiz_id]) == (found.quizzes, [listed.quiz.id for listed in found.archived])
    assert [attempt.id for attempt in found.history] == [attempt_id]
    quiz = results.get_result(session, learner, attempt_id, now=LATER).quiz
    assert quiz and quiz.archived_at == NOON
    with pytest.raises(NotFound):
        quizzes.begin_quiz(session, learner, quiz_id, now=LATER)
    quizzes.restore_quiz(session, learner, quiz_id)
    assert [listed.quiz.id for listed in quizzes.list_quizzes(session, learner, page=1).quizzes] == [quiz_id]


# Somebody else's


@pytest.mark.one_database
def test_a_stranger_reaches_nothing(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    quiz_id = quiz_of(session, attempt_id).id
    stranger = make_learner(session)
    for forbidden in (
        lambda: quizzes.begin_quiz(session, stranger, quiz_id, now=NOON),
        lambda: quizzes.archive_quiz(session, stranger, quiz_id, now=NOON),
        lambda: quizzes.restore_quiz(session, stranger, quiz_id),
        lambda: lifecycle.show_attempt(session, stranger, attempt_id, now=NOON),
        lambda: lifecycle.answer_question(session, stranger, attempt_id, 1, {}, ms=None, confidence=None, now=NOON),
        lambda: lifecycle.hand_in_attempt(session, stranger, attempt_id, now=NOON),
        lambda: expire_attempt(session, stranger, attempt_id, now=NOON),
        lambda: results.get_result(session, stranger, attempt_id, now=LATER),
        lambda: results.review_missed(session, stranger, attempt_id, now=NOON),
    ):
        with pytest.raises(NotFound):
            forbidden()
    found = quizzes.list_quizzes(session, stranger, page=1)
    assert found.running == found.quizzes == found.archived == found.history == []


# The list


@pytest.mark.one_database
def test_the_list_shows_what_runs_the_last_and_the_best_result(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 9)
    first = begin_quiz(session, learner, size=10, topics=["dates"], minutes=10)
    quiz_id = quiz_of(session, first).id
    for right in (4, 8, 6):
        take(session, learner, quizzes.begin_quiz(session, learner, quiz_id, now=NOON)[0].id, right)
    running = quizzes.begin_quiz(session, learner, quiz_id, now=NOON)[0].id
    give(session, learner, running, {1: {"give-up": "1"}})
    found = quizzes.list_quizzes(session, learner, page=1)
    (listed,) = found.quizzes
    assert (listed.last, listed.best, listed.attempts) == (Score(6.0, 10), 0.8, 3)
    assert (listed.topics, listed.set_title, listed.running) == (["Dates"], "Three rivers", running)
    ((attempt, answered),) = found.running
    assert (answered, attempt.size, attempt.deadline) == (1, 10, NOON + timedelta(minutes=10))
    assert [attempt.marks for attempt in found.history] == [6, 8, 4]


@pytest.mark.one_database
def test_history_comes_in_pages_the_newest_first(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    quiz_id = quiz_of(session, attempt_id).id
    taken = []
    for _ in range(23):
        taken.append(quizzes.begin_quiz(session, learner, quiz_id, now=NOON)[0].id)
        hand_in(session, learner, taken[-1])
    first, second = (quizzes.list_quizzes(session, learner, page=page) for page in (1, 2))
    assert [attempt.id for attempt in [*first.history, *second.history]] == taken[::-1]
    assert (len(first.history), first.has_older, second.has_older) == (20, True, False)
    for page in (0, -1, 10**12):
        with pytest.raises(NotFound):
            quizzes.list_quizzes(session, learner, page=page)


def test_the_list_costs_the_same_however_long_it_is(session: Session, learner: User) -> None:
    for _ in range(5):
        attempt_id = begin_quiz(session, learner)
    hand_in(session, learner, attempt_id)
    assert statements(session, lambda: quizzes.list_quizzes(session, learner, page=1)) == 4


# Taking it


@pytest.mark.one_database
def test_an_attempt_is_found_as_it_was_left(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 3)
    attempt_id = begin_quiz(session, learner)
    give(session, learner, attempt_id, {2: {"give-up": "1"}, 4: {"give-up": "1"}})
    summary = lifecycle.show_attempt(session, learner, attempt_id, position=2, now=LATER)
    assert summary.unanswered == [1, 3, 5, 6]
    assert summary.question is not None and summary.question.answered
    assert statements(session, lambda: lifecycle.show_attempt(session, learner, attempt_id, position=2, now=LATER)) <= 3


def test_with_feedback_at_the_end_answers_are_reviews_once_handed_in(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    give(session, learner, attempt_id, {1: {"give-up": "1"}})
    assert session.scalar(select(func.count()).select_from(Review)) == 0
    hand_in(session, learner, attempt_id)
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    with pytest.raises(AttemptOver):
        lifecycle.hand_in_attempt(session, learner, attempt_id, now=LATER)
    assert session.scalar(select(func.count()).select_from(Review)) == 1


def test_with_feedback_at_once_each_answer_is_a_review_at_once(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner, feedback=AT_ONCE)
    give(session, learner, attempt_id, {1: {"give-up": "1"}})
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    give(session, learner, attempt_id, {2: {"give-up": "1"}})
    hand_in(session, learner, attempt_id)
    assert session.scalar(select(func.count()).select_from(Review)) == 2


def test_an_answer_that_comes_just_as_the_time_is_up_counts_and_hands_in(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner, minutes=10)
    end = NOON + timedelta(minutes=10)
    give(session, learner, attempt_id, {1: {"give-up": "1"}}, now=end + timedelta(seconds=2))
    assert session.get_one(Attempt, attempt_id).finished_at == end
    assert session.scalar(select(func.count()).select_from(Review)) == 1


@pytest.mark.one_database
def test_left_alone_it_is_handed_in_as_of_the_end_of_its_time(session: Session, learner: User) -> None:
    attempt_id, untimed = begin_quiz(session, learner, minutes=10), begin_quiz(session, learner)
    give(session, learner, attempt_id, {1: {"give-up": "1"}}, now=LATER)
    tomorrow = NOON + timedelta(days=1)

    def expire_both(now: datetime) -> None:
        for each in (attempt_id, untimed):
            expire_attempt(session, learner, each, now=now)

    with pytest.raises(AttemptOver):
        lifecycle.show_attempt(session, learner, attempt_id, now=tomorrow)
    expire_both(LATER)
    assert session.get_one(Attempt, attempt_id).finished_at is None
    for _ in range(2):
        expire_both(tomorrow)
        assert session.get_one(Attempt, attempt_id).finished_at == NOON + timedelta(minutes=10)
    assert session.get_one(Attempt, untimed).finished_at is None
    assert [one.at for one in session.scalars(select(Review))] == [LATER]


@pytest.mark.one_database
def test_handing_in_costs_a_handful_for_each_question(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 60)
    attempt_id = begin_quiz(session, learner, size=50)
    give(session, learner, attempt_id, {position: {"give-up": "1"} for position in range(1, 51)})
    assert statements(session, lambda: hand_in(session, learner, attempt_id)) <= 4 * 50 + 8


# The result


@pytest.mark.one_database
def test_the_result_goes_by_topic_and_shows_every_question_with_its_key(session: Session, learner: User) -> None:
    add_facts(session, ["typed", "cloze"], topic="actors")
    add_facts(session, ["number"], topic="dates", first=200)
    attempt_id = begin_quiz(session, learner, kinds=["cloze", "number"])
    answers = {}
    for item in questions_of(session, attempt_id):
        match item.fact.key:
            case "actors-101":
                answers[item.position] = {"gap-0": "Ob"}
            case "dates-200":
                answers[item.position] = right_answer(item)
    give(session, learner, attempt_id, answers)
    hand_in(session, learner, attempt_id)
    result = results.get_result(session, learner, attempt_id, now=LATER)
    assert [(topic["key"], score) for topic, score in result.topics] == [
        ("dates", Score(1.0, 1)), ("actors", Score(0.5, 2)),
    ]  # fmt: skip
    by_key = {question.fact.key: question for question in result.questions}
    untouched, half, right = by_key["nile-source"], by_key["actors-101"], by_key["dates-200"]
    assert untouched.grade is not None
    assert (untouched.answered, untouched.remembered, untouched.grade.key) == (False, False, "John Speke")
    assert (half.answered, half.remembered) == (True, False)
    assert right.remembered
    assert (result.attempt.marks, result.missed, result.answering_time) == (1.5, 2, timedelta(seconds=10))
    assert statements(session, lambda: results.get_result(session, learner, attempt_id, now=LATER)) <= 4


@pytest.mark.one_database
def test_the_result_stands_beside_the_earlier_ones(session: Session, learner: User) -> None:
    first = begin_quiz(session, learner)
    other = begin_quiz(session, learner)
    take(session, learner, first, right=1)
    take(session, learner, other, right=0)
    second = quizzes.begin_quiz(session, learner, quiz_of(session, first).id, now=NOON)[0].id
    take(session, learner, second, right=3)
    assert [attempt.id for attempt in results.get_result(session, learner, second, now=LATER).earlier] == [first]
    assert results.get_result(session, learner, first, now=LATER).earlier == []


def test_there_is_no_result_before_it_is_handed_in(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    with pytest.raises(NotHandedIn):
        results.get_result(session, learner, attempt_id, now=LATER)
    with pytest.raises(NotHandedIn):
        results.review_missed(session, learner, attempt_id, now=NOON)
