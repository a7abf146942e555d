"""Question sets in the formats of other programs, read and written.

frame.py     what all share: Read, Written, Unreadable, the limits, and the gathering of questions into facts
registry.py  the formats by name, and guessing which one a file is in
merging.py   what a file says put together with what a set holds already, so that a poor format takes nothing away
yaml.py      all that a set holds: a file of facts, or a set's folder in a zip; json.py the same as one document
csv.py       tables with commas, semicolons or tabs; cells.py what each kind of question puts into their columns
gift.py      Moodle's text format; gift_answers.py what stands in its braces, gift_marks.py its escapes
aiken.py     one right answer among several, as plain text
markup.py    HTML of other programs to the app's Markdown and back
foreign.py   what Moodle XML and Anki share: our own data inside their files, and lists of small losses
moodle_xml/  Moodle XML; anki/  packages of Anki, and its notes as text
"""
