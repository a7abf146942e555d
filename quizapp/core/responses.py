"""What a learner answers: one discriminated union, stored as JSON with each review."""

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from quizapp.core.questions import Strict

Given = Annotated[str, StringConstraints(max_length=1000)]
GapLabel = Annotated[str, StringConstraints(max_length=300)]


class Confidence(IntEnum):
    """How sure a learner was of an answer, before seeing whether it was right."""

    UNSURE = 1
    FAIRLY = 2
    CERTAIN = 3


class ChoiceResponse(Strict):
    """`picked` counts through `Choice.options`, from 0; None is "I don't know"."""

    kind: Literal["choice"]
    picked: Annotated[int, Field(ge=0)] | None = None


class TrueFalseResponse(Strict):
    kind: Literal["true_false"]
    picked: bool | None = None


class ClozeResponse(Strict):
    """The text typed into each gap or chosen for it, by the gap's label; a missing gap is a blank one."""

    kind: Literal["cloze"]
    gaps: Annotated[dict[GapLabel, Given], Field(max_length=20)] = {}


class TypedResponse(Strict):
    kind: Literal["typed"]
    text: Given = ""


class DateResponse(Strict):
    kind: Literal["date"]
    text: Given = ""


class FlashcardResponse(Strict):
    """The learner's own rating of the recall."""

    kind: Literal["flashcard"]
    rating: Literal["again", "hard", "good", "easy"]


class NumberResponse(Strict):
    kind: Literal["number"]
    text: Given = ""


class MultipleResponse(Strict):
    """The choices picked, counted through `Multiple.options` from 0; none is "I don't know"."""

    kind: Literal["multiple"]
    picked: Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=20)] = []


class OrderingResponse(Strict):
    """The place (from 1) given to each of `Ordering.options`; None where none was given."""

    kind: Literal["ordering"]
    places: Annotated[list[Annotated[int, Field(ge=1, le=99)] | None], Field(max_length=20)] = []


class MatchingResponse(Strict):
    """For each pair the index of the target chosen in `Matching.options`; None where none was chosen."""

    kind: Literal["matching"]
    targets: Annotated[list[Annotated[int, Field(ge=0)] | None], Field(max_length=20)] = []


Response = Annotated[
    ChoiceResponse
    | TrueFalseResponse
    | ClozeResponse
    | TypedResponse
    | DateResponse
    | FlashcardResponse
    | NumberResponse
    | MultipleResponse
    | OrderingResponse
    | MatchingResponse,
    Field(discriminator="kind"),
]

response_adapter: TypeAdapter[Response] = TypeAdapter(Response)


class WrongKind(ValueError):
    """The response is of another kind than the question."""


class NoSuchChoice(ValueError):
    """The response picks a choice that the question does not have."""


def parse_response(data: object) -> Response:
    """A response from stored or posted data. Raises pydantic.ValidationError with every fault."""
    return response_adapter.validate_python(data)
