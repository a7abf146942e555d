"""Pictures of a set in files: which files are read, what is known of them, and what is wrong with the others."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from quizapp.core.formats import yaml
from quizapp.core.formats.format import ImportedSet
from quizapp.core.pictures import file_extension, measure_svg
from quizapp.core.sets.files import read_set
from quizapp.core.sets.schema import QuestionSet

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300"><path d="M0 0h9"/></svg>'
HEADER = "{key: s, title: T, summary: S, language: en, topics: [{key: a, title: A, summary: S}]}"
FACT = """\
- key: f
  topic: a
  statement: The island lies in the north.
  questions:
    - key: q
      kind: flashcard
      prompt: Where is the island?
      picture: %s
      answer: In the north
"""

Load = Callable[..., tuple[QuestionSet | None, list[str]]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Read a set whose question has this picture; the set and what is wrong with it."""
    (tmp_path / "set.yaml").write_text(HEADER)
    (tmp_path / "facts").mkdir()
    (tmp_path / "pictures").mkdir()

    def load(picture: str, **files: str | bytes) -> tuple[QuestionSet | None, list[str]]:
        (tmp_path / "facts/a.yaml").write_text(FACT % picture)
        for name, data in files.items():
            raw = data if isinstance(data, bytes) else data.encode()
            (tmp_path / "pictures" / name.replace("_", ".")).write_bytes(raw)
        found, problems = read_set(tmp_path)
        return found, list(map(str, problems))

    return load


def pixels(form: str, size: tuple[int, int] = (12, 8)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (30, 80, 160)).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("map_svg", SVG.encode(), (400, 300)),
        ("map_png", pixels("PNG"), (12, 8)),
        ("map_jpg", pixels("JPEG"), (12, 8)),
        ("map_jpeg", pixels("JPEG"), (12, 8)),
        ("map_webp", pixels("WEBP"), (12, 8)),
    ],
)
def test_a_picture_is_kept_as_it_is_under_its_hash(load: Load, name: str, data: bytes, size: tuple[int, int]) -> None:
    file = name.replace("_", ".")
    found, problems = load(f"{{file: {file}, alt: A map}}", **{name: data})
    assert found, problems
    digest = sha256(data).hexdigest()
    assert found.pictures == {digest: data}
    picture = found.facts[0].questions[0].picture
    assert picture
    assert (picture.digest, picture.width, picture.height, picture.alt) == (digest, *size, "A map")
    assert file_extension(data) == file.partition(".")[2].replace("jpeg", "jpg")


def test_pictures_that_no_question_names_are_not_read(load: Load) -> None:
    found, problems = load("{file: map.svg, alt: A map}", map_svg=SVG, notes_svg="no picture")
    assert found, problems
    assert len(found.pictures) == 1


WHERE = "facts/a.yaml:8: "
ONE_OF_THE_FOLDER = "A picture must be a file in the folder “pictures”, such as map.svg."
UNREADABLE = "pictures/map.svg can’t be read. An SVG needs a viewBox, and a width and height to match."


@pytest.mark.parametrize(
    ("picture", "problem"),
    [
        ("{file: map.svg, alt: A}", "There is no picture pictures/map.svg. Add it, or correct the name."),
        ("{file: ../set.svg, alt: A}", ONE_OF_THE_FOLDER),
        ("{file: /etc/passwd, alt: A}", ONE_OF_THE_FOLDER),
        ("{file: sub/map.svg, alt: A}", ONE_OF_THE_FOLDER),
        ("{file: 'a\\b.svg', alt: A}", ONE_OF_THE_FOLDER),
        ("{file: .hidden.svg, alt: A}", ONE_OF_THE_FOLDER),
        ("{file: map.gif, alt: A}", ONE_OF_THE_FOLDER),
        ("{file: [map.svg], alt: A}", ONE_OF_THE_FOLDER),
        ("{file: , alt: A}", ONE_OF_THE_FOLDER),
        (f"{{file: {'a' * 5000}.svg, alt: A}}", ONE_OF_THE_FOLDER),
    ],
)
def test_only_files_in_the_folder_are_read(load: Load, picture: str, problem: str) -> None:
    assert load(picture) == (None, [WHERE + problem])


@pytest.mark.parametrize(
    "data",
    [
        "",
        "no picture",
        "<svg>",
        SVG.replace(' viewBox="0 0 400 300"', ""),
        SVG.replace(' width="400" height="300"', ""),
        SVG.replace('width="400"', 'width="100%"'),
        SVG.replace('width="400"', 'width="wide"'),
        SVG.replace('width="400"', 'width="nan"'),
        SVG.replace('width="400"', 'width="600"'),
        SVG.replace('height="300"', 'height="0"'),
        SVG.replace(' xmlns="http://www.w3.org/2000/svg"', ""),
        SVG.replace("0 0 400 300", "0 0 400"),
        SVG.replace("0 0 400 300", "0 0 wide 300"),
        SVG.replace("0 0 400 300", "0 0 nan 300"),
        SVG.replace("0 0 400 300", "0 0 inf 300"),
        SVG.replace("0 0 400 300", "0 0 0 300"),
        SVG.replace("0 0 400 300", "0 0 400 10001"),
        SVG.replace("</svg>", ""),
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG,
        f"<html>{SVG}</html>",
        "<svg " * 20_000,
        b"\xff\xfe\x00",
        pixels("GIF"),
        pixels("PNG")[:20],
    ],
)
def test_what_is_no_picture_is_refused(load: Load, data: str | bytes) -> None:
    assert load("{file: map.svg, alt: A}", map_svg=data) == (None, [WHERE + UNREADABLE])


