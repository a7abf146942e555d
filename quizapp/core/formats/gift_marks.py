"""The special characters of GIFT: escaping, unescaping and finding them."""

import re

_ESCAPED = re.compile(r"\\(.)", re.S)
_SPECIAL = "~=#{}:\\"


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
    """Return the position of an unescaped character from `start` on, or -1 if there is none."""
    found = re.compile(rf"(?:\\.|[^\\{re.escape(mark)}]|\\$)*", re.S).match(text, start)
    end = found.end() if found else start
    return end if end < len(text) else -1


def split(text: str, marks: str) -> list[tuple[str, str]]:
    """Return each unescaped mark with the text after it; the first item is the text before all marks, with mark ""."""
    pieces = [["", ""]]
    for token in re.findall(rf"\\.|[{re.escape(marks)}]|[^\\{re.escape(marks)}]+|\\", text, re.S):
        if len(token) == 1 and token in marks:
            pieces.append([token, ""])
        else:
            pieces[-1][1] += token
    return [(mark, piece) for mark, piece in pieces]
