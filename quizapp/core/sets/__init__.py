"""A question set as files: reading them, checking them, and hints on what could be better.

<bank>/<set>/set.yaml holds a SetHeader (title, source, topics, passages, notes), names.yaml a list of Name (optional),
and facts/*.yaml lists of Fact, each with its questions. The schema is in schema.py; files.py reads it.
"""
