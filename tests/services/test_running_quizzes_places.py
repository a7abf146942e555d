"""Every place where students see facts leaves out those of a quiz that their class is taking."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from assignments import School, begin, join, open_school, quiz, study, take
from attempts import begin_quiz, give, hand_in
from practice import ORDER, add_fact
from running_quizzes import CLOSES, DAY, LATER, SAMPLE, is_hidden, key_of_whole_set
from sets import apply_updates, copy_set
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, ask, memory_of, remember
from study import answer as answer_review

from quizapp.core.practice.groups import Scope
from quizapp.core.practice.selection import Selection
from quizapp.core.scheduling.scheduler import LEECH_LAPSES
from quizapp.models import Classroom, Comparison, Fact, Question, QuestionSet, User
from quizapp.services import access, placement, quizzes
from quizapp.services.assignments import assignments
from quizapp.services.assignments.student_attempts import begin_preview
from quizapp.services.attempts import lifecycle, results
from quizapp.services.attempts.lifecycle import NoQuestions
from quizapp.services.errors import NotFound
from quizapp.services.explore import facts
from quizapp.services.explore.actors import actors_page
from quizapp.services.explore.causes import causes_page
from quizapp.services.explore.fact_list import FactFilters, fact_list_page
from quizapp.services.explore.passages import passages_page
from quizapp.services.explore.printing import print_page
from quizapp.services.explore.timeline import timeline_page
from quizapp.services.exports import export_set
from quizapp.services.personal_data import personal_data
from quizapp.services.practice import comparisons, groups, match_game, rounds
from quizapp.services.progress.calibration import read_calibration
from quizapp.services.progress.fact_history import read_fact_history
from quizapp.services.progress.mixups import read_mixups
from quizapp.services.progress.overview import read_report
from quizapp.services.review import answers, feedback, offline, queue
from quizapp.services.review.recap import read_recap
from quizapp.services.review.today import read_today, start_plan
from quizapp.services.running_quizzes import InRunningQuiz, list_hidden_keys
from quizapp.services.sets import copies


@pytest.fixture
def school(session: Session) -> School:
    """A class with two students, and a set that both study: the Nile's source, its quarrel and its date."""
    school = open_school(session)
    study(session, school)
    return school


@pytest.fixture
def studied(session: Session, school: School) -> int:
    """The student answered a question wrongly and with certainty; the id of the review."""
    student = school.students[0]
    prompt = ask(session, student)
    given = answers.SubmittedAnswer(
        prompt.fact_id, prompt.question_version_id, 0, {"picked": str(prompt.order.index(1))}, confidence=3
    )
    review_id = answers.record_answer(session, student, given, now=NOON).review_id
    session.commit()
    return review_id


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "read",
    [
        lambda session, reader: fact_list_page(session, SAMPLE, reader, now=NOON).topics,
        lambda session, reader: timeline_page(session, SAMPLE, reader, now=NOON).headings,
        lambda session, reader: (
            fact_list_page(
                session, SAMPLE, reader, filters=FactFilters(query="speke", actor="speke", passage=1), now=NOON
            ).topics
        ),
        lambda session, reader: sum(
            actor.total for side in actors_page(session, SAMPLE, reader, now=NOON).sides for actor in side.actors
        ),
        lambda session, reader: causes_page(session, SAMPLE, reader, now=NOON).reasons,
        lambda session, reader: causes_page(session, SAMPLE, reader, listed=True, query="nile", now=NOON).reasons,
        lambda session, reader: print_page(session, SAMPLE, reader, now=NOON).facts,
        lambda session, reader: sum(
            section.total for section in passages_page(session, SAMPLE, reader, now=NOON).sections
        ),
    ],
    ids=["set", "timeline", "filtered", "actors", "causes", "found causes", "printed", "passages"],
)
def test_explore_shows_none_of_its_facts(
    session: Session, school: School, read: Callable[[Session, User], Any]
) -> None:
    student = school.students[0]
    assert read(session, student)
    key_of_whole_set(session, school)
    assert not read(session, student)
    assert read(session, school.teacher)


@pytest.mark.one_database
def test_the_page_of_a_fact_says_why_it_is_hidden(session: Session, school: School) -> None:
    student = school.students[0]
    key_of_whole_set(session, school)
    with pytest.raises(InRunningQuiz):
        facts.fact_page(session, SAMPLE, "nile-source", student, now=NOON)
    assert facts.fact_page(session, SAMPLE, "nile-source", student, now=CLOSES).fact
    assert fact_list_page(session, SAMPLE, student, now=NOON).hidden
    assert not fact_list_page(session, SAMPLE, student, now=CLOSES).hidden


