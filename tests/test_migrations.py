"""The schema: migrations lead to what the models say, back again, and never run on a database of the future."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from assignments import begin as begin_assigned
from assignments import open_school, quiz, study, take
from attempts import begin_quiz, hand_in
from flask import Flask
from log_ins import open_session
from practice import LATER, answer_all, begin
from sqlalchemy import create_engine, func, insert, inspect, select, text
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, study_until_done

from quizapp.application import create_app
from quizapp.cli.migrations import config, upgrade
from quizapp.config import Settings
from quizapp.core.assignments import ExtensionSettings
from quizapp.core.text.alphabets import name_key
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    Base,
    Classroom,
    Comparison,
    DayCount,
    Draft,
    Enrolment,
    Fact,
    FactVersion,
    LoginFailures,
    MatchGame,
    Plan,
    Question,
    QuestionSet,
    Review,
    SetAuthor,
    StoredPicture,
    Transfer,
    User,
)
from quizapp.services import audit_log, log_ins
from quizapp.services.access import BY_NAME
from quizapp.services.assignments.extensions import save_extension
from quizapp.services.attempts.lifecycle import record_on_request
from quizapp.services.consistency import Checked, find_differences, repair_learner
from quizapp.services.memory_events import ask_today, reset_fact
from quizapp.services.review import answers, today
from quizapp.services.search import search_facts
from quizapp.services.sets.contents import update_all_search_texts


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database without a table, on each of the two databases in turn."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_postgres_url")
    app = create_app(Settings(data=tmp_path, database_url=url, secret_key="test" * 10))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list[object]:
    """What autogenerating a migration would write."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))


def downgrade(revision: str) -> None:
    """Go back to an older version."""
    alembic.downgrade(config(), revision)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())


def test_the_newest_version_is_the_last_by_name() -> None:
    """By the names of the files the program sees whether there is anything to migrate."""
    versions = ScriptDirectory.from_config(config())
    names = [Path(each.path).name for each in versions.walk_revisions()]
    assert names == sorted(names, reverse=True)
    assert [name.split("_")[0] for name in names] == [each.revision for each in versions.walk_revisions()]


def test_the_migrations_lead_to_the_models(empty_app: Flask) -> None:
    upgrade()
    assert differences() == []
    assert tables() == {*Base.metadata.tables, "alembic_version"}


