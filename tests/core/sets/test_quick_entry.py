"""Quick entry: what becomes of a line, and what an author is told of one that cannot be a question."""

import pytest

from quizapp.core.authoring import key_for, read_edtf
from quizapp.core.kinds import parse_question
from quizapp.core.sets.quick_entry import CARDS, MOST, read


def test_it_works() -> None:
    drafts = read("Who led it?\tFatali Khan Khoyski\n\nWhen?\t28 May 1918\n")
    assert [(draft.line, draft.problem) for draft in drafts] == [(1, None), (3, None)]
    first, second = (draft.question for draft in drafts)
    assert first is not None
    assert second is not None
    assert (first.kind, first.prompt, first.answer) == ("typed", "Who led it?", "Fatali Khan Khoyski")
    assert (second.kind, second.answer, second.precision) == ("date", "1918-05-28", "day")


@pytest.mark.parametrize("between", ["\t", "  ", "     ", " | ", " \t "])
def test_what_stands_between_question_and_answer(between: str) -> None:
    (draft,) = read(f"Who led it?{between}Khoyski")
    assert draft.question is not None
    assert (draft.question.prompt, draft.question.answer) == ("Who led it?", "Khoyski")


@pytest.mark.parametrize("line", ["Who led it - Khoyski", "Who led it: Khoyski", "Who led it, and when?"])
def test_a_dash_separates_nothing(line: str) -> None:
    (draft,) = read(line)
    assert draft.question is None
    assert "no answer" in (draft.problem or "")


@pytest.mark.parametrize(
    ("line", "sides"),
    [
        ("dog - Hund", ("dog", "Hund")),
        ("dog – Hund - Tier", ("dog", "Hund - Tier")),
        ("dog: Hund", ("dog", "Hund")),
        ("dog = Hund", ("dog", "Hund")),
        ("dog\tHund: Tier", ("dog", "Hund: Tier")),
        ("well-known - bekannt", ("well-known", "bekannt")),
        ("Who won? Nobody", ("Who won?", "Nobody")),
        ("Who won - and when? - Nobody", ("Who won - and when?", "Nobody")),
        ("http://example.org", None),
        (" - Hund", None),
    ],
)
def test_cards_are_read_loosely(line: str, sides: tuple[str, str] | None) -> None:
    (draft,) = read(line, kind=CARDS, loosely=True)
    assert (draft.question and (draft.question.prompt, draft.question.right_answer)) == sides


@pytest.mark.parametrize(
    ("answer", "kind", "stored"),
    [
        ("Khoyski", "typed", "Khoyski"),
        ("the Party of Equality", "typed", "the Party of Equality"),
        ("Because the army stood far away in Karabakh then", "flashcard", None),
        ("27 April 1920", "date", "1920-04-27"),
        ("April 1920", "date", "1920-04"),
        ("1918", "date", "1918"),
        ("27 апреля 1920 года", "date", "1920-04-27"),
        ("27 April 1920, 23:00", "date", "1920-04-27T23:00"),
        ("27 April", "typed", "27 April"),  # without its year it is no point in time
        ("23:00", "typed", "23:00"),
        ("5,000 men", "number", "5000"),
        ("300", "number", "300"),
        ("-7.5", "number", "-7.5"),
        ("7.5", "number", "7.5"),
        ("summer 1919", "typed", "summer 1919"),  # a date question asks for a year, a month or a day
        ("2 million", "number", "2000000"),
        ("−5", "number", "-5"),
        ("3.142", "number", "3.142"),
        ("3 m", "number", "3"),
        ("5 min", "number", "5"),
        ("11th Army", "typed", "11th Army"),
        ("3 May and 4 May", "typed", "3 May and 4 May"),
        ("true", "true_false", True),
        ("False", "true_false", False),
    ],
)
def test_the_answer_decides_the_kind(answer: str, kind: str, stored: object) -> None:
    (draft,) = read(f"Question?\t{answer}")
    assert draft.question is not None, draft.problem
    assert draft.question.kind == kind
    assert draft.question.answer == (answer if stored is None else stored)


def test_a_figure_keeps_its_unit() -> None:
    (draft,) = read("How many?\t5,000 men")
    assert draft.question is not None
    assert draft.question.unit == "men"


