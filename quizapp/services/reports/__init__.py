"""Reports on a class for its teachers.

They read memories and attempts, and only the last week of reviews, so that no report depends on the length of a term.
"""
