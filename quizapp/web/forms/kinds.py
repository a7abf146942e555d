"""The editor's form of each kind of question. The names of the fields are those of core.kinds."""

from decimal import Decimal
from typing import Any

from wtforms import Form, FormField, RadioField, SelectChoice

from quizapp.core.authoring import read_edtf
from quizapp.core.kinds.gaps import GAP
from quizapp.core.kinds.number import FIGURE
from quizapp.core.text.edtf import display_date
from quizapp.core.text.numbers import parse_number
from quizapp.core.translation import gettext
from quizapp.web.forms.question import (
    LinesField,
    NameField,
    QuestionForm,
    RowsField,
    hidden,
    is_blank,
    long_text,
    misconception,
    one_line,
    value_of,
)


class DistractorPart(Form):
    text = one_line(gettext("Wrong choice {n}"))
    why_not = long_text(gettext("Why choice {n} is wrong"), rows=1)
    misconception = misconception(gettext("Misconception behind choice {n}"))


def distractors(label: str, *, rows: int) -> RowsField:
    return RowsField(FormField(DistractorPart), label, min_entries=rows)


class AcceptingPart(Form):
    """A typed answer: what counts as right besides the answer itself, and what does not."""

    answer = one_line(gettext("Answer"))
    accept = LinesField(gettext("Also accept"))
    spellings_of = RowsField(
        NameField(gettext("Name {n}")), gettext("Names with all spellings accepted"), min_entries=1
    )
    reject = LinesField(gettext("Reject"))


class GapPart(AcceptingPart):
    """A gap of a text; `gap` is its name."""

    gap = hidden()
    answer = one_line(gettext("Answer for “{n}”"))
    accept = LinesField(gettext("Also accept for “{n}”"))
    reject = LinesField(gettext("Reject for “{n}”"))
    distractors = distractors(gettext(gettext("Wrong choices")), rows=0)


class PairPart(Form):
    left = one_line(gettext("Pair {n}"))
    right = one_line(gettext("Match for pair {n}"))


class FlashcardForm(QuestionForm):
    kind = "flashcard"
    own = ("answer",)
    answer = long_text(gettext("Answer (back)"), rows=2)


class EssayForm(QuestionForm):
    kind = "essay"
    own = ("answer", "points")
    answer = long_text(gettext("Model answer"), rows=5)
    points = LinesField(gettext("Points"), rows=4)


class ChoiceForm(QuestionForm):
    kind = "choice"
    about_all = "distractors"
    own = ("answer", "distractors")
    answer = one_line(gettext("Right answer"))
    distractors = distractors(gettext("Wrong choices"), rows=3)


class TrueFalseForm(QuestionForm):
    kind = "true_false"
    own = ("answer",)
    prompt = long_text(gettext("Statement"), rows=2)
    answer = RadioField(
        gettext("The statement is"),
        choices=[SelectChoice("true", gettext("true")), SelectChoice("false", gettext("false"))],
        validate_choice=False,
    )

    @staticmethod
    def load(body: dict[str, Any]) -> dict[str, Any]:
        return {"answer": str(body["answer"]).lower()}

    def own_values(self) -> dict[str, Any]:
        return {"answer": {"true": True, "false": False}.get(self["answer"].data)}


class MultipleForm(QuestionForm):
    kind = "multiple"
    about_all = "distractors"
    own = ("answers", "distractors")
    answers = LinesField(gettext("Right answers"), rows=3)
    distractors = distractors(gettext("Wrong choices"), rows=3)


class OrderingForm(QuestionForm):
    kind = "ordering"
    about_all = "items"
    own = ("items",)
    items = RowsField(LinesField(gettext("Place {n}"), rows=1), gettext("Items in the right order"), min_entries=3)

    @staticmethod
    def load(body: dict[str, Any]) -> dict[str, Any]:
        return {"items": [[item] if isinstance(item, str) else item for item in body["items"]]}

    def own_values(self) -> dict[str, Any]:
        return {"items": [item[0] if len(item) == 1 else item for item in value_of(self["items"])]}


class MatchingForm(QuestionForm):
    kind = "matching"
    about_all = "pairs"
    own = ("pairs", "extra")
    pairs = RowsField(FormField(PairPart), gettext("Pairs"), min_entries=3)
    extra = LinesField(gettext("Extra choices that don’t match anything"))


class WrongAreaPart(Form):
    text = one_line(gettext("Wrong place {n}"))
    where = one_line(gettext("Wrong place {n}, in words"))
    area = one_line(gettext("Wrong area {n}"), maxlength=60)
    why_not = long_text(gettext("Why place {n} is wrong"), rows=1)
    misconception = misconception(gettext("Misconception behind place {n}"))


class PointForm(QuestionForm):
    kind = "point"
    about_all = "distractors"
    needs_picture = True
    own = ("answer", "where", "area", "distractors")
    answer = one_line(gettext("Right place"))
    where = one_line(gettext("Right place, in words"))
    area = one_line(gettext("Right area"), maxlength=60)
    distractors = RowsField(FormField(WrongAreaPart), gettext("Wrong places"), min_entries=3)

    @staticmethod
    def load(body: dict[str, Any]) -> dict[str, Any]:
        wrong = [{**place, "area": _write_box(place["area"])} for place in body["distractors"]]
        return {"area": _write_box(body["area"]), "distractors": wrong}

    def own_values(self) -> dict[str, Any]:
        values = super().own_values()
        wrong = [{**place, "area": _read_box(place["area"])} for place in values["distractors"]]
        return values | {"area": _read_box(values["area"]), "distractors": wrong}


