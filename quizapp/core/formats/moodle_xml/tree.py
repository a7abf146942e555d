"""Parse XML from anyone into elements that know their line."""

from xml.etree import ElementTree
from xml.parsers import expat

from quizapp.core.formats.format import MAX_UPLOAD, Unreadable

MAX_DEPTH = 20
MAX_ELEMENTS = 600_000


class Element(ElementTree.Element):
    """An element and the line on which it begins."""

    line = 0


def parse(data: bytes) -> Element:
    """Return the root element. Raises Unreadable, also for document types, which could define entities."""
    if len(data) > MAX_UPLOAD:
        raise Unreadable("", f"the file is larger than {MAX_UPLOAD // 1_000_000} MB; split it")
    builder = _Builder()
    try:
        return builder.build(data)
    except expat.ExpatError as error:
        raise Unreadable(f"line {error.lineno}", f"this is not XML: {expat.ErrorString(error.code)}") from None
    except (LookupError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("", "this is not XML that can be read; save it as UTF-8") from None


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.open: list[Element] = []
        self.texts: list[list[str]] = []  # of each open element, in the pieces that the parser gives
        self.root: Element | None = None
        self.count = 0

    def build(self, data: bytes) -> Element:
        self.parser.Parse(data, True)
        if self.root is None:
            raise Unreadable("", "there is nothing in this file")
        return self.root

    def _place(self) -> str:
        return f"line {self.parser.CurrentLineNumber}"

    def _refuse(self, *_: object) -> None:
        raise Unreadable(self._place(), "a document type (<!DOCTYPE>) is not accepted; Moodle writes none")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= MAX_DEPTH:
            raise Unreadable(self._place(), f"elements nested deeper than {MAX_DEPTH}")
        if self.count > MAX_ELEMENTS:
            raise Unreadable(self._place(), f"more than {MAX_ELEMENTS:,} elements; split the file")
        element = Element(tag, attributes)
        element.line = self.parser.CurrentLineNumber
        if self.open:
            self.open[-1].append(element)
        else:
            self.root = element
        self.open.append(element)
        self.texts.append([])

    def _end(self, _: str) -> None:
        self.open.pop().text = "".join(self.texts.pop()) or None

    def _characters(self, text: str) -> None:
        if not len(self.open[-1]):  # Moodle has no text between elements, only line breaks
            self.texts[-1].append(text)
