"""The games of practice through the services: boards and best times, and which of two came first."""

from datetime import datetime, timedelta

import pytest
from practice import LATER, ORDER, add_events, add_fact, begin, board, next_pair, press, rivers
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, ask, make_learner

from quizapp.models import Attempt, Comparison, Fact, MatchGame, QuestionSet, QuestionVersion, Review, User
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.questions import get_question
from quizapp.services.errors import NotFound
from quizapp.services.practice import comparisons, groups, match_game
from quizapp.services.review import answers


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


# The match game


def play(session: Session, learner: User, *, ms: int, slips: int = 0, number: int | None = None) -> int:
    set_id = rivers(session, learner).id
    number = board(session, learner).number if number is None else number
    return match_game.save_game(session, learner, set_id, about="dates", number=number, ms=ms, slips=slips, now=NOON)


def test_a_reload_deals_the_same_board_and_a_game_the_next(session: Session, learner: User) -> None:
    add_events(session)
    first = board(session, learner)
    assert first.board and board(session, learner) == first
    play(session, learner, ms=21_400)
    second = board(session, learner)
    assert second.board != first.board and second.number == 1
    assert board(session, learner, number=0).board == first.board


def test_the_best_time_is_ones_own(session: Session, learner: User) -> None:
    add_events(session)
    other = make_learner(session)
    play(session, other, ms=5000)
    assert board(session, learner).best is None
    games = [play(session, learner, ms=ms) for ms in (30_000, 21_400, 25_000)]
    told = [match_game.get_game_result(session, learner, game_id)[0] for game_id in games]
    assert [(won.before, won.is_best) for won in told] == [(None, True), (30_000, True), (21_400, False)]
    assert board(session, learner).best == 21_400
    options = groups.get_options(session, learner, rivers(session, learner), now=NOON)
    assert {game.about: (game.possible, game.best) for game in options.games}["dates"] == (True, 21_400)
    with pytest.raises(NotFound):
        match_game.get_game_result(session, other, games[0])


@pytest.mark.parametrize(
    ("ms", "slips", "number"),
    [(100, 0, 0), (-1, 0, 0), (10**9, 0, 0), (20_000, -1, 0), (5000, 60, 0), (20_000, 0, -1)],
)
def test_a_game_nobody_played_is_refused(session: Session, learner: User, ms: int, slips: int, number: int) -> None:
    with pytest.raises(match_game.ImplausibleGame):
        play(session, learner, ms=ms, slips=slips, number=number)
    assert session.scalars(select(MatchGame)).all() == []


def test_a_game_sent_twice_is_kept_once(session: Session, learner: User) -> None:
    play(session, learner, ms=20_000, number=0)
    with pytest.raises(match_game.ImplausibleGame):
        play(session, learner, ms=20_000, number=0)
    assert len(session.scalars(select(MatchGame)).all()) == 1


def test_there_is_no_other_game(session: Session, learner: User) -> None:
    with pytest.raises(NotFound):
        board(session, learner, about="cards")


def test_answers_come_from_questions_with_one_answer_and_names_from_roles(session: Session, learner: User) -> None:
    assert board(session, learner, about="answers").board is None
    bodies = [{"kind": "typed", "prompt": f"What is thing {n}?", "answer": f"word {n}"} for n in range(6)]
    facts = [add_fact(session, f"thing-{n}", body) for n, body in enumerate(bodies)]
    page = board(session, learner, about="answers", number=1)
    assert page.board and len(page.board.pairs) == 6
    assert {pair.fact_id for pair in page.board.pairs} & {fact.id for fact in facts}
    assert board(session, learner, about="names").board is None  # two explorers
    found = rivers(session, learner)
    names = [{"key": f"n{n}", "type": "person", "name": f"Somebody {n}", "role": f"Task {n}"} for n in range(6)]
    named = match_game.get_board(session, learner, found.id, names, about="names", now=NOON)
    assert named.board and len(named.board.pairs) == 6


