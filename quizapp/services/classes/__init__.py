"""Classes, their students and their teachers."""
