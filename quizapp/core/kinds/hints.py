"""What a hint says of the answer to a question."""

import re
from collections.abc import Sequence
from typing import NamedTuple


class HintPart(NamedTuple):
    """One thing that a hint says: how an answer begins, or, if `ruled_out`, a wrong option. `about` names the gap."""

    text: str
    ruled_out: bool = False
    about: str = ""


def rule_out(wrong: Sequence[str], about: str = "") -> list[HintPart]:
    """Return a hint that rules out the first of the wrong options, none if it is the only one."""
    return [HintPart(wrong[0], ruled_out=True, about=about)] if len(wrong) > 1 else []


def begin_answer(answer: str, about: str = "") -> list[HintPart]:
    """Return a hint that says how an answer begins, none if that would be nearly all of it."""
    start = _START.match(answer)
    return [HintPart(f"{start[0]}…", about=about)] if start and len(answer) > len(start[0]) + 1 else []


_START = re.compile(r"(?:(?:the|an?)\s+)?\S", re.IGNORECASE)  # an article says nothing
