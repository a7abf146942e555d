"""Practice through the services, on both databases: what is asked, and that nothing moves by itself."""

from datetime import timedelta

import pytest
from practice import LATER, add_fact, answer_all, asked, begin, everything, right, rivers
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, add_set, answer, ask, make_learner, remember

from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.practice.groups import Scope
from quizapp.models import Attempt, Fact, Question, QuestionSet, QuestionVersion, Review, User
from quizapp.services import accounts
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.lifecycle import AlreadyAnswered, AttemptOver, NoQuestions, NotHandedIn, SetNotStudied
from quizapp.services.attempts.results import get_result
from quizapp.services.errors import NotFound
from quizapp.services.practice import groups
from quizapp.services.practice.rounds import begin_another, begin_facts, begin_missed, begin_pretest
from quizapp.services.review import answers, today


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


# What there is to practise


@pytest.mark.one_database
def test_the_page_counts_what_each_group_holds(session: Session, learner: User) -> None:
    options = groups.get_options(session, learner, rivers(session, learner), now=NOON)
    assert {group.value: group.facts for group in options.topics} == {"actors": 2, "dates": 1}
    assert {group.value: group.facts for group in options.passages} == {"1": 3, "2": 1}
    assert [(group.label, group.facts) for group in options.actors] == [("Richard Burton", 1), ("John Speke", 2)][::-1]
    assert [(group.value, group.facts) for group in options.periods] == [("1858", 2)]
    assert (options.wrong.facts, options.forgetting.facts, options.unfinished) == (0, 0, [])
    assert [game.possible for game in options.games] == [False, False, False]
    assert not options.comparable and options.inverted == 0


@pytest.mark.one_database
def test_what_nobody_is_asked_is_not_counted(session: Session, learner: User) -> None:
    gone, muted, aside = add_fact(session, "gone"), add_fact(session, "muted"), add_fact(session, "aside")
    gone.archived_at = NOON
    muted.questions[0].archived_at = NOON
    answers.suspend_fact(session, learner, aside.id)
    options = groups.get_options(session, learner, rivers(session, learner), now=NOON)
    assert {group.value: group.facts for group in options.topics} == {"actors": 2, "dates": 1}


@pytest.mark.one_database
def test_a_skipped_fact_is_still_there(session: Session, learner: User) -> None:
    answers.skip_until_tomorrow(session, learner, add_fact(session, "skipped").id, now=NOON)
    options = groups.get_options(session, learner, rivers(session, learner), now=NOON)
    assert next(group.facts for group in options.topics if group.value == "dates") == 2


def test_what_was_wrong_lately_comes_last_first_while_it_stands(session: Session, learner: User) -> None:
    days_ago = {"old": 14, "kept": 13, "taken-back": 3, "right": 2, "late": 0}
    ids = {}
    for key, days in days_ago.items():
        fact = add_fact(session, key)
        ids[key] = fact.id
        at = NOON - timedelta(days=days)
        prompt_version = session.scalars(
            select(QuestionVersion.id).join(Question).where(Question.fact_id == fact.id)
        ).one()
        posted = {"picked": "true" if key == "right" else "false"}
        answers.record_answer(session, learner, answers.SubmittedAnswer(fact.id, prompt_version, 0, posted), now=at)
        if key == "taken-back":
            session.scalars(select(Review).where(Review.fact_id == fact.id)).one().undone_at = NOON
    practice_id = begin(session, learner, Scope.WRONG, "")
    assert [item.fact.id for item in asked(session, learner, practice_id)] == [ids["late"], ids["kept"]]


def test_what_is_about_to_be_forgotten_comes_weakest_first(session: Session, learner: User) -> None:
    facts = session.scalars(select(Fact.id).order_by(Fact.id)).all()
    for fact_id, stability in zip(facts, (30.0, 2.0, 8.0), strict=True):
        remember(session, learner, fact_id, stability=stability)
    practice_id = begin(session, learner, Scope.FORGETTING, "", size=5)
    assert [item.fact.id for item in asked(session, learner, practice_id)] == [facts[1], facts[2], facts[0]]


def test_the_set_studied_last_is_offered_first(session: Session, learner: User) -> None:
    other = QuestionSet(key="lakes", title="Lakes", header={}, names=[], created_at=NOON)
    session.add(other)
    session.flush()
    newcomer = accounts.create_guest(session, timezone="UTC", now=NOON)
    found = groups.find_set(session, newcomer, None)
    assert found and found.key == "sample"  # the first there is
    today.start_plan(session, learner, other.id, now=LATER)
    found = groups.find_set(session, learner, None)
    assert found and found.key == "lakes"
    with pytest.raises(NotFound):
        groups.find_set(session, learner, "seas")


