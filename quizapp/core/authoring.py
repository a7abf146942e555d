"""What an author need not write: the statement of a fact that was given as a question, keys, and dates in EDTF."""

import re
from collections.abc import Container

from anyascii import anyascii

from quizapp.core.dates import display_date, parse_edtf
from quizapp.core.questions import (
    GAP,
    Choice,
    Cloze,
    Date,
    Flashcard,
    Matching,
    Multiple,
    Number,
    Ordering,
    Question,
    TrueFalse,
    Typed,
)
from quizapp.core.typed_dates import TypedDate, parse_date

LONGEST_STATEMENT = 4000  # characters, as in the schema
LONGEST_SLUG = 60  # of the 80 that a key may have: the rest is for what tells it from others


def statement_of(question: Question) -> str:
    """The fact that a question asks for, in one or two sentences of Markdown: what is asked, and its answer."""
    match question:
        case TrueFalse(answer=True):
            said = question.prompt
        case TrueFalse():
            said = f"Not true: {question.prompt}"
        case Cloze():
            said = GAP.sub(lambda gap: question.gaps[gap[1]].answer, question.text)
        case _:
            asked = question.prompt
            said = f"{asked}{'' if asked.endswith(('?', ':', '.', '…')) else ':'} {_answer(question)}"
    return said if len(said) <= LONGEST_STATEMENT else said[: LONGEST_STATEMENT - 2].rstrip() + " …"


def _answer(question: Question) -> str:
    """The key in words."""
    match question:
        case Multiple():
            return "; ".join(question.answers)
        case Ordering():
            return " → ".join(" / ".join(place) for place in question.places)
        case Matching():
            return "; ".join(f"{pair.left} – {pair.right}" for pair in question.pairs)
        case Date():
            return display_date(question.answer)
        case Number():
            return question.key_shown
        case Flashcard() | Choice() | Typed():
            return question.answer
    raise TypeError(f"no answer in words for {question.kind}")


def key_for(text: str, taken: Container[str], *, without: str = "fact") -> str:
    """A key made of a text in any script that is not `taken` yet; from `without` where there is no letter or digit."""
    slug = re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower().replace("'", "")).strip("-") or without
    if len(slug) > LONGEST_SLUG:
        slug = slug[:LONGEST_SLUG].rsplit("-", 1)[0].strip("-")
    key, number = slug, 1
    while key in taken:
        number += 1
        key = f"{slug}-{number}"
    return key


def as_edtf(found: TypedDate) -> str | None:
    """A date that was typed, in EDTF; None where a part of it is missing that EDTF needs."""
    if found.year is None or (found.day is not None and found.month is None):
        return None
    text = f"{found.year:04}"
    if found.month is not None:
        text += f"-{found.month:02}"
    if found.day is not None:
        text += f"-{found.day:02}"
    if found.hour is None:
        return text
    return f"{text}T{found.hour:02}:{found.minute or 0:02}" if found.day is not None else None


def read_edtf(typed: str) -> str:
    """The EDTF date for what an author typed: EDTF itself, or a date in words such as "27 April 1920".

    Raises ValueError, worded for the author.
    """
    try:
        parse_edtf(typed)
    except ValueError:
        found = parse_date(typed)
        edtf = as_edtf(found) if found and (found.year or 0) >= 100 else None
        if edtf is None:
            raise
        return edtf
    return typed
