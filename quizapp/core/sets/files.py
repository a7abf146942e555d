"""Read question sets from files, and list every problem with its file and line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from quizapp.core.sets.advice import advise
from quizapp.core.sets.checks import check
from quizapp.core.sets.error_messages import in_words, path_of
from quizapp.core.sets.parsed_set import ParsedSet, PlacedEntry
from quizapp.core.sets.picture_files import PictureFiles
from quizapp.core.sets.quality import judge
from quizapp.core.sets.schema import Fact, Name, Problem, QuestionSet, SetHeader
from quizapp.core.sets.strict_yaml import MAX_BYTES, Positions, YamlPath, YamlProblem, line_of, load
from quizapp.core.translation import gettext

ReadSet = tuple[QuestionSet | None, list[Problem]]
ModelT = TypeVar("ModelT", bound=BaseModel)

SET_FILE, NAMES_FILE, FACTS_FOLDER = "set.yaml", "names.yaml", "facts"


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """A set read from files, the problems that make it unusable, findings on its quality, and advice on its style.

    `question_set` is None exactly when there are `problems`; a set with `findings` can be loaded and asked.
    """

    question_set: QuestionSet | None
    problems: list[Problem]
    findings: list[Problem] = field(default_factory=list)
    advice: list[Problem] = field(default_factory=list)


def read_bank(directory: Path) -> list[ReadSet]:
    """Return every set in a bank directory, sorted by folder name; see `read_set`.

    A directory with a set.yaml of its own is one set. If there is nothing to read, the only result is a problem.
    """
    return [(found.question_set, found.problems) for found in _check_each(directory, _unjudged)]


def files_digest(directory: Path) -> str:
    """Return the SHA-256 (hex) of the names and contents of all visible files in a directory and its folders."""
    digest = sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file() and _is_visible(path)):
        content = path.read_bytes()
        digest.update(f"{_relative(directory, path)} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def read_set(directory: Path) -> ReadSet:
    """Return the set in a directory, and its problems; the set is None exactly when there are problems.

    Problems are sorted by file and line. A file that is not YAML gives one problem, because the rest of it cannot be
    read; all other files are still read and checked.
    """
    found = _unjudged(directory)
    return found.question_set, found.problems


def check_bank(directory: Path) -> list[CheckedSet]:
    """Return every set as `read_bank` does, with findings on its quality and advice."""
    return _check_each(directory, check_set)


def check_set(directory: Path) -> CheckedSet:
    """Return the set as `read_set` does, with findings on its quality and advice, sorted by file and line.

    The readable parts of a set with problems are checked for quality too.
    """
    draft, problems = _read_draft(directory)
    return CheckedSet(_finished(draft, problems), problems, sorted(set(judge(draft))), sorted(set(advise(draft))))


def _unjudged(directory: Path) -> CheckedSet:
    draft, problems = _read_draft(directory)
    return CheckedSet(_finished(draft, problems), problems)


def _read_draft(directory: Path) -> tuple[ParsedSet, list[Problem]]:
    header, header_problems = _read_header(directory)
    names, names_problems = _read_entries(directory, _names_files(directory), Name)
    pictures = PictureFiles(directory)
    facts, facts_problems = _read_entries(directory, _facts_files(directory), Fact, pictures)
    draft = ParsedSet(header, names.entries, facts.entries, names.keys, facts.keys, not facts_problems, pictures.used)
    problems = [*_misplaced(directory), *header_problems, *names_problems, *facts_problems, *check(draft)]
    return draft, sorted(set(problems))


def _finished(draft: ParsedSet, problems: list[Problem]) -> QuestionSet | None:
    if draft.header is None or problems:
        return None
    return QuestionSet(draft.header.value, _values(draft.names), _values(draft.facts), draft.pictures)


def _check_each(directory: Path, check_one: Callable[[Path], CheckedSet]) -> list[CheckedSet]:
    if (directory / SET_FILE).is_file():
        return [check_one(directory)]
    folders = sorted(path for path in directory.glob("*/") if any(_yaml_files(path)))
    if not folders:
        message = gettext(
            "There is no question set here: no %(file)s, and no folder with one. Name the folder of a set.",
            file=SET_FILE,
        )
        return [CheckedSet(None, [Problem(".", 1, message)])]
    return _with_different_keys([(folder.name, _inside(folder.name, check_one(folder))) for folder in folders])


@dataclass(frozen=True, slots=True)
class _Entries(Generic[ModelT]):
    """The valid entries, and the keys of all entries; the keys are None if a file could not be read."""

    entries: tuple[PlacedEntry[ModelT], ...]
    keys: frozenset[str] | None


def _values(entries: tuple[PlacedEntry[ModelT], ...]) -> tuple[ModelT, ...]:
    return tuple(entry.value for entry in entries)


def _read_header(directory: Path) -> tuple[PlacedEntry[SetHeader] | None, list[Problem]]:
    try:
        data, positions = _load(directory, directory / SET_FILE)
    except _UnreadableFile as unreadable:
        return None, [unreadable.problem]
    value, problems = _validated(data, SetHeader, SET_FILE, (), positions)
    return (PlacedEntry(value, SET_FILE, (), positions) if value else None), problems


def _read_entries(
    directory: Path, files: list[Path], model: type[ModelT], pictures: PictureFiles | None = None
) -> tuple[_Entries[ModelT], list[Problem]]:
    entries: list[PlacedEntry[ModelT]] = []
    keys: set[str] = set()
    problems: list[Problem] = []
    readable = True
    for path in files:
        try:
            data, positions = _load_list(directory, path)
        except _UnreadableFile as unreadable:
            problems.append(unreadable.problem)
            readable = False
            continue
        file = _relative(directory, path)
        keys |= {str(item["key"]) for item in data if isinstance(item, dict) and "key" in item}
        for i, item in enumerate(data):
            if pictures:
                problems += _resolve_pictures(item, pictures, file, i, positions)
            value, found = _validated(item, model, file, (i,), positions)
            problems += found
            if value:
                entries.append(PlacedEntry(value, file, (i,), positions))
    return _Entries(tuple(entries), frozenset(keys) if readable else None), problems


def _resolve_pictures(
    item: object, pictures: PictureFiles, file: str, number: int, positions: Positions
) -> Iterator[Problem]:
    """Replace the names of picture files in a fact by what is known of the pictures; yield what is wrong with them."""
    questions = item.get("questions") if isinstance(item, dict) else None
    for i, question in enumerate(questions if isinstance(questions, list) else []):
        picture = question.get("picture") if isinstance(question, dict) else None
        if not isinstance(picture, dict):
            continue
        try:
            question["picture"] = pictures.resolve(picture)
        except ValueError as error:
            yield Problem(file, line_of(positions, (number, "questions", i, "picture")), str(error))
            question["picture"] = {"digest": "0" * 64, "width": 1, "height": 1, "alt": picture.get("alt") or "?"}


def _validated(
    data: object, model: type[ModelT], file: str, at: YamlPath, positions: Positions
) -> tuple[ModelT | None, list[Problem]]:
    try:
        return model.model_validate(data, strict=True), []
    except ValidationError as invalid:
        return None, [
            Problem(file, line_of(positions, (*at, *path_of(error))), in_words(error, model))
            for error in invalid.errors(include_url=False)
        ]


class _UnreadableFile(Exception):
    """Nothing can be read from a file."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(file, line, message)


