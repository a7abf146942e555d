"""What a class knows and how its quizzes went."""
