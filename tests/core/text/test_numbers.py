"""Typed numbers."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.text.answers import Match, compare
from quizapp.core.text.numbers import RightNumber, parse_number, same_number, show_amount, show_number

# answer, unit: typed texts that are right | wrong | unreadable, separated by semicolons
TYPED = {
    ("150", "minutes"): (
        "2 hours 30 minutes; 2 h 30 min; 2 hours and 30 minutes; iki saat otuz dəqiqə; 2 часа 30 минут; 2.5 hours",
        "2 hours 20 minutes; 2:30; 30 minutes 2 hours; 150 hours; 100 or 50 minutes; 2 hours or 30 minutes; "
        "over 2 hours 30 minutes",
        "over 150",
    ),
    ("5000", "volunteers"): (
        "5000; 5,000 men; 5000 volunteers; five thousand people",
        "5000 days; 500",
        "over 5000 volunteers",
    ),
    ("-5", "°C"): (
        "-5; −5 °C; -5°C; -5°; -5 C; minus five degrees Celsius; -5 degrees; -5 °С",
        "-5 °F; 5 °C; -5 days",
        "below -5",
    ),
    ("6.5", "kg"): ("6.5; 6,5 кг; 6500 g", "6.5 lb; 6.5 lbs; 6", "over 6.5 kg"),
    ("3.142", None): (
        "3.142; 3,142; three point one four two; three and 142/1000",
        "3142; 3.14; 3.1420001; 3.14159",
        "pi; more than 3.142",
    ),
    ("0.125", None): (
        "0.125; 0,125; .125; ,125; 1/8; ⅛; one eighth; an eighth",
        "125; 1.25; 8; eight; 0.12",
        "tiny",
    ),
    ("1234.56", None): (
        "1,234.56; 1.234,56; 1 234,56; 1234,56; 1234.56; 1'234.56; 1’234,56; 1\u00a0234,56; 1\u202f234.56",
        "1,234; 123456; 1,234.65; 1 234 56",
        "1,23,4,56.7; 1.234.56",
    ),
    ("1234567", None): (
        "1,234,567; 1.234.567; 1 234 567; 12,34,567; 1'234'567; 1234567; 1,234,567.00; 1 234 567,0",
        "1,234,568; 123,4567; 1,234.567",
        "millions",
    ),
    ("-5", None): (
        "-5; −5; –5; - 5; minus five; минус пять; mənfi beş; -5 °C; negative 5; it was −5",
        "5; +5; five",
        "cold",
    ),
    ("5", None): (
        "5; +5; 5.0; 5,0; five; about 5; approximately five; 5 times; fifth; 5th; 5-ci; 5-й; 5-я; beş; beşinci; "
        "пять; пятый; пятая; пяти; 5!; “5”; the 5th; answer: 5; it was 5; I think 5; V; ~5; təxminən 5; "
        "около пяти; (5); 5 or so",
        "-5; minus five; 5,000; 5.000; 5-6; 5–6; 5 or 6; fifty; fifteen; five hundred; 5/2; 5 1/2; 5½; half; "
        "5:2; on beş; VI; 5 million; twenty-five; beş min; пятьдесят; 5²; 5*2; 0.5; .5; 5 not 6",
        "not 5; more than 5; over five; >5; <5; ≥5; ≤5; 5+; 5 plus; almost 5; up to 5; less than 5; many; "
        "five pairs; не 5; больше 5; 5-dən çox; cinq; ?",
    ),
    ("10.5", None): (
        "10½; 10 1/2; 10 ½; ten and a half; 10,5; 10.5; десять с половиной; on yarım",
        "10; 105; ten; 1/2",
        "ten-ish or more",
    ),
    ("0.5", None): (
        ".5; ½; half; a half; 1/2; one half; 0,5; yarım; половина; five tenths; 50%",
        "5; 2; 1; 1½; one and a half; 5%",
        "part",
    ),
    ("0.75", None): (
        "three quarters; 3/4; ¾; three fourths; dörddə üç; три четверти; .75; 75/100",
        "3; 4; 75; 1/4; quarter",
        "most of it",
    ),
    ("0.333", None): (
        "1/3; one third; a third; 0.333; 0,333; одна треть; üçdə bir",
        "0.3; 0.34; 3; third; 2/3; 333",
        "some",
    ),
    ("2.75", None): (
        "two and three quarters; 2 3/4; 2¾; 2.75; 2,75",
        "2; 3/4; 275; two",
        "two or more",
    ),
    ("1", None): (
        "one; 1; first; bir; один; одна; once; a single one",
        "one third; 1/3; one half; 1½; одна треть; üçdə bir; a third; two; one and a half",
        "a; bir neçə",
    ),
    ("3", None): (
        "3; three; üç; три; трёх; трое; третий; the third; III; 3 and 3",
        "three or four; 3-4; between 3 and 4; one third; three quarters; от 3 до 4; thirteen; 33; III or IV",
        "a few; at least 3; more than three",
    ),
    ("4", None): (
        "the fourth; fourth; 4th; 4-th; day 4; fourth day; on the fourth day; on 4; четвёртый; четвертая; "
        "четвертый день; dördüncü; dördüncü gün; 4-cü; 4-й день; IV",
        "fourteen; a quarter; a fourth; forty; the fourteenth; 14th; the fifth; VI; пятый; beşinci",
        "last; the last but one",
    ),
    ("20", None): (
        "20; twenty; iyirmi; двадцать; 20th; twentieth; двадцати; XX; on the 20th",
        "twenty-five; twenty five; twentyfive; two; 2 0; 20 5; two hundred; двадцать пять; iyirmi beş; "
        "iyirmibeş; twelve; 20,5; twenty-first",
        "a score; scores; under twenty",
    ),
    ("28", "hours"): (
        "28; 1 day 4 hours; a day and 4 hours; 28 hours; 28 h; 28h; twenty-eight; twenty eight; "
        "twenty\u2011eight hours; iyirmi səkkiz; "
        "iyirmisəkkiz saat; двадцать восемь; двадцать восемь часов; 28 ч; about 28 hours; 28 hrs.",
        "twenty-nine; eighty-two; 28 days; 28 minutes; 28 min; 20; 8; двадцать; 27 or 28",
        "over 28; hours",
    ),
    ("200", None): (
        "200; two hundred; iki yüz; двести; 2 hundred; 200,0; двухсот",
        "two hundred and fifty; two; hundred; двести пятьдесят; iki yüz əlli; 250; two thousand",
        "hundreds",
    ),
    ("250", None): (
        "two hundred and fifty; two hundred fifty; 250; iki yüz əlli; двести пятьдесят; 2 hundred and 50",
        "two hundred; fifty; 200 and 50; 200 50; 205",
        "nearly 250",
    ),
    ("15", None): (
        "on beş; onbeş; пятнадцать; fifteen; 15",
        "5; on; beş; fifty; 10 5",
        "many",
    ),
    ("10", None): (
        "on; on nəfər; ten; десять; 10",
        "on 5 fronts; on five; yüz on; onbir",
        "tens",
    ),
    ("3", "m"): (
        "3 m; 3m; 3; 3 metres; three metres; 300 cm; 3 м; 3 metr; 3.0 m",
        "3 million; 3 km; 3 mm; 3 m²; 3 kg; 3m 20",
        "many",
    ),
    ("5", "min"): (
        "5 min; 5 min.; 5min; 5; 5 minutes; five minutes; 5 dəqiqə; 5 минут; 300 s",
        "5000; 5 thousand; 5 h; 5 days; 5 seconds; 6 min",
        "less than 5 min",
    ),
    ("5", "million liras"): (
        "5; 5 million; 5,000,000; 5.000.000; 5 000 000; 5'000'000; five million; 5 million liras; 5 mln; "
        "5 mln lirə; 5 m; 5m; 5 milyon; beş milyon; 5 миллионов; пять миллионов лир; 5,000,000 liras; five; "
        "5000 thousand; about 5 million Turkish liras",
        "5 liras; 500; 50 million; 5 billion; 5 thousand; 5 million roubles; 5,000; 0.5 million; 5 min; "
        "5 or 6 million; 5,5 million",
        "millions; over 5 million; millions of liras",
    ),
    ("5000", "men"): (
        "5000; 5,000; 5 000; 5.000; 5-ти тысяч; 5'000; 5,000 men; 5 000 men; five thousand; five thousand men; 5k; "
        "5 min; beş min; 5 min nəfər; пять тысяч; 5 тыс.; 5 тысяч человек; 5000 soldiers; about 5,000 men; "
        "there were 5,000 men; some five thousand; 5 thousand; 5 thousands",
        "500; 50,000; 5,001; 5; 5,000 days; 5 million; fifteen thousand; 5000 or 6000; 4-5 thousand; "
        "five hundred; 5,00; 5 0000",
        "thousands; over 5000; up to 5,000; more than 5000; thousands of men; не более 5000; 5 minə az",
    ),
    ("8", "days"): (
        "8; 8 days; eight; eight days; səkkiz gün; восемь дней; 8 gün; 8 дней; 8 d; 8 days later",
        "8 weeks; 8 months; 8 hours; 8 years; 8%; 9 days; 80; eighteen days; 8 həftə; восемь недель; 1 week; 8th day",
        "within a week; at most 8 days",
    ),
    ("7", "days"): (
        "one week; 1 week; 7 days; 168 hours",
        "7 weeks; 2 weeks",
        "weeks",
    ),
    ("5", "weeks"): (
        "5 weeks; five weeks; 35 days; 5 həftə; пять недель; 5",
        "5 days; 5 months; 4 weeks; 35",
        "some weeks",
    ),
    ("500000", None): (
        "half a million; 500 000; 5 lakh; yarım milyon; 0.5 million; 500 thousand; five hundred thousand; "
        "beş yüz min; пятьсот тысяч; 500k",
        "half; a million; 500; five thousand; пять тысяч",
        "half or more",
    ),
    ("1500000", None): (
        "one and a half million; 1.5 million; 1,5 mln; полтора миллиона; bir milyon beş yüz min; 1½ million; "
        "1,500 thousand",
        "one million; 1.5; 15 million; миллион",
        "millions",
    ),
    ("1250000", None): (
        "1.25 million; 1.250 million; 1,250,000; 1.250.000; one and a quarter million; 1250 thousand",
        "1250; 1.25; 125 million",
        "over 1.25 million",
    ),
    ("1920", None): (
        "1920; 1,920; nineteen twenty; nineteen hundred and twenty; 1920-ci il; 1920 г.; in 1920; 1920 AD; "
        "тысяча девятьсот двадцать; min doqquz yüz iyirmi",
        "1919; 1902; 920; nineteen; 19 20; 1919/1920; 1920-1921",
        "before the war; 1920 BC",
    ),
    ("50", "%"): (
        "50%; 50 %; 50; 50 percent; fifty per cent; 50 faiz; пятьдесят процентов; 500‰",
        "5%; 0.5; half; 50 days; 50‰",
        "more than 50%",
    ),
    ("100", None): (
        "100; hundred; a hundred; one hundred; сто; yüz; $100; 100$; hundredth",
        "ten; thousand; 1,00; 100,100",
        "hundreds",
    ),
}


@pytest.mark.parametrize(("answer", "unit"), TYPED)
def test_typed_numbers_are_compared_with_the_key(answer: str, unit: str | None) -> None:
    right = RightNumber(Decimal(answer), unit=unit)
    expected = {
        text: match
        for match, texts in zip(("right", "wrong", "unreadable"), TYPED[answer, unit], strict=True)
        for text in texts.split("; ")
    }
    assert {text: right.compare(text).match for text in expected} == expected


@pytest.mark.parametrize(
    ("text", "tolerance", "match"),
    [("4,750", 250, "right"), ("5.250", 250, "right"), ("5,251", 250, "wrong"), ("5,2 thousand", 250, "right")],
)
def test_a_number_may_be_off_by_the_tolerance(text: str, tolerance: int, match: str) -> None:
    assert RightNumber(Decimal(5000), Decimal(tolerance), "men").compare(text).match == match


FIGURES = st.decimals(-(10**14), 10**14, places=3) | st.integers(-(10**14), 10**14).map(Decimal)
UNITS = st.sampled_from(
    [None, "men", "m", "min", "million liras", "thousand", "%", "km²", "days", "AD", "min nəfər", "k"]
)


@given(FIGURES, UNITS)
def test_what_is_shown_as_the_key_is_right_when_typed(answer: Decimal, unit: str | None) -> None:
    right = RightNumber(answer, unit=unit)
    for text in (show_number(answer, unit), show_number(answer), f"{answer:f}", show_amount(answer)):
        assert right.compare(text).match == "right"


@pytest.mark.parametrize(
    ("answer", "unit", "shown"),
    [
        ("1920", None, "1920"),
        ("1920", "AD", "1920 AD"),
        ("1920", "سنة", "1920 سنة"),
        ("1920", "men", "1,920 men"),
        ("1920.5", None, "1,920.5"),
        ("5000", None, "5,000"),
        ("0.0000001", None, "0.0000001"),
        ("3.142", None, "3.142"),
    ],
)
def test_a_number_is_shown_with_separators_unless_it_may_be_a_year(answer: str, unit: str | None, shown: str) -> None:
    assert show_number(Decimal(answer), unit) == shown


def test_an_amount_of_any_size_can_be_shown() -> None:
    assert show_amount(Fraction(10**40)).startswith("10,000,000")
    assert show_amount(Fraction(1, 3)) == "0.333333333"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5,000", "5000"), ("5.000", "5000"), ("3.142", "3.142"), ("0,125", "0.125"), ("1.250", "1250"), ("−5", "-5"),
        ("1.234,5", "1234.5"), ("two hundred and fifty", "250"), ("5 million liras", "5000000"), ("5,000 men", "5000"),
        ("1/4", "0.25"), ("1/3", None), ("3 or 4", None), ("many", None), ("9" * 201, None),
    ],
)  # fmt: skip
def test_an_author_may_write_numbers_too(text: str, number: str | None) -> None:
    assert parse_number(text) == (None if number is None else Decimal(number))


SAME = {
    "5,000": "5000; 5.000; 5 000 men; five thousand; beş min; 5,000 soldiers",
    "5 million liras": "5 million; 5,000,000; 5.000.000; five million; five million liras; 5 mln; about 5 million",
    "5,000 men": "5000; 5 000; five thousand; five thousand men; 5 min nəfər; 5,000 soldiers; 5k",
    "5 days": "five days; five; 5; 5 gün; пять дней",
    "11th Army": "11 army; eleventh army; XI Army; the 11th army; 11-th Army",
    "First World War": "1st World War; the first world war",
    "20 divisions": "twenty divisions; 20 divisions; the 20 divisions",
    "4th": "fourth; 4; the fourth; IV; dördüncü; четвертый",
    "-5": "−5; minus five; - 5",
    "3.142": "3,142; 3.142",
    "5 min": "5 minutes; five minutes; 5",
    "2": "two; both; a couple; a pair",
    "1,000,000": "10⁶; 10^6; 10**6; 1e6; 1 × 10⁶",
    "2500": "2.5×10³; 2,5 · 10^3; 2.5e3",
    "0.001": "10⁻³; 10^-3",
    "half a million": "500,000; 0.5 million; 500 000",
}
DIFFERENT = {
    "5": "5 weeks; 5 percent; five km",
    "2": "a couple of dozen; two pairs; neither; 2²",
    "1,000,000": "10⁵; 106; 10⁻⁶; 10⁶⁰; 2 × 10⁶",
    "fifth day": "5 days; five days",
    "5,000": "5; 5 thousand days; 5,000 km",
    "5 million liras": "5; 5 liras; 5 million roubles; 50 million; 5 billion; 5 thousand liras; five or six million",
    "5,000 men": "500; 5,001; 50,000 men; fifty thousand; 5",
    "5 days": "5 weeks; 6 days; five hours; fifty days; 15 days; fifth day; the 5th day",
    "11th Army": "11; XI; 12th Army; XII Army; first army; eleven",
    "First World War": "Second World War; 2nd World War; II World War",
    "20 divisions": "25 divisions; twenty-five divisions; 20 regiments; 20; two divisions",
    "4th": "5th; fifth; fourteenth; VI; forty",
    "-5": "5; five; +5",
    "3.142": "3.14; 3142; 3.143",
    "half a million": "half; a million; one and a half million",
}


@pytest.mark.parametrize(
    ("form", "typed"), [(form, text) for form, texts in SAME.items() for text in texts.split("; ")]
)
def test_a_typed_answer_with_a_number_may_write_it_otherwise(form: str, typed: str) -> None:
    assert compare(typed, [form]).verdict is Match.EXACT


@pytest.mark.parametrize(
    ("form", "typed"), [(form, text) for form, texts in DIFFERENT.items() for text in texts.split("; ")]
)
def test_another_number_is_wrong_in_a_typed_answer(form: str, typed: str) -> None:
    assert compare(typed, [form]).verdict is Match.WRONG


PIECES = ["5", "5,000", "3.142", "-", "/", "½", "XI", "V", "m", "min", "second", "third", "half", "and", "a", "million",
          "twenty", "üçdə", "bir",
          "on", "%", "days", "Army", "no", "point", "hundred", "1/3", "thousands", "12,34,567"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
def test_a_text_is_never_another_number_than_itself(text: str) -> None:
    assert same_number(text, text) is not False


@pytest.mark.parametrize(("typed", "form"), [("İyirmi", "20"), ("İki gün", "2 days"), ("за пять дней", "5 days")])
def test_it_is_the_same_number(typed: str, form: str) -> None:
    assert same_number(typed, form) is True
