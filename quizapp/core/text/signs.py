"""The signs in an answer that change it: "A+" is not "A−", nor 2:1 the same as 2.1."""

import re

from quizapp.core.text.names import UNITS
from quizapp.core.text.normal import character_class

_ORDINALS = re.compile(
    r"(?<=\d)(?:[- ]?(?:st|nd|rd|th)"
    r"|(?: ?-)?(?:я|й|е|го|му|ая|ый|ий|ой|ое|ого|ому|ую|ом|ci|cu|inci|nci|uncu|ncu))(?!\w)"
)
# Thousands are put together. Three digits after a single point are decimals, unless they are zeros.
_GROUPS = re.compile(
    r"(?<![\d.,])[1-9]\d{0,2}(?:(?:,\d{3})+(?![\d,])|(?: \d{3})+(?!\d)"
    r"|(?:\.\d{3})+(?=,\d)|(?:\.\d{3}){2,9}(?![\d.])|\.000(?![\d.,]))"
)
# The twenties: "1920s", "1920-е годы", "1920-ci illər".
DECADE = re.compile(
    r"(?<![\d.,])(\d{3}0)(?:'?s\b|-?(?:е|х|ые|ых)\b(?: (?:годы|годов|годах|гг)\b)?"
    r"|-?(?:ci|cı|cu|cü) (?:illər|iller)\w*)"
)
# Years of the Christian era, and before it.
_YEAR_WORDS = r"(?:[- ]?(?:ci|cu|й|м))?(?: (?:г\.?|год|году|il|ilde|year))?"
_BEFORE_CHRIST = r"(?:b\.? ?c\.?(?: ?e\b\.?)?|before christ|до н\. ?э\.?|до нашей эры|e\. ?e\.|eramizdan evvel)"
_OF_CHRIST = r"(?:ad|a\. ?d\.?|ce|c\. ?e\.?|anno domini|н\. ?э\.?|нашей эры|eramizin)"
_ERAS = [
    (re.compile(rf"\b(?:(?P<before>\d+){_YEAR_WORDS} {words}|{words} (?P<behind>\d+){_YEAR_WORDS})(?!\w)"), after)
    for words, after in ((_BEFORE_CHRIST, " bc"), (_OF_CHRIST, ""))
]
_CHAIN = re.compile(r"(?<!\d)\d++(?:[-./:,]\d++){2,}+")  # a date or a version, however it is divided
# Marks that change the answer where they stand become mathematical signs; elsewhere they are punctuation.
_DASH = re.compile(r"[‐‑‒–—−]")
_SIGNS = [
    (re.compile(r"(?<![0-9])\^|\^(?=\d?[-+](?!\w))"), ""),  # not in the charge of an ion
    (re.compile(r"°(?= ?[^\W_])"), ""),  # °C, N° 5
    (re.compile(r"<=|=<"), "≤"),
    (re.compile(r">=|=>(?= ?\d)"), "≥"),
    (re.compile(r"!=|<>"), "≠"),
    (re.compile(r"\+/?-"), "±"),
    (re.compile(r"[-=]>"), "→"),
    (re.compile(r"^[~≈+](?=\d)"), ""),
    (re.compile(r"\b(?:minus|минус|menfi) (?=\d)"), "−"),
    (re.compile(r"(?<![\w.)\]%-])-(?=[.,]?\d|\w\b|[∞√])"), "−"),  # −5, but not 3-5
    (re.compile(r"(?<!\w)(\w\w?)(?:-(?!\w)| -$)"), r"\1−"),  # A−, AB−, Cl−
    (re.compile(r"(?:(?<=[^\W\d_]\d)|(?<=[^\W\d_]\d\d)|(?<= \d))-(?!\w)"), "−"),  # NO3−
    (re.compile(r"(?<![\d\w])[.,](?=\d)"), "0⋅"),
    (re.compile(r"(?<=\d)[.,](?=\d)"), "⋅"),
    (re.compile(r"(?<=\d) ?[:∶] ?(?=\d)"), "∶"),
    (re.compile(r"(?<=\d) ?[/÷] ?(?=\d)"), "⁄"),
    (re.compile(r"(?<=\d) ?[*x×] ?(?=\d)"), "×"),
    (re.compile(r"(?<=\w)#|(?<=\b\w) #(?!\w)"), "♯"),
    (re.compile(r"(?<![\w*])(\w)\*(?!\w)"), r"\1∗"),
    (re.compile(r"(?<=\w)♭"), "b"),
]


def with_signs(text: str) -> str:
    """Return a text with spaces for punctuation, and the signs that change an answer as words of their own."""
    for pattern, after in _ERAS:
        text = pattern.sub(rf"\g<before>\g<behind>{after}", text)
    text = _ORDINALS.sub("", DECADE.sub(r"\1s", _DASH.sub("-", text)))
    text = _GROUPS.sub(lambda found: re.sub(r"\D", "", found[0]), text)
    text = _CHAIN.sub(lambda found: re.sub(r"\D", " ", found[0]), text)
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    return re.sub(r"[^\w\s]|_", _spaced, text)


def _spaced(found: re.Match[str]) -> str:
    if found[0] in UNITS:
        return f" {found[0]} "
    match character_class(found[0])[0]:
        case "M":  # a vowel of an Indian language, for example
            return found[0]
        case "S":
            return f" {found[0]} "
        case _:
            return " "


_PRIME = re.compile(r"^[^'\"′″‘’“”„«»]*\d ?(?P<mark>''|[\"″”]|['′’])(?!\w)")
_YEARS = re.compile(
    r"^(?:(?:from|years|с|(?P<between>between)) )?(?P<start>[12]\d{3}) ?"
    r"(?:[-–—/]|to|until|till|по|(?P<and>and)) ?(?P<end>[12]\d{3}|\d\d)(?: ?(?:гг?\.?|годы?|years)|-c[iıuü] illər)?$"
)


def prime(text: str) -> str:
    """Return the mark of feet or inches behind a number: "5′" gives "′"; "" if there is none."""
    found = _PRIME.match(text)
    if found is None:
        return ""
    return "′" if found["mark"] in "'′’" else "″"


def years(text: str) -> tuple[int, int] | None:
    """Return the first and the last of the years that a text states: "1914–18", "from 1914 to 1918"."""
    found = _YEARS.match(text.strip(" .").casefold())
    if found is None or (found["between"] is None) != (found["and"] is None):
        return None
    start, end = int(found["start"]), int(found["end"])
    return start, end if end > 99 else start // 100 * 100 + end
