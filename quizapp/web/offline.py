"""The app on a phone and offline: what makes it installable, today's questions, and answers that are sent later."""

import gzip
import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask import Response as HttpResponse
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints, ValidationError

from quizapp.core.progress.calibration import Confidence
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models.base import LARGEST_ID
from quizapp.services.attempts.kept_answers import KeptAnswer, KeptOutcome, save_kept_answer
from quizapp.services.review import offline
from quizapp.services.review.answers import SubmittedAnswer
from quizapp.web.exam_days import with_day_planned
from quizapp.web.identity import learner, learner_mark, learner_required, read_handed_out
from quizapp.web.rendering import text_size, theme
from quizapp.web.requests import LONGEST_NAME, LONGEST_VALUE, commit, is_storable, masked_token, now, posted_json

bp = Blueprint("offline", __name__)

MOST = 200  # answers in one request
REVALIDATE = {"Cache-Control": "no-cache"}

REASONS = {
    offline.SyncStatus.GONE: gettext("The question was removed, or you no longer study its set."),
    offline.SyncStatus.UNREADABLE: gettext("The answer doesn’t match its question."),
}
DAMAGED = {"status": "unreadable", "reason": gettext("The answer arrived incomplete.")}
ATTEMPT_REASONS = {
    KeptOutcome.OVER: gettext("It arrived after you handed in the quiz."),
    KeptOutcome.TOO_LATE: gettext("Time was up."),
    KeptOutcome.SHOWN: gettext("Your answer arrived after you had already seen the right one."),
    KeptOutcome.GONE: gettext("The quiz was removed, or you’re no longer in its class."),
    KeptOutcome.UNREADABLE: gettext("The answer doesn’t match its question."),
}


def _check_storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("a character that cannot be stored")
    return text


FieldName = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_check_storable)]
FieldValue = Annotated[str, Field(max_length=1000), AfterValidator(_check_storable)]
LongFieldValue = Annotated[str, Field(max_length=LONGEST_VALUE), AfterValidator(_check_storable)]  # essays


class PostedAnswer(BaseModel):
    """An answer as the browser kept it (js/offline.js)."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
    at: AwareDatetime
    ms: int | None = None

    @property
    def plausible_ms(self) -> int | None:
        return self.ms if self.ms is not None and 0 <= self.ms <= LARGEST_ID else None


class PostedReview(PostedAnswer):
    """An answer in daily review."""

    fact: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    question: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    seen: Annotated[int, Field(ge=0, le=LARGEST_ID)]
    fields: Annotated[dict[FieldName, FieldValue], Field(max_length=60)]
    handed_out: Annotated[str, Field(max_length=200)] | None = None  # identity.handed_out

    @property
    def submitted(self) -> tuple[SubmittedAnswer, datetime]:
        """The answer, and the instant at which it was given by the browser's clock."""
        confidence = _read_confidence(self.fields)
        given = SubmittedAnswer(
            self.fact,
            self.question,
            self.seen,
            self.fields,
            self.plausible_ms,
            confidence,
            self.id,
            handed_out=read_handed_out(self.handed_out) or _start_of_today(),
        )
        return given, self.at.astimezone(UTC)


def _start_of_today() -> datetime:
    """Return the earliest time of an answer without proof of when its question was handed out.

    Within a study day the time only orders answers; going back further would let memories seem older than they are.
    """
    clock = learner().clock
    return clock.start(clock.day(now()))


class PostedAttemptAnswer(PostedAnswer):
    """An answer to a question of an attempt. `seen` is when the answer that the page showed had been given, if any."""

    attempt: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    position: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    seen: AwareDatetime | None = None
    fields: Annotated[dict[FieldName, LongFieldValue], Field(max_length=60)]

    @property
    def kept(self) -> KeptAnswer:
        return KeptAnswer(
            self.attempt,
            self.position,
            given_at=self.at.astimezone(UTC),
            seen_at=self.seen and self.seen.astimezone(UTC),
            posted=self.fields,
            ms=self.plausible_ms,
            confidence=_read_confidence(self.fields),
        )


def _read_confidence(fields: dict[str, str]) -> Confidence | None:
    return next((level for level in Confidence if str(level.value) == fields.get("confidence")), None)


@bp.get("/manifest.webmanifest")
def manifest() -> HttpResponse:
    """Show what a device needs to know when the app is installed on it."""
    return HttpResponse(
        render_template("offline/manifest.json"), mimetype="application/manifest+json", headers=REVALIDATE
    )


