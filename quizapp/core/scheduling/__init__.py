"""When a fact is asked again: memory, plans, sessions, and what they will cost."""
