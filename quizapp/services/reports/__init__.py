"""What a class knows, who needs help, and how its quizzes went: for its teachers only, of the sets assigned to it.

Nothing here reads the reviews of a term: memories tell what is known, attempts how quizzes went, and only the last
week is counted from reviews, so that what somebody studies elsewhere stays theirs.
"""

from quizapp.services.reports.analysis import Analysis, of_assignment, of_set
from quizapp.services.reports.gradebook import Gradebook, gradebook
from quizapp.services.reports.map import MemoryMap, memory_map, what_will_be_forgotten
from quizapp.services.reports.results import Answers, Results, answers_of, results
from quizapp.services.reports.student import StudentPage, student_page
from quizapp.services.reports.today import ClassToday, class_today

__all__ = [
    "Analysis",
    "Answers",
    "ClassToday",
    "Gradebook",
    "MemoryMap",
    "Results",
    "StudentPage",
    "answers_of",
    "class_today",
    "gradebook",
    "memory_map",
    "of_assignment",
    "of_set",
    "results",
    "student_page",
    "what_will_be_forgotten",
]
