"""Typed answers: what is right, and why."""

from quizapp.core.kinds.base import AnswerPreview, Verdict
from quizapp.core.kinds.fields import Key, Line, Strict
from quizapp.core.text.answers import AnswerComparison, Match, compare, fold
from quizapp.core.text.date_answers import DateComparison, compare_date

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

    def compare_date(self, text: str, prompt: str) -> DateComparison | None:
        """Return how a typed text compares as a date, if an accepted form is one."""
        return compare_date(text, [self.answer, *self.accept], prompt)

    def grade_text(self, text: str, prompt: str) -> tuple[Verdict, str | None]:
        """Return the verdict on a text typed after the prompt, and a note.

        The note is the form that the text is a slip of or was taken for, if any, and for a close answer the parts of
        the date that are missing: "month and year".
        """
        if not text.strip():
            return Verdict.UNANSWERED, None
        found = self.compare(text)
        if found.verdict is Match.WRONG and not found.mistaken_for and (date := self.compare_date(text, prompt)):
            return (Verdict.CLOSE, " and ".join(date.missing)) if date.missing else (Verdict.RIGHT, None)
        note = found.matched if found.verdict is Match.SLIP else found.mistaken_for
        return _VERDICTS[found.verdict], note

    def preview_text(self, text: str, prompt: str, about: str = "") -> AnswerPreview:
        """Return how a typed text would be graded, and why. `about` names the gap, where there are several."""
        found = self.compare(text)
        if found.verdict is Match.WRONG:
            return self._preview_wrong(text, prompt, found.mistaken_for, about)
        assert found.matched is not None
        if found.verdict is Match.SLIP:
            return AnswerPreview(True, f"it is taken for a slip of “{found.matched}”", about)
        of = "the answer" if found.matched == self.answer else "accepted"
        if text.strip() == found.matched:
            return AnswerPreview(True, f"it is {of}", about)
        how = "case, accents and punctuation aside" if fold(text) == fold(found.matched) else "another way to write it"
        return AnswerPreview(True, f"it is {of}, “{found.matched}”, {how}", about)

    def _preview_wrong(self, text: str, prompt: str, mistaken_for: str | None, about: str) -> AnswerPreview:
        """Return the preview of a text that is not accepted as a text, though it may be as a date."""
        if mistaken_for:
            return AnswerPreview(False, f"it is taken for “{mistaken_for}”, which is refused", about)
        date = self.compare_date(text, prompt)
        if date is None:
            return AnswerPreview(False, "it is not near enough to any accepted answer", about)
        if date.missing:
            return AnswerPreview(False, f"close, which does not count: without the {' and '.join(date.missing)}", about)
        return AnswerPreview(True, f"it is the same date as “{date.matched}”", about)
