import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.kinds.accepting import Accepting
from quizapp.core.text.answers import Match, compare, is_slip
from quizapp.core.text.normal import fold

CHICHERIN = Accepting(answer="Georgy Chicherin", accept=["Chicherin", "Georgi Çiçerin", "Георгий Васильевич Чичерин"])
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
        ("G. V. Chicherin", CHICHERIN, "Georgy Chicherin"),
        ("Г. В. Чичерин", CHICHERIN, "Georgy Chicherin"),
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
        ("Tlekhas", TLEKHAS, "M. G. Tlekhas"),
        ("M.G. Tlekhas", TLEKHAS, "M. G. Tlekhas"),
        ("R.S.F.S.R.", RSFSR, "RSFSR"),
    ],
)
def test_right_however_it_is_written(typed: str, key: Accepting, matched: str) -> None:
    found = key.compare(typed)
    assert (found.verdict, found.matched) == (Match.EXACT, matched)


@pytest.mark.parametrize(
    ("typed", "key", "matched"),
    [
        ("Chicherni", CHICHERIN, "Chicherin"),
        ("hCicherin", CHICHERIN, "Chicherin"),
        ("Chichern", CHICHERIN, "Chicherin"),
        ("Gerogy Chicherni", CHICHERIN, "Georgy Chicherin"),
        ("Chicherni Georgy", CHICHERIN, "Georgy Chicherin"),
        ("General Tlekhass", TLEKHAS, "General Tlekhas"),
        ("Hajinsky", HAJINSKI, "Hajinski"),
        ("Kha chmas", KHACHMAZ, "Khachmaz"),
        ("Elevneth Army", ARMY, "Eleventh Army"),
        ("Lloyd Goerge", LLOYD_GEORGE, "Lloyd George"),
    ],
)
def test_a_small_slip_is_forgiven_and_named(typed: str, key: Accepting, matched: str) -> None:
    found = key.compare(typed)
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
        ("Bkau", BAKU),
        ("XI Amry", ARMY),
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
    assert key.compare(typed).verdict is Match.WRONG


