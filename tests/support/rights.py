"""Who gets what on the pages about sets, classes and assignments: one row a route.

An owner has a private set and lets an author write in it. A teacher, who wrote nothing in it, teaches a class in which
a student is, and assigned a quiz on that set, of which the student has an attempt that is running. The outsider has an
account as a teacher and nothing to do with any of it; the guest has none.
"""

PEOPLE = ("nobody", "guest", "outsider", "student", "teacher", "author", "owner")

LOG_IN = "log in"  # a redirect to the log-in page
SIGN_UP = "sign up"  # a redirect to the page where a guest becomes an account

# What nobody in particular, the guest, the outsider, the student, the teacher, the author and the owner get.
TABLE: dict[str, tuple[int | str, ...]] = {}
