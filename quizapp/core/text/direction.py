"""Text that may run from right to left, within sentences that run from left to right."""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

# Letters of Hebrew, Arabic and the other scripts that run from right to left, and signs that turn a text around.
_TURNS = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_BLOCKS = {"paragraph_open", "list_item_open", "blockquote_open"}
_QUOTED = re.compile("(?<=“)[^“”]+(?=”)|(?<=‘)[^‘’]+(?=’)")


def turns(text: str) -> bool:
    """Return whether a text could change the order of a sentence it is put into."""
    return _TURNS.search(text) is not None


def isolate(text: str) -> str:
    """Return a text so that the sentence it is put into keeps its order, for where there is no markup.

    It is put between a first strong isolate and its end (https://www.unicode.org/reports/tr9/); other text is returned
    as it is.
    """
    return f"\u2068{text}\u2069" if turns(text) else text


def isolate_quoted(message: str) -> str:
    """Return a message in which each text that it quotes is isolated."""
    return _QUOTED.sub(lambda quoted: isolate(quoted[0]), message)


def give_directions(markdown: MarkdownIt, needs_one: Callable[[str], bool] = lambda source: True) -> None:
    """Have each block written with `dir="auto"`, so that it runs as its own letters say, where the source needs that.

    A quotation runs as a whole. What has a direction of its own does not count for that of the block around it, so
    paragraphs inside quotations and items have none.
    """

    def mark(state: StateCore) -> None:
        if not needs_one(state.src):
            return
        quotes = items = 0
        for token in state.tokens:
            items += token.nesting * (token.type in ("list_item_open", "list_item_close"))
            if token.type in _BLOCKS and not quotes and (token.type == "list_item_open" or not items):
                token.attrSet("dir", "auto")
            quotes += token.nesting * (token.type in ("blockquote_open", "blockquote_close"))

    markdown.core.ruler.push("directions", mark)
