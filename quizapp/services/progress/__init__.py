"""What a learner knows, did and will have to do.

Days are counted as they are answered, so no report counts reviews; a report that reads reviews says how many.
"""
