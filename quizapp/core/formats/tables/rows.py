"""A row of a table as the cells of a question: which option is right, which are wrong, and what is not clear."""

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quizapp.core.formats.format import shorten
from quizapp.core.formats.tables.cells import join_texts, split_cell
from quizapp.core.formats.tables.guess import is_heading
from quizapp.core.formats.tables.headings import LONGEST, other_kinds, plain_name, role_of
from quizapp.core.formats.tables.keys import (
    NO_FORMS,
    KeyForms,
    find_key_forms,
    fold_option,
    is_among,
    is_key_like,
    is_one_key,
    letter_places,
    number_places,
    split_labels,
    split_list,
    split_question,
    text_places,
)
from quizapp.core.formats.tables.mapping import RIGHT
from quizapp.core.formats.tables.table import ColumnMapping, Row
from quizapp.core.kinds import KINDS
from quizapp.core.translation import gettext

LEAVE_OUT = "skip"
ONCE = "once"  # keep one of several equal options
KEEP_CELLS = "row"  # read the row as it is
KEEP = "keep"  # the right answer is what the cell says
OPTION = "option:"  # and the number of the option that is right, from 1


_LETTERED = ColumnMapping(roles=("question", "right:letter"))  # of a question with its options in it
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")  # as spreadsheets show them
_LIST_KINDS = {"choice", "multiple", None}
_ASKING = {"question", "text", *RIGHT, "option", "options", "wrong", "wrong:list", "explanation", "statement"}


