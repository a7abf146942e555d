"""The match game: six pairs without ambiguous matches, and checking whether a time is possible."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from quizapp.core.practice.moments import Span, hide_dates, span_of
from quizapp.core.practice.pairs import names_one_moment
from quizapp.core.text.edtf import Precision, display_date, parse_edtf

PAIRS = 6
GAMES = ("dates", "names", "answers")
# Characters of a tile, so that a whole board fits on a phone: the left ones are narrower.
LONGEST_LEFT, SHORT, LONGEST = 36, 88, 104
_BEGINS_WITH_PRONOUN = re.compile(
    r"(?:he|she|it|they|we|his|her|its|their|this|that|these|those|the same|both|there)\b", re.IGNORECASE
)
_POINTS_ELSEWHERE = re.compile(r"\b(?:these|those|following|below|above)\b", re.IGNORECASE)  # as to the choices

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
        MatchPair(display_date(date), hide_dates(statement).replace("….", "…"), fact_id)
        for fact_id, date, statement in drawn
        if _fits(statement) and names_one_moment(statement)
    )

    def clash(one: MatchPair, other: MatchPair) -> bool:
        return spans[one.fact_id].overlaps(spans[other.fact_id]) or _share_a_side(one, other)

    return board(candidates, clash, seed)


def of_names(names: Iterable[tuple[str, str, str]], seed: str) -> Board | None:
    """Return a board of names and roles, from (type, name, role).

    All names have the same type if there are six of one, because that is harder. Roles shared by several names, and
    roles that repeat the name or are too long, are left out.
    """
    dice, named = Random(seed), list(names)
    holders = Counter(role.casefold() for _, _, role in named)
    by_type: defaultdict[str, list[MatchPair]] = defaultdict(list)
    for kind, name, role in named:
        if holders[role.casefold()] == 1 and _fits(role) and len(name) <= LONGEST_LEFT and not _repeats(name, role):
            by_type[kind].append(MatchPair(name, role))
    full = [pairs for pairs in by_type.values() if len(pairs) >= PAIRS]
    pairs = dice.choice(full) if full else [pair for pairs in by_type.values() for pair in pairs]
    return board(dice.sample(pairs, len(pairs)), _share_a_side, seed)


def of_answers(questions: Sequence[tuple[int, str, str]], seed: str) -> Board | None:
    """Return a board of answers and what they answer, from (fact id, prompt, answer), each of another fact."""
    candidates = (
        MatchPair(answer, prompt, fact_id)
        for fact_id, prompt, answer in Random(seed).sample(questions, len(questions))
        if _fits(prompt) and _fits(answer) and len(answer) <= LONGEST_LEFT and not _gives_away(prompt, answer)
    )

    def clash(one: MatchPair, other: MatchPair) -> bool:
        crossed = _gives_away(one.right, other.left) or _gives_away(other.right, one.left)
        return one.fact_id == other.fact_id or crossed or _share_a_side(one, other)

    return board(candidates, clash, seed)


def _fits(text: str) -> bool:
    """Return whether a text is short enough for a tile, and says itself what it is about."""
    alone = not _BEGINS_WITH_PRONOUN.match(text) and not _POINTS_ELSEWHERE.search(text)
    return len(text) <= LONGEST and alone


def _gives_away(prompt: str, answer: str) -> bool:
    """Return whether a prompt contains an answer, or a long word of it."""
    words = re.findall(r"\w{5,}", answer.casefold())
    return answer.casefold() in prompt.casefold() or any(word in prompt.casefold() for word in words)


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
