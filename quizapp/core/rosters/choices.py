"""What a teacher chose for a list of students."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from quizapp.core.accounts import LONGEST_NAME
from quizapp.core.formats.tables.table import ColumnMapping

MOST_STUDENTS = 2_000  # in one list


class RosterChoices(BaseModel):
    """What a teacher chose for a list of students. Everything has a default, with which the reader decides.

    `only_class` is one of the values of the column with classes, "" for all, or None to go by the title of the class.
    `names` are user names that the teacher typed, and `added` what they decided about a student, by line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mapping: ColumnMapping | None = None
    encoding: Annotated[str, Field(max_length=20)] = ""
    sheet: Annotated[str, Field(max_length=200)] = ""
    only_class: Annotated[str, Field(max_length=200)] | None = None
    names: Annotated[Mapping[int, Annotated[str, Field(max_length=LONGEST_NAME)]], Field(max_length=MOST_STUDENTS)] = {}
    added: Annotated[Mapping[int, bool], Field(max_length=MOST_STUDENTS)] = {}
