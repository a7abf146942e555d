"""The private calendar of a learner, which calendar programs fetch by its secret address."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, request, url_for
from flask import Response as CalendarResponse
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.calendar_feed import CalendarEvent, write_calendar
from quizapp.core.reminders import Reminder, time_on
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services import plans, reminders
from quizapp.services.answer_times import read_effort
from quizapp.services.assignments.listing import list_deadlines
from quizapp.services.errors import NotFound
from quizapp.services.progress.overview import read_due_days
from quizapp.services.review.today import read_today
from quizapp.services.throttle import TooManyTries
from quizapp.web.requests import begin_writing, commit, now

bp = Blueprint("calendar_feed", __name__)

DAYS = 14  # study days ahead, today included
KEPT_FOR = timedelta(minutes=15)  # by whoever fetches it
USUAL = (0.9, 30.0)  # chance of recall and stability of a fact that is due on a later day


@bp.get("/calendar/<secret>.ics")
def show(secret: str) -> HttpResponse:
    """Write the calendar as it is now."""
    begin_writing()
    try:
        user, row = reminders.open_calendar(db.session(), secret, address=request.remote_addr or "", now=now())
    except NotFound:
        abort(404)
    except TooManyTries:
        abort(429)
    finally:
        commit()  # what was counted stays counted
    clock = user.clock
    events = [*_reviews(user, row.hour), *_exams(user), *_assignments(user)]
    content = write_calendar(
        events,
        name="quizapp",
        owner_id=user.id,
        link=url_for("review.today", _external=True),
        host=urlsplit(current_app.config["QUIZAPP"].address).hostname or "quizapp",
        written_at=clock.start(clock.day(now())),
    )
    response = CalendarResponse(content, mimetype="text/calendar")
    response.cache_control.private, response.cache_control.max_age = True, KEPT_FOR.seconds
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    return response.make_conditional(request)


def _reviews(user: User, hour: int) -> Iterator[CalendarEvent]:
    """Yield a review for each day on which something is due; today's, with its new facts, until it is done."""
    session, clock = db.session(), user.clock
    today, first = read_today(session, user, now=now()), clock.day(now())
    due = {day: number for day, number in read_due_days(session, user, first, DAYS).items() if day > first}
    seconds = read_effort(session, user.id).due_seconds(*USUAL)
    ahead = {day: Reminder(number, 0, max(round(number * seconds / 60), 1)) for day, number in due.items()}
    if today and today.left:
        ahead[first] = Reminder(today.due, today.new, today.minutes)
    for day, reminder in sorted(ahead.items()):
        yield CalendarEvent(f"review-{day}", time_on(clock, day, hour), reminder.title, reminder.minutes)


def _exams(user: User) -> Iterator[CalendarEvent]:
    for exam in plans.list_exam_days(db.session(), user, user.clock.day(now())):
        yield CalendarEvent(f"exam-{exam.key}", exam.exam_day, gettext("Exam: %(title)s", title=exam.title))


def _assignments(user: User) -> Iterator[CalendarEvent]:
    for each in list_deadlines(db.session(), user, now=now()):
        title = gettext("Due: %(title)s", title=each.assignment.title)
        assert each.settings.due_at is not None
        yield CalendarEvent(f"assignment-{each.assignment.id}", each.settings.due_at, title)
