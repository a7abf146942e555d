"""The roles of columns: guessed, chosen, remembered, and written on the command line."""

import pytest

from quizapp.core.formats.format import ImportedSet, Unreadable
from quizapp.core.formats.tables.headings import role_of
from quizapp.core.formats.tables.mapping import check_mapping, parse_mapping, write_mapping
from quizapp.core.formats.tables.reader import read_table
from quizapp.core.formats.tables.separated import read_separated
from quizapp.core.formats.tables.table import ColumnMapping, RememberedMapping, TableOptions, TableView


def read(text: str, **options: object) -> ImportedSet:
    return read_table(read_separated(text.encode()), "t", TableOptions.model_validate(options))


def view(text: str, **options: object) -> TableView:
    table = read(text, **options).table
    assert table is not None
    return table


# Headings


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Question", "question"),
        ("QUESTION_TEXT", "question"),
        ("Question - max 120 characters", "question"),
        ("Sualın mətni", "question"),
        ("ВОПРОС", "question"),
        ("Right answer", "right"),
        ("Correct Answer(s)\n(Only include Answer #)", "right"),
        ("Düzgün cavab", "right"),
        ("правильный_ответ", "right"),
        ("Incorrect Answer 2 (Optional)", "wrong"),
        ("Yanlış cavab 1", "wrong"),
        ("Неправильный ответ 3", "wrong"),
        ("incorrect_answers", "wrong:list"),
        ("Answer 3\n(Optional)", "option"),
        ("Answer 1 - max 75 characters", "option"),
        ("A variantı", "option"),
        ("Вариант Б", "option"),
        ("в)", "option"),
        ("4", "option"),
        ("Варианты ответа", "options"),
        ("İzahı", "explanation"),
        ("Пояснение", "explanation"),
        ("Mövzu", "topic"),
        ("Теги", "tags"),
        ("Paragraph", "passages"),
        ("Image Link", "picture"),
        ("Question #", ""),
        ("№", ""),
        ("Time limit (sec) – 5, 10, 20, 30, 60, 90, 120, or 240 secs", ""),
        ("why not", "why_not"),
        ("Colour", None),
        ("Baku", None),
    ],
)
def test_a_column_is_known_by_its_name_in_any_spelling(name: str, role: str | None) -> None:
    assert role_of(name) == role


@pytest.mark.parametrize(
    "heading",
    ["Frage;Antwort", "Soru;Cevap", "კითხვა;პასუხი", "Domanda;Risposta", "Q;Definition"],
)
def test_a_heading_in_any_language_is_not_a_question(heading: str) -> None:
    found = read(f"{heading}\nWhen did Baku fall?;1920\nWho led the army?;Levandovski\n")
    prompts = [question.prompt for entry in found.facts for question in entry.fact.questions]
    assert set(prompts) <= {"When did Baku fall?", "Who led the army?"}
    assert found.table is not None
    assert found.table.mapping.heading == 1


def test_rows_above_the_heading_are_not_questions() -> None:
    found = view("My quiz;;\n;;\nWeek 3;April;\nquestion;answer;comment\nWho?;Levandovski;He did.\n")
    assert found.mapping == ColumnMapping(roles=("question", "right", "explanation"), heading=3)


# What the contents say


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("Capital?,Baku,Ganja,Sheki,B\nRiver?,Kura,Araz,Volga,A\n", "question=1,option=2-4,right=letter:5,heading=0"),
        ("1,Capital?,Baku,Ganja,2\n2,River?,Kura,Araz,1\n", "question=2,option=3-4,right=number:5,heading=0"),
        ("Capital?,Baku,Ganja,Baku\nRiver?,Kura,Araz,Araz\n", "question=1,option=2-3,right=4,heading=0"),
        ("Capital?,B,Baku,Ganja\nRiver?,A,Kura,Araz\n", "question=1,right=letter:2,option=3-4,heading=0"),
        ("Capital?\tBaku; Ganja\tBaku\nRiver?\tKura; Araz\tAraz\n", "question=1,options=2,right=3,heading=0"),
        ("Baku\tthe capital\nGanja\tthe old capital\n", "question=1,right=2,heading=0"),
        ("Baku\tWhat is the capital?\nKura\tWhich river?\n", "right=1,question=2,heading=0"),
    ],
)
def test_without_headings_the_contents_say_what_the_columns_are(text: str, mapping: str) -> None:
    found = view(text)
    assert found.is_certain
    assert found.mapping == parse_mapping(mapping)


@pytest.mark.parametrize(
    "text",
    [
        "Who?,Me,You,He\n",  # is the first the right one?
        "Begin?,1912,1914,1916,2\n",  # one row proves nothing
        "question,a,b,c,answer\nHow many?,2,3,4,3\nHow few?,1,2,3,2\n",  # the third option, or 3?
        "question,a,b,c,answer\nWhich?,x,y,z,0\nWho?,k,l,m,2\n",  # do they count from 0?
        "Fråga,Svar,Fel 1,Fel 2\nVem?,Jag,Du,Han\n",
        "English,Azerbaijani\napple,alma\nbook,kitab\n",  # is the first row a heading?
        "Country,Capital\nAzerbaijan,Baku\nGeorgia,Tbilisi\n",
        "Tarix;Hadisə\n28 may 1918;ADR yaradıldı\n18 oktyabr 1991;Müstəqillik\n",
        "1;q1?;x;y;z;A\n2;q2?;x;y;z;B\n4;q3?;x;y;z;C\n2;q3?;x;y;z;C\n",
        "Tarix;q1;x;y;z;A\nTarix;q2;x;y;z;B\n",  # the first column is a topic
        "Sual;;;;;Cavab\nq?;x;y;z;w;A\nr?;x;y;z;w;C\n",
        "Question,Answer,Alternatives\nCap?,Baku,Bakı; Baki\nR?,Kura,Kür; Kur\n",  # synonyms?
        "run,to move; go fast\nwalk,to go; slowly\n",  # which separator?
        "Question,Answer\nCapital? Baku or Ganja,A\nRiver? Kura or Nile,B\n",  # letters of what?
        "Question,Answer 1,Answer 2\nWho?,Me,You\n",  # which of them is right?
        "question,answer,option 1,option 2\nWho?,Me,You,He\nWhere?,Here,There,Nowhere\n",
    ],
)
def test_no_question_is_read_while_the_columns_are_not_certain(text: str) -> None:
    found = read(text)
    assert found.table is not None
    assert not found.table.is_certain
    assert (found.facts, found.open_rows, found.skipped) == ((), (), ())


