"""Parse XML from anyone into elements that know their line."""

from xml.etree import ElementTree
from xml.parsers import expat

from quizapp.core.formats.format import FILE_EMPTY, FILE_TOO_LARGE, MAX_UPLOAD, Unreadable, line_place
from quizapp.core.translation import gettext

MAX_DEPTH = 20
MAX_ELEMENTS = 600_000

_NOT_READABLE = gettext("This XML can’t be read. Save the file as UTF-8.")
_DOCTYPE = gettext(
    "Files with <!DOCTYPE> are not accepted. Moodle doesn’t produce such files. Export the questions from Moodle again."
)
_TOO_DEEP = gettext(
    "Elements are nested more than %(limit)s levels deep. Check that this is Moodle XML.", limit=MAX_DEPTH
)


class Element(ElementTree.Element):
    """An element and the line on which it begins."""

    line = 0


def parse(data: bytes) -> Element:
    """Return the root element. Raises Unreadable, also for document types, which could define entities."""
    if len(data) > MAX_UPLOAD:
        raise Unreadable("", FILE_TOO_LARGE)
    builder = _Builder()
    try:
        return builder.build(data)
    except expat.ExpatError as error:
        raise Unreadable(line_place(error.lineno), _not_xml_message(expat.ErrorString(error.code))) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("", _NOT_READABLE) from None


def _not_xml_message(problem: str) -> str:
    return gettext("This is not XML (%(problem)s). Correct the file or choose another format.", problem=problem)


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
            raise Unreadable("", FILE_EMPTY)
        return self.root

    def _place(self) -> str:
        return line_place(self.parser.CurrentLineNumber)

    def _refuse(self, *_: object) -> None:
        raise Unreadable(self._place(), _DOCTYPE)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= MAX_DEPTH:
            raise Unreadable(self._place(), _TOO_DEEP)
        if self.count > MAX_ELEMENTS:
            limit = f"{MAX_ELEMENTS:,}"
            raise Unreadable(
                self._place(), gettext("There are more than %(limit)s elements. Split the file.", limit=limit)
            )
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
