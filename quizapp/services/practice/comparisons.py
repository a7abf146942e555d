"""Which of two came first: pairs from a set's timeline, and first of all those the learner put the wrong way round.

There are two sources of pairs put the wrong way round. Answers given here are stored as comparisons of two facts.
Answers to ordering questions name items by their text only, which cannot be traced to facts; so those pairs are asked
by that text, and the answer is stored as an attempt at the ordering question that gives places to these two items. As
with any answer, the last one counts, here or wherever the question is asked again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, Table, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from quizapp.core.attempts import AT_ONCE
from quizapp.core.kinds import parse_question
from quizapp.core.kinds.ordering import Ordering
from quizapp.core.practice.moments import hide_dates
from quizapp.core.practice.pairs import comes_before, inverted, names_one_moment, pairs_in_time, reach
from quizapp.core.translation import gettext
from quizapp.models import Attempt, Comparison, Fact, Question, QuestionVersion, Response, Review, User
from quizapp.models.database import insert_or
from quizapp.services.attempts.lifecycle import begin_attempt, finish_attempt, own_attempt, save_answer
from quizapp.services.attempts.questions import get_question
from quizapp.services.errors import NotFound
from quizapp.services.running_quizzes import is_shown

PURPOSE = "which-first"  # of the attempts that store answers about two items of an ordering question
ORDERED_LATELY = 60  # study days in which an answer to an ordering question is remembered here
MOST_ORDERED = 200  # such answers that are looked at
MOST_WAITING = 100  # comparisons to be put right that are looked at
MOST_DATED, CANDIDATES = 1000, 12  # facts of the timeline, and pairs of them, that are looked at for one that serves

comparison_table: Table = Comparison.__table__  # type: ignore[assignment]


class PairAnswered(Exception):
    """The pair was answered in this round already."""


class FactPair(NamedTuple):
    earlier: Fact
    later: Fact


class OrderedPair(NamedTuple):
    """Two things of an ordering question, as indices into its options."""

    question: Ordering
    question_version_id: int
    fact_id: int
    fact_key: str
    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class PairOption:
    """One of two to choose from; `value` is what pressing it posts."""

    value: int
    text: str
    date: str | None = None  # EDTF; known only afterwards
    fact_key: str | None = None


@dataclass(frozen=True, slots=True)
class PairQuestion:
    """Two options in the order they are shown. `question_version_id` is that of the ordering question they are from."""

    options: tuple[PairOption, PairOption]
    question_version_id: int | None
    prompt: str | None
    own: bool  # whether the learner once put them the wrong way round


@dataclass(frozen=True, slots=True)
class PairResult:
    right: bool
    first: PairOption
    second: PairOption
    prompt: str | None


@dataclass(frozen=True, slots=True)
class RoundScore:
    """The answers in a round so far."""

    asked: int
    right: int


def count_inverted(session: Session, learner: User, set_id: int, *, now: datetime) -> int:
    """Return how many pairs the learner last put the wrong way round."""
    wrong = sum(not right for _, right in _own_pairs(session, learner, set_id, before=now, now=now))
    return wrong + len(list(_ordered_pairs(session, learner, set_id, now)))


def next_pair(
    session: Session, learner: User, set_id: int, *, since: datetime, now: datetime
) -> tuple[PairQuestion | None, RoundScore]:
    """Return the pair to ask now in the round that began at `since` (None when none is left), and the round so far.

    The learner's own come first. No pair is asked twice in a round, and a reload asks the same one.
    """
    so_far = score(session, learner, set_id, since)
    pressed, right, wrong = _totals(session, learner, set_id, since)
    seed = f"{learner.id}:{right + wrong}:{so_far.asked}"
    for pair, _ in _own_pairs(session, learner, set_id, before=since, now=now):
        return _asked_facts(pair, seed, own=True), so_far
    answered = _ordered_since(session, learner, set_id, since)
    for ordered in _ordered_pairs(session, learner, set_id, now):
        if (ordered.question_version_id, frozenset((ordered.earlier, ordered.later))) not in answered:
            return _asked_options(ordered, seed), so_far
    shown = is_shown(learner, now)
    drawn = _from_timeline(session, set_id, *shown, reach=reach(right, wrong), seed=seed, without=pressed)
    return (_asked_facts(drawn, seed, own=False) if drawn else None), so_far


def answer_pair(
    session: Session, learner: User, set_id: int, *, one: int, other: int, picked: int, since: datetime, now: datetime
) -> tuple[int, int]:
    """Save which of two facts the learner says came first. Returns them in their right order, the earlier first.

    Raises NotFound where they are not two facts of the set of which one certainly came first, or neither was picked,
    and PairAnswered; then nothing has changed.
    """
    pair = _in_order(session, learner, set_id, one, other, now)
    if picked not in (one, other):
        raise NotFound
    earlier, later = pair.earlier.id, pair.later.id
    known = session.get(Comparison, (learner.id, earlier, later), with_for_update=True)
    if known is not None and known.last_at >= since:
        raise PairAnswered(earlier, later)
    right = picked == earlier
    counts = {"right": int(right), "wrong": int(not right)}
    last = {"last_at": now, "last_right": right}
    statement = insert_or(session, comparison_table).values(
        learner_id=learner.id, earlier_id=earlier, later_id=later, **counts, **last
    )
    columns = comparison_table.c
    added = {name: columns[name] + number for name, number in counts.items()}
    session.execute(
        statement.on_conflict_do_update(index_elements=["learner_id", "earlier_id", "later_id"], set_=added | last)
    )
    return earlier, later


def answer_ordering_pair(
    session: Session,
    learner: User,
    set_id: int,
    question_version_id: int,
    *,
    one: int,
    other: int,
    picked: int,
    since: datetime,
    now: datetime,
) -> int:
    """Save which of two items of an ordering question the learner says comes first. Returns the id of the attempt.

    Raises NotFound where there are no two such things, or neither was picked, and PairAnswered.
    """
    row = session.execute(
        _ordering(learner, set_id, now).where(QuestionVersion.id == question_version_id)
    ).one_or_none()
    question = parse_question(row.body) if row else None
    if row is None or not isinstance(question, Ordering) or picked not in (one, other):
        raise NotFound
    options = range(len(question.options))
    if one not in options or other not in options or question.ranks[one] == question.ranks[other]:
        raise NotFound
    before = _ordered_since(session, learner, set_id, since).get((question_version_id, frozenset((one, other))))
    if before is not None:
        raise PairAnswered(before)
    attempt = begin_attempt(
        session,
        learner,
        [(row.fact_id, question_version_id)],
        set_id=set_id,
        purpose=PURPOSE,
        title=gettext("Which came first?"),
        feedback=AT_ONCE,
        now=now,
        about={"options": [one, other]},
    )
    shown = get_question(session, attempt, 1).order
    second = other if picked == one else one
    places = {f"place-{shown.index(picked)}": "1", f"place-{shown.index(second)}": "2"}
    save_answer(session, attempt, 1, places, ms=None, confidence=None, now=now)
    finish_attempt(session, attempt, now=now)
    return attempt.id


def get_result(session: Session, learner: User, set_id: int, earlier: int, later: int, *, now: datetime) -> PairResult:
    """Return how the learner last answered about two facts, with their dates. Raises NotFound."""
    known = session.get(Comparison, (learner.id, earlier, later))
    if known is None:
        raise NotFound
    pair = _in_order(session, learner, set_id, earlier, later, now)
    first, second = (PairOption(fact.id, fact.statement, fact.date, fact.key) for fact in pair)
    return PairResult(known.last_right, first, second, None)


def get_ordering_result(session: Session, learner: User, attempt_id: int, *, now: datetime) -> PairResult:
    """Return how the learner answered about two things of an ordering question. Raises NotFound, InRunningQuiz."""
    attempt = own_attempt(session, learner, attempt_id, purposes=(PURPOSE,), shown_at=now)
    asked = get_question(session, attempt, 1)
    assert isinstance(asked.question, Ordering) and asked.grade is not None  # nothing else is begun here
    ranks = asked.question.ranks
    earlier, later = sorted(attempt.about["options"], key=lambda index: ranks[index])
    first, second = (
        PairOption(index, asked.question.options[index], fact_key=asked.fact.key) for index in (earlier, later)
    )
    return PairResult((asked.grade.fraction or 0.0) > 0, first, second, asked.question.prompt)


# Pairs of facts


def _own_pairs(
    session: Session, learner: User, set_id: int, *, before: datetime, now: datetime
) -> Iterator[tuple[FactPair, bool]]:
    """Return pairs of facts answered wrongly and not rightly more often since, with whether the last answer was right.

    Pairs whose last answer was wrong come first, then the oldest.
    """
    earlier, later = aliased(Fact), aliased(Fact)
    rows = session.execute(
        select(earlier, later, Comparison.last_right)
        .select_from(Comparison)
        .join(earlier, earlier.id == Comparison.earlier_id)
        .join(later, later.id == Comparison.later_id)
        .where(Comparison.learner_id == learner.id, Comparison.last_at < before)
        .where(or_(Comparison.last_right == false(), Comparison.right <= Comparison.wrong))
        .where(earlier.set_id == set_id, later.set_id == set_id)
        .where(earlier.archived_at.is_(None), later.archived_at.is_(None))
        .where(*is_shown(learner, now, fact=earlier), *is_shown(learner, now, fact=later))
        .order_by(Comparison.last_right, Comparison.last_at)
        .limit(MOST_WAITING)
    )
    for first, second, right in rows:
        if first.date and second.date and comes_before(first.date, second.date):  # as the set has them now
            yield FactPair(first, second), right


def _from_timeline(
    session: Session, set_id: int, *shown: Any, reach: float, seed: str, without: set[tuple[int, int]]
) -> FactPair | None:
    dated = session.execute(
        select(Fact.id, Fact.date)
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), Fact.date.is_not(None), *shown)
        .order_by(Fact.id)
    )
    facts = [(row.id, row.date) for row in dated]
    some = facts if len(facts) <= MOST_DATED else Random(seed).sample(facts, MOST_DATED)
    pairs = pairs_in_time(some, reach=reach, seed=seed, without=without)
    candidates = list(islice(pairs, CANDIDATES))
    wanted = {fact_id for pair in candidates for fact_id in pair}
    facts_by_id = {fact.id: fact for fact in session.scalars(select(Fact).where(Fact.id.in_(wanted)))}
    found = [FactPair(facts_by_id[earlier], facts_by_id[later]) for earlier, later in candidates]
    serving = (pair for pair in found if all(names_one_moment(fact.statement) for fact in pair))
    return next(serving, found[0] if found else None)


def _in_order(session: Session, learner: User, set_id: int, one: int, other: int, now: datetime) -> FactPair:
    """Return two facts of a set, the earlier first. Raises NotFound when neither is certainly the earlier."""
    shown = is_shown(learner, now)
    facts = session.scalars(
        select(Fact).where(Fact.id.in_((one, other)), Fact.set_id == set_id, Fact.archived_at.is_(None), *shown)
    ).all()
    for first, second in (facts, facts[::-1]) if len(facts) == 2 else ():
        if first.date and second.date and comes_before(first.date, second.date):
            return FactPair(first, second)
    raise NotFound


def _asked_facts(pair: FactPair, seed: str, *, own: bool) -> PairQuestion:
    return PairQuestion(
        _shuffled((PairOption(fact.id, hide_dates(fact.statement)) for fact in pair), seed), None, None, own
    )


def _totals(session: Session, learner: User, set_id: int, since: datetime) -> tuple[set[tuple[int, int]], int, int]:
    """Return the pairs answered since, and how many answers about facts of the set were ever right and wrong."""
    here = [Fact.id == Comparison.earlier_id, Fact.set_id == set_id, Comparison.learner_id == learner.id]
    pressed = session.execute(
        select(Comparison.earlier_id, Comparison.later_id).join(Fact, here[0]).where(*here, Comparison.last_at >= since)
    )
    right, wrong = session.execute(
        select(func.sum(Comparison.right), func.sum(Comparison.wrong)).join(Fact, here[0]).where(*here)
    ).one()
    return {(row.earlier_id, row.later_id) for row in pressed}, int(right or 0), int(wrong or 0)


# Things of ordering questions


def _ordering(learner: User, set_id: int, now: datetime) -> Select[Any]:
    """Select the current ordering questions of a set that are shown to the learner."""
    return (
        select(
            QuestionVersion.id.label("version_id"), QuestionVersion.body, Question.fact_id, Fact.key.label("fact_key")
        )
        .select_from(Question)
        .join(Question.current_version)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Question.archived_at.is_(None))
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), *is_shown(learner, now))
        .where(QuestionVersion.kind == "ordering")
    )


def _ordered_pairs(session: Session, learner: User, set_id: int, now: datetime) -> Iterator[OrderedPair]:
    """Return pairs that the learner's answers to ordering questions last put the wrong way round, the latest first."""
    answers: defaultdict[int, list[list[int | None]]] = defaultdict(list)
    questions: dict[int, Row[Any]] = {}
    for row in _ordering_answers(session, learner, set_id, now):
        questions[row.version_id] = row
        answers[row.version_id].append(row.response.get("places", []))
    for version_id, row in questions.items():
        question = parse_question(row.body)
        assert isinstance(question, Ordering)  # as the query asks
        for earlier, later in inverted(answers[version_id], question.ranks):
            yield OrderedPair(question, version_id, row.fact_id, row.fact_key, earlier, later)


