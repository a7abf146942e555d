"""The quizzes that learners make for themselves: what they can draw from a set, their list, and attempts at them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, cast, exists, func, select
from sqlalchemy.orm import Session

from quizapp.core.attempts import ASKABLE, AT_END, OWN_QUIZZES, Score, draw
from quizapp.core.scheduling.scheduler import State
from quizapp.core.translation import gettext
from quizapp.models import Attempt, Fact, Memory, Plan, Question, QuestionSet, Quiz, Response, User
from quizapp.services import access, running_quizzes
from quizapp.services.attempts.lifecycle import begin_attempt, expire_attempt, list_running
from quizapp.services.attempts.questions import list_candidates
from quizapp.services.errors import NotFound

HISTORY_PAGE = 20  # attempts
QUICK_SIZE, QUICK_LEAST = 10, 5  # questions of a quick quiz, and facts met from which one is offered


@dataclass(frozen=True, slots=True)
class QuizOptions:
    """What a quiz may draw from a set: for each topic its facts that can be asked, for each kind its questions."""

    question_set: QuestionSet
    topics: dict[str, str]  # titles by key
    facts: Counter[str]  # by topic
    questions: Counter[str]  # by kind


@dataclass(frozen=True, slots=True)
class QuizSummary:
    """A quiz in the list, with the last and the best attempt at it."""

    quiz: Quiz
    set_title: str
    language: str  # of the set
    topics: list[str]  # titles; none is every topic
    attempts: int  # handed in
    last: Score | None
    best: float | None  # share, 0..1
    running: int | None  # an attempt's id


@dataclass(frozen=True, slots=True)
class QuizList:
    """All quizzes of a learner, the attempts begun, and a page of the attempts handed in, the newest first."""

    running: Sequence[tuple[Attempt, int]]  # each with the number of its answers
    quizzes: list[QuizSummary]
    archived: list[QuizSummary]
    history: Sequence[Attempt]
    page: int
    has_older: bool


def get_options(session: Session, learner: User, set_key: str, *, now: datetime) -> QuizOptions:
    """Return what a quiz may draw from a set; two statements. Raises NotFound."""
    found = access.find_set(session, learner, set_key)
    candidates = list_candidates(session, found.id, kinds=ASKABLE, shown=running_quizzes.is_shown(learner, now))
    return QuizOptions(
        found,
        {topic["key"]: topic["title"] for topic in found.header["topics"]},
        Counter(topic for _, topic in {(candidate.fact_id, candidate.topic) for candidate in candidates}),
        Counter(candidate.kind for candidate in candidates),
    )


# Creating a quiz and attempts at it


def create_quiz(
    session: Session, learner: User, set_id: int, values: Mapping[str, Any], *, now: datetime
) -> tuple[Attempt, int]:
    """Create a quiz, at most as large as the set allows, and begin the first attempt at it.

    `values` are columns of Quiz. Returns the attempt and how many questions more were wanted than the set has. Raises
    NoQuestions.
    """
    quiz = Quiz(owner_id=learner.id, set_id=set_id, created_at=now, **values)
    session.add(quiz)
    session.flush()
    attempt, missing = _begin(session, learner, quiz, now=now)
    quiz.size = attempt.size
    return attempt, missing


def begin_quiz(session: Session, learner: User, quiz_id: int, *, now: datetime) -> tuple[Attempt, int]:
    """Begin another attempt at a quiz, with questions drawn again, or return the one that is running.

    Returns the attempt and how many questions it has too few. Raises NotFound, also for an archived quiz, and
    NoQuestions when the set has none left that fit.
    """
    quiz = _own_quiz(session, learner, quiz_id, lock=True)
    if quiz.archived_at is not None:
        raise NotFound
    access.set_to_read(session, learner, quiz.set_id)
    own = select(Attempt).where(Attempt.quiz_id == quiz_id, Attempt.learner_id == learner.id)
    running = session.scalars(own.where(Attempt.finished_at.is_(None))).all()
    for attempt in running:
        expire_attempt(session, learner, attempt.id, now=now)
    for attempt in running:
        if attempt.finished_at is None:
            return attempt, 0
    return _begin(session, learner, quiz, now=now)


def _begin(session: Session, learner: User, quiz: Quiz, *, now: datetime) -> tuple[Attempt, int]:
    own = select(func.max(Attempt.id)).where(Attempt.quiz_id == quiz.id, Attempt.learner_id == learner.id)
    last = session.scalar(own)
    asked_last = set(session.scalars(select(Response.fact_id).where(Response.attempt_id == (last or 0))))
    shown = running_quizzes.is_shown(learner, now)
    candidates = list_candidates(session, quiz.set_id, topics=quiz.topics, kinds=quiz.kinds, shown=shown)
    drawn = draw(candidates, quiz.size, seed=f"{quiz.id}:{last or 0}", asked_last=asked_last)
    attempt = begin_attempt(
        session,
        learner,
        [(candidate.fact_id, candidate.question_version_id) for candidate in drawn],
        set_id=quiz.set_id,
        purpose="quiz" if quiz.counts else "practice-quiz",
        title=quiz.title,
        feedback=quiz.feedback,
        now=now,
        quiz_id=quiz.id,
        minutes=quiz.minutes,
    )
    return attempt, quiz.size - attempt.size


def archive_quiz(session: Session, learner: User, quiz_id: int, *, now: datetime) -> None:
    """Archive a quiz; its attempts stay. Raises NotFound."""
    _own_quiz(session, learner, quiz_id).archived_at = now
    session.flush()


def restore_quiz(session: Session, learner: User, quiz_id: int) -> None:
    """Restore an archived quiz. Raises NotFound."""
    _own_quiz(session, learner, quiz_id).archived_at = None
    session.flush()


def _own_quiz(session: Session, learner: User, quiz_id: int, *, lock: bool = False) -> Quiz:
    query = select(Quiz).where(Quiz.id == quiz_id, Quiz.owner_id == learner.id)
    quiz = session.scalar(query.with_for_update() if lock else query)
    if quiz is None:
        raise NotFound
    return quiz


# Quick quizzes


def list_quick_sets(session: Session, learner: User, *, now: datetime) -> Sequence[Any]:
    """Return key, title and language of the sets for a quick quiz, the one studied last first; one statement.

    Of these sets the learner has met at least QUICK_LEAST facts.
    """
    return session.execute(
        select(QuestionSet.key, QuestionSet.title, QuestionSet.header["language"].as_string().label("language"))
        .join(Plan, Plan.set_id == QuestionSet.id)
        .join(Fact, Fact.set_id == QuestionSet.id)
        .join(Memory, and_(Memory.fact_id == Fact.id, Memory.learner_id == Plan.learner_id))
        .where(Plan.learner_id == learner.id, Plan.paused.is_(False), *_is_met(learner, now))
        .where(access.visible_sets(learner))
        .group_by(QuestionSet.id)
        .having(func.count() >= QUICK_LEAST)
        .order_by(func.max(Memory.last_day).desc(), QuestionSet.id)
    ).all()


def begin_quick_quiz(session: Session, learner: User, set_key: str, *, now: datetime) -> Attempt:
    """Begin a short quiz on facts of a set that the learner has met; its answers count only on request.

    Raises NotFound, and NoQuestions when none of them can be asked.
    """
    found = access.find_set(session, learner, set_key)
    met = select(Memory.fact_id).join(Fact, Fact.id == Memory.fact_id)
    met = met.where(Memory.learner_id == learner.id, Fact.set_id == found.id, *_is_met(learner, now))
    candidates = list_candidates(session, found.id, shown=[Fact.id.in_(met)])
    drawn = draw(candidates, QUICK_SIZE, seed=f"{learner.id}:{now.isoformat()}")
    asked = [(candidate.fact_id, candidate.question_version_id) for candidate in drawn]
    title = gettext("Quick quiz")
    return begin_attempt(
        session, learner, asked, set_id=found.id, purpose="practice-quiz", title=title, feedback=AT_END, now=now
    )


def _is_met(learner: User, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions that a Fact can be asked of a learner whose Memory of it is not new."""
    asked = exists().where(Question.fact_id == Fact.id, Question.archived_at.is_(None))
    can_be_asked = (Fact.archived_at.is_(None), Memory.suspended.is_(False), asked)
    return [Memory.state != State.NEW, *can_be_asked, *running_quizzes.is_shown(learner, now)]


