"""The editor of questions; the form of each kind is in web/forms/kinds.py.

fields.py   what a field holds: lines, rows that are added and removed
reading.py  between a form and the plain data of core.kinds, both ways
placing.py  what the schema and `bank check` have to say finds its field
"""
