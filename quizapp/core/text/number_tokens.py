"""Split a text into the pieces that numbers are written with: signs, digits, fractions, words and other marks."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from anyascii import anyascii

from quizapp.core.text import number_words as words
from quizapp.core.text.normal import normalise, with_latin_numerals
from quizapp.core.text.signs import DECADE

LONGEST = 200  # characters; a longer text is not a number

_CHARACTERS = (
    dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
    | dict.fromkeys(map(ord, "\u2019\u02bc\u2032\u00b4`"), "'")
    | {
        ord("\u066b"): ".",
        ord("\u066c"): ",",
        ord("№"): "no ",
        ord("º"): "°",
        ord("İ"): "i",
    }  # "İ".casefold() has two characters
    | {ord(fraction): f" {anyascii(fraction)}" for fraction in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
)
_TOKEN = re.compile(
    r"(?P<sign>(?<![\w)])[-+](?=[^\w\s]?[.,]?\d)|^[-+](?= \d))"
    r"|(?P<fraction>(?<![\d/])\d{1,9} ?[/\u2044] ?\d{1,9}(?![\d/]))"
    r"|(?P<digits>\d+(?:[ ']\d{3}(?!\d)|[.,]\d+)*|[.,]\d+)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<mark>[^\s\w])"
)
_ROMAN = re.compile(r"(?<![\w'-])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\w'-])")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_RAISED = re.compile("[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_POWER = re.compile(
    r"(?<![\w.,^])(?:(?P<factor>\d{1,9}(?:[.,]\d{1,9})?)(?: ?[x×*·⋅] ?10 ?(?:\^|\*\*) ?|e)|10 ?(?:\^|\*\*) ?)"
    r"(?P<power>[+-]?\d{1,2})(?![\w^]|[.,]\d)"
)

_CENTURY = re.compile(r"(\dth) ?в\.?$")
_TIMES = re.compile(r"(?P<between>(?<=\d) ?x ?(?=\d))|^× ?|(?<=\d) ?×$")
_SEA_LEVEL = re.compile(r" above (?:the )?sea level| над уровнем моря| dəniz səviyyəsindən(?: \w+)?")
_NOTHING = re.compile(r"\bnot (?:a single |even )?one\b|\bни од(?:ин|на|но|ного|ной)\b|\bнисколько\b|\bheç bir[iı]?\b")
_BELOW_ZERO = re.compile(
    r"^(?:(?P<before>.+) (?:below zero|ниже нуля|мороза|şaxta)|(?:мороз|sıfırdan aşağı) (?P<after>.+))$"
)
_UNIT_AND_HALF = re.compile(r"^(?P<number>.+ )??(?P<unit>[^\W\d_]+) (?P<half>and a half|с половиной|yarım)$")
_ONE_UNIT = re.compile(r"^an? (?P<unit>[^\W\d_]+)(?= and| \d|$)")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text: a sign, a fraction, digits, a word or another mark. `plain` is the word in ASCII.

    `glued` says that at most a hyphen is between it and the token before.
    """

    kind: str
    text: str
    plain: str
    glued: bool


@lru_cache(maxsize=1024)
def split_tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text; none if it is too long for a number."""
    if len(text) > LONGEST:
        return ()
    plain = _prepared(text)
    tokens: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(plain):
        kind, found = match.lastgroup or "", match[0]
        if found == "-" and kind == "mark" and _is_hyphen(plain, match.start()):
            end = match.end() if match.start() == end else -1
            continue
        if found in words.SYMBOLS:
            kind, found = "word", words.SYMBOLS[found]
        tokens.append(Token(kind, found, words.plain_word(found) if kind == "word" else found, match.start() == end))
        end = match.end()
    return tuple(tokens)


def _prepared(text: str) -> str:
    """Return the text in lower case with plain signs, fractions like "1/2", and powers of ten written out."""
    text = _RAISED.sub(r"^\g<0>", text.translate(_CHARACTERS))
    plain = normalise("NFKC", text).translate(_CHARACTERS)
    plain = _ROMAN.sub(lambda match: _roman_value(match[0]), with_latin_numerals(plain)).casefold()
    plain = _CENTURY.sub(r"\1 век", plain)
    plain = _POWER.sub(_written_out, " ".join(plain.split()))
    plain = _TIMES.sub(lambda found: "×" if found["between"] else " ", plain)
    plain = DECADE.sub(r"\1 several", words.with_known_units(plain).replace("per cent", "percent"))
    return _reworded(plain)


def _reworded(text: str) -> str:
    """Return a text with the number in front of what belongs to it: "1 and a half hour" for "an hour and a half"."""
    text = _SEA_LEVEL.sub("", _NOTHING.sub("zero", text)).strip()
    if found := _BELOW_ZERO.match(text):
        text = f"minus {found['before'] or found['after']}"
    if (found := _UNIT_AND_HALF.match(text)) and words.is_unit(found["unit"]):
        number = found["number"] if found["number"] not in (None, "a ", "an ") else "1 "
        return f"{number}{found['half']} {found['unit']}"
    if (found := _ONE_UNIT.match(text)) and words.is_unit(found["unit"]):
        return f"1 {text[found.start('unit') :]}"
    return text


def _written_out(power: re.Match[str]) -> str:
    """Return a power of ten, or a multiple of one, in digits: "2.5 × 10^6", "1e6"."""
    factor = Decimal((power["factor"] or "1").replace(",", "."))
    return f"{factor.scaleb(int(power['power'])):f}"


def _roman_value(numeral: str) -> str:
    """Return a Roman numeral below 90 as an ordinal in digits; "I" may be the pronoun and stays."""
    if numeral in ("", "I"):
        return numeral
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return f"{sum(-value if value < after else value for value, after in pairwise([*values, 0]))}th"


def _is_hyphen(text: str, position: int) -> bool:
    """Return whether a dash joins two words, or a number and a word."""
    before, after = text[position - 1 : position], text[position + 1 : position + 2]
    return before.isalnum() and after.isalnum() and not (before.isdigit() and after.isdigit())
