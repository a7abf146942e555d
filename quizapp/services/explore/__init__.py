"""Reading a set: its facts by topic, when they were, who acted, what led to what, the passages they come from.

sets.py      what all of it shares: the set, parts of its facts, pages
knowledge.py what a learner knows of the facts
facts.py     the facts by topic, and one fact with all that hangs on it
timeline.py, actors.py, causes.py, passages.py
"""

from quizapp.services.explore.actors import actors_page
from quizapp.services.explore.causes import causes_page
from quizapp.services.explore.facts import fact_page, set_page
from quizapp.services.explore.knowledge import level
from quizapp.services.explore.passages import passages_page
from quizapp.services.explore.sets import FACTS_ON_A_PAGE, list_sets
from quizapp.services.explore.timeline import timeline_page

__all__ = [
    "FACTS_ON_A_PAGE",
    "actors_page",
    "causes_page",
    "fact_page",
    "level",
    "list_sets",
    "passages_page",
    "set_page",
    "timeline_page",
]
