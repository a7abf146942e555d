"""What YAML may say here, what it may not, and where each part of it stands."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.sets.strict_yaml import MAX_BYTES, MAX_DEPTH, YamlProblem, line_of, load


def test_it_works() -> None:
    data, lines = load("key: nile\nquestions:\n  - kind: typed\n    accept: [Nil, Nahr]\n  - kind: date\n")
    typed = {"kind": "typed", "accept": ["Nil", "Nahr"]}
    assert data == {"key": "nile", "questions": [typed, {"kind": "date"}]}
    assert lines[("questions",)] == 2
    assert lines[("questions", 0, "accept", 1)] == 4
    assert lines[("questions", 1)] == 5


PLAIN_VALUES = [
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("No", "No"),
    ("True", "True"),
    ("true", True),
    ("false", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("Null", "Null"),
    ("1918-05-28", "1918-05-28"),
    ("1920-04-27T23:00", "1920-04-27T23:00"),
    ("12:30", "12:30"),
    ("1:2:3", "1:2:3"),
    ("017", "017"),
    ("0o17", "0o17"),
    ("0x1F", "0x1F"),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1920", 1920),
    ("0", 0),
    ("-7", -7),
    ("+7", "+7"),
    ("-0", "-0"),
    ("1.5", "1.5"),
    ("1e3", "1e3"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    ("=", "="),
    ("٣", "٣"),
    ("9" * 5000, "9" * 5000),
    ('"1920"', "1920"),
    ("'true'", "true"),
    ('""', ""),
]


@pytest.mark.parametrize(("written", "value"), PLAIN_VALUES)
def test_a_value_is_what_it_looks_like(written: str, value: object) -> None:
    data, _ = load(f"field: {written}\n")
    assert data["field"] == value
    assert type(data["field"]) is type(value)


@pytest.mark.parametrize("name", ["no", "1920", "true", "1918-05-28", "~", "<<"])
def test_a_field_name_is_always_text(name: str) -> None:
    assert load(f"{name}: x") == ({name: "x"}, {(): 1, (name,): 1})


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

REFUSED: list[tuple[str | bytes, int, str]] = [
    ("key: a\nprompt: b\nkey: c\n", 3, "“key” is already on line 1. Remove one of them."),
    ("a:\n  '1': x\n  1: y\n", 3, "“1” is already on line 2. Remove one of them."),
    (BOMB, 1, "&a is read as an anchor. Put text that begins with & in quotes."),
    ("a: x\nb: *a\n", 2, "*a is read as a reference. Put text that begins with * in quotes."),
    ("a: b\n*c : d\n", 2, "*c is read as a reference. Put text that begins with * in quotes."),
    ("a: b\nc: !!python/name:os.system x\n", 2, "tag:yaml.org,2002:python/name:os.system is read as a tag"),
    ("a: !!str 1920\n", 1, "tag:yaml.org,2002:str is read as a tag"),
    ("a: ! x\n", 1, "! is read as a tag"),
    ("[" * 100_000, 1, f"Lists and groups are nested more than {MAX_DEPTH} deep"),
    ("[" * 15 + "\n" + "[" * 1_000, 2, f"Lists and groups are nested more than {MAX_DEPTH} deep"),
    ("- " * 5_000 + "x", 1, f"Lists and groups are nested more than {MAX_DEPTH} deep"),
    ("{a: " * 5_000, 1, f"Lists and groups are nested more than {MAX_DEPTH} deep"),
    ("a:\n\tb: c\n", 2, "There is a tab. Indent with spaces."),
    ("a: |\n\tb\n", 2, "There is a tab. Indent with spaces."),
    (b"a: b\nc: \xff\n", 2, "This is not UTF-8 text. Save the file as UTF-8."),
    ("ab\n".encode("utf-16"), 1, "This is not UTF-8 text. Save the file as UTF-8."),
    ("a: b\nc: \udc80\n", 2, "This is not UTF-8 text. Save the file as UTF-8."),
    ("a: b\nc: \x07\n", 2, "There is an invisible character (U+0007). Delete it."),
    (b"# " + b"x" * MAX_BYTES, 1, "The file is larger than 2 MB. Split it."),
    ("a: b\n---\nc: d\n", 2, "A second document begins here. Remove the line “---”."),
    ("a: {{river}} rises\n", 1, "Text that begins with { or [ must be in quotes."),
    ("? [a]\n: b\n", 1, "Text that begins with { or [ must be in quotes."),
    ("a: why: because\n", 1, "There is a colon followed by a space inside text. Put the whole text in quotes."),
    ("a: @home\n", 1, "Text can’t begin with @, ` or %. Put it in quotes."),
    ("a: &\n", 1, "Text can’t begin with “&” or “*”. Put it in quotes."),
    ("a: !x!y z\n", 1, "Text can’t begin with “!”. Put it in quotes."),
    ('a: "\\q"\n', 1, "There is a backslash inside double quotes. Use single quotes instead."),
    ("a: [b, c\nd: e\n", 1, "A comma is missing, or a bracket is opened and never closed. Add what is missing."),
    ("a: 'b\nc: d\n", 1, "A quotation mark or a bracket is opened and never closed. Close it."),
    ("a: b\nc\nd: e\n", 2, "A field has no colon, or text continues without being indented"),
    ("a: b\n  c: d\n", 2, "There is a colon followed by a space inside text. Put the whole text in quotes."),
    ("a:\n  - b\n c: d\n", 3, "The indentation does not match the lines above"),
    ("- a\nb: c\n", 2, "The indentation does not match the lines above"),
    ("a: 'b' c\n", 1, "The indentation does not match the lines above, or more text follows a closing quotation mark"),
]


@pytest.mark.parametrize(("text", "line", "message"), REFUSED, ids=[row[2][:40] for row in REFUSED])
def test_it_refuses(text: str | bytes, line: int, message: str) -> None:
    with pytest.raises(YamlProblem) as refused:
        load(text)
    assert (refused.value.line, refused.value.message[: len(message)]) == (line, message)


def test_the_limit_of_the_parser_is_reported_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML 6.0.4 has one and earlier versions do not, so it is imitated here."""

    def parse(text: str, Loader: object) -> Iterator[yaml.Event]:
        raise yaml.MarkedYAMLError(None, None, "exceeded maximum nesting depth", yaml.Mark("", 0, 2, 0, None, None))

    monkeypatch.setattr(yaml, "parse", parse)
    with pytest.raises(YamlProblem, match=f"line 3: Lists and groups are nested more than {MAX_DEPTH} deep"):
        load("a: b\n\nc: d\n")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_an_empty_document_is_none(text: str) -> None:
    assert load(text)[0] is None


def test_a_byte_order_mark_is_ignored() -> None:
    assert load(b"\xef\xbb\xbfkey: a\r\n")[0] == {"key": "a"}


def test_what_is_not_there_stands_where_its_surroundings_do() -> None:
    _, lines = load("a:\n  - b: c\n")
    assert line_of(lines, ("a", 0, "missing", 3)) == 2
    assert line_of(lines, ("other",)) == 1


def lines_exist_for(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(found for key, value in inner for found in lines_exist_for(value, (*path, key)))]


@given(st.text(alphabet="ab:-?,[]{}&*!|>'\"%@`#~ \n\t0\\.é", max_size=60))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        data, lines = load(text)
    except YamlProblem as problem:
        assert 1 <= problem.line <= text.count("\n") + 2
    else:
        assert set(lines) == set(lines_exist_for(data))
