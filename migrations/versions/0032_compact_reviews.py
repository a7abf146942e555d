"""Store a review in half the space: what it says in few words as numbers, arrays instead of objects, no index twice.

The memory before an answer and the response are arrays in a fixed order; verdict and source are numbers; the id that a
browser gives an answer is 16 bytes. On SQLite instants are microseconds since 1970.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

Row = dict[str, Any]

CHUNK = 10_000  # rows
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DECAY = 0.1542
VERDICTS = ("wrong", "right", "slip", "close", "unanswered", "unmarked")
SOURCES = ("study", "quiz", "practice")
MEMORY = ("state", "reps", "lapses", "stability", "difficulty", "last_day", "due_day", "step", "due_at", "decay")
IN_ORDER = ("state", "step", "stability", "difficulty", "last_day", "due_day", "due_at", "reps", "lapses", "decay")
FIELDS = {
    "choice": ("picked",),
    "point": ("picked",),
    "true_false": ("picked",),
    "multiple": ("picked",),
    "flashcard": ("rating",),
    "typed": ("text", "context"),
    "date": ("text", "context"),
    "number": ("text", "context"),
    "cloze": ("gaps", "context"),
    "matching": ("targets",),
    "ordering": ("places",),
    "essay": ("text", "points", "rating", "mark"),
}
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_INSTANT = sa.DateTime(timezone=True)
INSTANT = OLD_INSTANT.with_variant(sa.BigInteger(), "sqlite")
CLIENT_ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
INDEXES = ("learner_id", "day"), ("fact_id",), ("question_version_id",)


def upgrade() -> None:
    columns = (
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("guess", sa.Double(), nullable=False),
        sa.Column("predicted", sa.Double(), nullable=True),
        *_numbers(),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("verdict", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        *_flags(),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("client_id", CLIENT_ID, nullable=True),
        sa.Column("handed_out", INSTANT, nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
    )
    _rebuild(columns, _read_old(), _pack)
    given = sa.text("client_id IS NOT NULL")
    _index_clients(sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    columns = (
        *_numbers(),
        sa.Column("at", OLD_INSTANT, nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("guess", sa.Double(), nullable=False),
        sa.Column("predicted", sa.Double(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        *_flags(),
        sa.Column("undone_at", OLD_INSTANT, nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), server_default="study", nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("handed_out", OLD_INSTANT, nullable=True),
    )
    _rebuild(columns, _read_compact(), _unpack)
    _index_clients()
    op.create_index(op.f("ix_review_learner_id_id"), "review", ["learner_id", "id"])


def _numbers() -> list[sa.Column[Any]]:
    names = ("learner_id", "fact_id", "version", "question_version_id", "day")
    return [*(sa.Column(name, sa.Integer(), nullable=False) for name in names), sa.Column("ms", sa.Integer())]


def _flags() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("hinted", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def _read_old() -> sa.TableClause:
    return _table({"at": OLD_INSTANT, "handed_out": OLD_INSTANT, "undone_at": OLD_INSTANT, "client_id": sa.String()})


def _read_compact() -> sa.TableClause:
    return _table({"at": INSTANT, "handed_out": INSTANT, "undone_at": INSTANT, "client_id": CLIENT_ID})


def _table(types: dict[str, Any]) -> sa.TableClause:
    json = {"response": sa.JSON(), "before": sa.JSON()}
    flags = {"overridden": sa.Boolean(), "hinted": sa.Boolean()}
    names = (
        "id", "learner_id", "fact_id", "version", "question_version_id", "day", "verdict", "fraction", "rating",
        "guess", "predicted", "ms", "confidence", "source",
    )  # fmt: skip
    typed = types | json | flags
    return sa.table("review", *map(sa.column, names), *(sa.column(name, type_) for name, type_ in typed.items()))


# Copying the table into another shape


def _rebuild(columns: tuple[sa.Column[Any], ...], old: sa.TableClause, convert: Callable[[Row], Row]) -> None:
    """Copy all rows into a table of these columns, which then takes the place of the old one."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        _free_names()
    new = op.create_table(
        "review_new",
        sa.Column("id", ID, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_review_fact_id_fact"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_review_learner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_review_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("learner_id", "fact_id", "version", name=op.f("uq_review_learner_id_fact_id_version")),
    )
    for rows in _in_chunks(old):
        op.get_bind().execute(new.insert(), [convert(row) for row in rows])
    op.drop_table("review")
    op.rename_table("review_new", "review")
    for names in INDEXES:
        op.create_index(op.f(f"ix_review_{'_'.join(names)}"), "review", list(names))
    if is_postgresql:
        _number_on()


def _in_chunks(table: sa.TableClause) -> Iterator[list[Row]]:
    last = 0
    chunk = sa.select(table).where(table.c.id > sa.bindparam("last")).order_by(table.c.id).limit(CHUNK)
    while rows := [dict(row) for row in op.get_bind().execute(chunk, {"last": last}).mappings()]:
        yield rows
        last = rows[-1]["id"]


def _free_names() -> None:
    """Let go of the names in PostgreSQL that are those of one table, whichever it is."""
    op.drop_constraint(op.f("fk_response_review_id_review"), "response")
    for name in ("pk_review", "uq_review_learner_id_fact_id_version"):
        op.drop_constraint(op.f(name), "review")
    op.execute("ALTER SEQUENCE review_id_seq RENAME TO review_old_id_seq")
    op.execute("ALTER TABLE review ALTER COLUMN id DROP DEFAULT")


def _number_on() -> None:
    op.execute("ALTER SEQUENCE review_new_id_seq RENAME TO review_id_seq")
    op.execute("SELECT setval('review_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM review), false)")
    op.create_foreign_key(
        op.f("fk_response_review_id_review"), "response", "review", ["review_id"], ["id"], ondelete="SET NULL"
    )


def _index_clients(**where: Any) -> None:
    op.create_index("uq_review_learner_id_client_id", "review", ["learner_id", "client_id"], unique=True, **where)


# Rows


def _pack(row: Row) -> Row:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    client_id = row["client_id"] and UUID(row["client_id"])
    return {
        **row,
        **(_instants(row, _microseconds) if is_sqlite else {}),
        "client_id": client_id.bytes if client_id and is_sqlite else client_id,
        "verdict": VERDICTS.index(row["verdict"]),
        "source": SOURCES.index(row["source"]),
        "before": _pack_memory(row["before"]),
        "response": _pack_response(row["response"]),
    }


def _unpack(row: Row) -> Row:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    client_id = row["client_id"] and (UUID(bytes=row["client_id"]) if is_sqlite else row["client_id"])
    return {
        **row,
        **(_instants(row, _instant) if is_sqlite else {}),
        "client_id": client_id and str(client_id),
        "verdict": VERDICTS[row["verdict"]],
        "source": SOURCES[row["source"]],
        "before": _unpack_memory(row["before"]),
        "response": _unpack_response(row["response"]),
    }


def _instants(row: Row, convert: Callable[[Any], Any]) -> Row:
    return {name: None if row[name] is None else convert(row[name]) for name in ("at", "handed_out", "undone_at")}


def _microseconds(instant: datetime) -> int:
    return (instant.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _pack_memory(memory: Row) -> list[Any]:
    days = {name: memory[name] and date.fromisoformat(memory[name]).toordinal() for name in ("last_day", "due_day")}
    due_at = memory["due_at"] and _microseconds(datetime.fromisoformat(memory["due_at"]).astimezone(UTC))
    decay = memory.get("decay", DECAY)
    values = {**memory, **days, "due_at": due_at, "decay": None if decay == DECAY else decay}
    packed = [values[name] for name in MEMORY]
    while packed and packed[-1] is None:
        packed.pop()
    return packed


def _unpack_memory(packed: list[Any]) -> Row:
    values = dict.fromkeys(MEMORY) | dict(zip(MEMORY, packed, strict=False))
    for name in ("last_day", "due_day"):
        values[name] = values[name] and date.fromordinal(values[name]).isoformat()
    values["due_at"] = values["due_at"] and _instant(values["due_at"]).isoformat()
    values["decay"] = DECAY if values["decay"] is None else values["decay"]
    return {name: values[name] for name in IN_ORDER}


def _pack_response(response: Row) -> Row | list[Any]:
    """Return the kind and the values of its fields, of which the last may be missing; others stay an object."""
    fields = FIELDS.get(response.get("kind", ""), ())[: len(response) - 1]
    if not fields or response.keys() != {"kind", *fields}:
        return response
    return [response["kind"], *(response[name] for name in fields)]


def _unpack_response(packed: Row | list[Any]) -> Row:
    if isinstance(packed, dict):
        return packed
    kind, *values = packed
    return {"kind": kind, **dict(zip(FIELDS[kind], values, strict=False))}
