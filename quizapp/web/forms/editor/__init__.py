"""The forms that questions are written in: one for each kind, put together from shared fields and parts.

fields.py   what a field holds: lines, rows that come and go
parts.py    what several kinds share: a wrong choice, a pair, a gap
kinds.py    a form for each kind
reading.py  between a form and the plain data of core.kinds, both ways
placing.py  what the schema and `bank check` have to say finds its field
"""

from quizapp.web.forms.editor.kinds import FORMS, QuestionForm

__all__ = ["FORMS", "QuestionForm"]
