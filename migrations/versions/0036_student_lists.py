"""Sort students by a stored key, note their surnames and groups, and keep lists of students for a day."""

import unicodedata

import sqlalchemy as sa
from alembic import op
from anyascii import anyascii

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LATIN = "abcdeəfghijklmnopqrstuvwxyz"
ALPHABETS = {
    "az": "abcçdeəfgğhxıijkqlmnoöprsştuüvwyz",
    "en": LATIN,
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя" + LATIN,
    "tr": "abcçdeəfgğhıijklmnoöpqrsştuüvwxyz",
}
ZONES = {"Asia/Baku": "az", "Europe/Istanbul": "tr", "Europe/Moscow": "ru"}
INDEXED = ("user_id", "class_id", "changed_at")
AT_ONCE = 1_000


def upgrade() -> None:
    op.add_column("classroom", _text("language", "en"))
    for name in ("surname", "group_name", "sort_key"):
        op.add_column("enrolment", _text(name, ""))
    _set_languages()
    _set_sort_keys()
    _create_student_list()


def downgrade() -> None:
    op.drop_table("student_list")
    for name in ("sort_key", "group_name", "surname"):
        op.drop_column("enrolment", name)
    op.drop_column("classroom", "language")


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default=sa.text(f"'{default}'"), nullable=False)


def _create_student_list() -> None:
    op.create_table(
        "student_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classroom.id"], name=op.f("fk_student_list_class_id_classroom"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_student_list_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_list")),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_student_list_{column}"), "student_list", [column])


def _set_languages() -> None:
    classroom = sa.table("classroom", sa.column("timezone"), sa.column("language"))
    for zone, language in ZONES.items():
        op.execute(classroom.update().where(classroom.c.timezone == zone).values(language=language))


def _set_sort_keys() -> None:
    """Sort by the name that teachers noted, or by the user name, as quizapp.core.text.alphabets does."""
    enrolment = sa.table("enrolment", *map(sa.column, ("class_id", "user_id", "called", "sort_key")))
    user, classroom = (
        sa.table("user", sa.column("id"), sa.column("name")),
        sa.table("classroom", sa.column("id"), sa.column("language")),
    )
    people = (
        sa.select(enrolment.c.class_id, enrolment.c.user_id, enrolment.c.called, user.c.name, classroom.c.language)
        .join_from(enrolment, user, user.c.id == enrolment.c.user_id)
        .join(classroom, classroom.c.id == enrolment.c.class_id)
    )
    connection = op.get_bind()
    found = [
        {"of_class": row.class_id, "of_user": row.user_id, "key": _key(row.language, row.called, row.name or "")}
        for row in connection.execute(people)
    ]
    change = enrolment.update().where(
        enrolment.c.class_id == sa.bindparam("of_class"), enrolment.c.user_id == sa.bindparam("of_user")
    )
    for start in range(0, len(found), AT_ONCE):
        connection.execute(change.values(sort_key=sa.bindparam("key")), found[start : start + AT_ONCE])


def _key(language: str, called: str, user_name: str) -> str:
    ranks = {letter: f"{number:02}" for number, letter in enumerate(ALPHABETS[language], 20)}
    pairs = [_weights(_folded(part, language), ranks) for part in (called or user_name, called)]
    letters = "00".join("".join(rank for rank, _ in part) for part in pairs)
    accents = "".join("2" if is_changed else "1" for part in pairs for _, is_changed in part)
    return letters + "00" + accents.rstrip("1")


def _folded(name: str, language: str) -> str:
    if language in ("az", "tr"):
        name = name.replace("I", "ı").replace("İ", "i")
    folded = unicodedata.normalize("NFC", name).casefold().replace("i\u0307", "i")
    return unicodedata.normalize("NFC", folded)


def _weights(name: str, ranks: dict[str, str]) -> list[tuple[str, bool]]:
    found = []
    for character in " ".join(name.replace("-", " ").split()):
        base = unicodedata.normalize("NFKD", character)[0]
        if character == " ":
            found.append(("01", False))
        elif character in ranks:
            found.append((ranks[character], False))
        elif base in ranks:
            found.append((ranks[base], True))
        else:
            for letter in anyascii(character).lower():
                if letter.isdecimal():
                    found.append((f"{10 + int(letter)}", False))
                elif letter in ranks:
                    found.append((ranks[letter], True))
    return found
