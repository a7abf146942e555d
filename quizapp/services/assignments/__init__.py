"""What a class is asked to do: to study a set, which enters each student's plan, or to take a quiz.

assignments.py       assignments created, changed, archived, copied to another class; what of a set can be assigned
study_plans.py       what is assigned for study enters the plans of students
student_attempts.py  begins attempts at an assigned quiz, and previews of it
deadlines.py         attempts handed in when they expire, and moved when the settings change
extensions.py        other settings for one student
listing.py           assignments as their class, their students and their teachers see them
regrading.py         answers graded again after the key of a question was corrected
"""
