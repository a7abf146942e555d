"""Lists of students: which column has what, and the students in them."""
