"""Names: titles, ranks, initials, patronymics, and the words in front of a name."""

import pytest

from quizapp.core.text.answers import compare

NAMES = [
    ("General Denikin", "Denikin", True),
    ("генерал Деникин", "Деникин", True),
    ("Lieutenant-General A. I. Denikin", "Anton Denikin", True),
    ("тов. Сталин", "Сталин", True),
    ("Sir Isaac Newton", "Isaac Newton", True),
    ("cənab Rəsulzadə", "Rəsulzadə", True),
    ("general strike", "strike", False),
    ("Ursa", "Ursa Major", False),
    ("A. I. Denikin", "Anton Ivanovich Denikin", True),
    ("A. Denikin", "Anton Ivanovich Denikin", True),
    ("B. Denikin", "Anton Denikin", False),
    ("A. P. Denikin", "Anton Ivanovich Denikin", True),  # the first initial is enough
    ("Denikin A.I.", "A. I. Denikin", True),
    ("V. I. Lenin", "Lenin", True),
    ("Ленин В. И.", "Ленин", True),
    ("Lenin", "V. I. Lenin", True),
    ("V.I. Lenin", "Vladimir Ilyich Lenin", True),
    ("Rəsulzadə M.Ə.", "Məmməd Əmin Rəsulzadə", True),
    ("Г. В. Чичерин", "Chicherin", True),
    ("Rəsulzadə müəllim", "Rəsulzadə", True),
    ("г-н Смит", "Смит", True),
    ("E. coli", "Escherichia coli", True),
    ("Ali Smith", "Ahmad Smith", False),
    ("x army", "XI Army", False),
    ("Vitamin", "Vitamin C", False),
    ("Vitamin C.", "Vitamin", False),
    ("Anton Denikin", "Anton Ivanovich Denikin", True),
    ("Anton Ivanovich Denikin", "Anton Denikin", True),
    ("Антон Иванович Деникин", "Деникин", True),
    ("Деникин Антон Иванович", "Антон Иванович Деникин", True),
    ("Anton Petrovich Denikin", "Anton Ivanovich Denikin", False),
    ("Roman", "Roman Abramovich", False),
    ("Tsar Nicholas II", "Nicholas II", True),
    ("Nicholas I", "Nicholas II", False),
    ("queen bee", "bee", False),
    ("Helena", "Saint Helena", False),
    ("Məmməd Əmin Ələkbər oğlu Rəsulzadə", "Məmməd Əmin Rəsulzadə", True),
    ("King George", "Prince George", False),
    ("in Baku", "Baku", True),
    ("Baku", "in Baku", True),
    ("в Баку", "Баку", True),
    ("in the Caucasus", "Caucasus", True),
    ("within 48 hours", "48 hours", True),
    ("on time", "in time", False),
    ("not Baku", "Baku", False),
    ("11-th Army", "11th Army", True),
    ("11 th Army", "11th Army", True),
    ("11 армия", "11-я армия", True),
    ("11-ci ordu", "11 ordu", True),
    ("11 -я армия", "11-я армия", True),
    ("3-cü", "3", True),
    ("12-я армия", "11-я армия", False),
    ("Commissar Chicherin", "Chicherin", True),
    ("People’s Commissar Chicherin", "Chicherin", True),
    ("народный комиссар Чичерин", "Чичерин", True),
    ("Prime Minister Lloyd George", "Lloyd George", True),
    ("Foreign Minister Khoyski", "Khoyski", True),
    ("deputy Rasulzade", "Rasulzade", True),
    ("Mme Curie", "Marie Curie", False),
    ("Madame Curie", "Curie", True),
    ("Şeyx Nizami", "Nizami", True),
    ("General", "Lieutenant General", False),
    ("Minister", "Prime Minister", False),
    ("Prime Minister", "Deputy Prime Minister", False),
    ("Fətəlixan Xoyski", "Fətəli xan Xoyski", True),
    ("by wireless", "wireless", True),
    ("to the west", "west", True),
    ("of the Bolsheviks", "Bolsheviks", True),
    ("за пять дней", "5 days", True),
    ("by train", "radio", False),
]
# What a place is, in front of its name or behind it.
PLACES = [
    ("the city of Baku", "Baku", True),
    ("in the city of Baku", "Baku", True),
    ("Baku city", "Baku", True),
    ("Bakı şəhəri", "Bakı", True),
    ("город Баку", "Баку", True),
    ("в городе Баку", "Баку", True),
    ("в г. Баку", "Баку", True),
    ("ст. Худат", "Худат", True),
    ("Station Khudat", "Khudat", True),
    ("г. Санкт-Петербург", "Санкт-Петербург", True),
    ("станция Худат", "Khudat", True),
    ("the station of Khudat", "Khudat", True),
    ("Xaçmaz stansiyası", "Xaçmaz", True),
    ("Batumi port", "Batumi", True),
    ("the river Nile", "Nile", True),
    ("река Самур", "Samur", True),
    ("Samur çayı", "Samur", True),
    ("the Yardim Alayi regiment", "Yardim Alayi", True),
    ("the city of Batumi", "Baku", False),
    ("city", "Baku", False),
    ("Mexico", "Mexico City", False),
    ("Mexico City", "Mexico", False),
    ("Port of Spain", "Spain", False),
    ("Порт-Саид", "Саид", False),
    ("Samur bridge", "Samur", False),
    ("radio station", "radio", False),
]
NUMBERS_IN_NAMES = [
    ("Henry the Eighth", "Henry VIII", True),
    ("King Henry the Eighth", "Henry VIII", True),
    ("King Henry 8", "Henry VIII", True),
    ("King Henry the Seventh", "Henry VIII", False),
    ("Birinci Şah İsmayıl", "I Şah İsmayıl", True),
    ("İkinci Şah İsmayıl", "I Şah İsmayıl", False),
    ("İkinci Dünya müharibəsi", "II Dünya müharibəsi", True),
    ("Первый мир", "I мир", True),
    ("World War 1", "World War I", True),
    ("World War One", "World War I", True),
    ("World War Two", "World War I", False),
    ("WW1", "WWI", True),
    ("Second World War", "World War II", True),
    ("World War 2", "Second World War", True),
    ("First World War", "World War II", False),
    ("WW2", "WWI", False),
    ("A1", "AI", False),
    ("x + 5", "10 + 5", False),
]


@pytest.mark.parametrize("rows", [NAMES, PLACES, NUMBERS_IN_NAMES])
def test_names_are_understood(rows: list[tuple[str, str, bool]]) -> None:
    found = [(typed, answer, compare(typed, [answer]).verdict) for typed, answer, _ in rows]
    assert found == [(typed, answer, "exact" if right else "wrong") for typed, answer, right in rows]


@pytest.mark.parametrize("typed", ["в Анатолии", "in Anatoila", "город Анатолие", "Anatoila river"])
def test_a_slip_beside_words_that_may_be_left_out_is_forgiven(typed: str) -> None:
    assert compare(typed, ["Anatolia", "Анатолия"]).verdict == "slip"


def test_a_misspelled_short_name_is_no_slip_of_a_longer_form() -> None:
    assert compare("Bako", ["Baku", "Bakou"]).verdict == "wrong"
