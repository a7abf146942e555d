"""A question set as files: what is read, what is refused and where, and what is made of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quizapp.core.sets.files import read_bank, read_set
from quizapp.core.sets.schema import Problem, QuestionSet

REPOSITORY = Path(__file__).parents[3]

SET = """\
key: rivers
title: Rivers
summary: Two rivers.
language: en
topics:
  - {key: springs, title: Springs, summary: Where rivers begin.}
  - {key: mouths, title: Mouths, summary: Where rivers end.}
passages:
  - {number: 1, title: Beginnings, digest: Rivers begin.}
  - {number: 2, title: Ends, digest: Rivers end.}
notes:
  - {number: 7, text: "A. Writer, *On rivers*."}
"""
NAMES = """\
- {key: speke, type: person, name: John Speke, spellings: [Speke, Спик]}
- {key: spike, type: person, name: Spike}
- {key: nile, type: place, name: The Nile, spellings: [Nil]}
"""
SPRINGS = """\
- key: spring-named
  topic: springs
  statement: Speke named the spring.
  passages: [1]
  notes: [7]
  date: 1858-08-03
  actors: [speke]
  leads_to:
    mouth-named: The mouth was next.
  questions:
    - key: spring-choice
      kind: choice
      prompt: Who named it?
      answer: Speke
      distractors:
        - {text: Burton, why_not: He was ill.}
        - {text: Park, why_not: He was elsewhere.}
      explanation: Speke went alone.
    - key: spring-cloze
      kind: cloze
      prompt: Complete it.
      text: In 1858 {{explorer}} named it.
      gaps:
        explorer:
          answer: John Speke
          spellings_of: [speke]
          reject: [Burton]
      explanation: Speke went alone.
"""
MOUTHS = """\
- key: mouth-named
  topic: mouths
  statement: The mouth was named.
  questions:
    - key: mouth-typed
      kind: typed
      prompt: Which river?
      answer: The Nile
      spellings_of: [nile]
      explanation: It was the Nile.
    - key: mouth-judged
      kind: true_false
      prompt: It has a mouth.
      answer: true
      explanation: It has.
"""
FILES = {"set.yaml": SET, "names.yaml": NAMES, "facts/a.yaml": SPRINGS, "facts/b.yaml": MOUTHS}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a good set, with some of its files replaced (None leaves one out), and gives its directory."""

    def write(changed: dict[str, str | None] | None = None, folder: str = "") -> Path:
        directory = tmp_path / folder
        for name, text in (FILES | (changed or {})).items():
            if text is not None:
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                (directory / name).write_text(text, encoding="utf-8")
        return directory

    return write


@pytest.fixture
def rivers(write: Write) -> QuestionSet:
    question_set, problems = read_set(write())
    assert question_set, problems
    return question_set


def test_it_works(rivers: QuestionSet) -> None:
    assert rivers.header.title == "Rivers"
    assert [name.key for name in rivers.names] == ["speke", "spike", "nile"]
    assert [fact.key for fact in rivers.facts] == ["spring-named", "mouth-named"]
    assert [question.kind for question in rivers.facts[0].questions] == ["choice", "cloze"]


def test_names_may_be_missing(write: Write) -> None:
    plain = MOUTHS.replace("mouths", "springs").replace("      spellings_of: [nile]\n", "")
    one_topic = SET.replace("  - {key: mouths, title: Mouths, summary: Where rivers end.}\n", "")
    question_set, problems = read_set(
        write({"set.yaml": one_topic, "names.yaml": None, "facts/a.yaml": None, "facts/b.yaml": plain})
    )
    assert question_set, problems
    assert question_set.names == ()


KINDS = (
    "The kinds are choice, true_false, multiple, point, ordering, matching, cloze, typed, date, number, flashcard"
    ", essay."
)
GROUP = "must be a group of fields, one per line: name, colon, value."
LIST = "must be a list: one item per line, each after a hyphen."
NOT_A_KEY = "is not a key. Use lower-case letters, digits and single hyphens."

