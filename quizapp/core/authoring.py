"""What is filled in for authors: keys, and dates in EDTF."""

import re
from collections.abc import Container

from anyascii import anyascii

from quizapp.core.text.edtf import parse_edtf
from quizapp.core.text.typed_dates import TypedDate, parse_date

LONGEST_SLUG = 60  # characters; a key may have 80, and the rest leaves room for a number


def key_for(text: str, taken: Container[str], *, without: str = "fact") -> str:
    """Return a key made from a text in any script and not yet `taken`.

    `without` is used when the text has no letters or digits.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower().replace("'", "")).strip("-") or without
    if len(slug) > LONGEST_SLUG:
        slug = slug[:LONGEST_SLUG].rsplit("-", 1)[0].strip("-")
    key, number = slug, 1
    while key in taken:
        number += 1
        key = f"{slug}-{number}"
    return key


def as_edtf(found: TypedDate) -> str | None:
    """Return a typed date in EDTF, or None when it lacks a part that EDTF needs."""
    if found.year is None or (found.day is not None and found.month is None):
        return None
    text = f"{found.year:04}"
    if found.season is not None:
        return f"{text}-{found.season}"
    if found.month is not None:
        text += f"-{found.month:02}"
    if found.day is not None:
        text += f"-{found.day:02}"
    if found.hour is None:
        return text
    return f"{text}T{found.hour:02}:{found.minute or 0:02}" if found.day is not None else None


def read_edtf(typed: str) -> str:
    """Return the EDTF date for what an author typed: EDTF itself, or a date in words such as "27 April 1920".

    Raises ValueError with a message for the author.
    """
    try:
        parse_edtf(typed)
    except ValueError:
        found = parse_date(typed)
        edtf = as_edtf(found) if found and (found.year or 0) >= 100 else None
        if edtf is None:
            raise
        return edtf
    return typed
