"""The words that dates are made of in English, Azerbaijani and Russian, transliterated to lower-case ASCII."""

import re
from functools import cache
from itertools import chain, product

from anyascii import anyascii
from babel import Locale

from quizapp.core.text.normal import normalise

# Endings of months in phrases like "in April" and "27th of April" that Babel does not list.
_MONTH_ENDINGS = {
    "az": ("i", "u", "in", "un", "a", "e", "da", "de", "dan", "den", "inda", "inde", "unda"),
    "ru": ("e", "yu", "u", "em", "om"),
}
# fmt: off
FILLER = frozenset({
    "of", "on", "at", "in", "the", "by", "about", "around", "circa", "c", "ca", "approximately", "approx", "roughly",
    "possibly", "probably", "perhaps", "early", "mid", "late",
    "end", "beginning", "start", "middle", "during", "within", "year", "month", "date", "st", "nd", "rd", "th",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "sat", "sun",
    # Azerbaijani: endings of figures, the year, the month, the day of the week
    "ci", "cu", "nci", "ncu", "inci", "uncu", "si", "su", "i", "u", "sinde", "sinda", "sunda", "inde", "inda", "unda",
    "de", "da", "den", "dan", "ne", "na", "il", "ili", "ilin", "ilinde", "ilde", "ay", "ayi", "ayin", "ayinin",
    "ayinda", "gun", "gunu", "gununde", "saat", "saati", "tarixi", "tarixinde", "tarixli", "teqriben", "texminen",
    "evveli", "evvelinde", "evvelleri", "evvellerinde", "ortasi", "ortasinda", "ortalari", "ortalarinda", "sonu",
    "sonunda", "sonlari", "sonlarinda", "axiri", "axirinda", "axirlari", "axirlarinda",
    "bazar", "ertesi", "cersenbe", "axsami", "cume", "senbe",
    # Russian
    "g", "god", "goda", "godu", "gody", "go", "ogo", "e", "ye", "oe", "ya", "aya", "yy", "y", "m", "om", "mu", "omu",
    "v", "vo", "k", "ko", "okolo", "ok", "primerno", "priblizitelno", "chislo", "chisla",
    "mesyats", "mesyatsa", "mesyatse", "nachale", "nachalo", "nachala", "seredine", "seredina", "serediny", "kontse",
    "konets", "kontsa",
    "ponedelnik", "ponedelnika", "vtornik", "vtornika", "sreda", "sredu", "sredy", "chetverg", "chetverga",
    "pyatnitsa", "pyatnitsu", "pyatnitsy", "subbota", "subbotu", "subboty", "voskresene", "voskresenie",
    "voskresenya", "pn", "vt", "sr", "cht", "pt", "sb", "vs",
})
SEASONS = {word: season for season, words in {
    21: "spring springtime vesna vesnoy vesny vesnu vesne yaz yazi yazin yazda yazinda bahar bahari baharda baharinda",
    22: "summer summertime leto letom leta lete yay yayi yayin yayda yayinda",
    23: "autumn fall osen osenyu oseni payiz payizi payizin payizda payizinda",
    24: "winter wintertime zima zimoy zimy zimu zime qis qisi qisin qisda qisinda",
}.items() for word in words.split()}

_ENGLISH = {
    1: "one first", 2: "two second", 3: "three third", 4: "four fourth", 5: "five fifth", 6: "six sixth",
    7: "seven seventh", 8: "eight eighth", 9: "nine ninth", 10: "ten tenth", 11: "eleven eleventh",
    12: "twelve twelfth", 13: "thirteen thirteenth", 14: "fourteen fourteenth", 15: "fifteen fifteenth",
    16: "sixteen sixteenth", 17: "seventeen seventeenth", 18: "eighteen eighteenth", 19: "nineteen nineteenth",
    20: "twenty twentieth", 30: "thirty thirtieth", 40: "forty fortieth", 50: "fifty fiftieth", 60: "sixty sixtieth",
    70: "seventy seventieth", 80: "eighty eightieth", 90: "ninety ninetieth", 100: "hundred hundredth",
    1000: "thousand thousandth",
}
_AZERBAIJANI = {
    1: "bir", 2: "iki", 3: "uc", 4: "dord", 5: "bes", 6: "alti", 7: "yeddi", 8: "sekkiz", 9: "doqquz", 10: "on",
    20: "iyirmi", 30: "otuz", 40: "qirx", 50: "elli", 60: "altmis", 70: "yetmis", 80: "seksen", 90: "doxsan",
    100: "yuz", 1000: "min",
}
# Possessive or ordinal, then a case: "ikisi", "ikinci", "ikisində".
_AZERBAIJANI_ENDINGS = ["".join(pair) for pair in product(
    ("", "i", "u", "si", "su", "nci", "ncu", "inci", "uncu", "ncisi", "ncusu", "incisi", "uncusu"),
    ("", "da", "de", "n", "nda", "nde"),
)]
_RUSSIAN = {
    1: "odin", 2: "dva", 3: "tri", 4: "chetyre", 5: "pyat", 6: "shest", 7: "sem", 8: "vosem", 9: "devyat",
    10: "desyat", 11: "odinnadtsat", 12: "dvenadtsat", 13: "trinadtsat", 14: "chetyrnadtsat", 15: "pyatnadtsat",
    16: "shestnadtsat", 17: "semnadtsat", 18: "vosemnadtsat", 19: "devyatnadtsat", 20: "dvadtsat", 30: "tridtsat",
    40: "sorok", 50: "pyatdesyat", 60: "shestdesyat", 70: "semdesyat", 80: "vosemdesyat", 90: "devyanosto",
    100: "sto", 200: "dvesti", 300: "trista", 400: "chetyresta", 500: "pyatsot", 600: "shestsot", 700: "semsot",
    800: "vosemsot", 900: "devyatsot", 1000: "tysyacha",
}
# The stems of Russian ordinals that are not the cardinal number.
_RUSSIAN_ORDINALS = {
    1: "perv", 2: "vtor", 3: "tret", 4: "chetvert", 7: "sedm", 8: "vosm", 40: "sorokov", 50: "pyatidesyat",
    60: "shestidesyat", 70: "semidesyat", 80: "vosmidesyat", 90: "devyanost",
}
_RUSSIAN_ENDINGS = ("yy", "iy", "oy", "oe", "ogo", "omu", "om", "e", "ego", "emu", "em")
# fmt: on
_HUNDRED, _THOUSAND = 100, 1000


