"""The answers and the time that studying takes a learner, estimated from recent answers.

A fact that is new or was forgotten is asked again on the same day, until it was right in each of its learning steps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from quizapp.core.progress.retention import recalled
from quizapp.core.scheduling.answer_times import STANDARD_TIMES, AnswerKind, AnswerTimes, RecentAnswer, estimate_times
from quizapp.core.scheduling.scheduler import State
from quizapp.core.scheduling.sessions import RECALL_FROM

# The learning steps of py-fsrs, by the state of the fact: the answers in a row that must be right.
STEPS = {State.NEW: 2, State.LEARNING: 2, State.RELEARNING: 1}
# The number of answers after which a learner's own share counts as much as the usual one.
_SOME = 20
# Likewise for the number of due facts predicted to be forgotten. Most learners forget about as many.
_MANY = 40


@dataclass(frozen=True, slots=True)
class Effort:
    """What decides how many answers a learner gives, and how long they take; shares and chances are 0..1.

    `known_first` is the share of new facts known before, `repeat_right` that of right answers among repeats on the
    same day, `forgetting` the ratio of due facts forgotten to those predicted. The guesses are the mean chances of a
    lucky guess: for a new fact, a due fact that is asked for recall or not yet, and a repeat.
    """

    times: AnswerTimes = STANDARD_TIMES
    known_first: float = 0.2
    repeat_right: float = 0.96
    forgetting: float = 1.0
    guess_first: float = 0.33
    guess_due: float = 0.15
    guess_recall: float = 0.0
    guess_repeat: float = 0.25

    def recall(self, predicted: float) -> float:
        """Return the chance (0..1) that a due fact is recalled, by the chance predicted from its memory."""
        return max(1 - self.forgetting * (1 - predicted), 0.0)

    def new_seconds(self) -> float:
        """Return the time that a new fact is expected to take on its first day."""
        right = or_guessed(self.known_first, self.guess_first)
        after_right, after_wrong = (self.step_seconds(State.LEARNING, step) for step in (1, 0))
        return self.times.first + right * after_right + (1 - right) * after_wrong

    def guess(self, stability: float) -> float:
        """Return the mean chance (0..1) of a lucky guess when a fact of this stability (days) is due."""
        return self.guess_recall if stability >= RECALL_FROM else self.guess_due

    def due_seconds(self, predicted: float, stability: float) -> float:
        """Return the time that a due fact is expected to take.

        `predicted` is its predicted chance of recall (0..1), `stability` is in days.
        """
        right = or_guessed(self.recall(predicted), self.guess(stability))
        return right * self.times.right + (1 - right) * (self.times.wrong + self.step_seconds(State.RELEARNING, 0))

    def step_seconds(self, state: State, step: int) -> float:
        """Return the time that a fact in (re)learning is expected to take until its steps are done.

        A right answer leads to the next step, a wrong one to the first. With the chance q of a right answer, n steps
        take 1/q + ... + 1/q^n answers, of which those before `step` take the first terms.
        """
        terms = range(step + 1, STEPS[state] + 1)
        return self.times.repeat * sum(self.repeat_right**-power for power in terms)


STANDARD_EFFORT = Effort()


def estimate_effort(answers: Sequence[RecentAnswer]) -> Effort:
    """Return a learner's effort from recent answers, oldest first; with few answers it is close to the standard."""
    of: dict[AnswerKind, list[RecentAnswer]] = {kind: [] for kind in AnswerKind}
    for answer in answers:
        of[answer.kind].append(answer)
    first, due, repeats = of[AnswerKind.FIRST], of[AnswerKind.RIGHT] + of[AnswerKind.WRONG], of[AnswerKind.REPEAT]
    known = (recalled(answer.right, answer.guess) for answer in first if answer.guess < 1)
    usual = STANDARD_EFFORT
    return Effort(
        times=estimate_times(answers),
        known_first=max(_shrunk(known, usual.known_first), 0.0),
        forgetting=_forgetting(due),
        repeat_right=_shrunk((answer.right for answer in repeats), usual.repeat_right),
        guess_first=_shrunk((answer.guess for answer in first), usual.guess_first),
        guess_due=_shrunk((answer.guess for answer in due if answer.stability < RECALL_FROM), usual.guess_due),
        guess_recall=_shrunk((answer.guess for answer in due if answer.stability >= RECALL_FROM), usual.guess_recall),
        guess_repeat=_shrunk((answer.guess for answer in repeats), usual.guess_repeat),
    )


def or_guessed(known: float, guess: float) -> float:
    """Return the chance of a right answer from those of knowing it and of a lucky guess, all 0..1."""
    return known + (1 - known) * guess


def _forgetting(due: Iterable[RecentAnswer]) -> float:
    """Return the ratio of facts forgotten to those predicted, without lucky guesses; close to 1 with few predicted."""
    forgotten = expected = 0.0
    for answer in due:
        if answer.predicted is not None and answer.guess < 1:
            forgotten += 1 - recalled(answer.right, answer.guess)
            expected += 1 - answer.predicted
    return (forgotten + _MANY) / (expected + _MANY)


def _shrunk(values: Iterable[float], usual: float) -> float:
    return fmean([*values, *[usual] * _SOME])
