"""Memories are what their logs lead to, in whatever order answers arrive, and whatever is undone or overridden."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from attempts import add_facts, begin_quiz, give, hand_in, questions_of
from databases import Database
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, make_learner, memory_of

from quizapp.core.scheduling.scheduler import STANDARD, Rating, State
from quizapp.models import DayCount, Memory, Response, Review, User
from quizapp.services import memory_events, overrides
from quizapp.services.consistency import Checked, find_differences, repair_learner
from quizapp.services.replay import LOGGED_FIELDS
from quizapp.services.review import answers
from quizapp.services.review.answers import SubmittedAnswer
from quizapp.services.review.offline import SyncStatus, record_offline_answers

DAY = timedelta(days=1)
END = NOON + 25 * DAY
RIGHT, WRONG = {"text": "Ob"}, {"text": "Nile"}

pytestmark = [pytest.mark.one_database, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
# To find a smaller failing example would take minutes.
few = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate], deadline=None)


@pytest.fixture(scope="function")
def facts(database: Database) -> Iterator[list[tuple[int, int]]]:
    """Two facts with one typed question each: ids of fact and question version."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield add_facts(session, ["typed", "typed"])


@dataclass(frozen=True)
class Given:
    """An answer given at an instant, in review on a device that was offline or in a quiz, and what became of it."""

    at: datetime
    fact: int  # its number
    right: bool
    in_quiz: bool
    then: str  # stays, undone or overridden


def answers_given(draw: Any) -> list[Given]:
    minutes = draw(st.lists(st.integers(1, 20 * 24 * 60), min_size=2, max_size=7, unique=True))
    return [
        Given(
            at=NOON + timedelta(minutes=each),
            fact=draw(st.sampled_from([0, 0, 1])),
            right=draw(st.booleans()),
            in_quiz=draw(st.integers(0, 3)) == 0,
            then=draw(st.sampled_from(["stays", "stays", "undone", "overridden"])),
        )
        for each in sorted(minutes)
    ]


histories = st.composite(answers_given)()


def receive(session: Session, learner: User, facts: list[tuple[int, int]], one: Given, now: datetime) -> int:
    """Let an answer arrive; give its review."""
    fact_id, version_id = facts[one.fact]
    posted = RIGHT if one.right else WRONG
    if one.in_quiz:
        attempt = begin_quiz(session, learner, size=50)
        position = next(item.position for item in questions_of(session, attempt) if item.fact.id == fact_id)
        give(session, learner, attempt, {position: posted}, now=one.at)
        hand_in(session, learner, attempt, now)
        session.expire_all()
        review_id = session.get_one(Response, (attempt, position)).review_id
        assert review_id is not None
        return review_id
    return send(session, learner, (fact_id, version_id), posted, claimed=one.at, now=now)


def send(
    session: Session,
    learner: User,
    fact: tuple[int, int],
    posted: dict[str, str],
    *,
    claimed: datetime,
    now: datetime,
    handed_out: datetime | None = None,  # a minute before
    seen: int = 0,
) -> int:
    handed_out = handed_out or claimed - timedelta(minutes=1)
    kept = SubmittedAnswer(*fact, seen, posted, 5000, client_id=str(uuid4()), handed_out=handed_out)
    [outcome] = record_offline_answers(session, learner, [(kept, claimed)], now=now)
    session.commit()
    assert outcome.status in (SyncStatus.RECORDED, SyncStatus.ADDED) and outcome.review_id is not None
    return outcome.review_id


def change(session: Session, learner: User, one: Given, review_id: int) -> None:
    """Undo or override an answer, where that is to become of it. Answers in quizzes are not undone."""
    if one.then == "undone" and not one.in_quiz:
        answers.undo_answer(session, learner, now=END, review_id=review_id)
    if one.then == "overridden":
        overrides.override_review(session, learner, review_id, now=END)
    session.commit()


