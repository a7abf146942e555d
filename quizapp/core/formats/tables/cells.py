"""A question and its fact as cells of a table: which columns each kind uses, and both read back from them.

Several values in a cell are separated by bars: `a | b`. Values that belong together are joined by an equals sign: `left
= right`. A bar or equals sign in the text itself has a backslash before it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from quizapp.core.kinds import Question
from quizapp.core.kinds.accepting import Accepting
from quizapp.core.kinds.choice import Choice
from quizapp.core.kinds.cloze import Cloze, Gap
from quizapp.core.kinds.date import Date
from quizapp.core.kinds.essay import Essay
from quizapp.core.kinds.fields import Distractor
from quizapp.core.kinds.flashcard import Flashcard
from quizapp.core.kinds.matching import Matching
from quizapp.core.kinds.multiple import Multiple
from quizapp.core.kinds.number import Number
from quizapp.core.kinds.ordering import Ordering
from quizapp.core.kinds.point import Point
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.kinds.typed import Typed
from quizapp.core.text.typed_dates import parse_date
from quizapp.core.translation import gettext

Cells = dict[str, str]

NO_PICTURES = gettext("Questions about a place on a picture are left out, because a table has no pictures.")

# In English, Azerbaijani, Russian and Turkish
_YES = {
    "true",
    "t",
    "yes",
    "right",
    "1",
    "doğru",
    "düz",
    "düzdür",
    "düzgün",
    "bəli",
    "hə",
    "верно",
    "да",
    "правда",
    "истина",
    "evet",
    "+",
}
_NO = {
    "false",
    "f",
    "no",
    "wrong",
    "0",
    "yanlış",
    "səhv",
    "yalan",
    "düz deyil",
    "xeyr",
    "yox",
    "неверно",
    "нет",
    "ложь",
    "hayır",
    "-",
    "–",
}


def cells_of(question: Question) -> Cells:
    """Return the cells for the question's own columns, without empty ones."""
    cells = {"kind": question.kind, "question": question.prompt, "explanation": question.explanation}
    return {name: cell for name, cell in (cells | _answer_cells(question)).items() if cell}


def _answer_cells(question: Question) -> Cells:
    match question:
        case Flashcard():
            return {"answer": question.answer}
        case TrueFalse():
            return {"answer": "true" if question.answer else "false"}
        case Choice():
            return {"answer": question.answer} | _wrong_cells(question.distractors)
        case Multiple():
            return {"answer": join_texts(question.answers)} | _wrong_cells(question.distractors)
        case Point():
            raise ValueError(NO_PICTURES)
        case Typed():
            return {"answer": question.answer} | _accepting_cells(question)
        case Cloze():
            return {"text": question.text} | _gap_cells(question)
        case Date():
            return {"answer": question.answer, "accept": join_texts(question.accept), "precision": question.precision}
        case Number():
            tolerance = "" if question.tolerance == "0" else question.tolerance
            return {"answer": question.answer, "tolerance": tolerance, "unit": question.unit or ""}
        case Ordering():
            return {"answer": " | ".join(_pair(*place) for place in question.places)}
        case Matching():
            pairs = " | ".join(_pair(pair.left, pair.right) for pair in question.pairs)
            return {"answer": pairs, "distractors": join_texts(question.extra)}
        case Essay():
            return {"answer": question.answer, "points": join_texts(question.points)}


def _wrong_cells(distractors: Sequence[Distractor]) -> Cells:
    """Return the cells for wrong choices, and for their reasons and misconceptions in the same order.

    Empty values at the end of a list are left out.
    """
    return {
        "distractors": join_texts(wrong.text for wrong in distractors),
        "why_not": _row([wrong.why_not for wrong in distractors]),
        "misconception": _row([wrong.misconception or "" for wrong in distractors]),
    }


def _accepting_cells(answer: Accepting) -> Cells:
    lists = {"accept": answer.accept, "reject": answer.reject, "spellings_of": answer.spellings_of}
    return {name: join_texts(texts) for name, texts in lists.items()}


