"""A slip that is another word of the set is wrong wherever it is graded; on both databases."""

from typing import Any

import pytest
from assignments import answer as answer_attempt
from assignments import begin as begin_attempt
from assignments import mend, open_school, quiz
from sets import begin, person, write
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.kinds.base import Verdict
from quizapp.models import Attempt, Fact, Question, QuestionSet
from quizapp.services.assignments.regrading import plan_regrade, regrade
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.questions import get_question
from quizapp.services.vocabulary import grade_in_set

pytestmark = pytest.mark.both_databases


def asked(answer: str = "Neutron", **fields: Any) -> Any:
    return parse_question({"key": "q", "kind": "typed", "prompt": "What is it?", "answer": answer, **fields})


def graded(session: Session, row: QuestionSet, text: str, question: Any = None, language: str = "en") -> Any:
    response = parse_response({"kind": "typed", "text": text})
    return grade_in_set(session, row.id, language, question or asked(), response)


@pytest.fixture
def row(session: Session) -> QuestionSet:
    found = begin(session, person(session, "leyla"))
    session.flush()
    return found


@pytest.mark.one_database
@pytest.mark.parametrize(
    "fields",
    [
        {"statement": "A Neuron carries a signal."},
        {"statement": "“Neuron” is Greek."},
        {"prompt": "What does the neuron carry?"},
        {"answer": "a neuron"},
        {"answer": "nerve cell", "accept": ["neuron"]},
        {"kind": "choice", "answer": "Axon", "distractors": [{"text": "Neuron"}, {"text": "Glia"}, {"text": "Cell"}]},
        {"kind": "cloze", "text": "It is a {{cell}}.", "gaps": {"cell": {"answer": "neuron"}}},
        {"kind": "multiple", "answers": ["neurón", "axon"], "distractors": [{"text": "lung"}, {"text": "eye"}]},
    ],
)
def test_a_word_of_the_set_is_no_slip(session: Session, row: QuestionSet, fields: dict[str, Any]) -> None:
    question = {"key": "fact-1-q", "kind": "typed", "prompt": "What?", "answer": "Deep"}
    if "kind" in fields:
        del question["answer"]
    asked_so = {name: value for name, value in fields.items() if name != "statement"}
    write(session, row, statement=fields.get("statement", "It is so."), questions=[question | asked_so])
    response, grade = graded(session, row, "neuron")
    assert (grade.verdict, grade.note, response.context.other_words) == (Verdict.WRONG, "neuron", ("neuron",))
    assert graded(session, row, "nuetron")[1].verdict is Verdict.SLIP


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("statement", "answer", "typed", "verdict"),
    [
        ("Many neutrons are slow.", "Neutron", "neutrons", Verdict.SLIP),
        ("The neuronal net.", "Neutron", "neuron", Verdict.SLIP),
        ("Нейрон передаёт сигнал.", "Нейтрон", "нейрон", Verdict.WRONG),
        ("НЕЙРОН передаёт сигнал.", "Нейтрон", "нейрон", Verdict.WRONG),
        ("Bu qərardır, qatar deyil.", "Qatar", "qerar", Verdict.WRONG),
        ("Армия Деникина отступила.", "Деникин", "Деникина", Verdict.SLIP),
    ],
)
def test_whole_words_are_compared_in_their_script(
    session: Session, row: QuestionSet, statement: str, answer: str, typed: str, verdict: Verdict
) -> None:
    question = {"key": "fact-1-q", "kind": "typed", "prompt": statement, "answer": "Deep"}
    write(session, row, statement="It is so.", questions=[question])
    assert graded(session, row, typed, asked(answer))[1].verdict is verdict


def test_spellings_of_the_answer_are_no_other_words(session: Session, row: QuestionSet) -> None:
    row.names = [{"key": "khoyski", "name": "Khoyski", "spellings": ["Khoyskii", "Khoiski"]}]
    session.flush()
    question = {"key": "fact-1-q", "kind": "typed", "prompt": "Who?", "answer": "Khoyski", "accept": ["Khoyskiy"]}
    write(session, row, questions=[question])
    for typed in ("Khoiski", "Khoyskiy"):
        assert graded(session, row, typed, asked("Khoyski"))[1].verdict is Verdict.SLIP
    row.names = [{"key": "khorsky", "name": "Khorsky", "spellings": ["Khoiski"]}]
    session.flush()
    assert graded(session, row, "Khoiski", asked("Khoyski"))[1].verdict is Verdict.WRONG


def test_what_is_archived_and_other_sets_do_not_count(session: Session, row: QuestionSet) -> None:
    write(session, row, statement="A neuron.")
    for fact in session.query(Fact):
        fact.archived_at = NOON
    other = begin(session, person(session, "amina"), "Cells")
    write(session, other, statement="A neuron.")
    session.flush()
    assert graded(session, row, "neuron")[1].verdict is Verdict.SLIP


def test_only_a_slip_takes_a_statement(session: Session, row: QuestionSet) -> None:
    write(session, row, statement="A neuron.")
    session.flush()
    for text, number in (("neutron", 0), ("lake", 0), ("", 0), ("neuron", 1), ("neutrons", 0)):
        assert statements(session, lambda text=text: graded(session, row, text)) == number, text


def test_the_language_of_the_set_decides_how_dates_are_read(session: Session, row: QuestionSet) -> None:
    date = parse_question({"key": "q", "kind": "date", "prompt": "When?", "answer": "1920-02-01", "precision": "day"})
    response = parse_response({"kind": "date", "text": "2/1/1920"})
    verdicts = {code: grade_in_set(session, row.id, code, date, response)[1].correct for code in ("en", "en-US", "az")}
    assert verdicts == {"en": True, "en-US": True, "az": False}


def test_a_quiz_and_a_regrade_of_it_grade_the_same(session: Session) -> None:
    school = open_school(session, 2)
    one, other = school.students
    assignment = quiz(session, school)
    session.get_one(Question, assignment.question_ids[0]).fact.statement = "A neuron carries signals."
    for student, text in ((one, "neuron"), (other, "nuetron")):
        attempt = begin_attempt(session, student, assignment)
        answer_attempt(session, student, attempt, 2, {"text": text})
        lifecycle.hand_in_attempt(session, student, attempt.id, now=NOON)
    session.commit()
    mend(session, assignment.question_ids[1], answer="Neutron")  # it was "Ob", so that both were plainly wrong

    found = plan_regrade(session, school.teacher, assignment.id)
    assert [(each.answer, each.after) for each in found.questions[0].changed] == [("nuetron", 1.0)]
    regrade(session, school.teacher, found, now=NOON)
    session.commit()
    shown = [
        get_question(session, attempt, 2).grade for attempt in session.scalars(select(Attempt).order_by(Attempt.id))
    ]
    assert [grade and grade.verdict for grade in shown] == [Verdict.WRONG, Verdict.SLIP]

    third = quiz(session, school, question_ids=assignment.question_ids)
    attempt = begin_attempt(session, one, third)
    answer_attempt(session, one, attempt, 2, {"text": "neuron"})
    grade = get_question(session, attempt, 2).grade
    assert grade
    assert (grade.verdict, grade.note) == (Verdict.WRONG, "neuron")
