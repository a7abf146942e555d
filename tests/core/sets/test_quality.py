"""What is poor in a set that can be read: what is found and where, and what is let pass."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quizapp.core.sets.files import check_bank, check_set, read_bank, read_set

DATA = Path(__file__).parents[2] / "data" / "lakes"
FILES = {path.relative_to(DATA).as_posix(): path.read_text(encoding="utf-8") for path in DATA.rglob("*.yaml")}
A, B = "facts/a.yaml", "facts/b.yaml"

Check = Callable[..., list[str]]


def write(directory: Path, changed: dict[str, str]) -> None:
    for name, text in (FILES | changed).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """What is found in the good set with some files replaced or added; the set must still be one that loads."""

    def check(changed: dict[str, str] | None = None) -> list[str]:
        write(tmp_path, changed or {})
        found = check_set(tmp_path)
        assert found.question_set, found.problems
        return list(map(str, found.findings))

    return check


def changed(file: str, good: str, other: str) -> dict[str, str]:
    assert FILES[file].count(good) == 1
    return {file: FILES[file].replace(good, other)}


def test_it_works(check: Check) -> None:
    assert check() == []


ONLY_REPEATS = "This only repeats “Mungo Park”. Say why it is wrong."
SAME_REASON = "This has the same reason as “Richard Burton”. Say what is wrong with this choice."
NOTHING_NEW = "The explanation only repeats what was just read. Add a reason or connection."
GIVEN_AWAY = "The question gives the answer away"
RYE = "What grew on the ground that was won?"

# (file, what stands there, what an author wrote instead, the line and the message of all that is found)
POOR = [
    # Choices too near to the key or to one another, or right elsewhere.
    (A, "text: Mungo Park", "text: John Speek", "17: “John Speke” and “John Speek” are almost the same. Change one."),
    (A, "text: Mungo Park", "text: J. Speke", "17: “John Speke” and “J. Speke” are almost the same. Change one."),
    (
        A,
        "text: Mungo Park",
        "text: Burton Richard",
        "17: “Richard Burton” and “Burton Richard” are almost the same. Change one.",
    ),
    (B, "[Pumps, Canals]", "[Bornu, Burnu]", "9: “Bornu” and “Burnu” are almost the same. Change one."),
    (
        A,
        "text: Mungo Park",
        "text: Спик",
        "17: “Спик” is wrong here, but “reached-typed” accepts it. Change one of them.",
    ),
    (B, "text: Locks", "text: Canal", "12: “Canals” and “Canal” are almost the same. Change one."),
    (
        B,
        "[Pumps, Canals]",
        "[Pumps and oars, Oars and pumps]",
        "9: “Pumps and oars” and “Oars and pumps” are almost the same. Change one.",
    ),
    (B, "extra: [Bridge]", "extra: [Bridge, Canall]", "30: “Canal” and “Canall” are almost the same. Change one."),
    # Reasons and explanations that say nothing.
    (
        A,
        "\n          why_not: He followed another river.",
        "",
        "17: Say why “Mungo Park” is wrong (why_not).",
    ),
    (
        A,
        "\n        - text: Mungo Park\n          why_not: He followed another river.",
        "",
        "10: There is only one wrong choice, so half of all guesses are right. Add another.",
    ),
    (
        A,
        "\n      explanation: The rains had ended.",
        "",
        "34: There is no explanation. Say why the answer is right.",
    ),
    (A, "He followed another river.", "Not Mungo Park.", f"18: {ONLY_REPEATS}"),
    (A, "He followed another river.", "He lay ill!", f"18: {SAME_REASON}"),
    (A, "The rains had ended.", "Speke reached the eastern lake in 1858.", f"39: {NOTHING_NEW}"),
    (B, "The bottom lay below the sea.", "The work needed pumps.", f"18: {NOTHING_NEW}"),
    (B, "Wheat came later.", "It was rye.", f"41: {NOTHING_NEW}"),
    # A question that answers itself.
    (A, "Who came to the shore first?", "Who was John Speke’s leader?", f"12: {GIVEN_AWAY}: “John Speke”. Reword it."),
    (A, "discovered these waters?", "was called Спик?", f"22: {GIVEN_AWAY}: “Спик”. Reword it."),
    (A, "Complete the sentence.", "What did the camels do?", f"28: {GIVEN_AWAY}: “camels”. Reword it."),
    (A, "did the expedition arrive?", "was it, if not 3 August?", f"36: {GIVEN_AWAY}: “3 August”. Reword it."),
    (B, "What was used?", "Were canals used?", f"8: {GIVEN_AWAY}: “Canals”. Reword it."),
    (
        B,
        "the steps in order",
        "survey, digging, pumping in order",
        f"21: {GIVEN_AWAY}: “Survey → Digging → Pumping”. Reword it.",
    ),
    (B, "How many workers dug?", "How many of the 5,000 dug?", f"34: {GIVEN_AWAY}: “5,000”. Reword it."),
    (B, "answer: Rye.", "answer: The ground.", f"39: {GIVEN_AWAY}: “The ground.”. Reword it."),
    (
        B,
        "[Survey, Digging, Pumping]",
        '["Survey, 1899", "Digging, 1900", "Pumping, 2 May 1901"]',
        "22: Every item has a date, which gives the order away. Leave the dates out.",
    ),
    (
        B,
        "left: Digger",
        "left: Canal digger",
        "29: “Canal digger” and “Canal” share words, which gives the pair away. Reword one of them.",
    ),
    # A question that answers another.
    (
        B,
        RYE,
        "Which explorer, Speke or Burton, discovered these waters?",
        "39: The question gives away the answer to “reached-typed”: “Speke”. Reword it.",
    ),
    (
        B,
        RYE,
        "When the expedition could arrive, on the day of 3 August 1858, which crop did it see?",
        "39: The question gives away the answer to “reached-date”: “3 August 1858”. Reword it.",
    ),
    # The same question twice.
    (
        B,
        RYE,
        "On which day did the expedition arrive!",
        "39: “reached-date” (facts/a.yaml:36) already asks this. Ask about something else.",
    ),
    (
        B,
        "What was used?",
        "who came to the shore first",
        "8: “reached-choice” (facts/a.yaml:12) already asks this. Ask about something else.",
    ),
    # Dates.
    (
        A,
        "answer: 1858-08-03",
        "answer: 1858-08-04",
        "37: The answer (4 August 1858) does not agree with the date of the fact (3 August 1858). Correct one of them.",
    ),
    # Forms of question that the set refuses.
    (
        B,
        "How many workers dug?",
        "Who was at that time the Mayor’s guest?",
        "34: This set doesn’t allow questions like “who was * mayor*”: The source names none.",
    ),
    (
        B,
        "The work needed pumps.",
        "Who was the mayor is not known.",
        "16: This set doesn’t allow questions like “who was * mayor*”: The source names none.",
    ),
]


@pytest.mark.parametrize(("file", "good", "poor", "found"), POOR, ids=[row[3][:50] for row in POOR])
def test_what_is_poor_is_found_and_nothing_else(check: Check, file: str, good: str, poor: str, found: str) -> None:
    assert check(changed(file, good, poor)) == [f"{file}:{found}"]


# (file, what stands there, what may stand there just as well)
GOOD = [
    # Choices that are near only to the eye.
    (A, "text: Richard Burton", "text: John Speed"),
    (B, "{text: Dams", "{text: Pumps that drive canals"),
    (B, "[Pumps, Canals]", "[Iran, Iraq]"),
    (B, "[Pumps, Canals]", "['Pumps, but no rails', 'Rails, but no pumps']"),
    (B, "[Pumps, Canals]", "[The pact of 11 January, The pact of 19 January]"),
    (B, "[Pumps, Canals]", "[The 11th corps, The 12th corps]"),
    (B, "extra: [Bridge]", "extra: [Canal bridge]"),
    # An explanation that goes on from the answer.
    (B, "Wheat came later.", "It was rye, because wheat came later."),
    (A, "He followed another river.", "Mungo Park followed another river."),
    # What is named, and gives nothing away.
    (A, "Who came to the shore first?", "Was it John Speke or Richard Burton who came to the shore first?"),
    (A, "discovered these waters?", "discovered these waters, as one speaks of it?"),
    (A, "did the expedition arrive?", "of August 1858 did the expedition arrive after 13 days?"),
    (A, "did the expedition arrive?", "did the expedition arrive, if not on 4 August?"),
    (B, RYE, "Why was it sown with rye?"),
    (B, "answer: Rye.", "answer: Grass grew on the ground at first."),
    (B, "the steps in order", "pumping, digging, survey in order"),
    (B, "[Survey, Digging, Pumping]", '["Survey of 1899", "Digging", "Pumping"]'),
    (B, "[Survey, Digging, Pumping]", "[The 7th corps digs, The 8th corps digs, The 9th corps digs]"),
    (B, "How many workers dug?", "How many of 4,000 workers dug in 1902?"),
    (B, "The work needed pumps.", "Speke discovered these waters, an explorer of 1858."),
    (A, "Who came to the shore first?", "Who came to the shore first on 3 August?"),
    # The same words, asked of another thing or in another form.
    (A, "Which explorer discovered these waters?", "Who came to the shore first?"),
    (B, "Put the steps in order.", "Complete the sentence."),
    # Dates that leave room.
    (A, "date: 1858-08-03", "date: 1858-22"),
    (
        A,
        "answer: 1858-08-03\n      precision: day",
        "answer: 1858-08-02\n      precision: day\n      accept: [1858-08-03]",
    ),
    # A form of question that is like a refused one.
    (B, "The work needed pumps.", "The guest was the mayor."),
]


@pytest.mark.parametrize(("file", "good", "other"), GOOD, ids=[row[2][:50] for row in GOOD])
def test_what_is_good_is_let_pass(check: Check, file: str, good: str, other: str) -> None:
    assert check(changed(file, good, other)) == []


# Dates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "shown"),
    [("1857", "1857"), ("1858-21", "spring 1858"), ("1857/1858-08-02T23:00", "1857 – 2 August 1858, 23:00")],
)
def test_an_effect_that_is_over_before_its_cause_begins(check: Check, effect: str, shown: str) -> None:
    assert check(changed(B, '"1902"', f'"{effect}"')) == [
        f"facts/a.yaml:8: “lake-drained” ({shown}) ended before “lake-reached” (3 August 1858) began, "
        "so it can’t result from it. Correct a date, or remove the link."
    ]


@pytest.mark.parametrize("effect", ["1858", "1858-08", "1858-22", "1858-24", "1857/1902", "1857~", "1858-08-02?"])
def test_an_effect_that_may_come_after_its_cause(check: Check, effect: str) -> None:
    assert check(changed(B, '"1902"', f'"{effect}"')) == []


@pytest.mark.parametrize(
    ("accepted", "distractor", "found"),
    [
        ("[]", "4 August 1858", []),
        ("[1858-08-04]", "9 August 1858", []),
        (
            "[1858-08-04]",
            "4 August 1858",
            ["facts/a.yaml:17: “4 August 1858” is wrong here, but “reached-date” accepts it. Change one of them."],
        ),
    ],
)
def test_a_wrong_date_that_is_accepted_elsewhere(
    check: Check, accepted: str, distractor: str, found: list[str]
) -> None:
    text = FILES[A].replace("John Speke\n      d", "3 August 1858\n      d").replace("Mungo Park", distractor)
    assert check({A: text.replace("precision: day", f"precision: day\n      accept: {accepted}")}) == found


def test_two_days_of_the_month_that_is_asked_for_are_two_choices(check: Check) -> None:
    text = FILES[A].replace("John Speke\n      d", "3 August 1858\n      d").replace("Mungo Park", "4 August 1858")
    assert check({A: text.replace("precision: day", "precision: month")}) == []


# Facts -------------------------------------------------------------------------------------------------------

FORGOTTEN = "- {key: extra, topic: shores, statement: It is deep., passages: [1], questions: [\n"
JUDGED = "  {key: q-judged, kind: true_false, prompt: One can dive here., answer: true, explanation: Far down.}"
CARD = "  {key: q-card, kind: flashcard, prompt: How deep is it?, answer: Ten fathoms., explanation: As deep as dark.}"
SORTED = "  {key: q-sorted, kind: ordering, prompt: Sort., items: [Mud, Weed, Foam], explanation: It rises.}"
CANNOT_BE = "No question lets learners {} the fact. Add one of these kinds: {}."
KINDS = {
    "recognise": "choice, matching, multiple, point, true_false",
    "recall": "cloze, date, flashcard, number, typed",
}


@pytest.mark.parametrize(
    ("questions", "missing"),
    [
        ([JUDGED, CARD], []),
        ([JUDGED], ["recall"]),
        ([CARD], ["recognise"]),
        ([SORTED], ["recall", "recognise"]),
    ],
)
def test_a_fact_is_asked_in_two_ways(check: Check, questions: list[str], missing: list[str]) -> None:
    found = check({"facts/c.yaml": FORGOTTEN + ",\n".join(questions) + "]}"})
    assert found == [f"facts/c.yaml:1: {CANNOT_BE.format(what, KINDS[what])}" for what in missing]


@pytest.mark.parametrize(
    ("used", "found"),
    [
        ("  passages: [1]\n", "set.yaml:8: No fact comes from passage 1. Write one, or remove the passage."),
        ("  notes: [7]\n", "set.yaml:10: No fact comes from note 7. Write one, or remove the note."),
    ],
)
def test_a_part_of_the_source_without_facts(check: Check, used: str, found: str) -> None:
    assert check(changed(A, used, "")) == [found]


def test_misconceptions_have_titles_and_titles_are_used(check: Check) -> None:
    titled = changed("set.yaml", "end: lake-drained\n", "end: lake-drained\nmisconceptions: {two-lakes: Two lakes}\n")
    assert [each.partition(": ")[2] for each in check(titled)] == [
        "No wrong choice has the misconception “two-lakes”. Remove its title, or use it."
    ]


def test_a_chain_of_causes_that_does_not_come_to_the_end(check: Check) -> None:
    dead_end = FORGOTTEN + f"{JUDGED},\n{CARD}]}}"
    also = changed(A, "  leads_to:\n", "  leads_to:\n    extra: It was sounded.\n")
    assert check({"facts/c.yaml": dead_end}) == []
    assert check({"facts/c.yaml": dead_end, **also}) == [
        "facts/c.yaml:1: The chain of causes ends here, before it reaches “lake-drained”. Add leads_to."
    ]
    assert check({"facts/c.yaml": dead_end, **also, **changed("set.yaml", "end: lake-drained\n", "")}) == []


# The set as a whole ------------------------------------------------------------------------------------------


def choices(longest: int, of: int, shortest: int = 0) -> str:
    """A fact with so many choice questions, of whose keys so many are the longest, and so many the shortest."""
    keys = ["Heron"] * longest + ["Elk"] * shortest + ["Otter"] * (of - longest - shortest)
    others = (
        [["Ibis", "Owl"]] * longest + [["Moose", "Bison"]] * shortest + [["Beaver", "Mink"]] * (of - longest - shortest)
    )
    return (
        "- {key: animals, topic: shores, statement: Animals live there., questions: [\n"
        + "".join(
            f"{{key: q-{i}, kind: choice, prompt: Which is number {i}?, answer: {key}, explanation: One of many., "
            f"distractors: [{{text: {a}, why_not: It flew.}}, {{text: {b}, why_not: It ran.}}]}},\n"
            for i, (key, (a, b)) in enumerate(zip(keys, others, strict=True))
        )
        + CARD
        + "]}\n"
    )


def test_the_key_is_not_given_away_by_its_length(check: Check) -> None:
    # One more choice question, whose key is in the middle, stands in the good set.
    assert check({"facts/c.yaml": choices(longest=18, of=18)}) == []
    assert check({"facts/c.yaml": choices(longest=8, shortest=8, of=19)}) == []
    assert check({"facts/c.yaml": choices(longest=9, of=19)}) == [
        "set.yaml:1: The answer is the longest option in 9 of 20 choice questions (45%), so it can be guessed. "
        "Allow no more than 40%. The first ones are at "
        "facts/c.yaml:2, facts/c.yaml:3, facts/c.yaml:4, facts/c.yaml:5, facts/c.yaml:6."
    ]
    assert "shortest option in 9 of 20" in check({"facts/c.yaml": choices(longest=0, shortest=9, of=19)})[0]


def statements(true: int, of: int) -> str:
    return (
        "- {key: animals, topic: shores, statement: Animals live there., questions: [\n"
        + "".join(
            f"{{key: q-{i}, kind: true_false, prompt: Heron {i} flew., answer: {str(i < true).lower()}, "
            "explanation: Someone saw it.},\n"
            for i in range(of)
        )
        + CARD
        + "]}\n"
    )


def test_the_statements_are_not_all_on_one_side(check: Check) -> None:
    # One more statement, a true one, stands in the good set.
    assert check({"facts/c.yaml": statements(true=18, of=18)}) == []
    assert check({"facts/c.yaml": statements(true=13, of=19)}) == []
    assert check({"facts/c.yaml": statements(true=14, of=19)}) == [
        "set.yaml:1: 15 of 20 statements are true (75%). Make about half of them false."
    ]
    assert check({"facts/c.yaml": statements(true=4, of=19)}) == [
        "set.yaml:1: 15 of 20 statements are false (75%). Make about half of them true."
    ]


# Refused forms -----------------------------------------------------------------------------------------------


# (what stands in set.yaml, what an author wrote instead, why the set cannot be read)
FAULTS = [
    (
        "who was * mayor*",
        '"* *"',
        "13: “* *” rules out every question. Write some words, and use * only for the part that varies.",
    ),
    ("who was * mayor*", "m" * 201, "13: “pattern” is too long: it has 201 characters, and 200 are allowed."),
    (", why: The source names none.", "", "13: The field “why” is missing. Add it."),
    ("end: lake-drained", "end: lake-draned", "11: There is no fact “lake-draned”. Did you mean “lake-drained”?"),
]


@pytest.mark.parametrize(("good", "bad", "problem"), FAULTS, ids=[row[2][:50] for row in FAULTS])
def test_a_rule_of_the_set_that_cannot_be_read(tmp_path: Path, good: str, bad: str, problem: str) -> None:
    write(tmp_path, changed("set.yaml", good, bad))
    question_set, problems = read_set(tmp_path)
    assert question_set is None
    assert [str(found)[: len(problem) + 9] for found in problems] == [f"set.yaml:{problem}"]


# A bank ------------------------------------------------------------------------------------------------------


POOR_FILE = changed(B, "How many workers dug?", "How many of the 5,000 dug?")


def test_a_poor_set_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, POOR_FILE)
    found = check_set(tmp_path)
    assert found.findings
    assert read_set(tmp_path) == (found.question_set, []) == (found.question_set, found.problems)


def test_a_set_with_problems_is_judged_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, POOR_FILE | changed(A, "  topic: shores", "  topic: shoals"))
    unknown_topic = check_set(tmp_path)
    assert [str(problem)[:14] for problem in unknown_topic.problems] == ["facts/a.yaml:2"]
    assert [str(finding) for finding in unknown_topic.findings] == [
        f"facts/b.yaml:34: {GIVEN_AWAY}: “5,000”. Reword it."
    ]
    write(tmp_path, POOR_FILE | changed(A, "  topic: shores\n", ""))
    refused = check_set(tmp_path)
    assert [str(problem)[:14] for problem in refused.problems] == ["facts/a.yaml:1"]
    assert refused.findings == unknown_topic.findings


def test_a_bank_is_judged_set_by_set(tmp_path: Path) -> None:
    write(tmp_path / "east", POOR_FILE)
    write(tmp_path / "north", changed("set.yaml", "key: lakes", "key: other"))
    write(tmp_path / "west", POOR_FILE)
    east, north, west = check_bank(tmp_path)
    assert [(found.problems, bool(found.question_set)) for found in (east, north)] == [([], True)] * 2
    assert [str(problem) for problem in west.problems] == [
        "west/set.yaml:1: The set in east already has the key “lakes”. Choose another."
    ]
    findings = [str(finding) for found in (east, north, west) for finding in found.findings]
    assert findings == [f"{folder}/facts/b.yaml:34: {GIVEN_AWAY}: “5,000”. Reword it." for folder in ("east", "west")]
    assert read_bank(tmp_path) == [(found.question_set, found.problems) for found in (east, north, west)]