def outcome_of(session: Session, learner: User, facts: list[tuple[int, int]]) -> list[Any]:
    """Return everything that is kept about a learner's memories, besides ids and versions."""
    session.expire_all()
    kept: list[Any] = []
    for fact_id, _ in facts:
        row = session.get(Memory, (learner.id, fact_id))
        kept.append([rounded(getattr(row, name)) for name in LOGGED_FIELDS] if row and row.reps else None)
        reviews = session.scalars(
            select(Review)
            .where(Review.learner_id == learner.id, Review.fact_id == fact_id, Review.undone_at.is_(None))
            .order_by(Review.at)
        )
        kept += [
            (
                each.at,
                each.day,
                each.rating,
                rounded(each.predicted),
                *map(rounded, map(each.before.get, LOGGED_FIELDS)),
            )
            for each in reviews
        ]
    days = select(DayCount).where(DayCount.learner_id == learner.id, DayCount.answers > 0).order_by(DayCount.day)
    columns = [column.name for column in DayCount.__table__.c if column.name != "learner_id"]
    return [*kept, *([getattr(day, name) for name in columns] for day in session.scalars(days))]


def rounded(value: Any) -> Any:
    return round(value, 9) if isinstance(value, float) else value


def net(history: Sequence[Given]) -> list[Given]:
    """Return the answers that are left in the end, with the verdicts they have then."""
    left = [one for one in history if one.in_quiz or one.then != "undone"]
    return [Given(one.at, one.fact, one.right != (one.then == "overridden"), one.in_quiz, "stays") for one in left]


@few
@given(history=histories, data=st.data())
def test_the_order_of_arrival_changes_nothing(
    session: Session, facts: list[tuple[int, int]], history: list[Given], data: st.DataObject
) -> None:
    """From two devices and quizzes, with undo and override in between: all is as if received in order."""
    mixed, ordered = make_learner(session), make_learner(session)
    arriving = list(enumerate(data.draw(st.permutations(history))))
    waiting: list[tuple[Given, int]] = []
    for place, one in arriving:
        waiting.append((one, receive(session, mixed, facts, one, END + place * DAY / 24)))
        while waiting and data.draw(st.booleans()):
            change(session, mixed, *waiting.pop(data.draw(st.integers(0, len(waiting) - 1))))
    for each in waiting:
        change(session, mixed, *each)
    for one in net(history):
        receive(session, ordered, facts, one, one.at)
    assert outcome_of(session, mixed, facts) == outcome_of(session, ordered, facts)
    assert list(find_differences(session, Checked())) == []


@few
@given(history=histories, claim=st.integers(-40 * 24 * 60, 40 * 24 * 60), right=st.booleans())
def test_nothing_is_gained_by_claiming_another_time(
    session: Session, facts: list[tuple[int, int]], history: list[Given], claim: int, right: bool
) -> None:
    """A claim counts from the moment the question was handed out to the arrival of the answer, and no further."""
    handed_out, arrival, claimed = NOON + 8 * DAY, END, NOON + timedelta(minutes=claim, seconds=1)
    liar, honest = make_learner(session), make_learner(session)
    for learner, says in ((liar, claimed), (honest, min(max(claimed, handed_out), arrival))):
        for one in history:
            receive(session, learner, facts, one, one.at)
        posted = RIGHT if right else WRONG
        send(session, learner, facts[0], posted, claimed=says, now=arrival, handed_out=handed_out)
    assert outcome_of(session, liar, facts) == outcome_of(session, honest, facts)


