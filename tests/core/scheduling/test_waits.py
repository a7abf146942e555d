"""The time until a memory is due and the time that studying takes, in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, after_answer
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.core.scheduling.waits import describe_minutes, describe_wait, wait

BAKU = StudyClock("Asia/Baku")
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OVERDUE = Memory(State.REVIEW, None, 10.0, 5.0, TODAY - 10 * DAY, TODAY - DAY, None, 5, 1)


def test_nothing_is_waited_for_once_due() -> None:
    step = after_answer(NEW_MEMORY, Rating.GOOD, now=NOW, clock=BAKU, plan=Plan(), seed="s")
    assert wait(NEW_MEMORY, now=NOW, clock=BAKU) == timedelta(0)
    assert wait(OVERDUE, now=NOW, clock=BAKU) == timedelta(0)
    assert wait(step, now=NOW + DAY, clock=BAKU) == timedelta(0)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "now"), (1 / 3, "1 min"), (5.5, "6 min"), (59.5, "1 h"), (300, "5 h"), (1439.5, "1 day")],
)
def test_a_wait_of_minutes_in_words(minutes: float, words: str) -> None:
    assert describe_wait(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 day"), (30, "30 days"), (31, "1 month"), (136, "4.5 months"), (364, "1 year"), (511, "1.4 years")],
)
def test_a_wait_of_days_in_words(days: int, words: str) -> None:
    assert describe_wait(days * DAY) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 minute"),
        (59.4, "59 minutes"),
        (59.5, "1 hour"),
        (64, "1 hour"),
        (78, "1 hour 20 minutes"),
        (116, "2 hours"),
        (150, "2 hours 30 minutes"),
    ],
)
def test_a_length_of_time_in_words(minutes: float, words: str) -> None:
    assert describe_minutes(minutes) == words
