"""Errors that more than one feature raises."""


class NotFound(Exception):
    """It does not exist, or is not this person's: from outside the two look alike."""


class UnknownUser(Exception):
    """No account has that user name."""