@pytest.mark.parametrize(
    ("typed", "answer", "reject", "mistaken_for"),
    [
        ("Iraq", "Iran", ["Iraq"], "Iraq"),
        ("Irak", "Iran", ["Iraq"], None),
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
    found = Accepting(answer=answer, reject=reject).compare(typed)
    assert (found.verdict, found.mistaken_for) == (Match.WRONG, mistaken_for)


@pytest.mark.parametrize(
    ("typed", "answer", "reject", "verdict"),
    [
        ("Syrria", "Syria", ["Assyria"], Match.SLIP),
        ("Iran", "Iran", ["Iran"], Match.EXACT),
        ("Kemal Pasha", "Kemal Pasha", ["Kemal Bey"], Match.EXACT),
        ("Kemal", "Kemal Pasha", ["Kemal Bey"], Match.WRONG),
    ],
)
def test_what_is_nearer_to_an_accepted_form_is_right(
    typed: str, answer: str, reject: list[str], verdict: Match
) -> None:
    assert Accepting(answer=answer, reject=reject).compare(typed).verdict is verdict


@pytest.mark.parametrize(
    ("typed", "form", "slip"),
    [
        ("Bku", "Baku", False),
        ("full", "fuel", False),
        ("Samr", "Samur", True),
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
    assert Accepting(answer=answer).compare(typed).verdict in Match


@given(letters.filter(str.strip))
def test_the_key_is_right(answer: str) -> None:
    key = Accepting(answer=answer)
    assert key.compare(key.answer).verdict is Match.EXACT


SIGNS = [
    ("a+", "A+", "exact"), ("rh -", "Rh−", "exact"),
    ("A +", "A+", "exact"), ("A-", "A+", "wrong"), ("A", "A+", "wrong"), ("A–", "A−", "exact"),
    ("ab−", "AB-", "exact"), ("AB", "AB-", "wrong"), ("AB+", "AB-", "wrong"), ("A", "A*", "wrong"),
    ("c ++", "C++", "exact"), ("C", "C++", "wrong"), ("C+", "C++", "wrong"), ("C++", "C", "wrong"),
    ("C#", "C++", "wrong"), ("C♯", "C#", "exact"), ("C", "C#", "wrong"), ("C", "c.", "exact"),
    ("–5", "-5", "exact"), ("minus 5", "−5", "exact"), ("5", "−5", "wrong"), ("-5", "5", "wrong"), ("+5", "5", "exact"),
    (">= 5", "≥5", "exact"), ("≤5", "≥5", "wrong"), ("> 5", "≥5", "wrong"), ("5", "≥5", "wrong"),
    ("2 : 1", "2:1", "exact"), ("2.1", "2:1", "wrong"), ("21", "2:1", "wrong"), ("1/2", "2:1", "wrong"),
    ("½", "1/2", "exact"), ("10½", "10 1/2", "exact"), ("2,1", "2.1", "exact"), (".5", "0,5", "exact"),
    ("3142", "3.142", "wrong"), ("5.000", "5,000", "exact"), ("1.234,56", "1,234.56", "exact"),
    ("OH-", "OH−", "exact"), ("OH+", "OH−", "wrong"), ("Ca2+", "Ca²⁺", "exact"), ("NO3", "NO3−", "wrong"),
    ("SO42-", "SO₄²⁻", "exact"), ("Na+", "Na", "wrong"), ("+/-5", "±5", "exact"), ("5", "±5", "wrong"),
    ("x->y", "x → y", "exact"), ("y>x", "x>y", "wrong"), ("E=mc2", "E = mc²", "exact"), ("2x3", "2 × 3", "exact"),
    ("10^-3", "10⁻³", "exact"), ("102", "10²", "wrong"), ("m^2", "m²", "exact"), ("un", "un-", "exact"),
    ("$5", "€5", "wrong"), ("5", "$5", "exact"), ("50", "50%", "exact"), ("K♥", "K♠", "wrong"), ("♥", "♦", "wrong"),
    ("3 - 5", "3–5", "exact"), ("27/4/1920", "27.4.1920", "exact"), ("T34", "T-34", "exact"),
    ("perfections", "perfection+", "wrong"), ("AB+", "A+", "wrong"), ("AA+", "A+", "wrong"), ("+", "A+", "wrong"),
    ("−", "A−", "wrong"), ("N+", "Na+", "wrong"), ("C #", "C#", "exact"), ("F #", "F♯", "exact"),
    ("=> 5", "≥5", "exact"), ("50‰", "50%", "wrong"), ("50°", "50%", "wrong"), ("50%", "50°", "wrong"),
    ("50", "50°", "exact"), ("5 C", "5 °C", "exact"), ("5", "5 °C", "exact"),
    ("5 degrees", "5 °C", "exact"), ("5°", "5 °C", "exact"), ("5 °F", "5 °C", "wrong"), ("5 degrees", "5°", "exact"),
    ("5 °С", "5 °C", "exact"), ("N5", "N° 5", "exact"), ("100 cotton", "100% cotton", "exact"),
    ("34", "T-34", "wrong"), ("4", "A4", "wrong"), ("3", "NO3", "wrong"), ("400", "S-400", "wrong"),
    ("№5", "5", "exact"), ("за 5 дней", "five days", "exact"), ("beş gün ərzində", "5 days", "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "answer", "verdict"), SIGNS)
def test_signs_that_change_an_answer_count(typed: str, answer: str, verdict: str) -> None:
    assert compare(typed, [answer]).verdict == verdict


SCRIPTS = [
    ("東京", "東京", "exact"), ("東経", "東京", "wrong"), ("トウキョウ", "東京", "wrong"), ("Tokyo", "東京", "wrong"),
    ("石", "十", "wrong"), ("서을", "서울", "wrong"), ("कि", "की", "wrong"), ("ที", "ที่", "wrong"), ("٥", "5", "exact"),
    ("中华人民共和人", "中华人民共和国", "wrong"), ("μ", "m", "wrong"), ("αθηνα", "Αθήνα", "exact"),
    ("мат", "мать", "wrong"), ("мои", "мой", "wrong"), ("Хрущев", "Хрущёв", "exact"), ("Чичирин", "Чичерин", "slip"),
    ("Chicherin", "Чичерин", "exact"), ("Чичерин", "Chicherin", "exact"), ("Khrushchev", "Хрущёв", "exact"),
    ("за́мок", "замок", "exact"), ("Öl", "Ol", "exact"), ("ʿAlī", "Ali", "exact"), ("İZMİR", "izmir", "exact"),
    ("שלום", "שָׁלוֹם", "exact"), ("שָׁלוֹם", "שלום", "exact"), ('צה"ל', "צה״ל", "exact"), ("שלוה", "שלום", "wrong"),
    ("محمد", "مُحَمَّد", "exact"), ("مُحَمَّد", "محمد", "exact"), ("محمود", "محمد", "wrong"), ("احمد", "أحمد", "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "answer", "verdict"), SCRIPTS)
def test_each_script_is_compared_as_it_is(typed: str, answer: str, verdict: str) -> None:
    assert compare(typed, [answer]).verdict == verdict


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("Lenin and Trotsky", "exact"),
        ("Trotsky, Lenin", "exact"),
        ("Lenin or Trotzky", "slip"),
        ("Ленин и Троцкий", "exact"),
        ("Lenin (Ulyanov)", "exact"),
        ("Lenin, Stalin", "wrong"),
        ("Lenin or Kerensky", "wrong"),
        ("Lenin, Lenin, Lenin, Lenin, Lenin, Lenin, Lenin, Lenin, Lenin, Lenin, Stalin", "wrong"),
    ],
)
def test_several_answers_are_right_if_each_is(typed: str, verdict: str) -> None:
    accepted = ["Lenin", "Ulyanov", "Trotsky", "Ленин", "Троцкий"]
    assert compare(typed, accepted, refused=["Kerensky"]).verdict == verdict


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("M. Curie", True), ("Curie M.", True), ("M.S. Curie", True), ("Curie", True), ("P. Curie", False),
        ("Curie P.", False), ("P. M. Curie", False), ("V. Skłodowska", True),
    ],
)  # fmt: skip
def test_initials_must_be_those_of_the_full_name(typed: str, right: bool) -> None:
    accepted = ["Marie Curie", "Curie", "Skłodowska"]
    assert (compare(typed, accepted).verdict is Match.EXACT) is right
