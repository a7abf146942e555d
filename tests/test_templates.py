"""The source of the templates."""

from pathlib import Path

import pytest

import quizapp

TEMPLATES = Path(quizapp.__file__).parent / "templates"
LONGEST_LINE = 160


@pytest.mark.parametrize("folder", sorted({path.parent for path in TEMPLATES.rglob("*.*")}), ids=lambda folder: folder.name)
def test_no_line_is_longer_than_160_characters(folder: Path) -> None:
    long_lines = [
        f"{path.name}:{number}"
        for path in sorted(folder.glob("*.*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]

    assert long_lines == []
