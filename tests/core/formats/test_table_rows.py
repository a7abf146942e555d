"""Rows of tables: which are questions, and about which a person must decide."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats.format import ImportedSet, Unreadable
from quizapp.core.formats.tables.keys import letter_places, number_places, split_list, text_places
from quizapp.core.formats.tables.reader import read_table
from quizapp.core.formats.tables.separated import read_separated
from quizapp.core.formats.tables.table import MAX_ROWS, TableOptions
from quizapp.core.kinds import Question

OPTIONS = "question,a,b,c,answer\nLongest?,Nile,Volga,Kura,Nile\nCapital?,Rome,Baku,Oslo,Baku\n"


def read(text: str, **options: Any) -> ImportedSet:
    return read_table(read_separated(text.encode()), "t", TableOptions.model_validate(options))


def questions(found: ImportedSet) -> list[Question]:
    return [question for entry in found.facts for question in entry.fact.questions]


def describe(question: Question) -> dict[str, Any]:
    return question.model_dump(exclude_defaults=True, exclude={"key", "prompt"})


# Rows to decide about


@pytest.mark.parametrize(
    ("row", "why", "decisions"),
    [
        (",x,y,z,x", "There is no question. Write one in the file, or leave the row out.", []),
        ("Who?,x,y,z,", "No option is marked as right.", ["option:1", "option:2", "option:3"]),
        (
            "Who?,x,y,z,Kirov",
            "The right answer “Kirov” is not among the options.",
            ["option:1", "option:2", "option:3", "keep"],
        ),
        ("Who?,x,y,z,B", "It isn’t clear which option “B” stands for.", ["option:1", "option:2", "option:3"]),
        ("When?,1912,1914,1916,2", "It isn’t clear which option “2” stands for.", ["option:1", "option:2", "option:3"]),
        ("Who?,x,X ,z,z", "The option “X” is there twice.", ["once"]),
    ],
)
def test_a_row_that_is_not_clear_is_not_imported_before_somebody_decides(
    row: str, why: str, decisions: list[str]
) -> None:
    found = read(f"{OPTIONS}{row}\n")
    assert len(questions(found)) == 2
    (asked,) = found.open_rows
    assert (asked.line, asked.why) == (4, why)
    assert [value for value, _ in asked.choices] == [*decisions, "skip"]


@pytest.mark.parametrize(
    ("row", "decision", "expected"),
    [
        ("Who?,x,y,z,", "option:2", {"kind": "choice", "answer": "y", "distractors": [{"text": "x"}, {"text": "z"}]}),
        (
            "Who?,x,y,z,Kirov",
            "keep",
            {"kind": "choice", "answer": "Kirov", "distractors": [{"text": "x"}, {"text": "y"}, {"text": "z"}]},
        ),
        ("Who?,x,X ,z,z", "once", {"kind": "choice", "answer": "z", "distractors": [{"text": "x"}]}),
        ("Who?,x,X ,z,", "option:3+once", {"kind": "choice", "answer": "z", "distractors": [{"text": "x"}]}),
    ],
)
def test_a_decision_makes_a_question_of_a_row(row: str, decision: str, expected: dict[str, Any]) -> None:
    found = read(f"{OPTIONS}{row}\n", decisions={4: decision})
    assert found.open_rows == ()
    assert describe(questions(found)[2]) == expected


def test_one_problem_after_another_can_be_decided() -> None:
    text = f"{OPTIONS}Who?,x,X,z,\n"
    (first,) = read(text).open_rows
    (second,) = read(text, decisions={4: first.choices[2][0]}).open_rows
    assert (first.why, second.why) == ("No option is marked as right.", "The option “X” is there twice.")
    assert questions(read(text, decisions={4: second.choices[0][0]}))[2].options == ["z", "x"]  # type: ignore[union-attr]


@pytest.mark.parametrize("options", [{"decisions": {4: "skip"}}, {"skip_open": True}])
def test_a_row_that_was_left_out_is_listed_with_the_reason(options: dict[str, Any]) -> None:
    found = read(f"{OPTIONS}Who?,x,y,z,\n", **options)
    assert found.open_rows == ()
    (skipped,) = found.skipped
    assert (skipped.place, skipped.what, skipped.why) == ("Line 4", "Who?", "No option is marked as right.")


@pytest.mark.parametrize("decision", ["option:9", "option:-1", "option:x", "once", "nonsense", "", "option:4", "+"])
def test_a_decision_that_does_not_fit_leaves_the_row_open(decision: str) -> None:
    found = read(f"{OPTIONS}Who?,x,y,z,\n", decisions={4: decision})
    assert len(found.open_rows) == 1


@pytest.mark.parametrize(
    ("row", "is_open"),
    [
        ("Who?,2,Lenin,Kirov", True),
        ("Who?,B,Lenin,Kirov", True),
        ("How many?,5,7,9", False),  # numbers among numbers
        ("Which group?,A,B,AB", False),
        ("When?,1920,the year after,never", False),
        ("Who?,Lenin,lenin,Kirov", True),
        ("Who?,Lenin,Kirov,Kirov", True),
    ],
)
def test_a_letter_or_a_twin_beside_wrong_answers_is_asked_about(row: str, is_open: bool) -> None:
    found = read(f"question,answer,wrong 1,wrong 2\n{row}\n")
    assert bool(found.open_rows) == is_open
    assert len(questions(found)) == (not is_open)


def test_a_letter_beside_wrong_answers_can_be_the_answer_or_not() -> None:
    text = "question,answer,wrong 1,wrong 2\nWhich vitamin?,C,Iron,Zinc\n"
    assert questions(read(text, decisions={2: "keep"}))[0].options == ["C", "Iron", "Zinc"]  # type: ignore[union-attr]
    assert questions(read(text, decisions={2: "option:2"}))[0].options == ["Zinc", "Iron"]  # type: ignore[union-attr]


def test_rows_of_a_template_that_were_not_filled_in_are_no_problem() -> None:
    found = read("no;question;a;b;answer;time\n1;Who?;x;y;x;20\n2;;;;;20\n3;;;;;\n")
    assert (len(questions(found)), found.open_rows) == (1, ())


def test_a_row_about_a_kind_without_an_answer_is_open() -> None:
    (asked,) = read("question,type,option 1,option 2,answer\nWhich?,Poll,x,y,\nWho?,Multiple choice,x,y,x\n").open_rows
    assert asked.why == "“Poll” has no right answer."


# Kinds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("question,answer,type\nBaku is a port.,Верно,True or false\n", {"kind": "true_false", "answer": True}),
        ("question,answer,type\nBaku is a port.,yanlış,true_false\n", {"kind": "true_false", "answer": False}),
        (
            "question,option 1,option 2,answer,type\nA port?,False,True,1,true_false\nWho?,x,y,2,quiz\n",
            {"kind": "true_false", "answer": False},
        ),
        (
            "question,answer,type\nWhen?,28 aprel 1920,date\n",
            {"kind": "date", "answer": "1920-04-28", "precision": "day"},
        ),
        ("question,answer,type\nWhen?,апрель 1920,date\n", {"kind": "date", "answer": "1920-04", "precision": "month"}),
        (
            'question,answer,option 1,option 2,option 3\nWhich?,"Kura, Araz",Kura,Araz,Kazbek\n',
            {"kind": "multiple", "answers": ["Kura", "Araz"], "distractors": [{"text": "Kazbek"}]},
        ),
        (
            "question,option 1,option 2,answer,type\nWho?,Lenin,Ulyanov,,Fill-in-the-blank\nWho?,x,y,x,Choice\n",
            {"kind": "typed", "answer": "Lenin", "accept": ["Ulyanov"]},
        ),
    ],
)
def test_a_kind_is_read_by_any_name(text: str, expected: dict[str, Any]) -> None:
    assert describe(questions(read(text))[0]) == expected


def test_a_date_of_the_fact_is_read_as_people_write_it() -> None:
    (found,) = read("question,answer,date\nWhen did Baku fall?,In April,28 April 1920\n").facts
    assert found.fact.date == "1920-04-28"


# Keys


@pytest.mark.parametrize(
    ("key", "places"),
    [("A", [0]), ("c", [2]), ("b)", [1]), ("A, C", [0, 2]), ("a;d", [0, 3]), ("AC", [0, 2]), ("Б", [1]), ("Г", [3]),
     ("E", []), ("В", []), ("CA", [0, 2]), ("A və C", [0, 2]), ("(B)", [1]), ("Variant B", [1]), ("C variantı", [2]),
     ("Cavab: D", [3]), ("A-C", []), ("Baku", []), ("", []), ("1", [])],
)  # fmt: skip
def test_letters_stand_for_options(key: str, places: list[int]) -> None:
    assert letter_places(key, 4) == places


@pytest.mark.parametrize(
    ("answers", "right"), [(["А", "В", "Б"], ["x1", "z2", "y3"]), (["A", "В", "C"], ["x1", "y2", "z3"])]
)
def test_a_letter_of_two_alphabets_is_read_as_the_others_of_its_column(answers: list[str], right: list[str]) -> None:
    rows = [f"Q{n}?,x{n},y{n},z{n},{answer}" for n, answer in enumerate(answers, 1)]
    found = questions(read("question,option 1,option 2,option 3,answer\n" + "\n".join(rows)))
    assert [question.answer for question in found] == right  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("key", "places"),
    [("1", [0]), ("4", [3]), ("2.0", [1]), ("Option 3", [2]), ("1 və 3", [0, 2]), ("1, 3", [0, 2]), ("2)", [1]),
     ("0", []), ("5", []), ("1914", []), ("-1", []), ("1.5", [])],
)  # fmt: skip
def test_numbers_stand_for_options(key: str, places: list[int]) -> None:
    assert number_places(key, 4) == places


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("Baku | Ganja", ["Baku", "Ganja"]),
        ("Baku; Ganja", ["Baku", "Ganja"]),
        ("Baku\nGanja", ["Baku", "Ganja"]),
        ("A) Baku B) Ganja C) Sheki", ["Baku", "Ganja", "Sheki"]),
        ("a. Baku; b. Ganja", ["Baku", "Ganja"]),
        ("A)Baku\nB)Ganja", ["Baku", "Ganja"]),
        ("1) 3.14 2) 2.72", ["3.14", "2.72"]),
        ('["Baku", "O\'Connor"]', ["Baku", "O'Connor"]),
        ("['Baku', 'Ganja']", ["Baku", "Ganja"]),
        ("Baku, Ganja", ["Baku", "Ganja"]),
        ("Baku", ["Baku"]),
        ("", []),
        ("[" * 5000 + "]", ["[" * 5000 + "]"]),
        ("[__import__('os')]", ["[__import__('os')]"]),
    ],
)
def test_a_cell_can_hold_all_options(cell: str, texts: list[str]) -> None:
    assert split_list(cell, None) == texts


def test_a_comma_within_an_option_does_not_divide_it() -> None:
    assert split_list("28 April, 1920", "1920-04-28") == ["28 April, 1920"]
    assert text_places("b) Ganja", ["Baku", "Ganja"]) == [1]


# Odd and large tables


def test_blank_lines_are_left_out_and_counted() -> None:
    found = read("\n\nquestion;answer\n\n ; \nWho?;\n\nWhen?;1920\n")
    assert [row.line for row in found.open_rows] == [6]
    assert len(questions(found)) == 1


def test_two_hundred_columns_are_read_and_no_more() -> None:
    rest = "," * 198
    assert len(questions(read(f"question,answer{rest}\nWho?,Me{rest}\n"))) == 1
    with pytest.raises(Unreadable, match=r"There are 201 columns\. At most 200 are allowed\."):
        read(f"question,answer{rest},\nWho?,Me\n")


def test_a_hundred_thousand_rows_are_read_and_no_more() -> None:
    table = read_separated(b"question,answer\n" + b"Who?,Me\n" * (MAX_ROWS - 1))
    assert len(table.rows) == MAX_ROWS
    with pytest.raises(Unreadable, match="more than 20,000 questions"):
        read("question,answer\n" + "".join(f"{number}?,Me\n" for number in range(30_000)))
    with pytest.raises(Unreadable, match=r"There are more than 100,000 rows\."):
        read_separated(b"question,answer\n" + b"Who?,Me\n" * MAX_ROWS)


@given(text=st.text('AaBb12?;,|\t\n" ответ=question', max_size=200), decision=st.text(max_size=20))
def test_no_table_raises_anything_but_unreadable(text: str, decision: str) -> None:
    for options in ({}, {"skip_open": True}, {"decisions": {2: decision}}):
        try:
            found = read(f"question;answer;option 1;option 2\n{text}", **options)
        except Unreadable:
            continue
        assert all(row.choices[-1][0] == "skip" for row in found.open_rows)


# What a column of keys stands for


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Question,D,C,B,A,Answer\nq1?,x1,x2,x3,x4,A\nq2?,y1,y2,y3,y4,B\n", ["x4", "y3"]),
        ("Question,Option 3,Option 2,Option 1,Answer\nq1?,x1,x2,x3,1\nq2?,y1,y2,y3,2\n", ["x3", "y2"]),
        ("Question,Option 0,Option 1,Option 2,Answer\nq1?,w,x,y,1\nq2?,a,b,c,0\n", ["x", "a"]),
        ("Question,A,B,D,Answer\nq1?,x1,x2,x3,D\nq2?,y1,y2,y3,B\n", ["x3", "y2"]),
        ("Sual;A;B;C;Ç;D;Cavab\nq1?;x1;x2;x3;x4;x5;D\nq2?;y1;y2;y3;y4;y5;Ç\n", ["x5", "y4"]),
        ("Вопрос;А;В;С;Ответ\nq1?;x;y;z;В\nq2?;x1;y1;z1;С\n", ["y", "z1"]),
        ("Sual;I;II;III;Cavab\nq1?;x;y;z;II\nq2?;x1;y1;z1;III\n", ["y", "z1"]),
        ("Sual;1-ci variant;2-ci variant;3-cü variant;Düzgün cavab\nq?;x;y;z;2\nr?;x1;y1;z1;1\n", ["y", "x1"]),
        ("Sual;A;B;C;Cavab\nq?;B) Bakı;A) Gəncə;C) Şəki;B\nq2?;A) Kür;B) Araz;C) Nil;A\n", ["Bakı", "Kür"]),
        ('Sual;Cavab\n"Paytaxt? A) Bakı B) Gəncə C) Şəki";A\n"Çay? A) Nil B) Kür C) Don";B\n', ["Bakı", "Kür"]),
        ("Sual;A;B;Cavab\nq1?;İsa;Mir;isa\nq2?;don't;do;Don’t.\n", ["İsa", "don't"]),
    ],
)
def test_a_key_means_the_option_with_its_label(text: str, right: list[str]) -> None:
    assert [question.answer for question in questions(read(text))] == right  # type: ignore[union-attr]


def test_letters_of_another_alphabet_than_the_headings_are_asked_about() -> None:
    found = read("Sual;A;B;C;D;Cavab\nq?;x;y;z;w;В\nr?;x;y;z;w;Б\ns?;x;y;z;w;A\nt?;x;y;z;w;C\n")
    assert [row.line for row in found.open_rows] == [2, 3]


def test_a_number_that_is_also_the_text_of_another_option_is_asked_about_unless_the_mapping_was_chosen() -> None:
    text = "question,option 1,option 2,option 3,answer\nWho?,x,y,z,2\nWhere?,k,l,m,1\nHow many?,3,4,5,3\n"
    (asked,) = read(text).open_rows
    assert asked.why == "“3” can be an option or the number of one."
    chosen = read(text, mapping={"roles": ["question", "option", "option", "option", "right:number"], "heading": 1})
    assert [question.answer for question in questions(chosen)] == ["y", "k", "5"]  # type: ignore[union-attr]


# Rows of another shape


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Question;Answer;Explanation", "This looks like a row of headings."),
        ("Who, when;Me;;and where", "The row has more cells than there are headings."),
        ("Who?;#REF!;", "A cell has the error #REF!. Correct it in the spreadsheet."),
    ],
)
def test_a_row_of_another_shape_is_asked_about(row: str, why: str) -> None:
    found = read(f"Question;Answer;Explanation\nWho?;Me;Yes\n{row.replace('Question', 'Questions')}\n")
    assert len(questions(found)) == 1
    (asked,) = found.open_rows
    assert (asked.line, asked.why) == (3, why)


def test_headings_that_are_repeated_are_no_question() -> None:
    found = read("Question,Answer\nWho?,Me\nQuestion,Answer\nWhere?,Here\n")
    assert [question.prompt for question in questions(found)] == ["Who?", "Where?"]
    assert found.open_rows == ()


def test_a_topic_that_is_written_once_holds_for_the_rows_below() -> None:
    found = read("Topic,Question,Answer\nWar,q1?,x\n,q2?,y\nPeace,q3?,z\n,q4?,w\n")
    assert [found.topics[entry.fact.topic] for entry in found.facts] == ["War", "War", "Peace", "Peace"]


def test_columns_and_rows_that_are_left_out_are_named() -> None:
    found = read("№;Question;Answer;;Colour\nPart one;;;;\n1;Who?;Me;so;red\n2;Where?;Here;so;\n")
    assert [warning.what for warning in found.warnings] == [
        "Column 4 is left out, because it has no name.",
        "The column “Colour” is left out, because its name is not recognised.",
        "1 row without a question and an answer is left out.",
    ]


def test_tags_are_divided_as_people_write_them() -> None:
    (found,) = read('Question,Answer,Tags\nCapital?,Baku,"geography, capital"\n').facts
    assert found.fact.tags == ["geography", "capital"]


def test_quotation_marks_that_are_no_quoting_are_text() -> None:
    found = read('Sual;Cavab\n"Xəmsə" nin müəllifi?;Nizami\n')
    assert [question.prompt for question in questions(found)] == ['"Xəmsə" nin müəllifi?']


def test_a_heading_without_rows_is_refused() -> None:
    with pytest.raises(Unreadable, match="There are no rows below the headings"):
        read("question;answer\n")
