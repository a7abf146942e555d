"""A form for each kind of question. The names of the fields are those of core.kinds.

Nothing here refuses what was typed: the schema of the questions does, once, and reading.py brings its words back.
"""

from collections.abc import Iterable
from typing import Any

from wtforms import Form, FormField, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.core.kinds import KIND_NAMES
from quizapp.core.kinds.cloze import GAP
from quizapp.web.forms.editor.fields import Lines, NameField, Rows, every_field, hidden, long_text, one_line
from quizapp.web.forms.editor.parts import AcceptingPart, GapPart, PairPart, distractors

PREFIX = "q"  # keeps these fields apart from those that answer a question, in the preview beside them


class QuestionForm(Form):
    """What every kind has. `base` and `fact_base` are the versions that were on the screen when typing began."""

    kind = ""
    own: tuple[str, ...] = ()  # the fields of the kind itself
    about_all = "prompt"  # where to say what is about the whole of it

    subject = hidden()
    base = hidden()
    fact_base = hidden()
    prompt = long_text("Question", rows=2)
    explanation = long_text("Explanation", rows=3)
    picture = hidden()  # its digest
    picture_alt = one_line("What the picture shows")
    statement = long_text("What is to be remembered", rows=2)
    topic = SelectField("Topic", choices=[], validate_choice=False)
    tags = one_line("Tags", maxlength=1200)
    passages = SelectMultipleField(
        "Passages", choices=[], validate_choice=False, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )  # fmt: skip

    def __init__(self, formdata: Any = None, **kwargs: Any) -> None:
        super().__init__(formdata, prefix=PREFIX, **kwargs)

    def offer(self, header: dict[str, Any], names: Iterable[dict[str, Any]]) -> None:
        """Put what the set has on the fields that choose from it: topics, passages, names.

        What was chosen and is not there any more is let go of.
        """
        self.topic.choices = [SelectChoice(topic["key"], topic["title"]) for topic in header["topics"]]
        self.passages.choices = [
            SelectChoice(str(passage["number"]), f"¶ {passage['number']} {passage['title']}")
            for passage in header["passages"]
        ]
        topics = [choice.value for choice in self.topic.choices]
        self.topic.data = self.topic.data if self.topic.data in topics else topics[0]
        there = {choice.value for choice in self.passages.choices}
        self.passages.data = [number for number in self.passages.data or () if number in there]
        listed = sorted((name["name"], name["key"]) for name in names)
        for field in every_field(self):
            if isinstance(field, NameField):
                field.choices = [SelectChoice("", "none"), *(SelectChoice(key, name) for name, key in listed)]
                field.data = field.data if field.data in {key for _, key in listed} else ""

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in every_field(self))

    @property
    def kind_name(self) -> str:
        return KIND_NAMES[self.kind]


class FlashcardForm(QuestionForm):
    kind = "flashcard"
    own = ("answer",)
    answer = long_text("Answer, on the back", rows=2)


class ChoiceForm(QuestionForm):
    kind = "choice"
    about_all = "distractors"
    own = ("answer", "distractors")
    answer = one_line("Right answer")
    distractors = distractors("Wrong choices", rows=3)


class TrueFalseForm(QuestionForm):
    kind = "true_false"
    own = ("answer",)
    prompt = long_text("Statement", rows=2)
    answer = RadioField("The statement is", choices=[SelectChoice("true", "true"), SelectChoice("false", "false")],
                        validate_choice=False)  # fmt: skip


class MultipleForm(QuestionForm):
    kind = "multiple"
    about_all = "distractors"
    own = ("answers", "distractors")
    answers = Lines("Right answers", rows=3)
    distractors = distractors("Wrong choices", rows=3)


class OrderingForm(QuestionForm):
    kind = "ordering"
    about_all = "items"
    own = ("items",)
    items = Rows(Lines("Place {n}", rows=1), "In the right order, the first first", min_entries=3)


class MatchingForm(QuestionForm):
    kind = "matching"
    about_all = "pairs"
    own = ("pairs", "extra")
    pairs = Rows(FormField(PairPart), "What belongs together", min_entries=3)
    extra = Lines("Offered too, belonging to nothing")


class TypedForm(QuestionForm, AcceptingPart):
    kind = "typed"
    about_all = "answer"
    own = ("answer", "accept", "spellings_of", "reject")


class ClozeForm(QuestionForm):
    kind = "cloze"
    about_all = "text"
    own = ("text", "gaps")
    prompt = long_text("What to do", rows=1)
    text = long_text("Text with gaps", rows=4)
    gaps = Rows(FormField(GapPart), "The gaps", min_entries=0)

    @property
    def gap_count(self) -> int:
        """How many gaps the text has; further rows are of gaps that are no more in it."""
        return len(set(GAP.findall(self["text"].data or "")))


class DateForm(QuestionForm):
    kind = "date"
    about_all = "answer"
    own = ("answer", "precision", "accept")
    answer = one_line("Date", maxlength=60)
    precision = RadioField(
        "What must be right",
        choices=[
            SelectChoice("year", "the year"),
            SelectChoice("month", "month and year"),
            SelectChoice("day", "the day"),
            SelectChoice("time", "the time of day"),
        ],
        validate_choice=False,
    )
    accept = Lines("Other dates that count")


class NumberForm(QuestionForm):
    kind = "number"
    about_all = "answer"
    own = ("answer", "tolerance", "unit")
    answer = one_line("Figure", maxlength=60)
    tolerance = one_line("How far off still counts", maxlength=60)
    unit = one_line("Unit, behind the figure")


FORMS: dict[str, type[QuestionForm]] = {
    form.kind: form
    for form in (
        ChoiceForm, TrueFalseForm, MultipleForm, TypedForm, ClozeForm, DateForm, NumberForm, OrderingForm,
        MatchingForm, FlashcardForm,
    )
}  # fmt: skip