def test_its_facts_leave_daily_reviews_until_it_closes(session: Session, school: School, studied: int) -> None:
    student = school.students[0]
    prompt = ask(session, student)
    later = session.scalars(select(Fact.id).order_by(Fact.position.desc())).first() or 0
    remember(session, student, later, stability=90.0)
    memory_of(session, student, later).due_day = MONDAY + DAY
    session.commit()
    key_of_whole_set(session, school)
    assert queue.next_prompt(session, student, now=NOON) is None
    today = read_today(session, student, now=NOON)
    assert today and (today.due, today.new, today.next_in) == (0, 0, None)
    assert offline.list_offline_questions(session, student, now=NOON) == []
    recap = read_recap(session, student, now=NOON)
    assert recap and (recap.learned, recap.missed) == ((), ())
    with pytest.raises(InRunningQuiz):
        answer_review(session, student, prompt)
    with pytest.raises(InRunningQuiz):
        feedback.read_feedback(session, student, studied, now=NOON)
    assert queue.next_prompt(session, student, now=CLOSES)
    assert feedback.read_feedback(session, student, studied, now=CLOSES).review_id == studied


@pytest.mark.one_database
def test_an_answer_given_offline_before_is_not_lost(session: Session, school: School) -> None:
    student = school.students[0]
    (packed, *_) = offline.list_offline_questions(session, student, now=NOON)
    key_of_whole_set(session, school)
    one = packed.prompt
    given = answers.SubmittedAnswer(one.fact_id, one.question_version_id, one.version, {}, client_id=str(uuid4()))
    (result,) = offline.record_offline_answers(session, student, [(given, NOON)], now=LATER)
    assert result.status == "recorded"


@pytest.mark.one_database
def test_progress_shows_none_of_its_facts(session: Session, school: School, studied: int) -> None:
    student = school.students[0]
    assert read_mixups(session, student, now=NOON).read and read_calibration(session, student, now=NOON).errors
    key_of_whole_set(session, school)
    assert not read_mixups(session, student, now=NOON).read
    assert not read_calibration(session, student, now=NOON).errors
    report = read_report(session, student, now=NOON)
    assert (report.weakest, report.worst_leeches) == ([], [])
    key = session.scalars(select(Fact.key).order_by(Fact.position)).first() or ""
    with pytest.raises(InRunningQuiz):
        read_fact_history(session, student, SAMPLE, key, now=NOON)
    assert read_fact_history(session, student, SAMPLE, key, now=CLOSES)


@pytest.mark.parametrize("asked", [0, 1])
def test_a_fact_that_is_weak_or_taken_for_another_is_hidden_too(session: Session, school: School, asked: int) -> None:
    student = school.students[0]
    pair = session.scalars(select(Fact).where(Fact.date.is_not(None))).all()
    pair[0].date = "1857"
    for fact in pair:
        remember(session, student, fact.id, stability=3.0)
        memory_of(session, student, fact.id).lapses = LEECH_LAPSES
    one, other = (fact.id for fact in pair)
    wrong = Comparison(earlier_id=one, later_id=other, right=0, wrong=1, last_at=NOON, last_right=False)
    wrong.learner_id = student.id
    session.add(wrong)
    session.commit()

    def counts() -> tuple[int, int, int, int, int]:
        report, mixups = read_report(session, student, now=NOON), read_mixups(session, student, now=NOON)
        asked_again = comparisons.count_inverted(session, student, school.set_id, now=LATER)
        downloaded = len(json.loads("".join(personal_data(session, student, now=NOON)))["comparisons"])
        return len(report.weakest), len(report.worst_leeches), len(mixups.inversions), asked_again, downloaded

    assert counts() == (2, 2, 1, 1, 1)
    question = session.scalars(select(Question.id).where(Question.fact_id == pair[asked].id)).first()
    quiz(session, school, question_ids=[question], closes_at=CLOSES)
    assert counts() == (1, 1, 0, 0, 0)