# (what stands in the file, what an author wrote instead, the problem reported)
FAULTS_IN_SPRINGS = [
    # The schema.
    ("kind: choice", "kind: chioce", f"12: “chioce” is not a kind of question. Did you mean “choice”? {KINDS}"),
    ("      kind: choice\n", "", f"11: This question has no “kind”. Add one. {KINDS}"),
    (
        "kind: choice\n      prompt:",
        "kind: choice\n      promt:",
        "13: There is no field “promt” here. Did you mean “prompt”?",
    ),
    ("kind: choice\n      prompt:", "kind: choice\n      promt:", "11: The field “prompt” is missing. Add it."),
    (
        "He was ill.",
        "He was ill., because: x",
        "16: There is no field “because” here. The fields are text, why_not, misconception.",
    ),
    ("answer: John Speke", "anser: John Speke", "25: There is no field “anser” here. Did you mean “answer”?"),
    ("  statement: Speke named the spring.\n", "", "1: The field “statement” is missing. Add it."),
    ("prompt: Who named it?", "prompt:", "13: “prompt” is empty. Fill it in."),
    ("prompt: Who named it?", 'prompt: " "', "13: “prompt” is empty. Fill it in."),
    ("prompt: Who named it?", "prompt: 1858", '13: “prompt” must be text. Put it in quotes: "1858".'),
    ("prompt: Who named it?", "prompt: true", '13: “prompt” must be text. Put it in quotes: "true".'),
    ("prompt: Who named it?", "prompt: [Who]", "13: “prompt” must be text. If it is meant as text, put it in quotes."),
    ("date: 1858-08-03", "date: 1858", '6: “date” must be text. Put it in quotes: "1858".'),
    ("date: 1858-08-03", "date: 1858-02-30", "6: There is no such day as “1858-02-30”."),
    (
        "date: 1858-08-03",
        "date: August",
        "6: “August” is not a date; write 1920, 1920-03, 1920-04-27, 1920-04-27T23:00, or start/end.",
    ),
    ("- key: spring-named", "- key: Spring named", f"1: “Spring named” {NOT_A_KEY}"),
    ("    mouth-named:", "    Mouth:", f"9: “Mouth” {NOT_A_KEY}"),
    ("answer: Speke", 'answer: "Speke\\nalone"', "14: “answer” must be a single line."),
    ("answer: Speke", f"answer: {'x' * 301}", "14: “answer” is too long: it has 301 characters, and 300 are allowed."),
    ("passages: [1]", "passages: 1", f"4: “passages” {LIST}"),
    ("passages: [1]", "passages:", f"4: “passages” is empty. Fill it in. “passages” {LIST}"),
    ("passages: [1]", "passages: [1, one]", "4: Item 2 of “passages” must be a whole number, without quotes."),
    ("passages: [1]", "passages: [0]", "4: Item 1 of “passages” must be 1 or more."),
    ("passages: [1]", "passages: [1000]", "4: Item 1 of “passages” must be 999 or less."),
    ("    mouth-named: The mouth was next.", "    - mouth-named", f"8: “leads_to” {GROUP}"),
    (
        "        - {text: Park, why_not: He was elsewhere.}\n",
        "        - {text: Park, why_not: 7}\n",
        '17: “why_not” must be text. Put it in quotes: "7".',
    ),
    ("text: Park", "text: Burton", "11: Two choices have the same text."),
    (
        "{{explorer}}",
        "{{who}}",
        "19: The gaps in the text and the gaps with answers differ: explorer, who.",
    ),
    # Anything YAML itself forbids.
    ("passages: [1]", "topic: mouths", "4: “topic” is already on line 2. Remove one of them."),
    (
        "statement: Speke",
        "statement: Speke: he",
        "3: There is a colon followed by a space inside text. Put the whole text in quotes.",
    ),
    # References.
    ("topic: springs", "topic: spring", "2: set.yaml has no topic “spring”. Did you mean “springs”?"),
    ("passages: [1]", "passages: [1, 3]", "4: set.yaml has no passage 3. Add it there, or change it here."),
    ("notes: [7]", "notes: [1]", "5: set.yaml has no note 1. Add it there, or change it here."),
    ("actors: [speke]", "actors: [burton]", "7: names.yaml has no name “burton”. Add it there, or change it here."),
    (
        "spellings_of: [speke]",
        "spellings_of: [spek]",
        "26: names.yaml has no name “spek”. Did you mean “speke”?",
    ),
    ("    mouth-named:", "    mouth-name:", "9: There is no fact “mouth-name”. Did you mean “mouth-named”?"),
    ("    mouth-named:", "    spring-named:", "9: A fact can’t lead to itself. Remove this."),
    # Answers.
    ("text: Burton", "text: Spéke.", "16: The wrong choice “Spéke.” says the same as the answer. Write another."),
    ("reject: [Burton]", "reject: [Burton, СПИК]", "27: “СПИК” is both rejected and accepted. Remove one of the two."),
    (
        "{{explorer}}",
        "{{explorer}} (John Speke)",
        "22: The text gives away the answer to the gap “explorer”. Reword it.",
    ),
    ("{{explorer}}", "{{explorer}} {{}}", "22: There is a {{ or }} without its partner. Write a gap as {{label}}."),
    ("answer: John Speke", "answer: Explorer", "24: The label “explorer” gives the answer away. Choose another."),
]