def plain(text: str) -> str:
    """Return the text as lower-case ASCII with single spaces and without quotation marks: "səhər" becomes "seher"."""
    # anyascii writes the soft and the hard sign as quotation marks.
    return " ".join(anyascii(normalise("NFKC", text)).lower().replace("'", "").replace('"', "").split())


@cache
def month_names(languages: tuple[str, ...]) -> dict[str, int]:
    """Return month names, abbreviations and case forms in the given languages (Babel codes), mapped to 1..12."""
    names: dict[str, int] = {"sept": 9}
    for language in languages:
        months = Locale.parse(language).months
        tables = [months[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")]
        for number, name in chain.from_iterable(table.items() for table in tables):
            names.setdefault(plain(name).strip(". "), number)
        for number, name in months["stand-alone"]["wide"].items():
            for ending in _MONTH_ENDINGS.get(language, ()):
                names.setdefault(plain(name.rstrip("ьй") if language == "ru" else name) + ending, number)
    return names


@cache
def _number_words() -> dict[str, int]:
    words = {word: number for number, both in _ENGLISH.items() for word in both.split()}
    words |= {stem + end: number for number, stem in _AZERBAIJANI.items() for end in _AZERBAIJANI_ENDINGS}
    stems = _RUSSIAN | _RUSSIAN_ORDINALS
    words |= {stem + end: number for number, stem in stems.items() for end in _RUSSIAN_ENDINGS}
    return words | {word: number for number, word in _RUSSIAN.items()}


def with_figures(text: str) -> str:
    """Return a plain text with its numbers in words as figures: "the twenty-second" becomes "the 22".

    Azerbaijani "on", ten, is a preposition in English; it is a number before another one or an Azerbaijani month.
    """
    words, found = _number_words(), list[str]()
    pieces = re.findall(r"[a-z]+|[^a-z]+", text)
    run: list[int] = []
    for place, piece in enumerate(pieces):
        value = None if piece == "on" and not _is_ten(pieces[place + 2 : place + 3]) else words.get(piece)
        if value is not None:
            _add(run, value)
        elif not (run and (piece in {" ", "-"} or (piece == "and" and run[-1] >= _HUNDRED))):
            found += [*_take(run), piece]
    return " ".join("".join([*found, *_take(run)]).split())


def _is_ten(following: list[str]) -> bool:
    """Return whether "on" before this word is Azerbaijani."""
    word = "".join(following)
    azerbaijani = word in month_names(("az",)) and word not in month_names(("en",))
    return azerbaijani or any(word.startswith(stem) for number, stem in _AZERBAIJANI.items() if number < 10)


def _take(run: list[int]) -> list[str]:
    """Return the numbers of a run as text with spaces around it, and empty the run."""
    text = [f" {' '.join(map(str, run))} "] if run else []
    run.clear()
    return text


def _add(run: list[int], value: int) -> None:
    """Add a number word to those before it: 20 and 7 are 27, 9 and 100 are 900, 19 and 20 are the year 1920."""
    last = run[-1] if run else 0
    rest = last % 1000
    if value == _THOUSAND and 0 < last < _THOUSAND:
        run[-1] = last * value
    elif value == _HUNDRED and 0 < rest < 20:
        run[-1] = last - rest + rest * value
    elif run and last % (size := 10 ** len(str(value))) == 0 and last >= size:
        run[-1] = last + value
    elif 10 <= last <= 20 and 10 <= value < _HUNDRED:
        run[-1] = last * 100 + value
    else:
        run.append(value)
