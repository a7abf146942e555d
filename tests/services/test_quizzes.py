"""Quizzes as their learner makes, takes and looks back at them."""

from datetime import timedelta

import pytest
from quizzing import LATER, add_facts, attempt_items, begin_quiz, give, hand_in, rightly
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from studying import NOON, make_learner, statements

from quizapp.core.quizzes import Score
from quizapp.models import Attempt, Fact, Question, QuestionSet, Quiz, Review, User
from quizapp.models import Response as Row
from quizapp.services import quizzes
from quizapp.services.errors import NotFound
from quizapp.services.quizzes import AT_ONCE, AttemptOver, NoQuestions, StillRunning


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def facts_of(session: Session, attempt_id: int) -> set[int]:
    return set(session.scalars(select(Row.fact_id).where(Row.attempt_id == attempt_id)))


def sit(session: Session, learner: User, attempt_id: int, right: int) -> None:
    """Answer so many questions rightly and hand in."""
    items = attempt_items(session, attempt_id)
    give(session, learner, attempt_id, {item.position: rightly(item) for item in items[:right]})
    hand_in(session, learner, attempt_id)


def quiz_of(session: Session, attempt_id: int) -> Quiz:
    return session.get_one(Quiz, session.get_one(Attempt, attempt_id).quiz_id)


# Making


def test_it_works(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 12)
    attempt_id = begin_quiz(session, learner, size=10)
    sit(session, learner, attempt_id, right=7)
    result = quizzes.result(session, learner, attempt_id)
    assert (result.score.size, result.missed) == (10, 3)
    assert result.score.marks == 7
    assert len(facts_of(session, attempt_id)) == 10


def test_what_is_on_offer_is_what_can_be_marked(session: Session, learner: User) -> None:
    add_facts(session, ["flashcard", "date"], topic="actors")
    offer = quizzes.offer(session, learner, "sample")
    assert offer.topics == {"dates": "Dates", "actors": "Actors"}
    assert offer.facts == {"dates": 1, "actors": 3}
    assert offer.questions == {"choice": 2, "cloze": 1, "typed": 1, "true_false": 1, "date": 2}
    with pytest.raises(NotFound):
        quizzes.offer(session, learner, "nowhere")


def test_topics_and_kinds_are_kept_to(session: Session, learner: User) -> None:
    wanted = add_facts(session, ["typed"] * 4, topic="actors")
    add_facts(session, ["date"] * 4, topic="actors", first=200)
    add_facts(session, ["typed"] * 4, topic="dates", first=300)
    attempt_id = begin_quiz(session, learner, topics=["actors"], kinds=["typed"])
    source = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    assert facts_of(session, attempt_id) == {source, *(fact_id for fact_id, _ in wanted)}


def test_it_has_as_many_questions_as_there_are(session: Session, learner: User) -> None:
    set_id = session.scalars(select(QuestionSet.id)).one()
    wanted = quizzes.Wanted("All", [], [], 30, None, AT_ONCE)
    begun = quizzes.make(session, learner, set_id, wanted, now=NOON)
    assert (begun.size, begun.missing) == (3, 27)
    assert quiz_of(session, begun.attempt_id).size == 3


def test_without_a_question_there_is_no_quiz(session: Session, learner: User) -> None:
    set_id = session.scalars(select(QuestionSet.id)).one()
    with pytest.raises(NoQuestions):
        quizzes.make(session, learner, set_id, quizzes.Wanted("x", ["dates"], ["typed"], 5, None, AT_ONCE), now=NOON)


def test_what_was_archived_or_rewritten_is_not_asked(session: Session, learner: User) -> None:
    session.execute(Fact.__table__.update().where(Fact.key == "nile-date").values(archived_at=NOON))  # type: ignore[attr-defined]
    archived = select(Question.id).where(Question.key.in_(["nile-source-choice", "nile-source-typed"]))
    session.execute(Question.__table__.update().where(Question.id.in_(archived)).values(archived_at=NOON))  # type: ignore[attr-defined]
    items = attempt_items(session, begin_quiz(session, learner))
    assert {item.question.key for item in items} == {"nile-source-cloze", "nile-quarrel-tf"}


def test_making_one_from_ten_thousand_facts_takes_no_more_statements(session: Session, learner: User) -> None:
    few = statements(session, lambda: begin_quiz(session, learner, size=3))
    add_facts(session, ["typed"] * 300)
    many = statements(session, lambda: begin_quiz(session, learner, size=50))
    assert many == few <= 8
    assert statements(session, lambda: quizzes.offer(session, learner, "sample")) == 2


# Taking again


def test_taken_again_it_asks_what_it_did_not_ask_before(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 21)  # with the sample's three: 24
    first = begin_quiz(session, learner, size=12)
    sit(session, learner, first, right=3)
    second = quizzes.take(session, learner, quiz_of(session, first).id, now=LATER).attempt_id
    assert second != first
    assert not facts_of(session, first) & facts_of(session, second)


