"""Join codes, passwords and user names."""

from math import log2
from random import Random

import pytest

from quizapp.core import accounts, classes

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
    made = {classes.derive_password("key" * 20, "nonce", line) for line in range(500)}
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


def test_a_password_follows_from_the_key_the_list_and_the_line() -> None:
    about = ("key" * 20, "nonce", 1)
    assert classes.derive_password(*about) == classes.derive_password(*about)
    others = [("yek" * 20, "nonce", 1), ("key" * 20, "other", 1), ("key" * 20, "nonce", 2)]
    assert len({classes.derive_password(*each) for each in [about, *others]}) == 4
