"""Background jobs: what they do, what happens when something fails, and how they are listed."""

import logging
import signal
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from assignments import open_school
from attempts import begin_quiz, give
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, study_until_done

from quizapp.cli import jobs as job_commands
from quizapp.cli import tasks
from quizapp.cli.jobs import JobWorker
from quizapp.core.scheduling.personal import Findings
from quizapp.core.scheduling.scheduler import Plan
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    AuditEntry,
    Classroom,
    DayCount,
    Job,
    LoginFailures,
    LoginLink,
    LoginSession,
    Memory,
    User,
)
from quizapp.models import Response as ResponseRow
from quizapp.services import accounts, audit_log, log_ins, memory_events, parameters, plans
from quizapp.services.attempts import lifecycle
from quizapp.services.throttle import count_try

Command = Callable[..., "subprocess.CompletedProcess[str]"]


class Clock:
    """The time of the jobs of a test."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(job_commands, "clock", clock)
    return clock


def work_off(app: Flask, **settings: Any) -> int:
    """Run all jobs that are due; how many there were."""
    db.session.commit()  # what the test has read or written so far
    app.config["QUIZAPP"] = app.config["QUIZAPP"].model_copy(update=settings)
    worker = JobWorker(app)
    worker._plan()
    done = 0
    while worker.run_next():
        done += 1
        assert done < 20
    return done


def job(session: Session, task: str) -> Job:
    return session.scalars(select(Job).where(Job.task == task).execution_options(populate_existing=True)).one()


# What the jobs do


def test_guests_who_stay_away_are_deleted_after_the_days_that_are_set(
    app: Flask, session: Session, clock: Clock
) -> None:
    stale = [accounts.create_guest(session, timezone="UTC", now=NOON) for _ in range(tasks.GUESTS_AT_ONCE + 1)]
    learner = make_learner(session)
    member = accounts.sign_up(
        session, guest=None, name="Ada", password_hash="x", email="", is_teacher=False, timezone="UTC", now=NOON
    )
    session.commit()
    studied = NOON + timedelta(days=9)
    answer(session, learner, ask(session, learner, studied), now=studied)
    clock.now = NOON + timedelta(days=10)
    on_sqlite = session.get_bind().dialect.name == "sqlite"  # where one more keeps the statistics
    assert work_off(app, guest_days=11) == 5 + on_sqlite  # that job, and four others
    assert len(session.scalars(select(User.id)).all()) == len(stale) + 2
    clock.now = NOON + timedelta(days=12)
    assert work_off(app, guest_days=11) == 6 + on_sqlite  # more than one transaction's worth
    assert set(session.scalars(select(User.id))) == {learner.id, member.id}


def test_intervals_are_adjusted_to_learners_with_enough_reviews_once_they_pause(
    app: Flask, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, quiet, broken = (make_learner(session) for _ in range(3))
    for learner in (busy, quiet, broken):
        answer(session, learner, ask(session, learner))
        session.add(DayCount(learner_id=learner.id, day=NOON.date() - timedelta(days=1), long_term=300))
    session.commit()
    clock.now = NOON + timedelta(minutes=90)
    answer(session, busy, ask(session, busy, clock.now), now=clock.now)
    found = parameters.find_adjustment

    def find_adjustment(session: Session, learner: User, **others: Any) -> Any:
        if learner.id == broken.id:
            raise ValueError("no reviews to be read")
        return found(session, learner, **others)

    monkeypatch.setattr(parameters, "find_adjustment", find_adjustment)
    work_off(app)
    session.expire_all()
    assert (busy.fitted_on, quiet.fitted_on, broken.fitted_on) == (None, clock.now.date(), None)
    assert str(broken.id) in (job(session, "adjust to learners").error or "")


Meanwhile = Callable[[Session, User], object]


def change_plan(session: Session, learner: User) -> None:
    plans.change_plan(session, learner, "sample", Plan(desired_retention=0.8), paused=False, now=NOON)


def use_standard(session: Session, learner: User) -> None:
    learner.uses_standard = True


def reset(session: Session, learner: User) -> None:
    memory_events.reset_set(session, learner, "sample", now=NOON)


@pytest.mark.parametrize("meanwhile", [change_plan, use_standard, reset])
def test_what_a_learner_changes_while_a_job_looks_at_their_reviews_is_kept(
    app: Flask, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile
) -> None:
    """What was found is dropped then, and found again another time. A change of the name is no reason for that."""
    changed, renamed = make_learner(session), make_learner(session)
    for learner in (changed, renamed):
        study_until_done(session, learner, NOON)
        session.add(DayCount(learner_id=learner.id, day=NOON.date() - timedelta(days=1), long_term=300))
    session.commit()
    clock.now = NOON + timedelta(hours=2)
    monkeypatch.setattr(parameters, "find_out", lambda *args: Findings(interval_factor=0.5))
    found = parameters.find_adjustment

    def find_adjustment(session: Session, learner: User, **others: Any) -> Any:
        adjustment = found(session, learner, **others)
        session.rollback()
        with Session(session.get_bind()) as elsewhere:
            theirs = elsewhere.get_one(User, learner.id)
            if learner.id == renamed.id:
                theirs.name = "Ada"
            else:
                meanwhile(elsewhere, theirs)
            elsewhere.commit()
        return adjustment

    def kept() -> list[Any]:
        session.expire_all()
        rows = select(Memory).where(Memory.learner_id == changed.id).order_by(Memory.fact_id)
        memories = [(each.state, each.due_day) for each in session.scalars(rows)]
        return [changed.fitted_factor, changed.uses_standard, changed.fitted_on, *memories]

    with monkeypatch.context() as patched:
        patched.setattr(parameters, "find_adjustment", find_adjustment)
        work_off(app)
    first = kept()
    assert first[0] == 1 and first[2] is None
    assert (renamed.name, renamed.fitted_factor, renamed.fitted_on) == ("Ada", 0.5, clock.now.date())
    meanwhile(session, changed)
    session.commit()
    assert kept() == first  # as the learner left it
    clock.now += timedelta(days=1)
    work_off(app)
    assert kept()[0] == 0.5


def test_what_is_kept_for_a_limited_time_is_deleted(
    app: Flask, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The activity log for as long as the setting says; log-ins, links and counted tries until they have ended."""
    monkeypatch.setattr(tasks, "ENTRIES_AT_ONCE", 2)
    school, guest = open_school(session, 1), make_learner(session)
    session.execute(delete(AuditEntry))
    teacher, log = school.teacher, {"classroom": school.classroom}
    for days in (1, 2, 3, 11, 12):
        at = NOON + timedelta(days=days)
        audit_log.record(session, teacher, "rotated_code", now=at, **log)
        count_try(session, [(f"bucket {days}", 9)], at)
    for user in (teacher, guest):
        for days in (0, 1, 9):
            log_ins.begin_session(session, user, browser="", network="", now=NOON + timedelta(days=days))
    log_ins.create_login_link(session, teacher, lifetime=timedelta(days=13), now=NOON)
    log_ins.create_login_link(session, teacher, lifetime=timedelta(days=9), now=NOON)
    limits = {"session_idle_days": 13, "session_days": 12}
    clock.now = NOON + timedelta(days=12, minutes=1)
    work_off(app, audit_log_days=0, **limits)
    assert len(session.scalars(select(AuditEntry.at)).all()) == 5
    began = select(LoginSession.created_at).order_by(LoginSession.created_at)
    for user, days in ((teacher, [1, 9]), (guest, [0, 1, 9])):
        assert session.scalars(began.where(LoginSession.user_id == user.id)).all() == [
            NOON + timedelta(days=each) for each in days
        ]
    assert session.scalars(select(LoginLink.expires_at)).all() == [NOON + timedelta(days=13)]
    assert session.scalars(select(LoginFailures.bucket)).all() == ["bucket 12"]
    clock.now += timedelta(hours=1)
    work_off(app, audit_log_days=3, **limits)
    assert session.scalars(select(AuditEntry.at)).all() == [NOON + timedelta(days=days) for days in (11, 12)]
    assert session.scalars(select(LoginFailures.bucket)).all() == []


