"""The people, the set, the class and the assignments of the demonstration."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from quizapp.core import demo_set
from quizapp.core.accounts import fold_name
from quizapp.core.kinds.choice import Choice
from quizapp.core.scheduling import scheduler
from quizapp.core.sets import schema
from quizapp.models import Assignment, Classroom, Enrolment, Plan, QuestionSet, User
from quizapp.services.demo import quizzes, studying
from quizapp.services.sets.contents import apply_document, insert_set

TIMEZONE = "Asia/Baku"
TERM = timedelta(weeks=16)
EXAM_IN = timedelta(weeks=3)
NEW_PER_DAY = 8
RETENTION = 0.9
TEACHER = "Demo teacher"
NAMES = (
    "Aysel", "Babək", "Ceyhun", "Dilarə", "Elçin", "Fidan", "Günel", "Həsən", "İlham", "Jalə", "Kamran", "Lalə",
    "Murad", "Nigar", "Orxan", "Pərvin", "Rauf", "Səbinə", "Tural", "Ülviyyə", "Vüqar", "Xəyalə", "Yusif", "Zəhra",
    "Aydan", "Bəhruz", "Cəmilə", "Davud", "Emin", "Fərid", "Gülnar", "Hikmət", "İnci", "Kənan", "Leyla", "Məryəm",
    "Nurlan", "Ömər", "Rəna", "Samir",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    students: int = 40
    facts: int = 500
    reviews: int = 200_000


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: the names to log in with, and how much there is to look at."""

    teacher: str
    student: str
    class_id: int
    facts: int
    reviews: int
    attempts: int


def there_is_one(session: Session) -> bool:
    """Whether the database holds demo data."""
    query = select(or_(*(exists().where(row.is_demo.is_(True)) for row in (Classroom, User, QuestionSet))))
    return session.scalars(query).one()


def remove(session: Session) -> None:
    """Take all demo data out again: the people with everything of theirs, then the class, then the set."""
    for row in (User, Classroom, QuestionSet):
        session.execute(delete(row).where(row.is_demo.is_(True)))
    session.expire_all()


def make(
    session: Session, source: schema.QuestionSet, *, size: Size, seed: int, password_hash: str, now: datetime
) -> Made:
    """Make the class out of a set to copy from; the same for the same seed, day and state of the database, but for
    the secrets. All accounts have the one password. Raises ValueError for more facts than can be made up."""
    began = now - TERM
    people = _people(session, size.students, password_hash, began)
    question_set = _set(session, people[0], source, size.facts, seed, began)
    classroom = _class(session, people, began)
    exam_day = people[0].clock.day(now + EXAM_IN)
    study = Assignment(
        class_id=classroom.id, set_id=question_set.id, made_by_id=people[0].id, kind="study",
        title="All of it, for the exam", created_at=began, topics=[], exam_day=exam_day, desired_retention=RETENTION,
        new_per_day=NEW_PER_DAY,
    )  # fmt: skip
    session.add(study)
    for person in people[1:]:
        session.add(
            Plan(
                learner_id=person.id, set_id=question_set.id, new_per_day=NEW_PER_DAY, desired_retention=RETENTION,
                started_at=began, exam_day=exam_day,
            )
        )  # fmt: skip
    session.flush()
    forms = studying.read_forms(session, question_set.id)
    assigned = quizzes.assign(session, classroom, question_set, people[0], forms, seed=seed, began=began, now=now)
    plan = scheduler.Plan(desired_retention=RETENTION, new_per_day=NEW_PER_DAY, exam_day=exam_day)
    done = studying.run(session, people[1:], forms, assigned, size.reviews, plan=plan, seed=seed, began=began, now=now)
    return Made(TEACHER, people[1].name or "", classroom.id, len(forms.of_fact), done.reviews, done.attempts)


def _people(session: Session, students: int, password_hash: str, began: datetime) -> list[User]:
    """The teacher, then the students."""
    names = [TEACHER, *(_name(number) for number in range(students))]
    people = [
        User(
            token=secrets.token_urlsafe(32), name=name, name_folded=fold_name(name), password_hash=password_hash,
            is_teacher=name == TEACHER, created_at=began, timezone=TIMEZONE, is_demo=True,
        )
        for name in names
    ]  # fmt: skip
    session.add_all(people)
    session.flush()
    return people


def _name(number: int) -> str:
    again, index = divmod(number, len(NAMES))
    return f"{NAMES[index]} (demo{f' {again + 1}' if again else ''})"


def _class(session: Session, people: Sequence[User], began: datetime) -> Classroom:
    classroom = Classroom(title="History 9b (demo)", timezone=TIMEZONE, join_code=None, created_at=began, is_demo=True)
    session.add(classroom)
    session.flush()
    for person in people:
        role = "teacher" if person.is_teacher else "student"
        called = "" if person.is_teacher else (person.name or "").replace(" (demo", "").replace(")", "")
        session.add(Enrolment(class_id=classroom.id, user_id=person.id, role=role, called=called, joined_at=began))
    session.flush()
    return classroom


# The set


def _set(
    session: Session, owner: User, source: schema.QuestionSet, count: int, seed: int, began: datetime
) -> QuestionSet:
    """A copy of as much of the source as fits, and made-up facts for the rest; two of their questions are flawed."""
    made_up = max(count - len(source.facts), min(count, 4))
    if made_up > demo_set.MOST:
        raise ValueError(f"there are {len(source.facts) + demo_set.MOST} facts to be had at most")
    first = 1 + max((passage.number for passage in source.header.passages), default=0)
    invented = demo_set.facts(made_up, seed=f"{seed}", first_passage=first)
    invented[:2] = [_miskeyed(invented[0]), *invented[1:2]]
    facts = _within_itself((*source.facts[: count - made_up], *invented))
    keys = {fact.key for fact in facts}
    header = source.header.model_copy(
        update={
            "title": f"{source.header.title} (demo)"[:300],
            "topics": [*source.header.topics, *demo_set.TOPICS],
            "passages": [*source.header.passages, *demo_set.passages(first)],
            "end": source.header.end if source.header.end in keys else None,
            "refuse": [],
        }
    )
    row = insert_set(session, owner, header, source.names, now=began)
    row.is_demo = True
    document = schema.QuestionSet(schema.SetHeader.model_validate(row.header), source.names, facts)
    apply_document(session, row, document, author=owner, by_author=True, now=began)
    return row


def _within_itself(facts: tuple[schema.Fact, ...]) -> tuple[schema.Fact, ...]:
    """The facts without what leads to one that is not among them."""
    keys = {fact.key for fact in facts}
    return tuple(
        fact.model_copy(update={"leads_to": {key: why for key, why in fact.leads_to.items() if key in keys}})
        for fact in facts
    )


def _miskeyed(fact: schema.Fact) -> schema.Fact:
    """The fact with the key of its choice question and the first distractor in each other's place."""
    question = fact.questions[0]
    assert isinstance(question, Choice)
    lure = question.distractors[0]
    swapped = question.model_copy(
        update={
            "answer": lure.text,
            "distractors": [lure.model_copy(update={"text": question.answer}), *question.distractors[1:]],
        }
    )
    return fact.model_copy(update={"questions": [swapped, *fact.questions[1:]]})
