import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.answers import Match, TypedDate, compare, fold, is_slip, parse_date
from quizapp.core.questions import Accepting

CHICHERIN = Accepting(
    answer="Georgy Chicherin", accept=["Chicherin", "Georgi Çiçerin", "Георгий Васильевич Чичерин"]
)
KHOYSKI = Accepting(answer="Fatali Khan Khoyski", accept=["Khoyski", "Khoiski", "Fətəli xan Xoyski"])
HAJINSKI = Accepting(answer="Hajinski", accept=["Mammad Hasan Hajinski", "Hacınski", "Гаджинский"])
RASULZADE = Accepting(answer="Mammad Amin Rasulzade", accept=["Rasulzade", "Rəsulzadə"])
MUSABEKOV = Accepting(answer="Gazanfar Musabekov", accept=["Musabekov", "Musabəyov"], reject=["Mustafa Kemal"])
BAKU = Accepting(answer="Baku", accept=["Bakı", "Bakou"], reject=["Batum"])
GAZAKH = Accepting(answer="Gazakh", accept=["Kazakh", "Qazax"])
KHACHMAZ = Accepting(answer="Khachmaz", accept=["Xaçmaz"], reject=["Khudat"])
TOVUZ = Accepting(answer="Tovuz", accept=["Tauz"])
ARMY = Accepting(answer="11th Army", accept=["XI Army", "Eleventh Army", "11-я армия"])
LLOYD_GEORGE = Accepting(answer="David Lloyd George", accept=["Lloyd George"])
TLEKHAS = Accepting(answer="M. G. Tlekhas", accept=["General Tlekhas"])
RSFSR = Accepting(answer="RSFSR", accept=["Soviet Russia"])

letters = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Fətəli xan Xoyski", "feteli xan xoyski"),
        ("  BAKI ", "baki"),
        ("Bakı", "baki"),
        ("İSTANBUL", "istanbul"),
        ("Şuşa, Çiçək; Göyçay — Yüz ağ", "susa cicek goycay yuz ag"),
        ("Чичерин", "chicherin"),
        ("объединение", "obedinenie"),
        ("Dénikine", "denikine"),
        ("Lloyd-George", "lloyd george"),
        ("People's Commissar", "peoples commissar"),
        ("R.S.F.S.R.", "rsfsr"),
        ("M.G. Tlekhas", "mg tlekhas"),
        ("11th", "11"),
        ("Ⅺ Army", "xi army"),
        ("5,000 men", "5000 men"),
        ("5 000 men", "5000 men"),
        ("glass & porcelain", "glass and porcelain"),
        ("The Red Army.", "red army"),
        ("Red Army, the", "red army"),
        ("an ultimatum", "ultimatum"),
        ("a", "a"),
        ("", ""),
        ("?!", "?!"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(letters)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "key", "matched"),
    [
        ("Georgy Chicherin", CHICHERIN, "Georgy Chicherin"),
        ("  chicherin ", CHICHERIN, "Chicherin"),
        ("Comrade Chicherin", CHICHERIN, "Chicherin"),
        ("Chicherin, Georgy", CHICHERIN, "Georgy Chicherin"),
        ("G. Chicherin", CHICHERIN, "Georgy Chicherin"),
        ("G. V. Chicherin", CHICHERIN, "Георгий Васильевич Чичерин"),
        ("георгий васильевич чичерин", CHICHERIN, "Георгий Васильевич Чичерин"),
        ("GEORGI ÇİÇERİN", CHICHERIN, "Georgi Çiçerin"),
        ("Cicerin Georgi", CHICHERIN, "Georgi Çiçerin"),
        ("Khan Khoyski", KHOYSKI, "Khoyski"),
        ("Fatali-Khan Khoyski", KHOYSKI, "Fatali Khan Khoyski"),
        ("Feteli Xoyski", KHOYSKI, "Fətəli xan Xoyski"),
        ("Гаджинский", HAJINSKI, "Гаджинский"),
        ("Rasulzade Mammad Amin", RASULZADE, "Mammad Amin Rasulzade"),
        ("M. A. Rasulzade", RASULZADE, "Mammad Amin Rasulzade"),
        ("Bakı", BAKU, "Bakı"),
        ("Bakou", BAKU, "Bakou"),
        ("baku.", BAKU, "Baku"),
        ("Kazakh", GAZAKH, "Kazakh"),
        ("qazax", GAZAKH, "Qazax"),
        ("xacmaz", KHACHMAZ, "Xaçmaz"),
        ("the 11th Army", ARMY, "11th Army"),
        ("11 army", ARMY, "11th Army"),
        ("xi army", ARMY, "XI Army"),
        ("11-я Армия", ARMY, "11-я армия"),
        ("LloydGeorge", LLOYD_GEORGE, "Lloyd George"),
        ("Lloyd George, David", LLOYD_GEORGE, "David Lloyd George"),
        ("Tlekhas", TLEKHAS, "General Tlekhas"),
        ("M.G. Tlekhas", TLEKHAS, "M. G. Tlekhas"),
        ("R.S.F.S.R.", RSFSR, "RSFSR"),
    ],
)
def test_right_however_it_is_written(typed: str, key: Accepting, matched: str) -> None:
    found = compare(typed, key)
    assert (found.verdict, found.matched) == (Match.EXACT, matched)


