"""What people did with an older version, after the schema has been upgraded."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from assignments import begin as begin_assigned
from assignments import open_school, quiz, study, take
from attempts import begin_quiz, hand_in
from log_ins import open_session
from migrating import differences, downgrade, in_order, reviews, rows, tables
from practice import LATER, answer_all, begin
from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, study_until_done

from quizapp.cli.migrations import upgrade
from quizapp.core.assignments import ExtensionSettings
from quizapp.core.text.alphabets import name_key
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    Classroom,
    DayCount,
    Enrolment,
    Fact,
    Plan,
    QuestionSet,
    Review,
    Transfer,
    User,
)
from quizapp.services import audit_log, log_ins
from quizapp.services.access import BY_NAME
from quizapp.services.assignments.extensions import save_extension
from quizapp.services.attempts.lifecycle import record_on_request
from quizapp.services.consistency import Checked, find_differences, repair_learner
from quizapp.services.memory_events import ask_today, reset_fact
from quizapp.services.review import today
from quizapp.services.search import search_facts
from quizapp.services.sets.contents import update_all_search_texts


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_facts_written_before_are_found_once_the_program_has_started(session: Session) -> None:
    fact = session.scalars(select(Fact).order_by(Fact.id)).first()
    assert fact is not None
    fact.statement = "The R.S.F.S.R. sent 5,000 men."
    session.commit()
    session.close()
    downgrade(revision="0029")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE fact SET searched = 'the r s f s r sent 5 000 men'"))
    upgrade()
    assert search_facts(session, None, "rsfsr", now=NOON).sets == []
    update_all_search_texts(session)
    assert [each.key for each in search_facts(session, None, "rsfsr 5000", now=NOON).sets[0].facts] == [fact.key]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_retention_is_computed_from_the_reviews_there_are(session: Session) -> None:
    learner = make_learner(session)
    for day in range(9):
        study_until_done(session, learner, NOON + timedelta(days=day))
    recalled = select(func.sum(DayCount.long_term_recalled), func.sum(DayCount.long_term_guess_odds))
    before = session.execute(recalled).one()
    assert 0 < before[1] < before[0]
    session.close()
    downgrade(revision="0021")
    upgrade()
    assert session.execute(recalled).one() == pytest.approx(before)
    assert list(find_differences(session, Checked())) == []


def test_what_was_recorded_as_reviews_stays_so(session: Session) -> None:
    """Until 0006 that was a flag in `about`, for assigned quizzes only."""
    school = open_school(session, 1)
    (student,) = school.students
    at_end = quiz(session, school)
    after_due = quiz(
        session, school, question_ids=at_end.question_ids, feedback="after-due", due_at=NOON + timedelta(days=1)
    )
    save_extension(session, school.teacher, after_due.id, student.id, ExtensionSettings(attempts=3), now=NOON)
    counted, waits = (take(session, student, assignment).id for assignment in (at_end, after_due))
    own = begin_quiz(session, student)
    hand_in(session, student, own, now=NOON)
    today.start_plan(session, student, school.set_id, now=NOON)
    practised, left = begin(session, student), begin(session, student)
    answer_all(session, student, practised)
    record_on_request(session, student, practised, now=LATER)
    session.commit()
    recorded = {counted: NOON, waits: None, own: NOON, practised: LATER, left: None}
    class_id = school.class_id
    sentences = [entry.sentence for entry in audit_log.read_class_log(session, class_id).entries]
    session.close()
    downgrade(revision="0005")
    about = {row["id"]: row["about"] for row in rows(["attempt"])["attempt"]}
    assert "counted" in str(about[counted]) and "counted" not in str(about[waits])
    upgrade()
    assert dict(session.execute(select(Attempt.id, Attempt.recorded_at)).all()) == recorded
    assert session.get_one(Attempt, counted).about == {}
    assert [entry.sentence for entry in audit_log.read_class_log(session, class_id).entries] == sentences
    session.close()
    assert differences() == []


def test_what_was_left_open_for_former_students_ends(session: Session) -> None:
    """Until 0010 a removed student went on with a running attempt, and read the private sets of the class."""
    school = open_school(session, 2)
    former, present = school.students
    row = session.get_one(QuestionSet, school.set_id)
    row.visibility, row.owner_id = "private", school.teacher.id
    study(session, school)
    assigned = quiz(session, school)
    running = {student.id: begin_assigned(session, student, assigned).id for student in school.students}
    enrolment = session.get_one(Enrolment, (school.class_id, former.id))
    enrolment.status, enrolment.ended_at = "removed", LATER
    session.commit()
    former_id, present_id = former.id, present.id
    session.close()
    downgrade(revision="0008")
    upgrade()
    ends = dict(session.execute(select(Attempt.id, Attempt.finished_at)).all())
    assert (ends[running[former_id]], ends[running[present_id]]) == (LATER, None)
    assert session.get_one(Attempt, running[former_id]).marks == 0.0
    assert session.scalars(select(Plan.learner_id)).all() == [present_id]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_students_are_sorted_by_the_names_there_are(session: Session) -> None:
    """Until 0036 nothing was stored to sort by, and a class had no language."""
    school = open_school(session, 5)
    called = ["Əli", "Elçin", "Fərid", "Çingiz 2", ""]
    for student, name in zip(school.students, called, strict=True):
        session.get_one(Enrolment, (school.class_id, student.id)).called = name
    school.classroom.timezone = "Asia/Baku"
    session.commit()
    class_id, unnamed = school.class_id, school.students[-1].name or ""
    session.close()
    downgrade(revision="0035")
    assert not {"language"} & {column["name"] for column in inspect(db.engine).get_columns("classroom")}
    assert "student_list" not in tables()
    upgrade()
    assert session.get_one(Classroom, class_id).language == "az"
    rows = session.execute(
        select(Enrolment.called, Enrolment.sort_key, User.name)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.role == "student")
        .order_by(*BY_NAME)
    ).all()
    assert [row.called for row in rows if row.called] == ["Çingiz 2", "Elçin", "Əli", "Fərid"]
    assert [row.sort_key for row in rows] == [name_key("az", row.called or row.name, row.called) for row in rows]
    assert unnamed in [row.name for row in rows if not row.called]
    session.close()
    assert differences() == []


def test_who_was_logged_in_stays_so_and_accounts_made_by_teachers_are_known(session: Session) -> None:
    """Until 0009 a cookie held the one token of its user."""
    school = open_school(session, 2)
    made, alone = school.students
    guest = make_learner(session)
    audit_log.record(session, school.teacher, "enrolled", now=NOON, classroom=school.classroom, subject=made)
    open_session(session, guest.id, "in the cookie of a guest")
    session.commit()
    ids = (made.id, alone.id, guest.id)
    session.close()
    downgrade(revision="0008")
    tokens = {row["id"]: row["token"] for row in rows(["user"])["user"]}
    assert tokens[guest.id] == "in the cookie of a guest" and len(set(tokens.values())) == len(tokens)
    upgrade()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for user_id in ids:
        cookie = {"token": tokens[user_id], "seen_after": yesterday, "begun_after": yesterday}
        assert session.execute(log_ins.SESSION_OF_TOKEN.query, cookie).one().user__id == user_id
    users = [session.get_one(User, user_id) for user_id in ids]
    assert [user.created_by_teacher for user in users] == [True, False, False]
    # Since 0015 accounts that nobody uses can be deleted: the time without a visit began with the upgrade.
    assert [user.last_seen_at and user.last_seen_at > yesterday for user in users] == [True, True, None]


def test_what_happened_to_memories_before_there_were_events_is_kept(session: Session) -> None:
    """Until 0021, resets and facts put into today's review left no trace, and late answers were put on top."""
    learner = make_learner(session)
    fact_id, asked_id, late_id = session.scalars(select(Fact.id).order_by(Fact.id)).all()
    for number, each in enumerate((fact_id, late_id)):
        answer(session, learner, ask(session, learner, prefer=each), now=NOON + timedelta(minutes=number))
    reset_fact(session, learner, fact_id, now=NOON + timedelta(hours=1))
    prompt = ask(session, learner, prefer=fact_id)
    answer(session, learner, prompt, now=NOON + timedelta(hours=2))
    reset_fact(session, learner, fact_id, now=NOON + timedelta(hours=3))
    ask_today(session, [learner], [fact_id, asked_id], now=NOON + timedelta(hours=4))
    first = session.scalars(select(Review).where(Review.fact_id == late_id)).one()
    late = {column.name: getattr(first, column.name) for column in Review.__table__.c if column.name != "id"}
    session.execute(insert(Review.__table__).values(late | {"version": 2, "client_id": str(uuid4())}))  # type: ignore[arg-type]
    session.commit()
    session.close()
    downgrade(revision="0021")
    upgrade()
    found = [str(each) for each in find_differences(session, Checked())]
    assert {each.split(":")[0] for each in found} >= {f"memory of learner {learner.id}, fact {late_id}"}
    assert not any(f"fact {other}:" in each for each in found for other in (fact_id, asked_id))
    in_order = session.scalars(select(Review.version).where(Review.fact_id == late_id).order_by(Review.at)).all()
    assert in_order == [2, 1]
    repair_learner(session, learner.id, Checked())
    session.commit()
    assert list(find_differences(session, Checked())) == []


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_reviews_say_the_same_in_less_room(session: Session) -> None:
    """Until 0032 verdicts were words, memories objects, and instants texts on SQLite."""
    learner = make_learner(session)
    for day in range(4):
        study_until_done(session, learner, NOON + timedelta(days=day))
    undone = session.scalars(select(Review).order_by(Review.id)).all()[1]
    undone.undone_at, undone.handed_out = LATER, NOON - timedelta(microseconds=1)
    undone.client_id, undone.confidence, undone.source = "0f0e8f4c-7d0a-4f1e-9d6e-3a2b1c0d9e8f", 3, "quiz"
    undone.before = {**undone.before, "decay": 0.2}
    kinds = [
        {"kind": "choice", "picked": None},
        {"kind": "typed", "text": "Çay", "context": {"language": "az", "others": ["x"]}},
        {"kind": "essay", "text": "Long.", "points": [0], "rating": "good", "mark": None},
        {"kind": "typed"},
        {"kind": "of the future", "answer": 1},
    ]
    for review, response in zip(session.scalars(select(Review).order_by(Review.id.desc())), kinds, strict=False):
        review.response = response
    session.commit()
    expected = reviews(session)
    session.close()
    compact = rows(["review"])["review"]
    assert not any("last_day" in str(row["before"]) for row in compact)
    downgrade(revision="0029")
    before = {row["id"]: row for row in rows(["review"])["review"]}
    assert {row["verdict"] for row in before.values()} == {"right"}
    assert before[undone.id]["client_id"] == undone.client_id
    assert all("last_day" in str(row["before"]) for row in before.values())
    upgrade()
    assert in_order(rows(["review"])["review"]) == in_order(compact)
    assert differences() == []
    assert reviews(session) == expected
    answer(session, learner, ask(session, learner, now=NOON + timedelta(days=9)), now=NOON + timedelta(days=9))
    assert max(reviews(session)) == max(expected) + 1


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_sets_and_files_on_their_way_keep_everything_when_mappings_are_remembered(session: Session) -> None:
    """Until 0035 no mapping of columns was kept."""
    learner = make_learner(session)
    session.add(
        Transfer(
            user_id=learner.id, is_export=False, filename="rivers.csv", packed=b"x", state="ready", step="comparing",
            preview={"numbers": {}}, created_at=NOON, changed_at=NOON,
        )
    )  # fmt: skip
    session.commit()
    session.close()
    kept = ["question_set", "transfer"]
    downgrade(revision="0034")
    before = rows(kept)
    assert all(before.values())
    upgrade()
    new = {"question_set": {"column_mapping": None}, "transfer": {"table_options": None}}
    assert rows(kept) == {table: [row | new[table] for row in found] for table, found in before.items()}
    assert differences() == []
