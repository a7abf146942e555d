"""Questions made from cards: a question with one answer, asked the other way round, typed, or as a choice.

A made question asks the same fact as its card. The wrong choices are the answers of other cards.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zlib import crc32

from quizapp.core.kinds import Question, parse_question
from quizapp.core.kinds.accepting import Accepting
from quizapp.core.sets.schema import CardSettings
from quizapp.core.text.normal import fold

CARD_KINDS = ("flashcard", "typed", "date", "number")  # kinds whose question and answer are the sides of a card
TYPED, CHOICE, REVERSE, REVERSE_CHOICE = MADE = ("typed", "choice", "reverse", "reverse-choice")

SHORT_WORDS, SHORT_LETTERS = 6, 60  # the longest answer that is typed
WRONG_CHOICES = 3
LONGEST_CHOICE = 300  # characters, as core.kinds.fields.Line
MOST_OTHERS = 20  # cards that wrong choices are taken from

_MARKUP = re.compile(r"[*_`\[<\\\n]|\A(?:#|>|[-+] |\d{1,9}[.)] )")


@dataclass(frozen=True, slots=True)
class Card:
    """A question with two sides, and the key of its fact."""

    key: str
    question: Question

    @property
    def front(self) -> str:
        return self.question.prompt

    @property
    def back(self) -> str:
        return self.question.right_answer

    def sides(self, *, is_reversed: bool = False) -> tuple[str, str]:
        """Return what is shown and what is asked for."""
        return (self.back, self.front) if is_reversed else (self.front, self.back)


def is_short(answer: str) -> bool:
    """Return whether an answer is short enough to be typed."""
    return len(answer.split()) <= SHORT_WORDS and len(answer) <= SHORT_LETTERS


def is_plain(text: str) -> bool:
    """Return whether a text is a single line without Markdown, so that it means the same as plain text."""
    return not _MARKUP.search(text)


def find_card(fact_key: str, questions: Iterable[Question]) -> Card | None:
    """Return the card among the questions of a fact, the first of a kind with two sides; None if there is none."""
    return next((Card(fact_key, question) for question in questions if question.kind in CARD_KINDS), None)


def make_typed(card: Card) -> Question | None:
    """Return a flashcard as a typed question; None if its answer is long or formatted."""
    if card.question.kind != "flashcard" or not (is_short(card.back) and is_plain(card.back)):
        return None
    return _question(card, "typed", card.front, {"answer": card.back, "picture": card.question.picture})


def make_reverse(card: Card, same_back: Sequence[str] = (), *, typed: bool) -> Question | None:
    """Return the question for the front of a card, whose back is shown; None for cards with a picture on the front.

    `same_back` are the fronts of all cards with this back, which are right answers too. It is `typed` if that is wanted
    and the front is short; otherwise it is a flashcard.
    """
    if card.question.picture or not is_plain(card.back):
        return None
    if typed and is_plain(card.front) and is_short(card.front) and not card.front.endswith("?"):
        also = [front for front in same_back if front != card.front and is_plain(front) and len(front) < LONGEST_CHOICE]
        return _question(card, "typed", card.back, {"answer": card.front, "accept": also})
    return _question(card, "flashcard", card.back, {"answer": card.front})


def make_choice(card: Card, others: Iterable[Card], *, is_reversed: bool = False) -> Question | None:
    """Return a card as a choice among the answers of the first `others` that fit; None if too few do.

    What would be right as well is no wrong choice: the answer of a card that asks the same, or one that is accepted.
    """
    shown, answer = card.sides(is_reversed=is_reversed)
    if is_reversed and (card.question.picture or not is_plain(shown)):
        return None
    if not _fits_choice(answer):
        return None
    right = _right_answers(card) if not is_reversed else {fold(answer)}
    wrong: dict[str, str] = {}
    for other in others:
        other_shown, text = other.sides(is_reversed=is_reversed)
        if fold(text) not in right and fold(other_shown) != fold(shown) and _fits_choice(text):
            wrong.setdefault(fold(text), text)
        if len(wrong) == WRONG_CHOICES:
            picture = None if is_reversed else card.question.picture
            distractors = [{"text": text} for text in wrong.values()]
            return _question(card, "choice", shown, {"answer": answer, "distractors": distractors, "picture": picture})
    return None


def with_similar(cards: Iterable[Card]) -> Iterator[tuple[Card, list[Card]]]:
    """Yield each card with the cards most like it: first those with an answer of the same kind and a similar length.

    A card that is added or removed changes only what its neighbours are offered.
    """
    in_order = sorted(cards, key=lambda card: (*_likeness(card), crc32(card.key.encode()), card.key))
    start = 0
    for _, group in groupby(in_order, key=_likeness):
        alike = list(group)
        for place, card in enumerate(alike):
            others = _around(alike, place)
            yield card, others if len(others) == MOST_OTHERS else [*others, *_around(in_order, start + place)]
        start += len(alike)


def _around(ring: Sequence[Card], place: int) -> list[Card]:
    """Return the cards that follow one in a ring, MOST_OTHERS at most."""
    return [ring[(place + step) % len(ring)] for step in range(1, min(len(ring), MOST_OTHERS + 1))]


def _likeness(card: Card) -> tuple[bool, bool, int]:
    kind = card.question.kind
    return kind == "date", kind == "number", len(card.back).bit_length()


def make_questions(
    cards: Sequence[Card], settings: CardSettings, kinds_of: Mapping[str, frozenset[str]]
) -> Iterator[tuple[Card, dict[str, Question]]]:
    """Yield each card with the questions made from it by the settings of its set, by their names in MADE.

    `kinds_of` has the kinds in which a fact is asked already, by its key: a choice is not made beside a choice.
    """
    fronts = defaultdict(list)
    for card in cards:
        fronts[fold(card.back)].append(card.front)
    for card, others in with_similar(cards):
        has = kinds_of.get(card.key, frozenset())
        made: dict[str, Question | None] = {}
        if settings.typed and "typed" not in has:
            made[TYPED] = make_typed(card)
        if settings.choices and "choice" not in has:
            made[CHOICE] = make_choice(card, others)
        if settings.both_directions:
            made[REVERSE] = make_reverse(card, fronts[fold(card.back)], typed=settings.typed)
            made[REVERSE_CHOICE] = make_choice(card, others, is_reversed=True) if settings.choices else None
        yield card, {name: question for name, question in made.items() if question}


def _fits_choice(text: str) -> bool:
    return len(text) <= LONGEST_CHOICE and is_plain(text)


def _right_answers(card: Card) -> set[str]:
    accepted = card.question.accepted if isinstance(card.question, Accepting) else []
    return {fold(text) for text in (card.back, *accepted)}


def _question(card: Card, kind: str, prompt: str, fields: dict[str, Any]) -> Question:
    explanation = card.question.explanation
    return parse_question({"key": "made", "kind": kind, "prompt": prompt, "explanation": explanation, **fields})
