"""Join codes, and the user names and passwords of students that a teacher adds from a list."""

import hmac
from random import Random

from anyascii import anyascii

from quizapp.core import accounts as rules

TITLE_MAX, CALLED_MAX, GROUP_MAX = 80, 80, 20  # characters

# Only one of several similar characters is used, and no vowels, so that no code is a word. Nine of these 25 characters
# make 41 bits.
CODE_SIGNS = "0123456789CDFHJKMNPRTVWXY"
CODE_LENGTH = 9
_LOOK_ALIKES = str.maketrans("OQILZSGBU", "00112568V")

# Three words of two syllables and two digits make 43 bits. Letters that are easily confused are left out.
_CONSONANTS, _VOWELS, _DIGITS = "bdfghkmnprstvz", "aeiou", "23456789"

WRONG_CODES = 60  # from one address within accounts.WINDOW; a whole class may share one
_SPELLINGS = 30  # user names tried for one student: aysel, aysel2, …, aysel30


# Join codes


def make_code(chance: Random) -> str:
    """Return a new join code in its stored form; it has 41 bits when `chance` is the system's random source."""
    return "".join(chance.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def fold_code(typed: str) -> str | None:
    """Return the stored form of a typed code, or None if it cannot be a code.

    Lower case, spaces, hyphens and similar characters (an O for a 0) are accepted.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_LOOK_ALIKES)
    return signs if len(signs) == CODE_LENGTH and set(signs) <= set(CODE_SIGNS) else None


def spell_code(code: str) -> str:
    """Return the code in groups of three for reading aloud: K7M-04T-X9P."""
    return "-".join(code[at : at + 3] for at in range(0, len(code), 3))


# Passwords and user names


def derive_password(key: str, nonce: str, line: int) -> str:
    """Return the password for a line of a list: "bako-mifu-tezo-47", easy to read from a slip and type, 43 bits.

    It is always the same, so that it need not be kept; only those who know the secret key can find it out.
    """
    digest = hmac.digest(key.encode(), f"password {nonce} {line}".encode(), "sha256")
    number, signs = int.from_bytes(digest), ""
    for among in (*(_CONSONANTS, _VOWELS) * 6, _DIGITS, _DIGITS):
        number, at = divmod(number, len(among))
        signs += among[at]
    return "-".join([signs[:4], signs[4:8], signs[8:12], signs[12:]])


def spellings(name: str) -> list[str]:
    """Return possible user names for a person, in letters found on every keyboard, the best first.

    "Aysel Məmmədova" gives "aysel.memmedova", "aysel.memmedova2" and so on; a name without letters gives none.
    """
    latin = anyascii(name).lower().replace("'", "")
    words = "".join(sign if sign.isalnum() else " " for sign in latin).split()
    base = ".".join(words)[: rules.NAME_MAX - 2].rstrip(".")
    if len(base) < rules.NAME_MIN:
        return []
    return [base, *(f"{base}{number}" for number in range(2, _SPELLINGS + 1))]
