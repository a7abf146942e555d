"""A class to look at: a teacher, students and a term of study by simulated learners, all of it marked as demo data."""

from quizapp.services.demo.making import EXAM_IN, TERM, Made, Size, make, remove, there_is_one

__all__ = ["EXAM_IN", "TERM", "Made", "Size", "make", "remove", "there_is_one"]
