"""Grading one response to one question: how much of it is right, and what to say about it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from quizapp.core.answers import Comparison, Match, compare
from quizapp.core.grades import Grade, Method, Part, Tally, Verdict, all_or_nothing, in_parts
from quizapp.core.grading_dates import DateNote, grade_date
from quizapp.core.questions import (
    Accepting,
    Choice,
    Cloze,
    Date,
    Flashcard,
    Gap,
    Matching,
    Multiple,
    Number,
    Ordering,
    Question,
    TrueFalse,
    Typed,
)
from quizapp.core.responses import (
    ChoiceResponse,
    ClozeResponse,
    DateResponse,
    FlashcardResponse,
    MatchingResponse,
    MultipleResponse,
    NoSuchChoice,
    NumberResponse,
    OrderingResponse,
    Response,
    TrueFalseResponse,
    TypedResponse,
    WrongKind,
)
from quizapp.core.typed_numbers import parse_number

__all__ = ["UNREADABLE_NUMBER", "DateNote", "Grade", "Method", "Part", "Tally", "Verdict", "grade"]

UNREADABLE_NUMBER = "unreadable number"

_VERDICTS = {Match.EXACT: Verdict.RIGHT, Match.SLIP: Verdict.SLIP, Match.WRONG: Verdict.WRONG}


def grade(question: Question, response: Response) -> Grade:
    """The grade of a response. Raises WrongKind and NoSuchChoice, but never because of what was typed."""
    match question, response:
        case Choice(), ChoiceResponse():
            return _grade_choice(question, response.picked)
        case TrueFalse(), TrueFalseResponse():
            return _grade_true_false(question, response.picked)
        case Cloze(), ClozeResponse():
            return _grade_cloze(question, response.gaps)
        case Typed(), TypedResponse():
            return _grade_typed(question, response.text)
        case Date(), DateResponse():
            return grade_date(question, response.text)
        case Multiple(), MultipleResponse():
            return _grade_multiple(question, response.picked)
        case Ordering(), OrderingResponse():
            return _grade_ordering(question, response.places)
        case Matching(), MatchingResponse():
            return _grade_matching(question, response.targets)
        case Number(), NumberResponse():
            return _grade_number(question, response.text)
        case Flashcard(), FlashcardResponse():
            return all_or_nothing(Verdict.WRONG if response.rating == "again" else Verdict.RIGHT, question.answer)
    raise WrongKind(f"a {question.kind} question cannot be answered by a {response.kind} response")


def _grade_choice(question: Choice, picked: int | None) -> Grade:
    if picked is None:
        return all_or_nothing(Verdict.UNANSWERED, question.answer)
    if picked >= len(question.options):
        raise NoSuchChoice(f"there is no choice {picked} among {len(question.options)}")
    if picked == 0:
        return all_or_nothing(Verdict.RIGHT, question.answer)
    return Grade(0.0, Verdict.WRONG, question.answer, distractor=question.distractors[picked - 1])


def _grade_multiple(question: Multiple, picked: list[int]) -> Grade:
    """Credit: max(0, (hits - false alarms) / keys). The parts are the options, in their order."""
    options, keys = question.options, len(question.answers)
    if any(index >= len(options) for index in picked):
        raise NoSuchChoice(f"there are only {len(options)} choices")
    chosen = set(picked)
    hits = sum(index < keys for index in chosen)
    tally = Tally(Method.HITS, hits, keys, false_alarms=len(chosen) - hits)
    parts = tuple(
        Part(
            text,
            given="picked" if index in chosen else "",
            expected="picked" if index < keys else "",
            verdict=Verdict.RIGHT if (index in chosen) == (index < keys) else Verdict.WRONG,
            distractor=question.distractors[index - keys] if index in chosen and index >= keys else None,
        )
        for index, text in enumerate(options)
    )
    return in_parts(tally, "; ".join(question.answers), parts, answered=bool(chosen))


def _grade_ordering(question: Ordering, places: list[int | None]) -> Grade:
    """Credit: concordant pairs / all pairs, C(n, 2); what shares a place may stand either way."""
    ranks, options = question.ranks, question.options
    if len(places) > len(options) or any(place is not None and place > len(options) for place in places):
        raise NoSuchChoice(f"there are only {len(options)} things to order")
    places = places + [None] * (len(options) - len(places))

    def concordant(one: int, other: int) -> bool:
        first, second = places[one], places[other]
        if first is None or second is None:
            return False
        return ranks[one] == ranks[other] or first < second

    pairs = list(combinations(range(len(options)), 2))
    right = [pair for pair in pairs if concordant(*pair)]
    parts = tuple(
        Part(
            text,
            given=str(places[index] or ""),
            expected=str(ranks[index] + 1),
            verdict=Verdict.RIGHT if all(pair in right for pair in pairs if index in pair) else Verdict.WRONG,
        )
        for index, text in enumerate(options)
    )
    key = " → ".join(" / ".join(place) for place in question.places)
    return in_parts(Tally(Method.CONCORDANT_PAIRS, len(right), len(pairs)), key, parts, answered=any(places))


def _grade_matching(question: Matching, targets: list[int | None]) -> Grade:
    """Credit: right pairs / stems. The parts are the stems, in their order."""
    options = question.options
    if len(targets) > len(question.pairs) or any(index is not None and index >= len(options) for index in targets):
        raise NoSuchChoice(f"there are only {len(options)} targets for {len(question.pairs)} stems")
    targets = targets + [None] * (len(question.pairs) - len(targets))
    parts = tuple(
        Part(
            pair.left,
            given="" if target is None else options[target],
            expected=pair.right,
            verdict=Verdict.RIGHT if target == key else Verdict.WRONG,
        )
        for pair, key, target in zip(question.pairs, question.keys, targets, strict=True)
    )
    answered = any(target is not None for target in targets)
    key = "; ".join(f"{pair.left} – {pair.right}" for pair in question.pairs)
    return in_parts(Tally(Method.RIGHT_PAIRS, _right(parts), len(parts)), key, parts, answered=answered)


def _right(parts: Sequence[Part]) -> int:
    return sum(part.correct for part in parts)


def _grade_number(question: Number, text: str) -> Grade:
    key = question.key_shown
    if not text.strip():
        return all_or_nothing(Verdict.UNANSWERED, key)
    typed = parse_number(text)
    if typed is None:
        return all_or_nothing(Verdict.WRONG, key, UNREADABLE_NUMBER)
    near = abs(typed - Decimal(question.answer)) <= Decimal(question.tolerance)
    return all_or_nothing(Verdict.RIGHT if near else Verdict.WRONG, key)


def _grade_true_false(question: TrueFalse, picked: bool | None) -> Grade:
    key = "True" if question.answer else "False"
    if picked is None:
        return all_or_nothing(Verdict.UNANSWERED, key)
    return all_or_nothing(Verdict.RIGHT if picked is question.answer else Verdict.WRONG, key)


def _grade_typed(question: Typed, text: str) -> Grade:
    verdict, note = _compared(text, question)
    return all_or_nothing(verdict, question.answer, note)


def _grade_cloze(question: Cloze, gaps: dict[str, str]) -> Grade:
    """Credit: right gaps / gaps. The parts are the gaps, in the order of the text."""
    parts = tuple(_grade_gap(name, gaps.get(name, ""), question.gaps[name]) for name in question.gap_names)
    tally = Tally(Method.GAPS, _right(parts), len(parts))
    key = "; ".join(part.expected for part in parts)
    return Grade(tally.fraction, _overall(parts), key, parts, tally=tally)


def _grade_gap(name: str, given: str, gap: Gap) -> Part:
    if not gap.distractors:
        verdict, note = _compared(given, gap)
        return Part(name, given, gap.answer, verdict, note)
    if not given:
        return Part(name, given, gap.answer, Verdict.UNANSWERED)
    if given == gap.answer:
        return Part(name, given, gap.answer, Verdict.RIGHT)
    picked = next((distractor for distractor in gap.distractors if distractor.text == given), None)
    if picked is None:
        raise NoSuchChoice(f"‘{given}’ is not among the choices for the gap ‘{name}’")
    return Part(name, given, gap.answer, Verdict.WRONG, distractor=picked)


def _overall(parts: tuple[Part, ...]) -> Verdict:
    verdicts = {part.verdict for part in parts}
    if len(verdicts) == 1:
        return verdicts.pop()
    return Verdict.SLIP if all(verdict.correct for verdict in verdicts) else Verdict.WRONG


def _compared(text: str, key: Accepting) -> tuple[Verdict, str | None]:
    if not text.strip():
        return Verdict.UNANSWERED, None
    found = compare(text, key)
    return _VERDICTS[found.verdict], _note(found)


def _note(found: Comparison) -> str | None:
    return found.matched if found.verdict is Match.SLIP else found.mistaken_for
