"""What the forms of several kinds are put together from."""

from wtforms import Form as Part
from wtforms import FormField

from quizapp.web.forms.editor.fields import Lines, NameField, Rows, hidden, long_text, one_line


class DistractorPart(Part):
    text = one_line("Wrong choice {n}")
    why_not = long_text("Why choice {n} is wrong", rows=1)
    misconception = one_line("Misconception choice {n} stands for", maxlength=80)


def distractors(label: str, *, rows: int) -> Rows:
    return Rows(FormField(DistractorPart), label, min_entries=rows)


class AcceptingPart(Part):
    """A typed answer: what counts as right besides the answer itself, and what does not."""

    answer = one_line("Answer{n}")
    accept = Lines("Also accept{n}")
    spellings_of = Rows(NameField("Every spelling of"), "Spellings of names", min_entries=1)
    reject = Lines("Refuse{n}")


class GapPart(AcceptingPart):
    """`gap` is the name that stands in the text."""

    gap = hidden()
    distractors = distractors("Choices instead of typing", rows=0)


class PairPart(Part):
    left = one_line("Pair {n}")
    right = one_line("Pair {n} goes with")
