"""What a study session brought."""

from datetime import UTC, datetime, timedelta

from quizapp.core.progress.gains import BREAK, SessionAnswer, SessionGains, last_session, sum_up
from quizapp.core.scheduling.scheduler import State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def answer(fact: int, *, right: bool = True, after: timedelta = timedelta(0), stability: float | None = None):  # type: ignore[no-untyped-def]
    state = State.NEW if stability is None else State.REVIEW
    return SessionAnswer(fact, NOON + after, right, state, stability, 4000)


def test_a_session_is_what_was_answered_since_the_last_long_break() -> None:
    assert last_session([]) == []
    early, late, later = (answer(1, after=n * BREAK) for n in (0, 1, 1.9))
    assert last_session([early, late, later]) == [late, later]


def test_a_fact_is_learned_known_better_or_missed() -> None:
    new, unlearned, better, forgotten = 1, 2, 3, 4
    given = [
        answer(new, right=False),
        answer(unlearned),
        answer(better, stability=5.0),
        answer(forgotten, right=False, stability=5.0),
        SessionAnswer(new, NOON, True, State.LEARNING, 1.0, None),
        answer(forgotten, right=False, stability=1.0),
    ]
    assert sum_up(given, {new: 2.0, better: 9.0, forgotten: 2.0}) == SessionGains(
        answers=6, right=3, ms=20_000, learned=(new,), better=(better,), missed=(forgotten, new)
    )
    assert sum_up([], {}) == SessionGains()
