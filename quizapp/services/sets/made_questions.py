"""Keep the questions made from a set's cards in line with the cards and the settings of the set.

They are stored like any other question, so that reviews, quizzes and reports need not know of them. Authors see and
export the cards only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import parse_question
from quizapp.core.sets.cards import MADE, Card, find_card, make_questions
from quizapp.core.sets.schema import CardSettings
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion

BEHIND = 1000  # the position of made questions: after those of authors

_Made = tuple[int, str]  # the fact, and the name in MADE


def make_again(session: Session, row: QuestionSet, *, now: datetime) -> None:
    """Write what is made from the cards of a set by now, and archive what is not made any more.

    One statement where nothing changed, seven at most otherwise.
    """
    session.flush()
    rows = _read_questions(session, row.id)
    settings = CardSettings.model_validate(row.header.get("cards", {}))
    wanted = _make(rows, settings)
    stored = {(each.fact_id, each.made): each for each in rows if each.made}
    _set_archived(session, [each.id for key, each in stored.items() if key not in wanted and not each.is_archived], now)
    _set_archived(session, [stored[key].id for key in wanted if key in stored and stored[key].is_archived], None)
    new = {key: question for key, question in wanted.items() if key not in stored}
    ids = {key: each.id for key, each in stored.items()} | _insert(session, row.id, new)
    changed = {key: question for key, question in wanted.items() if key in new or _differs(stored[key].body, question)}
    _append_versions(session, changed, ids, {key: each.current for key, each in stored.items()}, now)


def _read_questions(session: Session, set_id: int) -> Sequence[Any]:
    return session.execute(
        select(
            Question.id,
            Question.fact_id,
            Question.made,
            Question.current,
            Question.archived_at.is_not(None).label("is_archived"),
            Fact.key,
            Fact.archived_at.is_not(None).label("fact_is_archived"),
            QuestionVersion.body,
        )
        .join(Fact, Fact.id == Question.fact_id)
        .join(Question.current_version)
        .where(Fact.set_id == set_id)
        .order_by(Fact.position, Fact.id, Question.position, Question.id)
    ).all()


def _make(rows: Iterable[Any], settings: CardSettings) -> dict[_Made, AskedQuestion]:
    """Return what is to be made from these questions of a set, by the fact and the name in MADE."""
    asked: dict[tuple[int, str], list[AskedQuestion]] = defaultdict(list)
    for row in rows:
        if row.made is None and not row.is_archived and not row.fact_is_archived:
            asked[row.fact_id, row.key].append(parse_question(row.body))
    cards: list[Card] = []
    fact_ids, kinds = {}, {}
    for (fact_id, key), questions in asked.items():
        fact_ids[key], kinds[key] = fact_id, frozenset(question.kind for question in questions)
        if card := find_card(key, questions):
            cards.append(card)
    return {
        (fact_ids[card.key], name): question.model_copy(update={"key": f"made-{name}"})
        for card, made in make_questions(cards, settings, kinds)
        for name, question in made.items()
    }


def _differs(body: dict[str, Any], question: AskedQuestion) -> bool:
    return {**body, "key": question.key} != question.model_dump(mode="json")


def _set_archived(session: Session, ids: Sequence[int], at: datetime | None) -> None:
    if ids:
        session.execute(update(Question).where(Question.id.in_(ids)).values(archived_at=at))


def _insert(session: Session, set_id: int, new: Mapping[_Made, AskedQuestion]) -> dict[_Made, int]:
    """Insert questions that were never made before, behind those of the authors; return their ids."""
    if not new:
        return {}
    values = [
        {"fact_id": fact_id, "key": question.key, "position": BEHIND + MADE.index(name), "current": 0, "made": name}
        for (fact_id, name), question in new.items()
    ]
    session.execute(insert(Question), values)
    found = select(Question.id, Question.fact_id, Question.made).join(Fact)
    made = session.execute(found.where(Fact.set_id == set_id, Question.made.is_not(None)))
    return {(row.fact_id, row.made or ""): row.id for row in made}


def _append_versions(
    session: Session,
    changed: Mapping[_Made, AskedQuestion],
    ids: Mapping[_Made, int],
    current: Mapping[_Made, int],
    now: datetime,
) -> None:
    if not changed:
        return
    numbers = {key: current.get(key, 0) + 1 for key in changed}
    versions = [
        {
            "question_id": ids[key],
            "number": numbers[key],
            "body": question.model_dump(mode="json"),
            "created_at": now,
        }
        for key, question in changed.items()
    ]
    session.execute(insert(QuestionVersion), versions)
    values = [{"id": ids[key], "current": number, "searched": changed[key].stem} for key, number in numbers.items()]
    session.execute(update(Question), values)
