"""Turn each of Moodle's question types into the fields of one of our kinds."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree import ElementTree

from quizapp.core.formats.embedded_data import CannotConvert
from quizapp.core.formats.format import PARTLY_RIGHT_LEFT_OUT
from quizapp.core.formats.markup import line_of
from quizapp.core.formats.moodle_xml.cloze import read_gaps
from quizapp.core.formats.moodle_xml.item import FEEDBACK_ON_WRONG_LOST, MoodleQuestion
from quizapp.core.text.edtf import Precision, display_date, parse_edtf
from quizapp.core.translation import gettext

DIVIDER = re.compile(r"<hr\s*/?>")
_CALCULATED = gettext("Calculated questions can’t be imported.")
_DRAG = gettext("Drag-and-drop questions can’t be imported.")
_RANDOM = gettext("A random question only picks other questions, so it can’t be imported.")
_REASONS = {
    "description": gettext("A description doesn’t ask anything, so it can’t be imported."),
    **dict.fromkeys(("ddwtos", "ddimageortext", "ddmarker"), _DRAG),
    "gapselect": gettext(
        "Gaps that share one list of choices can’t be imported. Use Moodle’s “Embedded answers (Cloze)” type instead."
    ),
    **dict.fromkeys(("random", "randomsamatch"), _RANDOM),
    **dict.fromkeys(("calculated", "calculatedsimple", "calculatedmulti"), _CALCULATED),
}

# What cannot be imported.
_BAD_MARK = gettext("The mark for an answer is not a number. Correct it in Moodle.")
_NEITHER = gettext("Neither true nor false is marked as right. Mark one in Moodle.")
_NO_ANSWERS = gettext("There are no answers. Add some in Moodle.")
_NO_DATE = gettext("This date question has no answer like 1920-04-28. Add one in Moodle.")
_NO_MODEL_ANSWER = gettext(
    "This is an essay without a model answer. Write one in Moodle under “Information for graders”."
)
_NO_NUMBER = gettext("No number earns full marks. Add one in Moodle.")
_NO_RIGHT_ANSWER = gettext("No answer without a * earns full marks. Add one in Moodle.")
_NO_RIGHT_CHOICE = gettext("No choice is right. Mark one as right in Moodle.")

# What is not carried over.
_CASE_LOST = gettext("Typed answers no longer need the right capital letters.")
_COMBINED_LOST = gettext("Combined feedback is left out.")
_MARKS_LOST = gettext("Unequal marks are left out. All the right choices count the same, and so do all the wrong ones.")
_NUMBERS_LOST = gettext("Only the first number that earns full marks is kept.")
_ONE_CHOICE = gettext("Only the first right choice in a single-choice question is kept.")
_ORDER_LOST = gettext("The order of choices is left out. Choices are always shuffled here.")
_PARTLY_RIGHT_CHOICES = gettext("Choices that earn part of the mark are left out.")
_UNITS_LOST = gettext("Only the first unit for a number is kept.")
_WILDCARDS_LOST = gettext("Answers with * as a wildcard are left out.")


def read_kind(item: MoodleQuestion) -> dict[str, Any]:
    """Return the fields of the kind; prompt and explanation only if they are special. Raises CannotConvert."""
    kind = item.node.get("type", "")
    kept = item.data.get("kind")
    if kind == "shortanswer" and kept == "date":
        return _date(item)
    if kind == "essay" and kept == "flashcard":
        return _flashcard(item)
    if kind not in _KINDS:
        raise CannotConvert(_REASONS.get(kind) or _unknown_type_message(kind))
    return _KINDS[kind](item)


def _unknown_type_message(kind: str) -> str:
    return gettext("Questions of Moodle’s type “%(type)s” can’t be imported.", type=kind)


def _answers(item: MoodleQuestion) -> list[tuple[ElementTree.Element, float]]:
    """Return each answer and its marks, -100 to 100 per cent."""
    found = []
    for answer in item.node.findall("answer"):
        try:
            found.append((answer, float(answer.get("fraction", "0"))))
        except ValueError:
            raise CannotConvert(_BAD_MARK) from None
    if not found:
        raise CannotConvert(_NO_ANSWERS)
    return found


def _multichoice(item: MoodleQuestion) -> dict[str, Any]:
    answers = _answers(item)
    if item.string("shuffleanswers") in ("0", "false"):
        item.warn(_ORDER_LOST)
    for feedback in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        if item.html(item.node.find(feedback)):
            item.warn(_COMBINED_LOST)
    single = item.string("single") not in ("0", "false")
    right = [answer for answer, worth in answers if worth >= 100 or (worth > 0 and not single)]
    wrong = [answer for answer, worth in answers if worth <= 0]
    if single and len(right) + len(wrong) < len(answers):
        item.warn(_PARTLY_RIGHT_CHOICES)
    worths = {round(worth, 1) for _, worth in answers if worth > 0}
    if not single and (len(worths) > 1 or any(worth == 0 for _, worth in answers)):
        item.warn(_MARKS_LOST)
    for answer in right:
        item.explain(answer.find("feedback"))
    distractors = [{"text": item.line(a), "why_not": item.blocks(a.find("feedback"))} for a in wrong]
    if single or len(right) == 1:
        if not right:
            raise CannotConvert(_NO_RIGHT_CHOICE)
        if len(right) > 1:
            item.warn(_ONE_CHOICE)
        return {"kind": "choice", "answer": item.line(right[0]), "distractors": distractors}
    return {"kind": "multiple", "answers": [item.line(answer) for answer in right], "distractors": distractors}


def _true_false(item: MoodleQuestion) -> dict[str, Any]:
    answers = sorted(_answers(item), key=lambda answer: -answer[1])
    if answers[0][1] <= 0:
        raise CannotConvert(_NEITHER)
    for answer, _ in answers:
        item.explain(answer.find("feedback"))
    return {"kind": "true_false", "answer": item.line(answers[0][0]).lower() == "true"}


def _plain(answer: ElementTree.Element) -> str:
    """Return a short answer, which is always plain text in Moodle."""
    return " ".join(answer.findtext("text", "").split())


def _short_answer(item: MoodleQuestion) -> dict[str, Any]:
    accepted, refused = _typed(item)
    return {"kind": "typed", "answer": accepted[0], "accept": accepted[1:], "reject": refused}


def _typed(item: MoodleQuestion) -> tuple[list[str], list[str]]:
    """Return the accepted answers in order, and the refused ones. `*` means any letters, `\\*` a literal one."""
    if item.string("usecase") in ("1", "true"):
        item.warn(_CASE_LOST)
    accepted: list[str] = []
    refused: list[str] = []
    for answer, worth in _answers(item):
        text = _plain(answer)
        if worth >= 100:
            item.explain(answer.find("feedback"))
        elif item.html(answer.find("feedback")):
            item.warn(FEEDBACK_ON_WRONG_LOST)
        if re.search(r"(?<!\\)\*", text):
            if text.strip("* "):
                item.warn(_WILDCARDS_LOST)
        elif 0 < worth < 100:
            item.warn(PARTLY_RIGHT_LEFT_OUT)
        elif text:
            (accepted if worth >= 100 else refused).append(text.replace("\\*", "*"))
    if not accepted:
        raise CannotConvert(_NO_RIGHT_ANSWER)
    return accepted, refused


def date_forms(edtf: str, precision: Precision) -> list[str]:
    """Return spellings of a date for exact comparison: in words and in EDTF, at the precision asked for."""
    point = parse_edtf(edtf)[0]
    parts = [f"{point.year:04}", *(f"{part:02}" for part in (point.month, point.day) if part)]
    coarse = "-".join(parts[: min(precision, Precision.DAY)])
    if precision is Precision.TIME:
        coarse += f"T{point.hour:02}:{point.minute:02}"
    forms = [display_date(edtf), edtf, display_date(coarse), coarse]
    if precision is Precision.DAY:
        forms.append(".".join(reversed(parts[:3])))
    return list(dict.fromkeys(forms))


def _date(item: MoodleQuestion) -> dict[str, Any]:
    precision = item.data.get("precision", "day")
    asked = Precision.__members__.get(precision.upper(), Precision.DAY)
    implied: set[str] = set()
    dates: list[str] = []
    for text in _typed(item)[0]:
        if text not in implied and _is_date(text):
            dates.append(text)
            implied |= set(date_forms(text, asked)) if _fine(text) >= asked else set()
    if not dates:
        raise CannotConvert(_NO_DATE)
    return {"kind": "date", "answer": dates[0], "precision": precision, "accept": dates[1:]}


def _is_date(text: str) -> bool:
    try:
        start, end = parse_edtf(text)
    except ValueError:
        return False
    return start == end


def _fine(edtf: str) -> Precision:
    return parse_edtf(edtf)[0].precision


def _flashcard(item: MoodleQuestion) -> dict[str, Any]:
    answer = item.blocks(item.node.find("graderinfo"))
    _, *rest = DIVIDER.split(item.html(item.node.find("generalfeedback")), maxsplit=1)
    return {"kind": "flashcard", "answer": answer, "explanation": item.markdown("".join(rest))}


def _essay(item: MoodleQuestion) -> dict[str, Any]:
    """Read the model answer from the information for graders, as we export it: the points are a list after a rule."""
    info = item.node.find("graderinfo")
    answer, *rest = DIVIDER.split(item.html(info), maxsplit=1)
    points = [line_of(point).text for point in _list_items("".join(rest))]
    question = {"answer": item.markdown(answer), "points": points} if points else {"answer": item.blocks(info)}
    if not question["answer"]:
        raise CannotConvert(_NO_MODEL_ANSWER)
    return {"kind": "essay", **question}


def _list_items(html: str) -> Iterator[str]:
    """Yield the contents of each `<li>` up to its end."""
    for part in html.split("</li>")[:-1]:
        _, tag, rest = part.partition("<li")
        _, end, item = rest.partition(">")
        if tag and end:
            yield item


def _numerical(item: MoodleQuestion) -> dict[str, Any]:
    right = [answer for answer, worth in _answers(item) if worth >= 100 and _plain(answer) != "*"]
    if not right:
        raise CannotConvert(_NO_NUMBER)
    if len(item.node.findall("answer")) > 1:
        item.warn(_NUMBERS_LOST)
    item.explain(right[0].find("feedback"))
    units = item.node.findall("units/unit")
    if len(units) > 1:
        item.warn(_UNITS_LOST)
    return {
        "kind": "number",
        "answer": _figure(_plain(right[0])),
        "tolerance": _figure(right[0].findtext("tolerance", "0").strip() or "0"),
        "unit": (units[0].findtext("unit_name", "").strip() or None) if units else None,
    }


def _figure(text: str) -> str:
    """Return a number as in our schema: no exponent, no trailing zeros."""
    try:
        value = Decimal(text.replace(",", ".").replace(" ", ""))
        plain = f"{value:f}" if abs(value.adjusted()) < 30 else ""
    except InvalidOperation:
        plain = ""
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise CannotConvert(gettext("“%(text)s” is not a number. Correct it in Moodle.", text=text[:40]))
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _matching(item: MoodleQuestion) -> dict[str, Any]:
    pairs: list[dict[str, str]] = []
    extra: list[str] = []
    for node in item.node.findall("subquestion"):
        left, right = item.line(node), " ".join(node.findtext("answer/text", "").split())
        if left:
            pairs.append({"left": left, "right": right})
        elif right not in extra:
            extra.append(right)
    targets = {pair["right"] for pair in pairs}
    return {"kind": "matching", "pairs": pairs, "extra": [text for text in extra if text not in targets]}


def _ordering(item: MoodleQuestion) -> dict[str, Any]:
    texts = [item.line(answer) for answer in item.node.findall("answer")]
    places = [int(place) for place in item.data.get("places", "").split("-") if place.isdecimal()]
    if len(places) != len(texts):
        return {"kind": "ordering", "items": texts}
    groups: dict[int, list[str]] = {}
    for place, text in zip(places, texts, strict=True):
        groups.setdefault(place, []).append(text)
    return {"kind": "ordering", "items": [group[0] if len(group) == 1 else group for group in groups.values()]}


def _cloze(item: MoodleQuestion) -> dict[str, Any]:
    source = item.html(item.node.find("questiontext"))
    before, *rest = DIVIDER.split(source, maxsplit=1)
    if not (rest and item.data.get("kind") == "cloze"):
        before, rest = "", [source]
    pieces, gaps = read_gaps(rest[0], item)
    text, picture = item.text_with_gaps(pieces, list(gaps))
    prompt, first = item.prompt(before) if before else (gettext("Fill in the gap."), None)
    return {"kind": "cloze", "prompt": prompt, "text": text, "gaps": gaps, "picture": first or picture}


_KINDS: dict[str, Callable[[MoodleQuestion], dict[str, Any]]] = {
    "multichoice": _multichoice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
    "essay": _essay,
    "cloze": _cloze,
    "multianswer": _cloze,
}
