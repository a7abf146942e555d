"""Types of columns that hold words."""

import re

from anyascii import anyascii
from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


class Labels(TypeDecorator[list[str]]):
    """A few words without a | in them, stored as "|dates|causes|", so that one LIKE tells whether a row has one."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else "".join(f"|{word}" for word in [*value, ""] if value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        return None if value is None else [word for word in value.split("|") if word]


class SearchText(TypeDecorator[str]):
    """A text stored as it is searched: its words in lower case and Latin letters, without accents and signs."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value and " ".join(latin_words(value))


def latin_words(text: str) -> list[str]:
    """Return the words of a text in lower case and Latin letters, without accents and signs."""
    # anyascii writes the soft and the hard sign as quotation marks.
    return re.findall(r"[a-z0-9]+", anyascii(text).lower().replace("'", "").replace('"', ""))
