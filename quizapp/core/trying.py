"""How an answer would be judged, and why: for an author who tries out what counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizapp.core.answers import Match, compare, fold
from quizapp.core.grading import grade
from quizapp.core.questions import Accepting, Cloze, Date, Number, Question, Typed
from quizapp.core.responses import DateResponse
from quizapp.core.typed_numbers import parse_number

TRIED = ("typed", "date", "number", "cloze")  # the kinds whose answer is typed


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether it would count as right, and why. `about` names the gap, where there are several."""

    right: bool
    why: str
    about: str = ""


def try_answer(question: Question, text: str) -> Sequence[Judgement]:
    """What would be said of a typed answer, gap by gap; nothing for a blank one or where nothing is typed."""
    if not text.strip():
        return []
    match question:
        case Typed():
            return [_compared(text, question)]
        case Cloze():
            typed = [(name, gap) for name, gap in question.gaps.items() if not gap.distractors]
            return [_compared(text, gap, name if len(typed) > 1 else "") for name, gap in typed]
        case Date():
            return [_dated(question, text)]
        case Number():
            return [_counted(question, text)]
        case _:
            return []


def _compared(text: str, key: Accepting, about: str = "") -> Judgement:
    found = compare(text, key)
    if found.verdict is Match.WRONG:
        refused = f"it is taken for “{found.mistaken_for}”, which is refused" if found.mistaken_for else None
        return Judgement(False, refused or "it is not near enough to any accepted answer", about)
    assert found.matched is not None
    if found.verdict is Match.SLIP:
        return Judgement(True, f"it is taken for a slip of “{found.matched}”", about)
    of = "the answer" if found.matched == key.answer else "accepted"
    if text.strip() == found.matched:
        return Judgement(True, f"it is {of}", about)
    how = "case, accents and punctuation aside" if fold(text) == fold(found.matched) else "another way to write it"
    return Judgement(True, f"it is {of}, “{found.matched}”, {how}", about)


def _dated(question: Date, text: str) -> Judgement:
    found = grade(question, DateResponse(kind="date", text=text[:1000]))
    parts = ", ".join(
        f"{part.label} {part.given or 'missing'}{'' if part.correct else f' instead of {part.expected}'}"
        for part in found.parts
    )
    if not parts:
        return Judgement(False, "it cannot be read as a date")
    close = "close, which does not count: " if found.verdict == "close" else ""
    return Judgement(found.correct, f"{close}read as {parts}")


def _counted(question: Number, text: str) -> Judgement:
    figure = parse_number(text)
    if figure is None:
        return Judgement(False, "it cannot be read as one figure")
    off = abs(figure - Decimal(question.answer))
    right = off <= Decimal(question.tolerance)
    allowed = f"{Decimal(question.tolerance):,} may be" if Decimal(question.tolerance) else "nothing may be"
    return Judgement(right, f"read as {figure:,}" + (f", {off:,} off; {allowed}" if off else ""))
