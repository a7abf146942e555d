"""Turn the text between GIFT's braces into the fields of a question, and a question into stem and answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quizapp.core.formats.aiken import BLANK
from quizapp.core.formats.format import AREAS_LEFT_OUT, MISCONCEPTIONS_LEFT_OUT, PARTLY_RIGHT_LEFT_OUT
from quizapp.core.formats.gift_marks import escaped, plain, split
from quizapp.core.formats.markup import as_text, line_of, markdown_of
from quizapp.core.kinds import Question
from quizapp.core.kinds.accepting import Accepting
from quizapp.core.kinds.choice import Choice
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.date import Date
from quizapp.core.kinds.essay import Essay
from quizapp.core.kinds.fields import Distractor
from quizapp.core.kinds.flashcard import Flashcard
from quizapp.core.kinds.gaps import GAP
from quizapp.core.kinds.matching import Matching
from quizapp.core.kinds.multiple import Multiple
from quizapp.core.kinds.number import Number
from quizapp.core.kinds.ordering import Ordering
from quizapp.core.kinds.point import Point
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.kinds.typed import Typed
from quizapp.core.text.edtf import display_date
from quizapp.core.translation import gettext

MOST_ANSWERS = 200
_FEEDBACK_LOST = gettext("Feedback on answers is left out.")
GAP_LABEL = gettext("missing word")  # the gap of a missing-word question has no name in GIFT

_BEFORE_FEEDBACK = re.compile(r"(?:\\.|[^\\#]|#(?!###))*+", re.S)
_WEIGHT = re.compile(r"\A\s*+%(-?\d{1,3}(?:\.\d{1,7})?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer with its mark (= or ~), its weight in per cent if any, and its feedback."""

    mark: str
    text: str
    weight: Decimal | None
    feedback: str

    @property
    def is_right(self) -> bool:
        return self.weight > 0 if self.weight is not None else self.mark == "="