# What is asked


@pytest.mark.one_database
def test_each_fact_is_asked_once(session: Session, learner: User) -> None:
    for number in range(30):
        add_fact(session, f"more-{number}")
    items = asked(session, learner, begin(session, learner, value="dates", size=20))
    assert len(items) == len({item.fact.id for item in items}) == 20
    assert {item.fact.topic for item in items} == {"dates"}
    assert [item.position for item in items] == list(range(1, 21))


@pytest.mark.parametrize(("stability", "kinds"), [(None, {"choice"}), (2.0, {"cloze"}), (40.0, {"typed"})])
def test_the_form_follows_the_memory(session: Session, learner: User, stability: float | None, kinds: set[str]) -> None:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    if stability:
        remember(session, learner, fact_id, stability=stability)
    items = asked(session, learner, begin(session, learner))
    assert {item.question.kind for item in items if item.fact.id == fact_id} == kinds


@pytest.mark.parametrize(
    ("scope", "value", "title", "facts"),
    [
        (Scope.TOPIC, "actors", "Actors", 2),
        (Scope.PASSAGE, "2", "¶ 2 Mouths", 1),
        (Scope.ACTOR, "speke", "John Speke", 2),
        (Scope.PERIOD, "1858", "1858", 2),
    ],
)
def test_any_group_can_be_practised(
    session: Session, learner: User, scope: Scope, value: str, title: str, facts: int
) -> None:
    practice_id = begin(session, learner, scope, value)
    attempt = lifecycle.show_attempt(session, learner, practice_id, now=NOON).attempt
    assert (attempt.title, attempt.size) == (title, facts)


@pytest.mark.parametrize(
    ("scope", "value"),
    [
        (Scope.TOPIC, "seas"),
        (Scope.TOPIC, ""),
        (Scope.PASSAGE, "3"),
        (Scope.PASSAGE, "one"),
        (Scope.ACTOR, "stanley"),
        (Scope.PERIOD, "1859"),
        (Scope.PERIOD, "nonsense"),
        (Scope.WRONG, "dates"),
        (Scope.FACTS, ""),
    ],
)
def test_a_group_the_set_does_not_have_is_not_found(session: Session, learner: User, scope: Scope, value: str) -> None:
    with pytest.raises(NotFound):
        begin(session, learner, scope, value)
    assert session.scalars(select(Attempt)).all() == []


def test_an_empty_group_has_nothing_to_ask(session: Session, learner: User) -> None:
    for fact in session.scalars(select(Fact).where(Fact.topic == "dates")):
        fact.archived_at = NOON
    for scope, value in ((Scope.TOPIC, "dates"), (Scope.WRONG, ""), (Scope.FORGETTING, "")):
        with pytest.raises(NoQuestions):
            begin(session, learner, scope, value)


def test_a_set_not_studied_can_be_practised_by_a_guest(session: Session) -> None:
    guest = accounts.create_guest(session, timezone="UTC", now=NOON)
    practice_id = begin(session, guest)
    answer_all(session, guest, practice_id)
    result = get_result(session, guest, practice_id, now=LATER)
    assert (len(result.right), result.answered, result.is_studied) == (2, 2, False)
    before = everything(session)
    with pytest.raises(SetNotStudied):
        lifecycle.record_on_request(session, guest, practice_id, now=LATER)
    assert everything(session) == before


# Answering


@pytest.mark.one_database
def test_a_practice_touches_nothing_else(session: Session, learner: User) -> None:
    first = ask(session, learner)
    answer(session, learner, first, {"give-up": "1"})
    before = everything(session)
    for scope, value in ((Scope.TOPIC, "actors"), (Scope.WRONG, ""), (Scope.PASSAGE, "1")):
        answer_all(session, learner, begin(session, learner, scope, value), wrong=(1,))
    guessing = begin_pretest(session, learner, rivers(session, learner), 1, now=NOON).id
    answer_all(session, learner, guessing)
    assert everything(session) == before
    assert len(before["review"]) == len(before["memory"]) == len(before["day_count"]) == 1


