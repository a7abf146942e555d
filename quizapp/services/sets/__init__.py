"""Question sets as their authors have them."""
