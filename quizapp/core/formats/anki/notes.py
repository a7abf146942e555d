"""Turn notes of any type and their cards into questions: flashcards, typed answers and gaps."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from quizapp.core.formats.anki.collection import NoteType
from quizapp.core.formats.embedded_data import (
    NO_GAP,
    CannotConvert,
    GroupedWarnings,
    gap_name,
    too_many_gaps_message,
)
from quizapp.core.formats.format import ONE_PICTURE, PICTURES_NOT_IN_FILE, PICTURES_OUTSIDE
from quizapp.core.formats.html_tree import SOUND_LEFT_OUT, Image
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.markup import ConvertedHtml, line_of, markdown_of, markdown_with_gaps
from quizapp.core.kinds.cloze import MOST_GAPS
from quizapp.core.translation import gettext

SHORT = 40  # characters, and
FEW = 5  # words: an answer up to this length is typed
MAX_NESTING = 6  # gaps inside gaps

_REFERENCE = re.compile(r"\{\{([^{}]+)\}\}")
_SPECIAL = re.compile("FrontSide|Tags|Type|Deck|Subdeck|Card|CardFlag|CardID")
_SOUNDS = (("[anki:tts", "[/anki:tts]"), ("[anki:tts", "]"), ("[anki:play", "]"), ("[sound:", "]"))
_CLOZE = re.compile(r"\{\{c(\d{1,3}(?:,\d{1,3})*)::|\}\}")

LAYOUT_LOST = gettext("Card layouts are left out. Fields are shown one below the other.")
_NO_BACK = gettext("The back of this card has no text. A picture or a sound can’t be an answer.")
_UNKNOWN_TEMPLATE = gettext(
    "Some card templates are unknown. The first field becomes the question, the others the answer."
)

Media = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class NoteContext:
    """Where warnings about a note go, and where its pictures are read and stored."""

    place: str
    builder: ImportBuilder
    grouped: GroupedWarnings
    media: Media

    def warn(self, what: str) -> None:
        self.grouped.add(self.place, what)

    def blocks(self, html: str, *, pictured: bool = False) -> ConvertedHtml:
        """Return HTML as Markdown; `pictured` means that the caller asks for its pictures."""
        return self._with_warnings(markdown_of(self._silent(html)), pictured)

    def blocks_with_gaps(self, pieces: list[str], names: list[str]) -> ConvertedHtml:
        """Return HTML, cut where its gaps are, as Markdown with `{{name}}` for each gap."""
        return self._with_warnings(markdown_with_gaps(list(map(self._silent, pieces)), names), True)

    def line(self, html: str) -> str:
        return self._with_warnings(line_of(self._silent(html)), False).text

    def picture(self, images: tuple[Image, ...]) -> dict[str, Any] | None:
        """Return the first of the pictures that is in the package, or None."""
        found = None
        for image in images:
            data = self.media(image.source) if found is None else None
            if found is not None:
                self.warn(ONE_PICTURE)
            elif data is None:
                self.warn(PICTURES_NOT_IN_FILE)
            else:
                found = self.builder.picture(data, image.alt, self.place)
        return found

    def _silent(self, html: str) -> str:
        silent = html
        for begin, end in _SOUNDS:
            silent = _cut_out(silent, begin, end)
        if silent != html:
            self.warn(SOUND_LEFT_OUT)
        return silent

    def _with_warnings(self, marked: ConvertedHtml, pictured: bool) -> ConvertedHtml:
        self.grouped.add_all(self.place, marked.warnings)
        if marked.images and not pictured:
            self.warn(PICTURES_OUTSIDE)
        return marked


def _cut_out(text: str, begin: str, end: str) -> str:
    """Return the text with a space for each part from `begin` to the next `end`."""
    kept: list[str] = []
    at = 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start)) >= 0:
        kept += [text[at:start], " "]
        at = stop + len(end)
    return "".join([*kept, text[at:]])


def two_sided(front: str, back: str, context: NoteContext, *, typed: bool = False) -> dict[str, Any]:
    """Return a question from the HTML of the two sides of a card. Raises CannotConvert."""
    asked = context.blocks(front, pictured=True)
    picture = context.picture(asked.images)
    prompt = asked.text or (gettext("What does the picture show?") if picture else "")
    if not prompt:
        raise CannotConvert(gettext("The front of this card has no text. Add some in Anki."))
    answer, line = context.blocks(back).text, line_of(back if len(back) < 1000 else "").text
    if not answer:
        raise CannotConvert(_NO_BACK)
    short = len(line) <= SHORT and len(line.split()) <= FEW and "\n" not in answer
    if line and (typed or short):
        return {"kind": "typed", "prompt": prompt, "picture": picture, "answer": context.line(back)}
    return {"kind": "flashcard", "prompt": prompt, "picture": picture, "answer": answer}


def sides(note_type: NoteType, values: dict[str, str], number: int, context: NoteContext) -> tuple[str, str, bool]:
    """Return the HTML of the front and back of a card, from its template, and whether its answer is typed."""
    front: list[str] = []
    back: list[str] = []
    typed: list[str] = []
    if number < len(note_type.templates):
        template = note_type.templates[number]
        asked = list(_references(template.front))
        typed = [name for name, filters in asked if "type" in filters]
        front = [name for name, filters in asked if "type" not in filters and values.get(name)]
        back = typed or [name for name, _ in _references(template.back) if name not in front and values.get(name)]
    if not front or not back:
        front, back = list(values)[:1], [name for name in list(values)[1:] if values[name]]
        context.warn(_UNKNOWN_TEMPLATE)
    elif len(back) > 1:
        context.warn(LAYOUT_LOST)
    return _below(values, front), _below(values, back), bool(typed)


def _below(values: dict[str, str], names: list[str]) -> str:
    return "<br>".join(values[name] for name in dict.fromkeys(names) if name in values)


def _references(template: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each field that a template shows, with its filters."""
    for reference in _REFERENCE.findall(template):
        *filters, name = (part.strip() for part in reference.split(":"))
        if not _SPECIAL.fullmatch(name) and not reference.strip().startswith(("#", "^", "/", "!")):
            yield name, filters


