"""The page that shows what an import would do, and asks what the program cannot know of a table."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import render_template

from quizapp.core.formats.tables.mapping import COMMON_ROLES, MORE_ROLES, SEPARATOR_NAMES, write_mapping
from quizapp.core.formats.tables.table import MAX_HEADING, ColumnMapping, TableOptions
from quizapp.core.kinds import Question, Response, parse_question, read_response
from quizapp.core.kinds.base import Grade
from quizapp.core.text.encodings import ENCODINGS
from quizapp.core.translation import gettext

OUTDATED = gettext(
    "The set or your choices have changed since you saw the preview, so nothing was imported. Here is a new preview."
)
UNDECIDED = gettext("Nothing was imported yet. First complete what is marked below.")


class ShownQuestion(NamedTuple):
    """A question that would be imported, with what the templates of its kind need to show it with its answer.

    `picture` is the address of a small copy of its picture if that is not stored yet, "" if there is no such copy, and
    None if none is needed.
    """

    question: Question
    order: list[int]
    response: Response
    grade: Grade
    topic: str
    picture: str | None
    overridden: bool = False
    remembered: bool = False


def render_preview(preview: Mapping[str, Any], options: TableOptions, **values: Any) -> str:
    """Return the page of a preview from `describe_preview`, made with these options."""
    changes = preview["changes"]
    return render_template(
        "import_export/preview.html",
        preview=preview,
        options=options,
        questions={what: [_show(change, preview) for change in changes[what]] for what in ("added", "restored")},
        roles=((gettext("Common"), COMMON_ROLES), (gettext("More"), MORE_ROLES)),
        encodings=ENCODINGS,
        separators=SEPARATOR_NAMES,
        mapping=write_mapping(_shown_mapping(preview["table"])) if preview.get("table") else "",
        max_heading=MAX_HEADING,
        **values,
    )


def shown_options(preview: Mapping[str, Any], options: TableOptions) -> TableOptions:
    """Return the options that the page of a preview sends when nothing on it is changed."""
    table = preview.get("table")
    if table is None:
        return options
    chosen = {
        "mapping": _shown_mapping(table),
        "encoding": table["encoding"],
        "sheet": table["sheet"],
        "separator": table["separator"],
        "remembered": None,
    }
    return options.model_copy(update=chosen)


def _shown_mapping(table: Mapping[str, Any]) -> ColumnMapping:
    return ColumnMapping(roles=tuple(table["roles"]), heading=table["heading"])


def _show(change: Mapping[str, Any], preview: Mapping[str, Any]) -> ShownQuestion:
    question = parse_question(change["after"])
    order = [index for indices in question.option_ranges.values() for index in indices]
    response = read_response(question, {}, order)
    new_pictures = preview.get("pictures", {})
    picture = new_pictures.get(question.picture.digest) if question.picture else None
    return ShownQuestion(question, order, response, question.grade(response), change.get("topic", ""), picture)
