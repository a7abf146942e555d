"""Item analysis of a quiz, or of a set over all quizzes of a class: which questions worked, and what was chosen."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question, parse_response
from quizapp.core.kinds import Response as ParsedResponse
from quizapp.core.kinds.base import Option, Verdict
from quizapp.core.reports.item_analysis import (
    FEWEST,
    ItemMark,
    ItemProblem,
    ItemStatistics,
    OptionCount,
    analyse,
    count,
    item_problems,
    marks_of,
)
from quizapp.core.sets.schema import misconception_title
from quizapp.models import Assignment, Attempt, Classroom, Enrolment, QuestionSet, QuestionVersion, Response, User
from quizapp.services.access import STUDENT, class_to_teach, own_sets
from quizapp.services.errors import NotFound
from quizapp.services.reports.class_data import (
    ENDED_AT,
    current_questions,
    is_finished,
    list_sets,
    read_questions,
)
from quizapp.services.reports.results import quiz_to_report

TYPED_LISTED = 5  # wrong answers that were typed
PAGE = 50  # questions


@dataclass(frozen=True, slots=True)
class QuestionAnalysis:
    """A question: its figures, what was chosen or typed wrongly (with how often), how many left it open."""

    number: int
    question_id: int
    set_id: int
    question: Question
    key: str
    item: ItemStatistics
    chosen: Sequence[OptionCount]
    mistyped: Sequence[tuple[str, int]]
    unanswered: int
    problems: Sequence[ItemProblem]


@dataclass(frozen=True, slots=True)
class MisconceptionCount:
    """How many learners fell for a misconception, and in the questions of which numbers."""

    key: str
    learners: int
    answers: int
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Analysis:
    """The figures of `learners` first finished attempts; `assignment` is None for a set over all its quizzes.
    The questions of `writable` sets may be changed by whoever asks. One page of the rows is shown in full."""

    classroom: Classroom
    assignment: Assignment | None
    title: str
    set_id: int
    learners: int
    rows: Sequence[QuestionAnalysis]
    misconceptions: Sequence[MisconceptionCount]
    writable: bool
    language: str  # of the set
    titles: Mapping[str, str]  # of its misconceptions
    page: int

    @property
    def pages(self) -> int:
        return max(-(-len(self.rows) // PAGE), 1)

    @property
    def shown(self) -> Sequence[QuestionAnalysis]:
        return self.rows[PAGE * (self.page - 1) : PAGE * self.page]

    def page_of(self, number: int) -> int:
        """Return the page that shows the question of a number."""
        return -(-number // PAGE)

    def title_of(self, misconception: str) -> str:
        return misconception_title(self.titles, misconception)

    @property
    def is_small(self) -> bool:
        return self.learners < FEWEST

    @property
    def with_problems(self) -> list[QuestionAnalysis]:
        return [row for row in self.rows if row.problems]


def analyse_assignment(
    session: Session, teacher: User, assignment_id: int, *, page: int = 1, now: datetime
) -> Analysis:
    """Return the item analysis of a quiz assigned to a class that the person teaches; eight statements. Raises
    NotFound."""
    assignment, classroom, _ = quiz_to_report(session, teacher, assignment_id)
    return _analyse(session, teacher, classroom, [assignment], assignment.title, assignment, page=page, now=now)


def analyse_set(
    session: Session, teacher: User, class_id: int, set_id: int, *, page: int = 1, now: datetime
) -> Analysis:
    """Return the same over all quizzes on a set that the class was assigned; of each learner and question the first
    time it was asked. Raises NotFound, also for a set that is not assigned to the class."""
    classroom = class_to_teach(session, teacher, class_id)
    title = next((each.title for each in list_sets(session, class_id) if each.id == set_id), None)
    if title is None:
        raise NotFound
    quizzes = session.scalars(
        select(Assignment)
        .where(
            Assignment.class_id == class_id,
            Assignment.set_id == set_id,
            Assignment.kind == "quiz",
            Assignment.archived_at.is_(None),
        )
        .order_by(Assignment.created_at, Assignment.id)
    ).all()
    return _analyse(session, teacher, classroom, quizzes, title, None, set_id, page=page, now=now)


def _analyse(
    session: Session,
    teacher: User,
    classroom: Classroom,
    quizzes: Sequence[Assignment],
    title: str,
    assignment: Assignment | None,
    set_id: int | None = None,
    *,
    page: int,
    now: datetime,
) -> Analysis:
    set_id = set_id or quizzes[0].set_id
    learners = _first_attempts(session, classroom.id, [each.id for each in quizzes], now)
    rows = _read_answers(session, learners)
    marks, given = _first_times(rows, learners, relative=assignment is None)
    asked = list(dict.fromkeys([*(id for each in quizzes for id in each.question_ids), *marks]))
    now_asked = current_questions(session, marks)
    picks = _Picks(read_questions(session, {row.question_version_id for row in rows}))
    found = [
        _row(number, id, *now_asked[id], marks[id], given[id], picks)
        for number, id in enumerate((id for id in asked if id in now_asked), 1)
    ]
    header = QuestionSet.header
    writable, language, titles = session.execute(
        select(own_sets(teacher), header["language"].as_string(), header["misconceptions"]).where(
            QuestionSet.id == set_id
        )
    ).one()
    return Analysis(
        classroom,
        assignment,
        title,
        set_id,
        len(set(learners.values())),
        found,
        _misconceptions(found, given, learners, picks),
        bool(writable),
        language,
        titles or {},
        min(page, max(-(-len(found) // PAGE), 1)),
    )


def _read_answers(session: Session, attempt_ids: Iterable[int]) -> Sequence[Any]:
    """Return the questions of attempts in their order; the response is JSON still, as many are the same."""
    return session.execute(
        select(
            Response.attempt_id,
            Response.verdict,
            Response.fraction,
            Response.question_version_id,
            QuestionVersion.question_id,
            cast(Response.response, String).label("response"),
        )
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .where(Response.attempt_id.in_(list(attempt_ids)))
        .order_by(Response.attempt_id, Response.position)
    ).all()


def _first_attempts(session: Session, class_id: int, quizzes: Sequence[int], now: datetime) -> dict[int, int]:
    """Return the first finished attempt of each student at each quiz, with the student. Who left the class counts
    too."""
    rows = session.execute(
        select(Attempt.id, Attempt.learner_id, Attempt.assignment_id)
        .join(Enrolment, (Enrolment.user_id == Attempt.learner_id) & (Enrolment.class_id == class_id))
        .where(
            Attempt.assignment_id.in_(quizzes),
            is_finished(now),
            Enrolment.role == STUDENT,
        )
        .order_by(ENDED_AT, Attempt.id)
    )
    first: dict[tuple[int, int], int] = {}
    for row in rows:
        first.setdefault((row.assignment_id, row.learner_id), row.id)
    return {attempt_id: learner_id for (_, learner_id), attempt_id in first.items()}


def _first_times(
    rows: Sequence[Any], learners: Mapping[int, int], *, relative: bool
) -> tuple[dict[int, list[ItemMark]], dict[int, list[Any]]]:
    """Return by question the marks of those who got it, and their answers; of each learner the first that is marked."""
    marks_of_attempt: dict[int, dict[int, float]] = {attempt_id: {} for attempt_id in learners}
    answers: dict[int, dict[int, Any]] = {attempt_id: {} for attempt_id in learners}
    for row in rows:
        if row.verdict == Verdict.UNMARKED.value:
            continue
        marks_of_attempt[row.attempt_id][row.question_id] = row.fraction or 0.0
        answers[row.attempt_id][row.question_id] = row
    marks: dict[int, list[ItemMark]] = defaultdict(list)
    given: dict[int, list[Any]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for attempt_id, learner_id in learners.items():
        for question_id, mark in marks_of(marks_of_attempt[attempt_id], relative=relative).items():
            if (learner_id, question_id) not in seen:
                seen.add((learner_id, question_id))
                marks[question_id].append(mark)
                given[question_id].append(answers[attempt_id][question_id])
    return marks, given


class _Picks:
    """What responses chose; those to the same version with the same content are looked at once."""

    def __init__(self, versions: Mapping[int, Question]) -> None:
        self._versions = versions
        self._parsed: dict[str, ParsedResponse] = {}
        self._found: dict[tuple[int, str], list[Option]] = {}

    def parse(self, response: str) -> ParsedResponse:
        if response not in self._parsed:
            self._parsed[response] = parse_response(json.loads(response))
        return self._parsed[response]

    def of(self, row: Any, now_asked: Question) -> list[Option]:
        """Return what a response chose, as right or wrong as that is by now: a key that was put right makes it
        right."""
        if row.response is None:
            return []
        key = row.question_version_id, row.response
        if key not in self._found:
            today = {pick.text: pick for pick in now_asked.countable_options}
            chosen = self._versions[row.question_version_id].chosen_options(self.parse(row.response))
            self._found[key] = [today.get(pick.text, pick) for pick in chosen]
        return self._found[key]


def _row(
    number: int,
    question_id: int,
    set_id: int,
    question: Question,
    marks: Sequence[ItemMark],
    given: Sequence[Any],
    picks: _Picks,
) -> QuestionAnalysis:
    item = analyse(marks)
    offered = question.countable_options
    chosen = [pick for row in given for pick in picks.of(row, question)]
    counted = count(offered, chosen, item.n) if offered else []
    wrong = [row for row in given if row.response is not None and (row.fraction or 0.0) < 1]
    texts = [picks.parse(row.response).short_text for row in wrong]
    return QuestionAnalysis(
        number,
        question_id,
        set_id,
        question,
        question.right_answer,
        item,
        counted,
        Counter(text for text in texts if text).most_common(TYPED_LISTED),
        sum(row.response is None or row.verdict == "unanswered" for row in given),
        item_problems(item, counted),
    )


def _misconceptions(
    rows: Sequence[QuestionAnalysis],
    given: Mapping[int, Sequence[Any]],
    learners: Mapping[int, int],
    picks: _Picks,
) -> list[MisconceptionCount]:
    """Return the misconceptions that were chosen, those of the most learners first."""
    who: dict[str, set[int]] = defaultdict(set)
    answers: Counter[str] = Counter()
    numbers: dict[str, dict[int, None]] = defaultdict(dict)
    for row in rows:
        for response in given[row.question_id]:
            for pick in picks.of(response, row.question):
                if pick.misconception:
                    who[pick.misconception].add(learners[response.attempt_id])
                    answers[pick.misconception] += 1
                    numbers[pick.misconception][row.number] = None
    found = [MisconceptionCount(key, len(people), answers[key], list(numbers[key])) for key, people in who.items()]
    return sorted(found, key=lambda each: (-each.learners, -each.answers, each.key))
