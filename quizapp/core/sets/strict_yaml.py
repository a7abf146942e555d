"""YAML without surprises, and with line numbers.

YAML 1.1 reads `no` as false, `1918-05-28` as a date, `12:30` as 750 and `017` as 15, and of two equal keys it keeps the
second. Here a plain value is text unless it is `true`, `false`, `null`, `~`, empty, or a whole number in the usual
notation; keys are always text. Anchors, aliases and tags are refused, so a small file cannot expand to a huge one or
create objects.

The value is built from the parser's events instead of a YAML loader, whose tables of resolvers and constructors could
bring surprises back.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from quizapp.core.translation import gettext

MAX_BYTES = 2_000_000
MAX_DEPTH = 20

YamlPath = tuple[str | int, ...]
Positions = dict[YamlPath, int]

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
# Longer numbers stay text: no field needs them, and Python refuses to read thousands of digits.
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Hint(NamedTuple):
    """What to say for a problem of the parser whose message matches. Some are noticed late: their line is that of the
    context."""

    problem: re.Pattern[str]
    message: str
    noticed_late: bool = False


_TOO_DEEP = gettext("Lists and groups are nested more than %(depth)s deep. Use fewer levels.", depth=MAX_DEPTH)
_TAB = gettext("There is a tab. Indent with spaces.")
_INDENTATION = gettext(
    "The indentation does not match the lines above, or more text follows a closing quotation mark. Indent the line "
    "like the lines above it, or put the whole text in quotes."
)
_HINTS = (
    _Hint(
        re.compile("mapping values are not allowed"),
        gettext("There is a colon followed by a space inside text. Put the whole text in quotes."),
    ),
    _Hint(
        re.compile("found unexpected end of stream"),
        gettext("A quotation mark or a bracket is opened and never closed. Close it."),
        noticed_late=True,
    ),
    _Hint(
        re.compile("did not find expected node content"),
        gettext("A bracket is opened and never closed. Close it."),
        noticed_late=True,
    ),
    _Hint(
        re.compile("did not find expected ',' or"),
        gettext("A comma is missing, or a bracket is opened and never closed. Add what is missing."),
        noticed_late=True,
    ),
    _Hint(re.compile("found undefined tag handle"), gettext("Text can’t begin with “!”. Put it in quotes.")),
    _Hint(
        re.compile("expected alphabetic or numeric character"),
        gettext("Text can’t begin with “&” or “*”. Put it in quotes."),
    ),
    _Hint(
        re.compile("found unknown escape character"),
        gettext("There is a backslash inside double quotes. Use single quotes instead."),
    ),
    _Hint(
        re.compile("could not find expected ':'"),
        gettext("A field has no colon, or text continues without being indented. Add the colon, or indent the text."),
        noticed_late=True,
    ),
    _Hint(re.compile("found a tab character"), _TAB),
    _Hint(re.compile("did not find expected (key|'-' indicator)"), _INDENTATION),
    # PyYAML 6.0.4 looks ahead within a line and may stop before the 21st level gets here.
    _Hint(re.compile("exceeded maximum nesting depth"), _TOO_DEEP),
)
_NO_TOKEN = re.compile("cannot start any token")


class YamlProblem(ValueError):
    """Why a text cannot be read. `line` counts from 1; `message` is worded for an author."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


def load(source: str | bytes) -> tuple[Any, Positions]:
    """Return the data of a YAML document and the line (from 1) of every part of it.

    The data consists of dict (with str keys), list, str, int, bool and None; it is None if the document is empty. Lines
    are stored by path: `("facts", 2, "key")` is the key of the third fact; the line of a field is that of its name.
    Bytes are read as UTF-8. Raises YamlProblem for the first problem found.
    """
    text = _decode(source)
    positions: Positions = {(): 1}
    try:
        events = yaml.parse(text, Loader=_PARSER)
        return _document(events, positions), positions
    except yaml.MarkedYAMLError as error:
        raise _syntax_problem(error, text) from None