def test_accounts_that_nobody_uses_are_deleted_where_that_is_set(
    app: Flask, session: Session, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A teacher's class is archived, as when the teacher deletes the account."""
    caplog.set_level(logging.INFO, "quizapp.security")
    school, guest = open_school(session, 3), make_learner(session)
    never, unused, used = school.students
    for user, days in ((unused, 1), (used, 3)):
        log_ins.begin_session(session, user, browser="", network="", now=NOON + timedelta(days=days))
    audit_log.record(session, school.teacher, "named", now=NOON, classroom=school.classroom, subject=used, called="U.")
    audit_log.record(session, used, "named", now=NOON, classroom=school.classroom, subject=unused, called="Secret")
    clock.now = NOON + timedelta(days=12)
    work_off(app)
    everybody = {school.teacher.id, never.id, unused.id, used.id, guest.id}
    assert set(session.scalars(select(User.id))) == everybody
    teacher_id, class_id = school.teacher.id, school.class_id
    unused_ids = [teacher_id, never.id, unused.id]
    work_off(app, account_days=10)
    assert set(session.scalars(select(User.id))) == {used.id, guest.id}
    session.expire_all()
    assert session.get_one(Classroom, class_id).archived_at == clock.now
    details = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "named")).all()
    assert details == [{"called": "U."}]
    assert sorted(record.fields["user"] for record in caplog.records if record.name == "quizapp.security") == sorted(  # type: ignore[attr-defined]
        unused_ids
    )


