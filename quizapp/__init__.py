"""A quiz and flashcard web app that brings each fact back when it is about to be forgotten.

Nothing is imported here: the process that reads a large file needs no web application.
"""
