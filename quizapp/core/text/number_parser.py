"""Find the numbers in a typed text, in digits or in words.

A text can have several readings: "5.000" may be five or five thousand, "3 m" three metres or three million. Each is a
Statement; who knows the right answer chooses.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

from quizapp.core.text import number_words as words
from quizapp.core.text.normal import is_sign
from quizapp.core.text.number_tokens import Token

NUMBER = "#"  # stands for a number among the other words of a text

_CHANGING_MARKS = frozenset("<>^*/+\u2260\u2264\u2265\u00b1\u221a\u00d7")


@dataclass(slots=True)
class Number:
    """A number as far as it is read: (`total` + `part`) / `over`, where `part` is what a scale would multiply."""

    total: Fraction = Fraction(0)
    part: Fraction | None = None
    room: Fraction = Fraction(0)  # what is added next must be smaller
    scale: Fraction | None = None  # the last scale from a thousand on; the next must be smaller
    over: int = 1
    sign: int = 1
    place: Fraction | None = None  # of the next decimal, after the word "point"
    unit: str | None = None  # the known unit behind it
    doubtful: bool = False  # three digits were read as decimals, though they may be thousands
    ordinal: bool = False  # "fifth", "5th"

    @property
    def value(self) -> Fraction:
        return self.sign * (self.total + (self.part or 0)) / self.over


@dataclass(frozen=True, slots=True)
class Statement:
    """One reading of a text: its numbers, the unit behind them, and its words and signs with NUMBER for each number.

    `changed` says that words or marks change the value: "more than 5".
    """

    numbers: Sequence[Number]
    unit: str | None
    rest: Sequence[str]
    changed: bool

    @property
    def values(self) -> set[Fraction]:
        return {number.value for number in self.numbers}


def read_statements(tokens: Sequence[Token]) -> list[Statement]:
    """Return the readings of a text, the likeliest first."""
    decimals = (True, False) if any(token.kind == "digits" for token in tokens) else (True,)
    units = (False, True) if any(token.plain in words.AMBIGUOUS for token in tokens) else (False,)
    return [_Reader(tokens, as_decimals, as_units).read() for as_decimals, as_units in product(decimals, units)]


def read_digits(text: str, as_decimals: bool) -> tuple[Fraction, bool] | None:
    """Return the number that digits with separators state, and whether that is doubtful; None if they state none.

    With `as_decimals`, three digits after the only separator are decimals: "3.142". That is doubtful for a comma and
    for a last zero: "5,125", "5.000".
    """
    groups = re.split(r"[ '.,]", text)
    separators = re.findall(r"[ '.,]", text)
    if not separators:
        return Fraction(int(text)), False
    *others, last = separators
    if last in " '" or last in others:
        return (Fraction(int("".join(groups))), False) if len(set(separators)) == 1 and _grouped(groups) else None
    if not others and _grouped(groups) and not as_decimals:
        return Fraction(int("".join(groups))), False
    if others and (len(set(others)) > 1 or not _grouped(groups[:-1])):
        return None
    doubtful = not others and _grouped(groups) and (last == "," or groups[-1].endswith("0"))
    return Fraction(f"{''.join(groups[:-1]) or '0'}.{groups[-1]}"), doubtful


def _grouped(groups: Sequence[str]) -> bool:
    """Return whether groups of digits are thousands, or lakhs and crores as in India: "12,34,567"."""
    lengths = [len(group) for group in groups]
    if groups[0].startswith("0"):
        return False
    western = 1 <= lengths[0] <= 3 and set(lengths[1:]) == {3}
    return western or (1 <= lengths[0] <= 2 and len(lengths) > 2 and set(lengths[1:-1]) == {2} and lengths[-1] == 3)


@dataclass
class _Reader:
    """Reads tokens one after the other into numbers. `current` is the number that the next token may continue."""

    tokens: Sequence[Token]
    as_decimals: bool
    as_units: bool  # "m" is metres, not million
    numbers: list[Number] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    current: Number | None = None
    previous: Token | None = None
    sign: int = 0  # of the next number; 0 if none was written
    unit: str | None = None
    unit_may_follow: bool = False
    linked: bool = False  # a word like "and" came after the current number
    changed: bool = False

    def read(self) -> Statement:
        english = any(token.kind == "digits" or token.plain in words.ENGLISH for token in self.tokens)
        for index, token in enumerate(self.tokens):
            following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
            if not self._take(token, following, english):
                self._leave(token)
            self.previous = token
        changed = self.changed or self.sign != 0
        return Statement(self.numbers, self.unit, self.rest, changed)

    def _take(self, token: Token, following: Token | None, english: bool) -> bool:
        """Read a token as part of a number, and return whether it is one."""
        match token.kind:
            case "sign":
                return self._take_sign(-1 if token.text == "-" else 1)
            case "fraction":
                return self._take_fraction(token.text)
            case "digits":
                return self._take_digits(token.text)
            case "word":
                return self._take_word(token, following, english)
        return False

    def _take_sign(self, sign: int) -> bool:
        self.current, self.sign = None, sign
        return True

    def _take_fraction(self, text: str) -> bool:
        above, below = map(int, re.split("[/\u2044]", text))
        return bool(below) and self._add_fraction(Fraction(above, below))

    def _take_digits(self, text: str) -> bool:
        found = read_digits(text, self.as_decimals)
        if found is None:
            self.changed = True
            return False
        self._add(found[0], Fraction(0))
        if found[1] and self.current:
            self.current.doubtful = True
        return True

    def _take_word(self, token: Token, following: Token | None, english: bool) -> bool:
        word = token.plain
        if token.glued and self.previous and self.previous.kind == "digits" and word in _ENDINGS:
            return self._end_ordinal() if word in words.ORDINAL_ENDINGS else True
        if self._is_unit(word) or self._is_vague(word):
            return False
        for vocabulary, take in _TAKERS:
            if word in vocabulary:
                return take(self, vocabulary[word])
        if word == words.TEN and not english:
            return self._add(Fraction(10), Fraction(10))
        if word in words.POINTS and self.current and following and following.plain in words.CARDINALS:
            self.current.place = Fraction(1, 10)
            return True
        if word in words.DENOMINATORS and following and following.plain in words.CARDINALS:
            self._start(None, Fraction(0)).over = words.DENOMINATORS[word]
            return True
        return self._take_link(word, following)

    def _is_unit(self, word: str) -> bool:
        """Return whether a word that may be a scale is a unit. "Min" after "beş" is Azerbaijani for a thousand."""
        before = self.previous
        english = before is not None and (before.kind == "digits" or before.plain in words.ENGLISH)
        return self.as_units and english and word in words.AMBIGUOUS

    def _is_vague(self, word: str) -> bool:
        """Return whether a word like "thousands" has no number in front, and note that the text states none then."""
        vague = word in words.VAGUE_ALONE and self.current is None
        self.changed |= vague
        return vague

    def _take_link(self, word: str, following: Token | None) -> bool:
        """Read a sign in words, or a word inside a number: "two hundred and fifty"."""
        if word in words.MINUS or (word in words.PLUS and not self.numbers):
            return self._take_sign(-1 if word in words.MINUS else 1)
        is_unit = word in words.UNITS and not (following and following.plain in words.ADDED)
        if word not in words.LINKS or self.current is None or is_unit:
            return False
        self.linked = True
        return True

    def _leave(self, token: Token) -> None:
        """Note a token that is no part of a number."""
        self.current, self.linked = None, False
        self.changed |= self.sign != 0 or token.plain in words.CHANGING or token.text in _CHANGING_MARKS
        self.sign = 0
        if token.kind == "word" or (token.glued if token.text == "-" else is_sign(token.text)):
            self.rest.append(token.text)
        if token.kind != "word":
            return
        is_unit = token.plain in words.UNITS
        if is_unit and self.unit_may_follow:
            self.numbers[-1].unit = token.plain
        if is_unit and self.unit is None and (self.unit_may_follow or token.text in _SYMBOL_WORDS):
            self.unit = token.plain
        self.unit_may_follow &= token.plain in words.LINKS

    def _start(self, part: Fraction | None, room: Fraction) -> Number:
        number = Number(part=part, room=room, sign=self.sign or 1)
        self.sign, self.current, self.linked, self.unit_may_follow = 0, number, False, True
        self.numbers.append(number)
        self.rest.append(NUMBER)
        return number

    def _add(self, value: Fraction, room: Fraction) -> bool:
        """Add a number to the current one if it fits in, as "five" does after "twenty", or else begin another."""
        now = self.current
        if now is None:
            self._start(value, room)
        elif now.place and value < 10:
            now.part, now.place = (now.part or 0) + value * now.place, now.place / 10
        elif value < now.room or (now.over > 1 and now.part is None):
            now.part, now.room = (now.part or 0) + value, min(room, now.room)
        elif self._makes_a_year(now, value):
            now.part, now.room = now.value * 100 + value, room
        else:
            self._start(value, room)
        self.linked = False
        return True

    def _makes_a_year(self, now: Number, value: Fraction) -> bool:
        """Return whether two numbers in words are a year: "nineteen twenty"."""
        in_words = self.previous is not None and self.previous.kind == "word" and not self.linked
        return in_words and not now.total and all(10 <= half <= 99 for half in (now.value, value))

    def _add_cardinal(self, value: int) -> bool:
        return self._add(Fraction(value), _room_after(value))

    def _add_mixed(self, value: Fraction) -> bool:
        return self._add(value, Fraction(0))

    def _add_fraction(self, value: Fraction) -> bool:
        """Add a fraction to the whole number before it: "5 1/2", "five and a half"."""
        now = self.current
        if now is None or now.value.denominator > 1:
            self._start(value, Fraction(0))
        else:
            now.part, now.room = (now.part or 0) + value, Fraction(0)
        self.linked = False
        return True

    def _multiply_part(self, value: Fraction) -> bool:
        """Read "quarters": a fraction of its own, or with the number before it."""
        now = self.current
        if now is None or self.linked or now.part is None:
            return self._add_fraction(value)
        now.part, now.room = now.part * value, Fraction(0)
        self._join_whole_number()
        return True

    def _join_whole_number(self) -> None:
        """Join a fraction and the whole number before it: "one and three quarters"."""
        if self.rest[-2:] != [NUMBER, NUMBER] or self.numbers[-2].value.denominator > 1:
            return
        now = self.numbers.pop()
        self.rest.pop()
        self.current = self.numbers[-1]
        self.current.part = (self.current.part or 0) + now.value

    def _add_ordinal(self, value: int) -> bool:
        """Read "third": an ordinal ("twenty-third"), or a fraction ("one third", "a third")."""
        now = self.current
        indefinite = self.previous is not None and self.previous.plain in words.INDEFINITE
        if value > 2 and indefinite:
            return self._add_fraction(Fraction(1, value))
        if value > 2 and now and now.part and not now.room and not self.linked:
            return self._multiply_part(Fraction(1, value))
        self._add(Fraction(value), Fraction(0))
        return self._end_ordinal()

    def _multiply_scale(self, value: int) -> bool:
        scale = Fraction(value)
        now = self.current or self._start(None, scale)
        if value < 1000:
            return self._multiply_hundred(now, scale)
        if now.scale is not None and scale >= now.scale:
            now = self._start(None, scale) if now.part else now
        now.total = now.total + (now.part or 1) * scale if now.part or not now.total else now.total * scale
        now.part, now.room, now.scale, now.doubtful = None, scale, scale, False
        self.linked = False
        return True

    def _multiply_hundred(self, now: Number, scale: Fraction) -> bool:
        if now.part is not None and now.part >= 100:
            now = self._start(None, scale)
        now.part = (now.part or 1) * scale
        now.room = scale if scale == 100 else Fraction(0)
        self.linked = False
        return True

    def _add_ordinal_scale(self, value: int) -> bool:
        self._multiply_scale(value)
        return self._end_ordinal()

    def _end_ordinal(self) -> bool:
        if self.current:
            self.current.ordinal = True
        self.current = None
        return True


_ENDINGS = words.ORDINAL_ENDINGS | words.OTHER_ENDINGS
_SYMBOL_WORDS = frozenset(words.SYMBOLS.values())
_TAKERS: list[tuple[Mapping[str, Any], Callable[[_Reader, Any], bool]]] = [
    (words.WHOLE_AND_HALF, _Reader._add_mixed),
    (words.CARDINALS, _Reader._add_cardinal),
    (words.ADDED, _Reader._add_fraction),
    (words.PARTS, _Reader._multiply_part),
    (words.SCALES, _Reader._multiply_scale),
    (words.ORDINAL_SCALES, _Reader._add_ordinal_scale),
    (words.ORDINALS, _Reader._add_ordinal),
]


def _room_after(value: int) -> Fraction:
    """Return the limit of what may be added to a number in words: 10 after "twenty", 100 after "двести"."""
    return Fraction(next((room for room in (100, 10) if value and value % room == 0), 0))
