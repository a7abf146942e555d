"""Read dates and times that people type, in English, Azerbaijani and Russian."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain

from anyascii import anyascii
from babel import Locale

from quizapp.core.text.answers import word_slip
from quizapp.core.text.normal import normalise


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date or time as far as it was typed. `hour` is 0..23; a year below 100 was typed with two digits."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None


LANGUAGES = ("en", "az", "ru")
LONGEST = 200  # characters; a longer text is not a date
# Endings of months in phrases like "in April" and "27th of April" that Babel does not list.
_ENDINGS = {"az": ("in", "ın", "un", "ün", "da", "də"), "ru": ("е",)}

# Everything below is compared after transliteration: "səhər" becomes "seher", "часов" becomes "chasov".
_MORNING = frozenset({"am", "morning", "seher", "utra"})
_AFTERNOON = frozenset({"pm", "afternoon", "evening", "axsam", "dnya", "vechera"})
_NIGHT = frozenset({"night", "gece", "nochi"})
_MIDDAY = {"midnight": 0, "geceyarisi": 0, "polnoch": 0, "noon": 12, "midday": 12, "gunorta": 12, "polden": 12}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_UNIT = r"(?:oclock|o clock|hours?|hrs?|h|chas(?:a|ov)?)"
_PART = rf"(?:in the |at )?({'|'.join(sorted(_MORNING | _AFTERNOON | _NIGHT))})\b"
_NUMERIC = [
    re.compile(r"(?<!\d)(?P<year>\d{4})(?P<sep>[-./])(?P<month>\d\d?)(?:(?P=sep)(?P<day>\d\d?))?(?!\d)(?:t(?=\d))?"),
    re.compile(r"(?<!\d)(?P<day>\d\d?)\s?(?P<sep>[-./])\s?(?P<month>\d\d?)\s?(?P=sep)\s?(?P<year>\d{4}|\d\d)(?!\d)"),
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


class _UnreadableDate(Exception):
    pass


def parse_date(text: str, languages: tuple[str, ...] = LANGUAGES, *, clock: bool = False) -> TypedDate | None:
    """Return the date, the time or both that the text states, or None if it cannot be read.

    Month names are read in the given languages (Babel codes). Numbers are read day first unless that is impossible:
    "4/27/1920". "27.04" is a day and "23.00" a time; with `clock`, anything that can be either ("16.05", a bare "11")
    is a time. An hour without a.m. or p.m. is read as written.
    """
    months = _month_names(languages)
    if len(text) > LONGEST:
        return None
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
    except _UnreadableDate:
        return None


@cache
def _month_names(languages: tuple[str, ...]) -> dict[str, int]:
    """Return transliterated month names, abbreviations and case forms, mapped to 1..12."""
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
    """Return the month that a word names, allowing for a typing slip if only one month fits."""
    if word in months or word in _FILLER or len(word) < 4:
        return months.get(word)
    near = {number for name, number in months.items() if word_slip(word, name)}
    return near.pop() if len(near) == 1 else None


def _plain(text: str) -> str:
    plain = anyascii(normalise("NFKC", text)).lower().replace("'", "").replace('"', "")
    plain = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", " ".join(plain.split()))
    plain = re.sub(r"(?<=\d)(?=[ap]m\b)", " ", plain)
    plain = re.sub(rf"\b({'|'.join(_NUMBERS)})\b", lambda match: str(_NUMBERS.index(match[1]) + 1), plain)
    return re.sub(r"\b12 (?=midnight|noon|midday)", "", plain)


def _put(found: dict[str, int], **values: int) -> None:
    for name, value in values.items():
        if found.setdefault(name, value) != value:
            raise _UnreadableDate


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
    """Remove the words for parts of the day from the text, and mark the hours they belong to as times."""
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
    """Read pairs like "27.04" and "23.00", each as a day or as a time."""
    for match in _DOTTED.finditer(rest):
        first, second = int(match[1]), int(match[2])
        is_time = first <= 24 and second <= 59 and "hour" not in found
        is_day = 1 <= first <= 31 and 1 <= second <= 12 and "month" not in found and not named
        if is_day and not (clock and is_time):
            _put(found, day=first, month=second)
        elif is_time:
            _put(found, hour=first, minute=second)
        else:
            raise _UnreadableDate
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
            raise _UnreadableDate


def _number(digits: str, clock: bool) -> dict[str, int]:
    if len(digits) > 4:
        raise _UnreadableDate
    if len(digits) > 2:
        return {"year": int(digits)}
    return {"hour": int(digits), "minute": 0} if clock else {"day": int(digits)}


def _shift(found: dict[str, int], parts: frozenset[str]) -> None:
    """Change a 12-hour time to a 24-hour one, according to the part of the day."""
    hour = found.get("hour")
    if hour is None:
        return
    if hour == 24:
        hour = 0
    late = parts & _AFTERNOON or (parts & _NIGHT and 6 <= hour < 12)
    early = parts & _MORNING or (parts & _NIGHT and hour == 12)
    if parts & _MORNING and (hour > 12 or late):
        raise _UnreadableDate
    if late and hour < 12:
        hour += 12
    found["hour"] = 0 if early and hour == 12 else hour


def _checked(found: dict[str, int]) -> TypedDate:
    if not found or found.get("hour", 0) > 23 or found.get("minute", 0) > 59:
        raise _UnreadableDate
    try:
        # 1904 is a leap year, so that 29 February is a valid day without a year.
        date(found.get("year", 1904) or 1904, found.get("month", 1), found.get("day", 1))
    except ValueError:
        raise _UnreadableDate from None
    return TypedDate(**found)
