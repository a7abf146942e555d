"""What may be undone, overridden, skipped or suspended, and what the verdict tells; on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import (
    MONDAY,
    NOON,
    answer,
    ask,
    counts,
    day_of,
    make_learner,
    memory_of,
    remember,
    right_answer,
    study_until_done,
)

from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Fact, Memory, Question, QuestionVersion, Review, User
from quizapp.services import accounts, memories, overrides
from quizapp.services.errors import NotFound
from quizapp.services.review import answers, feedback, queue
from quizapp.services.review.today import read_today


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


# Undo, override, skip, suspend


@pytest.mark.one_database
def test_undo_takes_back_everything_an_answer_did(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    answer(session, learner, prompt)
    assert answers.undo_answer(session, learner, now=NOON) == prompt.fact_id
    session.commit()
    memory = memory_of(session, learner, prompt.fact_id)
    assert (memory.state, memory.reps, memory.due_day, memory.stability) == (State.NEW, 0, None, None)
    assert counts(day_of(session, learner)) == (0, 0, 0, 0, 0, 0)
    assert ask(session, learner, prefer=prompt.fact_id).fact_id == prompt.fact_id
    assert session.scalars(select(Review)).one().undone_at == NOON


@pytest.mark.one_database
def test_undo_goes_thirty_answers_deep_and_no_deeper(session: Session, learner: User) -> None:
    for hours in range(32):  # on two days, because one day asks a question three times at most
        now = NOON + timedelta(hours=hours)
        answer(session, learner, ask(session, learner, now), {"give-up": "1"}, now)
    for _ in range(30):
        answers.undo_answer(session, learner, now=NOON)
    with pytest.raises(answers.NothingToUndo):
        answers.undo_answer(session, learner, now=NOON)
    assert counts(day_of(session, learner))[0] == 2


@pytest.mark.one_database
def test_undo_of_a_named_answer_takes_back_that_one_and_once_only(session: Session, learner: User) -> None:
    first = answer(session, learner, ask(session, learner))
    prompt = ask(session, learner)
    second = answer(session, learner, prompt)
    for _ in range(2):  # as when the button is pressed twice
        assert answers.undo_answer(session, learner, now=NOON, review_id=second) == prompt.fact_id
    session.commit()
    session.expire_all()
    assert session.get_one(Review, second).undone_at == NOON
    assert session.get_one(Review, first).undone_at is None


@pytest.mark.one_database
def test_undo_of_a_named_answer_leaves_later_ones(session: Session, learner: User) -> None:
    named = answer(session, learner, ask(session, learner))
    later = answer(session, learner, ask(session, learner))
    answers.undo_answer(session, learner, now=NOON, review_id=named)
    session.commit()
    session.expire_all()
    assert [session.get_one(Review, one).undone_at for one in (named, later)] == [NOON, None]


@pytest.mark.parametrize("hides_before", [True, False])
def test_undo_does_not_lift_a_suspension(session: Session, learner: User, hides_before: bool) -> None:
    """An answer neither suspends nor skips its fact, so undo changes neither, whether it came before or after."""
    prompt = ask(session, learner)
    if not hides_before:
        answer(session, learner, prompt)
    answers.suspend_fact(session, learner, prompt.fact_id)
    answers.skip_until_tomorrow(session, learner, prompt.fact_id, now=NOON)
    if hides_before:  # in a tab that was open
        answer(session, learner, replace(prompt, version=2))
    assert answers.undo_answer(session, learner, now=NOON) == prompt.fact_id
    session.commit()
    memory = memory_of(session, learner, prompt.fact_id)
    assert (memory.state, memory.suspended, memory.skipped_until) == (State.NEW, True, MONDAY + timedelta(days=1))


@pytest.mark.one_database
def test_nobody_undoes_an_answer_of_somebody_else(session: Session, learner: User) -> None:
    theirs = answer(session, learner, ask(session, learner))
    other = make_learner(session)
    answer(session, other, ask(session, other))
    with pytest.raises(NotFound):
        answers.undo_answer(session, other, now=NOON, review_id=theirs)


@pytest.mark.parametrize(
    ("confidence", "rightly", "surprising"),
    [(3, False, True), (3, True, False), (1, False, False), (None, False, False)],
)
def test_only_a_certain_mistake_is_a_surprise(
    session: Session, learner: User, confidence: int | None, rightly: bool, surprising: bool
) -> None:
    prompt = ask(session, learner)
    posted = right_answer(prompt) if rightly else {"give-up": "1"}
    given = answers.SubmittedAnswer(
        prompt.fact_id, prompt.question_version_id, prompt.version, posted, confidence=confidence
    )
    answered = answers.record_answer(session, learner, given, now=NOON)
    verdict = feedback.read_feedback(session, learner, answered.review_id, now=NOON)
    assert (verdict.confidence, verdict.surprising) == (confidence, surprising)
    if surprising:
        assert verdict.again_today


def typed_review(session: Session, learner: User, text: str, *, seen: int = 0, now: datetime = NOON) -> tuple[int, int]:
    """Answer the typed question of a fact; give the fact and the review."""
    version = session.scalars(select(QuestionVersion).join(Question).where(Question.key == "nile-source-typed")).one()
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    answered = answers.record_answer(
        session, learner, answers.SubmittedAnswer(fact_id, version.id, seen, {"text": text}), now=now
    )
    session.commit()
    return fact_id, answered.review_id


@pytest.mark.parametrize(("text", "rating"), [("the man Speke, I think", Rating.GOOD), ("Speke", Rating.AGAIN)])
def test_a_typed_verdict_can_be_overridden_both_ways(
    session: Session, learner: User, text: str, rating: Rating
) -> None:
    fact_id, review_id = typed_review(session, learner, text)
    new_id = overrides.override_review(session, learner, review_id, now=NOON)
    session.commit()
    session.expire_all()
    old, new = session.get_one(Review, review_id), session.get_one(Review, new_id)
    assert old.undone_at is not None and new.overridden and new.rating == rating
    assert counts(day_of(session, learner))[:2] == (1, int(rating == Rating.GOOD))
    direct = make_learner(session)
    typed_review(session, direct, "Speke" if rating == Rating.GOOD else "Burton")
    ours, theirs = memory_of(session, learner, fact_id), memory_of(session, direct, fact_id)
    assert (ours.stability, ours.state) == (theirs.stability, theirs.state)


def test_an_override_can_be_turned_back(session: Session, learner: User) -> None:
    _, review_id = typed_review(session, learner, "Burton")
    again = overrides.override_review(
        session, learner, overrides.override_review(session, learner, review_id, now=NOON), now=NOON
    )
    assert session.get_one(Review, again).rating == Rating.AGAIN
    assert not session.get_one(Review, again).overridden


@pytest.mark.one_database
def test_only_a_fresh_typed_verdict_can_be_overridden(session: Session, learner: User) -> None:
    _, unknown = typed_review(session, learner, " ")
    choice = answer(session, learner, ask(session, learner))
    for review_id in (choice, unknown):
        with pytest.raises(NotFound):
            overrides.override_review(session, learner, review_id, now=NOON)
        assert not feedback.read_feedback(session, learner, review_id, now=NOON).can_override


@pytest.mark.one_database
def test_an_override_of_an_older_answer_replays_what_came_after(session: Session, learner: User) -> None:
    """The fact is then remembered as if the answer had been right at once."""
    direct = make_learner(session)
    for each, text in ((learner, "Burton"), (direct, "Speke")):
        fact_id, review_id = typed_review(session, each, text)
        later = NOON + timedelta(days=2)
        typed_review(session, each, "Speke", seen=1, now=later)
        if each is learner:
            new_id = overrides.override_review(session, learner, review_id, now=later)
            session.commit()
            with pytest.raises(memories.StaleAnswer):
                overrides.override_review(session, learner, review_id, now=later)
            assert feedback.read_feedback(session, learner, new_id, now=later).overridden
    ours, theirs = memory_of(session, learner, fact_id), memory_of(session, direct, fact_id)
    assert (ours.stability, ours.reps, ours.lapses) == (theirs.stability, theirs.reps, theirs.lapses)


@pytest.mark.one_database
def test_a_skipped_fact_is_back_tomorrow(session: Session, learner: User) -> None:
    fact_id = ask(session, learner).fact_id
    answers.skip_until_tomorrow(session, learner, fact_id, now=NOON)
    assert fact_id not in {prompt.fact_id for prompt in study_until_done(session, learner, NOON)}
    assert ask(session, learner, NOON + timedelta(days=1), prefer=fact_id).fact_id == fact_id


def test_a_suspended_fact_is_back_when_resumed(session: Session, learner: User) -> None:
    fact_id = ask(session, learner).fact_id
    answers.suspend_fact(session, learner, fact_id)
    study_until_done(session, learner, NOON)
    assert queue.next_prompt(session, learner, now=NOON + timedelta(days=400), prefer=fact_id) is not None
    assert ask(session, learner, NOON + timedelta(days=400), prefer=fact_id).fact_id != fact_id
    answers.resume_fact(session, learner, fact_id)
    assert ask(session, learner, NOON, prefer=fact_id).fact_id == fact_id


@pytest.mark.parametrize("change", [answers.suspend_fact, answers.resume_fact])
def test_hiding_what_is_not_studied_is_refused(session: Session, change: Callable[..., None]) -> None:
    stranger = accounts.create_guest(session, timezone="UTC", now=NOON)
    fact_id = session.scalars(select(Fact.id)).first()
    with pytest.raises(NotFound):
        change(session, stranger, fact_id)


@pytest.mark.one_database
def test_a_archived_fact_is_not_asked_and_its_memory_stays(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    answer(session, learner, prompt)
    session.get_one(Fact, prompt.fact_id).archived_at = NOON
    session.commit()
    assert prompt.fact_id not in {p.fact_id for p in study_until_done(session, learner, NOON)}
    assert memory_of(session, learner, prompt.fact_id).reps == 1


# What the verdict tells


@pytest.mark.one_database
def test_the_verdict_shows_the_key_the_reason_and_the_source(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    burton = prompt.order.index(1)
    shown = feedback.read_feedback(
        session, learner, answer(session, learner, prompt, {"picked": str(burton)}), now=NOON
    )
    assert not shown.remembered and shown.again_today
    assert shown.grade.distractor is not None and shown.grade.distractor.misconception == "burton-and-speke"
    assert shown.order == prompt.order
    assert [p["number"] for p in shown.fact.passages_in(shown.header)] == [1]
    assert [n["number"] for n in shown.fact.notes_in(shown.header)] == [1]


def test_a_verdict_keeps_to_the_version_that_was_answered(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    review_id = answer(session, learner, prompt)
    question = session.scalars(
        select(Question).join(QuestionVersion).where(QuestionVersion.id == prompt.question_version_id)
    ).one()
    newer = {**question.versions[-1].body, "prompt": "Reworded?"}
    session.add(QuestionVersion(question_id=question.id, number=2, body=newer, bank_hash=None, created_at=NOON))
    question.current = 2
    session.commit()
    assert feedback.read_feedback(session, learner, review_id, now=NOON).question.prompt != "Reworded?"


@pytest.mark.parametrize(("ms", "kept"), [(4000, 4000), (None, None), (-5, None), (0, None), (10**9, None)])
def test_a_time_nobody_would_believe_is_not_kept(
    session: Session, learner: User, ms: int | None, kept: int | None
) -> None:
    answer(session, learner, ask(session, learner), ms=ms)
    assert session.scalars(select(Review.ms)).one() == kept
    assert day_of(session, learner).timed == int(kept is not None)


@pytest.mark.one_database
def test_a_day_with_nothing_left_says_when_the_next_comes(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    soonest = session.scalar(select(func.min(Memory.due_day)))
    today = read_today(session, learner, now=NOON)
    assert soonest is not None and today is not None and today.next_in == soonest - MONDAY


@pytest.mark.one_database
def test_the_chance_of_recall_is_shown_with_the_target(session: Session, learner: User) -> None:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    first = ask(session, learner, prefer=fact_id)
    assert first.predicted is None  # never met
    remember(session, learner, session.scalars(select(Fact.id).where(Fact.key == "nile-date")).one(), stability=10.0)
    due = ask(session, learner, prefer=session.scalars(select(Fact.id).where(Fact.key == "nile-date")).one())
    assert due.predicted == pytest.approx(0.9) and due.target == 0.9  # ten days at a stability of ten
    shown = feedback.read_feedback(session, learner, answer(session, learner, due), now=NOON)
    assert shown.predicted == due.predicted
