from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quizapp.core.kinds import Question, Response, parse_question, parse_response
from quizapp.core.kinds.base import NoSuchChoice, WrongKind
from quizapp.core.kinds.choice import Choice, ChoiceResponse
from quizapp.core.kinds.cloze import Cloze, ClozeResponse
from quizapp.core.kinds.date import Date, DateNote, DateResponse
from quizapp.core.kinds.flashcard import Flashcard, FlashcardResponse
from quizapp.core.kinds.grade import Verdict
from quizapp.core.kinds.true_false import TrueFalse, TrueFalseResponse
from quizapp.core.kinds.typed import Typed, TypedResponse

WORDING = {"key": "q", "prompt": "Which?", "explanation": "Because."}


def question(kind: str, **fields: object) -> Question:
    return parse_question({"kind": kind, **WORDING, **fields})


CHOICE = question(
    "choice",
    answer="Baku",
    distractors=[
        {"text": "Ganja", "why_not": "It lies in the west."},
        {"text": "Batum", "why_not": "It lies on the Black Sea.", "misconception": "wrong-sea"},
    ],
)
TRUE = question("true_false", answer=True)
FALSE = question("true_false", answer=False)
TYPED = question("typed", answer="Khachmaz", accept=["Xaçmaz"], reject=["Khudat"])
CLOZE = question(
    "cloze",
    text="From {{station}} to {{ city }}.",
    gaps={"city": {"answer": "Baku"}, "station": {"answer": "Yalama"}},
)
FLASHCARD = question("flashcard", answer="At *Baku*.")
DAY = question("date", answer="1920-04-27", precision="day")

typed_text = st.text(max_size=60)


def date(answer: str, precision: str, *accept: str) -> Question:
    return question("date", answer=answer, precision=precision, accept=list(accept))


def dated(text: str) -> DateResponse:
    return DateResponse(kind="date", text=text)


@pytest.mark.parametrize(
    ("asked", "response", "key"),
    [
        (CHOICE, ChoiceResponse(kind="choice", picked=0), "Baku"),
        (TRUE, TrueFalseResponse(kind="true_false", picked=True), "True"),
        (FALSE, TrueFalseResponse(kind="true_false", picked=False), "False"),
        (TYPED, TypedResponse(kind="typed", text="Khachmaz"), "Khachmaz"),
        (TYPED, TypedResponse(kind="typed", text="xaçmaz"), "Khachmaz"),
        (CLOZE, ClozeResponse(kind="cloze", gaps={"station": "Yalama", "city": "Baku"}), "Yalama; Baku"),
        (DAY, dated("27 April"), "27 April 1920"),
        (FLASHCARD, FlashcardResponse(kind="flashcard", rating="hard"), "At *Baku*."),
        (FLASHCARD, FlashcardResponse(kind="flashcard", rating="good"), "At *Baku*."),
        (FLASHCARD, FlashcardResponse(kind="flashcard", rating="easy"), "At *Baku*."),
    ],
)
def test_it_works(asked: Question, response: Response, key: str) -> None:
    found = asked.grade(response)
    assert (found.verdict, found.fraction, found.correct, found.key) == (Verdict.RIGHT, 1.0, True, key)
    assert found.note is None


@pytest.mark.parametrize(
    ("asked", "response"),
    [
        (CHOICE, ChoiceResponse(kind="choice", picked=1)),
        (TRUE, TrueFalseResponse(kind="true_false", picked=False)),
        (TYPED, TypedResponse(kind="typed", text="Yalama")),
        (CLOZE, ClozeResponse(kind="cloze", gaps={"station": "Ganja", "city": "Ganja"})),
        (DAY, dated("28 May 1918")),
        (FLASHCARD, FlashcardResponse(kind="flashcard", rating="again")),
    ],
)
def test_wrong_answers(asked: Question, response: Response) -> None:
    found = asked.grade(response)
    assert (found.verdict, found.fraction, found.correct) == (Verdict.WRONG, 0.0, False)


