"""Quick entry: each line of text becomes a question of the kind that suits its answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from quizapp.core.authoring import as_edtf
from quizapp.core.formats import aiken
from quizapp.core.formats.format import Unreadable, refuse_hidden
from quizapp.core.kinds import Question, parse_question
from quizapp.core.sets.cards import is_short
from quizapp.core.sets.error_messages import in_words, sentence
from quizapp.core.text.edtf import Precision
from quizapp.core.text.number_words import is_unit
from quizapp.core.text.numbers import parse_number
from quizapp.core.text.typed_dates import TypedDate, parse_date
from quizapp.core.translation import gettext

# Kinds that an author can choose for all lines; `auto` chooses by each answer.
AUTO = "auto"
KINDS = ("typed", "flashcard", "choice", "date", "number", "true_false")

MOST = 500  # questions at once

CARDS = "cards"  # flashcards, and choices where a line has wrong ones

_CUT = re.compile(r"[^\S\t]*+\t\s*+|\s++\|\s++|\s{2,}+")
# What separates the two sides of a line that has none of these, in order: "Who won? Nobody", "dog - Hund", "dog: Hund"
_LOOSE_CUTS = (
    re.compile(r"(?<=\?)\s++(?:[-–—=:]\s++)?"),
    re.compile(r"(?<!\s)\s++[-–—=]\s++"),
    re.compile(r":\s++"),
)
_AIKEN = re.compile(r"^[^\S\n]*+ANSWER[^\S\n]*+:[^\S\n]*+[A-Za-z][^\S\n]*+$", re.I | re.M)
_FIGURE = re.compile(r"\A(?P<figure>[-−]?[\d.,\u00a0\u202f ]*\d)(?:\s+(?P<unit>[^\d\s][^\d]{0,40}))?")
_YEARS = range(1000, 2101)  # a number in this range is a year


@dataclass(frozen=True, slots=True)
class QuickQuestion:
    """The question made from a line or an Aiken block, or the problem that prevents it.

    `text` is the beginning of the line or block.
    """

    line: int  # from 1
    text: str
    question: Question | None = None
    problem: str | None = None


def read(text: str, *, kind: str = AUTO, loosely: bool = False) -> list[QuickQuestion]:
    """Return the questions in a text, in order; empty lines are skipped.

    A line has a question, its answer and optional wrong choices, separated by tabs, two or more spaces, or a bar with
    spaces around it. Where a line is read `loosely` and has none of these, its answer follows a question mark, a dash
    or a colon. A text with lines like "ANSWER: B" is read as Aiken.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    drafts = list(islice(_aiken(text) if _AIKEN.search(text) else _lines(lines, kind, loosely), MOST + 1))
    if len(drafts) > MOST:
        problem = gettext("You can add at most %(most)s questions at once. Add the rest later.", most=MOST)
        return [QuickQuestion(drafts[MOST].line, drafts[MOST].text, problem=problem)]
    return drafts


def _lines(lines: list[str], kind: str, loosely: bool) -> Iterator[QuickQuestion]:
    no_answer = (
        gettext("There is no answer. Write it after a tab, a dash or a colon.")
        if loosely
        else gettext("There is no answer. Write one after a tab, two spaces or |.")
    )
    for number, line in enumerate(lines, start=1):
        if line.strip():
            parts = _cut(line.strip(), loosely)
            is_whole = len(parts) > 1
            yield _draft(number, parts, kind) if is_whole else QuickQuestion(number, parts[0], problem=no_answer)


def _cut(line: str, loosely: bool) -> list[str]:
    parts = [part for part in _CUT.split(line) if part]
    for loose in _LOOSE_CUTS if loosely else ():
        if len(parts) < 2:
            parts = [part for part in loose.split(line, maxsplit=1) if part]
    return parts


def _draft(number: int, parts: list[str], kind: str) -> QuickQuestion:
    prompt, answer, *wrong = parts
    if kind not in (AUTO, CARDS, "choice") and wrong:
        problem = gettext("There are wrong choices. Remove them, or make it a choice question.")
        return QuickQuestion(number, prompt, problem=problem)
    try:
        fields = _fields(answer, wrong, kind)
        refuse_hidden(parts)
        question = parse_question({"key": "new", "prompt": prompt, **fields})
    except ValidationError as error:
        faults = error.errors(include_url=False)
        return QuickQuestion(number, prompt, problem=" ".join(in_words(fault, Question) for fault in faults[:3]))
    except ValueError as error:
        return QuickQuestion(number, prompt, problem=sentence(str(error)))
    return QuickQuestion(number, prompt, question)