def test_attempts_whose_time_is_up_are_handed_in(app: Flask, session: Session, clock: Clock) -> None:
    learner = make_learner(session)
    timed, untimed = (begin_quiz(session, learner, minutes=minutes) for minutes in (5, None))
    give(session, learner, timed, {1: {"give-up": "1"}})
    clock.now = NOON + timedelta(minutes=5, seconds=5)
    work_off(app)
    session.expire_all()
    assert session.get_one(Attempt, timed).finished_at is None  # an answer may be on its way
    clock.now = NOON + timedelta(minutes=7)
    work_off(app)
    session.expire_all()
    attempt = session.get_one(Attempt, timed)
    assert (attempt.finished_at, attempt.recorded_at) == (NOON + timedelta(minutes=5), clock.now)
    reviewed = select(ResponseRow.position).where(ResponseRow.attempt_id == timed, ResponseRow.review_id.is_not(None))
    assert session.scalars(reviewed).all() == [1]
    assert session.get_one(Attempt, untimed).finished_at is None


def test_an_attempt_that_cannot_be_ended_does_not_keep_the_others_waiting(
    app: Flask, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    learner = make_learner(session)
    bad, good = (begin_quiz(session, learner, minutes=5) for _ in range(2))
    finish = lifecycle.finish_attempt

    def fail(session: Session, attempt: Attempt, *, now: datetime) -> None:
        if attempt.id == bad:
            raise RuntimeError("a bad attempt")
        finish(session, attempt, now=now)

    monkeypatch.setattr(lifecycle, "finish_attempt", fail)
    clock.now = NOON + timedelta(minutes=7)
    work_off(app)
    session.expire_all()
    assert session.get_one(Attempt, good).finished_at is not None
    assert job(session, "end attempts").error == f"can't hand in these overdue attempts: {bad}; the log says why"
    assert "a bad attempt" in caplog.text


def test_backups_are_made_each_day_where_they_are_set(
    app: Flask, session: Session, clock: Clock, tmp_path: Path, database_url: str, postgres_path: str,
    monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("PATH", postgres_path)
    for day in range(4):
        clock.now = NOON + timedelta(days=day)
        work_off(app, data=tmp_path, backups=2)
        assert work_off(app, data=tmp_path, backups=2) == 0
    kind = "sqlite3" if database_url.startswith("sqlite") else "dump"
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == [
        f"quizapp-2026030{day}T120000Z.{kind}" for day in (4, 5)
    ]


# When something fails


def test_a_failed_job_is_logged_and_tried_again(
    app: Flask, session: Session, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "backups").write_text("in the way")
    work_off(app, data=tmp_path, backups=2)
    assert "a background job failed" in caplog.text
    failed = job(session, "backup")
    assert "can't write to" in str(failed.error)
    assert (failed.tries, failed.done_at) == (1, None)
    (tmp_path / "backups").unlink()
    assert work_off(app, data=tmp_path, backups=2) == 0
    clock.now += timedelta(seconds=30)
    if app.config["QUIZAPP"].url.startswith("sqlite"):
        assert work_off(app, data=tmp_path, backups=2) == 1
        assert job(session, "backup").error is None


def test_what_a_failed_task_wrote_is_rolled_back(
    app: Flask, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(run: tasks.JobRun) -> bool:
        accounts.create_guest(run.session, timezone="UTC", now=run.now)
        raise RuntimeError

    monkeypatch.setattr(tasks, "TASKS", {"bad": tasks.Task(fail, timedelta(minutes=1), every=timedelta(minutes=1))})
    work_off(app)
    assert session.scalars(select(User.id)).all() == []
    assert job(session, "bad").error == "RuntimeError"


def test_the_job_that_runs_is_finished_before_the_process_stops(
    app: Flask, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = JobWorker(app)

    def stop(run: tasks.JobRun) -> bool:
        worker._stop()
        accounts.create_guest(run.session, timezone="UTC", now=run.now)
        run.session.commit()
        return False

    task = tasks.Task(stop, timedelta(minutes=1), every=timedelta(minutes=1))
    worker.tasks = {"first": task, "second": task}
    monkeypatch.setattr(tasks, "TASKS", worker.tasks)
    monkeypatch.setattr(signal, "signal", lambda *arguments: None)
    session.commit()
    worker.run()
    assert len(session.scalars(select(User.id)).all()) == 1
    assert (job(session, "first").done_at, job(session, "second").done_at) == (NOON, None)


def test_the_process_goes_on_when_the_database_comes_back(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker = JobWorker(app)
    rests = []

    def rest() -> None:
        rests.append(len(rests))
        with app.app_context():
            if len(rests) == 1:
                db.session.execute(text("ALTER TABLE job_away RENAME TO job"))
                db.session.commit()
        worker.stopping = len(rests) == 2

    with app.app_context():
        db.session.execute(text("ALTER TABLE job RENAME TO job_away"))
        db.session.commit()
    monkeypatch.setattr(worker, "_rest", rest)
    monkeypatch.setattr(signal, "signal", lambda *arguments: None)
    worker.run()
    assert "background jobs cannot run" in caplog.text
    with app.app_context():
        assert job(db.session(), "end attempts").done_at == NOON


# The command


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_list_says_when_each_is_due_and_why_one_failed(
    command: Command, app: Flask, session: Session, clock: Clock, tmp_path: Path, database_url: str
) -> None:
    (tmp_path / "backups").write_text("in the way")
    work_off(app, data=tmp_path, backups=2)
    listed = command("jobs", QUIZAPP_DATABASE_URL=database_url, QUIZAPP_BACKUPS="2").stdout.splitlines()
    assert [line.split("\t")[:3] for line in listed] == [
        ["backup", "failed 1 time, next try 2026-03-02 12:00:30 UTC", "not done yet"],
        ["end attempts", "due 2026-03-02 12:01:00 UTC", "last done 2026-03-02 12:00:00 UTC"],
        ["remind learners", "due 2026-03-02 12:05:00 UTC", "last done 2026-03-02 12:00:00 UTC"],
        ["delete guests", "due 2026-03-02 13:00:00 UTC", "last done 2026-03-02 12:00:00 UTC"],
        ["delete old records", "due 2026-03-02 13:00:00 UTC", "last done 2026-03-02 12:00:00 UTC"],
        ["adjust to learners", "due 2026-03-02 18:00:00 UTC", "last done 2026-03-02 12:00:00 UTC"],
        ["update statistics", "due 2026-03-03 12:00:00 UTC", "last done 2026-03-02 12:00:00 UTC"],
    ]
    assert "can't write to" in listed[0]