@pytest.mark.parametrize(
    ("typed", "key", "matched"),
    [
        ("Bkau", BAKU, "Baku"),
        ("Chicherni", CHICHERIN, "Chicherin"),
        ("hCicherin", CHICHERIN, "Chicherin"),
        ("Chichern", CHICHERIN, "Chicherin"),
        ("Gerogy Chicherni", CHICHERIN, "Georgy Chicherin"),
        ("Chicherni Georgy", CHICHERIN, "Georgy Chicherin"),
        ("General Tlekhass", TLEKHAS, "General Tlekhas"),
        ("Hajinsky", HAJINSKI, "Hajinski"),
        ("Kha chmas", KHACHMAZ, "Khachmaz"),
        ("XI Amry", ARMY, "XI Army"),
        ("Lloyd Goerge", LLOYD_GEORGE, "Lloyd George"),
    ],
)
def test_a_small_slip_is_forgiven_and_named(typed: str, key: Accepting, matched: str) -> None:
    found = compare(typed, key)
    assert (found.verdict, found.matched) == (Match.SLIP, matched)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", BAKU),
        (" \t", BAKU),
        ("?", BAKU),
        ("Mustafa Kemal", MUSABEKOV),
        ("Rustambeyov", RASULZADE),
        ("Khoyski", HAJINSKI),
        ("Hajinski", KHOYSKI),
        ("Khudat", KHACHMAZ),
        ("Tavush", TOVUZ),
        ("Batum", BAKU),
        ("Paku", BAKU),
        ("12th Army", ARMY),
        ("1st Army", ARMY),
        ("XII Army", ARMY),
        ("XI", ARMY),
        ("General", TLEKHAS),
        ("it was Chicherin", CHICHERIN),
        ("Georgy", CHICHERIN),
        ("not Baku", BAKU),
        ("Soviet Prussia", RSFSR),
        ("x" * 1000, CHICHERIN),
    ],
)
def test_wrong(typed: str, key: Accepting) -> None:
    assert compare(typed, key).verdict is Match.WRONG


@pytest.mark.parametrize(
    ("typed", "answer", "reject", "mistaken_for"),
    [
        ("Iraq", "Iran", ["Iraq"], "Iraq"),
        ("Irak", "Iran", ["Iraq"], "Iraq"),
        ("Rustambekov", "Rustambeyov", ["Rustambekov"], "Rustambekov"),
        ("Rustambelov", "Rustambeyov", ["Rustambekov"], "Rustambekov"),
        ("Khudat", "Khachmaz", ["Khudat"], "Khudat"),
        ("Batumi to Baku", "Baku to Batumi", [], None),
        ("Kemal Bey", "Kemal Pasha", ["Kemal Bey"], "Kemal Bey"),
    ],
)
def test_what_is_as_near_to_a_refused_form_is_wrong(
    typed: str, answer: str, reject: list[str], mistaken_for: str | None
) -> None:
    found = compare(typed, Accepting(answer=answer, reject=reject))
    assert (found.verdict, found.mistaken_for) == (Match.WRONG, mistaken_for)


