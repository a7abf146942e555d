"""The text that people read. All of it passes through gettext, so that it can be translated.

It is written in English, the only language there is so far. So text may be looked up when a module is imported; a
language chosen by each reader would need it looked up when it is shown.

Messages are whole sentences with named values: `gettext("%(title)s is archived.", title=title)`. A percent sign is
written `%%`. `tests/test_translation.py` finds text that does not pass through here.
"""

from gettext import NullTranslations

_CATALOGUE = NullTranslations()


def gettext(message: str, **values: object) -> str:
    """Return a message with these values."""
    return _CATALOGUE.gettext(message) % values


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Return a message in the form that suits a number, which is `%(num)s` in it, with a separator of thousands."""
    return _CATALOGUE.ngettext(singular, plural, num) % {"num": f"{num:,}", **values}
