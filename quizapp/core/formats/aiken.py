"""Aiken: a stem on one line, options `A. …` or `A) …`, and `ANSWER: B`. It has one right answer among several."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from string import ascii_uppercase

from quizapp.core.formats.format import (
    AREAS_LEFT_OUT,
    EXPLANATIONS_LEFT_OUT,
    MISCONCEPTIONS_LEFT_OUT,
    NO_QUESTIONS,
    PICTURES_LEFT_OUT,
    ExportedFile,
    FormatWarning,
    ImportedSet,
    Unreadable,
    decode_text,
    fields_left_out,
    line_place,
)
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.markup import as_text
from quizapp.core.kinds import Question
from quizapp.core.kinds.choice import Choice, SingleChoice
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.fields import Distractor
from quizapp.core.kinds.gaps import GAP
from quizapp.core.kinds.point import Point
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.sets import schema
from quizapp.core.translation import gettext

_OPTION = re.compile(r"([A-Za-z])[.)]\s+(.+)")
_ANSWER = re.compile(r"ANSWER\s*:\s*([A-Za-z])\s*", re.I)
BLANK = "_____"

_NO_ANSWER = gettext("The line “ANSWER:” with the letter of the right option is missing. Add it after the options.")
_NO_OPTIONS = gettext("There are no options. Write each on a line of its own: “A. …”, “B. …”.")
_OTHER_KINDS = gettext("Aiken only has questions with one right answer among several. Other questions are left out.")
_REASONS_LEFT_OUT = gettext("Explanations for wrong options are left out.")


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Read each question as a choice."""
    builder = ImportBuilder(topic)
    stem: list[str] = []
    options: list[str] = []
    first = 1
    for number, raw in enumerate(decode_text(data).split("\n"), start=1):
        line = raw.strip()
        if not line:
            continue
        if not stem:
            first = number
        if answer := _ANSWER.fullmatch(line):
            _take(builder, stem, options, answer[1], line_place(first))
            stem, options = [], []
        elif stem and (option := _option(line, len(options))):
            options.append(option)
        elif options:
            builder.skip(line_place(first), stem[0], _NO_ANSWER)
            stem, options, first = [line], [], number
        else:
            stem.append(line)
    if options:
        builder.skip(line_place(first), stem[0], _NO_ANSWER)
    elif stem:
        builder.skip(line_place(first), stem[0], _NO_OPTIONS)
    found = builder.build()
    if not found.facts and not found.skipped:
        raise Unreadable("", NO_QUESTIONS)
    return found


def _option(line: str, number: int) -> str | None:
    """Return the text of an option if it has the next letter."""
    option = _OPTION.fullmatch(line)
    if option is None or number >= len(ascii_uppercase) or option[1].upper() != ascii_uppercase[number]:
        return None
    return option[2].strip()


def _take(builder: ImportBuilder, stem: list[str], options: list[str], letter: str, place: str) -> None:
    right = ascii_uppercase.index(letter.upper())
    text = " ".join(stem)
    if right >= len(options):
        builder.skip(place, text, _no_option_message(letter.upper()))
        return
    question = {
        "kind": "choice",
        "prompt": as_text(text),
        "answer": options[right],
        "distractors": [{"text": option} for i, option in enumerate(options) if i != right],
    }
    builder.add(question, place=place)


def _no_option_message(letter: str) -> str:
    return gettext("The answer is %(letter)s, but there is no option %(letter)s. Correct one of them.", letter=letter)


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write the questions with one right answer among several, at a position that depends on the question's key."""
    blocks: list[str] = []
    keys: list[str] = []
    warnings: list[FormatWarning] = []
    for fact in question_set.facts:
        for question in fact.questions:
            asked = _asked(question)
            if asked is None:
                warnings.append(FormatWarning(question.key, _OTHER_KINDS, whole_question=True))
                continue
            blocks.append(_block(question.key, *asked))
            keys.append(question.key)
            warnings += [FormatWarning(question.key, what) for what in _left_out_of(fact, question)]
    return ExportedFile("\n".join(blocks).encode(), tuple(warnings), tuple(keys))


def _asked(question: Question) -> tuple[str, str, list[str]] | None:
    """Return the stem, the right answer and the wrong ones."""
    match question:
        case Choice():
            return question.prompt, question.answer, [wrong.text for wrong in question.distractors]
        case Point():
            return _asked(question.as_choice())
        case TrueFalse():
            return question.prompt, str(question.answer), [str(not question.answer)]
        case Cloze() if question.is_chosen and len(question.gaps) == 1:
            (gap,) = question.gaps.values()
            stem = f"{question.prompt} {GAP.sub(BLANK, question.text)}"
            return stem, gap.answer, [wrong.text for wrong in gap.distractors]
    return None


def _block(key: str, stem: str, answer: str, wrong: list[str]) -> str:
    options = list(wrong)
    options.insert(sha256(key.encode()).digest()[0] % (len(wrong) + 1), answer)
    line = " ".join(stem.split())
    if _OPTION.fullmatch(line) or _ANSWER.fullmatch(line):
        line = f"Question: {line}"  # otherwise “A. J. P. Taylor” would be read as an option
    letters = [f"{letter}. {option}" for letter, option in zip(ascii_uppercase, options, strict=False)]
    return "\n".join([line, *letters, f"ANSWER: {ascii_uppercase[options.index(answer)]}", ""])


def _left_out_of(fact: schema.Fact, question: Question) -> Iterator[str]:
    yield from fields_left_out(fact, ())
    yield from beside(question)


def beside(question: Question) -> Iterator[str]:
    """Yield a warning for each part of a question other than its stem and options."""
    if question.explanation:
        yield EXPLANATIONS_LEFT_OUT
    if question.picture:
        yield PICTURES_LEFT_OUT
    if isinstance(question, Point):
        yield AREAS_LEFT_OUT
    wrong: Sequence[Distractor] = []
    if isinstance(question, SingleChoice):
        wrong = question.distractors
    elif isinstance(question, Cloze):
        wrong = [distractor for gap in question.gaps.values() for distractor in gap.distractors]
    if any(distractor.why_not for distractor in wrong):
        yield _REASONS_LEFT_OUT
    if any(distractor.misconception for distractor in wrong):
        yield MISCONCEPTIONS_LEFT_OUT
