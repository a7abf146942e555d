"""A study session: what to ask next, in which form, and with the choices in which order.

Everything here is decided from what is stored, so that a reload, a second tab or a closed lid finds the session
where it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from pydantic import ValidationError

from quizapp.core.grading import Grade, grade
from quizapp.core.questions import (
    Choice,
    Cloze,
    Matching,
    Multiple,
    Ordering,
    Question,
    Stage,
    TrueFalse,
    asked_stage,
)
from quizapp.core.responses import FlashcardResponse, NoSuchChoice, Response, parse_response
from quizapp.core.scheduling import Memory, Rating, State

# Stability, in days, from which a fact is asked to be completed, and from which it is asked to be recalled.
COMPLETE_FROM = 1.0
RECALL_FROM = 7.0


class Unreadable(ValueError):
    """What was posted is not an answer to this question."""


class Group(StrEnum):
    """What waits in a session, by why it waits."""

    STEP = "step"  # in learning steps, and its wait is over
    REVIEW = "review"  # due today
    NEW = "new"  # never met, within today's allowance
    LATER_STEP = "later-step"  # in learning steps, still waiting: asked early when nothing else is left
    PUT_OFF = "put-off"  # due, but beyond the ceiling of its set: left for later days


@dataclass(frozen=True, slots=True)
class Progress:
    """A session so far: facts recalled and put off to a later day, facts met that are asked again, facts to come."""

    done: int
    learning: int
    to_come: int

    @property
    def share(self) -> float:
        """How much of the session lies behind, 0..1; a fact that was met and comes again counts half."""
        whole = self.done + self.learning + self.to_come
        return (self.done + self.learning / 2) / whole if whole else 1.0


def progress(waiting: Mapping[Group, int], finished: int) -> Progress:
    """The session's progress, given how many facts wait in each group and how many are finished with."""
    learning = waiting.get(Group.STEP, 0) + waiting.get(Group.LATER_STEP, 0)
    return Progress(finished, learning, sum(waiting.values()) - learning - waiting.get(Group.PUT_OFF, 0))


def next_group(waiting: Mapping[Group, int], answered: int) -> Group | None:
    """What to ask next, given how many facts wait in each group and the answers given today; None: all is done.

    Steps come first, because their wait is minutes; new facts are spread evenly among those due.
    """
    if waiting.get(Group.STEP):
        return Group.STEP
    reviews, new = waiting.get(Group.REVIEW, 0), waiting.get(Group.NEW, 0)
    if reviews and new:
        fewer, more = (Group.NEW, Group.REVIEW) if new <= reviews else (Group.REVIEW, Group.NEW)
        stretch = 1 + round(max(reviews, new) / min(reviews, new))
        return fewer if answered % stretch == stretch - 1 else more
    for group in (Group.REVIEW, Group.NEW, Group.LATER_STEP):
        if waiting.get(group):
            return group
    return None


def stage_of(memory: Memory) -> Stage:
    """How much to ask of a memory: the stage its stability allows, one lower just after a lapse."""
    stability = memory.stability or 0.0
    stage = Stage((stability >= COMPLETE_FROM) + (stability >= RECALL_FROM))
    return Stage(max(stage - 1, 0)) if memory.state == State.RELEARNING else stage


def choose_question(questions: Sequence[Question], memory: Memory, seed: str) -> int:
    """The index of the question to ask: of the memory's stage, else the nearest easier one, else the nearest.

    Where a fact has several questions of one stage, they take turns.
    """
    wanted = stage_of(memory)
    stages = [asked_stage(question) for question in questions]
    stage = min(stages, key=lambda s: (s > wanted, abs(s - wanted)))
    fitting = [index for index, asked in enumerate(stages) if asked == stage]
    return fitting[(Random(seed).randrange(len(fitting)) + memory.reps) % len(fitting)]


