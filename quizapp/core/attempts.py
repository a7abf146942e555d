"""Attempts: a policy for each purpose, how questions are drawn from a set, and scores."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import NamedTuple

from quizapp.core.kinds import KINDS

BIGGEST_SIZE = 50  # questions
LONGEST = 240  # minutes
GRADABLE = tuple(kind for kind, cls in KINDS.items() if not cls.self_graded)
MARKED_BY_HAND = tuple(kind for kind, cls in KINDS.items() if cls.marked_by_hand)
ASKABLE = GRADABLE + MARKED_BY_HAND  # what a quiz can ask; by default only kinds that need no marking by hand

AT_ONCE, AT_END, AFTER_DUE, NEVER = "at-once", "at-end", "after-due", "never"  # when feedback is released


class ReviewTiming(StrEnum):
    """When the answers of an attempt become reviews, which change the learner's schedule."""

    WITH_FEEDBACK = "with-feedback"
    ON_REQUEST = "on-request"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules for all attempts with one purpose.

    Rules that differ between attempts with the same purpose, such as the deadline, are stored with each attempt.
    """

    section: str  # the section of the site that its pages belong to
    result_template: str
    reviews: ReviewTiming
    review_source: str = "practice"
    follows_assignment: bool = False  # the assignment says when feedback is released; otherwise on handing in
    gives_hints: bool = False
    one_at_a_time: bool = False  # no moving between questions, and the last answer hands the attempt in
    is_marked: bool = True
    marked_by_learner: bool = False  # the learner marks answers that need a person; otherwise the teachers do
    can_be_discarded: bool = False
    can_review_missed: bool = False  # missed facts can be added to today's review
    marks_known: bool = False  # facts answered right are marked as known when it is handed in


POLICIES = {
    "quiz": Policy(
        "/quizzes",
        "quizzes/result.html",
        ReviewTiming.WITH_FEEDBACK,
        review_source="quiz",
        marked_by_learner=True,
        can_review_missed=True,
    ),
    "practice-quiz": Policy(
        "/quizzes",
        "quizzes/result.html",
        ReviewTiming.ON_REQUEST,
        review_source="quiz",
        marked_by_learner=True,
        can_review_missed=True,
    ),
    "assignment": Policy(
        "/assignments",
        "assignments/result.html",
        ReviewTiming.WITH_FEEDBACK,
        review_source="quiz",
        follows_assignment=True,
    ),
    "preview": Policy("/assignments", "assignments/result.html", ReviewTiming.NEVER, can_be_discarded=True),
    "practice": Policy(
        "/practice",
        "practice/result.html",
        ReviewTiming.ON_REQUEST,
        gives_hints=True,
        one_at_a_time=True,
        marked_by_learner=True,
    ),
    "pretest": Policy(
        "/practice", "practice/pretest_result.html", ReviewTiming.NEVER, one_at_a_time=True, is_marked=False
    ),
    "placement": Policy(
        "/plans",
        "placement/result.html",
        ReviewTiming.NEVER,
        is_marked=False,
        can_be_discarded=True,
        marks_known=True,
    ),
}


OWN_QUIZZES = ("quiz", "practice-quiz")  # purposes: whether the answers of a quiz for oneself count at once


class Candidate(NamedTuple):
    """A question that can be drawn for a quiz."""

    fact_id: int
    topic: str
    question_version_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Score:
    """The marks and the number of questions; partial credit counts. `waiting` answers are not marked yet."""

    marks: float
    size: int
    waiting: int = 0

    @property
    def share(self) -> float:
        """Return the marks as a share of the questions, 0..1."""
        return self.marks / self.size if self.size else 0.0


def draw(pool: Iterable[Candidate], size: int, *, seed: str, asked_last: Collection[int] = ()) -> list[Candidate]:
    """Draw up to `size` questions from the pool, at most one per fact; the same ones for the same seed.

    Each topic gets the share of the quiz that it has of the facts in the pool (see `apportion`). Within a topic, facts
    that are not in `asked_last` come first. Kinds are mixed as evenly as the questions of the facts allow.
    """
    chance = Random(seed)
    questions: dict[int, list[Candidate]] = defaultdict(list)
    topics: dict[str, list[int]] = defaultdict(list)
    for candidate in sorted(pool):
        if candidate.fact_id not in questions:
            topics[candidate.topic].append(candidate.fact_id)
        questions[candidate.fact_id].append(candidate)
    seats = apportion({topic: len(facts) for topic, facts in topics.items()}, size, chance)
    chosen: list[int] = []
    for topic, facts in topics.items():
        chance.shuffle(facts)
        chosen += sorted(facts, key=lambda fact_id: fact_id in asked_last)[: seats[topic]]
    drawn = _mixed([questions[fact_id] for fact_id in chosen], chance)
    chance.shuffle(drawn)
    return drawn


def apportion(sizes: Mapping[str, int], seats: int, chance: Random) -> dict[str, int]:
    """Return how many of the seats each name gets, in proportion to its size but never more than that.

    Source: Hare's quota with largest remainders (Hamilton 1792); equal remainders are decided by lot.
    """
    total = sum(sizes.values())
    seats = min(seats, total)
    shares = {name: divmod(seats * size, total) for name, size in sizes.items()}
    given = {name: whole for name, (whole, _) in shares.items()}
    lots = {name: chance.random() for name in sizes}
    by_remainder = sorted(sizes, key=lambda name: (-shares[name][1], lots[name]))
    for name in by_remainder[: seats - sum(given.values())]:
        given[name] += 1
    return given


def _mixed(facts: list[list[Candidate]], chance: Random) -> list[Candidate]:
    """Return one question for each fact, of the kind used least so far, facts with the fewest questions first."""
    chance.shuffle(facts)
    used: Counter[str] = Counter()
    drawn = []
    for candidates in sorted(facts, key=len):
        chance.shuffle(candidates)
        drawn.append(min(candidates, key=lambda candidate: used[candidate.kind]))
        used[drawn[-1].kind] += 1
    return drawn


def by_topic(credits: Iterable[tuple[str, float | None]]) -> dict[str, Score]:
    """Return the score of each topic, in order of appearance, from the topic and the credit (0..1) of each question.

    A credit of None means that the answer is not marked yet.
    """
    found: dict[str, list[float | None]] = defaultdict(list)
    for topic, fraction in credits:
        found[topic].append(fraction)
    return {
        topic: Score(sum(each or 0.0 for each in fractions), len(fractions), fractions.count(None))
        for topic, fractions in found.items()
    }
