"""Gaps in a text in Moodle's notation, `{1:SHORTANSWER:=Baku~%0%Bakersfield#Not this one}`, both ways.

Only a backslash before `}`, `~` and `#` escapes a character; the answers are HTML.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from quizapp.core.formats.embedded_data import NO_GAP, CannotConvert, gap_name, too_many_gaps_message
from quizapp.core.formats.format import PARTLY_RIGHT_LEFT_OUT
from quizapp.core.formats.moodle_xml.item import FEEDBACK_ON_WRONG_LOST, MoodleQuestion
from quizapp.core.kinds.cloze import MOST_GAPS, Gap
from quizapp.core.translation import gettext

_GAP = re.compile(r"\{(\d*+):([A-Z_]++):((?:\\.|[^\\}])*+)(\}?)", re.S)  # the last group is empty if it is not closed
_TYPED = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
_NUMBER = {"NUMERICAL", "NM"}
_CHOSEN = {
    "MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH",
    "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS",
}  # fmt: skip
_ALTERNATIVE = re.compile(r"\s*(?:%(-?\d+(?:\.\d*)?)%|(=))?(.*)", re.S)

_MARKS_LOST = gettext("Marks for gaps are left out. Every gap counts the same.")
_NO_RIGHT_ANSWER = gettext("A gap has no right answer. Mark one as right in Moodle.")
_ONE_CHOICE = gettext("Only the first right choice for each gap is kept.")
_SAME_NAME = gettext("Two gaps have the same name. Rename one of them.")
_TOLERANCE_LOST = gettext("Tolerances for numbers in gaps are left out.")
_TYPED_INTO = gettext("Gaps with two choices become gaps to type into.")


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    fraction: float  # 0 to 100
    feedback: str


def read_gaps(source: str, item: MoodleQuestion) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Return the HTML before, between and after the gaps, and the gaps by name, in order. Raises CannotConvert."""
    gaps: dict[str, dict[str, Any]] = {}
    found = [match for match in _GAP.finditer(source) if match[4]]
    if not found:
        raise CannotConvert(NO_GAP)
    if len(found) > MOST_GAPS:
        raise CannotConvert(too_many_gaps_message(len(found)))
    for number, match in enumerate(found, 1):
        if match[1] not in ("", "1"):
            item.warn(_MARKS_LOST)
        name = item.data.get(f"gap{number}") or gap_name(number, len(found))
        gaps[name] = _gap(match[2], _answers(match[3], item), item)
    if len(gaps) < len(found):
        raise CannotConvert(_SAME_NAME)
    ends, starts = [0, *(match.end() for match in found)], [*(match.start() for match in found), len(source)]
    return [source[end:start] for end, start in zip(ends, starts, strict=True)], gaps


def _answers(source: str, item: MoodleQuestion) -> list[_Answer]:
    answers = []
    for part in re.split(r"(?<!\\)~", source.lstrip("~")):
        body, *feedback = re.split(r"(?<![\\&])#", part, maxsplit=1)
        mark = _ALTERNATIVE.fullmatch(body)
        assert mark
        fraction = 100.0 if mark[2] else float(mark[1] or 0)
        answers.append(_Answer(_plain(mark[3]), fraction, item.markdown(_bare("".join(feedback)))))
    return [answer for answer in answers if answer.text]


def _bare(text: str) -> str:
    return re.sub(r"\\([}~#/\"\\])", r"\1", text)


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", "", _bare(text))).split())


def _gap(kind: str, answers: list[_Answer], item: MoodleQuestion) -> dict[str, Any]:
    right = [answer for answer in answers if answer.fraction >= 100]
    wrong = [answer for answer in answers if answer.fraction <= 0 and answer.text != "*"]
    if len(right) + len(wrong) < len([answer for answer in answers if answer.text != "*"]):
        item.warn(PARTLY_RIGHT_LEFT_OUT)
    if not right:
        raise CannotConvert(_NO_RIGHT_ANSWER)
    item.explanation += [a.feedback for a in right if a.feedback and a.feedback not in item.explanation]
    if kind in _CHOSEN:
        return _chosen(right, wrong, item)
    if kind not in _TYPED | _NUMBER:
        raise CannotConvert(gettext("Gaps of the type %(type)s can’t be imported.", type=kind))
    if kind in _NUMBER:
        return {"answer": _figure(right[0].text, item)}
    if any(answer.feedback for answer in wrong):
        item.warn(FEEDBACK_ON_WRONG_LOST)
    first, *others = (answer.text for answer in right)
    return {"answer": first, "accept": others, "reject": [answer.text for answer in wrong]}


def _chosen(right: list[_Answer], wrong: list[_Answer], item: MoodleQuestion) -> dict[str, Any]:
    if len(right) > 1:
        item.warn(_ONE_CHOICE)
    if len(wrong) < 2:
        item.warn(_TYPED_INTO)
        return {"answer": right[0].text, "reject": [answer.text for answer in wrong]}
    return {
        "answer": right[0].text,
        "distractors": [{"text": answer.text, "why_not": answer.feedback} for answer in wrong],
    }


def _figure(text: str, item: MoodleQuestion) -> str:
    figure, _, tolerance = text.partition(":")
    if tolerance.strip() not in ("", "0"):
        item.warn(_TOLERANCE_LOST)
    return figure.strip()


def written_gap(gap: Gap, render: Callable[[str], str]) -> str:
    """Return a gap in Moodle's notation; `render` turns Markdown into HTML."""
    if gap.distractors:
        wrong = [_escaped(d.text) + (f"#{_safe(render(d.why_not))}" if d.why_not else "") for d in gap.distractors]
        return f"{{1:MULTICHOICE_S:={_escaped(gap.answer)}" + "".join(f"~{text}" for text in wrong) + "}"
    right = [f"={_escaped(text)}" for text in [gap.answer, *gap.accept]]
    return "{1:SHORTANSWER:" + "~".join([*right, *map(_escaped, gap.reject)]) + "}"


def _escaped(plain: str) -> str:
    return _safe(html.escape(plain, quote=False))


def _safe(source: str) -> str:
    return re.sub(r"[}~]|(?<!&)#", r"\\\g<0>", source.replace("\n", " "))
