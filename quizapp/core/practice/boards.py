"""The match game: six pairs without ambiguous matches, and checking whether a time is possible."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from quizapp.core.kinds.matching import Matching
from quizapp.core.practice.moments import Span, hide_dates, span_of
from quizapp.core.practice.pairs import names_one_moment
from quizapp.core.text.edtf import Precision, display_date, parse_edtf

PAIRS = 6
GAMES = ("dates", "names", "stems")
SHORT, LONGEST = 110, 240  # characters of a statement that is quick to read, and of the longest one used

FASTEST_PRESS = 150  # ms between one press and the next
LONGEST_GAME = 3_600_000  # ms
MOST_SLIPS = 999


@dataclass(frozen=True, slots=True)
class MatchPair:
    """Two things that belong together; `fact_id` is the fact behind it, if there is one."""

    left: str
    right: str
    fact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Pairs, and the order in which their right-hand sides are shown, as indices into `pairs`."""

    pairs: tuple[MatchPair, ...]
    order: tuple[int, ...]


def board(candidates: Iterable[MatchPair], clash: Callable[[MatchPair, MatchPair], bool], seed: str) -> Board | None:
    """Return the first six candidates that do not clash with each other, shuffled, or None if there are not six."""
    picked: list[MatchPair] = []
    for candidate in candidates:
        if not any(clash(candidate, other) for other in picked):
            picked.append(candidate)
        if len(picked) == PAIRS:
            dice = Random(seed)
            return Board(tuple(dice.sample(picked, PAIRS)), tuple(dice.sample(range(PAIRS), PAIRS)))
    return None


def of_dates(facts: Iterable[tuple[int, str, str]], seed: str) -> Board | None:
    """Return a board of dates and what happened on them, from (fact id, EDTF date, statement).

    No two dates overlap, so that each fits one event only; dates in the statements are hidden.
    """
    events = [event for event in facts if _precision(event[1])]
    drawn = Random(seed).sample(events, len(events))
    # Short statements and exact days first, because a whole year would exclude many of them.
    drawn.sort(key=lambda event: (_precision(event[1]) < Precision.DAY, len(event[2]) > SHORT))
    spans: dict[int | None, Span] = {fact_id: span_of(date) for fact_id, date, _ in drawn}
    candidates = (
        MatchPair(display_date(date), hide_dates(statement), fact_id)
        for fact_id, date, statement in drawn
        if len(statement) <= LONGEST and names_one_moment(statement)
    )

    def clash(one: MatchPair, other: MatchPair) -> bool:
        return spans[one.fact_id].overlaps(spans[other.fact_id]) or _share_a_side(one, other)

    return board(candidates, clash, seed)


def of_names(names: Iterable[tuple[str, str, str]], seed: str) -> Board | None:
    """Return a board of names and roles, from (type, name, role).

    All names have the same type if there are six of one, because that is harder. Roles shared by several names, and
    roles that repeat the name, are left out.
    """
    dice, named = Random(seed), list(names)
    holders = Counter(role.casefold() for _, _, role in named)
    by_type: defaultdict[str, list[MatchPair]] = defaultdict(list)
    for kind, name, role in named:
        if holders[role.casefold()] == 1 and not _repeats(name, role):
            by_type[kind].append(MatchPair(name, role))
    full = [pairs for pairs in by_type.values() if len(pairs) >= PAIRS]
    pairs = dice.choice(full) if full else [pair for pairs in by_type.values() for pair in pairs]
    return board(dice.sample(pairs, len(pairs)), _share_a_side, seed)


def of_stems(questions: Sequence[tuple[int, Matching]], seed: str) -> Board | None:
    """Return a board of stems and targets from (fact id, matching question), using as few questions as possible."""
    candidates = [
        MatchPair(pair.left, pair.right, fact_id)
        for fact_id, question in Random(seed).sample(questions, len(questions))
        for pair in question.pairs
        if [other.right for other in question.pairs].count(pair.right) == 1
    ]
    return board(candidates, _share_a_side, seed)


def believable(*, ms: int, slips: int) -> bool:
    """Return whether a game can have taken this time with this many slips; each try needs two presses."""
    presses = 2 * (PAIRS + slips)
    return 0 <= slips <= MOST_SLIPS and FASTEST_PRESS * (presses - 1) <= ms <= LONGEST_GAME


@lru_cache(maxsize=16_384)
def _precision(date: str) -> int:
    """Return the precision of a date; 0 if it is uncertain or an interval."""
    start, end = parse_edtf(date)
    return start.precision if start == end and not start.qualifier else 0


def _repeats(name: str, role: str) -> bool:
    """Return whether a role contains a word of the name, with any ending."""
    words = [{word[:5] for word in re.findall(r"\w{4,}", text.casefold())} for text in (name, role)]
    return bool(words[0] & words[1])


def _share_a_side(one: MatchPair, other: MatchPair) -> bool:
    """Return whether two pairs have a text in common, on any side."""
    return bool({one.left.casefold(), one.right.casefold()} & {other.left.casefold(), other.right.casefold()})
