"""The elements of an XML file in a workbook, one after another and without building a tree."""

from collections.abc import Callable
from functools import lru_cache
from xml.parsers import expat

from quizapp.core.formats.format import Unreadable
from quizapp.core.translation import gettext

WORKBOOK_DAMAGED = gettext("The workbook is damaged. Open it in your spreadsheet and save it again.")
_DECLARED = gettext("The workbook has declarations that spreadsheets don’t write. Save it again in your spreadsheet.")

Start = Callable[[str, dict[str, str]], object]
Text = Callable[[str], object]


def read_elements(xml: bytes, *, start: Start, end: Text | None = None, text: Text | None = None) -> None:
    """Call `start` with the name and attributes of each element, `end` with its name, and `text` with pieces of text.

    Names have their prefixes. Raises Unreadable when the file is not XML, or declares entities or anything else.
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_declarations
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # also from a number or a name that makes no sense
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("", WORKBOOK_DAMAGED) from None


def _refuse_declarations(*_: object) -> None:
    raise Unreadable("", _DECLARED)


@lru_cache(maxsize=256)
def local(name: str) -> str:
    """Return the name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]