# The list


def list_quizzes(session: Session, learner: User, *, page: int) -> QuizList:
    """Return a learner's quizzes and attempts; four statements, whatever their number.

    Raises NotFound for a page that cannot be.
    """
    if page not in range(1, 1_000_000):
        raise NotFound
    running = list_running(session, learner, OWN_QUIZZES)
    quizzes = _summaries(session, learner, {attempt.quiz_id: attempt.id for attempt, _ in running})
    history = session.scalars(
        select(Attempt)
        .where(access.open_attempts(learner), Attempt.purpose.in_(OWN_QUIZZES), Attempt.finished_at.is_not(None))
        .order_by(Attempt.id.desc())
        .execution_options(populate_existing=True)
        .limit(HISTORY_PAGE + 1)
        .offset((page - 1) * HISTORY_PAGE)
    ).all()
    return QuizList(
        running,
        [each for each in quizzes if each.quiz.archived_at is None],
        [each for each in quizzes if each.quiz.archived_at is not None],
        history[:HISTORY_PAGE],
        page,
        len(history) > HISTORY_PAGE,
    )


def _summaries(session: Session, learner: User, running: Mapping[int | None, int]) -> list[QuizSummary]:
    scores = _scores(session, learner)
    rows = session.execute(
        select(Quiz, QuestionSet.title, QuestionSet.header["language"].as_string().label("language"))
        .add_columns(QuestionSet.header["topics"].label("topics"))
        .join(QuestionSet, QuestionSet.id == Quiz.set_id)
        .where(Quiz.owner_id == learner.id, access.visible_sets(learner))
        .order_by(Quiz.id.desc())
    )
    found = []
    for quiz, set_title, language, topics in rows:
        attempts, last, best = scores.get(quiz.id, (0, None, None))
        chosen = [topic["title"] for topic in topics if topic["key"] in quiz.topics]
        found.append(QuizSummary(quiz, set_title, language, chosen, attempts, last, best, running.get(quiz.id)))
    return found


def _scores(session: Session, learner: User) -> dict[int, tuple[int, Score, float]]:
    """Return for each quiz the number of attempts handed in, the last one's score, and the best share (0..1)."""
    share = Attempt.marks / cast(Attempt.size, Float)
    ranked = (
        select(
            Attempt.quiz_id,
            Attempt.marks,
            Attempt.size,
            Attempt.unmarked,
            func.count().over(partition_by=Attempt.quiz_id).label("attempts"),
            func.max(share).over(partition_by=Attempt.quiz_id).label("best"),
            func.row_number().over(partition_by=Attempt.quiz_id, order_by=Attempt.id.desc()).label("place"),
        )
        .where(Attempt.learner_id == learner.id, Attempt.purpose.in_(OWN_QUIZZES), Attempt.finished_at.is_not(None))
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place == 1))
    return {row.quiz_id: (row.attempts, Score(row.marks, row.size, row.unmarked), row.best) for row in rows}