def read_answers(
    before: str, after: str, inside: str, style: str, *, kind: str | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Return the fields of a question, and what is not carried over. Raises ValueError if it cannot be imported.

    `kind` comes from our own export, because an essay and a flashcard look the same in GIFT.
    """
    body, explanation = _general_feedback(inside)
    explanation = _remark(explanation, style)
    beside = {"explanation": explanation} if explanation else {}
    stem = before if not after else f"{before} {BLANK} {after}"
    if not body.strip():
        return _open_answer(stem, explanation, kind), []
    if (truth := _true_false(body)) is not None:
        question = {"kind": "true_false", "prompt": stem, "answer": truth}
        return question | beside, [_FEEDBACK_LOST] if _has_feedback(body) else []
    if body.lstrip().startswith("#"):
        question, warnings = _numeric(body.lstrip()[1:])
        return {"prompt": stem} | question | beside, warnings
    answers = _answers(body, style)
    if all("->" in answer.text for answer in answers) and all(answer.mark == "=" for answer in answers):
        return {"prompt": stem} | _matching(answers) | beside, []
    if not any(answer.mark == "~" for answer in answers):
        return {**_short(before, after, answers), **beside}, _lost_of_short(answers)
    return {**_choosing(before, after, stem, answers), **beside}, _lost_of_choosing(answers)


def _general_feedback(inside: str) -> tuple[str, str]:
    """Return the texts before and after an unescaped ####."""
    found = _BEFORE_FEEDBACK.match(inside)
    if found is None or not inside.startswith("####", found.end()):
        return inside, ""
    return inside[: found.end()], inside[found.end() + 4 :]


def _remark(text: str, style: str) -> str:
    text = plain(text).strip()
    return text if style == "markdown" else _of_style(text, style)


def _of_style(text: str, style: str) -> str:
    html = style == "html" or (style == "moodle" and "<" in text)
    return markdown_of(text).text if html else as_text(text)


def _open_answer(stem: str, model_answer: str, kind: str | None) -> dict[str, Any]:
    if not model_answer:
        raise ValueError(gettext("There is no answer. Write a model answer after ####."))
    return {"kind": "essay" if kind == "essay" else "flashcard", "prompt": stem, "answer": model_answer}


def _true_false(body: str) -> bool | None:
    return _TRUTH.get(split(body, "#")[0][1].strip().upper())


def _has_feedback(body: str) -> bool:
    return len(split(body, "#")) > 1


def _answers(body: str, style: str) -> list[_Answer]:
    pieces = split(body, "=~")
    if pieces[0][1].strip():
        raise ValueError(gettext("Write = before each right answer and ~ before each wrong one."))
    if len(pieces) > MOST_ANSWERS:
        raise ValueError(_too_many_message(len(pieces)))
    return [_answer(mark, piece, style) for mark, piece in pieces[1:]]


def _too_many_message(answers: int) -> str:
    return gettext("There are %(count)s answers. At most %(limit)s are allowed.", count=answers, limit=MOST_ANSWERS)


def _answer(mark: str, piece: str, style: str) -> _Answer:
    weight = _WEIGHT.match(piece)
    rest = piece[weight.end() :] if weight else piece
    (_, text), *feedback = split(rest, "#")
    shown = " ".join(plain(text).split())
    if style == "html" or (style == "moodle" and "<" in shown):
        shown = line_of(shown).text
    remarks = "\n\n".join(_remark(remark, style) for _, remark in feedback).strip()
    return _Answer(mark, shown, Decimal(weight[1]) if weight else None, remarks)


# Numbers


def _numeric(body: str) -> tuple[dict[str, Any], list[str]]:
    """Read `1920:2`, `1919..1921`, or several as `=1920:0 =%50%1920:2`; the first one with full marks is used."""
    pieces = split(body, "=~")
    texts = [piece for _, piece in pieces[1:]] or [pieces[0][1]]
    warnings = [PARTLY_RIGHT_LEFT_OUT] if len(texts) > 1 else []
    answer = next((text for text in texts if _full(text)), texts[0])
    warnings += [_FEEDBACK_LOST] if _has_feedback(answer) else []
    written = split(_WEIGHT.sub("", answer, count=1), "#")[0][1].strip()
    try:
        middle, leeway = _range(plain(written))
    except (ArithmeticError, ValueError):
        raise ValueError(_not_number_message(written[:40])) from None
    tolerance = {"tolerance": leeway} if leeway != "0" else {}
    return {"kind": "number", "answer": middle, **tolerance}, warnings


def _not_number_message(text: str) -> str:
    return gettext("“%(text)s” is not a number. Write a number, or a range like 1919..1921 or 1920:2.", text=text)


def _full(text: str) -> bool:
    weight = _WEIGHT.match(text)
    return weight is None or Decimal(weight[1]) == 100


def _range(text: str) -> tuple[str, str]:
    if ".." in text:
        low, high = (Decimal(part.strip()) for part in text.split("..", 1))
        return _figure((low + high) / 2), _figure(abs(high - low) / 2)
    middle, _, leeway = text.partition(":")
    return _figure(Decimal(middle.strip())), _figure(abs(Decimal(leeway.strip() or "0")))


def _figure(number: Decimal) -> str:
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise ValueError("too large")
    figure = f"{number:f}"
    return figure.rstrip("0").rstrip(".") if "." in figure else figure


# Matching, typing, choosing


def _matching(answers: list[_Answer]) -> dict[str, Any]:
    sides = [[side.strip() for side in answer.text.split("->", 1)] for answer in answers]
    pairs = [{"left": left, "right": right} for left, right in sides if left]
    extra = list(dict.fromkeys(right for left, right in sides if not left))
    if len(pairs) < 2:
        raise ValueError(gettext("A matching question needs at least two pairs."))
    return {"kind": "matching", "pairs": pairs} | ({"extra": extra} if extra else {})


def _short(before: str, after: str, answers: list[_Answer]) -> dict[str, Any]:
    """Return a typed question, or a gap if the answers are in the middle of a text; all answers are right."""
    right = [answer.text for answer in answers if answer.weight is None or answer.weight == 100]
    if not right:
        raise ValueError(gettext("No answer earns full marks. Write = before the right one."))
    accepting = {"answer": right[0]} | ({"accept": right[1:]} if right[1:] else {})
    if after:
        return _one_gap(before, after, accepting)
    return {"kind": "typed", "prompt": before} | accepting


def _lost_of_short(answers: list[_Answer]) -> list[str]:
    warnings = [PARTLY_RIGHT_LEFT_OUT] if any(a.weight not in (None, Decimal(100)) for a in answers) else []
    return warnings + ([_FEEDBACK_LOST] if any(answer.feedback for answer in answers) else [])


def _choosing(before: str, after: str, stem: str, answers: list[_Answer]) -> dict[str, Any]:
    right = [answer.text for answer in answers if answer.is_right]
    whole = [answer.text for answer in answers if answer.mark == "=" or answer.weight == 100]
    if len(whole) == 1:
        right = whole  # other weights give part of the marks and count as wrong
    wrong = [_distractor(answer) for answer in answers if answer.text not in right]
    if not right:
        raise ValueError(gettext("No answer is right. Write = before the right one."))
    if len(right) > 1:
        return {"kind": "multiple", "prompt": stem, "answers": right, "distractors": wrong}
    if after and len(wrong) > 1:
        return _one_gap(before, after, {"answer": right[0], "distractors": wrong})
    return {"kind": "choice", "prompt": stem, "answer": right[0], "distractors": wrong}


def _lost_of_choosing(answers: list[_Answer]) -> list[str]:
    whole = [answer for answer in answers if answer.mark == "=" or answer.weight == 100]
    part = any(answer.weight is not None and 0 < answer.weight < 100 for answer in answers)
    warnings = [gettext("Partly right answers count as wrong.")] if len(whole) == 1 and part else []
    has_feedback = any(answer.feedback for answer in answers if answer.is_right)
    return warnings + ([gettext("Feedback on right answers is left out.")] if has_feedback else [])


def _distractor(answer: _Answer) -> dict[str, Any]:
    return {"text": answer.text} | ({"why_not": answer.feedback} if answer.feedback else {})


def _one_gap(before: str, after: str, gap: dict[str, Any]) -> dict[str, Any]:
    joint = "" if after[:1] in ".,;:!?)" else " "
    text = f"{before} {{{{{GAP_LABEL}}}}}{joint}{after}"
    return {"kind": "cloze", "prompt": gettext("Fill in the gap."), "text": text, "gaps": {GAP_LABEL: gap}}


# Writing


_DATE_LOST = gettext("Dates become short answers.")
_GAP_NAME_LOST = gettext("Names of gaps are left out.")
_GAPS_LOST = gettext("Gaps become matching questions.")
_ORDER_LOST = gettext("Ordering questions become matching questions.")
_OTHER_GAPS_LOST = gettext("Only the first gap in a text is kept. The others are filled in.")
_POINTS_LOST = gettext("The key points of model answers are left out.")
_REFUSED_LOST = gettext("Rejected answers are left out.")
_UNIT_LOST = gettext("Units are left out.")

Stem = str | tuple[str, str]  # the text before the answers, or the texts before and after them


def write_answers(question: Question) -> tuple[Stem, str, list[str]]:
    """Return the stem, the answers, and a warning for each part of the question that GIFT has no place for."""
    match question:
        case Flashcard() | Essay():
            model = "\n\n".join(filter(None, [question.answer, question.explanation]))
            has_points = isinstance(question, Essay) and question.points
            return question.prompt, f"####{escaped(model)}", [_POINTS_LOST] if has_points else []
        case TrueFalse():
            return question.prompt, _block(["TRUE" if question.answer else "FALSE"], question), []
        case Choice():
            lines = [_right(question.answer), *_wrong(question.distractors)]
            return question.prompt, _block(lines, question), _misconceptions(question.distractors)
        case Multiple():
            weight = f"{100 / len(question.answers):.5f}".rstrip("0").rstrip(".")
            lines = [f"~%{weight}%{_text(answer)}" for answer in question.answers]
            lines += _wrong(question.distractors, f"%-{weight}%")
            return question.prompt, _block(lines, question), _misconceptions(question.distractors)
        case Point():
            stem, answers, warnings = write_answers(question.as_choice())
            return stem, answers, [*warnings, AREAS_LEFT_OUT]
        case Typed():
            return question.prompt, _block(_accepted(question), question), _unaccepted(question)
        case Date():
            forms = dict.fromkeys(display_date(date) for date in [question.answer, *question.accept])
            return question.prompt, _block([_right(form) for form in forms], question), [_DATE_LOST]
        case Number():
            warnings = [_UNIT_LOST] if question.unit else []
            return question.prompt, _block([f"#{question.answer}:{question.tolerance}"], question), warnings
        case Ordering():
            pairs = [(f"{number}.", text) for number, text in enumerate(question.options, start=1)]
            return question.prompt, _block(_pairs(pairs), question), [_ORDER_LOST]
        case Matching():
            pairs = [(pair.left, pair.right) for pair in question.pairs]
            return question.prompt, _block(_pairs(pairs, question.extra), question), []
        case Cloze() if len(question.gaps) == 1:
            return _missing_word(question)
        case Cloze():
            return _gaps_matched(question)


def _block(lines: list[str], question: Question) -> str:
    return "\n".join([*lines, f"####{escaped(question.explanation)}"] if question.explanation else lines)


def _text(text: str) -> str:
    """Return an answer with arrows replaced, which would make it a matching question."""
    return escaped(text.replace("->", "→"))


def _right(text: str) -> str:
    return f"=%100%{_text(text)}" if text.startswith("%") else f"={_text(text)}"


def _wrong(distractors: Sequence[Distractor], weight: str = "") -> Iterator[str]:
    for wrong in distractors:
        mark = weight or ("%0%" if wrong.text.startswith("%") else "")
        yield f"~{mark}{_text(wrong.text)}" + (f"#{escaped(wrong.why_not)}" if wrong.why_not else "")


def _misconceptions(distractors: Sequence[Distractor]) -> list[str]:
    return [MISCONCEPTIONS_LEFT_OUT] if any(wrong.misconception for wrong in distractors) else []


def _accepted(answer: Accepting) -> list[str]:
    return [_right(text) for text in dict.fromkeys([answer.answer, *answer.accept])]


def _unaccepted(answer: Accepting) -> list[str]:
    return [_REFUSED_LOST] if answer.reject else []


def _pairs(pairs: Sequence[tuple[str, str]], extra: Sequence[str] = ()) -> list[str]:
    sides = [*pairs, *(("", right) for right in extra)]
    return [f"{_right(left) if left else '='} -> {_text(right)}" for left, right in sides]


def _missing_word(question: Cloze) -> tuple[Stem, str, list[str]]:
    """Write the first gap as a missing word, with the other gaps filled in."""
    first, *others = question.gap_names
    gap = question.gaps[first]
    lines = [_right(gap.answer), *_wrong(gap.distractors)] if gap.distractors else _accepted(gap)
    warnings = [*_misconceptions(gap.distractors), *_unaccepted(gap), _GAP_NAME_LOST]
    if others:
        warnings.append(_OTHER_GAPS_LOST)
    before, _, after = GAP.split(question.text, maxsplit=1)
    filled = GAP.sub(lambda found: question.gaps[found[1]].answer, after)
    return (f"{question.prompt}\n\n{before}", filled), _block(lines, question), warnings


def _gaps_matched(question: Cloze) -> tuple[Stem, str, list[str]]:
    """Write several gaps as a matching question. Its stems and targets must differ in more than case."""
    answers = {gap.answer.casefold(): gap.answer for gap in reversed(question.gaps.values())}
    wrong = {
        wrong.text.casefold(): wrong.text
        for gap in reversed(question.gaps.values())
        for wrong in reversed(gap.distractors)
        if wrong.text.casefold() not in answers
    }
    names = {name.casefold() for name in question.gaps}
    if len(answers) + len(wrong) < 2 or len(names) < len(question.gaps):
        return _missing_word(question)
    stem = f"{question.prompt}\n\n{GAP.sub(lambda gap: f'[{gap[1]}]', question.text)}"
    pairs = [(name, answers[question.gaps[name].answer.casefold()]) for name in question.gap_names]
    return stem, _block(_pairs(pairs, list(wrong.values())[:4]), question), [_GAPS_LOST]
