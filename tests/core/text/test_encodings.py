"""Text in the encodings of spreadsheets and editors: found out for files of a few lines, or said why not."""

import pytest
from babel import Locale
from sampling import sample

from quizapp.core.text import encodings
from quizapp.core.text.encodings import ENCODINGS, UndecodableText, decode, marked_encoding

RUSSIAN = "вопрос;ответ\nСтолица Грузии?;Тбилиси\nКогда основана республика?;1918\n"
TURKISH = "soru,cevap\nTürkiye'nin başkenti neresidir?,Ankara\nIşık,ğ\n"
FRENCH = "Où est né Napoléon ?;Ajaccio\nélève;pupil\n"
GERMAN = "Größter Fluß?\tDonau\nJürgen\tKäthe\n"
ENGLISH = "Who wrote “Emma”?;Jane Austen\nCafé – where?;£5\n"
AZERBAIJANI = "Paytaxt hansı şəhərdir?;Bakı\nƏlifba;32 hərf\n"
UNICODE = ("utf-8", "utf-16-le", "utf-16-be")
MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def refusal(data: bytes, encoding: str = "") -> str:
    with pytest.raises(UndecodableText) as refused:
        decode(data, encoding)
    return str(refused.value)


# Detection


@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize("encoding", UNICODE)
@pytest.mark.parametrize("text", [RUSSIAN, TURKISH, FRENCH, AZERBAIJANI, "only,ascii\n"])
def test_unicode_is_read_with_and_without_mark(text: str, encoding: str, mark: bool) -> None:
    data = (MARKS[encoding] if mark else b"") + text.encode(encoding)
    assert decode(data) == (text, encoding)
    assert marked_encoding(data) == (encoding if mark else "")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, "cp1251") for text in (RUSSIAN, "Кто?;Я\n", "Иванов Иван\nПетрова Анна\n", "СТОЛИЦА;БАКУ\n")),
        *((text, "mac-cyrillic") for text in (RUSSIAN, "Иванов Иван\nПетрова Анна\n")),
        *((text, "cp1254") for text in (TURKISH, "Ayşe;Yılmaz\nGülşen;Çağlar\n", "Işık;Güneş\n")),
        *((text, "cp1252") for text in (FRENCH, GERMAN, ENGLISH, "élève;né à\nZoé;Orléans\n")),
        *((text, "mac-roman") for text in (FRENCH, GERMAN, ENGLISH, "Café,coffee\n")),
    ],
)
def test_eight_bits_are_read_from_a_few_lines(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


def territories(language: str) -> list[str]:
    """Files of four lines: names of territories with a number."""
    names = sorted(Locale(language).territories.values())
    return ["".join(f"{name};{len(name)}\n" for name in names[i : i + 4]) for i in range(0, len(names) - 3, 4)]


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *((language, "cp1251") for language in ("ru", "uk", "bg")),
        *((language, "mac-cyrillic") for language in ("ru", "uk", "bg")),
        ("tr", "cp1254"),
        *((language, "cp1252") for language in ("fr", "de", "es")),
    ],
)
def test_lists_of_names_are_read(language: str, encoding: str) -> None:
    texts = [text for text in territories(language) if not text.isascii()]
    tried = [text.replace("ʼ", "’") for text in sample(texts, every=3)]
    wrong = [text for text in tried if decode(text.encode(encoding))[0] != text]
    assert len(wrong) <= len(tried) // 50, wrong


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1251"])
def test_all_line_ends_are_read(ends: str, encoding: str) -> None:
    assert decode(RUSSIAN.replace("\n", ends).encode(encoding))[0] == RUSSIAN


def test_letters_far_down_are_found() -> None:
    text = "capital;city\n" * 100_000 + "Столица Грузии;Тбилиси\n"
    assert decode(text.encode("cp1251")) == (text, "cp1251")


def test_an_empty_file_is_an_empty_text() -> None:
    assert decode(b"") == ("", "utf-8")


