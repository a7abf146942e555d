"""What each column of a list of students is taken for."""

import pytest

from quizapp.core.formats.tables.table import ColumnMapping, Row, Table
from quizapp.core.rosters.columns import find_problem, recognise


def table(text: str) -> Table:
    """A table of cells divided by |."""
    lines = enumerate(text.splitlines(), start=1)
    return Table(tuple(Row(line, tuple(row.split("|"))) for line, row in lines if row.strip("|")))


def recognised(text: str) -> tuple[str, int, bool]:
    """The roles, the rows above the data, and whether that is certain."""
    mapping, is_certain = recognise(table(text))
    return "|".join(mapping.roles), mapping.heading, is_certain


def test_it_works() -> None:
    assert recognised("Soyad|Ad|Sinif\nMəmmədova|Aysel|9b") == ("surname|first|class", 1, True)


@pytest.mark.parametrize(
    ("headings", "roles"),
    [
        ("Name|User name|Password", "name|user|password"),
        ("SURNAME|first_name|E-Mail|group", "surname|first|email|group"),
        ("Last name|Name|Username", "surname|first|user"),
        ("Full name|Class", "name|class"),
        ("№|Soyad|Ad|Ata adı|Sinif|Qrup", "|surname|first||class|group"),
        ("Ad Soyad|İSTİFADƏÇİ ADI|Parol", "name|user|password"),
        ("Soyadı, adı|E-poçt", "surname-first|email"),
        ("№|Şagirdin soyadı, adı", "|surname-first"),
        ("Ф.И.О. ученика|Класс", "surname-first|class"),
        ("S.A.A.|Qrup", "surname-first|group"),
        ("Фамилия|Имя|Отчество|Класс|Логин|Пароль", "surname|first||class|user|password"),
        ("№ п/п|ФИО|Электронная почта|Группа", "|surname-first|email|group"),
        ("ИМЯ|КЛАСС", "name|class"),
        ("Ad|Soyad|Kullanıcı Adı|Şifre|E-posta|Sınıf", "first|surname|user|password|email|class"),
        ("Soyisim|İsim|Doğum tarihi", "surname|first|"),
        ("Ad", "name"),
        ("Name|Shoe size|User name|Height|Login", "name||user||"),  # what is not known, and what comes again
    ],
)
def test_headings_are_recognised(headings: str, roles: str) -> None:
    assert recognised(f"{headings}\na") == (roles, 1, True)


def test_a_title_above_the_headings_belongs_to_them() -> None:
    assert recognised("9b sinfinin siyahısı\nTəsdiq edirəm||\n№|Soyad|Ad\n1|Məmmədova|Aysel") == (
        "|surname|first", 3, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "roles", "is_certain"),
    [
        ("Aysel Məmmədova\nƏli Quliyev", "name", True),
        ("Məmmədova Aysel\nQuliyev Əli\nHəsənzadə Leyla", "surname-first", True),
        ("Мамедова Айсель\nКулиев Али", "surname-first", True),
        ("Məmmədova|Aysel\nQuliyev|Əli", "surname|first", True),
        ("Aysel|Məmmədova\nƏli|Quliyev", "first|surname", True),
        ("1|Məmmədova|Aysel|9b\n2|Quliyev|Əli|9a", "|surname|first|class", True),
        ("Aysel Məmmədova|aysel@example.org\nƏli Quliyev|eli@example.org", "name|email", True),
        ("Aysel Məmmədova|aysel1|correct horse\nƏli Quliyev||", "name|user|password", True),
        ("Aysel Məmmədova|9-b|aysel1\nƏli Quliyev|10 a|", "name|class|user", True),
        ("Aysel|eli|x|y", "name|user|password|", False),
        ("Smith|Anne\nJones|Mary", "surname|first", False),  # which is which?
        ("A101|Məmmədova|Konstantin\nB202|Quliyev|Əbdülrəhman", "name|user|password", False),  # no user names
        ("Məmmədova|Aysel|Rüstəm\nQuliyev|Əli|Vəli", "surname|first|", False),
    ],
)
def test_without_headings_the_cells_say_what_they_are(rows: str, roles: str, is_certain: bool) -> None:
    assert recognised(rows) == (roles, 0, is_certain)


def test_headings_without_a_name_are_not_enough() -> None:
    assert recognised("User name|Password\na|b") == ("user|password", 1, False)


def test_empty_columns_at_the_end_do_not_matter() -> None:
    assert recognised("Məmmədova|Aysel||\nQuliyev|Əli||") == ("surname|first||", 0, True)
    assert len(recognise(table("Name" + "|x" * 300))[0].roles) == 200


@pytest.mark.parametrize(
    ("roles", "problem"),
    [
        ("name|user", ""),
        ("surname|first|class|group|", ""),
        ("surname", ""),
        ("user|password", "which columns have the names"),
        ("name|name", "Choose “Name” for one column only."),
        ("name|surname", "one column for whole names, or one for surnames"),
        ("name|surname-first", "one column for whole names"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(roles: str, problem: str) -> None:
    found = find_problem(ColumnMapping(roles=tuple(roles.split("|"))))
    assert problem in found and bool(found) == bool(problem)


def test_the_title_of_a_list_is_no_student() -> None:
    found = recognised("School No. 5|\n9B|\nMəmmədova Aysel|aysel\nQuliyev Əli|eli\nHəsənzadə Leyla|leyla")
    assert found == ("surname-first|user", 2, False)
