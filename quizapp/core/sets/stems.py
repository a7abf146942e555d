"""Whether the text shown with a question contains an answer."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from quizapp.core.kinds import Question
from quizapp.core.kinds.choice import SingleChoice
from quizapp.core.kinds.date import Date, DateResponse
from quizapp.core.kinds.flashcard import Flashcard
from quizapp.core.kinds.multiple import Multiple
from quizapp.core.kinds.number import Number, NumberResponse
from quizapp.core.kinds.ordering import Ordering
from quizapp.core.kinds.point import Point
from quizapp.core.sets.schema import Name
from quizapp.core.sets.spellings import known_forms
from quizapp.core.text.normal import fold
from quizapp.core.text.typed_dates import parse_date

# Only short answers of flashcards are searched for, because longer ones share words with every stem.
WORDS_OF_A_SHORT_ANSWER = 4
# Shorter answers occur in too many texts by chance.
LETTERS, DIGITS = 4, 3

_POSSESSIVE = re.compile(r"(?<=\w)[’'ʼ]s\b")
_FIGURE = re.compile(r"\d(?:[\d.,  ]*\d)?")
_LONGEST_DATE = 6
_ENDINGS = ".,;:?!)’”"


def words_in(text: str) -> str:
    """Return the folded text with spaces around it, for finding whole words; possessives lose their ending."""
    return f" {fold(_POSSESSIVE.sub('', text))} "


def says(text: str, words: str) -> bool:
    """Return whether the text contains these words, whole and in sequence."""
    return words_in(words) in words_in(text)


def answer_in(stem: str, question: Question, names: Sequence[Name]) -> str | None:
    """Return the answer to the question, in a form that counts as right, if the stem contains it.

    A stem that also contains a wrong choice (“Was it Burton or Speke?”) gives nothing away.
    """
    match question:
        case Date():
            return next((text for text in dates_in(stem) if right_dates(question, text)), None)
        case Number():
            figures = filter(_is_long_figure, _FIGURE.findall(stem))
            return next((text for text in figures if is_right_figure(question, text)), None)
        case Point():  # its prompt names what is to be found
            return answer_in(stem, question.as_choice(), names)
        case SingleChoice() | Multiple() if any(says(stem, distractor.text) for distractor in question.distractors):
            return None
        case Ordering():
            return _in_order(stem, question)
        case _:
            forms = answers_of(question, names)
            return next((form for form in forms if _is_telling(form) and says(stem, form)), None)


def answers_of(question: Question, names: Sequence[Name]) -> list[str]:
    """Return every text that is a right answer."""
    match question:
        case SingleChoice():
            return [question.answer]
        case Multiple():
            return question.answers
        case Flashcard() if len(fold(question.answer).split()) <= WORDS_OF_A_SHORT_ANSWER:
            return [question.answer]
        case _:
            return [form for answer in question.text_answers.values() for form in known_forms(answer, names)]


def dates_in(text: str) -> Iterator[str]:
    """Yield the parts of the text that can be read as dates, the longest first at each position."""
    words = text.split()
    for start in range(len(words)):
        for end in range(min(len(words), start + _longest_date(words, start)), start, -1):
            part = " ".join(words[start:end]).rstrip(_ENDINGS)
            if parse_date(part):
                yield part


def is_dated(text: str) -> bool:
    """Return whether the text contains a date: a year, or a day of a month."""
    dates = (parse_date(part) for part in dates_in(text))
    return any(date and (date.year or (date.month and date.day)) for date in dates)


def _longest_date(words: list[str], start: int) -> int:
    """Return the most words that a date starting here may have: “27 April”, “April 27”, “May”, but not “may”."""
    first, following = words[start][0], "".join(words[start + 1 : start + 2])[:1]
    if first.isdigit() or (first.isupper() and following.isdigit()):
        return _LONGEST_DATE
    return int(first.isupper())


def right_dates(question: Date, text: str) -> set[str]:
    """Return those of the right dates that the text states."""
    response = DateResponse(kind="date", text=text)
    single = [
        question.model_copy(update={"answer": date, "accept": []}) for date in [question.answer, *question.accept]
    ]
    return {alone.answer for alone in single if alone.grade(response).correct}


def is_right_figure(question: Number, text: str) -> bool:
    return question.grade(NumberResponse(kind="number", text=text)).correct


def _is_long_figure(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= DIGITS


def _is_telling(form: str) -> bool:
    return sum(map(str.isalpha, fold(form))) >= LETTERS or _is_long_figure(form)


def _in_order(stem: str, question: Ordering) -> str | None:
    """Return all things to order, if the stem contains them in a right order."""
    text = words_in(stem)
    found = [(text.find(words_in(option)), rank) for option, rank in zip(question.options, question.ranks, strict=True)]
    if any(at < 0 for at, _ in found) or any(a[1] > b[1] for a, b in pairwise(sorted(found))):
        return None
    return " → ".join(question.options)