class OpenQuestion(ValueError):
    """A person must decide about a row. `choices` are decisions and their labels."""

    def __init__(self, why: str, choices: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.choices = (*choices, (LEAVE_OUT, gettext("Leave this row out")))


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows with the columns of a mapping.

    `forms` are what letters and numbers stand for. `are_texts` says whether right answers are certainly texts, because
    some of them can be nothing else; `has_zero` whether one is 0, so that numbers may count from 0; `is_chosen` whether
    a person chose the mapping. `width` is the number of columns up to the last with a heading, or 0 without headings.
    """

    mapping: ColumnMapping
    forms: KeyForms = NO_FORMS
    are_texts: bool = False
    has_zero: bool = False
    is_chosen: bool = False
    width: int = 0

    @classmethod
    def for_rows(
        cls, mapping: ColumnMapping, rows: Sequence[Row], names: Sequence[str] = (), *, is_chosen: bool = False
    ) -> "RowReader":
        """Return a reader that knows what the right answers of all rows look like, and the names of the columns."""
        reader = cls(mapping)
        rights = [right for row in rows if (right := reader._right(reader._columns(row)))]
        options = [name for name, role in zip(names, mapping.roles, strict=False) if role == "option"]
        forms = find_key_forms(rights, options)
        has_zero = "0" not in forms.numbers and any(right.strip() == "0" for right in rights)
        return cls(mapping, forms, not all(map(is_key_like, rights)), has_zero, is_chosen, _width(names, mapping, rows))

    def is_blank(self, row: Row) -> bool:
        """Return whether the row has neither question nor answer, such as a row of a template with its number alone."""
        return not any(cell for cell, role in zip(row.cells, self.mapping.roles, strict=False) if role in _ASKING)

    def read(self, row: Row, decisions: Sequence[str] = ()) -> dict[str, str]:
        """Return the row's cells by the names of our own columns. Raises OpenQuestion, or ValueError."""
        self._check_row(row, decisions)
        columns = self._columns(row)
        single = {role: cells[0] for role, cells in columns.items() if role in _OWN_CELLS}
        if not single.get("question") and not single.get("text"):
            raise OpenQuestion(gettext("There is no question. Write one in the file, or leave the row out."))
        kind = _kind(single.pop("kind", ""))
        cells = single | ({"kind": kind} if kind else {})
        options = self._options(columns)
        if "option" in columns or "options" in columns:
            if any(options):
                return cells | self._from_options(options, self._right(columns), kind, decisions)
            return cells | {"answer": _need(self._right(columns), kind)}
        if not {"wrong", "wrong:list", "text"} & columns.keys() and kind in _LIST_KINDS:
            question, options = split_question(single["question"])
            if options and is_key_like(self._right(columns)):
                lettered = replace(self, mapping=_LETTERED)
                return (
                    cells
                    | {"question": question}
                    | lettered._from_options(options, self._right(columns), kind, decisions)
                )
        return cells | self._from_wrong(columns, kind, decisions)

    def _check_row(self, row: Row, decisions: Sequence[str]) -> None:
        """Raise OpenQuestion for a row with an error of a spreadsheet, with too many cells, or with headings."""
        used = [cell for cell, role in zip(row.cells, self.mapping.roles, strict=False) if role in _ASKING]
        if error := next(filter(_ERROR.fullmatch, used), None):
            raise OpenQuestion(gettext("A cell has the error %(error)s. Correct it in the spreadsheet.", error=error))
        if KEEP_CELLS in decisions:
            return
        if 0 < self.width < len(row.cells) and any(row.cells[self.width :]):
            raise OpenQuestion(
                gettext("The row has more cells than there are headings."),
                [(KEEP_CELLS, gettext("Ignore the cells after these"))],
            )
        if max(map(len, used), default=LONGEST) < LONGEST and role_of(used[0]) and is_heading(row):
            raise OpenQuestion(
                gettext("This looks like a row of headings."), [(KEEP_CELLS, gettext("It is a question"))]
            )

    def beginning(self, row: Row) -> str:
        """Return the question of a row, or ""."""
        columns = self._columns(row)
        return (columns.get("question") or columns.get("text") or [""])[0]

    def _columns(self, row: Row) -> dict[str, list[str]]:
        """Return the cells of the row by role."""
        columns: dict[str, list[str]] = {}
        for at, role in enumerate(self.mapping.roles):
            columns.setdefault(role, []).append(row.cell(at))
        columns.pop("", None)
        return columns

    def _right(self, columns: Mapping[str, list[str]]) -> str:
        return next((columns[role][0] for role in RIGHT if role in columns), "")

    def _options(self, columns: Mapping[str, list[str]]) -> list[str]:
        """Return the options in their places, with "" for an empty cell."""
        if "options" in columns:
            return split_list(columns["options"][0], self._right(columns))
        return columns.get("option", [])

    # Options, one of which is right

    def _from_options(
        self, options: list[str], right: str, kind: str | None, decisions: Sequence[str]
    ) -> dict[str, str]:
        labels, options = split_labels(options)
        if kind == "typed" and not right:
            first, *others = filter(None, options)
            return {"answer": first, "accept": join_texts(others)}
        if kind not in (*_LIST_KINDS, "typed", "true_false") and "right" in self.mapping.roles:
            return {"answer": right}
        reader = replace(self, forms=KeyForms(labels, self.forms.numbers)) if labels else self
        places = reader._right_places(options, right, decisions)
        if places is None:
            options, places = [*options, right], [len(options)]
        if kind not in (*_LIST_KINDS, "typed"):
            return {"answer": options[places[0]]}
        return _as_choice(*_without_twins(options, places, decisions), kind)

    def _right_places(self, options: list[str], right: str, decisions: Sequence[str]) -> list[int] | None:
        """Return the places of the right options, or None if the answer is to be a further option."""
        for decision in decisions:
            if decision.startswith(OPTION) and decision.removeprefix(OPTION).isdecimal():
                place = int(decision.removeprefix(OPTION)) - 1
                if 0 <= place < len(options) and options[place]:
                    return [place]
            if decision == KEEP and right:
                return None if not is_among(right, options) else text_places(right, options)
        if not right:
            raise OpenQuestion(gettext("No option is marked as right."), _each(options))
        places = self._stated_places(options, right)
        if not places or not all(options[place] for place in places):
            raise OpenQuestion(*self._not_among(options, right))
        return places

    def _stated_places(self, options: list[str], right: str) -> list[int]:
        """Return the places of the options that the right answer states; [] if that is not clear."""
        if "right:letter" in self.mapping.roles:
            return letter_places(right, len(options), self.forms) or text_places(right, options)
        texts = text_places(right, options)
        numbers = [] if self.has_zero else number_places(right, len(options), self.forms)
        by_number = "right:number" in self.mapping.roles
        if texts and numbers and texts != numbers and not (self.is_chosen if by_number else self.are_texts):
            why = gettext("“%(answer)s” can be an option or the number of one.", answer=right)
            raise OpenQuestion(why, _each(options))
        return numbers or texts if by_number else texts

    def _not_among(self, options: list[str], right: str) -> tuple[str, list[tuple[str, str]]]:
        if "right" in self.mapping.roles and not is_key_like(right):
            why = gettext("The right answer “%(answer)s” is not among the options.", answer=shorten(right, 60))
            return why, [*_each(options), (KEEP, gettext("Add “%(answer)s” as an option", answer=shorten(right, 40)))]
        return gettext("It isn’t clear which option “%(answer)s” stands for.", answer=shorten(right, 60)), _each(
            options
        )

    # A right answer beside wrong ones

    def _from_wrong(
        self, columns: Mapping[str, list[str]], kind: str | None, decisions: Sequence[str]
    ) -> dict[str, str]:
        right, written = self._right(columns), columns.get("wrong", [])
        if kind not in _LIST_KINDS or ("text" in columns and columns["text"][0]):
            return {"answer": right, "distractors": next(filter(None, written), "")}
        wrong = self._wrong(columns)
        if not wrong:
            return {"answer": _need(right, kind)}
        if any(decision.startswith(OPTION) for decision in decisions):
            return self._from_options(wrong, "", kind, decisions)
        _need(right, kind)
        answers = split_cell(right) if kind == "multiple" or (kind is None and len(written) == 1) else [right]
        options = [*answers, *wrong]
        if KEEP not in decisions and is_one_key(right) and not all(len(text) < 4 for text in wrong):
            why = gettext("“%(answer)s” looks like the letter or number of an option.", answer=right)
            keep = gettext("“%(answer)s” is the answer", answer=right)
            raise OpenQuestion(why, [(KEEP, keep), *_each(wrong)])
        kept, places = _without_twins(options, list(range(len(answers))), decisions)
        if kept == options and len(written) == 1 and (kind != "multiple" or len(answers) > 1):
            return {"answer": right, "distractors": written[0]}  # the reasons why belong to these, in this order
        return _as_choice(kept, places, kind)

    def _wrong(self, columns: Mapping[str, list[str]]) -> list[str]:
        if "wrong:list" in columns:
            return split_list(columns["wrong:list"][0], None)
        written = columns.get("wrong", [])
        return split_cell(written[0]) if len(written) == 1 else list(filter(None, written))


def _width(names: Sequence[str], mapping: ColumnMapping, rows: Sequence[Row]) -> int:
    """Return the number of columns up to the last one with a name, a role, or a cell in every other row."""
    known = [at for at, name in enumerate(names) if name or (at < len(mapping.roles) and mapping.roles[at])]
    often = [at for at in range(len(names)) if sum(bool(row.cell(at)) for row in rows) * 2 > len(rows)]
    return max((*known, *often), default=-1) + 1


def fill_down(reader: RowReader, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the rows with the topic of the row above in each empty cell, if each topic is written once, as in merged
    cells.
    """
    at = next((at for at, role in enumerate(reader.mapping.roles) if role == "topic"), None)
    if at is None:
        return rows
    topics = [row.cell(at) for row in rows]
    written = list(filter(None, topics))
    if not all(topics[:1]) or all(topics) or any(map(operator.eq, written, written[1:])):
        return rows
    filled: list[Row] = []
    for row, topic in zip(rows, topics, strict=True):
        above = topic or filled[-1].cells[at]
        filled.append(Row(row.line, (*row.cells[:at], above, *row.cells[at + 1 :])))
    return filled


def has_words(cell: str) -> bool:
    """Return whether a cell has more than numbers."""
    return any(map(str.isalpha, cell))


_OWN_CELLS = frozenset({
    "question", "text", "kind", "accept", "reject", "spellings_of", "precision", "tolerance", "unit", "points",
    "explanation", "why_not", "misconception", "key", "fact", "topic", "tags", "passages", "statement", "date",
    "importance", "caution", "notes", "actors",
})  # fmt: skip


def _kind(said: str) -> str | None:
    """Return the kind of question that a cell names, or None for an empty one. Raises ValueError."""
    name = plain_name(said)
    if not name:
        return None
    if name.replace(" ", "_") in KINDS:
        return name.replace(" ", "_")
    other = other_kinds().get(name)
    if other:
        return other
    if other == "":
        raise OpenQuestion(gettext("“%(kind)s” has no right answer.", kind=shorten(said, 40)))
    kinds = ", ".join(KINDS)
    message = gettext("“%(kind)s” is not a kind of question. Use one of these: %(kinds)s.", kind=said, kinds=kinds)
    raise ValueError(message)


def _need(right: str, kind: str | None) -> str:
    """Return the answer. Raises OpenQuestion if there is none and the kind of the question is not given either."""
    if not right and kind is None:
        raise OpenQuestion(gettext("There is no answer. Write one in the file, or leave the row out."))
    return right


def _each(options: Sequence[str]) -> list[tuple[str, str]]:
    """Return a decision for each option: this is the right one."""
    return [
        (f"{OPTION}{number}", gettext("Right: %(option)s", option=shorten(option, 60)))
        for number, option in enumerate(options, 1)
        if option
    ]


def _without_twins(options: list[str], right: list[int], decisions: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the options, each once, and the places of the right ones. Raises OpenQuestion if two are equal."""
    kept: list[str] = []
    places: list[int] = []
    folded: list[str] = []
    for at, option in enumerate(options):
        if not option:
            continue
        name = fold_option(option)
        if name in folded and ONCE not in decisions:
            why = gettext("The option “%(option)s” is there twice.", option=shorten(option, 60))
            raise OpenQuestion(why, [(ONCE, gettext("Keep it once"))])
        if name not in folded:
            kept.append(option)
            folded.append(name)
        if at in right:
            places.append(folded.index(name))
    return kept, sorted(set(places))


def _as_choice(options: list[str], right: list[int], kind: str | None) -> dict[str, str]:
    answers = [options[place] for place in right]
    if kind == "typed":
        return {"answer": answers[0], "accept": join_texts(answers[1:])}
    if len(answers) == len(options):
        raise OpenQuestion(gettext("There is no wrong option beside the right one."))
    if kind is None and sorted(map(fold_option, options)) == ["false", "true"]:
        return {"kind": "true_false", "answer": answers[0]}
    wrong = join_texts(option for place, option in enumerate(options) if place not in right)
    if len(answers) > 1:
        return {"kind": "multiple", "answer": join_texts(answers), "distractors": wrong}
    return {"kind": "choice", "answer": answers[0], "distractors": wrong}
