"""Attempts of every purpose: quizzes, assigned quizzes and their previews, practice, pretests.

What differs between the purposes is the table POLICIES in core.attempts.

drawing.py    the questions a set has to draw from
lifecycle.py  begin, show, answer, hand in, expire, discard
questions.py  the questions of an attempt, with their answers and grades
settings.py   the settings of an assigned quiz, and when it releases feedback
marking.py    marks that people enter
reviews.py    answers recorded as reviews
results.py    the result of a finished attempt
"""
