"""The settings of assignments: when they are open, when attempts end, when feedback is released; study and plans."""

from datetime import UTC, date, datetime, timedelta

import pytest

from quizapp.core.assignments import (
    AssignmentSettings,
    ExtensionSettings,
    FeedbackRelease,
    NoSuchTime,
    Phase,
    StudyGoal,
    instant,
    wall_time,
)

MON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WEEK = AssignmentSettings(opens_at=MON, due_at=MON + 3 * DAY, closes_at=MON + 5 * DAY, attempts=2, minutes=20)


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (MON - MINUTE, Phase.WAITING),
        (MON, Phase.OPEN),
        (MON + 3 * DAY, Phase.OPEN),
        (MON + 3 * DAY + MINUTE, Phase.LATE),
        (MON + 5 * DAY - MINUTE, Phase.LATE),
        (MON + 5 * DAY, Phase.CLOSED),
    ],
)
def test_it_opens_is_due_and_closes(at: datetime, phase: Phase) -> None:
    assert WEEK.phase(at) == phase
    assert AssignmentSettings().phase(at) == Phase.OPEN


def test_attempts_are_counted_down() -> None:
    assert [WEEK.attempts_left(begun) for begun in range(4)] == [2, 1, 0, 0]
    assert AssignmentSettings().attempts_left(99) is None


def test_an_attempt_ends_when_its_time_is_up_or_when_it_closes() -> None:
    assert WEEK.deadline(MON) == MON + 20 * MINUTE
    assert WEEK.deadline(MON + 5 * DAY - MINUTE) == MON + 5 * DAY
    assert AssignmentSettings().deadline(MON) is None


def test_a_student_has_their_own_time_and_their_extension() -> None:
    assert WEEK.for_student(1.5, None).minutes == 30
    own = WEEK.for_student(1.5, ExtensionSettings(due_at=MON + 7 * DAY, attempts=3, time_factor=2.0))
    assert (own.minutes, own.attempts, own.opens_at) == (40, 3, MON)
    assert own.due_at == own.closes_at == MON + 7 * DAY  # who may hand in until then is not shut out before
    assert WEEK.for_student(1.0, ExtensionSettings(closes_at=MON + 4 * DAY)).closes_at == MON + 4 * DAY


def test_feedback_is_released_when_the_teacher_said() -> None:
    done, later = MON + DAY, WEEK.for_student(1, ExtensionSettings(due_at=MON + 9 * DAY))
    assert (
        FeedbackRelease("at-end", (WEEK,)).released_at(done)
        == FeedbackRelease("at-once", (WEEK,)).released_at(done)
        == done
    )
    assert FeedbackRelease("after-due", (WEEK,)).released_at(done) == MON + 3 * DAY
    assert (
        FeedbackRelease(
            "after-due",
            (
                WEEK,
                later,
            ),
        ).released_at(done)
        == MON + 9 * DAY
    ), "somebody still writes"
    assert FeedbackRelease("after-due", (WEEK,)).released_at(MON + 4 * DAY) == MON + 4 * DAY
    assert FeedbackRelease("never", (WEEK,)).released_at(done) is None


def test_reviews_are_due_with_the_feedback_or_else_once_it_is_closed() -> None:
    assert FeedbackRelease("at-end", (WEEK,)).reviews_due_at(MON) == MON
    assert FeedbackRelease("after-due", (WEEK,)).reviews_due_at(MON) == MON + 3 * DAY
    assert FeedbackRelease("never", (WEEK,)).reviews_due_at(MON) == MON + 5 * DAY


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Baku", "America/New_York"])
def test_a_wall_time_is_the_instant_at_which_clocks_there_show_it(zone: str) -> None:
    wall = datetime(2026, 7, 1, 18, 30)
    assert wall_time(instant(wall, zone), zone) == wall


def test_where_clocks_change() -> None:
    with pytest.raises(NoSuchTime):
        instant(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
    twice = datetime(2026, 10, 25, 2, 30)
    first, second = instant(twice, "Europe/Berlin"), instant(twice, "Europe/Berlin", later=True)
    assert second - first == timedelta(hours=1)
    assert wall_time(first, "Europe/Berlin") == wall_time(second, "Europe/Berlin") == twice


TODAY, MAY, JUNE = date(2026, 3, 2), date(2026, 5, 1), date(2026, 6, 1)
ASKED = StudyGoal(("dates",), MAY, 0.9, 8)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, ASKED),
        (StudyGoal((), None, 0.85, 5), StudyGoal((), MAY, 0.9, 5)),  # the whole set stays whole, their own pace stays
        (StudyGoal(("causes",), JUNE, 0.95, 5), StudyGoal(("causes", "dates"), MAY, 0.95, 5)),
        (StudyGoal(("dates",), date(2026, 4, 1), 0.9, 5), StudyGoal(("dates",), date(2026, 4, 1), 0.9, 5)),
        (StudyGoal(("dates",), date(2026, 1, 1), 0.9, 5), StudyGoal(("dates",), MAY, 0.9, 5)),  # an exam that is over
        (StudyGoal(("dates",), None, 0.9, 0), StudyGoal(("dates",), MAY, 0.9, 8)),  # nothing new came
    ],
)
def test_study_asks_more_of_a_plan_and_leaves_the_rest(own: StudyGoal | None, expected: StudyGoal) -> None:
    assert ASKED.apply_to(own, TODAY) == expected
    assert ASKED.apply_to(expected, TODAY) == expected, "asked again it changes nothing"


def test_an_exam_moved_moves_with_the_assignment_and_one_over_is_none() -> None:
    moved = StudyGoal(("dates",), JUNE, 0.9, 8)
    assert moved.apply_to(ASKED, TODAY, former_exam=MAY).exam_day == JUNE
    assert StudyGoal(("dates",), None, 0.9, 8).apply_to(ASKED, TODAY, former_exam=MAY).exam_day is None
    assert ASKED.apply_to(None, JUNE).exam_day is None
