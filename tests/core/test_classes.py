"""Join codes, passwords and user names, and lists of students."""

from collections.abc import Sequence
from math import log2
from random import Random

import pytest

from quizapp.core import accounts, classes
from quizapp.core.classes import StudentEntry, UnreadableList


def settled(text: str, taken: Sequence[str] = ()) -> list[StudentEntry]:
    return classes.settle(classes.read_list(text), set(taken))


def told(text: str, taken: Sequence[str] = ()) -> list[tuple[str, str | None]]:
    """User name and problem of each line."""
    return [(entry.name, entry.problem) for entry in settled(text, taken)]


def test_it_works() -> None:
    (aysel, orxan) = settled("Name,User name,Password\nAysel Məmmədova\nOrxan Əliyev,orxan,sarı qatar gəlir\n")
    assert aysel == StudentEntry(2, "Aysel Məmmədova", "aysel.memmedova", "")
    assert orxan == StudentEntry(3, "Orxan Əliyev", "orxan", "sarı qatar gəlir")


# Join codes


def test_a_code_is_hard_to_guess_and_holds_no_two_signs_that_look_alike() -> None:
    assert classes.CODE_LENGTH * log2(len(classes.CODE_SIGNS)) >= 40
    for alike in ("0OQ", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(alike) & set(classes.CODE_SIGNS)) == 1
    assert {len(classes.make_code(Random(seed))) for seed in range(50)} == {classes.CODE_LENGTH}


@pytest.mark.parametrize("typed", ["K7M04TX9P", "k7m-04t-x9p", " K7M 04T X9P ", "k7mo4tx9p", "K7M–O4T–X9P"])
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    assert classes.fold_code(typed) == "K7M04TX9P"


@pytest.mark.parametrize("typed", ["", "K7M", "K7M04TX9PP", "K7M04TX9É", "\0", "²²²²²²²²²", "Ə" * 9])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert classes.fold_code(typed) is None


def test_every_code_survives_being_spelled() -> None:
    for seed in range(200):
        code = classes.make_code(Random(seed))
        assert classes.fold_code(classes.spell_code(code).lower()) == code
    assert classes.spell_code("K7M04TX9P") == "K7M-04T-X9P"


# Passwords and user names


def test_a_password_is_hard_to_guess_easy_to_read_and_would_be_accepted() -> None:
    syllables = len(classes._CONSONANTS) * len(classes._VOWELS)
    assert 6 * log2(syllables) + 2 * log2(len(classes._DIGITS)) >= 40
    made = {classes.make_password(Random(seed)) for seed in range(500)}
    assert len(made) == 500
    for password in made:
        accounts.check_password(password, "aysel")
        assert not set(password) & set("lI1O0 ")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Aysel Məmmədova", "aysel.memmedova"),
        ("İlham Şıxəliyev", "ilham.sixeliyev"),
        ("Ольга Петрова", "olga.petrova"),
        ("O’Neil, Anne-Marie", "oneil.anne.marie"),
        ("  A  B ", "a.b"),
    ],
)
def test_a_user_name_is_made_of_letters_that_every_keyboard_has(name: str, first: str) -> None:
    assert classes.spellings(name)[:2] == [first, f"{first}2"]


def test_a_name_without_letters_gives_no_user_name_and_a_long_one_a_short_one() -> None:
    assert classes.spellings("…") == classes.spellings("") == []
    for name in classes.spellings("Məmmədova " * 8):
        assert accounts.check_name(name) == name




# Lists


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_divide(divider: str) -> None:
    (entry,) = settled(divider.join(["Aysel", "aysel1", "correct horse"]))
    assert (entry.called, entry.name, entry.password) == ("Aysel", "aysel1", "correct horse")


def test_a_heading_and_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    entries = settled("\ufeffAd Soyad\r\n\r\nAysel\r\n,,\r\nOrxan\r\n".lstrip("\ufeff"))
    assert [(entry.line, entry.called) for entry in entries] == [(3, "Aysel"), (5, "Orxan")]


def test_a_quoted_name_may_hold_a_comma() -> None:
    (entry,) = settled('"Quliyev, Əli",eli,"correct horse"')
    assert (entry.called, entry.name) == ("Quliyev, Əli", "eli")


def test_namesakes_get_different_user_names() -> None:
    assert told("Əli\nƏli\nAli,eli3\nƏli", ["eli2"]) == [("eli", None), ("eli4", None), ("eli3", None), ("eli5", None)]


def test_who_has_an_account_is_distinguished_from_what_is_wrong() -> None:
    (entry,) = settled("Aysel,AYSEL", ["aysel"])
    assert (entry.has_account, entry.problem) == (True, None)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",aysel", "No name in the first column"),
        ("Aysel,a", "2 to 40 characters"),
        ("Aysel,ay\0sel", "invisible character"),
        ("Aysel,aysel,short", "8 characters or more"),
        ("Aysel,ayselayse,ayselayse", "be your user name"),
        ("Aysel,aysel,correct horse,extra", "More than three columns"),
        ("x" * 81, "longer than 80"),
        ("…", "Can’t make a user name"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: str, problem: str) -> None:
    (wrong,) = settled(line)
    assert problem in (wrong.problem or "")


def test_a_user_name_written_twice_is_wrong_where_it_comes_again() -> None:
    assert told("Aysel,ilham\nİlham,İLHAM") == [
        ("ilham", None),
        ("İLHAM", "The user name “İLHAM” is in the list twice."),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no name"),
        ("Name\n\n", "no name"),
        ("x\n" * 61, "61 students"),
        ("x" * 20_001, "longer than 20,000"),
        ('Aysel,"aysel', "quotation mark"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(UnreadableList, match=why):
        classes.read_list(text)


def test_what_was_settled_is_read_again_alike() -> None:
    first = settled('"Quliyev; ""Əli""; 9b, x",,correct horse\nAysel\nOrxan,=orxan')
    again = settled(classes.write_list(first))
    assert again == first


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_spreadsheets_are_read(encoding: str) -> None:
    assert classes.decode_list("Aysel Məmmədova\n".encode(encoding)) == "Aysel Məmmədova\n"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"PK\x03\x04\xff", "Ольга".encode("cp1251")])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableList, match="CSV UTF-8"):
        classes.decode_list(data)
