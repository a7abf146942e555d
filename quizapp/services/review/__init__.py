"""Studying: the queue, the answers and what they do to memories, today and its recap, and study offline.

Asking and answering are the two hot paths: a few statements each, whatever the size of the set or of the record.
"""
