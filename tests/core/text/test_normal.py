"""Normal forms: the same as everywhere for text that anybody writes, and in linear time for any other."""

import ast
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limited import limited

import quizapp
from quizapp.core.accounts import InvalidInput, check_email, check_name, check_password, fold_name
from quizapp.core.formats.embedded_data import digest_of
from quizapp.core.text.normal import MOST_MARKS, SHORT, fold, normalise
from quizapp.core.text.numbers import parse_number
from quizapp.core.text.typed_dates import parse_date

FORMS = ("NFC", "NFKC")
# Marks that are sorted when they are normalised, and characters that become such marks only then.
MARKS = ["\u0300\u0316", "\u0345\u0300\u0316", "\u0f73\u0f39", "\uff9e\u0334"]


@pytest.mark.parametrize("form", FORMS)
@given(st.text(max_size=50))
def test_text_is_normalised_as_usual(form: str, text: str) -> None:
    assert normalise(form, text) == normalize(form, text)  # type: ignore[arg-type]
    spread = "".join(f"{character} " for character in text) * 2 + "a" * SHORT
    assert normalise(form, spread) == normalize(form, spread)  # type: ignore[arg-type]


def test_a_long_text_keeps_as_many_marks_as_a_letter_may_have() -> None:
    assert normalise("NFC", "z" + "\u0316" * 2000 + "e\u0301") == "z" + "\u0316" * MOST_MARKS + "é"


@pytest.mark.parametrize("marks", MARKS, ids=ascii)
def test_no_text_takes_long_to_normalise(marks: str) -> None:
    text = "e" + marks * (120_000 // len(marks))

    def read_everything() -> None:
        for form in FORMS:
            normalise(form, text)  # type: ignore[arg-type]
        fold(text), fold_name(text), digest_of(text), parse_date(text), parse_number(text)
        for check in (lambda: check_name(text), lambda: check_password(text, "a"), lambda: check_email(text)):
            with pytest.raises(InvalidInput):
                check()

    limited(read_everything)


def test_articles_are_dropped_in_linear_time() -> None:
    assert limited(lambda: fold("the " * 100_000 + "Nile" + " the" * 100_000)) == "nile"


def test_nothing_else_normalises() -> None:
    """A new use of the standard library's function would take quadratic time again."""
    found = []
    texts = {path: path.read_text(encoding="utf-8") for path in Path(quizapp.__file__).parent.rglob("*.py")}
    for path, text in texts.items():
        for node in ast.walk(ast.parse(text)) if "unicodedata" in text else ():
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if "unicodedata" in names or (isinstance(node, ast.ImportFrom) and node.module == "unicodedata"):
                found.append(path.name)
    assert found == ["normal.py"]
