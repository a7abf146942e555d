"""YAML: one file of facts, or the folder of a set in a zip: set.yaml, names.yaml, facts/*.yaml, pictures/*.

The export is always the zip, which holds the whole set. Paths inside an archive are never used as paths.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from quizapp.core.formats.format import (
    ARCHIVE_DAMAGED,
    ARCHIVE_LOCKED,
    DAMAGED_ARCHIVE,
    FILE_EMPTY,
    MAX_UNPACKED,
    MISSING_PICTURES,
    NOT_FACTS,
    ExportedFile,
    FormatWarning,
    ImportedSet,
    Unreadable,
    line_place,
    refuse_hidden,
)
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.kinds import Question
from quizapp.core.pictures import file_extension
from quizapp.core.sets import schema
from quizapp.core.sets.error_messages import in_words, path_of, sentence
from quizapp.core.sets.strict_yaml import MAX_BYTES, Positions, YamlProblem, line_of, load
from quizapp.core.translation import gettext

MAX_FILES = 2_000  # in an archive
FACTS_FILE_SIZE = 200_000  # bytes after which a new file of facts is started

_FACTS = re.compile(r"\A(?:.*/)?facts/[^/]*\.ya?ml")
_PICTURE = re.compile(r"\A(?:.*/)?pictures/([0-9a-f]{64})\.(?:svg|webp|png|jpe?g)")
_NAMED_PICTURE = re.compile(r"\A(?:.*/)?pictures/[^/]*\.(?:svg|webp|png|jpe?g)")
_DEFAULTS = {
    name: field.get_default(call_default_factory=True)
    for name, field in schema.Fact.model_fields.items()
    if not field.is_required()
}

_NO_QUESTION = gettext("This fact has no questions. Add one under “questions”.")
_NOT_A_QUESTION = gettext("This is not a question. Write its fields: kind, prompt, answer and so on.")
_KEY_NOT_TEXT = gettext("The key is not text. Put it in quotes.")
_PICTURE_CHANGED = gettext("Pictures whose content does not match their file name are left out.")
_NOT_OF_A_SET = gettext("Files that are not part of a set are left out.")
_TOO_MANY_FILES = gettext("The archive has more than %(limit)s files. Split it.", limit=f"{MAX_FILES:,}")
_TOO_LARGE = gettext(
    "The archive is larger than %(limit)s MB when unpacked. Split it.", limit=MAX_UNPACKED // 1_000_000
)


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Read the facts of a .yaml file, or a whole set from a zip."""
    builder = ImportBuilder(topic)
    if data[:2] == b"PK":
        return _read_archive(data, builder)
    items, positions = _load("", data)
    if isinstance(items, dict) and "facts" not in items:
        raise Unreadable(line_place(1), NOT_FACTS)
    if isinstance(items, dict):
        return read_document(items, builder, lambda *path: line_place(line_of(positions, path)))
    take_facts(items, builder, lambda *path: line_place(line_of(positions, path)))
    return builder.build()


def read_document(data: Mapping[str, Any], builder: ImportBuilder, place: Callable[..., str]) -> ImportedSet:
    """Read a whole set as printed by `quizapp bank export`: `set` with its `names`, `passages`, `facts`."""
    header = dict(data.get("set") or {}) if isinstance(data.get("set"), dict | None) else {}
    names = header.pop("names", None) or []
    if header:
        header = header | {"passages": data.get("passages") or []}
    take_facts(data["facts"], builder, lambda *path: place("facts", *path))
    return builder.build(
        header=_model(header, schema.SetHeader, lambda *path: place("set", *path)) if header else None,
        names=_names(names, builder, lambda *path: place("set", "names", *path)),
    )


def take_facts(
    items: object, builder: ImportBuilder, place: Callable[..., str], pictures: Mapping[str, bytes] | None = None
) -> None:
    """Add facts given as plain data; `place` describes the position of a path. `pictures` are files by their names."""
    if not isinstance(items, list):
        raise Unreadable(place(), NOT_FACTS)
    for i, item in enumerate(items):
        questions = item.get("questions") if isinstance(item, dict) else None
        if not isinstance(questions, list) or not questions:
            builder.skip(place(i), item.get("key", "") if isinstance(item, dict) else item, _NO_QUESTION)
            continue
        fact = _DEFAULTS | {name: value for name, value in item.items() if name not in ("key", "questions")}
        for j, question in enumerate(questions):
            at = place(i, "questions", j)
            if not isinstance(question, dict):
                builder.skip(at, question, _NOT_A_QUESTION)
                continue
            fields = {name: value for name, value in question.items() if name != "key"}
            if (picture := fields.get("picture")) and isinstance(picture, dict) and "file" in picture:
                data = (pictures or {}).get(str(picture["file"]), b"")
                fields["picture"] = builder.picture(data, str(picture.get("alt", "")), at)
            key, fact_key = question.get("key"), item.get("key")
            if not isinstance(key, str | None) or not isinstance(fact_key, str | None):
                builder.skip(at, question.get("prompt", ""), _KEY_NOT_TEXT)
                continue
            builder.add(fields, place=at, key=key, fact_key=fact_key, fact=fact)


