"""What the planners of both databases know about the tables: how many rows there are, and how many share a value."""

from collections.abc import Sequence

from sqlalchemy import Connection

from quizapp.models.base import Base
from quizapp.models.sets import Fact, Question, QuestionSet, QuestionVersion

SET_MODELS = (QuestionSet, Fact, Question, QuestionVersion)  # where the contents of sets are
ROWS_LOOKED_AT = 1000  # of each index on SQLite, so that it takes milliseconds however many there are


def update_statistics(connection: Connection, models: Sequence[type[Base]] = ()) -> None:
    """Count again, after many rows were written; PostgreSQL looks at all tables, or at those of these models.

    `PRAGMA optimize` of SQLite before 3.46 looks only at tables that its own connection has read. Other connections
    read the statistics again only when the schema changes, so the table that holds them is dropped first.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_LOOKED_AT}")
        connection.exec_driver_sql("DROP TABLE IF EXISTS sqlite_stat1")
        connection.exec_driver_sql("ANALYZE")
    else:
        names = (connection.dialect.identifier_preparer.format_table(model.__table__) for model in models)
        connection.exec_driver_sql(f"ANALYZE {', '.join(names)}")
