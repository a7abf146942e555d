"""The editor of questions; the form of each kind is in web/forms/kinds.py."""