@pytest.mark.parametrize("handed_out", [[NOON], [NOON + timedelta(minutes=each) for each in range(6)]])
def test_a_history_of_spaced_reviews_cannot_be_made_up(
    session: Session, facts: list[tuple[int, int]], handed_out: list[datetime]
) -> None:
    """Neither from one page nor from several of one day: two devices may have it, and more answers count on arrival."""
    learner, arrival = make_learner(session), NOON + 29 * DAY
    for number, days in enumerate((1, 4, 10, 20, 28, 29)):
        when = handed_out[number % len(handed_out)]
        send(session, learner, facts[0], RIGHT, claimed=NOON + days * DAY, now=arrival, handed_out=when)
    at = session.scalars(select(Review.at).order_by(Review.at)).all()
    believed = [NOON + days * DAY for days in (1, 4)][: len(handed_out)]
    assert [each.replace(microsecond=0) for each in at] == believed + [arrival] * (6 - len(believed))


def test_the_day_of_an_answer_stays_when_the_learner_moves(session: Session, facts: list[tuple[int, int]]) -> None:
    """What was recorded for a study day is replayed for that day, though it is another one where they live now."""
    learner = make_learner(session, timezone="Asia/Tokyo")
    late_evening = NOON + timedelta(hours=9)  # 06:00 on Tuesday in Tokyo
    send(session, learner, facts[0], RIGHT, claimed=late_evening, now=late_evening)
    learner.timezone = "America/New_York"
    send(session, learner, facts[0], WRONG, claimed=late_evening - timedelta(hours=1), now=NOON + 3 * DAY)
    days = session.scalars(select(Review.day).order_by(Review.at)).all()
    assert [day.isoformat() for day in days] == ["2026-03-02", "2026-03-03"]
    assert list(find_differences(session, Checked())) == []


def test_a_late_answer_is_put_in_order_with_the_learners_own_parameters(
    session: Session, facts: list[tuple[int, int]]
) -> None:
    """Each review keeps the memory before it, so that nothing is left once all are undone."""
    learner = make_learner(session)
    learner.fitted_parameters = [*STANDARD[:20], 0.2]
    later = send(session, learner, facts[0], RIGHT, claimed=NOON + DAY, now=NOON + DAY)
    late = send(session, learner, facts[0], RIGHT, claimed=NOON, now=NOON + DAY)
    reviews = session.scalars(select(Review).order_by(Review.at)).all()
    assert [(review.id, review.before["reps"]) for review in reviews] == [(late, 0), (later, 1)]
    for review_id in (later, late):
        answers.undo_answer(session, learner, now=NOON + DAY, review_id=review_id)
    session.commit()
    assert memory_of(session, learner, facts[0][0]).state == State.NEW
    assert list(find_differences(session, Checked())) == []


def test_answers_given_at_the_same_instant_keep_their_order(session: Session, facts: list[tuple[int, int]]) -> None:
    """As when the clock of a browser is ahead: both count as given when they arrived. An override changes no order."""
    learner, ordered = make_learner(session), make_learner(session)
    first = send(session, learner, facts[0], WRONG, claimed=END + DAY, now=END, handed_out=NOON)
    send(session, learner, facts[0], WRONG, claimed=END + DAY, now=END, handed_out=NOON + DAY)
    send(session, learner, facts[0], RIGHT, claimed=END - DAY, now=END, handed_out=NOON + 2 * DAY)
    memory_events.ask_today(session, [learner], [facts[0][0]], now=END)
    overrides.override_review(session, learner, first, now=END)
    session.commit()
    reviews = select(Review.rating).where(Review.learner_id == learner.id, Review.undone_at.is_(None))
    ratings = session.scalars(reviews.order_by(Review.at)).all()
    assert ratings == [Rating.GOOD, Rating.GOOD, Rating.AGAIN]
    for step, posted in ((-1, RIGHT), (0, RIGHT), (1 / 24, WRONG)):
        send(session, ordered, facts[0], posted, claimed=END + step * DAY, now=END + step * DAY)
    ours, theirs = (memory_of(session, each, facts[0][0]) for each in (learner, ordered))
    assert ours.stability == pytest.approx(theirs.stability)
    assert list(find_differences(session, Checked())) == []
    assert repair_learner(session, learner.id, Checked()) == []


