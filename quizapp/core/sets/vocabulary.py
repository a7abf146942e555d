"""The words that a set uses, among which a typed word is looked for before it counts as a typing slip."""

from collections.abc import Iterable, Mapping, Set
from functools import cache
from itertools import product
from typing import Any

from quizapp.core.kinds import Question
from quizapp.core.text.answers import answer_form
from quizapp.core.text.other_words import words_of

_OTHER_FORMS = frozenset({"accept", "spellings"})
_FORMS = _OTHER_FORMS | {"answer", "name"}
# What is not shown before answering, and what is no text.
_NOT_READ = frozenset(
    {"key", "kind", "explanation", "why_not", "misconception", "picture", "spellings_of", "precision", "guide"}
)


def doubtful_words(question: Question, texts: Iterable[str], language: str) -> dict[str, set[str]]:
    """Return the typed words (in answer form) that are slips unless a set in that language has them as other words.

    Each has the words of the right answers that it may be a slip of.
    """
    found: dict[str, set[str]] = {}
    for text, answer in product(texts, question.text_answers.values()):
        for word, near in answer.words_near(text, language).items():
            found.setdefault(word, set()).update(near)
    return found


def words_used(document: Any, doubtful: Mapping[str, Set[str]]) -> set[str]:
    """Return the doubtful words that a part of a set (text, or a question or name as JSON) uses as other words.

    Where a word is one of several forms of a name or an answer, and another has the right word, it is a spelling of
    that.
    """
    match document:
        case str():
            return words_of([document]) & doubtful.keys()
        case list():
            return {word for each in document for word in words_used(each, doubtful)}
        case dict():
            forms = document.keys() & _FORMS if document.keys() & _OTHER_FORMS else set[str]()
            fields = (value for name, value in document.items() if name not in _NOT_READ | forms)
            return words_used(list(fields), doubtful) | _other_words([document[name] for name in forms], doubtful)
    return set()


def _other_words(forms: list[Any], doubtful: Mapping[str, Set[str]]) -> set[str]:
    """Return the doubtful words in the forms of one answer or name, without spellings of the right words."""
    words = words_of(form for each in forms for form in ([each] if isinstance(each, str) else each))
    return {word for word in words & doubtful.keys() if not any(_is_form(doubtful[word], other) for other in words)}


def _is_form(near: Set[str], word: str) -> bool:
    return any(word.startswith(right) for right in near)


def stored_pattern(words: Iterable[str]) -> str:
    r"""Return a regular expression for texts that may have one of the words, in plain text or in JSON.

    It is understood by Python and PostgreSQL. A letter may have any accents, and be written as "\u0259" in JSON.
    """
    return "|".join("".join(map(_any_case, word)) + "([^a-zA-Z]|$)" for word in sorted(words))


def _any_case(letter: str) -> str:
    shapes = sorted({letter, letter.upper(), *_accented().get(letter, ())})
    escaped = "|".join(f"{ord(shape):04x}" for shape in shapes if len(shape) == 1 and not shape.isascii())
    return f"({'|'.join(shapes)}|\\\\u({escaped}))" if escaped else f"[{''.join(shapes)}]"


@cache
def _accented() -> dict[str, list[str]]:
    """Return the letters that answer forms write without accents, by what is left."""
    found: dict[str, list[str]] = {"е": ["ё", "Ё"]}
    for letter in map(chr, (*range(0xC0, 0x2B0), *range(0x1E00, 0x1F00))):
        if len(plain := answer_form(letter)) == 1 and plain.isascii():
            found.setdefault(plain, []).append(letter)
    return found