@pytest.mark.parametrize(
    ("typed", "answer", "reject", "verdict"),
    [
        ("Irann", "Iran", ["Iraq"], Match.SLIP),
        ("Iran", "Iran", ["Iran"], Match.EXACT),
        ("Kemal Pasha", "Kemal Pasha", ["Kemal Bey"], Match.EXACT),
        ("Kemal", "Kemal Pasha", ["Kemal Bey"], Match.WRONG),
    ],
)
def test_what_is_nearer_to_an_accepted_form_is_right(
    typed: str, answer: str, reject: list[str], verdict: Match
) -> None:
    assert compare(typed, Accepting(answer=answer, reject=reject)).verdict is verdict


@pytest.mark.parametrize(
    ("typed", "form", "slip"),
    [
        ("Bku", "Baku", True),
        ("Bk", "Baku", False),
        ("Don", "Dom", False),
        ("Samrru", "Samur", False),
        ("Bilojary", "Bilajari", True),
        ("Bolojary", "Bilajari", False),
        ("internationalisatoin", "internationalisation", True),
        ("intrnatonalisaton", "internationalisation", True),
        ("east Karabakh", "west Karabakh", False),
        ("Mustafa Cemal", "Mustafa Kemal", False),
        ("3rd International", "III International", False),
        ("1919", "1920", False),
        ("AUCP(b)", "AzCP(b)", False),
        ("Baku", "AKP(b)", False),
        ("ADR goverment", "ADR government", True),
        ("Baku", "Baku", False),
    ],
)
def test_how_small_a_slip_must_be(typed: str, form: str, slip: bool) -> None:
    assert is_slip(typed, form) is slip


@given(letters, letters.filter(str.strip))
def test_comparing_never_fails(typed: str, answer: str) -> None:
    assert compare(typed, Accepting(answer=answer)).verdict in Match


@given(letters.filter(str.strip))
def test_the_key_is_right(answer: str) -> None:
    key = Accepting(answer=answer)
    assert compare(key.answer, key).verdict is Match.EXACT