def _gap_cells(question: Cloze) -> Cells:
    """Return cells in which each value has the name of its gap: `river = Nile | sea = Baltic`."""
    gaps = question.gaps.items()

    def named(texts: Callable[[Gap], Sequence[str]]) -> str:
        return " | ".join(_pair(label, text) for label, gap in gaps for text in texts(gap))

    return {
        "answer": named(lambda gap: [gap.answer]),
        "accept": named(lambda gap: gap.accept),
        "reject": named(lambda gap: gap.reject),
        "spellings_of": named(lambda gap: gap.spellings_of),
        "distractors": named(lambda gap: [wrong.text for wrong in gap.distractors]),
        "why_not": _row([wrong.why_not for _, gap in gaps for wrong in gap.distractors]),
        "misconception": _row([wrong.misconception or "" for _, gap in gaps for wrong in gap.distractors]),
    }


# Reading


def question_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the question in the cells. Raises ValueError if the cells make no sense."""
    kind = _kind(cells)
    question: dict[str, Any] = {"kind": kind, "prompt": cells.get("question", "")}
    question |= _READERS[kind](cells)
    if explanation := cells.get("explanation", ""):
        question["explanation"] = explanation
    return question


def _kind(cells: Mapping[str, str]) -> str:
    """Return the kind given, or else the one that the non-empty cells suggest."""
    if cells.get("kind"):
        return cells["kind"]
    if cells.get("text"):
        return "cloze"
    if cells.get("distractors"):
        return "multiple" if len(split_cell(cells.get("answer", ""))) > 1 else "choice"
    return "typed" if cells.get("accept") else "flashcard"


def _true_false(cells: Mapping[str, str]) -> dict[str, Any]:
    answer = _small(cells.get("answer", ""))
    yes, no = map(_small, _YES), set(map(_small, _NO))
    if answer not in {*yes, *no}:
        given = cells.get("answer", "")
        raise ValueError(gettext("The answer to a statement must be true or false, not “%(answer)s”.", answer=given))
    return {"answer": answer not in no}


def _small(word: str) -> str:
    """Return a word in small letters, with one I: “YANLIŞ” is “yanlış” in Turkish."""
    return word.casefold().replace("i\u0307", "i").replace("ı", "i").rstrip(".")


def _typed(cells: Mapping[str, str]) -> dict[str, Any]:
    lists = {name: split_cell(cells.get(name, "")) for name in ("accept", "reject", "spellings_of")}
    return {"answer": cells.get("answer", "")} | {name: texts for name, texts in lists.items() if texts}


def _cloze(cells: Mapping[str, str]) -> dict[str, Any]:
    gaps: dict[str, dict[str, Any]] = {label: {"answer": text} for label, text in _named(cells, "answer")}
    for name in ("accept", "reject", "spellings_of"):
        for label, text in _named(cells, name):
            _gap(gaps, label).setdefault(name, []).append(text)
    labels = [label for label, _ in _named(cells, "distractors")]
    wrong = _wrong([text for _, text in _named(cells, "distractors")], cells)
    for label, distractor in zip(labels, wrong, strict=True):
        _gap(gaps, label).setdefault("distractors", []).append(distractor)
    return {"text": cells.get("text", ""), "gaps": gaps}


def _gap(gaps: dict[str, dict[str, Any]], label: str) -> dict[str, Any]:
    if label not in gaps:
        raise ValueError(gettext("The gap “%(gap)s” has no answer. Add it in the column “answer”.", gap=label))
    return gaps[label]


def _named(cells: Mapping[str, str], name: str) -> list[tuple[str, str]]:
    pairs = [_halves(entry) for entry in _pieces(cells.get(name, ""), "|")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(gettext("Write the gap before each entry in “%(column)s”: gap = text.", column=name))
    return [(pair[0], pair[1]) for pair in pairs]


def _date(cells: Mapping[str, str]) -> dict[str, Any]:
    answer = as_edtf(cells.get("answer", ""))
    precision = cells.get("precision", "").lower() or {4: "year", 7: "month", 10: "day"}.get(len(answer), "time")
    accept = list(map(as_edtf, split_cell(cells.get("accept", ""))))
    return {"answer": answer, "precision": precision} | ({"accept": accept} if accept else {})


def as_edtf(text: str) -> str:
    """Return a date as sets keep it ("1920-04-28"), if it is written otherwise ("28 April 1920") and can be read."""
    if text[:4].isdigit() and text[4:5] in ("", "-", "~", "?", "/"):
        return text
    found = parse_date(text)
    if found is None or found.year is None or found.year < 1000:
        return text
    parts = [found.month, found.day] if found.day else [found.month]
    day = "-".join([f"{found.year}", *(f"{part:02}" for part in parts if part)])
    return f"{day}T{found.hour:02}:{found.minute or 0:02}" if found.day and found.hour is not None else day


def _number(cells: Mapping[str, str]) -> dict[str, Any]:
    extra = {name: cells[name] for name in ("tolerance", "unit") if cells.get(name)}
    return {"answer": cells.get("answer", "")} | extra


def _ordering(cells: Mapping[str, str]) -> dict[str, Any]:
    places = [_halves(entry) for entry in _pieces(cells.get("answer", ""), "|")]
    return {"items": [place[0] if len(place) == 1 else place for place in places]}


def _matching(cells: Mapping[str, str]) -> dict[str, Any]:
    pairs = [_halves(entry) for entry in _pieces(cells.get("answer", ""), "|")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(gettext("Write each pair as left = right, with a bar | between pairs."))
    extra = split_cell(cells.get("distractors", ""))
    return {"pairs": [{"left": left, "right": right} for left, right in pairs]} | ({"extra": extra} if extra else {})


def _point(cells: Mapping[str, str]) -> dict[str, Any]:
    raise ValueError(NO_PICTURES)


def _essay(cells: Mapping[str, str]) -> dict[str, Any]:
    points = split_cell(cells.get("points", ""))
    return {"answer": cells.get("answer", "")} | ({"points": points} if points else {})


_READERS: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
    "flashcard": lambda cells: {"answer": cells.get("answer", "")},
    "choice": lambda cells: {"answer": cells.get("answer", ""), "distractors": _distractors(cells)},
    "multiple": lambda cells: {"answers": split_cell(cells.get("answer", "")), "distractors": _distractors(cells)},
    "true_false": _true_false,
    "typed": _typed,
    "cloze": _cloze,
    "date": _date,
    "number": _number,
    "ordering": _ordering,
    "matching": _matching,
    "essay": _essay,
    "point": _point,
}


def _distractors(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    return _wrong(split_cell(cells.get("distractors", "")), cells)


def _wrong(texts: list[str], cells: Mapping[str, str]) -> list[dict[str, Any]]:
    reasons = [_plain(reason) for reason in _places(cells.get("why_not", ""))]
    misconceptions = _places(cells.get("misconception", ""))
    if len(reasons) > len(texts) or len(misconceptions) > len(texts):
        raise ValueError(gettext("“why_not” or “misconception” has more entries than there are wrong answers."))
    rows = zip_longest(texts, reasons, misconceptions, fillvalue="")
    return [
        {"text": text}
        | ({"why_not": reason} if reason else {})
        | ({"misconception": misconception} if misconception else {})
        for text, reason, misconception in rows
    ]


# Lists in a cell


def join_texts(texts: Iterable[str]) -> str:
    """Return texts as a list in one cell."""
    return " | ".join(_escaped(text, "|") for text in texts)


def _row(texts: list[str]) -> str:
    """Return a list that may have empty values."""
    while texts and not texts[-1]:
        texts = texts[:-1]
    return join_texts(texts)


def _pair(*texts: str) -> str:
    return " = ".join(_escaped(text, "|=") for text in texts)


def _escaped(text: str, special: str) -> str:
    return re.sub(rf"[\\{special}]", r"\\\g<0>", text)


def _places(cell: str, mark: str = "|") -> list[str]:
    """Return the texts between unescaped marks, still escaped, with empty ones; [] for an empty cell."""
    pieces: list[list[str]] = [[]]
    for token in re.findall(r"\\.|[^\\|=]+|.", cell, re.S):
        if token == mark:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return ["".join(piece).strip() for piece in pieces] if cell.strip() else []


def _pieces(cell: str, mark: str) -> list[str]:
    return [piece for piece in _places(cell, mark) if piece]


def split_cell(cell: str) -> list[str]:
    """Return the texts of a list in one cell."""
    return [_plain(piece) for piece in _pieces(cell, "|")]


def _halves(entry: str) -> list[str]:
    return [_plain(piece) for piece in _pieces(entry, "=")]


def _plain(piece: str) -> str:
    return re.sub(r"\\([\\|=])", r"\1", piece)
