"""Advice on the style of a set: each rule of the built-in set, broken once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quizapp.core.sets.files import check_set

DATA = Path(__file__).parents[2] / "data" / "lakes"
FILES = {path.relative_to(DATA).as_posix(): path.read_text(encoding="utf-8") for path in DATA.rglob("*.yaml")}
A, SET = "facts/a.yaml", "set.yaml"

Advise = Callable[..., list[str]]

SENTENCE = ("Whoever knows a lake can drain it.", "Whoever knows a lake can drain it (passage 1, sentence 2).")
STATEMENT = "Speke reached the eastern lake in 1858."
REACHED = "  date: 1858-08-03\n"
CONTESTED = "The caution says that this is contested. Say whose view it is, as in “According to …”."
CAUTION = (REACHED, f"{REACHED}  caution: Contested. Burton thought otherwise.\n")
JUDGED = (
    "    - key: reached-date",
    "    - {key: reached-tf, kind: true_false, prompt: A tall man came., answer: true, explanation: All say so.}\n"
    "    - key: reached-date",
)


@pytest.fixture
def advise(tmp_path: Path) -> Advise:
    """Return the advice on the good set with some texts of a file replaced; it must still be one that loads."""

    def advise(*edits: tuple[str, str], file: str = A) -> list[str]:
        for name, text in FILES.items():
            for old, new in edits if name == file else ():
                assert text.count(old) == 1, old
                text = text.replace(old, new)
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        found = check_set(tmp_path)
        assert found.question_set, found.problems
        return [str(advice) for advice in found.advice]

    return advise


def test_it_works(advise: Advise) -> None:
    assert advise(SENTENCE) == []


LONG = " ".join(["Speke", *["far"] * 24, "away."])

BROKEN = [
    ((STATEMENT, LONG), "3: The statement has 26 words. Keep it to one idea, in at most 25 words."),
    ((STATEMENT, "He came."), "3: The statement begins with “He”. Say who or what, so that it makes sense on its own."),
    (
        (STATEMENT, "The same man came."),
        "3: The statement begins with “The same”. Say who or what, so that it makes sense on its own.",
    ),
    (CAUTION, f"3: {CONTESTED}"),
    (
        ("(passage 1, sentence 2)", "(passage 4, sentence 2)"),
        "8: Passage 4 belongs to neither fact. Choose one that belongs to either.",
    ),
    (
        ("(passage 1, sentence 2)", "(see the passage)"),
        "8: End with a reference to the sentence it is based on, as in “(passage 6, sentence 7)”.",
    ),
]


@pytest.mark.parametrize(("edit", "expected"), BROKEN)
def test_a_broken_rule_is_found_at_its_line(advise: Advise, edit: tuple[str, str], expected: str) -> None:
    assert advise(SENTENCE, edit) == [f"{A}:{expected}"]


def test_a_contested_fact_names_whose_view_it_is_in_its_statements(advise: Advise) -> None:
    said = (STATEMENT, "According to Speke, he reached the eastern lake in 1858.")
    assert advise(SENTENCE, CAUTION, said) == []
    assert advise(SENTENCE, CAUTION, said, JUDGED) == [f"{A}:35: {CONTESTED}"]
    other = (REACHED, f"{REACHED}  caution: Some books give the 4th.\n")
    assert advise(SENTENCE, other) == []


def test_an_essential_fact_is_asked_in_three_ways(advise: Advise) -> None:
    essential = (REACHED, f"{REACHED}  importance: 3\n")
    text = FILES[A]
    typed, cloze, date = (text.index(f"    - key: reached-{kind}") for kind in ("typed", "cloze", "date"))
    assert advise(SENTENCE, essential, (text[typed:cloze], "")) == []
    assert advise(SENTENCE, essential, (text[typed:date], "")) == [
        f"{A}:1: This fact is essential. Ask about it in at least 3 ways."
    ]


def test_shares_of_the_whole_set(advise: Advise) -> None:
    """The set has nine other questions and one statement to judge."""

    def with_statements(number: int, naming: int) -> tuple[str, str]:
        prompts = ["According to this text it is lake" if i < naming else "The lake is no" for i in range(number)]
        added = [
            f"    - key: tf-{i}\n      kind: true_false\n      prompt: {prompt} {i}.\n"
            f"      answer: {'true' if i % 2 else 'false'}\n      explanation: There is reason {i}.\n"
            for i, prompt in enumerate(prompts)
        ]
        return FILES[A], FILES[A].replace(*SENTENCE) + "".join(added)

    assert advise(with_statements(9, naming=3)) == []  # shares of so few questions say nothing
    assert advise(with_statements(14, naming=3)) == [
        f"{SET}:2: 15 of 24 questions are true-or-false questions. Use no more than 20%.",
        f"{SET}:2: 3 of 24 questions name the source. Ask about its subject instead; at most 10% should name the "
        "source.",
    ]
    assert len(advise(with_statements(14, naming=2))) == 1


def test_the_rules_of_english_are_for_english(advise: Advise) -> None:
    assert advise(("language: en", "language: de"), file=SET) == [
        f"{A}:8: End with a reference to the sentence it is based on, as in “(passage 6, sentence 7)”."
    ]
