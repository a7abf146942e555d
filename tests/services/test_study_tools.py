"""Stars, notes, hints and reports: what learners do with facts and questions besides answering."""

import pytest
from assignments import open_school
from assignments import study as study_with_class
from editor import own_set
from running_quizzes import key_of_whole_set
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, facts, make_learner, memory_of, statements

from quizapp.core.practice.groups import Scope
from quizapp.core.practice.selection import Selection
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Fact, FactNote, Question, QuestionReport, QuestionVersion, Review, StarredFact
from quizapp.services import overrides, throttle
from quizapp.services.attempts import hints, lifecycle
from quizapp.services.editor import reports as authors
from quizapp.services.editor.versions import EditConflict, read_question_versions
from quizapp.services.errors import NotFound
from quizapp.services.practice import groups, rounds
from quizapp.services.review import answers, feedback, queue
from quizapp.services.review.allowances import SessionScope
from quizapp.services.study_tools import facts as tools
from quizapp.services.study_tools import reports

pytestmark = pytest.mark.one_database


def test_starred_facts_are_listed_and_can_be_studied_alone(session: Session) -> None:
    learner, other = make_learner(session), make_learner(session)
    source, quarrel, date = facts(session)
    for starred in (quarrel, quarrel, date):
        tools.star_fact(session, learner, starred, starred=True, now=NOON)
    tools.star_fact(session, learner, date, starred=False, now=NOON)
    tools.save_note(session, learner, quarrel, " **B**urton *b*arks ", now=NOON)
    found = tools.list_starred(session, learner, page=1, now=NOON)
    assert [(row.id, row.note) for row in found.facts] == [(quarrel, "**B**urton *b*arks")]
    assert found.can_study and not tools.list_starred(session, other, page=1, now=NOON).total
    only = SessionScope(starred=True)
    assert ask(session, learner, scope=only).fact_id == quarrel
    assert queue.next_prompt(session, other, now=NOON, scope=only) is None
    assert (
        ask(session, learner, prefer=quarrel).tools.starred and not ask(session, learner, prefer=source).tools.starred
    )
    question_set = groups.find_set(session, learner, "sample")
    assert question_set and groups.get_options(session, learner, question_set, now=NOON).starred.facts == 1
    round = rounds.begin_practice(session, learner, question_set, Selection(Scope.STARRED), now=NOON)
    assert round.size == 1


def test_a_note_is_shown_with_the_feedback_and_an_empty_one_is_deleted(session: Session) -> None:
    learner = make_learner(session)
    prompt = ask(session, learner)
    tools.save_note(session, learner, prompt.fact_id, "A spike in a lake.", now=NOON)
    with pytest.raises(tools.NoteTooLong):
        tools.save_note(session, learner, prompt.fact_id, "x" * (tools.LONGEST_NOTE + 1), now=NOON)
    shown = feedback.read_feedback(session, learner, answer(session, learner, prompt), now=NOON)
    assert shown.tools.note == "A spike in a lake."
    tools.save_note(session, learner, prompt.fact_id, "\n ", now=NOON)
    assert session.scalars(select(FactNote)).all() == []


def test_a_right_answer_with_a_hint_counts_as_forgotten_and_stays_so(session: Session) -> None:
    learner = make_learner(session)
    fact_id = facts(session)[0]
    plain = statements(session, lambda: ask(session, learner, prefer=fact_id))
    prompt = ask(session, learner, prefer=fact_id)
    assert prompt.hint and not prompt.tools.hinted
    tools.take_hint(session, learner, fact_id, now=NOON)
    assert ask(session, learner, prefer=fact_id).tools.hinted
    assert statements(session, lambda: ask(session, learner, prefer=fact_id)) == plain
    review_id = answer(session, learner, prompt)
    review = session.get_one(Review, review_id)
    assert (review.hinted, review.rating, review.fraction) == (True, Rating.AGAIN, 0.0)
    assert memory_of(session, learner, fact_id).state == State.LEARNING
    shown = feedback.read_feedback(session, learner, review_id, now=NOON)
    assert shown.grade.correct and not shown.remembered and not shown.can_override
    with pytest.raises(NotFound):
        overrides.override_review(session, learner, review_id, now=NOON)
    answers.undo_answer(session, learner, now=NOON)
    session.commit()
    again = answer(session, learner, ask(session, learner, prefer=fact_id))
    assert session.get_one(Review, again).hinted  # undoing the answer does not undo the hint
    answer(session, learner, ask(session, learner, prefer=fact_id))
    assert not session.scalars(select(Review).order_by(Review.id.desc())).first().hinted  # type: ignore[union-attr]


