"""Comparing what people type with what was asked for: names and short answers, and dates.

Case, accents, punctuation, script (Cyrillic, Azerbaijani Latin …), titles and small typing slips are forgiven;
digits and Roman numerals are not. A spelling that differs by more than that belongs in `accept`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain

from anyascii import anyascii
from babel import Locale
from rapidfuzz.distance import OSA

from quizapp.core.questions import Accepting

# fmt: off
TITLES = frozenset({
    "bey", "bek", "beg", "bay", "khan", "xan", "han", "pasha", "pasa", "pacha", "efendi", "effendi", "general",
    "gen", "colonel", "col", "mr", "mrs", "ms", "dr", "sir", "comrade", "tovarishch", "yoldas",
})
# fmt: on
ARTICLES = frozenset({"the", "a", "an"})
# One slip is forgiven from 4 letters on, two from 8, three from 15, and never more.
SLIPS_FROM = (4, 8, 15)

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
_INITIALS = re.compile(r"\b[a-z](?: [a-z]\b)+")
_ROMAN = re.compile(r"(?=.)m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


class Match(StrEnum):
    EXACT = "exact"
    SLIP = "slip"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a typed answer compares. `matched` is the accepted form it equals or nearly equals.

    `mistaken_for` is the refused form that a wrong answer equals or nearly equals, if there is one.
    """

    verdict: Match
    matched: str | None = None
    mistaken_for: str | None = None


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text as lower-case ASCII words with single spaces, for comparing and searching; idempotent.

    Leading articles go, initials join ("R.S.F.S.R." is "rsfsr"), and so do thousands ("5,000" is "5000"). Text
    without any letter or digit is kept as it is.
    """
    normal = unicodedata.normalize("NFKC", text)
    # Transliterating first makes lower() safe: "İ".lower() would be two characters.
    # anyascii writes the soft and the hard sign as quotation marks: they are no word boundary.
    plain = anyascii(normal).lower().replace("'", "").replace('"', "").replace("&", " and ")
    plain = _NOT_WORD.sub(" ", plain).strip()
    plain = _THOUSANDS.sub("", _ORDINAL.sub("", plain))
    words = _INITIALS.sub(lambda match: match[0].replace(" ", ""), plain).split()
    while len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    while len(words) > 1 and words[-1] == "the":
        words = words[:-1]
    return " ".join(words or normal.split())


def compare(typed: str, key: Accepting) -> Comparison:
    """Whether the typed answer is the key, one of its accepted forms, or a typing slip away from one.

    An answer at least as near to a refused form as to an accepted one is wrong.
    """
    if not typed.strip():
        return Comparison(Match.WRONG)
    cost, matched = _nearest(typed, [key.answer, *key.accept])
    refused_cost = min((_cost(typed, form) for form in key.reject), default=None)
    # An author who lists one form on both sides meant to accept it.
    if matched is None or (cost > 0 and refused_cost is not None and refused_cost <= cost):
        return Comparison(Match.WRONG, mistaken_for=_nearest(typed, key.reject)[1])
    return Comparison(Match.EXACT if cost <= 1 else Match.SLIP, matched)


def is_slip(typed: str, form: str) -> bool:
    """Whether `typed` is a small typing slip for `form`: not the same, yet too near to be called wrong.

    Each word may be off by one letter from 4 letters on, by two from 8, by three from 15 (a swap of neighbours
    counts once), and so may the whole. First letters, short words, numerals and acronyms must be right.
    """
    given, wanted = _untitled(typed), _untitled(form)
    if _cost(typed, form) <= 1 or not _acronyms(form) <= set(given):
        return False
    if len(given) != len(wanted):
        return _joined_slip(given, wanted)
    return any(_words_slip(given, words) for words in _orders(wanted))


def _nearest(typed: str, forms: list[str]) -> tuple[int, str | None]:
    """The form that equals the typed text or is a slip away, and its cost; (0, None) if there is none."""
    costs = ((_cost(typed, form), form) for form in forms)
    near = ((cost, form) for cost, form in costs if cost <= 1 or is_slip(typed, form))
    return min(near, default=(0, None), key=lambda found: found[0])


def _cost(typed: str, form: str) -> int:
    """0 for the same text, 1 for the same name written otherwise, else 1 + the letters that differ."""
    if fold(typed) == fold(form):
        return 0
    given, wanted = _untitled(typed), _untitled(form)
    orders = list(_orders(wanted))
    same_digits = _digits(given) == _digits(wanted)
    if same_digits and (given in orders or "".join(given) == "".join(wanted) or given in _shortened(wanted)):
        return 1
    return 1 + max(1, min(OSA.distance(" ".join(given), " ".join(words)) for words in orders))


def _untitled(text: str) -> list[str]:
    words = fold(text).split()
    return [word for word in words if word not in TITLES] or words


def _digits(words: list[str]) -> list[str]:
    return re.findall(r"\d+", " ".join(words))


def _orders(words: list[str]) -> Iterator[list[str]]:
    """The words as written, then with the surname first.

    Rotations, not every order: "Baku to Batumi" is not "Batumi to Baku".
    """
    turns = 1 if _digits(words) else len(words)
    return (words[turn:] + words[:turn] for turn in range(turns))


def _shortened(words: list[str]) -> list[list[str]]:
    """A name of several words with initials for first names: "ma rasulzade", "m rasulzade"."""
    if len(words) < 2 or any(_is_numeral(word) for word in words):
        return []
    initials = "".join(word[0] for word in words[:-1])
    return [[initials, words[-1]], [initials[0], words[-1]]]


def _joined_slip(given: list[str], wanted: list[str]) -> bool:
    """Whether words run together or apart differ by one letter besides."""
    if list(filter(_is_numeral, given)) != list(filter(_is_numeral, wanted)):
        return False
    joined, whole = "".join(given), "".join(wanted)
    return _word_slip(joined, whole) and OSA.distance(joined, whole) <= 1


def _words_slip(given: list[str], wanted: list[str]) -> bool:
    total = OSA.distance(" ".join(given), " ".join(wanted))
    return total <= _allowance(" ".join(wanted)) and all(map(_word_slip, given, wanted))


def _word_slip(given: str, wanted: str) -> bool:
    if given == wanted:
        return True
    if _is_numeral(given) or _is_numeral(wanted):
        return False
    starts_alike = given[0] == wanted[0] or given[:2] == wanted[1::-1]
    return starts_alike and OSA.distance(given, wanted) <= _allowance(wanted)


def _allowance(text: str) -> int:
    """How many letters may be off in a word or a phrase of this length."""
    return sum(len(text) >= length for length in SLIPS_FROM)


def _is_numeral(word: str) -> bool:
    return any(char.isdigit() for char in word) or _ROMAN.fullmatch(word) is not None


def _acronyms(form: str) -> set[str]:
    """The short words with several capitals: "AzCP" is not "AUCP"."""
    words = re.findall(r"\b\w{2,6}\b", form)
    return {fold(word) for word in words if sum(char.isupper() for char in word) > 1}


# Dates --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date or a time as far as it was typed. `hour` is 0..23; a year below 100 was typed with two digits."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None


LANGUAGES = ("en", "az", "ru")
# Of the forms of a month's name that "in April" and "27th of April" take, those that Babel does not list.
_ENDINGS = {"az": ("in", "ın", "un", "ün", "da", "də"), "ru": ("е",)}

# Everything below is compared after transliteration: "səhər" is "seher", "часов" is "chasov".
_MORNING = frozenset({"am", "morning", "seher", "utra"})
_AFTERNOON = frozenset({"pm", "afternoon", "evening", "axsam", "dnya", "vechera"})
_NIGHT = frozenset({"night", "gece", "nochi"})
_MIDDAY = {"midnight": 0, "geceyarisi": 0, "polnoch": 0, "noon": 12, "midday": 12, "gunorta": 12, "polden": 12}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_UNIT = r"(?:oclock|o clock|hours?|hrs?|h|chas(?:a|ov)?)"
_PART = rf"(?:in the |at )?({'|'.join(sorted(_MORNING | _AFTERNOON | _NIGHT))})\b"
_NUMERIC = [
    re.compile(
        r"(?<!\d)(?P<year>\d{4})(?P<sep>[-./])(?P<month>\d\d?)(?:(?P=sep)(?P<day>\d\d?))?(?!\d)(?:t(?=\d))?"
    ),
    re.compile(
        r"(?<!\d)(?P<day>\d\d?)\s?(?P<sep>[-./])\s?(?P<month>\d\d?)\s?(?P=sep)\s?(?P<year>\d{4}|\d\d)(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<month>\d\d?)[-./](?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d\d?)/(?P<month>\d\d?)(?!\d)"),
]
_PAST = re.compile(rf"\b(?P<minute>\d\d?) (?:minutes? )?(?:past|after) (?P<hour>\d\d?|{'|'.join(_MIDDAY)})\b")
_CLOCK = [
    re.compile(rf"\b(?P<hour>\d\d?)\s?(?::|h)\s?(?P<minute>\d\d)(?::\d\d)?(?!\d)\s?{_UNIT}?(?![a-z])"),
    re.compile(rf"\b(?P<hour>\d\d?)(?:\.(?P<minute>\d\d))?\s?(?:{_UNIT}\b|(?={_PART}))"),
    re.compile(r"\b(?:at|saat) (?P<hour>\d\d?)(?=\s*$|,| on\b| de\b| da\b|-d[ea]\b)"),
]
_DOTTED = re.compile(r"(?<![\d.])(\d\d?)\.(\d\d)(?!\d)")
# fmt: off
_FILLER = frozenset({
    "of", "on", "at", "in", "the", "by", "about", "around", "circa", "c", "ca", "possibly", "early", "mid",
    "late", "end", "beginning", "year", "st", "nd", "rd", "th", "ci", "cu", "si", "su", "i", "il", "ilin",
    "ilde", "de", "da", "saat", "tarixinde", "g", "god", "goda", "godu", "go", "e", "ya", "v", "vo", "okolo",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "sat", "sun", "bazar", "ertesi", "cersenbe", "axsami", "cume", "senbe",
    "ponedelnik", "vtornik", "sreda", "sredu", "chetverg", "pyatnica", "pyatnitsa", "pyatnitsu", "subbota",
    "subbotu", "voskresene", "voskresenie",
})
# fmt: on


class _Unreadable(Exception):
    pass


def parse_date(text: str, languages: tuple[str, ...] = LANGUAGES, *, clock: bool = False) -> TypedDate | None:
    """The date, time or both that the text states, or None if it cannot be read as one.

    Month names are read in the given languages (codes known to Babel). Numbers are read day first unless that
    is impossible: "4/27/1920". "27.04" is a day and "23.00" a time; with `clock`, whatever can be either
    ("16.05", a bare "11") is a time. An hour without a.m. or p.m. is taken as written.
    """
    months = _month_names(languages)
    found: dict[str, int] = {}
    try:
        rest, parts = _take_parts(_plain(text))
        named = any(_month(word, months) for word in re.findall(r"[a-z]+", rest))
        rest = _take_numeric(rest, found)
        rest = _take_clock(rest, found)
        rest = _take_dotted(rest, found, named=named, clock=clock)
        _take_words(rest, found, months, clock=(clock or bool(parts)) and not named)
        _shift(found, parts)
        return _checked(found)
    except _Unreadable:
        return None


@cache
def _month_names(languages: tuple[str, ...]) -> dict[str, int]:
    """Transliterated month names, abbreviations and case forms, to 1..12."""
    names: dict[str, int] = {"sept": 9}
    for language in languages:
        months = Locale.parse(language).months
        tables = [months[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")]
        for number, name in chain.from_iterable(table.items() for table in tables):
            names.setdefault(_plain(name).strip(". "), number)
        for number, name in months["stand-alone"]["wide"].items():
            for ending in _ENDINGS.get(language, ()):
                names.setdefault(_plain(name.rstrip("ьй") + ending), number)
    return names


def _month(word: str, months: dict[str, int]) -> int | None:
    """The month a word names, if need be after a typing slip that fits one month only."""
    if word in months or word in _FILLER or len(word) < 4:
        return months.get(word)
    near = {number for name, number in months.items() if _word_slip(word, name)}
    return near.pop() if len(near) == 1 else None


def _plain(text: str) -> str:
    plain = anyascii(unicodedata.normalize("NFKC", text)).lower().replace("'", "").replace('"', "")
    plain = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", " ".join(plain.split()))
    plain = re.sub(r"(?<=\d)(?=[ap]m\b)", " ", plain)
    plain = re.sub(rf"\b({'|'.join(_NUMBERS)})\b", lambda match: str(_NUMBERS.index(match[1]) + 1), plain)
    return re.sub(r"\b12 (?=midnight|noon|midday)", "", plain)


def _put(found: dict[str, int], **values: int) -> None:
    for name, value in values.items():
        if found.setdefault(name, value) != value:
            raise _Unreadable


def _take_numeric(rest: str, found: dict[str, int]) -> str:
    for pattern in _NUMERIC:
        if match := pattern.search(rest):
            values = {name: int(value) for name, value in match.groupdict().items() if value and name != "sep"}
            if values["month"] > 12 and "day" in values:
                values["day"], values["month"] = values["month"], values["day"]
            _put(found, **values)
            return _without(rest, match)
    return rest


def _take_parts(rest: str) -> tuple[str, frozenset[str]]:
    """Takes the parts of the day that belong to an hour out of the text, leaving the hour marked as one."""
    marked = _CLOCK[1].sub(lambda match: f"{match['hour']}:{match['minute'] or '00'} ", rest)
    return re.sub(rf"\b{_PART}", " ", marked), frozenset(re.findall(rf"\b{_PART}", marked))


def _take_clock(rest: str, found: dict[str, int]) -> str:
    if match := _PAST.search(rest):
        hour = match["hour"]
        _put(found, hour=_MIDDAY[hour] if hour in _MIDDAY else int(hour), minute=int(match["minute"]))
        return _without(rest, match)
    for pattern in _CLOCK:
        if match := pattern.search(rest):
            _put(found, hour=int(match["hour"]), minute=int(match.groupdict().get("minute") or 0))
            return _without(rest, match)
    return rest


def _without(rest: str, match: re.Match[str]) -> str:
    return rest[: match.start()] + " " + rest[match.end() :]


def _take_dotted(rest: str, found: dict[str, int], *, named: bool, clock: bool) -> str:
    """Reads pairs like "27.04" and "23.00", each as a day or as a time."""
    for match in _DOTTED.finditer(rest):
        first, second = int(match[1]), int(match[2])
        is_time = first <= 24 and second <= 59 and "hour" not in found
        is_day = 1 <= first <= 31 and 1 <= second <= 12 and "month" not in found and not named
        if is_day and not (clock and is_time):
            _put(found, day=first, month=second)
        elif is_time:
            _put(found, hour=first, minute=second)
        else:
            raise _Unreadable
    return _DOTTED.sub(" ", rest)


def _take_words(rest: str, found: dict[str, int], months: dict[str, int], *, clock: bool) -> None:
    for word in re.findall(r"[a-z]+|\d+", rest):
        if word.isdigit():
            _put(found, **_number(word, clock and "hour" not in found))
        elif word in _MIDDAY:
            _put(found, hour=_MIDDAY[word], minute=0)
        elif month := _month(word, months):
            _put(found, month=month)
        elif word not in _FILLER:
            raise _Unreadable


def _number(digits: str, clock: bool) -> dict[str, int]:
    if len(digits) > 4:
        raise _Unreadable
    if len(digits) > 2:
        return {"year": int(digits)}
    return {"hour": int(digits), "minute": 0} if clock else {"day": int(digits)}


def _shift(found: dict[str, int], parts: frozenset[str]) -> None:
    """Turns a 12-hour time into a 24-hour one, as the part of the day requires."""
    hour = found.get("hour")
    if hour is None:
        return
    if hour == 24:
        hour = 0
    late = parts & _AFTERNOON or (parts & _NIGHT and 6 <= hour < 12)
    early = parts & _MORNING or (parts & _NIGHT and hour == 12)
    if parts & _MORNING and (hour > 12 or late):
        raise _Unreadable
    if late and hour < 12:
        hour += 12
    found["hour"] = 0 if early and hour == 12 else hour


def _checked(found: dict[str, int]) -> TypedDate:
    if not found or found.get("hour", 0) > 23 or found.get("minute", 0) > 59:
        raise _Unreadable
    try:
        # 1904 is a leap year: without a year, 29 February is a day.
        date(found.get("year", 1904) or 1904, found.get("month", 1), found.get("day", 1))
    except ValueError:
        raise _Unreadable from None
    return TypedDate(**found)
