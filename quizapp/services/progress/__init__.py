"""What a learner knows, did and will have to do.

overview.py     the report: mastery, retention, what falls due, days and time of study; and the facts to look at
history.py      one fact: its reviews, and the curve of its memory through them
mistakes.py     what is taken for what, in the latest wrong answers
certainty.py    whether certainty tells

Days are counted as they are answered, so that no report counts reviews; what reads reviews says how many it read.
"""

from quizapp.services.progress.certainty import Certainty, certainty
from quizapp.services.progress.history import FactHistory, fact_history
from quizapp.services.progress.mistakes import Mistakes, mistakes
from quizapp.services.progress.overview import VIEWS, Report, report

__all__ = [
    "VIEWS",
    "Certainty",
    "FactHistory",
    "Mistakes",
    "Report",
    "certainty",
    "fact_history",
    "mistakes",
    "report",
]