@pytest.mark.parametrize(("good", "bad", "problem"), FAULTS_IN_SPRINGS, ids=[row[2][:50] for row in FAULTS_IN_SPRINGS])
def test_a_fault_in_a_fact_is_found(write: Write, good: str, bad: str, problem: str) -> None:
    assert SPRINGS.count(good) == 1
    question_set, problems = read_set(write({"facts/a.yaml": SPRINGS.replace(good, bad)}))
    assert question_set is None
    assert f"facts/a.yaml:{problem}" in map(str, problems)


# (what stands in a file, what an author wrote instead, all that is reported)
FAULTS_ELSEWHERE = [
    (
        "language: en",
        "language: English",
        "set.yaml:4: “English” is not a language code. Write one such as en, az or ru.",
    ),
    ("title: Rivers\n", "", "set.yaml:1: The field “title” is missing. Add it."),
    (SET, "", "set.yaml:1: This file is empty. Add its contents."),
    (SET, "- key: rivers", f"set.yaml:1: This entry {GROUP}"),
    ("notes:", "  - {number: 3, title: Middles}\nnotes:", "set.yaml:11: The field “digest” is missing. Add it."),
    (
        "notes:",
        "  - {number: 2, title: Ends, digest: Again.}\nnotes:",
        "set.yaml:11: “2” is already used (set.yaml:10). Choose another.",
    ),
    (
        "passages:",
        "  - {key: springs, title: Again, summary: Again.}\npassages:",
        "set.yaml:8: “springs” is already used (set.yaml:6). Choose another.",
    ),
    (
        "passages:",
        "  - {key: floods, title: Floods, summary: High water.}\npassages:",
        "set.yaml:8: No fact belongs to the topic “floods”. Add one, or remove the topic.",
    ),
    ("key: spike,", "key: speke,", "names.yaml:2: “speke” is already used (names.yaml:1). Choose another."),
    # The name is refused, but references to it are not reported as well.
    (
        "type: place",
        "type: river",
        "names.yaml:3: “river” does not fit here. Write one of these: person, organisation, place.",
    ),
    ("key: nile, ", "key: nile, key: nil, ", "names.yaml:3: “key” is already on line 3. Remove one of them."),
    (NAMES, "a: b", "names.yaml:1: This file must be a list. Begin each entry with “- key:”."),
    (MOUTHS, "- just text\n" + MOUTHS, f"facts/b.yaml:1: This entry {GROUP}"),
    (
        "key: mouth-judged",
        "key: spring-cloze",
        "facts/b.yaml:11: “spring-cloze” is already used (facts/a.yaml:19). Choose another.",
    ),
    ("answer: true", "answer: yes", "facts/b.yaml:14: “answer” must be true or false, without quotes."),
    ("kind: typed", "kind: poem", f"facts/b.yaml:6: “poem” is not a kind of question. {KINDS}"),
    ("key: mouth-typed", "answer: It", "facts/b.yaml:8: “answer” is already on line 5. Remove one of them."),
    (
        "statement: The",
        "statement: '",
        "facts/b.yaml:3: A quotation mark or a bracket is opened and never closed. Close it.",
    ),
    (
        "  questions:",
        "  leads_to: {spring-named: It was known.}\n  questions:",
        "facts/b.yaml:4: leads_to goes in a circle: spring-named → mouth-named → spring-named. "
        "Remove one of these links.",
    ),
]


@pytest.mark.parametrize(("good", "bad", "problem"), FAULTS_ELSEWHERE, ids=[row[2][:50] for row in FAULTS_ELSEWHERE])
def test_a_fault_is_found_and_nothing_else(write: Write, good: str, bad: str, problem: str) -> None:
    file = problem.partition(":")[0]
    assert FILES[file].count(good) == 1
    question_set, problems = read_set(write({file: FILES[file].replace(good, bad)}))
    assert question_set is None
    assert list(map(str, problems)) == [problem]


