"""The mix-ups of a learner: what is taken for what in the latest wrong answers, and pairs put in the wrong order."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.kinds.base import Verdict
from quizapp.core.kinds.mixups import MixupKind
from quizapp.core.progress.mastery import FactRef
from quizapp.core.progress.mixups import Misconception, ObservedMixup, RepeatedMixup, group_mixups, misconceptions
from quizapp.core.scheduling.scheduler import Rating
from quizapp.core.sets.schema import misconception_title
from quizapp.models import Comparison, Fact, QuestionSet, QuestionVersion, Review, User
from quizapp.services import access, running_quizzes

WRONG_ANSWERS = 500  # the latest that are looked through
PAIRS = 20


@dataclass(frozen=True, slots=True)
class Inversion:
    """Two facts that were put in the wrong order in practice; mended when the last time was right."""

    earlier: FactRef
    later: FactRef
    wrong: int
    right: int
    last: date
    mended: bool


@dataclass(frozen=True, slots=True)
class Mixups:
    """What was found in `read` wrong answers; `inversions` lists the latest of `inverted` pairs."""

    read: int
    grouped: list[RepeatedMixup]
    misconceptions: list[Misconception]
    inversions: list[Inversion]
    inverted: int
    titles: Mapping[str, Mapping[str, str]]  # of misconceptions, by set

    def title_of(self, set_key: str, misconception: str) -> str:
        return misconception_title(self.titles.get(set_key, {}), misconception)

    @property
    def bounded(self) -> bool:
        """Whether there are older wrong answers that were not read, as far as can be told."""
        return self.read >= WRONG_ANSWERS

    @property
    def by_kind(self) -> dict[MixupKind, list[RepeatedMixup]]:
        return {kind: [each for each in self.grouped if each.mixup.kind is kind] for kind in MixupKind}


def read_mixups(session: Session, learner: User, *, now: datetime) -> Mixups:
    """Read what a learner takes for what; three statements at most."""
    rows = session.execute(_wrong_answers(learner, now)).all()
    observed = list(_observed(rows))
    ids = {_ref(row): row.fact_id for row in rows}
    slipped = {ids[each.fact] for each in observed}
    recalled = last_recalled(session, learner, slipped) if slipped else {}
    found = group_mixups(observed, {fact: recalled[id] for fact, id in ids.items() if id in recalled})
    pairs = session.execute(_inverted_pairs(learner, now)).all()
    return Mixups(
        read=len(rows),
        grouped=found,
        misconceptions=misconceptions(found),
        inversions=[_inversion(learner, row) for row in pairs],
        inverted=pairs[0].total if pairs else 0,
        titles={row.set_key: row.titles or {} for row in rows},
    )


def _wrong_answers(learner: User, now: datetime) -> Any:
    """Select the latest answers that were wrong, not merely missing, of facts that are still asked."""
    return (
        select(
            Review.fact_id,
            Review.day,
            Review.response,
            Review.question_version_id,
            QuestionVersion.body,
            Fact.key,
            Fact.statement,
            QuestionSet.key.label("set_key"),
            QuestionSet.header["language"].as_string().label("language"),
            QuestionSet.header["misconceptions"].label("titles"),
        )
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(
            Review.learner_id == learner.id,
            Review.rating == Rating.AGAIN,
            Review.verdict == Verdict.WRONG.value,
            Review.undone_at.is_(None),
            Fact.archived_at.is_(None),
            access.visible_sets(learner),
            *running_quizzes.is_shown(learner, now),
        )
        .order_by(Review.day.desc(), Review.id.desc())
        .limit(WRONG_ANSWERS)
    )


def _observed(rows: Any) -> Iterator[ObservedMixup]:
    questions = {row.question_version_id: row.body for row in rows}
    parsed = {id: parse_question(body) for id, body in questions.items()}
    for row in rows:
        for mixup in parsed[row.question_version_id].find_mixups(parse_response(row.response)):
            yield ObservedMixup(_ref(row), row.day, mixup)


def _ref(row: Any) -> FactRef:
    return FactRef(row.set_key, row.key, row.statement, row.language)


def _inverted_pairs(learner: User, now: datetime) -> Any:
    earlier, later = aliased(Fact), aliased(Fact)
    return (
        select(
            QuestionSet.key.label("set_key"),
            QuestionSet.header["language"].as_string().label("language"),
            earlier.key.label("earlier_key"),
            earlier.statement.label("earlier_statement"),
            later.key.label("later_key"),
            later.statement.label("later_statement"),
            Comparison.wrong,
            Comparison.right,
            Comparison.last_at,
            Comparison.last_right,
            func.count().over().label("total"),
        )
        .select_from(Comparison)
        .join(earlier, earlier.id == Comparison.earlier_id)
        .join(later, later.id == Comparison.later_id)
        .join(QuestionSet, QuestionSet.id == earlier.set_id)
        .where(
            Comparison.learner_id == learner.id,
            Comparison.wrong > 0,
            earlier.archived_at.is_(None),
            later.archived_at.is_(None),
            access.visible_sets(learner),
            *running_quizzes.is_shown(learner, now, fact=earlier),
            *running_quizzes.is_shown(learner, now, fact=later),
        )
        .order_by(Comparison.last_right, Comparison.wrong.desc(), Comparison.last_at.desc(), Comparison.earlier_id)
        .limit(PAIRS)
    )


def _inversion(learner: User, row: Any) -> Inversion:
    return Inversion(
        earlier=FactRef(row.set_key, row.earlier_key, row.earlier_statement, row.language),
        later=FactRef(row.set_key, row.later_key, row.later_statement, row.language),
        wrong=row.wrong,
        right=row.right,
        last=learner.clock.day(row.last_at),
        mended=row.last_right,
    )


def last_recalled(session: Session, learner: User, fact_ids: Collection[int]) -> dict[int, date]:
    """Return the last study day on which each fact was answered correctly, if it ever was; one statement."""
    rows = session.execute(
        select(Review.fact_id, func.max(Review.day))
        .where(
            Review.learner_id == learner.id,
            Review.fact_id.in_(fact_ids),
            Review.rating != Rating.AGAIN,
            Review.undone_at.is_(None),
        )
        .group_by(Review.fact_id)
    )
    return dict(rows.all())