# Which came first?


def comparison(session: Session, learner: User, earlier: Fact, later: Fact) -> Comparison:
    session.expire_all()
    return session.get_one(Comparison, (learner.id, earlier.id, later.id))


@pytest.mark.one_database
def test_the_earlier_is_right(session: Session, learner: User) -> None:
    early, late = add_events(session, 2)
    pair, score = next_pair(session, learner)
    assert pair and {option.value for option in pair.options} == {early.id, late.id} and not pair.own
    assert (score.asked, score.right) == (0, 0)
    assert next_pair(session, learner)[0] == pair  # a reload
    assert press(session, learner, late.id, early.id, early.id) == (early.id, late.id)
    kept = comparison(session, learner, early, late)
    assert (kept.right, kept.wrong, kept.last_right, kept.last_at) == (1, 0, True, LATER)
    told = comparisons.get_result(session, learner, rivers(session, learner).id, early.id, late.id, now=NOON)
    assert told.right and (told.first.date, told.second.date) == ("1920-01-01", "1920-01-08")
    assert next_pair(session, learner) == (None, comparisons.RoundScore(1, 1))


def test_the_options_do_not_say_when_it_was(session: Session, learner: User) -> None:
    add_events(session, 0)
    add_fact(session, "first", date="1920-01-02", statement="On 2 January 1920 it began.")
    add_fact(session, "last", date="1920-04-30", statement="On 30 April 1920 it ended.")
    pair, _ = next_pair(session, learner)
    assert pair and {option.text for option in pair.options} == {"On … it began.", "On … it ended."}
    assert all(option.date is None and option.fact_key is None for option in pair.options)


@pytest.mark.one_database
def test_a_pair_answered_wrongly_is_asked_first_in_the_next_round(session: Session, learner: User) -> None:
    events = add_events(session)
    press(session, learner, events[2].id, events[5].id, events[5].id)
    kept = comparison(session, learner, events[2], events[5])
    assert (kept.right, kept.wrong, kept.last_right) == (0, 1, False)
    options = groups.get_options(session, learner, rivers(session, learner), now=LATER + timedelta(seconds=1))
    assert options.inverted == 1
    same_round, _ = next_pair(session, learner)
    assert same_round and not same_round.own
    tomorrow = NOON + timedelta(days=1)
    pair, score = next_pair(session, learner, since=tomorrow)
    assert pair and pair.own and {option.value for option in pair.options} == {events[2].id, events[5].id}
    assert score == comparisons.RoundScore(0, 0)
    press(session, learner, events[2].id, events[5].id, events[2].id, since=tomorrow, now=tomorrow)
    options = groups.get_options(session, learner, rivers(session, learner), now=tomorrow + timedelta(days=1))
    assert options.inverted == 0  # it was put right
    third, _ = next_pair(session, learner, since=tomorrow + timedelta(days=1))
    assert third and third.own  # and comes once more, until it was right more often than wrong


def test_pairs_last_answered_wrongly_come_before_those_put_right(session: Session, learner: User) -> None:
    events = add_events(session)
    for earlier, later, right, last_right in ((0, 1, 1, True), (2, 3, 0, False)):
        session.add(
            Comparison(
                learner_id=learner.id,
                earlier_id=events[earlier].id,
                later_id=events[later].id,
                right=right,
                wrong=1,
                last_at=NOON - timedelta(days=5 - earlier),
                last_right=last_right,
            )
        )
    pair, _ = next_pair(session, learner)
    assert pair and {option.value for option in pair.options} == {events[2].id, events[3].id}


def test_an_answer_to_a_pair_counts_once_in_a_round(session: Session, learner: User) -> None:
    early, late = add_events(session, 2)
    press(session, learner, early.id, late.id, late.id)
    with pytest.raises(comparisons.PairAnswered) as before:
        press(session, learner, early.id, late.id, early.id)
    assert before.value.args == (early.id, late.id)
    kept = comparison(session, learner, early, late)
    assert (kept.right, kept.wrong) == (0, 1)


