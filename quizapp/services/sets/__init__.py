"""Question sets as their authors have them.

listing.py     the lists, and looking for sets
making.py      a new set, and a copy of another
describing.py  what a set says of itself
sharing.py     who sees it, who writes in it, the archive, and what becomes of it when its owner leaves
updates.py     what a copy may take over from its original
"""

from quizapp.services.sets.describing import (
    DESCRIBED,
    ChangedMeanwhile,
    Description,
    InUse,
    NumberTaken,
    change,
    change_passage,
    describe,
    mark_of,
    remove_passage,
)
from quizapp.services.sets.listing import (
    ANY,
    BUILT_IN,
    MINE,
    SHARED,
    WHOSE,
    Archived,
    Found,
    SetCard,
    Wanted,
    archived,
    find,
    languages,
)
from quizapp.services.sets.making import ONE_TOPIC, duplicate, make
from quizapp.services.sets.sharing import (
    AuthorAlready,
    Nobody,
    Sharing,
    add_author,
    archive,
    hand_over,
    leave,
    leave_all,
    log,
    remove_author,
    restore,
    sharing,
    show_to,
)
from quizapp.services.sets.updates import Updates, take, updates

__all__ = [
    "ANY",
    "BUILT_IN",
    "DESCRIBED",
    "MINE",
    "ONE_TOPIC",
    "SHARED",
    "WHOSE",
    "Archived",
    "AuthorAlready",
    "ChangedMeanwhile",
    "Description",
    "Found",
    "InUse",
    "Nobody",
    "NumberTaken",
    "SetCard",
    "Sharing",
    "Updates",
    "Wanted",
    "add_author",
    "archive",
    "archived",
    "change",
    "change_passage",
    "describe",
    "duplicate",
    "find",
    "hand_over",
    "languages",
    "leave",
    "leave_all",
    "log",
    "make",
    "mark_of",
    "remove_author",
    "remove_passage",
    "restore",
    "sharing",
    "show_to",
    "take",
    "updates",
]
