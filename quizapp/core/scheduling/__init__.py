"""When facts are asked again: memories, plans, sessions and workload."""
