"""`quizapp jobs`, and the process beside the server that runs background jobs."""

import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from quizapp.application import create_app
from quizapp.cli.setup import clock, data_option, open_app, settings_from
from quizapp.cli.tasks import JobRun, Task, wanted_tasks
from quizapp.config import Settings, variable
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import Job
from quizapp.services import jobs
from quizapp.services.jobs import LeasedJob

START_DELAY = 3  # seconds; the server starts first
RESTART_DELAY = 5
POLL = 2  # seconds between looks for a job that is due; people wait for imports and exports
STEP = 0.5  # seconds within which a process notices that its parent or its child has ended
STOP_TIMEOUT = 10  # seconds for the job that runs; after that it is left to be taken again

log = logging.getLogger("quizapp.jobs")


def register(cli: click.Group) -> None:
    cli.add_command(jobs_group)


@click.group(
    "jobs",
    invoke_without_command=True,
    help=gettext("List background jobs: when each is due, when it was last done, and why it failed."),
)
@data_option
@click.pass_context
def jobs_group(context: click.Context, data: Path | None) -> None:
    if context.invoked_subcommand is not None:
        return
    settings = settings_from(data=data)
    with open_app(settings, with_bank=False).app_context():
        plan_repeating_jobs(db.session(), settings, now=clock())
        now = clock()
        for job in jobs.list_jobs(db.session(), wanted_tasks(settings)):
            click.echo("\t".join(describe_job(job, now)))


@jobs_group.command(help=gettext("Run jobs when they are due, until stopped. `quizapp run` starts this itself."))
@click.option("--parent", type=int, hidden=True)  # stop when the process with this id is no longer the parent
@data_option
def work(parent: int | None, data: Path | None) -> None:
    JobWorker(create_app(settings_from(data=data)), parent).run()


def describe_job(job: Job, now: datetime) -> list[str]:
    """Return the columns of a job in the list: task, state, when it was last done, and the last error."""
    if job.leased_until is not None and job.leased_until > now:
        state = gettext("running; will be tried again if not done by %(time)s", time=_time(job.leased_until))
    elif job.error is not None:
        state = ngettext(
            "failed %(num)s time, next try %(time)s",
            "failed %(num)s times, next try %(time)s",
            job.tries,
            time=_time(job.due_at),
        )
    else:
        state = gettext("due %(time)s", time=_time(job.due_at))
    done = gettext("last done %(time)s", time=_time(job.done_at)) if job.done_at else gettext("not done yet")
    return [job.task, state, done, *([job.error] if job.error else [])]


def _time(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def plan_repeating_jobs(session: Session, settings: Settings, *, now: datetime) -> None:
    """Add the repeating jobs that are not there yet, and commit."""
    for name, task in wanted_tasks(settings).items():
        if task.every is not None:
            jobs.add_job(session, name, key=name, due_at=now)
    session.commit()


class JobWorker:
    """Runs jobs one after the other until it is told to stop, or its parent process is gone."""

    def __init__(self, app: Flask, parent: int | None = None) -> None:
        self.app = app
        self.settings: Settings = app.config["QUIZAPP"]
        self.tasks = wanted_tasks(self.settings)
        self.stopping = False
        self.parent = parent

    def run(self) -> None:
        """Work until stopped. The job that runs then is finished first."""
        self.woken, self.waker = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        planned = False
        while not self._is_over():
            try:
                planned = planned or self._plan()
                found = self.run_next()
            except SQLAlchemyError as error:  # the database is away, or full: it may be back by the next look
                log.warning("background jobs cannot run", extra={"fields": {"error": str(error).splitlines()[0]}})
                found = False
            if not found:
                self._rest()

    def run_next(self) -> bool:
        """Run the job that has been due longest; return whether there was one."""
        with self.app.app_context():
            session = db.session()
            job = jobs.take_job(session, {name: task.lease for name, task in self.tasks.items()}, now=clock())
            session.commit()
            if job is None:
                return False
            self._run(session, job, self.tasks[job.task])
        return True

    def _run(self, session: Session, job: LeasedJob, task: Task) -> None:
        fields = {"task": job.task, "tries": job.tries}
        try:
            more = task.run(JobRun(session, self.settings, job.details, clock(), job.tries))
            session.rollback()
        except Exception as error:
            session.rollback()
            log.exception("a background job failed", extra={"fields": fields})
            owned = jobs.fail_job(session, job, str(error) or type(error).__name__, now=clock())
        else:
            owned = jobs.complete_job(session, job, next_due=_next_due(task, more, clock()), now=clock())
        session.commit()
        if not owned:
            log.warning("a background job took longer than its lease", extra={"fields": fields})

    def _plan(self) -> bool:
        with self.app.app_context():
            plan_repeating_jobs(db.session(), self.settings, now=clock())
        return True

    def _stop(self, *signal_and_frame: Any) -> None:
        self.stopping = True
        os.write(self.waker, b"x")

    def _is_over(self) -> bool:
        return self.stopping or (self.parent is not None and os.getppid() != self.parent)

    def _rest(self) -> None:
        end = time.monotonic() + POLL
        while time.monotonic() < end and not self._is_over():
            select.select([self.woken], [], [], STEP)


def _next_due(task: Task, more: bool, now: datetime) -> datetime | None:
    if more:
        return now
    return now + task.every if task.every else None


class JobProcess:
    """Keeps one child process that runs jobs while the `with` block runs, and starts it again if it ends.

    It depends on nothing of the server. The server may fork: only the process that made this stops the child.
    """

    def __init__(self, settings: Settings) -> None:
        self.environment = os.environ | {variable("data"): str(settings.data)}
        self.stopping = threading.Event()
        self.owner = os.getpid()
        self.thread = threading.Thread(target=self._keep_running, daemon=True)

    def __enter__(self) -> "JobProcess":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        if os.getpid() == self.owner:
            self.stopping.set()
            self.thread.join()

    def _keep_running(self) -> None:
        delay = START_DELAY
        while not self.stopping.wait(delay):
            # A session of its own: Ctrl+C reaches the server, which then stops this process.
            program = [sys.executable, "-m", "quizapp", "jobs", "work", "--parent", str(self.owner)]
            process = subprocess.Popen(program, stdin=subprocess.DEVNULL, env=self.environment, start_new_session=True)
            while process.poll() is None and not self.stopping.wait(STEP):
                pass
            if self.stopping.is_set():
                _stop_process(process)
            else:
                log.warning("the process that runs background jobs ended; it is started again")
            delay = RESTART_DELAY


def _stop_process(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
