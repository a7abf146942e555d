"""The students in a list: their names, user names and passwords, and what is wrong with each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from quizapp.core.formats.tables.table import ColumnMapping
from quizapp.core.rosters import entries as rosters
from quizapp.core.rosters.choices import RosterChoices
from quizapp.core.rosters.entries import Roster, StudentEntry, UnreadableList
from quizapp.core.rosters.reading import read_table


def roster(text: str, title: str = "History", **chosen: Any) -> Roster:
    return rosters.read_roster(read_table(text.encode()), RosterChoices(**chosen), title=title)


def settled(text: str, taken: Sequence[str] = (), present: Sequence[str] = (), **chosen: Any) -> list[StudentEntry]:
    choices = RosterChoices(**chosen)
    folded = {rosters.fold_called(name) for name in present}
    return rosters.settle(roster(text, **chosen).entries, choices, taken=set(taken), present=folded)


def told(text: str, taken: Sequence[str] = ()) -> list[tuple[str, str]]:
    """User name and problem of each line."""
    return [(entry.name, entry.problem) for entry in settled(text, taken)]


def test_it_works() -> None:
    aysel, orxan = settled("Name,User name,Password\nAysel Məmmədova\nOrxan Əliyev,orxan,sarı qatar gəlir\n")
    assert aysel == StudentEntry(2, "Aysel Məmmədova", "Məmmədova", name="aysel.memmedova")
    assert orxan == StudentEntry(3, "Orxan Əliyev", "Əliyev", name="orxan", password="sarı qatar gəlir")


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_divide(divider: str) -> None:
    (entry,) = settled(divider.join(["Aysel", "aysel1", "correct horse"]))
    assert (entry.called, entry.name, entry.password) == ("Aysel", "aysel1", "correct horse")


def test_a_heading_and_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    entries = settled("Ad Soyad\r\n\r\nAysel\r\n,,\r\nOrxan\r\n")
    assert [(entry.line, entry.called) for entry in entries] == [(3, "Aysel"), (5, "Orxan")]


@pytest.mark.parametrize(
    ("text", "called", "surname", "name"),
    [
        ("Surname,First name\nMəmmədova,Aysel", "Aysel Məmmədova", "Məmmədova", "aysel.memmedova"),
        ("ФИО\nМамедова Айсель Рустамовна", "Айсель Рустамовна Мамедова", "Мамедова", "aysel.mamedova"),
        ('Name\n"Quliyev, Əli"', "Əli Quliyev", "Quliyev", "eli.quliyev"),
        ("Name\nAysel  Məmmədova ", "Aysel Məmmədova", "Məmmədova", "aysel.memmedova"),
        ("Name\nAysel Nur", "Aysel Nur", "", "aysel.nur"),
        ("Ad Soyad\n1. Aysel Məmmədova\nCəmi: 1", "Aysel Məmmədova", "Məmmədova", "aysel.memmedova"),
        ("Soyad Ad\nAysel", "Aysel", "", "aysel"),
        ("Surname,First name\nMəmmədova,", "Məmmədova", "Məmmədova", "memmedova"),
        ("Surname,First name\n,Aysel", "Aysel", "", "aysel"),
    ],
)
def test_the_first_name_comes_first_and_the_surname_is_known(text: str, called: str, surname: str, name: str) -> None:
    (entry,) = settled(text)
    assert (entry.called, entry.surname, entry.name) == (called, surname, name)


def test_namesakes_get_different_user_names() -> None:
    assert told("Əli\nƏli\nAli,eli3\nƏli", ["eli2"]) == [("eli", ""), ("eli4", ""), ("eli3", ""), ("eli5", "")]


def test_who_has_a_name_of_another_is_left_out_unless_the_teacher_decides() -> None:
    text, present = "Aysel\nƏli\nELI\nLeyla", ["leylâ", "Zaur"]
    entries = settled(text, present=present)
    assert [(entry.twin, entry.is_added) for entry in entries] == [
        ("", True), ("", True), ("Line 2 has the same name.", False), ("A student of the class has this name.", False),
    ]  # fmt: skip
    decided = settled(text, present=present, added={1: False, 4: True})
    assert [entry.is_ready for entry in decided] == [False, True, False, True]


def test_who_has_an_account_is_distinguished_from_what_is_wrong() -> None:
    (entry,) = settled("Aysel,AYSEL", ["aysel"])
    assert (entry.has_account, entry.problem, entry.is_ready) == (True, "", False)


@pytest.mark.parametrize(
    ("typed", "name", "problem"),
    [
        ("aysel.m", "aysel.m", ""),
        ("zaur", "zaur", "Someone has this user name. Choose another."),
        ("orxan", "orxan", "in the list twice"),
        ("a", "a", "2 to 40 characters"),
    ],
)
def test_user_names_that_were_typed_are_used_and_checked(typed: str, name: str, problem: str) -> None:
    entry = settled("Orxan,orxan\nAysel", ["zaur"], names={2: typed})[1]
    assert entry.name == name and problem in entry.problem and bool(entry.problem) == bool(problem)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",aysel,,,", "No name"),
        ("Aysel,a,,,", "2 to 40 characters"),
        ("Aysel,ay\u200bsel,,,", "invisible character"),
        ("Ay\u200bsel,aysel,,,", "invisible character"),
        ("Aysel,aysel,short,,", "8 characters or more"),
        ("Aysel,ayselayse,ayselayse,,", "be your user name"),
        ("x" * 81 + ",,,,", "longer than 80"),
        ("…,,,,", "Can’t make a user name"),
        ("Aysel,,,aysel at home,", "look like an e-mail address"),
        ("Aysel,,,," + "x" * 21, "longer than 20"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: str, problem: str) -> None:
    (wrong,) = settled(f"Name,User name,Password,E-mail,Group\n{line}")
    assert problem in wrong.problem


def test_a_user_name_written_twice_is_wrong_where_it_comes_again() -> None:
    assert told("Aysel,ilham\nİlham,İLHAM") == [
        ("ilham", ""),
        ("İLHAM", "The user name “İLHAM” is in the list twice."),
    ]


# Classes and columns

CLASSES = "Name,Class,Group\nAysel,9a,A\nƏli,9b,B\nLeyla,9B,\nZaur,,A"


@pytest.mark.parametrize(
    ("title", "chosen", "only", "called"),
    [
        ("History, 9b", None, "9b", ["Əli"]),
        ("9-A", None, "9a", ["Aysel"]),
        ("History", None, "", ["Aysel", "Əli", "Leyla", "Zaur"]),
        ("History, 9b", "", "", ["Aysel", "Əli", "Leyla", "Zaur"]),
        ("History, 9b", "9B", "9B", ["Leyla"]),
    ],
)
def test_only_students_of_the_class_are_taken(title: str, chosen: str | None, only: str, called: list[str]) -> None:
    found = roster(CLASSES, title, only_class=chosen)
    assert (found.only_class, [entry.called for entry in found.entries]) == (only, called)
    assert (found.classes, found.others) == (("9a", "9b", "9B"), 4 - len(called))


def test_a_mapping_that_was_chosen_is_used_as_it_is() -> None:
    mapping = ColumnMapping(roles=("user", "name", "group"), heading=1)
    (entry,) = roster("Name,x,y\na1,Aysel,B", mapping=mapping).entries
    assert (entry.name, entry.called, entry.group_name) == ("a1", "Aysel", "B")


def test_without_names_the_columns_have_to_be_chosen() -> None:
    asked = roster("User name,Password\na,b")
    assert (asked.is_certain, asked.entries, asked.problem) == (False, (), "")
    refused = roster("a,b", mapping=ColumnMapping(roles=("user", "")))
    assert "which columns have the names" in refused.problem


@pytest.mark.parametrize(
    ("text", "why"),
    [("Name\n\n", "no names"), ("x\n" * 2001, "2,001 students. You can add up to 2,000")],
)
def test_lists_without_students_or_with_too_many_are_explained(text: str, why: str) -> None:
    assert why in roster(text, mapping=ColumnMapping(roles=("name",), heading=text.startswith("Name"))).problem


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"x" * 1_000_001, "larger than 1,000 kB"),
        (b"x\n" * 100_001, "more than 100,000 rows"),
        (b'Aysel,"aysel', "quotation mark"),
        (b" \n,", "no names"),
        (b"%PDF-1.7\n\0\x01\x02\xff", "A PDF can’t be read. Copy its text and paste it."),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableList, match=why):
        read_table(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_spreadsheets_are_read(encoding: str) -> None:
    (row,) = read_table("Aysel Məmmədova\n".encode(encoding)).rows
    assert row.cells == ("Aysel Məmmədova",)


def test_a_chosen_encoding_is_used() -> None:
    table = read_table("Ольга\n".encode("cp1251"), encoding="cp1251")
    assert (table.rows[0].cells, table.encoding) == (("Ольга",), "cp1251")


def test_what_was_written_is_read_again_alike() -> None:
    first = settled(
        "Surname,First name,User name,E-mail,Password,Group\n"
        '"Quliyev; ""x""",Əli,eli,eli@example.org,correct horse,B\nMəmmədova,,aysel\n,=Orxan,orxan'
    )
    again = settled(rosters.write_list(first), mapping=rosters.WRITTEN)
    assert [replace(entry, line=entry.line + 1) for entry in again] == first
