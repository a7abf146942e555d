"""What a practice asks: facts of a group, one question of each, in the form that suits the memory of it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.practice.groups import (
    IN_ORDER,
    Practisable,
    Scope,
    by_actor,
    by_passage,
    by_period,
    by_topic,
    chosen,
    weakest,
)
from quizapp.core.questions import parse_question
from quizapp.core.scheduling import NEW_MEMORY, State
from quizapp.core.sessions import choose_question
from quizapp.models import Question, QuestionSet, QuestionVersion, User
from quizapp.services import attempts
from quizapp.services.attempts import AT_ONCE
from quizapp.services.errors import NotFound
from quizapp.services.practice.offers import (
    TITLES,
    PracticeSet,
    as_practice_set,
    groups_of,
    practisable,
    wrong_lately,
)
from quizapp.services.practice.sittings import report

GUESSES = 5  # questions before reading a passage, if it has so many facts
ONCE_MORE = "Once more: "


class NothingToAsk(Exception):
    """There is no fact there that could be asked."""


def begin(
    session: Session, learner: User, found: PracticeSet, *, scope: Scope, value: str, size: int, now: datetime
) -> int:
    """Begin a practice of up to `size` questions, each of another fact of the group. Gives its id.

    Raises NotFound for a group the set does not have, NothingToAsk for an empty one.
    """
    facts = practisable(session, learner, found.id)
    group = _members(session, learner, facts, scope, now).get(value, [])
    title = _title(found, scope, value, has_facts=bool(group))
    seed = _seed(learner, now)
    picked = chosen(group, size, in_order=scope in IN_ORDER, seed=seed)
    by_id = {fact.fact_id: fact for fact in facts}
    asked = _questions(session, [by_id[fact_id] for fact_id in picked], seed)
    about = {"scope": scope.value, "value": value, "size": size}
    return attempts.begin(
        session,
        learner,
        _some(asked),
        set_id=found.id,
        purpose="practice",
        title=title,
        feedback=AT_ONCE,
        about=about,
        now=now,
    )


def begin_pretest(session: Session, learner: User, found: PracticeSet, passage: int, *, now: datetime) -> int:
    """Begin guessing at what a passage will say: GUESSES questions at most, easy ones, unmet facts first.

    Gives the id. Raises NotFound for a passage the set does not have, NothingToAsk for one without a fact to guess at.
    """
    title = _title(found, Scope.PASSAGE, str(passage))
    seed = _seed(learner, now)
    here = [fact for fact in practisable(session, learner, found.id) if passage in fact.passages]
    Random(seed).shuffle(here)
    here.sort(key=lambda fact: fact.memory.state is not State.NEW)
    # Some facts have cards only, which nobody can guess at.
    asked = _questions(session, here[: 4 * GUESSES], seed, for_guessing=True)[:GUESSES]
    return attempts.begin(
        session,
        learner,
        _some(asked),
        set_id=found.id,
        purpose="pretest",
        title=f"Before reading {title}",
        feedback=AT_ONCE,
        about={"scope": Scope.PASSAGE.value, "value": str(passage)},
        now=now,
    )


def again(session: Session, learner: User, practice_id: int, *, now: datetime) -> int:
    """Begin a practice of what was not right in one that is over. Gives its id.

    Raises NotFound (also for guesses before reading), NotOver, and NothingToAsk when all of it was right.
    """
    attempt = attempts.own_attempt(session, learner, practice_id, purposes=("practice",))
    missed = [item.fact_id for item in report(session, learner, practice_id).to_look_at]
    title = ONCE_MORE + attempt.title.removeprefix(ONCE_MORE)
    return _begin_with(session, learner, attempt.set_id, missed, title=title, now=now)


def another(session: Session, learner: User, practice_id: int, *, now: datetime) -> int:
    """Begin another practice made like this one. Gives its id. Raises NotFound, and NothingToAsk."""
    attempt = attempts.own_attempt(session, learner, practice_id, purposes=("practice",))
    about = attempt.about
    if about.get("scope", Scope.FACTS) == Scope.FACTS:
        same = [item.fact_id for item in attempts.items(session, attempt)]
        return _begin_with(session, learner, attempt.set_id, same, title=attempt.title, now=now)
    found = as_practice_set(session.get_one(QuestionSet, attempt.set_id))
    scope = Scope(about["scope"])
    return begin(session, learner, found, scope=scope, value=about["value"], size=about["size"], now=now)


def _begin_with(
    session: Session, learner: User, set_id: int, fact_ids: Sequence[int], *, title: str, now: datetime
) -> int:
    """Begin a practice of these very facts, those of them that are still asked."""
    facts = {fact.fact_id: fact for fact in practisable(session, learner, set_id)}
    asked = _questions(session, [facts[fact_id] for fact_id in fact_ids if fact_id in facts], _seed(learner, now))
    about = {"scope": Scope.FACTS.value}
    return attempts.begin(
        session,
        learner,
        _some(asked),
        set_id=set_id,
        purpose="practice",
        title=title,
        feedback=AT_ONCE,
        about=about,
        now=now,
    )


def _members(
    session: Session, learner: User, facts: Sequence[Practisable], scope: Scope, now: datetime
) -> dict[str, list[int]]:
    """The groups of a scope, by value."""
    today = learner.clock.day(now)
    match scope:
        case Scope.TOPIC:
            return by_topic(facts)
        case Scope.PASSAGE:
            return by_passage(facts)
        case Scope.ACTOR:
            return by_actor(facts)
        case Scope.PERIOD:
            return by_period(facts)
        case Scope.WRONG:
            return {"": wrong_lately(session, learner, facts, today)}
        case Scope.FORGETTING:
            return {"": weakest(facts, today)}
    raise NotFound


def _title(found: PracticeSet, scope: Scope, value: str, *, has_facts: bool = False) -> str:
    """What a group is called. Raises NotFound for one the set does not have; it has no period without facts."""
    if scope in TITLES and not value:
        return TITLES[scope]
    members = {value: [0]} if has_facts else {}
    title = next((group.label for group in groups_of(found, scope, members) if group.value == value), None)
    if title is None:
        raise NotFound
    return title


def _seed(learner: User, now: datetime) -> str:
    return f"{learner.id}:{now.isoformat()}"


def _some(asked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if not asked:
        raise NothingToAsk
    return asked


def _questions(
    session: Session, facts: Sequence[Practisable], seed: str, *, for_guessing: bool = False
) -> list[tuple[int, int]]:
    """For each fact the question to ask, as (fact id, question version id): in the form its memory calls for.

    To be guessed at a fact is asked in an easy form, and never by a card: who turns it does not guess.
    """
    rows = session.execute(
        select(Question.fact_id, QuestionVersion.id, QuestionVersion.body)
        .join(Question.current_version)
        .where(Question.fact_id.in_([fact.fact_id for fact in facts]), Question.archived_at.is_(None))
        .order_by(Question.fact_id, Question.position)
    )
    forms = {
        fact_id: [(row.id, parse_question(row.body)) for row in group]
        for fact_id, group in groupby(rows, key=lambda row: row.fact_id)
    }
    asked: list[tuple[int, int]] = []
    for fact in facts:
        fitting = [form for form in forms.get(fact.fact_id, ()) if not for_guessing or form[1].kind != "flashcard"]
        if fitting:
            memory = NEW_MEMORY if for_guessing else fact.memory
            index = choose_question([question for _, question in fitting], memory, f"{seed}:{fact.fact_id}")
            asked.append((fact.fact_id, fitting[index][0]))
    return asked
