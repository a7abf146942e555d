"""Names and passwords: what is one name, what will do, and what is said when it will not."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from quizapp.core.accounts import (
    PASSWORD_MIN,
    InvalidInput,
    check_email,
    check_name,
    check_password,
    fold_name,
    minutes_to_wait,
    neighbourhood,
)
from quizapp.core.common_passwords import LOCAL_WORDS, common_passwords


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aysel", "aysel"),
        ("İlham", "ilham"),
        ("ILHAM", "ilham"),
        ("QIZI", "qızı"),
        ("Əliyev", "əliyev"),
        ("ＡＢＣ", "abc"),
        ("Straße", "STRASSE"),
        ("Zoe\u0301", "ZOÉ"),
        ("  Two   words ", "two words"),
    ],
)
def test_two_spellings_are_one_name(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)
    assert fold_name(fold_name(one)) == fold_name(one)


def test_different_letters_are_different_names() -> None:
    assert len({fold_name(name) for name in ["Aysel", "Aysəl", "Asel", "Aysel1"]}) == 4


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("  Aysel  Məmmədova ", "Aysel Məmmədova"), ("Zoe\u0301", "Zoé"), ("Ли", "Ли"), ("o'neil_7", "o'neil_7")],
)
def test_a_name_is_shown_as_typed_but_tidy(typed: str, shown: str) -> None:
    assert check_name(typed) == shown


@pytest.mark.parametrize("typed", ["", " a ", "a" * 41, "with\x00nul", "bidi\u202etext", "zero\u200bwidth", "—!—"])
def test_a_name_nobody_could_read_or_retype_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        check_name(typed)


@pytest.mark.parametrize("password", ["short12", "x" * 201, "AYSEL mammadova", "password123", "QWERTYuiop", "ﬁ12345"])
def test_a_password_too_easy_or_too_long_is_refused(password: str) -> None:
    check_password(password + "¿ß" if len(password) < 190 else "x" * 200, "Aysel Mammadova")
    with pytest.raises(InvalidInput):
        check_password(password, "Aysel Mammadova")


@pytest.mark.parametrize("password", ["correct horse", "        ", "aaaaaaaaab", "пароль-из-слов", "x" * 200])
def test_a_password_needs_no_digits_or_capitals(password: str) -> None:
    check_password(password, "Aysel")


def test_an_email_address_is_optional_but_not_nonsense() -> None:
    assert check_email("  ") is None
    assert check_email(" a@example.org ") == "a@example.org"
    for nonsense in ["a", "a@b", "a b@example.org", "a@example.org\x00", "@example.org", "a" * 250 + "@b.org"]:
        with pytest.raises(InvalidInput):
            check_email(nonsense)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_one_person_has_one_address_or_one_network(address: str, expected: str) -> None:
    assert neighbourhood(address) == expected


@pytest.mark.parametrize(("passed", "minutes"), [(0, 15), (1, 15), (60, 14), (61, 14), (899, 1), (900, 1)])
def test_the_wait_is_shown_in_whole_minutes_and_never_too_short(passed: int, minutes: int) -> None:
    since = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert minutes_to_wait(since, since + timedelta(seconds=passed)) == minutes


# Common passwords


def test_the_ten_thousand_commonest_passwords_are_refused() -> None:
    common = common_passwords()
    assert len(common) == 10_000
    assert all(len(password) >= PASSWORD_MIN and password == password.casefold() for password in common)
    for password in (*sorted(common)[::100], "Trustno1"):
        with pytest.raises(InvalidInput, match="easy to guess"):
            check_password(password, "Aysel")


@pytest.mark.parametrize("word", [*sorted(LOCAL_WORDS), "Bakı", "QARABAĞ"])
def test_words_that_are_obvious_here_are_refused_whatever_digits_are_around(word: str) -> None:
    with pytest.raises(InvalidInput, match="easy to guess"):
        check_password(f"{word}-2026!", "Aysel")
    check_password(f"{word} in words", "Aysel")


def test_a_user_name_with_digits_is_no_password() -> None:
    with pytest.raises(InvalidInput, match="be your user name"):
        check_password("aysel.2010", "Aysel")
    check_password("2010-2026", "2010")  # no letters: compared as it is


def test_they_are_packed_small() -> None:
    assert files("quizapp.core").joinpath("common_passwords.txt.gz").stat().st_size < 60_000  # type: ignore[attr-defined]
