"""Gaps of a cloze that are chosen: how they are written in a set, and what is poor in them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from quizapp.core.kinds.cloze import Cloze
from quizapp.core.sets.files import check_set, read_set

LAKES = Path(__file__).parents[2] / "data" / "lakes"
FILE = "facts/c.yaml"
CLOZE = """\
- key: lake-fished
  topic: shores
  statement: The lake is fished with nets.
  questions:
    - key: fished-cloze
      kind: cloze
      prompt: What is used there?
      text: It is fished with {{tool}}, and an {{creature}} warns of storms.
      gaps:
        tool:
          answer: nets
          distractors:
            - {text: lines, why_not: They serve in the river.}
            - {text: spears, why_not: They went out of use.}
        creature:
          answer: otter
          distractors:
            - {text: eagle, why_not: It fears no storm.}
            - {text: ibis, why_not: It left long ago.}
      explanation: The otter knows the wind.
"""
RECALLED = """\
    - key: fished-typed
      kind: typed
      prompt: Which tool fills the boats at dusk?
      answer: nets
      accept: [seines]
      explanation: The boats go out at dusk.
"""
FACT = CLOZE + RECALLED

Check = Callable[[str], list[str]]


@pytest.fixture
def lakes(tmp_path: Path) -> Path:
    """A set in which nothing is wrong or poor."""
    shutil.copytree(LAKES, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def check(lakes: Path) -> Check:
    """What is found poor in the set with one more file of facts; the set must still be one that loads."""

    def check(facts: str) -> list[str]:
        (lakes / FILE).write_text(facts, encoding="utf-8")
        found = check_set(lakes)
        assert found.question_set, found.problems
        return list(map(str, found.findings))

    return check


def changed(good: str, other: str) -> str:
    assert FACT.count(good) == 1
    return FACT.replace(good, other)


def test_it_works(check: Check) -> None:
    assert check(FACT) == []


def test_a_chosen_and_a_typed_gap_may_stand_in_one_sentence(check: Check, lakes: Path) -> None:
    mixed = FACT.replace(
        FACT[FACT.index("          answer: otter") : FACT.index("      expl")], "          answer: otter\n"
    )
    judged = "    - {key: fished-tf, kind: true_false, prompt: It is deep., answer: true, explanation: Far down.}\n"
    assert check(mixed + judged) == []
    question_set, _ = read_set(lakes)
    assert question_set
    cloze = question_set.facts[-1].questions[0]
    assert isinstance(cloze, Cloze)
    assert {name: bool(gap.distractors) for name, gap in cloze.gaps.items()} == {"tool": True, "creature": False}


@pytest.mark.parametrize(
    ("good", "poor", "found"),
    [
        ("text: lines", "text: netts", "13: “nets” and “netts” are almost the same. Change one."),
        ("text: ibis", "text: eagel", "19: “eagle” and “eagel” are almost the same. Change one."),
        (
            "text: lines",
            "text: seines",
            "13: “seines” is wrong here, but “fished-typed” accepts it. Change one of them.",
        ),
        ("They serve in the river.", "Not lines.", "13: This only repeats “lines”. Say why it is wrong."),
        (
            "It left long ago.",
            "It fears no storm!",
            "19: This has the same reason as “eagle”. Say what is wrong with this choice.",
        ),
        (
            "text: lines",
            "text: storms",
            "13: “storms” is already in the question, so nobody will choose it. Write another.",
        ),
        ("text: ibis", "text: heron", "19: “heron” does not fit the “an” before the gap. Write one that does."),
    ],
)
def test_poor_choices_are_found(check: Check, good: str, poor: str, found: str) -> None:
    assert check(changed(good, poor)) == [f"{FILE}:{found}"]


@pytest.mark.parametrize(
    ("good", "other"),
    [
        ("text: lines", "text: fishing rods"),
        ("an {{creature}}", "an old {{creature}}"),
        ("why_not: It left long ago.", "why_not: The ibis left long ago."),
        ("text: ibis", "text: ape that left"),
    ],
)
def test_good_choices_are_let_pass(check: Check, good: str, other: str) -> None:
    assert check(changed(good, other)) == []


def test_choosing_is_recognising_and_asks_for_no_recall(check: Check) -> None:
    assert check(CLOZE) == [
        f"{FILE}:1: No question lets learners recall the fact. Add one of these kinds: cloze, date, flashcard, number, "
        "typed."
    ]


def test_a_sentence_may_be_chosen_for_first_and_typed_into_later(check: Check) -> None:
    typed = """\
    - key: fished-gaps
      kind: cloze
      prompt: What is used there?
      text: It is fished with {{tool}}, and an {{creature}} warns of storms.
      gaps: {tool: {answer: nets}, creature: {answer: otter}}
      explanation: The otter knows the wind.
"""
    assert check(FACT + typed) == []
    chosen_again = CLOZE[CLOZE.index("    - key") :].replace("fished-cloze", "fished-again")
    asks_the_same = f"“fished-cloze” ({FILE}:7) already asks this. Ask about something else."
    assert check(FACT + chosen_again) == [f"{FILE}:29: {asks_the_same}"]


def test_a_key_given_away_by_its_length_counts_in_a_gap_as_elsewhere(check: Check) -> None:
    """The set has one choice question, whose key is not the longest."""
    gap = (
        "    - {key: q-NUMBER, kind: cloze, prompt: Beast NUMBER., text: 'NUMBER is {{name}}.', explanation: Seen., "
        "gaps: {name: {answer: KEY, distractors: [{text: OTHER, why_not: It flew.}, {text: Owl, why_not: It sat.}]}}}\n"
    )

    def gaps(longest: int) -> str:
        pairs = [("Heron", "Ibis")] * longest + [("Otter", "Beaver")] * (19 - longest)
        return "".join(
            gap.replace("NUMBER", str(n)).replace("KEY", key).replace("OTHER", other)
            for n, (key, other) in enumerate(pairs)
        )

    fact = CLOZE[: CLOZE.index("    - key")]
    assert check(fact + gaps(8) + RECALLED) == []
    (found,) = check(fact + gaps(9) + RECALLED)
    assert found.startswith("set.yaml:1: The answer is the longest option in 9 of 20 choice questions (45%")
    assert f"{FILE}:5" in found


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("text: ibis", "text: Otter", "15: Two choices have the same text."),
        ("text: ibis", "text: the otter", "19: The wrong choice “the otter” says the same as the answer"),
        (
            "answer: otter",
            "answer: otter\n          accept: [beaver]",
            "15: The answer to a gap with wrong choices is chosen, not typed",
        ),
        (
            "            - {text: ibis, why_not: It left long ago.}\n",
            "",
            "15: A gap with a list needs two or more wrong choices; there is 1.",
        ),
        ("why_not: It fears no storm.", "whynot: So.", "18: There is no field “whynot” here. Did you mean “why_not”?"),
        ("why_not: It left long ago.", "misconception: Two words", "19: “Two words” is not a key"),
        (
            "an {{creature}} warns",
            "an {{creature}}, not the otter, warns",
            "8: The text gives away the answer to the gap “creat",
        ),
    ],
)
def test_what_cannot_be_read_is_shown_with_its_line(lakes: Path, good: str, bad: str, problem: str) -> None:
    (lakes / FILE).write_text(changed(good, bad), encoding="utf-8")
    question_set, problems = read_set(lakes)
    assert question_set is None
    assert any(str(found).startswith(f"{FILE}:{problem}") for found in problems), problems