@pytest.mark.parametrize(
    ("asked", "response"),
    [
        (CHOICE, ChoiceResponse(kind="choice")),
        (TRUE, TrueFalseResponse(kind="true_false", picked=None)),
        (TYPED, TypedResponse(kind="typed", text="  ")),
        (CLOZE, ClozeResponse(kind="cloze")),
        (CLOZE, ClozeResponse(kind="cloze", gaps={"city": " ", "station": ""})),
        (DAY, dated("")),
    ],
)
def test_a_blank_is_unanswered(asked: Question, response: Response) -> None:
    found = asked.grade(response)
    assert (found.verdict, found.fraction, found.correct) == (Verdict.UNANSWERED, 0.0, False)
    assert found.key


def test_a_wrong_choice_names_its_distractor() -> None:
    found = CHOICE.grade(ChoiceResponse(kind="choice", picked=2))
    assert found.distractor is not None
    assert found.distractor.misconception == "wrong-sea"


def test_a_choice_that_is_not_there() -> None:
    with pytest.raises(NoSuchChoice):
        CHOICE.grade(ChoiceResponse(kind="choice", picked=3))


def test_a_slip_is_right_and_pointed_out() -> None:
    found = TYPED.grade(TypedResponse(kind="typed", text="Khachmas"))
    assert (found.verdict, found.fraction, found.correct, found.note) == (Verdict.SLIP, 1.0, True, "Khachmaz")


def test_a_refused_form_is_wrong_and_pointed_out() -> None:
    found = TYPED.grade(TypedResponse(kind="typed", text="Khudat"))
    assert (found.verdict, found.note) == (Verdict.WRONG, "Khudat")


@pytest.mark.parametrize(
    ("station", "city", "fraction", "verdict"),
    [
        ("Yalama", "Baku", 1.0, Verdict.RIGHT),
        ("Yalamma", "Baku", 1.0, Verdict.SLIP),
        ("Yalama", "Ganja", 0.5, Verdict.WRONG),
        ("", "Baku", 0.5, Verdict.WRONG),
        ("", "Ganja", 0.0, Verdict.WRONG),
    ],
)
def test_a_cloze_is_the_mean_of_its_gaps(station: str, city: str, fraction: float, verdict: Verdict) -> None:
    found = CLOZE.grade(ClozeResponse(kind="cloze", gaps={"station": station, "city": city, "old": "x"}))
    assert (found.fraction, found.verdict) == (fraction, verdict)


def test_the_gaps_are_reported_in_the_order_of_the_text() -> None:
    first, second = CLOZE.grade(ClozeResponse(kind="cloze", gaps={"station": "Yalamma"})).parts
    assert (first.label, first.given, first.expected, first.correct) == ("station", "Yalamma", "Yalama", True)
    assert (first.verdict, first.note) == (Verdict.SLIP, "Yalama")
    assert (second.label, second.given, second.expected, second.correct) == ("city", "", "Baku", False)
    assert (second.verdict, second.note) == (Verdict.UNANSWERED, None)


