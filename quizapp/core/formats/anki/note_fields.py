"""A question as the fields of our own note type, and changes made to them in Anki."""

import html
from collections.abc import Iterable, Mapping
from typing import Any

from quizapp.core.formats.anki.note_types import ANSWER, CHOICES, EXPLANATION, PROMPT, SHOWN, WHY_NOT
from quizapp.core.formats.anki.notes import NoteContext
from quizapp.core.formats.embedded_data import digest_of
from quizapp.core.formats.markup import html_line_of, html_of, html_with_gaps
from quizapp.core.kinds import Question
from quizapp.core.kinds.choice import Choice
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.date import Date
from quizapp.core.kinds.essay import Essay
from quizapp.core.kinds.fields import Distractor
from quizapp.core.kinds.flashcard import Flashcard
from quizapp.core.kinds.matching import Matching
from quizapp.core.kinds.multiple import Multiple
from quizapp.core.kinds.number import Number
from quizapp.core.kinds.ordering import Ordering
from quizapp.core.kinds.point import Point
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.kinds.typed import Typed
from quizapp.core.text.edtf import display_date
from quizapp.core.translation import gettext

_CHANGES_LOST = gettext("Changes made in Anki to choices and their answers are left out.")


def fields_of_note(question: Question) -> dict[str, str]:
    """Return the SHOWN fields of a note, as HTML."""
    choices, answer = _choices_and_answer(question)
    return {
        PROMPT: html_of(question.prompt),
        CHOICES: choices,
        ANSWER: answer,
        EXPLANATION: html_of(question.explanation),
        WHY_NOT: _why_not(question),
    }


def digests(fields: Mapping[str, str]) -> dict[str, str]:
    """Return a digest of each field, for `changed_in_anki`."""
    return {name: digest_of(text) for name, text in fields.items()}


def changed_in_anki(question: Question, values: Mapping[str, str], shown: Any, context: NoteContext) -> dict[str, Any]:
    """Return the question with the texts that were changed in Anki since the export."""
    fields = question.model_dump()
    known = shown if isinstance(shown, dict) else {}
    for name in SHOWN:
        if name not in values or known.get(name) == digest_of(values[name]):
            continue
        if name in (PROMPT, EXPLANATION):
            fields[name.lower()] = context.blocks(values[name]).text
        elif name == ANSWER and isinstance(question, Flashcard):
            fields["answer"] = context.blocks(values[name]).text
        elif name == ANSWER and isinstance(question, Typed):
            fields["answer"] = context.line(values[name])
        else:
            context.warn(_CHANGES_LOST)
    return fields


def _choices_and_answer(question: Question) -> tuple[str, str]:
    """Return the options, in an order that gives nothing away, and the answer."""
    match question:
        case Flashcard():
            return "", html_of(question.answer)
        case Choice():
            return _list(_sorted(question.options)), _text(question.answer)
        case Multiple():
            return _list(_sorted(question.options)), _list(question.answers)
        case Point():
            return "", f"{_text(question.answer)}: {_text(question.where)}"
        case TrueFalse():
            return _list(map(str, (True, False))), str(question.answer)
        case Ordering():
            return _list(_sorted(question.options)), _list([" / ".join(place) for place in question.places], "ol")
        case Matching():
            pairs = [f"{pair.left} – {pair.right}" for pair in question.pairs]
            return _list(pair.left for pair in question.pairs) + _list(_sorted(question.options)), _list(pairs)
        case Cloze():
            return _cloze(question)
        case Typed():
            return "", _text(question.answer)
        case Date():
            return "", _text(display_date(question.answer))
        case Number():
            leeway = f" (± {question.shown_tolerance})" if question.shown_tolerance else ""
            return "", _text(question.right_answer + leeway)
        case Essay():
            return "", html_of(question.answer) + (_list(question.points) if question.points else "")


def _cloze(question: Cloze) -> tuple[str, str]:
    def asked(name: str) -> str:
        options = question.gaps[name].options
        offered = f": {' / '.join(_sorted(options))}" if options else ""
        return f"<b>[{_text(name + offered)}]</b>"

    def answered(name: str) -> str:
        return f"<b>{_text(question.gaps[name].answer)}</b>"

    return html_with_gaps(question.text, asked), html_with_gaps(question.text, answered)


def _why_not(question: Question) -> str:
    distractors: list[Distractor] = []
    if isinstance(question, Choice | Multiple | Point):
        distractors = list(question.distractors)
    elif isinstance(question, Cloze):
        distractors = [wrong for gap in question.gaps.values() for wrong in gap.distractors]
    reasons = [f"<b>{_text(wrong.text)}</b>: {html_line_of(wrong.why_not)}" for wrong in distractors if wrong.why_not]
    return f"<ul>{''.join(f'<li>{reason}</li>' for reason in reasons)}</ul>" if reasons else ""


def _sorted(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: (text.casefold(), text))


def _list(texts: Iterable[str], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{_text(text)}</li>' for text in texts)}</{tag}>"


def _text(plain: str) -> str:
    return html.escape(plain, quote=False)
