"""The words that numbers are written with in English, Azerbaijani and Russian, and the units that follow them.

All words are transliterated as `plain_word` does: "восемь" is "vosem", "üç" is "uc".
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from anyascii import anyascii

V = TypeVar("V")

# Latin letters, "ə" and marks among them, and Cyrillic ones.
_TRANSLITERATED = re.compile("[\0-\u024f\u0259\u02b0-\u036f\u0400-\u052f\u1e00-\u1eff]*")


@lru_cache(maxsize=4096)
def plain_word(word: str) -> str:
    """Return a word in lower-case ASCII letters, without the marks that stand for soft and hard signs.

    A word in another script stays as it is, because "μ" is not "m", nor is "क" "k".
    """
    if not _TRANSLITERATED.fullmatch(word):
        return word
    return anyascii(word).lower().replace("'", "").replace('"', "")


def _plain(words: str) -> frozenset[str]:
    return frozenset(map(plain_word, words.split()))


def _values(table: Mapping[V, str]) -> dict[str, V]:
    return {plain_word(word): value for value, words in table.items() for word in words.split()}


# Cardinal numbers. What may follow one is decided by its size: "twenty" takes "five", "five" takes nothing.
CARDINALS = _values({
    0: "zero nil none nought naught sıfır ноль нуль нуля ничего",
    1: "one once bir один одна одно одного одной одну",
    2: "two twice both couple pair iki cüt два две двух двум двумя двое оба обе пара",
    3: "three thrice üç три трёх трём тремя трое",
    4: "four dörd четыре четырёх четырём четверо",
    5: "five beş пять пяти пятью пятеро",
    6: "six altı шесть шести шестеро",
    7: "seven yeddi семь семи семеро",
    8: "eight səkkiz восемь восьми",
    9: "nine doqquz девять девяти",
    10: "ten десять десяти десятеро",
    11: "eleven одиннадцать одиннадцати",
    12: "twelve twelv двенадцать двенадцати",
    13: "thirteen тринадцать тринадцати",
    14: "fourteen четырнадцать четырнадцати",
    15: "fifteen fiveteen пятнадцать пятнадцати",
    16: "sixteen шестнадцать шестнадцати",
    17: "seventeen семнадцать семнадцати",
    18: "eighteen восемнадцать восемнадцати",
    19: "nineteen ninteen девятнадцать девятнадцати",
    20: "twenty iyirmi двадцать двадцати",
    30: "thirty otuz тридцать тридцати",
    40: "forty fourty qırx сорок сорока",
    50: "fifty əlli пятьдесят пятидесяти",
    60: "sixty altmış шестьдесят шестидесяти",
    70: "seventy yetmiş семьдесят семидесяти",
    80: "eighty səksən восемьдесят восьмидесяти",
    90: "ninety ninty doxsan девяносто девяноста",
    200: "двести двухсот",
    300: "триста трёхсот",
    400: "четыреста четырёхсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
})  # fmt: skip
TEN = plain_word("on")  # ten in Azerbaijani, and a preposition in English

_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS_BY_TENS = {
    _ENGLISH_TENS: "one two three four five six seven eight nine",
    "on iyirmi otuz qırx əlli altmış yetmiş səksən doxsan": "bir iki üç dörd beş altı yeddi səkkiz doqquz",
}
# Numbers below 100 that are written as one word: "twentyfive", "onbeş".
CARDINALS |= {
    ten + unit: CARDINALS.get(ten, 10) + CARDINALS[unit]
    for tens, units in _UNITS_BY_TENS.items()
    for ten in _plain(tens)
    for unit in _plain(units)
}
# With one of these, or with digits, "on" is the English preposition.
ENGLISH = _plain(
    f"{_ENGLISH_TENS} one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen hundred thousand first second third fourth fifth sixth seventh eighth ninth tenth"
)

_ADJECTIVE_ENDINGS = ("ый", "ой", "ий", "ая", "ое", "ого", "ому", "ым", "ом", "ую", "ые", "ых")
_RUSSIAN_ORDINALS = {
    1: "перв", 2: "втор", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят",
    11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат",
    17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат", 40: "сороков",
    50: "пятидесят", 60: "шестидесят", 70: "семидесят", 80: "восьмидесят", 90: "девяност", 100: "сот",
    200: "двухсот", 300: "трёхсот", 1000: "тысячн",
}  # fmt: skip
ORDINALS = _values({
    1: "first birinci",
    2: "second ikinci",
    3: "third üçüncü третий третья третье третьего третьему третьем третью треть трети третей",
    4: "fourth dördüncü",
    5: "fifth beşinci",
    6: "sixth altıncı",
    7: "seventh yeddinci",
    8: "eighth eigth səkkizinci",
    9: "ninth nineth doqquzuncu",
    10: "tenth onuncu",
    11: "eleventh",
    12: "twelfth twelth",
    13: "thirteenth",
    14: "fourteenth",
    15: "fifteenth",
    16: "sixteenth",
    17: "seventeenth",
    18: "eighteenth",
    19: "nineteenth",
    20: "twentieth iyirminci",
    30: "thirtieth otuzuncu",
    40: "fortieth qırxıncı",
    50: "fiftieth əllinci",
    60: "sixtieth altmışıncı",
    70: "seventieth yetmişinci",
    80: "eightieth səksəninci",
    90: "ninetieth doxsanıncı",
})  # fmt: skip
ORDINALS |= {plain_word(stem + end): value for value, stem in _RUSSIAN_ORDINALS.items() for end in _ADJECTIVE_ENDINGS}
ORDINAL_SCALES = _values({100: "hundredth yüzüncü", 1000: "thousandth mininci", 1_000_000: "millionth milyonuncu"})
# Behind the digits of an ordinal: "5th", "5-ci", "5-я".
ORDINAL_ENDINGS = _plain("st nd rd th ci cı cu cü nci ncı ncu ncü inci ıncı uncu üncü й ый ий я ая е ое го ого му")
# Behind digits, without a meaning of their own: "5-ти".
OTHER_ENDINGS = _plain("х ти мя ми")

SCALES = _values({
    12: "dozen dozens дюжина дюжины дюжин",
    100: "hundred hundreds yüz сто ста",
    1000: "thousand thousands thousend k min тысяча тысячи тысяч тысячу тыс",
    1_000_000: "million millions milion m mn mio mln milyon миллион миллиона миллионов",
    1_000_000_000: "billion billions bn milliard mlrd milyard миллиард миллиарда миллиардов",
    1_000_000_000_000: "trillion trillions trilyon триллион триллиона триллионов",
    100_000: "lakh lakhs",
    10_000_000: "crore crores",
})  # fmt: skip
# Numbers of nothing in particular, unless a number is in front of them: "thousands of men".
VAGUE_ALONE = _plain("dozens hundreds thousands millions billions trillions lakhs crores десятки сотни")

# Fractions: "three quarters", "half a million". Those in PARTS multiply the number in front, those in ADDED are added.
PARTS = _values({
    Fraction(1, 2): "half halves половина половины половину пол",
    Fraction(1, 3): "thirds",
    Fraction(1, 4): "quarter quarters fourths четверть четверти",
    Fraction(1, 5): "fifths",
    Fraction(1, 6): "sixths",
    Fraction(1, 7): "sevenths",
    Fraction(1, 8): "eighths",
    Fraction(1, 9): "ninths",
    Fraction(1, 10): "tenths",
    Fraction(1, 100): "hundredths",
    Fraction(1, 1000): "thousandths",
})  # fmt: skip
ADDED = _values({Fraction(1, 2): "yarım половиной", Fraction(1, 4): "четвертью", Fraction(1, 3): "третью"})
WHOLE_AND_HALF = _values({Fraction(3, 2): "полтора полторы полутора"})
# The denominator comes first in Azerbaijani: "üçdə iki" is two thirds.
DENOMINATORS = _values({
    2: "ikidə", 3: "üçdə", 4: "dörddə", 5: "beşdə", 6: "altıda", 7: "yeddidə", 8: "səkkizdə", 9: "doqquzda", 10: "onda",
    100: "yüzdə",
})  # fmt: skip

POINTS = _plain("point nöqtə vergül точка запятая")
MINUS = _plain("minus negative mənfi минус")
PLUS = _plain("plus positive müsbət плюс")
LINKS = _plain("and a an of və tam и с целых целая")  # inside one number: "two hundred and fifty"
INDEFINITE = _plain("a an")

# Words that can be a scale or an ordinal and a unit: "3 m", "5 min", "30 second".
AMBIGUOUS = _plain("m min k second")

# Around a number, these change nothing.
FILLERS = _plain(
    "~ ≈ and və и about approximately approx around roughly circa ca c exactly precisely only just some it "
    "is was were are there the a an of in at on by for answer total altogether i think maybe perhaps probably number "
    "no nr year within в təxminən təqribən cəmi ümumilikdə toplam idi ərzində müddətində "
    "за течение около примерно приблизительно ровно всего было их это итого"
)
# These do: what is written with them is not the number alone.
CHANGING = _plain(
    "not never without nearly almost over under above below beyond more less fewer greater than least most up "
    "except but half several few many pairs score scores gross double triple square "
    "squared cubed cubic sq per negative tens bc bce plus minus maximum minimum max "
    "deyil neçə az çox artıq əskik yox kvadrat не ни нет без более больше менее меньше свыше до почти чем "
    "несколько пары максимум минимум квадратных кубических"
)

PEOPLE, DEGREES, POUNDS, MASS, PERCENT, AREA = "people", "degrees", "pounds", "mass", "percent", "area"
POUND = Fraction("0.45359237")  # kilograms
CENT = Fraction(1, 100)
SYMBOLS = {
    "%": "percent",
    "‰": "permille",
    "°": "degree",
    "$": "dollar",
    "€": "euro",
    "₽": "rouble",
    "₺": "lira",
    "₼": "manat",
    "£": "pound",
}
# Units by what they measure, each with its size; those of the same kind can be converted.
_UNIT_TABLES: dict[str, dict[Fraction | int, str]] = {
    "time": {
        1: "s sec secs second seconds saniyə sek секунда секунды секунд секунду сек",
        60: "min mins minute minutes dəqiqə минута минуты минут минуту мин",
        3600: "h hr hrs hour hours saat час часа часов ч",
        86400: "d day days gün gündə день дня дней дни дн сутки суток сут",
        604800: "week weeks wk wks həftə неделя недели недель неделю нед",
    },
    "months": {
        1: "month months ay месяц месяца месяцев мес",
        12: "year years yr yrs il год года лет",
        120: "decade decades onillik десятилетие десятилетия десятилетий",
        1200: "century centuries əsr əsrdə yüzillik век века веков веке",
    },
    "length": {
        Fraction(1, 1000): "mm millimetre millimetres millimeter millimeters мм",
        Fraction(1, 100): "cm centimetre centimetres centimeter sm santimetr см сантиметр сантиметра сантиметров",
        1: "m metre metres meter meters metr метр метра метров м",
        1000: "km kms kilometre kilometres kilometer kilometers kilometr км километр километра километров",
        Fraction("1609.344"): "mile miles mil миля мили миль",
        Fraction("0.3048"): "foot feet ft fut фут фута футов",
        Fraction("0.0254"): "inch inches düym дюйм дюйма дюймов",
        Fraction("0.9144"): "yard yards yd ярд ярда ярдов",
        Fraction("1066.8"): "verst versts verst верста версты вёрст",
    },
    MASS: {
        Fraction(1, 1_000_000): "mg mq мг",
        Fraction(1, 1000): "g gr gram grams gramme grammes qram qr г грамм грамма граммов",
        1: "kg kq kgs kilo kilos kilogram kilograms kiloqram кг кило килограмм килограмма килограммов",
        100: "centner centners sentner ц центнер центнера центнеров",
        1000: "t ton tons tonne tonnes tona т тонна тонны тонн",
        POUND: "lb lbs",
        POUND / 16: "oz ounce ounces unsiya унция унции унций",
        14 * POUND: "stone",
        Fraction("16.38"): "pood poods pud пуд пуда пудов",
    },
    "volume": {
        1: "l litre litres liter liters litr л литр литра литров",
        Fraction(1, 1000): "ml мл",
        Fraction(1, 100): "cl сл",
        Fraction(1, 10): "dl дл",
        100: "hl гл",
        Fraction("3.785411784"): "gallon gallons qallon галлон галлона галлонов",
        Fraction("158.987294928"): "barrel barrels bbl barel баррель барреля баррелей",
    },
    AREA: {
        10_000: "ha hectare hectares hektar га гектар гектара гектаров",
        Fraction("4046.8564224"): "acre acres akr акр акра акров",
    },
    "speed": {1: "mps", Fraction(10, 36): "kmh kmph", Fraction("0.44704"): "mph"},
    PERCENT: {1: "percent pct faiz процент процента процентов", Fraction(1, 10): "permille promil промилле"},
    PEOPLE: {
        1: "men man people person persons soldiers troops nəfər adam əsgər kişi человек людей чел солдат бойцов",
    },
    "liras": {1: "lira liras lirə lirəsi tl лира лиры лир"},
    "roubles": {
        1: "rouble roubles ruble rubles rub rubl рубль рубля рублей руб",
        CENT: "kopeck kopecks kopek kopeks копейка копейки копеек коп",
    },
    "dollars": {1: "dollar dollars usd доллар доллара долларов", CENT: "cent cents цент цента центов"},
    "euros": {1: "euro euros eur avro евро"},
    POUNDS: {1: "pound pounds gbp funt фунт фунта фунтов", CENT: "penny pence пенс пенса пенсов"},
    "manats": {1: "manat manats azn манат маната манатов", CENT: "qəpik"},
    DEGREES: {1: "degree degrees dərəcə gradus градус градуса градусов"},
    "celsius": {1: "c celsius centigrade цельсия selsi"},
    "fahrenheit": {1: "f fahrenheit фаренгейта"},
    "kelvin": {1: "k kelvin kelvins кельвин кельвина кельвинов"},
}
UNITS = {word: (kind, Fraction(size)) for kind, table in _UNIT_TABLES.items() for word, size in _values(table).items()}
_LENGTHS = {word: size for word, (kind, size) in UNITS.items() if kind == "length"}
# As `with_known_units` writes them.
UNITS |= {f"square{word}": (AREA, size**2) for word, size in _LENGTHS.items()}
UNITS |= {f"cubic{word}": ("volume", 1000 * size**3) for word, size in _LENGTHS.items()}
COUNTED = frozenset({PEOPLE, "liras", "roubles", "dollars", "euros", POUNDS, "manats"})  # the other kinds are measured
HOW_MANY_THINGS = _plain("many neçə")
HOW_MANY = HOW_MANY_THINGS | _plain("сколько")
CENTURY = _plain("century əsr əsrdə yüzillik век веке")  # "19 век" is the nineteenth
YEAR_UNITS = _plain("ad ce bc bce year il ili ci г гг год году سنة عام שנה שנת")


TEMPERATURES = frozenset({"celsius", "fahrenheit", "kelvin"})
_CELSIUS = re.compile(r"(?:°|\bdegrees? |\bградус(?:а|ов)? )(?:c|с|celsius|цельсия)\b")
_FAHRENHEIT = re.compile(r"(?:°|\bdegrees? |\bградус(?:а|ов)? )(?:f|fahrenheit|фаренгейта)\b")


_POWER_WORDS = re.compile(
    r"\b(?:(?P<square>square|sq\.?|kvadrat|kv\.?|кв\.?|квадратн\w{2,3})|(?:cubic|cu\.?|kub|куб\.?|кубическ\w{2,3})) ?"
    r"(?P<length>[^\W\d_]{1,20})"
)
_POWER_FIGURES = re.compile(r"(?<![^\W\d_])(?P<length>[^\W\d_]{1,20})\^?(?:(?P<square>2)|3)(?![\w^]|[.,]\d)")
_SPEEDS = {
    "mps": re.compile(r"\b(?:m|met(?:er|re)s?|metr|м|метр\w*) ?(?:/|per|в) ?(?:s|sec\w*|с|сек\w*|san\w*)\b"),
    "kmh": re.compile(r"\b(?:km|kilomet\w+|км|километр\w*) ?(?:/|per|в) ?(?:h|hour|saat|ч|час)\b"),
    "mph": re.compile(r"\b(?:miles? per|миль в) (?:hour|час)\b"),
}


def with_known_units(text: str) -> str:
    """Return a lower-case text with one word for each unit of temperature, area, volume and speed.

    "°C" becomes "celsius", "sq km" and "km^2" become "squarekm", and "km/h" becomes "kmh".
    """
    text = _FAHRENHEIT.sub(" fahrenheit", _CELSIUS.sub(" celsius", text))
    for word, pattern in _SPEEDS.items():
        text = pattern.sub(word, text)
    return _POWER_FIGURES.sub(_with_power, _POWER_WORDS.sub(_with_power, text))


def _with_power(found: re.Match[str]) -> str:
    """Return "squarekm" for "sq km", and what is no area or volume as it is."""
    if plain_word(found["length"]) not in _LENGTHS:
        return found[0]
    return f"{'square' if found['square'] else 'cubic'}{found['length']}"


def is_unit(word: str) -> bool:
    """Return whether a word is a unit: "min", "metres"."""
    return plain_word(word.strip()) in UNITS
