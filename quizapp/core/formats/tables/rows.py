"""A row of a table as the cells of a question: which option is right, which are wrong, and what is not clear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quizapp.core.formats.format import shorten
from quizapp.core.formats.tables.cells import join_texts, split_cell
from quizapp.core.formats.tables.headings import other_kinds, plain_name
from quizapp.core.formats.tables.keys import (
    LATIN,
    find_alphabet,
    fold_option,
    is_among,
    is_key_like,
    letter_places,
    number_places,
    split_list,
    text_places,
)
from quizapp.core.formats.tables.mapping import RIGHT
from quizapp.core.formats.tables.table import ColumnMapping, Row
from quizapp.core.kinds import KINDS
from quizapp.core.translation import gettext

LEAVE_OUT = "skip"
ONCE = "once"  # keep one of several equal options
KEEP = "keep"  # the right answer is what the cell says
OPTION = "option:"  # and the number of the option that is right, from 1


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

    `alphabet` is the one of letters that stand for options. `are_texts` says whether right answers are certainly texts,
    because some of them can be nothing else. `has_zero` says whether one is 0, so that numbers may count from 0.
    """

    mapping: ColumnMapping
    alphabet: str = ""
    are_texts: bool = False
    has_zero: bool = False

    @classmethod
    def for_rows(cls, mapping: ColumnMapping, rows: Sequence[Row], names: Sequence[str] = ()) -> "RowReader":
        """Return a reader that knows what the right answers of all rows look like, and the names of the columns."""
        reader = cls(mapping)
        rights = [right for row in rows if (right := reader._right(reader._columns(row)))]
        are_texts = any(not is_key_like(right, len(LATIN)) for right in rights)
        return cls(mapping, find_alphabet(rights, names), are_texts, any(right.strip() == "0" for right in rights))

    def is_blank(self, row: Row) -> bool:
        """Return whether the row has neither question nor answer, such as a row of a template with its number alone."""
        return not any(cell for cell, role in zip(row.cells, self.mapping.roles, strict=False) if role in _ASKING)

    def read(self, row: Row, decisions: Sequence[str] = ()) -> dict[str, str]:
        """Return the row's cells by the names of our own columns. Raises OpenQuestion, or ValueError."""
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
        return cells | self._from_wrong(columns, kind, decisions)

    def beginning(self, row: Row) -> str:
        """Return the question of a row, or else its first cell that is not empty."""
        columns = self._columns(row)
        question = (columns.get("question") or columns.get("text") or [""])[0]
        return question or next(filter(None, row.cells), "")

    def _columns(self, row: Row) -> dict[str, list[str]]:
        """Return the cells of the row by role."""
        columns: dict[str, list[str]] = {}
        for at, role in enumerate(self.mapping.roles):
            columns.setdefault(role, []).append(row.cells[at] if at < len(row.cells) else "")
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
        if kind == "typed" and not right:
            first, *others = filter(None, options)
            return {"answer": first, "accept": join_texts(others)}
        if kind not in (*_LIST_KINDS, "typed", "true_false") and "right" in self.mapping.roles:
            return {"answer": right}
        places = self._right_places(options, right, decisions)
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
        if "right:letter" in self.mapping.roles:
            return letter_places(right, len(options), self.alphabet)
        numbers = [] if self.has_zero else number_places(right, len(options))
        if "right:number" in self.mapping.roles:
            return numbers
        texts = text_places(right, options)
        if texts and numbers and texts != numbers and not self.are_texts:
            raise OpenQuestion(
                gettext("“%(answer)s” can be an option or the number of one.", answer=right), _each(options)
            )
        return texts

    def _not_among(self, options: list[str], right: str) -> tuple[str, list[tuple[str, str]]]:
        if "right" in self.mapping.roles and not is_key_like(right, len(options)):
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
        if KEEP not in decisions and is_key_like(right, len(options)) and not all(len(text) < 4 for text in wrong):
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
    wrong = join_texts(option for place, option in enumerate(options) if place not in right)
    if kind == "typed":
        return {"answer": answers[0], "accept": join_texts(answers[1:])}
    if len(answers) > 1:
        return {"kind": "multiple", "answer": join_texts(answers), "distractors": wrong}
    return {"kind": "choice", "answer": answers[0], "distractors": wrong}
