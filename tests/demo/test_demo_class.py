"""The demonstration class: like one that studied in the app, reproducible, and gone without a trace."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON
from write_lock import watch

from quizapp.core.reports.item_analysis import ItemProblem
from quizapp.core.scheduling.scheduler import State
from quizapp.demo import term
from quizapp.demo.demo_class import ClassSize, DemoClass, has_demo_data, make_class, remove_demo_data
from quizapp.models import Assignment, Base, Classroom, DayCount, Memory, QuestionSet, Review, User
from quizapp.services.memories import to_core
from quizapp.services.reports import class_today, item_analysis
from quizapp.services.sets.contents import read_stored_set

SIZE = ClassSize(students=14, facts=30, reviews=3000)  # enough for reports to find something
SMALL = ClassSize(students=6, facts=30, reviews=600)
SECRETS = {"token", "password_hash", "key", "header", "folded"}


def make(session: Session, size: ClassSize = SMALL, seed: int = 1) -> DemoClass:
    source = read_stored_set(session, "sample")
    made = make_class(session, source, size=size, seed=seed, password_hash="x", now=NOON, save=session.commit)
    session.commit()
    return made


def rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [
            {name: value for name, value in row.items() if name not in SECRETS}
            for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in Base.metadata.sorted_tables
    }


def test_it_makes_what_was_asked_for_and_marks_it(session: Session) -> None:
    made = make(session)
    assert (made.facts, made.reviews) == (30, 600)
    assert session.scalar(select(func.count()).select_from(Review)) == 600
    assert session.scalar(select(func.count()).select_from(User).where(User.is_demo)) == 7
    assert session.scalar(select(func.count()).select_from(QuestionSet).where(QuestionSet.is_demo)) == 1
    assert session.get_one(Classroom, made.class_id).is_demo
    kinds = Counter(session.scalars(select(Assignment.kind)))
    assert kinds == {"study": 1, "quiz": 3}


@pytest.mark.one_database
def test_the_record_agrees_with_itself(session: Session) -> None:
    make(session)
    answers = dict(session.execute(select(Review.learner_id, func.count()).group_by(Review.learner_id)).all())
    counted = dict(
        session.execute(select(DayCount.learner_id, func.sum(DayCount.answers)).group_by("learner_id")).all()
    )
    assert counted == answers
    for memory in session.scalars(select(Memory)):
        core = to_core(memory)
        assert core.state is not State.NEW
        assert memory.version == memory.reps
        assert core.last_day is not None
        assert core.last_day < NOON.date()


@pytest.mark.one_database
def test_the_same_seed_and_day_make_the_same_rows_and_another_seed_does_not(session: Session) -> None:
    untouched = rows(session)
    make(session)
    first = rows(session)
    remove_demo_data(session)
    session.commit()
    assert rows(session) == untouched
    if session.get_bind().dialect.name == "postgresql":
        return  # whose sequences do not begin again
    make(session)
    assert rows(session) == first
    remove_demo_data(session)
    make(session, seed=2)
    assert rows(session)["review"] != first["review"]


@pytest.mark.one_database
def test_nothing_of_anybody_else_goes_with_it(session: Session) -> None:
    session.add(User(name="Real", name_folded="real", created_at=NOON))
    session.commit()
    before = rows(session)
    make(session)
    assert has_demo_data(session)
    remove_demo_data(session)
    session.commit()
    assert not has_demo_data(session)
    assert rows(session) == before


@pytest.mark.one_database
def test_the_reports_find_who_stopped_and_the_questions_that_fail(session: Session) -> None:
    made = make(session, SIZE)
    teacher = session.scalars(select(User).where(User.name == made.teacher)).one()
    today = class_today.read_class_today(session, teacher, made.class_id, now=NOON)
    reasons = {each.kind for week in today.stuck for each in week.alerts}
    assert {"never", "quiet"} <= reasons
    assert 0 < len(today.stuck) < len(today.weeks)
    third = session.scalars(select(Assignment.id).where(Assignment.title == "Third test")).one()
    found = item_analysis.analyse_assignment(session, teacher, third, now=NOON)
    miskeyed = next(row for row in found.rows if ItemProblem.LURE in row.problems)
    assert found.writable
    assert max(miskeyed.chosen, key=lambda each: each.count).pick.right is False


@pytest.mark.one_database
def test_more_facts_than_there_are_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="at most"):
        make_class(
            session,
            read_stored_set(session, "sample"),
            size=ClassSize(2, 5000, 10),
            seed=1,
            password_hash="x",
            now=NOON,
            save=session.commit,
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.one_database
def test_students_are_simulated_while_others_can_write(
    session: Session, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated = watch(monkeypatch, database_url, term, "_count")
    make(session)
    assert len(simulated) == SMALL.reviews
    assert all(simulated)
