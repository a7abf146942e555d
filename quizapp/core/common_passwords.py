"""The commonest passwords, which are the first that a stranger tries.

common_passwords.txt.gz holds 10,000 of 8 characters or more, in small letters: those among the 20,000 that Django 5.2
refuses (common-passwords.txt.gz, made by Royce Williams from leaked passwords; BSD licence, copyright Django Software
Foundation and individual contributors), then the commonest of zxcvbn 4.5.0 (MIT licence, copyright 2016 Daniel Wolf),
which were counted in the ten million passwords that Mark Burnett put into the public domain.
"""

import gzip
from functools import cache
from importlib.resources import files

# Obvious here, and not in lists counted elsewhere: refused with digits and signs around too. In small letters.
LOCAL_WORDS = frozenset(
    {
        "quizapp", "azerbaijan", "azerbaycan", "azərbaycan", "baku", "baki", "qarabag", "qarabağ", "april", "student",
        "teacher",
    }
)  # fmt: skip


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that are refused, casefolded."""
    packed = files("quizapp.core").joinpath("common_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().splitlines())
