"""Every regular expression of the program, and texts that are as hard as possible for each."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import quizapp

FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
CLASSES = {
    _constants.CATEGORY_SPACE: " \n\t",
    _constants.CATEGORY_DIGIT: "1",
    _constants.CATEGORY_WORD: "a",
    _constants.CATEGORY_NOT_SPACE: "a",
    _constants.CATEGORY_NOT_DIGIT: "a",
    _constants.CATEGORY_NOT_WORD: ".",
}


@cache
def all_patterns() -> dict[str, "re.Pattern[str]"]:
    """Return the patterns of all modules by place: compiled when a module is loaded, or written in its functions."""
    found: dict[re.Pattern[str], str] = {}
    for module in pkgutil.walk_packages(quizapp.__path__, "quizapp."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            for number, pattern in enumerate(_members(value)):
                if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                    found.setdefault(pattern, f"{module.name}.{name}:{number}")
        for line, pattern in _written(ast.parse(Path(str(loaded.__file__)).read_text())):
            found.setdefault(pattern, f"{module.name}:{line}")
    return {place: pattern for pattern, place in found.items()}


def _members(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def _written(tree: ast.AST) -> Iterator[tuple[int, "re.Pattern[str]"]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS):
            continue
        if ast.unparse(node.func.value) == "re" and node.args and isinstance(node.args[0], ast.Constant):
            written = node.args[0].value
            text = written.decode("latin-1") if isinstance(written, bytes) else written
            yield node.lineno, re.compile(text, _flags(node))


def _flags(call: ast.Call) -> int:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
    for value in [*named, *call.args[1:]]:
        text = ast.unparse(value)
        if re.fullmatch(r"re\.[A-Z]+( \| re\.[A-Z]+)*", text):
            return int(eval(text, {"re": re}))
    return 0


def pieces(pattern: "re.Pattern[str]") -> list[str]:
    """Return short texts that parts of the pattern match: runs of its literals, and a sign of each of its classes."""
    parts: dict[str, None] = {}

    def visit(tree: Any) -> None:
        run = ""
        for operation, value in tree:
            if operation is _constants.LITERAL:
                run += chr(value)
                continue
            if run:
                parts[run] = None
            run = ""
            for sign in _signs(operation, value):
                parts[sign] = None
            for inner in _inner(value):
                visit(inner)
        if run:
            parts[run] = None

    visit(_parser.parse(pattern.pattern, pattern.flags))
    return list(parts)


def _signs(operation: Any, value: Any) -> Iterator[str]:
    if operation is _constants.IN:
        negated = value[0][0] is _constants.NEGATE
        for kind, member in value[negated:]:
            yield from _signs(kind, member)
        if negated:
            yield "x"
    elif operation is _constants.LITERAL or operation is _constants.NOT_LITERAL:
        yield chr(value)
    elif operation is _constants.RANGE:
        yield chr(value[0])
    elif operation is _constants.CATEGORY:
        yield from CLASSES[value]
    elif operation is _constants.ANY:
        yield "x"


def _inner(value: Any) -> Iterator[Any]:
    """Yield the parts of a pattern inside one of its operations."""
    if isinstance(value, _parser.SubPattern):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _inner(part)


def hard_texts(pattern: "re.Pattern[str]", length: int) -> Iterator[str]:
    """Yield texts made of the pattern's pieces, repeated alone and in pairs, that end or begin unlike it."""
    found = pieces(pattern)
    whole = "".join(found)
    for piece in [*found, whole, whole[:-1]]:
        if piece:
            yield piece * (length // len(piece)) + "\x01"
    for one, other in product(found, repeat=2):
        if one != other:
            yield one + other * (length // len(other)) + "\x01"
            yield (one + other) * (length // len(one + other)) + "\x01"