def test_one_that_is_running_goes_on(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    quiz_id = quiz_of(session, attempt_id).id
    assert quizzes.take(session, learner, quiz_id, now=LATER).attempt_id == attempt_id


def test_one_whose_time_ran_out_is_handed_in_before_the_next_begins(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner, minutes=10)
    quiz_id = quiz_of(session, attempt_id).id
    begun = quizzes.take(session, learner, quiz_id, now=NOON + timedelta(hours=1))
    assert begun.attempt_id != attempt_id
    assert session.get_one(Attempt, attempt_id).finished_at == NOON + timedelta(minutes=10)


def test_one_put_away_keeps_its_results_and_comes_back(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    sit(session, learner, attempt_id, right=1)
    quiz_id = quiz_of(session, attempt_id).id
    quizzes.archive(session, learner, quiz_id, now=NOON)
    shelf = quizzes.shelf(session, learner, page=1, now=LATER)
    assert ([], [quiz_id]) == (shelf.quizzes, [listed.quiz.id for listed in shelf.archived])
    assert [sat.attempt_id for sat in shelf.history] == [attempt_id]
    assert not quizzes.result(session, learner, attempt_id).can_retake
    with pytest.raises(NotFound):
        quizzes.take(session, learner, quiz_id, now=LATER)
    quizzes.restore(session, learner, quiz_id)
    assert [listed.quiz.id for listed in quizzes.shelf(session, learner, page=1, now=LATER).quizzes] == [quiz_id]


# Somebody else's


def test_a_stranger_reaches_nothing(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    quiz_id = quiz_of(session, attempt_id).id
    stranger = make_learner(session)
    for forbidden in (
        lambda: quizzes.take(session, stranger, quiz_id, now=NOON),
        lambda: quizzes.archive(session, stranger, quiz_id, now=NOON),
        lambda: quizzes.restore(session, stranger, quiz_id),
        lambda: quizzes.sitting(session, stranger, attempt_id, now=NOON),
        lambda: quizzes.answer(session, stranger, attempt_id, 1, {}, ms=None, confidence=None, now=NOON),
        lambda: quizzes.hand_in(session, stranger, attempt_id, now=NOON),
        lambda: quizzes.settle(session, stranger, [attempt_id], now=NOON),
        lambda: quizzes.result(session, stranger, attempt_id),
        lambda: quizzes.ask_today(session, stranger, attempt_id, now=NOON),
    ):
        with pytest.raises(NotFound):
            forbidden()
    shelf = quizzes.shelf(session, stranger, page=1, now=NOON)
    assert shelf.running == shelf.quizzes == shelf.archived == shelf.history == []


# The list


def test_the_list_shows_what_runs_the_last_and_the_best_result(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 9)
    first = begin_quiz(session, learner, size=10, topics=["dates"], minutes=10)
    quiz_id = quiz_of(session, first).id
    for right in (4, 8, 6):
        sit(session, learner, quizzes.take(session, learner, quiz_id, now=NOON).attempt_id, right)
    running = quizzes.take(session, learner, quiz_id, now=NOON).attempt_id
    give(session, learner, running, {1: {"give-up": "1"}})
    shelf = quizzes.shelf(session, learner, page=1, now=NOON + timedelta(minutes=3))
    (listed,) = shelf.quizzes
    assert (listed.last, listed.best, listed.sittings) == (Score(6.0, 10), 0.8, 3)
    assert (listed.topics, listed.set_title, listed.running) == (["Dates"], "Three rivers", running)
    (attempt,) = shelf.running
    assert (attempt.answered, attempt.size, attempt.left, attempt.over) == (1, 10, timedelta(minutes=7), False)
    assert [sat.score.marks for sat in shelf.history] == [6, 8, 4]


def test_history_comes_in_pages_the_newest_first(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    quiz_id = quiz_of(session, attempt_id).id
    taken = []
    for _ in range(23):
        taken.append(quizzes.take(session, learner, quiz_id, now=NOON).attempt_id)
        hand_in(session, learner, taken[-1])
    first, second = (quizzes.shelf(session, learner, page=page, now=NOON) for page in (1, 2))
    assert [sat.attempt_id for sat in [*first.history, *second.history]] == taken[::-1]
    assert (len(first.history), first.has_older, second.has_older) == (20, True, False)
    for page in (0, -1, 10**12):
        with pytest.raises(NotFound):
            quizzes.shelf(session, learner, page=page, now=NOON)


def test_the_list_costs_the_same_however_long_it_is(session: Session, learner: User) -> None:
    for _ in range(5):
        attempt_id = begin_quiz(session, learner)
    hand_in(session, learner, attempt_id)
    assert statements(session, lambda: quizzes.shelf(session, learner, page=1, now=NOON)) == 4


# Sitting it


def test_an_attempt_is_found_as_it_was_left(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 3)
    attempt_id = begin_quiz(session, learner)
    give(session, learner, attempt_id, {2: {"give-up": "1"}, 4: {"give-up": "1"}})
    sitting = quizzes.sitting(session, learner, attempt_id, position=2, now=LATER)
    assert sitting.unanswered == [1, 3, 5, 6]
    assert sitting.item is not None and sitting.item.answered
    assert statements(session, lambda: quizzes.sitting(session, learner, attempt_id, position=2, now=LATER)) <= 3


def test_told_at_the_end_answers_are_reviews_once_handed_in(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    give(session, learner, attempt_id, {1: {"give-up": "1"}})
    assert session.scalar(select(func.count()).select_from(Review)) == 0
    hand_in(session, learner, attempt_id)
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    with pytest.raises(AttemptOver):
        quizzes.hand_in(session, learner, attempt_id, now=LATER)
    assert session.scalar(select(func.count()).select_from(Review)) == 1


def test_told_at_once_each_answer_is_a_review_at_once(session: Session, learner: User) -> None:
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


def test_left_alone_it_is_handed_in_as_of_the_end_of_its_time(session: Session, learner: User) -> None:
    attempt_id, untimed = begin_quiz(session, learner, minutes=10), begin_quiz(session, learner)
    give(session, learner, attempt_id, {1: {"give-up": "1"}}, now=LATER)
    tomorrow = NOON + timedelta(days=1)
    with pytest.raises(AttemptOver):
        quizzes.sitting(session, learner, attempt_id, now=tomorrow)
    quizzes.settle(session, learner, [attempt_id, untimed], now=LATER)
    assert session.get_one(Attempt, attempt_id).finished_at is None
    for _ in range(2):
        quizzes.settle(session, learner, [attempt_id, untimed], now=tomorrow)
        assert session.get_one(Attempt, attempt_id).finished_at == NOON + timedelta(minutes=10)
    assert session.get_one(Attempt, untimed).finished_at is None
    assert [one.at for one in session.scalars(select(Review))] == [LATER]


def test_handing_in_costs_a_handful_for_each_question(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 60)
    attempt_id = begin_quiz(session, learner, size=50)
    give(session, learner, attempt_id, {position: {"give-up": "1"} for position in range(1, 51)})
    assert statements(session, lambda: hand_in(session, learner, attempt_id)) <= 4 * 50 + 8


# The result


def test_the_result_goes_by_topic_and_shows_every_question_with_its_key(session: Session, learner: User) -> None:
    add_facts(session, ["typed", "cloze"], topic="actors")
    add_facts(session, ["number"], topic="dates", first=200)
    attempt_id = begin_quiz(session, learner, kinds=["cloze", "number"])
    answers = {}
    for item in attempt_items(session, attempt_id):
        match item.fact_key:
            case "actors-101":
                answers[item.position] = {"gap-0": "Ob"}
            case "dates-200":
                answers[item.position] = rightly(item)
    give(session, learner, attempt_id, answers)
    hand_in(session, learner, attempt_id)
    result = quizzes.result(session, learner, attempt_id)
    assert [(topic["key"], score) for topic, score in result.topics] == [
        ("dates", Score(1.0, 1)), ("actors", Score(0.5, 2)),
    ]  # fmt: skip
    by_key = {marked.item.fact_key: marked for marked in result.questions}
    untouched, half, right = by_key["nile-source"], by_key["actors-101"], by_key["dates-200"]
    assert untouched.item.grade is not None
    assert (untouched.answered, untouched.right, untouched.item.grade.key) == (False, False, "John Speke")
    assert (half.answered, half.right) == (True, False)
    assert right.right
    assert (result.score.marks, result.missed, result.answering) == (1.5, 2, timedelta(seconds=10))
    assert statements(session, lambda: quizzes.result(session, learner, attempt_id)) <= 4


def test_the_result_stands_beside_the_earlier_ones(session: Session, learner: User) -> None:
    first = begin_quiz(session, learner)
    other = begin_quiz(session, learner)
    sit(session, learner, first, right=1)
    sit(session, learner, other, right=0)
    second = quizzes.take(session, learner, quiz_of(session, first).id, now=NOON).attempt_id
    sit(session, learner, second, right=3)
    assert [sat.attempt_id for sat in quizzes.result(session, learner, second).earlier] == [first]
    assert quizzes.result(session, learner, first).earlier == []


def test_there_is_no_result_while_it_goes_on(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    with pytest.raises(StillRunning):
        quizzes.result(session, learner, attempt_id)
    with pytest.raises(StillRunning):
        quizzes.ask_today(session, learner, attempt_id, now=NOON)
