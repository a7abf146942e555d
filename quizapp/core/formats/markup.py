"""HTML from other programs to our subset of Markdown, and back.

Emphasis, lists, quotations, code and links are kept; of everything else the text is kept and the rest is a warning.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from quizapp.core.formats.html_tree import (
    BLOCKS,
    GAP_TAG,
    HtmlNode,
    HtmlReader,
    Image,
    leaves_of,
    read_html,
    words_of,
    write_gap,
)
from quizapp.core.kinds.gaps import fill_gaps, gap_names, read_gaps
from quizapp.core.text.direction import give_directions, turns
from quizapp.core.translation import gettext

LONGEST_TEXT = 4_000  # characters of Markdown, as in the schema

_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
_gapped_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
read_gaps(_gapped_markdown)
give_directions(_markdown, turns)
give_directions(_gapped_markdown, turns)

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_MARKS = {"strong": "**", "em": "*"}
_LINK = re.compile(r"(https?://|mailto:)[^\s<>]+", re.I)
# Words with single spaces between them and no sign that means anything in Markdown or HTML: most texts, which need
# no parser.
_SIGNS = "[^\\W_]|[,.;:?!()/%–—’‘“”'-]"
_PLAIN = re.compile(rf"(?!\d+[.)])[^\W_](?:{_SIGNS})*+(?: (?:{_SIGNS})++)*+")


@dataclass(frozen=True, slots=True)
class ConvertedHtml:
    """The result of converting HTML: the text, the pictures in it, and warnings about what Markdown cannot express."""

    text: str
    images: tuple[Image, ...] = ()
    warnings: frozenset[str] = frozenset()


def is_plain(text: str) -> bool:
    """Return whether a text is one line that is the same in Markdown and in HTML."""
    return _PLAIN.fullmatch(text) is not None and not turns(text)


def html_of(markdown: str) -> str:
    """Return Markdown as HTML; HTML inside it is shown as text."""
    if is_plain(markdown):
        return f"<p>{markdown}</p>"
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
    if is_plain(markdown):
        return markdown
    return str(_markdown.renderInline(markdown)).strip()


def markdown_of(source: str) -> ConvertedHtml:
    """Return HTML as Markdown blocks. Every visible word is kept, even if formatting is lost.

    Raises ValueError, as do `markdown_with_gaps` and `line_of`, for more than MAX_HTML characters.
    """
    text = source.removeprefix("<p>").removesuffix("</p>")
    if len(source) in (len(text), len(text) + len("<p></p>")) and len(text) <= LONGEST_TEXT and is_plain(text):
        return ConvertedHtml(text)
    return _converted(read_html([source]))


def markdown_with_gaps(pieces: Sequence[str], names: Sequence[str]) -> ConvertedHtml:
    """Return HTML, cut where its gaps are, as Markdown blocks with `{{name}}` for each gap.

    Raises ValueError where a gap stands inside a tag, or where no text is shown.
    """
    if not names:
        return markdown_of("".join(pieces))
    reader = read_html(pieces, names)
    if reader.shown != list(names):
        raise ValueError(gettext("A gap is in a place where no text is shown. Move it into the text."))
    return _converted(reader)


def _converted(reader: "HtmlReader") -> ConvertedHtml:
    text = _blocks(reader.root.children)
    warnings = set(reader.warnings)
    if len(text) > LONGEST_TEXT:  # too long for any field, so its formatting does not matter
        return ConvertedHtml(text, tuple(reader.images), frozenset(warnings))
    if not _shows(text, reader.root):  # marks that are ambiguous in Markdown
        text = _blocks(_unmarked(reader.root).children)
        warnings.add(gettext("Emphasis inside words is left out."))
    if not _shows(text, reader.root):
        text = _paragraph(list(leaves_of(reader.root))) if reader.shown else as_text(words_of(reader.root))
    return ConvertedHtml(text, tuple(reader.images), frozenset(warnings))


def _shows(markdown: str, tree: "HtmlNode") -> bool:
    shown = markdown
    if markdown and not is_plain(markdown):
        rendered = html_with_gaps(markdown, lambda name: html.escape(write_gap(name)))
        shown = words_of(read_html([rendered]).root)
    return shown.replace("|", "").split() == words_of(tree).replace("|", "").split()


def line_of(source: str) -> ConvertedHtml:
    """Return HTML as one line of plain text, for answers and choices."""
    if len(source) <= LONGEST_TEXT and is_plain(source):
        return ConvertedHtml(source)
    reader = read_html([source])
    return ConvertedHtml(words_of(reader.root), tuple(reader.images), frozenset(reader.warnings))


def as_text(plain: str) -> str:
    """Return plain text as Markdown that displays as the same text; line breaks are kept."""
    return "\n\n".join("\\\n".join(map(_escaped_line, block.split("\n"))) for block in _paragraphs(plain))


def _paragraphs(plain: str) -> list[str]:
    return [block.strip() for block in re.split(r"\n\s*\n", plain) if block.strip()]


def _escaped_line(line: str) -> str:
    return _guarded(_escaped(" ".join(line.split())))


def _unmarked(node: HtmlNode) -> HtmlNode:
    tag = "span" if node.tag in _MARKS or node.tag in ("code", "a") else node.tag
    return HtmlNode(tag, "", [child if isinstance(child, str) else _unmarked(child) for child in node.children])


def _blocks(children: "Iterable[HtmlNode | str]") -> str:
    """Return paragraphs, lists and quotations separated by empty lines."""
    blocks: list[str] = []
    inline: list[HtmlNode | str] = []

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


def _holds_blocks(node: HtmlNode) -> bool:
    if node.tag in BLOCKS or node.tag == "li":
        return True
    return any(not isinstance(child, str) and _holds_blocks(child) for child in node.children)


def _block(node: HtmlNode) -> str:
    if node.tag in ("ul", "ol"):
        return _list(node)
    if node.tag == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).splitlines())
    if node.tag in _HEADINGS:
        return _paragraph([HtmlNode("strong", "", node.children)])
    if node.tag == "tr":
        cells = [child for child in node.children if not isinstance(child, str)]
        return " | ".join(filter(None, (_paragraph([HtmlNode("span", "", cell.children)]) for cell in cells)))
    if node.tag in ("tbody", "thead", "tfoot", "table"):
        return _blocks(child for child in node.children if not isinstance(child, str))
    return _blocks(node.children)


def _list(node: HtmlNode) -> str:
    items: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            child = HtmlNode("li", "", [child])
        mark = f"{len(items) + 1}. " if node.tag == "ol" else "- "
        text = _block(child) if child.tag in ("ul", "ol") else _blocks(child.children)
        if text:
            items.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    loose = any("\n\n" in item for item in items)
    lines = ("\n\n" if loose else "\n").join(items).split("\n")
    return "\n".join(line.rstrip(" ") for line in lines)


def _paragraph(children: "list[HtmlNode | str]") -> str:
    text = re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", re.sub(r"[^\S\n]+", " ", _inline(children, frozenset())))
    lines = [line for line in text.strip().split("\n") if line.strip()]
    return "\\\n".join(map(_guarded, lines))


def _inline(children: "Iterable[HtmlNode | str]", inside: frozenset[str]) -> str:
    """Return text with inline marks; line breaks come only from `<br>`."""
    return "".join(
        _escaped(re.sub(r"\s+", " ", child)) if isinstance(child, str) else _mark(child, inside)
        for child in _joined(children)
    )


def _joined(children: "Iterable[HtmlNode | str]") -> "Iterator[HtmlNode | str]":
    """Yield adjacent nodes with the same emphasis as one, because `**a****b**` would not be read as marks."""
    last: HtmlNode | str | None = None
    for child in children:
        if isinstance(last, HtmlNode) and isinstance(child, HtmlNode) and last.tag == child.tag and child.tag in _MARKS:
            last.children.extend(child.children)
            continue
        if last is not None:
            yield last
        last = HtmlNode(child.tag, child.href, [*child.children]) if isinstance(child, HtmlNode) else child
    if last is not None:
        yield last


def _mark(node: HtmlNode, inside: frozenset[str]) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == GAP_TAG:
        return write_gap(*node.children)
    if node.tag == "code" and (text := words_of(node)):
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