def test_more_columns_are_wrong_choices() -> None:
    (draft,) = read("Which city?\tGanja\tBaku\tTiflis")
    assert draft.question is not None
    assert draft.question.kind == "choice"
    assert draft.question.answer == "Ganja"
    assert [wrong.text for wrong in draft.question.distractors] == ["Baku", "Tiflis"]


def test_the_author_may_choose_the_kind() -> None:
    (draft,) = read("When?\t1918", kind="flashcard")
    assert draft.question is not None
    assert draft.question.kind == "flashcard"


@pytest.mark.parametrize(
    ("line", "kind", "problem"),
    [
        ("Which?\tBaku\tBaku", "auto", "same text"),
        ("When?\tyesterday", "date", "not a date"),
        ("How many?\tmany", "number", "not a number"),
        ("Is it?\tperhaps", "true_false", "true or false"),
        ("Which?\tBaku", "choice", "no wrong choice"),
        ("Which?\tBaku\tGanja", "typed", "make it a choice question"),
        ("Which?\tBaku\u202e", "auto", "can’t be seen"),
        ("W" * 4001 + "\tx", "auto", "too long"),
    ],
)
def test_a_problem_is_shown_in_words(line: str, kind: str, problem: str) -> None:
    (draft,) = read(line, kind=kind)
    assert draft.question is None
    assert problem in (draft.problem or "")


def test_aiken_is_known_by_its_answers() -> None:
    drafts = read("Which city?\nA. Baku\nB. Ganja\nANSWER: B\n\nWho?\nA. He\nB. She\n")
    assert drafts[0].question is not None
    assert drafts[0].question.answer == "Ganja"
    assert (drafts[1].line, drafts[1].question) == (6, None)
    assert "ANSWER" in (drafts[1].problem or "")


def test_too_many_lines_are_refused_together() -> None:
    drafts = read("Q?\tA\n" * (MOST + 1))
    assert len(drafts) == 1
    assert str(MOST) in (drafts[0].problem or "")


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ({"kind": "typed", "prompt": "Who led it?", "answer": "Khoyski"}, "Who led it? Khoyski"),
        ({"kind": "flashcard", "prompt": "Its leader", "answer": "Khoyski"}, "Its leader: Khoyski"),
        ({"kind": "true_false", "prompt": "Baku fell.", "answer": True}, "Baku fell."),
        ({"kind": "true_false", "prompt": "Baku fell.", "answer": False}, "Not true: Baku fell."),
        ({"kind": "date", "prompt": "When?", "answer": "1920-04-27", "precision": "day"}, "When? 27 April 1920"),
        ({"kind": "number", "prompt": "How many?", "answer": "5000", "unit": "men"}, "How many? 5,000 men"),
        (
            {"kind": "cloze", "prompt": "Fill.", "text": "It fell in {{month}}.", "gaps": {"month": {"answer": "May"}}},
            "It fell in May.",
        ),
        ({"kind": "ordering", "prompt": "Order:", "items": ["a", ["b", "c"]]}, "Order: a → b / c"),
        (
            {"kind": "matching", "prompt": "Pair", "pairs": [{"left": "a", "right": "b"}, {"left": "c", "right": "d"}]},
            "Pair: a – b; c – d",
        ),
    ],
)  # fmt: skip
def test_a_question_says_its_fact(question: dict[str, object], statement: str) -> None:
    assert parse_question({"key": "k", **question}).statement == statement


def test_the_statement_of_the_longest_question_can_be_stored() -> None:
    longest = parse_question({"key": "k", "kind": "flashcard", "prompt": "p" * 4000, "answer": "a" * 4000})
    assert len(longest.statement) <= 4000


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Əliyev’s Şəki", "eliyevs-seki"),
        ("28 мая 1918", "28-maya-1918"),
        ("…", "fact"),
        ("the-fall", "the-fall-2"),
        ("a " * 100, "a" + "-a" * 29),
    ],
)
def test_a_key_is_made_of_any_text(text: str, key: str) -> None:
    assert key_for(text, {"the-fall"}) == key


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("27 April 1920", "1920-04-27"),
        ("1920~", "1920~"),
        ("1919/1920", "1919/1920"),
        ("April 1920", "1920-04"),
        ("summer 1919", "1919-22"),
    ],
)
def test_a_date_is_understood_in_words_and_in_edtf(typed: str, edtf: str) -> None:
    assert read_edtf(typed) == edtf


@pytest.mark.parametrize("typed", ["27 April", "soon", "1920-13", "23:00"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_edtf(typed)
