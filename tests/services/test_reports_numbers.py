"""What reports compute in one go is what asking for each memory by itself gives."""

from datetime import timedelta
from random import Random
from statistics import fmean

import pytest
from course import Course
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import MONDAY, NOON

from quizapp.core.progress.mastery import known_now
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, Memory
from quizapp.services import memories
from quizapp.services.reports import class_today, memory_map, student

STUDENTS = ("Aysel", "Babək", "Cəmil", "Dilarə")
EXAM = MONDAY + timedelta(days=12)


@pytest.fixture
def course(session: Session) -> Course:
    """A class whose students have met some of 40 facts, each in a state of its own; one of the facts is archived."""
    made, chance = Course(session, *STUDENTS), Random(5)
    facts = [
        Fact(set_id=made.set_id, key=f"f{n}", position=50 + n, topic=chance.choice(["dates", "causes"]), statement="S",
             passages=chance.choice([[], [1], [1, 2]]), notes=[], actors=[], leads_to={})
        for n in range(40)
    ]  # fmt: skip
    session.add_all(facts)
    session.flush()
    for name in STUDENTS[:3]:
        for fact in chance.sample(facts, 25):
            state = chance.choice([State.NEW, State.LEARNING, State.REVIEW, State.REVIEW, State.RELEARNING])
            new = state is State.NEW
            made.remember(
                name, fact.id, state=int(state), stability=None if new else chance.uniform(0.3, 60),  # type: ignore[arg-type]
                last=None if new else MONDAY - timedelta(days=chance.randrange(40)),  # type: ignore[arg-type]
                due_day=MONDAY + timedelta(days=chance.randint(-5, 5)), lapses=chance.choice([0, 3, 8, 9]),
                decay=chance.choice([0.1542, 0.2, 0.5]), suspended=chance.random() < 0.2,
            )  # fmt: skip
    facts[7].archived_at = NOON
    made.assign(exam_day=EXAM, topics=["dates"], title="Dates", new_per_day=2)
    made.assign(title="All", new_per_day=2)
    session.commit()
    return made


def facts_of(session: Session, course: Course) -> list[Fact]:
    return list(session.scalars(select(Fact).where(Fact.set_id == course.set_id, Fact.archived_at.is_(None))))


def chances(session: Session, course: Course, name: str, day: object) -> dict[int, float]:
    """The chance of each fact that a student has met, one by one."""
    met = select(Memory).where(Memory.learner_id == course.students[name].id, Memory.state != State.NEW)
    found = {each.fact_id: known_now(memories.curve_memory(each), day) for each in session.scalars(met)}  # type: ignore[arg-type]
    return {fact.id: found[fact.id] for fact in facts_of(session, course) if fact.id in found}


@pytest.mark.parametrize("when", ["now", "exam"])
def test_the_map_adds_up_each_memory(session: Session, course: Course, when: str) -> None:
    drawn = memory_map.read_memory_map(session, course.teacher, course.id, when=when, target=0.7, now=NOON)
    assert drawn
    facts, day = facts_of(session, course), EXAM if when == "exam" else MONDAY
    for name in STUDENTS:
        known, id = chances(session, course, name, day), course.students[name].id
        assert drawn.whole[id].known == pytest.approx(sum(known.values()))
        assert (drawn.whole[id].met, drawn.whole[id].total) == (len(known), len(facts))
        for topic, cell in drawn.cells[id].items():
            of_topic = [fact.id for fact in facts if fact.topic == topic]
            assert cell.known == pytest.approx(sum(known.get(fact, 0.0) for fact in of_topic))
            assert (cell.met, cell.total) == (sum(fact in known for fact in of_topic), len(of_topic))
    then = [chances(session, course, name, EXAM) for name in STUDENTS]
    met = {fact for known in then for fact in known}
    means = {fact: fmean(known.get(fact, 0.0) for known in then) for fact in met}
    assert drawn.forgotten == sum(mean < 0.7 for mean in means.values())
    to_assign = memory_map.facts_to_forget(session, course.teacher, course.id, course.set_id, target=0.7, now=NOON)
    assert [means[fact] for fact in to_assign] == sorted(mean for mean in means.values() if mean < 0.7)


@pytest.mark.one_database
def test_the_pages_of_facts_list_each_fact_once_with_its_passages(
    session: Session, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_map, "PAGE", 10)
    facts, rows = facts_of(session, course), []
    for page in range(1, 6):
        drawn = memory_map.read_memory_map(
            session, course.teacher, course.id, rows="facts", by="passage", page=page, now=NOON
        )
        assert drawn
        rows += drawn.rows_of_facts
    assert {row.chance.fact_id for row in rows} >= {fact.id for fact in facts if fact.key.startswith("f")}
    assert len(rows) == len({row.chance.fact_id for row in rows}) == min(len(facts), 50)
    assert [row.chance.mean for row in rows] == sorted(row.chance.mean for row in rows)
    known = [chances(session, course, name, MONDAY) for name in STUDENTS]
    for row in rows:
        values = [each.get(row.chance.fact_id, 0.0) for each in known]
        assert (row.chance.mean, row.chance.knowing) == (pytest.approx(fmean(values)), sum(v > 0.5 for v in values))


@pytest.mark.parametrize("by", ["topic", "passage"])
def test_a_students_page_adds_up_each_memory(session: Session, course: Course, by: str) -> None:
    page = student.read_student(session, course.teacher, course.id, course.students["Aysel"].id, by=by, now=NOON)
    ((_, whole, groups),) = page.sets
    facts, known = facts_of(session, course), chances(session, course, "Aysel", MONDAY)
    assert (whole.total, whole.met) == (len(facts), len(known))
    assert whole.known == pytest.approx(sum(known.values()))
    for group in groups:
        own = [f.id for f in facts if group.key in (map(str, f.passages) if by == "passage" else [f.topic])]
        assert (group.mastery.total, group.mastery.met) == (len(own), sum(fact in known for fact in own))
        assert group.mastery.known == pytest.approx(sum(known.get(fact, 0.0) for fact in own))
    assert [each.lapses for each in page.forgotten] == sorted((each.lapses for each in page.forgotten), reverse=True)


def test_the_overview_counts_each_memory(session: Session, course: Course) -> None:
    report = class_today.read_class_today(session, course.teacher, course.id, now=NOON)
    facts = {fact.id: fact for fact in facts_of(session, course)}
    for week in report.weeks:
        own = session.scalars(select(Memory).where(Memory.learner_id == week.student.id, Memory.state != State.NEW))
        met = [each for each in own if each.fact_id in facts]
        assert week.last_day == max((each.last_day for each in met if each.last_day), default=None)
        alerts, behind = {each.kind: each for each in week.alerts}, {each.title: each for each in week.alerts}
        assert (class_today.AlertKind.NEVER in alerts) == (not met)
        if "Dates" in behind:
            assert behind["Dates"].number == sum(facts[each.fact_id].topic == "dates" for each in met)
        if "All" in behind:
            assert behind["All"].number == len(met)
        forgets = alerts.get(class_today.AlertKind.FORGETS)
        if forgets:
            assert forgets.number == sum(each.lapses >= class_today.LAPSES for each in met)
    kinds = {each.kind for week in report.weeks for each in week.alerts}
    assert {class_today.AlertKind.BEHIND, class_today.AlertKind.NEVER} <= kinds
