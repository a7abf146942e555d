"""The roles that columns of a table can have, and mappings as people write them on the command line."""

import re

from quizapp.core.formats.tables.table import MAX_COLUMNS, MAX_HEADING, ColumnMapping
from quizapp.core.translation import gettext

COMMON_ROLES = {
    "question": gettext("Question"),
    "right": gettext("Right answer"),
    "right:letter": gettext("Right answer (a letter)"),
    "right:number": gettext("Right answer (a number)"),
    "option": gettext("Option"),
    "options": gettext("All options in one cell"),
    "wrong": gettext("Wrong answer"),
    "wrong:list": gettext("Wrong answers in one cell"),
    "explanation": gettext("Explanation"),
    "topic": gettext("Topic"),
    "tags": gettext("Tags"),
    "passages": gettext("Passages"),
    "marks": gettext("Points (not imported)"),
    "picture": gettext("Picture address (not imported)"),
    "": gettext("Ignore"),
}
MORE_ROLES = {
    "kind": gettext("Kind of question"),
    "text": gettext("Text with gaps"),
    "accept": gettext("Also right"),
    "reject": gettext("Never right"),
    "spellings_of": gettext("Spellings of these names"),
    "precision": gettext("Precision of a date"),
    "tolerance": gettext("Tolerance of a number"),
    "unit": gettext("Unit of a number"),
    "points": gettext("Points an essay should make"),
    "why_not": gettext("Why each answer is wrong"),
    "misconception": gettext("Misconception of each wrong answer"),
    "key": gettext("Permanent key of the question"),
    "fact": gettext("Permanent key of the fact"),
    "statement": gettext("Statement of the fact"),
    "date": gettext("Date of the fact"),
    "importance": gettext("Importance of the fact"),
    "caution": gettext("Caution about the fact"),
    "notes": gettext("Source notes"),
    "actors": gettext("People and groups"),
}
ROLES = COMMON_ROLES | MORE_ROLES

SEPARATOR_NAMES = {
    "tab": gettext("Tab"),
    "semicolon": gettext("Semicolon"),
    "comma": gettext("Comma"),
    "bar": gettext("Bar (|)"),
}

RIGHT = ("right", "right:letter", "right:number")
SEVERAL = frozenset({"", "option", "wrong", "marks", "picture"})  # roles that several columns can have


def check_mapping(mapping: ColumnMapping, width: int) -> str:
    """Return what is wrong with a mapping for a table of that many columns, as a sentence, or "" if it is right."""
    roles = mapping.roles
    if len(roles) > width and any(roles[width:]):
        return gettext("There is no column %(number)s.", number=max(i for i, role in enumerate(roles, 1) if role))
    if unknown := [role for role in roles if role not in ROLES]:
        return unknown_role(unknown[0])
    for role in ROLES.keys() - SEVERAL:
        if roles.count(role) > 1:
            return gettext("Choose “%(role)s” for one column only.", role=ROLES[role])
    if "question" not in roles and "text" not in roles:
        return gettext("Choose the column with the question.")
    return _check_answers(roles)


def _check_answers(roles: tuple[str, ...]) -> str:
    given = [role for role in RIGHT if role in roles]
    has_options = "option" in roles or "options" in roles
    if len(given) > 1:
        return gettext("Choose only one column with the right answer.")
    if not given:
        return gettext("Choose the column with the right answer.")
    if given != ["right"] and not has_options:
        return gettext("Choose the columns with the options that the letters or numbers stand for.")
    if has_options and ("wrong" in roles or "wrong:list" in roles):
        return gettext("Choose either options or wrong answers, not both.")
    if "option" in roles and "options" in roles:
        return gettext("Choose either one option per column or all options in one cell.")
    return ""


def unknown_role(role: str) -> str:
    """Return the message for a role that does not exist."""
    roles = ", ".join(filter(None, ROLES))
    return gettext("“%(role)s” is not one of these: %(roles)s.", role=role[:40], roles=roles)


# On the command line

_PART = re.compile(r"(?P<role>[a-z_]{1,20})=(?:(?P<form>[a-z]{1,10}):)?(?P<first>\d{1,3})(?:-(?P<last>\d{1,3}))?")


def parse_mapping(text: str) -> ColumnMapping:
    """Return the mapping in a text such as "question=2,right=letter:7,option=3-6,heading=1".

    Columns count from 1. Raises ValueError.
    """
    roles: dict[int, str] = {}
    heading: int | None = None
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(_bad_part(part))
        if found["role"] == "heading":
            heading = _heading(found["first"])
            continue
        role = _role(found["role"], found["form"])
        first, last = int(found["first"]), int(found["last"] or found["first"])
        if not 1 <= first <= last <= MAX_COLUMNS:
            raise ValueError(_bad_part(part))
        for column in range(first, last + 1):
            if column in roles:
                raise ValueError(gettext("Column %(number)s has two roles.", number=column))
            roles[column] = role
    width = max(roles, default=0)
    return ColumnMapping(roles=tuple(roles.get(column, "") for column in range(1, width + 1)), heading=heading)


def write_mapping(mapping: ColumnMapping) -> str:
    """Return the mapping as `parse_mapping` reads it."""
    parts = [_part(role, column) for column, role in enumerate(mapping.roles, 1) if role]
    return ",".join([*parts, f"heading={mapping.heading}"] if mapping.heading is not None else parts)


def _part(role: str, column: int) -> str:
    name, _, form = role.partition(":")
    return f"{name}={form}:{column}" if form else f"{name}={column}"


def _role(name: str, form: str | None) -> str:
    role = f"{name}:{form}" if form and form != "text" else name
    if name == "ignore" and not form:
        return ""
    if role not in ROLES:
        raise ValueError(gettext("“%(role)s” is not a role.", role=role.replace(":", "=")))
    return role


def _heading(number: str) -> int:
    if int(number) > MAX_HEADING:
        raise ValueError(gettext("At most %(limit)s heading rows are possible.", limit=MAX_HEADING))
    return int(number)


def _bad_part(part: str) -> str:
    return gettext("“%(part)s” is not a role and its column, such as question=2.", part=part[:40])
