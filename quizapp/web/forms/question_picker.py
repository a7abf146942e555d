"""The questions chosen for an assigned quiz, which travel with its form until it is saved."""

from flask import request

from quizapp.core.attempts import BIGGEST_SIZE
from quizapp.models import Assignment
from quizapp.services.assignments.assignments import AssignableSet


class QuestionPicker:
    """The fields `picked` (ids, in order), `tick`, `draw-TOPIC`, `find`, `in-topic`, `of-kind`, and the button `do`.

    The button looks for questions, adds the ticked ones, moves one (`up-ID`, `down-ID`), takes one out (`out-ID`), or
    saves the whole.
    """

    def __init__(self, available: AssignableSet, assignment: Assignment | None) -> None:
        form, posted = request.form, request.method == "POST"
        self.do = form.get("do", "save") if posted else ""
        ids = form.getlist("picked", type=int) if posted else list(assignment.question_ids if assignment else [])
        self.picked = [each for each in dict.fromkeys(ids) if each in available.questions]
        self.text = form.get("find", "").replace("\0", "")[:200]
        self.topic, self.kind = form.get("in-topic", ""), form.get("of-kind", "")
        self.errors: dict[str, str] = {}
        self.typed = {
            key: form.get(f"draw-{key}", "").strip()[:9]
            if posted
            else str(assignment.draws.get(key, "") if assignment else "")
            for key in available.topics
        }
        self.draws = {key: number for key in available.topics if (number := self._number(key, available))}
        self._move(form.getlist("tick", type=int), available)
        self.found = available.search(self.text, self.topic, self.kind)
        self.chosen = [available.questions[each] for each in self.picked]

    @property
    def saves(self) -> bool:
        return self.do == "save"

    def _number(self, topic: str, available: AssignableSet) -> int:
        typed, most = self.typed[topic] or "0", min(available.askable[topic], BIGGEST_SIZE)
        if not (typed.isascii() and typed.isdigit() and int(typed) <= most):
            self.errors[topic] = f"Type a whole number from 0 to {most}."
            return 0
        return int(typed)

    def _move(self, ticked: list[int], available: AssignableSet) -> None:
        """Change the chosen questions as the button says."""
        what, _, number = self.do.partition("-")
        one = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        if what == "add":
            added = (each for each in dict.fromkeys(ticked) if each not in self.picked)
            self.picked += [each for each in added if each in available.questions]
        elif one in self.picked:
            place = self.picked.index(one)
            self.picked.remove(one)
            if what in ("up", "down"):
                self.picked.insert(max(place + (1 if what == "down" else -1), 0), one)
            elif what != "out":
                self.picked.insert(place, one)
