"""Study before an exam: the facts that each day's minutes go to, and the score to expect.

Until the exam, a fact is not asked when its recall has fallen to a target, but when asking it adds most to the score.
Each day the facts are compared by how much an answer today raises the expected recall on the exam morning, per second
that it takes, until the day's minutes are spent. New facts are offered at a pace at which all are met in time to be
reviewed before the exam. What is recalled well is reviewed last, as close to the exam
as the minutes allow.

The constants were chosen by simulation (`python tests/simulate.py exam`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from quizapp.core.scheduling.effort import STANDARD_EFFORT, Effort
from quizapp.core.scheduling.exam_plan import LAST_DAYS, ExamPlan
from quizapp.core.scheduling.formulas import Formulas, Strength

LEAST_GAIN = 0.01  # of recall on the exam morning, for which a fact is worth asking
# A fact met early gains more from later reviews than an answer shows: by one fiftieth for each day to the exam.
_HEAD_START = 1 / 50
# By importance: 1 detail, 2 normal, 3 essential. With larger weights, essential facts are reviewed instead of meeting
# others, and over 30 days even the score that counts essential facts three times becomes lower.
_WEIGHTS = {1: 0.9, 2: 1.0, 3: 1.1}
WELL_RECALLED = 0.9  # the recall on the day before the exam with which a fact waits until then
_ONE_DAY = timedelta(days=1)
# Facts simulated for a forecast: fewer until an exam far ahead, so that a page takes no longer for it.
_SAMPLE, _LEAST_SAMPLE = 200, 40
_SIMULATED_DAYS = 120 * _SAMPLE  # for all facts together


@dataclass(slots=True)
class ExamFact:
    """A fact of the exam: `last_day` and `strength` are those of its last answer, None for a fact that was not met."""

    key: int
    importance: int
    last_day: date | None = None
    strength: Strength | None = None

    @property
    def met(self) -> bool:
        return self.strength is not None


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """How a learner remembers and answers: the formulas of memory, and the times and chances of answers."""

    formulas: Formulas = field(default_factory=Formulas)
    effort: Effort = STANDARD_EFFORT

    def recall(self, fact: ExamFact, day: date) -> float:
        """Return the chance (0..1) of recalling a fact on a later day without another answer."""
        if fact.strength is None or fact.last_day is None:
            return self.effort.known_first
        return self.formulas.recall_after((day - fact.last_day).days, fact.strength)

    def after_first_day(self, *, right: bool) -> Strength:
        """Return the strength of a fact met today: it is asked twice if the first answer is right, else three times."""
        strength = self.formulas.after_repeat(self.formulas.first(right=right))
        return strength if right else self.formulas.after_repeat(strength)

    def after_review(self, strength: Strength, recall: float, *, right: bool) -> Strength:
        """Return the strength after a review, which is repeated on the same day if it was wrong."""
        if right:
            return self.formulas.after_right(strength, recall)
        return self.formulas.after_repeat(self.formulas.after_wrong(strength, recall))

    def gain_of_meeting(self, days_left: int) -> tuple[float, float]:
        """Return how much meeting a fact today raises its recall on the exam morning, and the seconds it takes."""
        known = self.effort.known_first
        right, wrong = (
            self.formulas.recall_after(days_left, self.after_first_day(right=right)) for right in (True, False)
        )
        return _mixed(known, right, wrong) - known, self.effort.new_seconds()

    def gain_of_review(self, fact: ExamFact, exam: date, today: date) -> tuple[float, float]:
        """Return how much a review today raises the recall of a fact on the exam morning, and the seconds it takes."""
        assert fact.strength is not None
        recall, days_left, formulas = self.recall(fact, today), (exam - today).days, self.formulas
        after_right = formulas.stability_after_right(fact.strength, recall)
        after_wrong = formulas.stability_after_repeat(formulas.stability_after_wrong(fact.strength, recall))
        right = formulas.recall_by_stability(days_left, after_right)
        wrong = formulas.recall_by_stability(days_left, after_wrong)
        seconds = self.effort.due_seconds(recall, fact.strength.stability)
        return _mixed(recall, right, wrong) - self.recall(fact, exam), seconds


STANDARD_MODEL = MemoryModel()


@dataclass(frozen=True, slots=True)
class StudyDay:
    """What to ask on a day before the exam: the keys of facts to review and of new ones, and the time it takes."""

    reviews: tuple[int, ...]
    new: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    fact: ExamFact
    value: float  # gain of recall per second, times the importance
    seconds: float


def plan_day(
    facts: Sequence[ExamFact],
    plan: ExamPlan,
    today: date,
    *,
    model: MemoryModel = STANDARD_MODEL,
    spent: float = 0.0,
    met_today: int = 0,
) -> StudyDay:
    """Return what to ask on a day; `spent` seconds of its minutes and `met_today` of its new facts are used up.

    New facts come in the order of `facts`, but the more important first.
    """
    if today >= plan.day or plan.is_free(today):
        return StudyDay((), (), 0.0)
    room = plan.minutes * 60 - spent
    if room <= 0:
        return StudyDay((), (), 0.0)
    reviews, new = list[int](), list[int]()
    seconds = 0.0
    for candidate in sorted(_candidates(facts, plan, today, model, met_today), key=lambda each: -each.value):
        if seconds + candidate.seconds / 2 > room:
            break
        seconds += candidate.seconds
        (reviews if candidate.fact.met else new).append(candidate.fact.key)
    return StudyDay(tuple(reviews), tuple(new), seconds)


def _candidates(
    facts: Sequence[ExamFact], plan: ExamPlan, today: date, model: MemoryModel, met_today: int
) -> Iterator[_Candidate]:
    unmet = sorted((fact for fact in facts if not fact.met), key=lambda fact: -fact.importance)
    offered = max(plan.new_on(today, unmet=len(unmet), met_today=met_today) - met_today, 0)
    days_left = (plan.day - today).days
    gain, seconds = model.gain_of_meeting(days_left)
    gain *= 1 + days_left * _HEAD_START
    for fact in unmet[:offered]:
        yield _Candidate(fact, gain / seconds * _WEIGHTS[fact.importance], seconds)
    waiting = _left_for_the_last_days(facts, plan, today, model) if 1 < days_left <= LAST_DAYS else set()
    yield from (each for each in _reviews(facts, plan.day, today, model) if each.fact.key not in waiting)


def _reviews(facts: Sequence[ExamFact], exam: date, today: date, model: MemoryModel) -> Iterator[_Candidate]:
    for fact in facts:
        if fact.last_day is None or fact.last_day >= today:
            continue
        gain, seconds = model.gain_of_review(fact, exam, today)
        if gain >= LEAST_GAIN:
            yield _Candidate(fact, gain / seconds * _WEIGHTS[fact.importance], seconds)


def _left_for_the_last_days(facts: Sequence[ExamFact], plan: ExamPlan, today: date, model: MemoryModel) -> set[int]:
    """Return the keys of the facts that are better reviewed closer to the exam, in the minutes of the days to come.

    These are facts that will still be recalled well on the day before it; the others are also reviewed before.
    """
    day_before = plan.day - _ONE_DAY
    room = plan.minutes * 60 * (day_before - today).days
    waiting = set[int]()
    for review in sorted(_reviews(facts, plan.day, day_before, model), key=lambda each: -each.value):
        room -= review.seconds
        if room < 0:
            break
        if model.recall(review.fact, day_before) >= WELL_RECALLED:
            waiting.add(review.fact.key)
    return waiting


def _mixed(chance: float, if_so: float, if_not: float) -> float:
    return chance * if_so + (1 - chance) * if_not


# The forecast


@dataclass(frozen=True, slots=True)
class ExamForecast:
    """What a plan brings: the share of the facts expected to be recalled on the exam morning (0..1), the facts that are
    not met by then, the day by which all are met (None: they are not), and the mean minutes a day."""

    score: float
    unmet: int
    all_met_on: date | None
    minutes: float


@dataclass(slots=True)
class _Progress:
    facts: list[ExamFact]
    dice: Random
    all_met_on: date | None = None
    seconds: list[float] = field(default_factory=list)

    def study(self, day: date, plan: ExamPlan, model: MemoryModel, spent: float, met_today: int) -> None:
        chosen = plan_day(self.facts, plan, day, model=model, spent=spent, met_today=met_today)
        self.seconds.append(chosen.seconds + spent)
        asked = {*chosen.reviews, *chosen.new}
        for fact in self.facts:
            if fact.key in asked:
                self._ask(fact, day, model)
        if self.all_met_on is None and all(fact.met for fact in self.facts):
            self.all_met_on = day

    def _ask(self, fact: ExamFact, day: date, model: MemoryModel) -> None:
        recall = model.recall(fact, day)
        right = self.dice.random() < recall
        if fact.strength is None:
            fact.strength = model.after_first_day(right=right)
        else:
            fact.strength = model.after_review(fact.strength, recall, right=right)
        fact.last_day = day


def forecast(
    facts: Sequence[ExamFact],
    plan: ExamPlan,
    today: date,
    *,
    seed: str,
    model: MemoryModel = STANDARD_MODEL,
    spent: float = 0.0,
    met_today: int = 0,
) -> ExamForecast:
    """Simulate every day up to the exam under a plan; the same for the same arguments.

    Of a large set, a sample of facts is simulated in its share of the minutes.
    """
    affordable = max(_SIMULATED_DAYS // max((plan.day - today).days, 1), _LEAST_SAMPLE)
    stride = max(len(facts) / min(affordable, _SAMPLE), 1.0)  # each simulated fact stands for so many
    if affordable < _SAMPLE:
        plan = _with_pace(plan, today, unmet=sum(not fact.met for fact in facts))
    sample = [replace(facts[int(stride * number)]) for number in range(int(len(facts) / stride))]
    pace = None if plan.pace is None else plan.pace / stride
    smaller = replace(plan, minutes=plan.minutes / stride, pace=pace)
    progress = _Progress(sample, Random(seed))
    for number in range((plan.day - today).days):
        used = (spent / stride, round(met_today / stride)) if number == 0 else (0.0, 0)
        progress.study(today + timedelta(days=number), smaller, model, *used)
    days = max(len(progress.seconds), 1)
    return ExamForecast(
        score=sum(model.recall(fact, plan.day) for fact in sample) / max(len(sample), 1),
        unmet=round(sum(not fact.met for fact in sample) * stride),
        all_met_on=progress.all_met_on,
        minutes=sum(progress.seconds) * stride / 60 / days,
    )


def _with_pace(plan: ExamPlan, today: date, *, unmet: int) -> ExamPlan:
    """Return the plan with the pace that follows from the days left; rounded up for few facts, it would be too fast."""
    if plan.pace is not None:
        return plan
    day = next(day for day in (today + timedelta(days=number) for number in range(7)) if not plan.is_free(day))
    return replace(plan, pace=plan.new_on(day, unmet=unmet))
