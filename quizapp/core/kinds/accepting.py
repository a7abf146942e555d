"""Typed answers: what is right, and why."""

from collections.abc import Sequence

from quizapp.core.kinds.base import NO_CONTEXT, AnswerPreview, SetContext, Verdict
from quizapp.core.kinds.fields import Key, Line, Strict
from quizapp.core.text.answers import AnswerComparison, Match, answer_form, compare, was_typed_in_another_layout
from quizapp.core.text.asked_names import names_another_kind, short_name, short_names
from quizapp.core.text.date_answers import DateComparison, compare_date
from quizapp.core.text.edtf import PART_NAMES
from quizapp.core.text.other_words import words_near, words_of
from quizapp.core.translation import gettext

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

    @property
    def accepted(self) -> list[str]:
        """Return the key and the other accepted forms."""
        return [self.answer, *self.accept]

    def words_near(self, text: str, language: str) -> dict[str, set[str]]:
        """Return the typed words that are no slips if a set in that language has them as other words.

        Each has the words of the answer that it may be a slip of.
        """
        return words_near(text, words_of(self.accepted), language)

    def compare(self, text: str, shown: Sequence[str] = (), context: SetContext = NO_CONTEXT) -> AnswerComparison:
        """Return how a typed text compares with the accepted and refused forms.

        Other words of the set, of the question and its other answers (`shown`), and of refused forms are no slips.
        """
        asking = " ".join(shown)
        found = self._compare_names(text, asking)
        if found.matched and names_another_kind(text, self.accepted, asking):
            return AnswerComparison(Match.WRONG)
        if found.verdict is not Match.SLIP:
            return found
        known = words_of([*shown, *self.reject]).union(context.other_words)
        other = next((word for word in self.words_near(text, context.language) if word in known), None)
        return AnswerComparison(Match.WRONG, mistaken_for=other) if other else found

    def _compare_names(self, text: str, asking: str) -> AnswerComparison:
        """Return how a typed text compares, with or without the word for what is asked: "Lake Sevan", "Sevan"."""
        forms = [*self.accepted, *short_names(self.accepted, asking)]
        found = compare(text, forms, self.reject)
        if found.verdict is Match.WRONG and not found.mistaken_for and (short := short_name(text, asking)):
            return compare(short, forms, self.reject)
        return found

    def compare_date(self, text: str, prompt: str, context: SetContext) -> DateComparison | None:
        """Return how a typed text compares as a date, if an accepted form is one."""
        return compare_date(text, self.accepted, prompt, context.language)

    def grade_text(
        self, text: str, prompt: str, context: SetContext, others: Sequence[str] = ()
    ) -> tuple[Verdict, str | None]:
        """Return the verdict on a text typed after the prompt, and a note. `others` are other answers of the question.

        The note is the form that the text is a slip of or the form or word it was taken for, if any, and for a close
        answer the parts of the date that are missing: "month and year".
        """
        if not text.strip():
            return Verdict.UNANSWERED, None
        found = self.compare(text, [prompt, *others], context)
        is_other = found.verdict is Match.WRONG and not found.mistaken_for
        if is_other and (date := self.compare_date(text, prompt, context)):
            return (Verdict.CLOSE, " and ".join(date.missing)) if date.missing else (Verdict.RIGHT, None)
        note = found.matched if found.verdict is Match.SLIP else found.mistaken_for
        return _VERDICTS[found.verdict], note

    def preview_text(
        self, text: str, prompt: str, context: SetContext, about: str = "", others: Sequence[str] = ()
    ) -> AnswerPreview:
        """Return how a typed text would be graded, and why. `about` names the gap, where there are several."""
        found = self.compare(text, [prompt, *others], context)
        if found.verdict is Match.WRONG:
            date = None if found.mistaken_for else self.compare_date(text, prompt, context)
            return self._preview_wrong(found.mistaken_for, date, about)
        assert found.matched is not None
        if found.verdict is Match.SLIP:
            if was_typed_in_another_layout(text, found.matched):
                why = gettext("Read as “%(form)s”, typed in another keyboard layout.", form=found.matched)
                return AnswerPreview(True, why, about)
            return AnswerPreview(True, gettext("Counts as “%(form)s” with a typo.", form=found.matched), about)
        if text.strip() == found.matched:
            is_key = found.matched == self.answer
            return AnswerPreview(
                True, gettext("This is the answer.") if is_key else gettext("This is an accepted answer."), about
            )
        if answer_form(text) == answer_form(found.matched):
            why = gettext("Same as “%(form)s” apart from capitals, accents and punctuation.", form=found.matched)
            return AnswerPreview(True, why, about)
        return AnswerPreview(True, gettext("Another way to write “%(form)s”.", form=found.matched), about)

    def _preview_wrong(self, mistaken_for: str | None, date: DateComparison | None, about: str) -> AnswerPreview:
        """Return the preview of a text that is not accepted as a text, though it may be as a date."""
        if mistaken_for:
            why = (
                gettext("Read as “%(word)s”, which is not accepted.", word=mistaken_for)
                if mistaken_for in self.reject
                else gettext("Read as “%(word)s”, another word in the question or the set.", word=mistaken_for)
            )
            return AnswerPreview(False, why, about)
        if date is None:
            return AnswerPreview(False, gettext("Not close enough to any accepted answer."), about)
        if date.missing:
            missing = ", ".join(PART_NAMES[part] for part in date.missing)
            return AnswerPreview(False, gettext("Close, but not right. Missing: %(parts)s.", parts=missing), about)
        return AnswerPreview(True, gettext("The same date as “%(form)s”.", form=date.matched), about)
