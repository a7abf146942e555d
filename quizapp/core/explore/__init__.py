"""Drawings of a set: the timeline and the graph of causes."""