def _load(directory: Path, path: Path) -> tuple[Any, Positions]:
    file = _relative(directory, path)
    try:
        with path.open("rb") as stream:
            data, positions = load(stream.read(MAX_BYTES + 1))
    except FileNotFoundError:
        raise _UnreadableFile(file, 1, gettext("This file is missing. Add it.")) from None
    except OSError as error:
        raise _UnreadableFile(
            file, 1, gettext("This file can’t be opened: %(reason)s.", reason=error.strerror)
        ) from None
    except YamlProblem as error:
        raise _UnreadableFile(file, error.line, error.message) from None
    if data is None:
        raise _UnreadableFile(file, 1, gettext("This file is empty. Add its contents."))
    return data, positions


def _load_list(directory: Path, path: Path) -> tuple[list[Any], Positions]:
    data, positions = _load(directory, path)
    if not isinstance(data, list):
        message = gettext("This file must be a list. Begin each entry with “- key:”.")
        raise _UnreadableFile(_relative(directory, path), 1, message)
    return data, positions


def _relative(directory: Path, path: Path) -> str:
    return path.relative_to(directory).as_posix()


def _names_files(directory: Path) -> list[Path]:
    path = directory / NAMES_FILE
    return [path] if path.is_file() else []


def _facts_files(directory: Path) -> list[Path]:
    return sorted(path for path in (directory / FACTS_FOLDER).glob("*.yaml") if _is_visible(path))


def _misplaced(directory: Path) -> Iterator[Problem]:
    """Yield YAML files that are not read, because their author would miss what is in them."""
    facts = _facts_files(directory)
    for path in sorted({*_yaml_files(directory)} - {directory / SET_FILE, directory / NAMES_FILE, *facts}):
        message = gettext(
            "This file is not read. Move or delete it: a set is %(header)s, %(names)s and %(folder)s/*.yaml.",
            header=SET_FILE, names=NAMES_FILE, folder=FACTS_FOLDER,
        )  # fmt: skip
        yield Problem(_relative(directory, path), 1, message)
    if not facts:
        message = gettext("There are no facts. Write some in %(folder)s/*.yaml.", folder=FACTS_FOLDER)
        yield Problem(FACTS_FOLDER, 1, message)


def _yaml_files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.suffix.lower() in (".yaml", ".yml") and _is_visible(path))


def _is_visible(path: Path) -> bool:
    # Editors and file managers create hidden files: .#facts.yaml, ._facts.yaml.
    return not path.name.startswith(".")


def _inside(folder: str, found: CheckedSet) -> CheckedSet:
    def moved(problems: list[Problem]) -> list[Problem]:
        return [replace(problem, file=f"{folder}/{problem.file}") for problem in problems]

    return replace(found, problems=moved(found.problems), findings=moved(found.findings), advice=moved(found.advice))


def _with_different_keys(results: list[tuple[str, CheckedSet]]) -> list[CheckedSet]:
    first: dict[str, str] = {}
    checked: list[CheckedSet] = []
    for folder, found in results:
        key = found.question_set.header.key if found.question_set else None
        owner = first.setdefault(key, folder) if key else folder
        if owner != folder:
            message = gettext(
                "The set in %(folder)s already has the key “%(key)s”. Choose another.", folder=owner, key=key
            )
            found = replace(found, question_set=None, problems=[Problem(f"{folder}/{SET_FILE}", 1, message)])
        checked.append(found)
    return checked
