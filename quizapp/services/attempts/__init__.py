"""Attempts of every purpose: quizzes, assigned quizzes and their previews, practice, pretests, placement tests.

What differs between the purposes is the table POLICIES in core.attempts.

lifecycle.py  begin, show, answer, hand in, expire, discard
questions.py  the questions an attempt may ask, and those it asks, with their answers and grades
kept_answers.py  answers that a browser kept while it had no connection
marking.py    marks that people enter
reviews.py    when feedback is released, answers recorded as reviews, and facts marked as known
results.py    the result of a finished attempt
"""
