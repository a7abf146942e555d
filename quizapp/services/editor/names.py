"""The people, bodies and places of a set: how it writes them, and the spellings that answers may use."""

from collections import Counter
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.authoring import key_for
from quizapp.core.sets import schema
from quizapp.core.text.normal import fold
from quizapp.models import Fact, QuestionSet, User
from quizapp.models.json_columns import count_items
from quizapp.services.access import set_to_write
from quizapp.services.errors import NotFound
from quizapp.services.sets.settings import fingerprint


class NameTaken(Exception):
    """Another name of the set is written like this one."""


class NameChanged(Exception):
    """Somebody changed or removed the name since it was opened."""


class NameInUse(Exception):
    """Facts of the set name it; `facts` is how many."""

    def __init__(self, facts: int) -> None:
        super().__init__(facts)
        self.facts = facts


def list_names(session: Session, user: User, set_id: int) -> tuple[QuestionSet, list[tuple[schema.Name, int]]]:
    """Return a set and its names in alphabetical order, each with the number of facts that name it.

    Two statements. Raises NotFound.
    """
    row = set_to_write(session, user, set_id)
    uses = _uses(session, set_id)
    names = [schema.Name.model_validate(name) for name in row.names]
    return row, [(name, uses[name.key]) for name in sorted(names, key=lambda name: fold(name.name))]


def find_name(session: Session, user: User, set_id: int, key: str) -> tuple[QuestionSet, schema.Name, str]:
    """Return the set, a name of it, and the fingerprint by which `save_name` sees that it is the same. Raises
    NotFound."""
    row = set_to_write(session, user, set_id)
    for name in row.names:
        if name["key"] == key:
            return row, schema.Name.model_validate(name), fingerprint(name)
    raise NotFound


def add_name(session: Session, user: User, set_id: int, fields: dict[str, Any]) -> schema.Name:
    """Add a name (the fields of core.sets.schema.Name without its key). Raises NameTaken, NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    _refuse_twin(row, fields["name"], besides=None)
    key = key_for(fields["name"], {name["key"] for name in row.names}, without="name")
    name = schema.Name.model_validate(fields | {"key": key})
    row.names = [*row.names, name.model_dump()]
    session.flush()
    return name


def save_name(session: Session, user: User, set_id: int, key: str, fields: dict[str, Any], *, base: str) -> None:
    """Change a name whose fingerprint was `base`. Raises NameChanged, NameTaken, NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    _refuse_twin(row, fields["name"], besides=key)
    at = _index(row, key)
    if fingerprint(row.names[at]) != base:
        raise NameChanged
    name = schema.Name.model_validate(fields | {"key": key})
    row.names = [*row.names[:at], name.model_dump(), *row.names[at + 1 :]]
    session.flush()


def remove_name(session: Session, user: User, set_id: int, key: str) -> str:
    """Remove a name that no fact refers to; return it as it was written. Raises NameInUse, NotFound."""
    row = set_to_write(session, user, set_id, lock=True)
    at = _index(row, key)
    if facts := _uses(session, set_id)[key]:
        raise NameInUse(facts)
    written: str = row.names[at]["name"]
    row.names = [*row.names[:at], *row.names[at + 1 :]]
    session.flush()
    return written


def _index(row: QuestionSet, key: str) -> int:
    for index, name in enumerate(row.names):
        if name["key"] == key:
            return index
    raise NotFound


def _refuse_twin(row: QuestionSet, written: str, *, besides: str | None) -> None:
    if any(name["name"].casefold() == written.casefold() for name in row.names if name["key"] != besides):
        raise NameTaken


def _uses(session: Session, set_id: int) -> Counter[str]:
    return count_items(session, Fact.actors, Fact.set_id == set_id)
