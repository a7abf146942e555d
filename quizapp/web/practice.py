"""Practice: attempts that leave the schedule alone, pretests before reading, and two games."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.kinds import KIND_NAMES
from quizapp.core.practice.boards import GAMES, PAIRS
from quizapp.core.practice.selection import MOST_QUESTIONS
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import Attempt, QuestionSet
from quizapp.services.attempts.lifecycle import NoQuestions, NotHandedIn
from quizapp.services.errors import NotFound
from quizapp.services.practice import comparisons, groups, match_game, rounds
from quizapp.services.review.recap import list_missed
from quizapp.services.running_quizzes import has_hidden_facts
from quizapp.web.forms.practice import BeginForm, GameForm, PairForm, PretestForm, fill_in
from quizapp.web.identity import learner, learner_required
from quizapp.web.rendering import render
from quizapp.web.requests import Page, commit, now, parse_id, wants_part

bp = Blueprint("practice", __name__, url_prefix="/practice")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


@bp.get("")
@learner_required
def index() -> str:
    """Show what there is to practise, of one set at a time."""
    found = groups.find_set(db.session(), learner(), request.args.get("set"))
    if found is None:
        return render_template("practice/index.html", options=None)
    form = fill_in(found.key, rounds.last_selection(db.session(), learner(), found.id))
    return _index(found, form)


def _index(found: QuestionSet, form: BeginForm) -> str:
    options = groups.get_options(db.session(), learner(), found, now=now())
    hidden = has_hidden_facts(db.session(), learner(), found.id, now=now())
    matching = 0, 0  # what was chosen the last time may be gone
    if form.selection.is_everything:
        matching = len(options.facts), sum(options.kinds.values())
    else:
        with suppress(NotFound):
            matching = rounds.count_matching(db.session(), learner(), found, options.facts, form.selection, now=now())
    return render_template(
        "practice/index.html",
        options=options,
        form=form,
        matching=matching,
        kinds=KIND_NAMES,
        most=MOST_QUESTIONS,
        stopwatch=_stopwatch,
        hidden=hidden,
    )


# Attempts


@bp.post("")
@learner_required
def begin() -> Page:
    """Begin a practice; what can't be begun is said on the page, which keeps what was chosen."""
    form, found = _read_choice()
    if form.errors:
        return _index(found, form), 422
    try:
        return _begin(rounds.begin_practice(db.session(), learner(), found, form.selection, now=now()))
    except NoQuestions:
        db.session.rollback()
        return _index(found, form), 422


@bp.post("/count")
@learner_required
def count() -> Page:
    """Show how many questions match what is chosen."""
    form, found = _read_choice()
    facts = groups.list_practisable(db.session(), learner(), found.id, now=now())
    matching = rounds.count_matching(db.session(), learner(), found, facts, form.selection, now=now())
    return render_template("practice/_matching.html", matching=matching) if wants_part() else _index(found, form)


def _read_choice() -> tuple[BeginForm, QuestionSet]:
    form = BeginForm()
    form.validate()
    if not form.can_be_read:
        abort(400)
    return form, _set(form.set.data)


@bp.post("/pretest")
@learner_required
def pretest() -> Page:
    """Begin guessing at what a passage will say; any page may offer it."""
    form = PretestForm()
    if not form.validate():
        abort(400)
    found = _set(form.set.data)
    try:
        attempt = rounds.begin_pretest(db.session(), learner(), found, form.passage.data, now=now())
    except NoQuestions:
        return _nothing_to_ask(gettext("This passage has no questions for a pretest."), found.key)
    return _begin(attempt)


@bp.post("/missed")
@learner_required
def practise_session() -> Page:
    """Practise what was answered wrong in the last review session of today."""
    missed = list_missed(db.session(), learner(), now=now())
    try:
        return _begin(rounds.begin_facts(db.session(), learner(), missed, title=gettext("Missed today"), now=now()))
    except NoQuestions:
        db.session.rollback()
        flash(gettext("There is nothing left to practise."), "bad")
        return redirect(url_for("review.question"), 303)


@bp.post("/<int:attempt_id>/missed")
@learner_required
def practise_missed(attempt_id: int) -> Page:
    """Practise again what was answered wrongly."""
    try:
        return _begin(rounds.begin_missed(db.session(), learner(), attempt_id, now=now()))
    except NotHandedIn:
        return _refuse(attempt_id, gettext("Finish or stop this practice session first."))
    except NoQuestions:
        return _refuse(attempt_id, gettext("There is nothing left to practise."))


@bp.post("/<int:attempt_id>/another")
@learner_required
def repeat(attempt_id: int) -> Page:
    """Begin another practice like this one."""
    try:
        return _begin(rounds.begin_another(db.session(), learner(), attempt_id, now=now()))
    except NoQuestions:
        return _refuse(attempt_id, gettext("There is nothing left to practise."))


def _begin(attempt: Attempt) -> HttpResponse:
    address = url_for("attempts.show", attempt_id=attempt.id)
    commit()
    return redirect(address, 303)


def _nothing_to_ask(what: str, set_key: str) -> HttpResponse:
    db.session.rollback()
    flash(what, "bad")
    return redirect(url_for("practice.index", set=set_key), 303)


def _refuse(attempt_id: int, why: str) -> HttpResponse:
    db.session.rollback()
    flash(why, "bad")
    return redirect(url_for("attempts.show", attempt_id=attempt_id), 303)


