"""The source of the templates."""

from pathlib import Path

import quizapp

TEMPLATES = Path(quizapp.__file__).parent / "templates"
LONGEST_LINE = 160


def test_no_line_is_longer_than_160_characters() -> None:
    long_lines = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]

    assert long_lines == []
