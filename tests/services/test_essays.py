"""Essays: in reviews for those who want them, and in attempts until a person has marked them."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from assignments import begin, mend, open_school, question_ids, quiz
from attempts import LATER, add_facts, begin_quiz, give, hand_in, questions_of
from sqlalchemy import select
from sqlalchemy.orm import Session
from studying import NOON, answer, ask, make_learner, memory_of, remember, study_until_done

from quizapp.core.attempts import AT_ONCE
from quizapp.core.kinds.base import UnreadableResponse
from quizapp.models import (
    Assignment,
    Attempt,
    AuditEntry,
    Fact,
    Memory,
    Plan,
    Question,
    QuestionSet,
    QuestionVersion,
    Response,
    Review,
    User,
)
from quizapp.services import audit_log
from quizapp.services.assignments.deadlines import expire_all_attempts
from quizapp.services.assignments.regrading import plan_regrade, regrade
from quizapp.services.attempts import lifecycle, results
from quizapp.services.attempts.marking import mark_own_answer, mark_student_answer
from quizapp.services.errors import NotFound
from quizapp.services.personal_data import personal_data
from quizapp.services.quizzes import get_options
from quizapp.services.reports.item_analysis import analyse_assignment
from quizapp.services.reports.results import read_answers, read_gradebook, read_results
from quizapp.services.reports.student import read_student
from quizapp.services.review import queue
from quizapp.services.review.offline import list_offline_questions
from quizapp.services.review.today import read_today

TEXT = {"essay": "The Ob is a long river."}


@pytest.fixture
def learner(session: Session) -> User:
    found = make_learner(session)
    session.scalars(select(Plan)).one().new_per_day = 20
    session.commit()
    return found


def response(session: Session, attempt_id: int, position: int) -> Response:
    session.expire_all()
    return session.get_one(Response, (attempt_id, position))


# Reviews


def new_and_asked(session: Session, learner: User, now: datetime = NOON) -> tuple[int, int, int]:
    """How many facts Today calls new, how many questions are upcoming, and how many a session asks."""
    today = read_today(session, learner, now=now)
    assert today is not None
    upcoming = queue.upcoming_prompts(session, learner, now=now, limit=50)
    asked = study_until_done(session, learner, now) if not learner.asks_essays else upcoming
    return today.new + today.due, len(upcoming), len({prompt.fact_id for prompt in asked})


def test_a_fact_of_essays_alone_is_not_asked(session: Session, learner: User) -> None:
    add_facts(session, ["essay", "typed"])
    assert new_and_asked(session, learner) == (4, 4, 4)
    (fact_id,) = session.scalars(select(Fact.id).where(Fact.key == "dates-100"))
    assert session.get(Memory, (learner.id, fact_id)) is None


def test_it_is_asked_of_those_who_want_essays(session: Session, learner: User) -> None:
    ((fact_id, version_id),) = add_facts(session, ["essay"])
    learner.asks_essays = True
    session.commit()
    assert new_and_asked(session, learner) == (4, 4, 4)
    prompt = ask(session, learner, prefer=fact_id)
    assert (prompt.fact_id, prompt.question_version_id, prompt.question.kind) == (fact_id, version_id, "essay")
    assert prompt.waits
    review_id = answer(session, learner, prompt, {**TEXT, "point-1": "1", "rating": "good"})
    review = session.get_one(Review, review_id)
    kept = {"kind": "essay", "text": TEXT["essay"], "points": [1], "rating": "good", "mark": None}
    assert (review.response, review.verdict, review.fraction, review.rating) == (kept, "right", 1.0, 3)
    assert memory_of(session, learner, fact_id).reps == 1


def test_what_was_due_waits_until_essays_are_wanted(session: Session, learner: User) -> None:
    ((fact_id, _),) = add_facts(session, ["essay"])
    session.scalars(select(Plan)).one().new_per_day = 0
    remember(session, learner, fact_id, stability=10.0)
    today = read_today(session, learner, now=NOON)
    assert today is not None and (today.due, today.next_in) == (0, None)
    assert queue.next_prompt(session, learner, now=NOON) is None
    learner.asks_essays = True
    session.commit()
    today = read_today(session, learner, now=NOON)
    assert today is not None and today.due == 1
    assert ask(session, learner).fact_id == fact_id


def test_of_a_fact_with_other_questions_those_are_asked(session: Session, learner: User) -> None:
    ((fact_id, _),) = add_facts(session, ["essay"])
    body = {"kind": "flashcard", "key": "card", "prompt": "Which?", "answer": "Ob", "explanation": ""}
    version = QuestionVersion(number=1, body=body, created_at=NOON)
    session.add(Question(fact_id=fact_id, key="card", position=1, current=1, versions=[version]))
    session.commit()
    assert ask(session, learner, prefer=fact_id).question.kind == "flashcard"
    learner.asks_essays = True
    session.commit()
    remember(session, learner, fact_id, stability=100.0)
    kinds = {ask(session, learner, prefer=fact_id).question.kind}
    assert kinds <= {"flashcard", "essay"}


@pytest.mark.parametrize("posted", [TEXT, {**TEXT, "rating": "perfect"}])
def test_an_answer_without_a_rating_is_refused(session: Session, learner: User, posted: dict[str, str]) -> None:
    ((fact_id, _),) = add_facts(session, ["essay"])
    learner.asks_essays = True
    session.commit()
    prompt = ask(session, learner, prefer=fact_id)
    with pytest.raises(UnreadableResponse):
        answer(session, learner, prompt, posted)
    assert session.scalars(select(Review)).all() == []


def test_essays_are_not_packed_for_offline_study(session: Session, learner: User) -> None:
    add_facts(session, ["essay", "typed"])
    learner.asks_essays = True
    session.commit()
    packed = list_offline_questions(session, learner, now=NOON)
    assert len(packed) == 4 and all(each.prompt.question.kind != "essay" for each in packed)


# Quizzes that learners make for themselves


def test_a_quiz_draws_essays_only_when_they_are_chosen(session: Session, learner: User) -> None:
    add_facts(session, ["essay"] * 3 + ["typed"])
    attempt_id = begin_quiz(session, learner, size=50)
    assert "essay" not in {each.question.kind for each in questions_of(session, attempt_id)}
    chosen = begin_quiz(session, learner, size=50, kinds=["essay"])
    assert [each.question.kind for each in questions_of(session, chosen)] == ["essay"] * 3
    options = get_options(session, learner, "sample")
    assert options.questions["essay"] == 3


def essay_quiz(session: Session, learner: User, *, size: int = 2, **values: Any) -> int:
    add_facts(session, ["essay"] * size)
    return begin_quiz(session, learner, size=size, kinds=["essay"], **values)


def test_an_answer_waits_until_its_learner_marks_it(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner)
    give(session, learner, attempt_id, {1: TEXT, 2: {"give-up": "1"}})
    stored = response(session, attempt_id, 1)
    assert (stored.verdict, stored.fraction, stored.review_id) == ("unmarked", None, None)
    with pytest.raises(lifecycle.NotHandedIn):
        mark_own_answer(session, learner, attempt_id, 1, 1.0, [])
    hand_in(session, learner, attempt_id)
    result = results.get_result(session, learner, attempt_id, now=LATER)
    assert (result.attempt.score.marks, result.attempt.score.size, result.attempt.score.waiting) == (0, 2, 1)
    assert (len(result.waiting), len(result.wrong), result.missed, len(result.right)) == (1, 1, 1, 0)
    assert result.topics[0][1].waiting == 1
    assert [review.verdict for review in session.scalars(select(Review))] == ["unanswered"]

    mark_own_answer(session, learner, attempt_id, 1, 0.75, [0])
    session.commit()
    stored = response(session, attempt_id, 1)
    assert (stored.verdict, stored.fraction) == ("right", 0.75)
    assert stored.response is not None and stored.response["points"] == [0]
    review = session.get_one(Review, stored.review_id)
    assert (review.fraction, review.source, review.rating) == (0.75, "quiz", 3)
    result = results.get_result(session, learner, attempt_id, now=LATER)
    assert (result.attempt.score.marks, result.attempt.score.waiting) == (0.75, 0)
    assert (len(result.waiting), result.missed, len(result.right)) == (0, 1, 1)


def test_it_may_be_marked_again_and_the_review_stays(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=1)
    give(session, learner, attempt_id, {1: TEXT})
    hand_in(session, learner, attempt_id)
    for mark in (1.0, 0.25):
        mark_own_answer(session, learner, attempt_id, 1, mark, [])
        session.commit()
    assert response(session, attempt_id, 1).verdict == "wrong"
    assert session.get_one(Attempt, attempt_id).marks == 0.25
    assert [review.fraction for review in session.scalars(select(Review))] == [1.0]


def test_nobody_marks_themselves_with_the_answer(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=1)
    with pytest.raises(UnreadableResponse):
        give(session, learner, attempt_id, {1: {**TEXT, "rating": "easy"}})
    give(session, learner, attempt_id, {1: {**TEXT, "mark": "1", "point-0": "1"}})
    stored = response(session, attempt_id, 1)
    assert stored.response == {"kind": "essay", "text": TEXT["essay"], "points": [], "rating": None, "mark": None}


def test_with_feedback_at_once_it_is_marked_on_the_way(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=2, feedback=AT_ONCE)
    give(session, learner, attempt_id, {1: TEXT, 2: TEXT})
    mark_own_answer(session, learner, attempt_id, 1, 1.0, [])
    assert session.scalars(select(Review)).all() == []
    hand_in(session, learner, attempt_id)
    assert [review.fraction for review in session.scalars(select(Review))] == [1.0]
    assert session.get_one(Attempt, attempt_id).score.waiting == 1


def test_what_waits_is_not_missed(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=2)
    give(session, learner, attempt_id, {1: TEXT})
    hand_in(session, learner, attempt_id)
    _, waiting = results.review_missed(session, learner, attempt_id, now=LATER)
    assert waiting == 1  # the one left open


def test_only_ones_own_answers_that_need_it_are_marked(session: Session, learner: User) -> None:
    add_facts(session, ["typed"])
    attempt_id = begin_quiz(session, learner, kinds=["typed"])
    give(session, learner, attempt_id, {1: {"text": "Ob"}})
    hand_in(session, learner, attempt_id)
    for position in (1, 2, 99):
        with pytest.raises(NotFound):
            mark_own_answer(session, learner, attempt_id, position, 1.0, [])
    stranger = make_learner(session)
    with pytest.raises(NotFound):
        mark_own_answer(session, stranger, attempt_id, 1, 1.0, [])


def test_a_blank_answer_cannot_be_marked(session: Session, learner: User) -> None:
    attempt_id = essay_quiz(session, learner, size=1)
    give(session, learner, attempt_id, {1: {"essay": "  "}})
    hand_in(session, learner, attempt_id)
    assert response(session, attempt_id, 1).verdict == "unanswered"
    with pytest.raises(NotFound):
        mark_own_answer(session, learner, attempt_id, 1, 1.0, [])


# Practice


def test_in_practice_only_marked_answers_can_count(session: Session, learner: User) -> None:
    asked = add_facts(session, ["essay"] * 2)
    set_id = session.scalars(select(QuestionSet.id)).one()
    attempt = lifecycle.begin_attempt(
        session, learner, asked, set_id=set_id, purpose="practice", title="Essays", feedback=AT_ONCE, now=NOON
    )
    session.commit()
    give(session, learner, attempt.id, {1: TEXT, 2: TEXT})
    mark_own_answer(session, learner, attempt.id, 1, 0.5, [])
    recorded = lifecycle.record_on_request(session, learner, attempt.id, now=LATER)
    assert [each.position for each in recorded] == [1]
    mark_own_answer(session, learner, attempt.id, 2, 0.0, [])
    assert [review.fraction for review in session.scalars(select(Review).order_by(Review.id))] == [0.5, 0.0]
    assert lifecycle.record_on_request(session, learner, attempt.id, now=LATER) == []


# Assigned quizzes


class Assigned:
    """A quiz of an essay and a typed answer, which both of two students have handed in."""

    def __init__(self, session: Session, **settings: Any) -> None:
        self.session = session
        self.school = open_school(session)
        self.teacher = self.school.teacher
        self.questions = question_ids(session, ["essay", "typed"])
        self.quiz: Assignment = quiz(session, self.school, question_ids=self.questions, **settings)
        self.attempts = []
        for student in self.school.students:
            attempt = begin(session, student, self.quiz)
            give(session, student, attempt.id, {1: TEXT, 2: {"text": "Ob"}})
            hand_in(session, student, attempt.id)
            self.attempts.append(attempt.id)

    def mark(self, mark: float, *, student: int = 0, position: int = 1, by: User | None = None, **changes: Any) -> None:
        ids = {
            "assignment_id": self.quiz.id,
            "user_id": self.school.students[student].id,
            "attempt_id": self.attempts[student],
        } | changes
        mark_student_answer(
            self.session, by or self.teacher, position=position, mark=mark, points=[1], now=LATER, **ids
        )
        self.session.commit()
        self.session.expire_all()

    def score(self, student: int = 0) -> tuple[float, int, int]:
        score = self.session.get_one(Attempt, self.attempts[student]).score
        return score.marks, score.size, score.waiting


def test_a_teacher_marks_a_students_answer(session: Session) -> None:
    assigned = Assigned(session)
    assert assigned.score() == (1, 2, 1)
    assigned.mark(0.75)
    assert (assigned.score(), assigned.score(1)) == ((1.75, 2, 0), (1, 2, 1))
    stored = response(session, assigned.attempts[0], 1)
    assert (stored.verdict, stored.fraction) == ("right", 0.75)
    assert session.get_one(Review, stored.review_id).learner_id == assigned.school.students[0].id
    log = audit_log.about(session, assigned.school.students[0]).entries[0].sentence
    assert log == "Leyla gave Student00 0.75 of 1 mark for question 1 of “Rivers”."


def test_an_answer_not_released_is_logged_without_its_mark(session: Session) -> None:
    assigned = Assigned(session, feedback="after-due", due_at=NOON + timedelta(days=1))
    assigned.mark(0.75)
    assert session.scalars(select(Review)).all() == []
    log = audit_log.about(session, assigned.school.students[0]).entries[0].sentence
    assert log == "Leyla marked Student00’s answer to question 1 of “Rivers”."
    document = json.loads("".join(personal_data(session, assigned.school.students[0], now=LATER)))
    essay = next(each for each in document["responses"] if each["position"] == 1)
    assert (essay["verdict"], essay["fraction"]) == (None, None)
    assert essay["response"].keys() == {"kind", "text", "rating"}


def test_only_teachers_mark_and_only_what_is_theirs(session: Session) -> None:
    assigned = Assigned(session)
    other = open_school(session, 1, suffix="-other")
    refused: list[dict[str, Any]] = [
        {"by": other.teacher},
        {"by": assigned.school.students[0]},
        {"user_id": other.students[0].id},
        {"attempt_id": assigned.attempts[1]},
        {"assignment_id": quiz(session, assigned.school, question_ids=assigned.questions).id},
        {"position": 2},
        {"position": 3},
    ]
    for changes in refused:
        with pytest.raises(NotFound):
            assigned.mark(1.0, **changes)
    assert session.scalars(select(AuditEntry).where(AuditEntry.action.like("marked%"))).all() == []


def test_an_attempt_that_runs_is_not_marked_and_one_that_expired_is(session: Session) -> None:
    assigned = Assigned(session, attempts=2, minutes=30)
    student = assigned.school.students[0]
    running = begin(session, student, assigned.quiz, now=LATER)
    give(session, student, running.id, {1: TEXT}, now=LATER)
    with pytest.raises(NotFound):
        assigned.mark(1.0, attempt_id=running.id)
    later = LATER + timedelta(hours=1)
    mark_student_answer(session, assigned.teacher, assigned.quiz.id, student.id, running.id, 1, 1.0, [], now=later)
    assert session.get_one(Attempt, running.id).finished_at == LATER + timedelta(minutes=30)
    assert session.get_one(Attempt, running.id).score.marks == 1


def test_reports_count_the_marks_so_far(session: Session) -> None:
    assigned = Assigned(session)
    assigned.mark(0.5)
    found = read_results(session, assigned.teacher, assigned.quiz.id, now=LATER)
    assert [line.marks for line in found.lines] == [{1: 0.5, 2: 1.0}, {2: 1.0}]
    assert [(found.facility(column)) for column in found.columns] == [0.5, 1.0]
    assert [row[-2:] for row in found.rows()[1:]] == [[0.5, 1.0], ["to mark", 1.0]]
    scores = [line.attempt.score for line in found.lines if line.attempt]
    assert [(score.marks, score.waiting) for score in scores] == [(1.5, 0), (1, 1)]
    book = read_gradebook(session, assigned.teacher, assigned.school.class_id, now=LATER)
    assert [line.mean for line in book.lines] == [0.75, 0.5]
    analysis = analyse_assignment(session, assigned.teacher, assigned.quiz.id, now=LATER)
    assert [(row.question.kind, row.item.n, row.item.facility) for row in analysis.rows] == [
        ("essay", 1, 0.5),
        ("typed", 2, 1.0),
    ]
    assert analysis.rows[0].mistyped == []
    student = assigned.school.students[1]
    answers = read_answers(session, assigned.teacher, assigned.quiz.id, student.id, now=LATER).answers
    assert [(each.waits_for_mark, each.given) for each in answers] == [(True, TEXT["essay"]), (False, "Ob")]
    page = read_student(session, assigned.teacher, assigned.school.class_id, student.id, by="topic", now=LATER)
    assert page.wrong == []


def test_regrading_keeps_what_a_person_marked_and_what_waits(session: Session) -> None:
    assigned = Assigned(session)
    assigned.mark(0.5)
    mend(session, assigned.questions[0], answer="The Ob, 3,650 km.", points=["The sea"])
    plan = plan_regrade(session, assigned.teacher, assigned.quiz.id)
    assert plan.changed == 0
    regrade(session, assigned.teacher, assigned.quiz.id, plan.digest, now=LATER)
    session.commit()
    assert (assigned.score(), assigned.score(1)) == ((1.5, 2, 0), (1, 2, 1))
    result = results.get_result(session, assigned.school.students[0], assigned.attempts[0], now=LATER)
    (essay,) = (each for each in result.questions if each.question.kind == "essay")
    assert essay.grade is not None and essay.grade.fraction == 0.5
    assert essay.response is not None and essay.response.model_dump()["points"] == [0]
    assigned.mark(1.0, student=1)
    assert assigned.score(1) == (2, 2, 0)


def test_an_expired_attempt_counts_what_waits(session: Session) -> None:
    school = open_school(session, 1)
    assignment = quiz(session, school, question_ids=question_ids(session, ["essay", "typed"]), minutes=10)
    (student,) = school.students
    attempt = begin(session, student, assignment)
    give(session, student, attempt.id, {1: TEXT})
    later = NOON + timedelta(hours=1)
    (line,) = read_results(session, school.teacher, assignment.id, now=later).lines
    assert line.attempt is not None and line.attempt.score.waiting == 1
    expire_all_attempts(session, assignment, now=later)
    session.expire_all()
    assert session.get_one(Attempt, attempt.id).score.waiting == 1