@bp.get("/offline")
def page() -> str:
    """Show the study screen for offline use; the same for everybody, since the browser keeps it."""
    return render_template("offline/page.html", theme=lambda: "auto")


@bp.get("/sw.js")
def worker() -> HttpResponse:
    """Return the service worker. Its text changes with every release, so that browsers fetch again what it keeps."""
    html = page()
    shell = [url_for("offline.page"), *dict.fromkeys(re.findall(r'(?:href|src)="(/static/[^"]+)"', html))]
    release = hashlib.sha256(html.encode()).hexdigest()[:12]
    text = render_template("offline/sw.js", shell=shell, release=release)
    return HttpResponse(text, mimetype="text/javascript", headers=REVALIDATE)


@bp.get("/review/offline")
@learner_required
def questions() -> HttpResponse:
    """Return today's questions, rendered, with what is shown after each; for the learner alone."""
    user = learner()
    packed = with_day_planned(lambda: offline.list_offline_questions(db.session(), user, now=now()))
    response = jsonify(
        learner=learner_mark(),
        made=now().isoformat(),
        theme=theme(),
        text_size=text_size(),
        letter_keys=user.letter_keys,
        questions=[
            {
                "fact": one.prompt.fact_id,
                "seen": one.prompt.version,
                "question": one.prompt.question_version_id,
                "kind": one.prompt.question.kind,
                "self_graded": one.prompt.question.self_graded,
                "html": render_template("offline/_question.html", prompt=one.prompt),
                "answered": render_template("offline/_answered.html", verdict=one, question=one.prompt.question),
                "right": one.right,
            }
            for one in packed
        ],
    )
    if request.accept_encodings.quality("gzip"):  # it holds no secret whose length could be told from its size
        response.set_data(gzip.compress(response.get_data(), 6))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


@bp.get("/review/offline/token")
def token() -> HttpResponse:
    """Show who is logged in here, and the security token to send answers with. Offline it gives nothing."""
    return jsonify(learner=learner_mark(), csrf=masked_token())


@bp.post("/review/offline")
@learner_required
def receive_answers() -> HttpResponse:
    """Record answers that were given offline; return what became of each, in their order."""
    answers = _posted_answers()
    readable = [kept for kept in map(_read, answers) if kept]
    outcomes = offline.record_offline_answers(db.session(), learner(), readable, now=now())
    commit()
    outcomes_by_id: dict[str | None, offline.SyncResult] = {outcome.client_id: outcome for outcome in outcomes}
    return jsonify(answers=[_report_outcome(answer, outcomes_by_id) for answer in answers])


def _read(answer: object) -> tuple[SubmittedAnswer, datetime] | None:
    try:
        return PostedReview.model_validate(answer).submitted
    except (ValidationError, OverflowError):  # the latter for an instant at the edge of the calendar
        return None


def _posted_answers() -> list[object]:
    """Return the answers that the browser of this learner sent."""
    sent = posted_json()
    if not isinstance(sent, dict) or not isinstance(answers := sent.get("answers"), list) or len(answers) > MOST:
        abort(400)
    if sent.get("learner") != learner_mark():
        abort(403)
    return answers


def _client_id(answer: object) -> str | None:
    sent_id = answer.get("id") if isinstance(answer, dict) else None
    return sent_id if isinstance(sent_id, str) else None


def _report_outcome(answer: object, outcomes: dict[str | None, offline.SyncResult]) -> dict[str, Any]:
    client_id = _client_id(answer)
    if client_id not in outcomes:
        return {"id": client_id, **DAMAGED}
    outcome = outcomes[client_id]
    return {
        "id": client_id,
        "status": outcome.status,
        "reason": REASONS.get(outcome.status),
        "review": outcome.review_id,
    }


@bp.post("/attempts/offline")
@learner_required
def receive_attempt_answers() -> HttpResponse:
    """Save answers to questions of attempts that did not reach the server before; return what became of each."""
    outcomes = [_save_attempt_answer(answer) for answer in _posted_answers()]
    commit()
    return jsonify(answers=outcomes)


def _save_attempt_answer(answer: object) -> dict[str, Any]:
    try:
        kept = PostedAttemptAnswer.model_validate(answer).kept
    except (ValidationError, OverflowError):
        return {"id": _client_id(answer), **DAMAGED}
    outcome = save_kept_answer(db.session(), learner(), kept, now=now())
    return {"id": _client_id(answer), "status": outcome, "reason": ATTEMPT_REASONS.get(outcome)}
