"""The gaps of a text, written `{{name}}`, in Markdown.

A gap is a token of the Markdown parser, so no character has to stand for it while the text is rendered.
"""

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

GAP = re.compile(r"\{\{\s*+([^{}\s]++(?:\s++[^{}\s]++)*+)\s*+\}\}")


def read_gaps(parser: MarkdownIt) -> None:
    """Make a Markdown parser read gaps: as a token of type `gap`, whose content is the name."""
    parser.inline.ruler.before("text", "gap", _read_gap)


def _read_gap(state: StateInline, silent: bool) -> bool:
    found = GAP.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("gap", "", 0).content = found[1]
    state.pos = found.end()
    return True


def fill_gaps(text: str, write: Callable[[str], str], fill: Callable[[str], str]) -> str:
    """Return the text with each gap replaced by `fill` of its name, and `write` of what is between the gaps."""
    pieces = GAP.split(text)
    return "".join(fill(piece) if number % 2 else write(piece) for number, piece in enumerate(pieces))


def gap_names(text: str) -> Sequence[str]:
    """Return the names of the gaps, in the order of the text."""
    return GAP.findall(text)