def test_a_single_column_cannot_be_mapped() -> None:
    with pytest.raises(Unreadable, match="There is only one column"):
        read("Who led the army\nWhen did Baku fall\n")


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("points;1;2", "marks"),
        ("points;names Kirov;", "points"),
        ("passage;3;1 | 4", "passages"),
        ("passage;In April;", ""),
    ],
)
def test_numbers_and_texts_in_a_column_mean_different_things(column: str, role: str) -> None:
    name, first, second = column.split(";")
    found = view(f"question;answer;{name}\nWho?;Me;{first}\nWhen?;Now;{second}\n")
    assert found.is_certain
    assert found.mapping.roles[2] == role


# What a person chose


def test_a_chosen_mapping_is_used_whatever_the_headings_say() -> None:
    found = read("answer,question\nBaku,Capital?\n", mapping={"roles": ["question", "right"], "heading": 1})
    (entry,) = found.facts
    assert entry.fact.questions[0].prompt == "Baku"


@pytest.mark.parametrize(
    ("roles", "problem"),
    [
        (("right", ""), "Choose the column with the question."),
        (("question", "question"), "Choose “Question” for one column only."),
        (("question", ""), "Choose the column with the right answer."),
        (("question", "right:letter"), "Choose the columns with the options that the letters or numbers stand for."),
        (("question", "right", "right:number"), "Choose only one column with the right answer."),
        (("question", "right", "option", "wrong"), "Choose either options or wrong answers, not both."),
        (("question", "right", "option", "options"), "Choose either one option per column or all options in one cell."),
        (("question", "right", "", "", "topic"), "There is no column 5."),
        (("question", "rigth"), "“rigth” is not one of these: question, right, "),
    ],
)
def test_a_mapping_that_makes_no_sense_is_explained_and_nothing_is_read(roles: tuple[str, ...], problem: str) -> None:
    found = read("a,b,c,d\ne,f,g,h\n", mapping={"roles": roles})
    assert found.table is not None
    assert found.table.problem.startswith(problem)
    assert not found.table.is_certain
    assert found.facts == ()


def test_a_mapping_is_remembered_for_tables_with_the_same_headings() -> None:
    first = view("Fråga;Svar;Fel\nVem?;Jag;Du\n", mapping={"roles": ["question", "right", "wrong"], "heading": 1})
    remembered = RememberedMapping.model_validate_json(first.remember.model_dump_json())
    again = read("FRÅGA;Svar;fel\nVar?;Här;Där\n", remembered=remembered.model_dump())
    assert again.table is not None
    assert again.table.is_certain
    assert [question.options for found in again.facts for question in found.fact.questions] == [["Här", "Där"]]  # type: ignore[union-attr]
    other = view("Fråga;Ämne;Svar\nVar?;Ort;Här\n", remembered=remembered.model_dump())
    assert not other.is_certain


def test_a_mapping_without_headings_is_not_used_for_a_table_with_them() -> None:
    first = view("Who?,Me,You,He\n", mapping={"roles": ["question", "right", "wrong", "wrong"], "heading": 0})
    again = view("Who?,Me,You,He\nWhere?,A1,B1,C1\n", remembered=first.remember.model_dump())
    assert again.is_certain
    headed = view("question,answer,topic,tags\nWho?,Me,You,He\n", remembered=first.remember.model_dump())
    assert headed.mapping.roles == ("question", "right", "topic", "tags")


# On the command line


def test_a_mapping_is_written_as_it_is_read() -> None:
    text = "question=2,option=3,option=4,right=letter:7,heading=1"
    assert write_mapping(parse_mapping(text)) == text
    assert parse_mapping("question=2, option=3-4,right=letter:7").roles == (
        "", "question", "option", "option", "", "", "right:letter",
    )  # fmt: skip
    assert parse_mapping("question=1,right=text:2,wrong=list:3").roles == ("question", "right", "wrong:list")
    assert parse_mapping("question=1,ignore=2,right=3").heading is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("question", "“question” is not a role and its column"),
        ("question=0", "“question=0” is not a role and its column"),
        ("option=5-3", "“option=5-3” is not a role and its column"),
        ("question=201", "“question=201” is not a role and its column"),
        ("answer=2", "“answer” is not a role."),
        ("question=1,right=1", "Column 1 has two roles."),
        ("question=1,right=roman:2", "“right=roman” is not a role."),
        ("heading=21", "At most 20 heading rows are possible."),
        ("x" * 100_000, "is not a role and its column"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_explained(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"not|roles|rows") as refused:
        parse_mapping(text)
    assert problem in str(refused.value)
    assert len(str(refused.value)) < 500


def test_a_mapping_of_no_column_is_not_right() -> None:
    assert check_mapping(parse_mapping(""), 2) == "Choose the column with the question."
