"""Attempts: the policy of each purpose, which questions are drawn from a set, and scores."""

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
ASKABLE = GRADABLE + MARKED_BY_HAND  # what a quiz can ask; without a choice it asks what grades itself

AT_ONCE, AT_END, AFTER_DUE, NEVER = "at-once", "at-end", "after-due", "never"  # when feedback is released


class ReviewTiming(StrEnum):
    """When the answers of an attempt become reviews, which move the learner's schedule."""

    WITH_FEEDBACK = "with feedback"
    ON_REQUEST = "on request"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for every attempt of one purpose.

    What differs between attempts of one purpose is stored with each: its deadline, and when feedback is released.
    """

    section: str  # the part of the site its pages belong to
    result_template: str
    reviews: ReviewTiming
    review_source: str = "practice"
    follows_assignment: bool = False  # its assignment says when feedback is released; otherwise it is on handing in
    one_at_a_time: bool = False  # no jumping between questions, and the last answer hands the attempt in
    is_marked: bool = True
    marked_by_learner: bool = False  # of an answer that a person marks; otherwise its teachers do
    can_be_discarded: bool = False
    can_review_missed: bool = False  # the facts it missed can be added to today's review


POLICIES = {
    "quiz": Policy(
        "/quizzes",
        "quizzes/result.html",
        ReviewTiming.WITH_FEEDBACK,
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
        "/practice", "practice/result.html", ReviewTiming.ON_REQUEST, one_at_a_time=True, marked_by_learner=True
    ),
    "pretest": Policy(
        "/practice", "practice/pretest_result.html", ReviewTiming.NEVER, one_at_a_time=True, is_marked=False
    ),
}


class Candidate(NamedTuple):
    """A question that a quiz may draw."""

    fact_id: int
    topic: str
    question_version_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Score:
    """Marks out of so many questions; partial credit counts. `waiting` answers are still to be marked."""

    marks: float
    size: int
    waiting: int = 0

    @property
    def share(self) -> float:
        """0..1"""
        return self.marks / self.size if self.size else 0.0


def draw(pool: Iterable[Candidate], size: int, *, seed: str, asked_last: Collection[int] = ()) -> list[Candidate]:
    """So many questions, or as many as there are facts in the pool, each of another fact; the same for the same seed.

    Each topic has the share of the quiz that it has of the pool's facts (see `apportion`). Within a topic, facts that
    were not among `asked_last` go first. Kinds are mixed as evenly as the questions of the facts allow.
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
    """Seats given out in proportion to sizes, never more than a size, by the method of the largest remainder.

    Source: Hare's quota with largest remainders (Hamilton 1792); equal remainders draw lots.
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
    """Return a question of each fact, of the kind used least so far; facts that leave no choice are served first."""
    chance.shuffle(facts)
    used: Counter[str] = Counter()
    drawn = []
    for candidates in sorted(facts, key=len):
        chance.shuffle(candidates)
        drawn.append(min(candidates, key=lambda candidate: used[candidate.kind]))
        used[drawn[-1].kind] += 1
    return drawn


def by_topic(credits: Iterable[tuple[str, float | None]]) -> dict[str, Score]:
    """Return the score in each topic, given the topic and the credit (0..1) of each question; the topics as they come.

    An answer without a credit waits to be marked.
    """
    found: dict[str, list[float | None]] = defaultdict(list)
    for topic, fraction in credits:
        found[topic].append(fraction)
    return {
        topic: Score(sum(each or 0.0 for each in fractions), len(fractions), fractions.count(None))
        for topic, fractions in found.items()
    }
