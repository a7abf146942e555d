"""Other ways to study for an exam, for the same simulated memories: Anki's rules, and cramming."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import fsrs
from support.simulated_learners import FIRST_DAY, KNOWN_BEFORE, SAME_DAY, TIMES, FsrsMemory, TrueMemory

from quizapp.core.scheduling.scheduler import chance_after, interval

ANKI_NEW_PER_DAY = 20  # Anki's default
ANKI_RETENTION = 0.9


class Student:
    """A simulated learner with flashcards, who is honest about what they recalled."""

    def __init__(self, facts: int, seed: int, memory: type[TrueMemory] = FsrsMemory) -> None:
        self.dice = Random(seed)
        self.facts = range(facts)
        self.true = {fact: memory() for fact in self.facts}
        self.seconds = 0.0  # spent today

    def ask(self, fact: int, day: date) -> bool:
        memory = self.true[fact]
        if memory.last_day is None:
            chance, kind = KNOWN_BEFORE, "first"
        elif memory.last_day == day:
            chance, kind = SAME_DAY, "repeat"
        else:
            chance, kind = memory.recall(day), ""
        right = self.dice.random() < chance
        self.seconds += TIMES[kind or ("right" if right else "wrong")]
        memory.learn(day, knew=right)
        return right

    def learn(self, fact: int, day: date) -> list[bool]:
        """Ask a fact until it leaves its learning steps, as many as Anki has by default; the answers."""
        steps = 2 if self.true[fact].last_day is None else 1
        given = [self.ask(fact, day)]
        left = steps - 1 if given[0] else steps
        while left:
            given.append(self.ask(fact, day))
            left = left - 1 if given[-1] else steps
        return given

    def expected_score(self, day: date) -> float:
        recalls = (KNOWN_BEFORE if each.last_day is None else each.recall(day) for each in self.true.values())
        return sum(recalls) / len(self.facts)


def anki(student: Student, days: int, minutes: float) -> None:
    """Study by Anki's rules with FSRS: reviews that are due first, the least sure first, then 20 new cards a day."""
    cards = {fact: fsrs.Card(card_id=fact) for fact in student.facts}
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    due: dict[int, date] = {}
    for day in (FIRST_DAY + timedelta(days=number) for number in range(days)):
        student.seconds = 0.0
        new = [fact for fact in student.facts if fact not in due][:ANKI_NEW_PER_DAY]
        waiting = [fact for fact, falls in due.items() if falls <= day]
        for fact in [*sorted(waiting, key=lambda each: _recall(cards[each], day)), *new]:
            if student.seconds >= minutes * 60:
                break
            for right in student.learn(fact, day):
                rating = fsrs.Rating.Good if right else fsrs.Rating.Again
                cards[fact], _ = scheduler.review_card(cards[fact], rating, _midnight(day))
            due[fact] = day + timedelta(days=max(round(interval(cards[fact].stability or 0.0, ANKI_RETENTION)), 1))


def cram(student: Student, days: int, minutes: float) -> None:
    """Go through all facts in order, again and again, as many as the minutes of each day allow."""
    place = 0
    for day in (FIRST_DAY + timedelta(days=number) for number in range(days)):
        student.seconds, asked = 0.0, 0
        while student.seconds < minutes * 60 and asked < len(student.facts):
            student.learn(student.facts[place % len(student.facts)], day)
            place, asked = place + 1, asked + 1


def _recall(card: fsrs.Card, day: date) -> float:
    assert card.last_review is not None and card.stability is not None
    return chance_after((day - card.last_review.date()).days, card.stability)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
