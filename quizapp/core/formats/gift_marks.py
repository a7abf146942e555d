"""The characters that mean something in GIFT: escaped, read plain, and found where they are not escaped."""

import re

_ESCAPED = re.compile(r"\\(.)", re.S)
_SPECIAL = "~=#{}:\\"


def escaped(text: str) -> str:
    """Return the text on one line, so that nothing in it means anything."""
    return re.sub(r"[~=#{}:\\]", r"\\\g<0>", text).replace("\n", "\\n")


def plain(text: str) -> str:
    """Return the text that was escaped. A backslash before any other letter is a backslash."""
    return _ESCAPED.sub(lambda match: _meant(match[1]), text)


def _meant(letter: str) -> str:
    if letter == "n":
        return "\n"
    return letter if letter in _SPECIAL else f"\\{letter}"


def position(text: str, mark: str, start: int = 0) -> int:
    """Return where the character stands unescaped, from `start` on; -1 if it does not."""
    found = re.compile(rf"(?:\\.|[^\\{re.escape(mark)}]|\\$)*", re.S).match(text, start)
    end = found.end() if found else start
    return end if end < len(text) else -1


def split(text: str, marks: str) -> list[tuple[str, str]]:
    """Return what follows each unescaped mark, with the mark; the first, with no mark, is what stands before them."""
    pieces = [["", ""]]
    for token in re.findall(rf"\\.|[{re.escape(marks)}]|[^\\{re.escape(marks)}]+|\\", text, re.S):
        if len(token) == 1 and token in marks:
            pieces.append([token, ""])
        else:
            pieces[-1][1] += token
    return [(mark, piece) for mark, piece in pieces]
