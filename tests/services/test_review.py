"""Studying, through the services, on both databases: the queue, answers, and all that must not harm them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from study import MONDAY, NOON, answer, ask, counts, day_of, make_learner, memory_of, remember, study_until_done

from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Fact, Memory, Plan, Question, QuestionVersion, Review, User
from quizapp.services import accounts, memories, overrides
from quizapp.services.consistency import Checked, find_differences
from quizapp.services.errors import NotFound
from quizapp.services.review import answers, feedback, queue
from quizapp.services.review.today import read_today


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


@pytest.mark.one_database
def test_it_works(session: Session, learner: User) -> None:
    asked = study_until_done(session, learner, NOON)
    facts = session.scalars(select(Fact.id)).all()
    assert {prompt.fact_id for prompt in asked} == set(facts)
    for fact_id in facts:
        memory = memory_of(session, learner, fact_id)
        assert memory.state == State.REVIEW and memory.due_day is not None and memory.due_day > MONDAY
    today = read_today(session, learner, now=NOON)
    assert today is not None and (today.due, today.new, today.finished) == (0, 0, 3)


@pytest.mark.one_database
def test_a_session_ends_when_every_fact_was_recalled(session: Session, learner: User) -> None:
    first = ask(session, learner)
    answer(session, learner, first, {"give-up": "1"})
    asked = study_until_done(session, learner, NOON)
    assert [prompt.fact_id for prompt in asked].count(first.fact_id) >= 2
    assert memory_of(session, learner, first.fact_id).state == State.REVIEW


def test_a_fact_waits_until_tomorrow_once_its_questions_were_asked_often_enough(
    session: Session, learner: User
) -> None:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-quarrel")).one()
    session.scalars(select(Plan)).one().new_per_day = 1
    session.execute(update(Fact).where(Fact.id != fact_id).values(archived_at=NOON))
    session.commit()
    asked, review_id = [], 0
    while prompt := queue.next_prompt(session, learner, now=NOON):
        asked.append(prompt.question_version_id)
        review_id = answer(session, learner, prompt, {"give-up": "1"})
    assert len(asked) == 6 and all(one != other for one, other in pairwise(asked))
    assert feedback.read_feedback(session, learner, review_id, now=NOON).again_tomorrow
    assert ask(session, learner, NOON + timedelta(days=1)).fact_id == fact_id


def test_a_missed_fact_is_not_asked_again_at_once_while_others_wait(session: Session, learner: User) -> None:
    first = ask(session, learner)
    answer(session, learner, first, {"give-up": "1"})
    assert ask(session, learner).fact_id != first.fact_id


@pytest.mark.parametrize(
    ("timezone", "begun", "moved_to", "goes_on"),
    [
        ("UTC", "2026-03-03T03:57", "UTC", "2026-03-03T03:58"),  # the step is due after the rollover
        ("UTC", "2026-03-03T03:57", "UTC", "2026-03-03T04:09"),  # and answered after it
        ("Asia/Tokyo", "2026-03-02T20:30", "Pacific/Honolulu", "2026-03-02T20:45"),  # the day before again
    ],
)
def test_a_learning_step_stays_one_in_a_night_and_on_a_journey(
    session: Session, timezone: str, begun: str, moved_to: str, goes_on: str
) -> None:
    learner = make_learner(session, timezone)
    first, then = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (begun, goes_on))
    steps = {learner.clock.day(first)}
    for _ in range(3):
        answer(session, learner, ask(session, learner, first), now=first)
    learner.timezone = moved_to
    session.commit()
    asked = study_until_done(session, learner, then)
    assert len(asked) == 3
    steps.add(learner.clock.day(then))
    for prompt in asked:
        memory = memory_of(session, learner, prompt.fact_id)
        assert (prompt.predicted, memory.state, memory.last_day) == (None, State.REVIEW, max(steps))
        assert memory.due_day and memory.due_day > max(steps)
    assert set(session.scalars(select(Review.day))) == steps
    assert list(find_differences(session, Checked())) == []


@pytest.mark.one_database
def test_what_is_due_comes_back_on_its_day_and_not_before(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    due = {fact: memory_of(session, learner, fact).due_day for fact in session.scalars(select(Fact.id))}
    soonest = min(day for day in due.values() if day)
    eve = datetime(soonest.year, soonest.month, soonest.day, 3, 59, tzinfo=UTC)
    assert queue.next_prompt(session, learner, now=eve) is None
    prompt = ask(session, learner, eve + timedelta(minutes=1))
    assert due[prompt.fact_id] == soonest


@pytest.mark.one_database
def test_the_lowest_retrievability_is_asked_first(session: Session, learner: User) -> None:
    facts = session.scalars(select(Fact.id).order_by(Fact.id)).all()
    for fact_id, stability in zip(facts, (30.0, 2.0, 8.0), strict=True):
        remember(session, learner, fact_id, stability=stability)
    order = []
    for _ in facts:
        prompt = ask(session, learner)
        order.append(prompt.fact_id)
        answer(session, learner, prompt, now=NOON)
    assert order == [facts[1], facts[2], facts[0]]


@pytest.mark.one_database
def test_new_facts_stop_at_the_daily_limit(session: Session, learner: User) -> None:
    session.scalars(select(Plan)).one().new_per_day = 2
    session.commit()
    assert len({prompt.fact_id for prompt in study_until_done(session, learner, NOON)}) == 2
    tomorrow = NOON + timedelta(days=1)
    today = read_today(session, learner, now=tomorrow)
    assert today is not None and today.new == 1


@pytest.mark.one_database
def test_the_form_climbs_as_the_memory_grows(session: Session, learner: User) -> None:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    kinds, now = [], NOON
    for _ in range(5):
        prompt = ask(session, learner, now, prefer=fact_id)
        assert prompt.fact_id == fact_id
        kinds.append(prompt.question.kind)
        answer(session, learner, prompt, now=now)
        due = memory_of(session, learner, fact_id).due_day
        assert due is not None
        now = max(now, datetime(due.year, due.month, due.day, 12, tzinfo=UTC))
    assert kinds[0] == "choice" and kinds[-1] == "typed" and "cloze" in kinds


def test_a_lucky_guess_teaches_less_than_a_recall(session: Session, learner: User) -> None:
    choice = ask(session, learner)
    assert choice.question.kind == "choice"
    answer(session, learner, choice)
    other = make_learner(session)
    version = session.scalars(select(QuestionVersion).join(Question).where(Question.key == "nile-source-typed")).one()
    answers.record_answer(
        session, other, answers.SubmittedAnswer(choice.fact_id, version.id, 0, {"text": "Speke"}), now=NOON
    )
    guessed = memory_of(session, learner, choice.fact_id).stability
    recalled = memory_of(session, other, choice.fact_id).stability
    assert guessed is not None and recalled is not None and guessed < recalled
    assert session.scalars(select(Review.guess).order_by(Review.id)).all() == [0.25, 0.0]


def test_the_button_says_what_the_answer_does(session: Session, learner: User) -> None:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-quarrel")).one()
    remember(session, learner, fact_id, stability=20.0)
    card = ask(session, learner, prefer=fact_id)
    assert card.question.kind == "flashcard" and set(card.waits) == set(Rating)
    answer(session, learner, card, {"rating": "easy"})
    assert memory_of(session, learner, fact_id).due_day == MONDAY + card.waits[Rating.EASY]


# A second tab, a double click, a replay


def test_an_answer_given_twice_counts_once(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    first = answer(session, learner, prompt)
    with pytest.raises(memories.StaleAnswer):
        answer(session, learner, prompt, {"give-up": "1"})
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    assert counts(day_of(session, learner)) == (1, 1, 1, 0, 0, 0)
    assert answers.find_review(session, learner, prompt.fact_id, prompt.version + 1) == first


def test_an_answer_replayed_after_undo_changes_nothing(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    answer(session, learner, prompt)
    answers.undo_answer(session, learner, now=NOON)
    session.commit()
    with pytest.raises(memories.StaleAnswer):
        answer(session, learner, prompt)


def test_a_second_tab_shows_the_same_question_until_it_is_answered(session: Session, learner: User) -> None:
    one, two = ask(session, learner), ask(session, learner)
    assert (one.fact_id, one.question_version_id, one.order) == (
        two.fact_id,
        two.question_version_id,
        two.order,
    )


def test_nobody_answers_or_sees_what_is_not_theirs(session: Session, learner: User) -> None:
    stranger = accounts.create_guest(session, timezone="UTC", now=NOON)
    prompt = ask(session, learner)
    with pytest.raises(NotFound):  # the stranger does not study the set
        answer(session, stranger, prompt)
    mine = answer(session, learner, prompt)
    with pytest.raises(NotFound):
        feedback.read_feedback(session, stranger, mine, now=NOON)
    with pytest.raises(NotFound):
        overrides.override_review(session, stranger, mine, now=NOON)
    with pytest.raises(answers.NothingToUndo):
        answers.undo_answer(session, stranger, now=NOON)


def test_a_question_of_another_fact_is_refused(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    other = session.scalars(select(QuestionVersion.id).join(Question).where(Question.fact_id != prompt.fact_id)).first()
    assert other is not None
    with pytest.raises(NotFound):
        answers.record_answer(
            session, learner, answers.SubmittedAnswer(prompt.fact_id, other, 0, {"picked": "0"}), now=NOON
        )


@pytest.mark.parametrize("posted", [{"picked": "9"}, {"picked": "x"}])
def test_what_is_no_answer_changes_nothing(session: Session, learner: User, posted: dict[str, str]) -> None:
    prompt = ask(session, learner)
    with pytest.raises(UnreadableResponse):
        answer(session, learner, prompt, posted)
    assert session.scalar(select(func.count()).select_from(Review)) == 0


def test_a_text_too_long_to_be_an_answer_is_refused(session: Session, learner: User) -> None:
    version = session.scalars(select(QuestionVersion).join(Question).where(Question.key == "nile-source-typed")).one()
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    with pytest.raises(UnreadableResponse):
        answers.record_answer(
            session, learner, answers.SubmittedAnswer(fact_id, version.id, 0, {"text": "x" * 100_000}), now=NOON
        )


# Days


def test_a_day_later_by_the_calendar_is_a_day_later_though_a_minute_short_of_24_hours(session: Session) -> None:
    learner = make_learner(session, "Asia/Baku")  # UTC+4: 12:00 UTC is 16:00, 11:59 UTC the next day 15:59
    study_until_done(session, learner, NOON)
    memory = session.scalars(select(Memory).order_by(Memory.due_day)).first()
    assert memory is not None
    memory.due_day = MONDAY + timedelta(days=1)
    session.commit()
    next_day = NOON + timedelta(hours=23, minutes=59)
    prompt = ask(session, learner, next_day, prefer=memory.fact_id)
    answer(session, learner, prompt, now=next_day)
    last = session.scalars(select(Review).order_by(Review.id.desc())).first()
    assert last is not None and last.predicted is not None and 0.5 < last.predicted < 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("timezone", "evening"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 20, tzinfo=UTC)),  # the clock goes forward that night
        ("Europe/Berlin", datetime(2026, 10, 24, 20, tzinfo=UTC)),  # and back
    ],
)
def test_daylight_saving_moves_no_due_day(session: Session, timezone: str, evening: datetime) -> None:
    learner = make_learner(session, timezone)
    study_until_done(session, learner, evening)
    memory = session.scalars(select(Memory)).first()
    assert memory is not None
    memory.due_day = learner.clock.day(evening) + timedelta(days=1)
    session.commit()
    start = learner.clock.start(memory.due_day)
    assert queue.next_prompt(session, learner, now=start - timedelta(seconds=1)) is None
    assert ask(session, learner, start, prefer=memory.fact_id).fact_id == memory.fact_id


@pytest.mark.one_database
def test_a_learner_who_travels_keeps_every_due_day(session: Session) -> None:
    learner = make_learner(session, "Asia/Baku")
    study_until_done(session, learner, NOON)
    before = {m.fact_id: m.due_day for m in session.scalars(select(Memory))}
    learner.timezone = "America/Los_Angeles"
    session.commit()
    first = min(day for day in before.values() if day)
    start = learner.clock.start(first)
    assert queue.next_prompt(session, learner, now=start - timedelta(seconds=1)) is None
    assert before[ask(session, learner, start).fact_id] == first