def test_a_forgotten_migration_would_be_seen(empty_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade()
    user = Base.metadata.tables["user"]
    with db.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_login_failures_since"))
    assert [difference[0] for difference in differences()] == ["add_index"]  # type: ignore[index]
    with db.engine.begin() as connection:
        connection.execute(text('ALTER TABLE "user" ADD COLUMN forgotten INTEGER'))
    assert {difference[0] for difference in differences()} == {"add_index", "remove_column"}  # type: ignore[index]
    assert "forgotten" not in user.c


def test_the_way_back_and_forth_again(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert tables() == {"alembic_version"}
    upgrade()
    assert differences() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where a table is copied into another shape
def test_nothing_anybody_did_is_lost_on_the_way(session: Session) -> None:
    learner = make_learner(session)
    answer(session, learner, ask(session, learner))
    begin_quiz(session, learner)
    session.commit()
    kept = ["user", "question_set", "fact", "question", "question_version", "plan", "memory", "review", "attempt"]
    kept += ["response", "quiz", "day_count"]
    for row in session.scalars(select(QuestionSet)):
        row.folded = row.searched_names = ""  # what only the newest schema knows is gone once it has been left
    for searched in (*session.scalars(select(Fact)), *session.scalars(select(Question))):
        searched.searched = ""
    session.commit()
    before = rows(kept)
    assert all(before.values())
    session.close()
    downgrade(revision="0002")
    assert {name: len(found) for name, found in rows(kept).items()} == {name: len(before[name]) for name in kept}
    upgrade()
    assert rows(kept) == before
    assert differences() == []


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


def fill(session: Session) -> None:
    """Leave a row in every table, with what later versions renamed among them."""
    school = open_school(session, 1)
    (student,) = school.students
    taken = quiz(session, school)
    save_extension(session, school.teacher, taken.id, student.id, ExtensionSettings(attempts=3), now=NOON)
    take(session, student, taken)
    begin_quiz(session, student)
    today.start_plan(session, student, school.set_id, now=NOON)
    answer(session, student, ask(session, student))
    answers.skip_until_tomorrow(session, student, ask(session, student).fact_id, now=NOON)
    audit_log.record(session, school.teacher, "reset_progress", now=NOON, statement="The Nile is long.", learners=1)
    facts = session.scalars(select(Fact).order_by(Fact.id)).all()
    facts[0].archived_at = facts[1].questions[0].archived_at = LATER
    session.add_all(
        [
            LoginFailures(bucket="x", count=1, since=NOON),
            SetAuthor(set_id=school.set_id, user_id=school.teacher.id, since=NOON),
            FactVersion(fact_id=facts[0].id, number=1, body={"statement": "?"}, created_at=NOON),
            Draft(user_id=student.id, set_id=school.set_id, subject="fact:1", form=[["statement", "!"]], saved_at=NOON),
            StoredPicture(digest="0" * 64, data=b"webp", width=1, height=1, created_at=NOON),
            Comparison(
                learner_id=student.id, earlier_id=facts[0].id, later_id=facts[1].id, right=1, last_at=NOON,
                last_right=True,
            ),
            MatchGame(learner_id=student.id, set_id=school.set_id, about="dates", pairs=4, slips=0, ms=9000, at=NOON),
        ]
    )  # fmt: skip
    session.commit()


def renamed(before: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """Return the rows of version 0003 as they are called today."""
    names = {"retired_at": "archived_at", "what": "action", "buried_until": "skipped_until"}
    after = {
        {"deed": "audit_entry"}.get(table, table): [
            {names.get(column, column): value for column, value in row.items()} for row in found
        ]
        for table, found in before.items()
    }
    for entry in after["audit_entry"]:
        entry["action"] = {"started afresh": "reset_progress"}.get(str(entry["action"]), entry["action"])
    return after


CHANGED = {  # see the tests around
    "attempt": {"about", "recorded_at"},
    "audit_entry": {"details"},
    "user": {"token"},
    "review": {"at", "response", "verdict", "before", "source", "undone_at"},
}


def without_changed(rows: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    return {
        table: [{name: row[name] for name in row if name not in CHANGED.get(table, ())} for row in found]
        for table, found in rows.items()
    }


def in_order(found: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(found, key=str)


def test_a_filled_database_of_the_first_release_is_upgraded_with_every_row(session: Session) -> None:
    fill(session)
    session.close()
    downgrade(revision="0003")
    first = tables() - {"alembic_version"}
    before = rows(sorted(first))
    assert all(before.values()), {name for name, found in before.items() if not found}
    assert "started afresh" in str(before["deed"])
    upgrade()
    expected = without_changed(renamed(before))
    after = rows(sorted(expected))
    for name, found in expected.items():
        assert in_order([{column: row[column] for column in found[0]} for row in after[name]]) == in_order(found), name
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


def rows(tables: list[str]) -> dict[str, list[dict[str, object]]]:
    with db.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]
            for name in tables
        }


def test_migrating_again_changes_nothing(empty_app: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO login_failures VALUES ('x', 1, '2026-03-02 12:00:00')"))
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM login_failures")).scalar() == 1


@pytest.mark.parametrize(
    ("database_url", "arguments"),
    [("sqlite", ["run"]), ("postgresql", ["run"]), ("sqlite", ["bank", "load"]), ("sqlite", ["db", "upgrade"])],
    indirect=["database_url"],
)
def test_a_database_newer_than_the_program_is_left_alone(
    database_url: str, arguments: list[str], command: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'the-future'"))
        before = connection.execute(text("SELECT count(*) FROM fact")).scalar()
    refused = command(*arguments, QUIZAPP_DATABASE_URL=database_url)
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "quizapp: the database is newer than this program (its schema is at the-future); upgrade the program"
    ]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "the-future"
        assert connection.execute(text("SELECT count(*) FROM fact")).scalar() == before
    engine.dispose()


def test_the_command_says_whether_schema_and_models_agree(
    command: Callable[..., "subprocess.CompletedProcess[str]"], sqlite_url: str
) -> None:
    assert command("db", "check", QUIZAPP_DATABASE_URL=sqlite_url).returncode == 0
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_login_failures_since"))
    engine.dispose()
    told = command("db", "check", QUIZAPP_DATABASE_URL=sqlite_url)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "login_failures" in told.stderr + told.stdout


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


def reviews(session: Session) -> dict[int, dict[str, object]]:
    """Return all reviews by id, as the program reads them."""
    found = session.execute(select(Review.__table__)).mappings()
    return {row["id"]: dict(row) for row in found}


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
