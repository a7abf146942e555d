"""Compare a typed name, term or short answer with the right one.

Differences in case, accents, punctuation and titles are ignored, and so are small typing slips, but not in digits,
signs ("A+" and "A−") and Roman numerals. A Cyrillic and a Latin text are compared by transliteration; any other script
is compared as it is. A spelling that differs more belongs in `accept`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA

from quizapp.core.text.keyboards import plain, retyped
from quizapp.core.text.names import (
    NOTES,
    UNITS,
    abbreviates,
    dotted_initials,
    fits_initials,
    in_base_case,
    is_name,
    is_numeral,
    orders,
    reductions,
    same_numbering,
    without_kind,
    without_leads,
    without_titles,
)
from quizapp.core.text.normal import (
    ARTICLES,
    base_letter,
    join_initials,
    normalise,
    with_latin_numerals,
    without_points,
)
from quizapp.core.text.numbers import same_number
from quizapp.core.text.signs import prime, with_signs, years

# One slip is allowed from 5 letters on, two from 8, three from 15, and never more.
SLIPS_FROM = (5, 8, 15)
LETTERS_RETYPED = 4  # at least, in a text that was typed in another layout and is transliterated too
MOST_ANSWERS = 8  # that are read in one typed text

# Latin letters with what is added to them, the letters of transliterated names among them, and foreign digits.
_LATIN = re.compile(
    r"[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]|(?![0-9])\d"
)
_FIXED = re.compile(r"\d+|[^\w\s]")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_FRACTION = re.compile("(?<=[0-9])(?=[\u00bc-\u00be\u2150-\u215e])")  # 10½ is not 101/2
_POWER = re.compile("(?<=[0-9])(?=[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹])")  # 10² is not 102
# Letters that are written alike, and quotation marks inside words.
_ALIKE = str.maketrans("ёأإآٱكي", "еااااکی", "'\"’‘‛“”„`´′″׳״©®\u200b\u200c\u200d\ufeff\u00ad")
# No language writes a word in fewer of these characters than people confuse.
_UNSPELLED = re.compile("[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
_SEVERAL = re.compile(r"[,;/&()\n]|(?<=\w) \+ (?=\w)|\b(?:as well as|and|or|и|или|və|ve|yaxud)\b", re.IGNORECASE)
_ALL = re.compile(r"[,;/&\n]|(?<=\w) \+ (?=\w)|\b(?:as well as|and|и|və|ve)\b", re.IGNORECASE)
_ALL_OF_THEM = re.compile(r"&|\b(?:and|и|və)\b", re.IGNORECASE)
_BOTH = re.compile(r"^(?:both|either|həm) ", re.IGNORECASE)
_AZERBAIJANI = re.compile("[əığöüşç]", re.IGNORECASE)


class Match(StrEnum):
    EXACT = "exact"
    SLIP = "slip"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """How a typed answer compares. `matched` is the accepted form that it equals or nearly equals.

    `mistaken_for` is the refused form that a wrong answer equals or nearly equals, if any.
    """

    verdict: Match
    matched: str | None = None
    mistaken_for: str | None = None


@lru_cache(maxsize=4096)
def answer_form(text: str) -> str:
    """Return the text as lower-case words and signs with single spaces, in its own script, for comparing answers.

    Latin letters lose their accents, Hebrew and Arabic their points. Articles, initials and thousands become as in
    `fold`. Text without letters, digits and signs is returned unchanged.
    """
    normal = normalise("NFKC", _POWER.sub("^", _FRACTION.sub(" ", text.replace("º", "°"))))
    plain = _LATIN.sub(lambda found: anyascii(found[0]), with_latin_numerals(normal)).casefold()
    plain = _GREEK.sub(lambda found: base_letter(found[0]), without_points(plain)).translate(_ALIKE)
    plain = with_signs(plain.replace("&", " and "))
    spaced = " ".join(plain.split())
    words = join_initials(spaced).split()
    return " ".join(_without_articles(words) or normal.split())


def compare(typed: str, accepted: Sequence[str], refused: Sequence[str] = ()) -> AnswerComparison:
    """Return whether the typed answer is one of the accepted forms, or a typing slip away from one.

    An answer that is at least as close to a refused form as to an accepted one is wrong. Several answers are right if
    each of them is. A form that was typed in another keyboard layout counts as a slip.
    """
    whole = _compare_one(typed, accepted, refused)
    if whole.verdict is not Match.WRONG or not typed.strip():
        return whole
    if listed := next((form for form in accepted if lists_the_same(typed, form)), None):
        return AnswerComparison(Match.EXACT, listed)
    parts = _items(_SEVERAL, typed)
    found = [_compare_one(part, accepted, refused) for part in parts]
    if len(found) > 1 and all(one.verdict is not Match.WRONG for one in found):
        return max(found, key=lambda one: one.verdict is Match.SLIP)
    meant = next((form for form in accepted if was_typed_in_another_layout(typed, form)), None)
    return AnswerComparison(Match.SLIP, meant) if meant else whole


def lists_the_same(typed: str, form: str) -> bool:
    """Return whether a form names several things, and the typed text the same ones: "B, A" for "A and B"."""
    left = _items(_ALL, form)
    given = _items(_ALL, typed)
    if not _ALL_OF_THEM.search(form) or not 1 < len(given) == len(left):
        return False
    for item in given:
        same = next((other for other in left if _compare_one(item, [other], ()).verdict is not Match.WRONG), None)
        if same is None:
            return False
        left.remove(same)
    return True


def _items(separator: re.Pattern[str], text: str) -> list[str]:
    return [part for part in separator.split(_BOTH.sub("", text.strip()), MOST_ANSWERS) if part.strip()]


def was_typed_in_another_layout(typed: str, form: str) -> bool:
    """Return whether the keys that were pressed write `form`, or the same name, in another keyboard layout.

    "Ltybrby" is "Деникин", and so it is for an author who lists only "Denikin".
    """
    meant, transliterated = _retyped(typed)
    return plain(form) in meant or any(_may_be_alike(text, form) and _cost(text, form) <= 1 for text in transliterated)


@lru_cache(maxsize=256)  # one text is compared with many forms
def _retyped(typed: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return what the keys write in other layouts, and which of it may be another script's way to write a form."""
    meant, is_cyrillic = frozenset(retyped(typed)), _CYRILLIC.search(typed) is not None
    others = (text for text in meant if (_CYRILLIC.search(text) is not None) != is_cyrillic)
    return meant, tuple(text for text in others if sum(map(str.isalpha, text)) >= LETTERS_RETYPED)