@pytest.mark.parametrize(
    ("answer", "precision", "text"),
    [
        ("1920", "year", "1920"),
        ("1920", "year", "April 1920"),
        ("1920-04-27", "year", "27 April 1920"),
        ("1920-04", "month", "April 1920"),
        ("1920-04", "month", "April"),
        ("1920-04", "month", "22 April 1920"),
        ("1920-04-27", "month", "April"),
        ("1920-04-27", "month", "27 April 1920"),
        ("1920-04-27", "day", "27 April"),
        ("1920-04-27", "day", "27 aprel 1920-ci il"),
        ("1920-04-27", "day", "27.04.20"),
        ("1920-04-27", "day", "27 April 1920, 16:00"),
        ("1920-04-27T16:00", "day", "27 April, 4 pm"),
        ("1920-04-27T00:05", "time", "00.05"),
        ("1920-04-27T16:00", "time", "4 p.m."),
        ("1920-04-27T16:05", "time", "16.05"),
        ("1920-04-27T23:00", "time", "23.00"),
        ("1920-04-27T23:00", "time", "11 pm on 27 April 1920"),
        ("1920-04-28T04:00", "time", "four o'clock in the morning"),
        ("1920-04-28T04:00", "time", "4"),
        ("1920-04-27T00:00", "time", "midnight"),
    ],
)
def test_a_date_right_as_finely_as_asked(answer: str, precision: str, text: str) -> None:
    found = date(answer, precision).grade(dated(text))
    assert (found.verdict, found.fraction, found.note) == (Verdict.RIGHT, 1.0, None)


@pytest.mark.parametrize(
    ("answer", "precision", "text", "note"),
    [
        ("1920-04-27", "day", "28 April 1920", DateNote.DAY),
        ("1920-04-27", "day", "28 April", DateNote.DAY),
        ("1920-04-27", "day", "27 April 1918", DateNote.YEAR),
        ("1920-04-27", "month", "28 April 1920", DateNote.DAY),
        ("1920-04-27", "year", "May 1920", DateNote.MONTH),
        ("1920-04-27T16:00", "day", "27 April, 5 pm", DateNote.TIME),
        ("1920-04-27T16:00", "time", "4:00", DateNote.HALF_DAY),
        ("1920-04-27T23:00", "time", "11 o'clock", DateNote.HALF_DAY),
        ("1920-04-27T23:00", "time", "28 April, 23:00", DateNote.DAY),
    ],
)
def test_a_close_date_is_not_correct(answer: str, precision: str, text: str, note: DateNote) -> None:
    found = date(answer, precision).grade(dated(text))
    assert (found.verdict, found.fraction, found.correct) == (Verdict.CLOSE, 0.0, False)
    assert found.note == note


@pytest.mark.parametrize(
    ("answer", "precision", "text", "note"),
    [
        ("1920", "year", "1919", DateNote.YEAR),
        ("1920", "year", "April", DateNote.MISSING),
        ("1920-04", "month", "May 1920", DateNote.MONTH),
        ("1920-04", "month", "April 1919", DateNote.YEAR),
        ("1920-04", "month", "1920", DateNote.MISSING),
        ("1920-04-27", "day", "27 May 1920", DateNote.MONTH),
        ("1920-04-27", "day", "28 April 1919", DateNote.YEAR),
        ("1920-04-27", "day", "April 1920", DateNote.MISSING),
        ("1920-04-27", "day", "27", DateNote.MISSING),
        ("1920-04-27", "day", "27.04.18", None),
        ("1920-04-27T16:00", "time", "16:30", DateNote.TIME),
        ("1920-04-27T16:00", "time", "27 April", DateNote.MISSING),
        ("1920-04-27T16:00", "time", "28 April, 4 am", DateNote.DAY),
        ("1920-04-27", "day", "the day after", DateNote.UNREADABLE),
        ("1920-04-27", "day", "27–28 April", DateNote.UNREADABLE),
    ],
)
def test_a_wrong_date_says_what_is_wrong(answer: str, precision: str, text: str, note: DateNote | None) -> None:
    found = date(answer, precision).grade(dated(text))
    assert (found.correct, found.fraction) == (False, 0.0)
    if note:
        assert (found.verdict, found.note) == (Verdict.WRONG, note)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("2 January 1920", Verdict.RIGHT),
        ("6 January", Verdict.RIGHT),
        ("4 January", Verdict.CLOSE),
        ("2 June", Verdict.WRONG),
    ],
)
def test_any_accepted_date_counts(text: str, verdict: Verdict) -> None:
    assert date("1920-01-02", "day", "1920-01-06").grade(dated(text)).verdict is verdict