# The match game


@bp.get("/match")
@learner_required
def match() -> Page:
    """Show a board to play. Without JavaScript its pairs are chosen from lists, and sent here to be checked."""
    found = _asked_set()
    about = request.args.get("about", GAMES[0])
    page = match_game.get_board(
        db.session(),
        learner(),
        found.id,
        found.names,
        about=about,
        number=request.args.get("board", type=parse_id),
        now=now(),
    )
    checked = "check" in request.args
    picked = [request.args.get(f"match-{place}", type=parse_id) for place in range(PAIRS)] if checked else None
    return render_template(
        "practice/match.html", set=found, page=page, games=GAMES, picked=picked, stopwatch=_stopwatch
    )


@bp.post("/match")
@learner_required
def save_match() -> Page:
    form = GameForm()
    if not form.validate():
        abort(400)
    found, about, board = _set(form.set.data), form.about.data, form.board.data
    try:
        game_id = match_game.save_game(
            db.session(),
            learner(),
            found.id,
            about=about,
            number=board,
            ms=form.ms.data,
            slips=form.slips.data,
            now=now(),
        )
        commit()
    except match_game.ImplausibleGame:
        db.session.rollback()
        flash(gettext("Nothing new was saved: this game is already saved, or the time can’t be right."), "bad")
        return redirect(url_for("practice.match", set=found.key, about=about), 303)
    return redirect(url_for("practice.match_result", game_id=game_id, board=board), 303)


@bp.get("/match/<int:game_id>")
@learner_required
def match_result(game_id: int) -> Page:
    """Show a game that was played, with its pairs to read over."""
    game, found = match_game.get_game_result(db.session(), learner(), game_id)
    number = request.args.get("board", type=parse_id)
    page = match_game.get_board(
        db.session(), learner(), found.id, found.names, about=game.about, number=number, now=now()
    )
    return render_template(
        "practice/match_result.html",
        set=found,
        game=game,
        page=page if number is not None else None,
        stopwatch=_stopwatch,
    )


# Which came first?


@bp.get("/which-first")
@learner_required
def which_first() -> Page:
    found, since = _asked_set(), _round_began()
    pair, score = comparisons.next_pair(db.session(), learner(), found.id, since=since, now=now())
    return _pair("practice/_pair.html", found, since, pair=pair, score=score)


@bp.post("/which-first")
@learner_required
def answer_pair() -> Page:
    form = PairForm()
    if not form.validate() or form.since.data > _as_ms(now()):
        abort(400)
    found, since = _set(form.set.data), EPOCH + form.since.data * MS
    given = {"one": form.one.data, "other": form.other.data, "picked": form.picked.data}
    answered: dict[str, Any] = {}
    try:
        if form.ordering.data:
            answered["ordering"] = comparisons.answer_ordering_pair(
                db.session(), learner(), found.id, form.ordering.data, **given, since=since, now=now()
            )
        else:
            answered["earlier"], answered["later"] = comparisons.answer_pair(
                db.session(), learner(), found.id, **given, since=since, now=now()
            )
        commit()
    except comparisons.PairAnswered as before:
        db.session.rollback()
        flash(gettext("You’ve already answered this question. Your first answer counts."), "bad")
        answered = dict(zip(("ordering",) if len(before.args) == 1 else ("earlier", "later"), before.args, strict=True))
    return redirect(url_for("practice.pair_result", set=found.key, since=form.since.data, **answered), 303)


@bp.get("/which-first/result")
@learner_required
def pair_result() -> Page:
    found, since = _asked_set(), _round_began()
    ordering, earlier, later = (request.args.get(name, type=parse_id) for name in ("ordering", "earlier", "later"))
    if ordering is not None:
        pair = comparisons.get_ordering_result(db.session(), learner(), ordering, now=now())
    elif earlier is not None and later is not None:
        pair = comparisons.get_result(db.session(), learner(), found.id, earlier, later, now=now())
    else:
        raise NotFound
    score = comparisons.score(db.session(), learner(), found.id, since)
    return _pair("practice/_pair_result.html", found, since, result=pair, score=score)


def _set(key: str | None) -> QuestionSet:
    found = groups.find_set(db.session(), learner(), key)
    if found is None:
        raise NotFound
    return found


def _asked_set() -> QuestionSet:
    return _set(request.args.get("set"))


def _round_began() -> datetime:
    """Return when the round began: with this request unless the address says otherwise."""
    since = request.args.get("since", default=-1, type=int)
    return EPOCH + since * MS if 0 <= since <= _as_ms(now()) else now()


def _as_ms(instant: datetime) -> int:
    return (instant - EPOCH) // MS


def _pair(part: str, found: QuestionSet, since: datetime, **values: Any) -> str:
    return render("practice/which_first.html", part, inside=part, set=found, since=_as_ms(since), **values)


def _stopwatch(ms: int) -> str:
    """Return a time as a stopwatch shows it: "21.4 s", "1 min 05.0 s"."""
    minutes, rest = divmod(round(ms / 100) / 10, 60)
    if minutes:
        return gettext("%(minutes)s min %(seconds)s s", minutes=int(minutes), seconds=f"{rest:04.1f}")
    return gettext("%(seconds)s s", seconds=f"{rest:.1f}")
