"""Background jobs: one process at a time has a job, a crash loses none, and a failed one is tried again later."""

from datetime import timedelta

import pytest
from concurrency import WRITERS, at_once
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.extensions import db
from quizapp.models import Job
from quizapp.services import jobs
from quizapp.services.jobs import LeasedJob

MINUTE = timedelta(minutes=1)
LEASES = {"tidy": 5 * MINUTE, "send": MINUTE}


def take(session: Session, after: timedelta = timedelta()) -> LeasedJob:
    job = jobs.take_job(session, LEASES, now=NOON + after)
    assert job is not None
    return job


def nothing_to_take(session: Session, after: timedelta = timedelta()) -> bool:
    return jobs.take_job(session, LEASES, now=NOON + after) is None


def test_it_works(session: Session) -> None:
    jobs.add_job(session, "send", details={"to": "ada"}, due_at=NOON)
    job = take(session)
    assert (job.task, job.details, job.tries) == ("send", {"to": "ada"}, 1)
    assert nothing_to_take(session)
    assert jobs.complete_job(session, job, next_due=None, now=NOON)
    assert session.scalars(select(Job)).all() == []


def test_a_job_waits_until_it_is_due_and_the_one_due_longest_goes_first(session: Session) -> None:
    jobs.add_job(session, "send", details={"number": 1}, due_at=NOON + MINUTE)
    jobs.add_job(session, "send", details={"number": 2}, due_at=NOON)
    assert nothing_to_take(session, -MINUTE)
    assert [take(session, MINUTE).details["number"] for _ in range(2)] == [2, 1]


def test_a_job_of_a_task_this_process_does_not_know_is_left_to_others(session: Session) -> None:
    jobs.add_job(session, "from a newer version", due_at=NOON)
    assert nothing_to_take(session)


def test_a_repeating_job_is_there_once_and_its_time_moves_on(session: Session) -> None:
    for _ in range(2):
        jobs.add_job(session, "tidy", key="tidy", due_at=NOON)
    job = take(session)
    assert nothing_to_take(session)
    assert jobs.complete_job(session, job, next_due=NOON + 9 * MINUTE, now=NOON)
    jobs.add_job(session, "tidy", key="tidy", due_at=NOON)  # as each start of the program does
    assert nothing_to_take(session, 8 * MINUTE)
    assert take(session, 9 * MINUTE).tries == 1


def test_the_lease_of_a_process_that_crashed_runs_out(session: Session) -> None:
    jobs.add_job(session, "tidy", key="tidy", due_at=NOON)
    crashed = take(session)
    assert nothing_to_take(session, LEASES["tidy"] - timedelta(seconds=1))
    again = take(session, LEASES["tidy"])
    assert (again.id, again.tries) == (crashed.id, 2)


@pytest.mark.parametrize("next_due", [None, NOON + MINUTE])
def test_a_process_that_was_too_slow_changes_nothing_of_the_next_ones_job(session: Session, next_due: object) -> None:
    jobs.add_job(session, "tidy", key="tidy", due_at=NOON)
    slow = take(session)
    later = take(session, 6 * MINUTE)
    assert not jobs.complete_job(session, slow, next_due=next_due, now=NOON + 7 * MINUTE)  # type: ignore[arg-type]
    assert not jobs.fail_job(session, slow, "too slow", now=NOON + 7 * MINUTE)
    row = session.scalars(select(Job).execution_options(populate_existing=True)).one()
    assert (row.lease, row.error, row.done_at) == (later.lease, None, None)
    assert jobs.complete_job(session, later, next_due=NOON + 9 * MINUTE, now=NOON + 7 * MINUTE)


def test_a_failed_job_waits_twice_as_long_each_time(session: Session) -> None:
    jobs.add_job(session, "tidy", key="tidy", due_at=NOON)
    now, waits = timedelta(), []
    for _ in range(12):
        assert jobs.fail_job(session, take(session, now), "the disk is full", now=NOON + now)
        row = session.scalars(select(Job).execution_options(populate_existing=True)).one()
        assert row.error == "the disk is full"
        waits.append((row.due_at - NOON - now) / timedelta(seconds=1))
        now = row.due_at - NOON
    assert waits[:8] == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert set(waits[8:]) == {3600}
    assert jobs.complete_job(session, take(session, now), next_due=NOON + now, now=NOON + now)
    assert take(session, now).tries == 1
    row = session.scalars(select(Job).execution_options(populate_existing=True)).one()
    assert (row.error, row.done_at) == (None, NOON + now)


def test_no_job_is_taken_by_two_at_once(app: Flask) -> None:
    with app.app_context():
        for number in range(WRITERS - 4):
            jobs.add_job(db.session(), "tidy", details={"number": number}, due_at=NOON)
        db.session.commit()

    def take_one(session: Session, number: int) -> int | None:
        job = jobs.take_job(session, LEASES, now=NOON)
        session.commit()
        return job.details["number"] if job else None

    taken = at_once(app, take_one)
    assert sorted(number for number in taken if number is not None) == list(range(WRITERS - 4))
    assert taken.count(None) == 4
