"""The demo class: a teacher, students, a set, and a term of study and quizzes. All of it is marked as demo data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from quizapp.core.accounts import fold_name
from quizapp.core.defaults import DESIRED_RETENTION
from quizapp.core.scheduling import scheduler
from quizapp.core.sets import schema
from quizapp.core.text.alphabets import zone_language
from quizapp.demo import quizzes, term
from quizapp.demo.question_set import insert_demo_set, read_questions
from quizapp.models import Assignment, Classroom, Plan, QuestionSet, User
from quizapp.services.classes.names import make_enrolment

TIMEZONE = "Asia/Baku"
TERM = timedelta(weeks=16)
EXAM_IN = timedelta(weeks=3)
NEW_PER_DAY = 8
TEACHER = "Demo teacher"
NAMES = (
    "Aysel", "Babək", "Ceyhun", "Dilarə", "Elçin", "Fidan", "Günel", "Həsən", "İlham", "Jalə", "Kamran", "Lalə",
    "Murad", "Nigar", "Orxan", "Pərvin", "Rauf", "Səbinə", "Tural", "Ülviyyə", "Vüqar", "Xəyalə", "Yusif", "Zəhra",
    "Aydan", "Bəhruz", "Cəmilə", "Davud", "Emin", "Fərid", "Gülnar", "Hikmət", "İnci", "Kənan", "Leyla", "Məryəm",
    "Nurlan", "Ömər", "Rəna", "Samir",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClassSize:
    students: int = 40
    facts: int = 500
    reviews: int = 200_000


@dataclass(frozen=True, slots=True)
class DemoClass:
    """The names to log in with, and how much there is to look at."""

    teacher: str
    student: str
    class_id: int
    facts: int
    reviews: int
    attempts: int


def has_demo_data(session: Session) -> bool:
    """Return whether the database holds demo data."""
    query = select(or_(*(exists().where(row.is_demo.is_(True)) for row in (Classroom, User, QuestionSet))))
    return session.scalars(query).one()


def remove_demo_data(session: Session) -> None:
    """Delete all demo data: the people with everything of theirs, then the class, then the set."""
    for row in (User, Classroom, QuestionSet):
        session.execute(delete(row).where(row.is_demo.is_(True)))
    session.expire_all()


def make_class(
    session: Session,
    source: schema.QuestionSet,
    *,
    size: ClassSize,
    seed: int,
    password_hash: str,
    now: datetime,
    save: Callable[[], None],
) -> DemoClass:
    """Make the class with a set copied from `source`. The same seed, day and state of the database make the same rows,
    except for secrets. All accounts have the same password. Raises ValueError for more facts than there are.

    `save` ends the transaction. It is called before each student is simulated, which takes long.
    """
    began = now - TERM
    people = _people(session, size.students, password_hash, began)
    question_set = insert_demo_set(session, people[0], source, size.facts, seed, began)
    save()
    classroom = _class(session, people, began)
    exam_day = people[0].clock.day(now + EXAM_IN)
    study = Assignment(
        class_id=classroom.id, set_id=question_set.id, made_by_id=people[0].id, kind="study",
        title="All of it, for the exam", created_at=began, topics=[], exam_day=exam_day,
        desired_retention=DESIRED_RETENTION, new_per_day=NEW_PER_DAY,
    )  # fmt: skip
    session.add(study)
    for person in people[1:]:
        session.add(
            Plan(
                learner_id=person.id, set_id=question_set.id, new_per_day=NEW_PER_DAY,
                desired_retention=DESIRED_RETENTION, started_at=began, exam_day=exam_day,
            )
        )  # fmt: skip
    session.flush()
    questions = read_questions(session, question_set.id)
    assigned = quizzes.assign(session, classroom, question_set, people[0], questions, seed=seed, began=began, now=now)
    plan = scheduler.Plan(desired_retention=DESIRED_RETENTION, new_per_day=NEW_PER_DAY, exam_day=exam_day)
    done = term.run(
        session, people[1:], questions, assigned, size.reviews, plan=plan, seed=seed, began=began, now=now, save=save
    )
    return DemoClass(TEACHER, people[1].name or "", classroom.id, len(questions.of_fact), done.reviews, done.attempts)


def _people(session: Session, students: int, password_hash: str, began: datetime) -> list[User]:
    """Return the teacher, then the students."""
    names = [TEACHER, *(_name(number) for number in range(students))]
    people = [
        User(
            name=name, name_folded=fold_name(name), password_hash=password_hash,
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
    classroom = Classroom(
        title="History 9b (demo)", timezone=TIMEZONE, language=zone_language(TIMEZONE), created_at=began, is_demo=True
    )
    session.add(classroom)
    session.flush()
    for person in people:
        role = "teacher" if person.is_teacher else "student"
        called = "" if person.is_teacher else (person.name or "").replace(" (demo", "").replace(")", "")
        session.add(make_enrolment(classroom, person, role, called=called, now=began))
    session.flush()
    return classroom