def test_every_fault_of_every_file_is_found(write: Write) -> None:
    directory = write(
        {
            "set.yaml": SET.replace("language: en", "language: E"),
            "names.yaml": NAMES.replace("type: place", "type: river"),
            "facts/a.yaml": SPRINGS.replace("[1]", "[x]").replace("kind: cloze", "kind: clozed"),
            "facts/b.yaml": None,
        }
    )
    (directory / "facts/b.yaml").write_bytes(b"- key: \xff")
    _, problems = read_set(directory)
    assert [(problem.file, problem.line) for problem in problems] == [
        ("facts/a.yaml", 4),
        ("facts/a.yaml", 20),
        ("facts/b.yaml", 1),
        ("names.yaml", 3),
        ("set.yaml", 4),
    ]


def test_two_facts_with_one_key(write: Write) -> None:
    again = MOUTHS.replace("key: mouth-typed", "key: a-typed").replace("key: mouth-judged", "key: a-judged")
    _, problems = read_set(write({"facts/c.yaml": again}))
    assert problems == [Problem("facts/c.yaml", 1, "“mouth-named” is already used (facts/b.yaml:1). Choose another.")]


def test_every_circle_is_named(write: Write) -> None:
    def fact(key: str, *effects: str) -> str:
        leads_to = "".join(f", {effect}: So" for effect in effects)[2:]
        return (
            f"- {{key: {key}, topic: springs, statement: S, leads_to: {{{leads_to}}}, questions: ["
            f"{{key: q-{key}, kind: flashcard, prompt: P, answer: A, explanation: E}}]}}\n"
        )

    circles = fact("one", "two") + fact("two", "three") + fact("three", "one", "four") + fact("four", "five", "six")
    _, problems = read_set(write({"facts/c.yaml": circles + fact("five", "four") + fact("six")}))
    assert [str(problem) for problem in problems] == [
        "facts/c.yaml:3: leads_to goes in a circle: one → two → three → one. Remove one of these links.",
        "facts/c.yaml:5: leads_to goes in a circle: four → five → four. Remove one of these links.",
    ]


MISPLACED = "This file is not read. Move or delete it: a set is set.yaml, names.yaml and facts/*.yaml."


@pytest.mark.parametrize("file", ["facts/c.yml", "more.yaml", "facts/deeper/c.yaml", "Names.YAML"])
def test_a_file_that_nothing_reads_is_a_problem(write: Write, file: str) -> None:
    assert read_set(write({file: MOUTHS})) == (None, [Problem(file, 1, MISPLACED)])


def test_a_set_without_facts_is_a_problem(write: Write) -> None:
    _, problems = read_set(write({"facts/a.yaml": None, "facts/b.yaml": None}))
    assert str(problems[0]) == "facts:1: There are no facts. Write some in facts/*.yaml."


def test_a_set_that_is_not_there(tmp_path: Path) -> None:
    _, problems = read_set(tmp_path / "nowhere")
    assert Problem("set.yaml", 1, "This file is missing. Add it.") in problems


# A bank ----------------------------------------------------------------------------------------------------


def test_a_bank_is_a_directory_of_sets(write: Write, tmp_path: Path) -> None:
    write(folder="rivers")
    write({"set.yaml": SET.replace("key: rivers", "key: brooks")}, folder="brooks")
    write({"set.yaml": None}, folder="unfinished")
    (tmp_path / "pictures").mkdir()
    results = read_bank(tmp_path)
    assert [found and found.header.key for found, _ in results] == ["brooks", "rivers", None]
    assert [str(problem) for _, problems in results for problem in problems] == [
        "unfinished/set.yaml:1: This file is missing. Add it."
    ]


def test_one_set_is_a_bank_too(write: Write) -> None:
    [(question_set, problems)] = read_bank(write())
    assert question_set
    assert problems == []


def test_two_sets_with_one_key(write: Write, tmp_path: Path) -> None:
    write(folder="a")
    write(folder="b")
    first, second = read_bank(tmp_path)
    assert first[0]
    assert second == (None, [Problem("b/set.yaml", 1, "The set in a already has the key “rivers”. Choose another.")])


def test_an_empty_bank_is_a_problem(tmp_path: Path) -> None:
    problem = Problem(
        ".", 1, "There is no question set here: no set.yaml, and no folder with one. Name the folder of a set."
    )
    assert read_bank(tmp_path) == read_bank(tmp_path / "nowhere") == [(None, [problem])]


def test_the_bank_of_this_repository_has_no_problems() -> None:
    assert [str(problem) for _, problems in read_bank(REPOSITORY / "question_bank") for problem in problems] == []
