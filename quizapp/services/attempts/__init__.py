"""Attempts of every purpose: quizzes, assigned quizzes and their previews, practice, pretests.

What differs between the purposes is the table POLICIES in core.attempts.

lifecycle.py  begin, show, answer, hand in, expire, discard
questions.py  the questions an attempt may ask, and those it asks, with their answers and grades
kept_answers.py  answers that a browser kept while it had no connection
marking.py    marks that people enter
reviews.py    when feedback is released, and answers recorded as reviews
results.py    the result of a finished attempt
"""
