"""The rules for user names, passwords and e-mail addresses, and for how many wrong passwords are allowed."""

import re
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from quizapp.core.common_passwords import LOCAL_WORDS, common_passwords
from quizapp.core.text.normal import normalise
from quizapp.core.translation import gettext

NAME_MIN, NAME_MAX = 2, 40  # characters
PASSWORD_MIN, PASSWORD_MAX = 8, 200  # characters
# As they are typed, which is checked first: a letter may be several characters, and a name may have spaces around it.
LONGEST_NAME, LONGEST_PASSWORD = 4 * NAME_MAX, 4 * PASSWORD_MAX
EMAIL_MAX = 254  # characters

WINDOW = timedelta(minutes=15)  # how long a try counts against an account or an address
ACCOUNT_LIMIT = 5  # wrong passwords
ADDRESS_LIMIT = 60  # wrong passwords, and log-ins at the same moment: a whole class may share one address

_EMAIL = re.compile(r"\A[^@\s]++@[^@\s]+\.[^@\s.]+")


class InvalidInput(ValueError):
    """Something typed is not allowed; the message says why to the person who typed it."""


def fold_name(name: str) -> str:
    """Return a user name in the form used for comparing: two names with the same form are one name. Idempotent.

    The form is Unicode's compatibility caseless one, in which all four i's of Azerbaijani and Turkish are the same
    letter, so that İlham can log in as ilham, and QIZI as qızı.
    """
    folded = normalise("NFKC", normalise("NFKC", name).casefold()).casefold()
    folded = normalise("NFKC", folded.replace("i\u0307", "i").replace("ı", "i"))
    return " ".join(folded.split())


def check_name(typed: str) -> str:
    """Return the user name as it is shown: in NFC, with single spaces. Raises InvalidInput."""
    name = "" if len(typed) > LONGEST_NAME else " ".join(normalise("NFC", typed).split())
    if not NAME_MIN <= len(name) <= NAME_MAX:
        raise InvalidInput(
            gettext("Choose a user name of %(least)s to %(most)s characters.", least=NAME_MIN, most=NAME_MAX)
        )
    if not name.isprintable():
        raise InvalidInput(gettext("The user name contains an invisible character. Type the name again."))
    if not any(character.isalnum() for character in name):
        raise InvalidInput(gettext("A user name needs at least one letter or digit."))
    return name


def check_password(password: str, name: str) -> None:
    """Check a password for the account with that name. Raises InvalidInput."""
    length = len(password if len(password) > LONGEST_PASSWORD else normal_password(password))
    if length < PASSWORD_MIN:
        raise InvalidInput(gettext("Choose a password of %(least)s characters or more.", least=PASSWORD_MIN))
    if length > PASSWORD_MAX:
        raise InvalidInput(
            gettext(
                "A password can have up to %(most)s characters. This one has %(length)s.",
                most=PASSWORD_MAX,
                length=length,
            )
        )
    if fold_name(password) == fold_name(name) or (_letters(name) and _letters(password) == _letters(name)):
        raise InvalidInput(gettext("Your password can’t be your user name, even with digits added. Choose another."))
    if password.casefold() in common_passwords() or _letters(password) in LOCAL_WORDS:
        raise InvalidInput(gettext("That password is easy to guess. Choose another."))


def _letters(text: str) -> str:
    """Return the letters of a name or password, in the form used for comparing names."""
    return "".join(filter(str.isalpha, fold_name(text)))


def normal_password(password: str) -> str:
    """Return the password in the form that is hashed: keyboards and systems encode the same letters differently."""
    return normalise("NFKC", password)


def check_email(typed: str) -> str | None:
    """Return the e-mail address, or None when nothing was typed. Raises InvalidInput."""
    address = typed.strip()
    if not address:
        return None
    if len(address) > EMAIL_MAX or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise InvalidInput(gettext("That doesn’t look like an e-mail address. Check it, or leave it empty."))
    return address


def neighbourhood(address: str) -> str:
    """Return the part of an internet address that belongs to one user: a whole IPv4 address, or an IPv6 /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed), 64), strict=False))


def minutes_to_wait(since: datetime, now: datetime) -> int:
    """Return the whole minutes (1 or more) until failures counted since `since` are forgotten."""
    return max(1, -((now - since - WINDOW) // timedelta(minutes=1)))