def _may_be_alike(typed: str, form: str) -> bool:
    """Return whether two texts have a number or words that begin alike, as all do that are the same: a quick look."""
    given, wanted = _words(typed, form)
    return not {word[0] for word in given}.isdisjoint(word[0] for word in wanted) or same_number(typed, form) is True


def is_slip(typed: str, form: str) -> bool:
    """Return whether `typed` is a small typing slip for `form`: not the same, but too close to be called wrong.

    Each word may differ by one letter from 5 letters on, by two from 8 and by three from 15 (swapped neighbours count
    as one), and the same limits hold for the whole text. First letters, short words, numerals, signs and acronyms must
    be right.
    """
    given, wanted = _words(typed, form)
    if _cost(typed, form) <= 1 or same_number(typed, form) is False or not _acronyms(form) <= set(given):
        return False
    if _fixed(given) != _fixed(wanted):
        return False
    if _bare(wanted, name=is_name(form)) == wanted:
        given = _bare(given, name=is_name(form))
    if len(given) != len(wanted):
        return _joined_slip(given, wanted)
    return any(_words_slip(given, words) for words in orders(wanted))


def word_slip(given: str, wanted: str) -> bool:
    """Return whether a folded word equals another or is a typing slip for it; numerals are never slips."""
    if given == wanted:
        return True
    if is_numeral(given) or is_numeral(wanted) or _UNSPELLED.search(wanted):
        return False
    starts_alike = given[0] == wanted[0] or given[:2] == wanted[1::-1]
    return starts_alike and OSA.distance(given, wanted) <= _allowance(wanted)


def _compare_one(typed: str, accepted: Sequence[str], refused: Sequence[str]) -> AnswerComparison:
    if not typed.strip():
        return AnswerComparison(Match.WRONG)
    cost, matched = _nearest(typed, accepted)
    refused_cost = min((_cost(typed, form) for form in refused), default=None)
    # An author who lists one form on both sides meant to accept it.
    if matched is None or (cost > 0 and refused_cost is not None and refused_cost <= cost):
        return AnswerComparison(Match.WRONG, mistaken_for=_nearest(typed, refused)[1])
    return AnswerComparison(Match.EXACT if cost <= 1 else Match.SLIP, matched)


