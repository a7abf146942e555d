"""What background jobs do. A task may be run again after a crash, so it commits in steps that are safe to repeat."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from quizapp import mail, push
from quizapp.cli.backup import write_dated_backup
from quizapp.cli.security_log import record_event
from quizapp.cli.student_lists import run_student_list
from quizapp.cli.transfers import run_transfer
from quizapp.cli.users import delete_account, login_link_address
from quizapp.config import Settings, secret_key
from quizapp.core.log_ins import MAILED_LINK_LIFETIME, MAILING_TIME, SessionLimits
from quizapp.core.reminders import Reminder, is_too_late, is_welcome
from quizapp.core.translation import gettext
from quizapp.models import PushKeys, PushSubscription, User
from quizapp.models.database import reading
from quizapp.models.statistics import update_statistics
from quizapp.services import accounts, audit_log, jobs, log_ins, parameters, reminders, throttle, transfers
from quizapp.services.attempts.lifecycle import expire_attempt, list_overdue
from quizapp.services.classes.student_lists import delete_old_lists
from quizapp.services.errors import NotFound
from quizapp.services.jobs import RUN_STUDENT_LIST, RUN_TRANSFER, SEND_LOGIN_LINK
from quizapp.services.reminders import find_last_day
from quizapp.services.review.today import read_today

GUESTS_AT_ONCE = 50  # deleted in one transaction, which keeps other writers waiting on SQLite
ATTEMPTS_AT_ONCE = 50
ENTRIES_AT_ONCE = 1000
LEARNERS_AT_ONCE = 20
REMINDERS_AT_ONCE = 100
SEND_REMINDER_MAIL, SEND_NOTIFICATIONS = "send reminder by e-mail", "send notifications"

log = logging.getLogger("quizapp.jobs")


class TaskFailed(Exception):
    """Part of a task could not be done; the message says what."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """What a task is given. The session has no transaction yet, and what the task does not commit is rolled back."""

    session: Session
    settings: Settings
    details: dict[str, Any]
    now: datetime
    tries: int = 1  # this one included


@dataclass(frozen=True, slots=True)
class Task:
    """`run` returns whether there is more to do at once; `lease` is the longest that one run may take."""

    run: Callable[[JobRun], bool]
    lease: timedelta
    every: timedelta | None = None  # how often it repeats by itself
    is_wanted: Callable[[Settings], bool] = lambda settings: True


def delete_stale_guests(run: JobRun) -> bool:
    """Delete some of the guests who have not studied for as long as the setting says."""
    before = run.now - timedelta(days=run.settings.guest_days)
    count = accounts.expire_guests(run.session, before=before, limit=GUESTS_AT_ONCE)
    run.session.commit()
    if count:
        log.info("deleted stale guests", extra={"fields": {"guests": count}})
    return count == GUESTS_AT_ONCE


def delete_unused_account(run: JobRun) -> bool:
    """Delete one of the accounts that nobody has used for as long as the setting says."""
    before = run.now - timedelta(days=run.settings.account_days)
    user = accounts.find_unused_account(run.session, before=before)
    if user is None:
        return False
    user_id = user.id
    delete_account(run.session, user, now=run.now)
    run.session.commit()
    record_event("account-deletion", user_id, by="background-job")
    return True


def delete_old_records(run: JobRun) -> bool:
    """Delete sessions, links and counted tries that have ended, and some of the old entries of the audit log."""
    limits = SessionLimits(timedelta(days=run.settings.session_idle_days), timedelta(days=run.settings.session_days))
    log_ins.delete_ended(run.session, limits, now=run.now)
    transfers.delete_old_transfers(run.session, now=run.now)
    delete_old_lists(run.session, now=run.now)
    throttle.delete_old_tries(run.session, run.now)
    count = 0
    if run.settings.audit_log_days:
        before = run.now - timedelta(days=run.settings.audit_log_days)
        count = audit_log.delete_old_entries(run.session, before=before, limit=ENTRIES_AT_ONCE)
    run.session.commit()
    return count == ENTRIES_AT_ONCE


def end_overdue_attempts(run: JobRun) -> bool:
    """Hand in some of the attempts whose time is up, each in a transaction of its own.

    An attempt that cannot be handed in does not keep the others waiting. Raises TaskFailed for it after them.
    """
    overdue = list_overdue(run.session, now=run.now, limit=ATTEMPTS_AT_ONCE)
    run.session.commit()
    failed = []
    for learner, attempt_id in overdue:
        try:
            with suppress(NotFound):  # deleted meanwhile
                expire_attempt(run.session, learner, attempt_id, now=run.now)
            run.session.commit()
        except Exception:
            run.session.rollback()
            log.exception("an attempt cannot be ended", extra={"fields": {"attempt": attempt_id}})
            failed.append(attempt_id)
    if failed:
        raise TaskFailed(
            gettext("can't hand in these overdue attempts: %(ids)s; the log says why", ids=", ".join(map(str, failed)))
        )
    return len(overdue) == ATTEMPTS_AT_ONCE


def adjust_to_learners(run: JobRun) -> bool:
    """Look at the reviews of some learners with enough new ones, and adjust their intervals.

    One whose reviews cannot be used does not keep the others waiting. Raises TaskFailed for it after them.
    """
    with reading():
        due = parameters.list_due_learners(run.session, now=run.now, limit=LEARNERS_AT_ONCE)
        run.session.commit()
    studying, failed = 0, []
    for learner in due:
        try:
            studying += not _adjust_to(run, learner)
        except Exception:
            run.session.rollback()
            log.exception("a learner's reviews cannot be used", extra={"fields": {"user": learner.id}})
            failed.append(learner.id)
    if failed:
        raise TaskFailed(
            gettext(
                "can't adjust the intervals for these learners: %(ids)s; the log says why",
                ids=", ".join(map(str, failed)),
            )
        )
    return len(due) == LEARNERS_AT_ONCE and not studying


def _adjust_to(run: JobRun, learner: User) -> bool:
    """Adjust to one learner; return False, and leave it for later, while they are studying or change their plans.

    Others can write while the reviews are read and computed with, which takes seconds for a long log.
    """
    with reading():
        run.session.refresh(learner)
        if parameters.is_studying(run.session, learner, now=run.now):
            run.session.rollback()
            return False
        adjustment = parameters.find_adjustment(run.session, learner, now=run.now)
        run.session.rollback()
    try:
        parameters.save_adjustment(run.session, learner, adjustment, now=run.now)
    except parameters.ChangedMeanwhile:
        run.session.rollback()
        return False
    parameters.note_fitted(run.session, learner, now=run.now)
    run.session.commit()
    return True


def send_login_link(run: JobRun) -> bool:
    """Make a log-in link and send it by e-mail. A try that fails leaves a link that nobody has, and that soon ends."""
    asked_at = datetime.fromisoformat(run.details["asked_at"])
    user = run.session.get(User, run.details["user"]) if run.details["user"] else None
    if user is None or not user.email:  # nobody has the name; or deleted since, or left without an address
        return False
    if run.now - asked_at > MAILING_TIME:
        log.error("a log-in link was never sent", extra={"fields": {"user": user.id}})
        return False
    token = log_ins.create_login_link(run.session, user, lifetime=MAILED_LINK_LIFETIME, now=run.now)
    message = mail.login_link_mail(
        run.settings, user.name or "", user.email, login_link_address(run.settings, token), MAILED_LINK_LIFETIME
    )
    run.session.commit()  # before the link can be opened, and before the mail server, which takes seconds
    mail.send(run.settings, message)
    return False


def remind_learners(run: JobRun) -> bool:
    """Add jobs that send the reminders which are due, one for each learner and way."""
    taken = reminders.take_due(run.session, now=run.now, limit=REMINDERS_AT_ONCE)
    for each in taken:
        details = {"user": each.user_id, "day": each.day.isoformat(), "wanted_at": each.wanted_at.isoformat()}
        ways = {SEND_REMINDER_MAIL: each.by_mail, SEND_NOTIFICATIONS: each.by_push}
        for task in (task for task, wanted in ways.items() if wanted):
            jobs.add_job(run.session, task, due_at=run.now, key=f"{task} {each.user_id} {each.day}", details=details)
    run.session.commit()
    return len(taken) == REMINDERS_AT_ONCE


def _find_reminder(run: JobRun) -> tuple[User, date, Reminder] | None:
    """Return whom to remind, on which study day and of what.

    None if nothing is due, if they have studied on that day, or not for long, or if it is too late.
    """
    day = date.fromisoformat(run.details["day"])
    if is_too_late(datetime.fromisoformat(run.details["wanted_at"]), run.now):
        return None
    with reading():
        user = run.session.get(User, run.details["user"])
        today = None
        if user is not None and user.clock.day(run.now) == day and is_welcome(find_last_day(run.session, user), day):
            today = read_today(run.session, user, now=run.now)
        run.session.commit()
    if user is None or today is None or not today.due:
        return None
    return user, day, Reminder(today.due, today.new, today.minutes)


def send_reminder_mail(run: JobRun) -> bool:
    """Remind a learner by e-mail. If the mail server fails, the job is tried again until it is too late."""
    found = _find_reminder(run)
    if found is None:
        return False
    user, day, reminder = found
    secret = reminders.note_mail(run.session, user.id, day)
    run.session.commit()
    if not secret or not user.email:
        return False
    link, unsubscribe = (f"{run.settings.address}/{path}" for path in ("today", f"unsubscribe/{secret}"))
    try:
        mail.send(
            run.settings, mail.reminder_mail(run.settings, user.email, reminder, link=link, unsubscribe=unsubscribe)
        )
    except mail.NotSent:
        reminders.forget_mail(run.session, user.id)
        run.session.commit()
        raise
    return False


def send_notifications(run: JobRun) -> bool:
    """Remind a learner by a notification in each of their browsers. What a push service does not take is left out."""
    found, keys = _find_reminder(run), reminders.read_push_keys(run.session)
    if found is None or keys is None:
        return False
    user, day, reminder = found
    content = {"title": reminder.title, "body": reminder.estimate, "badge": reminder.due if user.shows_badge else None}
    for browser in reminders.list_browsers(run.session, user):
        wanted = reminders.note_push(run.session, browser.id, day)
        run.session.commit()
        if wanted:
            _push(run, browser, keys, json.dumps(content).encode())
    return False


def _push(run: JobRun, browser: PushSubscription, keys: PushKeys, content: bytes) -> None:
    contact = f"mailto:{run.settings.mail_from}" if run.settings.mail_from else run.settings.public_url
    pair = keys.private_key, keys.public_key
    try:
        body = push.encrypt(content, browser.public_key, browser.auth_secret)
        signature = push.sign(*pair, browser.endpoint, contact=contact, now=run.now)
        push.send(run.settings, browser.endpoint, {"Authorization": signature}, body)
    except (push.Gone, ValueError):  # the latter for keys that no browser has
        reminders.delete_browser(run.session, browser.id)
    except push.NotSent as error:
        log.warning("a notification was not sent", extra={"fields": {"user": browser.user_id, "error": error}})
        reminders.note_outcome(run.session, browser.id, arrived=False)
    else:
        reminders.note_outcome(run.session, browser.id, arrived=True)
    run.session.commit()


def refresh_statistics(run: JobRun) -> bool:
    """Keep the statistics for the planner up as the database grows."""
    update_statistics(run.session.connection())
    run.session.commit()
    return False


def run_large_transfer(run: JobRun) -> bool:
    """Import or export a large file for somebody who waits for it."""
    run_transfer(run.session, run.details["transfer"], tries=run.tries, now=run.now)
    return False


def work_on_student_list(run: JobRun) -> bool:
    """Give some of the students of a list accounts or new passwords."""
    return run_student_list(
        run.session, run.details["list"], key=secret_key(run.settings), tries=run.tries, now=run.now
    )


def back_up(run: JobRun) -> bool:
    """Write a backup beside the others, and delete the oldest."""
    file = write_dated_backup(run.settings, run.settings.backup_directory, keep=run.settings.backups, now=run.now)
    log.info("backed up", extra={"fields": {"file": file}})
    return False


TASKS = {
    "end attempts": Task(end_overdue_attempts, timedelta(minutes=5), every=timedelta(minutes=1)),
    "delete guests": Task(delete_stale_guests, timedelta(minutes=5), every=timedelta(hours=1)),
    "adjust to learners": Task(adjust_to_learners, timedelta(hours=1), every=timedelta(hours=6)),
    SEND_LOGIN_LINK: Task(send_login_link, timedelta(minutes=5), is_wanted=lambda settings: bool(settings.smtp_url)),
    "remind learners": Task(remind_learners, timedelta(minutes=5), every=timedelta(minutes=5)),
    SEND_REMINDER_MAIL: Task(
        send_reminder_mail, timedelta(minutes=5), is_wanted=lambda settings: bool(settings.smtp_url)
    ),
    SEND_NOTIFICATIONS: Task(send_notifications, timedelta(minutes=5), is_wanted=lambda settings: push.is_available),
    "update statistics": Task(
        refresh_statistics,
        timedelta(minutes=5),
        every=timedelta(days=1),
        is_wanted=lambda settings: settings.url.startswith("sqlite"),  # PostgreSQL does it by itself
    ),
    RUN_TRANSFER: Task(run_large_transfer, timedelta(minutes=3)),
    RUN_STUDENT_LIST: Task(work_on_student_list, timedelta(minutes=1)),
    "delete old records": Task(delete_old_records, timedelta(minutes=5), every=timedelta(hours=1)),
    "delete unused accounts": Task(
        delete_unused_account,
        timedelta(minutes=5),
        every=timedelta(hours=1),
        is_wanted=lambda settings: bool(settings.account_days),
    ),
    "backup": Task(
        back_up, timedelta(hours=2), every=timedelta(days=1), is_wanted=lambda settings: bool(settings.backups)
    ),
}


def wanted_tasks(settings: Settings) -> dict[str, Task]:
    """Return the tasks that these settings ask for, by name."""
    return {name: task for name, task in TASKS.items() if task.is_wanted(settings)}