@dataclass(slots=True)
class _Part:
    """A part of a text with gaps: text, or the contents of `{{c1::…}}`, in order."""

    numbers: frozenset[int]
    pieces: "list[str | _Part]"

    def shown(self) -> str:
        return "".join(piece if isinstance(piece, str) else piece.answer()[0] for piece in self.pieces)

    def answer(self) -> tuple[str, str]:
        """Return the hidden text and the hint."""
        text, _, hint = self.shown().partition("::")
        return text, hint


def cloze_numbers(text: str) -> list[int]:
    """Return the numbers of the gaps in a text, in ascending order."""
    return sorted(_numbers(_parsed(text)))


def _numbers(part: _Part) -> set[int]:
    inner = (_numbers(piece) for piece in part.pieces if isinstance(piece, _Part))
    return set(part.numbers).union(*inner)


def _parsed(text: str) -> _Part:
    open_parts = [_Part(frozenset(), [])]
    at = 0
    for match in _CLOZE.finditer(text):
        open_parts[-1].pieces.append(text[at : match.start()])
        at = match.end()
        if match[1] and len(open_parts) <= MAX_NESTING:
            part = _Part(frozenset(map(int, match[1].split(","))), [])
            open_parts[-1].pieces.append(part)
            open_parts.append(part)
        elif not match[1] and len(open_parts) > 1:
            open_parts.pop()
        else:
            open_parts[-1].pieces.append(match[0])
    open_parts[-1].pieces.append(text[at:])
    return open_parts[0]


def cloze(text: str, number: int, extra: str, context: NoteContext) -> dict[str, Any]:
    """Return the question for the gaps with this number, with the other gaps filled in. Raises CannotConvert."""
    pieces = list(_pieces(_parsed(text), number))
    found = [piece.answer() for piece in pieces if isinstance(piece, _Part)]
    if not found:
        raise CannotConvert(NO_GAP)
    if len(found) > MOST_GAPS:
        raise CannotConvert(too_many_gaps_message(len(found)))
    names = _gap_names([context.line(hint) for _, hint in found])
    marked = context.blocks_with_gaps(_between_gaps(pieces), names)
    gaps = {name: {"answer": context.line(answer)} for name, (answer, _) in zip(names, found, strict=True)}
    return {
        "kind": "cloze",
        "prompt": gettext("Fill in the gap."),
        "text": marked.text,
        "gaps": gaps,
        "picture": context.picture(marked.images),
        "explanation": context.blocks(extra).text,
    }


def _pieces(part: _Part, number: int) -> "Iterator[str | _Part]":
    """Yield the texts of a part, and the parts inside it that are gaps with this number; the others are filled in."""
    for piece in part.pieces:
        if isinstance(piece, str) or number in piece.numbers:
            yield piece
        else:
            yield from _without_hint(_pieces(piece, number))


def _without_hint(pieces: "Iterable[str | _Part]") -> "Iterator[str | _Part]":
    """Yield what is before the hint, which follows two colons."""
    for piece in pieces:
        if isinstance(piece, str) and "::" in piece:
            yield piece.partition("::")[0]
            return
        yield piece


def _between_gaps(pieces: "Iterable[str | _Part]") -> list[str]:
    """Return the text before, between and after the gaps."""
    texts: list[list[str]] = [[]]
    for piece in pieces:
        if isinstance(piece, str):
            texts[-1].append(piece)
        else:
            texts.append([])
    return ["".join(text) for text in texts]


def _gap_names(hints: list[str]) -> list[str]:
    """Return a name for each gap: its hint, or its number."""
    names: list[str] = []
    for number, hint in enumerate(hints, 1):
        name = re.sub(r"[{}]", "", hint).strip()[:100] or gap_name(number, len(hints))
        names.append(name if name not in names else f"{name} ({number})")
    return names
