"""Answers carried over to a later version of their question: by the text, of every kind, and never worse for it."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.kinds import Question, Response, carry_over, parse_question, parse_response

RIVERS = ["Ob", "Don", "Po", "Ili", "Kura"]


def question(kind: str, **body: Any) -> Question:
    return parse_question({"kind": kind, "key": "q", "prompt": "Which?", **body})


def wrong(*texts: str) -> list[dict[str, str]]:
    return [{"text": text} for text in texts]


def response(kind: str, **body: Any) -> Response:
    return parse_response({"kind": kind, **body})


def choice(answer: str, *others: str) -> Question:
    return question("choice", answer=answer, distractors=wrong(*others))


def matching(*pairs: str, extra: tuple[str, ...] = ()) -> Question:
    split = [pair.split("-") for pair in pairs]
    return question("matching", pairs=[{"left": left, "right": right} for left, right in split], extra=list(extra))


def cloze(**gaps: Any) -> Question:
    return question("cloze", text=" and ".join(f"{{{{{name}}}}}" for name in gaps), gaps=gaps)


def credit(old: Question, given: Response, new: Question) -> float | None:
    carried = carry_over(old, given, new)
    return None if carried is None else new.grade(carried).fraction


PICKED_DON = response("choice", picked=1)
BOTH = response("multiple", picked=[0, 1])


@pytest.mark.parametrize(
    ("old", "given_", "new", "fraction"),
    [
        # The key was the wrong one: who picked the right one gets the mark, and the others lose it.
        (choice("Ob", "Don", "Po"), PICKED_DON, choice("Don", "Po", "Ob"), 1.0),
        (choice("Ob", "Don", "Po"), response("choice", picked=0), choice("Don", "Po", "Ob"), 0.0),
        (choice("Ob", "Don", "Po"), PICKED_DON, choice("Ob", "Po", "don"), 0.0),
        (choice("Ob", "Don", "Po"), PICKED_DON, choice("Ob", "Po"), None),
        (choice("Ob", "Don", "Po"), response("choice"), choice("Ili", "Po"), 0.0),
        (choice("Ob", "Don"), PICKED_DON, question("typed", answer="Don"), None),
        (question("true_false", answer=True), response("true_false", picked=False),
         question("true_false", answer=False), 1.0),
        (question("multiple", answers=["Ob", "Don"], distractors=wrong("Po")), BOTH,
         question("multiple", answers=["Don", "Po"], distractors=wrong("Ob")), 0.0),
        (question("multiple", answers=["Ob", "Don"], distractors=wrong("Po")), BOTH,
         question("multiple", answers=["Don", "Ob"], distractors=wrong("Po")), 1.0),
        (question("multiple", answers=["Ob", "Don"], distractors=wrong("Po")), BOTH,
         question("multiple", answers=["Don", "Ob", "Ili"], distractors=wrong("Po")), None),
        (question("ordering", items=["Ob", "Don", "Po"]), response("ordering", places=[3, 1, 2]),
         question("ordering", items=["Don", "Po", "Ob"]), 1.0),
        (question("ordering", items=["Ob", "Don", "Po"]), response("ordering", places=[1]),
         question("ordering", items=["Ob", "Don", "Ili"]), None),
        (matching("Ob-Asia", "Po-Europe"), response("matching", targets=[1, 0]), matching("Po-Asia", "Ob-Europe"), 1.0),
        (matching("Ob-Asia", "Po-Europe", "Don-Russia"), response("matching", targets=[0, 1]),
         matching("Ob-Asia", "Po-Europe"), 1.0),
        (cloze(one={"answer": "Ob"}), response("cloze", gaps={"one": "Don"}), cloze(one={"answer": "Don"}), 1.0),
        (cloze(one={"answer": "Ob"}), response("cloze", gaps={"one": "Don"}), cloze(other={"answer": "Don"}), None),
        (cloze(one={"answer": "Ob"}), response("cloze", gaps={"one": "Nile"}),
         cloze(one={"answer": "Ob", "distractors": wrong("Don", "Po")}), None),
        (question("typed", answer="Ob"), response("typed", text="Irtysh"),
         question("typed", answer="Ob", accept=["Irtysh"]), 1.0),
        (question("number", answer="12"), response("number", text="13"),
         question("number", answer="12", tolerance="1"), 1.0),
        (question("date", answer="1905", precision="year"), response("date", text="1906"),
         question("date", answer="1906", precision="year"), 1.0),
    ],
)  # fmt: skip
def test_it_is_marked_by_what_was_answered(
    old: Question, given_: Response, new: Question, fraction: float | None
) -> None:
    assert credit(old, given_, new) == fraction


def test_a_pair_taken_out_leaves_the_others() -> None:
    old = matching("Ob-Asia", "Po-Europe", "Don-Europe", extra=("Africa",))
    carried = carry_over(old, response("matching", targets=[0, 2, 1]), matching("Don-Europe", "Ob-Asia"))
    assert carried is not None
    assert matching("Don-Europe", "Ob-Asia").grade(carried).fraction == 1.0


@st.composite
def answered(draw: st.DrawFn) -> tuple[Question, Response]:
    """A question of any kind, and an answer to it."""
    texts = draw(st.permutations(RIVERS))
    some = st.lists(st.integers(0, 4), unique=True, max_size=5)
    maybe = st.none() | st.integers(0, 4)
    match draw(st.sampled_from(["choice", "multiple", "ordering", "matching", "cloze", "typed", "true_false"])):
        case "choice":
            return choice(*texts), response("choice", picked=draw(maybe))
        case "multiple":
            return (
                question("multiple", answers=texts[:2], distractors=wrong(*texts[2:])),
                response("multiple", picked=draw(some)),
            )
        case "ordering":
            places = draw(st.lists(st.none() | st.integers(1, 5), max_size=5))
            return question("ordering", items=texts), response("ordering", places=places)
        case "matching":
            targets = draw(st.lists(maybe, max_size=4))
            pairs = [f"{left}-{right}" for left, right in zip(texts[:4], "ABCD", strict=True)]
            return matching(*pairs, extra=("E",)), response("matching", targets=targets)
        case "cloze":
            gap = {"answer": texts[0], "distractors": wrong(*texts[1:])}
            gaps = {"one": draw(st.sampled_from(["", *texts])), "other": draw(st.text(max_size=5))}
            return cloze(one=gap, other={"answer": "Volga"}), response("cloze", gaps=gaps)
        case "true_false":
            return question("true_false", answer=True), response("true_false", picked=draw(st.none() | st.booleans()))
        case _:
            return question("typed", answer=texts[0]), response("typed", text=draw(st.text(max_size=9)))


def moved(asked: Question, seed: int) -> Question:
    """The question with its choices written down in another order."""
    body, dice = asked.model_dump(mode="json"), Random(seed)
    for name in ("distractors", "answers", "pairs", "extra"):
        if name in body:
            dice.shuffle(body[name])
    for gap in body.get("gaps", {}).values():
        dice.shuffle(gap["distractors"])
    return parse_question(body)


@given(answered(), st.integers(0, 99))
def test_choices_moved_about_change_no_mark(case: tuple[Question, Response], seed: int) -> None:
    asked, given_ = case
    new = moved(asked, seed)
    carried = carry_over(asked, given_, new)
    assert carried is not None
    assert new.grade(carried).fraction == asked.grade(given_).fraction
    assert sorted(new.describe_answer(carried).split("; ")) == sorted(asked.describe_answer(given_).split("; "))


@given(answered(), answered())
def test_whatever_the_new_version_is_it_can_be_marked_by_or_is_refused(
    case: tuple[Question, Response], other: tuple[Question, Response]
) -> None:
    carried = carry_over(*case, other[0])
    assert carried is None or 0 <= other[0].grade(carried).fraction <= 1
