"""Typed answers: what is right, and why."""

from quizapp.core.kinds.base import AnswerPreview, Verdict
from quizapp.core.kinds.fields import Key, Line, Strict
from quizapp.core.text.answers import AnswerComparison, Match, answer_form, compare

_VERDICTS = {Match.EXACT: Verdict.RIGHT, Match.SLIP: Verdict.SLIP, Match.WRONG: Verdict.WRONG}


class Accepting(Strict):
    """A typed answer: the key, other accepted forms, names of which every spelling counts, and refused forms.

    `spellings_of` refers to entries of the set's names.yaml. When a bank is loaded, their spellings are added to
    `accept`, and similar names that could pass for a typing slip to `reject`.
    """

    answer: Line
    accept: list[Line] = []
    spellings_of: list[Key] = []
    reject: list[Line] = []

    def compare(self, text: str) -> AnswerComparison:
        """Return how a typed text compares with the accepted and refused forms."""
        return compare(text, [self.answer, *self.accept], self.reject)

    def grade_text(self, text: str) -> tuple[Verdict, str | None]:
        """Return the verdict on a typed text, and the form that it is a slip of or was taken for, if any."""
        if not text.strip():
            return Verdict.UNANSWERED, None
        found = self.compare(text)
        note = found.matched if found.verdict is Match.SLIP else found.mistaken_for
        return _VERDICTS[found.verdict], note

    def preview_text(self, text: str, about: str = "") -> AnswerPreview:
        """Return how a typed text would be graded, and why. `about` names the gap, where there are several."""
        found = self.compare(text)
        if found.verdict is Match.WRONG:
            refused = f"it is taken for “{found.mistaken_for}”, which is refused" if found.mistaken_for else None
            return AnswerPreview(False, refused or "it is not near enough to any accepted answer", about)
        assert found.matched is not None
        if found.verdict is Match.SLIP:
            return AnswerPreview(True, f"it is taken for a slip of “{found.matched}”", about)
        of = "the answer" if found.matched == self.answer else "accepted"
        if text.strip() == found.matched:
            return AnswerPreview(True, f"it is {of}", about)
        how = "case, accents and punctuation aside" if answer_form(text) == answer_form(found.matched) else "another way to write it"
        return AnswerPreview(True, f"it is {of}, “{found.matched}”, {how}", about)