APRIL_27 = TypedDate(1920, 4, 27)
NO_YEAR = TypedDate(None, 4, 27)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27 April 1920", APRIL_27),
        ("April 27, 1920", APRIL_27),
        ("the 27th of April, 1920", APRIL_27),
        ("Tuesday 27 April 1920", APRIL_27),
        ("morning of 27 April 1920", APRIL_27),
        ("27 Apr. 1920", APRIL_27),
        ("27 Apirl 1920", APRIL_27),
        ("27.04.1920", APRIL_27),
        ("27. 4. 1920", APRIL_27),
        ("27/4/1920", APRIL_27),
        ("4/27/1920", APRIL_27),
        ("27-04-1920", APRIL_27),
        ("1920-04-27", APRIL_27),
        ("27 aprel 1920-ci il", APRIL_27),
        ("1920-ci il aprelin 27-də", APRIL_27),
        ("27 апреля 1920 года", APRIL_27),
        ("27 АПРЕЛЯ 1920 г.", APRIL_27),
        ("27th of April", NO_YEAR),
        ("April 27", NO_YEAR),
        ("27.04", NO_YEAR),
        ("27/4", NO_YEAR),
        ("aprelin 27-si", NO_YEAR),
        ("27-го апреля", NO_YEAR),
        ("10/4/1920", TypedDate(1920, 4, 10)),
        ("27.04.20", TypedDate(20, 4, 27)),
        ("29 February", TypedDate(None, 2, 29)),
        ("7 мая", TypedDate(None, 5, 7)),
        ("çərşənbə, 28 aprel", TypedDate(None, 4, 28)),
        ("April 1920", TypedDate(1920, 4)),
        ("апрель 1920", TypedDate(1920, 4)),
        ("в апреле 1920", TypedDate(1920, 4)),
        ("1920-04", TypedDate(1920, 4)),
        ("04.1920", TypedDate(1920, 4)),
        ("early March 1920", TypedDate(1920, 3)),
        ("Sept 1919", TypedDate(1919, 9)),
        ("April", TypedDate(None, 4)),
        ("in May", TypedDate(None, 5)),
        ("1920", TypedDate(1920)),
        ("about 1920", TypedDate(1920)),
        ("4 September 476", TypedDate(476, 9, 4)),
    ],
)
def test_dates(text: str, date: TypedDate) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("00:05", 0, 5),
        ("0.05", 0, 5),
        ("12:05 am", 0, 5),
        ("12.05 a.m.", 0, 5),
        ("five minutes past midnight", 0, 5),
        ("23.00", 23, 0),
        ("23:00", 23, 0),
        ("23h", 23, 0),
        ("23h30", 23, 30),
        ("11 pm", 23, 0),
        ("11pm", 23, 0),
        ("11 p.m.", 23, 0),
        ("eleven at night", 23, 0),
        ("11 o'clock in the evening", 23, 0),
        ("11 часов вечера", 23, 0),
        ("saat 23:00", 23, 0),
        ("axşam saat 11-də", 23, 0),
        ("16:00", 16, 0),
        ("4 in the afternoon", 16, 0),
        ("4 a.m.", 4, 0),
        ("four o’clock in the morning", 4, 0),
        ("4 часа утра", 4, 0),
        ("səhər saat 4", 4, 0),
        ("2 at night", 2, 0),
        ("4 o'clock", 4, 0),
        ("11 o'clock", 11, 0),
        ("12 am", 0, 0),
        ("12 pm", 12, 0),
        ("midnight", 0, 0),
        ("24:00", 0, 0),
        ("полночь", 0, 0),
        ("noon", 12, 0),
        ("günorta", 12, 0),
    ],
)
def test_times(text: str, hour: int, minute: int) -> None:
    assert parse_date(text) == TypedDate(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27 April 1920, 16:00", TypedDate(1920, 4, 27, 16, 0)),
        ("16:00, 27 April 1920", TypedDate(1920, 4, 27, 16, 0)),
        ("27.04.1920 16.05", TypedDate(1920, 4, 27, 16, 5)),
        ("16.05 27.04.1920", TypedDate(1920, 4, 27, 16, 5)),
        ("1920-04-27T16:00", TypedDate(1920, 4, 27, 16, 0)),
        ("at 4 pm on 27 April", TypedDate(None, 4, 27, 16, 0)),
        ("at 4 on 27 April", TypedDate(None, 4, 27, 4, 0)),
        ("27 April at 23.00", TypedDate(None, 4, 27, 23, 0)),
        ("11.05 on 27 April", TypedDate(None, 4, 27, 11, 5)),
        ("в 4 часа утра 28 апреля", TypedDate(None, 4, 28, 4, 0)),
        ("28 aprel, səhər saat 4", TypedDate(None, 4, 28, 4, 0)),
    ],
)
def test_a_date_with_a_time_in_either_order(text: str, date: TypedDate) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "as_day", "as_time"),
    [
        ("11", TypedDate(day=11), TypedDate(hour=11, minute=0)),
        ("16.05", TypedDate(month=5, day=16), TypedDate(hour=16, minute=5)),
        ("27.04", NO_YEAR, NO_YEAR),
    ],
)
def test_what_can_be_either_is_a_time_where_a_time_is_asked(
    text: str, as_day: TypedDate, as_time: TypedDate
) -> None:
    assert (parse_date(text), parse_date(text, clock=True)) == (as_day, as_time)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Monday",
        "no idea",
        "Juny",
        "31 February",
        "29 February 1919",
        "30.13.1920",
        "31.4.1920",
        "27 or 28 April",
        "27–28 April 1920",
        "not 27 April",
        "1919 1920",
        "25:00",
        "13 am",
        "12:60",
        "4 am pm",
        "12345",
    ],
)
def test_unreadable_dates(text: str) -> None:
    assert parse_date(text) is None


def test_only_the_languages_given_are_read() -> None:
    assert parse_date("27 апреля", languages=("en",)) is None


@given(letters, st.booleans())
def test_reading_a_date_never_fails(text: str, clock: bool) -> None:
    parse_date(text, clock=clock)


date_like = st.lists(
    st.sampled_from(
        ["27", "4", "1920", "April", "am", "pm", "at", ".", ":", "/", "-", " ", "of", "night", "00"]
    )
)


@given(date_like.map("".join), st.booleans())
def test_reading_what_looks_like_a_date_never_fails(text: str, clock: bool) -> None:
    parse_date(text, clock=clock)
