"""Question sets in the formats of other programs, read and written.

format.py says what a format is; registry.py lists them. import_builder.py makes facts of the questions of a file, and
merge.py merges what a file says with what a set holds, so that a poor format takes nothing away.
"""
