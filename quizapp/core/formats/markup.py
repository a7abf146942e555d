"""HTML from other programs to our subset of Markdown, and back.

Emphasis, lists, quotations, code and links are kept; of everything else the text is kept and the rest is a warning.
"""

import html
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from quizapp.core.kinds.gaps import fill_gaps, gap_names, read_gaps

MAX_HTML = 100_000  # characters in one piece of HTML; our own texts have a few thousand
LONGEST_TEXT = 4_000  # characters of Markdown, as in the schema
MAX_DEPTH = 60  # tags nested deeper are ignored
GAP_TAG = "{{}}"  # the tag of a gap in a tree; no HTML has such a tag

_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
_gapped_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
read_gaps(_gapped_markdown)

_VOID = {"br", "img", "hr", "input", "wbr", "source", "col", "link", "meta", "embed", "param", "track", "area", "base"}
_SILENT = {"script", "style", "head", "title", "template"}
_BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "figure", "figcaption", "table", "tbody", "thead", "tfoot",
    "tr", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "center",
    "details", "summary", "main", "address", "caption",
}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SAME = {"b": "strong", "i": "em", "cite": "em", "dfn": "em", "tt": "code", "kbd": "code", "samp": "code"}
_MARKS = {"strong": "**", "em": "*"}
_LOST = {
    "table": "a table is read as lines",
    "sup": "raised letters are plain",
    "sub": "lowered letters are plain",
    "u": "underlining, colours and sizes are plain",
    "s": "text struck out is plain",
    "del": "text struck out is plain",
    "strike": "text struck out is plain",
    "font": "underlining, colours and sizes are plain",
    "mark": "underlining, colours and sizes are plain",
    "audio": "sound and film are left out",
    "video": "sound and film are left out",
    "iframe": "pages set into the text are left out",
    "object": "pages set into the text are left out",
    "embed": "pages set into the text are left out",
    "svg": "drawings set into the text are left out",
    "math": "formulas are read as their text",
    "anki-mathjax": "formulas are read as their text",
    "script": "scripts are left out",
    "input": "form fields are left out",
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
_LINK = re.compile(r"(https?://|mailto:)[^\s<>]+", re.I)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the text: its file name or address, and its text alternative."""

    source: str
    alt: str


@dataclass(frozen=True, slots=True)
class ConvertedHtml:
    """The result of converting HTML: the text, the pictures in it, and warnings about what Markdown cannot express."""

    text: str
    images: tuple[Image, ...] = ()
    warnings: frozenset[str] = frozenset()


@dataclass(slots=True)
class _HtmlNode:
    tag: str
    href: str = ""
    children: "list[_HtmlNode | str]" = field(default_factory=list)


def html_of(markdown: str) -> str:
    """Return Markdown as HTML; HTML inside it is shown as text."""
    return str(_markdown.render(markdown)).strip()


def html_with_gaps(markdown: str, fill: Callable[[str], str]) -> str:
    """Return Markdown as HTML with each gap replaced by `fill` of its name, which returns HTML.

    Where a gap stands in an address or in a block of code, the text is returned without formatting.
    """
    filled: list[str] = []

    def count(name: str) -> str:
        filled.append(name)
        return fill(name)

    rendered = str(_gapped_markdown.render(markdown, {"fill": count})).strip()
    return rendered if filled == list(gap_names(markdown)) else fill_gaps(markdown, html.escape, fill)


def _render_gap(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    return str(env["fill"](tokens[at].content))


def _render_code(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    return f"<code>{fill_gaps(tokens[at].content, html.escape, env['fill'])}</code>"


_gapped_markdown.add_render_rule("gap", _render_gap)
_gapped_markdown.add_render_rule("code_inline", _render_code)


def html_line_of(markdown: str) -> str:
    """Return one line of Markdown as HTML without a paragraph around it."""
    return str(_markdown.renderInline(markdown)).strip()


def markdown_of(source: str) -> ConvertedHtml:
    """Return HTML as Markdown blocks. Every visible word is kept, even if formatting is lost.

    Raises ValueError, as do `markdown_with_gaps` and `line_of`, for more than MAX_HTML characters.
    """
    return _converted(_read([source]))


def markdown_with_gaps(pieces: Sequence[str], names: Sequence[str]) -> ConvertedHtml:
    """Return HTML, cut where its gaps are, as Markdown blocks with `{{name}}` for each gap.

    Raises ValueError where a gap stands inside a tag, or where no text is shown.
    """
    reader = _read(pieces, names)
    if reader.shown != list(names):
        raise ValueError("a gap stands where no text is shown")
    return _converted(reader)


def _converted(reader: "_HtmlReader") -> ConvertedHtml:
    text = _blocks(reader.root.children)
    warnings = set(reader.warnings)
    if len(text) > LONGEST_TEXT:  # too long for any field, so its formatting does not matter
        return ConvertedHtml(text, tuple(reader.images), frozenset(warnings))
    if not _shows(text, reader.root):  # marks that are ambiguous in Markdown
        text = _blocks(_unmarked(reader.root).children)
        warnings.add("emphasis inside words is plain")
    if not _shows(text, reader.root):
        text = _paragraph(list(_leaves(reader.root))) if reader.shown else as_text(_words(reader.root))
    return ConvertedHtml(text, tuple(reader.images), frozenset(warnings))


def _shows(markdown: str, tree: "_HtmlNode") -> bool:
    rendered = html_with_gaps(markdown, lambda name: html.escape(_written_gap(name)))
    shown, meant = (_words(node).replace("|", "").split() for node in (_read([rendered]).root, tree))
    return shown == meant


def line_of(source: str) -> ConvertedHtml:
    """Return HTML as one line of plain text, for answers and choices."""
    reader = _read([source])
    return ConvertedHtml(_words(reader.root), tuple(reader.images), frozenset(reader.warnings))


def as_text(plain: str) -> str:
    """Return plain text as Markdown that displays as the same text; line breaks are kept."""
    return "\n\n".join("\\\n".join(map(_escaped_line, block.split("\n"))) for block in _paragraphs(plain))


def _paragraphs(plain: str) -> list[str]:
    return [block.strip() for block in re.split(r"\n\s*\n", plain) if block.strip()]


def _escaped_line(line: str) -> str:
    return _guarded(_escaped(" ".join(line.split())))


class _HtmlReader:
    """A tree of the tags that matter here. It never fails and takes linear time.

    The parser of the standard library takes minutes for 100,000 malicious characters. `gaps` are the positions and
    names of gaps in the source; `shown` are the names of those that are not inside a tag or left out.
    """

    def __init__(self, gaps: Iterable[tuple[int, str]] = ()) -> None:
        self.root = _HtmlNode("")
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
            self.open[-1].children.append(_HtmlNode(tag))
        elif len(self.open) < MAX_DEPTH:
            if tag in ("li", "p") and self.open[-1].tag == tag:
                self.open.pop()  # HTML allows these to stay open
            node = _HtmlNode(_SAME.get(tag, tag), _values(attributes).get("href", "") if tag == "a" else "")
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
                self.open[-1].children.append(_HtmlNode(GAP_TAG, "", [name]))
                self.shown.append(name)
                start = position
        self._words(source[start:end])

    def _words(self, source: str) -> None:
        if self.left_out or not source:
            return
        if any(source.find(end, source.find(begin)) > source.find(begin) >= 0 for begin, end in _FORMULAS):
            self.warnings.add("formulas are kept as they are written")
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


def _read(pieces: Sequence[str], names: Sequence[str] = ()) -> _HtmlReader:
    """Read HTML that is cut where its gaps are. Raises ValueError if it is too long."""
    pieces = [INLINE_DATA.sub("data:", piece) for piece in pieces]
    ends = accumulate(map(len, pieces))
    source = "".join(pieces)
    if len(source) > MAX_HTML:
        raise ValueError(f"a text of {len(source):,} characters with its marks; at most {MAX_HTML:,}")
    reader = _HtmlReader(zip(ends, names, strict=False))
    reader.feed(source)
    return reader


def _words(node: _HtmlNode) -> str:
    """Return all text below a node, on one line."""
    return " ".join("".join(_pieces(node)).split())


def _pieces(node: _HtmlNode) -> Iterator[str]:
    for leaf in _leaves(node):
        yield leaf if isinstance(leaf, str) else _written_gap(*leaf.children)


def _leaves(node: _HtmlNode) -> Iterator[_HtmlNode | str]:
    """Yield the texts and gaps below a node, with spaces between blocks."""
    for child in node.children:
        if isinstance(child, str) or child.tag == GAP_TAG:
            yield child
        else:
            apart = " " if child.tag in _BLOCKS or child.tag in ("br", "li", "td", "th") else ""
            yield apart
            yield from _leaves(child)
            yield apart


def _written_gap(name: "_HtmlNode | str") -> str:
    return f"{{{{{name}}}}}"


def _unmarked(node: _HtmlNode) -> _HtmlNode:
    tag = "span" if node.tag in _MARKS or node.tag in ("code", "a") else node.tag
    return _HtmlNode(tag, "", [child if isinstance(child, str) else _unmarked(child) for child in node.children])


def _blocks(children: "Iterable[_HtmlNode | str]") -> str:
    """Return paragraphs, lists and quotations separated by empty lines."""
    blocks: list[str] = []
    inline: list[_HtmlNode | str] = []

    def end_paragraph() -> None:
        if text := _paragraph(inline):
            blocks.append(text)
        inline.clear()

    for child in children:
        if isinstance(child, str) or not _holds_blocks(child):
            inline.append(child)
        else:
            end_paragraph()
            if text := _block(child):
                blocks.append(text)
    end_paragraph()
    return "\n\n".join(blocks)


def _holds_blocks(node: _HtmlNode) -> bool:
    if node.tag in _BLOCKS or node.tag == "li":
        return True
    return any(not isinstance(child, str) and _holds_blocks(child) for child in node.children)


def _block(node: _HtmlNode) -> str:
    if node.tag in ("ul", "ol"):
        return _list(node)
    if node.tag == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).splitlines())
    if node.tag in _HEADINGS:
        return _paragraph([_HtmlNode("strong", "", node.children)])
    if node.tag == "tr":
        cells = [child for child in node.children if not isinstance(child, str)]
        return " | ".join(filter(None, (_paragraph([_HtmlNode("span", "", cell.children)]) for cell in cells)))
    if node.tag in ("tbody", "thead", "tfoot", "table"):
        return _blocks(child for child in node.children if not isinstance(child, str))
    return _blocks(node.children)


def _list(node: _HtmlNode) -> str:
    items: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            child = _HtmlNode("li", "", [child])
        mark = f"{len(items) + 1}. " if node.tag == "ol" else "- "
        text = _block(child) if child.tag in ("ul", "ol") else _blocks(child.children)
        if text:
            items.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    loose = any("\n\n" in item for item in items)
    lines = ("\n\n" if loose else "\n").join(items).split("\n")
    return "\n".join(line.rstrip(" ") for line in lines)


def _paragraph(children: "list[_HtmlNode | str]") -> str:
    text = re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", re.sub(r"[^\S\n]+", " ", _inline(children, frozenset())))
    lines = [line for line in text.strip().split("\n") if line.strip()]
    return "\\\n".join(map(_guarded, lines))


def _inline(children: "Iterable[_HtmlNode | str]", inside: frozenset[str]) -> str:
    """Return text with inline marks; line breaks come only from `<br>`."""
    return "".join(
        _escaped(re.sub(r"\s+", " ", child)) if isinstance(child, str) else _mark(child, inside)
        for child in _joined(children)
    )


def _joined(children: "Iterable[_HtmlNode | str]") -> "Iterator[_HtmlNode | str]":
    """Yield adjacent nodes with the same emphasis as one, because `**a****b**` would not be read as marks."""
    last: _HtmlNode | str | None = None
    for child in children:
        if (
            isinstance(last, _HtmlNode)
            and isinstance(child, _HtmlNode)
            and last.tag == child.tag
            and child.tag in _MARKS
        ):
            last.children.extend(child.children)
            continue
        if last is not None:
            yield last
        last = _HtmlNode(child.tag, child.href, [*child.children]) if isinstance(child, _HtmlNode) else child
    if last is not None:
        yield last


def _mark(node: _HtmlNode, inside: frozenset[str]) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == GAP_TAG:
        return _written_gap(*node.children)
    if node.tag == "code" and (text := _words(node)):
        fence = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
        return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"
    text = _inline(node.children, inside | {node.tag})
    if node.tag in _MARKS and node.tag not in inside:
        return "\n".join(_wrapped(line, _MARKS[node.tag], _MARKS[node.tag]) for line in text.split("\n"))
    if node.tag == "a" and "a" not in inside and _LINK.fullmatch(node.href):
        return _wrapped(text.replace("\n", " "), "[", f"](<{node.href}>)")
    return text


def _wrapped(text: str, before: str, after: str) -> str:
    """Return the text between marks, with its outer spaces outside of them."""
    words = text.strip()
    if not words:
        return text
    lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{before}{words}{after}{tail}"


def _escaped(text: str) -> str:
    """Return text in which nothing is read as a mark."""
    text = re.sub(r"[\\`*]", r"\\\g<0>", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    text = re.sub(r"\](?=[(:\[])", r"\\]", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", r"\\<", text)
    return re.sub(r"&(?=#?\w+;)", r"\\&", text)


def _guarded(line: str) -> str:
    """Return a line whose start is not read as a heading, list, quotation or rule."""
    line = line.strip()
    line = re.sub(r"^(?=(#{1,6}|[+-]|~{3,})(\s|$)|>|={1,}\s*$|-{2,}|~{3,})", r"\\", line)
    return re.sub(r"^(\d{1,9})(?=[.)](\s|$))", r"\1\\", line)
