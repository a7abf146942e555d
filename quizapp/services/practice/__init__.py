"""Practice: study that changes no schedule, unless the learner asks for the answers to count.

groups.py       what a set has to practise
rounds.py       begins practice rounds and pretests
match_game.py   the match game
comparisons.py  which of two came first
"""
