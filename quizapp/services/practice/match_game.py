"""The match game against oneself: a board of six pairs, and the best time so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.practice.boards import GAMES, PAIRS, Board, believable, of_answers, of_dates, of_names
from quizapp.models import Fact, MatchGame, Question, QuestionSet, QuestionVersion, User
from quizapp.services import access, running_quizzes
from quizapp.services.errors import NotFound

MOST_FACTS = MOST_QUESTIONS = 500  # that a board is made from
ONE_ANSWER = ("flashcard", "typed", "choice")


class ImplausibleGame(ValueError):
    """Nobody can have played such a game."""


@dataclass(frozen=True, slots=True)
class GameOption:
    """A game, whether the set has what it takes, and the learner's best time (ms)."""

    about: str
    possible: bool
    best: int | None


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A board, numbered so that it can be shown again; `fact_keys` are those of the facts in it, by id."""

    about: str
    number: int
    board: Board | None
    fact_keys: dict[int, str]
    best: int | None  # ms


@dataclass(frozen=True, slots=True)
class GameResult:
    """A game played to its end. `before` is the best time (ms) until then."""

    set_id: int
    about: str
    ms: int
    slips: int
    before: int | None

    @property
    def is_best(self) -> bool:
        return self.before is None or self.ms < self.before


def list_games(
    session: Session, learner: User, set_id: int, names: Sequence[dict[str, Any]], *, now: datetime
) -> list[GameOption]:
    """Return the games, each with the learner's best time; four statements."""
    rows = session.execute(
        select(MatchGame.about, func.min(MatchGame.ms).label("ms"))
        .where(MatchGame.learner_id == learner.id, MatchGame.set_id == set_id, MatchGame.pairs == PAIRS)
        .group_by(MatchGame.about)
    )
    best = {row.about: row.ms for row in rows}
    boards = {about: _board(session, learner, set_id, names, about, 0, now) for about in GAMES}
    return [GameOption(about, board is not None, best.get(about)) for about, board in boards.items()]


def get_board(
    session: Session,
    learner: User,
    set_id: int,
    names: Sequence[dict[str, Any]],
    *,
    about: str,
    number: int | None = None,
    now: datetime,
) -> BoardPage:
    """Return the board of that number, else the one after those played. Raises NotFound for no such game."""
    played, best = _record(session, learner, set_id, about)
    number = played if number is None else number
    board = _board(session, learner, set_id, names, about, number, now)
    shown = [pair.fact_id for pair in board.pairs if pair.fact_id] if board else []
    keys = {row.id: row.key for row in session.execute(select(Fact.id, Fact.key).where(Fact.id.in_(shown)))}
    return BoardPage(about, number, board, keys, best)


def save_game(
    session: Session, learner: User, set_id: int, *, about: str, number: int, ms: int, slips: int, now: datetime
) -> int:
    """Save a game that was played to its end, and return its id.

    Raises NotFound for a game there is not, ImplausibleGame for a time or a count of slips that nobody has, and for a
    board played before: it was sent twice, or is known by heart.
    """
    played, _ = _record(session, learner, set_id, about)
    if number < played or not believable(ms=ms, slips=slips):
        raise ImplausibleGame
    game = MatchGame(learner_id=learner.id, set_id=set_id, about=about, pairs=PAIRS, slips=slips, ms=ms, at=now)
    session.add(game)
    session.flush()
    return game.id


def get_game_result(session: Session, learner: User, game_id: int) -> tuple[GameResult, QuestionSet]:
    """Return a game of the learner's, and its set. Raises NotFound."""
    row = session.execute(
        select(MatchGame, QuestionSet)
        .join(QuestionSet, QuestionSet.id == MatchGame.set_id)
        .where(MatchGame.id == game_id, MatchGame.learner_id == learner.id, access.visible_sets(learner))
    ).one_or_none()
    if row is None:
        raise NotFound
    game = row.MatchGame
    before = session.scalar(select(func.min(MatchGame.ms)).where(*_same(learner, game), MatchGame.id < game.id))
    return GameResult(game.set_id, game.about, game.ms, game.slips, before), row.QuestionSet


def _same(learner: User, game: MatchGame) -> tuple[Any, ...]:
    return (
        MatchGame.learner_id == learner.id,
        MatchGame.set_id == game.set_id,
        MatchGame.about == game.about,
        MatchGame.pairs == game.pairs,
    )


def _record(session: Session, learner: User, set_id: int, about: str) -> tuple[int, int | None]:
    """Return how many games of a kind were played, and the best time (ms). Raises NotFound for a kind there is not."""
    if about not in GAMES:
        raise NotFound
    game = MatchGame(set_id=set_id, about=about, pairs=PAIRS)
    played, best = session.execute(select(func.count(), func.min(MatchGame.ms)).where(*_same(learner, game))).one()
    return played, best


def _board(
    session: Session,
    learner: User,
    set_id: int,
    names: Sequence[dict[str, Any]],
    about: str,
    number: int,
    now: datetime,
) -> Board | None:
    seed = f"{set_id}:{about}:{number}"
    match about:
        case "dates":
            return of_dates(_dated(session, learner, set_id, seed, now), seed)
        case "names":
            return of_names([(n["type"], n["name"], n["role"]) for n in names if n.get("role")], seed)
        case _:
            return of_answers(_short_answers(session, learner, set_id, now), seed)


def _dated(session: Session, learner: User, set_id: int, seed: str, now: datetime) -> list[tuple[int, str, str]]:
    shown = running_quizzes.is_shown(learner, now)
    dated = select(Fact.id).where(Fact.set_id == set_id, Fact.archived_at.is_(None), Fact.date.is_not(None), *shown)
    ids = session.scalars(dated.order_by(Fact.id)).all()
    drawn = Random(seed).sample(ids, min(len(ids), MOST_FACTS))
    rows = session.execute(select(Fact.id, Fact.date, Fact.statement).where(Fact.id.in_(drawn)).order_by(Fact.id))
    return [(row.id, row.date, row.statement) for row in rows]


def _short_answers(session: Session, learner: User, set_id: int, now: datetime) -> list[tuple[int, str, str]]:
    """Return fact id, prompt and answer of the questions with one answer."""
    body = QuestionVersion.body
    rows = session.execute(
        select(Fact.id, body["prompt"].as_string(), body["answer"].as_string())
        .join(Question, Question.fact_id == Fact.id)
        .join(Question.current_version)
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), Question.archived_at.is_(None))
        .where(QuestionVersion.kind.in_(ONE_ANSWER), *running_quizzes.is_shown(learner, now))
        .order_by(Fact.id, Question.position)
        .limit(MOST_QUESTIONS)
    )
    return [(fact_id, prompt, answer) for fact_id, prompt, answer in rows]
