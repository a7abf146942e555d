"""Compare typed numbers with the right one, and read and show the numbers that authors write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product

from quizapp.core.text import number_words as words
from quizapp.core.text.number_parser import NUMBER, Statement, read_statements
from quizapp.core.text.number_tokens import LONGEST, Token, split_tokens

YEARS = range(1000, 3000)  # a whole number in this range may be a year


class NumberMatch(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"  # it states no number, or has words that change the number


@dataclass(frozen=True, slots=True)
class NumberComparison:
    """How a typed text compares with a number. `figure` is what was read; None if there is not just one number."""

    match: NumberMatch
    figure: Fraction | None = None


@dataclass(frozen=True, slots=True)
class RightNumber:
    """A right answer: it may be `tolerance` off, and is counted in `unit`, which may begin with a scale: "million".

    What is typed may be in another unit of the same kind, or leave the unit out. If things are `counted`, as they are
    in a unit, an ordinal number is wrong: the fifth day is not 5 days.
    """

    answer: Decimal
    tolerance: Decimal = Decimal(0)
    unit: str | None = None
    counted: bool = False

    def compare(self, text: str) -> NumberComparison:
        """Return how a typed text compares with the number."""
        found = [self.figures(said, scales) for said, scales in self.readings(text)]
        if not found:
            return NumberComparison(NumberMatch.UNREADABLE)
        near = (figure for figures in found for figure in figures if self.is_near(figure))
        if (figure := next(near, None)) is not None:
            return NumberComparison(NumberMatch.RIGHT, figure)
        return NumberComparison(NumberMatch.WRONG, next((figures[-1] for figures in found if figures), None))

    def readings(self, text: str) -> list[tuple[Statement, Sequence[int]]]:
        """Return the readings of a text that state a number, each with the scales it may be counted in."""
        found = [(said, scales) for tokens, scales in self._tokens(text) for said in read_statements(tokens)]
        return [(said, scales) for said, scales in found if _is_readable(said)]

    def _tokens(self, text: str) -> Iterator[tuple[Sequence[Token], Sequence[int]]]:
        """Yield the tokens without the unit or a part of it, and the scales that the answer may be counted in then."""
        tokens, unit = split_tokens(text), split_tokens(self.unit or "")
        scale, base = _split_unit(unit)
        if unit and (bare := _remove(tokens, unit)) is not None:
            yield bare, [1]
        if base != unit and (bare := _remove(tokens, base)) is not None:
            yield bare, [scale]
        yield tokens, [scale, 1]

    def figures(self, said: Statement, scales: Sequence[int]) -> list[Fraction]:
        """Return what a reading may state, in the unit asked for; empty if that is not one number in such a unit."""
        if len(said.values) > 1:
            return self._sum(said)
        number, factor = said.numbers[0], self._factor(said.unit)
        if number.ordinal and (self.unit or self.counted):
            return []
        if factor is None or (number.doubtful and not self._has_decimals and factor == 1):
            return []
        if said.unit or number.scale:  # "5 liras" are not 5 million liras
            scales = scales[:1]
        factors = [factor, Fraction(1, 100)] if self._is_share and _is_percent(said.unit) else [factor]
        return [number.value * factor / scale for factor, scale in product(factors, scales)]

    def _sum(self, said: Statement) -> list[Fraction]:
        """Return the sum of numbers in ever smaller units: "1 day 4 hours"; empty if they are something else."""
        units = [words.UNITS.get(number.unit or "") for number in said.numbers]
        sizes = [unit[1] for unit in units if unit]
        factors = [self._factor(number.unit) for number in said.numbers if self.unit]
        falling = all(larger > smaller for larger, smaller in pairwise(sizes))
        alone = not said.changed and _is_pure(_bare(said))
        if not (alone and falling and factors) or len(sizes) < len(units) or None in factors:
            return []
        return [sum((n.value * factor for n, factor in zip(said.numbers, factors, strict=True) if factor), Fraction(0))]

    def _factor(self, unit: str | None) -> Fraction | None:
        """Return how many of the units asked for one typed unit is; None if they don't measure the same."""
        if unit is None:
            return Fraction(1)
        if self.unit is None:  # "5k" is not 5 kelvins
            return None if unit == "k" else Fraction(1)
        kind, size = words.UNITS[unit]
        known = (words.UNITS[token.plain] for token in split_tokens(self.unit) if token.plain in words.UNITS)
        asked = next(known, (None, Fraction(1)))
        if asked[0] is None and kind == words.PEOPLE:  # "5,000 men" for 5,000 volunteers
            return Fraction(1)
        if words.DEGREES in (kind, asked[0]) and {kind, asked[0]} & words.TEMPERATURES:  # "5 degrees" for "5 °C"
            return Fraction(1)
        if {kind, asked[0]} == {words.POUNDS, words.MASS}:  # "10 lb" for 10 pounds
            (_, size), asked = (_of_mass(kind, size), _of_mass(*asked))
            kind = words.MASS
        return size / asked[1] if asked[0] == kind else None

    @property
    def _has_decimals(self) -> bool:
        return self.answer % 1 != 0 or self.tolerance % 1 != 0

    @property
    def _is_share(self) -> bool:
        """Return whether the answer may be a share, which can be said in percent: 0.25."""
        return self.unit is None and 0 < abs(self.answer) < 1

    def is_near(self, value: Fraction) -> bool:
        """Return whether a figure is right. A fraction without an end need only be as exact as the answer."""
        off, allowed = abs(value - Fraction(self.answer)), Fraction(self.tolerance)
        places = _places(self.answer)
        if places and _has_no_end(value):  # "one third" for 0.333
            allowed = max(allowed, Fraction(1, 2 * 10**places))
        return off <= allowed


