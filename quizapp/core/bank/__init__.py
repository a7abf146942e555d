"""A question bank as files: what they hold, how they are read and checked, and what is made of them.

    <bank>/<set>/set.yaml      SetHeader: title, source, topics, passages, notes
    <bank>/<set>/names.yaml    a list of Name: people, organisations and places with their spellings (optional)
    <bank>/<set>/facts/*.yaml  lists of Fact, each with its questions

models.py    the schema of the three kinds of file
reading.py   files -> QuestionSet, or every problem with its file and line
wording.py   what the schema found wrong, in an author's words
checking.py  what only the whole set can tell: keys, references, cycles
quality.py   what is poor though readable: options.py, giveaways.py and chronology.py find it, with
             stems.py (what is seen before answering) and patterns.py (forms of question a set refuses)
spellings.py the accepted and refused forms of typed answers
export.py    JSON, JSON Schema and content hashes
"""

from quizapp.core.bank.export import content_hash, export_json, json_schema
from quizapp.core.bank.models import (
    Fact,
    Name,
    Note,
    Passage,
    PassageNumber,
    Problem,
    QuestionSet,
    Refusal,
    SetHeader,
    Source,
    Topic,
)
from quizapp.core.bank.reading import CheckedSet, check_bank, check_set, read_bank, read_set
from quizapp.core.bank.spellings import contract, expand

__all__ = [
    "CheckedSet",
    "Fact",
    "Name",
    "Note",
    "Passage",
    "PassageNumber",
    "Problem",
    "QuestionSet",
    "Refusal",
    "SetHeader",
    "Source",
    "Topic",
    "check_bank",
    "check_set",
    "content_hash",
    "contract",
    "expand",
    "export_json",
    "json_schema",
    "read_bank",
    "read_set",
]