def test_the_same_text_in_two_encodings_has_the_more_common_one() -> None:
    assert decode("Müller;Größe\n".encode("cp1254"))[1] == "cp1252"


def test_little_is_looked_at_however_long_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    original = encodings._eight_bits
    monkeypatch.setattr(encodings, "_eight_bits", lambda sample: seen.append(sample) or original(sample))
    for data in (RUSSIAN.encode("cp1251") * 20_000, b"\xe9" * 2_000_000, (b"a" * 1_000 + b"\xe9") * 2_000):
        decode(data)
    assert [len(sample) <= 32_000 for sample in seen] == [True] * 3


# A chosen encoding


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_chosen_encoding_is_used(encoding: str) -> None:
    text = "a;b\nc;d\n"
    assert decode(text.encode(encoding), encoding) == (text, encoding)


@pytest.mark.parametrize("encoding", UNICODE)
def test_a_chosen_encoding_may_have_its_mark(encoding: str) -> None:
    assert decode(MARKS[encoding] + RUSSIAN.encode(encoding), encoding) == (RUSSIAN, encoding)


def test_a_mark_that_says_otherwise_refuses_a_choice() -> None:
    assert refusal(MARKS["utf-8"] + b"a;b\n", "cp1251") == (
        "This file isn’t Windows-1251 text: its mark says UTF-8. Choose UTF-8."
    )


@pytest.mark.parametrize(
    ("data", "encoding", "said"),
    [
        (b"a;b\nc;\x98\n", "cp1251", "Line 2: This is not Windows-1251 text. Choose another encoding."),
        (b"a\r\nb\r\n\x81\r\n", "cp1252", "Line 3: This is not Windows-1252 text. Choose another encoding."),
        (b"a\rb\r\x81\r", "cp1254", "Line 3: This is not Windows-1254 text. Choose another encoding."),
        (b"a\0\n\0b", "utf-16-le", "Line 2: This is not UTF-16 LE text. Choose another encoding."),
        (b"\xd8\x00\x00a", "utf-16-be", "Line 1: This is not UTF-16 BE text. Choose another encoding."),
        ("a\nж".encode("cp1251"), "utf-8", "Line 2: This is not UTF-8 text. Save the file as UTF-8."),
        (b"a\nb\0", "mac-roman", "Line 2: This is not a text file. Choose another file or format."),
    ],
)
def test_a_chosen_encoding_that_does_not_fit_is_refused_with_the_line(data: bytes, encoding: str, said: str) -> None:
    assert refusal(data, encoding) == said


def test_an_encoding_that_is_not_offered_is_refused() -> None:
    assert refusal(b"a;b", "rot13").startswith("Choose one of these encodings: UTF-8, UTF-16 LE")


# What is no text, or damaged


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"\0" * 1_000,
        b"a;b\0\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\xe9\x01\xe9",
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert "This is not a text file. Choose another file or format." in refusal(data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_mark_before_half_a_character_is_refused(encoding: str) -> None:
    assert ENCODINGS[encoding] in refusal(MARKS[encoding] + "a;b\nc".encode(encoding)[:-1])


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("Ə;a\nƏ;b\n".encode() + b"\xc9", 3),  # cut off
        ("Ə;a\r\nƏ;b\r\n".encode() + b"c;\x80\r\n", 3),
        ("Paytaxt hansı şəhərdir?;".encode() + "Bakı\n".encode("cp1254"), 1),
        (("ə\n" * 50_000).encode() + b"\xe9\n" + ("ə\n" * 50_000).encode(), 50_001),
    ],
)
def test_utf8_with_a_broken_character_does_not_become_another_encoding(data: bytes, line: int) -> None:
    assert refusal(data) == (
        f"Line {line}: This line has a character that isn’t UTF-8, unlike the rest of the file. "
        "Type it again and save the file as UTF-8."
    )