def _fields(answer: str, wrong: list[str], kind: str) -> dict[str, Any]:
    """Return the fields of a question of this kind. Raises ValueError if the answer does not suit it."""
    match kind:
        case "choice":
            if not wrong:
                raise ValueError(gettext("There is no wrong choice. Put one after the answer."))
            return {"kind": "choice", "answer": answer, "distractors": [{"text": text} for text in wrong]}
        case "date":
            if not (found := _date(answer)):
                raise ValueError(gettext("“%(answer)s” is not a date. Write one such as 28 May 1918.", answer=answer))
            return found
        case "number":
            if not (found := _number(answer)):
                raise ValueError(gettext("“%(answer)s” is not a number. Write one such as 1250 or 3.5.", answer=answer))
            return found
        case "true_false":
            if (said := _truth(answer)) is None:
                raise ValueError(gettext("The answer must be true or false."))
            return {"kind": "true_false", "answer": said}
        case "typed" | "flashcard":
            return {"kind": kind, "answer": answer}
        case "cards":
            return _fields(answer, wrong, "choice" if wrong else "flashcard")
    return _suggested(answer, wrong)


def _suggested(answer: str, wrong: list[str]) -> dict[str, Any]:
    if wrong:
        return _fields(answer, wrong, "choice")
    if _truth(answer) is not None:
        return _fields(answer, wrong, "true_false")
    short = is_short(answer)
    found = (_date(answer) or (None if _is_day(answer) else _number(answer))) if short else None
    return found or {"kind": "typed" if short else "flashcard", "answer": answer}


def _truth(answer: str) -> bool | None:
    return {"true": True, "false": False}.get(answer.casefold().rstrip("."))


def _date(answer: str) -> dict[str, Any] | None:
    """Return the fields of a date question, if the answer is a date with a year."""
    bare = re.fullmatch(r"\d+", answer)
    if bare and int(answer) not in _YEARS:
        return None
    found = parse_date(answer)
    if found is None or found.year is None or found.year < 100 or found.season:
        return None
    edtf = as_edtf(found)
    return {"kind": "date", "answer": edtf, "precision": _precision(found).name.lower()} if edtf else None


def _is_day(answer: str) -> bool:
    """Return whether the answer is a day without a year: "27 April" is not 27 of a unit "April"."""
    found = parse_date(answer) if re.search(r"[^\W\d_]", answer) else None
    return found is not None and found.month is not None


def _precision(found: TypedDate) -> Precision:
    if found.hour is not None:
        return Precision.TIME
    if found.day is not None:
        return Precision.DAY
    return Precision.MONTH if found.month else Precision.YEAR


def _number(answer: str) -> dict[str, Any] | None:
    """Return the fields of a number question, with the unit after the number."""
    match = _FIGURE.fullmatch(answer)
    value = parse_number(answer) if match else None
    if match is None or value is None:
        return None
    figure, unit = parse_number(match["figure"]), match["unit"]
    if unit and figure != value:
        # "5 million" is already in the number; "m" and "min" are rather units than millions and thousands.
        value, unit = (figure, unit) if is_unit(unit) else (value, None)
    return {"kind": "number", "answer": f"{value:f}", "unit": unit.strip() if unit else None}


def _aiken(text: str) -> Iterator[QuickQuestion]:
    try:
        found = aiken.read(text.encode(), topic="new")
    except Unreadable as error:
        yield QuickQuestion(1, text.strip().split("\n")[0], problem=sentence(str(error)))
        return
    drafts = [
        QuickQuestion(_line(entry.place), question.prompt, question)
        for entry in found.facts
        for question in entry.fact.questions
    ]
    drafts += [QuickQuestion(_line(left.place), left.what, problem=sentence(left.why)) for left in found.skipped]
    yield from sorted(drafts, key=lambda draft: draft.line)


def _line(place: str) -> int:
    digits = re.search(r"\d+", place)
    return int(digits[0]) if digits else 1
