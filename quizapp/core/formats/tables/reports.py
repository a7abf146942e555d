"""Tables with students' answers instead of questions, as forms and quizzes of other programs export them."""

import re
from collections.abc import Sequence

from quizapp.core.formats.tables.table import Row, Table
from quizapp.core.translation import gettext

_GOOGLE_FORMS = gettext(
    "This is a Google Forms response file, not a quiz. Copy the form’s questions into a table with their answers."
)
_MICROSOFT_FORMS = gettext(
    "This is a Microsoft Forms response file, not a quiz. Copy the form’s questions into a table with their answers."
)
_MOODLE = gettext(
    "This is a file of responses to a Moodle quiz. In Moodle’s question bank, export the questions as Moodle XML."
)
_KAHOOT = gettext("This is a report of a Kahoot game, not a quiz. Fill in Kahoot’s template for questions instead.")
_QUIZIZZ = gettext("This is a report of a Quizizz game, not a quiz. Fill in Quizizz’s template for questions instead.")

# The first column of responses in Google Forms
_TIMESTAMPS = {
    "timestamp", "отметка времени", "позначка часу", "zaman damgası", "zaman damğası", "vaxt damğası", "vaxt möhürü",
    "zaman möhürü", "vaxt nişanı", "zeitstempel", "horodateur", "marca temporal", "carimbo de data/hora",
    "informazioni cronologiche",
}  # fmt: skip
_STARTED = {"start time", "время начала", "başlangıç zamanı", "başlama vaxtı", "startzeit", "heure de début"}
_COMPLETED = {
    "completion time", "время выполнения", "время завершения", "tamamlama zamanı", "tamamlanma vaxtı",
    "fertigstellungszeit", "heure de fin",
}  # fmt: skip
_MOODLE_ATTEMPT = {
    "started on", "started", "completed", "time taken", "state", "status",
    "тест начат", "завершено", "затраченное время", "состояние", "başlangıç", "tamamlandı", "geçen süre",
}  # fmt: skip
_MOODLE_MARK = re.compile(r"(?:grade|оценка|not|response|ответ|yanıt|q\. ?|в\. ?|s\. ?)[ /]*+[0-9].*")
_KAHOOT_SHEETS = {"final scores", "kahoot! summary", "rawreportdata data"}
_KAHOOT_CELLS = {"played on", "hosted by", "played with"}
_QUIZIZZ_SHEETS = {"participant data", "participant details", "quiz details", "accuracy data", "time data"}
_TOP = 8  # rows


def recognise_report(table: Table) -> str | None:
    """Return a sentence about a table of students' answers: what it is and what to do. None for other tables."""
    sheets = set(map(_folded, table.sheets))
    top = table.rows[:_TOP]
    firsts = {_folded(row.cells[0]) for row in top}
    if sheets & _KAHOOT_SHEETS or len(firsts & _KAHOOT_CELLS) > 1:
        return _KAHOOT
    if len(sheets & _QUIZIZZ_SHEETS) > 1:
        return _QUIZIZZ
    return _of_headings(top)


def _of_headings(top: Sequence[Row]) -> str | None:
    if not top:
        return None
    headings = [_folded(cell) for cell in top[0].cells]
    if set(headings) & _STARTED and set(headings) & _COMPLETED:
        return _MICROSOFT_FORMS
    if headings[0] in _TIMESTAMPS and len(headings) > 1 and _has_times(top[1:]):
        return _GOOGLE_FORMS
    if len(set(headings) & _MOODLE_ATTEMPT) > 1 and any(map(_MOODLE_MARK.fullmatch, headings)):
        return _MOODLE
    return None


def _has_times(rows: Sequence[Row]) -> bool:
    """Return whether the first column of the rows below the headings has times, as responses have."""
    return all(re.search("[0-9][:.][0-9]{2}", row.cells[0]) for row in rows)


def _folded(cell: str) -> str:
    return " ".join(cell.split()).casefold()