def choice_order(question: Question, seed: str) -> tuple[int, ...]:
    """The order in which a question's options are shown, as indices into `options`; empty for other kinds.

    The options of a cloze are shuffled gap by gap: those of one gap stay together, in its `option_ranges`.
    """
    match question:
        case Choice() | Multiple() | Ordering() | Matching():
            ranges = [range(len(question.options))]
        case Cloze():
            ranges = list(question.option_ranges.values())
        case _:
            return ()
    dice, order = Random(seed), list[int]()
    for together in map(list, ranges):
        dice.shuffle(together)
        order += together
    return tuple(order)


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer, how right it is, and what it says about memory."""

    response: Response
    grade: Grade

    @property
    def rating(self) -> Rating:
        """Correct is GOOD, anything else AGAIN; only a flashcard is rated by the learner."""
        if isinstance(self.response, FlashcardResponse):
            return Rating[self.response.rating.upper()]
        return Rating.GOOD if self.grade.correct else Rating.AGAIN


def judge(question: Question, posted: Mapping[str, str], order: Sequence[int]) -> Judged:
    """What a posted form (see `read_answer`) answers, graded. Raises Unreadable."""
    try:
        response = parse_response(read_answer(question, posted, order))
        return Judged(response, grade(question, response))
    except ValidationError as error:
        raise Unreadable(error.errors()[0]["msg"]) from None
    except NoSuchChoice as error:
        raise Unreadable(str(error)) from None


def read_answer(question: Question, posted: Mapping[str, str], order: Sequence[int]) -> dict[str, Any]:
    """The response (core.grading) that a posted form gives to a question.

    Fields: `picked` (the place of the choice as shown, from 0, or true/false); `pick-0`, `pick-1`, … (choices
    ticked, by place); `place-0`, … (the place, from 1, given to the thing shown there); `match-0`, … (for each stem
    the place of its target as shown); `text`; `gap-0`, … (the text typed, or the place of the option as shown);
    `rating`. A form without its field, with it empty, or with `give-up`, says "I don't know". Raises Unreadable.
    """
    if "give-up" in posted:
        posted = {}
    answer: dict[str, Any] = {"kind": question.kind}
    match question:
        case Choice():
            answer["picked"] = _option(posted.get("picked", ""), order)
        case Multiple():
            answer["picked"] = sorted(order[place] for place in range(len(order)) if posted.get(f"pick-{place}"))
        case Ordering():
            places = {index: _place(posted.get(f"place-{shown}", "")) for shown, index in enumerate(order)}
            answer["places"] = [places[index] for index in sorted(places)]
        case Matching():
            answer["targets"] = [_option(posted.get(f"match-{i}", ""), order) for i in range(len(question.pairs))]
        case TrueFalse():
            answer["picked"] = {"true": True, "false": False, "": None}.get(posted.get("picked", ""), "unreadable")
        case Cloze():
            answer["gaps"] = {
                name: _gap(question, name, posted.get(f"gap-{i}", ""), order)
                for i, name in enumerate(question.gap_names)
            }
        case _ if question.kind == "flashcard":
            answer["rating"] = posted.get("rating", "again")
        case _:
            answer["text"] = posted.get("text", "")
    if answer.get("picked") == "unreadable":
        raise Unreadable("neither true nor false was picked")
    return answer


def _gap(question: Cloze, name: str, posted: str, order: Sequence[int]) -> str:
    """What was typed into a gap, or the text of the option shown at the place that was posted."""
    if not question.gaps[name].distractors:
        return posted
    own = question.option_ranges[name]
    picked = _option(posted, order[own.start : own.stop])
    return "" if picked is None else question.options[picked]


def _option(place: str, order: Sequence[int]) -> int | None:
    """The option shown at a place that was posted, counted from 0."""
    number = _small_number(place)
    if number is None:
        return None
    if number >= len(order):
        raise Unreadable("that choice is not among those shown")
    return order[number]


def _place(posted: str) -> int | None:
    return _small_number(posted) or None


def _small_number(posted: str) -> int | None:
    if not posted:
        return None
    if not posted.isascii() or not posted.isdigit() or len(posted) > 2:
        raise Unreadable(f"{posted[:20]!r} is not a place")
    return int(posted)
