"""Classes: opened, joined, and looked after by those who teach them."""
