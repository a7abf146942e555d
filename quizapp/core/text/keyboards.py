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


def was_typed_in_another_layout(typed: str, form: str) -> bool:
    """Return whether the keys that were pressed write `form` in another keyboard layout."""
    wanted = _plain(form)
    # Each key types one character.
    return len(_plain(typed)) == len(wanted) and wanted in _retyped(typed)


def _retyped(text: str) -> Iterator[str]:
    """Yield the text as the same keys write it in each other layout."""
    for source in _LAYOUTS:
        keys = _plain(text.translate(_WITHOUT_SHIFT) if source is _LAYOUTS[0] else text)
        for target in _LAYOUTS:
            if target is not source:
                yield keys.translate(str.maketrans(source, target)).replace("ё", "е")


def _plain(text: str) -> str:
    # "İ".casefold() has two characters.
    return " ".join(text.replace("İ", "i").casefold().replace("ё", "е").split())
