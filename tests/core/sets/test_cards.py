"""What is made from the cards of a set."""

from typing import Any

import pytest

from quizapp.core.kinds import parse_question
from quizapp.core.sets.cards import Card, find_card, make_choice, make_questions, make_reverse, make_typed
from quizapp.core.sets.schema import CardSettings

PICTURE = {"digest": "0" * 64, "width": 10, "height": 10, "alt": "a flag"}
ALL = CardSettings(both_directions=True, typed=True, choices=True)


def card(front: str, back: str, kind: str = "flashcard", **fields: Any) -> Card:
    question = parse_question({"key": "q", "kind": kind, "prompt": front, "answer": back, **fields})
    return Card(front, question)


ANIMALS = [card("dog", "Hund"), card("cat", "Katze"), card("mouse", "Maus"), card("bird", "Vogel")]


def made(cards: list[Card], settings: CardSettings = ALL, **kinds: frozenset[str]) -> dict[str, dict[str, Any]]:
    return {each.front: questions for each, questions in make_questions(cards, settings, kinds)}


def test_it_works() -> None:
    questions = made(ANIMALS)["dog"]
    assert {name: (q.kind, q.prompt, q.right_answer) for name, q in questions.items()} == {
        "typed": ("typed", "dog", "Hund"),
        "choice": ("choice", "dog", "Hund"),
        "reverse": ("typed", "Hund", "dog"),
        "reverse-choice": ("choice", "Hund", "dog"),
    }
    assert {wrong.text for wrong in questions["choice"].distractors} == {"Katze", "Maus", "Vogel"}
    assert {wrong.text for wrong in questions["reverse-choice"].distractors} == {"cat", "mouse", "bird"}


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, set()),
        ({"both_directions": True}, {"reverse"}),
        ({"choices": True}, {"choice"}),
        ({"typed": True}, {"typed"}),
        ({"both_directions": True, "choices": True}, {"reverse", "choice", "reverse-choice"}),
    ],
)
def test_each_setting_makes_its_own(settings: dict[str, bool], names: set[str]) -> None:
    assert all(set(questions) == names for questions in made(ANIMALS, CardSettings(**settings)).values())


def test_nothing_is_made_that_an_author_wrote() -> None:
    assert set(made(ANIMALS, dog=frozenset({"flashcard", "choice", "typed"}))["dog"]) == {"reverse", "reverse-choice"}


@pytest.mark.parametrize("back", ["one two three four five six seven", "x" * 61, "a *b*", "- a\n- b", "`x`", "[a](b)"])
def test_long_or_formatted_answers_are_not_typed(back: str) -> None:
    assert make_typed(card("front", back)) is None


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        (card("dog", "Hund"), {}),
        (card("front", "Köter", "typed", accept=["Hund"]), {}),
        (card("cat", "katze"), {}),
    ],
)
def test_what_is_right_too_is_no_wrong_choice(other: Card, fields: dict[str, Any]) -> None:
    others = [card("dog", "Köter"), card("hound", "HUND"), card("cat", "Katze"), card("a", "b"), card("c", "d")]
    question = make_choice(other, others)
    shown = [] if question is None else [wrong.text for wrong in question.distractors]  # type: ignore[union-attr]
    assert other.back not in shown
    if other.front == "dog":
        assert question is not None
        assert shown == ["Katze", "b", "d"]


def test_a_choice_needs_three_others_that_fit() -> None:
    assert make_choice(ANIMALS[0], ANIMALS[1:3]) is None
    assert make_choice(ANIMALS[0], [*ANIMALS[1:3], card("list", "- a\n- b")]) is None
    assert make_choice(card("front", "a\n\nb"), ANIMALS) is None


def test_a_card_with_a_picture_keeps_it_and_has_one_direction() -> None:
    flag = card("Which country?", "Georgia", picture=PICTURE)
    assert make_reverse(flag, typed=True) is None
    assert make_choice(flag, ANIMALS, is_reversed=True) is None
    for question in (make_typed(flag), make_choice(flag, ANIMALS)):
        assert question is not None
        assert question.picture is not None


def test_all_cards_with_the_same_back_are_right_when_it_is_asked() -> None:
    cards = [card("hound", "Hund"), *ANIMALS]
    question = made(cards)["dog"]["reverse"]
    assert question.accept == ["hound"]
    assert "hound" not in [wrong.text for wrong in made(cards)["dog"]["reverse-choice"].distractors]


def test_a_question_is_not_typed_backwards() -> None:
    reverse = make_reverse(card("Who won?", "Nobody"), typed=True)
    assert reverse is not None
    assert reverse.kind == "flashcard"


def test_answers_of_the_same_kind_and_length_are_offered_first() -> None:
    dates = [card(f"Event {year}", str(year), "date", precision="year") for year in range(1900, 1904)]
    long = [card(f"Term {number}", f"a long definition of the term with the number {number}") for number in range(4)]
    questions = made([*ANIMALS, *dates, *long])
    assert {wrong.text for wrong in questions["Event 1900"]["choice"].distractors} == {"1901", "1902", "1903"}
    assert all(len(wrong.text) > 20 for wrong in questions["Term 0"]["choice"].distractors)


def test_a_new_card_changes_only_its_neighbours() -> None:
    cards = [card(f"front {number}", f"answer {number}") for number in range(10, 60)]
    before, after = made(cards), made([*cards, card("front 60", "answer 60")])
    changed = [front for front in before if before[front] != after[front]]
    assert len(changed) <= 3


def test_the_card_of_a_fact_is_its_first_question_with_two_sides() -> None:
    choice = parse_question({"key": "c", "kind": "true_false", "prompt": "Is it?", "answer": True})
    assert find_card("fact", [choice]) is None
    found = find_card("fact", [choice, ANIMALS[0].question])
    assert found is not None
    assert found.back == "Hund"