def _nearest(typed: str, forms: Sequence[str]) -> tuple[int, str | None]:
    """Return the closest form that the typed text equals or is a slip of, and its cost; (0, None) if there is none.

    What is as close to a form that is too short for slips is none of a longer one: "Bako" is "Baku" misspelled.
    """
    costs = [(_cost(typed, form), form) for form in _fitting(typed, forms)]
    short = min((cost for cost, form in costs if len(form) < SLIPS_FROM[0]), default=None)
    near = (
        (cost, form) for cost, form in costs if cost <= 1 or ((short is None or cost < short) and is_slip(typed, form))
    )
    return min(near, default=(0, None), key=lambda found: found[0])


def _fitting(typed: str, forms: Sequence[str]) -> Sequence[str]:
    """Return the forms without a surname alone if its initials were typed and are not those of another form.

    "P. Curie" is neither "Marie Curie" nor, then, "Curie".
    """
    if not dotted_initials(typed):
        return forms
    words = {form: _words(typed, form) for form in forms}
    full = {form for form, (given, wanted) in words.items() if len(wanted) > 1 < len(given) and wanted[-1] in given}
    if not full or any(_cost(typed, form) <= 1 for form in full):
        return forms
    surnames = {words[form][1][-1] for form in full}
    return [form for form in forms if words[form][1][-1] not in surnames or len(words[form][1]) > 1]


@lru_cache(maxsize=4096)  # a form is compared several times with an answer
def _cost(typed: str, form: str) -> int:
    """Return 0 for the same text, 1 for the same name written differently, else 1 + the number of different letters."""
    if prime(typed) != prime(form) and prime(typed) and prime(form):
        return 2
    if (span := years(typed)) and (wanted_span := years(form)):
        return 1 if span == wanted_span else 2
    same = same_number(typed, form)
    if same is not None:
        return int(answer_form(typed) != answer_form(form)) if same else 2
    text, other = _comparable(typed, form)
    if text == other:
        return 0
    given, wanted = _words(typed, form)
    azerbaijani = _AZERBAIJANI.search(typed + form) is not None
    given = [in_base_case(word, wanted, azerbaijani=azerbaijani) for word in given]
    joined = text.replace(" ", "") == other.replace(" ", "")  # "Fətəlixan", without the space before a title
    if _fixed(given) == _fixed(wanted) and (joined or _is_same_name(typed, form, given, wanted)):
        return 1
    if (
        _is_numbered_alike(given, wanted, name=is_name(form))
        or abbreviates(given, wanted)
        or abbreviates(wanted, given)
    ):
        return 1
    return 1 + max(1, min(OSA.distance(" ".join(given), " ".join(words)) for words in orders(wanted)))


def _comparable(typed: str, form: str) -> tuple[str, str]:
    """Return the answer forms of two texts, in Latin letters if only one of the texts has Cyrillic ones."""
    if form[-1:] in ("-", "–") and form.islower() and form[:-1].isalpha() and len(form) > 2:  # "un-" is not an ion
        typed, form = typed.rstrip("-– "), form[:-1]
    text, other = answer_form(typed), answer_form(form)
    if (_CYRILLIC.search(text) is None) == (_CYRILLIC.search(other) is None):
        return text, other
    return in_latin_letters(text), in_latin_letters(other)


@lru_cache(maxsize=4096)
def in_latin_letters(text: str) -> str:
    """Return a text in answer form with Latin letters for Cyrillic ones."""
    # anyascii writes the soft and the hard sign as quotation marks.
    return _CYRILLIC.sub(lambda found: anyascii(found[0]).replace("'", "").replace('"', "").lower(), text)


def _words(typed: str, form: str) -> tuple[list[str], list[str]]:
    """Return the words and signs of two texts without titles."""
    ranks = is_name(form)
    given, wanted = (list(_without_titles(text, ranks=ranks)) for text in _comparable(typed, form))
    return given, wanted


@lru_cache(maxsize=4096)
def _without_titles(text: str, *, ranks: bool) -> tuple[str, ...]:
    return tuple(without_titles(text.split(), ranks=ranks))


