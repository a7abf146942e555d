"""Pictures of a set: the timeline and the map of causes."""