class TypedForm(QuestionForm, AcceptingPart):
    kind = "typed"
    about_all = "answer"
    own = ("answer", "accept", "spellings_of", "reject")


class ClozeForm(QuestionForm):
    kind = "cloze"
    about_all = "text"
    own = ("text", "gaps")
    initial = {"prompt": gettext("Complete the sentence.")}
    prompt = long_text(gettext("Instruction"), rows=1)
    text = long_text(gettext("Text with gaps"), rows=4)
    gaps = RowsField(FormField(GapPart), gettext("Gaps"), min_entries=0)

    @property
    def gap_count(self) -> int:
        """How many gaps the text has; further rows are of gaps that are no more in it."""
        return len(set(GAP.findall(self["text"].data or "")))

    @classmethod
    def build(cls, formdata: Any = None, data: dict[str, Any] | None = None) -> "ClozeForm":
        """Return the form with a row for each gap in its text."""
        form = cls(formdata, data=data)
        gaps = _match_gaps(form["text"].data, form["gaps"].data)
        return form if gaps == form["gaps"].data else cls(data=form.data | {"gaps": gaps})

    @staticmethod
    def load(body: dict[str, Any]) -> dict[str, Any]:
        return {"gaps": [{"gap": name, **body["gaps"][name]} for name in GAP.findall(body["text"])]}

    def own_values(self) -> dict[str, Any]:
        text = value_of(self["text"])
        names = GAP.findall(text)
        rows = [value_of(row) for row in self["gaps"] if row.form.gap.data in names]
        return {"text": text, "gaps": {row.pop("gap"): row for row in rows}}


class DateForm(QuestionForm):
    kind = "date"
    about_all = "answer"
    own = ("answer", "precision", "accept")
    answer = one_line(gettext("Date"), maxlength=60)
    precision = RadioField(
        gettext("Required precision"),
        choices=[
            SelectChoice("year", gettext("year")),
            SelectChoice("month", gettext("month and year")),
            SelectChoice("day", gettext("day")),
            SelectChoice("time", gettext("time of day")),
        ],
        validate_choice=False,
    )
    accept = LinesField(gettext("Other accepted dates"))

    @staticmethod
    def load(body: dict[str, Any]) -> dict[str, Any]:
        return {"answer": _show_date(body["answer"]), "accept": [_show_date(date) for date in body["accept"]]}

    def own_values(self) -> dict[str, Any]:
        values = super().own_values()
        accept = [_read_date(date) for date in values["accept"]]
        return values | {"answer": _read_date(values["answer"]), "accept": accept}


class NumberForm(QuestionForm):
    kind = "number"
    about_all = "answer"
    own = ("answer", "tolerance", "unit")
    answer = one_line(gettext("Number"), maxlength=60)
    tolerance = one_line(gettext("Tolerance"), maxlength=60)
    unit = one_line(gettext("Unit, shown after the number"))

    @staticmethod
    def load(body: dict[str, Any]) -> dict[str, Any]:
        tolerance = "" if body["tolerance"] == "0" else _write_figure(body["tolerance"])
        return {"answer": _write_figure(body["answer"]), "tolerance": tolerance}

    def own_values(self) -> dict[str, Any]:
        values = super().own_values()
        return {
            "answer": _read_figure(values["answer"]),
            "tolerance": _read_figure(values["tolerance"]) or None,
            "unit": values["unit"] or None,
        }


def _match_gaps(text: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each gap in the text, in its order. A renamed gap keeps its row; rows left over come last."""
    names = list(dict.fromkeys(GAP.findall(text or "")))
    by_name = {row["gap"]: row for row in reversed(rows)}
    left = [row for row in rows if row["gap"] not in names and not is_blank(row)]
    found = []
    for name in names:
        row = by_name.get(name) or (left.pop(0) if left else {})
        found.append({**row, "gap": name})
    return found + left


def _read_box(typed: str) -> list[float] | str:
    """Return four typed numbers; what cannot be read stays as it is."""
    parts = typed.replace(",", " ").split()
    try:
        return [float(part) for part in parts] if len(parts) == 4 else typed
    except ValueError:
        return typed


def _write_box(box: list[float]) -> str:
    return " ".join(f"{number:g}" for number in box)


def _show_date(edtf: str) -> str:
    """Return a date as people write it, where that reads back as the same date."""
    shown = display_date(edtf)
    return shown if _read_date(shown) == edtf else edtf


def _read_date(typed: str) -> str:
    """Return a typed date in EDTF; what cannot be read stays as it is."""
    try:
        return read_edtf(typed)
    except ValueError:
        return typed


def _read_figure(typed: str) -> str:
    """Return a typed number as it is stored; what cannot be read stays as it is."""
    figure = parse_number(typed)
    return typed if figure is None or _is_stored(typed, figure) else f"{figure:f}"


def _write_figure(stored: str) -> str:
    """Return a stored number so that it reads back as the same: "1.250" would be 1,250."""
    return stored if _is_stored(stored, parse_number(stored)) else stored.rstrip("0").rstrip(".")


def _is_stored(text: str, figure: Decimal | None) -> bool:
    return FIGURE.fullmatch(text) is not None and Decimal(text) == figure


FORMS: dict[str, type[QuestionForm]] = {
    form.kind: form
    for form in (
        ChoiceForm, TrueFalseForm, MultipleForm, PointForm, TypedForm, ClozeForm, DateForm, NumberForm, OrderingForm,
        MatchingForm, FlashcardForm, EssayForm,
    )
}  # fmt: skip