def _fixed(words: list[str]) -> tuple[str, ...]:
    """Return the digits and signs in a text, which must be right."""
    return _find_fixed(" ".join(words))


@lru_cache(maxsize=4096)
def _find_fixed(text: str) -> tuple[str, ...]:
    return tuple(found for found in _FIXED.findall(text) if found not in UNITS)


def _is_same_name(typed: str, form: str, given: list[str], wanted: list[str]) -> bool:
    """Return whether two texts are the same name, or become the same when one of them is reduced.

    Both are never reduced at once, because V. Lenin is not A. Lenin. `given` and `wanted` are the words of the texts.
    """
    if not (_has_word_of(given, wanted) or _has_word_of(wanted, given)):
        return False
    initials, other_initials, name = _initials(typed), _initials(form), is_name(form)
    may_be_short = bool(initials or other_initials) or not form.split()[-1].islower()  # "B major" is no name
    shorter = (given, *_reduced(given, initials, name=name), _bare(given, name=name))

    def same(one: list[str], other: list[str]) -> bool:
        return "".join(one) == "".join(other) or any(
            one == turned
            or (may_be_short and fits_initials(one, turned, initials))
            or (may_be_short and fits_initials(turned, one, other_initials))
            for turned in orders(other)
        )

    return any(same(short, wanted) for short in shorter) or any(
        same(given, short) for short in _reduced(wanted, other_initials, name=name)
    )


def _has_word_of(words: list[str], others: list[str]) -> bool:
    """Return whether one of the words is among the others, or in them if they are written without spaces."""
    joined = "".join(others) * 2  # whichever of them is first
    return any(word in joined for word in words)


def _reduced(words: list[str], initials: set[str], *, name: bool) -> list[list[str]]:
    """Return the shorter ways to write a text that leave more than signs: "A+" has no article."""
    found = reductions(words, initials, name=name)
    return [short for short in found if any(char.isalnum() for word in short for char in word)]


def _bare(words: list[str], *, name: bool) -> list[str]:
    """Return the words without prepositions in front, and a name without the word that says what it names."""
    words = without_leads(words, name=False)
    return without_kind(words) if name else words


def _is_numbered_alike(given: list[str], wanted: list[str], *, name: bool) -> bool:
    """Return whether only numbers are written differently, with or without prepositions and "King" in one text."""
    short, shorter = without_leads(given, name=name), without_leads(wanted, name=name)
    return same_numbering(given, shorter) or any(same_numbering(short, turned) for turned in orders(wanted))


def _initials(text: str) -> set[str]:
    """Return the initials that are written with full stops, as words in their own script and in Latin letters."""
    written = [answer_form(found) for found in dotted_initials(text)]
    return {*written, *map(in_latin_letters, written)}


def _joined_slip(given: list[str], wanted: list[str]) -> bool:
    """Return whether two texts differ by at most one letter when spaces are ignored."""
    if list(filter(is_numeral, given)) != list(filter(is_numeral, wanted)):
        return False
    joined, whole = "".join(given), "".join(wanted)
    return word_slip(joined, whole) and OSA.distance(joined, whole) <= 1


def _words_slip(given: list[str], wanted: list[str]) -> bool:
    total = OSA.distance(" ".join(given), " ".join(wanted))
    return total <= _allowance(" ".join(wanted)) and all(map(word_slip, given, wanted))


def _allowance(text: str) -> int:
    """Return how many letters may be wrong in a word or phrase of this length."""
    return sum(len(text) >= length for length in SLIPS_FROM)


def _acronyms(form: str) -> set[str]:
    """Return the short words with several capitals, because "AzCP" is not "AUCP"."""
    words = re.findall(r"\b\w{2,6}\b", form)
    return {answer_form(word) for word in words if sum(char.isupper() for char in word) > 1}


def _is_note(word: str) -> bool:
    """Return whether an "A" before this word is a letter rather than an article: "A+", "A minor"."""
    return len(word) == 1 or word in NOTES


def _without_articles(words: list[str]) -> list[str]:
    """Return the words without articles in front; the letter of "A+" is none."""
    start, end = 0, len(words)
    while end - start > 1 and words[start] in ARTICLES and (words[start] == "the" or not _is_note(words[start + 1])):
        start += 1
    while end - start > 1 and words[end - 1] == "the":
        end -= 1
    return words[start:end]