# Events


def test_what_was_marked_as_known_is_asked_again_to_check(session: Session, facts: list[tuple[int, int]]) -> None:
    learner = make_learner(session)
    event_id = memory_events.mark_known(session, learner, [facts[0][0]], now=NOON)
    session.commit()
    memory = memory_of(session, learner, facts[0][0])
    assert (memory.state, memory.reps, memory.last_day) == (State.REVIEW, 0, NOON.date())
    assert memory.stability == pytest.approx(8.2956)  # FSRS-6 after Easy at first meeting
    assert memory.due_day and 5 <= (memory.due_day - NOON.date()).days <= 10
    assert memory_events.mark_known(session, learner, [facts[0][0]], now=NOON) is None  # twice changes nothing
    send(session, learner, facts[0], RIGHT, claimed=NOON + 8 * DAY, now=NOON + 8 * DAY, seen=1)
    assert memory_of(session, learner, facts[0][0]).stability > 15
    assert event_id is not None
    for _ in range(2):
        memory_events.undo_events(session, learner, event_id, now=NOON + 9 * DAY)
        session.commit()
        assert memory_of(session, learner, facts[0][0]).stability < 4  # as if answered for the first time
        assert list(find_differences(session, Checked())) == []


def test_progress_that_was_reset_comes_back_with_undo(session: Session, facts: list[tuple[int, int]]) -> None:
    """Late answers from before the reset leave the fact new, and count once the reset is undone."""
    learner, other = make_learner(session), make_learner(session)
    for fact in facts:
        send(session, learner, fact, RIGHT, claimed=NOON + DAY, now=NOON + DAY)
        send(session, other, fact, RIGHT, claimed=NOON + DAY, now=NOON + DAY)
    event_id, met = memory_events.reset_set(session, learner, "sample", now=NOON + 3 * DAY)
    assert met == 2 and event_id is not None
    send(session, learner, facts[0], WRONG, claimed=NOON + 2 * DAY, now=NOON + 4 * DAY)
    memories = [memory_of(session, learner, fact_id) for fact_id, _ in facts]
    assert [(memory.state, memory.reps, memory.due_day) for memory in memories] == [(State.NEW, 0, None)] * 2
    assert list(find_differences(session, Checked())) == []
    assert memory_events.undo_events(session, learner, event_id, now=NOON + 5 * DAY) == 2
    session.commit()
    send(session, other, facts[0], WRONG, claimed=NOON + 2 * DAY, now=NOON + 2 * DAY)
    assert outcome_of(session, learner, facts) == outcome_of(session, other, facts)
    with pytest.raises(memory_events.NotFound):
        memory_events.undo_events(session, other, event_id, now=NOON)


def test_all_of_a_reset_is_undone_though_the_clock_of_the_server_was_set_back(
    session: Session, facts: list[tuple[int, int]]
) -> None:
    learner = make_learner(session)
    for fact, at in zip(facts, (NOON, NOON + 2 * DAY), strict=True):
        send(session, learner, fact, RIGHT, claimed=at, now=at)
    event_id, _ = memory_events.reset_set(session, learner, "sample", now=NOON + DAY)
    assert event_id is not None
    assert memory_events.undo_events(session, learner, event_id, now=NOON + DAY) == 2


def test_an_answer_after_the_clock_of_the_server_was_set_back_comes_last(
    session: Session, facts: list[tuple[int, int]]
) -> None:
    learner = make_learner(session)
    for seen, now in enumerate((NOON, NOON - timedelta(hours=1))):
        given_now = SubmittedAnswer(*facts[0], seen, RIGHT if seen else WRONG)
        answers.record_answer(session, learner, given_now, now=now)
        session.commit()
    ratings = session.scalars(select(Review.rating).order_by(Review.at, Review.version)).all()
    assert ratings == [Rating.AGAIN, Rating.GOOD]
    assert list(find_differences(session, Checked())) == []
