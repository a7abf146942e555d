"""What practice asks, decided from plain data: groups of facts, pairs in time, boards to match.

moments.py   when a date may be, and a text with its dates taken out
groups.py    facts by topic, passage, actor and period; the weakest memories; which of them to ask
pairs.py     which of two came first: pairs made from a timeline, and pairs put the wrong way round
boards.py    six pairs to match, and the times that can be believed
"""
