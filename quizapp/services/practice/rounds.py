"""Begin practice rounds and pretests: one question for each fact of a group, of a kind that suits the learner."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attempts import AT_ONCE
from quizapp.core.kinds import parse_question
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
from quizapp.core.practice.selection import Selection, read_selection
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import NEW_MEMORY
from quizapp.core.scheduling.sessions import choose_question
from quizapp.core.text.direction import isolate
from quizapp.core.translation import gettext
from quizapp.models import Attempt, Fact, Memory, Question, QuestionSet, QuestionVersion, User
from quizapp.services import access
from quizapp.services.attempts.lifecycle import NoQuestions, begin_attempt, own_attempt
from quizapp.services.attempts.questions import list_questions
from quizapp.services.attempts.results import get_result
from quizapp.services.errors import NotFound
from quizapp.services.memories import COLUMNS, to_core
from quizapp.services.practice.groups import (
    TITLES,
    count_kinds,
    count_questions,
    list_groups,
    list_practisable,
    list_starred,
    list_wrong_lately,
)

GUESSES = 5  # questions before reading a passage, if it has so many facts


def begin_practice(
    session: Session, learner: User, found: QuestionSet, selection: Selection, *, now: datetime
) -> Attempt:
    """Begin a practice of up to `size` questions, each of another fact that was selected.

    Raises NotFound for a group the set does not have, NoQuestions when nothing matches.
    """
    facts = list_practisable(session, learner, found.id, now=now)
    group = _find_group(session, learner, facts, selection, now)
    title = _title(found, selection, has_facts=bool(group))
    counts = count_questions(session, learner, found.id, selection.kinds, now=now) if selection.kinds else None
    matching = _matching(facts, group, selection, counts)
    seed = _seed(learner, now)
    picked = chosen(matching, selection.size, in_order=selection.scope in IN_ORDER, seed=seed)
    asked = _questions(session, learner, picked, seed, kinds=selection.kinds)
    return _begin(session, learner, found.id, asked, title=title, about=selection.as_json(), now=now)


def count_matching(
    session: Session,
    learner: User,
    found: QuestionSet,
    facts: Sequence[Practisable],
    selection: Selection,
    *,
    now: datetime,
) -> tuple[int, int]:
    """Return how many of the facts of a set were selected, and how many questions ask them.

    Raises NotFound like `begin_practice`.
    """
    group = _find_group(session, learner, facts, selection, now)
    _title(found, selection, has_facts=bool(group))
    if selection.is_everything:
        return len(group), sum(count_kinds(session, learner, found.id, now=now).values())
    counts = count_questions(session, learner, found.id, selection.kinds, now=now)
    matching = _matching(facts, group, selection, counts)
    return len(matching), sum(counts[fact_id] for fact_id in matching)


def last_selection(session: Session, learner: User, set_id: int) -> Selection:
    """Return what the learner chose to practise of a set the last time, else the default."""
    scope = Attempt.about["scope"].as_string()
    about = session.scalar(
        select(Attempt.about)
        .where(Attempt.learner_id == learner.id, Attempt.set_id == set_id, Attempt.purpose == "practice")
        .where(scope != Scope.FACTS)
        .order_by(Attempt.id.desc())
        .limit(1)
    )
    return read_selection(about) if about else Selection()


def _find_group(
    session: Session, learner: User, facts: Sequence[Practisable], selection: Selection, now: datetime
) -> list[int]:
    return _members(session, learner, facts, selection.scope, now).get(selection.value, [])


def _matching(
    facts: Sequence[Practisable], group: Sequence[int], selection: Selection, counts: Mapping[int, int] | None
) -> list[int]:
    """Return those facts of a group that are of the topics selected, in its order.

    `counts` are how many questions of the kinds selected ask each fact, None for all kinds: every fact has some.
    """
    topics = {fact.fact_id for fact in facts if fact.topic in selection.topics} if selection.topics else None
    return [
        fact_id for fact_id in group if (topics is None or fact_id in topics) and (counts is None or fact_id in counts)
    ]


def begin_pretest(session: Session, learner: User, found: QuestionSet, passage: int, *, now: datetime) -> Attempt:
    """Begin guesses at what a passage will say: GUESSES questions at most, easy ones, facts not met yet first.

    Raises NotFound for a passage the set does not have, NoQuestions for one without a fact to guess at.
    """
    title = _group_title(found, Scope.PASSAGE, str(passage))
    seed = _seed(learner, now)
    here = [fact for fact in list_practisable(session, learner, found.id, now=now) if passage in fact.passages]
    Random(seed).shuffle(here)
    here.sort(key=lambda fact: fact.met)
    # Some facts have cards only, which nobody can guess at.
    guessed = [fact.fact_id for fact in here[: 4 * GUESSES]]
    asked = _questions(session, learner, guessed, seed, for_guessing=True)[:GUESSES]
    about = {"scope": Scope.PASSAGE.value, "value": str(passage)}
    title = gettext("Before reading %(passage)s", passage=isolate(title))
    return _begin(session, learner, found.id, asked, title=title, about=about, now=now, purpose="pretest")


def begin_missed(session: Session, learner: User, attempt_id: int, *, now: datetime) -> Attempt:
    """Begin a practice of what was answered wrongly in a finished one.

    Raises NotFound (also for a pretest), NotHandedIn, and NoQuestions when all of it was right.
    """
    attempt = own_attempt(session, learner, attempt_id, purposes=("practice",))
    missed = [question.fact.id for question in get_result(session, learner, attempt_id, now=now).wrong]
    title = gettext("Again: %(title)s", title=_first_title(attempt))
    return begin_facts(session, learner, missed, title=title, first_title=_first_title(attempt), now=now)


def begin_facts(
    session: Session, learner: User, fact_ids: Sequence[int], *, title: str, first_title: str = "", now: datetime
) -> Attempt:
    """Begin a practice of these facts, also of several sets. Raises NoQuestions when none of them can be asked.

    `first_title` is that of the practice which this one repeats, if it does.
    """
    found = select(Fact.id, Fact.set_id).join(QuestionSet, QuestionSet.id == Fact.set_id)
    found = found.where(Fact.id.in_(fact_ids), access.visible_sets(learner))
    sets = {row.id: row.set_id for row in session.execute(found)}
    facts = {
        fact.fact_id
        for set_id in sorted(set(sets.values()))
        for fact in list_practisable(session, learner, set_id, now=now)
    }
    asked = _questions(session, learner, [fact_id for fact_id in fact_ids if fact_id in facts], _seed(learner, now))
    if not asked:
        raise NoQuestions
    about = {"scope": Scope.FACTS.value, "title": first_title or title}
    return _begin(session, learner, sets[asked[0][0]], asked, title=title, about=about, now=now)


def begin_another(session: Session, learner: User, attempt_id: int, *, now: datetime) -> Attempt:
    """Begin another practice of the same group or facts. Raises NotFound, and NoQuestions."""
    attempt = own_attempt(session, learner, attempt_id, purposes=("practice",))
    about = attempt.about
    if about.get("scope", Scope.FACTS) == Scope.FACTS:
        same = [question.fact.id for question in list_questions(session, attempt)]
        return begin_facts(session, learner, same, title=attempt.title, first_title=_first_title(attempt), now=now)
    found = session.get_one(QuestionSet, attempt.set_id)
    return begin_practice(session, learner, found, read_selection(about), now=now)


def _first_title(attempt: Attempt) -> str:
    """Return the title of the practice that this one repeats, or its own."""
    title: str = attempt.about.get("title", attempt.title)
    return title


def _begin(
    session: Session,
    learner: User,
    set_id: int,
    asked: list[tuple[int, int]],
    *,
    title: str,
    about: dict[str, Any],
    now: datetime,
    purpose: str = "practice",
) -> Attempt:
    return begin_attempt(
        session,
        learner,
        asked,
        set_id=set_id,
        purpose=purpose,
        title=title,
        feedback=AT_ONCE,
        about=about,
        now=now,
    )


def _members(
    session: Session, learner: User, facts: Sequence[Practisable], scope: Scope, now: datetime
) -> dict[str, list[int]]:
    """Return the groups of a scope, by value."""
    match scope:
        case Scope.ALL:
            return {"": [fact.fact_id for fact in facts]}
        case Scope.TOPIC:
            return by_topic(facts)
        case Scope.PASSAGE:
            return by_passage(facts)
        case Scope.ACTOR:
            return by_actor(facts)
        case Scope.PERIOD:
            return by_period(facts)
        case Scope.WRONG:
            return {"": list_wrong_lately(session, learner, facts, now=now)}
        case Scope.FORGETTING:
            return {"": weakest(facts)}
        case Scope.STARRED:
            return {"": list_starred(session, learner, facts)}
    raise NotFound


def _title(found: QuestionSet, selection: Selection, *, has_facts: bool) -> str:
    """Return the title of what was selected: the group, or the topics where it is the whole set."""
    if selection.scope is Scope.ALL and selection.topics:
        titles = {topic["key"]: topic["title"] for topic in found.header.get("topics", [])}
        if not titles.keys() >= set(selection.topics):
            raise NotFound
        return ", ".join(titles[key] for key in selection.topics)
    return _group_title(found, selection.scope, selection.value, has_facts=has_facts)


def _group_title(found: QuestionSet, scope: Scope, value: str, *, has_facts: bool = False) -> str:
    """Return the title of a group. Raises NotFound for one the set does not have; no period is without facts."""
    if scope in TITLES and not value:
        return TITLES[scope]
    sizes = {value: 1} if has_facts else {}
    title = next((group.label for group in list_groups(found, scope, sizes) if group.value == value), None)
    if title is None:
        raise NotFound
    return title


def _seed(learner: User, now: datetime) -> str:
    return f"{learner.id}:{now.isoformat()}"


def _questions(
    session: Session,
    learner: User,
    fact_ids: Sequence[int],
    seed: str,
    *,
    kinds: Collection[str] = (),
    for_guessing: bool = False,
) -> list[tuple[int, int]]:
    """Return for each fact the question to ask, as (fact id, question version id): of these kinds, all if there are
    none, the one that its memory calls for.

    A question to guess at is an easy one, and never a card: turning it is no guess.
    """
    rows = session.execute(
        select(Question.fact_id, QuestionVersion.id, QuestionVersion.body)
        .join(Question.current_version)
        .where(Question.fact_id.in_(fact_ids), Question.archived_at.is_(None))
        .order_by(Question.fact_id, Question.position)
    )
    questions = {
        fact_id: [(row.id, parse_question(row.body)) for row in group]
        for fact_id, group in groupby(rows, key=lambda row: row.fact_id)
    }
    memories = {} if for_guessing else _read_memories(session, learner, fact_ids)
    asked: list[tuple[int, int]] = []
    for fact_id in fact_ids:
        fitting = [
            each
            for each in questions.get(fact_id, ())
            if (not kinds or each[1].kind in kinds) and not (for_guessing and each[1].self_graded)
        ]
        if fitting:
            memory = memories.get(fact_id, NEW_MEMORY)
            index = choose_question([question for _, question in fitting], memory, f"{seed}:{fact_id}")
            asked.append((fact_id, fitting[index][0]))
    return asked


def _read_memories(session: Session, learner: User, fact_ids: Sequence[int]) -> dict[int, scheduler.Memory]:
    rows = session.execute(
        select(Memory.fact_id, *COLUMNS).where(Memory.learner_id == learner.id, Memory.fact_id.in_(fact_ids))
    )
    return {row.fact_id: to_core(row) for row in rows}