@pytest.mark.one_database
def test_it_continues_where_it_was_left_and_ends_with_the_last_answer(session: Session, learner: User) -> None:
    practice_id = begin(session, learner, Scope.PASSAGE, "1")
    items = asked(session, learner, practice_id)
    summary, _ = lifecycle.answer_question(
        session, learner, practice_id, 2, right(items[1]), ms=None, confidence=None, now=LATER
    )
    assert summary.next_after(2) == 3
    left = groups.get_options(session, learner, rivers(session, learner), now=LATER).unfinished
    assert [(one.id, one.title, answered, one.size) for one, answered in left] == [(practice_id, "¶ 1 Sources", 1, 3)]
    with pytest.raises(NotHandedIn):
        get_result(session, learner, practice_id, now=LATER)
    for position in (3, 1):
        summary = lifecycle.show_attempt(session, learner, practice_id, position=position, now=LATER)
        assert summary.question and not summary.question.answered and position in summary.unanswered
        summary, _ = lifecycle.answer_question(
            session, learner, practice_id, position, {"give-up": "1"}, ms=None, confidence=None, now=LATER
        )
    assert summary.next_after(position) is None
    with pytest.raises(AttemptOver):
        lifecycle.show_attempt(session, learner, practice_id, now=LATER)
    assert len(get_result(session, learner, practice_id, now=LATER).right) == 1


@pytest.mark.one_database
def test_stopping_ends_it(session: Session, learner: User) -> None:
    practice_id = begin(session, learner, Scope.PASSAGE, "1")
    lifecycle.hand_in_attempt(session, learner, practice_id, now=LATER)
    result = get_result(session, learner, practice_id, now=LATER)
    assert (result.attempt.size, result.answered, result.wrong) == (3, 0, [])
    for position in (None, 1):
        with pytest.raises(AttemptOver):
            lifecycle.show_attempt(session, learner, practice_id, position=position, now=LATER)
    item = asked(session, learner, practice_id)[0]
    with pytest.raises(AttemptOver):
        lifecycle.answer_question(session, learner, practice_id, 1, right(item), ms=None, confidence=None, now=LATER)
    with pytest.raises(AttemptOver):
        lifecycle.hand_in_attempt(session, learner, practice_id, now=LATER)


@pytest.mark.one_database
def test_an_answer_stays_and_what_is_no_answer_changes_nothing(session: Session, learner: User) -> None:
    practice_id = begin(session, learner)
    item = asked(session, learner, practice_id)[0]

    def give(position: int, posted: dict[str, str]) -> None:
        lifecycle.answer_question(session, learner, practice_id, position, posted, ms=None, confidence=None, now=LATER)

    for posted in ({"picked": "99"}, {"picked": "x"}):
        with pytest.raises(UnreadableResponse):
            give(1, posted)
    for position in (0, 3, 99):
        with pytest.raises(NotFound):
            give(position, {"give-up": "1"})
    assert not any(one.answered for one in asked(session, learner, practice_id))
    give(1, right(item))
    with pytest.raises(AlreadyAnswered):
        give(1, {"give-up": "1"})
    assert asked(session, learner, practice_id)[0].remembered


@pytest.mark.one_database
def test_another_learner_finds_nothing(session: Session, learner: User) -> None:
    practice_id = begin(session, learner)
    other = make_learner(session)
    before = asked(session, learner, practice_id)
    for action in (
        lambda: lifecycle.show_attempt(session, other, practice_id, now=LATER),
        lambda: lifecycle.show_attempt(session, other, practice_id, position=1, now=LATER),
        lambda: lifecycle.answer_question(session, other, practice_id, 1, {}, ms=None, confidence=None, now=LATER),
        lambda: lifecycle.hand_in_attempt(session, other, practice_id, now=LATER),
        lambda: get_result(session, other, practice_id, now=LATER),
        lambda: lifecycle.record_on_request(session, other, practice_id, now=LATER),
        lambda: begin_missed(session, other, practice_id, now=LATER),
        lambda: begin_another(session, other, practice_id, now=LATER),
    ):
        with pytest.raises(NotFound):
            action()
    assert asked(session, learner, practice_id) == before


def test_a_quiz_is_no_practice(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    quiz = lifecycle.begin_attempt(
        session,
        learner,
        [(prompt.fact_id, prompt.question_version_id)],
        set_id=rivers(session, learner).id,
        purpose="quiz",
        title="Rivers",
        feedback="at-end",
        now=NOON,
    ).id
    with pytest.raises(NotFound):
        begin_another(session, learner, quiz, now=LATER)
    with pytest.raises(NotFound):
        lifecycle.record_on_request(session, learner, quiz, now=LATER)


# Chosen facts


def test_what_a_session_missed_is_practised_whatever_the_sets(session: Session, learner: User) -> None:
    river = session.scalars(select(Fact.id).where(Fact.key == "nile-date")).one()
    lake, gone = add_set(session, learner, "lakes", 2)
    session.get_one(Fact, gone).archived_at = NOON
    attempt = begin_facts(session, learner, [lake, gone, river], title="Missed today", now=NOON)
    assert [question.fact.id for question in asked(session, learner, attempt.id)] == [lake, river]
    with pytest.raises(NoQuestions):
        begin_facts(session, learner, [gone], title="Missed today", now=NOON)
