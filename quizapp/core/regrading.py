"""An answer carried over to a later version of its question, so that it can be graded by the new key.

What was picked is found again by its text, never by its place: choices may have been moved, added or removed.
"""

from collections.abc import Sequence

from quizapp.core.questions import Choice, Cloze, Gap, Matching, Multiple, Ordering, Question
from quizapp.core.responses import (
    ChoiceResponse,
    ClozeResponse,
    MatchingResponse,
    MultipleResponse,
    OrderingResponse,
    Response,
)


class _Lost(Exception):
    """The new version has nothing that stands for what was answered."""


def carried_over(old: Question, response: Response, new: Question) -> Response | None:
    """The response to `old` as one to `new` that says the same; None where the new version cannot be answered so.

    That is so when the kind is another, when what was picked is gone, and when `new` asks for things that `old` did
    not show: nobody loses marks for what was not before them. An added choice of a question with one right choice is
    no hindrance.
    """
    if not old.kind == new.kind == response.kind:
        return None
    try:
        return _carried(old, response, new)
    except _Lost:
        return None


def _carried(old: Question, response: Response, new: Question) -> Response:
    match old, response, new:
        case Choice(), ChoiceResponse(picked=int(picked)), Choice():
            return ChoiceResponse(kind="choice", picked=_found(old.options[picked], new.options))
        case Multiple(), MultipleResponse(), Multiple():
            _all_shown(new.options, old.options)
            texts = [old.options[index] for index in response.picked]
            return MultipleResponse(kind="multiple", picked=sorted(_found(text, new.options) for text in texts))
        case Ordering(), OrderingResponse(), Ordering():
            _all_shown(new.options, old.options)
            _all_shown(old.options, new.options)
            places = _padded(response.places, len(old.options))
            return OrderingResponse(kind="ordering", places=[places[_found(text, old.options)] for text in new.options])
        case Matching(), MatchingResponse(), Matching():
            return _carried_matching(old, response, new)
        case Cloze(), ClozeResponse(), Cloze():
            _all_shown(new.gap_names, old.gap_names)
            given = {name: response.gaps[name] for name in new.gap_names if name in response.gaps}
            return ClozeResponse(
                kind="cloze", gaps={name: _in_gap(text, new.gaps[name]) for name, text in given.items()}
            )
        case _:  # what was typed, judged or rated says the same of any version
            return response


def _carried_matching(old: Matching, response: MatchingResponse, new: Matching) -> MatchingResponse:
    stems = [pair.left for pair in old.pairs]
    _all_shown([pair.left for pair in new.pairs], stems)
    _all_shown(new.options, old.options)
    given = _padded(response.targets, len(stems))
    targets = [given[_found(pair.left, stems)] for pair in new.pairs]
    return MatchingResponse(
        kind="matching",
        targets=[None if target is None else _found(old.options[target], new.options) for target in targets],
    )


def _in_gap(text: str, gap: Gap) -> str:
    """What was typed or chosen for a gap; one that is chosen for now needs it among its choices."""
    if not gap.distractors or not text.strip():
        return text if not gap.distractors else ""
    return gap.options[_found(text, gap.options)]


def _found(text: str, options: Sequence[str]) -> int:
    """The place of a text among options, of which no two differ in case alone. Raises _Lost."""
    folded = [option.casefold() for option in options]
    try:
        return folded.index(text.strip().casefold())
    except ValueError:
        raise _Lost from None


def _all_shown(wanted: Sequence[str], shown: Sequence[str]) -> None:
    for text in wanted:
        _found(text, shown)


def _padded(given: Sequence[int | None], size: int) -> list[int | None]:
    return [*given, *[None] * (size - len(given))]
