"""Classes: opened, joined, and looked after by those who teach them.

opening.py   a class opened, renamed, put away; its join code
leaving.py   what becomes of a teacher's classes with the account
listing.py   the classes a person teaches or is in
joining.py   into a class by its code, and out of it
roster.py    who is in a class
students.py  what a teacher does to a student
teaching.py  who else teaches it
"""

from quizapp.services.classes.joining import (
    LEFT,
    Invitation,
    LastTeacher,
    TooManyCodes,
    WrongCode,
    count_wrong_code,
    invitation,
    join,
    leave,
)
from quizapp.services.classes.leaving import leave_all
from quizapp.services.classes.listing import ClassCard, Classes, classes_of, teachers_of
from quizapp.services.classes.opening import (
    NotATeacher,
    archive,
    change,
    close_joining,
    open_class,
    renew_code,
    restore,
)
from quizapp.services.classes.roster import Roster, Student, Teacher, roster, student_of
from quizapp.services.classes.students import (
    NoNewPassword,
    ban,
    describe,
    enrol,
    give_password,
    prepare,
    remove,
    take_back,
)
from quizapp.services.classes.teaching import NobodyOfThatName, TeachesAlready, add_teacher, end_teaching

__all__ = [
    "LEFT",
    "ClassCard",
    "Classes",
    "Invitation",
    "LastTeacher",
    "NoNewPassword",
    "NobodyOfThatName",
    "NotATeacher",
    "Roster",
    "Student",
    "Teacher",
    "TeachesAlready",
    "TooManyCodes",
    "WrongCode",
    "add_teacher",
    "archive",
    "ban",
    "change",
    "classes_of",
    "close_joining",
    "count_wrong_code",
    "describe",
    "end_teaching",
    "enrol",
    "give_password",
    "invitation",
    "join",
    "leave",
    "leave_all",
    "open_class",
    "prepare",
    "remove",
    "renew_code",
    "restore",
    "roster",
    "student_of",
    "take_back",
    "teachers_of",
]
