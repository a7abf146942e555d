"""The defaults and limits of settings, used by the models, forms, services and pages."""

DESIRED_RETENTION = 0.9  # the chance of recall at which a fact is asked again
LOWEST_RETENTION, HIGHEST_RETENTION = 0.70, 0.97
RETENTION_CHOICES = (0.80, 0.85, 0.90, 0.95)
NEW_PER_DAY = 10  # per set
MOST_NEW_PER_DAY = 200
EXAM_MINUTES = 20  # a day, before an exam
MOST_EXAM_MINUTES = 600
ROLLOVER_HOUR = 4  # the local hour at which a study day begins
TIMEZONE = "UTC"
QUIZ_SIZE = 12  # questions
LEAST_TIME_FACTOR, MOST_TIME_FACTOR = 1.0, 5.0  # by which a student's time limits are multiplied
