"""The ways to write a name: with or without titles, patronymics and initials, with the surname first or last.

Names are lists of lower-case words, as `answers.answer_form` returns them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from quizapp.core.text.number_words import CARDINALS, ORDINALS, plain_word

# fmt: off
# Before or after a name: "Kemal Pasha", "Fatali Khan".
TITLES = frozenset({
    "bey", "bek", "beg", "khan", "xan", "han", "pasha", "pasa", "pacha", "efendi", "effendi", "xanim", "hanim",
    "muellim",
    "бек", "бей", "хан", "паша", "эфенди", "ханум",
})
# Before a name only, because Ursa Major is not Ursa.
RANKS = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "doctor", "doktor", "prof", "professor", "sir", "comrade", "tovarishch", "yoldas",
    "cenab", "madame", "madam", "mme", "mademoiselle", "mlle", "monsieur", "academician", "general", "gen",
    "lieutenant", "lt", "leytenant", "colonel", "col", "polkovnik", "major", "adm", "herr", "frau",
    "maj", "mayor", "captain", "capt", "kapitan", "admiral", "marshal", "marsal", "commander", "brigadier", "sergeant",
    "sgt", "gospodin", "gospozha", "akademik", "commissar", "komissar", "narkom", "minister", "nazir",
    "deputy", "deputat", "chairman", "senator", "ambassador",
    "господин", "гн", "госпожа", "товарищ", "тов", "доктор", "профессор", "академик", "генерал", "ген", "полковник",
    "подполковник", "майор", "капитан", "поручик", "лейтенант", "адмирал", "маршал", "фельдмаршал", "командир", "адм",
    "мадам", "комиссар", "нарком", "министр", "премьер", "депутат", "председатель",
})
# Before a rank they belong to it: "Prime Minister Lloyd George", "People’s Commissar Chicherin".
RANK_PARTS = frozenset({
    "prime", "foreign", "peoples", "vice", "rear", "senior", "bas", "xalq", "xarici", "народный", "вице", "контр",
    "старший", "младший",
})
# Inside names: "Vincent van Gogh".
PARTICLES = frozenset({
    "von", "van", "der", "den", "de", "du", "del", "della", "di", "da", "zu", "af", "фон", "ван", "дер", "де", "ди",
})
# Words that one of two texts may begin with, but not if the other begins with another of them: "on time" is not
# "in time", and King George is not Prince George.
PREPOSITIONS = frozenset({
    "in", "within", "on", "at", "by", "of", "to", "from", "with", "the", "a", "an", "в", "во", "на", "через", "за", "к",
    "с", "со", "из", "о", "об",
})
# The same for a name only, because a queen bee is not a bee.
ROYALTY = frozenset({
    "king", "queen", "prince", "princess", "emperor", "empress", "tsar", "czar", "sultan", "shah", "sah", "pope",
    "lord", "lady", "count", "duke", "president", "kral", "padsah", "prezident", "imperator", "sheikh", "sheik",
    "shaykh",
    "seyx", "imam", "haji", "haci", "mullah", "molla",
    "король", "королева", "князь", "император", "царь", "граф", "султан", "шах", "президент",
    "шейх", "имам",
})
# What a learner may say that a place or a regiment is, in front of its name or behind it. A form that an author writes
# with one of these keeps it, because Mexico is not Mexico City.
KINDS_BEFORE = frozenset({  # "вг" is "в г.", joined like initials
    "river", "station", "reka", "partiya", "stantsiya", "gorod", "selo", "polk",
    "город", "города", "городе", "городу", "г", "вг", "село", "поселок", "пос", "деревня", "река", "реке", "реки",
    "станция", "станции", "ст",
    "порт", "полк", "партия",
})
NOTES = frozenset({"minor", "major", "flat", "sharp"})  # behind a letter: "A minor"
KINDS_OF = frozenset({"city", "town", "village", "port", "river", "station", "regiment"})
KINDS_AFTER = KINDS_OF | {
    "seheri", "sehri", "qesebesi", "kendi", "cayi", "stansiyasi", "limani", "alayi", "partiyasi", "party",
    "seherinde", "sehrinde", "qesebesinde", "kendinde", "stansiyasinda", "limaninda",
}
# Other places have these names: Mexico City, the Port of Spain, Порт-Саид.
NAMED_WITH_KIND = frozenset({
    "mexico", "kansas", "oklahoma", "panama", "guatemala", "kuwait", "quebec", "iowa", "jersey", "luxembourg", "salt",
    "spain", "саид", "судан", "артур", "луи",
})
# fmt: on
# What a figure counts, which one of two texts may leave out.
UNITS = frozenset("$€£¥₽₼₺₾%‰°")
LONGEST_NUMERAL = 9  # digits

_PATRONYMIC = re.compile(
    "(?<=..)[eo]v(?:ich|ic|na)$|(?<=..)[ео]в(?:ич|на)$"
    "|^(?:ilyich|ilich|lukich|ilyinichna|ilinichna|nikitichna|ильич|лукич|кузьмич|фомич|никитич|ильинична|никитична)$"
)
_CHILD_OF = frozenset({"oglu", "ogly", "qizi", "kyzy", "оглы", "кызы"})  # after the father's name
# The case endings of Russian and Azerbaijani nouns, where they are longer than one letter, by what they stand for.
_RUSSIAN_CASES = {
    "": ("ым", "ом", "ем"),
    "ий": ("ого", "его", "ому", "ему", "им"),
    "ый": ("ого", "ому", "ым"),
    "ой": ("ого", "ому", "ым"),
    "а": ("ой",),
    "я": ("ей",),
    "ь": ("ем",),
}
_AZERBAIJANI_PLACES = ("da", "de", "dan", "den")
_AZERBAIJANI_CASES = ("in", "un", "nin", "nun", "ni", "nu", "ya", "ye")
_SHORTEST_IN_A_CASE = 4  # letters
_ROMAN = re.compile(r"(?=.)m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_SMALL_ROMAN = re.compile(r"(?=.)(x{0,3})(ix|iv|v?i{0,3})")
_ROMAN_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_WITH_NUMBER = re.compile(r"(?<![a-z])([a-z]{2,}?)(i{1,3}|[1-3])")  # WWI, WW2
_DIGIT = re.compile(r"\d")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.[ -]?)+")


@lru_cache(maxsize=4096)
def is_numeral(word: str) -> bool:
    """Return whether a word has digits or is a Roman numeral."""
    return any(char.isdigit() for char in word) or _ROMAN.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def is_name(form: str) -> bool:
    """Return whether a form is written as a name: its last word begins with a capital letter."""
    return any(word.lstrip("(“\"'")[:1].isupper() for word in form.split()[-1:])


def dotted_initials(text: str) -> list[str]:
    """Return the initials that are written with full stops: "V. I. Lenin" gives "V. I. "."""
    return _DOTTED.findall(text)


def without_titles(words: list[str], *, ranks: bool) -> list[str]:
    """Return a name without titles, and without ranks if they may be left out; the last word left is kept."""
    left_out = TITLES | _ranks_in(words) if ranks else TITLES
    kept = [word for word in words[:-1] if word not in left_out]
    return kept + [word for word in words[-1:] if not kept or word not in TITLES]


def _ranks_in(words: list[str]) -> set[str]:
    """Return the words of ranks; none if the text is a rank itself: a Lieutenant General is not a General."""
    if words[-1:] and words[-1] in RANKS:
        return set()
    parts = {part for part, rank in pairwise(words) if part in RANK_PARTS and rank in RANKS}
    return parts | RANKS.intersection(words)


def without_kind(words: list[str]) -> list[str]:
    """Return a name without the word that says what it names: "city of Baku", "Bakı şəhəri", "станция Худат"."""
    if not NAMED_WITH_KIND.isdisjoint(words):
        return words
    if len(words) > 2 and words[0] in KINDS_OF and words[1] == "of":
        return words[2:]
    if len(words) > 1 and words[0] in KINDS_BEFORE:
        return words[1:]
    return words[:-1] if len(words) > 1 and words[-1] in KINDS_AFTER else words


def without_leads(words: list[str], *, name: bool) -> list[str]:
    """Return the words without prepositions in front, and in a name without "King" and the like; one word is kept."""
    leads = PREPOSITIONS | ROYALTY if name else PREPOSITIONS
    start = 0
    while start < len(words) - 1 and words[start] in leads and words[start + 1] not in NOTES:
        start += 1
    return words[start:]


def in_base_case(word: str, wanted: Sequence[str], *, azerbaijani: bool) -> str:
    """Return a word as one of the wanted words if it is that in another case: "Деникиным", "Bakıda"."""
    return next((other for other in wanted if _is_case_of(word, other, azerbaijani=azerbaijani)), word)


def _is_case_of(word: str, other: str, *, azerbaijani: bool) -> bool:
    if len(other) < _SHORTEST_IN_A_CASE:
        return False
    if azerbaijani and other.isascii():
        endings = _AZERBAIJANI_PLACES if len(other) == _SHORTEST_IN_A_CASE else _AZERBAIJANI_PLACES + _AZERBAIJANI_CASES
        return word.startswith(other) and word.removeprefix(other) in endings
    return any(
        other.endswith(base)
        and word.startswith(stem := other.removesuffix(base))
        and word.removeprefix(stem) in endings
        for base, endings in _RUSSIAN_CASES.items()
    )


def same_numbering(one: list[str], other: list[str]) -> bool:
    """Return whether two texts differ only in how numbers are written: "World War One", "World War I".

    A number alone is read by `numbers.same_number`.
    """
    one, other = ([word for word in words if word != "the"] for words in (one, other))
    return (
        0 < len(one) == len(other)
        and (len(one) > 1 or _value(one[0]) is None)
        and all(word.isalnum() for word in one)
        and all(mine == theirs or _same_numeral(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    )


def abbreviates(short: list[str], full: list[str]) -> bool:
    """Return whether a text is the initials of another with its number: "WW2", "WWII" for "World War II"."""
    joined = "".join(short)
    if len(full) < 3 or joined[0] not in {word[0] for word in full}:
        return False
    numbers = [value for word in full if (value := _value(word)) is not None]
    initials = "".join(word[0] for word in full if _value(word) is None)
    return (
        len(numbers) == 1 and len(initials) > 1 and joined.startswith(initials)
        and _value(joined.removeprefix(initials)) == numbers[0]
    )  # fmt: skip


def _same_numeral(one: str, other: str) -> bool:
    mine, theirs = _WITH_NUMBER.fullmatch(one), _WITH_NUMBER.fullmatch(other)
    if mine and theirs and mine[1] == theirs[1]:
        return _value(mine[2]) == _value(theirs[2])
    value = _value(one)
    return value is not None and value == _value(other)


@lru_cache(maxsize=4096)
def _value(word: str) -> int | None:
    """Return the number that a word is: "8", "viii", "eighth", "eight"; None if it is none."""
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= LONGEST_NUMERAL else None
    if roman := _SMALL_ROMAN.fullmatch(word):
        return 10 * len(roman[1]) + _ROMAN_UNITS.index(roman[2])
    plain = plain_word(word)
    return ORDINALS.get(plain, CARDINALS.get(plain))


def orders(words: list[str]) -> Iterator[list[str]]:
    """Return the words as written, then with the surname first.

    Only rotations are used, because "Baku to Batumi" is not "Batumi to Baku".
    """
    turns = 1 if _DIGIT.search(" ".join(words)) else len(words)
    return (words[turn:] + words[:turn] for turn in range(turns))


def reductions(words: list[str], initials: set[str], *, name: bool) -> Iterator[list[str]]:
    """Yield shorter ways to write a text, down to a surname: without what another way to write it may lack.

    `initials` are those that the text shows by full stops.
    """
    words = without_leads(words, name=name)
    yield words
    yield [word for word in words if word not in UNITS] or words
    yield from _without_patronymic(words)
    if name:
        yield _without_particles(words, initials)
        yield from _without_of(words)
    if len(words) == 2 and words[0] in initials:
        yield words[1:]
    if len(words) == 2 and words[1] in initials and len(words[1]) > 1:  # "Lenin V. I.", but not "Vitamin C."
        yield words[:1]


def _without_particles(words: list[str], initials: set[str]) -> list[str]:
    """Return a name without "van"; "D. I.", joined, is no particle."""
    return [word for word in words if word not in PARTICLES or word in initials] or words


def _without_of(words: list[str]) -> Iterator[list[str]]:
    """Yield "Versailles Treaty" for "Treaty of Versailles"."""
    if "of" in words[1:-1]:
        place = words.index("of", 1)
        after = words[place + 1 :]
        yield (after[1:] if after[0] == "the" else after) + words[:place]


def _without_patronymic(words: list[str]) -> Iterator[list[str]]:
    """Yield a name without its patronymic, if it has one, and then without the first name before it."""
    for place in range(1, len(words) if len(words) > 2 else 0):
        if words[place] in _CHILD_OF:
            yield words[: place - 1] + words[place + 1 :]
        elif _PATRONYMIC.search(words[place]):
            yield words[:place] + words[place + 1 :]
            if place == 1:
                yield words[2:]


_NO_FIRST_NAMES = frozenset({
    "not", "no", "nor", "and", "or", "не", "ne", "ни", "ni", "нет", "net", "и", "или", "ili",
    "deyil", "yox", "və", "ya",
})  # fmt: skip


def fits_initials(short: list[str], full: list[str], initials: set[str]) -> bool:
    """Return whether `short` is `full` with initials for the first names: "ma rasulzade", "m rasulzade".

    If full stops show that they are initials, there may be one for a name that `full` lacks.
    """
    if short[-1] in initials:  # "Lenin V. I."
        short = short[::-1]
    short, full = _without_particles(short, initials), _without_particles(full, set())
    if len(short) != 2 or len(full) < 2 or short[1] != full[-1] or any(map(is_numeral, full[:-1])):
        return False
    if not _NO_FIRST_NAMES.isdisjoint(full):  # "not Lenin" is not "N. Lenin"
        return False
    if not short[1][0].isalnum():  # "N+" is not "Na+"
        return False
    own = "".join(word[0] for word in full[:-1])
    return own == short[0] or own[0] == short[0] or (short[0] in initials and short[0].startswith(own))
