"""Verdicts on typed answers that learners override: "I was right", or "I was wrong"; and how often they do."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from quizapp.core.kinds import KINDS, carry_over, parse_question, parse_response
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds.base import Verdict
from quizapp.core.scheduling.scheduler import Rating
from quizapp.models import Fact, Memory, Question, QuestionSet, QuestionVersion, Review, User
from quizapp.services import memories
from quizapp.services.access import set_to_write
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer, review_table
from quizapp.services.replay import own_review, read_log, rewrite


def override_review(session: Session, learner: User, review_id: int, *, now: datetime) -> int:
    """Override the verdict on a typed answer: right becomes wrong, wrong right. Return the new review's id.

    The overridden review stays on record, and what came after it is replayed. Raises NotFound when it is not the
    learner's or its verdict cannot be doubted, StaleAnswer when it was undone or overridden before.
    """
    review = own_review(session, learner, review_id)
    memory = session.get_one(Memory, (learner.id, review.fact_id), with_for_update=True)  # before the day's counts
    session.refresh(review)
    question = parse_question(session.get_one(QuestionVersion, review.question_version_id).body)
    if review.hinted or not question.can_be_overridden(question.grade(parse_response(review.response))):
        raise NotFound
    if review.undone_at is not None:
        raise StaleAnswer
    old = read_log(session, learner.id, review.fact_id)[review.fact_id]
    review.undone_at = now
    session.flush()
    right = review.rating == Rating.AGAIN
    values = {column.name: getattr(review, column.name) for column in review_table.c if column.name != "id"}
    values |= {
        "verdict": "right" if right else "wrong",
        "fraction": float(right),
        "rating": int(Rating.GOOD if right else Rating.AGAIN),
        "guess": 0.0,
        "client_id": None,
        "overridden": not review.overridden,
        "version": memory.version + 1,
        "undone_at": None,
    }
    new_id: int = session.execute(insert(review_table).values(values).returning(review_table.c.id)).scalar_one()
    plan = memories.plan_to_record_by(session, learner, review.fact_id)
    rewrite(session, learner, review.fact_id, old, plan, version=memory.version)
    session.refresh(memory)
    return new_id


# How often learners override a verdict

GOAL = 0.01  # of the typed answers at most are overridden
ENOUGH_ANSWERS, ENOUGH_REFUSED = 20, 5  # either is enough for a share to say something about a question
TYPED_KINDS = [kind for kind, cls in KINDS.items() if cls.typed_into]
_IS_TYPED = QuestionVersion.kind.in_(TYPED_KINDS)
MOST_TEXTS = 5_000  # overridden answers that are read, the latest

CURRENT = aliased(QuestionVersion)  # the version that is asked now


class TypedCounts(NamedTuple):
    """How many typed answers were graded, how many of them the program refused, and of those, learners overrode."""

    graded: int = 0
    refused: int = 0
    overridden: int = 0

    @property
    def share(self) -> float:
        """Return the share of the answers that were overridden, 0..1."""
        return self.overridden / self.graded if self.graded else 0.0

    @property
    def are_enough(self) -> bool:
        """Return whether the share says something about a question."""
        return self.graded >= ENOUGH_ANSWERS or self.refused >= ENOUGH_REFUSED


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """A question as it is asked now, and what became of everybody's typed answers to all of its versions.

    `texts` are answers that learners called right and it would still refuse, the most frequent first, with how often.
    """

    question_id: int
    set_id: int
    set_key: str
    question: AskedQuestion
    counts: TypedCounts
    texts: Sequence[tuple[str, int]] = ()


def read_set_overrides(session: Session, user: User, set_id: int) -> tuple[QuestionSet, list[TypedQuestion]]:
    """Return a set that a person writes in, with its questions as `list_typed` does. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    versions = select(QuestionVersion.id).join(Question).join(Fact).where(Fact.set_id == set_id, _IS_TYPED)
    return row, list_typed(session, Review.question_version_id.in_(versions))


