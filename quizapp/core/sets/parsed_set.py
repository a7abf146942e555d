"""A set as far as it could be read, with the position of every part, ready for checking."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from quizapp.core.kinds import Question
from quizapp.core.kinds.choice import SingleChoice
from quizapp.core.kinds.cloze import Cloze, Gap
from quizapp.core.sets.schema import Fact, Name, Problem, SetHeader
from quizapp.core.sets.strict_yaml import Positions, YamlPath, line_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def problem(self, message: str) -> Problem:
        return Problem(self.file, self.line, message)


@dataclass(frozen=True, slots=True)
class PlacedEntry(Generic[T]):
    """A value of the schema and its position: the file, and the path inside it."""

    value: T
    file: str
    path: YamlPath
    positions: Positions

    def at(self, *inside: str | int) -> SourceLine:
        """Return the line of the part of this entry at the path `inside`."""
        return SourceLine(self.file, line_of(self.positions, (*self.path, *inside)))


@dataclass(frozen=True, slots=True)
class PlacedQuestion:
    """A question and its position: the entry of its fact, and its index there."""

    question: Question
    entry: PlacedEntry[Fact]
    number: int

    @property
    def fact(self) -> Fact:
        return self.entry.value

    @property
    def choices(self) -> Iterator[tuple[SingleChoice | Gap, YamlPath]]:
        """Yield each place where one thing is picked among distractors, with its path: the question, or a gap of it."""
        match self.question:
            case SingleChoice():
                yield self.question, ()
            case Cloze():
                yield from ((gap, ("gaps", name)) for name, gap in self.question.gaps.items() if gap.distractors)

    def at(self, *inside: str | int) -> SourceLine:
        return self.entry.at("questions", self.number, *inside)


@dataclass(frozen=True, slots=True)
class ParsedSet:
    """The readable entries of a set.

    `name_keys` and `fact_keys` include the keys of refused entries, so that one problem is not reported again at every
    reference to it; they are None if a file could not be read at all. `whole` means that no fact was refused.
    `pictures` maps digests to the pictures that questions name.
    """

    header: PlacedEntry[SetHeader] | None
    names: tuple[PlacedEntry[Name], ...]
    facts: tuple[PlacedEntry[Fact], ...]
    name_keys: frozenset[str] | None
    fact_keys: frozenset[str] | None
    whole: bool
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def questions(self) -> Iterator[PlacedQuestion]:
        return (
            PlacedQuestion(question, entry, i)
            for entry in self.facts
            for i, question in enumerate(entry.value.questions)
        )
