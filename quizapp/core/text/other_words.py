"""Tell a typing slip from another word: "full" is not a slip of "fuel" where both are words of the set."""

from collections.abc import Iterable, Set

from quizapp.core.text.answers import answer_form, in_latin_letters, word_slip

# Endings of one word that a learner may confuse: singular and plural, and tenses.
_ENDINGS = (
    ("", "s"), ("", "es"), ("y", "ies"), ("f", "ves"), ("fe", "ves"), ("man", "men"), ("um", "a"), ("us", "i"),
    ("is", "es"), ("a", "ae"), ("on", "a"), ("", "ed"), ("e", "ed"), ("y", "ied"), ("ies", "ied"), ("", "ing"),
    ("e", "ing"),
)  # fmt: skip
_SHORTEST_STEM = 3  # letters
_LONGEST_ENDING = 3  # letters
_RUSSIAN_ENDINGS = "аеиоуыьэюяй"


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of texts, in answer form."""
    return {word for text in texts for word in answer_form(text).split()}


def words_near(typed: str, own: Set[str], language: str = "en") -> dict[str, set[str]]:
    """Return the typed words that are slips of some of the `own` words or else other words, each with those.

    Words are in answer form. Another form of the same word is a slip at any rate.
    """
    near = {word: {other for other in own if _is_near(word, other)} for word in answer_form(typed).split()}
    return {
        word: others
        for word, others in near.items()
        if others and word not in own and not any(is_inflected(word, other, language) for other in own)
    }


def is_inflected(one: str, other: str, language: str = "en") -> bool:
    """Return whether two words are forms of one word, such as its plural, in a language (a code as in a set's header).

    English is told by its endings, Russian by what is left without vowels at the end; in other languages, and between
    scripts, any ending of three letters counts.
    """
    if _is_cyrillic(one) != _is_cyrillic(other):
        one, other, language = in_latin_letters(one), in_latin_letters(other), ""
    return any(
        _is_ending(short, long) or (not language.startswith("en") and _is_longer(short, long))
        for short, long in ((one, other), (other, one))
    )


def _is_cyrillic(word: str) -> bool:
    return "а" <= word[0] <= "я"


def _is_near(word: str, other: str) -> bool:
    return word_slip(word, other) or word_slip(in_latin_letters(word), in_latin_letters(other))


def _is_ending(short: str, long: str) -> bool:
    if _is_cyrillic(short):
        return short.rstrip(_RUSSIAN_ENDINGS) == long.rstrip(_RUSSIAN_ENDINGS) or _is_longer(short, long)
    changed = ((short.removesuffix(end), other) for end, other in _ENDINGS if short.endswith(end))
    return any(
        len(stem) >= _SHORTEST_STEM and long == stem + end and not (end == "s" and stem.endswith("s"))  # a princess
        for stem, end in changed
    )


def _is_longer(short: str, long: str) -> bool:
    return len(short) >= _SHORTEST_STEM and long.startswith(short) and len(long) - len(short) <= _LONGEST_ENDING
