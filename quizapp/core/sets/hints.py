"""The findings and the advice of `bank check` for one question or fact in the editor."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.core.sets.advice import advise
from quizapp.core.sets.checks import check
from quizapp.core.sets.parsed_set import ParsedSet, PlacedEntry
from quizapp.core.sets.quality import judge
from quizapp.core.sets.schema import NORMAL, Fact, Name, SetHeader
from quizapp.core.sets.strict_yaml import Positions, YamlPath

# What means something only to authors of files: the line of another question, and the name of a field
_OF_FILES = re.compile(r" \((?:fact:\d+|why_not)\)")


@dataclass(frozen=True, slots=True)
class Hint:
    """A suggestion for improvement. `path` is the path in the question: ("distractors", 0, "why_not")."""

    path: YamlPath
    message: str


def hints(header: SetHeader, names: Sequence[Name], fact: Fact, number: int = 0) -> list[Hint]:
    """Return the hints for the question at index `number` of a fact, which is given with all its questions.

    Checks that need the whole set are left out.
    """
    lines = _numbered(fact)
    draft = _draft(header, names, fact, lines)
    paths = {line: path for path, line in lines.items()}
    found = sorted({problem for problem in [*check(draft), *judge(draft), *advise(draft)] if problem.file == "fact"})
    own = (0, "questions", number)
    hints_at = [(paths[problem.line], problem.message) for problem in found]
    return [Hint(path[3:], _OF_FILES.sub("", message)) for path, message in hints_at if path[:3] == own]


def fact_hints(header: SetHeader, fact: Fact) -> list[str]:
    """Return advice on what a fact says; its questions are left out."""
    alone = fact.model_copy(update={"questions": [], "importance": NORMAL})
    return [advice.message for advice in advise(_draft(header, (), alone, _numbered(alone)))]


def _draft(header: SetHeader, names: Sequence[Name], fact: Fact, lines: Positions) -> ParsedSet:
    named = tuple(PlacedEntry(name, "names", (), {(): 1}) for name in names)
    entry = PlacedEntry(fact, "fact", (0,), lines)
    return ParsedSet(PlacedEntry(header, "set", (), {(): 1}), named, (entry,), None, None, whole=False)


def _numbered(fact: Fact) -> Positions:
    """Return a different line number for every part of the fact, to find the part again by its line."""
    paths = [(), (0,), *_paths(fact.model_dump(), (0,))]
    return {path: line for line, path in enumerate(paths, start=1)}


def _paths(value: Any, at: YamlPath) -> Iterator[YamlPath]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in inside:
        yield (*at, part)
        yield from _paths(inner, (*at, part))
