"""Use cases. Each takes a session, the learner and the instant; flushes, never commits; knows nothing of Flask."""