def _of_mass(kind: str | None, size: Fraction) -> tuple[str, Fraction]:
    """Return a unit of mass, or pounds as one."""
    return words.MASS, words.POUND if kind == words.POUNDS else size


def _is_percent(unit: str | None) -> bool:
    return unit is not None and words.UNITS[unit][0] == words.PERCENT


def asked_unit(prompt: str) -> str | None:
    """Return what a question asks the number of: "days" in "How many days …?"; None if that cannot be decided.

    A word that is no known unit counts only if there is none elsewhere: "divisions", but not "Turkish" before "liras".
    """
    tokens = split_tokens(prompt[:LONGEST])
    has_unit = any(token.plain in words.UNITS for token in tokens)
    for before, word in pairwise(tokens):
        if before.plain in words.HOW_MANY and (
            word.plain in words.UNITS or (not has_unit and _is_counted(before, word))
        ):
            return word.text
    return None


def asks_how_many(prompt: str) -> bool:
    """Return whether a question asks to count things: "How many were there?"."""
    return any(token.plain in words.HOW_MANY for token in split_tokens(prompt[:LONGEST]))


def _is_counted(how_many: Token, word: Token) -> bool:
    """Return whether a word behind "how many" is what is counted; a verb may be behind Russian "сколько"."""
    other = word.plain in words.FILLERS or word.plain in words.SCALES
    return how_many.plain in words.HOW_MANY_THINGS and word.kind == "word" and not other


def leading_scale(text: str) -> str:
    """Return the scale that a text begins with: "million" in "million liras"; empty if there is none."""
    first = next(iter(split_tokens(text[:LONGEST])), None)
    return first.text if first and first.plain in words.SCALES and first.plain not in words.AMBIGUOUS else ""


def parse_number(text: str) -> Decimal | None:
    """Return the one number that an author wrote, or None if there is none or more than one.

    Three digits after the only comma or space are thousands, and so are three after the only point if the last is 0:
    "5,000", "5.000"; but "3.142" has decimals. Words after the number ("men", "liras") are ignored.
    """
    for said in read_statements(split_tokens(text)):
        if _is_readable(said) and len(said.values) == 1 and not said.numbers[0].doubtful:
            value = said.numbers[0].value
            return None if _has_no_end(value) else _as_decimal(value)
    return None


def show_number(value: Decimal | Fraction, unit: str | None = None) -> str:
    """Return a number for display, with its unit: "5,000 men". What may be a year has no separator: "1920"."""
    unit_words = {token.plain for token in split_tokens(unit or "")}
    is_year = value % 1 == 0 and int(value) in YEARS and (not unit or bool(unit_words & words.YEAR_UNITS))
    return f"{int(value) if is_year else show_amount(value)} {unit or ''}".strip()


