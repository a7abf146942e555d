"""Anki: packages of decks (.apkg) and notes as text.

archive.py    a package -> the bytes of its collection and its media, within limits
messages.py   the few protocol buffers that newer packages use
collection.py the collection, a SQLite database that anybody may have made -> notes, note types, decks
notes.py      a note and its cards -> questions
reading.py    a package -> Read
faces.py      a question as an Anki note of our own note type shows it
writing.py    a set -> a package, by genanki
text.py       notes as text, both ways
"""

from quizapp.core.formats.anki.reading import read
from quizapp.core.formats.anki.text import read_text, write_text
from quizapp.core.formats.anki.writing import write

__all__ = ["read", "read_text", "write", "write_text"]