def line_of(positions: Positions, path: YamlPath) -> int:
    """Return the line of `path`, or of the nearest enclosing part that exists."""
    while path not in positions:
        path = path[:-1]
    return positions[path]


def _decode(source: str | bytes) -> str:
    raw = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(raw) > MAX_BYTES:
        raise YamlProblem(1, gettext("The file is larger than %(size)s MB. Split it.", size=MAX_BYTES // 1_000_000))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise YamlProblem(line, gettext("This is not UTF-8 text. Save the file as UTF-8.")) from None
    if bad := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        message = gettext("There is an invisible character (U+%(code)s). Delete it.", code=f"{ord(bad[0]):04X}")
        raise YamlProblem(line, message)
    return text


def _document(events: Iterator[Any], positions: Positions) -> Any:
    data = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise YamlProblem(_line(event), gettext("A second document begins here. Remove the line “---”."))
        elif isinstance(event, yaml.NodeEvent):
            positions[()] = _line(event)
            data = _value(event, events, (), positions)
    return data


def _value(event: Any, events: Iterator[Any], path: YamlPath, positions: Positions) -> Any:
    _refuse_references(event)
    positions.setdefault(path, _line(event))
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if len(path) >= MAX_DEPTH:
        raise YamlProblem(_line(event), _TOO_DEEP)
    if isinstance(event, yaml.SequenceStartEvent):
        return _list(events, path, positions)
    return _dict(events, path, positions)


def _refuse_references(event: Any) -> None:
    if isinstance(event, yaml.AliasEvent):
        message = gettext("*%(name)s is read as a reference. Put text that begins with * in quotes.", name=event.anchor)
    elif event.anchor is not None:
        message = gettext("&%(name)s is read as an anchor. Put text that begins with & in quotes.", name=event.anchor)
    elif event.tag is not None:
        message = gettext("%(name)s is read as a tag. Put text that begins with ! in quotes.", name=event.tag)
    else:
        return
    raise YamlProblem(_line(event), message)


def _scalar(event: Any) -> str | int | bool | None:
    text: str = event.value
    plain = event.implicit[0]
    if plain and text in _WORDS:
        return _WORDS[text]
    if plain and _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    return text


def _list(events: Iterator[Any], path: YamlPath, positions: Positions) -> list[Any]:
    items: list[Any] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_value(event, events, (*path, len(items)), positions))
    return items


def _dict(events: Iterator[Any], path: YamlPath, positions: Positions) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        name = _field_name(event)
        inner = (*path, name)
        if name in fields:
            first = positions[inner]
            message = gettext("“%(name)s” is already on line %(line)s. Remove one of them.", name=name, line=first)
            raise YamlProblem(_line(event), message)
        positions[inner] = _line(event)
        fields[name] = _value(next(events), events, inner, positions)
    return fields


def _field_name(event: Any) -> str:
    _refuse_references(event)
    if not isinstance(event, yaml.ScalarEvent):
        raise YamlProblem(_line(event), gettext("Text that begins with { or [ must be in quotes."))
    name: str = event.value
    return name


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _syntax_problem(error: Any, text: str) -> YamlProblem:
    """Return the parser's error, in an author's words if the cause is known."""
    mark = error.problem_mark or error.context_mark
    number = mark.line + 1 if mark else 1
    lines = text.splitlines()
    line = lines[number - 1] if number <= len(lines) else ""
    problem = str(error.problem or error)
    if _NO_TOKEN.search(problem):
        return YamlProblem(
            number, _TAB if "\t" in line else gettext("Text can’t begin with @, ` or %%. Put it in quotes.")
        )
    hint = next((hint for hint in _HINTS if hint.problem.search(problem)), None)
    if hint is None:
        return YamlProblem(number, gettext("This is not YAML: %(problem)s.", problem=problem))
    if hint.noticed_late and error.context_mark:
        number = error.context_mark.line + 1
    return YamlProblem(number, hint.message)
