"""How a practice ends: counted or not, repeated, or with a passage to read; and what large sets cost."""

import pytest
from practice import (
    LATER,
    ORDER,
    add_events,
    add_fact,
    answer_all,
    asked,
    begin,
    board,
    everything,
    next_pair,
    press,
    right,
    rivers,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, make_learner, remember, statements

from quizapp.core.practice.groups import Scope
from quizapp.core.scheduling.scheduler import Rating
from quizapp.models import Attempt, Fact, Memory, Plan, Response, Review, User
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.lifecycle import NoQuestions, NotHandedIn
from quizapp.services.attempts.results import get_result
from quizapp.services.errors import NotFound
from quizapp.services.practice import groups
from quizapp.services.practice.rounds import begin_another, begin_missed, begin_pretest
from quizapp.services.review.today import read_today


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


# Afterwards


@pytest.mark.one_database
def test_the_answers_count_when_asked_to_and_once(session: Session, learner: User) -> None:
    practice_id = begin(session, learner, Scope.PASSAGE, "1")
    answer_all(session, learner, practice_id, wrong=(2,))
    recorded = lifecycle.record_on_request(session, learner, practice_id, now=LATER)
    assert [question.remembered for question in recorded] == [True, False, True]
    reviews = session.scalars(select(Review).order_by(Review.id)).all()
    assert [one.source for one in reviews] == ["practice"] * 3
    assert sorted(one.rating for one in reviews) == [Rating.AGAIN, Rating.GOOD, Rating.GOOD]
    assert session.scalars(select(func.count()).select_from(Memory)).one() == 3
    today = read_today(session, learner, now=LATER)
    assert today and today.answers == 3
    before = everything(session)
    assert lifecycle.record_on_request(session, learner, practice_id, now=LATER) == []
    assert everything(session) == before
    assert get_result(session, learner, practice_id, now=LATER).recorded == 3


@pytest.mark.one_database
def test_nothing_counts_before_the_end_and_guesses_never(session: Session, learner: User) -> None:
    practice_id = begin(session, learner)
    item = asked(session, learner, practice_id)[0]
    lifecycle.answer_question(session, learner, practice_id, 1, right(item), ms=None, confidence=None, now=LATER)
    guessing = begin_pretest(session, learner, rivers(session, learner), 1, now=NOON).id
    answer_all(session, learner, guessing)
    before = everything(session)
    with pytest.raises(NotHandedIn):
        lifecycle.record_on_request(session, learner, practice_id, now=LATER)
    for action in (begin_missed, begin_another):
        with pytest.raises(NotFound):
            action(session, learner, guessing, now=LATER)
    with pytest.raises(NotFound):
        lifecycle.record_on_request(session, learner, guessing, now=LATER)
    assert everything(session) == before


@pytest.mark.one_database
def test_what_was_not_right_can_be_practised_again(session: Session, learner: User) -> None:
    practice_id = begin(session, learner, Scope.PASSAGE, "1")
    with pytest.raises(NotHandedIn):
        begin_missed(session, learner, practice_id, now=LATER)
    answer_all(session, learner, practice_id, wrong=(1, 3))
    missed = [item.fact.id for item in get_result(session, learner, practice_id, now=LATER).wrong]
    again = begin_missed(session, learner, practice_id, now=LATER).id
    assert [item.fact.id for item in asked(session, learner, again)] == missed
    answer_all(session, learner, again, wrong=(2,))
    third = begin_missed(session, learner, again, now=LATER).id
    assert [item.fact.id for item in asked(session, learner, third)] == missed[1:]
    assert session.get_one(Attempt, third).title == "Again: ¶ 1 Sources"
    fourth = begin_another(session, learner, third, now=LATER).id
    assert [item.fact.id for item in asked(session, learner, fourth)] == missed[1:]
    answer_all(session, learner, fourth)
    with pytest.raises(NoQuestions):
        begin_missed(session, learner, fourth, now=LATER)


@pytest.mark.one_database
def test_another_like_it_asks_of_the_same_group(session: Session, learner: User) -> None:
    for number in range(30):
        add_fact(session, f"more-{number}", topic="actors")
    practice_id = begin(session, learner, size=5)
    another = begin_another(session, learner, practice_id, now=LATER).id
    first, second = ({item.fact.id for item in asked(session, learner, one)} for one in (practice_id, another))
    assert len(first) == len(second) == 5 and first != second
    about = session.get_one(Attempt, another).about
    assert about == {"scope": "topic", "value": "actors", "topics": [], "kinds": [], "size": 5}


# Before reading


def test_guessing_asks_a_few_easy_questions_of_the_passage(session: Session, learner: User) -> None:
    met = session.scalars(select(Fact.id).order_by(Fact.id)).all()
    for fact_id in met:
        remember(session, learner, fact_id, stability=50.0)
    unmet = [add_fact(session, f"more-{number}", passages=[1]).id for number in range(4)]
    add_fact(session, "elsewhere", passages=[2])
    card = add_fact(session, "card", {"kind": "flashcard", "answer": "A card."}, passages=[1])
    practice_id = begin_pretest(session, learner, rivers(session, learner), 1, now=NOON).id
    items = asked(session, learner, practice_id)
    assert len(items) == 5
    assert {item.fact.id for item in items[:4]} == set(unmet)
    assert items[4].fact.id in met and items[4].question.kind in ("choice", "true_false")
    assert card.id not in {item.fact.id for item in items}


@pytest.mark.one_database
def test_guessing_ends_with_the_passage_and_is_not_scored(session: Session, learner: User) -> None:
    practice_id = begin_pretest(session, learner, rivers(session, learner), 2, now=NOON).id
    answer_all(session, learner, practice_id)
    result = get_result(session, learner, practice_id, now=LATER)
    assert (result.attempt.purpose, result.attempt.about["value"]) == ("pretest", "2")
    assert result.question_set.key == "sample"


def test_a_passage_without_anything_to_guess_at(session: Session, learner: User) -> None:
    found = rivers(session, learner)
    for unknown in (0, 3, 999):
        with pytest.raises(NotFound):
            begin_pretest(session, learner, found, unknown, now=NOON)
    for fact in session.scalars(select(Fact).where(Fact.key == "nile-date")):
        fact.passages = [1]
    session.flush()
    with pytest.raises(NoQuestions):
        begin_pretest(session, learner, found, 2, now=NOON)


# The size of things


@pytest.mark.one_database
def test_the_number_of_statements_does_not_grow(session: Session, learner: User) -> None:
    events = add_events(session, 8)

    def cost(one: Fact, other: Fact) -> list[int]:
        found = rivers(session, learner)
        practice_id = begin(session, learner, value="dates", size=20)
        lifecycle.hand_in_attempt(session, learner, begin(session, learner, value="dates", size=20), now=NOON)
        over = session.scalars(select(func.max(Attempt.id))).one()
        return [
            statements(session, lambda: groups.get_options(session, learner, found, now=NOON)),
            statements(session, lambda: begin(session, learner, value="dates", size=20)),
            statements(session, lambda: begin_pretest(session, learner, found, 1, now=NOON)),
            statements(session, lambda: lifecycle.show_attempt(session, learner, practice_id, position=1, now=NOON)),
            statements(session, lambda: get_result(session, learner, over, now=LATER)),
            statements(session, lambda: next_pair(session, learner)),
            statements(session, lambda: press(session, learner, one.id, other.id, one.id)),
            statements(session, lambda: board(session, learner)),
        ]

    before = cost(events[0], events[1])
    for n in range(20):
        fact = add_fact(session, f"more-{n}", ORDER, passages=[1], actors=["speke"], date=f"{1500 + n}-01-01")
        remember(session, learner, fact.id, stability=5.0)
        version_id = fact.questions[0].versions[0].id
        attempt = lifecycle.begin_attempt(
            session, learner, [(fact.id, version_id)], set_id=fact.set_id, purpose="practice", title="",
            feedback="at-once", now=NOON,
        )  # fmt: skip
        answered = session.get_one(Response, (attempt.id, 1))
        answered.at, answered.fraction = NOON, 0.5
        answered.response = {"kind": "ordering", "places": [2, 1, 3, 4, 5]}
    session.flush()
    after = cost(events[2], events[3])
    assert after[5] <= before[5]  # a pair of one's own needs no timeline
    assert after[:5] + after[6:] == before[:5] + before[6:]
    assert max(before) <= 13


def test_a_plan_is_not_needed_to_find_the_set(session: Session, learner: User) -> None:
    session.delete(session.scalars(select(Plan)).one())
    session.flush()
    found = groups.find_set(session, learner, None)
    assert found and found.key == "sample"
