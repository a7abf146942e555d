"""The schema of a question: gaps typed and chosen, how much a question asks of memory, what a guess is worth."""

import pytest
from pydantic import ValidationError

from quizapp.core.kinds import KINDS, Question, parse_question
from quizapp.core.kinds.base import Stage
from quizapp.core.kinds.cloze import Cloze

EAST = {
    "answer": "east",
    "distractors": [{"text": "west", "why_not": "The Rhine."}, {"text": "north", "why_not": "Elbe."}],
}
SEA = {
    "answer": "Black Sea",
    "distractors": [{"text": t, "why_not": f"Not {t}."} for t in ("Baltic", "Adriatic", "Aral")],
}
VIENNA = {"answer": "Vienna", "accept": ["Wien"]}


def question(kind: str, **fields: object) -> Question:
    return parse_question({"key": "q", "prompt": "Which?", "explanation": "Because.", "kind": kind, **fields})


def cloze(**gaps: object) -> Cloze:
    found = question("cloze", text=" and ".join(f"{{{{{name}}}}}" for name in gaps), gaps=gaps)
    assert isinstance(found, Cloze)
    return found


def test_a_gap_is_typed_into_or_chosen_for() -> None:
    asked = cloze(direction=EAST, capital=VIENNA, sea=SEA)
    assert asked.gaps["direction"].options == ["east", "west", "north"]
    assert asked.gaps["capital"].options == []
    assert asked.options == ["east", "west", "north", "Black Sea", "Baltic", "Adriatic", "Aral"]
    assert asked.option_ranges == {"direction": range(0, 3), "capital": range(3, 3), "sea": range(3, 7)}


def test_options_stand_in_the_order_of_the_text_whatever_the_order_of_the_gaps() -> None:
    asked = question("cloze", text="{{sea}} {{direction}}", gaps={"direction": EAST, "sea": SEA})
    assert isinstance(asked, Cloze)
    assert asked.option_ranges == {"sea": range(0, 4), "direction": range(4, 7)}


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (EAST | {"accept": ["eastwards"]}, "chosen, not typed"),
        (EAST | {"spellings_of": ["east"]}, "chosen, not typed"),
        (EAST | {"reject": ["west"]}, "chosen, not typed"),
        (EAST | {"distractors": EAST["distractors"][:1]}, "two distractors or more"),
        (EAST | {"answer": "West"}, "two choices have the same text"),
        (EAST | {"distractors": SEA["distractors"] * 3}, "at most 7"),
        (EAST | {"distractors": [{"text": "west"}, {"why_not": "It is cold."}]}, "text"),
    ],
)
def test_a_gap_that_is_neither_is_refused(gap: object, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        cloze(direction=gap)


@pytest.mark.parametrize(
    ("asked", "stage", "chance"),
    [
        (cloze(direction=EAST), Stage.RECOGNISE, 1 / 3),
        (cloze(direction=EAST, sea=SEA), Stage.RECOGNISE, 1 / 12),
        (cloze(direction=EAST, capital=VIENNA), Stage.COMPLETE, 0),  # a typed gap cannot be guessed
        (cloze(capital=VIENNA), Stage.COMPLETE, 0),
        (question("true_false", answer=True), Stage.RECOGNISE, 1 / 2),
        (question("typed", answer="a"), Stage.RECALL, 0),
    ],
)
def test_what_is_only_chosen_is_recognised_and_may_be_guessed(asked: Question, stage: Stage, chance: float) -> None:
    assert asked.stage is stage
    assert asked.guess_chance == pytest.approx(chance)


def test_a_question_survives_storing() -> None:
    asked = cloze(direction=EAST, capital=VIENNA)
    assert parse_question(asked.model_dump(mode="json")) == asked


@pytest.mark.parametrize(
    ("fields", "key", "leeway"),
    [
        ({"answer": 5000, "unit": "men"}, "5,000 men", None),
        ({"answer": "4806", "tolerance": 1000, "unit": "metres"}, "4,806 metres", "1,000 metres"),
        ({"answer": "0.5", "tolerance": "0.0"}, "0.5", None),
    ],
)
def test_a_figure_and_its_leeway_are_written_to_be_read(
    fields: dict[str, object], key: str, leeway: str | None
) -> None:
    asked = question("number", **fields)
    assert (asked.right_answer, asked.shown_tolerance) == (key, leeway)  # type: ignore[union-attr]


def test_every_kind_has_its_stage() -> None:
    assert len(KINDS) == 10
    example = {
        "flashcard": {"answer": "a"},
        "choice": {"answer": "a", "distractors": SEA["distractors"]},
        "multiple": {"answers": ["a", "b"], "distractors": SEA["distractors"]},
        "true_false": {"answer": True},
        "cloze": {"text": "{{x}}", "gaps": {"x": VIENNA}},
        "typed": VIENNA,
        "date": {"answer": "1920", "precision": "year"},
        "number": {"answer": 1},
        "ordering": {"items": ["a", "b", "c"]},
        "matching": {"pairs": [{"left": "a", "right": "b"}, {"left": "c", "right": "d"}]},
    }
    assert {kind: question(kind, **example[kind]).stage.name for kind in KINDS} == {
        "choice": "RECOGNISE",
        "true_false": "RECOGNISE",
        "matching": "RECOGNISE",
        "multiple": "COMPLETE",
        "ordering": "COMPLETE",
        "cloze": "COMPLETE",
        "typed": "RECALL",
        "date": "RECALL",
        "number": "RECALL",
        "flashcard": "RECALL",
    }
