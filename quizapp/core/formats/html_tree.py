"""HTML from other programs as a tree of the tags that our Markdown can express, with the texts and gaps in it."""

import html
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from quizapp.core.translation import gettext

MAX_HTML = 100_000  # characters in one piece of HTML; our own texts have a few thousand
MAX_DEPTH = 60  # tags nested deeper are ignored
GAP_TAG = "{{}}"  # the tag of a gap in a tree; no HTML has such a tag

_VOID = {"br", "img", "hr", "input", "wbr", "source", "col", "link", "meta", "embed", "param", "track", "area", "base"}
_SILENT = {"script", "style", "head", "title", "template"}
BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "figure", "figcaption", "table", "tbody", "thead", "tfoot",
    "tr", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "center",
    "details", "summary", "main", "address", "caption",
}  # fmt: skip
_SAME = {"b": "strong", "i": "em", "cite": "em", "dfn": "em", "tt": "code", "kbd": "code", "samp": "code"}
_COLOURS = gettext("Underlining, colours and sizes are left out.")
_EMBEDDED = gettext("Embedded pages are left out.")
_FORMULA_TEXT = gettext("Formulas become plain text.")
_STRUCK_OUT = gettext("Strikethrough is left out. The text stays.")
SOUND_LEFT_OUT = gettext("Sound and video are left out.")
_LOST = {
    "table": gettext("Tables become lines of text."),
    "sup": gettext("Superscript becomes plain text."),
    "sub": gettext("Subscript becomes plain text."),
    **dict.fromkeys(("u", "font", "mark"), _COLOURS),
    **dict.fromkeys(("s", "del", "strike"), _STRUCK_OUT),
    **dict.fromkeys(("audio", "video"), SOUND_LEFT_OUT),
    **dict.fromkeys(("iframe", "object", "embed"), _EMBEDDED),
    "svg": gettext("Embedded drawings are left out."),
    **dict.fromkeys(("math", "anki-mathjax"), _FORMULA_TEXT),
    "script": gettext("Scripts are left out."),
    "input": gettext("Form fields are left out."),
}
_LEFT_OUT = {"audio", "video", "iframe", "object", "svg", "select", "button", "textarea", *_SILENT}
_FORMULAS = [("\\(", "\\)"), ("\\[", "\\]"), ("[latex]", "[/latex]"), ("[$]", "[/$]"), ("[$$]", "[/$$]"), ("$$", "$$")]
# The start of a comment, a declaration, or a tag with its closing slash, name and attributes.
_TOKEN = re.compile(
    r"<!--|<[!?][^<>]{0,1000}+>|<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})((?:[^<>\"']|\"[^\"]{0,20000}+\"|'[^']{0,20000}+'){0,2000}+)>"
)
INLINE_DATA = re.compile(r"data:[\w.+-]{1,40}/[\w.+-]{1,60};base64,([A-Za-z0-9+/=\s]+)")  # a file embedded in the text
_ATTRIBUTE = re.compile(r"(?<![\w:-])([A-Za-z][\w:-]*+)\s*+=\s*+(\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+)")
_BRACES = re.compile(r"\{(?=\{|\Z)|\}(?=\}|\Z)")  # which could be read as those of a gap


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the text: its file name or address, and its text alternative."""

    source: str
    alt: str


@dataclass(slots=True)
class HtmlNode:
    """A tag with what is inside it; the child of a gap is its name."""

    tag: str
    href: str = ""
    children: "list[HtmlNode | str]" = field(default_factory=list)


class HtmlReader:
    """A tree of the tags that matter here. It never fails and takes linear time.

    The parser of the standard library takes minutes for 100,000 malicious characters. `gaps` are the positions and
    names of gaps in the source; `shown` are the names of those that are not inside a tag or left out.
    """

    def __init__(self, gaps: Iterable[tuple[int, str]] = ()) -> None:
        self.root = HtmlNode("")
        self.open = [self.root]
        self.gaps = deque(gaps)
        self.has_gaps = bool(self.gaps)
        self.shown: list[str] = []
        self.left_out = 0
        self.images: list[Image] = []
        self.warnings: set[str] = set()

    def feed(self, source: str) -> None:
        at = 0
        while match := _TOKEN.search(source, at):
            self._text(source, at, match.start())
            at = match.end()
            tag = (match[2] or "").lower()
            if match[0] == "<!--":
                at = _after(source, "-->", at)
            elif match[1]:
                self._end(tag)
            elif tag:
                self._start(tag, match[3])
                if tag in _SILENT:
                    at = _after(source, ">", _after(source, f"</{tag}", at))
                    self.left_out -= 1
        self._text(source, at, len(source))

    def _start(self, tag: str, attributes: str) -> None:
        if tag in _LOST:
            self.warnings.add(_LOST[tag])
        if tag in _LEFT_OUT:
            self.left_out += not attributes.endswith("/")
        if self.left_out:
            return
        if tag == "img":
            values = _values(attributes)
            self.images.append(Image(values.get("src", ""), " ".join(values.get("alt", "").split())))
        elif tag in _VOID:
            self.open[-1].children.append(HtmlNode(tag))
        elif len(self.open) < MAX_DEPTH:
            if tag in ("li", "p") and self.open[-1].tag == tag:
                self.open.pop()  # HTML allows these to stay open
            node = HtmlNode(_SAME.get(tag, tag), _values(attributes).get("href", "") if tag == "a" else "")
            self.open[-1].children.append(node)
            if not attributes.endswith("/"):
                self.open.append(node)

    def _end(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self.left_out = max(0, self.left_out - 1)
            return
        name = _SAME.get(tag, tag)
        if not self.left_out and any(node.tag == name for node in self.open[1:]):
            while self.open.pop().tag != name:
                pass

    def _text(self, source: str, start: int, end: int) -> None:
        """Add the text from `start` to `end`, and the gaps in it."""
        while self.gaps and self.gaps[0][0] <= end:
            position, name = self.gaps.popleft()
            if position >= start and not self.left_out:
                self._words(source[start:position])
                self.open[-1].children.append(HtmlNode(GAP_TAG, "", [name]))
                self.shown.append(name)
                start = position
        self._words(source[start:end])

    def _words(self, source: str) -> None:
        if self.left_out or not source:
            return
        if any(source.find(end, source.find(begin)) > source.find(begin) >= 0 for begin, end in _FORMULAS):
            self.warnings.add(gettext("Formulas stay as they are written."))
        words = html.unescape(source)
        self.open[-1].children.append(_BRACES.sub(r"\g<0> ", words) if self.has_gaps else words)


def _after(source: str, mark: str, at: int) -> int:
    """Return the position after the mark, or the end if it does not occur."""
    found = re.compile(re.escape(mark), re.I).search(source, at)
    return found.end() if found else len(source)


def _values(attributes: str) -> dict[str, str]:
    return {
        match[1].lower(): html.unescape(match[2].strip("\"'") if match[2][:1] in "\"'" else match[2])
        for match in _ATTRIBUTE.finditer(attributes)
    }


def read_html(pieces: Sequence[str], names: Sequence[str] = ()) -> HtmlReader:
    """Read HTML that is cut where its gaps are. Raises ValueError if it is too long."""
    pieces = [INLINE_DATA.sub("data:", piece) for piece in pieces]
    ends = accumulate(map(len, pieces))
    source = "".join(pieces)
    if len(source) > MAX_HTML:
        raise ValueError(_too_long_message(len(source)))
    reader = HtmlReader(zip(ends, names, strict=False))
    reader.feed(source)
    return reader


def _too_long_message(length: int) -> str:
    return gettext(
        "The text has %(count)s characters with its formatting. At most %(limit)s are allowed.",
        count=f"{length:,}", limit=f"{MAX_HTML:,}",
    )  # fmt: skip


def words_of(node: HtmlNode) -> str:
    """Return all text below a node, on one line."""
    return " ".join("".join(_pieces(node)).split())


def _pieces(node: HtmlNode) -> Iterator[str]:
    for leaf in leaves_of(node):
        yield leaf if isinstance(leaf, str) else write_gap(*leaf.children)


def leaves_of(node: HtmlNode) -> Iterator[HtmlNode | str]:
    """Yield the texts and gaps below a node, with spaces between blocks."""
    for child in node.children:
        if isinstance(child, str) or child.tag == GAP_TAG:
            yield child
        else:
            apart = " " if child.tag in BLOCKS or child.tag in ("br", "li", "td", "th") else ""
            yield apart
            yield from leaves_of(child)
            yield apart


def open_tag(name: str, attributes: Mapping[str, str]) -> str:
    """Return an opening tag in HTML, with the values of its attributes escaped."""
    written = "".join(f' {attribute}="{html.escape(value)}"' for attribute, value in attributes.items())
    return f"<{name}{written}>"


def write_gap(name: "HtmlNode | str") -> str:
    """Return a gap as it is written in Markdown."""
    return f"{{{{{name}}}}}"
