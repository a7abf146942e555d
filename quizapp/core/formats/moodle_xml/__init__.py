"""Moodle XML: the question bank of Moodle 3.x to 5.x as a file."""
