"""Practice: questions that leave the schedule alone, guesses before reading, and two games."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quizapp.core.kinds import KINDS
from quizapp.core.kinds.base import UnreadableResponse
from quizapp.core.practice.boards import GAMES, PAIRS
from quizapp.extensions import db
from quizapp.services import practice
from quizapp.services.attempts import AnsweredAlready, AttemptOver
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer
from quizapp.web.forms.practice import LATEST, SIZES, BeginForm, GameForm, PressForm, PretestForm
from quizapp.web.forms.review import BIGGEST, ResponseForm
from quizapp.web.identity import learner, learner_required
from quizapp.web.rendering import render, wants_part
from quizapp.web.requests import commit, now

bp = Blueprint("practice", __name__, url_prefix="/practice")

Page = str | Response

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


@bp.get("")
@learner_required
def index() -> str:
    """What there is to practise, of one set at a time."""
    found = practice.find_set(db.session(), learner(), request.args.get("set"))
    offers = practice.hub(db.session(), learner(), found, now=now()) if found else None
    return render_template("practice/index.html", hub=offers, sizes=SIZES)


# Questions


@bp.post("")
@learner_required
def begin() -> Page:
    form = BeginForm()
    if not form.validate() or form.scope is None:
        abort(400)
    found = _set(form.set.data)
    try:
        practice_id = practice.begin(
            db.session(), learner(), found, scope=form.scope, value=form.value, size=form.size.data, now=now()
        )
    except practice.NothingToAsk:
        return _nothing_to_ask("There is nothing there to practise just now.", found.key)
    return _begun(practice_id)


@bp.post("/pretest")
@learner_required
def pretest() -> Page:
    """Guess at what a passage will say; any page may offer it."""
    form = PretestForm()
    if not form.validate():
        abort(400)
    found = _set(form.set.data)
    try:
        practice_id = practice.begin_pretest(db.session(), learner(), found, form.passage.data, now=now())
    except practice.NothingToAsk:
        return _nothing_to_ask("There is nothing to guess at in that paragraph.", found.key)
    return _begun(practice_id)


@bp.get("/<int:practice_id>")
@learner_required
def show(practice_id: int) -> Page:
    """The question that waits, or how it went."""
    waiting = practice.question(db.session(), learner(), practice_id)
    if waiting is not None:
        return _to_question(practice_id, waiting.item.position)
    report = practice.report(db.session(), learner(), practice_id)
    return render_template("practice/done.html", report=report)


@bp.get("/<int:practice_id>/<int:position>")
@learner_required
def question(practice_id: int, position: int) -> Page:
    """A question, or after the answer what there is to say about it."""
    sitting = practice.question(db.session(), learner(), practice_id, position)
    assert sitting is not None  # the position was named
    if not sitting.item.answered:
        if sitting.over:
            return _to_practice(practice_id)
        return _sitting("practice/_question.html", sitting)
    return _sitting("practice/_guessed.html" if sitting.is_pretest else "practice/_verdict.html", sitting)


@bp.post("/<int:practice_id>/<int:position>")
@learner_required
def answer(practice_id: int, position: int) -> Page:
    form = ResponseForm()
    if not form.validate():
        abort(400)
    try:
        answered = practice.answer(
            db.session(),
            learner(),
            practice_id,
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
        return _to_question(practice_id, position)
    except AttemptOver:
        db.session.rollback()
        flash("This practice is over; that answer was not kept.", "bad")
        return _to_practice(practice_id)
    if not KINDS[answered.kind].self_graded:
        return _to_question(practice_id, position)
    # Learners who graded themselves have seen the answer already.
    return _to_question(practice_id, answered.next) if answered.next else _to_practice(practice_id)


@bp.post("/<int:practice_id>/stop")
@learner_required
def stop(practice_id: int) -> Page:
    try:
        practice.stop(db.session(), learner(), practice_id, now=now())
        commit()
    except AttemptOver:
        db.session.rollback()
    return _to_practice(practice_id)


@bp.post("/<int:practice_id>/count")
@learner_required
def count(practice_id: int) -> Page:
    """Let the answers move the schedule: the only thing here that does."""
    try:
        counted = practice.count(db.session(), learner(), practice_id)
        commit()
    except practice.NotOver:
        return _told(practice_id, "Finish this practice first, or stop it; then its answers can count.")
    except practice.NotTakenUp:
        return _told(practice_id, "You do not study this set, so there is no schedule for the answers to count in.")
    except StaleAnswer:
        return _told(practice_id, "You answered one of these facts elsewhere just now. Nothing was counted; try again.")
    if not counted.answers:
        return _told(practice_id, "There is no answer left to count: each counts once.")
    flash(_what_counted(counted), "good")
    return _to_practice(practice_id)


@bp.post("/<int:practice_id>/again")
@learner_required
def again(practice_id: int) -> Page:
    try:
        return _begun(practice.again(db.session(), learner(), practice_id, now=now()))
    except practice.NotOver:
        return _told(practice_id, "Finish this practice first, or stop it.")
    except practice.NothingToAsk:
        return _told(practice_id, "There is nothing left of it to practise.")


@bp.post("/<int:practice_id>/another")
@learner_required
def another(practice_id: int) -> Page:
    try:
        return _begun(practice.another(db.session(), learner(), practice_id, now=now()))
    except practice.NothingToAsk:
        return _told(practice_id, "There is nothing left there to practise.")


# The match game


@bp.get("/match")
@learner_required
def match() -> Page:
    """A board to play. Without JavaScript its pairs are chosen from lists, and sent here to be checked."""
    found = _asked_set()
    about = request.args.get("about", GAMES[0])
    page = practice.board_page(
        db.session(), learner(), found.id, found.names, about=about, number=_argument("board", most=BIGGEST)
    )
    picked = (
        [request.args.get(f"match-{place}", type=int) for place in range(PAIRS)] if "check" in request.args else None
    )
    return render_template("practice/match.html", set=found, page=page, games=GAMES, picked=picked)


@bp.post("/match")
@learner_required
def save_match() -> Page:
    form = GameForm()
    if not form.validate():
        abort(400)
    found, about, board = _set(form.set.data), form.about.data, form.board.data
    try:
        game_id = practice.save_game(
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
    except practice.Unbelievable:
        db.session.rollback()
        flash("That game was not kept: its board was played before, or its time cannot be right.", "bad")
        return redirect(url_for("practice.match", set=found.key, about=about), 303)
    return redirect(url_for("practice.match_won", game_id=game_id, board=board), 303)


@bp.get("/match/<int:game_id>")
@learner_required
def match_won(game_id: int) -> Page:
    """A game that was played, with its pairs to read over."""
    won, found = practice.won(db.session(), learner(), game_id)
    number = _argument("board", most=BIGGEST)
    page = practice.board_page(db.session(), learner(), found.id, found.names, about=won.about, number=number)
    return render_template("practice/match_won.html", set=found, won=won, page=page if number is not None else None)


# Which came first?


@bp.get("/which-first")
@learner_required
def which_first() -> Page:
    found, since = _asked_set(), _since()
    asked, score = practice.next_pair(db.session(), learner(), found.id, since=since, now=now())
    return _pair("practice/_pair.html", found, since, asked=asked, score=score)


@bp.post("/which-first")
@learner_required
def press() -> Page:
    form = PressForm()
    if not form.validate() or form.since.data > _as_ms(now()):
        abort(400)
    found, since = _set(form.set.data), EPOCH + form.since.data * MS
    pressed = {"one": form.one.data, "other": form.other.data, "picked": form.picked.data}
    to_tell: dict[str, Any] = {}
    try:
        if form.ordering.data:
            to_tell["ordering"] = practice.press_ordering(
                db.session(), learner(), found.id, form.ordering.data, **pressed, since=since, now=now()
            )
        else:
            to_tell["earlier"], to_tell["later"] = practice.press(
                db.session(), learner(), found.id, **pressed, since=since, now=now()
            )
        commit()
    except practice.AskedBefore as before:
        db.session.rollback()
        flash("You had answered that already; the first answer counts.", "bad")
        to_tell = dict(zip(("ordering",) if len(before.args) == 1 else ("earlier", "later"), before.args, strict=True))
    return redirect(url_for("practice.which_was_first", set=found.key, since=form.since.data, **to_tell), 303)


@bp.get("/which-first/told")
@learner_required
def which_was_first() -> Page:
    found, since = _asked_set(), _since()
    ordering, earlier, later = (_argument(name, most=BIGGEST) for name in ("ordering", "earlier", "later"))
    if ordering is not None:
        told = practice.told_ordering(db.session(), learner(), ordering)
    elif earlier is not None and later is not None:
        told = practice.told(db.session(), learner(), found.id, earlier, later)
    else:
        raise NotFound
    score = practice.score(db.session(), learner(), found.id, since)
    return _pair("practice/_pair_told.html", found, since, told=told, score=score)


def _set(key: str | None) -> practice.PracticeSet:
    found = practice.find_set(db.session(), learner(), key)
    if found is None:
        raise NotFound
    return found


def _asked_set() -> practice.PracticeSet:
    return _set(request.args.get("set"))


def _argument(name: str, *, most: int) -> int | None:
    """A number in the address; None where there is none that could be meant."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 <= number <= most else None


