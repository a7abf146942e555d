"""Errors that more than one feature raises."""


class NotFound(Exception):
    """It does not exist, or is not this person's: from outside the two look alike."""


class NotInClass(NotFound):
    """It is this person's own, of a class that they are no longer in."""


class UnknownUser(Exception):
    """No account has that user name."""


class UndecidedTable(Exception):
    """The columns of a table have to be mapped, or rows decided about, before anything is imported."""