@pytest.mark.one_database
def test_games_deal_none_of_its_questions(session: Session, school: School) -> None:
    student = school.students[0]
    for fact in session.scalars(select(Fact)):
        fact.archived_at = NOON
    ordered = add_fact(session, "seasons", ORDER)
    prompt = ask(session, student)
    places = {f"place-{shown}": str([2, 1, 3, 4, 5][index]) for shown, index in enumerate(prompt.order)}
    answer_review(session, student, prompt, places)
    bodies = [{"kind": "typed", "prompt": f"What is thing {n}?", "answer": f"word {n}"} for n in range(7)]
    matched = [add_fact(session, f"thing-{n}", body) for n, body in enumerate(bodies)]
    dated = [add_fact(session, f"dated-{number}", date=f"191{number}") for number in range(8)]

    def dealt(at: datetime) -> tuple[bool, bool, int]:
        answers, dates = (
            match_game.get_board(session, student, school.set_id, [], about=about, now=at).board
            for about in ("answers", "dates")
        )
        return bool(answers), bool(dates), comparisons.count_inverted(session, student, school.set_id, now=at)

    assert dealt(LATER) == (True, True, 1)
    asked = [fact.questions[0].id for fact in (*matched, ordered, *dated)]
    quiz(session, school, question_ids=asked, closes_at=CLOSES)
    assert dealt(LATER) == (False, False, 0)
    assert dealt(CLOSES) == (True, True, 1)


@pytest.mark.one_database
def test_practice_and_own_quizzes_ask_none_of_its_facts(session: Session, school: School) -> None:
    student = school.students[0]
    found = session.get_one(QuestionSet, school.set_id)
    early, late = session.scalars(select(Fact).where(Fact.date.is_not(None))).all()
    early.date = "1857"
    session.commit()
    answered = {"one": early.id, "other": late.id, "picked": late.id, "since": NOON}
    comparisons.answer_pair(session, student, found.id, **answered, now=NOON)
    assert comparisons.get_result(session, student, found.id, early.id, late.id, now=NOON)
    key_of_whole_set(session, school)
    options = groups.get_options(session, student, found, now=LATER)
    assert not any(group.facts for group in (*options.topics, *options.passages, *options.actors, *options.periods))
    assert (options.inverted, options.comparable) == (0, False)
    topic = options.topics[0].value
    with pytest.raises(NoQuestions):
        rounds.begin_practice(session, student, found, Selection(Scope.TOPIC, topic), now=LATER)
    with pytest.raises(NoQuestions):
        rounds.begin_pretest(session, student, found, 1, now=LATER)
    assert comparisons.next_pair(session, student, found.id, since=LATER, now=LATER)[0] is None
    with pytest.raises(NotFound):
        comparisons.get_result(session, student, found.id, early.id, late.id, now=LATER)
    assert match_game.get_board(session, student, found.id, [], about="dates", now=LATER).board is None
    assert quizzes.get_options(session, student, SAMPLE, now=LATER).facts.total() == 0
    with pytest.raises(NoQuestions):
        begin_quiz(session, student, now=LATER)
    start_plan(session, student, found.id, now=LATER)
    assert placement.read_placement(session, student, SAMPLE, now=LATER).size == 0
    with pytest.raises(NoQuestions):
        placement.begin_placement(session, student, SAMPLE, now=LATER)


@pytest.mark.one_database
def test_what_was_begun_before_waits_until_it_closes(session: Session, school: School) -> None:
    student = school.students[0]
    over, running = begin_quiz(session, student), begin_quiz(session, student)
    hand_in(session, student, over, NOON)
    key_of_whole_set(session, school)
    for attempt in (over, running):
        with pytest.raises(InRunningQuiz):
            lifecycle.show_attempt(session, student, attempt, position=1, now=LATER)
    with pytest.raises(InRunningQuiz):
        give(session, student, running, {1: {}}, now=LATER)
    with pytest.raises(InRunningQuiz):
        results.get_result(session, student, over, now=LATER)
    assert results.get_result(session, student, over, now=CLOSES).questions
    assert lifecycle.show_attempt(session, student, running, position=1, now=CLOSES).question


@pytest.mark.one_database
def test_quizzes_on_the_same_facts_can_be_taken_but_not_looked_up(session: Session, school: School) -> None:
    """Feedback on handing in is the teacher's choice for the quiz itself, and not for another on the same facts."""
    student = school.students[0]
    first = quiz(session, school, closes_at=CLOSES, attempts=2)
    second = quiz(session, school, closes_at=CLOSES, question_ids=first.question_ids, attempts=2)
    attempt = begin(session, student, second)
    assert lifecycle.show_attempt(session, student, attempt.id, position=1, now=NOON).question
    lifecycle.hand_in_attempt(session, student, attempt.id, now=NOON)
    with pytest.raises(InRunningQuiz):
        results.get_result(session, student, attempt.id, now=NOON)
    assignments.archive_assignment(session, school.teacher, first.id, now=NOON)
    assert results.get_result(session, student, attempt.id, now=NOON).questions


