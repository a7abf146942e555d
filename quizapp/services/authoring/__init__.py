"""Writing a set: what its authors see of it, and every change they make to facts and questions.

finding.py   a fact to write in, and the keys that a set has taken
listing.py   the page of a set, filtered
facts.py     one fact: edited, duplicated, moved up and down, its progress reset; its versions are in past.py
past.py      the versions of a fact: what each changed, and back to one
bulk.py      many facts at once, each change with a way back; moving.py takes them to another set
names.py     the people, bodies and places of a set, with their spellings
quick.py     many questions from lines of text
pictures.py  pictures of questions
editing.py   one question: written and changed, with drafts.py (typed and not saved yet) and history.py (its versions)
"""
