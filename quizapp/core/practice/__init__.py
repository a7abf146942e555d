"""The choice of what to practise: groups of facts, pairs in time, boards for the match game.

moments.py   the time that a date may mean, and texts with their dates hidden groups.py    facts by topic, passage,
actor and period; the weakest memories; choosing facts pairs.py     which came first: pairs from a timeline, and pairs
put in the wrong order boards.py    six pairs to match, and checking whether a time is possible
"""