@pytest.mark.one_database
def test_a_class_of_their_own_shows_students_none_of_its_facts(session: Session, school: School) -> None:
    """Anybody can become a teacher, and teachers see what they assign."""
    student = school.students[0]
    own = Classroom(title="Own", timezone="UTC", created_at=NOON)
    session.add(own)
    session.flush()
    join(session, own, student, "teacher")
    settings = {"title": "Own", "attempts": 1, "shuffled": False, "draws": {"dates": 1}}
    earlier = assignments.create_assignment(session, student, own.id, school.set_id, "quiz", settings, now=NOON)
    over = begin_preview(session, student, earlier.id, now=NOON)
    lifecycle.hand_in_attempt(session, student, over.id, now=NOON)
    key_of_whole_set(session, school)
    with pytest.raises(InRunningQuiz):
        results.get_result(session, student, over.id, now=NOON)
    again = begin_preview(session, student, earlier.id, now=NOON)
    with pytest.raises(InRunningQuiz):
        lifecycle.show_attempt(session, student, again.id, position=1, now=NOON)
    for refused in (
        lambda: assignments.create_assignment(session, student, own.id, school.set_id, "quiz", settings, now=NOON),
        lambda: assignments.copy_assignment(session, student, earlier.id, own.id, now=NOON),
    ):
        with pytest.raises(InRunningQuiz):
            refused()
    assert assignments.copy_assignment(session, student, earlier.id, own.id, now=CLOSES).id
    assert lifecycle.show_attempt(session, student, again.id, position=1, now=CLOSES).question


def test_exports_and_copies_leave_its_facts_out(session: Session, school: School) -> None:
    student = school.students[0]
    copy = copy_set(session, student, SAMPLE, now=NOON)
    quiz(session, school, draws={"actors": 1}, closes_at=CLOSES)
    hidden = list_hidden_keys(session, student, school.set_id, NOON)

    def exported(reader: User | None, at: datetime) -> str:
        return export_set(session, reader, school.set_id, "json", now=at).data.decode()

    assert hidden
    assert not any(f'"{key}"' in exported(student, NOON) for key in hidden)
    for whole in (exported(student, CLOSES), exported(school.teacher, NOON), exported(None, NOON)):
        assert all(f'"{key}"' in whole for key in hidden)
    for refused in (
        lambda: copy_set(session, student, SAMPLE, now=NOON),
        lambda: copies.find_updates(session, student, copy.id, now=NOON),
        lambda: apply_updates(session, student, copy.id, now=NOON),
    ):
        with pytest.raises(InRunningQuiz):
            refused()


@pytest.mark.one_database
def test_the_data_download_leaves_its_facts_out_until_it_closes(session: Session, school: School, studied: int) -> None:
    student = school.students[0]
    earlier = begin_quiz(session, student)
    hand_in(session, student, earlier)
    assignment = key_of_whole_set(session, school, feedback="after-due", due_at=CLOSES)
    attempt = take(session, student, assignment)

    def downloaded(at: datetime) -> dict[str, Any]:
        document: dict[str, Any] = json.loads("".join(personal_data(session, student, now=at)))
        return document

    kept = downloaded(LATER)
    assert (kept["memories"], kept["reviews"]) == ([], [])
    assert {answer["attempt_id"] for answer in kept["responses"]} == {attempt.id}, "their own answers to it"
    assert {answer["verdict"] for answer in kept["responses"]} == {None}
    later = downloaded(CLOSES)
    assert later["memories"] and later["reviews"]
    assert {answer["attempt_id"] for answer in later["responses"]} == {earlier, attempt.id}


def test_a_student_who_is_removed_sees_the_public_set_again(session: Session, school: School) -> None:
    key_of_whole_set(session, school)
    other = open_school(session, 0, suffix="-other")
    student = school.students[0]
    join(session, other.classroom, student)
    assert is_hidden(session, student, school, NOON)
    access.enrolled(session, student, school.class_id)[1].status = access.REMOVED
    session.commit()
    assert not is_hidden(session, student, school, NOON)
