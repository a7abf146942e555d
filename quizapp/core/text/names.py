"""The ways to write a name: with or without titles, patronymics and initials, with the surname first or last.

Names are lists of lower-case words, as `answers.answer_form` returns them.
"""

import re
from collections.abc import Iterator

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
    "cenab", "academician", "general", "gen", "lieutenant", "lt", "leytenant", "colonel", "col", "polkovnik", "major",
    "maj", "mayor", "captain", "capt", "kapitan", "admiral", "marshal", "marsal", "commander", "brigadier", "sergeant",
    "sgt", "gospodin", "gospozha", "akademik",
    "господин", "гн", "госпожа", "товарищ", "тов", "доктор", "профессор", "академик", "генерал", "полковник",
    "подполковник", "майор", "капитан", "поручик", "лейтенант", "адмирал", "маршал", "фельдмаршал", "командир",
})
# Words that one of two texts may begin with, but not if the other begins with another of them: "on time" is not
# "in time", and King George is not Prince George.
PREPOSITIONS = frozenset({"in", "within", "on", "at", "the", "a", "an", "в", "во", "на", "через"})
# The same for a name only, because a queen bee is not a bee.
ROYALTY = frozenset({
    "king", "queen", "prince", "princess", "emperor", "empress", "tsar", "czar", "sultan", "shah", "sah", "pope",
    "lord", "lady", "count", "duke", "president", "kral", "padsah", "prezident", "imperator",
    "король", "королева", "князь", "император", "царь", "граф", "султан", "шах", "президент",
})
# fmt: on
# What a figure counts, which one of two texts may leave out.
UNITS = frozenset("$€£¥₽₼₺₾%‰°")

_PATRONYMIC = re.compile(
    "(?<=..)[eo]v(?:ich|ic|na)$|(?<=..)[ео]в(?:ич|на)$"
    "|^(?:ilyich|ilich|lukich|ilyinichna|ilinichna|nikitichna|ильич|лукич|кузьмич|фомич|никитич|ильинична|никитична)$"
)
_CHILD_OF = frozenset({"oglu", "ogly", "qizi", "kyzy", "оглы", "кызы"})  # after the father's name
_ROMAN = re.compile(r"(?=.)m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.[ -]?)+")


def is_numeral(word: str) -> bool:
    """Return whether a word has digits or is a Roman numeral."""
    return any(char.isdigit() for char in word) or _ROMAN.fullmatch(word) is not None


def is_name(form: str) -> bool:
    """Return whether a form is written as a name: its last word begins with a capital letter."""
    return any(word.lstrip("(“\"'")[:1].isupper() for word in form.split()[-1:])


def dotted_initials(text: str) -> list[str]:
    """Return the initials that are written with full stops: "V. I. Lenin" gives "V. I. "."""
    return _DOTTED.findall(text)


def without_titles(words: list[str], *, ranks: bool) -> list[str]:
    """Return a name without titles, and without ranks if they may be left out; the last word left is kept."""
    kept = [word for word in words[:-1] if word not in TITLES and not (ranks and word in RANKS)]
    return kept + [word for word in words[-1:] if not kept or word not in TITLES]


def orders(words: list[str]) -> Iterator[list[str]]:
    """Return the words as written, then with the surname first.

    Only rotations are used, because "Baku to Batumi" is not "Batumi to Baku".
    """
    turns = 1 if any(char.isdigit() for word in words for char in word) else len(words)
    return (words[turn:] + words[:turn] for turn in range(turns))


def reductions(words: list[str], initials: set[str], *, name: bool) -> Iterator[list[str]]:
    """Yield shorter ways to write a text, down to a surname: without what another way to write it may lack.

    `initials` are those that the text shows by full stops.
    """
    leads = PREPOSITIONS | ROYALTY if name else PREPOSITIONS
    start = next((place for place, word in enumerate(words[:-1]) if word not in leads), len(words) - 1)
    words = words[start:]
    yield words
    yield [word for word in words if word not in UNITS] or words
    yield from _without_patronymic(words)
    if len(words) == 2 and words[0] in initials:
        yield words[1:]
    if len(words) == 2 and words[1] in initials and len(words[1]) > 1:  # "Lenin V. I.", but not "Vitamin C."
        yield words[:1]


def _without_patronymic(words: list[str]) -> Iterator[list[str]]:
    """Yield a name without its patronymic, if it has one, and then without the first name before it."""
    for place in range(1, len(words) if len(words) > 2 else 0):
        if words[place] in _CHILD_OF:
            yield words[: place - 1] + words[place + 1 :]
        elif _PATRONYMIC.search(words[place]):
            yield words[:place] + words[place + 1 :]
            if place == 1:
                yield words[2:]


def fits_initials(short: list[str], full: list[str], initials: set[str]) -> bool:
    """Return whether `short` is `full` with initials for the first names: "ma rasulzade", "m rasulzade".

    If full stops show that they are initials, there may be one for a name that `full` lacks.
    """
    if short[-1] in initials:  # "Lenin V. I."
        short = short[::-1]
    if len(short) != 2 or len(full) < 2 or short[1] != full[-1] or any(map(is_numeral, full[:-1])):
        return False
    if not short[1][0].isalnum():  # "N+" is not "Na+"
        return False
    own = "".join(word[0] for word in full[:-1])
    return own == short[0] or own[0] == short[0] or (short[0] in initials and short[0].startswith(own))
