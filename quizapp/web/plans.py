"""The plan of a set: how much to study, how well and until when, and the work it means."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.scheduling.workload import DAYS
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services import plans
from quizapp.web.exam_days import plan_day_for_exams
from quizapp.web.forms.plans import PlanForm, to_form_fields
from quizapp.web.identity import learner, learner_required
from quizapp.web.requests import Page, begin_writing, commit, now, wants_part

bp = Blueprint("plans", __name__, url_prefix="/plans")

FORMER = "former_plan"  # of the session: what the page after a change offers to go back to


@bp.get("/<set_key>")
@learner_required
def show(set_key: str) -> Page:
    plan_day_for_exams()
    view = plans.read_plan(db.session(), learner(), set_key, now=now())
    if view.workload_to_keep:
        begin_writing()
        plans.keep_workload(db.session(), learner(), set_key, view.workload_to_keep)
        commit()
    form = PlanForm(learner().clock.day(now()), plan=view.plan, paused=view.paused, topics=view.topics)
    form.topics.choices = list(view.all_topics.items())
    former = session.pop(FORMER, {}).get(set_key)
    return render_template("plans/show.html", view=view, form=form, days=DAYS, typed=None, former=former)


@bp.post("/<set_key>")
@learner_required
def change(set_key: str) -> Page:
    form = PlanForm(learner().clock.day(now()))
    if not form.validate():
        commit()  # nothing: the forecast on the page takes a while, and nobody need wait for it
        view = plans.read_plan(db.session(), learner(), set_key, now=now())
        form.topics.choices = list(view.all_topics.items())
        return render_template("plans/show.html", view=view, form=form, days=DAYS, typed=None, former=None), 422
    former = plans.change_plan(
        db.session(),
        learner(),
        set_key,
        form.plan,
        paused=form.paused.data,
        topics=form.topics.data or [],
        now=now(),
    )
    commit()
    session[FORMER] = {set_key: to_form_fields(*former)}
    flash(gettext("Plan saved."), "good")
    return redirect(url_for("plans.show", set_key=set_key), 303)


@bp.post("/<set_key>/preview")
@learner_required
def preview(set_key: str) -> Page:
    """Show the forecast for the plan typed in, without saving anything."""
    form = PlanForm(learner().clock.day(now()))
    session, reader = db.session(), learner()
    plan = form.plan if form.validate() else None
    typed = plans.preview_plan(session, reader, set_key, plan, now=now())
    if wants_part():  # while one types, when a mistake is no error yet; the whole page takes longer to compute
        return render_template("plans/_forecast.html", form=form, typed=typed)
    view = plans.read_plan(session, reader, set_key, now=now())
    form.topics.choices = list(view.all_topics.items())
    status = 200 if typed else 422
    return render_template("plans/show.html", view=view, form=form, days=DAYS, former=None, typed=typed), status


@bp.post("/<set_key>/resume")
@learner_required
def resume(set_key: str) -> HttpResponse:
    plans.resume_set(db.session(), learner(), set_key)
    commit()
    flash(gettext("Resumed."), "good")
    return redirect(url_for("review.today"), 303)
