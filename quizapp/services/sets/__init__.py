"""Question sets: their contents, settings, owners and copies, and searching them."""
