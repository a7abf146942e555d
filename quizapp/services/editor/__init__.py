"""Writing a set: its facts, names and questions, their drafts, versions and pictures."""
