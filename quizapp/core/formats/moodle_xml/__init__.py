"""Moodle XML: the question bank of Moodle 3.x to 5.x as a file.

tree.py    XML -> elements that know their line; document types, deep nesting and damage are refused
item.py    one <question> on its way in: its texts, pictures, tags, and what is not carried over
kinds.py   each type of Moodle -> the fields of one of our kinds
cloze.py   gaps in a text, `{1:SHORTANSWER:=Baku}`, both ways
reading.py a file -> Read
writing.py a set -> a file
"""

from quizapp.core.formats.moodle_xml.reading import read
from quizapp.core.formats.moodle_xml.writing import write

__all__ = ["read", "write"]
