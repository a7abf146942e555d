"""What a learner's own record says."""
