"""Files made to do harm: each is refused with a reason, quickly, and never unfolds into more than it may."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import import_builder
from quizapp.core.formats.format import MAX_QUESTIONS, MAX_UNPACKED, MAX_UPLOAD, Format, Unreadable
from quizapp.core.formats.registry import FORMATS, IMPORT_FORMATS, guess

TEXTS = ["json", "csv", "tsv", "gift", "aiken"]
OURS = [FORMATS[name] for name in ("yaml", *TEXTS)]


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack_question:
        for name, content in files.items():
            pack_question.writestr(name, content)
    return out.getvalue()


def refusal(form: Format, data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        form.read(data, topic="t")
    return str(refused.value)


def lying(data: bytes, size: int) -> bytes:
    """An archive whose first entry says it unpacks to `size` bytes, in both places where it does."""
    local = data[:22] + size.to_bytes(4, "little") + data[26:]
    at = local.rindex(b"PK\x01\x02") + 24
    return local[:at] + size.to_bytes(4, "little") + local[at + 4 :]


@cache
def bomb() -> bytes:
    return archive(**{"facts/a.yaml": b"#" * (MAX_UNPACKED + 1)})


@pytest.mark.parametrize("claimed", [None, 10])
def test_an_archive_that_unfolds_into_too_much_is_refused(claimed: int | None) -> None:
    assert len(bomb()) < 100_000
    told = refusal(FORMATS["yaml"], bomb() if claimed is None else lying(bomb(), claimed))
    assert told in (
        "The archive is larger than 50 MB when unpacked. Split it.",
        "The archive is damaged. Download or export it again.",
    )


def test_many_small_files_are_as_bad_as_a_large_one() -> None:
    assert "more than 2,000 files" in refusal(FORMATS["yaml"], archive(**{f"facts/{i}.yaml": b"" for i in range(3000)}))


def test_no_path_of_an_archive_is_used_as_a_path() -> None:
    fact = b"- key: a\n  questions: [{key: a, kind: flashcard, prompt: Who?, answer: Me}]\n"
    hostile = {"../../facts/a.yaml": fact, "/etc/passwd": b"x", "C:\\facts\\b.yaml": fact, "pictures/../x.webp": b"x"}
    read = FORMATS["yaml"].read(archive(**hostile), topic="t")
    assert [found.fact.key for found in read.facts] == ["a"]
    assert {warning.what for warning in read.warnings} == {"Files that are not part of a set are left out."}


def test_a_picture_is_what_its_name_says_or_left_out() -> None:
    read = FORMATS["yaml"].read(archive(**{f"pictures/{'0' * 64}.webp": b"RIFF"}), topic="t")
    assert [warning.what for warning in read.warnings] == [
        "Pictures whose content does not match their file name are left out."
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 100_000, "nested more than 20 deep"),
        ("- &a [x]\n- *a\n", "an anchor"),
        ("- !!python/object/apply:os.system [x]\n", "a tag"),
        ("- key: a\n- key: b\n---\n- c", "A second document"),
    ],
)
def test_yaml_unfolds_and_makes_nothing(text: str, told: str) -> None:
    assert told in refusal(FORMATS["yaml"], text.encode())


@pytest.mark.parametrize("text", ["[" * 100_000, '{"facts": ' * 50_000, '{"facts": [' + "9" * 5000 + "]}", "[NaN]"])
def test_json_nested_too_deep_or_with_no_numbers_is_refused(text: str) -> None:
    assert refusal(FORMATS["json"], text.encode())


@pytest.mark.parametrize("depth", [21, 100, 900, 960, 970, 980, 990, 2000])
def test_json_nested_as_deep_as_python_can_read_is_refused(depth: int) -> None:
    text = '[{"questions": [{"kind": "typed", "prompt": ' + "[" * depth + "]" * depth + "}]}]"
    assert "nested more than 20 levels deep" in refusal(FORMATS["json"], text.encode())


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_damaged_archive_is_refused_or_read_in_part(at: int) -> None:
    whole = archive(**{"facts/a.yaml": b"[]", "set.yaml": b"key: a\ntitle: A\n"})
    for damaged in (whole[:at], whole[:at] + whole[at + 3 :], whole[:at] + b"\xff" + whole[at + 1 :]):
        for name in ("yaml", "apkg"):
            with suppress(Unreadable):
                FORMATS[name].read(damaged, topic="t")
        with suppress(Unreadable):
            guess("", damaged)


@pytest.mark.parametrize(
    "number", ["9" * 20, "9" * 400, "9" * 5000, "1e999999", "-1e999999", "1e-400", "9" * 400 + ":1"]
)
def test_a_number_of_any_size_is_skipped_or_read(number: str) -> None:
    files = {
        "gift": f"A?{{#{number}}}\n\nB?{{#{number}..{number}}}\n\nC?{{#={number}:{number}}}",
        "csv": f"question,answer,kind,passages,tolerance\nA?,{number},number,{number},{number}\n",
        "moodle-xml": f'<quiz><question type="numerical"><questiontext><text>A?</text></questiontext><answer '
        f'fraction="{number}"><text>{number}</text><tolerance>{number}</tolerance></answer></question></quiz>',
        "anki-text": f"#tags column:{number}\nA?\t{number}\n",
    }
    for name, text in files.items():
        with suppress(Unreadable):
            assert FORMATS[name].read(text.encode(), topic="t").questions <= 1


@pytest.mark.parametrize("form", OURS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "data",
    [b"", b" \n\n", b"\x00" * 100, b"\xff\x01" * 100, b"a" * (MAX_UPLOAD + 1)],
    ids=["empty", "blank", "nothing", "no text", "huge"],
)
def test_what_holds_no_text_is_refused(form: Format, data: bytes) -> None:
    assert refusal(form, data)


def test_thousands_of_columns_are_refused() -> None:
    assert "At most 200 are allowed" in refusal(FORMATS["csv"], b"a," * 100_000)


def test_a_cell_of_megabytes_is_refused() -> None:
    assert "131,072" in refusal(FORMATS["csv"], b'question,answer\n"' + b"a" * 5_000_000 + b'",b\n')


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    assert refusal(FORMATS["csv"], b'question,answer\na,b\n"c,d\n') == (
        "Line 3: A quotation mark is opened but never closed. Add the closing one."
    )


@pytest.mark.parametrize("form", OURS, ids=lambda form: form.name)
def test_a_line_of_half_a_megabyte_is_no_question(form: Format) -> None:
    for text in ("a" * 500_000, "{" * 500_000, "\\" * 500_000, "=~#" * 170_000, "A. " * 170_000):
        with suppress(Unreadable):
            assert form.read(text.encode(), topic="t").facts == ()


def test_more_questions_than_a_file_may_have_are_refused() -> None:
    rows = "".join(f"Question {i}?,{i}\n" for i in range(MAX_QUESTIONS + 1))
    assert "more than 20,000 questions" in refusal(FORMATS["csv"], f"question,answer\n{rows}".encode())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gift", "\n\n".join(f"Question {i}?{{={i}}}" for i in range(101))),
        (
            "json",
            json.dumps([{"questions": [{"kind": "typed", "prompt": f"{i}?", "answer": "x"}]} for i in range(101)]),
        ),
    ],
)
def test_no_format_may_have_more_questions(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_builder, "MAX_QUESTIONS", 100)
    assert "more than 100 questions" in refusal(FORMATS[name], text.encode())


def test_a_table_of_nothing_but_faults_is_not_listed_at_length() -> None:
    read = FORMATS["csv"].read(b"question,answer\n" + b"x,\n" * 5000, topic="t")
    assert (read.facts, read.open_rows) == ((), ())
    assert read.table is not None
    assert read.table.problem == "More than 1,000 rows have problems. Check what each column is."


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x07", "\x7f", "\ufffe"])
@pytest.mark.parametrize(
    "text",
    ["question\tanswer\nWho{}?\tMe\n", "question\tanswer\ttags\nWho?\tMe\ta{}\n", "question\tanswer\nWho?\tM{}e\n"],
)
def test_characters_that_cannot_be_seen_keep_a_question_out(text: str, hidden: str) -> None:
    read = FORMATS["tsv"].read(text.replace("{}", hidden).encode(), topic="t")
    assert read.facts == ()
    (row,) = read.open_rows
    assert "a character that can’t be seen" in row.why
    assert hidden not in row.what


@pytest.mark.parametrize("form", OURS, ids=lambda form: form.name)
@given(
    data=st.one_of(
        st.binary(max_size=300), st.text("A.)ANSWER: \n\t,;\"'{}=~#->%$[]-key\\", max_size=300).map(str.encode)
    )
)
def test_no_file_breaks_a_reader(form: Format, data: bytes) -> None:
    try:
        form.read(data, topic="t")
    except Unreadable as refused:
        assert refused.message


@given(name=st.text(max_size=20), data=st.binary(max_size=200))
def test_no_file_breaks_the_guess(name: str, data: bytes) -> None:
    try:
        assert guess(name, data) in IMPORT_FORMATS
    except Unreadable as refused:
        assert refused.message


def test_a_broken_archive_is_refused() -> None:
    whole = archive(**{"facts/a.yaml": b"- key: a\n" * 1000})
    read: Callable[[bytes], object] = lambda data: FORMATS["yaml"].read(data, topic="t")  # noqa: E731
    for end in range(4, len(whole), 7):
        with pytest.raises(Unreadable):
            read(whole[:end])
