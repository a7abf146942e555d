"""What an import would do to a set: the changes, and what a page shows of them."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.format import ImportFormat, SkippedQuestion
from quizapp.core.formats.tables.table import OpenRow, TableView
from quizapp.core.kinds import KIND_NAMES, parse_question
from quizapp.core.pictures import EncodedPicture, make_thumbnail
from quizapp.core.sets import schema
from quizapp.services.sets.updates import Change

MOST_PICTURES = 20  # of new ones that are shown; making each small takes up to 0.1 s


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do, or did. `fingerprint` is the same as long as that is the same.

    `header` is what the header of the set will be. `new_pictures` will be stored; they are known by their digests.
    """

    form: ImportFormat
    header: schema.SetHeader
    changes: Sequence[Change]
    skipped: Sequence[SkippedQuestion]
    warnings: Sequence[tuple[str, int, str]]  # sentence, how often, the first place
    new_topics: Sequence[str]
    fingerprint: str
    new_pictures: Mapping[str, EncodedPicture] = field(default_factory=dict)
    table: TableView | None = None
    open_rows: Sequence[OpenRow] = ()

    def of(self, *whats: str, questions: bool = True) -> list[Change]:
        """Return the changes of these sorts to questions, or to facts themselves."""
        return [
            change for change in self.changes if change.what in whats and (change.question_key is not None) == questions
        ]

    @property
    def does_something(self) -> bool:
        return any(change.what != "unchanged" for change in self.changes)

    @property
    def is_ready(self) -> bool:
        """Return whether it can be imported: the columns of a table are mapped, and no row is open."""
        return not self.open_rows and (self.table is None or self.table.is_certain)


def describe_preview(preview: ImportPreview, *, most: int) -> dict[str, Any]:
    """Return what a page shows of a preview as plain data, with at most so many entries in each list."""
    lists: dict[str, list[Change]] = {what: preview.of(what) for what in ("added", "changed", "restored", "unchanged")}
    lists["facts"] = preview.of("changed", "restored", questions=False)
    titles = {topic.key: topic.title for topic in preview.header.topics}
    facts = (change for change in preview.changes if change.question_key is None)
    topics = {change.fact_key: titles.get((change.after or {}).get("topic", ""), "") for change in facts}
    return {
        "format": preview.form.title,
        "language": preview.header.language,
        "fingerprint": preview.fingerprint,
        "is_ready": preview.is_ready,
        "does_something": preview.does_something,
        "new_topics": list(preview.new_topics),
        "numbers": {what: len(changes) for what, changes in lists.items()} | {"skipped": len(preview.skipped)},
        "kinds": _count_kinds(lists["added"]),
        "skipped": [[entry.place, entry.what, entry.why] for entry in preview.skipped[:most]],
        "warnings": [list(warning) for warning in preview.warnings],
        "changes": {
            what: [_describe_change(change, topics) for change in lists[what][:most]]
            for what in ("added", "changed", "restored", "facts")
        },
        "pictures": _small_pictures(preview.new_pictures, [*lists["added"][:most], *lists["restored"][:most]]),
        "table": _describe_table(preview.table) if preview.table else None,
        "open_rows": [[row.line, row.what, row.why, list(map(list, row.choices))] for row in preview.open_rows[:most]],
        "open": len(preview.open_rows),
    }


def _count_kinds(added: Iterable[Change]) -> list[tuple[str, int]]:
    """Return the names of the kinds of new questions, and how many there are of each; the most frequent comes first."""
    kinds = Counter(change.after["kind"] for change in added if change.after)
    return [(KIND_NAMES[kind], number) for kind, number in kinds.most_common()]


def _describe_change(change: Change, topics: Mapping[str, str]) -> dict[str, Any]:
    assert change.after is not None
    if change.question_key is None:
        return {"title": change.after["statement"], "before": change.before, "after": change.after}
    title, topic = parse_question(change.after).prompt, topics.get(change.fact_key, "")
    return {"title": title, "topic": topic, "before": change.before, "after": change.after}


def _small_pictures(new: Mapping[str, EncodedPicture], changes: Iterable[Change]) -> dict[str, str]:
    """Return an address with a small copy of each new picture, by digest; "" for those that are too many."""
    digests = (change.after["picture"]["digest"] for change in changes if change.after and change.after.get("picture"))
    shown = [digest for digest in dict.fromkeys(digests) if digest in new]
    small = {digest: _data_address(make_thumbnail(new[digest].data)) for digest in shown[:MOST_PICTURES]}
    return dict.fromkeys(shown, "") | small


def _data_address(data: bytes) -> str:
    return f"data:image/webp;base64,{b64encode(data).decode()}"


def _describe_table(table: TableView) -> dict[str, Any]:
    return {
        "head": [[row.line, list(row.cells)] for row in table.head],
        "width": table.width,
        "roles": list(table.mapping.roles),
        "heading": table.mapping.heading or 0,
        "is_certain": table.is_certain,
        "encoding": table.encoding,
        "sheet": table.sheet,
        "separator": table.separator,
        "sheets": list(table.sheets),
        "problem": table.problem,
    }