def _names(items: object, builder: ImportBuilder, place: Callable[..., str]) -> list[schema.Name]:
    names: list[schema.Name] = []
    for i, item in enumerate(items if isinstance(items, list) else []):
        try:
            refuse_hidden(item)
            name = schema.Name.model_validate(item)
        except ValidationError as error:
            builder.warn(place(i), _name_message(in_words(error.errors(include_url=False)[0], schema.Name)))
        except ValueError as error:
            builder.warn(place(i), _name_message(str(error)))
        else:
            if name.key not in {known.key for known in names}:
                names.append(name)
    return names


def _name_message(problem: str) -> str:
    return gettext("A name is left out. %(problem)s", problem=sentence(problem))


def _model(data: object, model: type[schema.SetHeader], place: Callable[..., str]) -> schema.SetHeader:
    try:
        refuse_hidden(data)
        return model.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise Unreadable(place(*path_of(fault)), in_words(fault, model)) from None
    except ValueError as error:
        raise Unreadable(place(), str(error)) from None


def _load(file: str, data: bytes) -> tuple[Any, Positions]:
    try:
        loaded, positions = load(data)
    except YamlProblem as problem:
        place = f"{file}:{problem.line}" if file else line_place(problem.line)
        raise Unreadable(place, sentence(problem.message)) from None
    if loaded is None:
        raise Unreadable(file, FILE_EMPTY)
    return loaded, positions


# Archives


def _read_archive(data: bytes, builder: ImportBuilder) -> ImportedSet:
    header: schema.SetHeader | None = None
    names: list[schema.Name] = []
    files = sorted(unpack_files(data))
    pictures = {name.rpartition("/")[2]: content for name, content in files if _NAMED_PICTURE.fullmatch(name)}
    for name, content in files:
        place = _in_file(name)
        if _is(name, "set.yaml"):
            loaded, positions = _load(name, content)
            header = _model(loaded, schema.SetHeader, place(positions))
        elif _is(name, "names.yaml"):
            loaded, positions = _load(name, content)
            names = _names(loaded, builder, place(positions))
        elif _FACTS.fullmatch(name):
            loaded, positions = _load(name, content)
            take_facts(loaded, builder, place(positions), pictures)
        elif picture := _PICTURE.fullmatch(name):
            if sha256(content).hexdigest() == picture[1]:
                builder.picture(content, "", name)
            else:
                builder.warn(name, _PICTURE_CHANGED)
        elif name.rpartition("/")[2] not in pictures:
            builder.warn(name, _NOT_OF_A_SET)
    return builder.build(header=header, names=names)


def _in_file(name: str) -> Callable[[Positions], Callable[..., str]]:
    return lambda positions: lambda *path: f"{name}:{line_of(positions, path)}"


def _is(name: str, file: str) -> bool:
    return name == file or name.endswith(f"/{file}")


def unpack_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name and contents of each file in a zip, MAX_UNPACKED bytes in all at most. Raises Unreadable."""
    room = MAX_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES:
                raise Unreadable("", _TOO_MANY_FILES)
            for entry in entries:
                with archive.open(entry) as stream:  # the size stated by an entry cannot be trusted
                    content = stream.read(room + 1)
                room -= len(content)
                if room < 0:
                    raise Unreadable("", _TOO_LARGE)
                yield entry.filename, content
    except Unreadable:
        raise
    except DAMAGED_ARCHIVE as error:
        raise Unreadable("", ARCHIVE_LOCKED if "password" in str(error) else ARCHIVE_DAMAGED) from None


# Writing


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write the folder of the set as a zip."""
    warnings: list[FormatWarning] = []
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)

        add("set.yaml", _dumped(_plain(question_set.header)))
        if question_set.names:
            add("names.yaml", _dumped([_plain(name) for name in question_set.names]))
        for number, chunk in enumerate(_chunks(question_set.facts), start=1):
            add(f"facts/{number:03}.yaml", chunk)
        for digest, key in _used_pictures(question_set).items():
            if digest in pictures:
                add(f"pictures/{digest}.{file_extension(pictures[digest])}", pictures[digest])
            else:
                warnings.append(FormatWarning(key, MISSING_PICTURES))
    return ExportedFile(out.getvalue(), tuple(warnings))


def _used_pictures(question_set: schema.QuestionSet) -> dict[str, str]:
    """Map the digest of each picture to the key of a question that shows it."""
    questions = (question for fact in question_set.facts for question in fact.questions)
    return {question.picture.digest: question.key for question in questions if question.picture}


def _chunks(facts: tuple[schema.Fact, ...]) -> Iterator[bytes]:
    """Yield files of facts, each small enough to be read again."""
    chunk: list[bytes] = []
    for fact in facts:
        questions = [_question(question) for question in fact.questions]
        text = _dumped([_plain(fact) | {"questions": questions}])
        assert len(text) <= MAX_BYTES
        if chunk and sum(map(len, chunk)) + len(text) > FACTS_FILE_SIZE:
            yield b"\n".join(chunk)
            chunk = []
        chunk.append(text)
    if chunk:
        yield b"\n".join(chunk)


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def _question(question: Question) -> dict[str, Any]:
    fields = _plain(question)
    explanation = {"explanation": fields.pop("explanation")} if "explanation" in fields else {}
    return {name: fields[name] for name in ("key", "kind", "prompt")} | fields | explanation


def _dumped(data: object) -> bytes:
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text.encode()
