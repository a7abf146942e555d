"""A question in Moodle XML: its texts, pictures and tags, and warnings about what is not carried over."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from quizapp.core.formats.embedded_data import CannotConvert, GroupedWarnings
from quizapp.core.formats.format import ONE_PICTURE, PICTURES_NOT_IN_FILE, PICTURES_OUTSIDE
from quizapp.core.formats.html_tree import INLINE_DATA, Image
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.markup import ConvertedHtml, as_text, line_of, markdown_of, markdown_with_gaps
from quizapp.core.translation import gettext

TAG_MARK = "quizapp:"
LONGEST_PATH = 4_000  # characters of a category
LONGEST_TAG = 50  # Moodle cuts tags to this length
FEEDBACK_ON_WRONG_LOST = gettext("Feedback on wrong typed answers is left out.")

_FILE = "@@PLUGINFILE@@/"


def path_parts(path: str) -> list[str]:
    """Return the parts of a category's path; a double slash is a slash inside a part."""
    parts = [""]
    for token in re.findall(r"//|/|[^/]+", path[:LONGEST_PATH]):
        if token == "/":
            parts.append("")
        else:
            parts[-1] += "/" if token == "//" else token
    return parts


def data_tags(name: str, value: str) -> list[str]:
    """Return a value as tags within the length limit: `quizapp:fact=…`, and `quizapp:fact+=…` for the rest."""
    tags = []
    while value:
        room = LONGEST_TAG - len(f"{TAG_MARK}{name}=")
        tags.append(f"{TAG_MARK}{name}={value[:room]}")
        name, value = name + "+", value[room:]
    return tags


def read_tags(tags: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the ordinary tags, and the values that `data_tags` stored as tags."""
    plain = [tag for tag in tags if not tag.startswith(TAG_MARK)]
    data: dict[str, str] = {}
    for tag in sorted(set(tags) - set(plain), key=lambda tag: tag.partition("=")[0].count("+")):
        name, _, value = tag.removeprefix(TAG_MARK).partition("=")
        data[name.rstrip("+")] = data.get(name.rstrip("+"), "") + value
    return plain, data


@dataclass(slots=True)
class MoodleQuestion:
    """A question in Moodle. `explanation` collects general feedback and feedback on right answers."""

    node: ElementTree.Element
    place: str
    builder: ImportBuilder
    grouped: GroupedWarnings
    tags: list[str] = field(init=False)
    data: dict[str, str] = field(init=False)  # the data in our own tags
    explanation: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tags = [" ".join((text.text or "").split()) for text in self.node.findall("tags/tag/text")]
        self.tags, self.data = read_tags([tag for tag in tags if tag])

    def warn(self, what: str) -> None:
        self.grouped.add(self.place, what)

    def string(self, path: str) -> str:
        """Return the plain text at a path, on one line, or "" if there is none."""
        return " ".join(self.node.findtext(path, "").split())

    def html(self, element: ElementTree.Element | None) -> str:
        """Return the text of an element such as <questiontext> as HTML, whatever its format."""
        if element is None:
            return ""
        text = element.findtext("text", element.text or "").strip()
        if element.get("format") in ("plain_text", "markdown"):
            return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
        return text

    def blocks(self, element: ElementTree.Element | None) -> str:
        """Return an element's text as Markdown."""
        if element is None:
            return ""
        if element.get("format") == "markdown":
            return element.findtext("text", "").strip()
        if element.get("format") == "plain_text":
            return as_text(element.findtext("text", ""))
        return self.markdown(self.html(element))

    def markdown(self, html: str) -> str:
        return self._with_warnings(markdown_of(html))

    def line(self, element: ElementTree.Element | None) -> str:
        """Return the text of an element as one plain line. Raises CannotConvert if it is only a picture."""
        marked = line_of(self.html(element))
        if marked.images and not marked.text:
            raise CannotConvert(gettext("An answer or choice is a picture. Replace it with text."))
        return self._with_warnings(marked)

    def _with_warnings(self, marked: ConvertedHtml) -> str:
        self.grouped.add_all(self.place, marked.warnings)
        if marked.images:
            self.warn(PICTURES_OUTSIDE)
        return marked.text

    def explain(self, element: ElementTree.Element | None) -> None:
        """Add feedback to the explanation, unless it is already there."""
        text = self.blocks(element)
        if text and text not in self.explanation:
            self.explanation.append(text)

    def prompt(self, html: str | None = None) -> tuple[str, dict[str, Any] | None]:
        """Return the text of the question as Markdown, and its picture."""
        element = self.node.find("questiontext")
        if element is not None and html is None and element.get("format") in ("markdown", "plain_text"):
            return self.blocks(element), None
        return self.text_with_gaps([self.html(element) if html is None else html], [])

    def text_with_gaps(self, pieces: list[str], names: list[str]) -> tuple[str, dict[str, Any] | None]:
        """Return HTML, cut where its gaps are, as Markdown with `{{name}}` for each gap, and its picture."""
        files = _files(self.node.find("questiontext"))

        def kept_apart(match: re.Match[str]) -> str:
            name = f"inline-{len(files)}"
            files[name] = match[1]
            return _FILE + name

        marked = markdown_with_gaps([INLINE_DATA.sub(kept_apart, piece) for piece in pieces], names)
        self.grouped.add_all(self.place, marked.warnings)
        return marked.text, self._picture(marked.images, files)

    def _picture(self, images: tuple[Image, ...], files: dict[str, str]) -> dict[str, Any] | None:
        """Return the first picture if it is in the file, and warn about the others."""
        picture = None
        for image in images:
            name = unquote(image.source.removeprefix(_FILE)).partition("?")[0]
            if picture is not None:
                self.warn(ONE_PICTURE)
            elif name not in files:
                self.warn(PICTURES_NOT_IN_FILE)
            else:
                picture = self.builder.picture(_decoded(files[name]), image.alt, self.place)
        return picture


def _files(element: ElementTree.Element | None) -> dict[str, str]:
    """Return the files in an element as base64, by name; the name is never used as a path."""
    if element is None:
        return {}
    return {
        file.get("path", "/").lstrip("/") + file.get("name", ""): file.text or ""
        for file in element.findall("file")
        if file.get("encoding") == "base64"
    }


def _decoded(text: str) -> bytes:
    """Return the decoded bytes, or b"" if the text is not base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
