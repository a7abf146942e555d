"""A question set as files: reading, checking, and hints for improvement.

<bank>/<set>/set.yaml contains a SetHeader (title, source, topics, passages, notes), names.yaml a list of Name
(optional), and facts/*.yaml lists of Fact, each with its questions. The schema is in schema.py; files.py reads it.
"""