def _since() -> datetime:
    """When the round began: it begins with this request unless the address says otherwise."""
    since = _argument("since", most=LATEST)
    return now() if since is None or since > _as_ms(now()) else EPOCH + since * MS


def _as_ms(instant: datetime) -> int:
    return (instant - EPOCH) // MS


def _sitting(part: str, sitting: practice.Sitting) -> str:
    return render("practice/sitting.html", part, inside=part, sitting=sitting)


def _pair(part: str, found: practice.PracticeSet, since: datetime, **values: Any) -> str:
    return render("practice/which_first.html", part, inside=part, set=found, since=_as_ms(since), **values)


def _begun(practice_id: int) -> Response:
    commit()
    return _to_practice(practice_id)


def _to_practice(practice_id: int) -> Response:
    """To the end of a practice, a page of its own, and not a part of the one that htmx has."""
    address = url_for("practice.show", practice_id=practice_id)
    return Response(status=204, headers={"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _to_question(practice_id: int, position: int) -> Response:
    return redirect(url_for("practice.question", practice_id=practice_id, position=position), 303)


def _nothing_to_ask(what: str, set_key: str) -> Response:
    db.session.rollback()
    flash(what, "bad")
    return redirect(url_for("practice.index", set=set_key), 303)


def _told(practice_id: int, what: str) -> Response:
    db.session.rollback()
    flash(what, "bad")
    return _to_practice(practice_id)


def _what_counted(counted: practice.Counted) -> str:
    answers, right = counted.answers, counted.right
    said = "1 answer now counts" if answers == 1 else f"{answers} answers now count"
    return f"{said} in your schedule: {right} remembered, {answers - right} to learn again."


@bp.app_template_filter("seconds")
def seconds(ms: int) -> str:
    """A time as a stopwatch shows it: "21.4 s", "1 min 05.0 s"."""
    minutes, rest = divmod(round(ms / 100) / 10, 60)
    return f"{int(minutes)} min {rest:04.1f} s" if minutes else f"{rest:.1f} s"
