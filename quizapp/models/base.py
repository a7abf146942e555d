"""What every table shares: the naming convention, and which Python type is which column."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, registry

from quizapp.models.database import StudyDay, UTCDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")

LARGEST_ID = 2**31 - 1  # that a column of either database can hold


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            date: StudyDay(),
            str: String(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            list[int]: JSON(),
            list[str]: JSON(),
            dict[str, str]: JSON(),
        },
    )