def show_amount(value: Decimal | Fraction) -> str:
    """Return a number that is no year for display: "1,920"."""
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return f"{_as_decimal(value):,.9f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=4096)
def same_number(typed: str, form: str) -> bool | None:
    """Return whether two texts state the same number of the same thing; None if that cannot be decided.

    A known unit may be left out: "5,000,000" and "five million liras" are the same. Other words must be the same, so
    "eleventh army" is "11th Army", but nothing is said about "11" and "11th Army".
    """
    meant = _meant(form)
    if meant is None or not has_number(typed) or _is_code(typed) or _is_code(form):
        return None
    ordinal, unit = meant.numbers[0].ordinal, meant.unit
    right = RightNumber(_as_decimal(meant.numbers[0].value), unit=None if ordinal else unit)
    readings = [found for found in right.readings(typed) if _is_comparable(found[0], meant)]
    if ordinal and unit and not any(said.numbers[0].ordinal or said.unit in words.CENTURY for said, _ in readings):
        return False if readings else None
    figures = (figure for reading in readings for figure in right.figures(*reading))
    return any(map(right.is_near, figures)) if readings else None


def has_number(text: str) -> bool:
    """Return whether a text has digits or words for numbers."""
    return any(said.numbers for said in read_statements(split_tokens(text)))


@lru_cache(maxsize=1024)
def _meant(form: str) -> Statement | None:
    """Return what an author means by a text with one number; None if it has none or several. "5 m" is 5 metres."""
    tokens = split_tokens(form)
    readings = read_statements(tokens)
    if tokens and tokens[-1].plain in words.AMBIGUOUS:
        readings.reverse()
    single = (said for said in readings if len(said.numbers) == 1 and not said.changed)
    return next((said for said in single if not said.numbers[0].doubtful), None)


def _is_code(text: str) -> bool:
    """Return whether digits follow letters, as in "T-34", "NO3" and "A4", which are not 34, 3 and 4."""
    return any(
        before.kind == "word" and before.text not in words.SYMBOLS.values() and after.kind == "digits" and after.glued
        for before, after in pairwise(split_tokens(text))
    )


def _is_comparable(said: Statement, meant: Statement) -> bool:
    measured = said.unit is not None and words.UNITS[said.unit][0] not in words.COUNTED
    if len(said.numbers) > 1 or (measured and meant.unit is None):  # "5 weeks" need not be 5
        return False
    ours, theirs = _bare(said), _bare(meant)
    return ours == theirs or (_is_pure(ours) and _is_pure(theirs))


def _bare(said: Statement) -> list[str]:
    """Return the words of a text that are not fillers, transliterated, with NUMBER for the number."""
    plain = [word if word == NUMBER else words.plain_word(word) for word in said.rest]
    return [word for word in plain if word not in words.FILLERS or word in words.UNITS]


def _is_pure(bare: Sequence[str]) -> bool:
    """Return whether there is nothing but a number, or a number and a known unit."""
    return all(word == NUMBER or word in words.UNITS for word in bare)


def _is_readable(said: Statement) -> bool:
    return len(said.values) > 1 or (bool(said.numbers) and not said.changed)


def _split_unit(unit: Sequence[Token]) -> tuple[int, Sequence[Token]]:
    """Return the scale that a unit begins with, and the rest: a million and "liras"; 1 if there is none.

    "m" and "min" are scales only with a word behind: "m/s" begins with a unit.
    """
    scale = 1
    while unit and unit[0].plain in words.SCALES and (_word_follows(unit) or unit[0].plain not in words.AMBIGUOUS):
        scale, unit = scale * words.SCALES[unit[0].plain], unit[1:]
    return scale, unit


def _word_follows(tokens: Sequence[Token]) -> bool:
    return len(tokens) > 1 and tokens[1].kind == "word"


def _remove(tokens: Sequence[Token], part: Sequence[Token]) -> Sequence[Token] | None:
    """Return the tokens without the first place where a part of them is; None if it is nowhere."""
    wanted = [token.plain for token in part]
    for start in range(len(tokens) - len(wanted) + 1):
        if [token.plain for token in tokens[start : start + len(wanted)]] == wanted:
            return [*tokens[:start], *tokens[start + len(wanted) :]]
    return None


def _has_no_end(value: Fraction) -> bool:
    """Return whether the decimals of a number never end, as those of one third."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest > 1


def _as_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
