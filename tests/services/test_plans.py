"""A plan shown, changed and taken back, through the services, on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from attempts import add_facts
from recorded_answers import give
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, add_set, answer, ask, make_learner, memory_of, remember, statements, study_until_done

from quizapp.core.scheduling.scheduler import STANDARD, Plan, State, replanned
from quizapp.models import Fact, Memory, QuestionSet, User
from quizapp.models import Plan as PlanRow
from quizapp.services import accounts, due_days, exams, memories, memory_events, parameters, plans
from quizapp.services.errors import NotFound
from quizapp.services.memories import seed_of
from quizapp.services.review import allowances, answers, queue
from quizapp.services.review.today import read_today, start_plan

DAY = timedelta(days=1)
FULL = Plan(0.85, 7, MONDAY + 30 * DAY, (5, 6), 40)
SET_TODAY = replace(FULL, exam_since=MONDAY)


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def facts(session: Session) -> list[int]:
    return list(session.scalars(select(Fact.id).order_by(Fact.position)))


def change(session: Session, learner: User, plan: Plan, *, paused: bool = False) -> tuple[Plan, bool]:
    former = plans.change_plan(session, learner, "sample", plan, paused=paused, now=NOON)
    session.commit()
    session.expire_all()
    return former[:2]


def page(session: Session, learner: User) -> plans.PlanPage:
    return plans.read_plan(session, learner, "sample", now=NOON)


def enlarge(session: Session, learner: User, count: int) -> None:
    """Add so many facts, half of them known to the learner."""
    model = session.scalars(select(Fact).order_by(Fact.position)).first()
    assert model is not None
    shared = {c.name: getattr(model, c.name) for c in Fact.__table__.c if c.name not in ("id", "key", "position")}
    session.execute(
        insert(Fact), [shared | {"id": 1000 + n, "key": f"f{n}", "position": 100 + n} for n in range(count)]
    )
    memory = {"learner_id": learner.id, "version": 1, "state": 2, "stability": 30.0, "difficulty": 5.0, "reps": 5}
    memory |= {"last_day": MONDAY - 10 * DAY, "due_day": MONDAY + 20 * DAY, "lapses": 0, "suspended": False}
    session.execute(insert(Memory), [memory | {"fact_id": 1000 + n} for n in range(0, count, 2)])
    session.commit()


@pytest.mark.one_database
def test_it_works(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    change(session, learner, FULL)
    shown = page(session, learner)
    assert (shown.title, shown.plan, shown.paused, shown.unmet) == (
        "Three rivers",
        SET_TODAY,
        False,
        0,
    )
    assert [load.desired_retention for load in shown.workloads] == [0.8, 0.85, 0.9, 0.95]
    assert shown.exam is not None and (shown.exam.days_to_go, shown.exam.forecast.unmet) == (30, 0)
    assert 0 < shown.exam.if_stopped < shown.exam.forecast.score <= 1


def test_the_plans_own_retention_stands_among_those_to_choose_from(session: Session, learner: User) -> None:
    change(session, learner, Plan(0.87))
    assert [load.desired_retention for load in page(session, learner).workloads] == [0.8, 0.85, 0.87, 0.9, 0.95]


@pytest.mark.one_database
def test_the_minutes_follow_from_the_learners_own_answers(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 50)
    change(session, learner, Plan(new_per_day=50))
    usual = page(session, learner).workloads[0]
    for number in range(50):
        now = NOON + timedelta(days=number // 10, minutes=number % 10)
        answer(session, learner, ask(session, learner, now), {"give-up": "1"}, now, ms=6000)
    own = plans.read_plan(session, learner, "sample", now=now).workloads[0]
    assert own.minutes / own.reviews > 3 * usual.minutes / usual.reviews  # a minute each, with reading the feedback


# Changing


@pytest.mark.one_database
def test_the_work_of_a_set_follows_from_its_part_of_a_shared_total(session: Session, learner: User) -> None:
    """The set begun first keeps its pace; the other has what is left: nothing here, until its exam puts it first."""
    add_set(session, learner, "lakes", 400)
    add_set(session, learner, "seas", 100)

    def work(key: str) -> float:
        return plans.read_plan(session, learner, key, now=NOON).workloads[2].reviews

    alone = work("lakes"), work("seas")
    learner.total_new_per_day = 10
    assert work("lakes") == pytest.approx(alone[0], rel=0.1) and work("seas") == 0
    plans.change_plan(session, learner, "seas", Plan(exam_day=MONDAY + 90 * DAY), paused=False, now=NOON)
    assert work("seas") == pytest.approx(alone[1], rel=0.1) and 0 < work("lakes") < 0.8 * alone[0]


@pytest.mark.one_database
def test_every_memory_falls_due_by_the_new_plan(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    before = {fact: memories.to_core(memory_of(session, learner, fact)) for fact in facts(session)}
    change(session, learner, Plan(0.7))
    for fact, memory in before.items():
        expected = replanned(memory, Plan(0.7), seed_of(learner.id, fact))
        assert memories.to_core(memory_of(session, learner, fact)) == expected != memory


def test_learning_steps_and_other_learners_stay(session: Session, learner: User) -> None:
    other = make_learner(session)
    study_until_done(session, other, NOON)
    step = ask(session, learner)
    answer(session, learner, step, {"give-up": "1"})
    theirs = {fact: memory_of(session, other, fact).due_day for fact in facts(session)}
    due_at = memory_of(session, learner, step.fact_id).due_at
    change(session, learner, Plan(0.7, exam_day=MONDAY + DAY))
    assert memory_of(session, learner, step.fact_id).due_at == due_at
    assert {fact: memory_of(session, other, fact).due_day for fact in facts(session)} == theirs


def test_an_answer_on_the_screen_stays_good_and_goes_by_the_new_plan(session: Session, learner: User) -> None:
    fact_id = facts(session)[0]
    remember(session, learner, fact_id, stability=200.0)
    prompt = ask(session, learner, prefer=fact_id)
    exam = MONDAY + 5 * DAY
    change(session, learner, Plan(exam_day=exam))
    answer(session, learner, prompt)
    assert memory_of(session, learner, fact_id).due_day == exam - DAY


@pytest.mark.one_database
def test_a_change_taken_back_leaves_everything_as_it_was(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    before = {fact: memories.to_core(memory_of(session, learner, fact)) for fact in facts(session)}
    former = change(session, learner, FULL, paused=True)
    assert former == (Plan(), False)
    assert change(session, learner, former[0], paused=former[1]) == (SET_TODAY, True)
    assert {fact: memories.to_core(memory_of(session, learner, fact)) for fact in facts(session)} == before
    assert page(session, learner).plan == Plan()


def keep_workload(session: Session, learner: User) -> None:
    workload = page(session, learner).workload_to_keep
    assert workload
    plans.keep_workload(session, learner, "sample", workload)


def test_a_workload_is_kept_for_the_day_and_the_plan(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 30)
    computed = page(session, learner)
    keep_workload(session, learner)
    kept = page(session, learner)
    assert kept.workloads == computed.workloads and not kept.workload_to_keep
    assert plans.read_plan(session, learner, "sample", now=NOON + DAY).workload_to_keep
    change(session, learner, Plan(new_per_day=1))
    slower = page(session, learner)
    assert slower.workload_to_keep and slower.workloads[0].minutes < kept.workloads[0].minutes


def test_the_forecast_of_an_exam_is_kept_while_the_day_is_planned(session: Session, learner: User) -> None:
    """What happens if the learner stops now is not: it changes with each answer."""
    add_facts(session, ["typed"] * 30)
    remember(session, learner, facts(session)[0], stability=20.0)
    change(session, learner, Plan(exam_day=MONDAY + 5 * DAY))
    foreseen = page(session, learner).exam
    assert not exams.is_day_planned(session, learner, now=NOON)
    exams.plan_study_day(session, learner, now=NOON)
    session.commit()
    assert exams.is_day_planned(session, learner, now=NOON)
    planned = page(session, learner).exam
    assert foreseen and planned
    assert (planned.forecast, planned.new_today, planned.unmet) == (foreseen.forecast, foreseen.new_today, 32)
    assert planned.if_stopped == pytest.approx(foreseen.if_stopped)
    answer(session, learner, ask(session, learner))
    answered = page(session, learner).exam
    assert answered and answered.forecast == foreseen.forecast and answered.if_stopped != planned.if_stopped
    change(session, learner, Plan(exam_day=MONDAY + 20 * DAY))
    assert not exams.is_day_planned(session, learner, now=NOON)
    changed = page(session, learner).exam
    assert changed and changed.forecast != foreseen.forecast


def test_due_days_change_at_once(session: Session, learner: User) -> None:
    """Ten days after an answer that left a stability of ten, recall stands at 90 %."""
    remember(session, learner, facts(session)[0], stability=10.0)
    change(session, learner, Plan(0.75))
    today = read_today(session, learner, now=NOON)
    assert today is not None and today.due == 0
    change(session, learner, Plan(0.97))
    today = read_today(session, learner, now=NOON)
    assert today is not None and today.due == 1


@pytest.mark.one_database
@pytest.mark.parametrize("size", [0, 2000])
def test_a_change_takes_four_statements_whatever_the_size(session: Session, learner: User, size: int) -> None:
    enlarge(session, learner, max(size, 2))
    assert statements(session, lambda: change(session, learner, Plan(0.8))) == 4
    session.refresh(learner)
    assert statements(session, lambda: page(session, learner)) == 7
    keep_workload(session, learner)
    assert statements(session, lambda: page(session, learner)) == 4


# Pausing


def test_taking_up_a_paused_set(session: Session, learner: User) -> None:
    change(session, learner, FULL, paused=True)
    plans.resume_set(session, learner, "sample")
    session.commit()
    assert (page(session, learner).paused, page(session, learner).plan) == (False, SET_TODAY)


@pytest.mark.one_database
def test_a_paused_sets_exam_is_that_of_somebody_who_stopped(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    change(session, learner, FULL, paused=True)
    exam = page(session, learner).exam
    assert exam is not None and exam.forecast.score == exam.if_stopped


# The exam


@pytest.mark.one_database
@pytest.mark.parametrize("days", [0, 1, 30])
def test_the_exam_is_counted_down_in_study_days(session: Session, learner: User, days: int) -> None:
    study_until_done(session, learner, NOON)
    change(session, learner, Plan(exam_day=MONDAY + days * DAY))
    exam = page(session, learner).exam
    assert exam is not None and exam.days_to_go == days
    late = plans.read_plan(session, learner, "sample", now=NOON.replace(hour=23)).exam
    past_midnight = plans.read_plan(session, learner, "sample", now=NOON.replace(day=3, hour=3)).exam
    assert late == past_midnight == exam


def test_an_exam_in_another_time_zone_is_on_another_day(session: Session, learner: User) -> None:
    change(session, learner, Plan(exam_day=MONDAY + DAY))
    learner.timezone = "Pacific/Auckland"
    session.commit()
    exam = plans.read_plan(session, learner, "sample", now=NOON.replace(hour=20)).exam  # Tuesday morning there
    assert exam is not None and exam.days_to_go == 0


def test_the_pace_follows_from_the_days_left_and_can_be_changed(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 30)
    change(session, learner, Plan(new_per_day=2, exam_day=MONDAY + 5 * DAY))
    exam = page(session, learner).exam
    assert exam is not None and (exam.unmet, exam.new_today, exam.forecast.all_met_on) == (33, 11, MONDAY + 2 * DAY)
    preview = plans.preview_plan(session, learner, "sample", Plan(exam_day=exam.day, exam_pace=3), now=NOON)
    assert preview and (slower := preview.exam) and (slower.new_today, slower.forecast.unmet) == (3, 18)
    assert slower.forecast.score < exam.forecast.score
    change(session, learner, Plan(exam_day=exam.day, exam_pace=3))
    exams.plan_study_day(session, learner, now=NOON)
    today = read_today(session, learner, now=NOON)
    assert today is not None and today.new == 3


def test_it_says_when_all_facts_will_have_been_met(session: Session, learner: User) -> None:
    """Beside what another set, begun before, leaves of a total for all sets."""
    add_facts(session, ["typed"] * 17)
    answer(session, learner, ask(session, learner))
    assert page(session, learner).new_facts == plans.NewFacts(20, 19, MONDAY + DAY)
    assert (slow := plans.preview_plan(session, learner, "sample", Plan(new_per_day=2), now=NOON))
    assert slow.new_facts.all_met_on == MONDAY + 9 * DAY
    learner.total_new_per_day = 4
    older = session.get_one(Fact, add_set(session, learner, "older", 8)[0]).set_id
    session.get_one(PlanRow, (learner.id, older)).started_at = NOON - DAY
    assert page(session, learner).new_facts.all_met_on == MONDAY + 6 * DAY


def test_facts_set_aside_are_left_out(session: Session, learner: User) -> None:
    answers.suspend_fact(session, learner, facts(session)[0])
    session.commit()
    assert page(session, learner).unmet == 2


def test_an_exam_that_is_over_is_left_behind(session: Session, learner: User) -> None:
    fact_id = facts(session)[0]
    remember(session, learner, fact_id, stability=100.0)
    own_day = replanned(memories.to_core(memory_of(session, learner, fact_id)), Plan(), seed_of(learner.id, fact_id))
    exam = MONDAY + 3 * DAY
    change(session, learner, Plan(exam_day=exam))
    assert memory_of(session, learner, fact_id).due_day == exam - DAY
    exams.plan_study_day(session, learner, now=NOON)
    session.commit()
    after = NOON + 4 * DAY
    shown = plans.read_plan(session, learner, "sample", now=after)
    assert (shown.exam, shown.plan.exam_day) == (None, None)
    with pytest.raises(allowances.DayNotPlanned):
        queue.next_prompt(session, learner, now=after)
    exams.plan_study_day(session, learner, now=after)
    session.commit()
    assert memory_of(session, learner, fact_id).due_day == own_day.due_day
    today = read_today(session, learner, now=after)
    assert today is not None and today.exams_ahead == {}
    assert session.scalars(select(PlanRow)).one().exam_day is None


def test_an_answer_after_the_exam_is_scheduled_as_if_there_were_none(session: Session, learner: User) -> None:
    fact_id = facts(session)[0]
    remember(session, learner, fact_id, stability=100.0)
    prompt = ask(session, learner, prefer=fact_id)
    session.scalars(select(PlanRow)).one().exam_day = MONDAY - DAY
    session.commit()
    answer(session, learner, prompt)
    assert (memory_of(session, learner, fact_id).due_day or MONDAY) > MONDAY + 30 * DAY


@pytest.mark.one_database
def test_today_foresees_what_the_page_does(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    change(session, learner, FULL)
    today = read_today(session, learner, now=NOON)
    assert today is not None
    told = plans.read_exams(session, learner, today.exams_ahead, now=NOON)
    assert list(told.values()) == [page(session, learner).exam]
    assert statements(session, lambda: plans.read_exams(session, learner, today.exams_ahead, now=NOON)) == 3
    assert statements(session, lambda: plans.read_exams(session, learner, {}, now=NOON)) == 0


def test_today_counts_before_an_exam_what_is_then_asked(session: Session, learner: User) -> None:
    """Also a fact that was left in a learning step: it is asked once."""
    answer(session, learner, ask(session, learner), {"give-up": "1"})
    change(session, learner, Plan(exam_day=MONDAY + 30 * DAY))
    tomorrow = NOON + DAY
    foreseen = read_today(session, learner, now=tomorrow)
    exams.plan_study_day(session, learner, now=tomorrow)
    found = read_today(session, learner, now=tomorrow)
    assert foreseen and found
    assert (foreseen.due, foreseen.new, foreseen.minutes) == (found.due, found.new, found.minutes)
    assert found.due == 1


@pytest.mark.parametrize("exam", [None, NOON.date() + 20 * DAY], ids=["without an exam", "before an exam"])
def test_what_was_put_into_review_stays_due_until_it_is_answered(
    session: Session, learner: User, exam: date | None
) -> None:
    """Whatever changes due days: plans, parameters, the days before an exam, and undo of an earlier answer."""
    fact_id, _ = add_facts(session, ["typed"])[0]
    given = [
        give(session, learner, "dates-100-q", {"text": text}, at=NOON + days * DAY)
        for days, text in ((0, "Ob"), (0.01, "Ob"), (3, "Ob"))
    ]
    now = NOON + 4 * DAY
    plan = Plan(exam_day=exam)
    plans.change_plan(session, learner, "sample", plan, paused=False, now=now)
    exams.plan_study_day(session, learner, now=now)
    memory_events.ask_today(session, [learner], [fact_id], now=now)

    def is_asked(now: datetime) -> bool:
        session.commit()
        return memory_of(session, learner, fact_id).due_day <= now.date()

    adopted = [weight * factor for weight, factor in zip(STANDARD, [2.0] * 4 + [1.0] * 17, strict=True)]
    learner.fitted_parameters, learner.uses_standard = adopted, True
    for changes in range(4):
        assert is_asked(now), changes
        match changes:
            case 0:
                plans.change_plan(session, learner, "sample", replace(plan, new_per_day=1), paused=False, now=now)
            case 1:
                switch = parameters.find_switch(session, learner, uses_standard=False, now=now)
                parameters.save_adjustment(session, learner, switch, now=now)
            case 2:
                answers.undo_answer(session, learner, now=now, review_id=given[1])
            case 3:
                now += DAY
        exams.plan_study_day(session, learner, now=now)
    assert is_asked(now)
    give(session, learner, "dates-100-q", {"text": "Ob"}, at=now)
    plans.change_plan(session, learner, "sample", plan, paused=False, now=now)
    assert not is_asked(now)


# Another's


def test_nobody_reaches_anothers_plan(session: Session, learner: User) -> None:
    stranger = accounts.create_guest(session, timezone="UTC", now=NOON)
    for key, who in (("sample", stranger), ("no-such-set", learner)):
        with pytest.raises(NotFound):
            plans.read_plan(session, who, key, now=NOON)
        with pytest.raises(NotFound):
            plans.change_plan(session, who, key, FULL, paused=True, now=NOON)
        with pytest.raises(NotFound):
            plans.resume_set(session, who, key)
        with pytest.raises(NotFound):
            plans.preview_plan(session, who, key, FULL, now=NOON)
    assert page(session, learner).plan == Plan()


def test_a_change_does_not_overwrite_an_answer_given_meanwhile(
    session: Session, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact_id = facts(session)[0]
    remember(session, learner, fact_id, stability=50.0)
    prompt = ask(session, learner, prefer=fact_id)
    answered = []

    def answered_meanwhile(memory, plan, seed):  # type: ignore[no-untyped-def]
        if not answered:
            answered.append(answer(session, learner, prompt))
        return replanned(memory, plan, seed)

    monkeypatch.setattr(due_days, "replanned", answered_meanwhile)
    plans.change_plan(session, learner, "sample", Plan(0.7), paused=False, now=NOON)
    memory = memory_of(session, learner, fact_id)
    assert memory.last_day == MONDAY and memory.state == State.REVIEW
    assert memory.due_day == replanned(memories.to_core(memory), Plan(0.7), seed_of(learner.id, fact_id)).due_day


def test_a_set_without_facts_has_a_plan_all_the_same(session: Session, learner: User) -> None:
    header = {"key": "empty", "title": "Empty", "topics": [], "passages": [], "notes": []}
    empty = QuestionSet(key="empty", title="Empty", header=header, names=[], created_at=NOON)
    session.add(empty)
    session.flush()
    start_plan(session, learner, empty.id, now=NOON)
    plans.change_plan(session, learner, "empty", replace(FULL, new_per_day=0), paused=False, now=NOON)
    exam = plans.read_plan(session, learner, "empty", now=NOON).exam
    assert exam is not None and (exam.forecast.score, exam.if_stopped, exam.new_today) == (0, 0, 0)
