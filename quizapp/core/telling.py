"""An answer in words, as a table of answers shows it."""

from quizapp.core.questions import Choice, Matching, Multiple, Ordering, Question, TrueFalse
from quizapp.core.responses import (
    ChoiceResponse,
    ClozeResponse,
    DateResponse,
    FlashcardResponse,
    MatchingResponse,
    MultipleResponse,
    NumberResponse,
    OrderingResponse,
    Response,
    TrueFalseResponse,
    TypedResponse,
)

FORMS = {
    "choice": "Choice",
    "true_false": "True or false",
    "multiple": "Several choices",
    "ordering": "Putting in order",
    "matching": "Matching",
    "cloze": "Gaps",
    "typed": "Typed answer",
    "date": "Date",
    "number": "Figure",
    "flashcard": "Card",
}


def in_words(question: Question, response: Response) -> str:
    """What a response answers to its question, as plain text; empty for "I don't know".

    Raises IndexError for a choice that the question does not have.
    """
    match question, response:
        case Choice(), ChoiceResponse(picked=int(picked)):
            return question.options[picked]
        case TrueFalse(), TrueFalseResponse(picked=bool(picked)):
            return "True" if picked else "False"
        case Multiple(), MultipleResponse():
            return "; ".join(question.options[index] for index in sorted(set(response.picked)))
        case Ordering(), OrderingResponse():
            return _order(question.options, response.places)
        case Matching(), MatchingResponse():
            chosen = zip(question.pairs, response.targets, strict=False)
            return "; ".join(f"{pair.left} – {question.options[to]}" for pair, to in chosen if to is not None)
        case _, ClozeResponse():
            return "; ".join(text for text in map(str.strip, response.gaps.values()) if text)
        case _, TypedResponse() | DateResponse() | NumberResponse():
            return response.text.strip()
        case _, FlashcardResponse():
            return f"Rated {response.rating}"
    return ""


def _order(options: list[str], places: list[int | None]) -> str:
    placed: dict[int, list[str]] = {}
    for place, text in zip(places, options, strict=False):
        if place is not None:
            placed.setdefault(place, []).append(text)
    return " → ".join(" / ".join(placed[place]) for place in sorted(placed))
