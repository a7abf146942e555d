"""The special characters of GIFT: escaping, unescaping and finding them."""

import re

_ESCAPED = re.compile(r"\\(.)", re.S)
_SPECIAL = "~=#{}:\\"
_UNTIL = {mark: re.compile(rf"(?:\\.|[^\\{mark}])*+", re.S) for mark in "{}"}
_TOKENS = {marks: re.compile(rf"\\.|[{marks}]|[^\\{marks}]+|\\", re.S) for marks in ("#", "=~")}


def escaped(text: str) -> str:
    """Return the text on one line with all special characters escaped."""
    return re.sub(r"[~=#{}:\\]", r"\\\g<0>", text).replace("\n", "\\n")


def plain(text: str) -> str:
    """Return the text without escapes. A backslash before any other character stays a backslash."""
    return _ESCAPED.sub(lambda match: _meant(match[1]), text)


def _meant(letter: str) -> str:
    if letter == "n":
        return "\n"
    return letter if letter in _SPECIAL else f"\\{letter}"


def position(text: str, mark: str, start: int = 0) -> int:
    """Return the position of an unescaped brace from `start` on, or -1 if there is none."""
    found = _UNTIL[mark].match(text, start)
    return found.end() if found and text.startswith(mark, found.end()) else -1


def split(text: str, marks: str) -> list[tuple[str, str]]:
    """Return each unescaped mark with the text after it; the first item is the text before all marks, with mark "".

    The marks are a key of _TOKENS.
    """
    pieces: list[tuple[str, list[str]]] = [("", [])]
    for token in _TOKENS[marks].findall(text):
        if len(token) == 1 and token in marks:
            pieces.append((token, []))
        else:
            pieces[-1][1].append(token)
    return [(mark, "".join(tokens)) for mark, tokens in pieces]