def _ordering_answers(session: Session, learner: User, set_id: int, now: datetime) -> list[Row[Any]]:
    """Return answers to ordering questions, the latest first: in study, and in attempts whose feedback was released.

    Guesses made before reading do not count, and the answers of a running quiz are not used before it is handed in.
    """
    first_day = learner.clock.day(now) - timedelta(days=ORDERED_LATELY)
    studied = session.execute(
        _ordering(learner, set_id, now)
        .add_columns(Review.response, Review.at)
        .join(Review, Review.question_version_id == QuestionVersion.id)
        .where(Review.learner_id == learner.id, Review.day > first_day, Review.undone_at.is_(None))
        .order_by(Review.day.desc(), Review.id.desc())
        .limit(MOST_ORDERED)
    ).all()
    in_attempts = session.execute(
        _ordering(learner, set_id, now)
        .add_columns(Response.response, Response.at)
        .join(Response, Response.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.learner_id == learner.id, Attempt.purpose != "pretest", Response.at.is_not(None))
        .where(or_(Attempt.finished_at.is_not(None), Attempt.feedback == AT_ONCE))
        .where(Attempt.started_at > now - timedelta(days=ORDERED_LATELY))
        .order_by(Response.at.desc(), Response.position.desc())
        .limit(MOST_ORDERED)
    ).all()
    return sorted([*studied, *in_attempts], key=lambda row: row.at, reverse=True)


