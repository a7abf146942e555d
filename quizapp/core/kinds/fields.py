"""The types of the fields of a question.

Text fields contain Markdown (emphasis, lists, links); answers that are compared contain plain text.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from quizapp.core.text.edtf import parse_edtf
from quizapp.core.translation import gettext

LONGEST_TEXT = 4000  # characters

FieldPath = tuple[str | int, ...]  # the path to a part of a question: ("distractors", 0, "text")

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT)]  # may be empty
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\n]*$")]
TypedText = Annotated[str, StringConstraints(max_length=1000)]  # what a learner types


def _check_edtf(text: str) -> str:
    parse_edtf(text)
    return text


Edtf = Annotated[str, StringConstraints(max_length=40), AfterValidator(_check_edtf)]


class Strict(BaseModel):
    """A part of the schema: unknown fields are refused, and values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Picture(Strict):
    """A picture for a prompt: the SHA-256 (hex) of its file, its size in pixels, and a text alternative."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    width: Annotated[int, Field(ge=1, le=10_000)]
    height: Annotated[int, Field(ge=1, le=10_000)]
    alt: Line


class Distractor(Strict):
    """A wrong choice, why it is wrong, and the key of the misconception it stands for, if any."""

    text: Line
    why_not: Remark = ""
    misconception: Key | None = None


def refuse_twins(texts: Sequence[str], message: str = gettext("two choices have the same text")) -> None:
    """Raise ValueError with the message if two texts are the same or differ only in case."""
    if len({text.casefold() for text in texts}) < len(texts):
        raise ValueError(message)
