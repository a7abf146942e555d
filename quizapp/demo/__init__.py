"""A class to look at: a teacher, and students whose term of study is simulated.

demo_class.py    the people, the class, its study plan; made and removed again
question_set.py  the set: a copy of a real one and an invented chronicle
students.py      simulated students: what they answer, day by day
quizzes.py       the assigned quizzes and the students' attempts
term.py          who studies when, and the records of it, written in bulk
"""
