"""Read a set: its facts by topic, its timeline, actors, causes and passages."""