def test_a_hint_in_a_practice_earns_no_credit_and_quizzes_give_none(session: Session) -> None:
    learner = make_learner(session)
    question_set = groups.find_set(session, learner, "sample")
    assert question_set
    topic = Selection(Scope.TOPIC, "actors", size=5)
    attempt = rounds.begin_practice(session, learner, question_set, topic, now=NOON)
    shown = [
        lifecycle.show_attempt(session, learner, attempt.id, position=place, now=NOON).question
        for place in range(1, attempt.size + 1)
    ]
    asked = next(each for each in shown if each and each.question.key == "nile-source-choice")
    hints.take_hint(session, learner, attempt.id, asked.position, now=NOON)
    picked = {"picked": str(asked.order.index(0))}
    lifecycle.answer_question(session, learner, attempt.id, asked.position, picked, ms=1, confidence=None, now=NOON)
    found = lifecycle.show_attempt(session, learner, attempt.id, position=asked.position, now=NOON).question
    assert found and found.grade and found.grade.correct
    assert (found.remembered, found.credit, found.can_override) == (False, 0.0, False)
    with pytest.raises(NotFound):  # it is answered
        hints.take_hint(session, learner, attempt.id, asked.position, now=NOON)
    attempt.purpose = "quiz"
    with pytest.raises(NotFound):
        hints.take_hint(session, learner, attempt.id, asked.position, now=NOON)


def test_facts_of_a_running_quiz_can_be_neither_noted_nor_reported(session: Session) -> None:
    school = open_school(session)
    study_with_class(session, school)
    student = school.students[0]
    fact_id = session.scalars(select(Fact.id).where(Fact.set_id == school.set_id)).first()
    assert fact_id
    tools.star_fact(session, student, fact_id, starred=True, now=NOON)
    key_of_whole_set(session, school)
    assert tools.list_starred(session, student, page=1, now=NOON).total == 0
    version_id = session.scalars(select(QuestionVersion.id)).first()
    assert version_id
    for refused in (
        lambda: tools.star_fact(session, student, fact_id, starred=True, now=NOON),
        lambda: tools.find_note(session, student, fact_id, now=NOON),
        lambda: tools.take_hint(session, student, fact_id, now=NOON),
        lambda: reports.find_question(session, student, version_id, now=NOON),
    ):
        with pytest.raises(NotFound):
            refused()


def test_an_author_accepts_a_suggestion_and_the_history_credits_the_learner(session: Session) -> None:
    author, learner, outsider = (person(session, name) for name in ("Olga", "Leyla", "Max"))
    row = own_set(session, author)
    row.visibility = "link"
    session.flush()
    question, version_id = session.execute(
        select(Question, QuestionVersion.id).join(Question.current_version).join(Fact, Fact.id == Question.fact_id)
        .where(Fact.set_id == row.id, Question.key == "nile-source-typed")
    ).one()  # fmt: skip
    found = reports.find_question(session, learner, version_id, now=NOON)
    reports.report_mistake(session, learner, found, fault="answer", text="It was Grant.", now=NOON)
    corrected = found.question.model_copy(update={"prompt": "Who first saw Lake Victoria?"})
    with pytest.raises(reports.NothingSuggested):
        reports.report_mistake(session, learner, found, fault="wording", text="", suggestion=found.question, now=NOON)
    reports.report_mistake(session, learner, found, fault="wording", text="", suggestion=corrected, now=NOON)
    page = authors.list_reports(session, author, row.id, page=1)
    suggested, told = page.reports
    assert page.waiting == 2 and [each.field for each in suggested.differences] == ["Question"]
    with pytest.raises(NotFound):
        authors.list_reports(session, outsider, row.id, page=1)
    with pytest.raises(EditConflict):
        authors.accept_suggestion(session, author, row.id, suggested.report.id, base=99, reply="", now=NOON)
    authors.accept_suggestion(
        session, author, row.id, suggested.report.id, base=suggested.current, reply="Thanks!", now=NOON
    )
    authors.answer_report(session, author, row.id, told.report.id, outcome="dismissed", reply="No.", now=NOON)
    with pytest.raises(authors.AlreadyAnswered):
        authors.answer_report(session, author, row.id, told.report.id, outcome="fixed", reply="", now=NOON)
    history = read_question_versions(session, author, row.id, question.id)
    assert [(each.author, each.suggested_by) for each in history.versions] == [("Olga", "Leyla"), ("Olga", None)]
    mine, _ = reports.list_own_reports(session, learner, page=1, now=NOON)
    assert [(each.QuestionReport.outcome, each.QuestionReport.reply) for each in mine] == [
        ("accepted", "Thanks!"), ("dismissed", "No."),
    ]  # fmt: skip


def test_reports_are_limited_and_those_about_built_in_sets_go_to_the_administrator(session: Session) -> None:
    learner = make_learner(session)
    found = reports.find_question(session, learner, ask(session, learner).question_version_id, now=NOON)
    for _ in range(reports.MOST_REPORTS):
        reports.report_mistake(session, learner, found, fault="other", text="?", now=NOON)
    with pytest.raises(throttle.TooManyTries):
        reports.report_mistake(session, learner, found, fault="other", text="?", now=NOON)
    waiting = authors.list_unowned(session)
    assert len(waiting) == reports.MOST_REPORTS
    first = waiting[0].QuestionReport
    authors.answer_unowned(session, first.id, outcome="fixed", reply="Done.", now=NOON)
    assert session.get_one(QuestionReport, first.id).outcome == "fixed"
    with pytest.raises(authors.AlreadyAnswered):
        authors.answer_unowned(session, first.id, outcome="fixed", reply="", now=NOON)


def test_stars_go_with_the_account(session: Session) -> None:
    learner = make_learner(session)
    tools.star_fact(session, learner, facts(session)[0], starred=True, now=NOON)
    session.delete(learner)
    session.flush()
    assert session.scalars(select(StarredFact)).all() == []