@pytest.mark.one_database
def test_every_pair_is_asked_once_in_a_round(session: Session, learner: User) -> None:
    events = {fact.id: fact.date or "" for fact in add_events(session, 5)}
    pairs = set()
    for minute in range(10):
        pair, score = next_pair(session, learner)
        assert pair and score == comparisons.RoundScore(minute, minute)
        one, other = (option.value for option in pair.options)
        earlier = min(one, other, key=events.__getitem__)
        pairs.add(press(session, learner, one, other, earlier, now=LATER + timedelta(minutes=minute)))
    assert len(pairs) == 10
    assert next_pair(session, learner)[0] is None


@pytest.mark.one_database
def test_only_two_events_of_which_one_came_first_can_be_answered(session: Session, learner: User) -> None:
    early, late = add_events(session, 2)
    undated = add_fact(session, "undated")
    about = add_fact(session, "about", date="1900~")
    month = add_fact(session, "month", date="1920-01")
    gone = add_fact(session, "gone", date="1950-01-01")
    gone.archived_at = NOON
    other_set = QuestionSet(key="lakes", title="Lakes", header={}, names=[], created_at=NOON)
    session.add(other_set)
    session.flush()
    foreign = add_fact(session, "foreign", date="1800-01-01")
    foreign.set_id = other_set.id
    session.flush()
    for other in (undated, about, month, gone, foreign, early):
        with pytest.raises(NotFound):
            press(session, learner, early.id, other.id, early.id)
    with pytest.raises(NotFound):
        press(session, learner, early.id, late.id, month.id)
    with pytest.raises(NotFound):
        press(session, learner, early.id, 10**6, early.id)
    assert session.scalars(select(Comparison)).all() == []
    with pytest.raises(NotFound):
        comparisons.get_result(session, learner, rivers(session, learner).id, early.id, late.id, now=NOON)


def order(session: Session, learner: User, fact: Fact, places: list[int | None], *, seen: int = 0) -> None:
    """Answer the ordering question of a fact in study, giving its options these places."""
    version_id = fact.questions[0].versions[0].id
    row = ask(session, learner, prefer=fact.id)
    assert row.question_version_id == version_id
    posted = {f"place-{row.order.index(index)}": str(place or "") for index, place in enumerate(places)}
    answers.record_answer(session, learner, answers.SubmittedAnswer(fact.id, version_id, seen, posted), now=NOON)


@pytest.fixture
def ordered(session: Session, learner: User) -> Fact:
    """A fact with an ordering question only, in which the learner put summer before spring."""
    for fact in session.scalars(select(Fact)):
        fact.archived_at = NOON
    fact = add_fact(session, "seasons", ORDER)
    order(session, learner, fact, [2, 1, 3, 4, 5])
    return fact


@pytest.mark.one_database
def test_things_put_in_the_wrong_order_are_asked_by_their_text(session: Session, learner: User, ordered: Fact) -> None:
    found = rivers(session, learner)
    assert groups.get_options(session, learner, found, now=LATER).inverted == 1
    pair, _ = next_pair(session, learner)
    assert pair and pair.own and pair.prompt == "seasons?"
    assert {(option.value, option.text) for option in pair.options} == {(0, "spring"), (1, "summer")}
    version_id = pair.question_version_id
    assert version_id == ordered.questions[0].versions[0].id

    def press_it(picked: int, since: datetime, now: datetime) -> int:
        return comparisons.answer_ordering_pair(
            session, learner, found.id, version_id, one=1, other=0, picked=picked, since=since, now=now
        )

    told = comparisons.get_ordering_result(session, learner, wrong := press_it(1, NOON, LATER), now=NOON)
    assert not told.right and (told.first.text, told.second.text) == ("spring", "summer")
    assert next_pair(session, learner) == (None, comparisons.RoundScore(1, 0))
    with pytest.raises(comparisons.PairAnswered) as before:
        press_it(0, NOON, LATER)
    assert before.value.args == (wrong,)
    tomorrow = NOON + timedelta(days=1)
    assert groups.get_options(session, learner, found, now=tomorrow).inverted == 1
    assert comparisons.get_ordering_result(session, learner, press_it(0, tomorrow, tomorrow), now=NOON).right
    assert groups.get_options(session, learner, found, now=tomorrow + timedelta(hours=1)).inverted == 0
    assert len(session.scalars(select(Review)).all()) == 1  # the one of study


