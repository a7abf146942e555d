"""The language of a text, guessed from its letters."""

import re

_CYRILLIC = re.compile("[а-яё]")
_LATIN = re.compile("[a-zçəğıöşü]")
_ONLY_TURKIC = re.compile("[ğış]")
_FEW = 0.01  # of all letters


def guess_language(text: str) -> str:
    """Return "az", "ru" or "tr" if the letters of a text are those of that language, and else "en"."""
    small = text.casefold()
    cyrillic, latin = len(_CYRILLIC.findall(small)), len(_LATIN.findall(small))
    if cyrillic > latin:
        return "ru"
    if small.count("ə") > _FEW * latin:
        return "az"
    return "tr" if len(_ONLY_TURKIC.findall(small)) > _FEW * latin else "en"
