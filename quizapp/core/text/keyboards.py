"""Text that was typed while the keyboard was set to another language: "Ltybrby" for "Деникин"."""

from collections.abc import Iterator

# The same keys in the same order: English, Russian and Azerbaijani.
_LAYOUTS = (
    "`qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "ёйцукенгшщзхъфывапролджэячсмитьбю.",
    "`qüertyuiopöğasdfghjklıəzxcvbnmçş.",
)
# What the English keys type with the shift key, and the quotation marks of phones.
_WITHOUT_SHIFT = str.maketrans('~{}:"<>?’‘', "`[];',./''")


def retyped(text: str) -> Iterator[str]:
    """Yield the text, in plain form, as the same keys write it in each other layout."""
    for source in _LAYOUTS:
        keys = plain(text.translate(_WITHOUT_SHIFT) if source is _LAYOUTS[0] else text)
        for target in _LAYOUTS:
            if target is not source:
                yield keys.translate(str.maketrans(source, target)).replace("ё", "е")


def plain(text: str) -> str:
    """Return the text in lower case with single spaces."""
    # "İ".casefold() has two characters.
    return " ".join(text.replace("İ", "i").casefold().replace("ё", "е").split())
