"""The order of names by the alphabet of a language."""

from itertools import pairwise

import pytest

from quizapp.core.text.alphabets import LANGUAGES, name_key, zone_language


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("az", "Ağa Azər Ceyhun Çingiz Elçin Əli Fərid Gülnar Ğəni Həsən Xanım Ivan İlham Jalə Kamran Qədir Leyla"),
        ("az", "Oktay Ömər Pərvin Sona Şəhla Ulduz Ülviyyə Vüqar Zəhra"),
        ("en", "ayan Çingiz Cyril Elnur Ezra Əli Frank Orxan Zaur"),
        ("tr", "Cem Çetin Gül Ğ Hakan Irmak İrem Jale Osman Özgür Sibel Şule Umut Ümit Zeynep"),
        ("ru", "Арсений Евгений Ёлкин Ержан Жанна Игорь Йосиф Константин Цой Чернов Щукин Яна Aysel Ella Əli"),
    ],
)
def test_names_are_in_the_order_of_the_alphabet(language: str, names: str) -> None:
    expected = names.split()
    assert sorted(set(expected), key=lambda name: name_key(language, name)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_digits_which_every_database_sorts_alike(language: str) -> None:
    for name in ("Məmmədova", "O’Neil, Anne-Marie", "Ольга", "李 Li", "", "…", "İ" * 80):
        assert name_key(language, name, name).isdecimal()


def test_accents_count_where_letters_are_equal_and_case_does_not() -> None:
    assert name_key("en", "JOSE") == name_key("en", "jose")
    keys = [name_key("en", *each) for each in [("Jose", "B"), ("José", "B"), ("Jose", "C")]]
    assert keys == sorted(keys) and len(set(keys)) == 3


def test_a_shorter_name_comes_first_and_then_the_second_name_counts() -> None:
    names = [
        ("Əli", ""),
        ("Əli", "Zaur"),
        ("Əli Rza", "Anar"),
        ("Əlihəsən", "Anar"),
        ("Əliyev", "Anar"),
        ("Əliyev", "Zaur"),
    ]
    for first, second in pairwise(names):
        assert name_key("az", *first) < name_key("az", *second)


def test_other_letters_are_sorted_as_they_are_spelled_in_latin() -> None:
    names = ["Nigar", "Ольга", "Orxan", "Пётр", "Rauf"]
    assert sorted(names, key=lambda name: name_key("az", name)) == names


def test_a_class_begins_with_the_language_of_its_time_zone() -> None:
    assert [zone_language(zone) for zone in ("Asia/Baku", "Europe/Istanbul", "UTC")] == ["az", "tr", "en"]