def _ordered_since(
    session: Session, learner: User, set_id: int, since: datetime
) -> dict[tuple[int, frozenset[int]], int]:
    """Return pairs of items answered since, by question version and options, each with the id of its attempt."""
    rows = session.execute(_answered_options(learner, set_id, since).add_columns(Attempt.about)).all()
    return {(row.question_version_id, frozenset(row.about["options"])): row.id for row in rows}


def _answered_options(learner: User, set_id: int, since: datetime) -> Any:
    return (
        select(Attempt.id, Response.question_version_id, Response.fraction)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.learner_id == learner.id, Attempt.set_id == set_id, Attempt.purpose == PURPOSE)
        .where(Attempt.started_at >= since)
    )


def _asked_options(pair: OrderedPair, seed: str) -> PairQuestion:
    options = (PairOption(index, pair.question.options[index]) for index in (pair.earlier, pair.later))
    return PairQuestion(_shuffled(options, seed), pair.question_version_id, pair.question.prompt, own=True)


# The round


def score(session: Session, learner: User, set_id: int, since: datetime) -> RoundScore:
    """Return the score of the round that began at `since`: the last answer about each pair, as none is asked twice."""
    facts = session.scalars(
        select(Comparison.last_right)
        .join(Fact, Fact.id == Comparison.earlier_id)
        .where(Comparison.learner_id == learner.id, Comparison.last_at >= since, Fact.set_id == set_id)
    ).all()
    options = [row.fraction > 0 for row in session.execute(_answered_options(learner, set_id, since))]
    return RoundScore(len(facts) + len(options), sum(facts) + sum(options))


def _shuffled(options: Iterable[PairOption], seed: str) -> tuple[PairOption, PairOption]:
    one, other = Random(seed).sample(list(options), 2)
    return one, other
