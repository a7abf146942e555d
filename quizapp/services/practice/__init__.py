"""Practice: study that changes no schedule, unless the learner asks for the answers to count.

groups.py       what a set has to practise
attempts.py     what a practice asks, and pretests: guesses before reading
match_game.py   the match game
comparisons.py  which of two came first
"""
