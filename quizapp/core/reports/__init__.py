"""Reports on what a class knows and on its quizzes."""
