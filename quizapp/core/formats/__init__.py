"""Reading and writing question sets in the formats of other programs.

format.py defines what a format is; registry.py lists them. import_builder.py builds facts from the questions of a file,
and merge.py merges them with an existing set, so that a format that holds less removes nothing.
"""
