"""Text that was typed while the keyboard was set to another language: "Ltybrby" for "Деникин"."""

from collections.abc import Iterator

# The same keys in the same order: English, Russian and Azerbaijani.
_LAYOUTS = (
    "`qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "ёйцукенгшщзхъфывапролджэячсмитьбю.",
    "`qüertyuiopöğasdfghjklıəzxcvbnmçş.",
)
_RETYPED = {
    source: [str.maketrans(source, target) for target in _LAYOUTS if target is not source] for source in _LAYOUTS
}
# What the English keys type with the shift key, and the quotation marks of phones.
_WITHOUT_SHIFT = str.maketrans('~{}:"<>?’‘', "`[];',./''")


def retyped(text: str) -> Iterator[str]:
    """Yield the text, in plain form, as the same keys write it in each other layout."""
    for source, tables in _RETYPED.items():
        keys = plain(text.translate(_WITHOUT_SHIFT) if source is _LAYOUTS[0] else text)
        yield from (keys.translate(table).replace("ё", "е") for table in tables)


def plain(text: str) -> str:
    """Return the text in lower case with single spaces."""
    # "İ".casefold() has two characters.
    return " ".join(text.replace("İ", "i").casefold().replace("ё", "е").split())
