"""The question kinds, one file each: the only schema of questions and of responses to them.

It validates bank files, forms of the editor, and the JSON stored with each question version and each answer. The file
of a kind has its schema, its response, reading a posted form, grading, and describing an answer. To add a kind, write
its file, add its classes to the two unions below, and write its templates in templates/kinds/.

    fields.py     the types of the fields of a question
    reading.py    posted choices, and carrying them over to another version
    base.py       the fields that every kind has, the methods that each kind defines, and grades
    accepting.py  typed answers: accepted and refused forms
    mixups.py     how one thing was mistaken for another
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, cast, get_args

from pydantic import Field, TypeAdapter, ValidationError

from quizapp.core.kinds.base import Doubt, QuestionBase
from quizapp.core.kinds.choice import Choice, ChoiceResponse
from quizapp.core.kinds.cloze import Cloze, ClozeResponse
from quizapp.core.kinds.date import Date, DateResponse
from quizapp.core.kinds.essay import Essay, EssayResponse
from quizapp.core.kinds.flashcard import Flashcard, FlashcardResponse
from quizapp.core.kinds.matching import Matching, MatchingResponse
from quizapp.core.kinds.multiple import Multiple, MultipleResponse
from quizapp.core.kinds.number import Number, NumberResponse
from quizapp.core.kinds.ordering import Ordering, OrderingResponse
from quizapp.core.kinds.point import Point, PointResponse
from quizapp.core.kinds.reading import CannotCarryOver, UnreadableResponse
from quizapp.core.kinds.true_false import TrueFalse, TrueFalseResponse
from quizapp.core.kinds.typed import Typed, TypedResponse

# Menus list the kinds in this order.
Question = Annotated[
    Choice | TrueFalse | Multiple | Point | Ordering | Matching | Cloze | Typed | Date | Number | Flashcard | Essay,
    Field(discriminator="kind"),
]
Response = Annotated[
    ChoiceResponse
    | TrueFalseResponse
    | MultipleResponse
    | PointResponse
    | OrderingResponse
    | MatchingResponse
    | ClozeResponse
    | TypedResponse
    | DateResponse
    | NumberResponse
    | FlashcardResponse
    | EssayResponse,
    Field(discriminator="kind"),
]

question_adapter: TypeAdapter[Question] = TypeAdapter(Question)
response_adapter: TypeAdapter[Response] = TypeAdapter(Response)

KINDS: dict[str, type[QuestionBase]] = {
    get_args(cls.model_fields["kind"].annotation)[0]: cls for cls in get_args(get_args(Question)[0])
}
KIND_NAMES = {kind: cls.label for kind, cls in KINDS.items()}


# They return a question or a response from stored or posted data, and raise pydantic.ValidationError with every error.
parse_question: Callable[[object], Question] = question_adapter.validate_python
parse_response: Callable[[object], Response] = response_adapter.validate_python


def read_response(question: Question, form: Mapping[str, str], order: Sequence[int]) -> Response:
    """Return the response in a posted form to a question whose options were shown in that order.

    For the fields see `read_form` of each kind; a form with `give-up` means "I don't know". Raises UnreadableResponse.
    """
    try:
        return cast(Response, question.read_form({} if "give-up" in form else form, order))
    except ValidationError as error:
        raise UnreadableResponse(error.errors()[0]["msg"]) from None


def read_submission(question: Question, form: Mapping[str, str], order: Sequence[int]) -> Response:
    """Return the response in a form posted during an attempt, without marks that learners give themselves.

    Raises UnreadableResponse.
    """
    return cast(Response, question.without_marks(read_response(question, form, order)))


class DoubtfulAnswer(Exception):
    """An answer may not be meant: its learner is asked before it counts."""

    def __init__(self, response: Response, doubt: Doubt) -> None:
        super().__init__(doubt)
        self.response, self.doubt = response, doubt


def answers_another_kind(question: Question, posted: Iterable[str]) -> bool:
    """Return whether a form with these fields was made for a question of another kind."""
    others = {cls.form_field for cls in KINDS.values()} - {question.form_field}
    return any(name == field or (field[-1] == "-" and name.startswith(field)) for name in posted for field in others)


def carry_over(old: Question, response: Response, new: Question) -> Response | None:
    """Return the response to `old` as an equivalent response to `new`, so that the new key can grade it.

    None if the kind is different, if the option picked is gone, or if `new` asks for something that `old` did not show,
    because nobody should lose marks for what they did not see.
    """
    if not old.kind == new.kind == response.kind:
        return None
    try:
        return cast(Response, old.carry_over(response, new))
    except CannotCarryOver:
        return None