def read_question_overrides(session: Session, question_id: int) -> TypedQuestion | None:
    """Return what became of the typed answers to a question; None if there are not enough to say anything."""
    versions = select(QuestionVersion.id).where(QuestionVersion.question_id == question_id)
    found = list_typed(session, Review.question_version_id.in_(versions))
    return next((each for each in found if each.counts.are_enough), None)


def list_typed(session: Session, *which: ColumnElement[bool]) -> list[TypedQuestion]:
    """Return the questions that were answered by typing, in `which` of the reviews, the worst first; two statements.

    Those with too few answers for their share to say anything come last.
    """
    counts: dict[int, TypedCounts] = {}
    current: dict[int, Any] = {}
    asked: dict[int, AskedQuestion] = {}
    for row in session.execute(_count_by_version(which)):
        question = parse_question(row.body)
        if question.has_typed_answer:
            so_far = counts.get(row.question_id, TypedCounts())
            counts[row.question_id] = _sum([so_far, TypedCounts(row.graded, row.refused, row.overridden)])
            current[row.question_id] = row
            asked[row.question_id] = question if row.body == row.current else parse_question(row.current)
    texts = _texts_still_refused(session, asked, which)
    questions = [
        TypedQuestion(row.question_id, row.set_id, row.set_key, asked[key], counts[key], texts[key].most_common())
        for key, row in current.items()
    ]
    return sorted(questions, key=_by_share)


def total_counts(questions: Iterable[TypedQuestion]) -> TypedCounts:
    """Return the sums of the counts of questions."""
    return _sum([each.counts for each in questions])


def _sum(counts: Sequence[TypedCounts]) -> TypedCounts:
    return TypedCounts(*map(sum, zip(*counts, strict=True)))


def _by_share(each: TypedQuestion) -> tuple[Any, ...]:
    return not each.counts.are_enough, -each.counts.share, -each.counts.overridden, each.question_id


def _was_overridden() -> ColumnElement[bool]:
    """Return the condition that a learner called an answer right that the program had refused."""
    return and_(Review.overridden, Review.rating != Rating.AGAIN)


def _count_by_version(which: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Select the counts for each version of the questions that are typed into and still asked."""
    was_refused = or_(_was_overridden(), and_(Review.overridden.is_(False), Review.rating == Rating.AGAIN))
    counted = (
        select(
            Review.question_version_id,
            func.count().label("graded"),
            func.count().filter(was_refused).label("refused"),
            func.count().filter(_was_overridden()).label("overridden"),
        )
        .where(Review.undone_at.is_(None), Review.verdict != Verdict.UNANSWERED.value, *which)
        .group_by(Review.question_version_id)
        .subquery("counted")
    )
    return (
        select(
            QuestionVersion.question_id, QuestionVersion.body, CURRENT.body.label("current"), Fact.set_id,
            QuestionSet.key.label("set_key"), counted.c.graded, counted.c.refused, counted.c.overridden,
        )
        .join(counted, counted.c.question_version_id == QuestionVersion.id)
        .join(Question, and_(Question.id == QuestionVersion.question_id, Question.archived_at.is_(None)))
        .join(CURRENT, and_(CURRENT.question_id == Question.id, CURRENT.number == Question.current))
        .join(Fact, and_(Fact.id == Question.fact_id, Fact.archived_at.is_(None)))
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(_IS_TYPED)
    )  # fmt: skip


def _texts_still_refused(
    session: Session, asked_now: Mapping[int, AskedQuestion], which: Sequence[ColumnElement[bool]]
) -> Mapping[int, Counter[str]]:
    """Count the overridden answers to each question by their text, without those that it accepts by now."""
    rows = session.execute(
        select(QuestionVersion.question_id, QuestionVersion.body, Review.response)
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .where(Review.undone_at.is_(None), _was_overridden(), *which)
        .order_by(Review.id.desc())
        .limit(MOST_TEXTS)
    )
    texts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if (now := asked_now.get(row.question_id)) is not None:
            asked, response = parse_question(row.body), parse_response(row.response)
            carried = carry_over(asked, response, now)
            if carried is not None and not now.grade(carried).correct:
                texts[row.question_id][asked.describe_answer(response)] += 1
    return texts