def test_the_key_of_a_date_is_shown_as_finely_as_it_is_known() -> None:
    assert date("1920-04-27T00:05", "day").grade(dated("")).key == "27 April 1920, 00:05"


@pytest.mark.parametrize("asked", [CHOICE, TRUE, CLOZE, TYPED, DAY])
def test_a_response_of_another_kind_is_refused(asked: Question) -> None:
    with pytest.raises(WrongKind, match=asked.kind):
        asked.grade(FlashcardResponse(kind="flashcard", rating="good"))


@pytest.mark.parametrize(
    ("data", "response"),
    [
        ({"kind": "choice", "picked": 2}, ChoiceResponse(kind="choice", picked=2)),
        ({"kind": "choice"}, ChoiceResponse(kind="choice", picked=None)),
        ({"kind": "true_false", "picked": False}, TrueFalseResponse(kind="true_false", picked=False)),
        ({"kind": "cloze", "gaps": {"city": "Baku"}}, ClozeResponse(kind="cloze", gaps={"city": "Baku"})),
        ({"kind": "typed", "text": "Baku"}, TypedResponse(kind="typed", text="Baku")),
        ({"kind": "date", "text": "1920"}, DateResponse(kind="date", text="1920")),
        ({"kind": "flashcard", "rating": "easy"}, FlashcardResponse(kind="flashcard", rating="easy")),
    ],
)
def test_a_response_survives_storing(data: dict[str, object], response: Response) -> None:
    assert parse_response(data) == response
    assert parse_response(response.model_dump(mode="json")) == response


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"kind": "essay", "text": "…"},
        {"kind": "typed", "text": "x" * 1001},
        {"kind": "date", "text": "x" * 1001},
        {"kind": "cloze", "gaps": {"city": "x" * 1001}},
        {"kind": "cloze", "gaps": {str(number): "" for number in range(21)}},
        {"kind": "choice", "picked": -1},
        {"kind": "flashcard"},
        {"kind": "flashcard", "rating": "perfect"},
        {"kind": "typed", "text": "Baku", "grade": 1},
    ],
)
def test_a_response_that_is_refused(data: object) -> None:
    with pytest.raises(ValidationError):
        parse_response(data)


@given(typed_text, st.sampled_from(["year", "month", "day", "time"]))
def test_no_text_is_too_odd_to_grade(text: str, precision: str) -> None:
    assert 0 <= date("1920-04-27T16:00", precision).grade(dated(text)).fraction <= 1
    assert 0 <= TYPED.grade(TypedResponse(kind="typed", text=text)).fraction <= 1
    assert 0 <= CLOZE.grade(ClozeResponse(kind="cloze", gaps={"city": text})).fraction <= 1


@given(
    st.datetimes(min_value=datetime(100, 1, 1)),
    st.sampled_from([("year", 4), ("month", 7), ("day", 10), ("time", 16)]),
)
def test_the_key_of_a_date_is_right(moment: datetime, asked: tuple[str, int]) -> None:
    precision, length = asked
    for answer in (moment.isoformat()[:length], moment.isoformat()[:16]):
        found = date(answer, precision).grade(dated(answer))
        assert found.verdict is Verdict.RIGHT
        assert date(answer, precision).grade(dated(found.key)).verdict is Verdict.RIGHT


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=40))
def test_the_key_of_a_typed_answer_is_right(answer: str) -> None:
    asked = question("typed", answer=answer)
    assert isinstance(asked, Typed)
    assert asked.grade(TypedResponse(kind="typed", text=answer)).verdict is Verdict.RIGHT


@pytest.mark.parametrize("kind", [Choice, Cloze, Date, Flashcard, TrueFalse, Typed])
def test_every_kind_of_question_is_tried_above(kind: type) -> None:
    assert any(isinstance(asked, kind) for asked in (CHOICE, CLOZE, DAY, FLASHCARD, TRUE, TYPED))
