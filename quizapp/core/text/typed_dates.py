"""Read dates and times that people type, in English, Azerbaijani and Russian."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from itertools import product

from quizapp.core.text.answers import word_slip
from quizapp.core.text.date_words import FILLER, SEASONS, month_names, plain, with_figures
from quizapp.core.text.normal import normalise


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date or time as far as it was typed. `hour` is 0..23; a year below 100 was typed with two digits.

    `season` (21..24, as in EDTF) is there only if no month was typed.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    season: int | None = None


class DateOrder(Enum):
    """What comes first in "1/2/1920"."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


LANGUAGES = ("en", "az", "ru")
LONGEST = 200  # characters; a longer text is not a date

_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
_ROMAN_MONTH = re.compile(
    r"(?<![\w./-])(?:(?P<day>\d\d?)(?:\s?[-./]\s?|\s))?(?P<month>[ivx]{1,4})"
    r"(?:(?:\s?[-./]\s?|\s)(?P<year>\d{4}|\d\d))?(?!\w)",
    re.IGNORECASE,
)
_AFTER_MONTH = re.compile(r"[^\W\d_][ıiuü]n $", re.IGNORECASE)  # "mayın 28-i 1918"
# Everything below is compared after transliteration: "səhər" becomes "seher", "часов" becomes "chasov".
_BEFORE_CHRIST = re.compile(r"\bb\. ?c\b|\bbce?\b|\bdo n\. ?e\b|\bdo nashey ery\b|\beramizdan evvel|\be\. ?e\.")
_ERA = r"a\. ?d\b\.?|ad|c\. ?e\b\.?|ce|anno domini|n\. ?e\b\.?|nashey ery|ot r\. ?kh\b\.?|eramizin|bizim eranin|miladi"
_SMALL_YEAR = re.compile(rf"\b(?:(?:{_ERA}) (?P<after>\d\d?)|(?P<before>\d\d?) (?:{_ERA}))(?!\w)")
_CALENDAR = r"(?: (?:calendar|kalendar\w*|teqvim\w*|uslub\w*|stil\w*|style))?"
_NEW_STYLE = re.compile(
    r"\b(?:po )?(?:new style|n\. ?s\b\.?|ns\b|n\. ?st\b\.?|nov(?:ogo|omu|yy) stil\w*|yeni (?:uslub|stil|teqvim)\w*"
    rf"|(?:gregorian|grigorian|qriqori)\w*{_CALENDAR})(?: ile\b| uzre\b)?"
)
_OLD_STYLE = re.compile(
    r"\b(?:po )?(?:old style|o\. ?s\b\.?|os\b|st\. ?st\b\.?|star(?:ogo|omu|yy) stil\w*|kohne (?:uslub|stil|teqvim)\w*"
    rf"|(?:julian|yulian|yuliyan)\w*{_CALENDAR})(?: ile\b| uzre\b)?"
)
_MORNING = frozenset({"am", "morning", "seher", "utra"})
_AFTERNOON = frozenset({"pm", "afternoon", "evening", "axsam", "dnya", "vechera"})
_NIGHT = frozenset({"night", "gece", "nochi"})
_MIDDAY = {"midnight": 0, "geceyarisi": 0, "polnoch": 0, "noon": 12, "midday": 12, "gunorta": 12, "polden": 12}
_UNIT = r"(?:oclock|o clock|hours?|hrs?|h|chas(?:a|ov)?|ch)"
_PART = rf"(?:in the |at )?({'|'.join(sorted(_MORNING | _AFTERNOON | _NIGHT))})\b"
_NUMERIC = [
    re.compile(r"(?<!\d)(?P<year>\d{4})(?P<sep>[-./])(?P<month>\d\d?)(?:(?P=sep)(?P<day>\d\d?))?(?!\d)(?:t(?=\d))?"),
    re.compile(
        r"(?<!\d)(?<!\d\.)(?P<day>\d\d?)\s?(?P<sep>[-./])\s?(?P<month>\d\d?)\s?(?P=sep)\s?(?P<year>\d{4}|\d\d(?![.:]\d))(?!\d)"
    ),
    re.compile(r"(?<![\d.:])(?P<day>\d\d?)(?P<sep> )(?P<month>\d\d?) (?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<month>\d\d?)[-./](?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4}) (?P<month>\d\d?) (?P<day>\d\d?)(?![\d.:])"),
    re.compile(r"(?<!\d)(?P<day>\d\d?)(?P<sep>/)(?P<month>\d\d?)(?!\d)"),
]
_EITHER_ORDER = [*_NUMERIC[1:3], _NUMERIC[5]]
_IN_UNITS = re.compile(
    rf"\b(\d\d?)\s?(?:{_UNIT}|saat)\.?,?\s?(?:(?:i|and|ve) )?(\d\d?)\s?(?:minut(?:[aeuy]|es)?|mins?|deqiqe|deq|m)\b"
)
_PAST = re.compile(rf"\b(?P<minute>\d\d?) (?:minutes? )?(?:past|after) (?P<hour>\d\d?|{'|'.join(_MIDDAY)})\b")
_TO = re.compile(
    r"\b(?P<minute>\d\d?) (?:minutes? (?:to|before|till)|(?:to|till)(?= \d\d? ?(?:$|,)))"
    rf" (?P<hour>\d\d?|{'|'.join(_MIDDAY)})\b"
)
_HOUR = re.compile(
    r"\b(?<!past )(?<!after )(?<!to )(?<!till )(?<!before )"
    rf"(?P<hour>\d\d?)(?:\.(?P<minute>\d\d))?\s?(?:{_UNIT}\b(?! \d\d\b)|(?={_PART}))"
)
_CLOCK = [
    re.compile(rf"\b(?P<hour>\d\d?)\s?(?::|h)\s?(?P<minute>\d\d)(?::\d\d)?(?!\d)\s?{_UNIT}?(?![a-z])"),
    _HOUR,
    re.compile(r"\b(?:at|saat|v) (?P<hour>\d\d?)(?=\s*$|,| on\b| de\b| da\b|-d[ea]\b)"),
]
_FOUR_FIGURES = re.compile(rf"\b([01]\d|2[0-3])([0-5]\d) ?{_UNIT}\b")  # "0730 hours"
_HALF_OF = re.compile(r"\b(?:polovin[aeu]|pol) ?(\d\d?)\b")  # Russian: in the middle of the eighth hour
# "10 (22) February" and "10/22 February" in both calendars.
_BOTH_CALENDARS = re.compile(r"\b(?P<one>\d\d?) ?(?:/ ?(?P<other>\d\d?)|\((?P<inner>\d\d?)\))(?= ?[^\W\d_]{3})")
_CALENDARS_APART = range(10, 14)  # days, from 1582 to 2100
_DOTTED = re.compile(r"(?<![\d.-])(\d\d?)\.(\d\d?)(?!\d)")
_RANGE = re.compile(r"\d ?- ?\d")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}[,.' ]\d{3}(?!\d)")  # "6,000" is a number


class _UnreadableDate(Exception):
    pass


def parse_date(
    text: str, languages: tuple[str, ...] = LANGUAGES, *, clock: bool = False, month_first: bool = False
) -> TypedDate | None:
    """Return the date, the time or both that the text states, or None if it cannot be read.

    Month names are read in the given languages (Babel codes). Numbers are read day first unless that is impossible:
    "4/27/1920"; with `month_first`, "2/1/1920" is in February too, but "2.1.1920" is not. "27.04" is a day and "23.00"
    a time; with `clock`, anything that can be either ("16.05", a bare "11") is a time. An hour without a.m. or p.m. is
    read as written, and so is a date in the old style.
    """
    if len(text) > LONGEST:
        return None
    found: dict[str, int] = {}
    try:
        rest, parts = _take_parts(_plain(text))
        named = any(_month(word, languages) for word in re.findall(r"[a-z]+", rest))
        rest = _take_numeric(rest, found, month_first=month_first)
        rest = _take_clock(rest, found)
        rest = _take_dotted(rest, found, named=named, clock=clock)
        _take_words(rest, found, languages, clock=clock or bool(parts))
        _shift(found, parts)
        return _checked(found)
    except _UnreadableDate:
        return None


def read_dates(text: str, *, clock: bool = False, order: DateOrder | None = None) -> list[TypedDate]:
    """Return all dates that the text can mean, the likeliest first; an empty list if it cannot be read.

    "1/2/1920" is 1 February or, unless the `order` decides, 2 January. A date in the old style can be meant as it is
    written, or is the one of the Gregorian calendar.
    """
    orders = DateOrder if order is None else [order]
    months_first = [each is DateOrder.MONTH_FIRST for each in orders]
    found = [
        read
        for written, first in product(_in_each_calendar(text), months_first)
        if (read := parse_date(written, clock=clock, month_first=first))
    ]
    if found and _OLD_STYLE.search(plain(text)):
        found += [new for read in found if (new := _in_new_style(read))]
    return list(dict.fromkeys(found))


def _in_each_calendar(text: str) -> list[str]:
    """Return a text with a day in both calendars, "10 (22) February", with each of them; other texts as they are."""
    found = _BOTH_CALENDARS.search(text[:LONGEST])
    if found is None:
        return [text]
    days = sorted([int(found["one"]), int(found["other"] or found["inner"])], reverse=True)
    if days[0] - days[1] not in _CALENDARS_APART:
        return [text]
    return [f"{text[: found.start()]}{day}{text[found.end() :]}" for day in days]


def _in_new_style(old: TypedDate) -> TypedDate | None:
    """Return a date of the Julian calendar in the Gregorian one, if the day is known."""
    if old.year is None or old.year < 100 or old.month is None or old.day is None:
        return None
    century = (old.year - (old.month < 3)) // 100
    new = date(old.year, old.month, old.day) + timedelta(days=century - century // 4 - 2)
    return replace(old, year=new.year, month=new.month, day=new.day)


@lru_cache(maxsize=4096)
def _month(word: str, languages: tuple[str, ...]) -> int | None:
    """Return the month that a word names, allowing for a typing slip if only one month fits."""
    months = month_names(languages)
    if word in months or word in FILLER or word in SEASONS or len(word) < 4:
        return months.get(word)
    near = {number for name, number in months.items() if word_slip(word, name)}
    return near.pop() if len(near) == 1 else None


def _plain(text: str) -> str:
    """Return the text for reading, with figures for words and Roman months, and without the era and the calendar."""
    if _THOUSANDS.search(text):
        raise _UnreadableDate
    roman = _ROMAN_MONTH.sub(_with_month_figure, " ".join(normalise("NFKC", text).split()))
    short_years = re.sub(r"(?<!\w)['’](?=\d\d\b)", "0", roman)
    words = plain(short_years)
    if _BEFORE_CHRIST.search(words):
        raise _UnreadableDate
    words = _OLD_STYLE.sub(" ", _NEW_STYLE.sub(" ", words))
    words = _SMALL_YEAR.sub(lambda match: (match["after"] or match["before"]).zfill(3), words)
    words = re.sub(rf"\b(?:{_ERA})(?!\w)", " ", words)
    words = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", words.replace("gunortadan sonra", "afternoon"))
    words = re.sub(r"\bday of\b", "of", re.sub(r"(?<=\d)(?=[ap]m\b)", " ", words))
    words = re.sub(r"\bhalf (?=past\b)", "30 ", re.sub(r"\b(?:a )?quarter (?=past\b)", "15 ", words))
    words = re.sub(r"\bbez chetverti (?=\w)|\b(?:a )?quarter (?:to|before|till) (?=\w)", "15 minutes to ", words)
    # Before words become figures, because "min" is a thousand in Azerbaijani.
    words = _IN_UNITS.sub(lambda match: f"{match[1]}:{match[2].zfill(2)} ", words)
    words = re.sub(r"\bpol(?=(?:perv|vtor|tret|chetvert|pyat|shest|sedm|vosm|devyat|desyat|odinn|dven))", "pol ", words)
    words = re.sub(r"(?<!\d )\b(?:v )?chas (?=dnya|nochi)", "1 chas ", words)
    figures = _FOUR_FIGURES.sub(r"\1:\2 ", with_figures(words))
    figures = _HALF_OF.sub(lambda match: f"{(int(match[1]) - 1) % 24 or 12}:30", figures)
    return re.sub(r"\b12 (?=midnight|noon|midday)", "", figures)


def _with_month_figure(match: re.Match[str]) -> str:
    """Return "27.IV.1920" as "27.4.1920", and other texts as they are."""
    numeral, year = match["month"].lower(), match["year"] or ""
    # Azerbaijani "5-i" is the fifth.
    ending = match["month"] == "i" and (not year or _AFTER_MONTH.search(match.string[: match.start()]))
    if numeral not in _ROMAN or not (match["day"] or year) or ending:
        return match[0]
    day = f"{match['day']}." if match["day"] else ""
    # Two digits may be an hour instead: "27 IV 16".
    return f"{day}{_ROMAN.index(numeral) + 1}{'.' if len(year) == 4 else ' '}{year}"


def _put(found: dict[str, int], **values: int) -> None:
    for name, value in values.items():
        if found.setdefault(name, value) != value:
            raise _UnreadableDate


def _take_numeric(rest: str, found: dict[str, int], *, month_first: bool) -> str:
    for pattern in _NUMERIC:
        if match := pattern.search(rest):
            values = {name: int(value) for name, value in match.groupdict().items() if value and name != "sep"}
            either = month_first and pattern in _EITHER_ORDER and match["sep"] != "."
            if "day" in values and (values["month"] > 12 or (either and values["day"] <= 12)):
                values["day"], values["month"] = values["month"], values["day"]
            _put(found, **values)
            return _without(rest, match)
    return rest


def _take_parts(rest: str) -> tuple[str, frozenset[str]]:
    """Remove the words for parts of the day from the text, and mark the hours they belong to as times."""
    marked = _HOUR.sub(lambda match: f"{match['hour']}:{match['minute'] or '00'} ", rest)
    return re.sub(rf"\b{_PART}", " ", marked), frozenset(re.findall(rf"\b{_PART}", marked))


def _take_clock(rest: str, found: dict[str, int]) -> str:
    if match := _PAST.search(rest) or _TO.search(rest):
        named, minute = match["hour"], int(match["minute"])
        hour = _MIDDAY[named] if named in _MIDDAY else int(named)
        if match.re is _TO:
            hour, minute = (hour - 1) % 24 or 12, 60 - minute  # a quarter to one is 12:45
        _put(found, hour=hour, minute=minute)
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
        is_time = first <= 24 and second <= 59 and len(match[2]) == 2 and "hour" not in found
        is_day = 1 <= first <= 31 and 1 <= second <= 12 and "month" not in found and not named
        if is_day and not (clock and is_time):
            _put(found, day=first, month=second)
        elif is_time:
            _put(found, hour=first, minute=second)
        else:
            raise _UnreadableDate
    return _DOTTED.sub(" ", rest)


def _take_words(rest: str, found: dict[str, int], languages: tuple[str, ...], *, clock: bool) -> None:
    if _RANGE.search(rest):
        raise _UnreadableDate
    words = [word for word in re.findall(r"[a-z]+|\d+", rest) if word not in FILLER]
    figures, named = dict[int, str](), None
    for place, word in enumerate(words):
        if word.isdigit():
            figures[place] = word
        elif word in _MIDDAY:
            _put(found, hour=_MIDDAY[word], minute=0)
        elif word in SEASONS:
            _put(found, season=SEASONS[word])
        elif month := _month(word, languages):
            _put(found, month=month)
            named = place
        else:
            raise _UnreadableDate
    _take_figures(figures, found, named, clock=clock)


def _take_figures(figures: dict[int, str], found: dict[str, int], named: int | None, *, clock: bool) -> None:
    """Read the figures left over, by their places among the words: the day is next to the month (at place `named`).

    With `clock`, another short figure is an hour ("27 April 16"), without it a year if it comes after the day.
    """
    short = [place for place, figure in figures.items() if len(figure) <= 2]
    if clock and not found and named is None and len(figures) == len(short) == 2:  # "seven thirty"
        hour, minute = figures.values()
        if len(minute) == 2:
            figures, found["hour"], found["minute"] = {}, int(hour), int(minute)
    day = min(short, key=lambda place: abs(place - named)) if named is not None and short else None
    if day is not None and "day" not in found:
        _put(found, day=int(figures.pop(day)))
    for place, figure in figures.items():
        if len(figure) > 2:
            _put(found, year=_year(figure))
        elif clock and "hour" not in found:
            _put(found, hour=int(figure), minute=0)
        elif int(figure) > 31 or ({"day", "month"} <= found.keys() and place > (day or -1)):
            _put(found, year=int(figure))
        else:
            _put(found, day=int(figure))


def _year(figure: str) -> int:
    if len(figure) > 4:
        raise _UnreadableDate
    return int(figure)


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
    if "month" in found:
        found.pop("season", None)
    if not found or found.get("hour", 0) > 23 or found.get("minute", 0) > 59:
        raise _UnreadableDate
    try:
        # 1904 is a leap year, so that 29 February is a valid day without a year.
        date(found.get("year", 1904) or 1904, found.get("month", 1), found.get("day", 1))
    except ValueError:
        raise _UnreadableDate from None
    return TypedDate(**found)