@pytest.mark.one_database
def test_a_later_answer_to_the_whole_question_puts_a_pair_right(session: Session, learner: User, ordered: Fact) -> None:
    order(session, learner, ordered, [1, 2, 3, 4, 5], seen=1)
    assert groups.get_options(session, learner, rivers(session, learner), now=LATER).inverted == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("purpose", "feedback", "finished", "pairs"),
    [
        ("quiz", "at-end", False, 1),  # which still goes on
        ("quiz", "at-end", True, 3),
        ("quiz", "at-once", False, 3),
        ("practice", "at-once", False, 3),
        ("pretest", "at-once", True, 1),  # guesses
    ],
)
def test_answers_elsewhere_tell_too_once_their_key_is_known(
    session: Session, learner: User, ordered: Fact, purpose: str, feedback: str, finished: bool, pairs: int
) -> None:
    found = rivers(session, learner)
    asked_of = [(ordered.id, ordered.questions[0].versions[0].id)]
    attempt = lifecycle.begin_attempt(
        session, learner, asked_of, set_id=found.id, purpose=purpose, title="", feedback=feedback, now=LATER
    )
    shown = get_question(session, attempt, 1).order
    places = [3, 2, 4, 1, 5]  # spring behind summer, and both behind the harvest
    posted = {f"place-{shown.index(index)}": str(place) for index, place in enumerate(places)}
    lifecycle.save_answer(session, attempt, 1, posted, ms=None, confidence=None, now=LATER)
    if finished:
        lifecycle.finish_attempt(session, attempt, now=LATER)
    assert groups.get_options(session, learner, found, now=LATER).inverted == pairs


@pytest.mark.one_database
def test_what_was_answered_long_ago_or_edited_since_is_let_be(session: Session, learner: User, ordered: Fact) -> None:
    found = rivers(session, learner)
    assert groups.get_options(session, learner, found, now=NOON + timedelta(days=59)).inverted == 1
    assert groups.get_options(session, learner, found, now=NOON + timedelta(days=60)).inverted == 0
    question = ordered.questions[0]
    question.versions.append(QuestionVersion(number=2, body=question.versions[0].body, created_at=NOON))
    question.current = 2
    session.flush()
    assert groups.get_options(session, learner, found, now=LATER).inverted == 0


def test_only_two_things_of_an_ordering_question_can_be_answered(
    session: Session, learner: User, ordered: Fact
) -> None:
    set_id = rivers(session, learner).id
    version_id = ordered.questions[0].versions[0].id
    tf = add_fact(session, "tf").questions[0].versions[0].id
    before = session.scalars(select(func.count()).select_from(Attempt)).one()
    for version, one, other, picked in (
        (version_id, 0, 9, 0),
        (version_id, 0, 0, 0),
        (version_id, 2, 3, 2),  # they share a place
        (version_id, 0, 1, 2),
        (tf, 0, 1, 0),
        (10**6, 0, 1, 0),
    ):
        with pytest.raises(NotFound):
            comparisons.answer_ordering_pair(
                session, learner, set_id, version, one=one, other=other, picked=picked, since=NOON, now=LATER
            )
    assert session.scalars(select(func.count()).select_from(Attempt)).one() == before
    with pytest.raises(NotFound):
        comparisons.get_ordering_result(session, learner, begin(session, learner, value="dates"), now=NOON)
