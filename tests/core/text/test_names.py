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
]


@pytest.mark.parametrize(("typed", "answer", "right"), NAMES)
def test_a_name_is_understood(typed: str, answer: str, right: bool) -> None:
    assert compare(typed, [answer]).verdict == ("exact" if right else "wrong")
