"""A big set with its author, a learner who knows most of it, and a class whose teacher sees what the students do.

And the address of every page that one of them can open.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import Any, NamedTuple

from filled_databases import Amounts, add_learner, add_set, copy_learner
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from quizapp.core.formats.registry import FORMATS
from quizapp.core.kinds import KINDS
from quizapp.models import (
    Assignment,
    Attempt,
    Classroom,
    Comparison,
    Enrolment,
    Fact,
    FactNote,
    MatchGame,
    Question,
    QuestionVersion,
    Quiz,
    Response,
    Review,
    StarredFact,
    StudentList,
    User,
    pack_file,
)

STUDENTS, QUIZ = 40, 20  # in the class, the learner among them; questions of each quiz
REVIEWS = 200_000  # of the class in all
MOST_MET = 2500  # facts by each student

# Pages with a choice in their address, besides each page as it opens
CHOICES = [
    "/search?q=council", "/search?q=number+417", "/explore/<set_key>?q=council", "/explore/<set_key>?q=417",
    "/explore/<set_key>?topic=topic-1", "/explore/<set_key>?actor=name-3", "/explore/<set_key>?page=3",
    "/explore/<set_key>/timeline?view=month", "/explore/<set_key>/timeline?q=417", "/explore/<set_key>/causes?view=all",
    "/explore/<set_key>/causes?fact=fact-100", "/sets?q=history", "/sets/public?q=history",
    "/sets/<int:set_id>?q=council", "/sets/<int:set_id>?page=3", "/practice?set=<set_key>", "/progress?by=actor",
    "/progress?by=kind", "/review?set=<set_key>&kinds=typed", "/quizzes/new?set=<set_key>",
    "/practice/which-first?set=<set_key>", "/classes/<int:class_id>/map?rows=students",
    "/classes/<int:class_id>/map?by=fact", "/classes/<int:class_id>/map?by=fact&page=2",
    "/classes/<int:class_id>/assignments/new?set=<int:set_id>&kind=quiz",
    "/classes/<int:class_id>/assignments/new?set=<int:set_id>&kind=study",
]  # fmt: skip


class Page(NamedTuple):
    """A page: its route, with what distinguishes it from others of the same route, and its address."""

    name: str
    path: str


@dataclass(frozen=True)
class World:
    """Who opens pages, by what they are called here, and the values of the placeholders in addresses."""

    people: dict[str, int]
    values: dict[str, dict[str, str]]  # of each placeholder, what a value is called: the value


def add_world(session: Session, size: int) -> World:
    """Add all of it, with a set of that many facts."""
    now = datetime.now(UTC)
    author, teacher = (_account(session, name, now) for name in ("Author", "Teacher"))
    set_id = add_set(session, "history", size, ("choice", "card", "typed"), owner_id=author)
    met = min(MOST_MET, size * 9 // 10)
    reviews = max(REVIEWS // STUDENTS // met, 1)
    student = add_learner(session, set_id, Amounts(met, met // 20, has_exam=True), reviews=reviews)
    learner = add_learner(session, set_id, Amounts(size * 9 // 10, size // 20, has_exam=True), reviews=2)
    asked = _questions(session, set_id)
    own = _add_own_work(session, learner, set_id, asked, now)
    students = [student, *copy_learner(session, student, STUDENTS - 2), learner]
    for number, user_id in enumerate(students):
        _name(session, user_id, f"Student {number}")
    work = _add_class(session, teacher, students, set_id, asked, now)
    middle = session.execute(select(Fact.id, Fact.key).where(Fact.set_id == set_id, Fact.position == size // 2)).one()
    question = session.execute(select(Question.id).where(Question.fact_id == middle.id)).scalars().first()
    version = select(QuestionVersion.id).where(QuestionVersion.question_id == question)
    review = select(Review.id).where(Review.learner_id == learner).order_by(Review.id.desc())
    values: dict[str, dict[str, Any]] = {
        "<set_key>": {"": "history"}, "<int:set_id>": {"": set_id}, "<fact_key>": {"": middle.key},
        "<int:fact_id>": {"": middle.id}, "<int:question_id>": {"": question},
        "<int:version_id>": {"": session.scalar(version)}, "<int:review_id>": {"": session.scalars(review).first()},
        "<int:number>": {"": 1}, "<int:position>": {"": 1}, "<name_key>": {"": "name-3"}, "<code>": {"": "K7M04TX9P"},
        "<int:user_id>": {"": student}, "<format>": {name: name for name in FORMATS},
        "<kind>": {name: name for name in KINDS}, **work, **own,
    }  # fmt: skip
    values["<int:attempt_id>"] |= work["<int:attempt_id>"]
    session.commit()
    written = {place: {name: str(value) for name, value in found.items()} for place, found in values.items()}
    return World({"learner": learner, "author": author, "teacher": teacher}, written)


def _account(session: Session, name: str, now: datetime) -> int:
    user = User(created_at=now - timedelta(days=300))
    session.add(user)
    session.flush()
    _name(session, user.id, name, is_teacher=True)
    return user.id


def _name(session: Session, user_id: int, name: str, **more: Any) -> None:
    """Make a guest an account."""
    values = {"name": name, "name_folded": name.lower(), "password_hash": "", **more}
    session.execute(update(User).where(User.id == user_id).values(values))


def _questions(session: Session, set_id: int) -> list[Any]:
    """Return the first questions of a set, all of them choices."""
    return list(
        session.execute(
            select(Question.fact_id, Question.id.label("question_id"), QuestionVersion.id.label("version_id"))
            .join(QuestionVersion, QuestionVersion.question_id == Question.id)
            .join(Fact, Fact.id == Question.fact_id)
            .where(Fact.set_id == set_id, Question.position == 0)
            .order_by(Fact.position)
            .limit(QUIZ)
        )
    )


def _add_own_work(session: Session, learner: int, set_id: int, asked: list[Any], now: datetime) -> dict[str, Any]:
    """Add what a learner makes alone: quizzes, practice, games, stars, notes."""
    quiz = Quiz(
        owner_id=learner, set_id=set_id, title="Own quiz", topics=[], kinds=[], size=QUIZ, feedback="at-end",
        created_at=now,
    )  # fmt: skip
    game = MatchGame(learner_id=learner, set_id=set_id, about="dates", pairs=6, slips=0, ms=9000, at=now)
    session.add_all([quiz, game])
    session.flush()
    attempts = {
        f"{purpose}, {state}": _add_attempt(
            session, learner, set_id, asked, now, purpose, state == "finished", quiz_id=quiz_id
        )
        for (purpose, quiz_id), state in product([("quiz", quiz.id), ("practice", None)], ["running", "finished"])
    }
    facts = list(session.scalars(select(Fact.id).where(Fact.set_id == set_id, Fact.position % 20 == 3)))
    one = {"learner_id": learner}
    session.execute(insert(StarredFact), [{**one, "fact_id": fact_id, "starred_at": now} for fact_id in facts])
    session.execute(
        insert(FactNote), [{**one, "fact_id": fact_id, "text": "Think of it.", "edited_at": now} for fact_id in facts]
    )
    pairs = [{"earlier_id": first, "later_id": last} for first, last in pairwise(facts)]
    session.execute(
        insert(Comparison), [{**one, **pair, "wrong": 1, "last_at": now, "last_right": False} for pair in pairs]
    )
    return {"<int:attempt_id>": attempts, "<int:game_id>": {"": game.id}}


def _add_attempt(
    session: Session,
    learner: int,
    set_id: int,
    asked: list[Any],
    now: datetime,
    purpose: str,
    finished: bool,
    **about: Any,
) -> int:
    attempt = Attempt(
        learner_id=learner, set_id=set_id, purpose=purpose, title="Quiz", feedback="at-end", size=len(asked), about={},
        started_at=now - timedelta(hours=2), finished_at=now - timedelta(hours=1) if finished else None,
        marks=len(asked) * 0.75 if finished else None, **about,
    )  # fmt: skip
    session.add(attempt)
    session.flush()
    rows: list[dict[str, Any]] = []
    for position, row in enumerate(asked, start=1):
        right = position % 4 > 0
        answer = {"response": {"kind": "choice", "picked": int(not right)}, "ms": 4000, "at": now}
        answer |= {"verdict": "right" if right else "wrong", "fraction": float(right)}
        rows.append(
            {
                "attempt_id": attempt.id, "position": position, "fact_id": row.fact_id,
                "question_version_id": row.version_id, **(answer if finished else dict.fromkeys(answer)),
            }
        )  # fmt: skip
    session.execute(insert(Response), rows)
    return attempt.id


def _add_class(
    session: Session, teacher: int, students: list[int], set_id: int, asked: list[Any], now: datetime
) -> dict[str, Any]:
    """Add a class that studies the set for an exam and took a quiz."""
    classroom = Classroom(title="7b", timezone="UTC", join_code="K7M04TX9P", created_at=now - timedelta(days=200))
    session.add(classroom)
    session.flush()
    people = [(teacher, "teacher"), *((user_id, "student") for user_id in students)]
    rows = [
        {"class_id": classroom.id, "user_id": who, "role": role, "joined_at": now - timedelta(days=150)}
        for who, role in people
    ]
    session.execute(insert(Enrolment), rows)
    about: dict[str, Any] = {"class_id": classroom.id, "set_id": set_id, "made_by_id": teacher}
    about["created_at"] = now - timedelta(days=100)
    study = Assignment(kind="study", title="", exam_day=now.date() + timedelta(days=30), **about)
    quiz = Assignment(kind="quiz", title="Quiz", question_ids=[row.question_id for row in asked], attempts=3, **about)
    students_to_add = StudentList(
        class_id=classroom.id, user_id=teacher, purpose="accounts", state="checking", filename="9b.csv",
        packed=pack_file(b"Aysel\nBab\xc9\x99k\n"), choices={}, nonce="0" * 32, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add_all([study, quiz, students_to_add])
    session.flush()
    for user_id in students:
        last = _add_attempt(session, user_id, set_id, asked, now, "assignment", True, assignment_id=quiz.id)
    return {
        "<int:class_id>": {"": classroom.id},
        "<int:assignment_id>": {"study": study.id, "quiz": quiz.id},
        "<int:list_id>": {"": students_to_add.id},
        "<int:attempt_id>": {"assignment, finished": last},
    }


def list_pages(app: Flask, world: World) -> Iterator[Page]:
    """List every address of a page, whether or not somebody of these can open it."""
    rules = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]
    for rule in sorted(rules) + CHOICES:
        places = re.findall(r"<[^>]+>", rule)
        if not all(place in world.values for place in places):
            continue  # a secret or a file
        for chosen in product(*(world.values[place].items() for place in places)):
            path = rule
            for place, (_, value) in zip(places, chosen, strict=True):
                path = path.replace(place, value)
            kinds = ", ".join(name for name, _ in chosen if name)
            yield Page(re.sub(r"<(int:)?", "<", rule) + (f" ({kinds})" if kinds else ""), path)