def test_a_picture_has_a_largest_size(load: Load) -> None:
    assert load("{file: map.svg, alt: A}", map_svg=SVG.replace("<path", f"<!--{'a' * 2_000_000}--><path")) == (
        None,
        [WHERE + "pictures/map.svg is larger than 2 MB. Make it smaller."],
    )
    assert load("{file: map.png, alt: A}", map_png=pixels("PNG", (10_001, 1))) == (
        None,
        [WHERE + "pictures/map.png has 10,001 × 1 pixels. Make it smaller."],
    )


def test_links_out_of_the_folder_and_pipes_are_not_followed(load: Load, tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text(SVG)
    (tmp_path / "pictures/map.svg").symlink_to(tmp_path / "secret.svg")
    (tmp_path / "pictures/loop.svg").symlink_to(tmp_path / "pictures/loop.svg")
    (tmp_path / "pictures/folder.svg").mkdir()
    os.mkfifo(tmp_path / "pictures/pipe.svg")
    for name in ("map.svg", "loop.svg", "folder.svg", "pipe.svg"):
        assert load(f"{{file: {name}, alt: A}}") == (
            None,
            [WHERE + f"There is no picture pictures/{name}. Add it, or correct the name."],
        )


@pytest.mark.parametrize(
    ("picture", "problem"),
    [
        ("{file: map.svg}", "The field “alt” is missing. Add it."),
        (
            "{file: map.svg, alt: A, size: 3}",
            "There is no field “size” here. The fields are digest, width, height, alt.",
        ),
        ("{alt: A}", "The picture has no file. Name it, as in “file: map.svg”."),
        ("{fil: map.svg, alt: A}", "The picture has no file. Name it, as in “file: map.svg”."),
        ("map.svg", "“picture” must be a group of fields, one per line: name, colon, value."),
    ],
)
def test_a_picture_has_a_file_and_a_text_alternative(load: Load, picture: str, problem: str) -> None:
    found, problems = load(picture, map_svg=SVG)
    assert (found, problems[0]) == (None, WHERE + problem)


def test_an_exported_set_is_read_with_its_pictures(load: Load, tmp_path: Path) -> None:
    found, _ = load("{file: map.svg, alt: A map}", map_svg=SVG)
    assert found
    exported = tmp_path / "exported"
    with ZipFile(BytesIO(yaml.write(found, found.pictures, now=datetime(2026, 3, 2, tzinfo=UTC)).data)) as archive:
        archive.extractall(exported)
    assert read_set(exported) == (found, [])
    (name,) = (exported / "pictures").iterdir()
    name.write_text(SVG.replace("300", "310"))  # not what its name says
    again, _ = read_set(exported)
    assert again and again.pictures == {}


def test_the_folder_may_be_imported_in_a_zip_but_for_svg(load: Load, tmp_path: Path) -> None:
    def zipped(picture: str, **files: str | bytes) -> ImportedSet:
        load(picture, **files)
        out = BytesIO()
        with ZipFile(out, "w") as archive:
            for path in tmp_path.rglob("*.*"):
                archive.write(path, path.relative_to(tmp_path))
        return yaml.read(out.getvalue(), topic="a")

    png = pixels("PNG")
    read = zipped("{file: map.png, alt: A map}", map_png=png)
    (question,) = (question for found in read.facts for question in found.fact.questions)
    assert read.pictures == {sha256(png).hexdigest(): png}
    assert question.picture and (question.picture.width, question.picture.alt) == (12, "A map")
    assert read.warnings == ()
    assert zipped("{file: map.svg, alt: A map}", map_svg=SVG).pictures == {}
    missing = zipped("{file: none.png, alt: A map}")
    assert [warning.what for warning in missing.warnings] == [
        "Pictures that can’t be opened are left out. Use PNG, JPEG or WebP."
    ]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (SVG, (400, 300)),
        ("<?xml version='1.0'?>\n<!-- a -->" + SVG, (400, 300)),
        (
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + SVG,
            (400, 300),
        ),
        (SVG.replace("0 0 400 300", "-10,-20.5, 399.6 3e2"), (400, 300)),
        (SVG.replace('width="400" height="300"', 'width="210mm" height="157.5mm"'), (400, 300)),
        ('<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 1 1" width="9px" height="9px"/>', (1, 1)),
    ],
)
def test_the_size_of_an_svg_is_that_of_its_view_box(text: str, size: tuple[int, int]) -> None:
    assert measure_svg(text.encode()) == size
