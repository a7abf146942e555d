"""The differences between two texts, word by word, and between two documents, field by field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from quizapp.core.translation import gettext

_WORDS = re.compile(r"\s+|[\w’'-]+|[^\w\s]")
_LABELS = {
    "accept": gettext("Also right"),
    "caution": gettext("Caution"),
    "distractors": gettext("Wrong answers"),
    "leads_to": gettext("Effects"),
    "prompt": gettext("Question"),
    "reject": gettext("Never right"),
}
LONGEST = 4000  # words and spaces; comparing takes quadratic time at worst


class Piece(NamedTuple):
    """A piece of text that is in both versions or in only one of them."""

    what: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs, and the pieces of both its versions in reading order."""

    field: str
    pieces: tuple[Piece, ...]

    @property
    def label(self) -> str:
        """Return the name of the field as pages call it."""
        return _LABELS.get(self.field) or _words(self.field).capitalize()


def changes(before: str, after: str) -> tuple[Piece, ...]:
    """Return what was removed and added, in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > LONGEST:
        return tuple(_pieces(before, after))
    found: list[Piece] = []
    removed = added = ""
    for operation, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[start:end]), "".join(new[new_start:new_end])
        if operation != "equal" or (not gone.strip() and (removed or added)):  # a space does not split a change
            removed, added = removed + gone, added + come
            continue
        found += [*_pieces(removed, added), Piece("same", gone)]
        removed = added = ""
    return (*found, *_pieces(removed, added))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the fields of plain data that differ, as text; a missing field counts as empty."""
    fields = [*after, *(field for field in before if field not in after)]
    texts = ((field, as_text(before.get(field)), as_text(after.get(field))) for field in fields)
    return [Difference(field, changes(old, new)) for field, old, new in texts if old != new]


def as_text(value: Any) -> str:
    """Return plain data as readable text: each list item on a line, the parts of a group one after another.

    Keys are left out, because users never see them.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "\n".join(as_text(item) for item in value)
        case dict():
            return "; ".join(
                text if name == "text" else f"{_words(name)}: {text}"
                for name, part in value.items()
                if name != "key" and (text := as_text(part))
            )
        case _:
            return str(value)


def _pieces(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)


def _words(name: str) -> str:
    return name.replace("_", " ")
