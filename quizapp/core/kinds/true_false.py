"""A statement to judge as true or false."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from quizapp.core.kinds.base import Grade, Option, QuestionBase, ResponseBase, Stage, Verdict, all_or_nothing, shorten
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.translation import gettext

_POSTED = {"true": True, "false": False, "": None}
_SHOWN = {True: gettext("True"), False: gettext("False")}


class TrueFalseResponse(ResponseBase):
    kind: Literal["true_false"]
    picked: bool | None = None


class TrueFalse(QuestionBase):
    """A statement to judge as true or false."""

    label: ClassVar[str] = gettext("True or false")
    summary: ClassVar[str] = gettext("A statement that is true or false.")
    form_field: ClassVar[str] = "picked"
    offers_answer: ClassVar[bool] = True

    kind: Literal["true_false"]
    answer: bool

    @property
    def stage(self) -> Stage:
        return Stage.RECOGNISE

    @property
    def guess_chance(self) -> float:
        return 0.5

    @property
    def right_answer(self) -> str:
        return _SHOWN[self.answer]

    @property
    def statement(self) -> str:
        return self.prompt if self.answer else shorten(gettext("Not true: %(statement)s", statement=self.prompt))

    @property
    def countable_options(self) -> list[Option]:
        return [Option(text, value is self.answer) for value, text in _SHOWN.items()]

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> TrueFalseResponse:
        """Read `picked`, which is true or false."""
        posted = form.get("picked", "")
        if posted not in _POSTED:
            raise UnreadableResponse(repr(posted[:20]))
        return TrueFalseResponse(kind="true_false", picked=_POSTED[posted])

    def right_pick(self, order: Sequence[int]) -> str:
        return str(self.answer).lower()

    def grade(self, response: ResponseBase) -> Grade:
        picked = self.expect(response, TrueFalseResponse).picked
        if picked is None:
            return all_or_nothing(Verdict.UNANSWERED, self.right_answer)
        return all_or_nothing(Verdict.RIGHT if picked is self.answer else Verdict.WRONG, self.right_answer)

    def describe_answer(self, response: ResponseBase) -> str:
        picked = self.expect(response, TrueFalseResponse).picked
        return "" if picked is None else _SHOWN[picked]

    def chosen_options(self, response: ResponseBase) -> list[Option]:
        picked = self.describe_answer(response)
        return [option for option in self.countable_options if option.text == picked]

    def sample_responses(self) -> list[ResponseBase]:
        return [TrueFalseResponse(kind="true_false", picked=picked) for picked in (self.answer, not self.answer)]
