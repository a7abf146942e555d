"""The pages of an attempt that goes on, for every blueprint whose attempts are taken this way.

Such a blueprint has the endpoints `attempt`, `question`, `answer`, `hand_in` and `result`, and the templates of quizzes
draw them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from quizapp.core.kinds.base import UnreadableResponse
from quizapp.extensions import db
from quizapp.models import Attempt
from quizapp.services.attempts import AT_ONCE, AnsweredAlready, AttemptOver, Sitting
from quizapp.web.forms.review import ResponseForm
from quizapp.web.identity import learner
from quizapp.web.rendering import render, wants_part
from quizapp.web.requests import begin_writing, commit, now

Page = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class Taking:
    """How attempts of one sort are taken: the blueprint with their pages, and the services behind these."""

    blueprint: str
    sitting: Callable[..., Sitting]
    answer: Callable[..., Attempt]
    hand_in: Callable[..., None]
    settle: Callable[..., None]

    def go_on(self, attempt_id: int) -> Page:
        """On to the first question not answered yet, or to handing in; or to the result."""
        try:
            sitting = self.sitting(db.session(), learner(), attempt_id, now=now())
        except AttemptOver:
            return self._over(attempt_id)
        return redirect(self._place(sitting.attempt, next(iter(sitting.unanswered), sitting.attempt.size + 1)), 303)

    def question(self, attempt_id: int, position: int) -> Page:
        try:
            sitting = self.sitting(db.session(), learner(), attempt_id, position=position, now=now())
        except AttemptOver:
            return self._over(attempt_id)
        assert sitting.item is not None
        told = sitting.item.answered and sitting.attempt.feedback == AT_ONCE
        return self._page("quizzes/_verdict.html" if told else "quizzes/_question.html", sitting)

    def answer_posted(self, attempt_id: int, position: int) -> Page:
        form = ResponseForm()
        if not form.validate():
            abort(400)
        try:
            attempt = self.answer(
                db.session(),
                learner(),
                attempt_id,
                position,
                request.form,
                ms=form.ms,
                confidence=form.confidence,
                now=now(),
            )
            commit()
        except UnreadableResponse:
            abort(400)
        except AnsweredAlready:
            db.session.rollback()
            flash("You had answered that already; the first answer counts.", "bad")
            return redirect(self._address("question", attempt_id, position=position), 303)
        except AttemptOver:
            db.session.rollback()
            flash("That answer came too late: the quiz was handed in, or its time was up. It is not counted.", "bad")
            return self._over(attempt_id)
        if attempt.finished_at is not None:
            return self._leave_for_result(attempt_id)
        if attempt.feedback == AT_ONCE:
            return redirect(self._place(attempt, position), 303)
        return redirect(self._place(attempt, request.form.get("to", type=int) or position + 1), 303)

    def handing_in(self, attempt_id: int) -> Page:
        try:
            if request.method == "POST":
                self.hand_in(db.session(), learner(), attempt_id, now=now())
                commit()
                return self._leave_for_result(attempt_id)
            sitting = self.sitting(db.session(), learner(), attempt_id, now=now())
        except AttemptOver:
            return self._over(attempt_id)
        return self._page("quizzes/_hand_in.html", sitting)

    def _page(self, part: str, sitting: Sitting) -> str:
        left = sitting.attempt.deadline - now() if sitting.attempt.deadline else None
        return render("quizzes/sitting.html", part, inside=part, sitting=sitting, left=left, taken_in=self.blueprint)

    def _address(self, page: str, attempt_id: int, **values: Any) -> str:
        return url_for(f"{self.blueprint}.{page}", attempt_id=attempt_id, **values)

    def _place(self, attempt: Attempt, position: int) -> str:
        """The address of a question; beyond the last one, that of handing in."""
        if position in range(1, attempt.size + 1):
            return self._address("question", attempt.id, position=position)
        return self._address("hand_in", attempt.id)

    def _over(self, attempt_id: int) -> Response:
        """On to the result; an attempt whose time ran out while nobody looked is handed in first, as of then."""
        begin_writing()
        self.settle(db.session(), learner(), [attempt_id], now=now())
        commit()
        return self._leave_for_result(attempt_id)

    def _leave_for_result(self, attempt_id: int) -> Response:
        address = self._address("result", attempt_id)
        if wants_part():  # it is a page of its own, not a part of the one htmx has
            return Response(status=204, headers={"HX-Redirect": address})
        return redirect(address, 303)
